package feed_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/feed"
	"plein/internal/square/groups"
	"plein/internal/square/items"
)

// draw writes down all of a page that a reader could notice.
func draw(f feed.First) string {
	var b strings.Builder
	var card func(c items.Card)
	card = func(c items.Card) {
		fmt.Fprintf(&b, "%d %q %q by %s in %s %v %v %v %v %v %v gone=%v why=%s", c.ID, c.Title, c.HTML, c.By.Name, c.Label.Name,
			c.Tally.Reactions, c.Mine, c.Bookmarked, c.Acked, c.Tally.Replies, c.Earlier, c.Gone(), f.Why[c.ID])
		if c.Must != nil {
			fmt.Fprintf(&b, " must %+v", *c.Must)
		}
		if c.Share != 0 {
			b.WriteString(" shares ")
			if c.Shared != nil {
				card(*c.Shared)
			}
		}
		for _, r := range c.Replies {
			b.WriteString("\n\t")
			card(r)
		}
		b.WriteString("\n")
	}
	for _, c := range f.Cards {
		card(c)
	}
	fmt.Fprintf(&b, "next %s", f.Next)
	return b.String()
}

// P22: a page from memory is the page that would be made now, whatever anybody
// did since: said, changed, took away, marked, joined, left, was renamed.
func TestAKeptPageIsAsFreshAsANewOne(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("PLEIN_TEST_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	each(t, func(t *testing.T, h *town) {
		ctx, rng := t.Context(), rand.New(rand.NewPCG(seed, 1))
		people := h.people
		anybody := func() plein.Actor { return people[rng.IntN(len(people))] }
		places := []plein.ID{plein.OrgAudience, h.ward, h.open, h.closed, h.newcomers}
		var all []plein.ID
		made := func(i *items.Item, err error) error {
			if err == nil {
				all = append(all, i.ID)
			}
			return err
		}
		any := func() plein.ID {
			if len(all) == 0 {
				return 1
			}
			return all[max(0, len(all)-1-rng.IntN(12))]
		}
		acts := []func(a plein.Actor) error{
			func(a plein.Actor) error {
				kinds := []plein.Kind{plein.KindPost, plein.KindPost, plein.KindQuestion}
				return made(h.Items.Post(ctx, a, items.NewItem{Kind: kinds[rng.IntN(3)], Audience: places[rng.IntN(5)], Body: "Weet @Marit Prins dit?"}))
			},
			func(a plein.Actor) error {
				return made(h.Items.Post(ctx, a, items.NewItem{Audience: places[rng.IntN(5)], Body: "lees", MustRead: true}))
			},
			func(a plein.Actor) error {
				if rng.IntN(4) > 0 { // a page with what it may not show is not kept
					return nil
				}
				return made(h.Items.Post(ctx, a, items.NewItem{Audience: places[rng.IntN(5)], Body: "kijk", Share: any()}))
			},
			func(a plein.Actor) error {
				return made(h.Items.Reply(ctx, a, items.NewItem{Parent: any(), Body: "antwoord voor @Joost van der Veen"}))
			},
			func(a plein.Actor) error {
				_, err := h.Items.Edit(ctx, a, any(), 0, "", fmt.Sprint("anders ", rng.IntN(1000)))
				return err
			},
			func(a plein.Actor) error { _, err := h.Items.Delete(ctx, a, any()); return err },
			func(a plein.Actor) error { _, err := h.Items.Restore(ctx, a, any()); return err },
			func(a plein.Actor) error {
				_, err := h.Items.React(ctx, a, any(), plein.Reactions()[rng.IntN(5)], rng.IntN(3) > 0)
				return err
			},
			func(a plein.Actor) error { return h.Items.Bookmark(ctx, a, any(), rng.IntN(2) == 0) },
			func(a plein.Actor) error { return h.Items.Acknowledge(ctx, a, any()) },
			func(a plein.Actor) error { id := any(); return h.Items.ReadTo(ctx, a, id, id) },
			func(a plein.Actor) error { h.Join(places[2+rng.IntN(3)], a); return nil },
			func(a plein.Actor) error { return h.Groups.Leave(ctx, a, places[2+rng.IntN(3)]) },
			func(a plein.Actor) error {
				return h.Feed.Follow(ctx, a, plein.Ref{Kind: "person", ID: anybody().ID}, rng.IntN(2) == 0)
			},
			func(a plein.Actor) error {
				return h.People.Rename(ctx, h.elif, a.ID, fmt.Sprintf("Naam %c", 'A'+rng.IntN(26)))
			},
			func(plein.Actor) error {
				_, err := h.Groups.Change(ctx, h.samira, h.open, groups.Changes{Name: fmt.Sprintf("Fietsers %c", 'A'+rng.IntN(26)), Kind: plein.Open})
				return err
			},
		}
		h.elif = h.Person("Beheerder Een", 0, plein.RoleTechnicalAdmin)
		done, kept := 0, 0
		steps := 160
		if h.DB.Engine() == db.Postgres {
			steps = 60
		}
		for step := range steps {
			h.Clock.Advance(time.Second)
			actor := anybody()
			if err := acts[rng.IntN(len(acts))](actor); err == nil {
				done++
			} else if plein.KindOf(err) == plein.Broken {
				t.Fatalf("PLEIN_TEST_SEED=%d, step %d: %v", seed, step, err)
			}
			a := actor
			if rng.IntN(2) == 0 {
				a = anybody()
			}
			for _, path := range []string{"/", "/latest"} {
				remembered, err := h.Feed.First(ctx, a, path)
				if err != nil {
					t.Fatal(err)
				}
				h.Feed.Forget()
				h.Items.Forget()
				h.Access.Forget()
				h.People.ForgetAll()
				h.Groups.Forget()
				fresh, err := h.Feed.First(ctx, a, path)
				if err != nil {
					t.Fatal(err)
				}
				if was, is := draw(remembered), draw(fresh); was != is {
					t.Fatalf("PLEIN_TEST_SEED=%d, step %d: %s reads at %s\n%s\ninstead of\n%s", seed, step, a.Name, path, was, is)
				}
			}
			for _, other := range people { // so that there is something in memory next time
				for _, path := range []string{"/", "/latest"} {
					if _, err := h.Feed.First(ctx, other, path); err != nil {
						t.Fatal(err)
					}
				}
			}
			kept += h.Feed.Kept()
		}
		if done < steps/5 || kept < steps {
			t.Errorf("%d things were done and %d pages kept: too dull to prove anything", done, kept)
		}
	})
}

