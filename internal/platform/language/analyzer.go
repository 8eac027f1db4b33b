package language

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

// Term is one entry of the index for the word at Start to End of the source. One
// word has several.
type Term struct {
	Text       string
	Start, End int
	Weight     uint8
}

// Terms gives what a text is found by, in the order of the text.
func (a *Analyzer) Terms(s string) []Term {
	var out []Term
	for _, t := range Tokens(s) {
		from := len(out)
		add := func(text string, weight uint8) {
			for _, had := range out[from:] {
				if had.Text == text {
					return
				}
			}
			out = append(out, Term{Text: text, Start: t.Start, End: t.End, Weight: weight})
		}
		for _, stem := range stems(t.Text) {
			add(stem, WeightWhole)
		}
		for _, part := range a.compounds.Split(t.Text) {
			add(Stem(Dutch, part), WeightPart)
		}
	}
	return out
}

// Query gives what a typed question asks for: groups of terms of which a text
// must have one each. There are at most max groups, and no groups when nothing was
// asked. Operators and quotes are text like any other.
func (a *Analyzer) Query(s string, max int) [][]string {
	var out [][]string
	seen := map[string]bool{}
	for _, t := range Tokens(s) {
		if len(out) >= max {
			break
		}
		if seen[t.Text] {
			continue
		}
		seen[t.Text] = true
		whole := stems(t.Text)
		parts := a.compounds.Split(t.Text)
		if len(parts) == 0 {
			out = append(out, whole)
			continue
		}
		for _, part := range parts {
			group := append([]string(nil), whole...)
			out = append(out, append(group, Stem(Dutch, part)))
		}
	}
	return out[:min(len(out), max)]
}

func stems(word string) []string {
	nl, en := Stem(Dutch, word), Stem(English, word)
	if nl == en {
		return []string{nl}
	}
	return []string{nl, en}
}
