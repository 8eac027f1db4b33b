package suggest

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"plein/internal/plein"
	"plein/internal/square/people"
)

// rollPage is how many people are read at once.
const rollPage = 5000

// maxDirty is how many people changed before all are read anew.
const maxDirty = 2000

// keeper holds the index and knows what is old in it. Whoever asks after a change
// was durable gets the index with that change.
type keeper struct {
	people *people.Service
	now    atomic.Pointer[state]

	reading sync.Mutex // one at a time reads what is old

	mu    sync.Mutex
	all   bool // everything is old
	dirty map[plein.ID]bool
}

func newKeeper(p *people.Service) *keeper {
	k := &keeper{people: p, all: true, dirty: map[plein.ID]bool{}}
	p.Watch(k.touch)
	return k
}

// touch says that a person is not as the index has them; zero is everybody.
func (k *keeper) touch(id plein.ID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if id == 0 || len(k.dirty) >= maxDirty {
		k.all = true
		clear(k.dirty)
	}
	if !k.all {
		k.dirty[id] = true
	}
}

// take gives what is old and forgets that it was.
func (k *keeper) take() (all bool, ids []plein.ID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for id := range k.dirty {
		ids = append(ids, id)
	}
	all = k.all
	k.all = false
	clear(k.dirty)
	return all, ids
}

func (k *keeper) fresh() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return !k.all && len(k.dirty) == 0
}

// state gives the index as it is now.
func (k *keeper) state(ctx context.Context) (*state, error) {
	if k.fresh() {
		if s := k.now.Load(); s != nil {
			return s, nil
		}
	}
	k.reading.Lock()
	defer k.reading.Unlock()
	all, ids := k.take()
	old := k.now.Load()
	var s *state
	var err error
	switch {
	case all || old == nil:
		s, err = k.read(ctx)
	case len(ids) == 0: // somebody else read it while we waited
		return old, nil
	default:
		slices.Sort(ids)
		var now []people.Entry
		if now, err = k.people.RollOf(ctx, ids); err == nil {
			s = old.with(ids, now)
		}
	}
	if err != nil {
		k.touch(0) // what was taken is still old
		return nil, err
	}
	k.now.Store(s)
	return s, nil
}

func (k *keeper) read(ctx context.Context) (*state, error) {
	s := &state{}
	var all []entry
	var after plein.ID
	for {
		page, err := k.people.Roll(ctx, after, rollPage)
		if err != nil {
			return nil, err
		}
		for _, p := range page {
			if e, ok := newEntry(p, s.zone(p.Zone)); ok {
				all = append(all, e)
			}
			after = p.ID
		}
		if len(page) < rollPage {
			break
		}
	}
	s.names = makeNames(slices.Clip(all))
	return s, nil
}
