package items_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"plein/internal/plein"
	"plein/internal/square/items"
)

func (h *town) cards(a plein.Actor, o items.Opts, list ...*items.Item) []items.Card {
	h.T.Helper()
	ids := make([]plein.ID, len(list))
	for n, i := range list {
		ids[n] = i.ID
	}
	cards, err := h.Items.Cards(h.T.Context(), a, ids, o)
	if err != nil {
		h.T.Fatal(err)
	}
	return cards
}

func (h *town) card(a plein.Actor, i *items.Item) items.Card {
	h.T.Helper()
	cards := h.cards(a, items.Opts{Preview: true}, i)
	if len(cards) != 1 {
		h.T.Fatalf("%s sees %d cards of one item", a.Name, len(cards))
	}
	return cards[0]
}

// S23: nobody counts twice, however fast they are.
func TestReactionsCountExactly(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		i := h.Post(h.samira, h.open, "wie komt er?")
		react := func(a plein.Actor, r plein.Reaction, on bool) {
			if _, err := h.Items.React(t.Context(), a, i.ID, r, on); err != nil {
				t.Error(err)
			}
		}
		everybody := []plein.Actor{h.samira, h.joost, h.marit, h.elif}
		var wg sync.WaitGroup
		for n := range 50 {
			wg.Go(func() { react(h.joost, plein.Help, true) })
			wg.Go(func() { react(everybody[n%4], plein.Nice, n%3 != 0) })
		}
		wg.Wait()
		if got := h.find(h.marit, i).Tally.Of(plein.Help); got != 1 {
			t.Errorf("fifty times the same hand counts %d", got)
		}
		by, err := h.Items.Reactors(t.Context(), h.marit, i.ID)
		if err != nil {
			t.Fatal(err)
		}
		nice := 0
		for _, r := range by {
			if r.Reaction == plein.Nice {
				nice++
			}
		}
		if got := h.find(h.marit, i).Tally.Of(plein.Nice); got != nice {
			t.Errorf("%d are counted, %d gave it", got, nice)
		}
		for _, a := range everybody {
			react(a, plein.Nice, true)
		}
		react(h.samira, plein.Help, false) // takes back only one's own (S24)
		got := h.find(h.marit, i).Tally
		if got.Of(plein.Nice) != 4 || got.Of(plein.Help) != 1 || got.Of(plein.Agree) != 0 {
			t.Errorf("counts %v", got.Reactions)
		}
		if c := h.card(h.joost, i); c.Mine != [5]bool{2: true, 4: true} || c.Tally.Reactions != [5]int{2: 4, 4: 1} {
			t.Errorf("joost's card says %v of %v", c.Mine, c.Tally.Reactions)
		}
		_, err = h.Items.React(t.Context(), h.joost, i.ID, "dislike", true)
		wantKey(t, "a sixth reaction", err, "items.reaction_unknown")
	})
}

func TestBookmarksFollowTheRightToSee(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		a, b := h.Post(h.samira, h.closed, "a"), h.Post(h.samira, h.open, "b")
		saved := func() (out []plein.ID) {
			list, err := h.Items.Saved(t.Context(), h.joost, h.Clock.Now().Add(time.Minute), 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range list {
				out = append(out, s.ID)
			}
			return out
		}
		want := func(what string, ids ...plein.ID) {
			t.Helper()
			if got := saved(); !slices.Equal(got, ids) {
				t.Errorf("%s: %v, want %v", what, got, ids)
			}
		}
		for _, i := range []*items.Item{a, a, b} {
			if err := h.Items.Bookmark(t.Context(), h.joost, i.ID, true); err != nil {
				t.Fatal(err)
			}
			h.Clock.Advance(time.Second)
		}
		want("newest first", b.ID, a.ID)
		if !h.card(h.joost, a).Bookmarked || h.card(h.samira, a).Bookmarked {
			t.Error("a bookmark is its owner's and nobody else's")
		}
		h.Leave(h.closed, h.joost)
		want("after leaving", b.ID)
		h.Join(h.closed, h.joost)
		want("after coming back", b.ID, a.ID)
		if err := h.Items.Bookmark(t.Context(), h.joost, b.ID, false); err != nil {
			t.Fatal(err)
		}
		want("one less", a.ID)
		if _, err := h.Items.Delete(t.Context(), h.samira, a.ID); err != nil {
			t.Fatal(err)
		}
		want("a deleted item")
	})
}

