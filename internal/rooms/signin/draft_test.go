package signin_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"plein/internal/platform/db"
	"plein/internal/square/people"
)

// upload sends fields and a file, as the composer does.
func (b *browser) upload(path string, file []byte, pairs ...string) reply {
	b.s.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	part, err := m.CreateFormFile("files", "foto.jpg")
	b.s.must(err)
	_, err = part.Write(file)
	b.s.must(err)
	for i := 0; i+1 < len(pairs); i += 2 {
		b.s.must(m.WriteField(pairs[i], pairs[i+1]))
	}
	b.s.must(m.Close())
	r := httptest.NewRequest("POST", "http://plein.test"+path, &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Referer", "http://plein.test/groups/x")
	return b.send(r)
}

func (s *site) drafts() [][]byte {
	s.t.Helper()
	all, err := db.All(s.ctx, s.db.Read(), db.Value[[]byte], `SELECT sealed FROM signin_drafts`)
	s.must(err)
	return all
}

var (
	hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)
	formAction  = regexp.MustCompile(`<form class="card stack" method="post" action="([^"]*)"`)
)

func TestALostSessionKeepsTheText(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		const text = "De infuuspomp op kamer 12 piept.\n\n<script>alert(1)</script> & \"meer\""
		b := s.browser()
		s.to(b.post(s.link(time.Hour)), "/")
		s.must(s.sessions.EndAll(s.ctx, s.samira.ID, 0))
		got := b.upload("/posts", bytes.Repeat([]byte("x"), 100<<10), "audience", "0123456789abc", "title", "Pomp", "body", strings.ReplaceAll(text, "\n", "\r\n"), "key", "k-1")
		s.to(got, "/sign-in?next=%2Fgroups%2Fx")
		s.page(b.get("/sign-in?next=%2Fgroups%2Fx"), 200, "Je was uitgelogd. Je tekst is bewaard.")
		for _, row := range s.drafts() {
			if bytes.Contains(row, []byte("infuuspomp")) || bytes.Contains(row, []byte("/posts")) {
				t.Error("it is kept so that the database's owner can read it")
			}
		}
		for _, c := range got.header.Values("Set-Cookie") {
			if strings.HasPrefix(c, "plein-draft=") && (!strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") || !strings.Contains(c, "Max-Age=3600")) {
				t.Error(c)
			}
		}
		if b.in() != "" {
			t.Fatal("signed in")
		}
		s.to(b.post(s.link(time.Hour)), "/sign-in/continue")
		page := b.get("/sign-in/continue")
		s.page(page, 200, "Je tekst is bewaard", "nog niet verstuurd", "infuuspomp op kamer 12", "&lt;script&gt;", `value="Pomp"`)
		if strings.Contains(page.body, "<script>alert") {
			t.Fatal("what was typed runs")
		}
		if strings.Contains(page.body, `class="flash`) {
			t.Error("a flash would make the browser throw its own draft away")
		}
		action := formAction.FindStringSubmatch(page.body)
		if action == nil || action[1] != "/posts" {
			t.Fatalf("sends to %v", action)
		}
		again := []string{"title", "Pomp", "body", text}
		for _, f := range hiddenField.FindAllStringSubmatch(mainOf(page.body), -1) {
			again = append(again, f[1], f[2])
		}
		if body := b.post(action[1], again...).body; body != "posted: Pomp / "+text+" / 0123456789abc / k-1" {
			t.Errorf("%q", body)
		}

		// It is shown once without being asked for, and to nobody else.
		other := s.browser()
		s.to(other.post(s.link(time.Hour)), "/")
		s.to(other.get("/sign-in/continue"), "/")
		s.to(b.post(s.link(time.Hour)), "/")
		s.page(b.get("/sign-in/continue"), 200, "infuuspomp")
		s.clock.Advance(time.Hour)
		s.to(b.get("/sign-in/continue"), "/")
	})
}

func TestSigningOutDropsTheDraft(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.browser()
		b.post("/posts", "body", "voor later")
		if len(s.drafts()) != 1 {
			t.Fatal("nothing was kept")
		}
		s.to(b.post("/sign-out"), "/sign-in")
		if len(s.drafts()) != 0 {
			t.Error("it is still there")
		}
		s.to(b.post(s.link(time.Hour)), "/")
	})
}

