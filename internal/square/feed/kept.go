package feed

import (
	"context"
	"slices"
	"sync"
	"time"

	"plein/internal/plein"
	"plein/internal/square/access"
	"plein/internal/square/items"
)

// kept remembers the first page of people's timelines, ready but for drawing,
// under a stamp of everything it was made of. Most visits find that nothing
// changed since the last one. It may be thrown away at any moment.
type kept struct {
	mu    sync.RWMutex
	pages map[pageKey]*keptPage
}

type pageKey struct {
	person plein.ID
	path   string
}

type keptPage struct {
	stamp
	until time.Time // things end by themselves: must-reads, "named lately"
	why   map[plein.ID]Reason
	cards []items.Card
	next  string
}

// stamp is everything a page was made of, by version. Two equal stamps mean the
// same page.
type stamp struct {
	reader, items, around uint64
}

const (
	maxKeptPages = 500
	keptFor      = 30 * time.Second
)

func newKept() *kept { return &kept{pages: make(map[pageKey]*keptPage)} }

func (k *kept) get(key pageKey, at stamp, now time.Time) (*keptPage, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	p, ok := k.pages[key]
	return p, ok && p.stamp == at && now.Before(p.until)
}

func (k *kept) put(key pageKey, p *keptPage) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.pages) >= maxKeptPages {
		for other := range k.pages { // any will do
			delete(k.pages, other)
			break
		}
	}
	k.pages[key] = p
}

func (k *kept) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.pages)
}

func (s *Service) stampOf(r access.Reader) stamp {
	at := stamp{reader: r.Version, items: s.items.Stamp(r)}
	if s.around != nil {
		at.around = s.around()
	}
	return at
}

// page gives a page of a timeline with its cards, from memory when nothing that it
// is made of has changed. Only the first page of a reader's own timelines is kept.
func (s *Service) page(ctx context.Context, a plein.Actor, path, at string, fill filler) (*keptPage, error) {
	r, err := s.access.Reader(ctx, a)
	if err != nil {
		return nil, err
	}
	key, now := pageKey{a.ID, path}, s.clock.Now()
	keep := at == "" && path != "/following" // which looks beyond the reader's own audiences
	before := s.stampOf(r)                   // taken first: what changes meanwhile makes it old
	if keep {
		if p, ok := s.kept.get(key, before, now); ok {
			return p, nil
		}
	}
	shown, err := fill(ctx, a, at)
	if err != nil {
		return nil, err
	}
	p := &keptPage{stamp: before, until: now.Add(keptFor), next: shown.Next, why: make(map[plein.ID]Reason, len(shown.Placed))}
	heads := make([]items.Head, len(shown.Placed))
	for n, placed := range shown.Placed {
		heads[n] = placed.Head
		p.why[placed.ID] = placed.Why
	}
	if p.cards, err = s.items.CardsOf(ctx, a, r, heads, items.Opts{Preview: true}); err != nil {
		return nil, err
	}
	if keep && within(r.Feed(), p.cards) {
		s.kept.put(key, p)
	}
	return p, nil
}

// within says that all cards, and what they pass on, stand in audiences whose
// changes the stamp counts. A thread elsewhere in which the reader was named can
// change, or be taken away, without the stamp knowing.
func within(feed []plein.ID, cards []items.Card) bool {
	for _, c := range cards {
		if !slices.Contains(feed, c.Audience) || (c.Share != 0 && (c.Shared == nil || !slices.Contains(feed, c.Shared.Audience))) {
			return false
		}
	}
	return true
}
