package notices

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"plein/internal/plein"
	"plein/internal/square/groups"
	"plein/internal/square/items"
)

func TestWhoIsToldOfWhat(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		anna, bram, cees, dora := h.Person("Anna Aarts", 0), h.Person("Bram Bos", 0), h.Person("Cees Cox", 0), h.Person("Dora Dik", 0)
		post := h.Post(anna, plein.OrgAudience, "Wie kent de kast?")
		h.expect(anna)
		h.Reply(bram, post, "Ik.")
		h.expect(anna, "* Bram Bos reageerde op jouw bericht “Wie kent de kast?”")
		h.expect(bram)
		reply := h.Reply(cees, post, "Ik ook.")
		h.expect(anna, "* Cees Cox en Bram Bos reageerden op jouw bericht “Wie kent de kast?”")
		h.expect(bram, "* Cees Cox reageerde op “Wie kent de kast?”")
		h.react(dora, reply, plein.Thanks, true)
		h.expect(cees, "* Dora Dik bedankte je voor “Ik ook.”")
		h.expect(dora)
		h.Reply(dora, post, "@[Bram Bos] heeft de sleutel.")
		h.expect(bram, "* Dora Dik noemde je: “@Bram Bos heeft de sleutel.” (ook 1 reactie)")
		h.expect(dora)
	})
}

func TestOneLineForAConversation(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		anna := h.Person("Anna Aarts", 0)
		post := h.Make(anna, items.NewItem{Audience: plein.OrgAudience, Title: "De kast", Kind: plein.KindQuestion, Body: "Waar?"})
		var last plein.Actor
		for n := range 5 {
			last = h.Person(fmt.Sprintf("Sanne de %c", 'A'+n), 0)
			h.Reply(last, post, "Hier.")
			h.react(last, post, plein.Nice, true)
		}
		h.expect(anna, "* Sanne de E en 4 anderen antwoordden op jouw vraag “De kast” (ook 5 keer gewaardeerd)")
		must(t, h.Opened(t.Context(), anna, post.ID))
		h.expect(anna, "Sanne de E en 4 anderen antwoordden op jouw vraag “De kast” (ook 5 keer gewaardeerd)")
		h.Reply(last, post, "Nog iets.")
		h.expect(anna, "* Sanne de E antwoordde op jouw vraag “De kast”")
	})
}

func TestWhatElseTells(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		anna, bram, cees := h.Person("Anna Aarts", 0, plein.RoleCommunityManager), h.Person("Bram Bos", 0), h.Person("Cees Cox", 0)
		club := h.Group("Fietsers", plein.Closed, anna, bram)

		h.Make(anna, items.NewItem{Audience: club, Title: "Nieuwe stalling", Body: "Lees dit.", MustRead: true})
		h.expect(bram, "* Moet je lezen: Nieuwe stalling")
		h.expect(anna)
		h.expect(cees)
		h.Post(anna, club, "Vraag aan @[Fietsers] allemaal")
		h.expect(bram, "* Anna Aarts noemde een groep waar je bij hoort: “Vraag aan @Fietsers allemaal”", "* Moet je lezen: Nieuwe stalling")
		if got := h.saysOf(bram, "must"); len(got) != 1 {
			t.Errorf("the must-reads are %q", got)
		}

		h.Make(bram, items.NewItem{Audience: plein.OrgAudience, Kind: plein.KindPraise, About: cees.ID, Title: "Altijd op tijd", Body: "Dank."})
		h.expect(cees, "* Bram Bos gaf je een compliment: “Altijd op tijd”")
		mine := h.Post(cees, plein.OrgAudience, "Een kaart van de fietspaden")
		h.Make(anna, items.NewItem{Audience: plein.OrgAudience, Share: mine.ID, Body: "Mooi."})
		h.expect(cees, "* Anna Aarts deelde jouw bericht “Een kaart van de fietspaden”", "* Bram Bos gaf je een compliment: “Altijd op tijd”")

		// Passed on where its writer does not come: they do not learn of it.
		h.Make(anna, items.NewItem{Audience: club, Share: mine.ID, Body: "Kijk."})
		h.expect(cees, "* Anna Aarts deelde jouw bericht “Een kaart van de fietspaden”", "* Bram Bos gaf je een compliment: “Altijd op tijd”")
	})
}

