package items

import (
	"context"
	"sync"

	"plein/internal/plein"
)

// cache holds items that were read lately, whoever read them: rights are asked of
// the database before anything is taken from here. It may be thrown away at any
// moment.
type cache struct {
	mu    sync.RWMutex
	items map[plein.ID]*Item
	epoch uint64
}

// maxCached bounds the memory: an item is about two kilobytes.
const maxCached = 16_000

func newCache() *cache { return &cache{items: make(map[plein.ID]*Item)} }

func (c *cache) get(ids []plein.ID) (found map[plein.ID]*Item, missing []plein.ID, epoch uint64) {
	found = make(map[plein.ID]*Item, len(ids))
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, id := range ids {
		if i, ok := c.items[id]; ok {
			found[id] = i
		} else {
			missing = append(missing, id)
		}
	}
	return found, missing, c.epoch
}

// put keeps what was loaded, unless something changed while it was loading.
func (c *cache) put(items []*Item, epoch uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.epoch != epoch {
		return
	}
	if len(c.items)+len(items) > maxCached {
		// A random tenth goes: cheap, and what is read often is soon back.
		n := maxCached / 10
		for id := range c.items {
			if n--; n < 0 {
				break
			}
			delete(c.items, id)
		}
	}
	for _, i := range items {
		c.items[i.ID] = i
	}
}

func (c *cache) forget(ids ...plein.ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	for _, id := range ids {
		delete(c.items, id)
	}
}

// Forget empties the caches, for tests and measurements of the cold case.
func (s *Service) Forget() {
	s.fragments.forget()
	s.cache.mu.Lock()
	defer s.cache.mu.Unlock()
	s.cache.epoch++
	clear(s.cache.items)
}

// many gives items by id, from memory where it can. It does not ask who reads.
func (s *Service) many(ctx context.Context, ids []plein.ID) (map[plein.ID]*Item, error) {
	found, missing, epoch := s.cache.get(ids)
	if len(missing) == 0 {
		return found, nil
	}
	last, err := previews(ctx, s.db.Read(), missing, previewReplies)
	if err != nil {
		return nil, err
	}
	all := missing
	for _, replies := range last { // they are shown under their thread, so they come along
		all = append(all, replies...)
	}
	loaded, err := load(ctx, s.db.Read(), distinct(all))
	if err != nil {
		return nil, err
	}
	for _, i := range loaded {
		i.Preview = oldestFirst(last[i.ID])
	}
	if s.deps.Files != nil {
		files, err := s.deps.Files(ctx, all)
		if err != nil {
			return nil, err
		}
		for _, i := range loaded {
			if !i.Gone() {
				i.Files = files[i.ID]
			}
		}
	}
	s.cache.put(loaded, epoch)
	for _, i := range loaded {
		found[i.ID] = i
	}
	return found, nil
}
