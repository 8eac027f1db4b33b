package people_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	_ "time/tzdata"

	"plein/internal/platform/bus"
	"plein/internal/platform/changes"
	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// held records who holds which audience, as the access package will.
type held struct {
	kinds map[plein.ID]plein.AudienceKind
	by    map[plein.ID]map[plein.ID]bool // person, audience
}

func (h *held) Audience(_ context.Context, _ *db.Tx, a plein.Audience) error {
	if h.kinds[a.ID] != "" {
		return fmt.Errorf("audience %d is there twice", a.ID)
	}
	h.kinds[a.ID] = a.Kind
	return nil
}

func (h *held) Grant(_ context.Context, _ *db.Tx, audience, person plein.ID, _ time.Time) error {
	if h.kinds[audience] == "" {
		return fmt.Errorf("audience %d is not known", audience)
	}
	if h.by[person] == nil {
		h.by[person] = map[plein.ID]bool{}
	}
	h.by[person][audience] = true
	return nil
}

func (h *held) Revoke(_ context.Context, _ *db.Tx, audience, person plein.ID) error {
	delete(h.by[person], audience)
	return nil
}

func (h *held) RevokeAll(_ context.Context, _ *db.Tx, person plein.ID) error {
	delete(h.by, person)
	return nil
}

type room struct {
	*people.Service
	t      *testing.T
	ctx    context.Context
	db     *db.DB
	log    *changes.Log
	clock  *clock.Manual
	grants *held
	admin  plein.Actor
	closed []plein.ID
}

var start = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func each(t *testing.T, fn func(t *testing.T, r *room)) {
	testkit.Each(t, func(t *testing.T, d *db.DB) { fn(t, open(t, d)) }, changes.Migrations(), people.Migrations())
}

