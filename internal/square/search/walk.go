package search

import (
	"context"
	"slices"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/access"
)

// A walk goes back in time through the documents that have every term asked for.
// It leads with the rarest: its postings are read newest first, in batches, and of
// the others only the rows in which one of a batch would stand. So its cost
// follows the rarest word and the number of places shown, not the size of the
// index; and when words are common and never meet, it stops at maxWork and says
// how far it came.

// group is a set of terms of which a document must have at least one.
type group []found

// chunks is how many rows the terms take together: how common they are.
func (g group) chunks() int {
	n := 0
	for _, t := range g {
		n += t.chunks
	}
	return n
}

// The bounds of one walk.
const (
	firstBatch = 128
	largeBatch = 2048
	maxWork    = 60_000 // postings looked at
)

// walk is one walk through the index.
type walk struct {
	q       db.Queryer
	reader  access.Reader
	groups  []group // the rarest first
	below   plein.ID
	above   plein.ID                                          // nothing at or below it
	allowed func(ctx context.Context, n uint32) (bool, error) // may the reader find anything in this place
	terms   bool                                              // rows bring their terms along

	stream stream
	others []map[int64]*reach
	work   int
}

func newWalk(q db.Queryer, r access.Reader, groups []group, below, above plein.ID) *walk {
	groups = slices.Clone(groups)
	slices.SortStableFunc(groups, func(a, b group) int { return a.chunks() - b.chunks() })
	w := &walk{q: q, reader: r, groups: groups, below: below, above: above}
	if len(groups) == 0 {
		return w
	}
	for _, t := range groups[0] {
		w.stream = append(w.stream, &backward{term: t.id, at: below, atOnce: 2})
	}
	for range groups[1:] {
		w.others = append(w.others, map[int64]*reach{})
	}
	return w
}

// next gives the next documents that the reader may see, newest first; none at
// the end or when the work is done (tired).
func (w *walk) next(ctx context.Context, want int) ([]row, error) {
	for batch := max(firstBatch, min(2*want, largeBatch)); len(w.groups) > 0 && !w.tired(); batch = min(2*batch, largeBatch) {
		ids, more, err := w.candidates(ctx, batch)
		if err != nil {
			return nil, err
		}
		for n, g := range w.groups[1:] {
			if ids, err = w.having(ctx, w.others[n], g, ids); err != nil {
				return nil, err
			}
		}
		if len(ids) > 0 {
			rows, err := visible(ctx, w.q, w.reader, ids, w.terms)
			if err != nil || len(rows) > 0 {
				return rows, err
			}
		}
		if !more {
			w.groups = nil
		}
	}
	return nil, nil
}

// tired says that there may be more, but that this was enough for one question.
func (w *walk) tired() bool { return len(w.groups) > 0 && w.work >= maxWork }

// reached is how far back the walk came.
func (w *walk) reached() plein.ID { return w.below }

// candidates reads the next postings of the rarest group, leaving out those in
// places where the reader holds nothing.
func (w *walk) candidates(ctx context.Context, n int) (ids []plein.ID, more bool, err error) {
	for len(ids) < n && w.work < maxWork {
		p, ok, err := w.stream.next(ctx, w.q)
		if err != nil || !ok || p.id <= w.above {
			return ids, false, err
		}
		w.work++
		w.below = p.id
		may, err := w.allowed(ctx, p.place)
		if err != nil {
			return nil, false, err
		}
		if may {
			ids = append(ids, p.id)
		}
	}
	return ids, true, nil
}

// having keeps of ids those that have a term of the group.
func (w *walk) having(ctx context.Context, reaches map[int64]*reach, g group, ids []plein.ID) ([]plein.ID, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	has := make(map[plein.ID]bool, len(ids))
	for _, t := range g {
		r := reaches[t.id]
		if r == nil {
			r = &reach{term: t.id}
			reaches[t.id] = r
		}
		if err := r.mark(ctx, w.q, t.chunks, ids, has); err != nil {
			return nil, err
		}
	}
	out := ids[:0]
	for _, id := range ids {
		if has[id] {
			out = append(out, id)
		}
	}
	return out, nil
}

