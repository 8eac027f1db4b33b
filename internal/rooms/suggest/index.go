package suggest

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"plein/internal/platform/text"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// entry is a person in the index. Seventy thousand of them lie in memory, so it
// holds one text and no more.
type entry struct {
	id, unit plein.ID
	until    int64  // a guest's end, in seconds; zero for people of the organisation
	words    string // folded words of the name, then what only the handle adds
	name     uint16 // how much of words is the name
	zone     uint16 // in zones; zero is the house's own
	guest    bool
}

// fold is a name as it is looked through: no diacritics, and every word by itself,
// so that 't Hof, Jan-Willem and d'Ancona are found by each of their words.
func fold(s string) string {
	return strings.Join(strings.FieldsFunc(text.Fold(s), func(r rune) bool {
		return r == ' ' || r == '\'' || r == '-' || r == '.' || r == '_' || r == ',' || r == '(' || r == ')'
	}), " ")
}

// newEntry makes an entry; false says that the person is not to be found.
func newEntry(e people.Entry, zone uint16) (entry, bool) {
	if e.State != people.Active || e.Bot {
		return entry{}, false
	}
	out := entry{id: e.ID, unit: e.Unit, guest: e.Guest, zone: zone, words: fold(e.Name)}
	if len(out.words) > 1<<12 {
		return entry{}, false
	}
	if e.Guest {
		out.until = e.GuestUntil.Unix()
	}
	out.name = uint16(len(out.words))
	for _, w := range strings.Fields(fold(e.Handle)) { // vandenberg, of van den Berg
		if !hasWord(out.words, w) {
			out.words += " " + w
		}
	}
	return out, out.words != ""
}

func hasWord(s, w string) bool {
	for _, x := range strings.Fields(s) {
		if x == w {
			return true
		}
	}
	return false
}

// particles are the words of a name that many share. They are found, and come
// after those for whom the word is a name.
var particles = map[string]bool{"van": true, "de": true, "den": true, "der": true, "het": true, "t": true, "s": true, "d": true, "ten": true,
	"ter": true, "te": true, "op": true, "in": true, "von": true, "zu": true, "el": true, "al": true, "ait": true, "bin": true, "ben": true,
	"la": true, "le": true, "du": true, "des": true, "dos": true, "da": true, "di": true, "del": true}

// quality says how well a name fits what was typed; lower is better.
type quality uint8

const (
	whole    quality = iota // every word typed is a word of the name
	begun                   // the last word was begun
	particle                // only a prefix fits: everybody called van
	misfit
)

// fits judges a name: every word typed begins a word of it, in order.
func fits(name string, typed []string) quality {
	if len(typed) == 0 {
		return begun
	}
	out, at, named := whole, 0, false
	for rest := name; rest != "" && at < len(typed); {
		var w string
		w, rest, _ = strings.Cut(rest, " ")
		if !strings.HasPrefix(w, typed[at]) {
			continue
		}
		if len(w) != len(typed[at]) {
			out = begun
		}
		named = named || !particles[w]
		at++
	}
	switch {
	case at < len(typed):
		return misfit
	case !named:
		return particle
	}
	return out
}

// place is where a word of somebody begins.
type place struct {
	who int32
	at  uint16
}

// names is the index: everybody by id, and the words of all in order. It is never
// changed once it is made.
type names struct {
	all    []entry
	places []place
}

func makeNames(all []entry) *names {
	slices.SortFunc(all, func(a, b entry) int { return cmp.Compare(a.id, b.id) })
	n := &names{all: all, places: make([]place, 0, 4*len(all))}
	for who, e := range all {
		for at := range len(e.words) {
			if at == 0 || e.words[at-1] == ' ' {
				n.places = append(n.places, place{int32(who), uint16(at)})
			}
		}
	}
	slices.SortFunc(n.places, func(a, b place) int { return strings.Compare(n.from(a), n.from(b)) })
	return n
}

func (n *names) from(p place) string { return n.all[p.who].words[p.at:] }

// of gives somebody by id.
func (n *names) of(id plein.ID) (entry, bool) {
	at, ok := slices.BinarySearchFunc(n.all, id, func(e entry, id plein.ID) int { return cmp.Compare(e.id, id) })
	if !ok {
		return entry{}, false
	}
	return n.all[at], true
}

