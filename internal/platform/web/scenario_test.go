package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"plein/internal/platform/view"
	"plein/internal/plein"
)

var json1 = map[string]string{"Accept": "application/json"}

// What a request gets, one line each.
func TestScenarios(t *testing.T) {
	for _, c := range []struct {
		name   string
		ask    ask
		status int
		header map[string]string // "" for: must not be there
		has    []string
		not    []string
	}{
		{"a page", ask{who: "ann", path: "/"}, 200,
			map[string]string{"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", "Location": ""}, []string{"the square of Ann"}, nil},
		{"its head", ask{who: "ann", method: "HEAD", path: "/"}, 200, map[string]string{"Content-Type": "text/html; charset=utf-8"}, nil, nil},
		{"signed out, a page", ask{path: "/posts/" + unknownID + "?a=1&b=2"}, 303,
			map[string]string{"Location": "/sign-in?next=%2Fposts%2F" + unknownID + "%3Fa%3D1%26b%3D2"}, nil, nil},
		{"signed out, its head", ask{method: "HEAD", path: "/people"}, 303, map[string]string{"Location": "/sign-in?next=%2Fpeople"}, nil, nil},
		{"signed out, the square", ask{path: "/"}, 303, map[string]string{"Location": "/sign-in"}, nil, nil},
		{"signed out, an admin page", ask{path: "/admin"}, 303, map[string]string{"Location": "/sign-in?next=%2Fadmin"}, nil, nil},
		{"signed out, as JSON", ask{path: "/people", header: json1}, 401,
			map[string]string{"Content-Type": "application/problem+json"}, []string{`"key":"error.session"`}, nil},
		{"signed out, a form", ask{method: "POST", path: "/posts", body: "body=x", header: map[string]string{"Referer": "https://plein.example.org/groups/x?y=z"}}, 303,
			map[string]string{"Location": "/sign-in?next=%2Fgroups%2Fx%3Fy%3Dz"}, nil, nil},
		{"a closed account is nobody", ask{who: "closed", path: "/"}, 303, map[string]string{"Location": "/sign-in"}, nil, nil},
		{"nobody known since the database is away", ask{who: "nobase", path: "/"}, 500, nil, []string{"Dit lukte niet"}, []string{"fire"}},

		{"people see people", ask{who: "ann", path: "/people"}, 200, nil, []string{"everybody"}, nil},
		{"for a guest people are not there", ask{who: "guest", path: "/people"}, 404, nil, []string{"Niets gevonden"}, []string{"everybody"}},
		{"an admin sees admin", ask{who: "admin", path: "/admin"}, 200, nil, []string{"the machine"}, nil},
		{"for others admin is not there", ask{who: "ann", path: "/admin"}, 404, nil, []string{"Niets gevonden"}, []string{"machine"}},
		{"set-up without a first run", ask{path: "/setup"}, 404, nil, []string{"Niets gevonden"}, nil},

		{"no such page", ask{who: "admin", path: "/nothing"}, 404, map[string]string{"Cache-Control": "no-store"}, []string{"Nothing here", `lang="en"`}, nil},
		{"no such page, signed out", ask{path: "/nothing"}, 404, nil, []string{"Niets gevonden"}, nil},
		{"no such page, English browser", ask{path: "/nothing", header: map[string]string{"Accept-Language": "fr, en-GB;q=0.8, nl"}}, 404, nil, []string{"Nothing here"}, nil},
		{"no such page, chosen language", ask{path: "/nothing", header: map[string]string{"Accept-Language": "nl", "Cookie": "plein-lang=en"}}, 404, nil, []string{"Nothing here"}, nil},
		{"no such page, as JSON", ask{who: "ann", path: "/nothing", header: json1}, 404,
			map[string]string{"Content-Type": "application/problem+json"}, []string{`"status":404`, `"type":"about:blank"`, `"title":"Niets gevonden"`}, nil},
		{"no such image", ask{path: "/assets/x.png", header: map[string]string{"Accept": "image/avif,image/webp"}}, 404,
			map[string]string{"Content-Type": "text/plain; charset=utf-8"}, []string{"Niets gevonden\n"}, []string{"<"}},

		{"a method that is not allowed", ask{who: "ann", method: "POST", path: "/people"}, 405,
			map[string]string{"Allow": "GET, HEAD"}, []string{"Zo kun je dit adres niet gebruiken"}, nil},
		{"the other way round", ask{who: "ann", path: "/posts"}, 405, map[string]string{"Allow": "POST"}, nil, nil},
		{"options tell nothing more", ask{who: "ann", method: "OPTIONS", path: "/posts/" + secretID}, 405, map[string]string{"Allow": "GET, HEAD", "Access-Control-Allow-Origin": ""}, nil, nil},
		{"trace", ask{who: "ann", method: "TRACE", path: "/people"}, 405, nil, nil, nil},
		{"a method nobody knows", ask{who: "ann", method: "BREW", path: "/nothing"}, 404, nil, nil, nil},

		{"invalid", ask{path: "/fails/invalid"}, 422, nil, []string{"Vul dit veld in."}, nil},
		{"invalid, as JSON", ask{path: "/fails/invalid", header: json1}, 422, nil, []string{`"field":"title"`, `"key":"form.required"`}, []string{"code"}},
		{"denied", ask{path: "/fails/denied"}, 403, nil, []string{"Dit mag niet"}, nil},
		{"conflict", ask{path: "/fails/conflict"}, 409, map[string]string{"Set-Cookie": "kept=1", "X-Half": ""}, []string{"Iemand was je voor"}, nil},
		{"too large", ask{path: "/fails/large"}, 413, map[string]string{"Retry-After": ""}, []string{"2 MB"}, nil},
		{"too fast", ask{path: "/fails/fast"}, 429, map[string]string{"Retry-After": "1"}, []string{"Even wachten"}, nil},
		{"away", ask{path: "/fails/away"}, 503, map[string]string{"Retry-After": "30"}, []string{"Even niet bereikbaar"}, nil},
		{"over time", ask{path: "/fails/deadline"}, 503, map[string]string{"Retry-After": "30"}, nil, nil},
		{"an error without words", ask{path: "/fails/no-words"}, 403, nil, []string{"Dit mag je hier niet doen."}, []string{"nobody"}},
		{"what is broken is not told", ask{path: "/fails/outside"}, 500, map[string]string{"X-Half": ""}, []string{"Code voor de servicedesk: "}, []string{"10.1.2.3", "samira"}},

		{"an asset", ask{path: "/assets/plein.css"}, 200,
			map[string]string{"Cache-Control": "public, max-age=31536000, immutable", "Vary": "", "X-Content-Type-Options": "nosniff"}, []string{"body{}"}, nil},
		{"alive", ask{path: "/healthz"}, 200, nil, []string{"alive\n"}, nil},
		{"ready", ask{path: "/readyz"}, 200, nil, []string{"ready\n"}, nil},
		{"a query", ask{path: "/query?q=caf%C3%A9"}, 200, nil, []string{`"café"`}, nil},
		{"a query that is no text", ask{path: "/query?q=%ff"}, 422, nil, []string{"geen tekst"}, nil},
		{"a query that is no query", ask{path: "/query?q=%zz"}, 422, nil, []string{"niet lezen"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			got := h.do(c.ask)
			if got.Code != c.status {
				t.Fatalf("status %d, want %d\n%s\n%s", got.Code, c.status, got.Body, h.log.String())
			}
			for k, want := range c.header {
				if v := strings.Join(got.Header().Values(k), "|"); v != want {
					t.Errorf("%s: %q, want %q", k, v, want)
				}
			}
			for _, s := range c.has {
				if !strings.Contains(got.Body.String(), s) {
					t.Errorf("%q is not in:\n%s", s, got.Body)
				}
			}
			for _, s := range c.not {
				if strings.Contains(got.Body.String(), s) {
					t.Errorf("%q is in:\n%s", s, got.Body)
				}
			}
			for _, kv := range fixedHeaders(true) {
				if got.Header().Get(kv[0]) == "" && kv[0] != "Vary" {
					t.Errorf("%s is missing", kv[0])
				}
			}
		})
	}
}

