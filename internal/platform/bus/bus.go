// Package bus exists so that one part of the house can wake another at once,
// instead of letting it poll the database.
//
// It carries signals only: "there is something new in the change log", "this
// session ended". A signal may be lost without harm, because whoever listens can
// find the truth in the database; nothing is ever kept here (ARCHITECTURE, "the
// database is the only truth"). It is a NATS server inside the process, without
// JetStream and without a listening port, so it adds nothing to attack from
// outside (TRUST, finding 6). A cluster of several processes later replaces this
// one file.
package bus

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"plein/internal/plein"
)

// MaxSignal is the largest signal in bytes. A signal says where to look, it does
// not carry what was said.
const MaxSignal = 64 << 10

const (
	startWithin    = 10 * time.Second
	pendingSignals = 16 << 10 // per subscriber; beyond this the oldest listeners lose signals, which is allowed
	pendingBytes   = 8 << 20
)

// Bus carries signals between the parts of one process.
type Bus struct {
	log   *slog.Logger
	srv   *server.Server
	conn  *nats.Conn
	close sync.Once
}

// Open starts the server in this process and connects to it. A nil log is silent.
func Open(log *slog.Logger) (*Bus, error) {
	if log == nil {
		log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	log = log.With("part", "bus")
	srv, err := server.NewServer(&server.Options{
		ServerName:      "plein",
		DontListen:      true, // reachable from this process only
		JetStream:       false,
		NoSigs:          true, // the process has its own way of stopping
		NoLog:           true, // slog is handed over below
		NoSystemAccount: true, // no statistics about itself
		MaxPayload:      MaxSignal,
	})
	if err != nil {
		return nil, plein.Wrap("bus.open", err)
	}
	srv.SetLogger(slogger{log}, false, false)
	srv.Start()
	if !srv.ReadyForConnections(startWithin) {
		srv.Shutdown()
		return nil, plein.Wrap("bus.open", errors.New("the server in process did not become ready"))
	}
	conn, err := nats.Connect("", nats.InProcessServer(srv), nats.Name("plein"),
		nats.MaxReconnects(-1), nats.ReconnectWait(100*time.Millisecond),
		nats.ErrorHandler(func(_ *nats.Conn, sub *nats.Subscription, err error) {
			subject := ""
			if sub != nil {
				subject = sub.Subject
			}
			log.Warn("a signal was lost", "subject", subject, "err", err)
		}))
	if err != nil {
		srv.Shutdown()
		srv.WaitForShutdown()
		return nil, plein.Wrap("bus.open", err)
	}
	return &Bus{log: log, srv: srv, conn: conn}, nil
}

// Publish sends a signal to everybody who listens to its subject now. The subject
// is words joined by dots, as in "changes.new"; a wildcard in it is refused, so
// that no id from outside can address more than one listener (TRUST S34).
func (b *Bus) Publish(subject string, data []byte) error {
	if !wellFormed(subject, false) {
		return plein.Wrap("bus.publish", fmt.Errorf("bad subject %q", subject))
	}
	if len(data) > MaxSignal {
		return plein.Wrap("bus.publish", fmt.Errorf("a signal of %d bytes, at most %d fit", len(data), MaxSignal))
	}
	return plein.Wrap("bus.publish", b.conn.Publish(subject, data))
}

// Subscribe calls fn for every signal on a subject, one after another, in a
// goroutine of its own. In the subject "*" stands for one word and a last ">"
// for any number of them. After stop returns no new call of fn begins.
func (b *Bus) Subscribe(subject string, fn func(data []byte)) (stop func(), err error) {
	return b.Listen(subject, func(_ string, data []byte) { fn(data) })
}

// Listen is Subscribe for who wants to know on which subject a signal came.
func (b *Bus) Listen(subject string, fn func(subject string, data []byte)) (stop func(), err error) {
	if !wellFormed(subject, true) {
		return nil, plein.Wrap("bus.subscribe", fmt.Errorf("bad subject %q", subject))
	}
	var stopped atomic.Bool
	sub, err := b.conn.Subscribe(subject, func(m *nats.Msg) {
		if stopped.Load() {
			return
		}
		defer func() {
			if p := recover(); p != nil {
				b.log.Error("a listener panicked", "subject", subject, "panic", p, "stack", string(debug.Stack()))
			}
		}()
		fn(m.Subject, m.Data)
	})
	if err != nil {
		return nil, plein.Wrap("bus.subscribe", err)
	}
	if err := sub.SetPendingLimits(pendingSignals, pendingBytes); err != nil {
		return nil, plein.Wrap("bus.subscribe", err)
	}
	return func() {
		if !stopped.Swap(true) {
			_ = sub.Unsubscribe() // only fails when the bus is closed, and then it is done already
		}
	}, nil
}

// Close stops the server and everything that listens. It may be called twice.
func (b *Bus) Close() {
	b.close.Do(func() {
		b.conn.Close()
		b.srv.Shutdown()
		b.srv.WaitForShutdown()
	})
}

// wellFormed accepts words of letters, digits, "-" and "_" joined by dots, and
// wildcards as whole words when they are allowed.
func wellFormed(subject string, wildcards bool) bool {
	word := 0
	for i := 0; i < len(subject); i++ {
		switch c := subject[i]; {
		case c == '.':
			if word == 0 {
				return false
			}
			word = 0
		case c == '*' && wildcards:
			if word != 0 || i+1 < len(subject) && subject[i+1] != '.' {
				return false
			}
			word++
		case c == '>' && wildcards:
			if word != 0 || i+1 != len(subject) {
				return false
			}
			word++
		case c == '-', c == '_', c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
			word++
		default:
			return false
		}
	}
	return word > 0 && len(subject) <= 200
}

// slogger passes the server's own notes on. Notices are of no use to whoever runs
// Plein, so they are debug lines.
type slogger struct{ log *slog.Logger }

func (s slogger) Noticef(f string, v ...any) { s.log.Debug(fmt.Sprintf(f, v...)) }
func (s slogger) Debugf(f string, v ...any)  { s.log.Debug(fmt.Sprintf(f, v...)) }
func (s slogger) Tracef(f string, v ...any)  { s.log.Debug(fmt.Sprintf(f, v...)) }
func (s slogger) Warnf(f string, v ...any)   { s.log.Warn(fmt.Sprintf(f, v...)) }
func (s slogger) Errorf(f string, v ...any)  { s.log.Error(fmt.Sprintf(f, v...)) }
func (s slogger) Fatalf(f string, v ...any)  { s.log.Error(fmt.Sprintf(f, v...)) }
