package language

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The bounds of a text. What is beyond them is not found, and nothing else
// happens.
const (
	MaxTokens    = 100_000 // of one text
	MaxTokenSize = 40      // bytes of a folded token; the rest of a longer one is left out
)

// Token is one word of a text, folded, with the place of the whole of it
// (ending and invisible characters included) in bytes of the source.
type Token struct {
	Text       string
	Start, End int
}

// Tokens cuts a text into words of letters and digits. Emoji and other signs are
// no tokens. An apostrophe joins ("zo'n" is zon), a plural or possessive after it
// falls away ("foto's", "Anna's"), and so does a French article before it.
func Tokens(s string) []Token {
	var out []Token
	var b strings.Builder
	start, apostrophe := -1, -1 // where the token began, and how long it was at its last apostrophe
	end := func(at int) {
		if start < 0 {
			return
		}
		if text := elide(b.String(), apostrophe); text != "" {
			out = append(out, Token{Text: text, Start: start, End: at})
		}
		b.Reset()
		start, apostrophe = -1, -1
	}
	last := 0 // where the last letter ended
	for i := 0; i < len(s) && len(out) < MaxTokens; {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case inWord(r):
			if start < 0 {
				start = i
			}
			if b.Len() < MaxTokenSize {
				foldWord(&b, r)
			}
			last = i + n
		case unseen(r):
			if start >= 0 {
				last = i + n
			}
		case isApostrophe(r) && start >= 0 && startsWord(s[i+n:]):
			apostrophe = b.Len()
		default:
			end(last)
		}
		i += n
	}
	if len(out) < MaxTokens {
		end(last)
	}
	return out
}

func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.In(r, unicode.L, unicode.Nd, unicode.Nl, unicode.Mc)
}

func startsWord(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return inWord(r)
}

func isApostrophe(r rune) bool {
	return r == '\'' || r == '’' || r == 'ʼ' || r == '‘' || r == '´'
}

// foldWord folds one letter and leaves out what folding made of it that is no
// letter (a long vowel mark of its own, a fraction bar).
func foldWord(b *strings.Builder, r rune) {
	if r < utf8.RuneSelf {
		fold(b, r)
		return
	}
	var one strings.Builder
	fold(&one, r)
	for _, f := range one.String() {
		if inWord(f) && b.Len()+utf8.RuneLen(f) <= MaxTokenSize {
			b.WriteRune(f)
		}
	}
}

// elide takes from a word what an apostrophe holds on to it. at is the length
// before the last apostrophe, or -1.
func elide(word string, at int) string {
	if at <= 0 || at > len(word) {
		return word
	}
	before, after := word[:at], word[at:]
	switch after {
	case "s", "tje", "tjes", "er", "ers", "en":
		return before
	}
	switch before {
	case "d", "l", "qu":
		if len(after) > 2 {
			return after
		}
	}
	return word
}
