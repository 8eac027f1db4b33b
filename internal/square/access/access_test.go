package access_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/plein"
	"plein/internal/square/access"
)

// house is access with names that a test gives.
type house struct {
	*access.Service
	t      *testing.T
	db     *db.DB
	clock  *clock.Manual
	names  map[plein.ID]string
	groups map[plein.ID]access.GroupName
}

var morning = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func newHouse(t *testing.T, d *db.DB) *house {
	h := &house{t: t, db: d, clock: clock.Fixed(morning), names: map[plein.ID]string{}, groups: map[plein.ID]access.GroupName{}}
	h.Service = h.node()
	return h
}

// node makes one more service on the same database: another process.
func (h *house) node() *access.Service {
	return access.New(access.Deps{DB: h.db, Clock: h.clock,
		UnitNames: func(_ context.Context, ids []plein.ID) (map[plein.ID]string, error) {
			return only(h.names, ids), nil
		},
		GroupNames: func(_ context.Context, ids []plein.ID) (map[plein.ID]access.GroupName, error) {
			return only(h.groups, ids), nil
		},
		PeopleCount: func(context.Context) (int, error) { return 1234, nil }})
}

func only[T any](all map[plein.ID]T, ids []plein.ID) map[plein.ID]T {
	out := maps.Clone(all)
	maps.DeleteFunc(out, func(id plein.ID, _ T) bool { return !slices.Contains(ids, id) })
	return out
}

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) { fn(t, newHouse(t, d)) }, access.Migrations())
}

func (h *house) tx(fn func(ctx context.Context, tx *db.Tx) error) {
	h.t.Helper()
	if err := h.db.Tx(h.t.Context(), func(tx *db.Tx) error { return fn(h.t.Context(), tx) }); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) audience(id plein.ID, kind plein.AudienceKind) {
	h.t.Helper()
	h.tx(func(ctx context.Context, tx *db.Tx) error {
		return h.Audience(ctx, tx, plein.Audience{ID: id, Kind: kind})
	})
}

func (h *house) grant(audience plein.ID, since time.Time, people ...plein.Actor) {
	h.t.Helper()
	h.tx(func(ctx context.Context, tx *db.Tx) (err error) {
		for _, p := range people {
			err = errors.Join(err, h.Grant(ctx, tx, audience, p.ID, since))
		}
		return err
	})
}

func (h *house) revoke(audience plein.ID, p plein.Actor) {
	h.t.Helper()
	h.tx(func(ctx context.Context, tx *db.Tx) error { return h.Revoke(ctx, tx, audience, p.ID) })
}

// sees asks both forms of the rule, which must agree.
func (h *house) sees(a plein.Actor, t access.Thing) bool {
	h.t.Helper()
	r, err := h.Reader(h.t.Context(), a)
	if err != nil {
		h.t.Fatal(err)
	}
	inGo, err := h.CanSee(h.t.Context(), r, t)
	if err != nil {
		h.t.Fatal(err)
	}
	inSQL, err := h.Reads(h.t.Context(), h.db.Read(), r, t)
	if err != nil {
		h.t.Fatal(err)
	}
	if inGo != inSQL {
		h.t.Errorf("person %d, audience %d, thread of %v: Go says %v, SQL says %v", a.ID, t.Audience, t.RootMade, inGo, inSQL)
	}
	return inGo && inSQL
}

var member = plein.CapabilitiesOf([]plein.Role{plein.RoleMember})

var (
	samira  = plein.Actor{ID: 101, Caps: member} // in everything
	joost   = plein.Actor{ID: 102, Caps: member} // in nothing
	nora    = plein.Actor{ID: 103, Guest: true}  // a guest, invited where guests can be
	piet    = plein.Actor{ID: 104, Guest: true}  // a guest, invited nowhere
	ranking = plein.Actor{ID: 105, Caps: plein.CapabilitiesOf(plein.Roles()[2:])}
	nobody  = plein.Actor{}
)

const (
	unit plein.ID = 201 + iota
	open
	closed
	secret
	archived
	strange // no such audience
)

