package signin_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"plein/internal/platform/db"
	"plein/internal/platform/session"
	"plein/internal/plein"
	"plein/internal/rooms/signin"
	"plein/internal/square/people"
)

func TestSignInByLetter(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.browser()
		s.page(b.get("/sign-in?next=/groups/x"), 200, "Goedemorgen", "Fijn &lt;dat&gt; je er bent", "Stuur me een link", "Met wachtwoord", `value="/groups/x"`, "nog niet ingericht")
		s.page(b.post("/sign-in", "email", "Samira@Linge.example", "way", "link", "next", "/groups/x"), 200, "Kijk in je mail", "Samira@Linge.example")
		l := s.letters(1)[0]
		path := s.linkIn(l)
		if l.To != "samira@linge.example" || !strings.Contains(l.HTML, base+path) || !strings.Contains(l.Text, "Dag Samira,") || !strings.Contains(l.Text, "15 minuten") {
			t.Errorf("%+v", l.Message)
		}
		s.page(b.get(path), 200, "Log in als Samira Bouali")
		if b.in() != "" {
			t.Fatal("following a link signed in")
		}
		s.to(b.post(path), "/groups/x")
		if b.in() != "Samira Bouali" {
			t.Fatal("not signed in")
		}
		s.to(b.get("/sign-in?next=/people"), "/people") // nothing to do there any more
		s.to(b.get("/sign-in/password"), "/")
	})
}

func TestLettersSpeakThePersonsLanguage(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.add(people.NewPerson{Name: "Tom Reyes", Email: "tom@linge.example", Lang: "en"})
		b := s.browser()
		b.lang = "en-GB"
		s.page(b.post("/sign-in/link", "email", "tom@linge.example"), 200, "Check your e-mail")
		l := s.letters(1)[0]
		if !strings.HasPrefix(l.Text, "Hello Tom,") || !strings.Contains(l.Subject, "Your link") {
			t.Error(l.Subject, l.Text)
		}
		s.page(b.get(s.linkIn(l)), 200, "Sign in as Tom Reyes")
	})
}

// TestS91 is about links that should not work.
func TestS91(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.browser()
		ask := func() {
			t.Helper()
			r := httptest.NewRequest("POST", "http://evil.example/sign-in/link", strings.NewReader("email=samira%40linge.example"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("X-Forwarded-Host", "evil.example")
			s.page(b.send(r), 200)
		}
		ask()
		l := s.letters(1)[0]
		if strings.Contains(string(l.Raw), "evil.example") {
			t.Fatal("the Host header got into the letter")
		}
		first := s.linkIn(l)
		s.quiet()
		s.clock.Advance(2 * time.Minute)
		ask()
		second := s.linkIn(s.letters(2)[1])
		s.page(b.get(first), 410, "werkt niet meer")
		s.page(b.post(first), 410, "werkt niet meer")
		s.page(b.get(second), 200)
		s.clock.Advance(14*time.Minute + 59*time.Second)
		s.page(b.get(second), 200)
		s.clock.Advance(time.Second)
		s.page(b.post(second), 410)
		if b.in() != "" {
			t.Fatal("signed in by an old link")
		}
		for _, bad := range []string{strings.Repeat("A", 43), "x", strings.TrimPrefix(second, "/sign-in/link/")[:42] + "_", "%00", "..%2f..%2f", strings.Repeat("a", 5000)} {
			if got := b.get("/sign-in/link/" + bad); got.status != 410 {
				t.Errorf("%.50s: %d", bad, got.status)
			}
		}
		seen := map[string]bool{}
		for range 50 {
			seen[s.link(time.Hour)] = true
		}
		if len(seen) != 50 {
			t.Fatal("links repeat")
		}
	})
}

// TestS106 is about a link that is opened by a scanner, by two people, twice.
func TestS106(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		path := s.link(time.Hour)
		scanner := s.browser()
		for range 3 {
			s.page(scanner.get(path), 200, "Log in als")
			head := scanner.send(httptest.NewRequest("HEAD", "http://plein.test"+path, nil))
			if head.status != 200 || scanner.in() != "" || scanner.cookie() != "" {
				t.Fatal("looking at a link did something")
			}
		}
		var wg sync.WaitGroup
		in := make(chan string, 8)
		for range 8 {
			b := s.browser()
			wg.Go(func() {
				if b.post(path); b.cookie() != "" {
					in <- b.in()
				}
			})
		}
		wg.Wait()
		close(in)
		if len(in) != 1 || <-in != "Samira Bouali" {
			t.Fatalf("%d got in by one link", len(in))
		}
		s.page(s.browser().post(path), 410)

		// Links made on purpose live beside each other.
		a, b := s.link(time.Hour), s.link(time.Hour)
		s.to(s.browser().post(b), "/")
		s.to(s.browser().post(a), "/")
		s.clock.Advance(2 * time.Hour)
	})
}

