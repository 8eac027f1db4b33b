package groups_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"plein/internal/platform/bus"
	"plein/internal/platform/changes"
	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/plein"
	"plein/internal/square/groups"
	"plein/internal/square/people"
)

// grants writes down what groups hands to access, once it is durable.
type grants struct {
	mu       sync.Mutex
	kinds    map[plein.ID]plein.AudienceKind
	held     map[[2]plein.ID]time.Time
	narrowed int
}

func (g *grants) Audience(_ context.Context, tx *db.Tx, a plein.Audience) error {
	g.later(tx, func() { g.kinds[a.ID] = a.Kind; g.narrowed++ })
	return nil
}

func (g *grants) Grant(_ context.Context, tx *db.Tx, audience, person plein.ID, since time.Time) error {
	g.later(tx, func() { g.held[[2]plein.ID{audience, person}] = since })
	return nil
}

func (g *grants) Revoke(_ context.Context, tx *db.Tx, audience, person plein.ID) error {
	g.later(tx, func() { delete(g.held, [2]plein.ID{audience, person}) })
	return nil
}

func (g *grants) later(tx *db.Tx, fn func()) {
	tx.AfterCommit(func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		fn()
	})
}

func (g *grants) holds(audience, person plein.ID) (time.Time, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	since, ok := g.held[[2]plein.ID{audience, person}]
	return since, ok
}

// folk is everybody there is.
type folk map[plein.ID]people.Person

func (f folk) FindMany(_ context.Context, ids []plein.ID) (out []people.Person, err error) {
	for _, id := range ids {
		if p, ok := f[id]; ok {
			out = append(out, p)
		}
	}
	return out, nil
}

// square is a small organisation in which groups live.
type square struct {
	t      *testing.T
	db     *db.DB
	groups *groups.Service
	grants *grants
	folk   folk
	clock  *clock.Manual
}

var (
	samira = colleague(101)
	joost  = colleague(102)
	marit  = colleague(103)
	femke  = colleague(104)
	cm     = plein.Actor{ID: 105, Caps: plein.CapabilitiesOf([]plein.Role{plein.RoleMember, plein.RoleCommunityManager})}
	guest  = plein.Actor{ID: 106, Guest: true}
)

func colleague(id plein.ID) plein.Actor {
	return plein.Actor{ID: id, Caps: plein.CapabilitiesOf([]plein.Role{plein.RoleMember})}
}

