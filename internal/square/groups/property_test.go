package groups_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/groups"
)

// TestWhateverPeopleDo lets a small organisation do anything, in any order, and
// checks after every act what must always be so.
func TestWhateverPeopleDo(t *testing.T) {
	each(t, func(t *testing.T, s *square) {
		seeds, acts := 6, 400
		if s.db.Engine() == db.Postgres {
			seeds, acts = 2, 200 // the same rules; a round trip per question costs more there
		}
		for seed := range seeds {
			w := &world{square: s, rand: rand.New(rand.NewPCG(uint64(seed), 7)), gone: map[plein.ID]bool{}}
			for i := range 9 {
				a := colleague(plein.ID(1000*(seed+1) + i))
				p := s.folk[samira.ID]
				p.ID, p.Name = a.ID, fmt.Sprintf("Collega %d", i)
				switch i {
				case 6, 7:
					a, p.Guest = plein.Actor{ID: a.ID, Guest: true}, true
				case 8:
					a.Caps = cm.Caps
				}
				s.folk[a.ID] = p
				w.actors = append(w.actors, a)
			}
			for i := range acts {
				did, touched := w.act(fmt.Sprintf("%d-%d", seed, i))
				if touched == 0 || i == acts-1 {
					touched = everyGroup
				}
				if !w.check(touched) {
					t.Fatalf("seed %d, act %d: %s", seed, i, did)
				}
			}
			t.Logf("seed %d: %d groups, %d acts done, %d refused", seed, len(w.made), w.ok, w.refused)
			if w.ok < acts/6 || w.refused < acts/10 {
				t.Errorf("seed %d: the acts are too one-sided to mean anything", seed)
			}
		}
	})
}

// everyGroup asks check to look at all of them.
const everyGroup plein.ID = -1

type world struct {
	*square
	rand        *rand.Rand
	actors      []plein.Actor
	made        []plein.ID
	gone        map[plein.ID]bool
	ok, refused int
}

func (w *world) someone() plein.Actor {
	for {
		if a := w.actors[w.rand.IntN(len(w.actors))]; !w.gone[a.ID] {
			return a
		}
	}
}

// insider is somebody in the group, mostly: outsiders are refused nearly all.
func (w *world) insider(group plein.ID) plein.Actor {
	a := w.someone()
	for range 5 {
		if w.role(group, a) != groups.None {
			break
		}
		a = w.someone()
	}
	return a
}

// act does one thing that somebody could do, and says what it was and in which
// group; 0 when it may be anywhere.
func (w *world) act(name string) (string, plein.ID) {
	ctx := context.Background()
	w.clock.Advance(time.Duration(w.rand.IntN(100)) * time.Minute)
	a, b := w.someone(), w.actors[w.rand.IntN(len(w.actors))]
	kinds := []plein.AudienceKind{plein.Open, plein.Closed, plein.Secret}
	if len(w.made) == 0 || (len(w.made) < 6 && w.rand.IntN(20) == 0) {
		g, err := w.groups.Start(ctx, a, groups.NewGroup{Name: "Groep " + name, Kind: kinds[w.rand.IntN(3)], HistoryFromJoin: w.rand.IntN(2) == 0})
		if err == nil {
			w.made = append(w.made, g.ID)
		}
		return w.did("start", a, 0, b, err), 0
	}
	id := w.made[w.rand.IntN(len(w.made))]
	if w.rand.IntN(2) == 0 {
		a = w.insider(id)
	}
	role := groups.Roles()[w.rand.IntN(3)]
	type verb struct {
		name string
		do   func() error
	}
	g := w.groups
	verbs := []verb{
		{"join", func() error { return g.Join(ctx, a, id) }},
		{"join", func() error { return g.Join(ctx, a, id) }},
		{"leave", func() error { return g.Leave(ctx, a, id) }},
		{"ask", func() error { return g.Ask(ctx, a, id, "") }},
		{"withdraw", func() error { return g.Withdraw(ctx, a, id) }},
		{"accept", func() error { return g.Accept(ctx, a, id, b.ID) }},
		{"refuse", func() error { return g.Refuse(ctx, a, id, b.ID) }},
		{"invite", func() error { return g.Invite(ctx, a, id, b.ID) }},
		{"invite", func() error { return g.Invite(ctx, a, id, b.ID) }},
		{"uninvite", func() error { return g.Uninvite(ctx, a, id, b.ID) }},
		{"accept invitation", func() error { return g.AcceptInvitation(ctx, a, id) }},
		{"accept invitation", func() error { return g.AcceptInvitation(ctx, a, id) }},
		{"decline", func() error { return g.Decline(ctx, a, id) }},
		{"remove", func() error { return g.Remove(ctx, a, id, b.ID) }},
		{"role " + string(role), func() error { return g.SetRole(ctx, a, id, b.ID, role) }},
		{"role " + string(role), func() error { return g.SetRole(ctx, a, id, b.ID, role) }},
		{"change", func() error {
			c := groups.Changes{Name: "Groep " + name, Kind: plein.Open}
			if l, err := g.Look(ctx, a, id); err == nil && w.rand.IntN(3) > 0 {
				c.Kind = l.Kind
			} else {
				c.Kind = kinds[w.rand.IntN(3)]
			}
			_, err := g.Change(ctx, a, id, c)
			return err
		}},
		{"archive", func() error { return g.Archive(ctx, a, id) }},
		{"answer whatever came", func() error { return w.answerAll(ctx) }},
		{"reopen", func() error { return g.Reopen(ctx, a, id) }},
		{"reopen", func() error { return g.Reopen(ctx, a, id) }},
		{"leave the house", func() error {
			if len(w.gone) > 3 || w.rand.IntN(4) > 0 {
				return nil
			}
			p := w.folk[a.ID]
			p.State = "closed"
			w.folk[a.ID] = p
			w.gone[a.ID] = true
			return w.db.Tx(ctx, func(tx *db.Tx) error { return g.Left(ctx, tx, a.ID) })
		}},
	}
	v := verbs[w.rand.IntN(len(verbs))]
	said := w.did(v.name, a, id, b, v.do())
	if v.name == "leave the house" || v.name == "answer whatever came" {
		id = 0
	}
	return said, id
}

