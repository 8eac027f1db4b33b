package text

import (
	"net/url"
	"regexp"
	"strconv"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
)

// outside is what a link to another place carries: no reference to the page one
// comes from, no grip on our window, no weight for search engines (TRUST S67).
const outside = "nofollow noopener noreferrer"

// nodes writes the parts of a text that the house writes its own way. It stands
// before the library's renderer.
type nodes struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (nodes) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindMention, writeMention)
	r.Register(kindTag, writeTag)
	r.Register(ast.KindHeading, writeHeading)
	r.Register(ast.KindLink, writeLink)
	r.Register(ast.KindImage, writeLink)
	r.Register(ast.KindAutoLink, writeAutoLink)
	r.Register(ast.KindCodeBlock, writeCode)
	r.Register(ast.KindFencedCodeBlock, writeCode)
	r.Register(ast.KindEmphasis, writeEmphasis)
	r.Register(east.KindTaskCheckBox, writeTask)
	r.Register(east.KindTableCell, writeCell)
}

func write(w util.BufWriter, parts ...string) {
	for _, p := range parts {
		_, _ = w.WriteString(p) // a buffer in memory; Render reports its error
	}
}

func writeMention(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		m := n.(*mentionNode).mention
		path := "/people/"
		if m.Kind == kindGroup {
			path = "/groups/"
		}
		write(w, `<a class="mention" href="`, path, m.ID.String(), `">@`, html.EscapeString(m.Name), `</a>`)
	}
	return ast.WalkSkipChildren, nil
}

func writeTag(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		t := n.(*tagNode)
		write(w, `<a class="tag-link" href="/tags/`, html.EscapeString(url.PathEscape(t.tag)), `">#`,
			html.EscapeString(t.typed), `</a>`)
	}
	return ast.WalkSkipChildren, nil
}

// writeHeading moves headings below those of the page: a post is never the main
// subject of the page it stands in.
func writeHeading(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	tag := "h" + strconv.Itoa(min(n.(*ast.Heading).Level+2, 5))
	if entering {
		write(w, "<", tag, ">")
	} else {
		write(w, "</", tag, ">\n")
	}
	return ast.WalkContinue, nil
}

func openLink(w util.BufWriter, address string) {
	write(w, `<a href="`, html.EscapeString(address), `"`)
	if isWeb(address) {
		write(w, ` rel="`, outside, `"`)
	}
	write(w, ">")
}

func writeLink(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		write(w, "</a>")
		return ast.WalkContinue, nil
	}
	var destination []byte
	switch n := n.(type) {
	case *ast.Link:
		destination = n.Destination
	case *ast.Image:
		destination = n.Destination
	}
	// The title is left out: what only shows on hovering is no use on a phone.
	openLink(w, resolved(destination))
	return ast.WalkContinue, nil
}

func writeAutoLink(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		link := n.(*ast.AutoLink)
		openLink(w, autoAddress(link, source))
		write(w, html.EscapeString(string(link.Label(source))), "</a>")
	}
	return ast.WalkSkipChildren, nil
}

func writeCode(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	write(w, "<pre><code>")
	lines := n.Lines()
	for i := range lines.Len() {
		line := lines.At(i)
		write(w, html.EscapeString(string(line.Value(source))))
	}
	write(w, "</code></pre>\n")
	return ast.WalkSkipChildren, nil
}

func writeEmphasis(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	tag := "em"
	if n.(*ast.Emphasis).Level == 2 {
		tag = "strong"
	}
	if entering {
		write(w, "<", tag, ">")
	} else {
		write(w, "</", tag, ">")
	}
	return ast.WalkContinue, nil
}

// writeTask shows a task as it was typed. A real check box would be a form field
// without a name, which a screen reader stumbles over and nobody can tick.
func writeTask(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		if n.(*east.TaskCheckBox).IsChecked {
			write(w, `<span class="task-done">[x]</span> `)
		} else {
			write(w, `<span class="task-open">[ ]</span> `)
		}
	}
	return ast.WalkContinue, nil
}

func writeCell(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	cell := n.(*east.TableCell)
	tag := "td"
	if cell.Parent().Kind() == east.KindTableHeader {
		tag = "th"
	}
	if !entering {
		write(w, "</", tag, ">\n")
		return ast.WalkContinue, nil
	}
	write(w, "<", tag)
	switch cell.Alignment { // a class: inline style is refused by our pages
	case east.AlignRight:
		write(w, ` class="align-right"`)
	case east.AlignCenter:
		write(w, ` class="align-center"`)
	}
	write(w, ">")
	return ast.WalkContinue, nil
}

// newPolicy is the second wall: what is not named here does not pass, whoever
// wrote it.
func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "h3", "h4", "h5", "em", "strong", "del", "code", "pre", "blockquote", "ul", "li",
		"ol", "hr", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("href").Matching(regexp.MustCompile(`^(?i:https?://[^/]|mailto:[^?]+$|/([^/\\]|$))`)).OnElements("a")
	p.AllowAttrs("rel").Matching(regexp.MustCompile(`^` + outside + `$`)).OnElements("a")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^(mention|tag-link)$`)).OnElements("a")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^task-(done|open)$`)).OnElements("span")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^align-(right|center)$`)).OnElements("th", "td")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^[0-9]{1,9}$`)).OnElements("ol")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnFullyQualifiedLinks(true)
	p.RequireNoReferrerOnFullyQualifiedLinks(true)
	return p
}
