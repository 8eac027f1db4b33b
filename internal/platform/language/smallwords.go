package language

import "strings"

// The small words of both languages: they give a language away and say nothing
// else. What both languages have tells nothing about the language.
const (
	dutchSmall = `de het een en van niet dat ook voor met zijn er maar aan naar wat kan wordt worden bij nog dan als ik je jij jullie
		onze deze dit door heeft hebben gaat wel uw u hoe waar wie geen om te zo al hier heb ben bent hij zij ze mijn jouw kunnen moet
		moeten mag uit tot die hun haar hem ons toch dus dan daar had hadden heel iets iemand niets waren werd zou zouden zal zullen wil
		want omdat of als toen men mij jou zich zelf welke welk wanneer waarom hoor eens even graag gewoon sinds tijdens via per elk elke
		iedereen tegen onder tussen zonder na nu ja nee op`
	englishSmall = `the and to that it you for with not this are be have has on at from they what how my your would could should there
		their will dont cant im he she his her our us who when where which been were about than then if but so do does did an a or i as by
		can into out because these those them some any also just its ive isnt doesnt didnt wont very much too only`
	// Words that give a language away and say something: they are searched for.
	dutchTelling   = `bedankt dank goed fijn mooi vraag vandaag morgen volgende collega collegas groeten geleden beste fijne`
	englishTelling = `thanks thank please question today tomorrow great good next know think morning regards hello hi`

	bothSmall = `in is was we of over me am`
)

// tellingWords gives the language of each.
var tellingWords = func() map[string]string {
	out := map[string]string{}
	for _, w := range strings.Fields(dutchTelling) {
		out[w] = Dutch
	}
	for _, w := range strings.Fields(englishTelling) {
		out[w] = English
	}
	return out
}()

// smallWords gives the language of each; a word that both have is "both".
var smallWords = func() map[string]string {
	out := map[string]string{}
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
	for _, w := range strings.Fields(bothSmall) {
		out[w] = "both"
	}
	return out
}()
