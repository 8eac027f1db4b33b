package search_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"plein/internal/platform/view"
	"plein/internal/platform/view/viewtest"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/items"
	"plein/internal/square/search"
)

// front is the search page behind a real front door.
type front struct {
	*house
	server http.Handler
	who    plein.Actor
	lang   string
}

func (h *house) front() *front {
	f := &front{house: h, lang: "nl"}
	page := func(r *http.Request) view.Page {
		a := plein.ActorFrom(r.Context())
		return view.Page{Speaker: h.Words.For(f.lang, time.UTC), Path: r.URL.RequestURI(), Now: h.Clock.Now(), OrgName: "Lingeziekenhuis",
			Frame: &view.Frame{OrgName: "Lingeziekenhuis", Me: view.Person{ID: a.ID.String(), Name: a.Name, Href: "/people/" + a.ID.String(), Guest: a.Guest},
				Search: &view.Search{Action: "/search", Hint: "Zoek"}}}
	}
	var routes web.Routes
	search.NewModule(h.Search, search.PageDeps{Page: page, Experts: func(_ context.Context, _ plein.Actor, query string) (templ.Component, error) {
		return templ.Raw(`<section class="card" aria-labelledby="wie"><h2 id="wie">Wie weet dit</h2></section>`), nil
	}}).Routes(&routes)
	f.server = web.New(web.Options{Words: h.Words, Page: page, Limits: &web.Limits{}, Actor: func(*http.Request) (plein.Actor, error) {
		a := f.who
		a.Lang = f.lang
		return a, nil
	}}, &routes)
	return f
}

func (f *front) send(a plein.Actor, method, path string, form url.Values) (int, string) {
	f.t.Helper()
	f.who = a
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Accept", "text/html")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	w := httptest.NewRecorder()
	f.server.ServeHTTP(w, r)
	body := w.Body.String()
	if w.Code == http.StatusOK || w.Code == http.StatusUnprocessableEntity {
		for _, p := range viewtest.Problems(body, true) {
			f.t.Errorf("%s: %s", path, p)
		}
	}
	return w.Code, body
}

func (f *front) shows(a plein.Actor, path string, want ...string) string {
	f.t.Helper()
	status, body := f.send(a, http.MethodGet, path, nil)
	if status != http.StatusOK {
		f.t.Fatalf("%s gives %d", path, status)
	}
	for _, w := range want {
		if !strings.Contains(body, w) {
			f.t.Errorf("%s does not show %q", path, w)
		}
	}
	return body
}

func TestTheSearchPage(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		anna, bram, cm := h.Person("Anna Smit", 0), h.Person("Bram de Wit", 0), h.Person("Carla Vos", 0, plein.RoleCommunityManager)
		guest := h.Guest("Gijs Gast")
		closed := h.Group("Werkgroep pompen", plein.Closed, anna)
		h.Group("Pompen en zo", plein.Open, anna)
		q := h.Make(anna, items.NewItem{Audience: plein.OrgAudience, Kind: plein.KindQuestion, Title: "De pomp piept", Body: "Maar ik zie **geen** lucht <b>. Wat nu?"})
		h.Reply(bram, q, "Kijk of de pomp klem zit")
		file := h.File(anna, "Snelkaart pomp.txt", "de pomp piept drie keer")
		h.Make(anna, items.NewItem{Audience: plein.OrgAudience, Body: "Hang op", Files: []plein.ID{file}})
		h.Post(anna, closed, "pompoffertes")
		for range 30 {
			h.Post(bram, plein.OrgAudience, "Nog een bericht over de pomp en <script>alert(1)</script>")
		}
		h.Indexed()
		f := h.front()
		for _, f.lang = range []string{"nl", "en"} {
			f.shows(bram, "/search")
			body := f.shows(bram, "/search?q=pomp", "<mark>pomp</mark>", "De <mark>pomp</mark> piept", `value="pomp"`, "Wie weet dit", "rel=\"next\"", "/posts/new?kind=question&amp;title=pomp", "<mark>pompen</mark>")
			if strings.Contains(body, "<script>alert") || strings.Contains(body, "pompoffertes") {
				t.Error("too much is shown")
			}
			f.shows(bram, "/search?q=pomp&sort=best&kind=questions&group="+plein.OrgAudience.String()+"&person="+anna.ID.String()+"&period=week", "<mark>pomp</mark>", "tag-brand")
			f.shows(bram, "/search?q=snelkaart&kind=files", "/files/"+file.String())
			f.shows(bram, "/search?q=carla&kind=people", "/people/"+cm.ID.String())
			f.shows(bram, "/search?q=werkgroep&kind=groups", "masked", "/groups/"+closed.String())
			f.shows(bram, "/search?q=nergens&group="+closed.String()+"&person=zzz")
			f.shows(bram, "/search?q="+strings.Repeat("lang+", 300))
			f.shows(bram, "/search?q=%E2%80%AEpomp%22%27%3Cb%3E")
			f.shows(guest, "/search?q=pomp")
		}
		f.lang = "nl"
		h.Clock.Advance(time.Minute)
		h.Post(anna, plein.OrgAudience, "te laat")
		if err := h.Changes.CatchUp(t.Context(), h.Search.Follower()); err != nil {
			t.Fatal(err)
		}
		h.Clock.Advance(time.Minute)
		f.shows(bram, "/search?q=pomp", "werken de zoekresultaten nog bij")

		if status, _ := f.send(anna, http.MethodGet, "/search/synonyms", nil); status != http.StatusNotFound {
			t.Errorf("anybody sees the synonyms: %d", status)
		}
		f.shows(cm, "/search/synonyms")
		if status, body := f.send(cm, http.MethodPost, "/search/synonyms", url.Values{"words": {"alleen"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "minstens twee") {
			t.Errorf("one word gives %d", status)
		}
		if status, _ := f.send(cm, http.MethodPost, "/search/synonyms", url.Values{"words": {"pomp, infuus"}}); status != http.StatusSeeOther {
			t.Errorf("adding gives %d", status)
		}
		f.shows(cm, "/search/synonyms", "infuus, pomp")
		f.shows(bram, "/search?q=infuus", "We zoeken ook op pomp.", "<mark>pomp</mark>")
		list, err := h.Search.Synonyms(t.Context(), cm)
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		if status, _ := f.send(cm, http.MethodPost, "/search/synonyms/"+list[0].ID.String()+"/drop", url.Values{}); status != http.StatusSeeOther {
			t.Errorf("removing gives %d", status)
		}
	})
}
