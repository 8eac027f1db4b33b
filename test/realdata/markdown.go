package realdata

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// Markdown turns the simple HTML of questions and answers into Markdown: its
// paragraphs, lists, quotations, headings, links, emphasis and code. What it does
// not know it passes over and keeps the words of.
func Markdown(page string) string {
	m := &htmlWriter{}
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return m.finish()
		case html.TextToken:
			m.text(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			m.start(z.Token())
		case html.EndTagToken:
			name, _ := z.TagName()
			m.end(string(name))
		}
	}
}

type htmlWriter struct {
	out    strings.Builder
	line   strings.Builder // what is being written, without its beginning
	quotes int
	level  int      // of quotation, of the block written last
	lists  []int    // of each open list: the next number, or -1 for bullets
	item   bool     // the next line begins a list item
	hrefs  []string // of open links; "" for one that is none
	starts []int    // where their words begin in line
	pre    bool
	code   bool
	blank  bool // a blank line is due before the next
}

// prefix is what stands before a line inside quotations and lists.
func (m *htmlWriter) prefix(first bool) string {
	p := strings.Repeat("> ", m.quotes)
	for i, n := range m.lists {
		last := i == len(m.lists)-1
		switch {
		case last && first && m.item && n < 0:
			p += "- "
		case last && first && m.item:
			p += strconv.Itoa(n) + ". "
		case n < 0:
			p += "  "
		default:
			p += "   "
		}
	}
	return p
}

// flush ends a block.
func (m *htmlWriter) flush() {
	s := strings.TrimSpace(m.line.String())
	m.line.Reset()
	m.hrefs, m.starts = nil, nil
	if s == "" {
		return
	}
	m.gap()
	m.level = m.quotes
	for i, l := range strings.Split(s, "\n") {
		m.out.WriteString(m.prefix(i == 0) + strings.TrimSpace(l) + "\n")
		if i == 0 && m.item && len(m.lists) > 0 {
			if n := &m.lists[len(m.lists)-1]; *n >= 0 {
				*n++
			}
			m.item = false
		}
	}
	m.blank = len(m.lists) == 0
}

// gap writes the blank line that is due, inside the quotation that goes on.
func (m *htmlWriter) gap() {
	if m.blank && m.out.Len() > 0 {
		m.out.WriteString(strings.TrimRight(strings.Repeat("> ", min(m.level, m.quotes)), " ") + "\n")
	}
	m.blank = false
}

func (m *htmlWriter) finish() string {
	m.flush()
	return strings.TrimSpace(m.out.String())
}

var literal = strings.NewReplacer(`\`, `\\`, "*", `\*`, "`", "\\`", "[", `\[`, "<", `\<`, "#", `\#`)

func (m *htmlWriter) text(s string) {
	if m.pre {
		m.line.WriteString(html.UnescapeString(s))
		return
	}
	s = html.UnescapeString(s)
	words := strings.Join(strings.Fields(s), " ")
	if words == "" {
		if s != "" && m.line.Len() > 0 {
			m.space()
		}
		return
	}
	if strings.TrimLeft(s, " \t\r\n") != s {
		m.space()
	}
	if !m.code {
		words = literal.Replace(words)
	}
	m.line.WriteString(words)
	if strings.TrimRight(s, " \t\r\n") != s {
		m.space()
	}
}

func (m *htmlWriter) space() {
	if l := m.line.String(); l != "" && !strings.HasSuffix(l, " ") && !strings.HasSuffix(l, "\n") {
		m.line.WriteByte(' ')
	}
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func (m *htmlWriter) start(t html.Token) {
	switch t.Data {
	case "p", "div":
		m.flush()
	case "blockquote":
		m.flush()
		m.quotes++
	case "ul", "ol":
		m.flush()
		if len(m.lists) == 0 {
			m.gap()
		}
		n := -1
		if t.Data == "ol" {
			n = 1
		}
		m.lists = append(m.lists, n)
	case "li":
		m.flush()
		m.item = true
	case "h1", "h2", "h3", "h4", "h5", "h6":
		m.flush()
		m.line.WriteString("### ")
	case "hr":
		m.flush()
		m.line.WriteString("---")
		m.flush()
	case "br":
		m.line.WriteByte('\n')
	case "strong", "b":
		m.line.WriteString("**")
	case "em", "i":
		m.line.WriteString("*")
	case "code":
		if !m.pre {
			m.line.WriteByte('`')
			m.code = t.Type == html.StartTagToken
		}
	case "pre":
		m.flush()
		m.pre = true
	case "img":
		m.space()
		alt := attribute(t, "alt")
		if alt == "" {
			alt = "image"
		}
		m.line.WriteString("[" + literal.Replace(alt) + "](" + attribute(t, "src") + ")")
	case "a":
		m.hrefs = append(m.hrefs, attribute(t, "href"))
		m.starts = append(m.starts, m.line.Len())
	}
}

func (m *htmlWriter) end(name string) {
	switch name {
	case "p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6":
		m.flush()
	case "blockquote":
		m.flush()
		m.quotes = max(0, m.quotes-1)
		m.blank = true
	case "ul", "ol":
		m.flush()
		if len(m.lists) > 0 {
			m.lists = m.lists[:len(m.lists)-1]
		}
		m.blank = len(m.lists) == 0
	case "strong", "b":
		m.close("**")
	case "em", "i":
		m.close("*")
	case "code":
		if !m.pre {
			m.line.WriteByte('`')
			m.code = false
		}
	case "pre":
		m.fence()
	case "a":
		m.link()
	}
}

// close ends emphasis before the space that stands inside it.
func (m *htmlWriter) close(mark string) {
	l := m.line.String()
	kept := strings.TrimRight(l, " ")
	m.line.Reset()
	m.line.WriteString(kept + mark + l[len(kept):])
}

// fence writes what was collected as a block of code.
func (m *htmlWriter) fence() {
	code := strings.Trim(m.line.String(), "\n")
	m.line.Reset()
	m.pre = false
	m.gap()
	p := m.prefix(false)
	m.out.WriteString(p + "```\n")
	for _, l := range strings.Split(code, "\n") {
		m.out.WriteString(p + l + "\n")
	}
	m.out.WriteString(p + "```\n")
	m.blank = true
}

func (m *htmlWriter) link() {
	if len(m.hrefs) == 0 {
		return
	}
	href, start := m.hrefs[len(m.hrefs)-1], m.starts[len(m.starts)-1]
	m.hrefs, m.starts = m.hrefs[:len(m.hrefs)-1], m.starts[:len(m.starts)-1]
	l := m.line.String()
	if start > len(l) {
		return
	}
	label := strings.TrimSpace(l[start:])
	href = strings.NewReplacer(" ", "%20", "(", "%28", ")", "%29").Replace(href)
	m.line.Reset()
	m.line.WriteString(l[:start])
	if label == "" || !strings.HasPrefix(href, "http") {
		m.line.WriteString(label)
		return
	}
	m.line.WriteString("[" + label + "](" + href + ")")
}
