package imports

import (
	"encoding/json"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"plein/internal/platform/text"
	"plein/internal/plein"
)

// slackText turns Slack's markup into ours. Slack wraps whatever is not plain
// text in < >, writes bold as *…* and marks nothing else; so what looks like
// Markdown in a message was never meant as Markdown and is taken out of its
// power with a backslash.
type slackText struct {
	sink     sink
	mentions int
	kept     []string // finished pieces, stood in for by one private character each
}

// standIn is the first of the private characters that stand for finished pieces
// while the text around them is worked on. They are taken out of what comes in.
const (
	standIn    = 0xF0000
	standInEnd = 0xFFFFD
)

var slackEntities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

func newSlackText(s sink) *slackText { return &slackText{sink: s} }

// message gives the whole text of a message: its words, then its cards.
func (t *slackText) message(m *slackMessage) string {
	body := t.convert(m.Text.s())
	for _, a := range m.Attachments {
		body = paragraph(body, t.card(a))
	}
	if body == "" && len(m.Blocks) > 0 {
		var v any
		if json.Unmarshal(m.Blocks, &v) == nil {
			var b strings.Builder
			blockText(&b, v)
			body = t.convert(strings.TrimSpace(b.String()))
		}
	}
	return body
}

// card gives an attachment: what a link led to, or what a program had to say.
func (t *slackText) card(a slackAttachment) string {
	var quoted string
	title := slackPlain(a.Title.s())
	if link := firstOf(a.TitleLink, a.FromURL); title != "" && link != "" {
		quoted = markdownLink(link, title)
	} else if title != "" {
		quoted = markdownEscape(title)
	}
	quoted = lines(quoted, t.convert(a.Text.s()))
	for _, f := range a.Fields {
		quoted = lines(quoted, strings.Trim(t.convert(f.Title.s())+": "+t.convert(f.Value.s()), ": "))
	}
	if a.ImageURL != "" {
		quoted = lines(quoted, markdownLink(a.ImageURL.s(), ""))
	}
	out := t.convert(a.Pretext.s())
	if quoted == "" && out == "" {
		quoted = t.convert(a.Fallback.s())
	}
	if quoted != "" {
		out = paragraph(out, "> "+strings.ReplaceAll(quoted, "\n", "\n> "))
	}
	return out
}

// blockText collects the words of Slack's newer layout blocks, for messages that
// have no text beside them.
func blockText(b *strings.Builder, v any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			blockText(b, x)
		}
	case map[string]any:
		switch kind, _ := v["type"].(string); kind {
		case "text", "mrkdwn", "plain_text":
			if s, ok := v["text"].(string); ok {
				b.WriteString(s)
			}
		case "link":
			if s, ok := v["url"].(string); ok {
				b.WriteString("<" + s + ">")
			}
		case "user":
			if s, ok := v["user_id"].(string); ok {
				b.WriteString("<@" + s + ">")
			}
		default:
			blockText(b, v["text"])
			blockText(b, v["elements"])
			blockText(b, v["fields"])
			b.WriteString("\n")
		}
	}
}

// convert turns one text from Slack's markup into Markdown.
func (t *slackText) convert(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= standIn && r <= standInEnd {
			return -1
		}
		return r
	}, longText(s))
	if s == "" {
		return ""
	}
	from := len(t.kept)
	s = t.codes(s)
	s = t.angles(s)
	s = slackEntities.Replace(s)
	var out []string
	quoteRest, was := false, plainLine
	for _, line := range strings.Split(s, "\n") {
		line, kind := slackLine(line, &quoteRest)
		// A line below a list or a quotation would be drawn into it.
		if was != plainLine && kind != was && strings.TrimSpace(line) != "" {
			out = append(out, "")
		}
		out, was = append(out, line), kind
	}
	return strings.TrimSpace(t.fill(strings.Join(out, "\n"), from))
}

// keep puts a finished piece aside.
func (t *slackText) keep(piece string) string {
	if len(t.kept) > standInEnd-standIn {
		return "" // no message has sixty thousand links
	}
	t.kept = append(t.kept, piece)
	return string(rune(standIn + len(t.kept) - 1))
}

// fill puts the finished pieces back.
func (t *slackText) fill(s string, from int) string {
	var b strings.Builder
	for _, r := range s {
		if n := int(r) - standIn; n >= from && n < len(t.kept) {
			b.WriteString(t.kept[n])
		} else {
			b.WriteRune(r)
		}
	}
	t.kept = t.kept[:from]
	return b.String()
}

