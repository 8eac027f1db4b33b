package language

import "testing"

const post = `Sinds vanmorgen vraagt de medicatiekar op de afdeling bij elke lade opnieuw om mijn pincode. Mijn pas doet het wel bij de deur.
Twee collega's hebben hetzelfde. Is dit een storing of moet ik iets instellen? Ik heb de servicedesk gebeld, die dacht aan een instelling van
de ziekenhuisapotheek. Wie weet hoe we een verlofaanvraag voor de nachtdienst doen nu het dienstrooster vastzit? #medicatiekar #pas`

func BenchmarkTerms(b *testing.B) {
	a := NewAnalyzer(organisation())
	for b.Loop() {
		a.Terms(post)
	}
}

func BenchmarkQuery(b *testing.B) {
	a := NewAnalyzer(organisation())
	for b.Loop() {
		a.Query("verlofaanvraag nachtdienst instellen", 10)
	}
}

func BenchmarkStem(b *testing.B) {
	b.Run("nl", func(b *testing.B) {
		for b.Loop() {
			Stem(Dutch, "vergaderingen")
		}
	})
	b.Run("en", func(b *testing.B) {
		for b.Loop() {
			Stem(English, "organizations")
		}
	})
}

func BenchmarkSnippet(b *testing.B) {
	a := NewAnalyzer(organisation())
	for b.Loop() {
		Snippet(post, map[string]bool{"verlof": true, "storing": true}, a, 160)
	}
}
