package knows_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/rooms/knows"
	"plein/internal/square/access"
	"plein/internal/square/items"
	"plein/internal/square/people"
	"plein/internal/square/squaretest"
)

type room struct {
	*squaretest.House
	*knows.Module
	t *testing.T
}

func each(t *testing.T, fn func(t *testing.T, r *room)) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		h := squaretest.New(t, d)
		catalogue, err := words.New(knows.Words(), web.Words(), people.Words(), access.Words(), items.Words())
		if err != nil {
			t.Fatal(err)
		}
		r := &room{House: h, t: t}
		r.Module = knows.New(knows.Deps{DB: h.DB, Changes: h.Changes, Clock: h.Clock, Access: h.Access, People: h.People, Items: h.Items,
			Words: catalogue, Said: r.said})
		fn(t, r)
	}, append(squaretest.Migrations(), knows.Migrations())...)
}

// said looks through what the actor may see for a word, as search does with an index.
func (r *room) said(ctx context.Context, a plein.Actor, question string, limit int) ([]knows.Saying, error) {
	reader, err := r.Access.Reader(ctx, a)
	if err != nil {
		return nil, err
	}
	heads, err := r.Items.Latest(ctx, reader, reader.Feed(), items.Newest, limit)
	if err != nil {
		return nil, err
	}
	var out []knows.Saying
	for _, h := range heads {
		thread, err := r.Items.Thread(ctx, a, h.ID, 0)
		if err != nil {
			return nil, err
		}
		for _, c := range append([]items.Card{thread.Root}, thread.Replies...) {
			if strings.Contains(c.Body, question) {
				out = append(out, knows.Saying{Item: c.ID, Thread: h.ID, Author: c.Author, Audience: c.Audience, Question: c.Kind == plein.KindQuestion})
			}
		}
	}
	return out, nil
}

func (r *room) profile(a plein.Actor, skills, ask []string) {
	r.t.Helper()
	p := people.Profile{Given: a.GivenName, Skills: skills, AskMe: ask}
	if err := r.People.ChangeProfile(r.t.Context(), a, a.ID, p); err != nil {
		r.t.Fatal(err)
	}
}

// experts tells who is named and why, as "Name: because n topic".
func (r *room) experts(a plein.Actor, question string) []string {
	r.t.Helper()
	list, err := r.Experts(r.t.Context(), a, question)
	if err != nil {
		r.t.Fatal(err)
	}
	var out []string
	for _, e := range list {
		s := e.People.Name + ":"
		for _, why := range e.Reasons {
			s += fmt.Sprintf(" %s", why.Because)
			if why.N > 1 {
				s += fmt.Sprint(why.N)
			}
			if why.Topic != "" {
				s += "(" + why.Topic + ")"
			}
		}
		out = append(out, s)
	}
	return out
}

func (r *room) wants(what string, a plein.Actor, question string, want ...string) {
	r.t.Helper()
	if got := r.experts(a, question); !slices.Equal(got, want) {
		r.t.Errorf("%s: %q names %q, not %q", what, question, got, want)
	}
}

func (r *room) ask(by plein.Actor, audience plein.ID, body string) *items.Item {
	r.t.Helper()
	return r.Make(by, items.NewItem{Kind: plein.KindQuestion, Audience: audience, Body: body})
}

func (r *room) accept(by plein.Actor, answer *items.Item) {
	r.t.Helper()
	if _, err := r.Items.Accept(r.t.Context(), by, answer.ID, true); err != nil {
		r.t.Fatal(err)
	}
}

