// Package twoworlds proves that nobody learns what is not for them (TRUST P1 and
// P2), over every address of the house.
//
// Two worlds: the same things happen in two houses, but in one of them everything
// that a viewer could never see is left out, or says something else. Whatever the
// viewer then asks, both answer with the same bytes: status, headers, body. What is
// declared random (ids, client keys, the time of day) is masked and nothing else is.
//
// Canaries: every text, name, file and hashtag holds a token of its own. Everything
// that any client receives is looked through; a token outside its audience is a
// failure.
//
// The addresses come from the list of routes (routes_test.go). A route that is not
// in it fails the test.
package twoworlds

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"plein/internal/platform/db"
	"plein/test/house"
)

// organisations are the seeds with their sizes.
var organisations = []struct {
	seed                 uint64
	people, groups, acts int
	engine               db.Engine
}{
	{1, 3, 2, 60, db.SQLite},
	{2, 6, 3, 90, db.SQLite},
	{3, 12, 5, 180, db.SQLite},
	{4, 8, 4, 110, db.Postgres},
}

func TestEveryRouteIsAsked(t *testing.T) {
	h := house.Start(t, house.Options{Idle: true})
	known := map[string]bool{}
	for _, r := range h.Routes.List() {
		key := r.Method + " " + r.Pattern
		known[key] = true
		if _, ok := routes[key]; !ok {
			t.Errorf("%s is not in the list of test/twoworlds/routes_test.go: say there how it is asked", key)
		}
	}
	for key := range routes {
		if !known[key] {
			t.Errorf("%s is in the list and not in the house any more", key)
		}
	}
}

func TestTwoWorlds(t *testing.T) {
	for _, o := range organisations {
		t.Run(fmt.Sprintf("seed %d, %d people on %s", o.seed, o.people, o.engine), func(t *testing.T) {
			m := newScript(o.seed, o.people, o.groups, o.acts)
			r := rand.New(rand.NewPCG(o.seed, 3))
			for _, viewer := range viewers(m, r) {
				t.Run(m.name(viewer), func(t *testing.T) { compare(t, o.engine, m, viewer, rand.New(rand.NewPCG(o.seed, uint64(viewer+10)))) })
			}
		})
	}
}

// viewers picks who looks: a stranger, a guest, the one who looks after the machine,
// and a colleague.
func viewers(m *model, r *rand.Rand) []int {
	out := []int{nobody, 2}
	if len(m.people) > 4 {
		out = append(out, 3+r.IntN(len(m.people)-4))
	} else {
		out = append(out, r.IntN(2))
	}
	if last := len(m.people) - 1; m.people[last].guest {
		out = append(out, last)
	}
	return out
}

func (m *model) name(viewer int) string {
	if viewer == nobody {
		return "stranger"
	}
	p := m.people[viewer]
	what := "colleague"
	switch {
	case p.guest:
		what = "guest"
	case len(p.roles) > 1:
		what = string(p.roles[1])
	}
	return fmt.Sprintf("%s %d", what, viewer)
}

// pair is the two worlds with one who looks at both.
type pair struct {
	t       *testing.T
	m       *model
	viewer  int
	a, b    *world
	asked   map[string]bool
	answers int
}

func compare(t *testing.T, e db.Engine, m *model, viewer int, r *rand.Rand) {
	fates, hidden := m.otherWorld(viewer, r)
	if hidden < 5 {
		t.Fatalf("only %d steps are hidden from this viewer: the test would prove little", hidden)
	}
	p := &pair{t: t, m: m, viewer: viewer}
	p.a = newWorld(t, e, m, make([]fate, len(m.steps)))
	p.b = newWorld(t, e, m, fates)
	pages := reading(m)
	p.a.play(0, m.founded)
	p.b.play(0, m.founded)
	p.a.client(viewer)
	p.b.client(viewer)
	// Looking in between fills whatever is kept in memory.
	at := m.founded
	for _, stop := range []int{m.now() * 2 / 3, m.now() * 5 / 6, m.now()} {
		p.a.play(at, stop)
		p.b.play(at, stop)
		at = stop
		p.asked = map[string]bool{}
		for _, q := range pages {
			if p.there(q) && (stop == m.now() || len(q.refs()) == 0 || r.IntN(6) == 0) {
				p.both(q, stop, stop == m.now())
			}
		}
	}
	for _, q := range p.hiddenOnly(pages, r, 60) {
		q.method = http.MethodHead
		p.both(q, at, false)
		q.method, q.json = http.MethodGet, true
		p.both(q, at, false)
	}
	for _, q := range p.hiddenOnly(writing(m), r, 120) {
		p.both(q, at, false)
		if r.IntN(4) == 0 {
			q.json = true
			p.both(q, at, false)
		}
	}
	p.asked = map[string]bool{} // once more, after all that was tried
	for _, q := range pages {
		if len(q.refs()) == 0 {
			p.both(q, at, false)
		}
	}
	t.Logf("%d of %d steps differ; %d answers compared", hidden, len(m.steps), p.answers)
}

// there says that everything a request names has come up in the script.
func (p *pair) there(q request) bool {
	for _, ref := range q.refs() {
		if _, ok := p.a.ids[ref]; !ok && strings.Contains(ref, ":") {
			return false
		}
	}
	return true
}