// square makes one audience of every kind, with samira in each of them and nora
// in those that take guests.
func (h *house) square() (direct, composite plein.ID) {
	h.t.Helper()
	h.groups = map[plein.ID]access.GroupName{open: {Name: "Fietsers", Tile: 3}, closed: {Name: "Werkdruk", Tile: 4},
		secret: {Name: "Fusie", Tile: 5}, archived: {Name: "Lustrum", Archived: true}}
	h.names = map[plein.ID]string{unit: "Interne geneeskunde"}
	for id, kind := range map[plein.ID]plein.AudienceKind{unit: plein.Unit, open: plein.Open, closed: plein.Closed,
		secret: plein.Secret, archived: plein.Open, samira.ID: plein.Self, joost.ID: plein.Self, nora.ID: plein.Self} {
		h.audience(id, kind)
	}
	for _, id := range []plein.ID{unit, open, closed, secret, archived, samira.ID} {
		h.grant(id, time.Time{}, samira)
	}
	for _, id := range []plein.ID{open, closed, secret, nora.ID} {
		h.grant(id, time.Time{}, nora)
	}
	h.grant(joost.ID, time.Time{}, joost)
	h.tx(func(ctx context.Context, tx *db.Tx) error {
		d, _, err := h.Direct(ctx, tx, []plein.ID{samira.ID, nora.ID})
		if err != nil {
			return err
		}
		c, err := h.Composite(ctx, tx, []plein.ID{unit, closed})
		direct, composite = d.ID, c.ID
		return err
	})
	return direct, composite
}

// The table of TRUST section 1: who reads what.
func TestWhoReadsWhichAudience(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		direct, composite := h.square()
		for _, row := range []struct {
			audience plein.ID
			what     string
			readers  []plein.Actor
		}{
			{plein.OrgAudience, "the organisation", []plein.Actor{samira, joost, ranking}},
			{unit, "a department", []plein.Actor{samira}},
			{open, "an open group", []plein.Actor{samira, joost, ranking, nora}},
			{closed, "a closed group", []plein.Actor{samira, nora}},
			{secret, "a secret group", []plein.Actor{samira, nora}},
			{direct, "a conversation", []plein.Actor{samira, nora}},
			{composite, "a department and a closed group", []plein.Actor{samira, nora}},
			{samira.ID, "what is one's own", []plein.Actor{samira}},
			{strange, "nothing", nil},
		} {
			for _, a := range []plein.Actor{samira, joost, nora, piet, ranking, nobody} {
				want := slices.ContainsFunc(row.readers, func(r plein.Actor) bool { return r.ID == a.ID })
				if got := h.sees(a, access.Thing{Audience: row.audience, RootMade: morning}); got != want {
					t.Errorf("%s, person %d: %v, want %v", row.what, a.ID, got, want)
				}
			}
		}
	})
}