// TestS92 is about addresses that are nearly somebody's.
func TestS92(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		for i, email := range []string{"samira@linge.example,dief@elders.example", "samira@linge.example dief@elders.example", "dief@elders.example\r\nBcc: x@y.nl",
			"Samira <samira@linge.example>", "samira@linge.example\x00", "amira@linge.example", "samira@linge.exampl", "%@linge.example", "_amira@linge.example",
			"s\u0430mira@linge.example", "samira@l\u0456nge.example", "samira+x@linge.example", "\"samira\"@linge.example", "samira@@linge.example",
			"samira@linge.example.", "samira@[linge.example]", strings.Repeat("a", 300) + "@linge.example", "' OR 1=1 --@x.nl"} {
			b := s.browser()
			b.ip = fmt.Sprintf("192.0.2.%d", i)
			if got := b.post("/sign-in/link", "email", email); got.status != 200 && got.status != 422 {
				t.Errorf("%q: %d", email, got.status)
			}
			if got := b.post("/sign-in/password", "email", email, "password", "een fiets vol tulpen"); got.status != 422 {
				t.Errorf("%q: %d", email, got.status)
			}
		}
		s.quiet()
		s.letters(0)
		b := s.browser()
		// Of two addresses in one form the first counts, and the letter goes to who has it.
		s.page(b.post("/sign-in/link", "email", "  SAMIRA@LINGE.EXAMPLE ", "email", "dief@elders.example"), 200)
		if l := s.letters(1)[0]; l.To != "samira@linge.example" || strings.Contains(string(l.Raw), "dief") {
			t.Errorf("to %s: %s", l.To, l.Raw)
		}
	})
}

// TestLettersHaveALimit: once a minute, five in an hour, and nobody is told.
func TestLettersHaveALimit(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		answers := map[string]bool{}
		for i := range 130 { // every half minute for an hour and a bit
			b := s.browser()
			b.ip = fmt.Sprintf("198.51.100.%d", i)
			got := b.post("/sign-in/link", "email", "samira@linge.example")
			s.page(got, 200)
			answers[got.body] = true
			s.quiet()
			if i == 119 {
				s.letters(5)
			}
			s.clock.Advance(30 * time.Second)
		}
		if len(answers) != 1 {
			t.Error("the answer tells whether a letter was sent")
		}
		s.letters(10) // and five more in the second hour
	})
}

func TestTwoAtTheSameMomentGetOneLetter(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		var wg sync.WaitGroup
		for i := range 8 {
			b := s.browser()
			b.ip = fmt.Sprintf("203.0.113.%d", i)
			wg.Go(func() { b.post("/sign-in/link", "email", "samira@linge.example") })
		}
		wg.Wait()
		s.quiet()
		s.letters(1)
	})
}

func TestOneNetworkCannotAskForEverybody(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.browser()
		refused := 0
		for i := range 100 {
			if b.post("/sign-in/link", "email", fmt.Sprintf("p%d@linge.example", i)).status == 429 {
				refused++
			}
		}
		if refused < 30 {
			t.Fatalf("%d of 100 refused", refused)
		}
		other := s.browser()
		other.ip = "2001:db8::1"
		s.page(other.post("/sign-in/link", "email", "samira@linge.example"), 200)
		s.letters(1)
	})
}

