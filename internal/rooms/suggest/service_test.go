package suggest_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"plein/internal/plein"
	"plein/internal/rooms/suggest"
	"plein/internal/square/items"
	"plein/internal/square/people"
	"plein/internal/square/squaretest"
)

type room struct {
	*squaretest.House
	*suggest.Module
	t *testing.T
}

func each(t *testing.T, fn func(t *testing.T, r room)) {
	t.Parallel()
	squaretest.Each(t, func(t *testing.T, h *squaretest.House) {
		amsterdam, err := time.LoadLocation("Europe/Amsterdam")
		if err != nil {
			t.Fatal(err)
		}
		fn(t, room{h, suggest.New(suggest.Deps{Clock: h.Clock, People: h.People, Groups: h.Groups, Access: h.Access, Items: h.Items,
			Zone: func(context.Context) *time.Location { return amsterdam }}), t})
	})
}

func (r room) offered(a plein.Actor, q suggest.Query) []string {
	r.t.Helper()
	offers, err := r.Suggest(r.t.Context(), a, q)
	if err != nil {
		r.t.Fatal(err)
	}
	var out []string
	for _, o := range offers {
		s := o.Insert
		if o.Unseen {
			s += " (unseen)"
		}
		out = append(out, s)
	}
	return out
}

func (r room) wants(what string, a plein.Actor, q suggest.Query, want ...string) {
	r.t.Helper()
	if got := r.offered(a, q); !slices.Equal(got, want) {
		r.t.Errorf("%s: offered %q, not %q", what, got, want)
	}
}

func TestWhoIsNearComesFirst(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		care, ict := r.Unit("Zorg", 0), r.Unit("ICT", 0)
		anna := r.Person("Anna Smit", care)
		r.Person("Bart Bergman", ict)
		unit := r.Person("Carla Bergsma", care)
		member := r.Person("Dirk van den Berg", ict)
		writer := r.Person("Emma Berghuis", ict)
		group := r.Group("Wondzorg", plein.Closed, anna, member)
		q := suggest.Query{Text: "berg"}
		r.wants("nowhere", anna, q, "@Carla Bergsma", "@Dirk van den Berg", "@Bart Bergman", "@Emma Berghuis")
		q.Audience = group
		r.wants("in a group", anna, q, "@Dirk van den Berg", "@Carla Bergsma (unseen)", "@Bart Bergman (unseen)", "@Emma Berghuis (unseen)")
		post := r.Post(anna, plein.OrgAudience, "Wie weet het?")
		reply := r.Reply(writer, post, "Ik.")
		q = suggest.Query{Text: "berg", Thread: reply.ID}
		r.wants("in a conversation", anna, q, "@Emma Berghuis", "@Carla Bergsma", "@Dirk van den Berg", "@Bart Bergman")
		r.wants("nothing typed", anna, suggest.Query{Thread: post.ID}, "@Emma Berghuis", "@Carla Bergsma")
		// A place that one may not see is no place.
		stranger := r.Person("Frits Jonker", 0)
		hidden := r.Post(anna, group, "Onder ons")
		for _, q := range []suggest.Query{{Text: "berg", Audience: group}, {Text: "berg", Thread: hidden.ID}, {Text: "berg", Audience: 12345}} {
			r.wants("from outside", stranger, q, r.offered(stranger, suggest.Query{Text: "berg"})...)
		}
		_ = unit
	})
}

func TestTheIndexIsAsNewAsTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		admin := r.Person("Beheer Der", 0, plein.RoleTechnicalAdmin)
		a := r.Person("Anna Smit", 0)
		b := r.Person("Bas Kuipers", 0)
		r.wants("as added", a, suggest.Query{Text: "kuip"}, "@Bas Kuipers")
		c := r.Person("Cor Kuiper", 0)
		r.wants("one more", a, suggest.Query{Text: "kuip"}, "@Bas Kuipers", "@Cor Kuiper")
		if err := r.People.Close(t.Context(), admin, b.ID); err != nil {
			t.Fatal(err)
		}
		r.wants("one less", a, suggest.Query{Text: "kuip"}, "@Cor Kuiper")
		if err := r.People.Rename(t.Context(), admin, c.ID, "Cor Slager"); err != nil {
			t.Fatal(err)
		}
		r.wants("another name", a, suggest.Query{Text: "slag"}, "@Cor Slager")
		// Two of one name are told apart by their handles.
		r.Person("Cor Slager", 0)
		r.wants("two of a name", a, suggest.Query{Text: "slag"}, "@cor.slager", "@cor.kuiper")
	})
}

