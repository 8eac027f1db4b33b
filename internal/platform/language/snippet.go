package language

import (
	"strings"
	"unicode/utf8"
)

// Part is a piece of a snippet; a hit is shown as such.
type Part struct {
	Text string
	Hit  bool
}

// Snippet gives the piece of a text, about width characters long, in which most
// of the terms stand, with the words that answer them marked. terms are those of
// all groups of a question. Without a hit it is the beginning of the text.
func Snippet(source string, terms map[string]bool, a *Analyzer, width int) []Part {
	var hits []Term
	for _, t := range a.Terms(source) {
		if terms[t.Text] && (len(hits) == 0 || hits[len(hits)-1].Start != t.Start) {
			hits = append(hits, t)
		}
	}
	from, to := 0, len(source)
	if len(source) > width {
		best := 0
		if len(hits) > 0 {
			best = hits[0].Start
		}
		from = max(0, best-width/4)
		to = min(len(source), from+width)
		for from > 0 && !utf8.RuneStart(source[from]) {
			from--
		}
		for to < len(source) && !utf8.RuneStart(source[to]) {
			to++
		}
	}
	var out []Part
	text := func(s string, hit bool) {
		if s = strings.ToValidUTF8(s, ""); s != "" {
			out = append(out, Part{Text: s, Hit: hit})
		}
	}
	if from > 0 {
		text("…", false)
	}
	at := from
	for _, h := range hits {
		if h.Start < at || h.End > to {
			continue
		}
		text(source[at:h.Start], false)
		text(source[h.Start:h.End], true)
		at = h.End
	}
	text(source[at:to], false)
	if to < len(source) {
		text("…", false)
	}
	return out
}
