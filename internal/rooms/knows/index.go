package knows

import (
	"context"
	"maps"
	"slices"
	"strings"

	"plein/internal/platform/language"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// The index says where to look: who might have said of themselves, or have been
// thanked for, something with a term in it. What is shown is read anew for the few
// it gives, so the index may be old or too generous and never shows anything.
type index struct {
	analyzer *language.Analyzer
	people   map[string][]plein.ID // by term, in order
	changed  map[plein.ID][]string // terms of those who changed since it was made; none for who is gone
}

// maxChanged is how many people changed before the index is made anew from itself.
const maxChanged = 1000

// termsOf gives what a person is found by.
func termsOf(a *language.Analyzer, said []string) []string {
	var out []string
	for _, s := range said {
		for _, t := range a.Terms(s) {
			out = append(out, t.Text)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// own is what somebody says of themselves. Guests and bots are not asked.
func own(e people.Entry) []string {
	if e.State != people.Active || e.Bot || e.Guest {
		return nil
	}
	return slices.Concat(e.Skills, e.AskMe)
}

func buildIndex(ctx context.Context, next func(context.Context) ([]people.Entry, error)) (*index, error) {
	said := map[plein.ID][]string{}
	var words language.Vocabulary
	for {
		page, err := next(ctx)
		if err != nil {
			return nil, err
		}
		if len(page) == 0 {
			break
		}
		for _, e := range page {
			if s := own(e); len(s) > 0 {
				said[e.ID] = s
				for _, each := range s {
					words.Add(each)
				}
			}
		}
	}
	x := &index{analyzer: language.NewAnalyzer(language.Learn(words.Counts())), people: map[string][]plein.ID{}}
	for _, id := range slices.Sorted(maps.Keys(said)) {
		for _, t := range termsOf(x.analyzer, said[id]) {
			t = strings.Clone(t)
			x.people[t] = append(x.people[t], id)
		}
	}
	return x, nil
}

// with gives the index with some people as they are now.
func (x *index) with(ids []plein.ID, now []people.Entry) *index {
	out := &index{analyzer: x.analyzer, people: x.people, changed: maps.Clone(x.changed)}
	if out.changed == nil {
		out.changed = map[plein.ID][]string{}
	}
	for _, id := range ids {
		out.changed[id] = nil
	}
	for _, e := range now {
		out.changed[e.ID] = termsOf(out.analyzer, own(e))
	}
	if len(out.changed) <= maxChanged {
		return out
	}
	fresh := make(map[string][]plein.ID, len(out.people))
	for t, list := range out.people {
		for _, id := range list {
			if _, is := out.changed[id]; !is {
				fresh[t] = append(fresh[t], id)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(out.changed)) {
		for _, t := range out.changed[id] {
			fresh[t] = append(fresh[t], id)
		}
	}
	out.people, out.changed = fresh, nil
	return out
}

// common is how many people have a term before it says little about any of them.
const common = 2000

// find gives people by how many parts of a question they might answer, the most
// first, at most some. A part that very many answer is looked at only when no other
// finds anybody.
func (x *index) find(question [][]string, most int) []plein.ID {
	parts := map[plein.ID]int{}
	var often [][]plein.ID
	for _, group := range question {
		seen := map[plein.ID]bool{}
		for _, t := range group {
			for _, id := range x.people[t] {
				if _, is := x.changed[id]; !is {
					seen[id] = true
				}
			}
		}
		for id, terms := range x.changed {
			for _, t := range group {
				if _, has := slices.BinarySearch(terms, t); has {
					seen[id] = true
				}
			}
		}
		if len(seen) > common {
			often = append(often, slices.Sorted(maps.Keys(seen)))
			continue
		}
		for id := range seen {
			parts[id]++
		}
	}
	for _, list := range often {
		for _, id := range list {
			if parts[id] > 0 {
				parts[id]++
			}
		}
	}
	if len(parts) == 0 && len(often) > 0 {
		for _, id := range often[0][:min(len(often[0]), most)] {
			parts[id] = 1
		}
	}
	ids := slices.Collect(maps.Keys(parts))
	slices.SortFunc(ids, func(a, b plein.ID) int {
		if d := parts[b] - parts[a]; d != 0 {
			return d
		}
		return int(min(max(a-b, -1), 1))
	})
	return ids[:min(len(ids), most)]
}

// fit says how much of a question one line answers, from 0 to 1.
func fit(a *language.Analyzer, line string, question [][]string) float64 {
	if len(question) == 0 {
		return 0
	}
	terms := termsOf(a, []string{line})
	n := 0
	for _, group := range question {
		if slices.ContainsFunc(group, func(t string) bool { _, has := slices.BinarySearch(terms, t); return has }) {
			n++
		}
	}
	return float64(n) / float64(len(question))
}
