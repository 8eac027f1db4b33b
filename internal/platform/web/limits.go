package web

import (
	"math"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"plein/internal/plein"
)

// Rate is how often something may happen: Burst at once, PerSecond in the long
// run. The zero Rate is no limit.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Limits are the rates of a server. A whole hospital can sit behind one address,
// so an address gets much more than a person, and what is tight per address
// counts only for those who have not signed in.
type Limits struct {
	Address       Rate // everything from one network address, before anybody is looked up
	StrangerRead  Rate // pages for the signed-out, per address
	StrangerWrite Rate // forms of the signed-out (sign-in), per address
	PersonRead    Rate
	PersonWrite   Rate
}

// DefaultLimits are generous for people and tiring for scripts.
func DefaultLimits() Limits {
	return Limits{
		Address:       Rate{300, 3000},
		StrangerRead:  Rate{20, 300},
		StrangerWrite: Rate{5, 60},
		PersonRead:    Rate{15, 150},
		PersonWrite:   Rate{3, 40},
	}
}

// perGeneration bounds the memory of one limiter: at most twice as many keys are
// remembered, about 3 MB.
const perGeneration = 10_000

// limiter holds one rate for many keys. Keys live in two generations: when the
// young one is full it becomes the old one, and the old one is forgotten. Who is
// forgotten starts afresh, so a flood of keys makes the limit milder and never
// uses more memory.
type limiter[K comparable] struct {
	rate       Rate
	mu         sync.Mutex
	young, old map[K]*rate.Limiter
}

func newLimiter[K comparable](r Rate) *limiter[K] {
	return &limiter[K]{rate: r, young: map[K]*rate.Limiter{}}
}

// wait tells how long key has to wait before it may go on; zero is now.
func (l *limiter[K]) wait(key K, now time.Time) time.Duration {
	if l.rate == (Rate{}) {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	one := l.young[key]
	if one == nil {
		if one = l.old[key]; one == nil {
			one = rate.NewLimiter(rate.Limit(l.rate.PerSecond), l.rate.Burst)
		}
		if len(l.young) >= perGeneration {
			l.old, l.young = l.young, make(map[K]*rate.Limiter, perGeneration/8)
		}
		l.young[key] = one
	}
	if one.AllowN(now, 1) {
		return 0
	}
	missing := 1 - one.TokensAt(now)
	return max(time.Duration(missing/l.rate.PerSecond*float64(time.Second)), time.Millisecond)
}

// size is for the test that memory stays bounded.
func (l *limiter[K]) size() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.young) + len(l.old)
}

type limiters struct {
	address, strangerRead, strangerWrite *limiter[netip.Prefix]
	personRead, personWrite              *limiter[plein.ID]
}

func newLimiters(l Limits) *limiters {
	return &limiters{
		address:       newLimiter[netip.Prefix](l.Address),
		strangerRead:  newLimiter[netip.Prefix](l.StrangerRead),
		strangerWrite: newLimiter[netip.Prefix](l.StrangerWrite),
		personRead:    newLimiter[plein.ID](l.PersonRead),
		personWrite:   newLimiter[plein.ID](l.PersonWrite),
	}
}

// tooFast makes the error for who has to wait.
func tooFast(wait time.Duration) error {
	if wait == 0 {
		return nil
	}
	return &statusError{status: 429, retry: int(math.Ceil(wait.Seconds())), err: plein.E(plein.TooMuch, "error.too_much", nil)}
}

// network is the key of an address. One household or server holds a whole /64 of
// IPv6, so that is what counts as one.
func network(ip netip.Addr) netip.Prefix {
	bits := 32
	if ip.Is6() {
		bits = 64
	}
	p, _ := ip.Prefix(bits) // the zero Addr gives the zero Prefix: strangers without an address share one
	return p
}
