package language

import "strings"

// Guess says in which language a text is written, from its smallest words: Dutch,
// English, or "" when it cannot tell.
func Guess(s string) string {
	const enough = 4000 // bytes
	if len(s) > enough {
		s = strings.ToValidUTF8(s[:enough], "")
	}
	nl, en := 0, 0
	for _, t := range Tokens(s) {
		switch smallWords[t.Text] {
		case Dutch:
			nl++
		case English:
			en++
		}
	}
	switch {
	case nl > en:
		return Dutch
	case en > nl:
		return English
	}
	return ""
}