// P1: what may not be seen and what does not exist are the same bytes, headers
// included, whatever a handler did before it found out.
func TestP1UnseenIsUnknownByteForByte(t *testing.T) {
	h := newHouse(t)
	for _, header := range []map[string]string{nil, json1, {"Accept": "image/png"}, {"Accept": "*/*"}, {"Accept": "text/html", "If-None-Match": `"secret"`}} {
		for _, method := range []string{"GET", "HEAD"} {
			unseen := h.do(ask{who: "ann", method: method, path: "/posts/" + secretID, header: header})
			if unseen.Code != 404 {
				t.Fatalf("got %d", unseen.Code)
			}
			for _, path := range []string{"/posts/" + unknownID, "/posts/x", "/nothing", "/admin", "/posts/x/y/z"} {
				unknown := h.do(ask{who: "ann", method: method, path: path, header: header})
				if unseen.Body.String() != unknown.Body.String() || unseen.Code != unknown.Code {
					t.Errorf("%s differs from what is hidden:\n%s\n%s", path, unknown.Body, unseen.Body)
				}
				a, _ := json.Marshal(unseen.Header())
				b, _ := json.Marshal(unknown.Header())
				if string(a) != string(b) {
					t.Errorf("the headers of %s differ:\n%s\n%s", path, b, a)
				}
			}
		}
	}
}

