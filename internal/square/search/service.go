package search

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/language"
	"plein/internal/plein"
	"plein/internal/square/access"
	"plein/internal/square/groups"
	"plein/internal/square/items"
	"plein/internal/square/people"
)

// Deps is what search needs.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Log    *slog.Logger
	Access *access.Service
	Items  *items.Service
	People *people.Service
	Groups *groups.Service

	// Inside gives the text inside a file, without asking who reads: "" for a file
	// in which there is none. It is slow, and called outside any transaction.
	Inside func(ctx context.Context, file plein.ID) (string, error)
}

// Service holds the verbs.
type Service struct {
	Deps
	wake     chan struct{}
	analysis int64

	mu         sync.Mutex
	places     map[uint32]plein.ID
	ask, index *tongue
	tonguesAt  time.Time
	studied    time.Time
	behind     time.Time
	behindAt   time.Time
	means      map[string][]string
	meansAt    time.Time
	names      map[string][]string // prefix and first letter → words, for typing errors
	namesAt    time.Time
}

// New makes the service.
func New(d Deps) *Service {
	return &Service{Deps: d, wake: make(chan struct{}, 1), analysis: analysis()}
}

// Forget empties the caches.
func (s *Service) Forget() {
	s.forgetTongues()
	s.forgetPlaces()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.means, s.names, s.behindAt = nil, nil, time.Time{}
}

// The bounded window in which everything is counted and ranked: nothing on a page
// says anything about what lies behind it.
const (
	window  = 100   // hits that are counted; "100+" above
	contest = 1_000 // hits among which the best are chosen
)

// Result is what a reader may see of what was found.
type Result struct {
	Text    string   // what was searched for
	Cut     bool     // some of what was typed was left out
	Also    []string // what else was searched for: synonyms
	Without []string // words that were left out, because nothing has all words

	Likely *Hit // what is probably meant; on the first page of an unfiltered question only
	Hits   []Hit
	Next   string    // for Query.After; "" at the end
	Until  time.Time // when the search stopped looking further back; zero when it saw everything
	Count  int       // of what matches the question, filters aside from the period; at most window
	Many   bool      // there are more than that
	Facets Facets

	People  []PersonHit
	Groups  []GroupHit
	Suggest string // another way to write it, with which there is something to see

	marks map[string]bool
	lang  *tongue
}

// Marks cuts a text into parts, with those marked that answer the question: about
// width characters of it, where most of them stand.
func (r Result) Marks(text string, width int) []language.Part {
	if r.lang == nil {
		return []language.Part{{Text: text}}
	}
	return language.Snippet(text, r.marks, r.lang.Analyzer, width)
}

// Hit is an item or file that was found.
type Hit struct {
	ID       plein.ID // the item, or the file
	Kind     Kind
	Item     plein.ID // the item itself, or the one at which a file hangs
	Root     plein.ID
	Author   plein.ID
	Audience plein.ID
	More     int // best match: others of the same conversation that are not shown
}

// Facets are counts within the window, of what the reader may see.
type Facets struct {
	Tabs   map[Tab]int
	Places []Facet
	People []Facet
}

// Facet is one way to narrow a search.
type Facet struct {
	ID    plein.ID
	Count int
	On    bool
}

// Search finds what a question asks for, as far as the actor may see it. Whatever
// comes out was decided by the grants as they are now, in the query itself; counts
// and facets are made of the same rows.
func (s *Service) Search(ctx context.Context, a plein.Actor, q Query) (Result, error) {
	q.Limit = pageSize(q.Limit)
	query, lang, err := s.understand(ctx, q.Text)
	if err != nil {
		return Result{}, err
	}
	res := Result{Text: query.text, Cut: query.cut, marks: query.terms(), lang: lang, Facets: Facets{Tabs: map[Tab]int{}}}
	for _, w := range query.words {
		res.Also = append(res.Also, w.also...)
	}
	if !a.SignedIn() || len(query.words) == 0 {
		return res, nil
	}
	r, err := s.Access.Reader(ctx, a)
	if err != nil {
		return res, err
	}
	if res.People, res.Groups, err = s.named(ctx, a, r, q, query); err != nil {
		return res, err
	}
	if q.Tab == TabPeople || q.Tab == TabGroups {
		q.Tab, q.Limit = TabAll, 1 // what was said is only counted
		err = s.said(ctx, r, q, query, &res)
		res.Hits, res.Next = nil, ""
		return res, err
	}
	return res, s.said(ctx, r, q, query, &res)
}

// said finds what was said and what hangs at it.
func (s *Service) said(ctx context.Context, r access.Reader, q Query, query asked, res *Result) error {
	words := query.words
	counted, err := s.gatherTerms(ctx, r, q, words, false, newest, window+1, true)
	if err != nil {
		return err
	}
	if len(counted.rows) == 0 && len(words) > 1 {
		if words, counted, err = s.fewer(ctx, r, q, words); err != nil {
			return err
		}
		for _, w := range query.words {
			if !slices.ContainsFunc(words, func(k word) bool { return k.text == w.text }) {
				res.Without = append(res.Without, w.text)
			}
		}
	}
	s.count(q, counted, res)
	if len(counted.rows) == 0 {
		res.Without, res.Until = nil, counted.until
		res.Suggest, err = s.suggest(ctx, r, q, query)
		return err
	}
	if q.Best {
		return s.best(ctx, r, q, words, res)
	}
	if q.After == "" && len(q.filters()) == 0 && len(res.Without) == 0 {
		if res.Likely, err = s.likely(ctx, counted.rows, words); err != nil {
			return err
		}
	}
	below := newest
	if q.After != "" {
		if id, err := plein.ParseID(q.After); err == nil {
			below = id
		}
	}
	page := counted
	if below != newest || len(q.filters()) > 0 || q.Limit >= window {
		if page, err = s.gather(ctx, r, q, words, true, below, q.Limit+1); err != nil {
			return err
		}
	}
	rows := page.rows
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		res.Next = rows[q.Limit-1].id.String()
	} else if res.Until = page.until; !page.until.IsZero() {
		res.Next = page.reached.String()
	}
	for _, w := range rows {
		res.Hits = append(res.Hits, hitOf(w))
	}
	return nil
}

