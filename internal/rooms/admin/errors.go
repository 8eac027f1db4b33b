package admin

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"plein/internal/platform/clock"
)

// Errors counts what the log has at level Error, so that the health page can say
// how many there were lately without anybody's text leaving the log. The nil
// Errors has counted none.
type Errors struct {
	clock clock.Clock
	mu    sync.Mutex
	by    [60]struct {
		minute int64
		n      int
	}
}

// CountErrors makes a counter. Its Handler goes around the one of the log.
func CountErrors(c clock.Clock) *Errors { return &Errors{clock: c} }

func (e *Errors) add() {
	minute := e.clock.Now().Unix() / 60
	e.mu.Lock()
	defer e.mu.Unlock()
	slot := &e.by[minute%int64(len(e.by))]
	if slot.minute != minute {
		slot.minute, slot.n = minute, 0
	}
	slot.n++
}

// LastHour is how many errors there were in the sixty minutes before now.
func (e *Errors) LastHour(now time.Time) (n int) {
	if e == nil {
		return 0
	}
	first := now.Unix()/60 - int64(len(e.by)) + 1
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, slot := range e.by {
		if slot.minute >= first {
			n += slot.n
		}
	}
	return n
}

// Handler counts on the way to next.
func (e *Errors) Handler(next slog.Handler) slog.Handler { return counting{next, e} }

type counting struct {
	slog.Handler
	errors *Errors
}

// Enabled lets errors through also where the log itself wants none.
func (c counting) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelError || c.Handler.Enabled(ctx, level)
}

// Handle counts a line and hands it on.
func (c counting) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelError {
		c.errors.add()
	}
	if !c.Handler.Enabled(ctx, r.Level) {
		return nil
	}
	return c.Handler.Handle(ctx, r)
}

// WithAttrs keeps counting.
func (c counting) WithAttrs(attrs []slog.Attr) slog.Handler {
	return counting{c.Handler.WithAttrs(attrs), c.errors}
}

// WithGroup keeps counting.
func (c counting) WithGroup(name string) slog.Handler {
	return counting{c.Handler.WithGroup(name), c.errors}
}
