package language

import (
	"slices"
	"strings"
	"unicode"
)

// Analyzer makes terms. It holds nothing but what it was given, and may be used
// by many at once.
type Analyzer struct{ compounds *Compounds }

// NewAnalyzer makes an analyzer that takes compounds apart with c, or leaves them
// whole when c is nil.
func NewAnalyzer(c *Compounds) *Analyzer { return &Analyzer{compounds: c} }

// The weights of a term: how much it says that a text has it.
const (
	WeightPart  = 1 // a part of a compound
	WeightWhole = 3 // the word itself
)

// The bounds of a question. What is beyond them is not asked.
const (
	maxQueryBytes = 4096
	maxChain      = 4 // words that hyphens hold together
	maxPaired     = 8 // words of a question that are tried as the parts of a compound
)

// Term is one entry of the index for the word at Start to End of the source. One
// word may have several.
type Term struct {
	Text       string
	Start, End int
	Weight     uint8
}

// Terms gives what a text is found by, in the order of the text. A text that is
// clearly in one language gets the stems of that language, and its small words are
// left out; any other gets both and keeps them. Query asks for both, so that they
// always meet.
func (a *Analyzer) Terms(s string) []Term {
	tokens := Tokens(s)
	language, sure := guess(tokens)
	if !sure {
		language = ""
	}
	shouts := shouting(s)
	out := make([]Term, 0, len(tokens))
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		from := len(out)
		add := func(text string, t Token, weight uint8) {
			for _, had := range out[from:] {
				if had.Text == text {
					return
				}
			}
			out = append(out, Term{Text: text, Start: t.Start, End: t.End, Weight: weight})
		}
		if verb, n := parted(tokens[i:]); n > 0 && language != English {
			add(Stem(Dutch, verb), Token{Start: t.Start, End: tokens[i+n-1].End}, WeightWhole)
		}
		if small := smallWords[t.Text]; small != "" {
			if !shouts && acronym(s[t.Start:t.End]) {
				add(asAcronym(t.Text), t, WeightWhole)
			}
			if language != "" && (small == language || small == "both") {
				continue
			}
		}
		a.termsOf(t.Text, language, func(text string, weight uint8) { add(text, t, weight) })
		for _, part := range humps(s[t.Start:t.End]) {
			a.termsOf(part, language, func(text string, _ uint8) { add(text, t, WeightPart) })
		}
		if whole, n := chain(s, tokens[i:]); n > 1 && !chained(s, tokens, i) {
			from = len(out)
			t.End = tokens[i+n-1].End
			a.termsOf(whole, language, func(text string, weight uint8) { add(text, t, weight) })
		}
	}
	return out
}

// termsOf gives the stems of a word and of its parts.
func (a *Analyzer) termsOf(word, language string, add func(string, uint8)) {
	if language != English {
		add(Stem(Dutch, word), WeightWhole)
	}
	if language != Dutch {
		add(Stem(English, word), WeightWhole)
	}
	if language != English {
		for _, part := range a.compounds.Split(word) {
			add(dutchStem(part), WeightPart)
		}
	}
}

// Asked is one word of a question.
type Asked struct {
	Text   string     // folded
	Groups [][]string // of each, a text must have one term

	small bool
}

// Query gives what a typed question asks for: groups of terms of which a text
// must have one each. There are at most max groups, and none when no word was
// typed.
func (a *Analyzer) Query(s string, max int) [][]string {
	var out [][]string
	for _, w := range a.Ask(s, max) {
		for _, g := range w.Groups {
			if len(out) < max {
				out = append(out, g)
			}
		}
	}
	return out
}

// Ask takes a question apart into words, at most max of them. Operators and quotes
// are text like any other, and small words are left out unless there are no others.
//
// One long word can give several groups: "verlofaanvraag" asks for that word or
// "verlof", and for that word or "aanvraag". And two words can ask for the one
// they make: "aanvraag voor verlof" finds a text that says "verlofaanvraag".
func (a *Analyzer) Ask(s string, max int) []Asked {
	all := a.read(s, max)
	asked := slices.DeleteFunc(slices.Clone(all), func(w Asked) bool { return w.small })
	if len(asked) == 0 {
		asked = all
	}
	asked = asked[:min(len(asked), max)]
	for i := range asked[:min(len(asked), maxPaired)] {
		for j := range asked[:min(len(asked), maxPaired)] {
			if i == j {
				continue
			}
			first := asked[i].Text
			for _, whole := range a.compounds.together(first, Stem(Dutch, first), asked[j].Text) {
				asked[i].or(whole)
				asked[j].or(whole)
			}
		}
	}
	return asked
}

// or lets a term answer for the whole word.
func (w *Asked) or(term string) {
	for n := range w.Groups {
		w.Groups[n] = with(w.Groups[n], term)
	}
}

