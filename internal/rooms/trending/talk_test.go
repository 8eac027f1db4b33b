package trending_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/items"
)

func (h *town) want(a plein.Actor, why string, want ...string) {
	h.T.Helper()
	if got := h.labels(a); !slices.Equal(got, want) {
		h.T.Errorf("%s: %q, want %q", why, got, want)
	}
}

func TestASubjectNeedsFivePeopleAndMoreThanUsual(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		h.usual(plein.OrgAudience)
		h.say(4, plein.OrgAudience, "De **tillift** doet het weer niet")
		h.Reply(h.people[0], h.Post(h.people[1], plein.OrgAudience, "Weer de tillift"), "Ja, die tillift, tillift, tillift")
		h.say(8, plein.OrgAudience, "Planning in de kantine")
		h.settle()
		h.want(h.people[11], "four people are no subject, and what is said always neither")
		h.Post(h.people[7], plein.OrgAudience, "Onze tilliften ook")
		h.settle()
		h.want(h.people[11], "the fifth makes it one, in any form of the word", "Tillift 5/6")
	})
}

func TestAHashtagIsASubjectBeforeAnythingIsUsual(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		h.say(6, plein.OrgAudience, "De #tillift van kamer twaalf knarst")
		h.settle()
		h.want(h.people[11], "only the hashtag, and not the words beside it", "#tillift 6/6")
		if s := h.shown(h.people[11]).Talk[0]; s.Days[6] != 6 || !s.Tag {
			t.Errorf("the week of a subject of today is %v", s.Days)
		}
		h.Clock.Advance(8 * 24 * time.Hour)
		h.want(h.people[11], "a week later it is past")
	})
}

func TestOneEagerWriterMakesNoSubject(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		h.usual(plein.OrgAudience)
		for range 30 {
			h.Post(h.people[0], plein.OrgAudience, "Kom naar de barbecue")
		}
		h.settle()
		h.want(h.people[11], "thirty times one")
	})
}

// P1, path 11: what the reader may not see makes no subject, changes no number and
// is no part of what is usual.
func TestWhatOneMayNotSeeChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		in, out := h.people[4], h.people[11]
		secret := h.Group("Geheim", plein.Secret, h.people[0], h.people[1:8]...)
		closed := h.Group("Dicht", plein.Closed, h.people[0], h.people[1:8]...)
		h.usual(plein.OrgAudience)
		h.say(4, plein.OrgAudience, "De tillift")
		h.settle()
		h.want(out, "four are not enough")
		h.Post(in, secret, "De tillift")
		h.settle()
		h.want(out, "the fifth said it where they may not look")
		h.want(in, "who may look sees five", "Tillift 5/5")

		h.Post(h.people[5], plein.OrgAudience, "Die tillift weer")
		h.settle()
		h.want(out, "five that they may see", "Tillift 5/5")
		h.want(in, "and six with the hidden one", "Tillift 6/6")

		// Weeks in which the hidden group speaks of nothing else make it usual there,
		// and nowhere else.
		before := h.labels(out)
		now := h.Clock.Now()
		h.Tx(func(ctx context.Context, tx *db.Tx) error {
			doc, err := h.Items.Prepare("tillift")
			for day := 8; err == nil && day < 60; day++ {
				for n, p := range h.people[:8] {
					if _, _, err = h.Items.Import(ctx, tx, items.Imported{Audience: closed, Author: p.ID,
						Made: now.AddDate(0, 0, -day).Add(time.Duration(n) * time.Minute), Body: "tillift"}, doc); err != nil {
						return err
					}
				}
			}
			return err
		})
		h.settle()
		if got := h.labels(out); !slices.Equal(got, before) {
			t.Errorf("what is usual in a hidden group changed %q into %q", before, got)
		}
		h.want(in, "for whom it is usual it is no news")
	})
}

func TestMessagesBetweenFewNeverCount(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		me := h.people[0]
		h.say(4, plein.OrgAudience, "#tillift")
		for _, other := range h.people[5:9] {
			var a plein.Audience
			h.Tx(func(ctx context.Context, tx *db.Tx) (err error) {
				a, _, err = h.Access.Direct(ctx, tx, []plein.ID{me.ID, other.ID})
				return err
			})
			h.Post(other, a.ID, "#tillift")
		}
		h.Post(me, me.ID, "#tillift voor mij")
		h.settle()
		h.want(me, "four on the square; what was said in private does not count")
		n, err := db.One(t.Context(), h.DB.Read(), db.Value[int], `SELECT COUNT(*) FROM trending_said`)
		if err != nil || n != 4 {
			t.Errorf("%d rows are kept, want the 4 of the square (%v)", n, err)
		}
	})
}