// The same, for what the random ones seldom meet.
func TestAKeptPageHearsOf(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		ctx := t.Context()
		talk := h.Post(h.joost, plein.OrgAudience, "praatje")
		asked := h.Post(h.joost, plein.OrgAudience, "Kom je, @Marit Prins?")
		var named, inside *items.Item
		read := func() string {
			f, err := h.Feed.First(ctx, h.marit, "/")
			if err != nil {
				t.Fatal(err)
			}
			return draw(f)
		}
		edit := func(i *items.Item, body string) error {
			_, err := h.Items.Edit(ctx, h.joost, i.ID, 0, "", body)
			return err
		}
		for _, c := range []struct {
			what string
			act  func() error
			sees string
			not  string
		}{
			{"reading where she was named", func() error { return h.Items.ReadTo(ctx, h.marit, asked.ID, asked.ID) }, "praatje", "asked"},
			{"her own bookmark", func() error { return h.Items.Bookmark(ctx, h.marit, talk.ID, true) }, "true false", ""},
			{"following", func() error { return h.Feed.Follow(ctx, h.marit, plein.Ref{Kind: "person", ID: h.joost.ID}, true) }, "why=follow", "why=new"},
			{"being named where she is no member", func() error {
				named = h.Post(h.joost, h.open, "Weet @Marit Prins dit?")
				return nil
			}, "dit?", ""},
			{"a change there", func() error { return edit(named, "Weet @Marit Prins dat?") }, "dat?", "dit?"},
			{"reading it", func() error { return h.Items.ReadTo(ctx, h.marit, named.ID, named.ID) }, "praatje", "dat?"},
			{"what is passed on", func() error {
				inside = h.Post(h.joost, h.open, "vroeger")
				h.Make(h.joost, items.NewItem{Audience: plein.OrgAudience, Body: "kijk", Share: inside.ID})
				return nil
			}, "vroeger", ""},
			{"a change of what is passed on", func() error { return edit(inside, "later") }, "later", "vroeger"},
			{"a deletion", func() error { _, err := h.Items.Delete(ctx, h.joost, talk.ID); return err }, "kijk", "praatje"},
			{"taking away what is passed on", func() error { _, err := h.Items.Delete(ctx, h.joost, inside.ID); return err }, "kijk", "later"},
		} {
			if was := read(); was != read() {
				t.Error("a page differs from itself")
			}
			if err := c.act(); err != nil {
				t.Fatal(err)
			}
			if page := read(); !strings.Contains(page, c.sees) || (c.not != "" && strings.Contains(page, c.not)) {
				t.Errorf("%s is not seen:\n%s", c.what, page)
			}
		}
	})
}
