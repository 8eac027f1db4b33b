package live_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"plein/internal/platform/bus"
	"plein/internal/platform/changes"
	"plein/internal/platform/db"
	"plein/internal/platform/session"
	"plein/internal/platform/testkit"
	"plein/internal/plein"
	"plein/internal/square/groups"
	"plein/internal/square/items"
	"plein/internal/square/live"
	"plein/internal/square/people"
)

func TestWhoIsTold(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ward := h.Unit("B3", 0)
		anna, bram, eva := h.Person("Anna", ward), h.Person("Bram", 0), h.Person("Eva", 0)
		guest := h.Guest("Gast")
		open := h.Group("Open", plein.Open, bram)
		secret := h.Group("Geheim", plein.Secret, bram, anna, guest)
		first := h.Post(bram, secret, "Begin")
		away := h.Post(bram, open, "Los")
		h.settle()
		thread := live.Ask{Threads: []plein.ID{first.ID, away.ID}, Places: []plein.ID{open, secret, ward}}
		a, b, e, g := h.open(anna, thread), h.open(bram, thread), h.open(eva, thread), h.open(guest, thread)

		org := h.Post(bram, plein.OrgAudience, "Voor allen")
		unit := h.Post(anna, ward, "Voor B3")
		inOpen := h.Post(bram, open, "In een open groep")
		inSecret := h.Post(anna, secret, "In het geheim")
		reply := h.Reply(eva, away, "Een antwoord")
		hidden := h.Reply(bram, first, "Nog een antwoord")
		_, err := h.Items.React(t.Context(), bram, first.ID, plein.Thanks, true)
		must(t, err)
		_, err = h.Items.Edit(t.Context(), bram, hidden.ID, 0, "", "Toch anders")
		must(t, err)
		_, err = h.Items.Delete(t.Context(), bram, org.ID)
		must(t, err)
		line := func(i *items.Item, what string) string { return "thread " + i.ID.String() + " " + what }
		a.has(post(org), "beside "+inOpen.ID.String(), line(reply, "reply"), line(hidden, "reply"), line(first, "react"), line(hidden, "change"), "gone "+org.ID.String())
		b.has(post(inSecret), line(reply, "reply"), line(hidden, "reply"), line(first, "react"), line(hidden, "change"), "gone "+org.ID.String())
		e.has(post(org), "beside "+inOpen.ID.String(), line(reply, "reply"), "gone "+org.ID.String())
		g.has(post(inSecret), line(hidden, "reply"), line(first, "react"), line(hidden, "change"))
		_ = unit // only its author is in the department
	})
}

func TestConfirmingIsNobodysNews(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna, bram := h.Person("Anna", 0), h.Person("Bram", 0, plein.RoleCommunityManager)
		must_ := h.Make(bram, items.NewItem{Audience: plein.OrgAudience, Body: "Lees dit", MustRead: true})
		b := h.open(bram, live.Ask{Threads: []plein.ID{must_.ID}})
		must(t, h.Items.Acknowledge(t.Context(), anna, must_.ID))
		b.has()
	})
}

func TestLostRightsEndTheTelling(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		one, two := h.Unit("B3", 0), h.Unit("B4", 0)
		anna, bram := h.Person("Anna", one), h.Person("Bram", one)
		closed := h.Group("Gesloten", plein.Closed, bram, anna)
		open := h.Group("Open", plein.Open, bram)
		thread, shown := h.Post(bram, closed, "Begin"), h.Post(bram, open, "Te lezen")
		h.settle()
		a := h.open(anna, live.Ask{Threads: []plein.ID{thread.ID, shown.ID}, Places: []plein.ID{open}})
		h.Reply(bram, thread, "Gehoord")
		h.settle()
		h.Leave(closed, anna)
		h.Reply(bram, thread, "Niet meer gehoord")
		h.Post(bram, closed, "En dit ook niet")
		a.has("thread " + a.firstItem() + " reply")

		h.Join(closed, anna)
		again := h.Post(bram, closed, "Weer gehoord")
		a.has(a.got[0], post(again))

		// Whoever looks on from beside sees nothing of it once it is closed.
		_, err := h.Groups.Change(t.Context(), bram, open, groups.Changes{Name: "Open", Kind: plein.Closed})
		must(t, err)
		h.Reply(bram, shown, "Onder ons")
		h.Post(bram, open, "Ook onder ons")
		a.has(a.got...)

		// Another department.
		must(t, h.People.SetUnit(t.Context(), people.House(), anna.ID, two))
		h.Post(bram, one, "Voor B3")
		a.has(a.got...)
	})
}