// answerAll lets everybody who was invited come in.
func (w *world) answerAll(ctx context.Context) error {
	for _, a := range w.actors {
		if w.gone[a.ID] {
			continue
		}
		invited, err := w.groups.MyInvitations(ctx, a)
		if err != nil {
			return err
		}
		for _, i := range invited {
			if err := w.groups.AcceptInvitation(ctx, a, i.Group); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *world) did(verb string, a plein.Actor, g plein.ID, b plein.Actor, err error) string {
	if err == nil {
		w.ok++
	} else if w.refused++; plein.KindOf(err) == plein.Broken {
		w.t.Errorf("%s broke: %v", verb, err)
	}
	return fmt.Sprintf("%s by %d in %d about %d: %v", verb, a.ID, g, b.ID, err)
}

// check says whether everything that must be so is so.
func (w *world) check(touched plein.ID) bool {
	ctx := context.Background()
	fine := true
	say := func(format string, args ...any) {
		w.t.Helper()
		w.t.Errorf(format, args...)
		fine = false
	}
	names, err := w.groups.Names(ctx, w.made)
	must(w.t, err)
	for _, id := range w.made {
		if touched != everyGroup && touched != id {
			continue
		}
		g := names[id]
		members, owners := 0, 0
		for _, a := range w.actors {
			role, err := w.groups.RoleIn(ctx, id, a.ID)
			must(w.t, err)
			since, holds := w.grants.holds(id, a.ID)
			if (role != groups.None) != holds {
				say("group %d, person %d: role %q, grant %v", id, a.ID, role, holds)
			}
			if role != groups.None {
				members++
				if g.HistoryFromJoin == since.IsZero() {
					say("group %d, person %d: reads since %v", id, a.ID, since)
				}
				if w.gone[a.ID] {
					say("group %d: %d left the house and is still in it", id, a.ID)
				}
			}
			if role == groups.Owner {
				owners++
			}
			if a.Guest && role.Runs() {
				say("group %d: guest %d is %s", id, a.ID, role)
			}
			l, err := w.groups.Look(ctx, a, id)
			switch outside := role == groups.None; {
			case outside && g.Kind == plein.Secret && err == nil && !l.Invited:
				say("secret group %d shows itself to %d", id, a.ID)
			case outside && a.Guest && err == nil && !l.Invited:
				say("group %d shows itself to guest %d", id, a.ID)
			case outside && g.Kind != plein.Open && err == nil && l.Sight == groups.Whole:
				say("group %d opens to outsider %d", id, a.ID)
			case !outside && (err != nil || l.Sight != groups.Whole):
				say("group %d hides from its member %d: %v", id, a.ID, err)
			}
		}
		if g.Members != members {
			say("group %d counts %d members and has %d", id, g.Members, members)
		}
		if !g.Archived && owners == 0 {
			say("group %d has no owner", id)
		}
		if w.grants.kinds[id] != g.Kind {
			say("group %d is %s, access knows %s", id, g.Kind, w.grants.kinds[id])
		}
	}
	return fine
}
