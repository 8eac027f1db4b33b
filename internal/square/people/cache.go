package people

import (
	"sync"
	"time"

	"plein/internal/plein"
)

// The caches are bounded, because an organisation of seventy thousand people must
// not fill the memory of a machine that shows twenty of them.
const (
	maxPersonsKept = 2_000
	maxCardsKept   = 20_000
)

// cache keeps what was read until it is forgotten. A reader takes the version
// before reading from the database and hands it back with what it read: when
// something was forgotten in between, what it read may be old and is not kept.
// So a right that was lost is gone at the next request (TRUST P5, P22).
type cache[T any] struct {
	mu      sync.RWMutex
	version uint64
	most    int
	kept    map[plein.ID]T
}

func newCache[T any](most int) *cache[T] {
	return &cache[T]{most: most, kept: map[plein.ID]T{}}
}

func (c *cache[T]) get(id plein.ID) (v T, ok bool, version uint64) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	v, ok = c.kept[id]
	return v, ok, c.version
}

func (c *cache[T]) put(version uint64, id plein.ID, v T) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.version != version {
		return
	}
	if _, there := c.kept[id]; !there && len(c.kept) >= c.most {
		for other := range c.kept { // any will do: the order of a map is random
			delete(c.kept, other)
			break
		}
	}
	c.kept[id] = v
}

func (c *cache[T]) forget(id plein.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.version++
	delete(c.kept, id)
}

func (c *cache[T]) forgetAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.version++
	clear(c.kept)
}

// ids makes ids that do not repeat within this process. People and departments
// are added by the thousand within one millisecond, where random bits alone would
// meet; and the id of a department and of a person each name an audience, so they
// must not meet each other either.
type ids struct {
	mu   sync.Mutex
	at   int64
	used map[plein.ID]bool
}

func newIDs() *ids { return &ids{used: map[plein.ID]bool{}} }

func (i *ids) next(at time.Time) plein.ID {
	i.mu.Lock()
	defer i.mu.Unlock()
	if ms := at.UnixMilli(); ms != i.at {
		i.at = ms
		clear(i.used)
	}
	for {
		if id := plein.NewID(at); !i.used[id] {
			i.used[id] = true
			return id
		}
	}
}
