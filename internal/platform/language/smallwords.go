package language

import "strings"

// The small words of both languages: they give a language away and say nothing
// else.
const (
	dutchSmall = `de het een en van niet dat ook voor met zijn er maar aan naar wat kan wordt worden bij nog dan als
		ik je jij jullie onze deze dit door heeft hebben gaat wel uw u hoe waar wie geen om te zo al hier heb ben bent hij zij ze
		mijn jouw kunnen moet moeten mag uit tot die hun haar hem ons toch dus`
	englishSmall = `the and to that it you for with not this are be have has on at from they what how my your would
		could should there their will dont cant im he she his her our us who when where which been were about than then if but so do does
		did an`
)

// smallWords gives the language of each; a word that both have is "both".
var smallWords = func() map[string]string {
	out := map[string]string{"in": "both", "is": "both", "was": "both", "we": "both", "of": "both", "over": "both", "me": "both"}
	for _, w := range strings.Fields(dutchSmall) {
		out[w] = Dutch
	}
	for _, w := range strings.Fields(englishSmall) {
		if out[w] != "" {
			out[w] = "both"
			continue
		}
		out[w] = English
	}
	return out
}()