func TestWhatPeopleSayOfThemselves(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		asker := r.Person("Anna Smit", 0)
		skilled, asked, both := r.Person("Bob Jansen", 0), r.Person("Carla Bos", 0), r.Person("Dirk Kok", 0)
		r.profile(skilled, []string{"Wondzorg", "verlofaanvragen"}, nil)
		r.profile(asked, nil, []string{"wonden en verband"})
		r.profile(both, []string{"infuuspompen"}, []string{"alarmen van infuuspompen"})
		r.wants("a skill", asker, "wondzorg", "Bob Jansen: skill(Wondzorg)")
		r.wants("an inflection", asker, "een wond verbinden", "Carla Bos: ask(wonden en verband)")
		r.wants("the telling one first", asker, "infuuspomp", "Dirk Kok: ask(alarmen van infuuspompen) skill(infuuspompen)")
		r.wants("a part of a question", asker, "wie weet iets van een infuuspomp die piept", "Dirk Kok: ask(alarmen van infuuspompen) skill(infuuspompen)")
		r.wants("oneself", both, "infuuspomp")
		r.wants("nothing", asker, "boekhouding")
		// As it is now, and never of who left.
		r.profile(skilled, []string{"boekhouden"}, nil)
		r.wants("no more", asker, "wondzorg")
		r.wants("from now on", asker, "boekhouden", "Bob Jansen: skill(boekhouden)")
		if err := r.People.Close(t.Context(), people.House(), skilled.ID); err != nil {
			t.Fatal(err)
		}
		r.wants("who left", asker, "boekhouden")
		guest := r.Guest("Gast Vrij")
		r.wants("a guest", guest, "infuuspomp")
	})
}

// A reason tells nothing that whoever asks could not have read, and what they may
// not read changes neither who is named nor in which order.
func TestReasonsAreOfWhatOneMayRead(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		anna, bob, carla, outsider := r.Person("Anna Smit", 0), r.Person("Bob Jansen", 0), r.Person("Carla Bos", 0), r.Person("Otto Buiten", 0)
		r.profile(carla, []string{"verlof"}, nil)
		closed := r.Group("Personeelszaken", plein.Closed, anna, bob, carla)
		r.Post(carla, plein.OrgAudience, "Iets over verlof voor iedereen")
		before := r.experts(outsider, "verlof")
		if want := []string{"Carla Bos: skill(verlof) wrote"}; !slices.Equal(before, want) {
			t.Fatalf("outside: %q", before)
		}
		for range 3 {
			q := r.ask(anna, closed, "Hoe werkt verlof?")
			a := r.Reply(bob, q, "verlof gaat zo")
			r.accept(anna, a)
			if _, err := r.Thank(ctx, anna, a.ID, "verlof", true); plein.KindOf(err) != plein.Invalid {
				t.Fatalf("bob has no such topic: %v", err)
			}
		}
		r.profile(bob, []string{"roosters"}, nil)
		q := r.ask(anna, closed, "Nog een vraag #verlofregels")
		a := r.Reply(bob, q, "verlof zus en zo")
		r.accept(anna, a)
		if _, err := r.Thank(ctx, anna, a.ID, "verlofregels", true); err != nil {
			t.Fatal(err)
		}
		if got := r.experts(outsider, "verlof"); !slices.Equal(got, before) {
			t.Errorf("what is said in a closed group shows outside: %q, before %q", got, before)
		}
		if got := r.experts(outsider, "verlofregels"); len(got) > 0 && strings.Contains(got[0], "Bob") {
			t.Errorf("thanks in a closed group show outside: %q", got)
		}
		r.wants("inside", carla, "verlof", "Bob Jansen: answered4")
		r.wants("inside, by thanks", carla, "verlofregels", "Bob Jansen: answered thanked(verlofregels)")
		// Who comes in sees it, who goes sees it no more.
		r.Join(closed, outsider)
		if got := r.experts(outsider, "verlofregels"); len(got) == 0 || !strings.HasPrefix(got[0], "Bob Jansen: answered") {
			t.Errorf("a new member: %q", got)
		}
		r.Leave(closed, outsider)
		if got := r.experts(outsider, "verlof"); !slices.Equal(got, before) {
			t.Errorf("who left: %q", got)
		}
	})
}

