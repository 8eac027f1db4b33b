package notices

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"plein/internal/platform/changes"
	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/platform/view"
	"plein/internal/platform/view/viewtest"
	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/square/feed"
	"plein/internal/square/items"
	"plein/internal/square/squaretest"
)

// town is a square with the room, and its follower running.
type town struct {
	*squaretest.House
	*Module
	t   *testing.T
	bus func(subject string) error // what publishing answers
}

func each(t *testing.T, fn func(t *testing.T, h *town)) {
	t.Helper()
	testkit.Each(t, func(t *testing.T, d *db.DB) { fn(t, open(t, d)) }, append(squaretest.Migrations(), Migrations())...)
}

func open(t *testing.T, d *db.DB) *town {
	t.Helper()
	h := &town{House: squaretest.New(t, d), t: t, bus: func(string) error { return nil }}
	catalogue, err := words.New([]fs.FS{web.Words(), items.Words(), Words()}...)
	must(t, err)
	h.Module = New(Deps{DB: d, Changes: h.House.Changes, Clock: h.House.Clock, Access: h.House.Access, People: h.House.People,
		Groups: h.House.Groups, Items: h.House.Items, Feed: h.House.Feed,
		Publish: func(subject string, _ []byte) error { return h.bus(subject) },
		Page: func(r *http.Request) view.Page {
			n, err := h.Unread(r.Context(), plein.ActorFrom(r.Context()))
			must(t, err)
			return view.Page{Speaker: catalogue.For("nl", nil), Lang: "nl", Now: h.House.Clock.Now(), Path: r.URL.RequestURI(),
				Frame: &view.Frame{Me: view.Person{ID: "x", Name: "Iemand", Href: "/people/x"}, Notices: n, Nav: []view.Link{{Href: "/notices", Label: "Meldingen", Icon: "bell", Count: n, Most: 9}}}}
		}})
	h.run(h.Follower())
	return h
}

// run follows the log until the test ends.
func (h *town) run(f changes.Follower) {
	ctx, stop := context.WithCancel(context.WithoutCancel(h.t.Context()))
	done := make(chan error, 1)
	go func() { done <- h.House.Changes.Run(ctx, f) }()
	h.t.Cleanup(func() {
		stop()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			h.t.Error(err)
		}
	})
}

// settle waits until everything that happened has been heard.
func (h *town) settle() {
	h.t.Helper()
	testkit.Eventually(h.t, "the follower to have heard everything", func() bool {
		lags, err := h.House.Changes.Lags(h.t.Context())
		must(h.t, err)
		for _, l := range lags {
			if l.Lines > 0 {
				return false
			}
		}
		return len(lags) > 0
	})
}

// says gives what stands on the first page of somebody's notices, a line each, a
// star before those that are new.
func (h *town) says(a plein.Actor) []string { return h.saysOf(a, "") }

func (h *town) saysOf(a plein.Actor, filter string) []string {
	h.t.Helper()
	h.settle()
	list, _, err := h.list(h.t.Context(), a, filter, top)
	must(h.t, err)
	return h.inWords(a, list)
}

func (h *town) inWords(a plein.Actor, list []line) []string {
	h.t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/notices", nil)
	r = r.WithContext(plein.WithActor(h.t.Context(), a))
	views, err := h.views(h.t.Context(), a, h.Page(r), list)
	must(h.t, err)
	out := make([]string, len(views))
	for n, v := range views {
		if out[n] = v.name(); v.Unread {
			out[n] = "* " + out[n]
		}
		if len(v.Also) > 0 {
			out[n] += " (" + strings.Join(v.Also, ", ") + ")"
		}
	}
	return out
}

func (h *town) expect(a plein.Actor, want ...string) {
	h.t.Helper()
	got := h.says(a)
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		h.t.Errorf("%s is told\n  %s\nwant\n  %s", a.Name, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
	fresh := 0
	for _, l := range want {
		if strings.HasPrefix(l, "* ") {
			fresh++
		}
	}
	if n := h.unread(a); n != min(fresh, mostCounted) {
		h.t.Errorf("the number beside the bell of %s is %d, and %d lines are new", a.Name, n, fresh)
	}
}

func (h *town) unread(a plein.Actor) int {
	h.t.Helper()
	n, err := h.Unread(h.t.Context(), a)
	must(h.t, err)
	return n
}

// page asks for the page as a browser does.
func (h *town) get(a plein.Actor, path string) string {
	h.t.Helper()
	w := h.ask(a, http.MethodGet, path, "")
	if w.Code != http.StatusOK {
		h.t.Fatalf("%s gives %d", path, w.Code)
	}
	viewtest.Page(h.t, templ.Raw(w.Body.String()))
	return w.Body.String()
}

func (h *town) ask(a plein.Actor, method, path, form string) *httptest.ResponseRecorder {
	h.t.Helper()
	h.settle()
	var body io.Reader
	if form != "" {
		body = strings.NewReader(form)
	}
	r := httptest.NewRequest(method, path, body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r = r.WithContext(plein.WithActor(h.t.Context(), a))
	mux := http.NewServeMux()
	w := httptest.NewRecorder()
	for pattern, handler := range map[string]web.Handler{"GET /notices": h.page, "POST /notices/read": h.allRead,
		"GET /notices/{about}/{id}": h.open, "POST /notices/{about}/{id}": h.markOne} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := handler(w, r); err != nil {
				w.WriteHeader(map[plein.ErrorKind]int{plein.NotFound: 404, plein.Invalid: 422, plein.Broken: 500}[plein.KindOf(err)])
			}
		})
	}
	mux.ServeHTTP(w, r)
	return w
}

func (h *town) react(a plein.Actor, i *items.Item, r plein.Reaction, on bool) {
	h.t.Helper()
	_, err := h.House.Items.React(h.t.Context(), a, i.ID, r, on)
	must(h.t, err)
}

func (h *town) choose(a plein.Actor, kind string, id plein.ID, level string) {
	h.t.Helper()
	must(h.t, h.House.Feed.Choose(h.t.Context(), a, plein.Ref{Kind: kind, ID: id}, feed.Level(level)))
}

func (h *town) rows(query string) int {
	h.t.Helper()
	n, err := db.One(h.t.Context(), h.House.DB.Read(), db.Value[int], query)
	must(h.t, err)
	return n
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