func TestAPanicIsAPageWithACodeThatIsInTheLog(t *testing.T) {
	h := newHouse(t)
	got := h.do(ask{path: "/fails/panic?token=geheim", who: "ann"})
	code := regexp.MustCompile(`servicedesk: ([0-9a-z]{8})`).FindStringSubmatch(got.Body.String())
	if got.Code != 500 || code == nil || strings.Contains(got.Body.String(), "wheel") {
		t.Fatalf("status %d\n%s", got.Code, got.Body)
	}
	found := 0
	for _, l := range h.lines() {
		if l["id"] == code[1] {
			found++
			if l["msg"] == "request failed" && !strings.Contains(l["err"].(string), "the wheel came off") {
				t.Errorf("the cause is not in the log: %v", l)
			}
		}
	}
	if found != 2 { // the failure and the request
		t.Fatalf("the code is in %d lines:\n%s", found, h.log.String())
	}
	if s := h.log.String(); strings.Contains(s, "geheim") || strings.Contains(s, "192.0.2.1") || strings.Contains(s, "Ann") {
		t.Fatalf("the log tells too much:\n%s", s)
	}
	problem := h.do(ask{path: "/fails/panic", header: json1})
	if !regexp.MustCompile(`"code":"[0-9a-z]{8}"`).MatchString(problem.Body.String()) {
		t.Fatalf("no code in %s", problem.Body)
	}
}

// What was half written must not look whole: the connection is cut.
func TestAnErrorAfterTheFirstByteCutsTheAnswer(t *testing.T) {
	h := newHouse(t)
	for _, how := range []string{"late", "late-panic"} {
		func() {
			defer func() {
				if p := recover(); p != http.ErrAbortHandler {
					t.Errorf("%s: the server recovered %v, want the connection to be cut", how, p)
				}
			}()
			h.do(ask{path: "/fails/" + how})
		}()
	}
	if n := strings.Count(h.log.String(), "too late"); n != 2 {
		t.Errorf("%d of the 2 failures are in the log", n)
	}
}

func TestTheFrameMayBeBrokenToo(t *testing.T) {
	h := newHouse(t, func(h *house) { h.o.Page = nil })
	if got := h.do(ask{path: "/fails/denied"}); got.Code != 403 || !strings.HasPrefix(got.Body.String(), "Dit mag niet\n\n") {
		t.Fatalf("without a frame: %d %s", got.Code, got.Body)
	}
	h = newHouse(t, func(h *house) { h.o.Page = func(*http.Request) view.Page { panic("no frame today") } })
	if got := h.do(ask{path: "/fails/outside"}); got.Code != 500 || !strings.Contains(got.Body.String(), "Code voor de servicedesk") {
		t.Fatalf("with a frame that panics: %d %s", got.Code, got.Body)
	}
	if !strings.Contains(h.log.String(), "no frame today") {
		t.Fatal("the frame's own failure is not in the log")
	}
}

func TestWhatWasTypedIsKeptWhenTheSessionIsLost(t *testing.T) {
	kept := ""
	h := newHouse(t, func(h *house) {
		h.o.LostForm = func(w http.ResponseWriter, r *http.Request) error {
			f, err := Decode(r)
			if err != nil {
				return err
			}
			kept = f.Text("body")
			return Redirect(w, r, SignInPath("/drafts/1"))
		}
	})
	got := h.do(ask{method: "POST", path: "/posts", body: "body=een+lange+tekst%0D%0Aen+nog+een"})
	if got.Code != 303 || got.Header().Get("Location") != "/sign-in?next=%2Fdrafts%2F1" || kept != "een lange tekst\nen nog een" || len(h.posted) != 0 {
		t.Fatalf("%d %v, kept %q, posted %q", got.Code, got.Header(), kept, h.posted)
	}
}