// begin visits everybody of whom a word begins with w, once per such word. fit is
// how well that one word fits.
func (n *names) begin(w string, visit func(e *entry, fit quality)) {
	from := sort.Search(len(n.places), func(i int) bool { return n.from(n.places[i]) >= w })
	// The words stand in order, so people of one word follow each other and it is
	// judged once.
	last, fit := "", whole
	for _, p := range n.places[from:] {
		text := n.from(p)
		if !strings.HasPrefix(text, w) {
			return
		}
		if last == "" || !strings.HasPrefix(text, last) || len(text) > len(last) && text[len(last)] != ' ' {
			last, _, _ = strings.Cut(text, " ")
			fit = fits(last, []string{w})
		}
		e := &n.all[p.who]
		if p.at > e.name { // a word of the handle alone: vandenberg begins like every van
			visit(e, particle)
			continue
		}
		visit(e, fit)
	}
}

// rarest gives the word of a question by which the fewest are found: no prefix
// that many share, and the longest.
func rarest(typed []string) string {
	best := ""
	for _, w := range typed {
		better := len(w) > len(best)
		if particles[w] != particles[best] {
			better = particles[best]
		}
		if best == "" || better {
			best = w
		}
	}
	return best
}

// state is the index with what changed since it was made.
type state struct {
	names   *names
	changed map[plein.ID]entry // the zero entry for who is not to be found any more
	zones   []string
}

// maxChanged is how many people changed before the index is put in order anew.
const maxChanged = 1000

// find visits everybody who fits what was typed, perhaps more than once.
func (s *state) find(typed []string, visit func(*entry, quality)) {
	try := func(e *entry) {
		if q := fits(e.words, typed); q != misfit {
			visit(e, q)
		}
	}
	is := func(e *entry) bool { // as it was when the index was made
		if len(s.changed) == 0 {
			return true
		}
		_, changed := s.changed[e.id]
		return !changed
	}
	switch len(typed) {
	case 0:
		for n := range s.names.all {
			if e := &s.names.all[n]; is(e) {
				visit(e, begun)
			}
		}
	case 1: // the word that was found is all there is to judge
		s.names.begin(typed[0], func(e *entry, q quality) {
			if is(e) {
				visit(e, q)
			}
		})
	default:
		s.names.begin(rarest(typed), func(e *entry, _ quality) {
			if is(e) {
				try(e)
			}
		})
	}
	for _, e := range s.changed {
		if e.id != 0 {
			try(&e)
		}
	}
}

func (s *state) of(id plein.ID) (entry, bool) {
	if e, is := s.changed[id]; is {
		return e, e.id != 0
	}
	return s.names.of(id)
}

// with gives the index with some people as they are now.
func (s *state) with(ids []plein.ID, now []people.Entry) *state {
	out := &state{names: s.names, changed: make(map[plein.ID]entry, len(s.changed)+len(ids)), zones: s.zones}
	for id, e := range s.changed {
		out.changed[id] = e
	}
	for _, id := range ids {
		out.changed[id] = entry{}
	}
	for _, p := range now {
		if e, ok := newEntry(p, out.zone(p.Zone)); ok {
			out.changed[p.ID] = e
		}
	}
	if len(out.changed) <= maxChanged {
		return out
	}
	all := make([]entry, 0, len(s.names.all)+len(out.changed))
	for _, e := range s.names.all {
		if _, is := out.changed[e.id]; !is {
			all = append(all, e)
		}
	}
	for _, e := range out.changed {
		if e.id != 0 {
			all = append(all, e)
		}
	}
	return &state{names: makeNames(all), zones: out.zones}
}

// zone gives the number of a time zone.
func (s *state) zone(name string) uint16 {
	if name == "" {
		return 0
	}
	if at := slices.Index(s.zones, name); at > 0 {
		return uint16(at)
	}
	if len(s.zones) == 0 {
		s.zones = []string{""}
	}
	if len(s.zones) > 1<<10 { // there are some six hundred in the world
		return 0
	}
	s.zones = append(slices.Clone(s.zones), name)
	return uint16(len(s.zones) - 1)
}
