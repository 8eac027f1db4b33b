package text

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// allowed is what may stand in the HTML of a text: elements and their
// attributes. It is written down a second time here on purpose, so that a change
// of the policy has to be made knowingly.
var allowed = map[string][]string{
	"p": nil, "br": nil, "h3": nil, "h4": nil, "h5": nil, "em": nil, "strong": nil, "del": nil, "code": nil, "pre": nil,
	"blockquote": nil, "ul": nil, "ol": {"start"}, "li": nil, "hr": nil, "table": nil, "thead": nil, "tbody": nil,
	"tr": nil, "th": {"class"}, "td": {"class"}, "span": {"class"}, "a": {"href", "rel", "class"},
}

// inspect reads HTML as a browser does and says what is wrong with it.
func inspect(page string) (wrong []string, depth int) {
	complain := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	root, err := html.Parse(strings.NewReader("<!doctype html><html><head></head><body>" + page + "</body></html>"))
	if err != nil {
		complain("unreadable: %v", err)
		return wrong, 0
	}
	var look func(n *html.Node, level int, inLink bool)
	look = func(n *html.Node, level int, inLink bool) {
		depth = max(depth, level)
		if n.Type == html.CommentNode {
			complain("a comment")
		}
		if n.Type == html.ElementNode && level > 0 {
			attributes, known := allowed[n.Data]
			if !known || n.Namespace != "" {
				complain("element %s:%s", n.Namespace, n.Data)
			}
			for _, a := range n.Attr {
				if !slices.Contains(attributes, a.Key) {
					complain("attribute %s on %s", a.Key, n.Data)
				}
			}
			if n.Data == "a" {
				if inLink {
					complain("a link in a link")
				}
				inLink = true
				judgeLink(n, complain)
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			look(c, level+1, inLink)
		}
	}
	body := root.LastChild.LastChild
	for c := body.FirstChild; c != nil; c = c.NextSibling {
		look(c, 1, false)
	}
	if root.LastChild.FirstChild.FirstChild != nil {
		complain("something in the head")
	}
	return wrong, depth
}

func judgeLink(n *html.Node, complain func(string, ...any)) {
	var href, rel, class string
	for _, a := range n.Attr {
		switch a.Key {
		case "href":
			href = a.Val
		case "rel":
			rel = a.Val
		case "class":
			class = a.Val
		}
	}
	u, err := url.Parse(href)
	switch {
	case err != nil || href == "":
		complain("address %q: %v", href, err)
	case u.Scheme == "http" || u.Scheme == "https":
		for _, want := range []string{"nofollow", "noopener", "noreferrer"} {
			if !slices.Contains(strings.Fields(rel), want) {
				complain("%q goes out with rel %q", href, rel)
			}
		}
	case u.Scheme == "mailto":
	case u.Scheme == "" && strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "//") && !strings.HasPrefix(href, `/\`):
	default:
		complain("address %q", href)
	}
	switch {
	case class == "mention" && (strings.HasPrefix(href, "/people/") || strings.HasPrefix(href, "/groups/")):
	case class == "tag-link" && strings.HasPrefix(href, "/tags/"):
	case class == "":
	default:
		complain("class %q on %q", class, href)
	}
}

func attack(t *testing.T, inputs ...string) {
	t.Helper()
	for _, in := range inputs {
		doc := render(t, in)
		if wrong, _ := inspect(doc.HTML); len(wrong) > 0 {
			t.Errorf("%.80q: %s\nin %.300s", in, strings.Join(wrong, "; "), doc.HTML)
		}
		if strings.Contains(strings.ToLower(doc.HTML), "<script") || !utf8.ValidString(doc.HTML) {
			t.Errorf("%.80q gives %.300s", in, doc.HTML)
		}
	}
}

func TestS61HTMLDoesNotRun(t *testing.T) {
	attack(t, `<img src=x onerror=alert(1)>`, `<svg><script>alert(1)</script></svg>`, `<svg/onload=alert(1)>`,
		`<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
		`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">`,
		`<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>`,
		"<div>\n\n<script>alert(1)</script>\n\n</div>", "<!--\n<script>alert(1)</script>", "<![CDATA[<script>x</script>]]>",
		"<?php x ?>", "<!DOCTYPE x>", "`<script>alert(1)</script>`", "```html\n<script>alert(1)</script>\n```",
		"```\"><script>alert(1)</script>\nx\n```", "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;",
		"# <script>x</script>", "| <script> |\n|---|\n| <img onerror=x> |", "<a href=\"javascript:alert(1)\">x</a>",
		"<base href=//evil>", "<meta http-equiv=refresh content=0>", "<iframe srcdoc='x'></iframe>", "<style>*{}</style>")
}

func TestS62AddressesThatRun(t *testing.T) {
	for _, scheme := range []string{"javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", "java&#09;script:alert(1)",
		"java&#115;cript:alert(1)", "javascript&colon;alert(1)", "javascript&#58;alert(1)", "&#x6A;avascript:alert(1)", "\x01javascript:alert(1)",
		"java&#10;script:alert(1)", "%6Aavascript:alert(1)", "data:text/html,<script>x</script>", "data:text/html;base64,PHN2Zz4=",
		"vbscript:x", "file:///etc/passwd", "ftp://example.nl", "blob:x", "about:blank", "//evil.example", `/\evil.example`, `\\evil`,
		"///evil", "/\t/evil", "/&#9;/evil.example", "http:evil", "https:", "http://", "https:///x", "http://a@b.nl/", "https://example.nl@evil.example",
		"mailto:a@b.nl?bcc=c@d.nl", "mailto:", "javascript://example.nl/%0aalert(1)", "#x", "x/y", "?x", "tel:112", "http://[::1", "http://a b/"} {
		for _, form := range []string{"[x](%s)", "[x](<%s>)", "![x](%s)", "<%s>", "[x][r]\n\n[r]: %s", "[x][r]\n\n[r]: <%s>", "zie %s"} {
			in := fmt.Sprintf(form, scheme)
			attack(t, in)
			page := strings.ToLower(render(t, in).HTML)
			for _, bad := range []string{`href="java`, `href="data`, `href="vb`, `href="file`, `href="//`, `href="/\`, "://evil", "@evil", "bcc", "@b.nl/"} {
				if strings.Contains(page, bad) && strings.Contains(page, "<a ") && !strings.Contains(page, ">"+bad) &&
					!strings.HasPrefix(form, "zie") {
					t.Errorf("%q gives %s", in, page)
				}
			}
		}
	}
}

func TestS63LinksThatBreakOut(t *testing.T) {
	attack(t, `[x](https://example.nl "a\" onmouseover=alert(1) b=\"")`, `[x](https://example.nl '"><script>')`,
		`[x](https://example.nl/"onmouseover="alert(1))`, `[x](https://example.nl/&quot;onmouseover=&quot;alert(1))`,
		`<https://example.nl/"onmouseover="alert(1)>`, `https://example.nl/"onmouseover="alert(1)`, `https://example.nl/'><script>`,
		"[x]: https://example.nl/ \"a'><script>\"\n\n[x]", "[x]: <https://example.nl/\"><script>>\n\n[x]", "[<script>](https://example.nl)",
		"![\"><script>](https://example.nl)", "![[x](https://a.example)](https://b.example)", "[a [b](https://b.example) c](https://a.example)",
		"[https://a.example](https://b.example)", "[![a](https://a.example)](https://b.example)", "[@x](https://a.example)",
		"["+sanne.String()+"](https://a.example)", "[#tag](https://a.example)", "[x](https://a.example#\"b)",
		"@[\"><script>](person:"+sanne.ID.String()+")", "@[a](person:"+sanne.ID.String()+"\"x)", "@[](person:"+sanne.ID.String()+")",
		"@[x](person:../../../../)", "@[x](admin:"+sanne.ID.String()+")", "#\"><script>", "#a\"onclick=b", "#%2e%2e/x")
}

func TestS64NoLanguageRunsInCode(t *testing.T) {
	for _, in := range []string{"```mermaid\ngraph TD; A-->B\n```", "$$\\href{javascript:alert(1)}{x}$$", "~~~math\nx\n~~~", "``` html onload=x\ny\n```"} {
		attack(t, in)
		if page := render(t, in).HTML; strings.Contains(page, "class=") {
			t.Errorf("%q gives %s", in, page)
		}
	}
}

func TestS67LinksLeadOutWithoutAReference(t *testing.T) {
	for _, in := range []string{"[x](http://example.nl)", "[x](HTTPS://example.nl)", "<https://example.nl>", "https://example.nl", "HTTP://example.nl",
		"www.example.nl", "![x](https://example.nl)", "[x][1]\n\n[1]: https://example.nl"} {
		page := render(t, in).HTML
		if !strings.Contains(page, `rel="nofollow noopener noreferrer"`) || strings.Contains(page, "target") {
			t.Errorf("%q gives %s", in, page)
		}
	}
}

func TestS68NoStyleAndNoIDs(t *testing.T) {
	attack(t, `<p style="position:fixed">x`, "# kop {#id style=\"x\" onclick=x}", "[x](/a){style=x}", "a\n{: .class}", `<link rel=stylesheet href=//x>`)
	if page := render(t, "# kop {#login}").HTML; strings.Contains(page, "id=") {
		t.Errorf("a heading names itself: %s", page)
	}
}

func TestS69PicturesFromElsewhereAreNotFetched(t *testing.T) {
	for _, in := range []string{"![x](https://evil.example/b.gif?u=1)", "![x][1]\n\n[1]: https://evil.example/b.gif", "![](//evil.example/b.gif)",
		"<img src=https://evil.example/b.gif>", "![x](/files/1)", "![x](data:image/png;base64,AA)", "| ![x](https://evil.example/) |\n|---|"} {
		attack(t, in)
		if page := render(t, in).HTML; strings.Contains(page, "<img") || strings.Contains(page, "src=\"") {
			t.Errorf("%q gives %s", in, page)
		}
	}
}

// bombs are texts that are small for their writer and large for a careless
// reader. n is roughly their size in bytes.
func bombs(n int) map[string]string {
	many := func(s string) string { return strings.Repeat(s, n/len(s)+1) }
	var nested, steps strings.Builder
	for i := 0; nested.Len() < n; i++ {
		nested.WriteString(strings.Repeat("  ", i) + "- a\n")
		steps.WriteString(strings.Repeat("> ", i) + "b\n")
	}
	ladder := strings.Builder{}
	for i := 1; ladder.Len() < n; i++ {
		ladder.WriteString("a" + strings.Repeat("`", i) + " ")
	}
	return map[string]string{
		"[": many("["), "![": many("!["), "[]": many("[") + many("]"), "[a](": many("[a]("), "[a](b \"": many("[a](b \""), "[a](<b": many("[a](<b"),
		"[a][": many("[a]["), "]": many("]"), "[*a*]": many("[") + many("*a*") + many("]"),
		">": many(">"), "> ": many("> "), ">\n": many(">>>>>>>>\n"), "-": many("- "), "1.": many("1. "), "+*": many("+ * "),
		"nested list": nested.String(), "nested quotes": steps.String(), "*": many("*"), "*a_": many("*a_ "), "**a": many("**a "), "*a**": many("*a**"),
		"_a*b": many("a_b*c~"), "emphasis pairs": many("*") + "a" + many("*"), "emphasis ladder": strings.Repeat("*a **b ", n/14) + "c" + strings.Repeat(" b** a*", n/14), "~": many("~~a~"), "`": many("`a"), "ladder": ladder.String(),
		"<": many("<"), "<a": many("<a@"), "<!--": many("<!--"), "<http": many("<http:"), "http": many("(http://"), "www": many("(www.a.b"),
		"email": many("*a.b"), "@": many("@"), "@[": many("@["), "@[a](": many("@[a](person:"), "#": many("#"), "# ": many("# a\n"), "#a#": many("#a#"),
		"tags": many("#a1 "), "&": many("&amp;"), "&#": many("&#0;"), "\\": many("\\"), "|": many("|"), "table": many("|") + "\n" + many("|-") + "\n" + many("|\n"),
		"wide table":  strings.Repeat("|a", n/8) + "|\n" + strings.Repeat("|-", n/8) + "|\n" + strings.Repeat("|\n", n/8),
		"references":  "[a]: https://example.nl/" + strings.Repeat("x", min(n/4, 1900)) + "\n\n" + strings.Repeat("[a]\n\n", n/8),
		"definitions": many("[a]: b (\n"), "setext": many("a\n=\n"), "fences": many("```\n"), "breaks": many("\n"), "tabs": many("\t"), "hr": many("---\n"),
		"one line": many("a"), "words": many("woord "), "crlf": many("a\r\n"), "invalid": many("\xff"), "nul": many("\x00"), "emoji": many("😀"),
		"marks": "a" + many("\u0301"), "links": many("https://example.nl/a "), "tasks": many("- [ ] a\n"), "defs of footnotes": many("[^a]: b\n"),
		"pipes in code": "|a|\n|-|\n" + many("|`\\|`|\n"), "long address": "https://example.nl/" + many("a"), "quotes and lists": many("> - "),
	}
}

func TestS72BombsStayFlatAndSmall(t *testing.T) {
	r := New()
	for _, size := range []int{1000, 20_000, 100_000, 250_000} {
		for name, bomb := range bombs(size) {
			doc, err := r.Render(bomb)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			wrong, depth := inspect(doc.HTML)
			if len(wrong) > 0 {
				t.Errorf("%s at %d: %s", name, size, wrong[0])
			}
			if depth > 64 {
				t.Errorf("%s at %d is nested %d deep", name, size, depth)
			}
			if limit := 40*len(bomb) + 1<<20; len(doc.HTML) > limit {
				t.Errorf("%s at %d becomes %d bytes", name, size, len(doc.HTML))
			}
			if back := ReplaceMentions(bomb, roll()); back != bomb && !strings.Contains(bomb, "](person") {
				t.Errorf("%s at %d was changed", name, size)
			}
		}
	}
}

func TestS73HugeTexts(t *testing.T) {
	r := New()
	for name, bomb := range bombs(2 << 20) {
		doc, err := r.Render(bomb)
		if err != nil || len(doc.HTML) > 8*len(bomb) {
			t.Errorf("%s: %d bytes, %v", name, len(doc.HTML), err)
		}
	}
	many := strings.Repeat(sanne.String()+" ", 5000) + strings.Repeat(ict.String()+" ", 5000)
	if doc, err := r.Render(many); err != nil || len(doc.Mentions) > 2 {
		t.Errorf("10,000 mentions: %v, %v", len(doc.Mentions), err)
	}
	var links strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&links, "https://a.nl/%d\n", i)
	}
	doc, err := r.Render(links.String())
	if err != nil || len(doc.Links) > 100 || strings.Count(doc.HTML, "<a ") != 10_000 {
		t.Errorf("10,000 links: %d found, %d shown, %v", len(doc.Links), strings.Count(doc.HTML, "<a "), err)
	}
}

// FuzzRender asserts that whatever is typed, a browser sees nothing but the
// elements and attributes of the list above.
func FuzzRender(f *testing.F) {
	for _, bomb := range bombs(40) {
		f.Add(bomb)
	}
	for _, s := range []string{"# a\n\n*b* [c](https://d.nl) `e` #f " + sanne.String(), "| a |\n|---|\n| <b> |", "- [x] a\n  1. b\n\n> c",
		"[a](javascript:x)", "<img src=x onerror=y>", "&#x202e;&lt;", "![[a](https://b.nl)](https://c.nl)"} {
		f.Add(s)
	}
	r := New()
	f.Fuzz(func(t *testing.T, markdown string) {
		doc, err := r.Render(markdown)
		if err != nil {
			t.Fatal(err)
		}
		if wrong, _ := inspect(doc.HTML); len(wrong) > 0 {
			t.Fatalf("%q: %v\n%s", markdown, wrong, doc.HTML)
		}
		if strings.ContainsFunc(doc.Plain, isRefused) || !utf8.ValidString(doc.HTML) {
			t.Fatalf("%q gives %q", markdown, doc.HTML)
		}
		if form := EditForm(markdown); StoreForm(form, markdown, roll()) != markdown {
			t.Fatalf("%q is edited as %q and does not come back", markdown, form)
		}
		_ = ReplaceMentions(markdown, roll(sanne, samir))
	})
}

func BenchmarkRenderPost(b *testing.B) {
	r := New()
	post := strings.Repeat("Dag "+sanne.String()+", weet jij wie het *rooster* van #week12 maakt? Zie https://example.nl/a.\n\n", 5)
	b.SetBytes(int64(len(post)))
	for b.Loop() {
		if _, err := r.Render(post); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkS72(b *testing.B) {
	r := New()
	for name, bomb := range bombs(100_000) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, _ = r.Render(bomb)
			}
		})
	}
}
