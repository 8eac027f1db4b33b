package twoworlds

import (
	"fmt"
	"slices"

	"plein/internal/plein"
	"plein/internal/square/groups"
)

// The model knows who may read what at every step of a script. It is written from
// TRUST section 1 and shares no line with the code that it judges: no grants, no
// queries, no caches, only who was where and when.

// forever is a step that never comes.
const forever = 1 << 30

// span is from one step until before another.
type span struct{ from, to int }

type spans []span

func (s spans) at(step int) (span, bool) {
	for _, x := range s {
		if x.from <= step && step < x.to {
			return x, true
		}
	}
	return span{}, false
}

func (s spans) has(step int) bool { _, ok := s.at(step); return ok }

func (s *spans) open(step int) { *s = append(*s, span{step, forever}) }

func (s *spans) end(step int) {
	if n := len(*s); n > 0 && (*s)[n-1].to == forever {
		(*s)[n-1].to = step
	}
}

// person is somebody in the script.
type person struct {
	n       int
	name    string
	roles   []plein.Role
	guest   bool
	away    spans // account closed
	units   []since[int]
	profile token // stands in every field of the profile that is for colleagues only
}

func (p *person) ref() string { return fmt.Sprintf("person:%d", p.n) }

func (p *person) is(r plein.Role) bool { return slices.Contains(p.roles, r) }

// since is a value from a step on.
type since[T any] struct {
	from int
	is   T
}

func at[T any](list []since[T], step int) (v T) {
	for _, s := range list {
		if s.from <= step {
			v = s.is
		}
	}
	return v
}

type unit struct {
	n, parent int // parent is -1 at the top
	name      string
}

func (u unit) ref() string { return fmt.Sprintf("unit:%d", u.n) }

// place is an audience.
type place struct {
	ref      string // "org", "unit:2", "group:1", "direct:0", "person:4" for what is for oneself
	kinds    []since[plein.AudienceKind]
	unit     int
	in       map[int]*spans // who was granted it: members, the set of a conversation, oneself
	born     int
	fromJoin bool // members read threads begun since they came

	// What only groups have.
	n        int
	roles    map[int]groups.Role
	invited  map[int]*spans
	asked    map[int]bool
	archived bool
	pins     int
}

func (pl *place) kind() plein.AudienceKind { return at(pl.kinds, forever) }

func (pl *place) isGroup() bool { return pl.kind().IsGroup() }

func (pl *place) enter(p, step int) {
	if pl.in[p] == nil {
		pl.in[p] = &spans{}
	}
	pl.in[p].open(step)
}

func (pl *place) member(p, step int) bool { return pl.in[p] != nil && pl.in[p].has(step) }

func (pl *place) runs(p int) bool { return pl.roles[p].Runs() }

func (pl *place) owners() (n int) {
	for _, r := range pl.roles {
		if r == groups.Owner {
			n++
		}
	}
	return n
}

// item is a post or a reply.
type item struct {
	n, step  int
	place    *place
	author   int
	root     *item // itself for a post
	parent   *item // nil for a post
	gone     spans
	byAuthor bool // who took it away
	share    *item
	must     bool
	pinned   bool
	question bool
	files    []*file
	title    bool
	tokens   []token
}

func (i *item) ref() string { return fmt.Sprintf("item:%d", i.n) }

func (i *item) depth() int {
	if i.parent == nil {
		return 0
	}
	return i.parent.depth() + 1
}

type file struct {
	n       int
	owner   int
	item    *item // nil until it is attached
	picture bool
	token   token
}

func (f *file) ref() string { return fmt.Sprintf("file:%d", f.n) }

// token is a word that stands in one text only. Wherever it turns up, one knows
// whose words those are.
type token struct{ n int }

// other is how far the tokens of the other world lie from those of the first: the
// same text, in other words.
const other = 50_000

func (t token) word(alt bool) string {
	if alt {
		return fmt.Sprintf("zq%05dx", t.n+other)
	}
	return fmt.Sprintf("zq%05dx", t.n)
}

// secret is what may be told of a token: to whom, at a step.
type secret struct {
	what string
	may  func(m *model, viewer, step int) bool
}

// model is the organisation and what happened in it.
type model struct {
	people  []*person
	units   []unit
	org     *place
	places  []*place // all of them, org first
	groups  []*place
	items   []*item
	files   []*file
	steps   []step
	secrets []secret // by number of token
	founded int      // the step from which all departments and people are there
}

// nobody is the viewer without a session.
const nobody = -1

// now is how many steps were taken: the state before the step of that number.
func (m *model) now() int { return len(m.steps) }

// next is when the step that is about to be added has been taken.
func (m *model) next() int { return len(m.steps) + 1 }

func (m *model) active(p, step int) bool {
	return p >= 0 && !m.people[p].away.has(step)
}

// inUnit says that a person was in a department or below it.
func (m *model) inUnit(p, u, step int) bool {
	for x := at(m.people[p].units, step); x >= 0; x = m.units[x].parent {
		if x == u {
			return true
		}
	}
	return false
}

// reads says whether a person may read a thread, begun at step root, in a place.
func (m *model) reads(p int, pl *place, root, step int) bool {
	if !m.active(p, step) {
		return false
	}
	guest := m.people[p].guest
	switch at(pl.kinds, step) {
	case plein.Org:
		return !guest
	case plein.Unit:
		return !guest && m.inUnit(p, pl.unit, step)
	case plein.Open:
		if !guest {
			return true
		}
	}
	if pl.in[p] == nil {
		return false
	}
	came, in := pl.in[p].at(step)
	return in && (!pl.fromJoin || root >= came.from)
}

// knows says whether a person may know that a group exists, and its name.
func (m *model) knows(p int, pl *place, step int) bool {
	if !m.active(p, step) {
		return false
	}
	if kind := at(pl.kinds, step); (kind == plein.Open || kind == plein.Closed) && !m.people[p].guest {
		return true
	}
	return pl.member(p, step) || pl.invited[p] != nil && pl.invited[p].has(step)
}

// sees says whether a person may read an item.
func (m *model) sees(p int, i *item, step int) bool {
	return m.reads(p, i.place, i.root.step, step)
}

// neverSees says that a person may read a thread of a place at no step from one on.
func (m *model) neverSees(p int, pl *place, root, from int) bool {
	for s := from; s <= m.now(); s++ {
		if p != nobody && m.reads(p, pl, root, s) {
			return false
		}
	}
	return true
}

// neverKnows says the same of a group as a whole.
func (m *model) neverKnows(p int, pl *place) bool {
	for s := pl.born; s <= m.now(); s++ {
		if p != nobody && m.knows(p, pl, s) {
			return false
		}
	}
	return true
}

func (m *model) token(what string, may func(m *model, viewer, step int) bool) token {
	m.secrets = append(m.secrets, secret{what, may})
	return token{len(m.secrets) - 1}
}

// tokenOf makes a token for a text of an item: for its readers, while it is there.
func (m *model) tokenOf(i *item, what string) token {
	t := m.token(what+" of "+i.ref(), func(m *model, viewer, step int) bool {
		return viewer != nobody && m.sees(viewer, i, step) && !i.gone.has(step)
	})
	i.tokens = append(i.tokens, t)
	return t
}

// may says whether a viewer may be told a token. Tokens of the other world belong
// to the same texts.
func (m *model) may(n, viewer, step int) (what string, ok bool) {
	if n >= other {
		n -= other
	}
	if n >= len(m.secrets) {
		return "a token that nobody wrote", false
	}
	s := m.secrets[n]
	return s.what, viewer != nobody && m.active(viewer, step) && s.may(m, viewer, step)
}