func TestKnockingAndBeingAsked(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		ctx := t.Context()
		anna, bram, cees := h.Person("Anna Aarts", 0), h.Person("Bram Bos", 0), h.Person("Cees Cox", 0)
		club := h.Group("Fietsers", plein.Closed, anna)
		must(t, h.House.Groups.Ask(ctx, bram, club, ""))
		must(t, h.House.Groups.Ask(ctx, cees, club, ""))
		h.expect(anna, "* Cees Cox en Bram Bos willen bij Fietsers horen")
		must(t, h.House.Groups.Withdraw(ctx, cees, club))
		h.expect(anna, "* Bram Bos wil bij Fietsers horen")
		must(t, h.House.Groups.Accept(ctx, anna, club, bram.ID))
		h.expect(anna)
		h.expect(bram, "* Fietsers heeft je toegelaten. Je bent nu lid.")
		must(t, h.Visited(ctx, bram, club))
		h.expect(bram, "Fietsers heeft je toegelaten. Je bent nu lid.")

		must(t, h.House.Groups.Ask(ctx, cees, club, ""))
		h.expect(anna, "* Cees Cox wil bij Fietsers horen")
		must(t, h.House.Groups.Refuse(ctx, anna, club, cees.ID))
		h.expect(anna)

		secret := h.Group("Verrassing", plein.Secret, anna)
		must(t, h.House.Groups.Invite(ctx, anna, secret, cees.ID))
		h.expect(cees, "* Anna Aarts nodigt je uit voor Verrassing")
		must(t, h.House.Groups.Uninvite(ctx, anna, secret, cees.ID))
		h.expect(cees) // and with it the name of the group is gone
		must(t, h.House.Groups.Invite(ctx, anna, secret, cees.ID))
		h.expect(cees, "* Anna Aarts nodigt je uit voor Verrassing")
		must(t, h.House.Groups.AcceptInvitation(ctx, cees, secret))
		h.expect(cees)
	})
}

// Who no longer looks after a group does not see who knocks there.
func TestAFormerOwnerDoesNotSeeWhoKnocks(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		ctx := t.Context()
		anna, bram, cees := h.Person("Anna Aarts", 0), h.Person("Bram Bos", 0), h.Person("Cees Cox", 0)
		club := h.Group("Fietsers", plein.Closed, anna, bram)
		must(t, h.House.Groups.SetRole(ctx, anna, club, bram.ID, groups.Owner))
		must(t, h.House.Groups.Ask(ctx, cees, club, ""))
		h.expect(bram, "* Cees Cox wil bij Fietsers horen")
		must(t, h.House.Groups.SetRole(ctx, anna, club, bram.ID, groups.Member))
		h.expect(bram)
	})
}

func TestFollowing(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		anna, bram, cees := h.Person("Anna Aarts", 0), h.Person("Bram Bos", 0), h.Person("Cees Cox", 0)
		club := h.Group("Fietsers", plein.Open, anna, bram)
		h.choose(cees, "group", club, "follow")
		h.choose(cees, "person", bram.ID, "follow")
		one := h.Post(anna, club, "Lekke band")
		h.Post(anna, club, "Nieuwe band")
		h.expect(cees, "* 2 nieuwe gesprekken in Fietsers")
		if got := h.saysOf(cees, "mine"); len(got) != 0 {
			t.Errorf("what they merely follow is said to be for them: %q", got)
		}
		must(t, h.Visited(t.Context(), cees, club))
		h.Post(bram, plein.OrgAudience, "Wie gaat mee?")
		h.expect(cees, "* Bram Bos begon een gesprek: “Wie gaat mee?”", "2 nieuwe gesprekken in Fietsers")
		h.choose(cees, "thread", one.ID, "follow")
		h.Reply(bram, one, "Plakken.")
		h.expect(cees, "* Bram Bos reageerde op “Lekke band”", "* Bram Bos begon een gesprek: “Wie gaat mee?”", "2 nieuwe gesprekken in Fietsers")
	})
}