func TestWhoCameLaterKnowsOnlyWhatBeganSince(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		late := h.people[11]
		g := h.NewcomersGroup("Ideeën", plein.Closed, h.people[0], h.people[1:8]...)
		old := h.say(5, g, "#tillift")
		h.Clock.Advance(time.Hour)
		h.Join(g, late)
		for n := range 5 {
			h.Reply(h.people[n+1], old[0], "Ja, #tillift")
		}
		h.settle()
		h.want(late, "replies in what began before are not for them")
		h.want(h.people[1], "the others see it", "#tillift 6/5")
		h.say(5, g, "#rolstoel")
		h.settle()
		h.want(late, "what began since is", "#rolstoel 5/5")
	})
}

func TestRightsAndWordsThatEndAreGone(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		g := h.Group("Dicht", plein.Closed, h.people[0], h.people[1:8]...)
		said := h.say(6, g, "#tillift")
		h.settle()
		me := h.people[7]
		show := func() []string {
			var out []string
			for _, topic := range h.shown(me).Talk { // with what is kept
				out = append(out, topic.Label())
			}
			return out
		}
		if got := show(); !slices.Equal(got, []string{"#tillift"}) {
			t.Fatalf("a member sees %q", got)
		}
		h.Leave(g, me)
		if got := show(); len(got) != 0 {
			t.Errorf("who left still sees %q at the next request", got)
		}
		h.Join(g, me)
		if got := show(); len(got) != 1 {
			t.Errorf("who came back sees %q", got)
		}
		for n, i := range said[:2] {
			if _, err := h.Items.Delete(t.Context(), h.people[n], i.ID); err != nil {
				t.Fatal(err)
			}
		}
		h.settle()
		h.Clock.Advance(time.Minute)
		if got := show(); len(got) != 0 {
			t.Errorf("after two of six were taken away there is still %q", got)
		}
		n, err := db.One(t.Context(), h.DB.Read(), db.Value[int], `SELECT COUNT(*) FROM trending_said WHERE words <> '' OR tags <> ''`)
		if err != nil || n != 4 {
			t.Errorf("%d rows still have words, want 4 (%v)", n, err)
		}
		if _, err := h.Items.Restore(t.Context(), h.people[0], said[0].ID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Items.Edit(t.Context(), h.people[2], said[2].ID, 0, "", "Ik bedoel de #rolstoel"); err != nil {
			t.Fatal(err)
		}
		h.settle()
		h.want(me, "one back, one changed: four")
		if _, err := h.Items.Edit(t.Context(), h.people[2], said[2].ID, 0, "", "Nee, toch de #tillift"); err != nil {
			t.Fatal(err)
		}
		h.settle()
		h.want(me, "and five again", "#tillift 5/5")
	})
}

// A group that closes is closed at the next request, also for what was kept.
func TestAGroupThatClosesTakesItsTalkAlong(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		g := h.Group("Fietsers", plein.Open, h.people[0], h.people[1:8]...)
		h.say(6, g, "#fietsenstalling")
		h.settle()
		out := h.people[11]
		if got := h.shown(out).Talk; len(got) != 1 {
			t.Fatalf("an open group gives %d subjects to who is not in it", len(got))
		}
		h.Tx(func(ctx context.Context, tx *db.Tx) error {
			return h.Access.Audience(ctx, tx, plein.Audience{ID: g, Kind: plein.Closed})
		})
		if got := h.shown(out).Talk; len(got) != 0 {
			t.Errorf("it closed and they still see %q", got[0].Label())
		}
	})
}

func TestGuestsSeeTheTalkOfTheirGroups(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		guest := h.Guest("Nora Gast")
		g := h.Group("Samen", plein.Closed, h.people[0], h.people[1:8]...)
		h.say(6, plein.OrgAudience, "#jaarplan")
		h.say(5, g, "#tillift")
		h.settle()
		h.want(guest, "a guest in no group sees nothing")
		h.Join(g, guest)
		h.want(guest, "and in a group what is said there", "#tillift 5/5")
		if m := h.shown(guest).Meet; len(m) != 0 {
			t.Errorf("a guest is offered %d people", len(m))
		}
	})
}

