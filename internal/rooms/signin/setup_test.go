package signin_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

// TestS129: the first set-up needs the code, happens once, and is gone after.
func TestS129(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		code, err := s.SetupCode(s.ctx)
		s.must(err)
		if again, err := s.SetupCode(s.ctx); again != code || err != nil || len(code) != 14 {
			t.Fatalf("%q, then %q, %v", code, again, err)
		}
		b := s.browser()
		s.page(b.get("/setup"), 200, "Richt het plein in", `name="code"`)
		fields := []string{"code", code, "name", "Cora Elzinga", "email", "cora@linge.example", "password", "een schip vol tulpen"}
		with := func(name, value string) []string {
			out := slices.Clone(fields)
			out[slices.Index(out, name)+1] = value
			return out
		}
		for name, value := range map[string]string{"code": "AAAA-AAAA-AAAA", "name": "", "email": "cora", "password": "kort"} {
			got := b.post("/setup", with(name, value)...)
			s.page(got, 422, "field-err")
			if strings.Contains(got.body, "schip") {
				t.Error("a password came back")
			}
		}
		s.page(b.post("/setup", with("email", "samira@linge.example")...), 422, "field-err") // somebody else's
		if first, err := s.FirstRun(s.ctx); !first || err != nil {
			t.Fatal(first, err)
		}

		// Two at the same moment.
		var wg sync.WaitGroup
		replies := make(chan reply, 6)
		for i := range 6 {
			racer := s.browser()
			racer.ip = fmt.Sprintf("192.0.2.%d", 20+i)
			wg.Go(func() {
				replies <- racer.post("/setup", with("email", fmt.Sprintf("cora%d@linge.example", i))...)
			})
		}
		wg.Wait()
		close(replies)
		won := 0
		for got := range replies {
			switch got.status {
			case 303:
				won++
			case 404, 422:
			default:
				t.Errorf("%d %s", got.status, mainOf(got.body))
			}
		}
		admins, err := db.One(s.ctx, s.db.Read(), db.Value[int], `SELECT COUNT(*) FROM people_persons WHERE roles LIKE '%technical_admin%'`)
		s.must(err)
		if won != 1 || admins != 1 {
			t.Fatalf("%d won, %d administrators", won, admins)
		}
		none := b.get("/nergens")
		for _, got := range []reply{b.get("/setup"), b.post("/setup", fields...)} {
			if got.status != 404 || got.body != none.body {
				t.Errorf("after the set-up: %d", got.status)
			}
		}
		if code, err := s.SetupCode(s.ctx); code != "" || err != nil {
			t.Errorf("a code %q after the set-up, %v", code, err)
		}
		if got := b.get("/sign-in"); strings.Contains(got.body, "/setup") {
			t.Error("sign-in still leads to the set-up")
		}
		again := reopen(t, s)
		if got := again.browser().get("/setup"); got.status != 404 {
			t.Errorf("after a restart: %d", got.status)
		}
	})
}

func TestTheFirstAdminIsIn(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		code, err := s.SetupCode(s.ctx)
		s.must(err)
		b := s.browser()
		typed := strings.ToLower(strings.ReplaceAll(code, "-", " ")) // as people type it
		s.to(b.post("/setup", "code", typed, "name", "Cora Elzinga", "email", "cora@linge.example", "password", tulips), "/")
		if b.in() != "Cora Elzinga" {
			t.Fatal("not signed in")
		}
		p, err := s.people.ByEmail(s.ctx, "cora@linge.example")
		s.must(err)
		if !p.Has(plein.RoleTechnicalAdmin) || !p.Has(plein.RoleCommunityManager) || p.Lang != "nl" {
			t.Errorf("%+v", p.Roles)
		}
		s.to(s.browser().password("cora@linge.example", tulips), "/")
	})
}

func TestTheSetupCodeCannotBeGuessed(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.browser()
		fields := []string{"name", "Dief", "email", "dief@elders.example", "password", tulips}
		for _, typed := range []string{"", "-", " "} { // before there is a code
			s.page(b.post("/setup", append([]string{"code", typed}, fields...)...), 422, "code klopt niet")
		}
		code, err := s.SetupCode(s.ctx)
		s.must(err)
		for range 20 {
			b.post("/setup", append([]string{"code", "AAAA-BBBB-CCCC"}, fields...)...)
		}
		s.page(b.post("/setup", append([]string{"code", code}, fields...)...), 429)
		if got := b.post("/setup", fields...); got.status == 303 {
			t.Fatal("no code was needed")
		}
		owner := s.browser()
		owner.ip = "192.0.2.200"
		s.to(owner.post("/setup", "code", code, "name", "Cora Elzinga", "email", "cora@linge.example", "password", tulips), "/")
	})
}
