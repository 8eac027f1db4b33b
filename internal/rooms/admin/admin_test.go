package admin_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"plein/internal/platform/bus"
	"plein/internal/platform/changes"
	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/jobs"
	"plein/internal/platform/session"
	"plein/internal/platform/testkit"
	"plein/internal/platform/text"
	"plein/internal/platform/view"
	"plein/internal/platform/view/viewtest"
	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/rooms/admin"
	"plein/internal/square/access"
	"plein/internal/square/groups"
	"plein/internal/square/people"
)

var start = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// house is a small organisation behind a real front door, with the cookie "who" as
// the session.
type house struct {
	t        *testing.T
	db       *db.DB
	clock    *clock.Manual
	people   *people.Service
	groups   *groups.Service
	access   *access.Service
	sessions *session.Store
	jobs     *jobs.Jobs
	admin    *admin.Module
	server   *web.Server
	words    *words.Catalogue
	links    []plein.ID // who was sent a link

	tech, cm, nurse, guest people.Person
	care, ward             people.Unit
}

func defaults() admin.Settings {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		panic(err)
	}
	return admin.Settings{OrgName: "Lingeziekenhuis", DefaultLang: "nl", Zone: zone, Guests: true}
}

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	testkit.Each(t, func(t *testing.T, d *db.DB) { fn(t, open(t, d)) },
		changes.Migrations(), session.Migrations(), people.Migrations(), groups.Migrations(), access.Migrations(), admin.Migrations())
}

// letter is a job that nobody wants to see fail.
type letter struct{ To string }

func (letter) Kind() string { return "test.letter" }

func open(t *testing.T, d *db.DB) *house {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	b, err := bus.Open(quiet)
	must(t, err)
	t.Cleanup(b.Close)
	h := &house{t: t, db: d, clock: clock.Fixed(start)}
	h.words, err = words.New(web.Words(), text.Words(), session.Words(), people.Words(), groups.Words(), access.Words(), admin.Words())
	must(t, err)
	log := changes.New(d, b, h.clock, quiet)
	h.jobs, err = jobs.New(d, quiet)
	must(t, err)
	must(t, h.jobs.Migrate(t.Context()))
	jobs.Handle(h.jobs, func(context.Context, letter) error { return nil })
	h.sessions = session.New(d, h.clock)
	h.access = access.New(access.Deps{DB: d, Clock: h.clock})
	h.people = people.New(people.Deps{DB: d, Changes: log, Clock: h.clock, Grants: h.access, Words: h.words,
		Closed: func(ctx context.Context, id plein.ID) error { return h.sessions.EndAll(ctx, id, 0) }})
	h.groups = groups.New(groups.Deps{DB: d, Changes: log, Clock: h.clock, Grants: h.access, People: h.people, Log: quiet})
	errs := admin.CountErrors(h.clock)
	errs.Handler(slog.DiscardHandler).Handle(t.Context(), slog.Record{Level: slog.LevelError})
	h.admin = admin.New(admin.Deps{DB: d, Changes: log, Clock: h.clock, People: h.people, Groups: h.groups, Sessions: h.sessions,
		Jobs: h.jobs, Page: h.page, Log: quiet, Defaults: defaults(), Version: "1.2.3", Data: t.TempDir(), Errors: errs,
		SendLink: func(_ context.Context, id plein.ID) error { h.links = append(h.links, id); return nil }})
	routes := &web.Routes{}
	h.admin.Routes(routes)
	h.server = web.New(web.Options{Words: h.words, Page: h.page, Limits: &web.Limits{}, Actor: h.actor}, routes)

	ctx := t.Context()
	boss := people.House()
	h.care, err = h.people.AddUnit(ctx, boss, people.NewUnit{Name: "Zorg"})
	must(t, err)
	h.ward, err = h.people.AddUnit(ctx, boss, people.NewUnit{Name: "Interne B3", Parent: h.care.ID})
	must(t, err)
	h.tech = h.add(people.NewPerson{Name: "Thomas Beheer", Email: "thomas@linge.example", Unit: h.care.ID, Roles: []plein.Role{plein.RoleTechnicalAdmin}})
	h.cm = h.add(people.NewPerson{Name: "Elif Kaya", Email: "elif@linge.example", Roles: []plein.Role{plein.RoleCommunityManager}})
	h.nurse = h.add(people.NewPerson{Name: "Samira Bouali", Email: "samira@linge.example", Title: "Verpleegkundige", Unit: h.ward.ID, Manager: h.tech.ID})
	h.guest = h.add(people.NewPerson{Name: "Nora Gast", Email: "nora@elders.example", Guest: true, GuestUntil: start.AddDate(0, 1, 0), Sponsor: h.nurse.ID})
	return h
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (h *house) add(n people.NewPerson) people.Person {
	h.t.Helper()
	p, err := h.people.Add(h.t.Context(), n)
	must(h.t, err)
	return p
}

// as gives the actor of a person, as the app makes it.
func (h *house) as(p people.Person) plein.Actor {
	h.t.Helper()
	a, err := h.people.Actor(h.t.Context(), p.ID)
	must(h.t, err)
	set, err := h.admin.Settings(h.t.Context())
	must(h.t, err)
	return set.Limit(a)
}

func (h *house) group(owner people.Person, name string, kind plein.AudienceKind) groups.Group {
	h.t.Helper()
	g, err := h.groups.Start(h.t.Context(), h.as(owner), groups.NewGroup{Name: name, Kind: kind})
	must(h.t, err)
	return g
}

func (h *house) person(id plein.ID) people.Person {
	h.t.Helper()
	p, err := h.people.Find(h.t.Context(), id)
	must(h.t, err)
	return p
}

func (h *house) settings() admin.Settings {
	h.t.Helper()
	set, err := h.admin.Settings(h.t.Context())
	must(h.t, err)
	return set
}

// told says that an event of this name was told.
func (h *house) told(name string) bool {
	h.t.Helper()
	return slices.Contains(testkit.Told(h.t, h.db), name)
}

func (h *house) actor(r *http.Request) (plein.Actor, error) {
	c, err := r.Cookie("who")
	if err != nil {
		return plein.Actor{}, nil
	}
	id, err := plein.ParseID(c.Value)
	if err != nil {
		return plein.Actor{}, err
	}
	a, err := h.people.Actor(r.Context(), id)
	if err != nil {
		return plein.Actor{}, err
	}
	set, err := h.admin.Settings(r.Context())
	return set.Limit(a), err
}

func (h *house) page(r *http.Request) view.Page {
	a := plein.ActorFrom(r.Context())
	sp := h.words.For(web.Lang(r), a.Zone)
	p := view.Page{Speaker: sp, Path: r.URL.RequestURI(), Now: h.clock.Now()}
	if a.SignedIn() {
		p.Frame = &view.Frame{OrgName: "Lingeziekenhuis", Me: view.Person{ID: a.ID.String(), Name: a.Name, Href: "/people/" + a.ID.String()}}
	}
	if key, args := web.Flash(r); key != "" {
		p.Flash = &view.Flash{Text: h.words.Say(web.Lang(r), key, args)}
		p.Flash.UndoHref, _ = args["undo"].(string)
	}
	return p
}

type answer struct {
	status int
	to     string
	body   string
	header http.Header
}

func (h *house) send(who people.Person, method, path string, form url.Values, cookies ...*http.Cookie) answer {
	h.t.Helper()
	if method == http.MethodGet {
		form = nil
	}
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if who.ID != 0 {
		r.AddCookie(&http.Cookie{Name: "who", Value: who.ID.String()})
	}
	for _, c := range cookies {
		r.AddCookie(c)
	}
	r.Header.Set("Accept", "text/html")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	w := httptest.NewRecorder()
	h.server.ServeHTTP(w, r)
	a := answer{w.Code, w.Header().Get("Location"), w.Body.String(), w.Header()}
	if a.status >= 500 {
		h.t.Errorf("%s %s broke: %s", method, path, a.body)
	}
	if strings.Contains(a.header.Get("Content-Type"), "text/html") {
		for _, p := range viewtest.Problems(a.body, true) {
			h.t.Errorf("%s %s: %s", method, path, p)
		}
	}
	if a.status == http.StatusSeeOther && strings.HasPrefix(a.to, "/admin") && method == http.MethodPost { // follow, as a browser does
		next := h.send(who, http.MethodGet, a.to, nil, (&http.Response{Header: a.header}).Cookies()...)
		a.body = next.body
	}
	return a
}

func (h *house) get(who people.Person, path string) answer {
	h.t.Helper()
	return h.send(who, http.MethodGet, path, nil)
}

func (h *house) post(who people.Person, path string, pairs ...string) answer {
	h.t.Helper()
	f := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Add(pairs[i], pairs[i+1])
	}
	return h.send(who, http.MethodPost, path, f)
}