func TestWhatIsNeverKept(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.browser()
		for name, fn := range map[string]func() reply{
			"a button": func() reply { return b.post("/posts", "on", "thanks") },
			"a password": func() reply {
				return b.post("/settings/password", "current", tulips, "password", strings.Repeat(tulips, 3))
			},
			"an uploaded one": func() reply { return b.upload("/posts", nil, "password", strings.Repeat(tulips, 3)) },
			"nothing":         func() reply { return b.post("/posts") },
			"only a file":     func() reply { return b.upload("/posts", []byte("jpeg")) },
			"too much":        func() reply { return b.post("/posts", "body", strings.Repeat("tekst ", 20_000)) },
			"too many":        func() reply { return b.post("/posts", append([]string{"body", "tekst"}, many(300)...)...) },
			"a file too much": func() reply { return b.upload("/posts", []byte("jpeg"), "body", strings.Repeat("tekst ", 20_000)) },
			"no form": func() reply {
				r := httptest.NewRequest("POST", "http://plein.test/posts", strings.NewReader(`{"body":"tekst van enige lengte, langer dan veertig"}`))
				r.Header.Set("Content-Type", "application/json")
				return b.send(r)
			},
			"no text": func() reply {
				return b.post("/posts", "body", "\xff\xfe\x00 geen tekst, maar wel langer dan veertig tekens")
			},
		} {
			got := fn()
			if got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), "/sign-in") {
				t.Errorf("%s: %d %s", name, got.status, got.header.Get("Location"))
			}
			if rows := s.drafts(); len(rows) != 0 {
				t.Fatalf("%s was kept", name)
			}
			want := "Je was uitgelogd. Log in"
			if strings.HasPrefix(name, "too") || strings.HasSuffix(name, "too much") {
				want = "konden we niet bewaren"
			}
			s.page(b.get("/sign-in"), 200, want)
		}
	})
}

func many(n int) (out []string) {
	for range n {
		out = append(out, "f", "x")
	}
	return out
}

func TestDraftsCannotFillTheDisk(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		for range 60 {
			s.browser().post("/posts", "body", "tekst")
		}
		if n := len(s.drafts()); n > 25 {
			t.Errorf("%d drafts from one network", n)
		}
	})
}

func TestADraftWithAnotherKeyIsNotThere(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.browser()
		s.to(b.post(s.link(time.Hour)), "/")
		for _, value := range []string{"", "x", strings.Repeat("A", 43), strings.Repeat("A", 5000)} {
			b.jar.SetCookies(here, []*http.Cookie{{Name: "plein-draft", Value: value, Path: "/"}})
			s.to(b.get("/sign-in/continue"), "/")
		}
	})
}

// TestS90Drafts: a session that ended keeps the text of whoever typed it, and an
// account that was closed gets no further than the sign-in page.
func TestS90Drafts(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		b := s.browser()
		s.to(b.post(s.link(time.Hour)), "/")
		s.must(s.people.Close(s.ctx, people.House(), s.samira.ID))
		s.to(b.post("/posts", "body", "nog een woord"), "/sign-in")
		s.to(b.get("/sign-in/continue"), "/sign-in?next=%2Fsign-in%2Fcontinue")
	})
}

func TestCookiesOverTLS(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.Secure = true
		b := s.browser()
		got := b.post("/posts", "body", "tekst")
		in := b.post(s.link(time.Hour))
		out := b.post("/sign-out")
		for _, c := range [][2]string{{"__Host-plein-draft=", strings.Join(got.header.Values("Set-Cookie"), "\n")},
			{"__Host-plein=", strings.Join(in.header.Values("Set-Cookie"), "\n")}, {"__Host-plein=;", strings.Join(out.header.Values("Set-Cookie"), "\n")}} {
			line := ""
			for l := range strings.SplitSeq(c[1], "\n") {
				if strings.HasPrefix(l, c[0]) {
					line = l
				}
			}
			if !strings.Contains(line, "Secure") || !strings.Contains(line, "HttpOnly") || !strings.Contains(line, "Path=/") || strings.Contains(line, "Domain") {
				t.Errorf("%s is set as %q", c[0], line)
			}
		}
	})
}