// codes puts code aside, in which nothing is markup.
func (t *slackText) codes(s string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '`')
		if open < 0 {
			break
		}
		mark := "`"
		if strings.HasPrefix(s[open:], "```") {
			mark = "```"
		}
		rest := s[open+len(mark):]
		end := strings.Index(rest, mark)
		if end < 0 && mark == "```" {
			end = len(rest) // Slack shows an open fence as code to the end
			rest += mark
		}
		if end <= 0 || mark == "`" && strings.Contains(rest[:end], "\n") {
			b.WriteString(s[:open] + t.keep("\\`"))
			s = s[open+1:]
			continue
		}
		code := t.inCode(rest[:end])
		b.WriteString(s[:open])
		if mark == "`" {
			b.WriteString(t.keep("`" + code + "`"))
		} else {
			b.WriteString("\n" + t.keep("```\n"+strings.Trim(code, "\n")+"\n```") + "\n")
			rest = strings.TrimLeft(rest[end+3:], " ")
			s = strings.TrimPrefix(rest, "\n")
			continue
		}
		s = rest[end+1:]
	}
	b.WriteString(s)
	return b.String()
}

// inCode shows what Slack wraps in < > as its words.
func (t *slackText) inCode(s string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '<')
		end := -1
		if open >= 0 {
			end = strings.IndexByte(s[open:], '>')
		}
		if end < 0 {
			b.WriteString(slackEntities.Replace(s))
			return b.String()
		}
		b.WriteString(slackEntities.Replace(s[:open]))
		b.WriteString(strings.ReplaceAll(slackEntities.Replace(t.words(s[open+1:open+end])), "`", "'"))
		s = s[open+end+1:]
	}
}

// words gives what a wrapped piece says, without markup.
func (t *slackText) words(inner string) string {
	target, label, _ := strings.Cut(inner, "|")
	switch {
	case strings.HasPrefix(target, "@"):
		if name, _, ok := t.sink.mention("slack:" + target[1:]); ok {
			return "@" + name
		}
		return "@" + firstOf(flex(label), flex(target[1:]))
	case strings.HasPrefix(target, "#"):
		return "#" + firstOf(flex(label), flex(target[1:]))
	case strings.HasPrefix(target, "!"):
		if label == "" {
			label, _, _ = strings.Cut(target[1:], "^")
		}
		if strings.HasPrefix(target, "!date") || strings.HasPrefix(label, "@") {
			return label
		}
		return "@" + label
	case label != "":
		return label
	}
	return target
}

// angles puts aside what Slack wraps in < >: links, people, channels and calls
// to everybody.
func (t *slackText) angles(s string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '<')
		if open < 0 {
			break
		}
		end := strings.IndexAny(s[open:], ">\n")
		if end < 2 || s[open+end] == '\n' {
			b.WriteString(s[:open+1])
			s = s[open+1:]
			continue
		}
		b.WriteString(s[:open])
		b.WriteString(t.keep(t.angle(s[open+1 : open+end])))
		s = s[open+end+1:]
	}
	b.WriteString(s)
	return b.String()
}

func (t *slackText) angle(inner string) string {
	target, label, _ := strings.Cut(inner, "|")
	plain := func() string { return markdownEscape(slackEntities.Replace(t.words(inner))) }
	switch target[:min(1, len(target))] {
	case "@":
		if name, id, ok := t.sink.mention("slack:" + target[1:]); ok && t.mentions < plein.MaxMentions {
			t.mentions++
			return text.Mention{Kind: "person", ID: id, Name: name}.String()
		}
		return plain()
	case "#":
		if name, id, ok := t.sink.mentionGroup("slack:" + target[1:]); ok && t.mentions < plein.MaxMentions {
			t.mentions++
			return text.Mention{Kind: "group", ID: id, Name: name}.String()
		}
		return plain()
	case "!":
		return plain()
	}
	return markdownLink(slackEntities.Replace(target), slackEntities.Replace(label))
}

// slackPlain gives a short text without any markup, for names and titles.
func slackPlain(s string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '<')
		end := -1
		if open >= 0 {
			end = strings.IndexByte(s[open:], '>')
		}
		if end < 0 {
			b.WriteString(s)
			return slackEntities.Replace(b.String())
		}
		target, label, _ := strings.Cut(s[open+1:open+end], "|")
		b.WriteString(s[:open] + firstOf(flex(label), flex(target)))
		s = s[open+end+1:]
	}
}

type lineKind uint8

const (
	plainLine lineKind = iota
	quoteLine
	listLine
)