func TestPins(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		ctx := t.Context()
		var four []*items.Item
		for n := range 4 {
			four = append(four, h.Post(h.joost, h.closed, fmt.Sprint(n)))
		}
		reply := h.Reply(h.joost, four[0], "r")
		pin := func(a plein.Actor, i *items.Item, on bool) error {
			h.Clock.Advance(time.Second)
			return h.Items.Pin(ctx, a, i.ID, on)
		}
		wantKey(t, "a member", pin(h.joost, four[0], true), "error.denied")
		wantKey(t, "somebody with a rank", pin(h.elif, four[0], true), "error.not_found")
		wantKey(t, "a reply", pin(h.samira, reply, true), "items.pin_reply")
		for _, i := range four[:3] {
			wantKey(t, "up to three", pin(h.samira, i, true), "")
		}
		wantKey(t, "a fourth", pin(h.samira, four[3], true), "items.pins_many")
		wantKey(t, "one that is there", pin(h.samira, four[1], true), "")
		pinned := func(a plein.Actor) []plein.ID {
			ids, err := h.Items.Pinned(ctx, a, h.closed)
			if err != nil {
				t.Fatal(err)
			}
			return ids
		}
		if got := pinned(h.nora); !slices.Equal(got, []plein.ID{four[2].ID, four[1].ID, four[0].ID}) {
			t.Errorf("pinned %v", got)
		}
		if got := pinned(h.marit); len(got) != 0 {
			t.Errorf("a stranger sees %v", got)
		}
		if _, err := h.Items.Delete(ctx, h.joost, four[0].ID); err != nil {
			t.Fatal(err)
		}
		wantKey(t, "in the place of a deleted one", pin(h.samira, four[3], true), "")
		wantKey(t, "unpinning", pin(h.samira, four[2], false), "")
		if got := pinned(h.nora); !slices.Equal(got, []plein.ID{four[3].ID, four[1].ID}) {
			t.Errorf("pinned %v", got)
		}
	})
}

func TestMustReads(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		ctx := t.Context()
		var ward []plein.Actor // with samira and joost: twelve
		for n := range 10 {
			ward = append(ward, h.Person(fmt.Sprintf("Collega %c", 'A'+n), h.ward))
		}
		small := h.Unit("Kapel", 0)
		priest := h.Person("Pieter Dominee", small)
		h.Clock.Advance(time.Hour) // the headcount may be old for a moment
		all := h.Make(h.elif, items.NewItem{Audience: plein.OrgAudience, Title: "Nieuw protocol", Body: "Lees dit", MustRead: true})
		group := h.Make(h.samira, items.NewItem{Audience: h.closed, Body: "Graag lezen", MustRead: true,
			MustUntil: h.Clock.Now().Add(48 * time.Hour)})
		outside := h.Make(h.samira, items.NewItem{Audience: h.open, Body: "Leden, graag lezen", MustRead: true})
		asks := func(a plein.Actor) (out []plein.ID) {
			list, err := h.Items.MustReads(ctx, h.Reader(a), 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range list {
				out = append(out, m.ID)
			}
			return out
		}
		for _, c := range []struct {
			who  plein.Actor
			want []plein.ID
		}{
			{h.joost, []plein.ID{outside.ID, group.ID, all.ID}},
			{h.samira, []plein.ID{all.ID}}, // not one's own
			{h.marit, []plein.ID{all.ID}},  // an open group asks its members only
			{h.elif, nil},                  // wrote the one, sees not the other
			{h.nora, []plein.ID{group.ID}}, // a guest is asked where they are in
		} {
			if got := asks(c.who); !slices.Equal(got, c.want) {
				t.Errorf("%s is asked %v, want %v", c.who.Name, got, c.want)
			}
		}
		ack := func(a plein.Actor, i *items.Item) error { return h.Items.Acknowledge(ctx, a, i.ID) }
		var wg sync.WaitGroup
		for range 10 {
			for _, a := range append(ward[:3:3], h.joost) {
				wg.Go(func() { wantKey(t, "confirming", ack(a, all), "") })
			}
		}
		wg.Wait()
		wantKey(t, "confirming", ack(h.nora, group), "")
		wantKey(t, "confirming what is not to be seen", ack(h.nora, all), "error.not_found")
		wantKey(t, "confirming what does not ask", ack(h.joost, h.Post(h.samira, h.open, "x")), "items.not_must_read")
		if got := asks(h.joost); !slices.Equal(got, []plein.ID{outside.ID, group.ID}) {
			t.Errorf("after confirming: %v", got)
		}
		people, err := h.People.Count(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			who  plein.Actor
			i    *items.Item
			want items.MustState
		}{
			{h.samira, all, items.MustState{Read: 4, Of: people - 1, UnitLeft: 8, Unit: "Interne B3"}},
			{priest, all, items.MustState{Read: 4, Of: people - 1, UnitLeft: -1}},  // a department of one
			{h.marit, all, items.MustState{Read: 4, Of: people - 1, UnitLeft: -1}}, // in none
			{h.joost, group, items.MustState{UnitLeft: -1}},                        // two people: too few to count
		} {
			got := h.card(c.who, c.i)
			if got.Must == nil || *got.Must != c.want {
				t.Errorf("%s reads %+v, want %+v", c.who.Name, got.Must, c.want)
			}
			if wantAck := c.who.ID == h.joost.ID && c.i == all; got.Acked != wantAck {
				t.Errorf("%s has confirmed: %v", c.who.Name, got.Acked)
			}
		}
		h.Clock.Advance(72 * time.Hour)
		if h.card(h.joost, group).Must != nil || slices.Contains(asks(h.joost), group.ID) {
			t.Error("it asks after its end")
		}
		if h.card(h.joost, all).Must == nil {
			t.Error("two weeks are not over yet")
		}
	})
}

