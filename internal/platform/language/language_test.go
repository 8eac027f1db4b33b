package language

import (
	"slices"
	"strings"
	"testing"
)

// organisation is a vocabulary in which some long words are made of others.
func organisation() *Compounds {
	return Learn(map[string]int{"verlof": 40, "aanvraag": 30, "aanvragen": 25, "verlofaanvraag": 12, "medewerker": 50, "medewerkers": 60,
		"tevredenheid": 8, "onderzoek": 30, "klant": 20, "klanten": 30, "service": 15, "kind": 9, "kinderen": 20, "opvang": 12, "formulier": 14,
		"formulieren": 9, "vergadering": 20, "zaal": 9, "ziek": 30, "huis": 40, "ziekenhuis": 300, "bed": 30, "bedden": 12, "oor": 2, "room": 2, "wacht": 9,
		"woord": 9, "wachtwoord": 80, "acht": 50, "grond": 20, "achtergrond": 4, "over": 200, "leggen": 20, "overleg": 80, "jaar": 90,
		"verslag": 15, "jaarverslag": 10, "rooster": 30, "dienst": 30, "dienstrooster": 70, "vraag": 200, "zeldzaam": 1, "knip": 2})
}

func answers(a *Analyzer, text, query string) bool {
	terms := map[string]bool{}
	for _, t := range a.Terms(text) {
		terms[t.Text] = true
	}
	groups := a.Query(query, 12)
	for _, group := range groups {
		if !slices.ContainsFunc(group, func(s string) bool { return terms[s] }) {
			return false
		}
	}
	return len(groups) > 0
}

func TestAQuestionFindsWhatWasMeant(t *testing.T) {
	a := NewAnalyzer(organisation())
	for _, c := range []struct{ text, query string }{
		{"Hoe dien ik een aanvraag voor verlof in?", "verlofaanvraag"},
		{"Je verlofaanvraag is goedgekeurd.", "aanvraag voor verlof"},
		{"Je verlofaanvraag is goedgekeurd.", "verlof aanvragen"},
		{"Alle verlofaanvragen staan klaar", "aanvraag verlof"},
		{"Het dienstrooster hangt er", "rooster van de dienst"},
		{"Het rooster van de dienst", "dienstrooster rooster"},
		{"De uitslag van het medewerkerstevredenheidsonderzoek", "onderzoek tevredenheid medewerkers"},
		{"onderzoek naar de tevredenheid van medewerkers", "medewerkerstevredenheidsonderzoek"},
		{"Zaal voor de vergaderingen", "vergaderzaal"},
		{"kinderopvang", "opvang kind"}, {"het dienstrooster", "rooster dienst"}, {"mijn wachtwoord", "woord wacht"}, {"een bed voor wie verlof heeft", "verlofbed"}, {"de huur van een knip", "knip"},
		{"klantenservice", "service klanten"},
		{"Heb je het al aangevraagd?", "aanvraag"},
		{"Vergeet niet je verlof op tijd aan te vragen", "aanvragen"}, {"Wie kan aanvragen goedkeuren", "om aan te vragen"},
		{"Renée's collega’s en foto's", "renee collega foto"},
		{"Anna’s agenda", "anna"},
		{"e-mail", "email"}, {"email", "e-mail"}, {"thuis-werken", "thuiswerken"}, {"versie 8.3.1", "8.3"},
		{"De IT-afdeling helpt je", "IT"}, {"De IT-afdeling helpt je", "it"}, {"De OR vergadert", "OR"},
		{"wij zoeken #GoedNieuws", "nieuws"}, {"#verlofaanvraag", "verlof"},
		{"The meetings were cancelled and it was fine", "meeting"}, {"Running tests with it on the server", "run test"},
		{"coöperatie Café naïef", "cooperatie cafe naief"}, {"cooperatie", "coöperatie"},
		{"ver\u00adlof ver\u200blof\u200d", "verlof"}, {"𝓿𝓮𝓻𝓵𝓸𝓯", "verlof"}, {"STRASSE", "straße"}, {"IJsland", "ijsland"},
		{"łódź", "lodz"}, {"Ærø", "aero"}, {"мир", "мир"}, {"שלום עולם", "עולם"}, {"مرحبا", "مَرْحَبًا"},
		{"verlof en aanvraag", `("verlof" aanvraag* -`}, {"hoe zit dat", "hoe zit het"},
	} {
		if !answers(a, c.text, c.query) {
			t.Errorf("%q does not find %q: %v has no one of %v", c.query, c.text, a.Terms(c.text), a.Query(c.query, 12))
		}
	}
	for _, c := range []struct{ text, query string }{
		{"Het ziekenhuis is open", "huis"}, {"Ik werk hier op de achtergrond", "grond"}, {"Mijn overleg is om tien uur", "leggen"},
		{"Je wachtwoord is te kort voor ons", "woord"}, {"Heb je een vraag aan ons", "aanvraag"}, {"It is what it is, and it works", "IT"},
		{"Ik wil alleen verlof", "verlofaanvraag"}, {"een verlofaanvraag", "vergadering"},
	} {
		if answers(a, c.text, c.query) {
			t.Errorf("%q finds %q", c.query, c.text)
		}
	}
}

