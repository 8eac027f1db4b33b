package language

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// apart are letters that Unicode does not take apart, with what people type for
// them on a keyboard that has them not.
var apart = map[rune]string{'ß': "ss", 'ẞ': "ss", 'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe", 'ø': "o", 'Ø': "o", 'ł': "l", 'Ł': "l",
	'đ': "d", 'Đ': "d", 'ð': "d", 'Ð': "d", 'þ': "th", 'Þ': "th", 'ħ': "h", 'Ħ': "h", 'ı': "i", 'ŀ': "l", 'ŉ': "n"}

// Fold writes a text the way everything is compared: small letters, no
// diacritics, no signs that cannot be seen. What is no letter stays as it is.
func Fold(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		fold(&b, r)
	}
	return b.String()
}

// plain says that folding would change nothing: the ordinary case is spared the
// copy.
func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return false
		}
	}
	return true
}

// fold writes one character, folded. It works on one at a time, so that a letter
// with ten thousand accents costs no more than ten thousand letters.
func fold(b *strings.Builder, r rune) {
	switch {
	case r < utf8.RuneSelf:
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		b.WriteByte(byte(r))
		return
	case unseen(r):
		return
	}
	if s, ok := apart[r]; ok {
		b.WriteString(s)
		return
	}
	var buf [utf8.UTFMax]byte
	n := utf8.EncodeRune(buf[:], r)
	whole := norm.NFKD.Properties(buf[:n]).Decomposition()
	if whole == nil {
		b.WriteRune(unicode.ToLower(r))
		return
	}
	for len(whole) > 0 {
		part, n := utf8.DecodeRune(whole)
		whole = whole[n:]
		if s, ok := apart[part]; ok {
			b.WriteString(s)
		} else if !unseen(part) {
			b.WriteRune(unicode.ToLower(part))
		}
	}
}

// unseen are the marks on letters, and the characters that only tell a screen
// what to do: joiners, soft hyphens, directions.
func unseen(r rune) bool { return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) }