func (b *browser) firstItem() string {
	b.h.T.Helper()
	b.h.settle()
	got := b.read()
	if len(got) == 0 {
		b.h.T.Fatal("nothing was told")
	}
	return strings.Fields(got[0])[1]
}

func TestSessionsEnd(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna := h.Person("Anna", 0)
		one, two := h.signedIn(anna), h.signedIn(h.signedIn(anna))
		a, b := h.open(one, live.Ask{}), h.open(two, live.Ask{})
		must(t, h.sessions.End(t.Context(), anna.ID, one.Session))
		testkit.Eventually(t, "the stream of the ended session to end", func() bool { a.read(); return a.over == live.Ended })
		if b.read(); b.over != live.Going {
			t.Errorf("the other session's stream is over: %q", b.over)
		}
		// A signal that nobody hears: another process without a bus of ours.
		elsewhere := session.New(h.DB, h.Clock)
		must(t, elsewhere.End(t.Context(), anna.ID, two.Session))
		testkit.Eventually(t, "a lost signal to be made good", func() bool { b.read(); return b.over == live.Ended })
		// Who comes with a session that is over already.
		c, err := h.live.Open(t.Context(), one, live.Ask{})
		must(t, err)
		if _, over := c.Next(t.Context()); over != live.Ended {
			t.Errorf("a stream on an ended session goes on: %q", over)
		}
		if n := h.live.Numbers(); n.Streams != 0 || n.People != 0 || n.Ended != 3 {
			t.Errorf("in the end %+v", n)
		}
	})
}

func TestTimeEndsStreams(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		guest, anna := h.Guest("Gast"), h.signedIn(h.Person("Anna", 0))
		g, a := h.open(guest, live.Ask{}), h.open(anna, live.Ask{})
		h.Clock.Advance(31 * 24 * time.Hour)
		testkit.Eventually(t, "the session to end with its time", func() bool { a.read(); return a.over == live.Ended })
		if g.read(); g.over != live.Going {
			t.Errorf("the guest is out before their time: %q", g.over)
		}
		h.Clock.Advance(365 * 24 * time.Hour)
		testkit.Eventually(t, "the guest to be out", func() bool { g.read(); return g.over == live.Ended })
	})
}

func TestAnAccountThatIsClosed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna, boss := h.Person("Anna", 0), h.Person("Baas", 0, plein.RoleTechnicalAdmin)
		a := h.open(anna, live.Ask{})
		must(t, h.People.Close(t.Context(), boss, anna.ID))
		h.Post(boss, plein.OrgAudience, "Na afloop")
		h.settle()
		if got := a.read(); len(got) > 0 {
			t.Errorf("a closed account is told %q", got)
		}
	})
}

func TestTwentyOneStreams(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna, bram := h.Person("Anna", 0), h.Person("Bram", 0)
		other := h.open(bram, live.Ask{})
		var all []*browser
		for range live.MaxStreams + 1 {
			all = append(all, h.open(anna, live.Ask{}))
		}
		i := h.Post(bram, plein.OrgAudience, "Hoi")
		mine := h.Post(anna, plein.OrgAudience, "Dag")
		h.settle()
		for n, b := range all {
			b.read()
			if n == 0 && (b.over != live.Full || len(b.got) > 0) {
				t.Errorf("the oldest goes on: %q, %q", b.over, b.got)
			}
			if n > 0 && (b.over != live.Going || !slices.Equal(b.got, []string{post(i)})) {
				t.Errorf("stream %d: %q, %q", n, b.over, b.got)
			}
		}
		other.has(post(mine))
		if n := h.live.Numbers(); n.Streams != live.MaxStreams+1 || n.Full != 1 {
			t.Errorf("%+v", n)
		}
	})
}

// places makes places in a log that lie beyond those of a real one.
func place(n int) changes.Place {
	return changes.PlaceOf(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, 1<<50), uint64(n)))
}

func (h *house) made(n int, by plein.ID) plein.Event {
	id := plein.NewID(h.Clock.Now())
	return plein.Event{Name: "items.post.made", At: h.Clock.Now(), Actor: by, Audience: plein.OrgAudience,
		Object: plein.Ref{Kind: "item", ID: id}, Target: plein.Ref{Kind: "thread", ID: id}}
}