// backward reads the postings of one term, newest first.
type backward struct {
	term   int64
	at     plein.ID // everything from here up was read
	buf    []posting
	atOnce int
	done   bool
}

func (b *backward) peek(ctx context.Context, q db.Queryer) (posting, bool, error) {
	for len(b.buf) == 0 && !b.done {
		list, err := chunksBelow(ctx, q, b.term, b.at, b.atOnce)
		if err != nil {
			return posting{}, false, err
		}
		b.done = len(list) < b.atOnce
		b.atOnce = min(4*b.atOnce, 64)
		bound := b.at
		for _, c := range list {
			for _, p := range slices.Backward(c.list) {
				if p.id < bound {
					b.buf = append(b.buf, p)
				}
			}
			b.at = c.first
		}
	}
	if len(b.buf) == 0 {
		return posting{}, false, nil
	}
	return b.buf[0], true, nil
}

// stream is the union of a few terms, newest first, each document once.
type stream []*backward

func (s stream) next(ctx context.Context, q db.Queryer) (best posting, ok bool, err error) {
	for _, b := range s {
		p, there, err := b.peek(ctx, q)
		if err != nil {
			return best, false, err
		}
		if there && (!ok || p.id > best.id) {
			best, ok = p, true
		}
	}
	for _, b := range s {
		if ok && len(b.buf) > 0 && b.buf[0].id == best.id {
			b.buf = b.buf[1:]
		}
	}
	return best, ok, nil
}

// reach is what a walk has read so far of a term that it does not lead with.
type reach struct {
	term int64
	rows []chunk // highest first
	all  bool
}

// fewChunks is up to how many rows a term is read whole.
const fewChunks = 8

// mark notes which of ids have the term.
func (r *reach) mark(ctx context.Context, q db.Queryer, chunks int, ids []plein.ID, has map[plein.ID]bool) error {
	if !r.all && chunks <= fewChunks {
		list, err := chunksBelow(ctx, q, r.term, newest, manyChunks)
		if err != nil {
			return err
		}
		r.rows, r.all = list, true
	}
	rows := r.rows
	if !r.all {
		list, err := chunksWith(ctx, q, r.term, ids)
		if err != nil {
			return err
		}
		rows = list
	}
	for _, c := range rows {
		for _, p := range c.list {
			if _, asked := slices.BinarySearchFunc(ids, p.id, highestFirst); asked {
				has[p.id] = true
			}
		}
	}
	return nil
}

func highestFirst(a, b plein.ID) int {
	switch {
	case a > b:
		return -1
	case a < b:
		return 1
	}
	return 0
}

// ---- places ------------------------------------------------------------------------

// always is a moment after every thread, for asking whether a reader could see
// anything in an audience at all.
var always = time.Unix(1<<40, 0)

// where makes the question whether a reader can see anything in a place, from
// memory. It chooses only where to look; what is found is decided by the query.
func (s *Service) where(r access.Reader) func(ctx context.Context, n uint32) (bool, error) {
	known := map[uint32]bool{}
	return func(ctx context.Context, n uint32) (bool, error) {
		if may, ok := known[n]; ok {
			return may, nil
		}
		audience, err := s.audienceOf(ctx, n)
		if err != nil {
			return false, err
		}
		may, err := s.Access.CanSee(ctx, r, access.Thing{Audience: audience, RootMade: always})
		known[n] = may
		return may, err
	}
}

// audienceOf gives the audience that a place stands for. Places are never changed,
// only added.
func (s *Service) audienceOf(ctx context.Context, n uint32) (plein.ID, error) {
	s.mu.Lock()
	id, ok := s.places[n]
	s.mu.Unlock()
	if ok {
		return id, nil
	}
	list, err := placesAfter(ctx, s.DB.Read(), 0)
	if err != nil {
		return 0, plein.Wrap("search.places", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.places = make(map[uint32]plein.ID, len(list))
	for _, p := range list {
		s.places[p.n] = p.audience
	}
	return s.places[n], nil
}

func (s *Service) forgetPlaces() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.places = nil
}