func TestAFlashIsShownOnce(t *testing.T) {
	h := newHouse(t)
	got := h.do(ask{who: "ann", method: "POST", path: "/posts", body: "body=x"})
	cookies := got.Result().Cookies()
	if got.Code != 303 || len(cookies) != 1 || !cookies[0].Secure || !cookies[0].HttpOnly || cookies[0].MaxAge > 60 || !strings.HasPrefix(cookies[0].Name, "__Host-") {
		t.Fatalf("%d %v", got.Code, cookies)
	}
	with := map[string]string{"Cookie": cookies[0].Name + "=" + cookies[0].Value}
	if lost := h.do(ask{who: "ann", path: "/nothing", header: with}); len(lost.Result().Cookies()) != 0 {
		t.Fatal("an error page, which shows no flash, took it away")
	}
	shown := h.do(ask{who: "ann", path: "/", header: with})
	if !strings.Contains(shown.Body.String(), "te veel velden: hoogstens 7.") {
		t.Fatalf("the flash is not shown: %s", shown.Body)
	}
	if c := shown.Result().Cookies(); len(c) != 1 || c[0].Name != cookies[0].Name || c[0].MaxAge >= 0 {
		t.Fatalf("the flash stays: %v", c)
	}
	for _, bad := range []string{"x", "e30", "bnVsbA", "eyJrIjo1fQ"} {
		if got := h.do(ask{who: "ann", path: "/", header: map[string]string{"Cookie": cookies[0].Name + "=" + bad}}); got.Code != 200 {
			t.Fatalf("a flash of %q gives %d", bad, got.Code)
		}
	}
}

func TestTheDefaultLanguageIsASetting(t *testing.T) {
	h := newHouse(t, func(h *house) { h.o.DefaultLang = func(context.Context) string { return "en" } })
	for header, want := range map[string]string{"": "Nothing here", "de": "Nothing here", "nl-BE": "Niets gevonden"} {
		got := h.do(ask{path: "/nothing", header: map[string]string{"Accept-Language": header}})
		if !strings.Contains(got.Body.String(), want) {
			t.Errorf("%q: %q is not in %s", header, want, got.Body)
		}
	}
}

func TestFirstRunClosesItself(t *testing.T) {
	first, failure := true, error(nil)
	h := newHouse(t, func(h *house) {
		h.o.FirstRun = func(context.Context) (bool, error) { return first, failure }
	})
	if got := h.do(ask{path: "/setup"}); got.Code != 200 {
		t.Fatalf("got %d", got.Code)
	}
	first = false
	if got := h.do(ask{path: "/setup", who: "admin"}); got.Code != 404 {
		t.Fatalf("got %d", got.Code)
	}
	failure = errors.New("no database")
	if got := h.do(ask{path: "/setup"}); got.Code != 500 {
		t.Fatalf("got %d", got.Code)
	}
}

// P24: nothing is served without a policy, and everything served is in the list.
func TestP24EveryRouteHasAPolicy(t *testing.T) {
	h := newHouse(t)
	for _, r := range h.routes.List() {
		if r.Policy.String() == "none" || r.Pattern == "" || r.Method == "" {
			t.Errorf("%+v", r)
		}
	}
	if n := len(h.routes.List()); n != 16 {
		t.Errorf("%d routes in the list, want the 13 of the test and 3 of the server", n)
	}
	ok := func(http.ResponseWriter, *http.Request) error { return nil }
	for name, add := range map[string]func(r *Routes){
		"no policy":      func(r *Routes) { r.Get("/x", 0, ok) },
		"unknown policy": func(r *Routes) { r.Post("/x", 99, ok) },
		"no handler":     func(r *Routes) { r.Get("/x", Public, nil) },
		"a host":         func(r *Routes) { r.Get("example.org/x", Public, ok) },
		"a method":       func(r *Routes) { r.Get("GET /x", Public, ok) },
		"twice":          func(r *Routes) { r.Get("/x", Public, ok); r.Get("/x", People, ok); New(Options{}, r) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s was registered", name)
				}
			}()
			add(&Routes{})
		}()
	}
	if s := Needs(plein.ViewHealth).String(); s != "needs view health" {
		t.Errorf("got %q", s)
	}
	if Needs(plein.PostOrg).String() == "none" || !Needs(plein.PostOrg).known() {
		t.Error("the first capability must be a policy too")
	}
}