func TestWhoNeverReadsIsDropped(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna, bram := h.Person("Anna", 0), h.Person("Bram", 0)
		h.settle()
		slow, quick := h.open(anna, live.Ask{}), h.open(bram, live.Ask{})
		page := h.live.Cursor(h.live.Here())
		const much = 1000
		for n := range much {
			h.live.Hear(h.made(n, 0), place(n))
			if n%100 == 99 {
				testkit.Eventually(t, "a part to be passed on", func() bool { return h.live.Quiet(place(n)) })
				quick.read()
			}
		}
		if quick.read(); quick.over != live.Going || len(quick.got) != much {
			t.Errorf("who reads was told %d of %d, %q", len(quick.got), much, quick.over)
		}
		if slow.read(); slow.over != live.Slow {
			t.Errorf("who never reads is still there: %q", slow.over)
		}
		if n := h.live.Numbers(); n.Streams != 1 || n.Slow != 1 {
			t.Errorf("%+v", n)
		}
		// It comes back, and is told to look again: so much was missed.
		if got := h.open(anna, live.Ask{After: page}).read(); !slices.Equal(got, []string{"reload"}) {
			t.Errorf("who comes back is told %q", got)
		}
	})
}

func TestDoubledAndReorderedLines(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna := h.Person("Anna", 0)
		h.settle()
		a := h.open(anna, live.Ask{})
		r := rand.New(rand.NewPCG(1, 2))
		var want []string
		var heard []plein.Event
		for n := range 50 {
			e := h.made(n, 0)
			heard = append(heard, e)
			want = append(want, "post "+e.Object.ID.String())
			h.live.Hear(e, place(n))
			for range r.IntN(3) { // again, and from before
				m := r.IntN(n + 1)
				h.live.Hear(heard[m], place(m))
			}
		}
		testkit.Eventually(t, "all to be passed on", func() bool { return h.live.Quiet(place(49)) })
		if got := a.read(); !slices.Equal(got, want) {
			t.Errorf("told %d, not the %d in their order", len(got), len(want))
		}
	})
}

// TestLostSignals writes through a log whose bus nobody here listens to.
func TestLostSignals(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna, bram := h.Person("Anna", 0), h.Person("Bram", 0)
		group := h.Group("Groep", plein.Closed, bram, anna)
		h.settle()
		a := h.open(anna, live.Ask{})
		elsewhere, err := bus.Open(quiet)
		must(t, err)
		t.Cleanup(elsewhere.Close)
		silent := changes.New(h.DB, elsewhere, h.Clock, quiet)
		id := plein.NewID(h.Clock.Now())
		tell := func(e plein.Event) {
			t.Helper()
			h.Tx(func(ctx context.Context, tx *db.Tx) error { return silent.Tell(ctx, tx, e) })
		}
		tell(plein.Event{Name: "items.post.made", Actor: bram.ID, Audience: group, Object: plein.Ref{Kind: "item", ID: id}, Target: plein.Ref{Kind: "thread", ID: id}})
		testkit.Eventually(t, "a post without a signal to be told", func() bool { return slices.Equal(a.read(), []string{"post " + id.String()}) })
		// The right goes without a signal too; what comes after it is not told.
		h.Tx(func(ctx context.Context, tx *db.Tx) error {
			if err := h.Access.Revoke(ctx, tx, group, anna.ID); err != nil {
				return err
			}
			return silent.Tell(ctx, tx, plein.Event{Name: "groups.member.left", Actor: anna.ID, Object: plein.Ref{Kind: "group", ID: group}, Target: plein.Ref{Kind: "person", ID: anna.ID}})
		})
		after, marker := plein.NewID(h.Clock.Now()), plein.NewID(h.Clock.Now())
		tell(plein.Event{Name: "items.post.made", Actor: bram.ID, Audience: group, Object: plein.Ref{Kind: "item", ID: after}, Target: plein.Ref{Kind: "thread", ID: after}})
		tell(plein.Event{Name: "items.post.made", Actor: bram.ID, Audience: plein.OrgAudience, Object: plein.Ref{Kind: "item", ID: marker}, Target: plein.Ref{Kind: "thread", ID: marker}})
		testkit.Eventually(t, "what came after it to be told", func() bool { return len(a.read()) > 1 })
		a.has("post "+id.String(), "post "+marker.String())
	})
}