func TestWhoWritesAndAnswersWhere(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		direct, composite := h.square()
		no := plein.Actor{ID: 106} // of the organisation, may not write to all of it
		const (
			yes    = ""
			hidden = "error.not_found"
			denied = "error.denied"
			join   = "access.members_only"
			shut   = "access.archived"
		)
		for _, row := range []struct {
			audience      plein.ID
			who           plein.Actor
			write, answer string
		}{
			{plein.OrgAudience, samira, yes, yes}, {plein.OrgAudience, no, denied, yes}, {plein.OrgAudience, nora, hidden, hidden},
			{unit, samira, yes, yes}, {unit, joost, hidden, hidden}, {unit, ranking, hidden, hidden}, {unit, nora, hidden, hidden},
			{open, samira, yes, yes}, {open, joost, join, yes}, {open, nora, yes, yes}, {open, piet, hidden, hidden},
			{closed, samira, yes, yes}, {closed, joost, hidden, hidden}, {closed, nora, yes, yes}, {closed, ranking, hidden, hidden},
			{secret, samira, yes, yes}, {secret, joost, hidden, hidden}, {secret, ranking, hidden, hidden},
			{archived, samira, shut, shut}, {archived, joost, shut, shut}, {archived, piet, hidden, hidden},
			{direct, samira, yes, yes}, {direct, nora, yes, yes}, {direct, joost, hidden, hidden},
			{composite, samira, yes, yes}, {composite, nora, hidden, yes}, {composite, joost, hidden, hidden},
			{samira.ID, samira, yes, yes}, {samira.ID, joost, hidden, hidden},
			{strange, samira, hidden, hidden}, {plein.OrgAudience, nobody, hidden, hidden}, {open, nobody, hidden, hidden},
		} {
			for what, pair := range map[string][2]any{
				"write":  {h.CanWrite(t.Context(), row.who, row.audience), row.write},
				"answer": {h.CanReply(t.Context(), row.who, row.audience), row.answer},
			} {
				got := yes
				if err, _ := pair[0].(error); err != nil {
					got = plein.AsError(err).Key
				}
				if got != pair[1] {
					t.Errorf("audience %d, person %d, %s: %q, want %q", row.audience, row.who.ID, what, got, pair[1])
				}
			}
		}
		if err := h.CanWrite(t.Context(), joost, secret); !errors.Is(err, h.CanWrite(t.Context(), joost, strange)) {
			t.Errorf("a secret group answers %v, nothing answers otherwise", err)
		}
	})
}

// P6: who comes back sees what began since, and nothing of what began before: not
// the thread, not its new replies.
func TestHistoryFromJoining(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.square()
		at := func(d time.Duration) access.Thing { return access.Thing{Audience: closed, RootMade: morning.Add(d)} }
		h.grant(closed, morning.Add(time.Hour), joost)
		for d, want := range map[time.Duration]bool{-time.Hour: false, 0: false, time.Hour - time.Microsecond: false,
			time.Hour: true, 2 * time.Hour: true} {
			if got := h.sees(joost, at(d)); got != want {
				t.Errorf("joined after an hour, thread begun after %v: %v", d, got)
			}
		}
		h.revoke(closed, joost)
		if h.sees(joost, at(2*time.Hour)) {
			t.Error("sees a thread after leaving")
		}
		h.grant(closed, morning.Add(3*time.Hour), joost)
		if h.sees(joost, at(2*time.Hour)) || !h.sees(joost, at(3*time.Hour)) {
			t.Error("coming back must begin where one came back")
		}
		if !h.sees(samira, at(-time.Hour)) {
			t.Error("who was always there sees all")
		}
	})
}

func TestChoicesAndLabels(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		direct, _ := h.square()
		const ward plein.ID = 211
		h.names[ward] = "Interne B3"
		h.audience(ward, plein.Unit)
		h.grant(ward, time.Time{}, samira)
		h.grant(unit, time.Time{}, samira, plein.Actor{ID: 107}, plein.Actor{ID: 108})
		who := samira
		who.Unit = ward
		show := func(a plein.Actor) (out []string) {
			choices, err := h.Choices(t.Context(), a)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range choices {
				line := fmt.Sprintf("%s %s %d", c.Audience.Kind, c.Name, c.Readers)
				if c.Default {
					line += " default"
				}
				out = append(out, line)
			}
			return out
		}
		want := []string{"org  1234", "unit Interne B3 1 default", "unit Interne geneeskunde 3",
			"open Fietsers 2", "secret Fusie 2", "closed Werkdruk 2"}
		if got := show(who); !slices.Equal(got, want) {
			t.Errorf("choices\n%q, want\n%q", got, want)
		}
		if got, want := show(nora), []string{"open Fietsers 2", "secret Fusie 2", "closed Werkdruk 2 default"}; !slices.Equal(got, want) {
			t.Errorf("a guest's choices %q, want %q", got, want)
		}
		if got := show(piet); len(got) != 0 {
			t.Errorf("a guest without a group may choose %q", got)
		}
		if got := show(plein.Actor{ID: 106}); len(got) != 0 {
			t.Errorf("who may not write to all may choose %q", got)
		}
		labels, err := h.Labels(t.Context(), []plein.ID{open, unit, open, direct, plein.OrgAudience})
		if err != nil || len(labels) != 4 {
			t.Fatalf("%v %v", labels, err)
		}
		if l := labels[open]; l.Name != "Fietsers" || l.Tile != 3 || l.Audience != (plein.Audience{ID: open, Kind: plein.Open}) {
			t.Errorf("label of an open group %+v", l)
		}
		if l := labels[unit]; l.Name != "Interne geneeskunde" || l.Audience.Kind != plein.Unit {
			t.Errorf("label of a department %+v", l)
		}
		if l := labels[direct]; l.Name != "" || l.Audience.Kind != plein.Direct {
			t.Errorf("label of a conversation %+v", l)
		}
	})
}