func TestMutedSaysNothing(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		anna, bram, cees := h.Person("Anna Aarts", 0), h.Person("Bram Bos", 0), h.Person("Cees Cox", 0)
		club := h.Group("Fietsers", plein.Open, anna, bram, cees)
		post := h.Post(anna, plein.OrgAudience, "Rustig aan")
		h.choose(anna, "thread", post.ID, "mute")
		h.Reply(bram, post, "Zeker.")
		h.react(bram, post, plein.Agree, true)
		h.expect(anna)
		h.Reply(bram, post, "@[Anna Aarts] toch?")
		h.expect(anna, "* Bram Bos noemde je: “@Anna Aarts toch?”")

		h.choose(cees, "group", club, "mute")
		in := h.Make(anna, items.NewItem{Audience: club, Title: "Lezen", Body: "Voor @[Fietsers] allemaal", MustRead: true})
		answer := h.Reply(cees, in, "Gezien.")
		h.Reply(bram, in, "Ik ook.")
		h.react(bram, answer, plein.Thanks, true)
		h.expect(cees)
		h.Reply(bram, in, "Dag @[Cees Cox].")
		h.expect(cees, "* Bram Bos noemde je: “Dag @Cees Cox.”")

		h.choose(cees, "person", anna.ID, "mute")
		h.Post(anna, plein.OrgAudience, "En @[Cees Cox] dan?")
		h.expect(cees, "* Bram Bos noemde je: “Dag @Cees Cox.”")
		h.choose(cees, "person", anna.ID, "normal")
		h.Post(anna, plein.OrgAudience, "Hoor je dit, @[Cees Cox]?")
		if n := h.unread(cees); n != 2 {
			h.settle()
			if n := h.unread(cees); n != 2 {
				t.Errorf("after muting was ended, %d lines are new", n)
			}
		}
	})
}

func TestOnlyWhatOneMayReadIsToldOf(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		anna, bram := h.Person("Anna Aarts", 0), h.Person("Bram Bos", 0)
		club := h.Group("Fietsers", plein.Closed, anna, bram)
		mine := h.Post(bram, club, "Mijn fiets is weg")
		h.Reply(anna, mine, "Hij staat hier, @[Bram Bos].")
		h.expect(bram, "* Anna Aarts noemde je: “Hij staat hier, @Bram Bos.”")
		h.Leave(club, bram)
		h.expect(bram)
		h.Join(club, bram)
		h.expect(bram, "* Anna Aarts noemde je: “Hij staat hier, @Bram Bos.”")
	})
}

// A person is named where they cannot read: nothing they get differs by a byte.
func TestTwoWorldsOfAnOutsider(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		anna, bram, cees := h.Person("Anna Aarts", 0), h.Person("Bram Bos", 0), h.Person("Cees Cox", 0)
		club := h.Group("Fietsers", plein.Closed, anna, cees)
		h.Reply(anna, h.Post(bram, plein.OrgAudience, "Goedemorgen"), "Dag.")
		h.choose(bram, "person", anna.ID, "follow")
		now := h.House.Clock.Now()
		before := h.get(bram, "/notices")
		in := h.Make(anna, items.NewItem{Audience: club, Body: "Voor @[Bram Bos] en @[Fietsers]", MustRead: true})
		h.Reply(cees, in, "En @[Bram Bos] weet dit niet.")
		h.react(cees, in, plein.Same, true)
		h.House.Clock.Set(now)
		if after := h.get(bram, "/notices"); after != before {
			t.Error("the page tells an outsider that something was said")
		}
		if n := h.unread(bram); n != 1 {
			t.Errorf("the number is %d", n)
		}
	})
}