// TestS90Links: what could sign somebody in ends with the account and with the
// address.
func TestS90Links(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		house := people.House()
		made := s.link(time.Hour)
		s.must(s.SetPassword(s.ctx, s.samira.ID, "een fiets vol tulpen"))
		s.page(s.browser().get(made), 410) // ended by the new password

		made = s.link(time.Hour)
		b := s.browser()
		s.to(b.post(s.link(time.Hour)), "/")
		s.must(s.people.Close(s.ctx, house, s.samira.ID))
		s.page(s.browser().get(made), 410)
		s.page(s.browser().post(made), 410)
		if b.in() != "" {
			t.Fatal("the session of a closed account lives")
		}
		if _, err := s.MakeLink(s.ctx, s.samira.ID, time.Hour); plein.KindOf(err) != plein.NotFound {
			t.Errorf("a link for a closed account: %v", err)
		}
		s.page(b.post("/sign-in/link", "email", "samira@linge.example"), 200)
		s.page(b.post("/sign-in/password", "email", "samira@linge.example", "password", "een fiets vol tulpen"), 422)
		s.quiet()
		s.letters(0)

		// What had ended stays so when the account opens again.
		s.follow(plein.Event{Name: "people.person.closed", Object: plein.Ref{Kind: "person", ID: s.samira.ID}})
		s.must(s.people.Reopen(s.ctx, house, s.samira.ID))
		s.page(b.post(made), 410)
		s.page(b.post("/sign-in/password", "email", "samira@linge.example", "password", "een fiets vol tulpen"), 422)

		made = s.link(time.Hour)
		s.follow(plein.Event{Name: "people.person.changed", Object: plein.Ref{Kind: "person", ID: s.samira.ID}, Extra: map[string]string{"what": "profile"}})
		s.page(b.get(made), 200)
		s.follow(plein.Event{Name: "people.person.changed", Object: plein.Ref{Kind: "person", ID: s.samira.ID}, Extra: map[string]string{"what": "email"}})
		s.page(b.get(made), 410)
	})
}

func (s *site) follow(e plein.Event) {
	s.t.Helper()
	s.must(s.db.Tx(s.ctx, func(tx *db.Tx) error { return s.Follower().Follow(s.ctx, tx, []plein.Event{e}) }))
}

func TestWhoHasNoWayIn(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		guest := s.add(people.NewPerson{Name: "Pim Gast", Email: "pim@elders.example", Guest: true, GuestUntil: monday.Add(time.Hour), Sponsor: s.samira.ID, Employer: "Elders"})
		bot := s.add(people.NewPerson{Name: "Storing", Email: "storing@linge.example", Bot: true, Owner: s.samira.ID})
		b := s.browser()
		path, err := s.MakeLink(s.ctx, guest.ID, 24*time.Hour)
		s.must(err)
		s.page(b.get(path), 200, "Log in als Pim Gast")
		s.clock.Advance(2 * time.Hour)
		s.page(b.post(path), 410)
		if _, err := s.MakeLink(s.ctx, bot.ID, time.Hour); plein.KindOf(err) != plein.NotFound {
			t.Errorf("a bot got a link: %v", err)
		}
		s.page(b.post("/sign-in/link", "email", "storing@linge.example"), 200)
		b.ip = "192.0.2.99"
		s.page(b.post("/sign-in/link", "email", "pim@elders.example"), 200)
		s.quiet()
		s.letters(0)
	})
}

// TestS104: a token is in the letter and nowhere else.
func TestS104(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.browser()
		b.post("/sign-in/link", "email", "samira@linge.example")
		path := s.linkIn(s.letters(1)[0])
		token := strings.TrimPrefix(path, "/sign-in/link/")
		got := b.get(path)
		if p := got.header.Get("Referrer-Policy"); p != "no-referrer" {
			t.Errorf("Referrer-Policy %q", p)
		}
		if c := got.header.Get("Cache-Control"); c != "no-store" {
			t.Errorf("Cache-Control %q", c)
		}
		b.post(path)
		b.get(path)
		s.quiet()
		log := s.log.String()
		for _, secret := range []string{token, b.cookie(), "samira@linge.example"} {
			if strings.Contains(log, secret) {
				t.Errorf("%q is in the log", secret)
			}
		}
		for _, q := range []string{"SELECT args FROM river_job", "SELECT token_hash FROM signin_links", "SELECT email FROM signin_letters"} {
			rows, err := db.All(s.ctx, s.db.Read(), db.Value[[]byte], q)
			s.must(err)
			for _, row := range rows {
				if strings.Contains(string(row), token) || strings.Contains(string(row), "samira") {
					t.Errorf("%s: %s", q, row)
				}
			}
		}
	})
}

