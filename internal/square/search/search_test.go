package search_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"plein/internal/platform/testkit"
	"plein/internal/plein"
	"plein/internal/square/items"
	"plein/internal/square/search"
	"plein/internal/square/squaretest"
)

// house is a square with people in it and a few questions that tests ask.
type house struct {
	*squaretest.House
	t *testing.T
}

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	t.Parallel()
	squaretest.Each(t, func(t *testing.T, h *squaretest.House) { fn(t, &house{h, t}) })
}

func (h *house) ask(a plein.Actor, q search.Query) search.Result {
	h.t.Helper()
	res, err := h.Search.Search(h.t.Context(), a, q)
	if err != nil {
		h.t.Fatalf("%s asks %q: %v", a.Name, q.Text, err)
	}
	return res
}

// finds gives the ids of what somebody finds, in order.
func (h *house) finds(a plein.Actor, text string) []plein.ID {
	h.t.Helper()
	return ids(h.ask(a, search.Query{Text: text}))
}

func ids(res search.Result) []plein.ID {
	var out []plein.ID
	for _, hit := range res.Hits {
		out = append(out, hit.ID)
	}
	return out
}

func (h *house) same(what string, got []plein.ID, want ...*items.Item) {
	h.t.Helper()
	var list []plein.ID
	for _, i := range want {
		list = append(list, i.ID)
	}
	if !slices.Equal(got, list) {
		h.t.Errorf("%s: found %d, want %d: %v, want %v", what, len(got), len(list), got, list)
	}
}

func TestWhatWasSaidIsFoundByWhoMaySeeIt(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna, bram, carla := h.Person("Anna Smit", 0), h.Person("Bram de Wit", 0), h.Person("Carla Vos", 0)
		guest := h.Guest("Gijs Gast")
		open := h.Group("Vraag het ICT", plein.Open, anna, bram)
		closed := h.Group("Kwaliteit", plein.Closed, anna, bram)
		secret := h.Group("Fusie", plein.Secret, anna)
		h.Join(closed, guest)
		all := h.Post(anna, plein.OrgAudience, "De infuuspompen op de IC piepen")
		inOpen := h.Post(bram, open, "Welke infuuspomp moet ik pakken?")
		inClosed := h.Post(bram, closed, "Infuuspompen: het rapport")
		inSecret := h.Post(anna, secret, "Wij verkopen de infuuspompen")
		answer := h.Reply(bram, all, "Die infuuspomp heeft een lege accu")
		h.Indexed()

		h.same("owner", h.finds(anna, "infuuspomp"), answer, inSecret, inClosed, inOpen, all)
		h.same("member", h.finds(bram, "infuuspompen"), answer, inClosed, inOpen, all)
		h.same("outsider", h.finds(carla, "INFUUSPOMP"), answer, inOpen, all)
		h.same("guest", h.finds(guest, "infuuspompen"), inClosed)
		h.same("nobody", h.finds(plein.Actor{}, "infuuspompen"))
		h.same("two words", h.finds(anna, "infuuspomp accu"), answer)
		h.same("small words say nothing", h.finds(anna, "de infuuspomp met een accu"), answer)

		// A right that is lost or won counts at once, without a word to the index.
		h.Leave(closed, bram)
		h.same("left", h.finds(bram, "rapport"))
		h.Join(closed, carla)
		h.same("joined", h.finds(carla, "rapport"), inClosed)
	})
}

func TestTheIndexFollowsEditsDeletionsAndReturns(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna, bram := h.Person("Anna Smit", 0), h.Person("Bram de Wit", 0)
		post := h.Post(anna, plein.OrgAudience, "Wij gaan naar Zwolle")
		other := h.Post(anna, plein.OrgAudience, "Zwolle is mooi")
		h.Indexed()
		h.same("before", h.finds(bram, "zwolle"), other, post)

		if _, err := h.Items.Edit(t.Context(), anna, post.ID, 0, "", "Wij gaan naar Deventer"); err != nil {
			t.Fatal(err)
		}
		h.Indexed()
		h.same("edited away", h.finds(bram, "zwolle"), other)
		h.same("edited in", h.finds(bram, "deventer"), post)

		if _, err := h.Items.Delete(t.Context(), anna, post.ID); err != nil {
			t.Fatal(err)
		}
		h.Indexed()
		h.same("deleted", h.finds(bram, "deventer"))
		if _, err := h.Items.Restore(t.Context(), anna, post.ID); err != nil {
			t.Fatal(err)
		}
		h.Indexed()
		h.same("restored", h.finds(bram, "deventer"), post)
	})
}