func TestWhatWasDeletedIsNotTold(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		ctx := t.Context()
		anna, bram, cees := h.Person("Anna Aarts", 0), h.Person("Bram Bos", 0), h.Person("Cees Cox", 0)
		post := h.Post(anna, plein.OrgAudience, "Koffie is op")
		one := h.Reply(bram, post, "Oei.")
		two := h.Reply(cees, post, "Ik haal.")
		h.expect(anna, "* Cees Cox en Bram Bos reageerden op jouw bericht “Koffie is op”")
		_, err := h.House.Items.Delete(ctx, cees, two.ID)
		must(t, err)
		h.expect(anna, "* Bram Bos reageerde op jouw bericht “Koffie is op”")
		_, err = h.House.Items.Delete(ctx, bram, one.ID)
		must(t, err)
		h.expect(anna)
		_, err = h.House.Items.Restore(ctx, bram, one.ID)
		must(t, err)
		h.expect(anna, "* Bram Bos reageerde op jouw bericht “Koffie is op”")
	})
}

func TestAnEditTellsOnlyWhomItNewlyNames(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		anna, bram, cees := h.Person("Anna Aarts", 0), h.Person("Bram Bos", 0), h.Person("Cees Cox", 0)
		post := h.Post(anna, plein.OrgAudience, "Dank @[Bram Bos]")
		h.expect(bram, "* Anna Aarts noemde je: “Dank @Bram Bos”")
		must(t, h.Opened(t.Context(), bram, post.ID))
		_, err := h.House.Items.Edit(t.Context(), anna, post.ID, 0, "", "Dank @[Bram Bos] en @[Cees Cox]")
		must(t, err)
		h.expect(bram, "Anna Aarts noemde je: “Dank @Bram Bos en @Cees Cox”")
		h.expect(cees, "* Anna Aarts noemde je: “Dank @Bram Bos en @Cees Cox”")
	})
}

func TestAReactionTakenBack(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		anna, bram := h.Person("Anna Aarts", 0), h.Person("Bram Bos", 0)
		post := h.Post(anna, plein.OrgAudience, "Taart")
		h.react(bram, post, plein.Nice, true)
		h.expect(anna, "* Bram Bos vindt “Taart” mooi")
		h.react(bram, post, plein.Agree, true)
		h.expect(anna, "* Bram Bos waardeerde “Taart”")
		h.react(bram, post, plein.Agree, false)
		h.react(bram, post, plein.Nice, false)
		h.expect(anna)
		for range 5 { // all day long
			h.react(bram, post, plein.Nice, true)
			h.react(bram, post, plein.Nice, false)
		}
		h.react(bram, post, plein.Nice, true)
		h.expect(anna, "Bram Bos vindt “Taart” mooi")
	})
}

func TestMarking(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		anna, bram := h.Person("Anna Aarts", 0), h.Person("Bram Bos", 0)
		var posts []*items.Item
		for n := range 12 {
			posts = append(posts, h.Post(anna, plein.OrgAudience, fmt.Sprintf("Bericht %d", n)))
			h.Reply(bram, posts[n], "Ja.")
		}
		h.settle()
		if n := h.unread(anna); n != mostCounted {
			t.Errorf("the number is %d", n)
		}
		page := h.get(anna, "/notices")
		if !strings.Contains(page, "9+") {
			t.Error("above nine the number does not stop")
		}
		one := "/notices/thread/" + posts[11].ID.String()
		if w := h.ask(anna, http.MethodPost, one, "read=true"); w.Code != http.StatusSeeOther {
			t.Errorf("marking gives %d", w.Code)
		}
		if got := h.says(anna)[0]; strings.HasPrefix(got, "*") {
			t.Errorf("after marking: %q", got)
		}
		h.ask(anna, http.MethodPost, one, "read=false")
		if got := h.says(anna)[0]; !strings.HasPrefix(got, "*") {
			t.Errorf("after marking as unread: %q", got)
		}
		// What came after the page was made is not marked with the rest.
		_, after, _ := strings.Cut(page, `name="to" value="`)
		to, _, _ := strings.Cut(after, `"`)
		late := h.Post(anna, plein.OrgAudience, "Laat")
		h.Reply(bram, late, "Nog een.")
		h.ask(anna, http.MethodPost, "/notices/read", url.Values{"to": {to}}.Encode())
		if n := h.unread(anna); n != 1 {
			t.Errorf("after all were read, %d are new", n)
		}
		if w := h.ask(anna, http.MethodGet, "/notices/thread/"+late.ID.String(), ""); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/posts/"+late.ID.String() {
			t.Errorf("a line leads to %d %q", w.Code, w.Header().Get("Location"))
		}
		if n := h.unread(anna); n != 0 {
			t.Errorf("after opening, %d are new", n)
		}
		for _, bad := range []string{"/notices/thread/x", "/notices/niets/" + late.ID.String()} {
			if w := h.ask(anna, http.MethodPost, bad, "read=true"); w.Code != http.StatusNotFound {
				t.Errorf("%s gives %d", bad, w.Code)
			}
		}
		// Another's lines are another's.
		h.ask(bram, http.MethodPost, one, "read=false")
		if n := h.unread(anna); n != 0 {
			t.Errorf("somebody else made %d lines new", n)
		}
	})
}