// TestS97: where one is led after signing in is always on this site.
func TestS97(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		for _, next := range []string{"//evil.example", `/\evil.example`, "https://evil.example", "javascript:alert(1)", "/\t/evil.example", "%2f%2fevil.example", "/..//evil.example", "/%5cevil.example", "@evil.example"} {
			b := s.browser()
			if body := b.get("/sign-in?next=" + strings.ReplaceAll(strings.ReplaceAll(next, "%", "%25"), "\t", "%09")).body; strings.Contains(body, "evil") && !strings.Contains(body, `name="next" value="/sign-in?next=`) {
				t.Errorf("%q is offered: %s", next, mainOf(body))
			}
			s.must(s.Ask(s.ctx, "enter", "samira@linge.example", "/", s.ip()))
			s.to(b.post(s.link(time.Hour), "next", next), "/")
			s.to(b.post("/language", "lang", "nl", "next", next), "/")
			s.to(b.get("/sign-in?next="+strings.ReplaceAll(strings.ReplaceAll(next, "%", "%25"), "\t", "%09")), "/")
		}
		b := s.browser()
		s.must(s.SetPassword(s.ctx, s.samira.ID, "een fiets vol tulpen"))
		s.to(b.post("/sign-in/password", "email", "samira@linge.example", "password", "een fiets vol tulpen", "next", "//evil.example"), "/")
		s.to(s.browser().post("/sign-in/password", "email", "samira@linge.example", "password", "een fiets vol tulpen", "next", "/groups?x=1"), "/groups?x=1")
	})
}

// TestS114: nobody is signed in or out by another site, or inside its frame.
func TestS114(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.must(s.SetPassword(s.ctx, s.samira.ID, "een fiets vol tulpen"))
		path := s.link(time.Hour)
		for _, to := range []string{path, "/sign-in/password", "/sign-in/link", "/sign-in", "/sign-in/recover", "/language"} {
			b := s.browser()
			r := httptest.NewRequest("POST", "http://plein.test"+to, strings.NewReader("email=samira%40linge.example&password=een+fiets+vol+tulpen&lang=en"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			r.Header.Set("Origin", "https://evil.example")
			if got := b.send(r); got.status != http.StatusForbidden || len(got.header.Values("Set-Cookie")) > 0 {
				t.Errorf("%s: %d, cookies %v", to, got.status, got.header.Values("Set-Cookie"))
			}
		}
		s.letters(0)
		got := s.browser().get(path)
		if !strings.Contains(got.header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			t.Error("the button can be framed")
		}
		b := s.browser()
		s.to(b.post(path), "/")
		r := httptest.NewRequest("POST", "http://plein.test/sign-out", nil)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		if b.send(r); b.in() == "" {
			t.Error("another site signed out")
		}
		if got := b.get("/sign-out"); got.status != http.StatusMethodNotAllowed {
			t.Errorf("GET /sign-out: %d", got.status)
		}
	})
}

// TestS89: what a browser brought along is not what it is signed in with.
func TestS89(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		planted := strings.Repeat("A", 43)
		b := s.browser()
		b.jar.SetCookies(here, []*http.Cookie{session.Cookie(planted, false, monday.AddDate(1, 0, 0))})
		s.to(b.post(s.link(time.Hour)), "/")
		first := b.cookie()
		if first == planted || first == "" {
			t.Fatal("the planted token was taken over")
		}
		s.to(b.post(s.link(time.Hour)), "/")
		if b.cookie() == first {
			t.Fatal("the token stayed the same")
		}
		old := s.browser()
		old.jar.SetCookies(here, []*http.Cookie{session.Cookie(first, false, monday.AddDate(1, 0, 0))})
		if old.in() != "" {
			t.Fatal("the session before lives on")
		}
		all, err := s.sessions.List(s.ctx, s.samira.ID)
		s.must(err)
		if len(all) != 1 {
			t.Fatalf("%d sessions", len(all))
		}
	})
}

func TestOtherWaysCanBeOffered(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.Ways = []signin.Way{work{s}}
		b := s.browser()
		s.page(b.get("/sign-in"), 200, `value="work"`, "of met je mailadres")
		s.to(b.post("/sign-in", "way", "work", "next", "/groups"), "/groups")
		if b.in() != "Samira Bouali" {
			t.Fatal("not signed in")
		}
		s.Ways = nil
		s.to(s.browser().post("/sign-in", "way", "work", "next", "/groups"), "/sign-in?next=%2Fgroups")
		s.must(s.people.Close(s.ctx, people.House(), s.samira.ID))
		if got := httptest.NewRecorder(); s.Enter(got, httptest.NewRequest("GET", "/", nil), s.samira.ID, "/") == nil || len(got.Result().Cookies()) > 0 {
			t.Error("a closed account came in by another way")
		}
	})
}

// work is single sign-on as another room would make it.
type work struct{ s *site }

func (work) Name() string { return "work" }
func (work) Word() string { return "nav.sign_in" }
func (work) Icon() string { return "aud-dept" }
func (v work) Begin(w http.ResponseWriter, r *http.Request, next string) error {
	return v.s.Enter(w, r, v.s.samira.ID, next)
}
