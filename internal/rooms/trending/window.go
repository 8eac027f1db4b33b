package trending

import (
	"cmp"
	"slices"
	"sync"

	"plein/internal/platform/language"
	"plein/internal/plein"
)

// window is what was said in the last nine weeks, in memory, so that the talk of
// one reader's audiences is found without a query per reader. It holds nothing
// that is not in trending_said and may be thrown away at any moment. It says where
// to look and decides nothing: what is shown is asked of the database with the
// rights of the reader (service_talk.go).
type window struct {
	mu      sync.RWMutex
	today   int   // the day for which it is right; another day makes it anew
	version int64 // of trending_said, up to which it has read

	terms vocabulary
	items map[plein.ID]*line
	rooms map[plein.ID]*place     // by audience
	roots map[plein.ID][]*line    // by thread
	by    map[plein.ID][]*line    // by author
	wide  map[int32]map[int32]int // per term, how often each author has it in the week that is now
	who   map[plein.ID]int32      // authors by a small number
	onDay map[dayOfAuthor]int32   // a person on a day in a place, by a small number
}

// line is one item in the window.
type line struct {
	said
	author int32
	onDay  int32
	terms  []term
	now    bool // of the week that is now, and not only of what is usual
}

// term is a word or hashtag of an item: the key under which it is counted and the
// way it was written.
type term struct{ key, as int32 }

// place is the talk of one audience.
type place struct {
	items map[plein.ID]*line
	mu    sync.Mutex
	sums  *sums // nil until somebody asks
}

// sums is some talk, added up, so that a reader costs what there is to say and not
// what was said.
type sums struct {
	before, now tally
	lines       map[int32][]*line // of the week that is now, by term
	authors     []plein.ID        // of all the weeks
}

// tally counts on how many days of people each term was used, and how many there
// were in all.
type tally struct {
	all int
	of  map[int32]int
}

type dayOfAuthor struct {
	audience, author plein.ID
	day              int
}

// vocabulary numbers words, because each is met thousands of times.
type vocabulary struct {
	number map[string]int32
	text   []string
}

func (v *vocabulary) of(s string) int32 {
	if n, ok := v.number[s]; ok {
		return n
	}
	n := int32(len(v.text))
	v.number[s] = n
	v.text = append(v.text, s)
	return n
}

func newWindow(today int) *window {
	return &window{today: today, terms: vocabulary{number: make(map[string]int32)}, items: make(map[plein.ID]*line),
		rooms: make(map[plein.ID]*place), roots: make(map[plein.ID][]*line), by: make(map[plein.ID][]*line),
		wide: make(map[int32]map[int32]int), who: make(map[plein.ID]int32), onDay: make(map[dayOfAuthor]int32)}
}

// put takes over what one row says now.
func (w *window) put(s said) {
	if old := w.items[s.Item]; old != nil {
		w.drop(old)
	}
	if s.Day <= w.today-daysKept || s.Gone {
		return
	}
	l := &line{said: s, now: s.Day > w.today-daysNow, author: number(w.who, s.Author),
		onDay: number(w.onDay, dayOfAuthor{s.Audience, s.Author, s.Day})}
	l.terms = make([]term, 0, len(s.Tags)+len(s.Words))
	for _, tag := range s.Tags {
		n := w.terms.of("#" + tag)
		l.terms = append(l.terms, term{n, n})
	}
	for _, word := range s.Words {
		key := word
		if t := language.Tokens(word); len(t) > 0 {
			key = stem(s.Lang, t[0].Text)
		}
		l.terms = append(l.terms, term{w.terms.of(key), w.terms.of(word)})
	}
	l.Tags, l.Words = nil, nil // they stand in the vocabulary
	w.items[s.Item] = l
	p := w.rooms[s.Audience]
	if p == nil {
		p = &place{items: make(map[plein.ID]*line)}
		w.rooms[s.Audience] = p
	}
	p.items[s.Item], p.sums = l, nil
	w.roots[s.Root] = append(w.roots[s.Root], l)
	w.by[s.Author] = append(w.by[s.Author], l)
	if l.now {
		w.spread(l, +1)
	}
}

func (w *window) drop(l *line) {
	delete(w.items, l.Item)
	if p := w.rooms[l.Audience]; p != nil {
		delete(p.items, l.Item)
		p.sums = nil
	}
	w.roots[l.Root] = without(w.roots[l.Root], l)
	w.by[l.Author] = without(w.by[l.Author], l)
	if l.now {
		w.spread(l, -1)
	}
}

// spread keeps how many different people have a term, over all audiences. It only
// serves to leave out early what nobody can see five people say.
func (w *window) spread(l *line, by int) {
	for _, t := range l.terms {
		of := w.wide[t.key]
		if of == nil {
			of = make(map[int32]int)
			w.wide[t.key] = of
		}
		if of[l.author] += by; of[l.author] <= 0 {
			delete(of, l.author)
		}
	}
}

// added gives the talk of an audience, added up.
func (p *place) added() *sums {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sums == nil {
		list := make([]*line, 0, len(p.items))
		for _, l := range p.items {
			list = append(list, l)
		}
		p.sums = sum(list)
	}
	return p.sums
}

// sum adds up some lines of one audience.
func sum(list []*line) *sums {
	s := &sums{before: tally{of: make(map[int32]int)}, now: tally{of: make(map[int32]int)}, lines: make(map[int32][]*line)}
	days, seen, authors := make(map[int32]bool), make(map[uint64]bool), make(map[plein.ID]bool)
	for _, l := range list {
		if !authors[l.Author] {
			authors[l.Author] = true
			s.authors = append(s.authors, l.Author)
		}
		t := &s.before
		if l.now {
			t = &s.now
		}
		if !days[l.onDay] {
			days[l.onDay] = true
			t.all++
		}
		for n, has := range l.terms {
			if l.now && !slices.ContainsFunc(l.terms[:n], func(o term) bool { return o.key == has.key }) {
				s.lines[has.key] = append(s.lines[has.key], l)
			}
			if at := both(has.key, l.onDay); !seen[at] {
				seen[at] = true
				t.of[has.key]++
			}
		}
	}
	for key, lines := range s.lines {
		s.lines[key] = newestOf(lines)
	}
	return s
}

// newestOf keeps the newest of many lines.
func newestOf(lines []*line) []*line {
	if len(lines) <= maxOf {
		return lines
	}
	slices.SortFunc(lines, func(a, b *line) int { return cmp.Compare(b.Item, a.Item) })
	return lines[:maxOf:maxOf]
}

// both makes one key of two small numbers.
func both(a, b int32) uint64 { return uint64(uint32(a))<<32 | uint64(uint32(b)) }

func number[K comparable](m map[K]int32, k K) int32 {
	n, ok := m[k]
	if !ok {
		n = int32(len(m))
		m[k] = n
	}
	return n
}

func without(list []*line, l *line) []*line {
	for n := range list {
		if list[n] == l {
			list[n] = list[len(list)-1]
			return list[:len(list)-1]
		}
	}
	return list
}
