package trending_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"plein/internal/plein"
	"plein/internal/rooms/trending"
	"plein/internal/square/items"
	"plein/internal/square/people"
)

// move gives somebody a place to work.
func (h *town) move(a plein.Actor, place string, skills ...string) {
	h.T.Helper()
	err := h.People.ChangeProfile(h.T.Context(), a, a.ID, people.Profile{Given: a.GivenName, Location: place, Skills: skills})
	if err != nil {
		h.T.Fatal(err)
	}
}

func (h *town) meets(a plein.Actor) map[plein.ID]trending.Reason {
	h.T.Helper()
	h.room.Forget()
	out := map[plein.ID]trending.Reason{}
	for _, m := range h.shown(a).Meet {
		out[m.Person] = m.Why
	}
	return out
}

func TestPeopleAreProposedForAReason(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		me := h.people[0]                    // of the first department, as 3, 6 and 9
		h.Clock.Advance(40 * 24 * time.Hour) // nobody is new any more
		h.move(me, "Gebouw D, 0.12")
		h.move(h.people[1], "gebouw d, 3.01")
		h.move(h.people[3], "Gebouw D, 0.13") // my own department
		h.move(h.people[4], "Gebouw A")
		group := h.Group("Fietsers", plein.Open, me, h.people[2])
		secret := h.Group("Geheim", plein.Secret, h.people[7], h.people[8])
		talk := h.Post(me, plein.OrgAudience, "Wie fietst er mee?")
		h.Reply(h.people[5], talk, "Ik")
		h.Reply(h.people[6], talk, "Ik ook")                      // my own department
		h.Post(h.people[2], group, "Zaterdag naar zee")           // in my group
		h.Post(h.people[1], plein.OrgAudience, "Lift is stuk")    // in my building
		h.Post(h.people[3], plein.OrgAudience, "Lift is gemaakt") // there too, my own department
		h.Post(h.people[4], plein.OrgAudience, "Alles is rustig") // for no reason
		h.Post(h.people[7], secret, "Dit weet niemand")           // where I may not look
		newcomer := h.Person("Naomi Sarfo", h.wards[2])
		h.Guest("Nora Gast")
		h.settle()
		want := map[plein.ID]trending.Reason{h.people[5].ID: trending.SharedTalk, h.people[2].ID: trending.SharedRoom,
			h.people[1].ID: trending.SamePlace, newcomer.ID: trending.IsNew}
		got := h.meets(me)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("proposed are %v, want %v", got, want)
		}
		// Whoever is followed, does not want to be seen, or left, is not proposed.
		if err := h.Feed.Follow(t.Context(), me, plein.Ref{Kind: "person", ID: h.people[5].ID}, true); err != nil {
			t.Fatal(err)
		}
		if err := h.room.Pass(t.Context(), me, h.people[2].ID, true); err != nil {
			t.Fatal(err)
		}
		if err := h.People.Close(t.Context(), people.House(), newcomer.ID); err != nil {
			t.Fatal(err)
		}
		if got := h.meets(me); len(got) != 1 || got[h.people[1].ID] == "" {
			t.Errorf("left are %v, want the one in the building", got)
		}
		if err := h.room.Pass(t.Context(), me, h.people[2].ID, false); err != nil {
			t.Fatal(err)
		}
		if got := h.meets(me); len(got) != 2 {
			t.Errorf("taken back, and proposed are %v", got)
		}
		if err := h.room.Pass(t.Context(), me, 12345, true); plein.KindOf(err) != plein.NotFound {
			t.Errorf("passing over nobody: %v", err)
		}
	})
}

// The order is another one every day, and for every reader: it says nothing.
func TestTheOrderOfPeopleChangesEveryDay(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		h.settle()
		first := map[plein.ID]bool{}
		for range 12 {
			h.room.Forget()
			m := h.shown(h.people[0]).Meet
			if len(m) < 2 {
				t.Fatalf("%d people are proposed among twelve who just came", len(m))
			}
			again := h.shown(h.people[0]).Meet
			if !slices.Equal(m, again) {
				t.Fatal("on one day the order is the same")
			}
			first[m[0].Person] = true
			h.Clock.Advance(24 * time.Hour)
		}
		if len(first) < 2 {
			t.Error("the same person is first every day")
		}
	})
}

func TestQuestionsNearToWhatOneKnowsComeFirst(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		me := h.people[0]
		h.move(me, "", "infuuspompen")
		g := h.Group("Dicht", plein.Closed, h.people[5], h.people[6])
		ask := func(a plein.Actor, audience plein.ID, body string) *items.Item {
			return h.Make(a, items.NewItem{Kind: plein.KindQuestion, Audience: audience, Body: body})
		}
		near := ask(h.people[1], plein.OrgAudience, "Wie kan een infuuspomp nakijken?")
		ask(h.people[5], g, "Wie weet iets van infuuspompen?")
		ask(me, plein.OrgAudience, "Waar liggen de infuuspompen?")
		done := ask(h.people[2], plein.OrgAudience, "Is de infuuspomp al terug?")
		h.Reply(h.people[3], done, "Ja")
		ask(h.people[2], h.wards[2], "Waar is de koffie?")
		last := ask(h.people[4], plein.OrgAudience, "Wie heeft een ladder?")
		list := h.shown(me).Asking
		if len(list) != 2 {
			t.Fatalf("%d questions, want those that I see, that are not mine and that wait", len(list))
		}
		if list[0].ID != near.ID || strings.Join(list[0].Near, "") != "infuuspompen" {
			t.Errorf("the first is %q for %q", list[0].Body, list[0].Near)
		}
		if list[1].ID != last.ID || len(list[1].Near) != 0 {
			t.Errorf("then comes the newest, not %q for %q", list[1].Body, list[1].Near)
		}
		// What is answered or taken away is gone at once, also from what is kept.
		h.Reply(me, near, "Ik")
		if _, err := h.Items.Delete(t.Context(), h.people[4], last.ID); err != nil {
			t.Fatal(err)
		}
		for _, q := range h.shown(me).Asking {
			if q.ID == near.ID || q.ID == last.ID {
				t.Errorf("%q is still asked", q.Body)
			}
		}
	})
}
