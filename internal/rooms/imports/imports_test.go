package imports_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/plein"
	"plein/internal/rooms/imports"
	"plein/internal/rooms/imports/importstest"
)

// engines runs a test on every database there is.
func engines(t *testing.T, fn func(t *testing.T, h *importstest.House)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, importstest.Build(t, db.SQLite)) })
	if os.Getenv(testkit.PostgresEnv) != "" {
		t.Run("postgres", func(t *testing.T) { fn(t, importstest.Build(t, db.Postgres)) })
	}
}

// rows counts the rows of every table that an import can write.
func rows(t testing.TB, h *importstest.House) map[string]int {
	t.Helper()
	out := map[string]int{}
	for _, table := range []string{"people_persons", "people_units", "groups_groups", "groups_members", "items_items",
		"items_reactions", "items_mentions", "files_files", "access_audiences", "access_grants", "changes_log", "imports_sources"} {
		n, err := db.One(t.Context(), h.DB.Read(), db.Value[int], "SELECT COUNT(*) FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		out[table] = n
	}
	return out
}

// texts gives one column of text of every row of a query.
func texts(t testing.TB, h *importstest.House, query string, args ...any) []string {
	t.Helper()
	out, err := db.All(t.Context(), h.DB.Read(), db.Value[string], query, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// counts is the part of a report that a test compares.
type counts struct{ people, groups, posts, replies, reactions, direct, files, bots, former, unchanged int }

func of(r imports.Report) counts {
	return counts{r.People, r.Groups, r.Posts, r.Replies, r.Reactions, r.Direct, r.Files, r.Bots, r.Former, r.Unchanged}
}

func TestSlackExportOfARealWorkspace(t *testing.T) {
	path := filepath.Join(testkit.Shared(t, "data", "slack-export"), "slack-export-viewer-testarchive.zip")
	engines(t, func(t *testing.T, h *importstest.House) {
		dry, err := h.Imports.Import(t.Context(), imports.Request{Format: "slack", Path: path, DryRun: true})
		if err != nil {
			t.Fatal(err)
		}
		if n := rows(t, h); n["people_persons"]+n["items_items"]+n["imports_sources"] != 0 {
			t.Fatalf("a dry run wrote: %v", n)
		}
		first := h.Import(t, "slack", path)
		if first.People != 4 || first.Groups != 2 || first.Posts+first.Replies != 158 || first.Reactions != 1 {
			t.Fatalf("got %+v, want 4 people, 2 groups, 158 messages, 1 reaction", of(first))
		}
		if of(dry) != of(first) {
			t.Errorf("the dry run promised %+v, the import made %+v", of(dry), of(first))
		}
		before := rows(t, h)
		again := h.Import(t, "slack", path)
		if want := (counts{unchanged: 4 + 2 + 158}); of(again) != want {
			t.Errorf("the second run gives %+v, want %+v", of(again), want)
		}
		if after := rows(t, h); !maps.Equal(before, after) {
			t.Errorf("the second run changed the database:\n%v\n%v", before, after)
		}
		kinds := texts(t, h, `SELECT kind FROM groups_groups`)
		if !slices.Equal(kinds, []string{"open", "open"}) {
			t.Errorf("public channels became %v", kinds)
		}
		// The oldest message of the first channel, to the microsecond.
		if n, err := db.One(t.Context(), h.DB.Read(), db.Value[int64], `SELECT MIN(made_at) FROM items_items`); err != nil || n != 1452837318000002 {
			t.Errorf("the oldest message is of %d (%v)", n, err)
		}
		for _, body := range texts(t, h, `SELECT body FROM items_items`) {
			if strings.Contains(body, "&lt;") || strings.Contains(body, "<@U") || strings.Contains(body, "xoxe-") || strings.TrimSpace(body) == "" {
				t.Errorf("Slack's markup, a key or nothing is left in %q", body)
			}
		}
	})
}

func TestMattermostBulkExport(t *testing.T) {
	path := filepath.Join(testkit.Shared(t, "data", "mattermost-bulk"), "direct_channel.export.jsonl")
	engines(t, func(t *testing.T, h *importstest.House) {
		first := h.Import(t, "mattermost", path)
		want := counts{people: 4, groups: 3, posts: 6, replies: 1, reactions: 4, direct: 7}
		if of(first) != want {
			t.Fatalf("got %+v, want %+v", of(first), want)
		}
		if len(first.Skipped) != 3 { // two attachments without bytes, one emoji
			t.Errorf("skipped %q", first.Skipped)
		}
		before := rows(t, h)
		if again := h.Import(t, "mattermost", path); of(again) != (counts{unchanged: 4 + 3 + 6 + 1 + 7}) {
			t.Errorf("the second run gives %+v", of(again))
		}
		if after := rows(t, h); !maps.Equal(before, after) {
			t.Errorf("the second run changed the database:\n%v\n%v", before, after)
		}
		if got := texts(t, h, `SELECT kind FROM groups_groups ORDER BY name`); !slices.Equal(got, []string{"secret", "open", "open"}) {
			t.Errorf("the private channel and the two public ones became %v", got)
		}
		// Each direct message is read by its own people and nobody else.
		sets, err := db.All(t.Context(), h.DB.Read(), db.Value[int], `SELECT COUNT(*) FROM access_grants
			WHERE audience_id IN (SELECT audience_id FROM items_items WHERE kind = 'message') GROUP BY audience_id ORDER BY 1`)
		if err != nil || !slices.Equal(sets, []int{2, 2, 3}) {
			t.Errorf("direct messages are read by %v people (%v), want 2, 2 and 3", sets, err)
		}
		if got := texts(t, h, `SELECT body FROM items_items WHERE body LIKE '%Welcome mate%'`); len(got) != 1 ||
			!strings.HasPrefix(got[0], "@[Ron Weasley](person:") {
			t.Errorf("the mention became %q", got)
		}
	})
}

func TestDirectMessagesCanStayBehind(t *testing.T) {
	path := filepath.Join(testkit.Shared(t, "data", "mattermost-bulk"), "direct_channel.export.jsonl")
	h := importstest.Build(t, db.SQLite)
	r, err := h.Imports.Import(t.Context(), imports.Request{Format: "mattermost", Path: path, WithoutDirect: true})
	if err != nil || r.Direct != 0 || r.Posts != 6 {
		t.Fatalf("got %+v (%v)", of(r), err)
	}
	if got := texts(t, h, `SELECT body FROM items_items WHERE kind = 'message'`); len(got) > 0 {
		t.Errorf("direct messages came along: %q", got)
	}
}

// cutOff is a square that fails at the n-th item, as a machine that goes down
// does.
type cutOff struct {
	imports.Square
	left int
}

var errCut = errors.New("the machine went down")

func (c *cutOff) AddItem(ctx context.Context, tx *db.Tx, it *imports.ImportedItem) (plein.ID, int, error) {
	if c.left--; c.left < 0 {
		return 0, 0, errCut
	}
	return c.Square.AddItem(ctx, tx, it)
}

func (c *cutOff) AddGroup(ctx context.Context, tx *db.Tx, g imports.ImportedGroup) (plein.ID, error) {
	if c.left--; c.left < 0 {
		return 0, errCut
	}
	return c.Square.AddGroup(ctx, tx, g)
}

func (c *cutOff) AddPerson(ctx context.Context, tx *db.Tx, p imports.ImportedPerson) (plein.ID, error) {
	if c.left--; c.left < 0 {
		return 0, errCut
	}
	return c.Square.AddPerson(ctx, tx, p)
}

func TestAnImportThatWasCutOffGoesOn(t *testing.T) {
	path := filepath.Join(testkit.Shared(t, "data", "mattermost-bulk"), "direct_channel.export.jsonl")
	whole := importstest.Build(t, db.SQLite)
	whole.Import(t, "mattermost", path)
	want := rows(t, whole)

	h := importstest.Build(t, db.SQLite)
	h.Imports.SetBatch(3)
	cuts := 0
	for n := 0; ; n++ {
		h.Imports.SetSquare(&cutOff{h.Square(), n})
		_, err := h.Imports.Import(t.Context(), imports.Request{Format: "mattermost", Path: path})
		if err == nil {
			break
		}
		if !errors.Is(err, errCut) {
			t.Fatal(err)
		}
		if cuts++; cuts > 100 {
			t.Fatal("it never gets further")
		}
	}
	if cuts < 3 {
		t.Fatalf("cut off %d times only", cuts)
	}
	if got := rows(t, h); !maps.Equal(got, want) {
		t.Errorf("after %d cuts:\n%v\nin one go:\n%v", cuts, got, want)
	}
}

func TestALaterExportAddsOnlyWhatIsNew(t *testing.T) {
	h := importstest.Build(t, db.SQLite)
	h.Import(t, "slack", slackZip(t, map[string]string{
		"users.json":              `[{"id":"U1","name":"ann","real_name":"Ann"}]`,
		"channels.json":           `[{"id":"C1","name":"talk","members":["U1"],"creator":"U1"}]`,
		"talk/2020-01-01.json":    `[{"type":"message","user":"U1","text":"one","ts":"1577836800.000100"}]`,
		"unknown/2020-01-01.json": `[{"type":"message","user":"U1","text":"whose?","ts":"1577836800.000100"}]`,
	}))
	r := h.Import(t, "slack", slackZip(t, map[string]string{
		"users.json":    `[{"id":"U1","name":"ann","real_name":"Ann"}]`,
		"channels.json": `[{"id":"C1","name":"talk","members":["U1"],"creator":"U1"}]`,
		"talk/2020-01-01.json": `[{"type":"message","user":"U1","text":"one","ts":"1577836800.000100"},
			{"type":"message","user":"U9","text":"two","ts":"1577836801.000100","thread_ts":"1577836800.000100",
			 "reactions":[{"name":"heart","users":["U1","U8"]}]}]`,
	}))
	if want := (counts{replies: 1, reactions: 2, former: 2, unchanged: 3}); of(r) != want {
		t.Fatalf("got %+v, want %+v", of(r), want)
	}
	if got := texts(t, h, `SELECT body FROM items_items WHERE body LIKE '%whose%'`); len(got) > 0 {
		t.Error("a channel that nobody describes came in")
	}
}

func TestSlackVisibilityNeverWidens(t *testing.T) {
	h := importstest.Build(t, db.SQLite)
	msg := func(s string) string {
		return `[{"type":"message","user":"U1","text":"` + s + `","ts":"1577836800.000100"}]`
	}
	r := h.Import(t, "slack", slackZip(t, map[string]string{
		"users.json": `[{"id":"U1","name":"ann","real_name":"Ann"},{"id":"U2","name":"bob","real_name":"Bob"},
			{"id":"U3","name":"gus","real_name":"Gus","is_restricted":true},{"id":"U4","name":"old","real_name":"Old","deleted":true}]`,
		"channels.json":                        `[{"id":"C1","name":"talk","members":["U1","U2","U3","U4"]},{"id":"C2","name":"odd","is_private":true,"members":["U2"]}]`,
		"groups.json":                          `[{"id":"G1","name":"plan","members":["U1","U4"]}]`,
		"mpims.json":                           `[{"id":"G2","name":"mpdm-ann--bob--gus-1","members":["U1","U2","U3"]}]`,
		"dms.json":                             `[{"id":"D1","members":["U1","U2"]},{"id":"D2","members":["U1","U1"]}]`,
		"talk/2020-01-01.json":                 msg("open"),
		"odd/2020-01-01.json":                  msg("odd"),
		"plan/2020-01-01.json":                 msg("secret <#C2|odd> <#C1|talk> <!here> <@U2>"),
		"mpdm-ann--bob--gus-1/2020-01-01.json": msg("three"),
		"D1/2020-01-01.json":                   msg("two"),
		"D2/2020-01-01.json":                   msg("one"),
	}))
	if r.Groups != 3 || r.Posts != 3 || r.Direct != 3 {
		t.Fatalf("got %+v %q", of(r), r.Skipped)
	}
	if got := texts(t, h, `SELECT name || ' ' || kind || ' ' || members FROM groups_groups ORDER BY name`); !slices.Equal(got,
		[]string{"odd secret 1", "plan secret 1", "talk open 2"}) {
		t.Errorf("groups: %v; closed accounts and guests are in no group", got)
	}
	body := texts(t, h, `SELECT body FROM items_items WHERE body LIKE 'secret%'`)
	if len(body) != 1 || !strings.Contains(body[0], "#odd") || !strings.Contains(body[0], "@[talk](group:") ||
		!strings.Contains(body[0], "@here") || !strings.Contains(body[0], "@[Bob](person:") {
		t.Errorf("mentions became %q", body)
	}
	if got := texts(t, h, `SELECT a.kind FROM items_items i JOIN access_audiences a ON a.id = i.audience_id ORDER BY i.body`); !slices.Equal(got,
		[]string{"secret", "self", "open", "secret", "direct", "direct"}) {
		t.Errorf("audiences: %v", got)
	}
}

func TestFilesComeAlong(t *testing.T) {
	h := importstest.Build(t, db.SQLite)
	dir := t.TempDir()
	export := `{"type":"version","version":1}
{"type":"team","team":{"name":"t","type":"O","allow_open_invite":true}}
{"type":"channel","channel":{"team":"t","name":"c","display_name":"C","type":"O"}}
{"type":"user","user":{"username":"ann","email":"ann@house.example"}}
{"type":"post","post":{"team":"t","channel":"c","user":"ann","message":"look","create_at":1577836800000,
"attachments":[{"path":"a/note.txt"},{"path":"../../etc/passwd"},{"path":"a/link.txt"}]}}
`
	export = strings.ReplaceAll(export, ",\n\"att", ",\"att")
	if err := os.MkdirAll(filepath.Join(dir, "data", "a"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "data", "a", "note.txt"), []byte("a note"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/hostname", filepath.Join(dir, "data", "a", "link.txt")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "export.jsonl")
	if err := os.WriteFile(path, []byte(export), 0o600); err != nil {
		t.Fatal(err)
	}
	r := h.Import(t, "mattermost", path)
	if r.Files != 1 || len(r.Skipped) != 3 { // two files, and a group without members
		t.Fatalf("got %d files, skipped %q", r.Files, r.Skipped)
	}
	if got := texts(t, h, `SELECT name FROM files_files WHERE item_id <> 0`); !slices.Equal(got, []string{"note.txt"}) {
		t.Errorf("attached: %q", got)
	}
	if got := texts(t, h, `SELECT body FROM items_items`); len(got) != 1 || !strings.Contains(got[0], "Bijlage: passwd") {
		t.Errorf("the name of what is not there is kept: %q", got)
	}

	// The same zipped, with data/ beside the lines, as Mattermost does it.
	zipped := importstest.Build(t, db.SQLite)
	z := zipOf(t, func(w *zip.Writer) {
		add(t, w, "import.jsonl", export)
		add(t, w, "data/a/note.txt", "a note")
	})
	if r := zipped.Import(t, "mattermost", z); r.Files != 1 || r.Posts != 1 {
		t.Errorf("zipped: %+v %q", of(r), r.Skipped)
	}

	// Slack's own archives hold links; some tools add the bytes.
	slack := importstest.Build(t, db.SQLite)
	r = slack.Import(t, "slack", slackZip(t, map[string]string{
		"users.json":    `[{"id":"U1","name":"ann","real_name":"Ann"}]`,
		"channels.json": `[{"id":"C1","name":"talk","members":["U1"]}]`,
		"talk/2020-01-01.json": `[{"type":"message","user":"U1","text":"","ts":"1577836800.000100","files":[
			{"id":"F1","name":"plan.txt","url_private":"https://files.example/F1/plan.txt?t=xoxe-key"},
			{"id":"F2","name":"far.txt","url_private":"https://files.example/F2/far.txt?t=xoxe-key"}]}]`,
		"__uploads/F1/plan.txt": "the plan",
	}))
	if r.Files != 1 {
		t.Errorf("slack: %+v %q", of(r), r.Skipped)
	}
	if got := texts(t, slack, `SELECT body FROM items_items`); !slices.Equal(got, []string{"[far.txt](https://files.example/F2/far.txt)"}) {
		t.Errorf("the link without its key: %q", got)
	}
}

func TestTwoNetworksWithOneNameForAChannel(t *testing.T) {
	h := importstest.Build(t, db.SQLite)
	h.Import(t, "slack", slackZip(t, map[string]string{
		"users.json":           `[{"id":"U1","name":"ann","real_name":"Ann","profile":{"email":"Ann@House.example"}}]`,
		"channels.json":        `[{"id":"C1","name":"Talk","members":["U1"]}]`,
		"Talk/2020-01-01.json": `[{"type":"message","user":"U1","text":"from slack","ts":"1577836800.000100"}]`,
	}))
	path := filepath.Join(t.TempDir(), "e.jsonl")
	if err := os.WriteFile(path, []byte(mattermostFile(`{"type":"post","post":{"team":"t","channel":"talk","user":"ann","message":"from the other","create_at":1577836800000}}`)), 0o600); err != nil {
		t.Fatal(err)
	}
	r := h.Import(t, "mattermost", path)
	if r.People != 1 || r.Groups != 1 || r.Posts != 1 || r.Unchanged != 1 {
		t.Fatalf("got %+v: one address is one person, only Bob is new", of(r))
	}
	if got := texts(t, h, `SELECT name FROM groups_groups ORDER BY name`); !slices.Equal(got, []string{"Talk", "talk 2"}) {
		t.Errorf("groups: %v", got)
	}
}

func mattermostFile(lines ...string) string {
	head := []string{
		`{"type":"version","version":1}`,
		`{"type":"team","team":{"name":"t","type":"O","allow_open_invite":true}}`,
		`{"type":"channel","channel":{"team":"t","name":"talk","display_name":"talk","type":"O"}}`,
		`{"type":"user","user":{"username":"ann","email":"ann@house.example","first_name":"Ann","teams":[{"name":"t","channels":[{"name":"talk","roles":"channel_user"}]}]}}`,
		`{"type":"user","user":{"username":"bob","email":"bob@house.example","first_name":"Bob"}}`,
	}
	return strings.Join(append(head, lines...), "\n") + "\n"
}

func TestRepliesOfAnyDepthComeOutTwoDeep(t *testing.T) {
	h := importstest.Build(t, db.SQLite)
	var day []string
	for i := range 50 {
		thread := ""
		if i > 0 {
			thread = fmt.Sprintf(`,"thread_ts":"15778368%02d.000100"`, i-1)
		}
		day = append(day, fmt.Sprintf(`{"type":"message","user":"U1","text":"m%d","ts":"15778368%02d.000100"%s}`, i, i, thread))
	}
	slices.Reverse(day[30:]) // some stand before what they answer
	r := h.Import(t, "slack", slackZip(t, map[string]string{
		"users.json":           `[{"id":"U1","name":"ann","real_name":"Ann"}]`,
		"channels.json":        `[{"id":"C1","name":"talk","members":["U1"]}]`,
		"talk/2020-01-01.json": "[" + strings.Join(day, ",") + "]",
	}))
	if r.Posts != 1 || r.Replies != 49 {
		t.Fatalf("got %+v", of(r))
	}
	depths, err := db.All(t.Context(), h.DB.Read(), db.Value[int], `SELECT COUNT(*) FROM items_items GROUP BY depth ORDER BY depth`)
	if err != nil || !slices.Equal(depths, []int{1, 1, 48}) {
		t.Errorf("depths %v (%v)", depths, err)
	}
}

func TestALongTextLosesNothing(t *testing.T) {
	h := importstest.Build(t, db.SQLite)
	long := strings.Repeat("word ", 8000) // 40,000 characters
	path := filepath.Join(t.TempDir(), "e.jsonl")
	if err := os.WriteFile(path, []byte(mattermostFile(`{"type":"post","post":{"team":"t","channel":"talk","user":"ann","message":"`+long+`","create_at":1577836800000}}`)), 0o600); err != nil {
		t.Fatal(err)
	}
	r := h.Import(t, "mattermost", path)
	if r.Posts != 1 || r.Replies != 0 || len(r.Skipped) != 1 {
		t.Fatalf("got %+v %q", of(r), r.Skipped)
	}
	words := 0
	for _, body := range texts(t, h, `SELECT body FROM items_items`) {
		if len(body) > plein.MaxBody {
			t.Errorf("an item of %d characters", len(body))
		}
		words += len(strings.Fields(body))
	}
	if words != 8000 {
		t.Errorf("%d words of 8000 came through", words)
	}
}

func TestPeopleFromAStaffList(t *testing.T) {
	list := "\ufeffE-mail;Name;Title;Department;Location;Manager email;Languages;Shoe size\n" +
		"dir@house.example;Dirk Baas;Directeur;Bestuur;A;dir@house.example;nl, en;44\n" +
		"lead@house.example;Lies Leider;\"Teamleider; zorg\";Zorg / Interne / B3;B;dir@house.example;nl;\n" +
		"nurse@house.example;Nel Zorg;Verpleegkundige;Zorg / Interne / B3;B;LEAD@house.example;nl;38\n" +
		"lost@house.example;Lotte Los;;Zorg;;nobody@house.example;;\n"
	engines(t, func(t *testing.T, h *importstest.House) {
		path := write(t, "staff.csv", list)
		dry, err := h.Imports.Import(t.Context(), imports.Request{Format: "people", Path: path, DryRun: true})
		if err != nil || dry.People != 4 || dry.Units != 4 {
			t.Fatalf("dry: %+v %v", dry, err)
		}
		r := h.Import(t, "people", path)
		if r.People != 4 || r.Units != 4 || r.Managers != 2 || len(r.Skipped) != 2 {
			t.Fatalf("got %+v, skipped %q", r, r.Skipped)
		}
		nurse, err := h.People.ByEmail(t.Context(), "nurse@house.example")
		if err != nil || nurse.Layer != 3 || nurse.Title != "Verpleegkundige" || !slices.Equal(nurse.Languages, []string{"nl"}) {
			t.Fatalf("%+v %v", nurse, err)
		}
		tree, err := h.People.Units(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var path3 []string
		for _, u := range tree.Path(nurse.Unit) {
			path3 = append(path3, u.Name)
		}
		if !slices.Equal(path3, []string{"Zorg", "Interne", "B3"}) {
			t.Errorf("the department is %v", path3)
		}
		before := rows(t, h)
		again := h.Import(t, "people", path)
		if again.People != 0 || again.Units != 0 || again.Updated != 0 || again.Managers != 0 || again.Unchanged != 4 {
			t.Errorf("the second run gives %+v", again)
		}
		if after := rows(t, h); !maps.Equal(before, after) {
			t.Errorf("the second run changed the database:\n%v\n%v", before, after)
		}
		moved := strings.Replace(list, "Verpleegkundige;Zorg / Interne / B3", "Teamleider;Zorg / Chirurgie", 1)
		if r := h.Import(t, "people", write(t, "staff.csv", moved)); r.Updated != 1 || r.Units != 1 || r.People != 0 {
			t.Errorf("a changed list gives %+v", r)
		}
	})
}

func TestProgressAndReportsAreForReading(t *testing.T) {
	h := importstest.Build(t, db.SQLite)
	var seen bytes.Buffer
	path := filepath.Join(testkit.Shared(t, "data", "mattermost-bulk"), "direct_channel.export.jsonl")
	r, err := h.Imports.Import(t.Context(), imports.Request{Format: "mattermost", Path: path, Progress: &seen})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(seen.String(), "Checked 21 people, groups and messages") || strings.Contains(seen.String(), "\r") {
		t.Errorf("progress without a terminal: %q", seen.String())
	}
	var out bytes.Buffer
	if err := r.WriteJSON(&out); err != nil || strings.Count(out.String(), "\n") != 1 {
		t.Fatal(err, out.String())
	}
	for _, want := range []string{`"people":4`, `"groups":3`, `"posts":6`, `"replies":1`, `"reactions":4`, `"direct":7`, `"unchanged":0`, `"skipped":[`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is not in %s", want, out.String())
		}
	}
	out.Reset()
	if err := r.WriteText(&out); err != nil || !strings.Contains(out.String(), "7  direct messages") {
		t.Error(err, out.String())
	}
}

// slackZip makes an export of the given files.
func slackZip(t testing.TB, files map[string]string) string {
	t.Helper()
	return zipOf(t, func(w *zip.Writer) {
		for _, name := range slices.Sorted(maps.Keys(files)) {
			add(t, w, name, files[name])
		}
	})
}

func zipOf(t testing.TB, fill func(w *zip.Writer)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "export.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(f)
	fill(w)
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func add(t testing.TB, w *zip.Writer, name, content string) {
	t.Helper()
	f, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Unix(1e9, 0)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
}

func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
