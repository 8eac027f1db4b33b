package session

import (
	"sync"
	"time"

	"plein/internal/plein"
)

const (
	cacheFor  = 5 * time.Second
	cacheSize = 4096 // when it is full it starts afresh; a look in the database is cheap
)

// cache remembers for a few seconds which session a token is, so that one page
// with its parts asks the database once.
type cache struct {
	mu      sync.Mutex
	entries map[digest]cached
	people  map[plein.ID][]digest // what to drop when a person's sessions end
	rounds  uint64                // goes up with every drop
}

type cached struct {
	session Session
	until   time.Time
}

func newCache() *cache {
	c := &cache{}
	c.clear()
	return c
}

func (c *cache) clear() {
	c.entries, c.people = map[digest]cached{}, map[plein.ID][]digest{}
}

// round is taken before looking in the database and given to put after it, so
// that what was read before a drop is not put back after it.
func (c *cache) round() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rounds
}

func (c *cache) get(h digest, now time.Time) (Session, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[h]
	// A clock that was put back makes nothing live longer.
	if !ok || !now.Before(e.until) || now.Before(e.until.Add(-cacheFor)) {
		return Session{}, false
	}
	return e.session, true
}

func (c *cache) put(h digest, s Session, now time.Time, round uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if round != c.rounds {
		return
	}
	if len(c.entries) >= cacheSize {
		c.clear()
	}
	if _, known := c.entries[h]; !known {
		c.people[s.Person] = append(c.people[s.Person], h)
	}
	c.entries[h] = cached{s, now.Add(cacheFor)}
}

// seen changes an entry that is still there.
func (c *cache) seen(h digest, s Session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.entries[h]; ok {
		e.session = s
		c.entries[h] = e
	}
}

func (c *cache) drop(person plein.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rounds++
	for _, h := range c.people[person] {
		delete(c.entries, h)
	}
	delete(c.people, person)
}
