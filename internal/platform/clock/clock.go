// Package clock exists so that nothing in the house asks the machine for the
// time directly: guests end, links expire and feeds damp by time, and a test has
// to be able to stand at any moment without waiting for it.
package clock

import (
	"sync"
	"time"
)

// Clock tells the time, in UTC.
type Clock interface{ Now() time.Time }

// System is the machine's own clock.
type System struct{}

// Now gives the present moment in UTC.
func (System) Now() time.Time { return time.Now().UTC() }

// Manual is a clock that stands still until it is moved. It is for tests and for
// making demonstration data, and may be used from several goroutines.
type Manual struct {
	mu  sync.Mutex
	now time.Time
}

// Fixed gives a clock that stands at t.
func Fixed(t time.Time) *Manual { return &Manual{now: t.UTC()} }

// Now gives the moment at which the clock stands.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// Set puts the clock at t, also backwards.
func (m *Manual) Set(t time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = t.UTC()
}

// Advance moves the clock by d and gives the new time.
func (m *Manual) Advance(d time.Duration) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
	return m.now
}