func TestPaging(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		anna, bram := h.Person("Anna Aarts", 0), h.Person("Bram Bos", 0)
		club := h.Group("Fietsers", plein.Closed, anna, bram)
		for n := range 50 {
			where := plein.OrgAudience
			if n%3 == 0 {
				where = club // which they leave: those lines are passed over
			}
			h.Reply(bram, h.Post(anna, where, fmt.Sprintf("Bericht %d", n)), "Ja.")
		}
		for n := range 25 { // deleted ones lie in between
			i := h.Reply(bram, h.Post(anna, plein.OrgAudience, fmt.Sprintf("Weg %d", n)), "Ja.")
			_, err := h.House.Items.Delete(t.Context(), bram, i.ID)
			must(t, err)
		}
		bob := h.Person("Bob", 0)
		must(t, h.House.Groups.Invite(t.Context(), anna, club, bob.ID))
		must(t, h.House.Groups.AcceptInvitation(t.Context(), bob, club))
		must(t, h.House.Groups.SetRole(t.Context(), anna, club, bob.ID, groups.Owner))
		h.Leave(club, anna)
		h.settle()
		seen := map[string]bool{}
		at := top
		for pages := 0; ; pages++ {
			list, next, err := h.list(t.Context(), anna, "", at)
			must(t, err)
			for _, l := range h.inWords(anna, list) {
				if seen[l] {
					t.Errorf("%q comes twice", l)
				}
				seen[l] = true
			}
			if next == (place{}) {
				break
			}
			if pages > 10 {
				t.Fatal("the pages do not end")
			}
			at = parsePlace(next.String())
			if at != next {
				t.Fatalf("%v comes back as %v", next, at)
			}
		}
		if len(seen) != 33 {
			t.Errorf("%d lines were met, want 33", len(seen))
		}
		for _, bad := range []string{"x", "..", strings.Repeat("9", 10_000)} {
			if parsePlace(bad) != top {
				t.Errorf("%.20q is a place", bad)
			}
		}
	})
}

// However many are called, one row is written, and one more for each who looks.
func TestAChosenAnswer(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		ctx := t.Context()
		anna, bram, cees := h.Person("Anna Aarts", 0), h.Person("Bram Bos", 0), h.Person("Cees Cox", 0)
		post := h.Make(anna, items.NewItem{Audience: plein.OrgAudience, Title: "De kast", Kind: plein.KindQuestion, Body: "Waar?"})
		one, two := h.Reply(bram, post, "Boven."), h.Reply(cees, post, "Beneden.")
		h.says(bram)
		must(t, h.Opened(ctx, bram, post.ID))
		_, err := h.House.Items.Accept(ctx, anna, one.ID, true)
		must(t, err)
		h.expect(bram, "* Anna Aarts koos jouw antwoord bij “De kast”")
		_, err = h.House.Items.Accept(ctx, anna, two.ID, true)
		must(t, err)
		h.expect(cees, "* Anna Aarts koos jouw antwoord bij “De kast”")
		h.expect(bram, "Cees Cox reageerde op “De kast”")
	})
}

// In one transaction only so many are told; the rest come in the next ones, and
// nobody is left out.
