package changes

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"plein/internal/platform/bus"
	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/plein"
)

// Subject is what the bus carries when lines were added. It holds no content.
const Subject = "changes"

// poll is how long a follower sleeps when no signal came: the price of a lost one.
const poll = time.Second

// firstPause is how long a follower rests after an error; it doubles with every
// further one, up to longestPause.
const (
	firstPause   = poll / 5
	longestPause = time.Minute
)

// Log is the house's change log.
type Log struct {
	db    *db.DB
	bus   *bus.Bus
	clock clock.Clock
	log   *slog.Logger

	fits atomic.Bool // see fit
}

// New makes the log on a database and a bus.
func New(d *db.DB, b *bus.Bus, c clock.Clock, log *slog.Logger) *Log {
	return &Log{db: d, bus: b, clock: c, log: log}
}

// Tell writes one line in the caller's transaction and wakes the followers after
// the commit.
func (l *Log) Tell(ctx context.Context, tx *db.Tx, e plein.Event) error {
	if err := l.fit(ctx, tx); err != nil {
		return plein.Wrap("changes.tell", err)
	}
	if e.At.IsZero() {
		e.At = l.clock.Now()
	}
	if err := insert(ctx, tx, e); err != nil {
		return plein.Wrap("changes.tell", err)
	}
	tx.AfterCommit(func() {
		if err := l.bus.Publish(Subject, nil); err != nil {
			l.log.Warn("followers will notice late", "err", err)
		}
	})
	return nil
}

// fit makes the log fit the server it lies on, once, before anything is added or
// followed. On PostgreSQL the order of the log is made of the server's own
// transaction ids. A database that was restored on another server brings the
// other's ids, and those may lie ahead: new lines would come to stand before the
// places that the followers reached and never be seen.
//
// It runs in the transaction that needs it. Asking for one more connection here
// could wait for ever when all of them are telling.
func (l *Log) fit(ctx context.Context, tx *db.Tx) error {
	if l.db.Engine() != db.Postgres || l.fits.Load() {
		return nil
	}
	moved, err := fitOrder(ctx, tx)
	if err != nil {
		return err
	}
	if moved {
		l.log.Info("the change log came from another server; its order is kept, its numbers are moved")
	}
	tx.AfterCommit(func() { l.fits.Store(true) })
	return nil
}

// Follower handles every change once, in order, in batches. Follow runs in the
// transaction that moves the cursor: what it writes and the place it has reached
// are one. An error is retried with a growing pause and holds up this follower
// only.
type Follower struct {
	Name   string
	Batch  int // most lines at once; 0 means 500
	Follow func(ctx context.Context, tx *db.Tx, events []plein.Event) error
}

// Run follows the log with every follower until ctx ends.
func (l *Log) Run(ctx context.Context, followers ...Follower) error {
	if err := l.db.Tx(ctx, func(tx *db.Tx) error { return l.fit(ctx, tx) }); err != nil {
		return plein.Wrap("changes.run", err)
	}
	var wg sync.WaitGroup
	for _, f := range followers {
		if f.Batch == 0 {
			f.Batch = 500
		}
		if err := l.db.Tx(ctx, func(tx *db.Tx) error { return registerCursor(ctx, tx, f.Name) }); err != nil {
			return plein.Wrap("changes.run", err)
		}
		wake, stop, err := l.signals()
		if err != nil {
			return err
		}
		wg.Go(func() {
			defer stop()
			l.follow(ctx, f, wake)
		})
	}
	wg.Wait()
	return nil
}

// CatchUp lets one follower handle all that was told up to now: for tests, and for
// commands that do their work and stop.
func (l *Log) CatchUp(ctx context.Context, f Follower) error {
	if f.Batch == 0 {
		f.Batch = 500
	}
	if err := l.db.Tx(ctx, func(tx *db.Tx) error {
		if err := l.fit(ctx, tx); err != nil {
			return err
		}
		return registerCursor(ctx, tx, f.Name)
	}); err != nil {
		return plein.Wrap("changes.catchup", err)
	}
	for ctx.Err() == nil {
		if n, err := l.step(ctx, f); err != nil {
			return err
		} else if n > 0 {
			continue
		}
		// On PostgreSQL a line waits for whoever else is writing.
		all, err := l.Lags(ctx)
		if err != nil {
			return plein.Wrap("changes.catchup", err)
		}
		if !slices.ContainsFunc(all, func(g Lag) bool { return g.Follower == f.Name && g.Lines > 0 }) {
			return nil
		}
		wait(ctx, nil, poll/100)
	}
	return ctx.Err()
}

