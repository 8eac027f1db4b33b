package signin_test

import (
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/plein"
	"plein/internal/square/people"
)

const tulips = "een fiets vol tulpen"

func (b *browser) password(email, password string) reply {
	b.s.t.Helper()
	return b.post("/sign-in/password", "email", email, "password", password)
}

func TestSignInByPassword(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.must(s.SetPassword(s.ctx, s.samira.ID, tulips))
		b := s.browser()
		s.page(b.post("/sign-in", "way", "password", "email", "samira@linge.example", "next", "/groups"), 200, `value="samira@linge.example"`, `value="/groups"`, "current-password")
		got := b.post("/sign-in/password", "email", "samira@linge.example", "password", "tulpen vol fietsen", "next", "/groups")
		s.page(got, 422, "horen niet bij elkaar", `value="samira@linge.example"`, `value="/groups"`)
		if strings.Contains(got.body, "tulpen vol") {
			t.Error("a password came back")
		}
		s.to(b.post("/sign-in/password", "email", " SAMIRA@linge.EXAMPLE ", "password", tulips, "next", "/groups"), "/groups")
		if b.in() != "Samira Bouali" {
			t.Fatal("not signed in")
		}
		if b := s.browser(); b.password("samira@linge.example", tulips+" ").status != 422 {
			t.Error("a space does not count")
		}
	})
}

// TestS93: the same words after the same work, whoever was asked about.
func TestS93(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.must(s.SetPassword(s.ctx, s.samira.ID, tulips))
		s.add(people.NewPerson{Name: "Zonder Wachtwoord", Email: "zonder@linge.example"})
		gone := s.add(people.NewPerson{Name: "Weg Gegaan", Email: "weg@linge.example"})
		s.must(s.SetPassword(s.ctx, gone.ID, tulips))
		s.must(s.people.Close(s.ctx, people.House(), gone.ID))
		asked := map[string]bool{}
		for i, email := range []string{"samira@linge.example", "zonder@linge.example", "weg@linge.example", "niemand@linge.example"} {
			b := s.browser()
			b.ip = fmt.Sprintf("192.0.2.%d", i)
			before := s.Runs()
			wrong := b.password(email, "tulpen vol fietsen")
			if n := s.Runs() - before; n != 1 {
				t.Errorf("%s: %d hashes", email, n)
			}
			link, again := b.post("/sign-in/link", "email", email), b.post("/sign-in/recover", "email", email)
			if n := s.Runs() - before; n != 1 {
				t.Errorf("%s: %d hashes after asking for letters", email, n)
			}
			var seen []string
			for _, got := range []reply{wrong, link, again} {
				text := fmt.Sprint(got.status, got.header["Set-Cookie"], got.header["Location"], got.header["Retry-After"], got.body)
				seen = append(seen, strings.ReplaceAll(text, email, "EMAIL"))
			}
			asked[strings.Join(seen, "\n")] = true
			if email == "weg@linge.example" { // the right one
				if got := b.password(email, tulips); got.status != 422 || strings.ReplaceAll(got.body, email, "") != strings.ReplaceAll(wrong.body, email, "") {
					t.Errorf("a closed account answers the right password otherwise: %d", got.status)
				}
			}
		}
		if len(asked) != 1 {
			t.Errorf("%d answers: %v", len(asked), asked)
		}
		// The request itself does the same for all: one letter asked for, one job.
		n, err := db.One(s.ctx, s.db.Read(), db.Value[int], `SELECT COUNT(DISTINCT who) FROM signin_letters`)
		s.must(err)
		if n != 4 {
			t.Errorf("letters asked for by %d of 4", n)
		}
	})
}

func TestPausesSayTheSameForEverybody(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.must(s.SetPassword(s.ctx, s.samira.ID, tulips))
		var seen [2][]string
		for i, email := range []string{"samira@linge.example", "niemand@linge.example"} {
			b := s.browser()
			b.ip = fmt.Sprintf("192.0.2.%d", i)
			for range 12 {
				got := b.password(email, "fout")
				seen[i] = append(seen[i], fmt.Sprint(got.status, got.header["Retry-After"]))
				s.clock.Advance(time.Second)
			}
		}
		if !slices.Equal(seen[0], seen[1]) || !slices.Contains(seen[0], "429 [1]") && !slices.Contains(seen[0], "429 [2]") {
			t.Errorf("\n%v\n%v", seen[0], seen[1])
		}
	})
}

