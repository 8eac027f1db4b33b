package text

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"plein/internal/plein"
)

var (
	sanne = Mention{Kind: "person", ID: idAt(1), Name: "Sanne de Vries"}
	samir = Mention{Kind: "person", ID: idAt(2), Name: "Samir"}
	ict   = Mention{Kind: "group", ID: idAt(3), Name: "ICT & Techniek"}
)

func idAt(n int) plein.ID {
	return plein.FirstIDAt(time.Date(2026, 3, n, 9, 0, 0, 0, time.UTC)) + plein.ID(n)
}

func render(t *testing.T, markdown string) Doc {
	t.Helper()
	doc, err := New().Render(markdown)
	if err != nil {
		t.Fatalf("rendering %.60q: %v", markdown, err)
	}
	return doc
}

func TestRenderWritesPlainHTML(t *testing.T) {
	for _, c := range []struct{ name, markdown, want string }{
		{"line ends are kept", "een\ntwee\n\ndrie", "<p>een<br>\ntwee</p>\n<p>drie</p>"},
		{"headings go below the page's", "# A\n\n## B\n\n### C\n\n###### D", "<h3>A</h3>\n<h4>B</h4>\n<h5>C</h5>\n<h5>D</h5>"},
		{"emphasis", "*a* **b** ~~c~~", "<p><em>a</em> <strong>b</strong> <del>c</del></p>"},
		{"code is plain", "```go\na <b>\n```", "<pre><code>a &lt;b&gt;\n</code></pre>"},
		{"indented code", "x\n\n    a & b", "<p>x</p>\n<pre><code>a &amp; b\n</code></pre>"},
		{"tasks are words", "- [x] klaar\n- [ ] open", "<ul>\n<li><span class=\"task-done\">[x]</span> klaar</li>\n<li><span class=\"task-open\">[ ]</span> open</li>\n</ul>"},
		{"tables", "| a | b |\n|---|--:|\n| 1 | 2 |", "<table>\n<thead>\n<tr>\n<th>a</th>\n<th class=\"align-right\">b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td class=\"align-right\">2</td>\n</tr>\n</tbody>\n</table>"},
		{"a list that starts at three", "3. a\n4. b", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>"},
		{"tags that are typed are shown", "a <b>c</b> <script>x</script>", "<p>a &lt;b&gt;c&lt;/b&gt; &lt;script&gt;x&lt;/script&gt;</p>"},
		{"an outside link", "[huis](https://example.nl/a?b=c&d=e \"titel\")", `<p><a href="https://example.nl/a?b=c&amp;d=e" rel="nofollow noopener noreferrer">huis</a></p>`},
		{"an inside link", "[hier](/groups/x)", `<p><a href="/groups/x">hier</a></p>`},
		{"a link by reference", "[huis][1]\n\n[1]: https://example.nl/", `<p><a href="https://example.nl/" rel="nofollow noopener noreferrer">huis</a></p>`},
		{"a bare address", "zie https://example.nl/a_b_(c)?d=1, of (www.example.nl).",
			`<p>zie <a href="https://example.nl/a_b_(c)?d=1" rel="nofollow noopener noreferrer">https://example.nl/a_b_(c)?d=1</a>, of (<a href="https://www.example.nl" rel="nofollow noopener noreferrer">www.example.nl</a>).</p>`},
		{"a mail address", "mail ict@example.nl.", `<p>mail <a href="mailto:ict@example.nl">ict@example.nl</a>.</p>`},
		{"a picture becomes a link", "![grafiek](https://example.nl/a.png)", `<p><a href="https://example.nl/a.png" rel="nofollow noopener noreferrer">grafiek</a></p>`},
		{"a picture without words", "![](https://example.nl/a.png)", `<p><a href="https://example.nl/a.png" rel="nofollow noopener noreferrer">https://example.nl/a.png</a></p>`},
		{"a picture in a link", "[![a](https://example.nl/a.png)](https://example.nl/)", `<p><a href="https://example.nl/" rel="nofollow noopener noreferrer">a</a></p>`},
		{"nothing", " \n ", ""},
	} {
		if got := render(t, c.markdown).HTML; got != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestRenderFindsMentionsTagsAndLinks(t *testing.T) {
	doc := render(t, "Dag "+sanne.String()+" en **"+ict.String()+"**, nog eens "+sanne.String()+
		": #Zomerrooster en #zomerrooster, #café-2026.\n\nZie https://example.nl/#a en `#code` en [een #tag](https://example.nl/b).")
	if len(doc.Mentions) != 2 || doc.Mentions[0] != sanne || doc.Mentions[1] != ict {
		t.Errorf("mentions: %v", doc.Mentions)
	}
	if got := strings.Join(doc.Tags, " "); got != "zomerrooster café-2026" {
		t.Errorf("tags: %s", got)
	}
	if got := strings.Join(doc.Links, " "); got != "https://example.nl/#a https://example.nl/b" {
		t.Errorf("links: %s", got)
	}
	for _, want := range []string{
		`<a class="mention" href="/people/` + sanne.ID.String() + `">@Sanne de Vries</a>`,
		`<strong><a class="mention" href="/groups/` + ict.ID.String() + `">@ICT &amp; Techniek</a></strong>`,
		`<a class="tag-link" href="/tags/zomerrooster">#Zomerrooster</a>`,
		`<a class="tag-link" href="/tags/caf%C3%A9-2026">#café-2026</a>.`,
		`>een #tag</a>`,
	} {
		if !strings.Contains(doc.HTML, want) {
			t.Errorf("no %s in\n%s", want, doc.HTML)
		}
	}
	if want := "Dag @Sanne de Vries en @ICT & Techniek, nog eens @Sanne de Vries: #Zomerrooster en #zomerrooster, #café-2026.\n" +
		"Zie https://example.nl/#a en #code en een #tag."; doc.Plain != want {
		t.Errorf("plain: %q", doc.Plain)
	}
	if doc.Lang != "nl" {
		t.Errorf("language %q", doc.Lang)
	}
}

func TestWhatIsNoTag(t *testing.T) {
	for _, s := range []string{"#123", "C#is", "a#b", "&#8364;", "##kop", "#a#b", `\#tag`, "`#tag`", "    #tag", "https://example.nl/#tag",
		"x.nl/#tag", "#" + strings.Repeat("a", plein.MaxTag+1), "# kop", "#", "#-", "[#tag](/x)"} {
		if doc := render(t, s); len(doc.Tags) != 0 || strings.Contains(doc.HTML, "tag-link") {
			t.Errorf("%q has tags %v: %s", s, doc.Tags, doc.HTML)
		}
	}
	for s, want := range map[string]string{"(#a)": "a", "\"#Zorg_1\"": "zorg_1", "#été": "été", "e\u0301 #e\u0301te\u0301": "été", "#हिन्दी": "हिन्दी",
		"#" + strings.Repeat("é", plein.MaxTag): strings.Repeat("é", plein.MaxTag), "#a-.": "a", "*#nadruk*": "nadruk", "> #citaat": "citaat"} {
		if doc := render(t, s); len(doc.Tags) != 1 || doc.Tags[0] != want {
			t.Errorf("%q has tags %v, want %q", s, doc.Tags, want)
		}
	}
}

func TestPlainHasALineForEachBlock(t *testing.T) {
	got := render(t, "# Kop\n\n- een\n- twee\n  - drie\n\n> citaat\n\n```\na\n  b\n```\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\neinde &amp; &lt;uit&gt;").Plain
	if want := "Kop\neen\ntwee\ndrie\ncitaat\na\n  b\nx y\n1 2\neinde & <uit>"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLanguageIsGuessed(t *testing.T) {
	for s, want := range map[string]string{
		"Weet iemand wie er morgen naar de vergadering gaat?": "nl",
		"Does anybody know who will be at the meeting?":       "en",
		"Bedankt!":               "nl",
		"ok":                     "",
		"":                       "",
		"De release is the best": "",
		"```\nthe for and\n```":  "en",
		"Is het nog in de week?": "nl",
	} {
		if got := render(t, s).Lang; got != want {
			t.Errorf("%q is %q, want %q", s, got, want)
		}
	}
}

func TestExcerptIsCutBetweenWords(t *testing.T) {
	for _, c := range []struct {
		plain string
		n     int
		want  string
	}{
		{"kort", 10, "kort"},
		{"een\n twee\tdrie", 20, "een twee drie"},
		{"een twee drie vier", 10, "een twee…"},
		{"een, twee drie", 6, "een…"},
		{"aaaaaaaaaaaaaaaa", 5, "aaaa…"},
		{"", 5, ""}, {"abc", 0, ""}, {"abcdef", 1, "…"},
		{"nee\u0301e\u0301n", 4, "ne…"},
		{"dag 👩\u200d⚕️👩\u200d⚕️", 7, "dag…"},
	} {
		got := Excerpt(c.plain, c.n)
		if got != c.want || utf8.RuneCountInString(got) > max(c.n, 0) {
			t.Errorf("Excerpt(%q, %d) = %q, want %q", c.plain, c.n, got, c.want)
		}
	}
	if got := Excerpt(strings.Repeat("woord ", 400_000), 50); utf8.RuneCountInString(got) > 50 || !strings.HasSuffix(got, "woord…") {
		t.Errorf("a long text gives %q", got)
	}
}