func TestGuestsMeetWhomTheyShareAGroupWith(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		anna, bob, guest, other := r.Person("Anna Berg", 0), r.Person("Bob Berg", 0), r.Guest("Gerda Berg"), r.Guest("Gijs Berg")
		group := r.Group("Samen", plein.Closed, anna, guest)
		open := r.Group("Open deur", plein.Open, bob)
		r.Group("Geheim overleg", plein.Secret, bob)
		r.wants("the guest", guest, suggest.Query{Text: "berg"}, "@Anna Berg")
		r.wants("another guest", other, suggest.Query{Text: "berg"})
		r.wants("the guest's groups", guest, suggest.Query{Text: "o", Kind: suggest.Groups})
		r.wants("a colleague", bob, suggest.Query{Text: "berg"}, "@Anna Berg")
		r.wants("where the guest is", anna, suggest.Query{Text: "berg", Audience: group}, "@Gerda Berg", "@Bob Berg (unseen)")
		r.wants("where the guest is not", bob, suggest.Query{Text: "berg", Audience: open}, "@Anna Berg")
		r.Leave(group, guest)
		r.wants("who left", guest, suggest.Query{Text: "berg"})
		if got := r.offered(plein.Actor{}, suggest.Query{Text: "berg"}); got != nil {
			t.Errorf("a stranger is offered %v", got)
		}
	})
}

func TestGroupsThatOneMayKnow(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		anna, bob := r.Person("Anna Smit", 0), r.Person("Bob Jansen", 0)
		r.Group("Wondzorg", plein.Open, anna)
		r.Group("Zorg voor wonden", plein.Closed, anna, bob)
		r.Group("Wonderlijk geheim", plein.Secret, anna)
		r.wants("a member first", bob, suggest.Query{Text: "won"}, "@Zorg voor wonden", "@Wondzorg")
		r.wants("who is in it", anna, suggest.Query{Text: "won"}, "@Wonderlijk geheim", "@Wondzorg", "@Zorg voor wonden")
		r.wants("signs of LIKE", anna, suggest.Query{Text: "%", Kind: suggest.Groups})
	})
}

func TestHashtagsOfWhatOneMayRead(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		anna, bob := r.Person("Anna Smit", 0), r.Person("Bob Jansen", 0)
		closed := r.Group("Besloten", plein.Closed, anna)
		r.Post(anna, plein.OrgAudience, "Over #wondzorg en #wonen")
		r.Post(bob, plein.OrgAudience, "Nog iets over #wonen")
		r.Post(anna, closed, "Onder ons over #wonderolie en #café")
		q := suggest.Query{Text: "#won", Kind: suggest.Hashtags}
		r.wants("outside", bob, q, "#wonen", "#wondzorg")
		r.wants("inside", anna, q, "#wonen", "#wonderolie", "#wondzorg")
		r.wants("without accents", anna, suggest.Query{Text: "caf", Kind: suggest.Hashtags}, "#café")
		q.Audience = closed
		r.wants("here first", anna, q, "#wonderolie", "#wonen", "#wondzorg")
		// However much is said where one cannot read, it pushes nothing out.
		for range 30 {
			r.Post(anna, closed, "#ruis")
		}
		q.Audience = 0
		r.wants("outside, later", bob, q, "#wonen", "#wondzorg")
	})
}