// TestS94: guessing at one account, and at all of them, and who suffers from it.
func TestS94(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.must(s.SetPassword(s.ctx, s.samira.ID, tulips))

		// One account from one network.
		b := s.browser()
		before, worked := s.Runs(), int64(0)
		for range 2 * 60 * 60 { // a guess a second for two hours
			if b.password("samira@linge.example", "raad maar").status == 429 {
				s.clock.Advance(29 * time.Second) // it would be refused anyhow; the test need not try
			}
			s.clock.Advance(time.Second)
			if s.clock.Now().Sub(monday) > 2*time.Hour {
				break
			}
		}
		if worked = s.Runs() - before; worked > 40 {
			t.Errorf("%d guesses in two hours", worked)
		}
		if got := b.password("samira@linge.example", tulips); got.status != 429 || got.header.Get("Retry-After") == "" || !strings.Contains(got.body, "Wacht") {
			t.Errorf("the right one in a pause: %d", got.status)
		}
		// Elsewhere she signs in as always, and by letter even there.
		home := s.browser()
		home.ip = "2001:db8::1"
		s.to(home.password("samira@linge.example", tulips), "/")
		s.page(b.post("/sign-in/link", "email", "samira@linge.example"), 200)
		s.to(b.post(s.linkIn(s.letters(1)[0])), "/")

		// One account from everywhere.
		before = s.Runs()
		for i := range 150 {
			from := s.browser()
			from.ip = fmt.Sprintf("10.0.%d.%d", i/250, i%250+1)
			from.password("samira@linge.example", "raad maar")
		}
		if n := s.Runs() - before; n > 25 {
			t.Errorf("%d guesses at one account in a moment", n)
		}
		s.to(s.browser().post(s.link(time.Hour)), "/") // nobody is locked out
		s.clock.Advance(2 * time.Minute)
		away := s.browser()
		away.ip = "2001:db8:5::1"
		s.to(away.password("samira@linge.example", tulips), "/")

		// One password at hundreds of accounts.
		before = s.Runs()
		spray := s.browser()
		spray.ip = "203.0.113.5"
		for i := range 300 {
			spray.password(fmt.Sprintf("p%d@linge.example", i), "Welkom2026 Linge")
		}
		if n := s.Runs() - before; n > 110 {
			t.Errorf("%d accounts tried in a moment", n)
		}
	})
}

func TestGuessesAtTheSameMomentAllCount(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.must(s.SetPassword(s.ctx, s.samira.ID, tulips))
		before := s.Runs()
		var wg sync.WaitGroup
		for range 30 {
			b := s.browser()
			wg.Go(func() { b.password("samira@linge.example", "raad maar") })
		}
		wg.Wait()
		if n := s.Runs() - before; n > 6 {
			t.Errorf("%d of 30 were tried", n)
		}
	})
}

// TestRightAndWrongAtTheSameMoment finds two sign-ins that wait for each other.
func TestRightAndWrongAtTheSameMoment(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.must(s.SetPassword(s.ctx, s.samira.ID, tulips))
		var wg sync.WaitGroup
		for i := range 5 {
			b := s.browser()
			wg.Go(func() {
				for range 20 {
					password := tulips
					if i == 0 {
						password = "raad maar"
					}
					if got := b.password("samira@linge.example", password); got.status != 303 && got.status != 422 && got.status != 429 {
						t.Errorf("%d: %s", got.status, mainOf(got.body))
					}
				}
			})
		}
		wg.Wait()
	})
}

// TestARestartForgetsNoPause opens the room anew on the same database.
func TestARestartForgetsNoPause(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.must(s.SetPassword(s.ctx, s.samira.ID, tulips))
		for range 8 {
			s.browser().password("samira@linge.example", "raad maar")
		}
		again := reopen(t, s)
		if got := again.browser().password("samira@linge.example", tulips); got.status != 429 {
			t.Errorf("after a restart: %d", got.status)
		}
		s.clock.Advance(time.Hour)
		again.clock.Advance(time.Hour)
		again.to(again.browser().password("samira@linge.example", tulips), "/")
		// A right one makes a clean start here.
		for range 5 {
			again.page(again.browser().password("samira@linge.example", "raad maar"), 422)
		}
	})
}