func TestOneSetIsOneAudience(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.square()
		rng := rand.New(rand.NewPCG(1, 2))
		seen := map[string]plein.ID{}
		ids := map[plein.ID]string{}
		direct := func(people []plein.ID) (a plein.Audience, err error) {
			err = h.db.Tx(t.Context(), func(tx *db.Tx) error {
				a, _, err = h.Direct(t.Context(), tx, people)
				return err
			})
			return a, err
		}
		for range 120 {
			var people []plein.ID
			for range 1 + rng.IntN(5) {
				people = append(people, plein.ID(rng.IntN(6))) // 0 is nobody
			}
			set := map[plein.ID]bool{}
			for _, p := range people {
				set[p] = p != 0
			}
			maps.DeleteFunc(set, func(_ plein.ID, in bool) bool { return !in })
			key := fmt.Sprint(slices.Sorted(maps.Keys(set)))
			a, err := direct(people)
			if len(set) < 2 {
				if plein.KindOf(err) != plein.Invalid {
					t.Fatalf("%v: %v", people, err)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if was, known := seen[key]; known && was != a.ID {
				t.Errorf("%v is another audience than %s was", people, key)
			}
			if was, known := ids[a.ID]; known && was != key {
				t.Errorf("%s and %s share an audience", was, key)
			}
			seen[key], ids[a.ID] = a.ID, key
			holders, err := h.Holders(t.Context(), a.ID)
			if err != nil || fmt.Sprint(holders) != key {
				t.Errorf("%s is held by %v (%v)", key, holders, err)
			}
		}
		var wg sync.WaitGroup
		found := make([]plein.ID, 16)
		for i := range found { // at once, in any order
			wg.Go(func() {
				people := []plein.ID{31, 32, 33}
				rand.Shuffle(3, func(a, b int) { people[a], people[b] = people[b], people[a] })
				a, err := direct(people)
				if err != nil {
					t.Error(err)
				}
				found[i] = a.ID
			})
		}
		wg.Wait()
		if slices.Sort(found); found[0] == 0 || len(slices.Compact(found)) != 1 {
			t.Error("one set asked for at once became several audiences")
		}
		four, err := direct([]plein.ID{31, 32, 33, 34})
		if err != nil || four.ID == found[0] {
			t.Errorf("adding somebody must begin another conversation: %v %v", four, err)
		}
		if h.sees(plein.Actor{ID: 34}, access.Thing{Audience: found[0], RootMade: morning}) {
			t.Error("who was added reads what was said before")
		}
	})
}

func TestComposites(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		direct, both := h.square()
		composite := func(parts ...plein.ID) (a plein.Audience, err error) {
			err = h.db.Tx(t.Context(), func(tx *db.Tx) error {
				a, err = h.Composite(t.Context(), tx, parts)
				return err
			})
			return a, err
		}
		if a, err := composite(closed, unit, closed); err != nil || a.ID != both {
			t.Errorf("the same parts: %v %v, want %d", a, err, both)
		}
		for _, parts := range [][]plein.ID{{unit}, {unit, unit}, nil, {unit, 0}, {unit, strange}, {unit, samira.ID}, {unit, direct}, {unit, both}} {
			if a, err := composite(parts...); plein.KindOf(err) != plein.Invalid {
				t.Errorf("%v became %v (%v)", parts, a, err)
			}
		}
		thing := access.Thing{Audience: both, RootMade: morning}
		r, err := h.Reader(t.Context(), samira)
		if err != nil || !slices.Contains(r.Feed(), both) {
			t.Errorf("a composite is part of the feed of who reads a part: %v %v", r.Feed(), err)
		}
		if !h.sees(nora, thing) || h.sees(joost, thing) {
			t.Error("any part will do, none will not")
		}
		h.tx(func(ctx context.Context, tx *db.Tx) error { return h.Withdraw(ctx, tx, both, closed) })
		if h.sees(nora, thing) || !h.sees(samira, thing) {
			t.Error("a part that was taken out still opens it")
		}
	})
}