func TestNewestFirstGoesOnPageAfterPage(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna := h.Person("Anna Smit", 0)
		group := h.Group("Tuin", plein.Open, anna)
		var all, inGroup []plein.ID
		for n := range 450 { // more than two rows of postings
			where := plein.OrgAudience
			if n%9 == 0 {
				where = group
			}
			i := h.Post(anna, where, fmt.Sprintf("tulpen nummer %d", n))
			all = append([]plein.ID{i.ID}, all...)
			if where == group {
				inGroup = append([]plein.ID{i.ID}, inGroup...)
			}
			if n == 40 || n == 300 {
				h.Indexed()
			}
		}
		h.Indexed()
		walk := func(q search.Query) []plein.ID {
			var got []plein.ID
			for range 100 {
				res := h.ask(anna, q)
				got = append(got, ids(res)...)
				if q.After = res.Next; q.After == "" {
					return got
				}
			}
			t.Fatal("there is no end to it")
			return nil
		}
		if got := walk(search.Query{Text: "tulp"}); !slices.Equal(got, all) {
			t.Errorf("%d of %d, or in another order", len(got), len(all))
		}
		if got := walk(search.Query{Text: "tulp", Places: []plein.ID{group}}); !slices.Equal(got, inGroup) {
			t.Errorf("in the group %d of %d, or in another order", len(got), len(inGroup))
		}
		if got := walk(search.Query{Text: "tulpen", Best: true}); len(got) != len(all) {
			t.Errorf("best: %d of %d", len(got), len(all))
		}
		res := h.ask(anna, search.Query{Text: "tulpen"})
		if res.Count != 100 || !res.Many {
			t.Errorf("counted %d, more %v", res.Count, res.Many)
		}
		if res := h.ask(anna, search.Query{Text: "tulpen", Period: search.Day, After: "nonsense"}); len(res.Hits) != 20 {
			t.Errorf("a broken place gives %d hits", len(res.Hits))
		}
		h.Clock.Advance(48 * time.Hour)
		if res := h.ask(anna, search.Query{Text: "tulpen", Period: search.Day}); len(res.Hits) != 0 {
			t.Errorf("%d hits of the last day", len(res.Hits))
		}
	})
}

func TestOldThingsFindTheirPlace(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna := h.Person("Anna Smit", 0)
		// The newest first: an import, backwards, with the rows splitting.
		var want []plein.ID
		now := h.Clock.Now()
		order := []int{}
		for n := range 700 {
			order = append(order, (n*397)%700)
		}
		made := map[int]plein.ID{}
		for at := 0; at < len(order); at += 50 {
			for _, n := range order[at : at+50] {
				h.Clock.Set(now.Add(time.Duration(n) * time.Minute))
				made[n] = h.Post(anna, plein.OrgAudience, "een roos").ID
			}
			h.Indexed()
		}
		for n := 699; n >= 0; n-- {
			want = append(want, made[n])
		}
		h.Clock.Set(now.Add(1000 * time.Minute))
		var got []plein.ID
		q := search.Query{Text: "roos", Limit: 100}
		for {
			res := h.ask(anna, q)
			got = append(got, ids(res)...)
			if q.After = res.Next; q.After == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d of %d, or in another order", len(got), len(want))
		}
	})
}

func TestReindexGivesTheSame(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna := h.Person("Anna Smit", 0)
		for n := range 230 {
			h.Post(anna, plein.OrgAudience, fmt.Sprintf("De vakantie van collega %d begint met een aanvraag", n))
		}
		h.Indexed()
		before := h.finds(anna, "aanvraag")
		calls := 0
		if err := h.Search.Reindex(t.Context(), func(done, of int) { calls++ }); err != nil {
			t.Fatal(err)
		}
		if got := h.finds(anna, "aanvraag"); !slices.Equal(got, before) || len(got) != 20 {
			t.Errorf("found %d, before %d", len(got), len(before))
		}
		if calls == 0 {
			t.Error("it told nothing of its progress")
		}
		if res := h.ask(anna, search.Query{Text: "anna"}); len(res.People) != 1 {
			t.Errorf("%d people", len(res.People))
		}
	})
}