func newSquare(t *testing.T, d *db.DB) *square {
	t.Helper()
	b, err := bus.Open(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	c := clock.Fixed(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	s := &square{t: t, db: d, clock: c, folk: folk{},
		grants: &grants{kinds: map[plein.ID]plein.AudienceKind{}, held: map[[2]plein.ID]time.Time{}}}
	for i, a := range []plein.Actor{samira, joost, marit, femke, cm, guest} {
		name := []string{"Samira Bouali", "Joost van der Veen", "Marit Prins", "Femke Baas", "Elif Kaya", "Nora Gast"}[i]
		s.folk[a.ID] = people.Person{ID: a.ID, Name: name, State: people.Active, Guest: a.Guest, GuestUntil: c.Now().AddDate(1, 0, 0)}
	}
	s.groups = groups.New(groups.Deps{DB: d, Changes: changes.New(d, b, c, slog.New(slog.DiscardHandler)),
		Clock: c, Grants: s.grants, People: s.folk})
	return s
}

func each(t *testing.T, fn func(t *testing.T, s *square)) {
	t.Helper()
	testkit.Each(t, func(t *testing.T, d *db.DB) { fn(t, newSquare(t, d)) }, changes.Migrations(), groups.Migrations())
}

func (s *square) start(owner plein.Actor, name string, kind plein.AudienceKind) groups.Group {
	s.t.Helper()
	g, err := s.groups.Start(context.Background(), owner, groups.NewGroup{Name: name, Purpose: "Waarvoor", Kind: kind})
	if err != nil {
		s.t.Fatal(err)
	}
	return g
}

func (s *square) role(g plein.ID, a plein.Actor) groups.Role {
	s.t.Helper()
	r, err := s.groups.RoleIn(context.Background(), g, a.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// told lists the names of the change log, in order.
func (s *square) told() []string {
	s.t.Helper()
	names, err := db.All(context.Background(), s.db.Read(), db.Value[string], "SELECT name FROM changes_log ORDER BY seq")
	if err != nil {
		s.t.Fatal(err)
	}
	return names
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, what string, err error, kind plein.ErrorKind) {
	t.Helper()
	if err == nil || plein.KindOf(err) != kind {
		t.Errorf("%s: got %v, want %s", what, err, kind)
	}
}

func show(v any, err error) string { return fmt.Sprintf("%+v, %v", v, err) }

func TestOpenGroup(t *testing.T) {
	each(t, func(t *testing.T, s *square) {
		ctx := context.Background()
		g := s.start(samira, "Vraag het ICT", plein.Open)
		found, err := s.groups.Find(ctx, joost, g.ID)
		must(t, err)
		if found != g {
			t.Errorf("what is found is not what was started:\n%+v\n%+v", found, g)
		}
		if s.grants.kinds[g.ID] != plein.Open {
			t.Error("access does not know the audience")
		}
		must(t, s.groups.Join(ctx, joost, g.ID))
		must(t, s.groups.Join(ctx, joost, g.ID))
		if since, ok := s.grants.holds(g.ID, joost.ID); !ok || !since.IsZero() {
			t.Errorf("the grant of a member who reads all: %v %v", since, ok)
		}
		refused(t, "asking where one can walk in", s.groups.Ask(ctx, marit, g.ID, ""), plein.Conflict)
		refused(t, "a guest walks in", s.groups.Join(ctx, guest, g.ID), plein.NotFound)
		must(t, s.groups.Leave(ctx, joost, g.ID))
		if _, ok := s.grants.holds(g.ID, joost.ID); ok {
			t.Error("whoever left still reads")
		}
		refused(t, "leaving twice", s.groups.Leave(ctx, joost, g.ID), plein.Conflict)
		want := []string{"groups.group.started", "groups.member.joined", "groups.member.joined", "groups.member.left"}
		if got := s.told(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("told %v", got)
		}
	})
}

func TestNames(t *testing.T) {
	each(t, func(t *testing.T, s *square) {
		ctx := context.Background()
		first := s.start(samira, "Samen fit", plein.Open)
		_, err := s.groups.Start(ctx, joost, groups.NewGroup{Name: "SAMEN  Fít", Kind: plein.Closed})
		refused(t, "a name that is taken", err, plein.Conflict)
		if plein.AsError(err).Field != "name" {
			t.Error("the conflict names no field")
		}
		hidden := s.start(joost, "Samen fit", plein.Secret)
		other := s.start(marit, "Het geheim", plein.Secret)
		s.start(marit, "Het geheim", plein.Secret)
		open := s.start(samira, "Het geheim", plein.Open) // says nothing about the secret ones
		_, err = s.groups.Change(ctx, samira, open.ID, groups.Changes{Name: "samen fit", Kind: plein.Open})
		refused(t, "renaming into a taken name", err, plein.Conflict)
		_, err = s.groups.Change(ctx, samira, first.ID, groups.Changes{Name: "Samen Fit", Kind: plein.Open})
		must(t, err) // its own name
		got, err := s.groups.Resolve(ctx, samira, []string{"samen FIT", "het-geheim", "bestaat niet"})
		must(t, err)
		if len(got) != 2 || got["samen FIT"].ID != first.ID || got["het-geheim"].ID != open.ID {
			t.Errorf("resolved %+v", got)
		}
		got, err = s.groups.Resolve(ctx, guest, []string{"samen fit"})
		must(t, err)
		if len(got) != 0 {
			t.Errorf("a guest resolved %+v", got)
		}
		names, err := s.groups.Names(ctx, []plein.ID{hidden.ID, other.ID, 5})
		must(t, err)
		if len(names) != 2 || names[hidden.ID].Name != "Samen fit" {
			t.Errorf("names %+v", names)
		}
	})
}

func TestClosedGroup(t *testing.T) {
	each(t, func(t *testing.T, s *square) {
		ctx := context.Background()
		g := s.start(samira, "Interne B3", plein.Closed)
		refused(t, "walking in", s.groups.Join(ctx, joost, g.ID), plein.Denied)
		must(t, s.groups.Ask(ctx, joost, g.ID, "Ik werk nu ook op B3"))
		must(t, s.groups.Ask(ctx, joost, g.ID, "nog eens"))
		l, err := s.groups.Look(ctx, joost, g.ID)
		must(t, err)
		if l.Sight != groups.Named || !l.Asked || !l.About || l.Members != 0 || len(l.Owners) != 1 {
			t.Errorf("an outsider looks: %+v", l)
		}
		_, err = s.groups.Members(ctx, joost, g.ID, groups.Page{})
		refused(t, "an outsider lists members", err, plein.Denied)
		_, err = s.groups.Requests(ctx, joost, g.ID)
		refused(t, "an outsider lists requests", err, plein.Denied)
		refused(t, "letting oneself in", s.groups.Accept(ctx, joost, g.ID, joost.ID), plein.Denied)
		refused(t, "an outsider lets in", s.groups.Accept(ctx, marit, g.ID, joost.ID), plein.Denied)
		rs, err := s.groups.Requests(ctx, samira, g.ID)
		must(t, err)
		if len(rs) != 1 || rs[0].Note != "Ik werk nu ook op B3" {
			t.Errorf("requests %+v", rs)
		}
		must(t, s.groups.Accept(ctx, samira, g.ID, joost.ID))
		refused(t, "accepting twice", s.groups.Accept(ctx, samira, g.ID, joost.ID), plein.Conflict)
		if s.role(g.ID, joost) != groups.Member {
			t.Error("who was let in is not in")
		}
		must(t, s.groups.Ask(ctx, marit, g.ID, ""))
		must(t, s.groups.Refuse(ctx, samira, g.ID, marit.ID))
		must(t, s.groups.Ask(ctx, marit, g.ID, ""))
		must(t, s.groups.Withdraw(ctx, marit, g.ID))
		refused(t, "accepting what was withdrawn", s.groups.Accept(ctx, samira, g.ID, marit.ID), plein.Conflict)
		page, err := s.groups.Members(ctx, joost, g.ID, groups.Page{Limit: 1})
		must(t, err)
		if len(page.Members) != 1 || page.Members[0].Role != groups.Owner || page.Next == "" {
			t.Errorf("first page %+v", page)
		}
		page, err = s.groups.Members(ctx, joost, g.ID, groups.Page{After: page.Next, Limit: 1})
		must(t, err)
		if len(page.Members) != 1 || page.Members[0].Person != joost.ID || page.Next != "" {
			t.Errorf("last page %+v", page)
		}
	})
}

func TestInvitations(t *testing.T) {
	each(t, func(t *testing.T, s *square) {
		ctx := context.Background()
		g := s.start(samira, "Het geheim", plein.Secret)
		must(t, s.groups.Invite(ctx, samira, g.ID, joost.ID))
		l, err := s.groups.Look(ctx, joost, g.ID)
		must(t, err)
		if l.Sight != groups.Named || !l.Invited || l.Name != "Het geheim" {
			t.Errorf("the invited look: %+v", l)
		}
		mine, err := s.groups.MyInvitations(ctx, joost)
		must(t, err)
		if len(mine) != 1 || mine[0].By != samira.ID {
			t.Errorf("my invitations %+v", mine)
		}
		must(t, s.groups.AcceptInvitation(ctx, joost, g.ID))
		refused(t, "a member of a secret group invites", s.groups.Invite(ctx, joost, g.ID, marit.ID), plein.Denied)
		must(t, s.groups.Remove(ctx, samira, g.ID, joost.ID))
		refused(t, "using the invitation after being removed (S14)", s.groups.AcceptInvitation(ctx, joost, g.ID), plein.NotFound)

		must(t, s.groups.Invite(ctx, samira, g.ID, marit.ID))
		must(t, s.groups.Uninvite(ctx, samira, g.ID, marit.ID))
		refused(t, "using an invitation taken back", s.groups.AcceptInvitation(ctx, marit, g.ID), plein.NotFound)

		must(t, s.groups.Invite(ctx, samira, g.ID, marit.ID))
		must(t, s.groups.AcceptInvitation(ctx, marit, g.ID))
		must(t, s.groups.SetRole(ctx, samira, g.ID, marit.ID, groups.Moderator))
		must(t, s.groups.Invite(ctx, marit, g.ID, femke.ID))
		must(t, s.groups.SetRole(ctx, samira, g.ID, marit.ID, groups.Member))
		refused(t, "using an invitation whose maker lost the right", s.groups.AcceptInvitation(ctx, femke, g.ID), plein.NotFound)

		refused(t, "inviting nobody", s.groups.Invite(ctx, samira, g.ID, 999), plein.Invalid)
		refused(t, "inviting a member", s.groups.Invite(ctx, samira, g.ID, marit.ID), plein.Conflict)
		must(t, s.groups.Invite(ctx, samira, g.ID, guest.ID))
		must(t, s.groups.AcceptInvitation(ctx, guest, g.ID))
		refused(t, "a guest is made moderator (S15)", s.groups.SetRole(ctx, samira, g.ID, guest.ID, groups.Moderator), plein.Denied)
		refused(t, "a guest invites", s.groups.Invite(ctx, guest, g.ID, joost.ID), plein.Denied)
		ok, err := s.groups.SharesGroup(ctx, guest.ID, marit.ID)
		must(t, err)
		if !ok {
			t.Error("a guest does not share the group they are in")
		}
		if ok, _ = s.groups.SharesGroup(ctx, guest.ID, joost.ID); ok {
			t.Error("a guest shares a group with an outsider")
		}

		must(t, s.groups.Invite(ctx, samira, g.ID, femke.ID))
		must(t, s.groups.Decline(ctx, femke, g.ID))
		refused(t, "declining twice", s.groups.Decline(ctx, femke, g.ID), plein.NotFound)
	})
}

func TestAnOwnerAlwaysStays(t *testing.T) {
	each(t, func(t *testing.T, s *square) {
		ctx := context.Background()
		g := s.start(samira, "Kwaliteit", plein.Closed)
		refused(t, "the last owner leaves", s.groups.Leave(ctx, samira, g.ID), plein.Conflict)
		refused(t, "the last owner steps back", s.groups.SetRole(ctx, samira, g.ID, samira.ID, groups.Member), plein.Conflict)
		must(t, s.groups.Invite(ctx, samira, g.ID, joost.ID))
		must(t, s.groups.AcceptInvitation(ctx, joost, g.ID))
		refused(t, "putting oneself out", s.groups.Remove(ctx, samira, g.ID, samira.ID), plein.Invalid)
		must(t, s.groups.SetRole(ctx, samira, g.ID, joost.ID, groups.Owner))
		must(t, s.groups.Leave(ctx, samira, g.ID))
		if s.role(g.ID, joost) != groups.Owner {
			t.Error("nobody owns the group")
		}
	})
}

func TestTwoOwnersLeaveAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s *square) {
		ctx := context.Background()
		for i := range 10 {
			g := s.start(samira, fmt.Sprintf("Groep %d", i), plein.Open)
			must(t, s.groups.Join(ctx, joost, g.ID))
			must(t, s.groups.SetRole(ctx, samira, g.ID, joost.ID, groups.Owner))
			errs := make([]error, 2)
			var wg sync.WaitGroup
			for j, a := range []plein.Actor{samira, joost} {
				wg.Go(func() { errs[j] = s.groups.Leave(ctx, a, g.ID) })
			}
			wg.Wait()
			if (errs[0] == nil) == (errs[1] == nil) {
				t.Fatalf("both left, or neither: %v", errs)
			}
		}
	})
}

func TestChange(t *testing.T) {
	each(t, func(t *testing.T, s *square) {
		ctx := context.Background()
		g := s.start(samira, "Rooster", plein.Open)
		must(t, s.groups.Join(ctx, joost, g.ID))
		must(t, s.groups.Invite(ctx, joost, g.ID, marit.ID)) // as any member of an open group may
		_, err := s.groups.Change(ctx, joost, g.ID, groups.Changes{Name: "x", Kind: plein.Open})
		refused(t, "a member changes", err, plein.Denied)
		g2, err := s.groups.Change(ctx, samira, g.ID, groups.Changes{Name: "Roosters", Purpose: "Ruilen", Kind: plein.Closed})
		must(t, err)
		if g2.Name != "Roosters" || g2.Kind != plein.Closed || s.grants.kinds[g.ID] != plein.Closed {
			t.Errorf("narrowed to %+v", g2)
		}
		refused(t, "an invitation by a member, after narrowing", s.groups.AcceptInvitation(ctx, marit, g.ID), plein.Conflict)
		_, err = s.groups.Change(ctx, samira, g.ID, groups.Changes{Name: "Roosters", Kind: plein.Open})
		refused(t, "widening", err, plein.Invalid)
		if plein.AsError(err).Field != "kind" {
			t.Error("the refusal names no field")
		}
		_, err = s.groups.Change(ctx, cm, g.ID, groups.Changes{Name: "Roosters en ruilen", Purpose: "Ruilen", Kind: plein.Closed})
		must(t, err)
		_, err = s.groups.Change(ctx, cm, g.ID, groups.Changes{Name: "Roosters en ruilen", Purpose: "Anders", Kind: plein.Closed})
		refused(t, "rank changes the purpose", err, plein.Denied)
		must(t, s.groups.Ask(ctx, marit, g.ID, ""))
		_, err = s.groups.Change(ctx, samira, g.ID, groups.Changes{Name: "Roosters", Purpose: "Ruilen", Kind: plein.Secret})
		must(t, err)
		_, err = s.groups.Find(ctx, marit, g.ID)
		refused(t, "whoever had asked, once the group is secret", err, plein.NotFound)
		rs, err := s.groups.Requests(ctx, samira, g.ID)
		must(t, err)
		if len(rs) != 0 {
			t.Errorf("requests outlive the narrowing: %+v", rs)
		}
		s.start(marit, "Roosters", plein.Open) // the name is free again
	})
}

func TestRankOpensNothing(t *testing.T) {
	each(t, func(t *testing.T, s *square) {
		ctx := context.Background()
		closed, secret := s.start(samira, "Dicht", plein.Closed), s.start(samira, "Geheim", plein.Secret)
		_, err := s.groups.Members(ctx, cm, closed.ID, groups.Page{})
		refused(t, "rank lists members", err, plein.Denied)
		refused(t, "rank joins", s.groups.Join(ctx, cm, closed.ID), plein.Denied)
		refused(t, "rank accepts", s.groups.Accept(ctx, cm, closed.ID, joost.ID), plein.Denied)
		refused(t, "rank invites itself", s.groups.Invite(ctx, cm, closed.ID, cm.ID), plein.Denied)
		refused(t, "rank makes itself owner", s.groups.SetRole(ctx, cm, closed.ID, cm.ID, groups.Owner), plein.Conflict)
		refused(t, "rank archives what it cannot see", s.groups.Archive(ctx, cm, secret.ID), plein.NotFound)
		must(t, s.groups.Invite(ctx, samira, closed.ID, joost.ID))
		must(t, s.groups.AcceptInvitation(ctx, joost, closed.ID))
		must(t, s.groups.SetRole(ctx, cm, closed.ID, joost.ID, groups.Owner))
		must(t, s.groups.Archive(ctx, cm, closed.ID))
		must(t, s.groups.Reopen(ctx, cm, closed.ID))
		if _, ok := s.grants.holds(closed.ID, cm.ID); ok {
			t.Error("rank holds a grant")
		}
		refused(t, "a colleague archives", s.groups.Archive(ctx, marit, closed.ID), plein.Denied)
	})
}

func TestArchived(t *testing.T) {
	each(t, func(t *testing.T, s *square) {
		ctx := context.Background()
		g := s.start(samira, "Voorbij", plein.Open)
		must(t, s.groups.Invite(ctx, samira, g.ID, marit.ID))
		must(t, s.groups.Archive(ctx, samira, g.ID))
		must(t, s.groups.Archive(ctx, samira, g.ID))
		refused(t, "joining", s.groups.Join(ctx, joost, g.ID), plein.Conflict)
		refused(t, "accepting", s.groups.AcceptInvitation(ctx, marit, g.ID), plein.Conflict)
		refused(t, "inviting", s.groups.Invite(ctx, samira, g.ID, joost.ID), plein.Conflict)
		_, err := s.groups.Change(ctx, samira, g.ID, groups.Changes{Name: "x", Kind: plein.Open})
		refused(t, "changing", err, plein.Conflict)
		mine, err := s.groups.Mine(ctx, samira)
		must(t, err)
		page, err := s.groups.Directory(ctx, joost, groups.DirectoryQuery{Archived: true})
		must(t, err)
		if len(mine) != 0 || len(page.Entries) != 1 || !page.Entries[0].Archived {
			t.Errorf("mine %+v, archived %+v", mine, page)
		}
		must(t, s.groups.Reopen(ctx, samira, g.ID))
		must(t, s.groups.Join(ctx, joost, g.ID))
	})
}

func TestHistoryFromJoin(t *testing.T) {
	each(t, func(t *testing.T, s *square) {
		ctx := context.Background()
		g, err := s.groups.Start(ctx, samira, groups.NewGroup{Name: "Commissie", Kind: plein.Closed, HistoryFromJoin: true})
		must(t, err)
		for range 2 { // again after leaving: from the second time on (TRUST P6)
			at := s.clock.Advance(48 * time.Hour)
			must(t, s.groups.Invite(ctx, samira, g.ID, joost.ID))
			must(t, s.groups.AcceptInvitation(ctx, joost, g.ID))
			if since, ok := s.grants.holds(g.ID, joost.ID); !ok || !since.Equal(at) {
				t.Errorf("reads since %v, want %v", since, at)
			}
			must(t, s.groups.Leave(ctx, joost, g.ID))
		}
	})
}

func TestDirectory(t *testing.T) {
	each(t, func(t *testing.T, s *square) {
		ctx := context.Background()
		var want []string
		for _, name := range []string{"Ärzte", "b3 intern", "B-team", "Zorg 100%", "zorg_en_welzijn", "Éénpitters", "日本", "C"} {
			s.start(samira, name, plein.Open)
		}
		want = []string{"Ärzte", "B-team", "b3 intern", "C", "Dicht", "Éénpitters", "Zorg 100%", "zorg_en_welzijn", "日本"}
		s.start(marit, "Dicht", plein.Closed)
		secret := s.start(marit, "Aaa geheim", plein.Secret)
		for _, limit := range []int{1, 2, 3, 100} {
			var got []string
			q := groups.DirectoryQuery{Limit: limit}
			for {
				page, err := s.groups.Directory(ctx, joost, q)
				must(t, err)
				for _, e := range page.Entries {
					got = append(got, e.Name)
				}
				if q.After = page.Next; q.After == "" {
					break
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("by %d: got %v", limit, got)
			}
		}
		for q, n := range map[string]int{"zorg": 2, "100%": 1, "_en_": 1, "%": 1, "EENPIT": 1, "geheim": 0, "\x00": 0, "bestaat niet": 0, "!": 0} {
			page, err := s.groups.Directory(ctx, joost, groups.DirectoryQuery{Name: q})
			must(t, err)
			if len(page.Entries) != n {
				t.Errorf("%q: got %d, want %d", q, len(page.Entries), n)
			}
		}
		page, err := s.groups.Directory(ctx, marit, groups.DirectoryQuery{Limit: 1})
		must(t, err)
		if page.Entries[0].ID != secret.ID || page.Entries[0].Role != groups.Owner {
			t.Errorf("a member misses their secret group: %+v", page)
		}
		if page, _ = s.groups.Directory(ctx, guest, groups.DirectoryQuery{}); len(page.Entries) != 0 {
			t.Errorf("a guest sees %+v", page)
		}
		must(t, s.groups.Invite(ctx, marit, secret.ID, guest.ID))
		must(t, s.groups.AcceptInvitation(ctx, guest, secret.ID))
		if page, _ = s.groups.Directory(ctx, guest, groups.DirectoryQuery{}); len(page.Entries) != 1 {
			t.Errorf("a guest misses their group: %+v", page)
		}
		if page, _ = s.groups.Directory(ctx, marit, groups.DirectoryQuery{Mine: true}); len(page.Entries) != 2 {
			t.Errorf("mine: %+v", page)
		}
		mine, err := s.groups.Shared(ctx, marit, guest.ID)
		must(t, err)
		if len(mine) != 1 {
			t.Errorf("shared: %+v", mine)
		}
	})
}

func TestFoundedElsewhere(t *testing.T) {
	each(t, func(t *testing.T, s *square) {
		ctx := context.Background()
		made := time.Date(2019, 5, 6, 7, 8, 9, 0, time.UTC)
		joined := made.Add(time.Hour)
		var g groups.Group
		err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
			f := groups.Founding{NewGroup: groups.NewGroup{Name: "general", Kind: plein.Open}, Owner: samira.ID, Made: made,
				Members: []groups.Membership{{Person: joost.ID, Since: joined}, {Person: marit.ID, Role: groups.Moderator}, {Person: joost.ID}}}
			if g, err = s.groups.StartTx(ctx, tx, f); err != nil {
				return err
			}
			if _, err := s.groups.StartTx(ctx, tx, f); !errors.Is(err, plein.E(plein.Conflict, "groups.error.name_taken", nil)) {
				t.Errorf("a second one of the name: %v", err)
			}
			return s.groups.AddTx(ctx, tx, groups.Membership{Group: g.ID, Person: femke.ID, Since: joined})
		})
		must(t, err)
		if !g.ID.Time().Equal(made) || g.Members != 3 {
			t.Errorf("founded %+v", g)
		}
		page, err := s.groups.Members(ctx, joost, g.ID, groups.Page{})
		must(t, err)
		if len(page.Members) != 4 || page.Members[1].Role != groups.Moderator || !page.Members[3].Since.Equal(joined) {
			t.Errorf("members %+v", page)
		}
	})
}