func hitOf(w row) Hit {
	return Hit{ID: w.id, Kind: w.kind, Item: w.item, Root: w.root, Author: w.author, Audience: w.audience}
}

// gathered is what a walk brought.
type gathered struct {
	rows    []row
	reached plein.ID
	until   time.Time // not zero: it stopped here, tired
}

// gather walks until it has enough, with or without the chosen filters.
func (s *Service) gather(ctx context.Context, r access.Reader, q Query, words []word, filtered bool, below plein.ID, want int) (gathered, error) {
	return s.gatherTerms(ctx, r, q, words, filtered, below, want, false)
}

func (s *Service) gatherTerms(ctx context.Context, r access.Reader, q Query, words []word, filtered bool, below plein.ID, want int, terms bool) (out gathered, err error) {
	var lists [][]string
	for _, w := range words {
		lists = append(lists, w.groups...)
	}
	if filtered {
		lists = append(lists, q.filters()...)
	}
	groups, whole, err := s.find(ctx, lists)
	if err != nil || !whole {
		return out, err
	}
	w := newWalk(s.DB.Read(), r, groups, below, q.Period.since(s.Clock.Now())-1)
	w.allowed, w.terms = s.where(r), terms
	for len(out.rows) < want {
		rows, err := w.next(ctx, want-len(out.rows))
		if err != nil {
			return out, plein.Wrap("search.walk", err)
		}
		if len(rows) == 0 {
			break
		}
		out.rows = append(out.rows, rows...)
	}
	if out.reached = w.reached(); w.tired() && len(out.rows) < want {
		out.until = out.reached.Time()
	}
	out.rows = out.rows[:min(len(out.rows), want)]
	return out, nil
}

// fewer looks with fewer words when nothing has all of them: first without those
// that the reader finds nowhere, then without one after another from the end.
// It goes by what the reader may see and by nothing else.
func (s *Service) fewer(ctx context.Context, r access.Reader, q Query, words []word) ([]word, gathered, error) {
	var there []word
	for _, w := range words {
		g, err := s.gather(ctx, r, q, []word{w}, false, newest, 1)
		if err != nil {
			return nil, g, err
		}
		if len(g.rows) > 0 {
			there = append(there, w)
		}
	}
	if len(there) > 0 && len(there) < len(words) {
		if g, err := s.gatherTerms(ctx, r, q, there, false, newest, window+1, true); err != nil || len(g.rows) > 0 {
			return there, g, err
		}
	}
	if len(there) > 1 {
		for n := len(there) - 1; n >= 0; n-- {
			rest := slices.Delete(slices.Clone(there), n, n+1)
			if g, err := s.gatherTerms(ctx, r, q, rest, false, newest, window+1, true); err != nil || len(g.rows) > 0 {
				return rest, g, err
			}
		}
	}
	return words, gathered{}, nil
}

// count makes the counts and facets of the window. Of each sort of filter it counts
// what the others leave over, so that one sees what another choice would give.
func (s *Service) count(q Query, g gathered, res *Result) {
	rows := g.rows
	if res.Many = len(rows) > window; res.Many {
		rows = rows[:window]
	}
	res.Count = len(rows)
	in := func(list []plein.ID, id plein.ID) bool { return len(list) == 0 || slices.Contains(list, id) }
	places, people := map[plein.ID]int{}, map[plein.ID]int{}
	for _, w := range rows {
		tab := tabOf(w.kind)
		okTab := q.Tab == TabAll || q.Tab == tab
		okPlace, okPerson := in(q.Places, w.audience), in(q.People, w.author)
		if okPlace && okPerson {
			res.Facets.Tabs[tab]++
			res.Facets.Tabs[TabAll]++
		}
		if okTab && okPerson {
			places[w.audience]++
		}
		if okTab && okPlace {
			people[w.author]++
		}
	}
	res.Facets.Places = facets(places, q.Places)
	res.Facets.People = facets(people, q.People)
}

// maxFacets is how many lines a facet has.
const maxFacets = 6

func facets(counts map[plein.ID]int, chosen []plein.ID) []Facet {
	var out []Facet
	for id, n := range counts {
		out = append(out, Facet{ID: id, Count: n, On: slices.Contains(chosen, id)})
	}
	for _, id := range chosen { // what was chosen can be taken away again, also when nothing is left of it
		if _, counted := counts[id]; !counted {
			out = append(out, Facet{ID: id, On: true})
		}
	}
	slices.SortFunc(out, func(a, b Facet) int {
		switch {
		case a.On != b.On && a.On:
			return -1
		case a.On != b.On:
			return 1
		case a.Count != b.Count:
			return b.Count - a.Count
		}
		return highestFirst(a.ID, b.ID)
	})
	return out[:min(len(out), max(maxFacets, len(chosen)))]
}

func pageSize(n int) int {
	if n <= 0 {
		return plein.PageSize
	}
	return min(n, 100)
}