// slackLine makes one line of Markdown of one line of Slack.
func slackLine(line string, quoteRest *bool) (string, lineKind) {
	trimmed := strings.TrimLeft(line, " \t")
	switch {
	case *quoteRest:
		return "> " + slackMarks(trimmed), quoteLine
	case strings.HasPrefix(trimmed, ">>>"):
		*quoteRest = true
		return "> " + slackMarks(strings.TrimSpace(trimmed[3:])), quoteLine
	case strings.HasPrefix(trimmed, ">"):
		return "> " + slackMarks(strings.TrimSpace(trimmed[1:])), quoteLine
	}
	for _, bullet := range []string{"• ", "◦ ", "▪︎ ", "▪ ", "- "} {
		if rest, ok := strings.CutPrefix(trimmed, bullet); ok {
			indent := min(len(line)-len(trimmed), 8) / 4 * 2
			return strings.Repeat(" ", indent) + "- " + slackMarks(rest), listLine
		}
	}
	if strings.HasPrefix(trimmed, "#") {
		if rest := strings.TrimLeft(trimmed, "#"); rest == "" || rest[0] == ' ' {
			return `\` + slackMarks(trimmed), plainLine
		}
	}
	// What would be a rule, an underlined heading, a table or a list.
	if trimmed != "" && (strings.Trim(trimmed, "-:| ") == "" || strings.Trim(trimmed, "= ") == "" ||
		strings.HasPrefix(trimmed, "+ ") || strings.HasPrefix(trimmed, "* ")) {
		return `\` + strings.TrimPrefix(slackMarks(trimmed), `\`), plainLine
	}
	if len(line)-len(trimmed) < 4 && !strings.HasPrefix(line, "\t") {
		trimmed = line
	}
	return slackMarks(trimmed), plainLine
}

// slackMarks turns bold, italic and struck text of one line into Markdown and
// takes the power from everything else that Markdown would read as markup.
func slackMarks(line string) string {
	if !strings.ContainsAny(line, "*_~[\\&") {
		return line
	}
	// next[i] is where the nearest closing mark at or after i stands.
	closers := map[byte][]int{'*': nil, '_': nil, '~': nil}
	for c := range closers {
		if strings.IndexByte(line, c) < 0 {
			continue
		}
		next := make([]int, len(line)+1)
		next[len(line)] = -1
		for i := len(line) - 1; i >= 0; i-- {
			next[i] = next[i+1]
			if line[i] == c && closes(line, i) {
				next[i] = i
			}
		}
		closers[c] = next
	}
	closing := map[byte]int{}
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch c {
		case '*', '_', '~':
			mark := map[byte]string{'*': "**", '_': "_", '~': "~~"}[c]
			if end, ok := closing[c]; ok && end == i {
				delete(closing, c)
				b.WriteString(mark)
				continue
			}
			if _, inside := closing[c]; !inside && opens(line, i) && i+2 < len(line) {
				if end := closers[c][i+2]; end > 0 {
					closing[c] = end
					b.WriteString(mark)
					continue
				}
			}
			if c == '_' && i > 0 && i+1 < len(line) && isWordByte(line[i-1]) && isWordByte(line[i+1]) {
				b.WriteByte(c) // snake_case is no markup
				continue
			}
			b.WriteByte('\\')
		case '[':
			b.WriteByte('\\')
		case '\\':
			if i+1 < len(line) && line[i+1] < utf8.RuneSelf && unicode.In(rune(line[i+1]), unicode.P, unicode.S) {
				b.WriteByte('\\')
			}
		case '&':
			if i+1 < len(line) && (line[i+1] == '#' || isWordByte(line[i+1])) {
				b.WriteByte('\\')
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}

// opens says that the mark at i begins something: at the beginning of a word.
func opens(line string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(line[:i])
	after, _ := utf8.DecodeRuneInString(line[i+1:])
	return (i == 0 || !isWord(before)) && i+1 < len(line) && !unicode.IsSpace(after) && after != rune(line[i])
}

// closes says that the mark at i ends something: at the end of a word.
func closes(line string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(line[:i])
	after, _ := utf8.DecodeRuneInString(line[i+1:])
	return i > 0 && !unicode.IsSpace(before) && before != rune(line[i]) && (i+1 == len(line) || !isWord(after))
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= utf8.RuneSelf
}

// markdownEscape takes the power from a short plain text.
func markdownEscape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\', '*', '_', '~', '[', ']', '`', '<', '&':
			b.WriteByte('\\')
		case '\n':
			b.WriteByte(' ')
			continue
		}
		b.WriteByte(s[i])
	}
	out := b.String()
	if strings.HasPrefix(out, "#") || strings.HasPrefix(out, ">") {
		out = `\` + out
	}
	return out
}

var labelEscaper = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`, "`", "\\`", "*", `\*`, "_", `\_`, "\n", " ")

func markdownLabel(s string) string { return labelEscaper.Replace(s) }

var addressEscaper = strings.NewReplacer("(", "%28", ")", "%29", "<", "%3C", ">", "%3E", " ", "%20", `\`, "%5C", "\n", "", "\t", "", "`", "%60")

// markdownLink gives a link, or only its words where the address is not one that
// a page may link to.
func markdownLink(address, label string) string {
	address, label = strings.TrimSpace(address), strings.TrimSpace(label)
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "mailto" {
		if label == "" {
			label = address
		}
		return markdownEscape(label)
	}
	if short := strings.TrimPrefix(address, "mailto:"); short != address && (label == "" || label == short) {
		return short
	}
	if label == "" || label == address {
		if strings.ContainsAny(address, "()<>*_~'|\\ `[]") || strings.ContainsAny(address[len(address)-1:], "?!.,:;") {
			return "<" + addressEscaper.Replace(address) + ">"
		}
		return address
	}
	return "[" + markdownLabel(label) + "](" + addressEscaper.Replace(address) + ")"
}

// paragraph puts a blank line between two texts.
func paragraph(a, b string) string { return join(a, b, "\n\n") }

// lines puts two texts under each other.
func lines(a, b string) string { return join(a, b, "\n") }

func join(a, b, between string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + between + b
}