func TestPeopleAndGroupsAreFoundByAlmostTheirName(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna, rachid := h.Person("Anna Smit", 0), h.Person("Rachid Tahiri", 0)
		guest := h.Guest("Gijs Gast")
		h.Group("Werkgroep infuuspompen", plein.Closed, rachid)
		h.Group("Fusie met Zutphen", plein.Secret, rachid)
		h.Indexed()
		for typed, want := range map[string]int{"Rachid": 1, "rachid tahiri": 1, "rachdi": 1, "tahri": 1, "rach": 1, "xachid": 0, "rachid smit": 0, "tahiry rachidd": 1} {
			if res := h.ask(anna, search.Query{Text: typed}); len(res.People) != want {
				t.Errorf("%q finds %d people, want %d", typed, len(res.People), want)
			}
		}
		for typed, want := range map[string]int{"werkgroep": 1, "werkgroap": 1, "infuuspomp": 1, "fusie": 0, "zutphen": 0} {
			if res := h.ask(anna, search.Query{Text: typed}); len(res.Groups) != want {
				t.Errorf("%q finds %d groups, want %d", typed, len(res.Groups), want)
			}
		}
		if res := h.ask(rachid, search.Query{Text: "fusei"}); len(res.Groups) != 1 {
			t.Errorf("a member finds %d secret groups", len(res.Groups))
		}
		if res := h.ask(guest, search.Query{Text: "rachid"}); len(res.People)+len(res.Groups) != 0 {
			t.Errorf("a guest finds %d people", len(res.People))
		}
	})
}

func TestFacetsCountWhatTheReaderMaySee(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna, bram := h.Person("Anna Smit", 0), h.Person("Bram de Wit", 0)
		group := h.Group("Tuin", plein.Open, anna)
		secret := h.Group("Geheim", plein.Secret, anna)
		for range 3 {
			h.Post(anna, group, "snoeien in het voorjaar")
		}
		h.Make(bram, items.NewItem{Audience: plein.OrgAudience, Kind: plein.KindQuestion, Body: "Wie helpt snoeien?"})
		h.Post(anna, secret, "snoeien in het geheim")
		h.Indexed()
		res := h.ask(bram, search.Query{Text: "snoeien"})
		if res.Count != 4 || res.Facets.Tabs[search.TabQuestions] != 1 || res.Facets.Tabs[search.TabPosts] != 3 || len(res.Facets.Places) != 2 || len(res.Facets.People) != 2 {
			t.Errorf("%d found, facets %+v", res.Count, res.Facets)
		}
		res = h.ask(bram, search.Query{Text: "snoeien", Tab: search.TabQuestions})
		if len(res.Hits) != 1 || res.Facets.Tabs[search.TabPosts] != 3 || len(res.Facets.Places) != 1 {
			t.Errorf("questions: %d, facets %+v", len(res.Hits), res.Facets)
		}
		res = h.ask(bram, search.Query{Text: "snoeien", People: []plein.ID{anna.ID}})
		if len(res.Hits) != 3 || res.Facets.Tabs[search.TabAll] != 3 {
			t.Errorf("by Anna: %d, facets %+v", len(res.Hits), res.Facets)
		}
		if res := h.ask(bram, search.Query{Text: "snoeien", Places: []plein.ID{secret}}); len(res.Hits) != 0 {
			t.Errorf("in the secret group: %d", len(res.Hits))
		}
	})
}

func TestSynonymsAreKeptByWhoLooksAfterTheTalk(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna, cm := h.Person("Anna Smit", 0), h.Person("Carla Vos", 0, plein.RoleCommunityManager)
		post := h.Post(anna, plein.OrgAudience, "Bel het personeelsloket")
		h.Indexed()
		h.same("before", h.finds(anna, "hrm"))
		if err := h.Search.AddSynonym(t.Context(), anna, "hrm, personeelsloket"); plein.KindOf(err) != plein.Denied {
			t.Errorf("anybody may: %v", err)
		}
		for _, bad := range []string{"", "een", "hrm", strings.Repeat("woord ", 100), "a b c", "een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien"} {
			if err := h.Search.AddSynonym(t.Context(), cm, bad); plein.KindOf(err) != plein.Invalid {
				t.Errorf("%q: %v", bad, err)
			}
		}
		if err := h.Search.AddSynonym(t.Context(), cm, "HRM, Personeelsloket; P&O"); err != nil {
			t.Fatal(err)
		}
		h.same("after", h.finds(anna, "hrm"), post)
		list, err := h.Search.Synonyms(t.Context(), cm)
		if err != nil || len(list) != 1 || list[0].Words != "hrm personeelsloket" {
			t.Fatalf("%v %v", list, err)
		}
		if err := h.Search.DropSynonym(t.Context(), cm, list[0].ID); err != nil {
			t.Fatal(err)
		}
		h.same("dropped", h.finds(anna, "hrm"))
	})
}

