// Package findable measures whether people find what they look for: questions that
// were written down beforehand, with the threads somebody would want, are asked of
// the whole house on real talk and on the demo organisation.
//
// The figures it prints stand in docs/search.md. It fails when they fall.
package findable

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"

	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/plein"
	"plein/internal/rooms/demo"
	"plein/internal/rooms/imports"
	"plein/internal/square/search"
	"plein/test/house"
	"plein/test/realdata"
)

var now = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// looked is how many places of an answer somebody reads.
const looked = 5

// noise is how many made-up short messages stand around the written talk of the
// demo organisation.
const noise = 3_000

// floor is what precision must not fall under, and how many questions must be
// answered at all, in either order.
type floor struct{ newest, best, answered float64 }

// question is what somebody types, and the threads they would want.
type question struct {
	Ask  string
	Want []string
}

func questions(t *testing.T, name string) []question {
	t.Helper()
	var out struct{ Question []question }
	if _, err := toml.DecodeFile(filepath.Join("testdata", name), &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Question) != 30 {
		t.Fatalf("%s: %d questions", name, len(out.Question))
	}
	return out.Question
}

// TestRealTalk asks in English, in an organisation of programmers and of people
// who love coffee.
func TestRealTalk(t *testing.T) {
	onEach(t, func(t *testing.T, e db.Engine) {
		h := house.StartOn(t, e, house.Options{Idle: true, Clock: clock.Fixed(now)})
		slack, coffee := testkit.Shared(t, "data", "slack-chats"), testkit.Shared(t, "data", "stackexchange-coffee")
		bring(t, h, func(w io.Writer) error { _, err := realdata.SlackChats(slack, w); return err })
		bring(t, h, func(w io.Writer) error { _, err := realdata.StackExchange(coffee, w); return err })
		opened, err := realdata.SlackOpenings(slack)
		if err != nil {
			t.Fatal(err)
		}
		coffees, err := realdata.StackExchangeOpenings(coffee)
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(opened, coffees)
		measure(t, h, talker(t, h), opened, "english.toml", floor{newest: 0.60, best: 0.68, answered: 0.90})
	})
}

// TestDutch asks in Dutch, with compounds and inflections other than those of the
// texts.
func TestDutch(t *testing.T) {
	onEach(t, func(t *testing.T, e db.Engine) {
		h := house.StartOn(t, e, house.Options{Idle: true, Clock: clock.Fixed(now)})
		roles, err := h.PlantDemo(t.Context(), noise)
		if err != nil {
			t.Fatal(err)
		}
		o, err := demo.Build(1, now, noise)
		if err != nil {
			t.Fatal(err)
		}
		opened := map[string]time.Time{}
		for _, thread := range o.Threads {
			if thread.Hand {
				opened[thread.Key] = thread.At
			}
		}
		measure(t, h, roles["community_manager"], opened, "dutch.toml", floor{newest: 0.83, best: 0.83, answered: 0.90})
	})
}

func onEach(t *testing.T, fn func(t *testing.T, e db.Engine)) {
	t.Run("sqlite", func(t *testing.T) { fn(t, db.SQLite) })
	if os.Getenv(testkit.PostgresEnv) != "" {
		t.Run("postgres", func(t *testing.T) { fn(t, db.Postgres) })
	}
}

func bring(t *testing.T, h *house.House, convert func(io.Writer) error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "talk.jsonl")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := convert(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Import(t.Context(), imports.Request{Format: "mattermost", Path: path}); err != nil {
		t.Fatal(err)
	}
}

// talker gives whoever wrote most, who reads as any colleague does.
func talker(t *testing.T, h *house.House) plein.ID {
	t.Helper()
	id, err := db.One(t.Context(), h.DB.Read(), db.Value[plein.ID],
		`SELECT author_id FROM items_items GROUP BY author_id ORDER BY COUNT(*) DESC, author_id LIMIT 1`)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// measure asks every question in both orders.
func measure(t *testing.T, h *house.House, person plein.ID, opened map[string]time.Time, file string, least floor) {
	t.Helper()
	if err := h.Search.Reindex(t.Context(), func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	names := namesOf(t, h, opened)
	actor := h.As(t, person)
	asked := questions(t, file)
	for _, q := range asked {
		for _, want := range q.Want {
			if _, there := opened[want]; !there {
				t.Fatalf("%q wants %s, which is not there", q.Ask, want)
			}
		}
	}
	var report strings.Builder
	var newest, best, answered float64
	for _, q := range asked {
		n, first := precision(t, h, actor, names, q, false)
		b, firstBest := precision(t, h, actor, names, q, true)
		newest, best = newest+n, best+b
		if n+b > 0 {
			answered++
		}
		fmt.Fprintf(&report, "%-45s newest %.2f  best %.2f", q.Ask, n, b)
		if n < 1 || b < 1 {
			fmt.Fprintf(&report, "  wanted %v, newest %v, best %v", q.Want, first, firstBest)
		}
		report.WriteString("\n")
	}
	count := float64(len(asked))
	newest, best, answered = newest/count, best/count, answered/count
	t.Logf("%s\nprecision at %d, %s: newest %.2f, best %.2f; %.0f%% of the questions give one of the wanted threads", report.String(), looked, file,
		newest, best, 100*answered)
	if newest < least.newest || best < least.best || answered < least.answered {
		t.Errorf("%s: newest %.3f, best %.3f, answered %.3f; they were %+v", file, newest, best, answered, least)
	}
}

// namesOf finds which thread of ours each of the source is, by when it was opened.
func namesOf(t *testing.T, h *house.House, opened map[string]time.Time) map[plein.ID]string {
	t.Helper()
	at := make(map[int64][]string, len(opened))
	for name, when := range opened {
		at[when.UnixMilli()] = append(at[when.UnixMilli()], name)
	}
	names := map[plein.ID]string{}
	for after := plein.ID(0); ; {
		list, err := h.Items.Walk(t.Context(), after, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			break
		}
		for _, i := range list {
			after = i.ID
			if there := at[i.Made.UnixMilli()]; i.IsRoot() && len(there) == 1 {
				names[i.ID] = there[0]
			}
		}
	}
	if len(names) < len(opened)*9/10 {
		t.Fatalf("%d of %d threads were recognised", len(names), len(opened))
	}
	return names
}

// precision is how many of the first five threads are wanted; where fewer than
// five are wanted, of as many as those.
func precision(t *testing.T, h *house.House, a plein.Actor, names map[plein.ID]string, q question, best bool) (float64, []string) {
	t.Helper()
	res, err := h.Search.Search(t.Context(), a, search.Query{Text: q.Ask, Best: best})
	if err != nil {
		t.Fatal(err)
	}
	var first []string
	hit := 0.0
	seen := map[plein.ID]bool{}
	for _, found := range res.Hits {
		if seen[found.Root] || len(first) == looked {
			continue
		}
		seen[found.Root] = true
		first = append(first, names[found.Root])
		if slices.Contains(q.Want, names[found.Root]) {
			hit++
		}
	}
	return hit / float64(min(looked, len(q.Want))), first
}