func TestSharingIsByReference(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		ctx := t.Context()
		inside := h.Post(h.samira, h.closed, "in vertrouwen")
		share := h.Make(h.joost, items.NewItem{Audience: plein.OrgAudience, Body: "lees dit eens", Share: inside.ID})
		again := h.Make(h.samira, items.NewItem{Audience: h.open, Body: "en dit", Share: share.ID})
		if again.Share != inside.ID {
			t.Error("a share of a share passes on the first")
		}
		if c := h.card(h.samira, share); c.Shared == nil || c.Shared.Body != "in vertrouwen" || c.Shared.By.Name != "Samira Bouali" {
			t.Errorf("who may see it sees %+v", c.Shared)
		}
		// S12: whoever may not see it gets nothing of it, and cannot pass it on.
		for _, a := range []plein.Actor{h.marit, h.elif} {
			for _, i := range []*items.Item{share, again} {
				if c := h.card(a, i); c.Shared != nil {
					t.Errorf("%s sees %q through a share", a.Name, c.Shared.Body)
				}
			}
		}
		_, err := h.Items.Post(ctx, h.marit, items.NewItem{Audience: plein.OrgAudience, Share: inside.ID})
		wantKey(t, "passing on what one cannot see", err, "error.not_found")
		third, err := h.Items.Post(ctx, h.marit, items.NewItem{Audience: plein.OrgAudience, Body: "ik ook", Share: share.ID})
		if err != nil {
			t.Fatal(err)
		}
		if c := h.card(h.samira, third); c.Shared != nil && c.Shared.ID == inside.ID {
			t.Error("marit passed on what she cannot see")
		}
		h.Leave(h.closed, h.joost)
		if c := h.card(h.joost, share); c.Shared != nil {
			t.Errorf("after leaving, one's own share still shows %q", c.Shared.Body)
		}
		if _, err := h.Items.Delete(ctx, h.samira, inside.ID); err != nil {
			t.Fatal(err)
		}
		if c := h.card(h.samira, share); c.Shared != nil {
			t.Errorf("a deleted item is still shown through a share: %q", c.Shared.Body)
		}
	})
}

