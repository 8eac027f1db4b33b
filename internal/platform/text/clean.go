package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"plein/internal/plein"
)

const (
	zeroWidthJoiner   = '\u200D'
	maxCombiningMarks = 3 // on one letter; living scripts need two
)

var (
	errNotText     = plein.E(plein.Invalid, "text.not_text", nil)
	errNameEmpty   = plein.E(plein.Invalid, "text.name_empty", nil)
	errNameStrange = plein.E(plein.Invalid, "text.name_strange", nil)
	errNameMixed   = plein.E(plein.Invalid, "text.name_mixed", nil)
)

// CleanName makes one line of what was typed as a name, title or other short
// field: NFC, trimmed, single spaces. It refuses what can make a name look like
// another one (TRUST S70): control, bidi and invisible characters, piles of
// combining marks, and words that mix alphabets that look alike. The longest
// name is max characters. Errors are Invalid: text.not_text, text.name_empty,
// text.name_strange, text.name_mixed, text.too_long {max, count}.
func CleanName(s string, max int) (string, error) {
	if !utf8.ValidString(s) {
		return "", errNotText
	}
	if len(s) > max*utf8.UTFMax*4 {
		return "", errTooLong(max, utf8.RuneCountInString(s))
	}
	s = norm.NFC.String(strings.TrimFunc(s, unicode.IsSpace))
	marks := 0
	runes := []rune(s)
	for i, r := range runes {
		if isInvisible(r) && !joins(runes, i) || isRefused(r) || r == '\n' || r == '\t' {
			return "", errNameStrange
		}
		if unicode.Is(unicode.M, r) {
			if marks++; marks > maxCombiningMarks {
				return "", errNameStrange
			}
		} else {
			marks = 0
		}
	}
	if mixesAlphabets(s) {
		return "", errNameMixed
	}
	s = strings.Join(strings.Fields(s), " ")
	if s == "" {
		return "", errNameEmpty
	}
	if n := utf8.RuneCountInString(s); n > max {
		return "", errTooLong(max, n)
	}
	return s, nil
}

// CleanBody makes a longer text ready to be stored as written: LF line ends, no
// blank lines before or after. It refuses bytes that are not UTF-8, control
// characters other than newline and tab, and noncharacters (TRUST S71, S74). The
// vertical tabs and line separators that word processors put on the clipboard
// become newlines. An empty text is no error here. Errors are Invalid:
// text.not_text, text.too_long {max, count}.
func CleanBody(s string, max int) (string, error) {
	if !utf8.ValidString(s) {
		return "", errNotText
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	refused := false
	s = strings.Map(func(r rune) rune {
		switch r {
		case '\r', '\v', '\f', '\u0085', '\u2028', '\u2029':
			return '\n'
		case '\uFEFF': // a byte order mark, pasted along
			return -1
		}
		if isRefused(r) {
			refused = true
		}
		return r
	}, s)
	if refused {
		return "", errNotText
	}
	s = strings.TrimRightFunc(s, unicode.IsSpace)
	for { // leading spaces of the first line may be an indented code block
		line, rest, more := strings.Cut(s, "\n")
		if !more || strings.TrimSpace(line) != "" {
			break
		}
		s = rest
	}
	if n := utf8.RuneCountInString(s); n > max {
		return "", errTooLong(max, n)
	}
	return s, nil
}

func errTooLong(max, count int) error {
	return plein.E(plein.Invalid, "text.too_long", plein.Args{"max": max, "count": count})
}

// isInvisible says that a character leaves no mark on the screen but changes
// what a name is, or changes the direction in which it is read.
func isInvisible(r rune) bool {
	switch r {
	case '\u115F', '\u1160', '\u3164', '\uFFA0', '\u17B4', '\u17B5', '\u2800', '\u034F', '\u2028', '\u2029':
		return true // fillers and separators that Unicode does not class as format characters
	}
	return unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs) || unicode.Is(unicode.Variation_Selector, r)
}

