package feed_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"plein/internal/platform/db"
	"plein/internal/platform/text"
	"plein/internal/plein"
	"plein/internal/square/feed"
	"plein/internal/square/items"
	"plein/internal/square/squaretest"
)

// town is a house with talk in it, and the truth about who sees what.
type town struct {
	*squaretest.House
	people        []plein.Actor
	samira, joost plein.Actor
	marit         plein.Actor // came to the newcomers' group late
	elif          plein.Actor // community manager, in no group
	nora          plein.Actor // a guest in the closed group
	ward          plein.ID
	open, closed  plein.ID
	newcomers     plein.ID
	doc           text.Doc
	said          []*items.Item
	joined        time.Time
	members       map[plein.ID][]plein.ID // of groups and departments
}

func each(t *testing.T, fn func(t *testing.T, h *town)) {
	t.Helper()
	t.Parallel()
	squaretest.Each(t, func(t *testing.T, house *squaretest.House) {
		h := &town{House: house}
		h.ward = h.Unit("Interne B3", 0)
		h.samira, h.joost = h.Person("Samira Bouali", h.ward), h.Person("Joost van der Veen", h.ward)
		h.marit, h.elif = h.Person("Marit Prins", 0), h.Person("Elif Kaya", 0, plein.RoleCommunityManager)
		h.nora = h.Guest("Nora Gast")
		h.people = []plein.Actor{h.samira, h.joost, h.marit, h.elif, h.nora}
		h.open = h.Group("Fietsers", plein.Open, h.samira, h.joost)
		h.closed = h.Group("Werkdruk", plein.Closed, h.samira, h.joost, h.nora)
		h.newcomers = h.NewcomersGroup("Ideeën", plein.Closed, h.samira, h.joost)
		h.members = map[plein.ID][]plein.ID{
			h.ward: {h.samira.ID, h.joost.ID}, h.open: {h.samira.ID, h.joost.ID}, h.closed: {h.samira.ID, h.joost.ID, h.nora.ID},
			h.newcomers: {h.samira.ID, h.joost.ID, h.marit.ID}}
		var err error
		if h.doc, err = h.Items.Prepare("tekst"); err != nil {
			t.Fatal(err)
		}
		fn(t, h)
	})
}

// talk says n things, mostly by the first of the authors.
func (h *town) talk(rng *rand.Rand, n int, authors ...plein.Actor) {
	h.T.Helper()
	h.Tx(func(ctx context.Context, tx *db.Tx) error {
		for range n {
			author := authors[0]
			if rng.IntN(3) == 0 {
				author = authors[rng.IntN(len(authors))]
			}
			where := []plein.ID{plein.OrgAudience, h.ward, h.open, h.closed, h.newcomers}[rng.IntN(5)]
			i, _, err := h.Items.Import(ctx, tx, items.Imported{Audience: where, Author: author.ID, Made: h.Clock.Advance(time.Second), Body: "tekst"}, h.doc)
			if err != nil {
				return err
			}
			h.said = append(h.said, i)
		}
		return nil
	})
}

// hers says what somebody's own timeline is made of, from the table of audiences.
func (h *town) hers(a plein.Actor, i *items.Item) bool {
	if i.Audience == plein.OrgAudience {
		return !a.Guest
	}
	return slices.Contains(h.members[i.Audience], a.ID) &&
		(i.Audience != h.newcomers || a.ID != h.marit.ID || !i.RootMade.Before(h.joined))
}

func (h *town) list(want func(*items.Item) bool) (out []plein.ID) {
	for _, i := range slices.Backward(h.said) {
		if want(i) {
			out = append(out, i.ID)
		}
	}
	return out
}

type timeline func(ctx context.Context, a plein.Actor, at string) (feed.Shown, error)

