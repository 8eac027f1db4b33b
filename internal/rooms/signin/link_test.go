package signin_test

import (
	"testing"
)

func TestSignInByLetter(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.browser()
		s.page(b.get("/sign-in?next=/groups/x"), 200, "Stuur me een link", "Met wachtwoord", `value="/groups/x"`)
		s.page(b.post("/sign-in", "email", "Samira@Linge.example", "way", "link", "next", "/groups/x"), 200, "Kijk in je mail")
		path := s.linkIn(s.letters(1)[0])
		s.page(b.get(path), 200, "Log in als Samira Bouali")
		if b.in() != "" {
			t.Fatal("following a link signed in")
		}
		s.to(b.post(path), "/groups/x")
		if b.in() != "Samira Bouali" {
			t.Fatal("not signed in")
		}
	})
}