func TestAWholeHospitalBehindOneAddress(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.must(s.SetPassword(s.ctx, s.samira.ID, tulips))
		for i := range 120 {
			b := s.browser()
			if got := b.password("samira@linge.example", tulips); got.status != 303 {
				t.Fatalf("the %dth to sign in: %d", i+1, got.status)
			}
		}
	})
}

// TestS95: what is too long or no text costs nothing and breaks nothing.
func TestS95(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.must(s.SetPassword(s.ctx, s.samira.ID, tulips))
		b := s.browser()
		before := s.Runs()
		huge := strings.Repeat("x", 100<<10)
		s.page(b.password("samira@linge.example", huge), 422, "horen niet bij elkaar")
		s.page(b.password("niemand@linge.example", huge), 422, "horen niet bij elkaar")
		if n := s.Runs() - before; n != 0 {
			t.Errorf("%d hashes of 100 KiB", n)
		}
		if got := b.password("samira@linge.example", tulips+"\x00"); got.status != 422 {
			t.Errorf("a NUL: %d", got.status)
		}
		if got := b.password("samira@linge.example", "\xff\xfe een fiets"); got.status != 422 {
			t.Errorf("no text: %d", got.status)
		}
		for password, want := range map[string]string{huge: "signin.error.long", "kort": "signin.error.short", tulips + "\x00": "signin.error.nul", "Samira Bouali 1": "signin.error.own"} {
			if err := s.SetPassword(s.ctx, s.samira.ID, password); plein.AsError(err).Key != want {
				t.Errorf("%.20q: %v", password, err)
			}
		}
		longest := strings.Repeat("0123456789abcdef", 64) // 1024
		s.must(s.SetPassword(s.ctx, s.samira.ID, longest))
		s.to(s.browser().password("samira@linge.example", longest), "/")
		if s.browser().password("samira@linge.example", longest[:1023]+"x").status != 422 {
			t.Error("only the beginning counts")
		}
	})
}

// TestS90Password: a new password ends every other session, and every link.
func TestS90Password(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		here, there := s.browser(), s.browser()
		s.to(here.post(s.link(time.Hour)), "/")
		s.to(there.post(s.link(time.Hour)), "/")
		left := s.link(time.Hour)

		page := here.get("/settings/password")
		s.page(page, 200, "new-password")
		if strings.Contains(page.body, "current-password") {
			t.Error("asks for a password that is not there")
		}
		s.page(here.post("/settings/password", "password", "kort"), 422, "te kort")
		s.to(here.post("/settings/password", "password", tulips), "/settings")
		if here.in() == "" || there.in() != "" {
			t.Fatalf("here %q, there %q", here.in(), there.in())
		}
		s.page(s.browser().get(left), 410)

		s.to(there.password("samira@linge.example", tulips), "/")
		s.page(here.get("/settings/password"), 200, "current-password")
		s.page(here.post("/settings/password", "current", "iets anders", "password", "een boot vol tulpen"), 422, "niet het wachtwoord")
		s.page(here.post("/settings/password", "password", "een boot vol tulpen"), 422, "niet het wachtwoord")
		s.to(here.post("/settings/password", "current", tulips, "password", "een boot vol tulpen"), "/settings")
		if here.in() == "" || there.in() != "" {
			t.Fatal("the other session lives on")
		}
		s.page(there.password("samira@linge.example", tulips), 422)
		s.to(there.password("samira@linge.example", "een boot vol tulpen"), "/")
		if told := testkit.Told(t, s.db); !slices.Contains(told, "signin.password.changed") {
			t.Errorf("told %v", told)
		}

		s.must(s.SetPassword(s.ctx, s.samira.ID, tulips)) // by the command line
		if here.in() != "" || there.in() != "" {
			t.Fatal("sessions live on")
		}
	})
}

func TestTheCurrentPasswordCannotBeGuessed(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.must(s.SetPassword(s.ctx, s.samira.ID, tulips))
		b := s.browser()
		s.to(b.post(s.link(time.Hour)), "/")
		before := s.Runs()
		for range 40 {
			b.post("/settings/password", "current", "raad maar", "password", "een boot vol tulpen")
		}
		if n := s.Runs() - before; n > 8 {
			t.Errorf("%d guesses", n)
		}
		s.page(b.post("/settings/password", "current", tulips, "password", "een boot vol tulpen"), 429, "Wacht")
	})
}