func TestFilesAreFoundByNameAndByWhatStandsInThem(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna, bram := h.Person("Anna Smit", 0), h.Person("Bram de Wit", 0)
		secret := h.Group("Geheim", plein.Secret, anna)
		open := h.File(anna, "Snelkaart_infuuspomp-A5.txt", "Drie keer kort piepen: de accu is bijna leeg.")
		hidden := h.File(anna, "overname.txt", "Wij nemen het ziekenhuis in Tiel over.")
		broken := h.File(anna, "kapot.pdf", "dit is geen pdf")
		loose := h.File(anna, "los.txt", "niemand ziet dit nog")
		post := h.Make(anna, items.NewItem{Audience: plein.OrgAudience, Body: "Hang hem op", Files: []plein.ID{open, broken}})
		h.Make(anna, items.NewItem{Audience: secret, Body: "Lees", Files: []plein.ID{hidden}})
		h.Indexed()
		for typed, want := range map[string][]plein.ID{"snelkaart": {open}, "infuuspomp": {open}, "accu": {open}, "kapot": {broken}, "overname": nil, "tiel": nil, "los": nil, "niemand": nil} {
			if got := h.finds(bram, typed); !slices.Equal(got, want) {
				t.Errorf("%q finds %v, want %v", typed, got, want)
			}
		}
		if got := h.finds(anna, "tiel"); !slices.Equal(got, []plein.ID{hidden}) {
			t.Errorf("who may see it finds %v", got)
		}
		if got := h.finds(anna, "niemand"); len(got) != 0 || loose == 0 {
			t.Errorf("a loose file is found: %v", got)
		}
		if res := h.ask(bram, search.Query{Text: "accu", Tab: search.TabFiles}); len(res.Hits) != 1 || res.Facets.Tabs[search.TabFiles] != 1 {
			t.Errorf("among files: %+v", res.Hits)
		}
		if _, err := h.Items.Delete(t.Context(), anna, post.ID); err != nil {
			t.Fatal(err)
		}
		h.Indexed()
		if got := h.finds(bram, "accu"); len(got) != 0 {
			t.Errorf("the file of a deleted post is found: %v", got)
		}
		if err := h.Search.Reindex(t.Context(), func(int, int) {}); err != nil {
			t.Fatal(err)
		}
		h.Indexed()
		if got := h.finds(anna, "ziekenhuis"); !slices.Equal(got, []plein.ID{hidden}) {
			t.Errorf("after a new index: %v", got)
		}
	})
}

func TestWhateverIsTypedIsText(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna := h.Person("Anna Smit", 0)
		post := h.Post(anna, plein.OrgAudience, "De koffie is op")
		h.Indexed()
		for _, typed := range []string{`"koffie`, `koffie"`, `koffie'`, `koffie*`, `(koffie`, `+koffie -`, `koffie & !`, `^koffie$`, "koffie\x00", "koffie ☕️🎉",
			`koffie:*`, `{koffie}`, `\koffie\`, "\u202Ekoffie\u202C", "koffie %_", "<koffie>", "koffie <-> ", "KOFFIE", "Kóffie", "k\u00adoffie"} {
			h.same(fmt.Sprintf("%q", typed), h.finds(anna, typed), post)
		}
		for _, typed := range []string{"", " ", `"`, `*`, "☕️", "()", "\x00", "\xff\xfe", "' OR 1=1 --", "AND", "NEAR(a b)", "a.*b+(c", "شركة", strings.Repeat("a", 10_000), strings.Repeat("((", 5000)} {
			if got := h.finds(anna, typed); len(got) != 0 {
				t.Errorf("%.40q finds %d", typed, len(got))
			}
		}
		res := h.ask(anna, search.Query{Text: strings.Repeat("koffie thee ", 500)})
		if !res.Cut {
			t.Error("a thousand words were not cut")
		}
		many := h.ask(anna, search.Query{Text: "een twee drie vier vijf zes zeven acht negen tien elf twaalf"})
		if !many.Cut {
			t.Error("twelve words were not cut")
		}
		for _, q := range []search.Query{{Text: "koffie", After: "zzz.zzz", Best: true}, {Text: "koffie", After: strings.Repeat("z", 5000)}, {Text: "koffie", Limit: 1 << 30},
			{Text: "koffie", Places: make([]plein.ID, 500)}, {Text: "koffie", People: []plein.ID{1, 2, 3}}} {
			h.ask(anna, q)
		}
	})
}

