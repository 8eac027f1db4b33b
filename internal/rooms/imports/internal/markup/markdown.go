// Package markup turns the texts of other networks into our Markdown, so that they
// look as they did and mean nothing that they did not mean there.
package markup

import (
	"net/url"
	"strings"
	"unicode"

	"plein/internal/plein"
	"plein/internal/rooms/imports/internal/intake"
)

// Names knows whom a text can mention, by what the text calls them.
type Names interface {
	Person(key string) (name string, id plein.ID, ok bool)
	Group(key string) (name string, id plein.ID, ok bool)
}

// OneLine makes a name or other short field of what a source holds: one line,
// nothing invisible, at most most characters.
func OneLine(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return ' '
		}
		if !intake.IsShown(r) {
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		s = strings.TrimSpace(string(r[:most-1])) + "…"
	}
	return s
}

// LongText takes out of a text what no text of ours may hold, and makes every
// line end the same.
func LongText(s string) string {
	if strings.ContainsRune(s, '\r') {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029':
			return '\n'
		case unicode.IsControl(r), r == '\uFEFF', r&0xFFFE == 0xFFFE, r >= 0xFDD0 && r <= 0xFDEF:
			return -1
		}
		return r
	}, s)
	return strings.TrimRightFunc(strings.TrimLeft(s, "\n"), unicode.IsSpace)
}

// Escape takes the power from a short plain text.
func Escape(s string) string {
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

// Label makes a text fit between the brackets of a link.
func Label(s string) string { return labelEscaper.Replace(s) }

var addressEscaper = strings.NewReplacer("(", "%28", ")", "%29", "<", "%3C", ">", "%3E", " ", "%20", `\`, "%5C", "\n", "", "\t", "", "`", "%60")

// Link gives a link, or only its words where the address is not one that
// a page may link to.
func Link(address, label string) string {
	address, label = strings.TrimSpace(address), strings.TrimSpace(label)
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "mailto" {
		if label == "" {
			label = address
		}
		return Escape(label)
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
	return "[" + Label(label) + "](" + addressEscaper.Replace(address) + ")"
}

// Paragraph puts a blank line between two texts.
func Paragraph(a, b string) string { return join(a, b, "\n\n") }

// Lines puts two texts under each other.
func Lines(a, b string) string { return join(a, b, "\n") }

// first gives the first that holds more than space.
func first(all ...string) string {
	for _, s := range all {
		if strings.TrimSpace(s) != "" {
			return s
		}
	}
	return ""
}

func join(a, b, between string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + between + b
}
