package notices

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/plein"
	"plein/internal/square/items"
)

func TestFollowingTheLogAgainGivesTheSame(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		anna, bram, cees := h.Person("Anna Aarts", 0), h.Person("Bram Bos", 0), h.Person("Cees Cox", 0)
		club := h.Group("Fietsers", plein.Closed, anna, bram)
		post := h.Make(anna, items.NewItem{Audience: club, Body: "Dag @[Bram Bos] en @[Fietsers]", MustRead: true})
		h.Reply(bram, post, "Dag.")
		h.react(bram, post, plein.Nice, true)
		h.react(bram, post, plein.Nice, false)
		h.react(bram, post, plein.Same, true)
		must(t, h.House.Groups.Ask(t.Context(), cees, club, ""))
		must(t, h.House.Groups.Refuse(t.Context(), anna, club, cees.ID))
		must(t, h.House.Groups.Ask(t.Context(), cees, club, ""))
		h.says(bram)
		must(t, h.Opened(t.Context(), bram, post.ID))
		h.says(anna)
		must(t, h.Opened(t.Context(), anna, post.ID))
		dump := func() string {
			h.settle()
			var out []string
			for _, q := range []string{
				`SELECT CAST(person_id AS TEXT) || about || CAST(target_id AS TEXT) || ' ' || CAST(newest AS TEXT) || ' ' || CAST(unread AS TEXT) || CAST(mine AS TEXT) || CAST(must AS TEXT) FROM notices_lines ORDER BY 1`,
				`SELECT CAST(person_id AS TEXT) || about || what || CAST(seq AS TEXT) || CAST(gone AS TEXT) FROM notices_events ORDER BY 1`,
				`SELECT CAST(root_id AS TEXT) || CAST(person_id AS TEXT) FROM notices_takers ORDER BY 1`,
				`SELECT what || CAST(id AS TEXT) FROM notices_calls ORDER BY 1`,
			} {
				list, err := db.All(t.Context(), h.House.DB.Read(), db.Value[string], q)
				must(t, err)
				out = append(out, strings.Join(list, "\n"))
			}
			return strings.Join(out, "\n--\n")
		}
		before := dump()
		again := h.Follower()
		again.Name = "notices again" // has a place of its own, at the beginning
		h.run(again)
		testkit.Eventually(t, "the log to be followed again", func() bool {
			lags, err := h.House.Changes.Lags(t.Context())
			must(t, err)
			return len(lags) == 2 && lags[0].Lines == 0 && lags[1].Lines == 0
		})
		if after := dump(); after != before {
			t.Errorf("before:\n%s\nafter:\n%s", before, after)
		}
	})
}

func TestImportedTalkIsSilent(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		anna, bram := h.Person("Anna Aarts", 0), h.Person("Bram Bos", 0)
		h.choose(anna, "person", bram.ID, "follow")
		doc, err := h.House.Items.Prepare("Van vroeger, met [@Anna Aarts](person:" + anna.ID.String() + ")")
		must(t, err)
		var root *items.Item
		h.Tx(func(ctx context.Context, tx *db.Tx) (err error) {
			root, _, err = h.House.Items.Import(ctx, tx, items.Imported{Audience: plein.OrgAudience, Author: anna.ID, Made: h.House.Clock.Now().Add(-time.Hour), Body: "Van vroeger", MustRead: true,
				MustUntil: h.House.Clock.Now().Add(time.Hour), Reactions: []items.ImportedReaction{{Person: bram.ID, Reaction: plein.Agree, At: h.House.Clock.Now()}}}, doc)
			if err != nil {
				return err
			}
			_, _, err = h.House.Items.Import(ctx, tx, items.Imported{Audience: plein.OrgAudience, Author: bram.ID, Parent: root, Made: h.House.Clock.Now(), Body: "Ja"}, doc)
			return err
		})
		h.expect(anna)
		h.expect(bram)
		h.Reply(bram, root, "En nu echt.") // but who took part does hear what is said from now on
		h.expect(anna, "* Bram Bos reageerde op jouw bericht “Van vroeger, met @Anna Aarts”")
		h.Reply(anna, root, "Ook van mij.")
		h.expect(bram, "* Anna Aarts reageerde op “Van vroeger, met @Anna Aarts”")
	})
}

func TestManyAreToldInWaves(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		anna, bram := h.Person("Anna Aarts", 0), h.Person("Bram Bos", 0)
		post := h.Post(anna, plein.OrgAudience, "Wie doet mee?")
		h.settle()
		const crowd = 2*waveSize + 77
		h.Tx(func(ctx context.Context, tx *db.Tx) error {
			for n := range crowd {
				if err := addTaker(ctx, tx, post.ID, plein.ID(n+2)); err != nil {
					return err
				}
			}
			return nil
		})
		h.Reply(bram, post, "Ik.")
		h.settle()
		if n := h.rows(`SELECT COUNT(*) FROM notices_lines`); n != crowd+1 {
			t.Errorf("%d people were told, want %d", n, crowd+1)
		}
		waves := 0
		for _, name := range testkit.Told(t, h.House.DB) {
			if name == "notices.wave.due" {
				waves++
			}
		}
		if waves != 2 {
			t.Errorf("it went on %d times, want 2", waves)
		}
	})
}

