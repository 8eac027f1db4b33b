package feed

import (
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

// maxMusts is how many must-reads stand on top at once (design guide, section 6); confirming one makes
// room for the next.
const maxMusts = 1

// page fills the places of one timeline page. It is pure: what is offered in
// order goes in, what is placed and what is put off come out.
type page struct {
	size   int
	placed []Placed
	on     map[plein.ID]bool // items on the page
	taken  map[plein.ID]int  // places by author
	putOff []items.Head      // over their author's share, in the order offered
}

func newPage(size int) *page {
	return &page{size: size, on: make(map[plein.ID]bool), taken: make(map[plein.ID]int)}
}

func (p *page) full() bool { return len(p.placed) >= p.size }

// offer places an item if there is room and its author has not had their share.
func (p *page) offer(h items.Head, why Reason) {
	if p.full() || p.on[h.ID] {
		return
	}
	if p.taken[h.Author] >= maxPerAuthor {
		p.putOff = append(p.putOff, h)
		return
	}
	p.place(h, why)
}

func (p *page) place(h items.Head, why Reason) {
	p.placed = append(p.placed, Placed{h, why})
	p.on[h.ID] = true
	p.taken[h.Author]++
}

// fill gives the remaining places to what was put off, newest first: nobody else
// spoke.
func (p *page) fill() {
	rest := p.putOff
	p.putOff = nil
	for n, h := range rest {
		if p.full() {
			p.putOff = rest[n:]
			break
		}
		if !p.on[h.ID] {
			p.place(h, ReasonNew)
		}
	}
	p.sort()
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

// eager lists the authors who have had their share.
func (p *page) eager() []plein.ID {
	var out []plein.ID
	for author, n := range p.taken {
		if n >= maxPerAuthor {
			out = append(out, author)
		}
	}
	slices.Sort(out)
	return out
}