func open(t *testing.T, d *db.DB) *room {
	t.Helper()
	b, err := bus.Open(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	w, err := words.New(people.Words())
	if err != nil {
		t.Fatal(err)
	}
	r := &room{t: t, ctx: context.Background(), db: d, clock: clock.Fixed(start),
		grants: &held{kinds: map[plein.ID]plein.AudienceKind{}, by: map[plein.ID]map[plein.ID]bool{}},
		admin:  people.House()}
	r.log = changes.New(d, b, r.clock, slog.New(slog.DiscardHandler))
	r.Service = people.New(people.Deps{DB: d, Changes: r.log, Clock: r.clock, Grants: r.grants, Words: w,
		Closed: func(_ context.Context, id plein.ID) error { r.closed = append(r.closed, id); return nil }})
	return r
}

func (r *room) add(n people.NewPerson) people.Person {
	r.t.Helper()
	p, err := r.Add(r.ctx, n)
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

func (r *room) unit(name string, parent plein.ID) people.Unit {
	r.t.Helper()
	u, err := r.AddUnit(r.ctx, r.admin, people.NewUnit{Name: name, Parent: parent})
	if err != nil {
		r.t.Fatal(err)
	}
	return u
}

func (r *room) find(id plein.ID) people.Person {
	r.t.Helper()
	p, err := r.Find(r.ctx, id)
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

func (r *room) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// refuses checks that an act gave one of our errors with this key.
func (r *room) refuses(err error, key string) {
	r.t.Helper()
	var e *plein.Error
	if !errors.As(err, &e) || e.Key != key {
		r.t.Errorf("got %v, want an error with %s", err, key)
	}
}

func (r *room) holds(person plein.ID, want ...plein.ID) {
	r.t.Helper()
	got := slices.Sorted(maps.Keys(r.grants.by[person]))
	slices.Sort(want)
	if !slices.Equal(got, want) {
		r.t.Errorf("holds %v, want %v", got, want)
	}
}

func TestAPersonIsFound(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		b3 := r.unit("Interne B3", 0)
		p := r.add(people.NewPerson{Name: "Samira  Bouali", Title: "Verpleegkundige", Unit: b3.ID, Location: "Vleugel B, 3.10",
			Email: "Samira.Bouali@Linge.Example", Skills: []string{"wondzorg", "Wondzorg", ""}, AskMe: []string{"Infusen"},
			Languages: []string{"Nederlands"}, Phone: "4410"})
		if p.Name != "Samira Bouali" || p.Given != "Samira" || p.Handle != "samira.bouali" || p.Layer != 1 || len(p.Skills) != 1 {
			t.Errorf("a person was added as %+v", p)
		}
		for _, find := range []func() (people.Person, error){
			func() (people.Person, error) { return r.Find(r.ctx, p.ID) },
			func() (people.Person, error) { return r.ByEmail(r.ctx, " samira.bouali@LINGE.example ") },
			func() (people.Person, error) { return r.ByHandle(r.ctx, "@Samira.Bouali") },
		} {
			got, err := find()
			if err != nil || fmt.Sprint(got) != fmt.Sprint(p) {
				t.Errorf("got %+v (%v)\nwant %+v", got, err, p)
			}
		}
		for _, miss := range []string{"", "x", "nobody@linge.example"} {
			if _, err := r.ByEmail(r.ctx, miss); !errors.Is(err, plein.ErrNotFound) {
				t.Errorf("address %q: %v", miss, err)
			}
			if _, err := r.ByHandle(r.ctx, miss); !errors.Is(err, plein.ErrNotFound) {
				t.Errorf("handle %q: %v", miss, err)
			}
		}
		twin := r.add(people.NewPerson{Name: "Samira Bouali"})
		if twin.Handle != "samira.bouali2" {
			t.Errorf("a second one of the name is @%s", twin.Handle)
		}
		_, err := r.Add(r.ctx, people.NewPerson{Name: "Iemand Anders", Email: "SAMIRA.bouali@linge.example"})
		r.refuses(err, "people.error.email_taken")
		_, err = r.Add(r.ctx, people.NewPerson{Name: "Iemand Anders", Handle: "samira.bouali"})
		r.refuses(err, "people.error.handle_taken")
		many, err := r.ByHandles(r.ctx, []string{"samira.bouali", "@samira.bouali2", "geen", "samira.bouali"})
		if err != nil || len(many) != 2 || many["samira.bouali"].ID != p.ID {
			t.Errorf("by handles: %v, %v", many, err)
		}
	})
}

func TestCardsFollowChanges(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		b3 := r.unit("Interne B3", 0)
		p := r.add(people.NewPerson{Name: "Dwight Nahar", Unit: b3.ID})
		var former people.Person
		r.must(r.db.Tx(r.ctx, func(tx *db.Tx) (err error) {
			former, err = r.AddFormer(r.ctx, tx, "slack:U1")
			return err
		}))
		card := func(ctx context.Context, id plein.ID) people.Card {
			t.Helper()
			cards, err := r.Cards(ctx, []plein.ID{p.ID, former.ID, 0, 12345, p.ID})
			if err != nil || len(cards) != 2 {
				t.Fatalf("cards: %v, %v", cards, err)
			}
			return cards[id]
		}
		if c := card(r.ctx, p.ID); c.UnitName != "Interne B3" || c.Given != "Dwight" || c.Former || c.PhotoHref() != "" {
			t.Errorf("card %+v", c)
		}
		if c := card(r.ctx, former.ID); c.Name != "Voormalig lid" || !c.Former {
			t.Errorf("former member's card %+v", c)
		}
		english := plein.WithActor(r.ctx, plein.Actor{ID: p.ID, Lang: "en"})
		if c := card(english, former.ID); c.Name != "Former member" {
			t.Errorf("former member's card in English %+v", c)
		}
		r.must(r.Rename(r.ctx, r.admin, p.ID, "Dwight de Nahar"))
		r.must(r.RenameUnit(r.ctx, r.admin, b3.ID, "Interne geneeskunde B3"))
		r.must(r.SetPhoto(r.ctx, plein.Actor{ID: p.ID}, p.ID, "photos/one.jpg"))
		c := card(r.ctx, p.ID)
		if c.Name != "Dwight de Nahar" || c.UnitName != "Interne geneeskunde B3" || !strings.HasPrefix(c.PhotoHref(), "/people/"+p.ID.String()+"/photo?v=") {
			t.Errorf("the card did not follow: %+v", c)
		}
		r.refuses(r.Rename(r.ctx, r.admin, former.ID, "Bekend"), "people.error.former")
	})
}

