package search

import (
	"context"
	"slices"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

// apply makes the index agree with some documents: those in put are as given,
// those in drop are gone. Doing it twice changes nothing. The caller holds the
// writer.
func (s *Service) apply(ctx context.Context, tx *db.Tx, put []document, drop []plein.ID) error {
	ids := slices.Clone(drop)
	for _, d := range put {
		ids = append(ids, d.id)
	}
	if len(ids) == 0 {
		return nil
	}
	had, err := keptDocs(ctx, tx, ids)
	if err != nil {
		return err
	}
	places, err := s.placesFor(ctx, tx, put)
	if err != nil {
		return err
	}
	known, err := numbered(ctx, tx, put)
	if err != nil {
		return err
	}
	changes := map[int64]*change{}
	of := func(term int64) *change {
		c := changes[term]
		if c == nil {
			c = &change{remove: map[plein.ID]bool{}}
			changes[term] = c
		}
		return c
	}
	type before struct {
		place uint32
		terms map[int64]bool
	}
	was := make(map[plein.ID]before, len(had))
	for _, k := range had {
		list, err := unpackTerms(k.terms)
		if err != nil {
			return err
		}
		b := before{k.place, make(map[int64]bool, len(list))}
		for _, t := range list {
			b.terms[t.term] = true
		}
		was[k.id] = b
	}
	for _, d := range put {
		old, at := was[d.id], places[d.audience]
		list := make([]weighed, 0, len(d.weights))
		for text, w := range d.weights {
			term := known[text]
			list = append(list, weighed{term, uint8(w)})
			if !old.terms[term] || old.place != at {
				c := of(term)
				c.add = append(c.add, posting{d.id, at})
			}
			delete(old.terms, term)
		}
		for term := range old.terms { // what it had and has no more
			of(term).remove[d.id] = true
		}
		if err := putDoc(ctx, tx, d, at, packTerms(list)); err != nil {
			return err
		}
	}
	for _, id := range drop {
		for term := range was[id].terms {
			of(term).remove[id] = true
		}
	}
	if len(drop) > 0 {
		if err := dropDocs(ctx, tx, drop); err != nil {
			return err
		}
	}
	return rewrite(ctx, tx, changes)
}

// numbered gives the numbers of all terms of some documents, new ones included.
func numbered(ctx context.Context, tx *db.Tx, put []document) (map[string]int64, error) {
	all := map[string]bool{}
	for _, d := range put {
		for t := range d.weights {
			all[t] = true
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	texts := make([]string, 0, len(all))
	for t := range all {
		texts = append(texts, t)
	}
	slices.Sort(texts)
	known, err := termIDs(ctx, tx, texts)
	if err != nil {
		return nil, err
	}
	fresh := slices.DeleteFunc(texts, func(t string) bool { _, ok := known[t]; return ok })
	return known, addTerms(ctx, tx, fresh, known)
}

// placesFor gives the places of the documents' audiences, new ones included.
func (s *Service) placesFor(ctx context.Context, tx *db.Tx, put []document) (map[plein.ID]uint32, error) {
	out := map[plein.ID]uint32{}
	var audiences []plein.ID
	for _, d := range put {
		if !slices.Contains(audiences, d.audience) {
			audiences = append(audiences, d.audience)
		}
	}
	if len(audiences) == 0 {
		return out, nil
	}
	known, err := placesOf(ctx, tx, audiences)
	if err != nil {
		return nil, err
	}
	for _, p := range known {
		out[p.audience] = p.n
	}
	for _, a := range audiences {
		if _, ok := out[a]; !ok {
			if out[a], err = addPlace(ctx, tx, a); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// rewrite changes the rows of some terms. Each round handles, per term, what
// belongs in the row of its lowest id; nearly always one round is all.
func rewrite(ctx context.Context, tx *db.Tx, changes map[int64]*change) error {
	type todo struct {
		ids []plein.ID // lowest first
		c   *change
		add map[plein.ID]posting
	}
	left := make(map[int64]*todo, len(changes))
	for term, c := range changes {
		t := &todo{c: c, add: make(map[plein.ID]posting, len(c.add))}
		for _, p := range c.add {
			t.ids = append(t.ids, p.id)
			t.add[p.id] = p
		}
		for id := range c.remove {
			if _, added := t.add[id]; !added {
				t.ids = append(t.ids, id)
			}
		}
		slices.Sort(t.ids)
		left[term] = t
	}
	for len(left) > 0 {
		terms := make([]int64, 0, len(left))
		for term := range left {
			terms = append(terms, term)
		}
		slices.Sort(terms)
		lowest := make([]plein.ID, len(terms))
		for n, term := range terms {
			lowest[n] = left[term].ids[0]
		}
		at, err := slots(ctx, tx, terms, lowest)
		if err != nil {
			return err
		}
		var put, drop []chunk
		for _, f := range at {
			t := left[f.term]
			n := len(t.ids)
			if f.next != 0 {
				n, _ = slices.BinarySearch(t.ids, f.next)
			}
			here := change{remove: map[plein.ID]bool{}}
			for _, id := range t.ids[:n] {
				if p, ok := t.add[id]; ok {
					here.add = append(here.add, p)
				} else {
					here.remove[id] = true
				}
			}
			if t.ids = t.ids[n:]; len(t.ids) == 0 {
				delete(left, f.term)
			}
			p, d, err := rewritten(f, here)
			if err != nil {
				return err
			}
			put, drop = append(put, p...), append(drop, d...)
		}
		if err := dropChunks(ctx, tx, drop); err != nil {
			return err
		}
		if err := putChunks(ctx, tx, put); err != nil {
			return err
		}
	}
	return nil
}

// rewritten gives the rows that take the place of one.
func rewritten(f slot, c change) (put, drop []chunk, err error) {
	old, err := unpack(nil, f.body)
	if err != nil {
		return nil, nil, err
	}
	list := merge(old, c)
	atEnd := true
	if len(old) > 0 {
		last := old[len(old)-1].id
		atEnd = !slices.ContainsFunc(c.add, func(p posting) bool { return p.id < last })
	}
	had := f.first != 0
	for _, piece := range cut(list, atEnd) {
		put = append(put, chunk{f.term, piece[0].id, piece})
		if piece[0].id == f.first {
			had = false
		}
	}
	if had {
		drop = append(drop, chunk{term: f.term, first: f.first})
	}
	return put, drop, nil
}
