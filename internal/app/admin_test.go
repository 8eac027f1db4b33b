package app_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"plein/internal/app"
	"plein/internal/platform/config"
	"plein/internal/platform/mail"
	"plein/internal/platform/testkit"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// TestTheSettingsPageReachesTheWholeHouse signs in as an administrator, changes how
// the organisation wants its square, and looks for it everywhere else.
func TestTheSettingsPageReachesTheWholeHouse(t *testing.T) {
	set, problems := config.Load(map[string]string{"data": t.TempDir(), "listen": "127.0.0.1:1", "org_name": "Lingeziekenhuis"}, nil, "")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	ctx, cancel := context.WithCancel(t.Context())
	a, err := app.Open(ctx, app.Options{Settings: set, Limits: &web.Limits{}})
	if err != nil {
		t.Fatal(err)
	}
	ran := make(chan error, 1)
	go func() { ran <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-ran // ended by cancel; what it says then is no news
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	add := func(name string, roles ...plein.Role) people.Person {
		p, err := a.People.Add(ctx, people.NewPerson{Name: name, Email: strings.ToLower(name) + "@linge.example", Roles: roles})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	boss, nurse := add("Thomas", plein.RoleTechnicalAdmin), add("Samira")
	visit := func(cookie *http.Cookie, method, path string, form url.Values) *httptest.ResponseRecorder {
		t.Helper()
		r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
		r.Header.Set("Accept", "text/html")
		if method == http.MethodPost {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		}
		if cookie != nil {
			r.AddCookie(cookie)
		}
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, r)
		return w
	}
	enter := func(p people.Person) *http.Cookie {
		t.Helper()
		path, err := a.SignIn.MakeLink(ctx, p.ID, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range visit(nil, http.MethodPost, path, url.Values{"x": {""}}).Result().Cookies() {
			if c.Name == "plein" {
				return c
			}
		}
		t.Fatal("no session")
		return nil
	}
	admin, nurseIn := enter(boss), enter(nurse)
	if w := visit(nurseIn, http.MethodGet, "/groups/new", nil); w.Code != 200 {
		t.Fatalf("a nurse starts a group: %d", w.Code)
	}
	w := visit(admin, http.MethodPost, "/admin/settings", url.Values{"org_name": {"Rivierenland Zorg"}, "welcome": {"Fijn dat je er bent"}, "brand": {"#8a1538"},
		"lang": {"en"}, "zone": {"Europe/London"}, "groups": {"managers"}, "guests": {"no"}})
	if w.Code != http.StatusSeeOther {
		t.Fatalf("saving: %d %s", w.Code, w.Body)
	}
	shows := func(what string, w *httptest.ResponseRecorder, want ...string) string {
		t.Helper()
		body := w.Body.String()
		for _, s := range want {
			if !strings.Contains(body, s) {
				t.Errorf("%s does not show %q", what, s)
			}
		}
		return body
	}
	brand := regexp.MustCompile(`<link rel="stylesheet" href="(/brand\.css\?v=[a-z0-9]+)">`)
	signIn := shows("the sign-in page", visit(nil, http.MethodGet, "/sign-in", nil), "Rivierenland Zorg", "Fijn dat je er bent", `lang="en"`)
	square := shows("the square of a nurse", visit(nurseIn, http.MethodGet, "/", nil), "Rivierenland Zorg", `lang="en"`)
	for what, body := range map[string]string{"the sign-in page": signIn, "the square": square} {
		found := brand.FindStringSubmatch(body)
		if found == nil {
			t.Errorf("%s has no stylesheet of the organisation", what)
			continue
		}
		if css := visit(nil, http.MethodGet, found[1], nil); css.Code != 200 || !strings.Contains(css.Body.String(), "#8a1538") {
			t.Errorf("%s: %d %s", found[1], css.Code, css.Body)
		}
	}
	if w := visit(nurseIn, http.MethodGet, "/groups/new", nil); w.Code != 404 {
		t.Errorf("a nurse still starts a group: %d", w.Code)
	}
	if actor, err := a.People.Actor(ctx, nurse.ID); err != nil || actor.Zone.String() != "Europe/London" {
		t.Errorf("a nurse without a zone of her own lives in %v (%v)", actor.Zone, err)
	}
	if w := visit(nurseIn, http.MethodGet, "/admin", nil); w.Code != 404 {
		t.Errorf("a nurse sees the administration: %d", w.Code)
	}

	// A link that an administrator sends goes by mail, to the person's own address.
	if w := visit(admin, http.MethodPost, "/admin/people/"+nurse.ID.String()+"/link", url.Values{"x": {""}}); w.Code != http.StatusSeeOther {
		t.Fatalf("a link: %d", w.Code)
	}
	testkit.Eventually(t, "the letter", func() bool {
		letters, err := mail.ReadDrop(app.MailDrop(set))
		return err == nil && len(letters) == 1 && letters[0].To == "samira@linge.example" && strings.Contains(letters[0].Text, "/sign-in/link/")
	})
	shows("the health page", visit(admin, http.MethodGet, "/admin/health", nil), "Numbers only", "SQLite")
}
