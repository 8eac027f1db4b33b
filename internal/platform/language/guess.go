package language

// Guess says in which language a text is written, from its smallest words: Dutch,
// English, or "" when it cannot tell.
func Guess(s string) string {
	const enough = 4000 // bytes
	language, _ := guess(Tokens(clipBytes(s, enough)))
	return language
}

// guess is sure when it saw several small words and hardly any of the other
// language.
func guess(tokens []Token) (language string, sure bool) {
	const enough = 400 // tokens
	nl, en := 0, 0
	for _, t := range tokens[:min(len(tokens), enough)] {
		tells := smallWords[t.Text]
		if tells == "" {
			tells = tellingWords[t.Text]
		}
		switch tells {
		case Dutch:
			nl++
		case English:
			en++
		}
	}
	switch {
	case nl > en:
		return Dutch, nl >= 2 && nl >= 4*en
	case en > nl:
		return English, en >= 2 && en >= 4*nl
	}
	return "", false
}
