package search

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"plein/internal/plein"
)

// Query is what somebody asks.
type Query struct {
	Text   string
	Tab    Tab
	Places []plein.ID // only in these audiences
	People []plein.ID // only by these authors
	Period Period
	Best   bool   // best match instead of newest first
	After  string // Result.Next of the page before
	Limit  int    // 0 is plein.PageSize
}

// Tab is a sort of result that one can choose.
type Tab string

// The tabs, in the order in which they are shown.
const (
	TabAll       Tab = ""
	TabQuestions Tab = "questions"
	TabPosts     Tab = "posts"
	TabReplies   Tab = "replies"
	TabFiles     Tab = "files"
	TabPeople    Tab = "people"
	TabGroups    Tab = "groups"
)

// kinds are the kinds of documents under a tab; none means all that are said.
func (t Tab) kinds() []Kind {
	switch t {
	case TabQuestions:
		return []Kind{Kind(plein.KindQuestion)}
	case TabPosts:
		return []Kind{Kind(plein.KindPost), Kind(plein.KindPraise), Kind(plein.KindAlert), Kind(plein.KindMessage)}
	case TabReplies:
		return []Kind{Kind(plein.KindReply)}
	case TabFiles:
		return []Kind{KindFile}
	}
	return nil
}

// tabOf is the tab under which a kind stands.
func tabOf(k Kind) Tab {
	for _, t := range []Tab{TabQuestions, TabReplies, TabFiles} {
		if slices.Contains(t.kinds(), k) {
			return t
		}
	}
	return TabPosts
}

// ParseTab reads a tab from an address; what is unknown is all.
func ParseTab(s string) Tab {
	switch t := Tab(s); t {
	case TabQuestions, TabPosts, TabReplies, TabFiles, TabPeople, TabGroups:
		return t
	}
	return TabAll
}

// Period is how far back one looks.
type Period string

// The periods.
const (
	Always Period = ""
	Day    Period = "day"
	Week   Period = "week"
	Month  Period = "month"
	Year   Period = "year"
)

// ParsePeriod reads a period from an address; what is unknown is always.
func ParsePeriod(s string) Period {
	switch p := Period(s); p {
	case Day, Week, Month, Year:
		return p
	}
	return Always
}

// since is the id below which nothing is looked for.
func (p Period) since(now time.Time) plein.ID {
	switch p {
	case Day:
		return plein.FirstIDAt(now.AddDate(0, 0, -1))
	case Week:
		return plein.FirstIDAt(now.AddDate(0, 0, -7))
	case Month:
		return plein.FirstIDAt(now.AddDate(0, -1, 0))
	case Year:
		return plein.FirstIDAt(now.AddDate(-1, 0, 0))
	}
	return 0
}

// The bounds of a question. What is beyond them is left out, and the page says so.
const (
	maxWords   = 8
	maxFilters = 10
)

// asked is a question taken apart.
type asked struct {
	text  string // as it is searched
	cut   bool   // some of it was left out
	words []word
}

// word is one word of a question with all that would answer it.
type word struct {
	text   string     // folded, as typed
	groups [][]string // of each, a document must have one
	also   []string   // what else is looked for, to tell: synonyms and parts
}

// understand takes a question apart. Quotes, operators and signs are text like
// any other; only words are left of it.
func (s *Service) understand(ctx context.Context, typed string) (asked, *tongue, error) {
	t, err := s.asking(ctx)
	if err != nil {
		return asked{}, nil, plein.Wrap("search.understand", err)
	}
	q := asked{text: strings.Join(strings.Fields(strings.ToValidUTF8(strings.ReplaceAll(typed, "\x00", ""), "")), " ")}
	if utf8.RuneCountInString(q.text) > plein.MaxQuery {
		q.text, q.cut = cutRunes(q.text, plein.MaxQuery), true
	}
	words := t.Ask(q.text, maxWords+1)
	if len(words) > maxWords {
		words, q.cut = words[:maxWords], true
	}
	means, err := s.meanings(ctx)
	if err != nil {
		return q, t, err
	}
	for _, asked := range words {
		w := word{text: asked.Text, groups: asked.Groups}
		for _, same := range means[w.text] {
			w.also = append(w.also, same)
			for _, g := range t.Query(same, 1) { // a synonym that is a compound is looked for whole
				for n := range w.groups {
					w.groups[n] = append(slices.Clone(w.groups[n]), g...)
				}
			}
		}
		q.words = append(q.words, w)
	}
	return q, t, nil
}

// terms lists everything that answers a question, for marking it in a text.
func (q asked) terms() map[string]bool {
	out := map[string]bool{}
	for _, w := range q.words {
		for _, g := range w.groups {
			for _, t := range g {
				out[t] = true
			}
		}
	}
	return out
}

// groups finds the terms of some words in the index, under a prefix. It says false
// when a word has none: then no document has all words.
func (s *Service) groups(ctx context.Context, prefix string, words []word) ([]group, bool, error) {
	var lists [][]string
	for _, w := range words {
		for _, g := range w.groups {
			list := make([]string, len(g))
			for n, t := range g {
				list[n] = prefix + t
			}
			lists = append(lists, list)
		}
	}
	return s.find(ctx, lists)
}

// find looks terms up. Each list becomes a group.
func (s *Service) find(ctx context.Context, lists [][]string) ([]group, bool, error) {
	texts := slices.Concat(lists...)
	slices.Sort(texts)
	texts = slices.Compact(texts)
	if len(texts) == 0 {
		return nil, false, nil
	}
	rows, err := termsFor(ctx, s.DB.Read(), texts)
	if err != nil {
		return nil, false, plein.Wrap("search.find", err)
	}
	by := make(map[string]found, len(rows))
	for _, f := range rows {
		by[f.text] = f
	}
	out := make([]group, 0, len(lists))
	whole := true
	for _, list := range lists {
		var g group
		for _, t := range list {
			if f, ok := by[t]; ok && !slices.Contains(g, f) {
				g = append(g, f)
			}
		}
		whole = whole && len(g) > 0
		out = append(out, g)
	}
	return out, whole, nil
}

// filters gives the groups that the chosen filters are.
func (q Query) filters() [][]string {
	var out [][]string
	add := func(list []string) {
		if len(list) > 0 {
			out = append(out, list)
		}
	}
	var kinds, places, people []string
	for _, k := range q.Tab.kinds() {
		kinds = append(kinds, kindTerm(k))
	}
	for _, id := range q.Places[:min(len(q.Places), maxFilters)] {
		places = append(places, whereTerm(id))
	}
	for _, id := range q.People[:min(len(q.People), maxFilters)] {
		people = append(people, byTerm(id))
	}
	add(kinds)
	add(places)
	add(people)
	return out
}
