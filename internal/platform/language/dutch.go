package language

import "strings"

// dutchStem brings a Dutch word back to its stem. It follows the approach of
// Kraaij and Pohlmann ("Porter's stemming algorithm for Dutch", 1994: inflection
// before derivation, vowels made long again, participles without their ge-) but
// decides in the cases in which a colleague's question was not found with it:
// "borden" is a plural and no past tense, ge- falls only where the ending is a
// participle's, and -ge- only behind a word that can be separated ("aangevraagd").
// TestDutchStems has what must meet and what must not.
func dutchStem(word string) string {
	if stem, ok := dutchOdd[word]; ok {
		return stem
	}
	w := dutchPlural(word)
	if stem, ok := dutchOdd[w]; ok {
		return stem
	}
	w, open := dutchInflection(w)
	w = dutchDerivation(w, &open)
	w, participle := withoutGe(w, word)
	return dutchEnd(w, open, participle)
}

// dutchOdd are words that go their own way, and those that look like a form of
// another word and are not.
var dutchOdd = map[string]string{
	"leden": "lid", "steden": "stad", "schepen": "schip", "kinderen": "kind", "eieren": "ei", "koeien": "koe", "heden": "heden",
	"geleden": "geleden", "verleden": "verleden", "overheid": "overheid", "overheden": "overheid", "eenheid": "eenheid",
	"eenheden": "eenheid", "gezin": "gezin", "gezinnen": "gezin", "kwaliteit": "kwaliteit", "mogen": "mag", "moeten": "moet",
	"ging": "gaan", "gaat": "gaan", "staat": "staat", "ding": "ding", "dingen": "ding", "kring": "kring", "kringen": "kring",
	"koning": "koning", "rijst": "rijst", "koffie": "koffie", "data": "data", "dagen": "dag", "dagje": "dag", "wegen": "weg",
	"glazen": "glas", "spelen": "spel", "gebeden": "gebed", "museum": "museum", "musea": "museum", "centra": "centrum",
	"media": "medium", "meiden": "meid", "zieken": "ziek", "zieke": "ziek", "loten": "lot", "beding": "beding",
	"nieuws": "nieuws", "thuis": "thuis", "onderling": "onderling", "leerling": "leerling", "leerlingen": "leerling",
	"doelen": "doel", "bussen": "bus", "gehad": "heb", "heeft": "heb", "hebben": "heb", "had": "heb", "hadden": "heb",
	"open": "open", "over": "over", "eten": "eten", "gegeten": "eten", "eet": "eten", "even": "even", "eisen": "eis",
	"advies": "advies", "adviezen": "advies", "plek": "plek", "dienst": "dienst", "maandag": "maandag", "vergeten": "vergeet",
	"gaf": "geef", "gaven": "geef", "gegeven": "gegeven", "gegevens": "gegeven", "dochter": "dochter",
	"uren": "uur", "ogen": "oog", "oren": "oor", "teken": "teken", "wapen": "wapen", "regen": "regen", "oven": "oven", "haven": "haven",
	"wagen": "wagen", "keuken": "keuken", "reden": "reden", "redenen": "reden", "molen": "molen", "toren": "toren", "laken": "laken",
	"examen": "examen", "varken": "varken", "gepland": "plan", "ingepland": "inplan", "geest": "geest",
	"zonder": "zonder", "onder": "onder", "ander": "ander", "anders": "ander", "andere": "ander", "anderen": "ander",
}

// plurals that change the vowel, also at the end of a compound ("teamleden").
var dutchVowelPlurals = []struct{ ending, becomes string }{
	{"leden", "lid"}, {"kinderen", "kind"}, {"steden", "stad"}, {"schepen", "schip"},
}

