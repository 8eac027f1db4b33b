package signin_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"plein/internal/platform/bus"
	"plein/internal/platform/changes"
	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/jobs"
	"plein/internal/platform/mail"
	"plein/internal/platform/session"
	"plein/internal/platform/testkit"
	"plein/internal/platform/view"
	"plein/internal/platform/view/viewtest"
	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/rooms/signin"
	"plein/internal/square/people"
)

const base = "https://plein.linge.example"

var monday = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

// site is the room behind the real server, with real sessions, jobs and letters.
type site struct {
	*signin.Module
	t        *testing.T
	ctx      context.Context
	db       *db.DB
	clock    *clock.Manual
	dir      string // where letters fall
	log      *logged
	server   *web.Server
	people   *people.Service
	sessions *session.Store
	samira   people.Person
}

// logged is what a person with the log could read.
type logged struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// nobodyCounts lets people be added without the access package.
type nobodyCounts struct{}

func (nobodyCounts) Audience(context.Context, *db.Tx, plein.Audience) error             { return nil }
func (nobodyCounts) Grant(context.Context, *db.Tx, plein.ID, plein.ID, time.Time) error { return nil }
func (nobodyCounts) Revoke(context.Context, *db.Tx, plein.ID, plein.ID) error           { return nil }
func (nobodyCounts) RevokeAll(context.Context, *db.Tx, plein.ID) error                  { return nil }

func each(t *testing.T, fn func(t *testing.T, s *site)) {
	testkit.Each(t, func(t *testing.T, d *db.DB) { fn(t, open(t, d)) },
		changes.Migrations(), session.Migrations(), people.Migrations(), signin.Migrations())
}

// open builds the room with one colleague and nobody who administers it.
func open(t *testing.T, d *db.DB) *site {
	t.Helper()
	s := build(t, d)
	s.samira = s.add(people.NewPerson{Name: "Samira Bouali", Email: "samira@linge.example"})
	return s
}

func build(t *testing.T, d *db.DB) *site {
	t.Helper()
	s := &site{t: t, ctx: t.Context(), db: d, clock: clock.Fixed(monday), dir: t.TempDir(), log: &logged{}}
	log := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	b, err := bus.Open(log)
	s.must(err)
	t.Cleanup(b.Close)
	catalogue, err := words.New(web.Words(), session.Words(), people.Words(), signin.Words())
	s.must(err)
	drop, err := mail.NewDrop(s.dir)
	s.must(err)
	work, err := jobs.New(d, log)
	s.must(err)
	s.must(work.Migrate(s.ctx))
	told := changes.New(d, b, s.clock, log)
	s.sessions = session.New(d, s.clock)
	s.people = people.New(people.Deps{DB: d, Changes: told, Clock: s.clock, Grants: nobodyCounts{}, Words: catalogue,
		Closed: func(ctx context.Context, id plein.ID) error { return s.sessions.EndAll(ctx, id, 0) }})
	page := func(r *http.Request) view.Page {
		a := plein.ActorFrom(r.Context())
		sp := catalogue.For(web.Lang(r), a.Zone)
		p := view.Page{Speaker: sp, Path: r.URL.RequestURI(), Now: s.clock.Now(), OrgName: "Lingeziekenhuis"}
		if key, args := web.Flash(r); key != "" {
			p.Flash = &view.Flash{Text: catalogue.Say(sp.Lang(), key, args)}
		}
		if a.SignedIn() {
			p.Frame = &view.Frame{OrgName: "Lingeziekenhuis", Me: view.Person{ID: a.ID.String(), Name: a.Name, Href: "/people/" + a.ID.String()}}
		}
		return p
	}
	s.Module = signin.New(signin.Deps{DB: d, Changes: told, Clock: s.clock, Jobs: work, Mail: drop, People: s.people, Sessions: s.sessions,
		Words: catalogue, Base: base, OrgName: func(context.Context) string { return "Lingeziekenhuis" },
		Welcome: func(context.Context) string { return "Fijn <dat> je er bent" }, Page: page, Log: log})
	s.Cheap()
	s.must(work.Start(s.ctx))
	t.Cleanup(func() { s.must(work.Stop(context.Background())) })

	routes := &web.Routes{}
	s.Routes(routes)
	routes.Get("/{$}", web.SignedIn, func(w http.ResponseWriter, r *http.Request) error {
		_, err := io.WriteString(w, "the square of "+plein.ActorFrom(r.Context()).Name)
		return err
	})
	routes.Post("/posts", web.SignedIn, func(w http.ResponseWriter, r *http.Request) error {
		form, err := web.Decode(r)
		if err != nil {
			return err
		}
		_, err = io.WriteString(w, "posted: "+form.Text("title")+" / "+form.Text("body")+" / "+form.Get("audience")+" / "+form.Get("key"))
		return err
	})
	s.server = web.New(web.Options{Log: log, Words: catalogue, Page: page, Limits: &web.Limits{}, BaseURL: base,
		LostForm: s.LostForm, FirstRun: s.FirstRun,
		Actor: func(r *http.Request) (plein.Actor, error) {
			token := session.Token(r, false)
			if token == "" {
				return plein.Actor{}, nil
			}
			found, err := s.sessions.Find(r.Context(), token)
			if err != nil {
				return plein.Actor{}, err
			}
			a, err := s.people.Actor(r.Context(), found.Person)
			a.Session = found.ID
			return a, err
		}}, routes)
	return s
}

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) add(n people.NewPerson) people.Person {
	s.t.Helper()
	p, err := s.people.Add(s.ctx, n)
	s.must(err)
	return p
}