// read gives the words of a question, each once.
func (a *Analyzer) read(s string, max int) []Asked {
	s = clipBytes(s, maxQueryBytes)
	var out []Asked
	telling := 0
	add := func(w Asked) {
		if slices.ContainsFunc(out, func(had Asked) bool { return had.Text == w.Text && had.small == w.small }) {
			return
		}
		out = append(out, w)
		if !w.small {
			telling++
		}
	}
	tokens := Tokens(s)
	shouts := shouting(s)
	for i := 0; i < len(tokens) && telling < max && len(out) <= 4*max; i++ {
		t := tokens[i]
		small := smallWords[t.Text] != ""
		if small && !shouts && acronym(s[t.Start:t.End]) {
			add(Asked{Text: t.Text, Groups: [][]string{{asAcronym(t.Text)}}})
			continue
		}
		if whole, n := chain(s, tokens[i:]); n > 1 {
			for _, part := range tokens[i : i+n] {
				add(Asked{Text: part.Text, Groups: [][]string{with(bothStems(part.Text), bothStems(whole)...)}, small: smallWords[part.Text] != ""})
			}
			i += n - 1
			continue
		}
		if verb, n := parted(tokens[i:]); n > 0 {
			add(Asked{Text: verb, Groups: [][]string{with(bothStems(verb), Stem(Dutch, tokens[i+n-1].Text))}})
			i += n - 1
			continue
		}
		w := Asked{Text: t.Text, small: small}
		whole := bothStems(t.Text)
		if small {
			whole = with(whole, asAcronym(t.Text))
		} else {
			for _, part := range a.compounds.asked(t.Text) {
				w.Groups = append(w.Groups, with(slices.Clone(whole), dutchStem(part)))
			}
		}
		if len(w.Groups) == 0 {
			w.Groups = [][]string{whole}
		}
		add(w)
	}
	return out
}

// with adds what a group does not have yet.
func with(group []string, more ...string) []string {
	for _, m := range more {
		if !slices.Contains(group, m) {
			group = append(group, m)
		}
	}
	return group
}

func bothStems(word string) []string { return with([]string{Stem(Dutch, word)}, Stem(English, word)) }

// chain joins words that are written with hyphens, and numbers that points hold
// together: "e-mail" is also "email", and "8.3" also "83".
func chain(s string, tokens []Token) (joined string, n int) {
	size := len(tokens[0].Text)
	for n = 1; n < len(tokens) && n < maxChain; n++ {
		before, t := tokens[n-1], tokens[n]
		size += len(t.Text)
		if !holds(s[before.End:t.Start], before.Text, t.Text) || size > MaxTokenSize {
			break
		}
	}
	if n == 1 {
		return "", 1
	}
	var b strings.Builder
	for _, t := range tokens[:n] {
		b.WriteString(t.Text)
	}
	return b.String(), n
}

// chained says that the token hangs on the one before it.
func chained(s string, tokens []Token, i int) bool {
	return i > 0 && holds(s[tokens[i-1].End:tokens[i].Start], tokens[i-1].Text, tokens[i].Text)
}

func holds(between, before, after string) bool {
	switch between {
	case "-", "‐", "‑", "_":
		return true
	case ".", ",", ":":
		return isDigit(before[len(before)-1]) && isDigit(after[0])
	}
	return false
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// parted puts a verb together that "te" stands in: "aan te vragen" is a form of
// aanvragen, and nobody asks for it in that form.
func parted(tokens []Token) (verb string, n int) {
	const words = 3
	if len(tokens) < words || tokens[1].Text != "te" || !slices.Contains(separable, tokens[0].Text) {
		return "", 0
	}
	verb = tokens[2].Text
	if len(verb) < 3 || verb[len(verb)-1] != 'n' || len(verb) > MaxTokenSize-10 || !letters(verb) {
		return "", 0
	}
	return tokens[0].Text + verb, words
}

// acronym says that a small word was written in capitals, and therefore is none:
// IT, OR, WIE.
func acronym(source string) bool {
	n := 0
	for _, r := range source {
		if !unicode.IsUpper(r) {
			return false
		}
		n++
	}
	return n >= 2 && n <= 5
}

// shouting says that a text has no small letters, so that its capitals say
// nothing.
func shouting(s string) bool {
	if len(s) <= 5 {
		return false
	}
	for _, r := range s {
		if unicode.IsLower(r) {
			return false
		}
	}
	return true
}

// asAcronym keeps such a word apart from the small one. No word begins with a
// nought.
func asAcronym(word string) string { return "0" + word }

// humps gives the words in a name that was written as one, such as a hashtag:
// GoedNieuws.
func humps(source string) []string {
	const shortest = 3
	var out []string
	put := func(piece string) {
		if words := Tokens(piece); len(words) == 1 {
			out = append(out, words[0].Text)
		}
	}
	from, lower := 0, false
	for i, r := range source {
		upper := unicode.IsUpper(r)
		if upper && lower && i-from >= shortest && len(out) < maxChain {
			put(source[from:i])
			from = i
		}
		lower = unicode.IsLower(r)
	}
	if from > 0 && len(source)-from >= shortest {
		put(source[from:])
	}
	return out
}
