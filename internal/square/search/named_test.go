package search_test

import (
	"testing"

	"plein/internal/square/search"
)

func TestNamesAreFoundByTheirSound(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna := h.Person("Anna Smit", 0)
		h.Person("Sofie Meijer", 0)
		h.Person("Thijs Brouwer", 0)
		h.Indexed()
		for typed, want := range map[string]string{"meyer": "Sofie Meijer", "meier": "Sofie Meijer", "brauwer": "Thijs Brouwer", "maaier": "", "bouwer": "Thijs Brouwer"} {
			res := h.ask(anna, search.Query{Text: typed})
			got := ""
			for _, p := range res.People {
				got += p.Name
			}
			if got != want {
				t.Errorf("%q finds %q, not %q", typed, got, want)
			}
		}
	})
}
