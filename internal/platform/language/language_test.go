package language

import "testing"

func TestATextAnswersItsOwnWords(t *testing.T) {
	a := NewAnalyzer(Learn(map[string]int{"verlof": 10, "aanvraag": 9}))
	terms := map[string]bool{}
	for _, term := range a.Terms("De verlofaanvraag van Renée’s collega’s 🙂") {
		terms[term.Text] = true
	}
	for _, q := range []string{"verlofaanvraag", "aanvraag verlof", "RENEE", "collega"} {
		for _, group := range a.Query(q, 10) {
			found := false
			for _, alternative := range group {
				found = found || terms[alternative]
			}
			if !found {
				t.Errorf("%q: no term of %v among %v", q, group, terms)
			}
		}
	}
}