// dutchPlural takes off an s, and puts plurals that end otherwise right.
func dutchPlural(w string) string {
	for _, p := range dutchVowelPlurals {
		if head, ok := strings.CutSuffix(w, p.ending); ok && len(head) > 2 && head != "over" && head != "ver" && head != "aan" {
			return head + p.becomes
		}
	}
	switch n := len(w); {
	case strings.HasSuffix(w, "ieen"), strings.HasSuffix(w, "eeen"): // knieën, ideeën
		return w[:n-2]
	case n >= 7 && strings.HasSuffix(w, "ien") && !isVowel(w[n-4]): // bacteriën
		return w[:n-1]
	case strings.HasSuffix(w, "heden") && n > 7:
		return w[:n-5] + "heid"
	case strings.HasSuffix(w, "ies") && n > 4, strings.HasSuffix(w, "ees") && n > 5, strings.HasSuffix(w, "aus") && n > 4:
		return w[:n-1]
	case n > 4 && w[n-1] == 's' && w[n-2] == 'e' && !isVowel(w[n-3]):
		for _, whole := range []string{"adres", "congres", "expres", "proces", "succes", "fles", "kes"} {
			if strings.HasSuffix(w, whole) {
				return w
			}
		}
		return w[:n-1]
	case n > 3 && w[n-1] == 's' && !isVowel(w[n-2]) && w[n-2] != 's' && w[n-2] != 't':
		foreign := n > 4 && strings.IndexByte("ldg", w[n-2]) >= 0 && isVowel(w[n-3]) && isVowel(w[n-4]) // mails, tools
		if syllables(w) == 1 && strings.IndexByte("pbm", w[n-2]) < 0 && !foreign {
			return w // mens, koers, reeks
		}
		return w[:n-1]
	}
	return w
}

// dutchInflection takes off the endings of verbs and adjectives, and small ones.
// open says that the last syllable was an open one, so that its vowel was long.
func dutchInflection(w string) (stem string, open bool) {
	n := len(w)
	cut := func(ending string, keep int) bool {
		return strings.HasSuffix(w, ending) && n-len(ending) >= keep && syllables(w[:n-len(ending)]) > 0
	}
	opens := func(s string) bool {
		m := len(s)
		return m >= 2 && !isVowel(s[m-1]) && s[m-1] != 'w' && s[m-1] != 'x' && isVowel(s[m-2]) && (m == 2 || !isVowel(s[m-3]) || s[m-3:m-1] == "ij")
	}
	switch {
	case cut("etje", 3) && w[n-5] == w[n-6]: // vergaderinkje is below; bonnetje
		return w[:n-5], false
	case cut("inkje", 3):
		return w[:n-4] + "g", false
	case strings.HasSuffix(w, "artje") && syllables(w) == 2, strings.HasSuffix(w, "ortje") && syllables(w) == 2: // kaartje, soortje
		return w[:n-2], false
	case cut("pje", 3) && w[n-4] == 'm', cut("tje", 2) && (isVowel(w[n-4]) || strings.ContainsRune("lnrw", rune(w[n-4]))):
		return w[:n-3], false
	case cut("je", 3) && w[n-3] != 'i' && w[n-3] != 'o' && !isVowel(w[n-3]):
		return w[:n-2], false
	case cut("enden", 3) && !isVowel(w[n-6]), cut("ende", 4) && !isVowel(w[n-5]):
		return dutchInflection(strings.TrimSuffix(strings.TrimSuffix(w, "den"), "de"))
	case cut("en", 3) && !isVowel(w[n-3]), cut("en", 3) && endsGlide(w[:n-2]):
		s := w[:n-2]
		if strings.HasSuffix(s, "en") && len(s) >= 6 && !isVowel(s[len(s)-3]) {
			return s, false // rekenen
		}
		return s, opens(s)
	case cut("ere", 4) || cut("ste", 4) && len(w) > 6:
		return w[:n-1], opens(w[:n-1])
	case cut("e", 3) && !isVowel(w[n-2]), cut("e", 4) && endsGlide(w[:n-1]):
		return w[:n-1], opens(w[:n-1])
	}
	return w, false
}

// endsGlide says that a word ends in a vowel that an ending may follow: maai-en,
// bij-en, groei-en.
func endsGlide(w string) bool {
	for _, e := range []string{"aai", "ooi", "oei", "ij", "ei", "ui", "oe", "uw"} {
		if strings.HasSuffix(w, e) {
			return true
		}
	}
	return false
}

