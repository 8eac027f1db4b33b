// Package text exists so that what people type can be shown to others without
// trust: it turns Markdown into HTML in which nothing can run, watch or reach
// outside, and it finds the people, tags and links that were named in it.
//
// Everything typed is stored as written; the HTML beside it is a result that can
// be made again. A mention is stored as @[Name](person:ID) or @[Name](group:ID),
// so that it survives a change of name (see ReplaceMentions and StoreForm).
//
// Two walls stand behind each other: our own renderer writes only what it knows,
// and a strict sanitiser passes only what the policy names (TRUST S61 to S74).
package text

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	gtext "github.com/yuin/goldmark/text"
	"golang.org/x/net/html"

	"plein/internal/platform/language"
	"plein/internal/plein"
)

// maxRich is the size in bytes above which a text is shown as written, without
// reading it as Markdown. It is far above plein.MaxBody; it only bounds the work
// for a caller that forgot to check.
const maxRich = 256 << 10

// Mention is a person or group named in a text.
type Mention struct {
	Kind string // "person" or "group"
	ID   plein.ID
	Name string // as it was when it was written, without the @
}

// Doc is a text made ready to be shown, searched and told about.
type Doc struct {
	HTML     string    // safe to put in a page as it is
	Plain    string    // the words only, a line per paragraph
	Mentions []Mention // in order, each person or group once
	Tags     []string  // folded (FoldTag), in order, each once
	Links    []string  // http and https addresses, in order, each once
	Lang     string    // "nl", "en" or "" when it cannot be told
}

// Renderer turns Markdown into a Doc. It holds no state of a text and may be
// used from several goroutines.
type Renderer struct {
	markdown goldmark.Markdown
	policy   *bluemonday.Policy
}

// New makes a Renderer.
func New() *Renderer {
	return &Renderer{markdown: newMarkdown(), policy: newPolicy()}
}

// Render makes a Doc of what was typed. It never refuses a text: what is too
// large or too tangled to be read as Markdown is shown as written. An error is
// always Broken.
func (r *Renderer) Render(markdown string) (Doc, error) {
	source := tidySource(markdown)
	var doc Doc
	if len(source) > maxRich {
		doc.HTML = asWritten(source)
	} else {
		src := []byte(source)
		root := r.markdown.Parser().Parse(gtext.NewReader(src))
		f := findings{source: src}
		f.tidy(root)
		doc.Mentions, doc.Tags, doc.Links = f.mentions, f.tags, f.links
		var out bytes.Buffer
		if err := r.markdown.Renderer().Render(&out, src, root); err != nil {
			return Doc{}, plein.Wrap("text.render", err)
		}
		// Entities such as &#27; become characters during rendering, so
		// control characters are taken out once more.
		doc.HTML = dropControls(r.policy.Sanitize(out.String()))
	}
	doc.HTML = strings.TrimSpace(doc.HTML)
	doc.Plain = plainOf(doc.HTML)
	doc.Lang = language.Guess(doc.Plain)
	return doc, nil
}

// tidySource makes any bytes into text that can be parsed: valid UTF-8, LF line
// ends, no control characters.
func tidySource(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	if strings.ContainsRune(s, '\r') {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	return dropControls(s)
}

// dropControls takes out the characters that have no place in a page, a mail or
// a log line: all controls but tab and newline, and the noncharacters.
func dropControls(s string) string {
	clean := true
	for _, r := range s {
		if isRefused(r) {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	return strings.Map(func(r rune) rune {
		if isRefused(r) {
			return -1
		}
		return r
	}, s)
}

// isRefused says that a character may stand in no text of ours.
func isRefused(r rune) bool {
	if r == '\n' || r == '\t' {
		return false
	}
	return unicode.IsControl(r) || r&0xFFFE == 0xFFFE || (r >= 0xFDD0 && r <= 0xFDEF)
}

// asWritten shows a text without reading it: paragraphs and line ends only.
func asWritten(s string) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/8)
	b.WriteString("<p>")
	b.WriteString(strings.ReplaceAll(strings.ReplaceAll(html.EscapeString(strings.TrimSpace(s)),
		"\n\n", "</p>\n<p>"), "\n", "<br>\n"))
	b.WriteString("</p>")
	return b.String()
}

// endsLine are the elements after which a reader takes a breath.
var endsLine = map[string]bool{"p": true, "h3": true, "h4": true, "h5": true, "li": true, "pre": true,
	"blockquote": true, "tr": true, "table": true, "ul": true, "ol": true}

// plainOf gives the words of our own HTML, one line for each paragraph, list
// item or table row. It reads the HTML that is shown, so that search finds what
// people see and nothing else.
func plainOf(page string) string {
	b := make([]byte, 0, len(page))
	breath := func() {
		b = bytes.TrimRight(b, " ")
		if len(b) > 0 && b[len(b)-1] != '\n' {
			b = append(b, '\n')
		}
	}
	z := html.NewTokenizer(strings.NewReader(page))
	pre := 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.TrimSpace(string(b))
		case html.TextToken:
			text := z.Text()
			if pre == 0 {
				// A line end in our HTML stands between elements or after <br>.
				text = bytes.ReplaceAll(text, []byte{'\n'}, nil)
			}
			b = append(b, text...)
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "br":
				b = append(b, '\n')
			case "hr", "ul", "ol", "table", "blockquote":
				breath()
			case "pre":
				breath()
				pre++
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			switch tag := string(name); {
			case tag == "td" || tag == "th":
				b = append(b, ' ')
			case endsLine[tag]:
				if tag == "pre" && pre > 0 {
					pre--
				}
				breath()
			}
		}
	}
}

// Plain gives the words of a Doc's HTML, for whoever kept the HTML and nothing
// else.
func Plain(html string) string { return plainOf(html) }

// Excerpt gives the beginning of a plain text on one line, at most n characters,
// cut between words where that is possible and ended with an ellipsis when
// something was left out.
func Excerpt(plain string, n int) string {
	if n <= 0 {
		return ""
	}
	// A prefix is enough: the rest of a long text would be folded for nothing.
	if limit := n*utf8.UTFMax*4 + 64; len(plain) > limit {
		plain = strings.ToValidUTF8(plain[:limit], "") + "…"
	}
	runes := []rune(strings.Join(strings.Fields(plain), " "))
	if len(runes) <= n {
		return string(runes)
	}
	cut := n - 1 // room for the ellipsis
	for i := cut; i > cut/2; i-- {
		if runes[i] == ' ' {
			cut = i
			break
		}
	}
	// Never leave half a character that is built from several.
	for cut > 0 && (unicode.In(runes[cut], unicode.Mn, unicode.Mc, unicode.Variation_Selector) ||
		runes[cut] == zeroWidthJoiner || runes[cut-1] == zeroWidthJoiner) {
		cut--
	}
	return strings.TrimRightFunc(string(runes[:cut]), func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune(",;:-–", r)
	}) + "…"
}