func (h *house) shows(what string, a answer, status int, want ...string) answer {
	h.t.Helper()
	if a.status != status {
		h.t.Errorf("%s: status %d, want %d\n%s", what, a.status, status, mainOf(a.body))
	}
	for _, w := range want {
		if !strings.Contains(a.body, w) {
			h.t.Errorf("%s does not show %q:\n%s", what, w, mainOf(a.body))
		}
	}
	return a
}

func (h *house) hides(what string, a answer, unwanted ...string) {
	h.t.Helper()
	for _, w := range unwanted {
		if strings.Contains(a.body, w) {
			h.t.Errorf("%s shows %q:\n%s", what, w, mainOf(a.body))
		}
	}
}

var inMain = regexp.MustCompile(`(?s)<main.*</main>`)

func mainOf(page string) string { return inMain.FindString(page) }

// at is the address of a person's account, with what comes after it.
func at(p people.Person, rest string) string { return "/admin/people/" + p.ID.String() + rest }

// setting makes a whole settings form with some fields changed.
func (h *house) setting(pairs ...string) []string {
	set := h.settings()
	by, guests := string(set.GroupsBy), "no"
	if by == "" {
		by = "everybody"
	}
	if set.Guests {
		guests = "yes"
	}
	form := []string{"org_name", set.OrgName, "welcome", set.Welcome, "brand", set.Brand, "lang", set.DefaultLang, "zone", set.Zone.String(),
		"groups", by, "guests", guests}
	for i := 0; i+1 < len(pairs); i += 2 {
		if at := slices.Index(form, pairs[i]); at >= 0 && at%2 == 0 {
			form[at+1] = pairs[i+1]
		} else {
			form = append(form, pairs[i], pairs[i+1])
		}
	}
	return form
}

// keptNames lists the settings that have a row.
func keptNames(t *testing.T, d *db.DB) []string {
	t.Helper()
	names, err := db.All(t.Context(), d.Read(), db.Value[string], `SELECT name FROM admin_settings ORDER BY name`)
	must(t, err)
	return names
}