func TestThanksFromWhoWasHelped(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		anna, bob, carla, dirk := r.Person("Anna Smit", 0), r.Person("Bob Jansen", 0), r.Person("Carla Bos", 0), r.Person("Dirk Kok", 0)
		r.profile(bob, []string{"Excel", "roosters"}, nil)
		q := r.ask(anna, plein.OrgAudience, "Hoe maak ik een #draaitabel?")
		a := r.Reply(bob, q, "Kies Invoegen.")
		r.accept(anna, a)
		topics := func(by plein.Actor) string {
			t.Helper()
			list, err := r.Topics(ctx, by, q, a)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, topic := range list {
				out = append(out, fmt.Sprint(topic.Name, topic.Given))
			}
			return strings.Join(out, " ")
		}
		if got := topics(anna); got != "draaitabelfalse Excelfalse roostersfalse" {
			t.Errorf("who asked can thank for %q", got)
		}
		if got := topics(carla) + topics(bob) + topics(plein.Actor{}); got != "" {
			t.Errorf("others can thank for %q", got)
		}
		if _, err := r.Thank(ctx, carla, a.ID, "Excel", true); plein.AsError(err).Key != "knows.error.not_helped" {
			t.Errorf("who was not helped: %v", err)
		}
		if _, err := r.Items.React(ctx, carla, a.ID, plein.Thanks, true); err != nil {
			t.Fatal(err)
		}
		for _, by := range []plein.Actor{anna, carla, carla} { // twice is once
			if _, err := r.Thank(ctx, by, a.ID, "excel", true); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := r.Thank(ctx, anna, a.ID, "onzin over Bob", true); plein.AsError(err).Key != "knows.error.topic" {
			t.Errorf("other words: %v", err)
		}
		if _, err := r.Thank(ctx, anna, 12345, "Excel", true); plein.KindOf(err) != plein.NotFound {
			t.Errorf("nothing there: %v", err)
		}
		// Two thanks say no more than one: it is no number.
		r.wants("thanked", dirk, "excel", "Bob Jansen: thanked(Excel) skill(Excel)")
		for _, by := range []plein.Actor{anna, carla} {
			if _, err := r.Thank(ctx, by, a.ID, "Excel", false); err != nil {
				t.Fatal(err)
			}
		}
		r.wants("taken back", dirk, "excel", "Bob Jansen: skill(Excel)")
		if _, err := r.Thank(ctx, anna, a.ID, "Excel", true); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Items.Delete(ctx, bob, a.ID); err != nil {
			t.Fatal(err)
		}
		r.wants("the answer is gone", dirk, "excel", "Bob Jansen: skill(Excel)")
		told := 0
		for _, name := range testkit.Told(t, r.DB) {
			if strings.HasPrefix(name, "knows.endorsement.") {
				told++
			}
		}
		if told != 5 {
			t.Errorf("told %d times", told)
		}
	})
}

// Nobody comes first by writing most.
func TestMuchIsNotBetter(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		asker, busy, quiet := r.Person("Anna Smit", 0), r.Person("Bob Druk", 0), r.Person("Carla Kalm", 0)
		for range 12 {
			r.Post(busy, plein.OrgAudience, "alweer iets over kaas")
		}
		q := r.ask(asker, plein.OrgAudience, "Welke kaas?")
		other := r.Person("Dirk Kok", 0)
		r.accept(asker, r.Reply(quiet, q, "kaas uit Gouda"))
		q = r.ask(asker, plein.OrgAudience, "En nog wat kaas?")
		r.accept(asker, r.Reply(quiet, q, "kaas uit Edam"))
		r.wants("much", other, "kaas", "Carla Kalm: answered2", "Bob Druk: wrote12")
	})
}

func TestBadQuestions(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		a := r.Person("Anna Smit", 0)
		if _, err := r.Experts(t.Context(), a, strings.Repeat("a", plein.MaxQuery+1)); plein.KindOf(err) != plein.Invalid {
			t.Errorf("a long question gives %v", err)
		}
		for _, q := range []string{"", " ", "\"", "(", "a AND b OR", "👩‍🚒", "שלום", ".*", "%", strings.Repeat("a ", 99)} {
			if got := r.experts(a, q); len(got) != 0 {
				t.Errorf("%q names %v", q, got)
			}
		}
	})
}