func TestGoingOnFromAPlace(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna, bram := h.Person("Anna", 0), h.Person("Bram", 0)
		group := h.Group("Groep", plein.Closed, bram)
		since := h.NewcomersGroup("Nieuwkomers", plein.Closed, bram)
		h.settle()
		page := h.live.Cursor(h.live.Here())
		one := h.Post(bram, plein.OrgAudience, "Een")
		h.Post(bram, group, "Niet voor Anna")
		h.Post(bram, since, "Van voor haar tijd")
		h.Join(group, anna)
		h.Join(since, anna)
		two := h.Post(bram, plein.OrgAudience, "Twee")
		h.settle()
		a := h.open(anna, live.Ask{After: page})
		got := a.read()
		if len(got) != 3 || got[0] != post(one) || got[2] != post(two) {
			// A group that shows its history to members shows it here too; one that
			// begins at joining does not.
			t.Errorf("a page that was under way is told %q", got)
		}
		h.live.Close(a.stream)
		three := h.Post(bram, plein.OrgAudience, "Drie")
		h.settle()
		b := h.open(anna, live.Ask{After: a.last})
		b.has(post(three))
		if nothing := h.open(anna, live.Ask{After: b.last}).read(); len(nothing) > 0 {
			t.Errorf("who knows all is told %q", nothing)
		}

		// The process ends, another begins: no gap.
		h.live.Close(b.stream)
		h.stop()
		four := h.Post(bram, plein.OrgAudience, "Vier")
		h.begin()
		h.settle()
		h.open(anna, live.Ask{After: b.last}).has(post(four))

		// After a long while it is too much to tell.
		h.Clock.Advance(11 * time.Minute)
		h.Post(bram, plein.OrgAudience, "Vijf")
		h.settle()
		for _, broken := range []string{b.last, "onzin", strings.Repeat("A", 70), strings.Repeat("a", 5000)} {
			h.open(anna, live.Ask{After: broken}).has("reload")
		}
	})
}

// TestAPlaceTellsNothing compares what a browser is given for the same place.
func TestAPlaceTellsNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.live.Here()
		if one, two := h.live.Cursor(p), h.live.Cursor(p); one == two || len(one) != len(two) || len(one) > 80 {
			t.Errorf("two seals of one place: %s and %s", one, two)
		}
	})
}

func TestCountsFollowOnEveryDevice(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna, bram := h.Person("Anna", 0), h.Person("Bram", 0)
		group := h.Group("Groep", plein.Closed, bram, anna)
		must(t, h.Feed.Visit(t.Context(), anna, group))
		h.Clock.Advance(time.Second)
		h.Post(bram, group, "Nieuw")
		h.settle()
		phone, desk, other := h.open(anna, live.Ask{}), h.open(anna, live.Ask{}), h.open(bram, live.Ask{})
		signal := func() { must(t, h.bus.Publish(live.BadgeSubject(anna.ID), nil)) }
		want := func(n int) {
			t.Helper()
			text := fmt.Sprintf(`{"notices":2,"groups":{"%s":%d}}`, group, n)
			for _, b := range []*browser{phone, desk} {
				testkit.Eventually(t, "the counts "+text, func() bool {
					b.read()
					return len(b.counts) > 0 && b.counts[len(b.counts)-1] == text
				})
			}
		}
		signal()
		want(1)
		must(t, h.Feed.Visit(t.Context(), anna, group))
		signal()
		signal() // twice is once
		want(0)
		h.Post(bram, group, "Nog een") // no signal at all: the slow round finds it
		want(1)
		if other.read(); slices.ContainsFunc(other.counts, func(s string) bool { return strings.Contains(s, `:1}}`) }) {
			t.Errorf("somebody else is told the counts: %q", other.counts)
		}
	})
}

func TestWhoComesAndGoesLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna, bram := h.Person("Anna", 0), h.Person("Bram", 0)
		group := h.Group("Groep", plein.Closed, bram, anna)
		thread := h.Post(bram, group, "Begin")
		var open []*live.Stream
		r := rand.New(rand.NewPCG(5, 6))
		for range 300 {
			if len(open) > 0 && r.IntN(2) == 0 {
				n := r.IntN(len(open))
				h.live.Close(open[n])
				h.live.Close(open[n]) // twice is once
				open = slices.Delete(open, n, n+1)
				continue
			}
			who := []plein.Actor{anna, bram}[r.IntN(2)]
			s, err := h.live.Open(t.Context(), who, live.Ask{Threads: []plein.ID{thread.ID, thread.ID}, Places: []plein.ID{group}})
			must(t, err)
			open = append(open, s)
		}
		for _, s := range open {
			h.live.Close(s)
		}
		if n := h.live.Numbers(); n.Streams != 0 || n.People != 0 {
			t.Errorf("left behind: %+v", n)
		}
		h.stop()
		if !h.live.Empty() {
			t.Error("the index still knows of somebody")
		}
	})
}
