package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/a-h/templ"

	"plein/internal/platform/view"
	"plein/internal/platform/words"
	"plein/internal/plein"
)

// house is a small Plein: a few routes, a few people, no database.
type house struct {
	t      *testing.T
	o      Options
	routes *Routes
	srv    *Server
	log    lockedBuffer
	posted []string // what reached the one act
}

// people of the house. The cookie "who" is their session.
var people = map[string]plein.Actor{
	"ann":   {ID: 11, Name: "Ann", Lang: "nl", Caps: plein.CapabilitiesOf([]plein.Role{plein.RoleMember})},
	"admin": {ID: 12, Name: "Ad", Lang: "en", Caps: plein.CapabilitiesOf([]plein.Role{plein.RoleMember, plein.RoleTechnicalAdmin})},
	"guest": {ID: 13, Name: "Gus", Lang: "nl", Guest: true},
}

const secretID, unknownID = "0000000000001", "zzzzzzzzzzzzz"

func newHouse(t *testing.T, change ...func(*house)) *house {
	t.Helper()
	catalogue, err := words.New(Words())
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, routes: &Routes{}}
	h.o = Options{
		Log:     slog.New(slog.NewJSONHandler(&h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Words:   catalogue,
		BaseURL: "https://plein.example.org",
		Secure:  true,
		Actor: func(r *http.Request) (plein.Actor, error) {
			c, err := r.Cookie("who")
			if err != nil {
				return plein.Actor{}, nil
			}
			if c.Value == "closed" {
				return plein.Actor{}, plein.Wrap("people.actor", plein.ErrNotFound)
			}
			if c.Value == "nobase" {
				return plein.Actor{}, errors.New("the database is on fire")
			}
			return people[c.Value], nil
		},
	}
	h.o.Page = func(r *http.Request) view.Page {
		p := view.Page{Speaker: catalogue.For(Lang(r), nil), Path: r.URL.RequestURI(), OrgName: "Lingeziekenhuis"}
		if a := plein.ActorFrom(r.Context()); a.SignedIn() {
			p.Frame = &view.Frame{OrgName: "Lingeziekenhuis", Me: view.Person{Name: a.Name}}
		}
		if key, args := Flash(r); key != "" {
			p.Flash = &view.Flash{Text: catalogue.Say(Lang(r), key, args)}
		}
		return p
	}
	h.routes.Get("/{$}", SignedIn, func(w http.ResponseWriter, r *http.Request) error {
		return h.say(w, r, "the square of "+plein.ActorFrom(r.Context()).Name)
	})
	h.routes.Get("/sign-in", Public, func(w http.ResponseWriter, r *http.Request) error {
		return h.say(w, r, "sign in here")
	})
	h.routes.Get("/people", People, func(w http.ResponseWriter, r *http.Request) error {
		return h.say(w, r, "everybody")
	})
	h.routes.Get("/admin", Needs(plein.ManageSettings), func(w http.ResponseWriter, r *http.Request) error {
		return h.say(w, r, "the machine")
	})
	h.routes.Get("/setup", FirstRun, func(w http.ResponseWriter, r *http.Request) error {
		return h.say(w, r, "the first administrator")
	})
	h.routes.Get("/posts/{id}", SignedIn, func(w http.ResponseWriter, r *http.Request) error {
		if r.PathValue("id") == secretID { // there, but not for you: it came further before it found out
			w.Header().Set("ETag", `"secret"`)
			w.Header().Set("Content-Language", "nl")
			http.SetCookie(w, &http.Cookie{Name: "read", Value: secretID})
			return plein.Wrap("items.find", plein.E(plein.NotFound, "items.hidden", plein.Args{"name": "Secret group"}))
		}
		if _, err := plein.ParseID(r.PathValue("id")); err != nil {
			return plein.Wrap("items.find", err)
		}
		return plein.ErrNotFound
	})
	h.routes.Post("/posts", SignedIn, func(w http.ResponseWriter, r *http.Request) error {
		f, err := Decode(r)
		if err != nil {
			return err
		}
		h.posted = append(h.posted, f.Text("body"))
		SetFlash(w, "web.too_many_fields", "max", 7)
		return Redirect(w, r, "/")
	})
	h.routes.Upload("/files", SignedIn, 1<<20, func(w http.ResponseWriter, r *http.Request) error {
		f, err := Decode(r)
		if err != nil {
			return err
		}
		return JSON(w, http.StatusOK, len(f.Files("file")))
	})
	h.routes.Post("/json", SignedIn, func(w http.ResponseWriter, r *http.Request) error {
		var v struct{ Name string }
		if err := DecodeJSON(r, &v); err != nil {
			return err
		}
		return JSON(w, http.StatusOK, v.Name)
	})
	h.routes.Get("/fails/{how}", Public, func(w http.ResponseWriter, r *http.Request) error {
		http.SetCookie(w, &http.Cookie{Name: "kept", Value: "1"})
		w.Header().Set("X-Half", "way")
		switch r.PathValue("how") {
		case "panic":
			panic("the wheel came off")
		case "late":
			_, _ = w.Write([]byte("half of "))
			return errors.New("too late")
		case "late-panic":
			_, _ = w.Write([]byte("half of "))
			panic("too late")
		case "outside":
			return errors.New("dial tcp 10.1.2.3:5432: refused for user samira")
		case "invalid":
			return plein.FieldError("title", "form.required", nil)
		case "denied":
			return plein.ErrDenied
		case "conflict":
			return plein.E(plein.Conflict, "error.conflict", nil)
		case "large":
			return plein.E(plein.TooMuch, "error.form_too_large", plein.Args{"max": "2 MB"})
		case "fast":
			return plein.E(plein.TooMuch, "error.too_much", nil)
		case "away":
			return plein.E(plein.Away, "error.away", nil)
		case "deadline":
			return plein.Wrap("items.find", context.DeadlineExceeded)
		case "no-words":
			return plein.E(plein.Denied, "nobody.wrote.this", nil)
		}
		return plein.ErrNotFound
	})
	h.routes.Static("/assets/", func(w http.ResponseWriter, r *http.Request) error {
		if r.URL.Path != "/assets/plein.css" {
			return plein.ErrNotFound
		}
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		w.Header().Set("Content-Type", "text/css")
		_, err := io.WriteString(w, "body{}")
		return err
	})
	h.routes.Get("/where", Public, func(w http.ResponseWriter, r *http.Request) error {
		return JSON(w, http.StatusOK, map[string]string{"ip": ClientIP(r).String(), "link": h.srv.Link("/sign-in")})
	})
	h.routes.Get("/query", Public, func(w http.ResponseWriter, r *http.Request) error {
		f, err := Decode(r)
		if err != nil {
			return err
		}
		return JSON(w, http.StatusOK, f.Text("q"))
	})
	for _, c := range change {
		c(h)
	}
	h.srv = New(h.o, h.routes)
	return h
}

func (h *house) say(w http.ResponseWriter, r *http.Request, text string) error {
	flash := ""
	if p := h.o.Page(r); p.Flash != nil {
		flash = p.Flash.Text
	}
	return Render(w, r, http.StatusOK, templ.Raw("<p>"+text+"</p><p>"+flash+"</p>"))
}

// ask is one request, with sensible defaults: a browser on a page of our own.
type ask struct {
	who, method, path string
	from              string // RemoteAddr
	header            map[string]string
	body              string
}

func (h *house) do(a ask) *httptest.ResponseRecorder {
	h.t.Helper()
	if a.method == "" {
		a.method = "GET"
	}
	r := httptest.NewRequest(a.method, a.path, strings.NewReader(a.body))
	r.Host = "plein.example.org"
	if a.from != "" {
		r.RemoteAddr = a.from
	}
	r.Header.Set("Accept", "text/html")
	if a.method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for k, v := range a.header {
		r.Header.Set(k, v)
		if v == "" {
			r.Header.Del(k)
		}
	}
	if a.who != "" {
		r.AddCookie(&http.Cookie{Name: "who", Value: a.who})
	}
	w := httptest.NewRecorder()
	h.srv.ServeHTTP(w, r)
	return w
}

// lines gives the log as parsed lines.
func (h *house) lines() []map[string]any {
	h.t.Helper()
	var out []map[string]any
	for d := json.NewDecoder(strings.NewReader(h.log.String())); ; {
		var m map[string]any
		if err := d.Decode(&m); err == io.EOF {
			return out
		} else if err != nil {
			h.t.Fatal(err)
		}
		out = append(out, m)
	}
}

func trusting(t *testing.T, prefixes ...string) (out []netip.Prefix) {
	t.Helper()
	for _, p := range prefixes {
		parsed, err := netip.ParsePrefix(p)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, parsed)
	}
	return out
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
