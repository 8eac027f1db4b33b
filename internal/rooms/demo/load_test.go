package demo

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	_ "time/tzdata" // the tests do not lean on the machine's zones
)

// with gives the real content with one more file of threads, or with a file
// replaced.
func with(t *testing.T, name, text string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	entries, err := fs.ReadDir(contentFiles, "content")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := fs.ReadFile(contentFiles, "content/"+e.Name())
		if err != nil {
			t.Fatal(err)
		}
		out["content/"+e.Name()] = &fstest.MapFile{Data: data}
	}
	out["content/"+name] = &fstest.MapFile{Data: []byte(text)}
	return out
}

func TestContentIsSound(t *testing.T) {
	c, err := load(contentFiles, "content")
	if err != nil {
		t.Fatal(err)
	}
	texts, mustRead, praise, alerts, english := 0, 0, 0, 0, 0
	kinds, groups := map[string]int{}, map[string]int{}
	for i := range c.threads {
		th := &c.threads[i]
		kinds[string(th.Kind)]++
		groups[th.Group]++
		if th.MustRead {
			mustRead++
		}
		switch th.Kind {
		case "praise":
			praise++
		case "alert":
			alerts++
		}
		th.Walk(func(x *Text) {
			texts++
			all := strings.ToLower(x.Title + " " + x.Body)
			for _, filler := range []string{"lorem", "ipsum", "dolor sit", "todo", "xxx", "tbd"} {
				if strings.Contains(all, filler) {
					t.Errorf("%s has filler text %q", x.Key, filler)
				}
			}
			if strings.Contains(all, " the ") && strings.Contains(all, " is ") {
				english++
			}
		})
	}
	if texts < 320 {
		t.Errorf("%d hand-written texts, want at least 320", texts)
	}
	if mustRead < 5 || praise < 5 || alerts < 3 || english < 5 {
		t.Errorf("must-reads %d, praise %d, alerts %d, English texts %d: too few of one", mustRead, praise, alerts, english)
	}
	for _, g := range []string{"or", "infuuspompen", "teamleiders", "mantelzorg", "herinrichting"} {
		if groups[g] == 0 {
			t.Errorf("nothing is said in %s", g)
		}
	}
	t.Logf("%d texts in %d threads: %v", texts, len(c.threads), kinds)
}