// through pages to the end; between may change things between two pages.
func (h *town) through(a plein.Actor, of timeline, between func()) (ids []plein.ID, pages [][]feed.Placed) {
	h.T.Helper()
	at := ""
	for {
		shown, err := of(h.T.Context(), a, at)
		if err != nil {
			h.T.Fatal(err)
		}
		pages = append(pages, shown.Placed)
		for _, p := range shown.Placed {
			ids = append(ids, p.ID)
		}
		if shown.Next == "" {
			return ids, pages
		}
		if len(shown.Placed) != plein.PageSize {
			h.T.Errorf("a page of %d that is not the last", len(shown.Placed))
		}
		if at = shown.Next; len(pages) > 100 {
			h.T.Fatal("no end")
		}
		if between != nil {
			between()
		}
	}
}

// Every timeline of everybody, from the first page to the last, holds what the
// table of audiences says, in order, each thing once: also behind a stretch that
// one may not see, and while others go on talking.
func TestEveryTimelineIsWhatOneMaySee(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		rng := rand.New(rand.NewPCG(7, 11))
		h.talk(rng, 120, h.joost, h.samira, h.elif)
		h.talk(rng, 60, h.samira, h.joost)
		h.Clock.Advance(time.Hour)
		h.joined = h.Clock.Now()
		h.Join(h.newcomers, h.marit)
		h.talk(rng, 90, h.elif, h.samira, h.joost, h.marit)
		if _, err := h.Items.Delete(t.Context(), h.Actor(h.said[100].Author), h.said[100].ID); err != nil {
			t.Fatal(err)
		}
		h.said = slices.Delete(h.said, 100, 101)
		for _, target := range []plein.Ref{{Kind: "person", ID: h.joost.ID}, {Kind: "group", ID: h.closed}, {Kind: "group", ID: h.open}} {
			for _, a := range []plein.Actor{h.marit, h.nora} {
				if err := h.Feed.Follow(t.Context(), a, target, true); err != nil {
					t.Fatal(err)
				}
			}
		}
		sees := func(a plein.Actor, i *items.Item) bool {
			return h.hers(a, i) || (i.Audience == h.open && !a.Guest)
		}
		for _, a := range h.people {
			check := func(what string, of timeline, want []plein.ID) {
				t.Helper()
				got, _ := h.through(a, of, nil)
				if !slices.Equal(got, want) {
					t.Errorf("%s, %s: %d threads, want %d; from %d on they differ", a.Name, what, len(got), len(want), differ(got, want))
				}
			}
			hers := h.list(func(i *items.Item) bool { return h.hers(a, i) })
			check("latest", h.Feed.Latest, hers)
			for _, audience := range []plein.ID{plein.OrgAudience, h.ward, h.open, h.closed, h.newcomers} {
				check(fmt.Sprint("audience ", audience), func(ctx context.Context, a plein.Actor, at string) (feed.Shown, error) {
					return h.Feed.Audience(ctx, a, audience, at)
				}, h.list(func(i *items.Item) bool { return i.Audience == audience && sees(a, i) }))
			}
			check("by joost", func(ctx context.Context, a plein.Actor, at string) (feed.Shown, error) {
				return h.Feed.By(ctx, a, h.joost.ID, at)
			}, h.list(func(i *items.Item) bool { return i.Author == h.joost.ID && sees(a, i) }))
			follows := a.ID == h.marit.ID || a.ID == h.nora.ID
			check("following", h.Feed.Following, h.list(func(i *items.Item) bool {
				return follows && sees(a, i) && (i.Author == h.joost.ID || i.Audience == h.closed || i.Audience == h.open)
			}))

			extra := 0
			got, pages := h.through(a, h.Feed.ForYou, func() {
				if extra++; extra < 4 {
					h.Post(h.elif, plein.OrgAudience, "tussendoor")
				}
			})
			h.fairly(a, pages)
			if slices.Sort(got); !slices.Equal(got, sorted(hers)) {
				t.Errorf("%s, for you: %d threads, want %d", a.Name, len(got), len(hers))
			}
			h.said = append(h.said, h.since()...)
		}
	})
}

