// Package viewtest exists so that every package that shows something tests it in the
// same way: what it renders is HTML that our own strict policy lets run, that a
// screen reader can follow and that the stylesheet knows.
package viewtest

import (
	"context"
	"io/fs"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"

	"plein/web"
)

// Page renders a whole page and checks it.
func Page(t testing.TB, c templ.Component) string { t.Helper(); return render(t, c, true) }

// Part renders a piece of a page and checks it.
func Part(t testing.TB, c templ.Component) string { t.Helper(); return render(t, c, false) }

func render(t testing.TB, c templ.Component, page bool) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(context.Background(), &b); err != nil {
		t.Errorf("render: %v", err)
	}
	for _, p := range Problems(b.String(), page) {
		t.Error(p)
	}
	return b.String()
}

// Problems lists what is wrong with a rendered page or part, one line each.
func Problems(text string, page bool) []string {
	c := checker{ids: map[string]int{}}
	doc, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return []string{"does not parse: " + err.Error()}
	}
	c.walk(doc)
	for _, r := range c.refs {
		if c.ids[r.id] == 0 && r.local {
			c.say(r.from + " points at #" + r.id + ", which is not there")
		}
	}
	for id, n := range c.ids {
		if n > 1 {
			c.say("the id " + id + " is there more than once")
		}
	}
	if page {
		if c.h1 != 1 {
			c.say("a page has one h1, this one has " + strings.Repeat("i", c.h1))
		}
		if c.mains != 1 {
			c.say("a page has one main")
		}
		if c.lang == "" {
			c.say("html has no lang")
		}
	}
	if i := strings.Index(text, "⟦"); i >= 0 {
		word, _, _ := strings.Cut(text[i:], "⟧")
		c.say("a word is missing: " + word + "⟧")
	}
	return c.problems
}

type ref struct {
	from, id string
	local    bool
}

type checker struct {
	problems  []string
	ids       map[string]int
	refs      []ref
	h1, mains int
	heading   int
	lang      string
}

func (c *checker) say(s string) { c.problems = append(c.problems, s) }

func (c *checker) walk(n *html.Node) {
	if n.Type == html.ElementNode {
		c.element(n)
	}
	for k := range n.ChildNodes() {
		c.walk(k)
	}
}

func (c *checker) element(n *html.Node) {
	at := map[string]string{}
	for _, a := range n.Attr {
		at[a.Key] = a.Val
		switch {
		case a.Key == "style":
			c.say("<" + n.Data + "> has a style attribute")
		case strings.HasPrefix(a.Key, "on"):
			c.say("<" + n.Data + "> has a script in " + a.Key)
		case a.Key == "class":
			for class := range strings.FieldsSeq(a.Val) {
				if !classes()[class] {
					c.say("the class " + class + " is not in the stylesheet")
				}
			}
		case a.Key == "id":
			c.ids[a.Val]++
		case a.Key == "for" || a.Key == "aria-describedby" || a.Key == "aria-labelledby":
			for id := range strings.FieldsSeq(a.Val) {
				c.refs = append(c.refs, ref{"<" + n.Data + "> " + a.Key, id, true})
			}
		case a.Key == "href" && n.Data == "use":
			if file, id, ok := strings.Cut(a.Val, "#"); ok && !symbols()[file+"#"+id] {
				c.say("there is no drawing " + a.Val)
			}
		case a.Key == "href" || a.Key == "src" || a.Key == "action":
			if strings.HasPrefix(a.Val, "http") || strings.HasPrefix(a.Val, "//") || strings.HasPrefix(a.Val, "javascript:") || strings.HasPrefix(a.Val, "about:") {
				if n.Data != "a" || strings.HasPrefix(a.Val, "javascript:") || strings.HasPrefix(a.Val, "about:") {
					c.say("<" + n.Data + "> leads to " + a.Val)
				}
			}
		}
	}
	switch n.Data {
	case "html":
		c.lang = at["lang"]
	case "main":
		c.mains++
	case "style":
		c.say("an inline stylesheet")
	case "script":
		if at["src"] == "" || strings.TrimSpace(inside(n)) != "" {
			c.say("an inline script")
		}
	case "img":
		if _, ok := at["alt"]; !ok {
			c.say("an img without alt")
		}
	case "a", "button", "summary":
		if name(n) == "" {
			c.say("<" + n.Data + " " + at["class"] + "> has no name")
		}
	case "h1", "h2", "h3", "h4", "h5", "h6":
		level := int(n.Data[1] - '0')
		if level == 1 {
			c.h1++
		}
		if c.heading > 0 && level > c.heading+1 {
			c.say("the heading " + n.Data + " skips a level")
		}
		c.heading = level
		if strings.TrimSpace(inside(n)) == "" {
			c.say("an empty " + n.Data)
		}
	}
}

// name is a rough accessible name: aria-label, or the text and the alt texts inside.
func name(n *html.Node) string {
	for _, a := range n.Attr {
		if a.Key == "aria-label" && a.Val != "" {
			return a.Val
		}
	}
	return strings.TrimSpace(inside(n))
}

func inside(n *html.Node) string {
	var b strings.Builder
	for k := range n.Descendants() {
		if k.Type == html.TextNode {
			b.WriteString(k.Data)
		}
		for _, a := range k.Attr {
			if a.Key == "alt" || a.Key == "aria-label" {
				b.WriteString(a.Val)
			}
		}
	}
	return b.String()
}

var (
	inCSS  = regexp.MustCompile(`\.(-?[a-zA-Z_][a-zA-Z0-9_-]*)`)
	symbol = regexp.MustCompile(`<symbol id="([^"]+)"`)
)

var classes = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for _, m := range inCSS.FindAllStringSubmatch(read("plein.css"), -1) {
		all[m[1]] = true
	}
	return all
})

var symbols = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for _, file := range []string{"sprite.svg", "art.svg"} {
		for _, m := range symbol.FindAllStringSubmatch(read(file), -1) {
			all[web.Path(file)+"#"+m[1]] = true
		}
	}
	return all
})

func read(asset string) string {
	text, err := fs.ReadFile(web.Assets(), strings.TrimPrefix(web.Path(asset), web.Prefix))
	if err != nil {
		return ""
	}
	return string(text)
}
