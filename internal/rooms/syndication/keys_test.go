package syndication_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"plein/internal/platform/view/viewtest"
	"plein/internal/rooms/syndication"
)

func queryEscape(s string) string { return url.QueryEscape(s) }

func (h *town) post(path string, form url.Values) *http.Response {
	h.T.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	h.server.ServeHTTP(w, r)
	return w.Result()
}

var address = regexp.MustCompile(`https://plein\.example(/feeds/[\w-]{43}/[^<]*)`)

func TestAKeyIsShownOnce(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		h.asks = h.samira
		page := body(t, h.get("/settings/feeds?of=/groups/"+h.open.String()))
		for _, p := range viewtest.Problems(page, true) {
			t.Error(p)
		}
		if address.MatchString(page) || !strings.Contains(page, "/groups/"+h.open.String()) {
			t.Error("before there is a key the page shows none, and keeps what was asked for")
		}
		r := h.post("/settings/feeds", url.Values{"name": {"telefoon"}, "of": {base + "/groups/" + h.open.String() + "/members"}})
		page = body(t, r)
		for _, p := range viewtest.Problems(page, true) {
			t.Error(p)
		}
		found := address.FindAllStringSubmatch(page, -1)
		if r.StatusCode != http.StatusOK || len(found) != 4 || r.Header.Get("Cache-Control") != "no-store" {
			t.Fatalf("%s with %d addresses\n%s", r.Status, len(found), page)
		}
		for _, m := range found {
			if r := h.get(m[1]); r.StatusCode != http.StatusOK {
				t.Errorf("%s gives %s", m[1], r.Status)
			}
		}
		if page := body(t, h.get("/settings/feeds")); address.MatchString(page) || !strings.Contains(page, "telefoon") || !strings.Contains(page, "laatst gebruikt op") {
			t.Errorf("afterwards the page shows\n%s", page)
		}
		// Sending the form again makes no second one.
		r = h.post("/settings/feeds", url.Values{"name": {"telefoon"}})
		if page := body(t, r); r.StatusCode != http.StatusUnprocessableEntity || address.MatchString(page) || !strings.Contains(page, "Je hebt al een sleutel met deze naam") {
			t.Errorf("the same name again: %s", r.Status)
		}
		list, err := h.room.Keys(t.Context(), h.samira)
		if err != nil || len(list) != 1 {
			t.Fatalf("%d keys, %v", len(list), err)
		}
		if r := h.post("/settings/feeds/"+list[0].ID.String()+"/end", nil); r.StatusCode != http.StatusSeeOther {
			t.Errorf("ending one gives %s", r.Status)
		}
		if r := h.get(found[0][1]); r.StatusCode != http.StatusNotFound {
			t.Errorf("an ended key gives %s", r.Status)
		}
		h.asks = h.Guest("Nora Gast")
		if r := h.get("/settings/feeds"); r.StatusCode != http.StatusNotFound {
			t.Errorf("a guest gets %s", r.Status)
		}
	})
}

func TestTheFeedOfAPage(t *testing.T) {
	id := "0000000000008"
	for _, c := range []struct{ page, path, query string }{
		{base + "/groups/" + id, "/groups/" + id, ""},
		{"/people/" + id + "/posts?at=x", "/people/" + id, ""},
		{" /tags/Ro%C3%B6ster ", "/tags/ro%C3%B6ster", ""},
		{"/search?q=verlof+aanvraag&sort=x", "/search", "?q=verlof+aanvraag"},
		{"/search?q=", "", ""},
		{"/groups/kort", "", ""},
		{"/posts/" + id, "", ""},
		{"https://elders.example/groups/" + id, "", ""},
		{"//elders.example/groups/" + id, "", ""},
		{"", "", ""}, {"%zz", "", ""}, {"/tags/!!!", "", ""}, {strings.Repeat("/", 3000), "", ""},
	} {
		path, query, ok := syndication.FeedOf(base, c.page)
		if !ok {
			path, query = "", ""
		}
		if path != c.path || query != c.query {
			t.Errorf("%q is the feed %q %q, want %q %q", c.page, path, query, c.path, c.query)
		}
	}
}
