// Package conformance proves that the house as a whole does what it is for: real
// conversations of real people go in, and a colleague reads all of them, answers
// and reacts, on SQLite and on PostgreSQL, and sees the same pages on both.
//
// Nothing is put in the place of anything: the importers, the app, the databases
// and the requests are the real ones. The real data lies beside the repository
// (testkit.Shared).
package conformance

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/plein"
	"plein/internal/rooms/imports"
	"plein/test/house"
	"plein/test/realdata"
)

// now is when the tests run, in both houses.
var now = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// pair is the same house twice: on SQLite and on PostgreSQL.
type pair [2]*house.House

// openPair fills two houses in the same way, one after the other, and opens both.
// They are filled while nothing else runs in them, so that what filling does is
// all that happens.
func openPair(t *testing.T, fill func(t *testing.T, h *house.House)) pair {
	t.Helper()
	var options [2]house.Options
	for n, e := range []db.Engine{db.SQLite, db.Postgres} {
		options[n] = house.Options{Dir: t.TempDir(), Clock: clock.Fixed(now)}
		if e == db.Postgres {
			options[n].Database = testkit.PostgresURL(t)
		}
		idle := options[n]
		idle.Idle = true
		sameKey(t, idle)
		if !t.Run("fill "+e.String(), func(t *testing.T) {
			sameOrder()
			within(t, idle, func(h *house.House) { fill(t, h) })
		}) {
			t.FailNow()
		}
	}
	var p pair
	for n := range p {
		p[n] = house.Start(t, options[n])
	}
	p.settle(t)
	return p
}

// within opens a house, does something in it and closes it.
func within(t *testing.T, o house.Options, do func(h *house.House)) {
	t.Helper()
	h, err := house.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}()
	do(h)
}

