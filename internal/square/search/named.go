package search

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"plein/internal/platform/language"
	"plein/internal/plein"
	"plein/internal/square/access"
	"plein/internal/square/groups"
	"plein/internal/square/people"
)

// People and groups are found by name, title and skill, also when it was not
// spelled right. Whom a reader may know is decided as everywhere: people by the
// grant on what the whole organisation reads, groups by the query of the groups
// themselves.

// PersonHit is a colleague who was found.
type PersonHit struct{ people.Person }

// GroupHit is a group that was found, as far as the actor may know it.
type GroupHit struct{ groups.Entry }

// How many stand on the page of everything, and on a page of their own.
const (
	fewNamed  = 3
	manyNamed = 50
)

// contestNamed is among how many people or groups the best are chosen.
const contestNamed = 300

// named finds people and groups.
func (s *Service) named(ctx context.Context, a plein.Actor, r access.Reader, q Query, query asked) ([]PersonHit, []GroupHit, error) {
	if q.After != "" || len(q.Places) > 0 || len(q.People) > 0 || (q.Tab != TabAll && q.Tab != TabPeople && q.Tab != TabGroups) {
		return nil, nil, nil
	}
	show := func(tab Tab) int {
		switch q.Tab {
		case tab:
			return manyNamed
		case TabAll:
			return fewNamed
		}
		return 0
	}
	var persons []PersonHit
	var found []GroupHit
	var err error
	if n := show(TabPeople); n > 0 && !a.Guest {
		if persons, err = s.persons(ctx, r, query, n); err != nil {
			return nil, nil, err
		}
	}
	if n := show(TabGroups); n > 0 {
		found, err = s.groupsNamed(ctx, a, r, query, n)
	}
	return persons, found, err
}

