package knows_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"plein/internal/platform/view"
	"plein/internal/platform/view/viewtest"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/rooms/knows"
)

// through sends a request through the real front door.
func (r *room) through(a plein.Actor, lang, method, path string, form url.Values) (int, string) {
	r.t.Helper()
	deps := r.Deps
	page := func(req *http.Request) view.Page {
		return view.Page{Speaker: deps.Words.For(lang, time.UTC), Path: req.URL.Path, Now: r.Clock.Now(), OrgName: "Lingeziekenhuis",
			Frame: &view.Frame{OrgName: "Lingeziekenhuis", Me: view.Person{ID: "me", Name: "Ik", Href: "/people/me"}}}
	}
	deps.Page = page
	m := knows.New(deps)
	var routes web.Routes
	m.Routes(&routes)
	a.Lang = lang
	server := web.New(web.Options{Words: deps.Words, Page: page, Limits: &web.Limits{},
		Actor: func(*http.Request) (plein.Actor, error) { return a, nil }}, &routes)
	req := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	req.Header.Set("Accept", "text/html")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	w := httptest.NewRecorder()
	server.ServeHTTP(w, req)
	return w.Code, w.Body.String()
}

func TestPages(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		ctx := t.Context()
		anna, bob, guest := r.Person("Anna Smit", 0), r.Person("Bob Jansen", 0), r.Guest("Gerda Gast")
		r.profile(bob, []string{"verlof"}, []string{"verlof <en> rooster"})
		group := r.Group("Personeelszaken", plein.Open, anna, bob)
		q := r.ask(anna, group, "Hoe werkt verlof?")
		answer := r.Reply(bob, q, "verlof gaat zo")
		r.accept(anna, answer)
		for lang, want := range map[string][]string{
			"nl": {"Beantwoordde een vraag over verlof in Personeelszaken", "Heeft verlof bij kennis staan", "Vraag me naar: verlof &lt;en&gt; rooster"},
			"en": {"Answered a question about verlof in Personeelszaken", "Has verlof among their skills", "Ask me about"},
		} {
			for _, path := range []string{"/knows", "/knows?q=verlof", "/knows?q=nergens", "/knows?q=" + strings.Repeat("x", 300)} {
				_, body := r.through(anna, lang, http.MethodGet, path, nil)
				for _, p := range viewtest.Problems(body, true) {
					t.Errorf("%.30s in %s: %s", path, lang, p)
				}
				if path == "/knows?q=verlof" {
					for _, s := range want {
						if !strings.Contains(body, s) {
							t.Errorf("%q is not on the page in %s", s, lang)
						}
					}
				}
			}
		}
		if status, _ := r.through(guest, "nl", http.MethodGet, "/knows?q=verlof", nil); status != http.StatusNotFound {
			t.Errorf("a guest gets %d", status)
		}
		short, err := r.Short(ctx, anna, "verlof")
		if err != nil || short == nil {
			t.Fatalf("beside a search: %v, %v", short, err)
		}
		if html := viewtest.Part(t, short); !strings.Contains(html, "Bob Jansen") || !strings.Contains(html, "/knows?q=verlof") {
			t.Errorf("beside a search: %s", html)
		}
		if short, err := r.Short(ctx, anna, "nergens"); short != nil || err != nil {
			t.Errorf("nobody: %v, %v", short, err)
		}
		// A thank-you by form, and back.
		path := "/knows/thanks/" + answer.ID.String()
		for _, form := range []url.Values{{"on": {"verlof"}}, {"off": {"verlof"}}} {
			if status, body := r.through(anna, "nl", http.MethodPost, path, form); status != http.StatusSeeOther {
				t.Errorf("%v gives %d %s", form, status, body)
			}
		}
		if status, _ := r.through(anna, "nl", http.MethodPost, path, url.Values{"on": {"iets anders"}}); status != http.StatusUnprocessableEntity {
			t.Errorf("another topic gives %d", status)
		}
	})
}
