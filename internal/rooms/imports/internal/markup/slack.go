package markup

import (
	"plein/internal/platform/text"
	"plein/internal/plein"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Slack turns Slack's markup into ours. Slack wraps whatever is not plain
// text in < >, writes bold as *…* and marks nothing else; so what looks like
// Markdown in a message was never meant as Markdown and is taken out of its
// power with a backslash.
type Slack struct {
	names    Names
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

// NewSlack makes a converter for one message: the mentions in all its parts count
// together.
func NewSlack(names Names) *Slack { return &Slack{names: names} }

// Text turns one text from Slack's markup into Markdown.
func (t *Slack) Text(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= standIn && r <= standInEnd {
			return -1
		}
		return r
	}, LongText(s))
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
func (t *Slack) keep(piece string) string {
	if len(t.kept) > standInEnd-standIn {
		return "" // no message has sixty thousand links
	}
	t.kept = append(t.kept, piece)
	return string(rune(standIn + len(t.kept) - 1))
}

// fill puts the finished pieces back.
func (t *Slack) fill(s string, from int) string {
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
func (t *Slack) codes(s string) string {
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
func (t *Slack) inCode(s string) string {
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
func (t *Slack) words(inner string) string {
	target, label, _ := strings.Cut(inner, "|")
	switch {
	case strings.HasPrefix(target, "@"):
		if name, _, ok := t.names.Person(target[1:]); ok {
			return "@" + name
		}
		return "@" + first(label, target[1:])
	case strings.HasPrefix(target, "#"):
		return "#" + first(label, target[1:])
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
func (t *Slack) angles(s string) string {
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

func (t *Slack) angle(inner string) string {
	target, label, _ := strings.Cut(inner, "|")
	plain := func() string { return Escape(slackEntities.Replace(t.words(inner))) }
	switch target[:min(1, len(target))] {
	case "@":
		if name, id, ok := t.names.Person(target[1:]); ok && t.mentions < plein.MaxMentions {
			t.mentions++
			return text.Mention{Kind: "person", ID: id, Name: name}.String()
		}
		return plain()
	case "#":
		if name, id, ok := t.names.Group(target[1:]); ok && t.mentions < plein.MaxMentions {
			t.mentions++
			return text.Mention{Kind: "group", ID: id, Name: name}.String()
		}
		return plain()
	case "!":
		return plain()
	}
	return Link(slackEntities.Replace(target), slackEntities.Replace(label))
}

// SlackPlain gives a short text without any markup, for names and titles.
func SlackPlain(s string) string {
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
		b.WriteString(s[:open] + first(label, target))
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