// since finds what was posted between pages, for the next reader.
func (h *town) since() (out []*items.Item) {
	h.T.Helper()
	heads, err := h.Items.Latest(h.T.Context(), h.Reader(h.elif), []plein.ID{plein.OrgAudience}, items.Newest, 20)
	if err != nil {
		h.T.Fatal(err)
	}
	for _, head := range slices.Backward(heads) {
		if head.ID > h.said[len(h.said)-1].ID {
			i, err := h.Items.Find(h.T.Context(), h.elif, head.ID)
			if err != nil {
				h.T.Fatal(err)
			}
			out = append(out, i)
		}
	}
	return out
}

// fairly checks that nobody takes more than three places while others wait, and
// that a page is in order of time.
func (h *town) fairly(a plein.Actor, pages [][]feed.Placed) {
	h.T.Helper()
	for n, page := range pages {
		places := map[plein.ID]int{}
		for k, p := range page {
			places[p.Author]++
			if k > 0 && p.ID >= page[k-1].ID {
				h.T.Errorf("%s, page %d is not in order of time", a.Name, n)
			}
		}
		for author, took := range places {
			if took <= 3 {
				continue
			}
			for _, later := range pages[n+1:] {
				for _, p := range later {
					if places[p.Author] < 3 {
						h.T.Errorf("%s, page %d: %d took %d places while %d waited with %d", a.Name, n, author, took, p.Author, places[p.Author])
						return
					}
				}
			}
		}
	}
}

func sorted(ids []plein.ID) []plein.ID {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return ids
}

func differ(a, b []plein.ID) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

func TestWhatIsAskedStandsOnTop(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		ctx := t.Context()
		must := h.Make(h.elif, items.NewItem{Audience: plein.OrgAudience, Body: "Nieuw protocol", MustRead: true})
		foreign := h.Make(h.samira, items.NewItem{Audience: h.open, Body: "Alleen voor leden", MustRead: true})
		asked := h.Post(h.joost, h.open, "Weet @Marit Prins dit?")
		for n := range 25 {
			h.Post([]plein.Actor{h.samira, h.joost, h.elif}[n%3], plein.OrgAudience, fmt.Sprint("praatje ", n))
		}
		if err := h.Feed.Follow(ctx, h.marit, plein.Ref{Kind: "person", ID: h.samira.ID}, true); err != nil {
			t.Fatal(err)
		}
		show := func() string {
			shown, err := h.Feed.ForYou(ctx, h.marit, "")
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, p := range shown.Placed[:4] {
				name := "praatje"
				switch p.ID {
				case must.ID:
					name = "protocol"
				case asked.ID:
					name = "vraag"
				case foreign.ID:
					name = "leden"
				}
				out = append(out, name+":"+string(p.Why))
			}
			return strings.Join(out, " ")
		}
		if got, want := show(), "protocol:must vraag:asked praatje:follow praatje:new"; got != want {
			t.Errorf("top of the page %q, want %q", got, want)
		}
		all, pages := h.through(h.marit, h.Feed.ForYou, nil)
		if all = slices.Compact(sorted(all)); len(all) != 27 || !slices.Contains(all, must.ID) || slices.Contains(all, foreign.ID) {
			t.Errorf("%d threads in all", len(all))
		}
		for _, page := range pages {
			for _, p := range page {
				if (p.Why == feed.ReasonFollow) != (p.Author == h.samira.ID) {
					t.Errorf("a thread by %d is there because of %q", p.Author, p.Why)
				}
			}
		}
		facts := func(i *items.Item) (keys []string) {
			cards, err := h.Items.Cards(ctx, h.marit, []plein.ID{i.ID}, items.Opts{})
			if err != nil || len(cards) != 1 {
				t.Fatal(cards, err)
			}
			list, err := h.Feed.Facts(ctx, h.marit, cards[0])
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range list {
				keys = append(keys, f.Key)
			}
			return keys
		}
		for what, c := range map[string]struct {
			i    *items.Item
			want []string
		}{
			"must":    {must, []string{"feed.fact.must", "feed.fact.org"}},
			"asked":   {asked, []string{"feed.fact.asked", "feed.fact.open"}},
			"foreign": {foreign, []string{"feed.fact.follow", "feed.fact.open"}},
		} {
			if got := facts(c.i); !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", what, got, c.want)
			}
		}
		if err := h.Items.Acknowledge(ctx, h.marit, must.ID); err != nil {
			t.Fatal(err)
		}
		if err := h.Items.ReadTo(ctx, h.marit, asked.ID, asked.ID); err != nil {
			t.Fatal(err)
		}
		if got := show(); strings.Contains(got, "must") || strings.Contains(got, "asked") {
			t.Errorf("after answering both: %q", got)
		}
	})
}

