package feed

import (
	"context"
	"slices"

	"plein/internal/plein"
	"plein/internal/square/items"
)

// Reason says why an item stands in a person's timeline. It is set by the rule
// that put the item there, never guessed afterwards.
type Reason string

// The reasons, strongest first.
const (
	ReasonMust   Reason = "must"   // it asks to be confirmed and the reader has not
	ReasonAsked  Reason = "asked"  // the reader was named in it and has not looked since
	ReasonFollow Reason = "follow" // the reader follows its author
	ReasonNew    Reason = "new"    // it is new in an audience the reader belongs to
)

// Placed is an item with the reason for its place.
type Placed struct {
	items.Head
	Why Reason
}

// maxPerAuthor is how many of a page's places one author takes while others wait.
const maxPerAuthor = 3

// maxMusts bounds how many must-reads stand on top at once; confirming one makes
// room for the next.
const maxMusts = 3

// source gives the threads of a reader's audiences, newest first, below an id. A
// list that is shorter than the limit is the end.
type source interface {
	without(ctx context.Context, authors []plein.ID, before plein.ID, limit int) ([]items.Head, error)
	by(ctx context.Context, author, before plein.ID, limit int) ([]items.Head, error)
}

// page fills the places of one timeline page. It takes the newest thread that was
// not shown yet, again and again; an author who has had their share waits for the
// next page and is overtaken by everybody else. Only when nobody else spoke the
// free places go to those who wait.
//
// What was shown before is known from the cursor alone: all of an author's threads
// from some place up. That place is the same for everybody but the few who wait.
type page struct {
	size   int
	src    source
	why    func(items.Head) Reason
	at     cursor
	placed []Placed
	on     map[plein.ID]bool   // items that are shown, here or on top of the first page
	taken  map[plein.ID]int    // places by author
	others *trail              // everybody who does not wait
	behind map[plein.ID]*trail // one for each author who waits
}

func newPage(size int, src source, at cursor, why func(items.Head) Reason) *page {
	p := &page{size: size, src: src, why: why, at: at.clone(), on: make(map[plein.ID]bool), taken: make(map[plein.ID]int),
		behind: make(map[plein.ID]*trail)}
	for _, id := range at.top {
		p.on[id] = true
	}
	for author, before := range at.behind {
		p.behind[author] = p.trailOf(author, before)
	}
	p.others = &trail{next: at.before, limit: window,
		load: func(ctx context.Context, before plein.ID) ([]items.Head, error) {
			return src.without(ctx, p.waiting(), before, window)
		},
		skip: func(h items.Head) bool { return p.on[h.ID] || p.behind[h.Author] != nil }}
	return p
}

func (p *page) trailOf(author, before plein.ID) *trail {
	return &trail{next: before, limit: p.size,
		load: func(ctx context.Context, before plein.ID) ([]items.Head, error) {
			return p.src.by(ctx, author, before, p.size)
		},
		skip: func(h items.Head) bool { return p.on[h.ID] }}
}

// waiting lists the authors who have a trail of their own.
func (p *page) waiting() []plein.ID {
	out := make([]plein.ID, 0, len(p.behind))
	for author := range p.behind {
		out = append(out, author)
	}
	slices.Sort(out)
	return out
}

func (p *page) full() bool { return len(p.placed) >= p.size }

// onTop places what does not wait its turn, within its author's share.
func (p *page) onTop(h items.Head, why Reason) {
	if p.full() || p.on[h.ID] || p.taken[h.Author] >= maxPerAuthor {
		return
	}
	p.place(h, why)
	p.at.top = append(p.at.top, h.ID)
}

func (p *page) place(h items.Head, why Reason) {
	p.placed = append(p.placed, Placed{h, why})
	p.on[h.ID] = true
	p.taken[h.Author]++
}

// build fills the page and gives it in order, with the cursor of the next one;
// more says whether there is one.
func (p *page) build(ctx context.Context) (placed []Placed, next cursor, more bool, err error) {
	if err := p.inTurn(ctx); err != nil {
		return nil, next, false, err
	}
	if err := p.nobodyElse(ctx); err != nil {
		return nil, next, false, err
	}
	if more, err = p.rest(ctx); err != nil {
		return nil, next, false, err
	}
	p.sort()
	return p.placed, p.at, more, nil
}

