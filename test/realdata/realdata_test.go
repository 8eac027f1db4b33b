package realdata_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/rooms/imports"
	"plein/internal/rooms/imports/importstest"
	"plein/test/realdata"
)

func dir(t testing.TB, name string) string {
	t.Helper()
	d, err := realdata.Dir(testkit.RepoRoot(t), name)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// converted writes a source as a file for the importer.
func converted(t testing.TB, name string, convert func(string, *os.File) (realdata.Counts, error)) (string, realdata.Counts) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name+".jsonl")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	n, err := convert(dir(t, name), f)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path, n
}

func chats(t testing.TB) (string, realdata.Counts) {
	return converted(t, "slack-chats", func(d string, f *os.File) (realdata.Counts, error) { return realdata.SlackChats(d, f) })
}

func coffee(t testing.TB) (string, realdata.Counts) {
	return converted(t, "stackexchange-coffee", func(d string, f *os.File) (realdata.Counts, error) { return realdata.StackExchange(d, f) })
}

func engines(t *testing.T, fn func(t *testing.T, h *importstest.House)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, importstest.Build(t, db.SQLite)) })
	if os.Getenv(testkit.PostgresEnv) != "" {
		t.Run("postgres", func(t *testing.T) { fn(t, importstest.Build(t, db.Postgres)) })
	}
}

func count(t testing.TB, h *importstest.House, query string) int {
	t.Helper()
	n, err := db.One(t.Context(), h.DB.Read(), db.Value[int], query)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestChatsOfThreeYears(t *testing.T) {
	path, n := chats(t)
	if n.Messages() != 22_172 || n.Posts != 565+1_088+711 || n.Users != 326 {
		t.Fatalf("converted %+v", n)
	}
	engines(t, func(t *testing.T, h *importstest.House) {
		r := h.Import(t, "mattermost", path)
		if r.People != n.Users || r.Groups != 3 || r.Posts != n.Posts || r.Replies != n.Replies || r.Former != 0 {
			t.Fatalf("imported %+v of %+v", r, n)
		}
		if got := count(t, h, `SELECT COUNT(*) FROM items_items`); got != n.Messages() {
			t.Errorf("%d items", got)
		}
		// A mention that was written in the channel is a mention of a person here.
		if got := count(t, h, `SELECT COUNT(*) FROM items_mentions`); got < 1_000 {
			t.Errorf("only %d mentions", got)
		}
		again := h.Import(t, "mattermost", path)
		if again.Posts+again.Replies+again.People+again.Groups != 0 || again.Unchanged != n.Users+3+n.Messages() {
			t.Errorf("the second run gives %+v", again)
		}
	})
}

func TestQuestionsAboutCoffee(t *testing.T) {
	path, n := coffee(t)
	if n.Messages() != 592 || n.Questions != 225 || n.Replies != 327 || n.Users != 116 {
		t.Fatalf("converted %+v", n)
	}
	engines(t, func(t *testing.T, h *importstest.House) {
		r := h.Import(t, "mattermost", path)
		if r.Posts+r.Replies != 592 || r.Replies != 327 || r.People != 116 {
			t.Fatalf("imported %+v", r)
		}
		if got := count(t, h, `SELECT COUNT(*) FROM items_items WHERE kind = 'question' AND title <> ''`); got != 225 {
			t.Errorf("%d questions with a title", got)
		}
		if got := count(t, h, `SELECT COUNT(DISTINCT tag) FROM items_tags`); got < 50 {
			t.Errorf("only %d tags", got)
		}
		for _, page := range []string{`%<p>%`, `%&lt;%`, `%<a href=%`} {
			if got := count(t, h, `SELECT COUNT(*) FROM items_items WHERE body LIKE '`+page+`'`); got != 0 {
				t.Errorf("%d texts hold HTML like %s", got, page)
			}
		}
	})
}

func TestADryRunOfRealDataPromisesWhatComes(t *testing.T) {
	path, _ := coffee(t)
	h := importstest.Build(t, db.SQLite)
	dry, err := h.Imports.Import(t.Context(), imports.Request{Format: "mattermost", Path: path, DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := count(t, h, `SELECT COUNT(*) FROM items_items`) + count(t, h, `SELECT COUNT(*) FROM people_persons`); got != 0 {
		t.Fatal("a dry run wrote")
	}
	wet := h.Import(t, "mattermost", path)
	dry.DryRun = false
	if dry.People != wet.People || dry.Posts != wet.Posts || dry.Replies != wet.Replies || dry.Groups != wet.Groups {
		t.Errorf("promised %+v, came %+v", dry, wet)
	}
}

func TestConvertingTwiceGivesTheSame(t *testing.T) {
	var a, b bytes.Buffer
	for _, w := range []*bytes.Buffer{&a, &b} {
		if _, err := realdata.SlackChats(dir(t, "slack-chats"), w); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the two differ; a second import would double everything")
	}
}

func TestMissingDataIsSaidClearly(t *testing.T) {
	t.Setenv("PLEIN_SHARED", filepath.Join(t.TempDir(), "nowhere"))
	_, err := realdata.Dir(testkit.RepoRoot(t), "slack-chats")
	if err == nil || !strings.Contains(err.Error(), "set PLEIN_SHARED to the folder that holds data/") {
		t.Errorf("got %v", err)
	}
}

func TestHTMLBecomesMarkdown(t *testing.T) {
	cases := map[string]string{
		"<p>one</p>\n\n<p>two <em>words</em> and <strong>more</strong></p>\n":        "one\n\ntwo *words* and **more**",
		"<p>a<br>\nb &lt;c&gt; 2*3</p>":                                              "a\nb \\<c> 2\\*3",
		"<ul>\n<li>one</li>\n<li><p>two</p></li>\n</ul>\n<p>after</p>":               "- one\n- two\n\nafter",
		"<p>list:</p><ol><li>one<ul><li>in</li></ul></li><li>two</li></ol>":          "list:\n\n1. one\n   - in\n2. two",
		"<blockquote>\n  <p>said</p>\n  <p>more</p>\n</blockquote>\n<p>answered</p>": "> said\n>\n> more\n\nanswered",
		"<h2>Head</h2><p>x</p><hr><p>y</p>":                                          "### Head\n\nx\n\n---\n\ny",
		`<p>see <a href="http://a.example/x_(y)">the <b>page</b></a>.</p>`:           "see [the **page**](http://a.example/x_%28y%29).",
		`<p><a href="javascript:x">click</a> <img src="http://a.example/i.png"></p>`: "click [image](http://a.example/i.png)",
		"<pre><code>if a &lt; b {\n\tx\n}\n</code></pre><p>so <code>x*y</code></p>":  "```\nif a < b {\n\tx\n}\n```\n\nso `x*y`",
		"no tags at all": "no tags at all",
	}
	for in, want := range cases {
		if got := realdata.Markdown(in); got != want {
			t.Errorf("%q\n got %q\nwant %q", in, got, want)
		}
	}
}