func TestCardsLeaveOutWhatMayNotBeSeen(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		a, b, c := h.Post(h.samira, h.closed, "a"), h.Post(h.samira, h.open, "b"), h.Post(h.samira, h.secret, "c")
		d := h.Post(h.samira, h.ward, "d")
		for _, x := range []struct {
			who  plein.Actor
			want string
		}{{h.samira, "d c b a"}, {h.joost, "d c b a"}, {h.marit, "b"}, {h.elif, "b"}, {h.nora, "a"}, {plein.Actor{}, ""}} {
			if got := shape(h.cards(x.who, items.Opts{}, d, c, b, a)); got != x.want {
				t.Errorf("%s sees %q, want %q", x.who.Name, got, x.want)
			}
		}
	})
}

// An edit or a deletion is seen by the next reader, whatever is kept in memory and
// whoever reads meanwhile (P14).
func TestNothingOldIsServed(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		ctx := t.Context()
		root := h.Post(h.samira, h.open, "0")
		reply := h.Reply(h.joost, root, "0")
		while := func(act func() error) {
			t.Helper()
			var wg sync.WaitGroup
			for range 3 {
				wg.Go(func() {
					for range 5 {
						if _, err := h.Items.Cards(ctx, h.marit, []plein.ID{root.ID}, items.Opts{Preview: true}); err != nil {
							t.Error(err)
						}
					}
				})
			}
			if err := act(); err != nil {
				t.Error(err)
			}
			wg.Wait()
		}
		for n := 1; n <= 15; n++ {
			body := fmt.Sprint(n)
			while(func() error { return second(h.Items.Edit(ctx, h.samira, root.ID, 0, "", body)) })
			while(func() error { return second(h.Items.Edit(ctx, h.joost, reply.ID, 0, "", body)) })
			if got := shape(h.cards(h.marit, items.Opts{Preview: true}, root)); got != body+"("+body+")" {
				t.Fatalf("after edit %d a reader gets %q", n, got)
			}
		}
		while(func() error { return second(h.Items.Delete(ctx, h.joost, reply.ID)) })
		if got := shape(h.cards(h.marit, items.Opts{Preview: true}, root)); got != "15" {
			t.Errorf("after deleting the reply a reader gets %q", got)
		}
		while(func() error { return second(h.Items.Restore(ctx, h.joost, reply.ID)) })
		if got := shape(h.cards(h.marit, items.Opts{Preview: true}, root)); got != "15(15)" {
			t.Errorf("after bringing it back a reader gets %q", got)
		}
		for n := range 3 {
			h.Reply(h.marit, root, fmt.Sprint("r", n))
		}
		c := h.card(h.marit, root)
		if got := shape(c.Replies); got != "r1 r2" || c.Earlier != 2 {
			t.Errorf("a card shows the replies %q and tells of %d earlier", got, c.Earlier)
		}
		while(func() error { return second(h.Items.Delete(ctx, h.samira, root.ID)) })
		if got := shape(h.cards(h.marit, items.Opts{}, root)); got != "-" {
			t.Errorf("after deleting a reader gets %q", got)
		}
	})
}

func TestUnread(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		first := h.Post(h.samira, h.closed, "a")
		h.Post(h.samira, h.closed, "b")
		h.Reply(h.samira, first, "geen nieuw gesprek")
		gone := h.Post(h.samira, h.closed, "c")
		h.Post(h.joost, h.closed, "van mezelf")
		h.Post(h.samira, h.secret, "d")
		if _, err := h.Items.Delete(t.Context(), h.samira, gone.ID); err != nil {
			t.Fatal(err)
		}
		since := map[plein.ID]plein.ID{h.closed: first.ID, h.secret: 0, h.open: 0}
		for _, c := range []struct {
			who                  plein.Actor
			closed, secret, open int
		}{{h.joost, 1, 1, 0}, {h.nora, 2, 0, 0}, {h.marit, 0, 0, 0}} {
			got, err := h.Items.UnreadSince(t.Context(), h.Reader(c.who), since)
			if err != nil || got[h.closed] != c.closed || got[h.secret] != c.secret || got[h.open] != c.open {
				t.Errorf("%s: %v (%v), want %d, %d and %d", c.who.Name, got, err, c.closed, c.secret, c.open)
			}
		}
	})
}