func TestRecovery(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.must(s.SetPassword(s.ctx, s.samira.ID, tulips))
		elsewhere := s.browser()
		s.to(elsewhere.password("samira@linge.example", tulips), "/")
		b := s.browser()
		s.page(b.get("/sign-in/recover"), 200)
		s.page(b.post("/sign-in/recover", "email", "samira@"), 422, "geen e-mailadres")
		s.page(b.post("/sign-in/recover", "email", "samira@linge.example"), 200, "Kijk in je mail")
		l := s.letters(1)[0]
		if !strings.Contains(l.Subject, "nieuw wachtwoord") {
			t.Error(l.Subject)
		}
		path := s.linkIn(l)
		s.page(b.get(path), 200, "Kies een nieuw wachtwoord", "Samira Bouali", "new-password")
		s.page(b.post(path), 422, "Vul dit veld in")
		s.page(b.post(path, "password", "welkom123456"), 422, "inbrekers")
		if b.in() != "" || elsewhere.in() == "" {
			t.Fatal("a password that will not do changed something")
		}
		s.to(b.post(path, "password", "een boot vol tulpen"), "/")
		if b.in() != "Samira Bouali" || elsewhere.in() != "" {
			t.Fatalf("b %q, elsewhere %q", b.in(), elsewhere.in())
		}
		s.page(s.browser().post(path, "password", "een trein vol tulpen"), 410)
		s.page(s.browser().password("samira@linge.example", tulips), 422)
		s.to(s.browser().password("samira@linge.example", "een boot vol tulpen"), "/")
	})
}

func TestOldHashesAreMadeAnew(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.must(s.SetPassword(s.ctx, s.samira.ID, tulips))
		kept := func() string {
			h, err := db.One(s.ctx, s.db.Read(), db.Value[string], `SELECT hash FROM signin_passwords WHERE person_id = $1`, int64(s.samira.ID))
			s.must(err)
			return h
		}
		before := kept()
		s.Dearer()
		s.page(s.browser().password("samira@linge.example", "fout"), 422)
		if kept() != before {
			t.Fatal("a wrong password changed the hash")
		}
		s.to(s.browser().password("samira@linge.example", tulips), "/")
		after := kept()
		if after == before || !strings.HasPrefix(after, "$argon2id$v=19$m=128,t=1,p=1$") {
			t.Fatal(after)
		}
		s.to(s.browser().password("samira@linge.example", tulips), "/")
		if kept() != after {
			t.Fatal("made anew once more")
		}
	})
}

// TestS103: where one is signed in can be seen and ended, one's own only.
func TestS103(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		tom := s.add(people.NewPerson{Name: "Tom Reyes", Email: "tom@linge.example"})
		here, there, third := s.browser(), s.browser(), s.browser()
		for _, b := range []*browser{here, there, third} {
			s.to(b.post(s.link(time.Hour)), "/")
			s.clock.Advance(time.Minute)
		}
		other := s.browser()
		path, err := s.MakeLink(s.ctx, tom.ID, time.Hour)
		s.must(err)
		s.to(other.post(path), "/")

		page := here.get("/settings/sessions")
		s.page(page, 200, "Firefox, Windows", "dit apparaat", "Log uit op alle andere apparaten")
		if n := strings.Count(page.body, `name="id"`); n != 2 {
			t.Fatalf("%d can be ended", n)
		}
		all, err := s.sessions.List(s.ctx, s.samira.ID)
		s.must(err)
		byTime := func(a, b int) int { return all[a].Made.Compare(all[b].Made) }
		order := []int{0, 1, 2}
		slices.SortFunc(order, byTime)
		id := all[order[1]].ID.String() // there
		if got := other.post("/settings/sessions/end", "id", id); got.status != 404 || there.in() == "" {
			t.Fatalf("somebody else's: %d", got.status)
		}
		if got := here.post("/settings/sessions/end", "id", "xxx"); got.status != 404 {
			t.Errorf("no id: %d", got.status)
		}
		s.to(here.post("/settings/sessions/end", "id", id), "/settings/sessions")
		if there.in() != "" || third.in() == "" || here.in() == "" {
			t.Fatal("another one ended")
		}
		left := s.link(time.Hour)
		s.to(here.post("/settings/sessions/end-all"), "/settings/sessions")
		if third.in() != "" || here.in() == "" || other.in() == "" {
			t.Fatal("all others should have ended, and no more")
		}
		s.page(third.get(left), 410)
		page = here.get("/settings/sessions")
		s.page(page, 200, "Alle andere apparaten zijn uitgelogd")
		if strings.Contains(page.body, "end-all") {
			t.Error("there is nothing left to end")
		}
		s.to(here.post("/settings/sessions/end", "id", all[order[0]].ID.String()), "/sign-in") // this one
		if here.in() != "" {
			t.Error("still signed in")
		}
	})
}

