package twoworlds

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"plein/internal/plein"
	"plein/internal/square/groups"
)

// step is one thing that happens.
type step struct {
	what  string
	place *place // where it happens; nil when it is for all to see
	root  int    // the step at which the thread began; -1 when no thread is touched
	group *place // what this step starts; nil mostly
	on    *item  // what has to be there for it
	makes *item  // what is not there without it
	file  *file  // the same, of a file
	firm  bool   // not to be left out while what it is on is there

	// run does it. alt asks for other words, in a world where the text is another.
	run func(w *world, alt bool) error
	// gone does it in a world where what it passes on is not there.
	shares *item
	gone   func(w *world) error
}

// writer makes a script: it does to the model what the steps will do to a world.
type writer struct {
	*model
	r *rand.Rand
}

// act is one kind of thing that people do. It says false when there is nothing of
// the kind to do now.
type act func(w *writer) bool

// newScript makes an organisation and lets a number of things happen in it.
func newScript(seed uint64, people, groupCount, acts int) *model {
	m := &model{}
	w := &writer{m, rand.New(rand.NewPCG(seed, 2))}
	w.found(people, groupCount)
	weighted := []struct {
		weight int
		do     act
	}{
		{22, (*writer).post}, {4, (*writer).privately}, {20, (*writer).reply}, {12, (*writer).react}, {4, (*writer).bookmark},
		{6, (*writer).edit}, {5, (*writer).remove}, {3, (*writer).restore}, {3, (*writer).pin}, {3, (*writer).acknowledge},
		{4, (*writer).pass}, {4, (*writer).loose}, {4, (*writer).join}, {4, (*writer).leave}, {4, (*writer).ask},
		{4, (*writer).answer}, {4, (*writer).invite}, {4, (*writer).acceptInvitation}, {2, (*writer).expel}, {3, (*writer).promote},
		{1, (*writer).archive}, {1, (*writer).narrow}, {2, (*writer).rename}, {2, (*writer).follow}, {2, (*writer).move}, {1, (*writer).closeAccount},
		{1, (*writer).found2},
	}
	sum := 0
	for _, x := range weighted {
		sum += x.weight
	}
	for tries := 0; m.now() < acts+people+groupCount+8 && tries < 50*acts; tries++ {
		pick := w.r.IntN(sum)
		for _, x := range weighted {
			if pick -= x.weight; pick < 0 {
				x.do(w)
				break
			}
		}
	}
	return m
}

func (w *writer) add(s step) { w.steps = append(w.steps, s) }

// public is a step that everybody may know of.
func (w *writer) public(what string, run func(w *world, alt bool) error) {
	w.add(step{what: what, root: -1, run: run})
}

var names = []string{"Anna de Wit", "Bram Kok", "Clara Vos", "Daan Mol", "Eva Smit", "Finn Prins", "Greet Bos", "Hugo Dam",
	"Iris Veen", "Joep Kuik", "Kees Dop", "Loes Brand"}

// found makes departments, people and the first groups.
func (w *writer) found(people, groupCount int) {
	w.org = &place{ref: "org", kinds: []since[plein.AudienceKind]{{0, plein.Org}}}
	w.places = append(w.places, w.org)
	for n, parent := range []int{-1, 0, 0, 1} {
		t := w.token("name of a department", func(m *model, viewer, _ int) bool { return !m.people[viewer].guest })
		u := unit{n, parent, []string{"Het huis", "Zorg", "Techniek", "Wijkzorg"}[n] + " " + t.word(false)}
		w.units = append(w.units, u)
		w.places = append(w.places, &place{ref: u.ref(), kinds: []since[plein.AudienceKind]{{0, plein.Unit}}, unit: n})
		w.public("department "+u.name, func(w *world, _ bool) error { return w.addUnit(u) })
	}
	for n := range people {
		p := &person{n: n, name: names[n], roles: []plein.Role{plein.RoleMember}}
		switch {
		case n == 1:
			p.roles = append(p.roles, plein.RoleCommunityManager)
		case n == 2:
			p.roles = append(p.roles, plein.RoleTechnicalAdmin)
		case n == people-1 && people > 3:
			p.guest, p.roles = true, []plein.Role{plein.RoleGuest}
		}
		home := w.r.IntN(len(w.units))
		if p.guest {
			home = -1
		}
		p.units = []since[int]{{0, home}}
		p.profile = w.token("profile of "+p.name, func(m *model, viewer, step int) bool {
			return viewer == n || viewer != nobody && !m.people[viewer].guest
		})
		w.people = append(w.people, p)
		own := &place{ref: p.ref(), kinds: []since[plein.AudienceKind]{{0, plein.Self}}, in: map[int]*spans{}}
		own.enter(n, 0)
		w.places = append(w.places, own)
		w.public(p.name+" comes to work here", func(w *world, _ bool) error { return w.addPerson(p, home) })
	}
	w.founded = w.now()
	kinds := []plein.AudienceKind{plein.Closed, plein.Secret, plein.Open}
	for n := range groupCount {
		w.startGroup(kinds[n%3])
	}
	if people >= 3 {
		w.startDirect()
	}
}

// ---- choosing --------------------------------------------------------------------

// someone picks a person who is here and fits.
func (w *writer) someone(fits func(p *person) bool) (*person, bool) {
	for _, n := range w.r.Perm(len(w.people)) {
		if p := w.people[n]; w.active(n, w.now()) && fits(p) {
			return p, true
		}
	}
	return nil, false
}

