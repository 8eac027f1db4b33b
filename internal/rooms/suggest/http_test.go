package suggest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/rooms/suggest"
)

// ask sends a request through the real front door, in Dutch.
func (r room) ask(a plein.Actor, method, path string, form url.Values) (int, string, string) {
	r.t.Helper()
	catalogue, err := words.New(suggest.Words(), web.Words())
	if err != nil {
		r.t.Fatal(err)
	}
	page := func(*http.Request) view.Page { return view.Page{Speaker: catalogue.For("nl", nil)} }
	m := suggest.New(suggest.Deps{Clock: r.Clock, People: r.People, Groups: r.Groups, Access: r.Access, Items: r.Items, Page: page})
	var routes web.Routes
	m.Routes(&routes)
	server := web.New(web.Options{Words: catalogue, Page: page, Limits: &web.Limits{},
		Actor: func(*http.Request) (plein.Actor, error) { return a, nil }}, &routes)
	req := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	req.Header.Set("Accept", "application/json")
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	w := httptest.NewRecorder()
	server.ServeHTTP(w, req)
	return w.Code, w.Header().Get("Content-Type"), w.Body.String()
}

func TestAnswersAreJSON(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		unit := r.Unit("Interne B3", 0)
		anna, fatima := r.Person("Anna Smit", 0), r.Person("Fatima van den Berg", unit)
		group := r.Group("Bergwandelen", plein.Closed, anna)
		status, kind, body := r.ask(anna, http.MethodGet, "/suggest?q=berg&audience="+group.String(), nil)
		var got struct {
			Offers []struct{ Kind, Insert, Name, Note, Warn, Tile, Initials string }
			Said   string
		}
		if err := json.Unmarshal([]byte(body), &got); err != nil || status != http.StatusOK || kind != "application/json" {
			t.Fatalf("%d %s %s %v", status, kind, body, err)
		}
		if len(got.Offers) != 2 || got.Said != "2 voorstellen. Kies met de pijltjes en Enter." {
			t.Fatalf("offers %s", body)
		}
		if o := got.Offers[0]; o.Insert != "@Fatima van den Berg" || o.Note != "Interne B3" || o.Warn != "kan dit niet zien" || o.Initials == "" || !strings.HasPrefix(o.Tile, "tile-") {
			t.Errorf("a person: %+v", o)
		}
		if o := got.Offers[1]; o.Kind != "group" || o.Insert != "@Bergwandelen" || o.Note != "1 lid" {
			t.Errorf("a group: %+v", o)
		}
		_, _, body = r.ask(anna, http.MethodPost, "/suggest/notes", url.Values{"audience": {group.String()}, "body": {"Dag @Fatima van den Berg, zie @Bergwandelen"}})
		if want := `{"notes":[{"text":"Fatima van den Berg kan dit bericht niet zien en krijgt geen melding.","warns":true},` +
			`{"text":"@Bergwandelen bereikt 0 mensen.","warns":false}]}`; body != want {
			t.Errorf("notes %s", body)
		}
		// Whoever is outside gets the same with the group as with nothing at all.
		_, _, with := r.ask(fatima, http.MethodGet, "/suggest?q=smit&audience="+group.String(), nil)
		_, _, without := r.ask(fatima, http.MethodGet, "/suggest?q=smit&audience="+plein.ID(99).String(), nil)
		if with != without {
			t.Errorf("a closed group answers %s, nothing answers %s", with, without)
		}
	})
}

func TestErrorsAreProblems(t *testing.T) {
	each(t, func(t *testing.T, r room) {
		a := r.Person("Anna Smit", 0)
		for path, want := range map[string]int{
			"/suggest?q=" + strings.Repeat("a", plein.MaxQuery+1): http.StatusUnprocessableEntity,
			"/suggest?q=a&kind=alles":                             http.StatusUnprocessableEntity,
			"/suggest?q=%ff":                                      http.StatusUnprocessableEntity,
		} {
			status, kind, body := r.ask(a, http.MethodGet, path, nil)
			if status != want || kind != "application/problem+json" || !strings.Contains(body, fmt.Sprintf(`"status":%d`, want)) {
				t.Errorf("%.40s gives %d %s %s", path, status, kind, body)
			}
		}
		status, kind, body := r.ask(a, http.MethodPost, "/suggest/notes", url.Values{"body": {strings.Repeat("a", 4*plein.MaxBody+1)}})
		if status != http.StatusUnprocessableEntity || kind != "application/problem+json" {
			t.Errorf("a long text gives %d %s %.100s", status, kind, body)
		}
		if status, _, _ := r.ask(plein.Actor{}, http.MethodGet, "/suggest?q=a", nil); status != http.StatusUnauthorized {
			t.Errorf("a stranger gets %d", status)
		}
	})
}