func (l *Log) follow(ctx context.Context, f Follower, wake <-chan struct{}) {
	pause := firstPause
	for {
		n, err := l.step(ctx, f)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			l.log.Error("a follower of the change log could not go on", "follower", f.Name, "err", err, "again_in", pause)
			wait(ctx, nil, pause)
			pause = min(pause*2, longestPause)
			continue
		case n < f.Batch:
			wait(ctx, wake, poll)
		}
		pause = firstPause
	}
}

// step handles one batch and tells how many lines it held.
func (l *Log) step(ctx context.Context, f Follower) (n int, err error) {
	// Most wake-ups find nothing for most followers; look before taking the writer.
	c, err := readCursor(ctx, l.db.Read(), f.Name)
	if err != nil {
		return 0, err
	}
	lines, err := after(ctx, l.db.Read(), c, 1)
	if err != nil || len(lines) == 0 {
		return 0, err
	}
	err = l.db.Tx(ctx, func(tx *db.Tx) error {
		c, err := readCursor(ctx, tx, f.Name)
		if err != nil {
			return err
		}
		lines, err := after(ctx, tx, c, f.Batch)
		if err != nil || len(lines) == 0 {
			return err
		}
		events := make([]plein.Event, len(lines))
		for i, line := range lines {
			events[i] = line.event
		}
		if err := safely(func() error { return f.Follow(ctx, tx, events) }); err != nil {
			return err
		}
		n = len(lines)
		return moveCursor(ctx, tx, f.Name, lines[n-1].cursor, l.clock.Now())
	})
	return n, err
}

// safely turns a panic in a follower into an error, so that one bad line cannot
// take the process down.
func safely(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return fn()
}

// Tail calls fn with every change from now on, and perhaps some of a moment ago,
// on this node only and without a cursor: for caches, which may be thrown away.
// fn must be quick.
func (l *Log) Tail(ctx context.Context, fn func(plein.Event)) (stop func(), err error) {
	from, err := l.Newest(ctx)
	if err != nil {
		return nil, plein.Wrap("changes.tail", err)
	}
	return l.TailFrom(ctx, from, func(e plein.Event, _ Place) { fn(e) })
}

// TailFrom is Tail from a place on, and says where each change stands: for what
// has to tell later from where it goes on.
func (l *Log) TailFrom(ctx context.Context, place Place, fn func(plein.Event, Place)) (stop func(), err error) {
	wake, unsubscribe, err := l.signals()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		from := cursor(place)
		for ctx.Err() == nil {
			lines, err := after(ctx, l.db.Read(), from, 500)
			if err != nil {
				if ctx.Err() == nil {
					l.log.Error("caches follow late", "err", err)
				}
				wait(ctx, nil, poll)
				continue
			}
			for _, line := range lines {
				fn(line.event, Place(line.cursor))
				from = line.cursor
			}
			if len(lines) < 500 {
				wait(ctx, wake, poll)
			}
		}
	}()
	return func() { cancel(); unsubscribe(); <-done }, nil
}

// Lag tells how far a follower is behind.
type Lag struct {
	Follower string
	Lines    int
	Oldest   time.Time // when the first unhandled line was written; zero when none
}

// Lags tells how far each follower is behind, for the health page.
func (l *Log) Lags(ctx context.Context) ([]Lag, error) { return lags(ctx, l.db.Read()) }

// Prune removes lines older than keep that every follower has handled.
func (l *Log) Prune(ctx context.Context, keep time.Duration) (removed int64, err error) {
	err = l.db.Tx(ctx, func(tx *db.Tx) (err error) {
		removed, err = prune(ctx, tx, l.clock.Now().Add(-keep))
		return err
	})
	return removed, err
}

// signals gives a channel that holds at most one pending wake-up.
func (l *Log) signals() (<-chan struct{}, func(), error) {
	wake := make(chan struct{}, 1)
	stop, err := l.bus.Subscribe(Subject, func([]byte) {
		select {
		case wake <- struct{}{}:
		default:
		}
	})
	if err != nil {
		return nil, nil, plein.Wrap("changes.signals", err)
	}
	return wake, stop, nil
}

func wait(ctx context.Context, wake <-chan struct{}, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-wake:
	case <-timer.C:
	}
}