// joins says that an invisible character does its honest work at runes[i]: it
// chooses or joins pictograms, or keeps letters apart in a script that writes
// them joined. Between letters of other scripts it only hides.
func joins(runes []rune, i int) bool {
	if i == 0 {
		return false
	}
	before := runes[i-1]
	pictogram := unicode.In(before, unicode.So, unicode.Sk)
	switch r := runes[i]; r {
	case '\uFE0F', '\uFE0E':
		return pictogram || strings.ContainsRune("#*0123456789", before) && i+1 < len(runes) && runes[i+1] == '\u20E3'
	case zeroWidthJoiner, '\u200C':
		if i+1 == len(runes) {
			return false
		}
		if r == zeroWidthJoiner && (pictogram || before == '\uFE0F') {
			return unicode.In(runes[i+1], unicode.So)
		}
		return unicode.In(before, joining...) && unicode.In(runes[i+1], joining...)
	}
	return false
}

// joining are the scripts whose spelling needs the joiners.
var joining = []*unicode.RangeTable{unicode.Arabic, unicode.Syriac, unicode.Devanagari, unicode.Bengali, unicode.Gujarati,
	unicode.Gurmukhi, unicode.Kannada, unicode.Malayalam, unicode.Oriya, unicode.Sinhala, unicode.Tamil, unicode.Telugu}

// lookalikes are the alphabets whose letters are drawn like those of another.
var lookalikes = []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian,
	unicode.Cherokee, unicode.Lisu, unicode.Coptic}

// mixesAlphabets says that one word has letters of two alphabets that look
// alike, as in "Directie" with a Cyrillic e.
func mixesAlphabets(s string) bool {
	seen := -1
	for _, r := range s {
		if !unicode.IsLetter(r) {
			if !unicode.Is(unicode.M, r) {
				seen = -1
			}
			continue
		}
		for i, table := range lookalikes {
			if unicode.Is(table, r) {
				if seen >= 0 && seen != i {
					return true
				}
				seen = i
				break
			}
		}
	}
	return false
}

// folded are the letters that keep a shape of their own when their marks are
// taken away, but that people type as plain ones.
var folded = strings.NewReplacer("ø", "o", "ł", "l", "ß", "ss", "æ", "ae", "œ", "oe", "đ", "d", "ð", "d",
	"þ", "th", "ı", "i", "ħ", "h", "ŧ", "t", "’", "'", "‘", "'", "ʼ", "'", "`", "'", "‐", "-", "‑", "-", "–", "-")

// Fold gives the form in which names are compared and searched: lower case, no
// diacritics, single spaces. It is for finding, never for showing.
func Fold(s string) string {
	s = strings.ToLower(norm.NFKD.String(strings.ToValidUTF8(s, "")))
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) || unicode.In(r, unicode.Cf) {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(folded.Replace(s)), " ")
}

// FoldTag gives the one form of a hashtag, without the #: NFC, lower case,
// letters, digits, _ and -, at least one letter, at most plein.MaxTag
// characters. It says false when s is no tag.
func FoldTag(s string) (string, bool) {
	s = strings.TrimPrefix(s, "#")
	if len(s) > plein.MaxTag*utf8.UTFMax*3 || !utf8.ValidString(s) {
		return "", false
	}
	s = norm.NFC.String(strings.ToLower(norm.NFC.String(s)))
	letters, count := false, 0
	for _, r := range s {
		if !isTagRune(r) || (count == 0 && unicode.Is(unicode.M, r)) {
			return "", false
		}
		letters = letters || unicode.IsLetter(r)
		count++
	}
	return s, letters && count <= plein.MaxTag
}

// isTagRune says that a character can stand in a hashtag. Marks are in it
// because several scripts write their vowels with them.
func isTagRune(r rune) bool {
	if isInvisible(r) {
		return false
	}
	return r == '_' || r == '-' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.In(r, unicode.Mn, unicode.Mc)
}
