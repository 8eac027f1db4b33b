package text

import (
	"strings"
	"unicode"
)

// The words that give a language away. Words that both languages have ("is",
// "in", "we", "was", "of") are left out.
const (
	dutchWords = `de het een en van niet dat ook voor met zijn er maar aan naar wat kan wordt worden bij nog dan als
ik je jij jullie onze deze dit door heeft hebben gaat wel graag goed bedankt dank u uw hoe waar wie geen naar om
te zo al hier heb ben bent hij zij ze mijn jouw kunnen moet moeten mag iedereen vandaag morgen vraag fijn mooi
collega collega's volgende week uit over tot`
	englishWords = `the and to that it you for with not this are be have has on at from they what how please thanks
thank my your would could should there their will can't don't i i'm he she his her our us who when where which been
were about just new all some any morning today tomorrow question great good next know think than then out or but if
so do does did`
)

var stopWords = func() map[string]string {
	words := map[string]string{}
	for _, w := range strings.Fields(dutchWords) {
		words[w] = "nl"
	}
	for _, w := range strings.Fields(englishWords) {
		if words[w] == "nl" {
			delete(words, w)
			continue
		}
		words[w] = "en"
	}
	return words
}()

// guessLang counts the small words of each language in the first lines. It is
// cheap and honest: a tie, or nothing found, is "".
func guessLang(plain string) string {
	const enough = 4000 // bytes
	if len(plain) > enough {
		plain = strings.ToValidUTF8(plain[:enough], "")
	}
	dutch, english := 0, 0
	for _, word := range strings.FieldsFunc(strings.ToLower(plain), func(r rune) bool {
		return !unicode.IsLetter(r) && r != '\''
	}) {
		switch stopWords[word] {
		case "nl":
			dutch++
		case "en":
			english++
		}
	}
	switch {
	case dutch > english:
		return "nl"
	case english > dutch:
		return "en"
	}
	return ""
}