func TestCompoundsAreTakenApart(t *testing.T) {
	c := organisation()
	for word, want := range map[string]string{
		"verlofaanvraag": "verlof aanvraag", "verlofaanvragen": "verlof aanvragen", "verlofsaanvraag": "verlof aanvraag",
		"medewerkerstevredenheidsonderzoek": "medewerkers tevredenheid onderzoek", "klantenservice": "klanten service",
		"kinderopvang": "kind opvang", "vergaderingszaal": "vergadering zaal", "aanvraagformulieren": "aanvraag formulieren",
		"jaarverslag": "jaar verslag", "verlofaanvraagformulier": "verlof aanvraag formulier",
		// used more than its parts, too short, too rare, or no compound at all
		"ziekenhuis": "", "wachtwoord": "", "achtergrond": "", "overleg": "", "overleggen": "", "verlofknip": "", "verlofbed": "", "bedaanvraag": "", "verlofoor": "",
		"zeldzaamverlof": "", "verlof": "", "aanvraag": "", "": "", "verlofverlof2": "", "onbekendwoord": "",
	} {
		if got := strings.Join(c.Split(word), " "); got != want {
			t.Errorf("%s: %q, not %q", word, got, want)
		}
	}
	var none *Compounds
	if none.Split("verlofaanvraag") != nil || NewAnalyzer(nil).Query("verlofaanvraag", 3) == nil {
		t.Error("without compounds nothing works")
	}
}

func TestVocabularyKeepsToDutchAndToItsSize(t *testing.T) {
	var v Vocabulary
	v.Add("The notebook is on the table and it is not yours")
	v.Add("Het verlof van de medewerkers; verlof, verlof!")
	v.Add("verlof")
	if n := v.Counts()["verlof"]; n != 2 {
		t.Errorf("verlof stands in %d texts", n)
	}
	if v.Counts()["notebook"] != 0 {
		t.Error("an English text teaches Dutch compounds")
	}
	var b strings.Builder
	word := make([]byte, 6)
	for i := range maxVocabular + 10 {
		for j, n := 0, i; j < len(word); j, n = j+1, n/26 {
			word[j] = byte('a' + n%26)
		}
		b.Write(word)
		b.WriteByte(' ')
		if i%5000 == 0 {
			v.Add(b.String())
			b.Reset()
		}
	}
	v.Add(b.String())
	v.Add(b.String() + " nogmaals nieuw")
	if len(v.Counts()) > maxVocabular || v.Counts()["verlof"] != 2 {
		t.Errorf("%d words, verlof %d times", len(v.Counts()), v.Counts()["verlof"])
	}
}