// dutchDerivation takes off what makes a noun of a verb, so that "registratie"
// meets "registreren" and "vergadering" meets "vergaderen".
func dutchDerivation(w string, open *bool) string {
	n := len(w)
	switch {
	case strings.HasSuffix(w, "atie") && n > 7:
		*open = false
		return w[:n-4] + "er"
	case strings.HasSuffix(w, "heid") && n > 7:
		*open = false
		return w[:n-4]
	case strings.HasSuffix(w, "ing") && n > 5 && !isVowel(w[n-4]) && syllables(w[:n-3]) > 0 && !strings.HasSuffix(w, "ling"):
		s := w[:n-3]
		*open = isOpen(s)
		return s
	case strings.HasSuffix(w, "ling") && n > 6 && w != "sterling":
		// afdeling, regeling, betaling: verbs in -elen and -alen
		s := w[:n-3]
		*open = isOpen(s)
		return s
	case strings.HasSuffix(w, "ing") && n > 5 && endsGlide(w[:n-3]):
		*open = false
		return w[:n-3]
	}
	return w
}

func isOpen(s string) bool {
	m := len(s)
	return m >= 2 && !isVowel(s[m-1]) && s[m-1] != 'w' && s[m-1] != 'x' && isVowel(s[m-2]) && (m == 2 || !isVowel(s[m-3]))
}

// separable are the words that stand before a verb and let ge in: aan-ge-vraagd.
var separable = []string{"aan", "achter", "af", "bij", "binnen", "deel", "dicht", "door", "goed", "in", "klaar", "langs", "los", "mee",
	"na", "neer", "om", "onder", "op", "open", "over", "plaats", "rond", "samen", "tegen", "terug", "thuis", "toe", "uit", "vast", "vol",
	"voor", "voort", "vrij", "weg"}

// geNouns begin with ge- and end as a participle does, and are none.
var geNouns = map[string]bool{"gebied": true, "geluid": true, "gezond": true, "gebed": true, "geduld": true, "geweld": true, "gedicht": true,
	"gezicht": true, "gewicht": true, "gerecht": true, "gerucht": true, "gehakt": true, "gemeent": true, "gebit": true, "geschikt": true,
	"gelijk": true, "gewoon": true, "gemak": true, "gebrek": true, "geheim": true, "geval": true, "gevaar": true, "getal": true, "geluk": true,
	"genot": true, "gebeurt": true, "gebouw": true, "gesprek": true, "gebruik": true, "gezel": true, "gezant": true, "gedrag": true,
	"gevoel": true, "gerief": true, "gerust": true, "geld": true, "gedeelt": true, "gehoor": true, "gevolg": true, "geloof": true, "gewond": true,
	"geest": true, "gebeur": true, "gegeven": true, "gelov": true, "gevoelen": true, "genoeg": true, "gedacht": true,
	"gedraag": true, "gevaren": true, "gedrocht": true, "gebak": true, "gebaar": true, "gebar": true, "gebeden": true, "geslacht": true,
	"gevecht": true, "gevest": true, "gewest": true, "gewaad": true, "gewricht": true, "geniet": true, "gebod": true}

// geVerbs begin with ge- in all their forms.
var geVerbs = []string{"gebruik", "gebeur", "geloof", "gelov", "geniet", "genot", "gedraag", "gedrag", "genees", "genez", "getuig", "gebied", "gewen"}

// withoutGe takes the ge of a participle away. whole is the word as it was said.
func withoutGe(w, whole string) (stem string, participle bool) {
	ending := false
	for _, e := range []string{"d", "t", "en", "de", "te"} {
		ending = ending || strings.HasSuffix(whole, e)
	}
	if !ending {
		return w, false
	}
	for _, v := range geVerbs {
		if rest, ok := strings.CutPrefix(w, v); ok && len(rest) <= 2 {
			return w, false
		}
	}
	if rest, ok := strings.CutPrefix(w, "ge"); ok && len(rest) >= 3 && syllables(rest) > 0 && mayFollowGe(rest) && !geNouns[undouble(w)] {
		return rest, true
	}
	for _, s := range separable {
		behind, ok := strings.CutPrefix(w, s)
		if !ok {
			continue
		}
		if rest, ok := strings.CutPrefix(behind, "ge"); ok && len(rest) >= 3 && syllables(rest) > 0 && mayFollowGe(rest) {
			return s + rest, true
		}
	}
	return w, false
}