func (w *writer) someGroup(fits func(g *place) bool) (*place, bool) {
	for _, n := range w.r.Perm(len(w.groups)) {
		if fits(w.groups[n]) {
			return w.groups[n], true
		}
	}
	return nil, false
}

// someItem picks something said that is still there, with somebody who may read it.
func (w *writer) someItem(fits func(i *item, p *person) bool) (*item, *person, bool) {
	for _, n := range w.r.Perm(len(w.items)) {
		i := w.items[n]
		if i.gone.has(w.now()) {
			continue
		}
		if p, ok := w.someone(func(p *person) bool { return w.sees(p.n, i, w.now()) && fits(i, p) }); ok {
			return i, p, true
		}
	}
	return nil, nil, false
}

// writes says whether a person may begin a thread in a place.
func (w *writer) writes(p *person, pl *place) bool {
	now := w.now()
	if !w.reads(p.n, pl, now, now) || pl.archived {
		return false
	}
	return !pl.isGroup() || pl.member(p.n, now)
}

// answers says whether a person may answer or react in a thread of a place.
func (w *writer) answers(p *person, i *item) bool {
	pl, now := i.place, w.now()
	if pl.archived || !w.sees(p.n, i, now) {
		return false
	}
	return !pl.isGroup() || pl.member(p.n, now) || pl.kind() == plein.Open && !p.guest
}

// leads says whether a person looks after the talk of a place.
func (w *writer) leads(p *person, pl *place) bool {
	if pl.isGroup() {
		return pl.runs(p.n)
	}
	return pl == w.org && p.is(plein.RoleCommunityManager)
}

// ---- what the texts say ------------------------------------------------------------

var phrases = []string{"Wie weet waar de sleutel van de kelder ligt?", "De vergadering van morgen gaat niet door.",
	"Er staat nog taart in de keuken.", "Let op: de lift is vandaag buiten gebruik.", "Dank voor jullie hulp gisteren.",
	"We zoeken iemand die zaterdag kan invallen."}

// words makes a text with its token in it, and sometimes a hashtag and somebody's
// name. In the other world it says something else, at another length.
func (w *writer) words(t token, tag token, name string) func(alt bool) string {
	n := w.r.IntN(len(phrases))
	return func(alt bool) string {
		text := phrases[n]
		if alt {
			text = phrases[(n+1)%len(phrases)] + " " + phrases[(n+2)%len(phrases)]
		}
		text += " " + t.word(alt)
		if tag.n > 0 {
			text += " #" + tag.word(alt)
		}
		if name != "" {
			text += " @[" + name + "]"
		}
		return text
	}
}

// texts makes the tokens of an item and its text.
func (w *writer) texts(i *item) (body, title func(alt bool) string) {
	t := w.tokenOf(i, "text")
	var tag token
	if w.r.IntN(3) == 0 {
		tag = w.tokenOf(i, "hashtag")
	}
	name := ""
	if w.r.IntN(3) == 0 {
		if p, ok := w.someone(func(p *person) bool { return !p.guest }); ok {
			name = p.name
		}
	}
	title = func(bool) string { return "" }
	if i.title {
		head := w.tokenOf(i, "title")
		title = func(alt bool) string { return "Over " + head.word(alt) }
	}
	return w.words(t, tag, name), title
}

// newFile makes a file with a token in its name, its description and its bytes.
func (w *writer) newFile(owner int) *file {
	f := &file{n: len(w.files), owner: owner, picture: w.r.IntN(2) == 0}
	f.token = w.token("file "+f.ref(), func(m *model, viewer, step int) bool {
		if f.item == nil {
			return viewer == f.owner
		}
		return m.sees(viewer, f.item, step) && !f.item.gone.has(step)
	})
	w.files = append(w.files, f)
	return f
}

func (w *writer) startGroup(kind plein.AudienceKind) bool {
	owner, ok := w.someone(func(p *person) bool { return !p.guest })
	if !ok {
		return false
	}
	g := &place{ref: fmt.Sprintf("group:%d", len(w.groups)), n: len(w.groups), kinds: []since[plein.AudienceKind]{{w.next(), kind}},
		in: map[int]*spans{}, invited: map[int]*spans{}, asked: map[int]bool{}, born: w.next(),
		roles: map[int]groups.Role{owner.n: groups.Owner}, fromJoin: kind != plein.Open && w.r.IntN(2) == 0}
	g.enter(owner.n, w.next())
	w.groups, w.places = append(w.groups, g), append(w.places, g)
	name := w.nameOf(g)
	w.add(step{what: owner.name + " starts " + g.ref, place: g, root: -1, group: g, run: func(w *world, alt bool) error {
		return w.startGroup(owner, g, kind, name(alt))
	}})
	return true
}

// nameOf makes a name with a token in it, for whoever may know of the group.
func (w *writer) nameOf(g *place) func(alt bool) string {
	t := w.token("name of "+g.ref, func(m *model, viewer, step int) bool { return m.knows(viewer, g, step) })
	return func(alt bool) string {
		if alt {
			return "Kring " + t.word(alt)
		}
		return "Groep van " + t.word(alt)
	}
}

func (w *writer) startDirect() {
	d := &place{ref: "direct:0", kinds: []since[plein.AudienceKind]{{w.next(), plein.Direct}}, in: map[int]*spans{}, born: w.next()}
	two := w.r.Perm(len(w.people))[:2]
	slices.Sort(two)
	for _, p := range two {
		d.enter(p, w.next())
	}
	w.places = append(w.places, d)
	w.add(step{what: "two people begin to talk", place: d, root: -1, group: d, run: func(w *world, _ bool) error {
		return w.startDirect(d, two)
	}})
}
