package live

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"plein/internal/platform/changes"
	"plein/internal/plein"
	"plein/internal/square/access"
)

type numbers struct{ opened, events, slow, full, ended atomic.Uint64 }

// Ask is what a browser wants to be told beside what is in the person's own
// timeline, and from where on.
type Ask struct {
	After   string     // the last it knows; "" is from now on
	Threads []plein.ID // that its tabs have open
	Places  []plein.ID // audiences whose talk its tabs show
}

// Here is how far the change log was heard. A page that is made after asking can be
// followed from there.
func (s *Service) Here() changes.Place { return s.hub.newest() }

// Cursor seals such a place for a browser.
func (s *Service) Cursor(p changes.Place) string { return s.tokens.seal(p, s.Clock.Now()) }

// Open begins a stream. What the person may not see is left out without a word.
// Whoever opens it closes it.
func (s *Service) Open(ctx context.Context, a plein.Actor, ask Ask) (*Stream, error) {
	if len(ask.Threads)+len(ask.Places) > maxWatch {
		ask.Threads = ask.Threads[:min(len(ask.Threads), maxWatch/2)]
		ask.Places = ask.Places[:min(len(ask.Places), maxWatch/2)]
	}
	r, err := s.Access.Reader(ctx, a)
	if err != nil {
		return nil, err
	}
	one := &Stream{session: a.Session, at: -1, wake: make(chan struct{}, 1)}
	if one.threads, err = s.open(ctx, a, ask.Threads); err != nil {
		return nil, err
	}
	if one.places, err = s.places(ctx, r, ask.Places); err != nil {
		return nil, err
	}
	oldest, err := s.enter(ctx, one, a, r, ask.After)
	if err != nil {
		return nil, err
	}
	if oldest != nil {
		oldest.finish(Full)
		s.numbers.full.Add(1)
	}
	s.numbers.opened.Add(1)
	// The session may have ended since the request came in, and then nobody will
	// say so again.
	if err := s.look(ctx, []*Stream{one}); err != nil {
		s.Close(one)
		return nil, err
	}
	nudge(s.wakePass) // the rights are read once more, now that they are heard of
	return one, nil
}

// open keeps the beginnings of threads that the actor may see.
func (s *Service) open(ctx context.Context, a plein.Actor, ids []plein.ID) ([]plein.ID, error) {
	var out []plein.ID
	for _, id := range ids {
		i, err := s.Items.Find(ctx, a, id)
		if err != nil {
			if plein.KindOf(err) == plein.NotFound {
				continue
			}
			return nil, err
		}
		if i.IsRoot() && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out, nil
}

// places keeps the audiences in which the reader may see what begins now.
func (s *Service) places(ctx context.Context, r access.Reader, ids []plein.ID) ([]plein.ID, error) {
	var out []plein.ID
	for _, id := range ids {
		sight, err := s.Access.SightOf(ctx, id)
		if err != nil {
			return nil, err
		}
		if sight.For(r, s.Clock.Now()) && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out, nil
}

// enter registers a stream and gives it what it missed, so that nothing falls
// between the two.
func (s *Service) enter(ctx context.Context, one *Stream, a plein.Actor, r access.Reader, after string) (oldest *Stream, err error) {
	place, at, known := s.tokens.open(after)
	fresh := known && s.Clock.Now().Sub(at) <= window
	sights := map[plein.ID]access.Sight{}
	for {
		s.hub.mu.Lock()
		var missed []line
		whole := after == ""
		if fresh {
			missed, whole = s.hub.after(place)
		}
		unknown := plein.ID(0)
		for _, l := range missed {
			if _, ok := sights[l.audience]; !ok {
				unknown = l.audience
				break
			}
		}
		if unknown == 0 {
			defer s.hub.mu.Unlock()
			oldest = s.hub.add(one, a, r)
			one.queue = s.greet(one, missed, sights, whole)
			return oldest, nil
		}
		s.hub.mu.Unlock()
		if sights[unknown], err = s.Access.SightOf(ctx, unknown); err != nil {
			return nil, err
		}
	}
}

// greet makes what a stream begins with: what was missed, or that it cannot be
// told, and from where it goes on.
func (s *Service) greet(one *Stream, missed []line, sights map[plein.ID]access.Sight, whole bool) [][]byte {
	var out [][]byte
	for _, l := range missed {
		if f := s.hub.concerns(l, one, sights[l.audience]); f != nil {
			out = append(out, f)
		}
	}
	if !whole || len(out) > maxReplay {
		out = [][]byte{reload}
	}
	return append(out, frame(s.tokens.seal(s.hub.last, s.Clock.Now()), "hello", "{}"))
}

// Close lets go of a stream.
func (s *Service) Close(one *Stream) {
	s.hub.mu.Lock()
	s.hub.remove(one)
	s.hub.mu.Unlock()
	one.finish(Closed)
}

// Stuck lets go of a stream that could not be written to in time.
func (s *Service) Stuck(one *Stream) {
	s.numbers.slow.Add(1)
	s.Close(one)
}

// look ends those of some streams whose session is over, and remembers until when
// the others last.
func (s *Service) look(ctx context.Context, streams []*Stream) error {
	ids := make([]plein.ID, 0, len(streams))
	for _, one := range streams {
		if one.session != 0 {
			ids = append(ids, one.session)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	living, err := s.Sessions(ctx, ids)
	if err != nil {
		return plein.Wrap("live.look", err)
	}
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	for _, one := range streams {
		if one.session == 0 {
			continue
		}
		ends, lives := living[one.session]
		if lives {
			one.ends = ends
			continue
		}
		s.end(one)
	}
	return nil
}

// end ends one stream with its session. The hub is locked.
func (s *Service) end(one *Stream) {
	s.hub.remove(one)
	one.finish(Ended)
	s.numbers.ended.Add(1)
}

// expired gives the streams whose time may be over, and ends those of guests whose
// time is.
func (s *Service) expired(now time.Time) []*Stream {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	var ask, over []*Stream
	for _, one := range s.hub.all {
		switch until := one.who.until; {
		case !until.IsZero() && !now.Before(until):
			over = append(over, one)
		case !one.ends.IsZero() && !now.Before(one.ends):
			ask = append(ask, one)
		}
	}
	for _, one := range over {
		s.end(one)
	}
	return ask
}