func TestTokensKnowTheirPlace(t *testing.T) {
	for source, want := range map[string]string{
		"Foto's van Renée (2024)!":   "foto|Foto's van|van renee|Renée 2024|2024",
		"zo'n d'Artagnan, l'heure":   "zon|zo'n artagnan|d'Artagnan heure|l'heure",
		"🙂 👩‍👩‍👧 1️⃣ §5 a_b":         "1|1️⃣ 5|5 a|a b|b",
		"'quoted' \"AND\" (x OR y)*": "quoted|quoted and|AND x|x or|OR y|y",
		"\u202eomgekeerd\u202c":      "omgekeerd|omgekeerd\u202c",
		"\xff\xfeab\xc3":             "ab|ab",
		"½ ² Ⅳ ①":                    "iv|Ⅳ",
		"":                           "",
	} {
		var got []string
		for _, token := range Tokens(source) {
			got = append(got, token.Text+"|"+source[token.Start:token.End])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %q, not %q", source, strings.Join(got, " "), want)
		}
	}
}

func TestGuess(t *testing.T) {
	for text, want := range map[string]string{
		"Wie weet waar de sleutel van de kelder is?": Dutch, "Does anybody know where the key of the cellar is?": English,
		"": "", "ok top": "", "verlof aanvragen": "", "🙂": "", "12 34": "", "Wie gaat er mee lunchen?": Dutch,
		"import foo; return bar": "", "Het is what it is": English,
	} {
		if got := Guess(text); got != want {
			t.Errorf("%q is %q, not %q", text, got, want)
		}
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"janssen", "jansen", 1}, {"meijer", "miejer", 1}, {"sanne", "sanne", 0}, {"abc", "xyz", 3}, {"abcd", "xyzw", 3}, {"", "ab", 2},
		{"verlof", "verlfo", 1}, {"verlof", "vrelfo", 2}, {"ca", "abc", 3}, {"", "", 0}, {"renée", "renee", 1},
	} {
		if got := Distance(c.a, c.b, 2); got != c.want || Distance(c.b, c.a, 2) != c.want {
			t.Errorf("%s %s: %d and %d, not %d", c.a, c.b, got, Distance(c.b, c.a, 2), c.want)
		}
	}
	for _, family := range []string{"meijer meyer meier", "jansen janssen", "sofie sophie", "erik eric erick", "thijs tijs", "bosch bos",
		"brouwer brauwer", "lydia lidia", "gerard gerart"} {
		names := strings.Fields(family)
		for _, name := range names[1:] {
			if Sound(name) != Sound(names[0]) {
				t.Errorf("%s sounds as %s, %s as %s", name, Sound(name), names[0], Sound(names[0]))
			}
		}
	}
	for _, pair := range [][2]string{{"jansen", "hansen"}, {"bakker", "backes"}, {"peter", "petra"}, {"meijer", "maaier"}} {
		if Sound(pair[0]) == Sound(pair[1]) {
			t.Errorf("%s and %s sound the same: %s", pair[0], pair[1], Sound(pair[0]))
		}
	}
}

func TestSnippet(t *testing.T) {
	a := NewAnalyzer(organisation())
	show := func(source, query string, width int) string {
		terms := map[string]bool{}
		for _, g := range a.Query(query, 10) {
			for _, alternative := range g {
				terms[alternative] = true
			}
		}
		var b strings.Builder
		for _, p := range Snippet(source, terms, a, width) {
			if p.Hit {
				b.WriteString("[" + p.Text + "]")
			} else {
				b.WriteString(p.Text)
			}
		}
		return b.String()
	}
	long := strings.Repeat("dit gaat nergens over ", 40) + "maar hier staat dat elke\n\n verlofaanvraag en het formulier anders gaan, " +
		strings.Repeat("en hier weer niets ", 40)
	for _, c := range []struct {
		source, query string
		width         int
		want          string
	}{
		{"Je verlofaanvraag is binnen", "aanvraag verlof", 80, "Je [verlofaanvraag] is binnen"},
		{"Foto's!", "foto", 80, "[Foto's]!"},
		{"een e-mail", "email", 80, "een [e-mail]"},
		{"niets\n\n\tte  zien", "verlof", 80, "niets te zien"},
		{"", "verlof", 80, ""},
		{long, "formulier aanvraag", 80, "… staat dat elke [verlofaanvraag] en het [formulier] anders gaan, en hier weer …"},
		{long, "geen", 40, "dit gaat nergens over dit gaat nergens …"},
	} {
		if got := show(c.source, c.query, c.width); got != c.want {
			t.Errorf("%q: %q, not %q", c.query, got, c.want)
		}
	}
}
