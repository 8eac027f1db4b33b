package search

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"plein/internal/platform/language"
	"plein/internal/plein"
	"plein/internal/square/access"
)

// best ranks the newest thousand hits and shows the best of them, one place per
// conversation. How rare a word is has no part in it: that would be counted over
// what the reader may not see, and the order would tell.
func (s *Service) best(ctx context.Context, r access.Reader, q Query, words []word, res *Result) error {
	anchor, last := newest, plein.ID(0)
	if a, l, ok := strings.Cut(q.After, "."); ok {
		first, err1 := plein.ParseID(a)
		second, err2 := plein.ParseID(l)
		if err1 == nil && err2 == nil {
			anchor, last = first, second
		}
	}
	below := anchor
	if below != newest {
		below++
	}
	g, err := s.gatherTerms(ctx, r, q, words, true, below, contest, true)
	if err != nil || len(g.rows) == 0 {
		return err
	}
	if len(g.rows) == contest {
		res.Until = g.rows[contest-1].id.Time()
	} else {
		res.Until = g.until
	}
	ranked, err := s.rank(ctx, g.rows, words)
	if err != nil {
		return err
	}
	from := 0
	if last != 0 {
		from = slices.IndexFunc(ranked, func(h Hit) bool { return h.ID == last }) + 1
	}
	to := min(from+q.Limit, len(ranked))
	res.Hits = ranked[from:to]
	if to < len(ranked) && to > from {
		res.Next = g.rows[0].id.String() + "." + ranked[to-1].ID.String()
	}
	return nil
}

// surely is how much every word must weigh in what is probably meant: as much as
// in a title.
const surely = language.WeightWhole * inTitle

// likely gives the best of some rows when all words stand in its title; else nil.
func (s *Service) likely(ctx context.Context, rows []row, words []word) (*Hit, error) {
	ranked, err := s.rank(ctx, rows, words)
	if err != nil || len(ranked) == 0 {
		return nil, err
	}
	groups, _, err := s.groups(ctx, "", words)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(rows, func(w row) bool { return w.id == ranked[0].ID })
	terms, err := unpackTerms(rows[at].terms)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		if !slices.ContainsFunc(g, func(t found) bool {
			return slices.ContainsFunc(terms, func(w weighed) bool { return w.term == t.id && w.weight >= surely })
		}) {
			return nil, nil
		}
	}
	return &ranked[0], nil
}

// rank puts rows in order, the best first, and keeps the best of each conversation.
func (s *Service) rank(ctx context.Context, rows []row, words []word) ([]Hit, error) {
	groups, _, err := s.groups(ctx, "", words)
	if err != nil {
		return nil, err
	}
	type scored struct {
		Hit
		score float64
	}
	now := s.Clock.Now()
	list := make([]scored, 0, len(rows))
	for _, w := range rows {
		terms, err := unpackTerms(w.terms)
		if err != nil {
			return nil, err
		}
		list = append(list, scored{hitOf(w), score(terms, w, groups, now)})
	}
	slices.SortFunc(list, func(a, b scored) int {
		return cmp.Or(cmp.Compare(b.score, a.score), highestFirst(a.ID, b.ID))
	})
	at := map[plein.ID]int{}
	var out []Hit
	for _, h := range list {
		if n, ok := at[h.Root]; ok {
			out[n].More++
			continue
		}
		at[h.Root] = len(out)
		out = append(out, h.Hit)
	}
	return out, nil
}

// usualLength is how many words a text is taken to have; longer ones need more hits
// for the same place.
const usualLength = 60

// halfLife is after how long half of a text's newness is gone.
const halfLife = 180 * 24 * time.Hour

// score says how well a document answers: how much each word weighs in it, with
// less and less for more of the same, where it stands, and how new it is.
func score(terms []weighed, w row, groups []group, now time.Time) float64 {
	sum := 0.0
	for _, g := range groups {
		most := 0.0
		for _, t := range g {
			n, ok := slices.BinarySearchFunc(terms, t.id, func(a weighed, id int64) int { return cmp.Compare(a.term, id) })
			if ok {
				most = max(most, float64(terms[n].weight))
			}
		}
		sum += most / (most + 6*(0.5+0.5*min(float64(w.words)/usualLength, 4)))
	}
	sum /= float64(max(len(groups), 1))
	switch {
	case w.kind == Kind(plein.KindReply):
		sum *= 0.85
	case w.kind == KindFile:
		sum *= 0.95
	}
	age := now.Sub(w.id.Time())
	return sum * (0.75 + 0.25*math.Exp2(-float64(max(age, 0))/float64(halfLife)))
}