// inTurn places the newest of all, while authors have not had their share.
func (p *page) inTurn(ctx context.Context) error {
	for !p.full() {
		h, from, err := p.newest(ctx, true)
		switch {
		case err != nil:
			return err
		case from == nil:
			return nil
		case p.taken[h.Author] >= maxPerAuthor: // they wait from here on
			p.at.behind[h.Author] = h.ID + 1
			p.behind[h.Author] = p.trailOf(h.Author, h.ID+1)
			continue
		}
		p.take(h)
	}
	return nil
}

// nobodyElse gives the places that are left to those who wait.
func (p *page) nobodyElse(ctx context.Context) error {
	for !p.full() {
		h, from, err := p.newest(ctx, false)
		if err != nil || from == nil {
			return err
		}
		p.take(h)
	}
	return nil
}

func (p *page) take(h items.Head) {
	p.place(h, p.why(h))
	p.at.before = min(p.at.before, h.ID) // of who does not wait everything above was shown
	if _, waits := p.behind[h.Author]; waits {
		p.at.behind[h.Author] = h.ID
	}
}

// newest gives the newest thread that can be placed. While it goes by turns those
// who wait and have had their share are passed over.
func (p *page) newest(ctx context.Context, turns bool) (best items.Head, from *trail, err error) {
	if h, ok, err := p.others.peek(ctx); err != nil {
		return best, nil, err
	} else if ok {
		best, from = h, p.others
	}
	for author, s := range p.behind {
		if turns && p.taken[author] >= maxPerAuthor {
			continue
		}
		h, ok, err := s.peek(ctx)
		if err != nil {
			return best, nil, err
		}
		if ok && (from == nil || h.ID > best.ID) {
			best, from = h, s
		}
	}
	return best, from, nil
}

// rest lets go of those who need no longer wait and tells whether anything is left.
func (p *page) rest(ctx context.Context) (more bool, err error) {
	if _, more, err = p.others.peek(ctx); err != nil {
		return false, err
	}
	for _, author := range p.waiting() {
		s := p.behind[author]
		if more && !s.asked {
			continue // they wait, how much does not matter
		}
		h, ok, err := s.peek(ctx)
		if err != nil {
			return false, err
		}
		if !ok || h.ID < p.at.before { // they caught up
			delete(p.at.behind, author)
		}
		more = more || ok
	}
	return more, nil
}

// sort keeps what was placed by time in order of time; must-reads and what was
// asked stay on top.
func (p *page) sort() {
	rank := func(r Reason) int {
		switch r {
		case ReasonMust:
			return 0
		case ReasonAsked:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(p.placed, func(a, b Placed) int {
		if d := rank(a.Why) - rank(b.Why); d != 0 {
			return d
		}
		switch {
		case a.ID > b.ID:
			return -1
		case a.ID < b.ID:
			return 1
		}
		return 0
	})
}

// trail walks back in time through threads, loading some at once.
type trail struct {
	load  func(ctx context.Context, before plein.ID) ([]items.Head, error)
	skip  func(items.Head) bool
	limit int
	next  plein.ID // where to load from
	heads []items.Head
	asked bool // it has loaded
	ended bool
}

// peek gives the newest thread that is not to be skipped, and leaves it there.
func (s *trail) peek(ctx context.Context) (items.Head, bool, error) {
	for {
		for len(s.heads) > 0 {
			if !s.skip(s.heads[0]) {
				return s.heads[0], true, nil
			}
			s.heads = s.heads[1:]
		}
		if s.ended {
			return items.Head{}, false, nil
		}
		heads, err := s.load(ctx, s.next)
		if err != nil {
			return items.Head{}, false, err
		}
		s.heads, s.asked, s.ended = heads, true, len(heads) < s.limit
		if len(heads) > 0 {
			s.next = heads[len(heads)-1].ID
		}
	}
}