func TestAnotherNodeIsHeard(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		p := r.add(people.NewPerson{Name: "Wilma Geurts"})
		other := people.New(people.Deps{DB: r.db, Changes: r.log, Clock: r.clock, Grants: r.grants})
		stop, err := r.log.Tail(r.ctx, other.Hear)
		r.must(err)
		defer stop()
		if got, err := other.Find(r.ctx, p.ID); err != nil || got.Name != "Wilma Geurts" {
			t.Fatalf("%+v, %v", got, err)
		}
		r.must(r.Close(r.ctx, r.admin, p.ID))
		testkit.Eventually(t, "the other node lets go", func() bool {
			_, err := other.Actor(r.ctx, p.ID)
			return errors.Is(err, plein.ErrNotFound)
		})
		u := r.unit("Nieuw", 0)
		testkit.Eventually(t, "the other node sees the department", func() bool {
			tree, err := other.Units(r.ctx)
			r.must(err)
			_, ok := tree.Unit(u.ID)
			return ok
		})
	})
}

func TestTheOrganisationChoosesForWhoChoseNothing(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		none := r.add(people.NewPerson{Name: "Samira Bouali"})
		own := r.add(people.NewPerson{Name: "Naomi Sarfo", Lang: "nl", Zone: "Europe/Amsterdam"})
		london, err := time.LoadLocation("Europe/London")
		r.must(err)
		r.Service.Chosen = func(context.Context) (string, *time.Location) { return "en", london }
		if a, err := r.Actor(r.ctx, none.ID); err != nil || a.Lang != "en" || a.Zone != london {
			t.Errorf("chose nothing: %+v, %v", a, err)
		}
		if a, err := r.Actor(r.ctx, own.ID); err != nil || a.Lang != "nl" || a.Zone.String() != "Europe/Amsterdam" {
			t.Errorf("chose themselves: %+v, %v", a, err)
		}
		r.Service.Chosen = func(context.Context) (string, *time.Location) { return "", nil }
		if a, err := r.Actor(r.ctx, none.ID); err != nil || a.Lang != "nl" || a.Zone.String() != "Europe/Amsterdam" {
			t.Errorf("nobody chose: %+v, %v", a, err)
		}
	})
}

func TestActorIsGoneAtOnce(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		keep := r.add(people.NewPerson{Name: "Altijd Beheerder", Roles: []plein.Role{plein.RoleTechnicalAdmin}})
		p := r.add(people.NewPerson{Name: "Naomi Sarfo", Lang: "en", Zone: "America/New_York", Roles: []plein.Role{plein.RoleCommunityManager}})
		bot := r.add(people.NewPerson{Name: "Storingen", Bot: true, Owner: p.ID})
		a, err := r.Actor(r.ctx, p.ID)
		r.must(err)
		if !a.Can(plein.Moderate) || !a.Can(plein.PostOrg) || a.Lang != "en" || a.Zone.String() != "America/New_York" || a.GivenName != "Naomi" {
			t.Errorf("actor %+v", a)
		}
		if a, err = r.Actor(r.ctx, bot.ID); err != nil || a.Caps != 0 || a.Lang != "nl" || a.Zone.String() != "Europe/Amsterdam" {
			t.Errorf("bot %+v, %v", a, err)
		}
		r.must(r.SetRoles(r.ctx, r.admin, p.ID, nil))
		if a, err = r.Actor(r.ctx, p.ID); err != nil || a.Can(plein.Moderate) || !a.Can(plein.PostOrg) {
			t.Errorf("a role that was taken is still there: %+v, %v", a, err)
		}
		r.must(r.Close(r.ctx, r.admin, p.ID))
		for _, id := range []plein.ID{p.ID, bot.ID} {
			if _, err := r.Actor(r.ctx, id); !errors.Is(err, plein.ErrNotFound) {
				t.Errorf("a closed person or their bot still acts: %v", err)
			}
		}
		r.holds(p.ID)
		if len(r.closed) != 1 || r.closed[0] != p.ID {
			t.Errorf("sessions ended for %v", r.closed)
		}
		r.must(r.Reopen(r.ctx, r.admin, p.ID))
		if _, err := r.Actor(r.ctx, bot.ID); err != nil {
			t.Error(err)
		}
		r.holds(p.ID, p.ID)
		r.refuses(r.Close(r.ctx, r.admin, keep.ID), "people.error.last_admin")
		r.refuses(r.SetRoles(r.ctx, r.admin, keep.ID, nil), "people.error.last_admin")
	})
}