func TestLeavingTheHouse(t *testing.T) {
	each(t, func(t *testing.T, s *square) {
		ctx := context.Background()
		left := func(a plein.Actor) {
			t.Helper()
			p := s.folk[a.ID]
			p.State = people.Closed
			s.folk[a.ID] = p
			for range 2 {
				must(t, s.db.Tx(ctx, func(tx *db.Tx) error {
					return s.groups.Follower().Follow(ctx, tx, []plein.Event{{Name: "people.person.added", Object: plein.Ref{Kind: "person", ID: joost.ID}},
						{Name: "people.person.closed", Object: plein.Ref{Kind: "person", ID: a.ID}}})
				}))
			}
		}
		g := s.start(samira, "Erfenis", plein.Open)
		must(t, s.groups.Invite(ctx, samira, g.ID, guest.ID))
		must(t, s.groups.AcceptInvitation(ctx, guest, g.ID))
		s.clock.Advance(time.Hour)
		must(t, s.groups.Join(ctx, joost, g.ID))
		s.clock.Advance(time.Hour)
		must(t, s.groups.Join(ctx, marit, g.ID))
		must(t, s.groups.SetRole(ctx, samira, g.ID, marit.ID, groups.Moderator))
		left(samira)
		if s.role(g.ID, samira) != groups.None || s.role(g.ID, marit) != groups.Owner {
			t.Error("the moderator did not become owner")
		}
		left(marit)
		if s.role(g.ID, joost) != groups.Owner {
			t.Error("the member did not become owner")
		}
		left(joost)
		found, err := s.groups.Find(ctx, femke, g.ID)
		must(t, err)
		if !found.Archived || found.Members != 1 {
			t.Errorf("nobody left but a guest: %+v", found)
		}
		refused(t, "reopening without an owner", s.groups.Reopen(ctx, cm, g.ID), plein.Conflict)
	})
}