func TestSignOut(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.browser()
		s.to(b.post(s.link(time.Hour)), "/")
		token := b.cookie()
		got := b.post("/sign-out")
		s.to(got, "/sign-in")
		if c := got.header.Get("Clear-Site-Data"); !strings.Contains(c, `"storage"`) || !strings.Contains(c, `"cache"`) {
			t.Errorf("Clear-Site-Data %q", c)
		}
		if b.cookie() != "" || b.in() != "" {
			t.Error("the cookie is still there")
		}
		if _, err := s.sessions.Find(s.ctx, token); plein.KindOf(err) != plein.NotFound {
			t.Errorf("the session lives on: %v", err)
		}
		s.to(b.post("/sign-out"), "/sign-in") // twice is fine
		s.page(b.get("/sign-in"), 200, "Je bent uitgelogd")
	})
}

func TestLanguage(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.browser()
		s.to(b.post("/language", "lang", "en", "next", "/sign-in?next=/groups"), "/sign-in?next=/groups")
		s.page(b.get("/sign-in"), 200, "Good morning", `lang="en"`)
		s.to(b.post("/language", "lang", "xx", "next", "/sign-in"), "/sign-in")
		s.page(b.get("/sign-in"), 200, "Good morning")

		actor, err := s.people.Actor(s.ctx, s.samira.ID)
		s.must(err)
		s.must(s.people.SetPreferences(s.ctx, actor, people.Preferences{Theme: "evening", Contrast: "more", Zone: "America/Aruba", KeysOff: true}))
		s.to(b.post(s.link(time.Hour)), "/")
		s.to(b.post("/language", "lang", "en", "next", "/groups/x"), "/groups/x")
		p, err := s.people.Find(s.ctx, s.samira.ID)
		s.must(err)
		if p.Lang != "en" || p.Theme != "evening" || p.Contrast != "more" || p.Zone != "America/Aruba" || !p.KeysOff {
			t.Errorf("%+v", p)
		}
	})
}

func TestSweep(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.browser()
		b.post("/sign-in/link", "email", "samira@linge.example")
		s.quiet()
		b.password("samira@linge.example", "fout")
		b.post("/posts", "body", "nog niet klaar")
		keep := s.link(100 * time.Hour)
		if n, err := s.Sweep(s.ctx); n != 0 || err != nil {
			t.Fatal(n, err)
		}
		s.clock.Advance(25 * time.Hour)
		if n, err := s.Sweep(s.ctx); n < 6 || err != nil {
			t.Fatal(n, err)
		}
		for _, table := range []string{"signin_letters", "signin_attempts", "signin_drafts"} {
			n, err := db.One(s.ctx, s.db.Read(), db.Value[int], `SELECT COUNT(*) FROM `+table)
			s.must(err)
			if n != 0 {
				t.Errorf("%d left in %s", n, table)
			}
		}
		s.page(b.get(keep), 200)
	})
}

// reopen makes the room anew on the same database, as after a restart.
func reopen(t *testing.T, s *site) *site {
	t.Helper()
	again := build(t, s.db)
	again.clock.Set(s.clock.Now())
	again.samira = s.samira
	return again
}

func TestHeadersOfTheDoor(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.browser()
		for _, path := range []string{"/sign-in", "/sign-in/password", "/sign-in/recover", "/setup"} {
			s.page(b.get(path), 200)
			r := httptest.NewRequest("GET", "http://plein.test"+path+"?next=/%22%3E%3Cscript%3Ealert(1)%3C/script%3E", nil)
			if got := b.send(r); strings.Contains(got.body, "<script>") {
				t.Errorf("%s: what was typed runs", path)
			}
		}
		for _, path := range []string{"/settings/password", "/settings/sessions", "/sign-in/continue"} {
			s.to(b.get(path), "/sign-in?next="+strings.ReplaceAll(path, "/", "%2F"))
		}
	})
}
