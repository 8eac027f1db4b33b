package syndication

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"plein/internal/plein"
)

// errTooFast is for a reader that asks more often than anything new can come.
var errTooFast = plein.E(plein.TooMuch, "syndication.error.too_fast", nil)

// One key may ask for many feeds at once and then has to be patient: readers look
// every quarter of an hour or so.
const (
	atOnce    = 60
	perSecond = 0.2

	perGeneration = 5_000 // keys remembered; at most twice as many
)

// limits is how often each key may ask. A key that does not exist is slowed down
// like any other. Keys live in two generations: when the young one is full it
// becomes the old one, and the old one is forgotten.
type limits struct {
	off        bool
	mu         sync.Mutex
	young, old map[digest]*rate.Limiter
}

func newLimits(off bool) *limits { return &limits{off: off, young: make(map[digest]*rate.Limiter)} }

// wait tells how long a key has to wait; zero is now.
func (l *limits) wait(k digest, now time.Time) time.Duration {
	if l.off {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	one := l.young[k]
	if one == nil {
		if one = l.old[k]; one == nil {
			one = rate.NewLimiter(perSecond, atOnce)
		}
		if len(l.young) >= perGeneration {
			l.old, l.young = l.young, make(map[digest]*rate.Limiter)
		}
		l.young[k] = one
	}
	if one.AllowN(now, 1) {
		return 0
	}
	return time.Second
}