// A right that was lost is gone at the next question (P5, P22), however many are
// reading meanwhile, and whatever a cache elsewhere believes.
func TestNothingIsReadBehindARevocation(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.square()
		thing := access.Thing{Audience: secret, RootMade: morning}
		reading := func(act func()) { // while others read
			var wg sync.WaitGroup
			for range 3 {
				wg.Go(func() {
					for range 20 {
						if _, err := h.Reader(t.Context(), joost); err != nil {
							t.Error(err)
						}
					}
				})
			}
			act()
			wg.Wait()
		}
		for range 25 {
			reading(func() { h.grant(secret, time.Time{}, joost) })
			if !h.sees(joost, thing) {
				t.Fatal("a right that was given is not there")
			}
			reading(func() { h.revoke(secret, joost) })
			if h.sees(joost, thing) {
				t.Fatal("a right that was taken is still there")
			}
		}
		thing.Audience = open
		if !h.sees(joost, thing) {
			t.Fatal("an open group is not open")
		}
		h.audience(open, plein.Closed) // narrowing acts at once (P7)
		if h.sees(joost, thing) {
			t.Error("a group that was closed is still read by all")
		}
	})
}

func TestAnotherNodeHears(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.square()
		other := h.node()
		asks := func(a plein.Actor, id plein.ID) (inGo, inSQL bool) {
			r, err := other.Reader(t.Context(), a)
			if err != nil {
				t.Fatal(err)
			}
			thing := access.Thing{Audience: id, RootMade: morning}
			if inGo, err = other.CanSee(t.Context(), r, thing); err != nil {
				t.Fatal(err)
			}
			if inSQL, err = other.Reads(t.Context(), h.db.Read(), r, thing); err != nil {
				t.Fatal(err)
			}
			return inGo, inSQL
		}
		member := plein.Ref{Kind: "person", ID: samira.ID}
		for _, c := range []struct {
			what   string
			reader plein.Actor
			of     plein.ID
			act    func(ctx context.Context, tx *db.Tx) error
			event  plein.Event
		}{
			{"leaving a group", samira, secret, func(ctx context.Context, tx *db.Tx) error { return h.Revoke(ctx, tx, secret, samira.ID) },
				plein.Event{Name: "groups.member.left", Object: plein.Ref{Kind: "group", ID: secret}, Target: member}},
			{"an open group becoming closed", joost, open, func(ctx context.Context, tx *db.Tx) error {
				return h.Audience(ctx, tx, plein.Audience{ID: open, Kind: plein.Closed})
			}, plein.Event{Name: "groups.group.changed", Object: plein.Ref{Kind: "group", ID: open}}},
			{"an account that is closed", samira, unit, func(ctx context.Context, tx *db.Tx) error { return h.RevokeAll(ctx, tx, samira.ID) },
				plein.Event{Name: "people.person.closed", Object: member}},
		} {
			if inGo, inSQL := asks(c.reader, c.of); !inGo || !inSQL {
				t.Fatalf("before %s: %v %v", c.what, inGo, inSQL)
			}
			h.tx(c.act)
			if _, inSQL := asks(c.reader, c.of); inSQL {
				t.Errorf("%s: a query reads with what a cache believes", c.what)
			}
			other.Hear(c.event)
			if inGo, _ := asks(c.reader, c.of); inGo {
				t.Errorf("%s was told and the other node still reads", c.what)
			}
		}
	})
}