func TestACallIsOneRow(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		anna := h.Person("Anna Aarts", 0, plein.RoleCommunityManager)
		var crowd []plein.Actor
		for n := range 8 {
			crowd = append(crowd, h.Person(fmt.Sprintf("Sanne de %c", 'A'+n), 0))
		}
		must1 := h.Make(anna, items.NewItem{Audience: plein.OrgAudience, Title: "Brand", Body: "Lees.", MustRead: true})
		h.settle()
		if n := h.rows(`SELECT COUNT(*) FROM notices_lines`); n != 0 {
			t.Errorf("%d lines were written before anybody looked", n)
		}
		h.expect(crowd[0], "* Moet je lezen: Brand")
		h.expect(crowd[1], "* Moet je lezen: Brand")
		if n := h.rows(`SELECT COUNT(*) FROM notices_lines`); n != 2 {
			t.Errorf("%d lines were written for two who looked", n)
		}
		must(t, h.House.Items.Acknowledge(t.Context(), crowd[0], must1.ID))
		h.expect(crowd[0], "Moet je lezen: Brand")
		must(t, h.Opened(t.Context(), crowd[2], must1.ID)) // straight from the timeline
		h.expect(crowd[2], "Moet je lezen: Brand")
	})
}

func TestTheBusMayFail(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		h.bus = func(string) error { return fmt.Errorf("the bus is away") }
		anna, bram := h.Person("Anna Aarts", 0), h.Person("Bram Bos", 0)
		post := h.Post(anna, plein.OrgAudience, "Hallo")
		h.Reply(bram, post, "Dag.")
		h.expect(anna, "* Bram Bos reageerde op jouw bericht “Hallo”")
		must(t, h.Opened(t.Context(), anna, post.ID))
		h.expect(anna, "Bram Bos reageerde op jouw bericht “Hallo”")
	})
}

func TestWhoIsSignalled(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		heard := make(chan string, 100)
		h.bus = func(subject string) error { heard <- subject; return nil }
		anna, bram := h.Person("Anna Aarts", 0), h.Person("Bram Bos", 0)
		h.Reply(bram, h.Post(anna, plein.OrgAudience, "Hallo"), "Dag.")
		if got := <-heard; got != "live.badge."+anna.ID.String() {
			t.Errorf("the signal is %q", got)
		}
	})
}

func TestWhatIsThrownAway(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		ctx := t.Context()
		anna, bram := h.Person("Anna Aarts", 0), h.Person("Bram Bos", 0)
		read := h.Post(anna, plein.OrgAudience, "Gelezen")
		h.Reply(bram, read, "Ja.")
		h.Reply(bram, h.Post(anna, plein.OrgAudience, "Ongelezen"), "Ja.")
		h.settle()
		must(t, h.Opened(ctx, anna, read.ID))
		h.House.Clock.Advance(keepRead + time.Hour)
		_, err := h.Sweep(ctx)
		must(t, err)
		h.expect(anna, "* Bram Bos reageerde op jouw bericht “Ongelezen”")
		h.House.Clock.Advance(keepUnread)
		_, err = h.Sweep(ctx)
		must(t, err)
		h.expect(anna)
		if n := h.rows(`SELECT COUNT(*) FROM notices_events`); n != 0 {
			t.Errorf("%d rows are left", n)
		}
		h.Reply(bram, read, "Nog eens.")
		h.expect(anna, "* Bram Bos reageerde op jouw bericht “Gelezen”")
		h.Tx(func(ctx context.Context, tx *db.Tx) error { return h.ForgetPerson(ctx, tx, anna.ID) })
		if n := h.rows(fmt.Sprintf(`SELECT (SELECT COUNT(*) FROM notices_lines WHERE person_id = %[1]d) + (SELECT COUNT(*) FROM notices_events WHERE person_id = %[1]d)
			+ (SELECT COUNT(*) FROM notices_takers WHERE person_id = %[1]d)`, int64(anna.ID))); n != 0 {
			t.Errorf("%d rows are left of whoever is forgotten", n)
		}
	})
}

func TestABatchTellsOnlySoMany(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		anna := h.Person("Anna Aarts", 0)
		var posts []*items.Item
		for n := range 15 {
			posts = append(posts, h.Post(anna, plein.OrgAudience, fmt.Sprintf("Bericht %d", n)))
		}
		h.settle()
		const crowd = waveSize - 5
		h.Tx(func(ctx context.Context, tx *db.Tx) error {
			for _, p := range posts {
				for n := range crowd {
					if err := addTaker(ctx, tx, p.ID, plein.ID(n+2)); err != nil {
						return err
					}
				}
			}
			return nil
		})
		bram := h.Person("Bram Bos", 0)
		h.Tx(func(ctx context.Context, tx *db.Tx) error { // all at once, so that they come in one batch
			for _, p := range posts {
				doc, err := h.House.Items.Prepare("Ja.")
				if err != nil {
					return err
				}
				i, _, err := h.House.Items.Import(ctx, tx, items.Imported{Audience: plein.OrgAudience, Author: bram.ID, Parent: p, Made: h.House.Clock.Now(), Body: "Ja."}, doc)
				if err != nil {
					return err
				}
				if err := h.House.Changes.Tell(ctx, tx, plein.Event{Name: "items.reply.made", Actor: bram.ID, At: h.House.Clock.Now(), Audience: i.Audience,
					Object: plein.Ref{Kind: "item", ID: i.ID}, Target: plein.Ref{Kind: "thread", ID: i.Root}}); err != nil {
					return err
				}
			}
			return nil
		})
		h.settle()
		if n := h.rows(`SELECT COUNT(*) FROM notices_lines`); n != len(posts)*(crowd+1) {
			t.Errorf("%d lines were written, want %d", n, len(posts)*(crowd+1))
		}
		waves := 0
		for _, name := range testkit.Told(t, h.House.DB) {
			if name == "notices.wave.due" {
				waves++
			}
		}
		if waves == 0 {
			t.Error("everybody was told in one transaction")
		}
	})
}