// mayFollowGe keeps "geel" and "geest" whole, and not "geinformeerd".
func mayFollowGe(rest string) bool {
	return !isVowel(rest[0]) || rest[0] != 'e' && len(rest) >= 5 && syllables(rest) > 1
}

func undouble(w string) string {
	if n := len(w); n > 3 && w[n-1] == w[n-2] && !isVowel(w[n-1]) {
		return w[:n-1]
	}
	return w
}

// endsInD are verbs whose own d is not that of the participle.
var endsInD = map[string]bool{"meld": true, "hard": true, "aard": true, "woord": true, "beeld": true, "schuld": true, "leid": true}

// dutchEnd puts the end of a stem into one spelling.
func dutchEnd(w string, open, participle bool) string {
	if len(w) < 3 {
		return w
	}
	if strings.HasSuffix(w, "dt") {
		w = w[:len(w)-1]
	}
	if verbEnd(w, participle) {
		w = w[:len(w)-1]
	}
	if n := len(w); n > 3 {
		switch w[n-2:] {
		case "kt", "ft", "pt":
			w = w[:n-1]
		}
	}
	if short := undouble(w); short != w {
		w, open = short, false
	}
	n := len(w)
	switch w[n-1] {
	case 'v':
		w = w[:n-1] + "f"
	case 'z':
		w = w[:n-1] + "s"
	}
	return vowelLength(w, open)
}

// verbEnd says that the d or t at the end is what a verb puts behind its stem:
// bezorgd, levert, betaalt, geopend.
func verbEnd(w string, participle bool) bool {
	n := len(w)
	if n < 4 {
		return false
	}
	last, before, poly := w[n-1], w[n-2], syllables(w) > 1
	long := isVowel(w[n-3]) && isVowel(w[n-4])
	switch last {
	case 'd':
		switch {
		case endsInD[w]:
			return false
		case strings.HasSuffix(w, "aaid"), strings.HasSuffix(w, "oeid"), strings.HasSuffix(w, "ooid"):
			return true
		case participle && strings.HasSuffix(w, "end"):
			return poly
		case participle:
			return !isVowel(before) && (before != 'n' || long)
		}
		return poly && strings.IndexByte("lrgmwvfzsb", before) >= 0
	case 't':
		switch {
		case before == 'g', before == 'm', before == 'b', before == 'l', before == 'w':
			return true
		case strings.HasSuffix(w, "aait"), strings.HasSuffix(w, "oeit"), strings.HasSuffix(w, "ooit"):
			return true
		case strings.HasSuffix(w, "uist"), strings.HasSuffix(w, "ijst"):
			return poly
		case before == 'r':
			return poly
		case before == 's':
			return participle && !poly && n > 4
		}
		return long && strings.IndexByte("nkpf", before) >= 0
	}
	return false
}

// vowelLength writes the last vowel long where the syllable was open, and an e of
// a longer word always short: "leveren", "levering" and "levert" have one that
// cannot be heard, "proberen" and "probeert" one that can, and no spelling tells.
func vowelLength(w string, open bool) string {
	n := len(w)
	if n < 3 || isVowel(w[n-1]) {
		return w
	}
	if strings.HasSuffix(w[:n-1], "ee") && syllables(w) > 1 {
		return w[:n-2] + w[n-1:]
	}
	if !open || !isVowel(w[n-2]) || isVowel(w[n-3]) || w[n-1] == 'w' || w[n-1] == 'x' {
		return w
	}
	switch v := w[n-2]; v {
	case 'a', 'o', 'u':
		return w[:n-1] + string(v) + w[n-1:]
	case 'e':
		if syllables(w) == 1 {
			return w[:n-1] + "e" + w[n-1:]
		}
	}
	return w
}

func isVowel(c byte) bool {
	switch c {
	case 'a', 'e', 'i', 'o', 'u', 'y':
		return true
	}
	return false
}

// syllables counts the groups of vowels.
func syllables(w string) int {
	n := 0
	for i := range len(w) {
		if isVowel(w[i]) && (i == 0 || !isVowel(w[i-1])) {
			n++
		}
	}
	return n
}