func (s *Service) persons(ctx context.Context, r access.Reader, query asked, limit int) ([]PersonHit, error) {
	ids, err := s.byName(ctx, r, query, personStem, personWord, limit)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	list, err := s.People.FindMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	list = slices.DeleteFunc(list, func(p people.Person) bool { return !p.IsIn(now) || p.Bot })
	slices.SortFunc(list, func(a, b people.Person) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	out := make([]PersonHit, len(list))
	for n, p := range list {
		out[n] = PersonHit{p}
	}
	return out, nil
}

func (s *Service) groupsNamed(ctx context.Context, a plein.Actor, r access.Reader, query asked, limit int) ([]GroupHit, error) {
	var ids []plein.ID
	if !a.Guest {
		var err error
		if ids, err = s.byName(ctx, r, query, groupStem, groupWord, limit); err != nil {
			return nil, err
		}
	}
	mine, err := s.Groups.Menu(ctx, a) // secret groups stand in no index; their members know them
	if err != nil {
		return nil, err
	}
	for _, g := range mine {
		if (a.Guest || g.Kind == plein.Secret) && !slices.Contains(ids, g.ID) && calls(g.Name+" "+g.Purpose, query) {
			ids = append([]plein.ID{g.ID}, ids...)
		}
	}
	known, err := s.Groups.Known(ctx, a, ids)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(known, func(a, b groups.Entry) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	out := make([]GroupHit, 0, min(len(known), limit))
	for _, e := range known[:min(len(known), limit)] {
		out = append(out, GroupHit{e})
	}
	return out, nil
}

// calls says whether a text has all words of a question, or words that differ by
// a typing error.
func calls(text string, query asked) bool {
	tokens := language.Tokens(text)
	for _, w := range query.words {
		if !slices.ContainsFunc(tokens, func(t language.Token) bool {
			return strings.HasPrefix(t.Text, w.text) || language.Distance(t.Text, w.text, errorsIn(w.text)) <= errorsIn(w.text)
		}) {
			return false
		}
	}
	return true
}

// errorsIn is how many typing errors a word may have.
func errorsIn(word string) int {
	switch n := utf8.RuneCountInString(word); {
	case n <= 3:
		return 0
	case n <= 6:
		return 1
	}
	return 2
}

// byName finds the ids of people or groups, the best first: by stems and by the
// beginning of words, and where that finds nobody, by words that differ by a
// typing error.
func (s *Service) byName(ctx context.Context, r access.Reader, query asked, stem, whole string, limit int) ([]plein.ID, error) {
	lists := make([][]string, 0, len(query.words))
	for _, w := range query.words {
		var list []string
		for _, g := range w.groups {
			for _, t := range g {
				list = append(list, stem+t)
			}
		}
		if utf8.RuneCountInString(w.text) >= 2 {
			begin, err := between(ctx, s.DB.Read(), whole+w.text, whole+w.text+"\U0010FFFF", 20)
			if err != nil {
				return nil, plein.Wrap("search.byname", err)
			}
			list = append(list, begin...)
		}
		lists = append(lists, list)
	}
	ids, err := s.bestNamed(ctx, r, lists, limit)
	if err != nil || len(ids) > 0 {
		return ids, err
	}
	wrong := false
	for n, w := range query.words {
		near, err := s.near(ctx, whole, w.text)
		if err != nil {
			return nil, err
		}
		wrong = wrong || len(near) > 0
		lists[n] = append(lists[n], near...)
	}
	if !wrong {
		return nil, nil
	}
	return s.bestNamed(ctx, r, lists, limit)
}

func (s *Service) bestNamed(ctx context.Context, r access.Reader, lists [][]string, limit int) ([]plein.ID, error) {
	found, whole, err := s.find(ctx, lists)
	if err != nil || !whole {
		return nil, err
	}
	w := newWalk(s.DB.Read(), r, found, newest, 0)
	w.allowed, w.terms = s.where(r), true
	var rows []row
	for len(rows) < contestNamed {
		more, err := w.next(ctx, contestNamed-len(rows))
		if err != nil {
			return nil, plein.Wrap("search.byname", err)
		}
		if len(more) == 0 {
			break
		}
		rows = append(rows, more...)
	}
	type scored struct {
		id    plein.ID
		score int
	}
	list := make([]scored, 0, len(rows))
	for _, w := range rows {
		terms, err := unpackTerms(w.terms)
		if err != nil {
			return nil, err
		}
		sum := 0
		for _, g := range found {
			most := 0
			for _, t := range g {
				if n, ok := slices.BinarySearchFunc(terms, t.id, func(a weighed, id int64) int { return cmp.Compare(a.term, id) }); ok {
					most = max(most, int(terms[n].weight))
				}
			}
			sum += most
		}
		list = append(list, scored{w.id, sum})
	}
	slices.SortFunc(list, func(a, b scored) int { return cmp.Or(b.score-a.score, highestFirst(a.id, b.id)) })
	ids := make([]plein.ID, 0, min(limit, len(list)))
	for _, e := range list[:min(limit, len(list))] {
		ids = append(ids, e.id)
	}
	return ids, nil
}

// namesFor is how long the words of names are remembered, for typing errors.
const namesFor = time.Minute

// maxNames bounds them, per first letter.
const maxNames = 20_000

// near finds words of names, titles and skills that differ by a typing error, the
// nearest first. Names are known to every colleague, and those of secret groups
// are not among them.
func (s *Service) near(ctx context.Context, whole, word string) ([]string, error) {
	most := errorsIn(word)
	if most == 0 {
		return nil, nil
	}
	first, _ := utf8.DecodeRuneInString(word)
	key := whole + string(first)
	now := s.Clock.Now()
	s.mu.Lock()
	if s.names == nil || now.Sub(s.namesAt) >= namesFor {
		s.names, s.namesAt = map[string][]string{}, now
	}
	list, ok := s.names[key]
	s.mu.Unlock()
	if !ok {
		var err error
		if list, err = between(ctx, s.DB.Read(), key, key+"\U0010FFFF", maxNames); err != nil {
			return nil, plein.Wrap("search.near", err)
		}
		s.mu.Lock()
		s.names[key] = list
		s.mu.Unlock()
	}
	type one struct {
		term string
		d    int
	}
	var out []one
	sound := language.Sound(word)
	for _, t := range list {
		name := strings.TrimPrefix(t, whole)
		d := language.Distance(name, word, most)
		if d > most && language.Sound(name) == sound { // Meijer, Meyer
			d = most
		}
		if d <= most {
			out = append(out, one{t, d})
		}
	}
	slices.SortStableFunc(out, func(a, b one) int { return a.d - b.d })
	terms := make([]string, 0, 10)
	for _, o := range out[:min(len(out), 10)] {
		terms = append(terms, o.term)
	}
	return terms, nil
}

// suggest writes a question in another way when it finds nothing: with the learnt
// word that is nearest to one of its words. It is offered only when the reader
// would see something with it.
func (s *Service) suggest(ctx context.Context, r access.Reader, q Query, query asked) (string, error) {
	lang, err := s.asking(ctx)
	if err != nil {
		return "", err
	}
	changed := false
	out := make([]string, len(query.words))
	for n, w := range query.words {
		out[n] = w.text
		most := errorsIn(w.text)
		if most == 0 || lang.counts[w.text] > 0 {
			continue
		}
		stem := language.Stem(language.Dutch, w.text)
		best, dist := "", most+1
		for _, c := range lang.stems { // the most used first
			if d := len(c.stem) - len(stem); d > 2*most || d < -2*most || dist == 1 {
				continue
			}
			if d := language.Distance(c.stem, stem, min(most, dist)); d < dist {
				best, dist = c.word, d
			}
		}
		if dist <= most {
			out[n], changed = best, true
		}
	}
	if !changed {
		return "", nil
	}
	again, _, err := s.understand(ctx, strings.Join(out, " "))
	if err != nil {
		return "", err
	}
	g, err := s.gather(ctx, r, Query{}, again.words, false, newest, 1)
	if err != nil || len(g.rows) == 0 {
		return "", err
	}
	return again.text, nil
}