// browser is somebody at a screen: it keeps cookies and stays at one address.
type browser struct {
	s    *site
	jar  http.CookieJar
	ip   string
	lang string
}

func (s *site) browser() *browser {
	jar, err := cookiejar.New(nil)
	s.must(err)
	return &browser{s: s, jar: jar, ip: "192.0.2.10"}
}

type reply struct {
	status int
	body   string
	header http.Header
}

var here = &url.URL{Scheme: "http", Host: "plein.test", Path: "/"}

func (b *browser) send(r *http.Request) reply {
	b.s.t.Helper()
	for _, c := range b.jar.Cookies(here) {
		r.AddCookie(c)
	}
	r.RemoteAddr = b.ip + ":40000"
	if r.Header.Get("Sec-Fetch-Site") == "" {
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	r.Header.Set("User-Agent", "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0")
	if b.lang != "" {
		r.Header.Set("Accept-Language", b.lang)
	}
	w := httptest.NewRecorder()
	b.s.server.ServeHTTP(w, r)
	b.jar.SetCookies(here, w.Result().Cookies())
	return reply{w.Code, w.Body.String(), w.Header()}
}

func (b *browser) get(path string) reply {
	b.s.t.Helper()
	return b.send(httptest.NewRequest("GET", "http://plein.test"+path, nil))
}

func (b *browser) post(path string, pairs ...string) reply {
	b.s.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequest("POST", "http://plein.test"+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r)
}

// in says as whom the browser is signed in; "" for nobody.
func (b *browser) in() string {
	b.s.t.Helper()
	name, _ := strings.CutPrefix(b.get("/").body, "the square of ")
	return name
}

// cookie gives the value of the session's cookie.
func (b *browser) cookie() string {
	for _, c := range b.jar.Cookies(here) {
		if c.Name == "plein" {
			return c.Value
		}
	}
	return ""
}

// page checks that an answer is a whole page with a status, and what is on it.
func (s *site) page(got reply, status int, has ...string) {
	s.t.Helper()
	if got.status != status {
		s.t.Fatalf("%d, want %d: %s", got.status, status, got.body)
	}
	for _, p := range viewtest.Problems(got.body, true) {
		s.t.Error(p)
	}
	for _, h := range has {
		if !strings.Contains(got.body, h) {
			s.t.Errorf("%q is missing on %s", h, mainOf(got.body))
		}
	}
}

func mainOf(body string) string {
	_, after, _ := strings.Cut(body, "<main")
	main, _, _ := strings.Cut(after, "</main")
	return main
}

// to checks that an answer leads somewhere.
func (s *site) to(got reply, where string) {
	s.t.Helper()
	if got.status != http.StatusSeeOther || got.header.Get("Location") != where {
		s.t.Fatalf("%d to %q, want to %q: %s", got.status, got.header.Get("Location"), where, mainOf(got.body))
	}
}

// letters waits until there are n letters and gives them, oldest first.
func (s *site) letters(n int) []mail.Dropped {
	s.t.Helper()
	var all []mail.Dropped
	testkit.Eventually(s.t, "a letter", func() bool {
		var err error
		all, err = mail.ReadDrop(s.dir)
		s.must(err)
		return len(all) >= n
	})
	if len(all) != n {
		s.t.Fatalf("%d letters, want %d", len(all), n)
	}
	return all
}

// quiet waits until no letter is being written.
func (s *site) quiet() {
	s.t.Helper()
	testkit.Eventually(s.t, "all letters", func() bool {
		n, err := db.One(s.ctx, s.db.Read(), db.Value[int], `SELECT COUNT(*) FROM signin_letters WHERE email <> ''`)
		s.must(err)
		return n == 0
	})
}

var inLetter = regexp.MustCompile(regexp.QuoteMeta(base) + `(/sign-in/link/[A-Za-z0-9_-]{43})\b`)

// linkIn gives the path of the link in a letter.
func (s *site) linkIn(l mail.Dropped) string {
	s.t.Helper()
	found := inLetter.FindStringSubmatch(l.Text)
	if found == nil {
		s.t.Fatalf("no link in %s", l.Text)
	}
	return found[1]
}

func (s *site) link(valid time.Duration) string {
	s.t.Helper()
	path, err := s.MakeLink(s.ctx, s.samira.ID, valid)
	s.must(err)
	return path
}

func (s *site) ip() netip.Addr { return netip.MustParseAddr("192.0.2.77") }
