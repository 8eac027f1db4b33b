package people

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"plein/internal/plein"
)

// Mirror keeps something in memory that is made of the roll, such as an index of
// names. It can be thrown away at any moment. Whoever asks after a change was
// durable gets what is made with that change.
type Mirror[T any] struct {
	people *Service
	// build makes it anew, reading the roll by next until that gives no more; with
	// gives it with some people as they are now. Neither changes what was given out.
	build func(ctx context.Context, next func(context.Context) ([]Entry, error)) (*T, error)
	with  func(old *T, ids []plein.ID, now []Entry) *T

	now     atomic.Pointer[T]
	reading sync.Mutex // one at a time reads what is old

	mu    sync.Mutex
	all   bool // everything is old
	dirty map[plein.ID]bool
}

const (
	rollPage = 5000 // people read at once
	maxDirty = 2000 // people changed, after which all are read anew
)

// NewMirror makes a mirror that is read when it is first asked for.
func NewMirror[T any](p *Service, build func(context.Context, func(context.Context) ([]Entry, error)) (*T, error),
	with func(old *T, ids []plein.ID, now []Entry) *T) *Mirror[T] {
	m := &Mirror[T]{people: p, build: build, with: with, all: true, dirty: map[plein.ID]bool{}}
	p.Watch(m.touch)
	return m
}

// touch says that a person is not as the mirror has them; zero is everybody.
func (m *Mirror[T]) touch(id plein.ID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if id == 0 || len(m.dirty) >= maxDirty {
		m.all = true
		clear(m.dirty)
	}
	if !m.all {
		m.dirty[id] = true
	}
}

// take gives what is old and forgets that it was.
func (m *Mirror[T]) take() (all bool, ids []plein.ID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id := range m.dirty {
		ids = append(ids, id)
	}
	all = m.all
	m.all = false
	clear(m.dirty)
	slices.Sort(ids)
	return all, ids
}

func (m *Mirror[T]) fresh() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return !m.all && len(m.dirty) == 0
}

// Now gives what is made of the roll as it is now.
func (m *Mirror[T]) Now(ctx context.Context) (*T, error) {
	if m.fresh() {
		if t := m.now.Load(); t != nil {
			return t, nil
		}
	}
	m.reading.Lock()
	defer m.reading.Unlock()
	all, ids := m.take()
	old := m.now.Load()
	var t *T
	var err error
	switch {
	case all || old == nil:
		var after plein.ID
		t, err = m.build(ctx, func(ctx context.Context) ([]Entry, error) {
			page, err := m.people.Roll(ctx, after, rollPage)
			if len(page) > 0 {
				after = page[len(page)-1].ID
			}
			return page, err
		})
	case len(ids) == 0: // somebody else read it while we waited
		return old, nil
	default:
		var now []Entry
		if now, err = m.people.RollOf(ctx, ids); err == nil {
			t = m.with(old, ids, now)
		}
	}
	if err != nil {
		m.touch(0) // what was taken is still old
		return nil, err
	}
	m.now.Store(t)
	return t, nil
}