func TestNotes(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		anna, bob, fatima := r.Person("Anna Smit", 0), r.Person("Bob Jansen", 0), r.Person("Fatima Amrani", 0)
		boss := r.Person("Carla Bos", 0, plein.RoleCommunityManager)
		group := r.Group("Besloten", plein.Closed, anna, bob)
		large := r.Group("Iedereen van zorg", plein.Open, fatima)
		for n := range 55 {
			r.Join(large, r.Person(fmt.Sprintf("Lid %c%c", 'A'+n/8, 'a'+n%8), 0))
		}
		early := r.Person("Yuki Mori", 0)
		if err := r.People.SetPreferences(t.Context(), early, people.Preferences{Zone: "Asia/Tokyo"}); err != nil {
			t.Fatal(err)
		}
		r.Join(group, early)
		notes := func(a plein.Actor, body string, audience plein.ID) []suggest.Note {
			t.Helper()
			got, err := r.Notes(t.Context(), a, suggest.Text{Body: body, Audience: audience})
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		got := notes(anna, "Dag @Fatima Amrani en @Bob Jansen", group)
		if len(got) != 1 || len(got[0].Unseen) != 1 || got[0].Unseen[0].ID != fatima.ID {
			t.Errorf("who cannot see it: %+v", got)
		}
		if got := notes(anna, "Dag @Fatima Amrani", plein.OrgAudience); len(got) != 0 {
			t.Errorf("everybody sees it: %+v", got)
		}
		// Morning in the house, evening in Tokyo.
		if got := notes(anna, "Hoi @Besloten", plein.OrgAudience); len(got) != 1 || got[0].People != 2 || got[0].Quiet != 1 || got[0].Large {
			t.Errorf("reach: %+v", got)
		}
		if got := notes(bob, "Hoi @[Iedereen van zorg]", plein.OrgAudience); len(got) != 1 || !got[0].Large || got[0].People != 56 {
			t.Errorf("a large group: %+v", got)
		}
		for _, a := range []plein.Actor{boss, fatima} {
			if got := notes(a, "Hoi @[Iedereen van zorg]", plein.OrgAudience); len(got) != 1 || got[0].Large {
				t.Errorf("%s may name it: %+v", a.Name, got)
			}
		}
		// Whoever is not in a closed group learns about how many are.
		if got := notes(fatima, "Hoi @Besloten", plein.OrgAudience); len(got) != 1 || !got[0].About || got[0].People != 0 || got[0].Quiet != -1 {
			t.Errorf("from outside: %+v", got)
		}
		// What one cannot read is no place, and nothing is said of it.
		if got := notes(fatima, "Dag @Bob Jansen", group); len(got) != 0 {
			t.Errorf("a place one cannot see: %+v", got)
		}
		// And the act itself refuses, with everything typed still there.
		_, err := r.Items.Post(t.Context(), bob, items.NewItem{Audience: plein.OrgAudience, Body: "Hoi @[Iedereen van zorg]"})
		if e := plein.AsError(err); e.Key != "items.call_large" || e.Field != "body" {
			t.Errorf("naming a large group gives %v", err)
		}
		if _, err := r.Items.Post(t.Context(), boss, items.NewItem{Audience: plein.OrgAudience, Body: "Hoi @[Iedereen van zorg]"}); err != nil {
			t.Errorf("the community manager may: %v", err)
		}
	})
}

func TestBadQuestions(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		a := r.Person("Anna Smit", 0)
		for _, q := range []suggest.Query{{Text: strings.Repeat("a", plein.MaxQuery+1)}, {Text: "a", Kind: "alles"}} {
			if _, err := r.Suggest(t.Context(), a, q); plein.KindOf(err) != plein.Invalid {
				t.Errorf("%+v gives %v", q, err)
			}
		}
		for _, s := range []string{"'", "\"", "%_", "\\", "👩‍🚒", "שלום", strings.Repeat("van ", 50), "a OR b", ".*"} {
			for _, k := range []suggest.Kind{suggest.Names, suggest.Groups, suggest.Hashtags} {
				if got := r.offered(a, suggest.Query{Text: s, Kind: k}); len(got) != 0 {
					t.Errorf("%q gives %v", s, got)
				}
			}
		}
	})
}
