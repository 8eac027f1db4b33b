package language

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// hostile are texts that somebody sends to see what happens.
func hostile() []string {
	return []string{
		strings.Repeat("verlofaanvraagformulier ", 1000), strings.Repeat("verlof", 20_000), "a" + strings.Repeat("\u0301", 100_000),
		strings.Repeat("\u200b", 50_000), strings.Repeat("👩‍👩‍👧‍👦", 5_000), strings.Repeat("\u202e", 10_000) + "abc", strings.Repeat("ﷺ", 10_000),
		strings.Repeat("a-", 20_000), strings.Repeat("aA", 20_000), strings.Repeat("'s", 20_000), strings.Repeat("1.", 20_000),
		strings.Repeat("\xff", 10_000), strings.Repeat(`"(*^:`, 5_000), "(a+)+$ .* [[:alpha:]] \\1", strings.Repeat("ge", 5_000), strings.Repeat("en", 5_000),
		strings.Repeat("IT ", 5_000), strings.Repeat("漢字", 5_000), strings.Repeat("e\u0301\u0302\u0303", 10_000), "\x00verlof\x00", strings.Repeat("x ", 200_000),
		"SELECT * FROM items; -- ' OR 1=1", "NEAR(verlof aanvraag, 2) AND NOT title:x", strings.Repeat("ㅤ", 1000), "İıſKÅ", "ﬁﬂﬀ",
		strings.Repeat("0", 42) + "aA0",
	}
}

// check holds what is promised about any text.
func check(t *testing.T, a *Analyzer, s string) {
	t.Helper()
	tokens := Tokens(s)
	if len(tokens) > MaxTokens {
		t.Fatalf("%d tokens", len(tokens))
	}
	at := 0
	for _, token := range tokens {
		if token.Start < at || token.End <= token.Start || token.End > len(s) {
			t.Fatalf("%.60q: token %+v after %d", s, token, at)
		}
		at = token.End
		if token.Text == "" || len(token.Text) > MaxTokenSize || !utf8.ValidString(token.Text) || Fold(token.Text) != token.Text {
			t.Fatalf("%.60q: token %+v", s, token)
		}
	}
	terms := a.Terms(s)
	if len(terms) > 12*len(tokens) {
		t.Fatalf("%.60q: %d terms of %d tokens", s, len(terms), len(tokens))
	}
	if !slices.Equal(terms, a.Terms(s)) {
		t.Fatalf("%.60q: other terms the second time", s)
	}
	for _, term := range terms {
		if len(term.Text) > MaxTokenSize+1 || term.Start < 0 || term.End > len(s) || term.Weight == 0 {
			t.Fatalf("%.60q: term %+v", s, term)
		}
		for _, r := range term.Text {
			if !unicode.In(r, unicode.L, unicode.Nd, unicode.Nl, unicode.Mc) || unicode.IsUpper(r) && unicode.ToLower(r) != r {
				t.Fatalf("%.60q: term %q", s, term.Text)
			}
		}
	}
	for _, most := range []int{0, 1, 10} {
		groups := a.Query(s, most)
		if len(groups) > most {
			t.Fatalf("%.60q: %d groups, at most %d", s, len(groups), most)
		}
		for _, g := range groups {
			if len(g) == 0 || len(g) > 2+2+4*len(linking)*maxPaired {
				t.Fatalf("%.60q: group of %d", s, len(g))
			}
		}
	}
	// What was said is found with its own words.
	for i, token := range tokens {
		if i%97 != 0 || i > 2000 {
			continue
		}
		word := s[token.Start:token.End]
		groups := a.Query(word, 10)
		if len(groups) == 0 {
			t.Fatalf("%.60q: nothing asked with its word %q", s, word)
		}
		if smallWords[token.Text] != "" {
			continue
		}
		for _, g := range groups {
			if !slices.ContainsFunc(terms, func(term Term) bool { return slices.Contains(g, term.Text) }) {
				t.Fatalf("%.60q: its word %q asks for %v", s, word, g)
			}
		}
	}
	asked := map[string]bool{}
	for _, g := range a.Query(s, 10) {
		for _, alternative := range g {
			asked[alternative] = true
		}
	}
	length := 0
	for _, p := range Snippet(s, asked, a, 160) {
		length += utf8.RuneCountInString(p.Text)
		if p.Text == "" || !utf8.ValidString(p.Text) {
			t.Fatalf("%.60q: piece %q", s, p.Text)
		}
	}
	if length > 160+4 {
		t.Fatalf("%.60q: a snippet of %d", s, length)
	}
	Guess(s)
}

func TestNothingMakesItSlowOrLarge(t *testing.T) {
	a := NewAnalyzer(organisation())
	for _, s := range hostile() {
		check(t, a, s)
	}
}

// TestOneMistakeIsOne makes one mistake in random words.
func TestOneMistakeIsOne(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	some := []rune("abcdeé")
	for range 20_000 {
		word := make([]rune, 3+r.IntN(8))
		for i := range word {
			word[i] = some[r.IntN(len(some))]
		}
		wrong := slices.Clone(word)
		switch i := r.IntN(len(word)); r.IntN(4) {
		case 0:
			wrong = slices.Delete(wrong, i, i+1)
		case 1:
			wrong = slices.Insert(wrong, i, some[r.IntN(len(some))])
		case 2:
			wrong[i] = some[r.IntN(len(some))]
		case 3:
			if i > 0 {
				wrong[i], wrong[i-1] = wrong[i-1], wrong[i]
			}
		}
		a, b := string(word), string(wrong)
		if d := Distance(a, b, 2); d > 1 || Distance(b, a, 2) != d {
			t.Fatalf("%s %s: %d and %d", a, b, d, Distance(b, a, 2))
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range hostile() {
		f.Add(clipBytes(s, 300))
	}
	a := NewAnalyzer(organisation())
	f.Fuzz(func(t *testing.T, s string) { check(t, a, clipBytes(s, 5_000)) })
}

func FuzzStem(f *testing.F) {
	f.Add("verlofaanvragen", "running")
	f.Fuzz(func(t *testing.T, nl, en string) {
		for _, w := range []string{Fold(nl), Fold(en)} {
			for _, lang := range []string{Dutch, English, "fr", ""} {
				if s := Stem(lang, w); s == "" && w != "" || len(s) > len(w)+2 || s != Stem(lang, w) {
					t.Fatalf("%s %q: %q", lang, w, s)
				}
			}
		}
		if d := Distance(nl, en, 3); d < 0 || d > 4 || Distance(en, nl, 3) != d {
			t.Fatalf("%q %q: %d and %d", nl, en, d, Distance(en, nl, 3))
		}
	})
}
