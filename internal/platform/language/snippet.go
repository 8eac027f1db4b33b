package language

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxSnippetSource is how far into a text a snippet looks for words, in bytes.
// What stands further is found, and shown with the beginning of the text.
const maxSnippetSource = 32 << 10

// Part is a piece of a snippet; a hit is shown as such.
type Part struct {
	Text string
	Hit  bool
}

// Snippet gives the piece of a text, about width characters long, in which most
// of the terms stand, with the words that answer them marked. terms are those of
// all groups of a question. Without a hit it is the beginning of the text. White
// space is one space each.
func Snippet(source string, terms map[string]bool, a *Analyzer, width int) []Part {
	whole := len(source)
	source = clipBytes(source, maxSnippetSource)
	width = max(width, 20)
	var hits []Term
	if len(terms) > 0 {
		hits = mark(a.Terms(source), terms)
	}
	from, to := window(source, hits, width)
	var out []Part
	piece := func(s string, hit bool) {
		s = spaced(s)
		switch {
		case s == "":
		case !hit && len(out) > 0 && !out[len(out)-1].Hit:
			out[len(out)-1].Text += s
		default:
			out = append(out, Part{Text: s, Hit: hit})
		}
	}
	if from > 0 {
		piece("… ", false)
	}
	at := from
	for _, h := range hits {
		if h.Start < at || h.End > to {
			continue
		}
		piece(source[at:h.Start], false)
		piece(source[h.Start:h.End], true)
		at = h.End
	}
	piece(source[at:to], false)
	if to < whole {
		piece(" …", false)
	}
	return out
}

// mark keeps the terms that are asked for, one for each place.
func mark(all []Term, terms map[string]bool) []Term {
	var hits []Term
	for _, t := range all {
		if !terms[t.Text] {
			continue
		}
		if n := len(hits); n > 0 && t.Start < hits[n-1].End {
			if t.Start == hits[n-1].Start && t.End > hits[n-1].End {
				hits[n-1] = t
			}
			continue
		}
		hits = append(hits, t)
	}
	return hits
}

// window chooses where most different terms are together, and begins and ends it
// between words.
func window(source string, hits []Term, width int) (from, to int) {
	if utf8.RuneCountInString(source) <= width {
		return 0, len(source)
	}
	first, most := 0, -1
	in := map[string]int{}
	end := 0
	for start := range hits {
		for end < len(hits) && hits[end].End-hits[start].Start <= width {
			in[hits[end].Text]++
			end++
		}
		if len(in) > most {
			first, most = start, len(in)
		}
		if t := hits[start].Text; in[t] <= 1 {
			delete(in, t)
		} else {
			in[t]--
		}
		end = max(end, start+1)
	}
	if most > 0 {
		from = between(source, back(source, hits[first].Start, width/4), hits[first].Start)
	}
	to = from
	for n := 0; n < width && to < len(source); n++ {
		_, size := utf8.DecodeRuneInString(source[to:])
		to += size
	}
	if to < len(source) {
		least := from + (to-from)*3/4 // a word longer than that is cut
		for at := to; at > least; {
			r, size := utf8.DecodeLastRuneInString(source[:at])
			if unicode.IsSpace(r) {
				to = at - size
				break
			}
			at -= size
		}
	}
	return from, to
}

// back goes some characters towards the beginning.
func back(s string, at, runes int) int {
	for ; runes > 0 && at > 0; runes-- {
		_, size := utf8.DecodeLastRuneInString(s[:at])
		at -= size
	}
	return at
}

// between moves forward to where a word begins, at the latest at until.
func between(s string, at, until int) int {
	if at == 0 {
		return 0
	}
	if i := strings.IndexFunc(s[at:until], unicode.IsSpace); i >= 0 {
		at += i
		for at < until {
			r, size := utf8.DecodeRuneInString(s[at:])
			if !unicode.IsSpace(r) {
				break
			}
			at += size
		}
		return at
	}
	return until
}

// spaced makes every run of white space one space and leaves out what is no text.
func spaced(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		case r == utf8.RuneError, unicode.IsControl(r):
			continue
		}
		space = false
		b.WriteRune(r)
	}
	return b.String()
}

// clipBytes cuts a text to a size without cutting a character.
func clipBytes(s string, size int) string {
	if len(s) <= size {
		return s
	}
	for size > 0 && !utf8.RuneStart(s[size]) {
		size--
	}
	return s[:size]
}