func TestTagged(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		first := h.Post(h.samira, h.open, "over #Fietsen")
		second := h.Post(h.samira, h.closed, "zonder")
		h.Reply(h.joost, second, "maar met #fietsen")
		h.Reply(h.joost, second, "en nog eens #fietsen")
		for _, c := range []struct {
			who  plein.Actor
			want []plein.ID
		}{{h.joost, []plein.ID{second.ID, first.ID}}, {h.elif, []plein.ID{first.ID}}, {h.nora, []plein.ID{second.ID}}} {
			got, _ := h.through(c.who, func(ctx context.Context, a plein.Actor, at string) (feed.Shown, error) {
				return h.Feed.Tagged(ctx, a, "fietsen", at)
			}, nil)
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", c.who.Name, got, c.want)
			}
		}
	})
}

func TestNewsBesideGroups(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		ctx := t.Context()
		news := func(a plein.Actor) map[plein.ID]int {
			n, err := h.Feed.News(ctx, a, []plein.ID{h.open, h.closed})
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		h.Post(h.samira, h.closed, "voor het eerste bezoek")
		if n := news(h.joost); n[h.closed] != 0 {
			t.Errorf("news where one never was: %v", n)
		}
		if err := h.Feed.Visit(ctx, h.joost, h.closed); err != nil {
			t.Fatal(err)
		}
		h.Clock.Advance(time.Second)
		h.Post(h.samira, h.closed, "nieuw")
		h.Post(h.joost, h.closed, "van mezelf")
		h.Post(h.samira, h.open, "elders")
		for range 2 { // the second time from memory
			if n := news(h.joost); n[h.closed] != 1 || n[h.open] != 0 {
				t.Errorf("news %v, want one in the closed group", n)
			}
		}
		h.Post(h.samira, h.closed, "nog nieuwer")
		if n := news(h.joost); n[h.closed] != 2 {
			t.Errorf("news %v, want two", n)
		}
		h.Leave(h.closed, h.joost)
		if n := news(h.joost); n[h.closed] != 0 {
			t.Errorf("news of a group one has left: %v", n)
		}
	})
}

func TestFollowing(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		ctx := t.Context()
		if err := h.Feed.Follow(ctx, h.marit, plein.Ref{Kind: "person", ID: h.marit.ID}, true); plein.KindOf(err) != plein.Invalid {
			t.Errorf("following oneself: %v", err)
		}
		for range 2 {
			for _, on := range []bool{true, true, false, false, true} {
				if err := h.Feed.Follow(ctx, h.marit, plein.Ref{Kind: "person", ID: h.joost.ID}, on); err != nil {
					t.Fatal(err)
				}
				f, err := h.Feed.Follows(ctx, h.marit)
				if err != nil || f.FollowsPerson(h.joost.ID) != on || len(f.People) > 1 {
					t.Errorf("follows %v (%v), want %v", f, err, on)
				}
			}
		}
		h.Tx(func(ctx context.Context, tx *db.Tx) error {
			return h.Feed.FollowTx(ctx, tx, h.marit.ID, plein.Ref{Kind: "group", ID: h.open})
		})
		if f, err := h.Feed.Follows(ctx, h.marit); err != nil || !slices.Equal(f.Groups, []plein.ID{h.open}) {
			t.Errorf("follows %v (%v)", f, err)
		}
		if f, err := h.Feed.Follows(ctx, h.joost); err != nil || len(f.People)+len(f.Groups) != 0 {
			t.Errorf("somebody else follows %v (%v)", f, err)
		}
	})
}
