package live

import (
	"context"
	"sync"
	"time"

	"plein/internal/plein"
	"plein/internal/square/access"
)

// Bounds of one stream. What waits to be written is shared between streams, so a
// full queue costs its slots only.
const (
	maxQueue = 256 // events a reader may be behind; the next one ends the stream
	maxWatch = 32  // threads and places that the tabs of one browser have open
)

// person is somebody with at least one stream.
type person struct {
	id      plein.ID
	reader  access.Reader // whose Feed is where the person stands in the index
	feed    []plein.ID
	until   time.Time // a guest's end date; zero for none
	streams []*Stream
	counts  string // as last sent; "" makes the next ones sent whatever they are
	missed  bool   // something could not be judged and was not passed on
}

// Stream is one browser's. It knows nothing of how it is written: whoever serves it
// takes what there is (Next) and writes it, with goroutines or without.
type Stream struct {
	who     *person
	session plein.ID
	ends    time.Time // when the session or the guest's time is over, as last looked up
	threads []plein.ID
	places  []plein.ID
	at      int  // in hub.all
	turn    int8 // second in which it gets its heartbeat

	mu    sync.Mutex
	queue [][]byte
	over  Reason
	wake  chan struct{} // holds at most one
}

// Reason says why a stream is over.
type Reason string

const (
	Going  Reason = ""     // it is not
	Ended  Reason = "end"  // the session is over; the browser shows that
	Full   Reason = "over" // the person opened more than allowed; this was the oldest
	Slow   Reason = "slow" // it did not read; it may come back and go on from its place
	Closed Reason = "bye"  // the house closes; it should come back in a while
)

// send puts events in line. It says false when the reader was too slow and the
// stream is over by that.
func (s *Stream) send(frames ...[]byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over != Going {
		return true
	}
	ok := len(s.queue)+len(frames) <= maxQueue
	if ok {
		s.queue = append(s.queue, frames...)
	} else {
		s.queue, s.over = nil, Slow
	}
	s.ring()
	return ok
}

// finish ends the stream after what waits. The first reason stays.
func (s *Stream) finish(why Reason) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over == Going {
		s.over = why
		if why == Ended {
			s.queue = nil // not another byte of what was said
		}
	}
	s.ring()
}

func (s *Stream) ring() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Next waits for something to write and gives it, with the reason when the stream
// is over after it.
func (s *Stream) Next(ctx context.Context) ([][]byte, Reason) {
	for {
		s.mu.Lock()
		frames, over := s.queue, s.over
		s.queue = nil
		s.mu.Unlock()
		if len(frames) > 0 || over != Going {
			return frames, over
		}
		select {
		case <-ctx.Done():
			return nil, Closed
		case <-s.wake:
		}
	}
}