// sameKey gives both houses the same key for the ids they show. It is one for all
// of a process, and what was rendered before is kept with the ids as they were.
func sameKey(t *testing.T, o house.Options) {
	t.Helper()
	within(t, o, func(h *house.House) {
		err := h.DB.Tx(t.Context(), func(tx *db.Tx) error {
			n, err := db.Exec(t.Context(), tx, `UPDATE app_installation SET value = $1 WHERE name = 'ids'`, []byte("both the same..."))
			if err == nil && n != 1 {
				err = errors.New("no key to replace")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// settle waits until everything that follows from what was done is done. A year of
// talk that came in at once takes the followers of the change log a while.
func (p pair) settle(t testing.TB) {
	t.Helper()
	for _, h := range p {
		behind := -1
		for behind != 0 {
			last := behind
			testkit.Eventually(t, "the followers of the change log to get on", func() bool {
				lags, err := h.Changes.Lags(t.Context())
				behind = 0
				for _, l := range lags {
					behind += l.Lines
				}
				return err == nil && (behind == 0 || behind != last)
			})
		}
	}
}

// sameOrder makes what is made within one millisecond get its ids in the order of
// making: the counter below the time in an id starts anywhere, and would otherwise
// go through zero in the middle of a house once in a while.
func sameOrder() {
	const low = 1<<21 - 1
	for plein.NewID(now)&low > 1000 {
	}
}

// real is a source of real conversations, and what must come out of it.
type real struct {
	name, format string
	file         func(t testing.TB) string
	want         imports.Report // the counts that are compared
	skipped      int
}

// sources are all that are tried.
var sources = []real{
	{"slack-export", "slack", func(t testing.TB) string {
		return testkit.Shared(t, "data", "slack-export", "slack-export-viewer-testarchive.zip")
	}, imports.Report{People: 4, Groups: 2, Posts: 158, Reactions: 1, Bots: 3}, 0},
	{"mattermost-bulk", "mattermost", func(t testing.TB) string {
		return testkit.Shared(t, "data", "mattermost-bulk", "direct_channel.export.jsonl")
	}, imports.Report{People: 4, Groups: 3, Posts: 6, Replies: 1, Reactions: 4, Direct: 7}, 3}, // two attachments without bytes, one emoji
	{"slack-chats", "mattermost", func(t testing.TB) string { return converted(t, "slack-chats", realdata.SlackChats) },
		imports.Report{People: 326, Groups: 3, Posts: 2_364, Replies: 22_172 - 2_364}, 0},
	{"stackexchange-coffee", "mattermost", func(t testing.TB) string { return converted(t, "stackexchange-coffee", realdata.StackExchange) },
		imports.Report{People: 116, Groups: 1, Posts: 265, Replies: 592 - 265}, 0},
}

// converted turns a source into the form that the importer reads.
func converted(t testing.TB, name string, convert func(dir string, w io.Writer) (realdata.Counts, error)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name+".jsonl")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := convert(testkit.Shared(t, "data", name), f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// bring imports a source twice: the first run gives what must come out of it, the
// second changes nothing at all.
func (s real) bring(t *testing.T, h *house.House) {
	t.Helper()
	r := imports.Request{Format: s.format, Path: s.file(t)}
	empty := dump(t, h.DB)
	dry := r
	dry.DryRun = true
	promised, err := h.Import(t.Context(), dry)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "a dry run", empty, dump(t, h.DB))
	first, err := h.Import(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	for _, report := range []imports.Report{promised, first} {
		if len(report.Skipped) != s.skipped {
			t.Errorf("%s: skipped %q", s.name, report.Skipped)
		}
		if got := counts(report); got != counts(s.want) {
			t.Errorf("%s: got %v, want %v", s.name, got, counts(s.want))
		}
	}
	before := dump(t, h.DB)
	again, err := h.Import(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if got := counts(again); got != [8]int{} || again.Unchanged < first.People+first.Groups+first.Posts+first.Replies+first.Direct {
		t.Errorf("%s: the second run gives %v, %d unchanged", s.name, got, again.Unchanged)
	}
	same(t, "the second run", before, dump(t, h.DB))
}

// counts are people, groups, posts, replies, reactions, direct messages, bots and
// former members.
func counts(r imports.Report) [8]int {
	return [8]int{r.People, r.Groups, r.Posts, r.Replies, r.Reactions, r.Direct, r.Bots, r.Former}
}

// table is what a table holds, in whatever order.
type table struct {
	rows int
	sum  [sha256.Size]byte
}

// dump looks at every row of every table, those of libraries too.
func dump(t testing.TB, d *db.DB) map[string]table {
	t.Helper()
	ctx := t.Context()
	query := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
	if d.Engine() == db.Postgres {
		query = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()`
	}
	names, err := db.All(ctx, d.Read(), db.Value[string], query)
	if err != nil {
		t.Fatal(err)
	}
	if len(names) < 30 {
		t.Fatalf("only the tables %v", names)
	}
	out := make(map[string]table, len(names))
	for _, name := range names {
		if out[name], err = look(ctx, d, name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func look(ctx context.Context, d *db.DB, name string) (table, error) {
	rows, err := d.Read().Query(ctx, `SELECT * FROM `+name)
	if err != nil {
		return table{}, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return table{}, err
	}
	values, into := make([]any, len(columns)), make([]any, len(columns))
	for n := range values {
		into[n] = &values[n]
	}
	var sums []string
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return table{}, err
		}
		one := sha256.New()
		for _, v := range values {
			fmt.Fprintf(one, "%T %v\x00", v, v)
		}
		sums = append(sums, string(one.Sum(nil)))
	}
	slices.Sort(sums)
	all := sha256.New()
	for _, s := range sums {
		_, _ = io.WriteString(all, s)
	}
	return table{len(sums), [sha256.Size]byte(all.Sum(nil))}, rows.Err()
}

// same fails for every table in which something is different now.
func same(t testing.TB, what string, before, after map[string]table) {
	t.Helper()
	for name := range after {
		if before[name] != after[name] {
			t.Errorf("%s changed %s: %d rows became %d", what, name, before[name].rows, after[name].rows)
		}
	}
}