func TestNobodyGivesWhatTheyLack(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		admin := r.add(people.NewPerson{Name: "Erik Postma", Roles: []plein.Role{plein.RoleTechnicalAdmin}})
		p := r.add(people.NewPerson{Name: "Koen Aarts"})
		actor, err := r.Actor(r.ctx, admin.ID)
		r.must(err)
		r.must(r.SetRoles(r.ctx, actor, p.ID, []plein.Role{plein.RoleTechnicalAdmin}))
		r.refuses(r.SetRoles(r.ctx, actor, p.ID, []plein.Role{plein.RoleTechnicalAdmin, plein.RoleCommunityManager}), "error.denied")
		r.must(r.SetRoles(r.ctx, people.House(), p.ID, []plein.Role{plein.RoleAuditor}))
		r.refuses(r.SetRoles(r.ctx, actor, p.ID, nil), "error.denied") // taking away is the same power
		r.refuses(r.SetRoles(r.ctx, people.House(), p.ID, []plein.Role{"god"}), "people.error.role")
		r.refuses(r.SetRoles(r.ctx, people.House(), p.ID, []plein.Role{plein.RoleGuest}), "people.error.role")
		member, err := r.Actor(r.ctx, r.add(people.NewPerson{Name: "Gewoon Lid"}).ID)
		r.must(err)
		for name, err := range map[string]error{
			"roles":   r.SetRoles(r.ctx, member, p.ID, nil),
			"close":   r.Close(r.ctx, member, p.ID),
			"reopen":  r.Reopen(r.ctx, member, p.ID),
			"unit":    r.SetUnit(r.ctx, member, p.ID, 0),
			"manager": r.SetManager(r.ctx, member, p.ID, member.ID),
			"name":    r.Rename(r.ctx, member, member.ID, "Directeur"),
			"email":   r.ChangeEmail(r.ctx, member, member.ID, "a@b.example"),
			"photo":   r.SetPhoto(r.ctx, member, p.ID, "x"),
			"profile": r.ChangeProfile(r.ctx, member, p.ID, people.Profile{Given: "x"}),
			"rename":  r.RenameUnit(r.ctx, member, 1, "x"),
			"head":    r.SetHead(r.ctx, member, 1, member.ID),
			"move":    r.MoveUnit(r.ctx, member, 1, 2),
		} {
			if !errors.Is(err, plein.ErrDenied) {
				t.Errorf("%s: an ordinary member got %v", name, err)
			}
		}
		if _, err := r.AddUnit(r.ctx, plein.Actor{}, people.NewUnit{Name: "x"}); !errors.Is(err, plein.ErrDenied) {
			t.Errorf("nobody added a department: %v", err)
		}
		if err := r.ChangeProfile(r.ctx, plein.Actor{}, 0, people.Profile{Given: "x"}); !errors.Is(err, plein.ErrNotFound) {
			t.Errorf("nobody changed nobody: %v", err)
		}
		if got := people.Grantable(actor); !slices.Contains(got, plein.RoleTechnicalAdmin) || slices.Contains(got, plein.RoleCommunityManager) {
			t.Errorf("grantable: %v", got)
		}
	})
}