// hiddenOnly picks requests about what is not in the other world, or not the same
// there.
func (p *pair) hiddenOnly(all []request, r *rand.Rand, most int) []request {
	var out []request
	for _, n := range r.Perm(len(all)) {
		q := all[n]
		about := len(q.refs()) == 0
		for _, ref := range q.refs() {
			about = about || p.b.phantom[ref] || p.hiddenFrom(ref)
		}
		if about && len(out) < most {
			out = append(out, q)
		}
	}
	return out
}

// hiddenFrom says that the viewer may not know of a thing now.
func (p *pair) hiddenFrom(ref string) bool {
	kind, _, _ := strings.Cut(ref, ":")
	switch kind {
	case "item":
		for _, i := range p.m.items {
			if i.ref() == ref {
				return p.m.neverSees(p.viewer, i.place, i.root.step, i.step)
			}
		}
	case "group":
		for _, g := range p.m.groups {
			if g.ref == ref {
				return p.m.neverKnows(p.viewer, g)
			}
		}
	}
	return false
}

// both asks both worlds and compares. crawl also follows what the answer leads to.
func (p *pair) both(q request, step int, crawl bool) {
	p.t.Helper()
	if p.asked[q.String()] || q.numbers && p.viewer == nobody {
		return
	}
	p.asked[q.String()] = true
	p.answers++
	a, b := p.a.ask(p.viewer, q), p.b.ask(p.viewer, q)
	p.canaries(q, a, step)
	p.canaries(q, b, step)
	if q.numbers {
		return
	}
	one, two := p.a.masked(a, p.a.names()), p.b.masked(b, p.b.names())
	if one != two {
		p.t.Errorf("%s tells %s that something else is there: %s", q, p.m.name(p.viewer), difference(one, two))
		return
	}
	if !crawl || q.method != http.MethodGet {
		return
	}
	for _, to := range links(one) {
		if !strings.Contains(to, "<unknown") && len(p.asked) < 2500 {
			p.both(request{method: http.MethodGet, path: to, numbers: routes["GET "+to].numbers}, step, crawl)
		}
	}
}

func (p *pair) canaries(q request, a answer, step int) {
	p.t.Helper()
	lookThrough(p.t, p.m, p.viewer, step, q, a)
}

// lookThrough fails for every token that is not for the viewer.
func lookThrough(t *testing.T, m *model, viewer, step int, q request, a answer) (seen []int) {
	t.Helper()
	for _, n := range tokens(q, a.raw()) {
		what, ok := m.may(n, viewer, step)
		if !ok {
			t.Errorf("%s gives %s the %s, which is not for them (token %d)", q, m.name(viewer), what, n)
			continue
		}
		seen = append(seen, n)
	}
	return seen
}

// TestCanaries lets everybody ask for everything, and looks through all they get.
// It also asks that whoever may read something does get it: a house that says
// nothing would keep every secret.
func TestCanaries(t *testing.T) {
	for _, o := range organisations {
		t.Run(fmt.Sprintf("seed %d, %d people on %s", o.seed, o.people, o.engine), func(t *testing.T) {
			m := newScript(o.seed+100, o.people, o.groups, o.acts)
			r := rand.New(rand.NewPCG(o.seed, 4))
			w := newWorld(t, o.engine, m, make([]fate, len(m.steps)))
			pages := reading(m)
			at := 0
			for stop := 40; stop < m.now(); stop += 20 { // what is kept in memory must not outlive its time
				w.play(at, stop)
				at = stop
				for viewer := range m.people {
					for _, q := range pages {
						if len(q.refs()) == 0 && r.IntN(6) == 0 && m.active(viewer, at) {
							lookThrough(t, m, viewer, at, q, w.ask(viewer, q))
						}
					}
				}
			}
			w.play(at, m.now())
			for viewer := nobody; viewer < len(m.people); viewer++ {
				if viewer != nobody && !m.active(viewer, m.now()) && w.clients[viewer] == nil {
					continue // closed before they signed in once; whoever was signed in tries on
				}
				got := map[int]bool{}
				for _, q := range pages {
					if len(q.refs()) > 0 && strings.Contains(q.path, "?") && r.IntN(4) > 0 {
						continue
					}
					for _, n := range lookThrough(t, m, viewer, m.now(), q, w.ask(viewer, q)) {
						got[n] = true
					}
				}
				missing(t, m, viewer, got)
			}
			if found := anyToken.FindString(w.log.String()); found != "" {
				t.Errorf("the log holds what somebody wrote (%s), and it is for nobody", found)
			}
		})
	}
}

// missing fails for what a viewer should have met and did not.
func missing(t *testing.T, m *model, viewer int, got map[int]bool) {
	t.Helper()
	for _, i := range m.items {
		if viewer == nobody || i.gone.has(m.now()) || !m.sees(viewer, i, m.now()) {
			continue
		}
		if last := i.tokens[len(i.tokens)-1]; !got[last.n] {
			t.Errorf("%s may read %s in %s and never met it", m.name(viewer), i.ref(), i.place.ref)
		}
	}
}