func TestWordsThatNothingHasTogether(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna, bram := h.Person("Anna Smit", 0), h.Person("Bram de Wit", 0)
		secret := h.Group("Geheim", plein.Secret, anna)
		post := h.Post(anna, plein.OrgAudience, "De printer op de derde verdieping")
		h.Post(anna, secret, "kernfusie")
		h.Indexed()
		for _, word := range []string{"kernfusie", "nergens"} { // one only in secret, one nowhere: the same
			res := h.ask(bram, search.Query{Text: "printer " + word})
			h.same(word, ids(res), post)
			if !slices.Equal(res.Without, []string{word}) {
				t.Errorf("without %v", res.Without)
			}
		}
	})
}

func TestARestartGoesOnWhereItWas(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna := h.Person("Anna Smit", 0)
		for n := range 200 {
			h.Post(anna, plein.OrgAudience, fmt.Sprintf("fiets %d", n))
		}
		if err := h.Changes.CatchUp(t.Context(), h.Search.Follower()); err != nil {
			t.Fatal(err)
		}
		if n, err := h.Search.Step(t.Context()); err != nil || n == 0 {
			t.Fatal(n, err)
		}
		h.Clock.Advance(time.Minute)
		if since, err := h.Search.Behind(t.Context()); err != nil || since.IsZero() {
			t.Errorf("it does not say that it is behind: %v %v", since, err)
		}
		again := search.New(h.Search.Deps) // nothing is in memory
		if err := again.CatchUp(context.WithoutCancel(t.Context())); err != nil {
			t.Fatal(err)
		}
		h.Search = again
		if res := h.ask(anna, search.Query{Text: "fiets", Limit: 100}); len(res.Hits) != 100 || !res.Many {
			t.Errorf("found %d", len(res.Hits))
		}
		if since, err := again.Behind(t.Context()); err != nil || !since.IsZero() {
			t.Errorf("it says that it is behind: %v %v", since, err)
		}
	})
}

func TestAWordThatWasTypedWrongIsOfferedRight(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna, bram := h.Person("Anna Smit", 0), h.Person("Bram de Wit", 0)
		secret := h.Group("Geheim", plein.Secret, anna)
		for n := range 210 {
			h.Post(anna, plein.OrgAudience, fmt.Sprintf("De infuuspompen op kamer %d zijn nagekeken", n))
		}
		for range 5 {
			h.Post(anna, secret, "De kernreactor in de kelder")
		}
		if err := h.Search.Reindex(t.Context(), func(int, int) {}); err != nil {
			t.Fatal(err)
		}
		if res := h.ask(bram, search.Query{Text: "infuuzpomp"}); res.Suggest != "infuuspompen" {
			t.Errorf("offered %q", res.Suggest)
		}
		for _, typed := range []string{"kernreacter", "onzinwoord"} { // close to what only others read, and to nothing
			for _, who := range []plein.Actor{anna, bram} {
				if res := h.ask(who, search.Query{Text: typed}); res.Suggest != "" {
					t.Errorf("%s is offered %q for %q", who.Name, res.Suggest, typed)
				}
			}
		}
		// Compounds were learnt: a part finds the whole.
		if len(h.finds(bram, "pompen")) == 0 {
			t.Log("no compounds were learnt from so little")
		}
	})
}

func TestAnIndexOfAnotherVersionIsGoneThroughAgain(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna := h.Person("Anna Smit", 0)
		for n := range 250 {
			h.Post(anna, plein.OrgAudience, fmt.Sprintf("De infuuspompen op kamer %d zijn nagekeken", n))
		}
		h.Indexed()
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { h.Search.Run(ctx); close(ended) }()
		testkit.Eventually(t, "the index knows with which analysis and words it was made", func() bool {
			made, words, err := h.Search.MadeWith(ctx)
			return err == nil && made && words > 0
		})
		stop()
		<-ended
		if res := h.ask(anna, search.Query{Text: "infuuspompen", Limit: 100}); !res.Many {
			t.Errorf("found %d", res.Count)
		}
	})
}

func TestWhatIsSaidNowDoesNotWaitForWhatWasSaidLongAgo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna := h.Person("Anna Smit", 0)
		for range 400 {
			h.Post(anna, plein.OrgAudience, "oud nieuws")
		}
		if err := h.Changes.CatchUp(t.Context(), h.Search.Follower()); err != nil {
			t.Fatal(err)
		}
		h.Clock.Advance(time.Second)
		now := h.Post(anna, plein.OrgAudience, "vers nieuws")
		if err := h.Changes.CatchUp(t.Context(), h.Search.Follower()); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Search.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.same("after one step", h.finds(anna, "vers"), now)
		h.Indexed()
		if res := h.ask(anna, search.Query{Text: "nieuws"}); !res.Many {
			t.Errorf("found %d", res.Count)
		}
	})
}