func TestGuestsHaveAnEnd(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		sponsor, err := r.Actor(r.ctx, r.add(people.NewPerson{Name: "Farida Amrani"}).ID)
		r.must(err)
		guest, err := r.Invite(r.ctx, sponsor, people.NewGuest{Name: "Pim Gast", Email: "pim@elders.example", Employer: "Elders BV", Until: start.Add(48 * time.Hour)})
		r.must(err)
		if guest.Sponsor != sponsor.ID || guest.Layer != 0 || len(guest.Roles) != 1 || guest.Employer != "Elders BV" {
			t.Errorf("guest %+v", guest)
		}
		r.holds(guest.ID, guest.ID)
		a, err := r.Actor(r.ctx, guest.ID)
		r.must(err)
		if !a.Guest || a.Caps != 0 || !a.Until.Equal(start.Add(48*time.Hour)) {
			t.Errorf("guest acts as %+v", a)
		}
		_, err = r.Invite(r.ctx, a, people.NewGuest{Name: "Nog Een", Email: "x@y.example", Until: start.Add(time.Hour)})
		r.refuses(err, "error.denied")
		for _, until := range []time.Time{{}, start, start.AddDate(2, 0, 0)} {
			_, err := r.Invite(r.ctx, sponsor, people.NewGuest{Name: "Nog Een", Email: "x@y.example", Until: until})
			r.refuses(err, "people.error.guest_until")
		}
		u := r.unit("Afdeling", 0)
		r.refuses(r.SetUnit(r.ctx, r.admin, guest.ID, u.ID), "people.error.guest_standing")
		r.refuses(r.SetManager(r.ctx, r.admin, guest.ID, sponsor.ID), "people.error.guest_standing")
		r.refuses(r.SetRoles(r.ctx, r.admin, guest.ID, []plein.Role{plein.RoleAuditor}), "people.error.guest_standing")
		if found, err := r.Called(r.ctx, a, "Farida Amrani"); err != nil || len(found) != 0 {
			t.Errorf("a guest finds colleagues by name: %v, %v", found, err)
		}
		if found, err := r.Called(r.ctx, sponsor, "pim  GAST"); err != nil || len(found) != 1 || found[0].ID != guest.ID {
			t.Errorf("a colleague finds %v, %v", found, err)
		}
		if found, err := r.Called(r.ctx, a, "pim.gast"); err != nil || len(found) != 1 {
			t.Errorf("a guest does not find themselves: %v, %v", found, err)
		}

		r.clock.Set(start.Add(48*time.Hour - time.Second))
		if n, err := r.CloseExpired(r.ctx); n != 0 || err != nil {
			t.Errorf("closed %d too early, %v", n, err)
		}
		_, err = r.Actor(r.ctx, guest.ID)
		r.must(err)
		r.clock.Set(start.Add(48 * time.Hour))
		if _, err := r.Actor(r.ctx, guest.ID); !errors.Is(err, plein.ErrNotFound) {
			t.Errorf("a guest acts past the end: %v", err)
		}
		if n, err := r.CloseExpired(r.ctx); n != 1 || err != nil {
			t.Errorf("closed %d, %v", n, err)
		}
		r.holds(guest.ID)
		r.refuses(r.Reopen(r.ctx, r.admin, guest.ID), "people.error.guest_until")
		r.must(r.ExtendGuest(r.ctx, sponsor, guest.ID, start.Add(100*time.Hour)))
		r.must(r.Reopen(r.ctx, r.admin, guest.ID))
		r.holds(guest.ID, guest.ID)
		stranger, err := r.Actor(r.ctx, r.add(people.NewPerson{Name: "Ander Lid"}).ID)
		r.must(err)
		r.refuses(r.ExtendGuest(r.ctx, stranger, guest.ID, start.Add(100*time.Hour)), "error.denied")
	})
}