func TestBrokenContentIsRefused(t *testing.T) {
	const good = "[[thread]]\ngroup = \"kwaliteit\"\nauthor = \"dwight.nahar\"\nat = \"2026-10-01 10:00\"\nkind = \"post\"\nbody = \"Proef.\"\n"
	swap := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(good) }
	reply := func(body string) string { return good + body }
	cases := []struct{ name, text, want string }{
		{"a stranger", swap("dwight.nahar", "jan.niemand"), "is nobody"},
		{"no such group", swap("kwaliteit", "bestaat-niet"), "does not exist"},
		{"two places", swap("group =", "org = true\ngroup ="), "not exactly one"},
		{"another's department", swap("group = \"kwaliteit\"", "unit = \"interne-b3\""), "does not belong"},
		{"a closed group", swap("kwaliteit", "or"), "is no member"},
		{"a guest to everybody", swap("group = \"kwaliteit\"", "org = true", "dwight.nahar", "wim.rietveld"), "guest"},
		{"a guest in a group not theirs", swap("dwight.nahar", "wim.rietveld"), "is no member"},
		{"a bot that chats", swap("dwight.nahar", "netwerkmonitor"), "bots"},
		{"a person's alert", swap("\"post\"", "\"alert\""), "bots"},
		{"a reply as a thread", swap("\"post\"", "\"reply\""), "does not begin"},
		{"too early", swap("2026-10", "2025-10"), "outside"},
		{"no date", swap("2026-10-01", "gisteren"), "not a moment"},
		{"nobody mentioned", swap("Proef", "@[Jan Niemand] kijk"), "is called"},
		{"a secret group's name", swap("Proef", "@[Voorbereiding herinrichting] kijk"), "secret"},
		{"an emoji", swap("Proef", "Mooi \U0001F600"), "picture"},
		{"an empty text", swap("Proef.", ""), "says nothing"},
		{"an unknown reaction", good + "reactions = { dislike = 2 }\n", "reaction"},
		{"an unknown key", good + "stemming = \"goed\"\n", "unknown key"},
		{"the same twice", good + good, "says the same"},
		{"a reply before its post", reply("[[thread.reply]]\nauthor = \"samira.bouali\"\nafter = \"0m\"\nbody = \"Ja.\"\n"), "not later"},
		{"replies out of order", reply("[[thread.reply]]\nauthor = \"samira.bouali\"\nafter = \"2h\"\nbody = \"Ja.\"\n" +
			"[[thread.reply]]\nauthor = \"samira.bouali\"\nafter = \"1h\"\nbody = \"Nee.\"\n"), "not later"},
		{"a third level", reply("[[thread.reply]]\nauthor = \"samira.bouali\"\nafter = \"1h\"\nbody = \"Ja.\"\n" +
			"[[thread.reply.reply]]\nauthor = \"samira.bouali\"\nafter = \"2h\"\nbody = \"Jawel.\"\n" +
			"[[thread.reply.reply.reply]]\nauthor = \"samira.bouali\"\nafter = \"3h\"\nbody = \"Echt.\"\n"), "levels deep"},
		{"an answer to no question", reply("[[thread.reply]]\nauthor = \"samira.bouali\"\nafter = \"1h\"\nanswer = true\nbody = \"Ja.\"\n"), "question"},
	}
	if _, err := load(with(t, "threads-proef.toml", good), "content"); err != nil {
		t.Fatalf("the good thread is refused: %v", err)
	}
	for _, c := range cases {
		_, err := load(with(t, "threads-proef.toml", c.text), "content")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want something with %q", c.name, err, c.want)
		}
	}
}

func TestBrokenOrganisationIsRefused(t *testing.T) {
	read := func(name string) string {
		data, err := fs.ReadFile(contentFiles, "content/"+name)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	for _, c := range []struct{ file, old, new, want string }{
		{"people.toml", `handle = "samira.bouali"`, `handle = "dwight.nahar"`, "malformed or taken"},
		{"people.toml", `roles = ["technical_admin"]`, `roles = ["god"]`, "does not exist"},
		{"people.toml", `manager = "carla.nijenhuis"`, `manager = "niemand"`, "nobody"},
		{"people.toml", `since = "2026-11"`, `since = "ooit"`, "not a month"},
		{"units.toml", `parent = "zorg"`, `parent = "elders"`, "does not stand before"},
		{"units.toml", `size = 46`, `size = 2`, "smaller than"},
		{"groups.toml", `kind = "secret"`, `kind = "hidden"`, "open, closed or secret"},
		{"groups.toml", `units = ["ict"]`, `units = ["it"]`, "does not exist"},
		{"sentences.toml", "bij {plek}", "bij {plaats}", "slot {plaats}"},
	} {
		text := read(c.file)
		if !strings.Contains(text, c.old) {
			t.Fatalf("%s has no %s", c.file, c.old)
		}
		_, err := load(with(t, c.file, strings.Replace(text, c.old, c.new, 1)), "content")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %s: %v, want something with %q", c.file, c.new, err, c.want)
		}
	}
}

func TestParseAfter(t *testing.T) {
	for in, want := range map[string]string{"41m": "41m0s", "2h10m": "2h10m0s", "1d": "24h0m0s", "2d3h5m": "51h5m0s"} {
		if got, err := parseAfter(in); err != nil || got.String() != want {
			t.Errorf("%q is %v (%v), want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"", "d", "later", "1x", "dag"} {
		if got, err := parseAfter(in); err == nil {
			t.Errorf("%q is read as %v", in, got)
		}
	}
}