func TestNamesAndBotsAreNoSubject(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		h.usual(plein.OrgAudience)
		h.Person("Tjitske Wiersma", 0)
		h.say(7, plein.OrgAudience, "Bedankt Tjitske, de tillift is top")
		h.settle()
		h.want(h.people[11], "a colleague is no subject", "Tillift 7/7")
	})
}

// Words that stand in the same conversations are one subject.
func TestWordsOfOneTalkAreOneSubject(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		h.usual(plein.OrgAudience)
		h.say(7, plein.OrgAudience, "Noodprocedure voor het dossier, zie handleiding")
		for _, p := range h.people[:6] {
			h.Post(p, plein.OrgAudience, "Parkeren bij het ziekenhuis")
		}
		h.settle()
		got := h.labels(h.people[11])
		if len(got) != 2 || strings.Count(got[0], ",") != 1 || strings.Count(got[1], ",") != 1 {
			t.Errorf("%q, want two subjects of two words", got)
		}
	})
}

// Another process, or the same after a restart, finds the same.
func TestTheWindowIsOnlyACopy(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		h.usual(plein.OrgAudience)
		said := h.say(7, plein.OrgAudience, "De tillift #knarst")
		h.settle()
		h.labels(h.people[11])
		if _, err := h.Items.Delete(t.Context(), h.people[0], said[0].ID); err != nil {
			t.Fatal(err)
		}
		h.settle()
		step := h.labels(h.people[11])
		h.room.ForgetAll()
		if anew := h.labels(h.people[11]); !slices.Equal(step, anew) || len(step) == 0 {
			t.Errorf("step by step %q, made anew %q", step, anew)
		}
		other := h.room
		h.room = h.open()
		if got := h.labels(h.people[11]); !slices.Equal(step, got) {
			t.Errorf("another process sees %q, want %q", got, step)
		}
		h.room = other
		h.Clock.Advance(9 * 7 * 24 * time.Hour)
		if n, err := h.room.Sweep(t.Context()); err != nil || n == 0 {
			t.Errorf("%d rows swept: %v", n, err)
		}
		n, err := db.One(t.Context(), h.DB.Read(), db.Value[int], `SELECT COUNT(*) FROM trending_said`)
		if err != nil || n != 0 {
			t.Errorf("%d rows are kept after nine weeks (%v)", n, err)
		}
	})
}

// A line of the log that comes twice, or after what became of the item, changes
// nothing.
func TestTheFollowerMayReadALineTwice(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		said := h.say(6, plein.OrgAudience, "#tillift")
		h.settle()
		h.Tx(func(ctx context.Context, tx *db.Tx) error {
			var events []plein.Event
			for _, i := range said {
				events = append(events, plein.Event{Name: "items.item.restored", Object: plein.Ref{Kind: "item", ID: i.ID}},
					plein.Event{Name: "items.post.made", Object: plein.Ref{Kind: "item", ID: i.ID}},
					plein.Event{Name: "items.post.made", Object: plein.Ref{Kind: "item", ID: i.ID + 1}})
			}
			return h.room.Follower().Follow(ctx, tx, events)
		})
		h.want(h.people[11], "twice is once", "#tillift 6/6")
	})
}

func TestAThingThatIsSaidInSeveralGroupsCountsOnce(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		one := h.Group("Een", plein.Closed, h.people[0], h.people[1:4]...)
		two := h.Group("Twee", plein.Closed, h.people[0], h.people[1:4]...)
		h.say(3, one, "#tillift")
		h.say(3, two, "#tillift")
		h.settle()
		h.want(h.people[0], "three people in two groups are three people")
		var c plein.Audience
		h.Tx(func(ctx context.Context, tx *db.Tx) (err error) {
			c, err = h.Access.Composite(ctx, tx, []plein.ID{one, two})
			return err
		})
		h.Join(two, h.people[9])
		h.Join(one, h.people[8])
		h.Post(h.people[0], c.ID, "#tillift")
		h.settle()
		h.want(h.people[9], "still three")
	})
}