// TestTreesAgree moves people, managers and departments at random and compares
// what the room keeps with what a naive look at the pointers says.
func TestTreesAgree(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		random := rand.New(rand.NewPCG(1, 2))
		var units, persons []plein.ID
		parent, manager, unitOf := map[plein.ID]plein.ID{}, map[plein.ID]plein.ID{}, map[plein.ID]plein.ID{}
		closed := map[plein.ID]bool{}
		pick := func(xs []plein.ID) plein.ID {
			if len(xs) == 0 || random.IntN(6) == 0 {
				return 0
			}
			return xs[random.IntN(len(xs))]
		}
		line := func(of map[plein.ID]plein.ID, id plein.ID) (out []plein.ID) {
			for ; id != 0; id = of[id] {
				out = append(out, id)
			}
			return out
		}
		refused := 0
		for step := range 400 {
			switch act := random.IntN(8); {
			case act == 0 && len(units) < 25:
				p := pick(units)
				u := r.unit(fmt.Sprintf("Afdeling %d", step%7), p)
				units, parent[u.ID] = append(units, u.ID), p
			case act == 1 && len(persons) < 60:
				m, u := pick(persons), pick(units)
				if closed[m] {
					m = 0
				}
				p := r.add(people.NewPerson{Name: fmt.Sprintf("Mens %d", step%9), Manager: m, Unit: u})
				persons, manager[p.ID], unitOf[p.ID] = append(persons, p.ID), m, u
			case act <= 3 && len(persons) > 0:
				p, m := persons[random.IntN(len(persons))], pick(persons)
				err := r.SetManager(r.ctx, r.admin, p, m)
				switch {
				case closed[m] && manager[p] != m:
					r.refuses(err, "people.error.manager_gone")
				case slices.Contains(line(manager, m), p):
					refused++
					r.refuses(err, "people.error.manager_cycle")
				default:
					r.must(err)
					manager[p] = m
				}
			case act == 4 && len(persons) > 0:
				p, u := persons[random.IntN(len(persons))], pick(units)
				r.must(r.SetUnit(r.ctx, r.admin, p, u))
				unitOf[p] = u
			case act <= 6 && len(units) > 0:
				u, to := units[random.IntN(len(units))], pick(units)
				err := r.MoveUnit(r.ctx, r.admin, u, to)
				if slices.Contains(line(parent, to), u) {
					refused++
					r.refuses(err, "people.error.unit_cycle")
				} else {
					r.must(err)
					parent[u] = to
				}
			case len(persons) > 0:
				p := persons[random.IntN(len(persons))]
				if closed[p] {
					r.must(r.Reopen(r.ctx, r.admin, p))
				} else {
					r.must(r.Close(r.ctx, r.admin, p))
				}
				closed[p] = !closed[p]
			}
			if step%20 != 19 {
				continue
			}
			tree, err := r.Units(r.ctx)
			r.must(err)
			for _, u := range units {
				if got, want := tree.Above(u), line(parent, u); !slices.Equal(got, want) {
					t.Fatalf("above %d: %v, want %v", u, got, want)
				}
				var below []plein.ID
				for _, other := range units {
					if slices.Contains(line(parent, other), u) {
						below = append(below, other)
					}
				}
				got := slices.Sorted(slices.Values(tree.Below(u)))
				slices.Sort(below)
				if !slices.Equal(got, below) {
					t.Fatalf("below %d: %v, want %v", u, got, below)
				}
			}
			for _, p := range persons {
				got := r.find(p)
				if want := len(line(manager, p)); got.Layer != want || got.Manager != manager[p] {
					t.Fatalf("layer %d under %d, want %d under %d", got.Layer, got.Manager, want, manager[p])
				}
				if closed[p] {
					r.holds(p)
				} else {
					r.holds(p, append(line(parent, unitOf[p]), p)...)
				}
			}
			if t.Failed() {
				t.FailNow()
			}
		}
		if refused < 5 {
			t.Errorf("the walk met %d circles; it proves little", refused)
		}
	})
}

func TestAnOrganisationInOneTransaction(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		var n atomic.Int64
		stop, err := r.log.Tail(r.ctx, func(plein.Event) { n.Add(1) })
		r.must(err)
		began := time.Now()
		r.must(r.db.Tx(r.ctx, func(tx *db.Tx) error {
			top, err := r.AddUnitTx(r.ctx, tx, people.NewUnit{Name: "Lingeziekenhuis"})
			if err != nil {
				return err
			}
			var boss people.Person
			for i := range 1200 {
				if i%60 == 0 {
					u, err := r.AddUnitTx(r.ctx, tx, people.NewUnit{Name: fmt.Sprintf("Afdeling %d", i/60), Parent: top.ID})
					if err != nil {
						return err
					}
					if boss, err = r.AddTx(r.ctx, tx, people.NewPerson{Name: "Hoofd", Unit: u.ID}); err != nil {
						return err
					}
				}
				if _, err := r.AddTx(r.ctx, tx, people.NewPerson{Name: fmt.Sprintf("Mens Nummer%d", i%300), Unit: boss.Unit,
					Manager: boss.ID, Email: fmt.Sprintf("m%d@linge.example", i)}); err != nil {
					return err
				}
			}
			return nil
		}))
		t.Logf("1,220 people in %v", time.Since(began))
		testkit.Eventually(t, "every person and department told", func() bool { return n.Load() == 1241 })
		stop()
		seen, after := map[plein.ID]bool{}, ""
		for pages := 0; ; pages++ {
			page, err := r.Directory(r.ctx, people.DirectoryQuery{Limit: 100, After: after})
			r.must(err)
			for _, p := range page.People {
				if seen[p.ID] {
					t.Fatal("somebody is on two pages")
				}
				seen[p.ID] = true
			}
			if after = page.Next; after == "" {
				break
			}
		}
		if len(seen) != 1220 {
			t.Errorf("the directory shows %d of 1220", len(seen))
		}
	})
}
