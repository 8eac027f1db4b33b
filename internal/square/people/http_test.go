package people_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"plein/internal/platform/blob"
	"plein/internal/platform/changes"
	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/platform/text"
	"plein/internal/platform/view"
	"plein/internal/platform/view/viewtest"
	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// site is the room behind the real server, with the cookie "who" as the session.
type site struct {
	*room
	server *web.Server
	photos blob.Store
	shares map[[2]plein.ID]bool
}

func eachSite(t *testing.T, fn func(t *testing.T, s *site)) {
	testkit.Each(t, func(t *testing.T, d *db.DB) { fn(t, openSite(t, d)) }, changes.Migrations(), people.Migrations())
}

func openSite(t *testing.T, d *db.DB) *site {
	t.Helper()
	s := &site{room: open(t, d), shares: map[[2]plein.ID]bool{}}
	s.Service.Shares = func(_ context.Context, a, b plein.ID) (bool, error) {
		return s.shares[[2]plein.ID{a, b}] || s.shares[[2]plein.ID{b, a}], nil
	}
	catalogue, err := words.New(people.Words(), web.Words(), text.Words())
	if err != nil {
		t.Fatal(err)
	}
	photos, err := blob.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s.photos = photos
	page := func(r *http.Request) view.Page {
		a := plein.ActorFrom(r.Context())
		p := view.Page{Speaker: catalogue.For(web.Lang(r), a.Zone), Path: r.URL.RequestURI(), Theme: a.Theme, Now: s.clock.Now(),
			Frame: &view.Frame{OrgName: "Lingeziekenhuis", Me: view.Person{ID: a.ID.String(), Name: a.Name, Href: "/people/" + a.ID.String()}}}
		if key, args := web.Flash(r); key != "" {
			p.Flash = &view.Flash{Text: catalogue.Say(web.Lang(r), key, args)}
		}
		return p
	}
	posts := func(_ context.Context, _ *http.Request, id plein.ID) (templ.Component, error) {
		return templ.Raw("<p>posts of " + id.String() + "</p>"), nil
	}
	m := people.NewModule(people.PageDeps{Service: s.Service, Page: page, Photos: photos, Posts: posts,
		Avatar: func(_ context.Context, sent []byte) ([]byte, error) {
			if !bytes.HasPrefix(sent, []byte("photo")) {
				return nil, plein.E(plein.Invalid, "people.error.no_photo", nil)
			}
			return append([]byte("\xff\xd8\xff made anew: "), sent...), nil
		}})
	routes := &web.Routes{}
	m.Routes(routes)
	s.server = web.New(web.Options{Words: catalogue, Page: page, Limits: &web.Limits{},
		Actor: func(r *http.Request) (plein.Actor, error) {
			c, err := r.Cookie("who")
			if err != nil {
				return plein.Actor{}, nil
			}
			id, err := plein.ParseID(c.Value)
			if err != nil {
				return plein.Actor{}, err
			}
			return s.Actor(r.Context(), id)
		}}, routes)
	return s
}

type reply struct {
	status int
	body   string
	header http.Header
}

func (s *site) send(who plein.ID, method, path, kind string, body io.Reader) reply {
	s.t.Helper()
	r := httptest.NewRequest(method, path, body)
	if who != 0 {
		r.AddCookie(&http.Cookie{Name: "who", Value: who.String()})
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	s.server.ServeHTTP(w, r)
	return reply{w.Code, w.Body.String(), w.Header()}
}

func (s *site) get(who plein.ID, path string) reply {
	s.t.Helper()
	return s.send(who, "GET", path, "", nil)
}

func (s *site) post(who plein.ID, path string, fields url.Values) reply {
	s.t.Helper()
	return s.send(who, "POST", path, "application/x-www-form-urlencoded", strings.NewReader(fields.Encode()))
}

// page gets a page that has to be good, and checks that it is a whole one.
func (s *site) page(who plein.ID, path string, has ...string) string {
	s.t.Helper()
	got := s.get(who, path)
	if got.status != 200 {
		s.t.Fatalf("%s: %d %s", path, got.status, got.body)
	}
	for _, p := range viewtest.Problems(got.body, true) {
		s.t.Errorf("%s: %s", path, p)
	}
	for _, h := range has {
		if !strings.Contains(got.body, h) {
			s.t.Errorf("%s misses %q\n%s", path, h, mainOf(got.body))
		}
	}
	return got.body
}

func mainOf(body string) string {
	_, after, _ := strings.Cut(body, "<main")
	main, _, _ := strings.Cut(after, "</main")
	return main
}

func (s *site) without(body string, not ...string) {
	s.t.Helper()
	for _, n := range not {
		if strings.Contains(body, n) {
			s.t.Errorf("%q is shown:\n%s", n, mainOf(body))
		}
	}
}

// hospital is a small organisation to look at.
type hospital struct{ boss, samira, dwight, closed people.Person }

func (s *site) hospital() (h hospital, care, b3 people.Unit) {
	s.t.Helper()
	care = s.unit("Zorg", 0)
	b3 = s.unit("Interne B3", care.ID)
	h.boss = s.add(people.NewPerson{Name: "Cora Elzinga", Title: "Directeur zorg", Unit: care.ID, Location: "Vleugel A, 5.06",
		Roles: []plein.Role{plein.RoleTechnicalAdmin}})
	h.samira = s.add(people.NewPerson{Name: "Samira Bouali", Title: "Verpleegkundige", Unit: b3.ID, Manager: h.boss.ID,
		Location: "Vleugel B, 3.10", Email: "samira@linge.example", Phone: "06 1234 5678", Pronouns: "zij",
		Skills: []string{"Infuuspompen"}, AskMe: []string{"Waarom ze piepen"}, Languages: []string{"Nederlands", "Berbers"},
		Bio: "Ik werk **graag** ’s avonds.\n\n<script>alert(1)</script>"})
	h.dwight = s.add(people.NewPerson{Name: "Dwight Nahar", Title: "Verpleegkundige IC", Unit: b3.ID, Manager: h.boss.ID})
	h.closed = s.add(people.NewPerson{Name: "Weg Gegaan", Unit: b3.ID})
	s.must(s.Close(s.ctx, s.admin, h.closed.ID))
	return h, care, b3
}

func (s *site) guest(name, employer string) people.Person {
	s.t.Helper()
	return s.add(people.NewPerson{Name: name, Guest: true, GuestUntil: start.AddDate(0, 1, 0), Employer: employer,
		Email: strings.ToLower(strings.Fields(name)[0]) + "@elders.example", Phone: "0123", Title: "Adviseur"})
}

func TestTheDirectory(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		h, care, b3 := s.hospital()
		guest := s.guest("Pim Gast", "Elders BV")
		me := h.dwight.ID
		body := s.page(me, "/people", "Samira Bouali", "Cora Elzinga", "Interne B3", "/people/"+h.samira.ID.String())
		s.without(body, "Weg Gegaan", "Pim Gast", "samira@linge.example")
		for _, c := range []struct {
			query string
			want  string // initials of who is found, by name
		}{
			{"q=samira", "S"}, {"q=BOUALI", "S"}, {"q=verpleeg", "DS"}, {"q=infuuspomp", "S"}, {"q=b3", "DS"}, {"q=zorg", "CDS"},
			{"q=verpleegkundige+interne", "DS"}, {"q=verpleegkundige+directeur", ""}, {"q=%25", ""}, {"q=_", ""}, {"q=%5C", ""}, {"q=niemand", ""},
			{"unit=" + care.ID.String(), "CDS"}, {"unit=" + b3.ID.String(), "DS"}, {"place=Vleugel+A", "C"}, {"place=vleugel+b", "S"},
			{"letter=s", "S"}, {"letter=S&q=nahar", ""}, {"letter=x", ""}, {"q=dwight&letter=d", "D"}, {"q=" + strings.Repeat("a+", 500), "CDS"},
		} {
			body := s.page(me, "/people?"+c.query)
			got := ""
			for _, p := range []people.Person{h.boss, h.dwight, h.samira} {
				if strings.Contains(mainOf(body), `href="/people/`+p.ID.String()) {
					got += p.Name[:1]
				}
			}
			if got != c.want {
				t.Errorf("%s finds %q, want %q", c.query, got, c.want)
			}
			if c.want == "" && !strings.Contains(body, "Niemand gevonden") {
				t.Errorf("%s does not say that nobody was found", c.query)
			}
		}
		for _, bad := range []string{"/people?unit=x", "/people?after=x", "/people?after=" + strings.Repeat("0", 13), "/people/zzz", "/units/zzz"} {
			if got := s.get(me, bad); got.status != 404 {
				t.Errorf("%s: %d", bad, got.status)
			}
		}
		for _, path := range []string{"/people", "/people?q=samira", "/units/" + b3.ID.String(), "/people/" + h.samira.ID.String() + "/posts"} {
			if got, none := s.get(guest.ID, path), s.get(guest.ID, "/nothing"); got.status != 404 || got.body != none.body {
				t.Errorf("%s for a guest: %d", path, got.status)
			}
		}
		if got := s.get(0, "/people"); got.status != 303 || got.header.Get("Location") != "/sign-in?next=%2Fpeople" {
			t.Errorf("signed out: %d to %s", got.status, got.header.Get("Location"))
		}
	})
}

func TestTheDirectoryIsPaged(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		me := s.add(people.NewPerson{Name: "Zelf"}).ID
		s.must(s.db.Tx(s.ctx, func(tx *db.Tx) error {
			for i := range 60 {
				if _, err := s.AddTx(s.ctx, tx, people.NewPerson{Name: fmt.Sprintf("Jan Nummer%c", 'A'+i%4), Title: "Kok"}); err != nil {
					return err
				}
			}
			return nil
		}))
		path, seen := "/people?q=kok", map[string]bool{}
		for pages := 1; ; pages++ {
			body := mainOf(s.page(me, path))
			for _, part := range strings.Split(body, `class="person-n" href="/people/`)[1:] {
				if seen[part[:13]] {
					t.Fatal("somebody stands on two pages")
				}
				seen[part[:13]] = true
			}
			_, after, more := strings.Cut(body, `href="/people?after=`)
			if !more {
				if pages != 3 {
					t.Errorf("%d pages of 24 for 60", pages)
				}
				break
			}
			next, _, _ := strings.Cut(after, `"`)
			path = "/people?after=" + strings.ReplaceAll(next, "&amp;", "&")
		}
		if len(seen) != 60 {
			t.Errorf("%d of 60 were shown", len(seen))
		}
	})
}

func TestAProfile(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		h, care, b3 := s.hospital()
		at := func(p people.Person) string { return "/people/" + p.ID.String() }
		body := s.page(h.dwight.ID, at(h.samira), "Samira Bouali", "zij", "Verpleegkundige", "/units/"+b3.ID.String(), "Vleugel B, 3.10",
			"Infuuspompen", "Waarom ze piepen", "<strong>graag</strong>", "mailto:samira@linge.example", "tel:0612345678", "Cora Elzinga",
			"Dwight Nahar", "Nederlands, Berbers")
		s.without(body, "<script>alert", "Wijzig je profiel", "Weg Gegaan")
		s.page(h.samira.ID, at(h.samira), "Wijzig je profiel")
		s.page(h.samira.ID, at(h.boss), "Cora geeft leiding aan", "Samira Bouali")
		s.page(h.dwight.ID, at(h.dwight), "Vertel waar je veel van weet")
		s.page(h.samira.ID, at(h.dwight), "Dwight heeft nog niets over zichzelf verteld")
		s.page(h.samira.ID, at(h.closed), "oud-collega")
		s.page(h.samira.ID, at(h.dwight)+"/posts", "posts of "+h.dwight.ID.String())
		var former people.Person
		s.must(s.db.Tx(s.ctx, func(tx *db.Tx) (err error) {
			former, err = s.AddFormer(s.ctx, tx, "slack:U9")
			return err
		}))
		s.page(h.samira.ID, at(former), "Voormalig lid", "niets bekend")

		s.page(h.samira.ID, "/units/"+b3.ID.String(), "Interne B3", "Dwight Nahar", "/units/"+care.ID.String())
		body = s.page(h.samira.ID, "/units/"+care.ID.String(), "Cora Elzinga", "Interne B3")
		s.without(mainOf(body), "Dwight Nahar")
		s.must(s.SetHead(s.ctx, s.admin, b3.ID, h.dwight.ID))
		s.page(h.samira.ID, "/units/"+b3.ID.String(), "Leiding:")
		s.page(h.samira.ID, "/units/"+b3.ID.String()+"/posts", "Hier is nog niets geplaatst")

		guest := s.guest("Pim Gast", "Elders BV")
		body = s.page(h.samira.ID, at(guest), "Pim Gast", "Elders BV", "Gast tot en met 20 december 2026", "mailto:pim@elders.example")
		s.without(body, "/units/")
	})
}

// TestGuestsKnowOnlyWhoTheyMeet walks every way to a person with every pair of
// viewer and viewed, and compares it with who shares a group with whom.
func TestGuestsKnowOnlyWhoTheyMeet(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		h, _, _ := s.hospital()
		pim, joke, ali := s.guest("Pim Gast", "Elders BV"), s.guest("Joke Gast", "Nergens NV"), s.guest("Ali Gast", "Ergens BV")
		s.shares[[2]plein.ID{pim.ID, h.samira.ID}] = true
		s.shares[[2]plein.ID{pim.ID, ali.ID}] = true
		s.shares[[2]plein.ID{pim.ID, h.closed.ID}] = true
		for _, p := range []people.Person{pim, joke, ali, h.samira, h.dwight} {
			key := "abcd" + strings.ToLower(p.Given) + ".jpg"
			s.must(s.photos.Put(s.ctx, key, strings.NewReader("a face"), 6))
			s.must(s.SetPhoto(s.ctx, s.admin, p.ID, key))
		}
		all := []people.Person{h.boss, h.samira, h.dwight, h.closed, pim, joke, ali}
		for _, viewer := range []people.Person{pim, joke, ali} {
			for _, p := range all {
				meets := viewer.ID == p.ID || p.ID != h.closed.ID &&
					(s.shares[[2]plein.ID{viewer.ID, p.ID}] || s.shares[[2]plein.ID{p.ID, viewer.ID}])
				path := "/people/" + p.ID.String()
				got := s.get(viewer.ID, path)
				if !meets {
					none := s.get(viewer.ID, "/people/"+plein.NewID(start.AddDate(1, 0, 0)).String())
					if got.status != 404 || got.body != none.body || fmt.Sprint(got.header) != fmt.Sprint(none.header) {
						t.Errorf("%s meets nobody called %s, yet: %d\n%s", viewer.Name, p.Name, got.status, mainOf(got.body))
					}
					if photo := s.get(viewer.ID, path+"/photo"); photo.status != 404 {
						t.Errorf("%s gets the photo of %s", viewer.Name, p.Name)
					}
					continue
				}
				if viewer.ID == p.ID {
					s.page(viewer.ID, path, p.Name, "mailto:"+p.Email)
					continue
				}
				body := s.page(viewer.ID, path, p.Name)
				if photo := s.get(viewer.ID, path+"/photo"); photo.status != 200 || photo.body != "a face" {
					t.Errorf("%s does not get the photo of %s: %d", viewer.Name, p.Name, photo.status)
				}
				s.without(body, "mailto:", "linge.example", "elders.example", "06 1234", "0123", "Verpleegkundige", "Adviseur", "Infuuspompen", "piepen",
					"Vleugel", "Cora", "/units/", "Berbers", "tot en met", "/posts", "zij<")
				if p.Guest && !strings.Contains(body, p.Employer) || !p.Guest && !strings.Contains(mainOf(body), "Lingeziekenhuis") {
					t.Errorf("%s does not see where %s comes from", viewer.Name, p.Name)
				}
			}
		}
		if _, err := s.See(s.ctx, plein.Actor{}, h.samira.ID); !errors.Is(err, plein.ErrNotFound) {
			t.Errorf("nobody sees somebody: %v", err)
		}
	})
}

func TestAProfileIsEdited(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		h, _, _ := s.hospital()
		me := h.samira.ID
		s.page(me, "/settings", "/settings/profile", "/settings/display", "/settings/password", "/settings/sessions")
		s.page(me, "/settings/profile", `value="Samira"`, "samira@linge.example", "Waarom ze piepen", `value="Nederlands, Berbers"`)
		good := url.Values{"given": {"Sam"}, "title": {"Verpleegkundige "}, "location": {"Gebouw D, 0.12"}, "phone": {"4410"}, "pronouns": {"zij"},
			"languages": {"Nederlands, Engels;nederlands"}, "skills": {"pompen\nstraling"}, "ask_me": {"Een, twee\n\nDrie"}, "bio": {"Hoi.\r\nIk ben Sam."}}
		got := s.post(me, "/settings/profile", good)
		if got.status != 303 || got.header.Get("Location") != "/people/"+me.String() {
			t.Fatalf("saved: %d %s", got.status, got.body)
		}
		p := s.find(me)
		if p.Given != "Sam" || p.Title != "Verpleegkundige" || len(p.Languages) != 2 || len(p.Skills) != 2 || len(p.AskMe) != 2 ||
			p.AskMe[0] != "Een, twee" || p.Bio != "Hoi.\nIk ben Sam." || p.Name != "Samira Bouali" || p.Email != "samira@linge.example" {
			t.Errorf("saved as %+v", p)
		}
		for field, bad := range map[string]string{"given": "", "title": strings.Repeat("x", 121), "phone": "bel me", "location": "a\u202eb",
			"skills": strings.Repeat("y", 51), "ask_me": strings.Repeat("z\n", 5) + strings.Repeat("q", 121), "bio": strings.Repeat("b", 2001),
			"languages": strings.Join(strings.Split("abcdefghijklmnopqrstuvwxyz", ""), ","), "pronouns": strings.Repeat("p", 41)} {
			wrong := url.Values{}
			for k, v := range good {
				wrong[k] = v
			}
			wrong.Set(field, bad)
			wrong.Set("bio", wrong.Get("bio")+" bewaar mij")
			got := s.post(me, "/settings/profile", wrong)
			if got.status != 422 || !strings.Contains(got.body, `id="`+field+`-err"`) || !strings.Contains(got.body, "bewaar mij") {
				t.Errorf("%s: %d, without an error or without what was typed", field, got.status)
			}
			if field != "bio" && !strings.Contains(got.body, templ.EscapeString(bad)) {
				t.Errorf("%s lost what was typed", field)
			}
			for _, problem := range viewtest.Problems(got.body, true) {
				t.Errorf("%s: %s", field, problem)
			}
		}
		if p := s.find(me); p.Bio != "Hoi.\nIk ben Sam." {
			t.Errorf("a wrong form was saved: %+v", p)
		}
		if got := s.get(me, "/people/"+me.String()); !strings.Contains(got.body, "Straling") && !strings.Contains(got.body, "straling") {
			t.Error("the profile did not follow")
		}
	})
}

func TestAPhotoIsMadeAnew(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		h, _, _ := s.hospital()
		me := h.samira.ID
		send := func(content string) reply {
			t.Helper()
			var body bytes.Buffer
			w := multipart.NewWriter(&body)
			if content != "" {
				part, err := w.CreateFormFile("photo", "me.jpg")
				s.must(err)
				_, err = part.Write([]byte(content))
				s.must(err)
			}
			s.must(w.Close())
			return s.send(me, "POST", "/settings/photo", w.FormDataContentType(), &body)
		}
		if got := s.get(h.dwight.ID, "/people/"+me.String()+"/photo"); got.status != 404 {
			t.Errorf("no photo yet: %d", got.status)
		}
		for _, bad := range []string{"", "not a picture"} {
			if got := send(bad); got.status != 422 || !strings.Contains(got.body, `id="photo-err"`) {
				t.Errorf("%q: %d", bad, got.status)
			}
		}
		if got := send("photo of me"); got.status != 303 {
			t.Fatalf("a photo: %d %s", got.status, got.body)
		}
		got := s.get(h.dwight.ID, s.find(me).PhotoHref())
		if got.status != 200 || got.body != "\xff\xd8\xff made anew: photo of me" || got.header.Get("Content-Type") != "image/jpeg" ||
			got.header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(got.header.Get("Cache-Control"), "private") {
			t.Errorf("the photo: %d %q %v", got.status, got.body, got.header)
		}
		s.page(h.dwight.ID, "/people/"+me.String(), `src="/people/`+me.String()+`/photo?v=`)
		if got := s.post(me, "/settings/photo/remove", nil); got.status != 303 || s.find(me).Photo != "" {
			t.Errorf("remove: %d", got.status)
		}
		if got := send(strings.Repeat("photo", 3<<20)); got.status != 413 {
			t.Errorf("a huge photo: %d", got.status)
		}
	})
}

func TestDisplayIsKept(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site) {
		h, _, _ := s.hospital()
		me := h.samira.ID
		s.page(me, "/settings/display", `id="toetsen"`, "Europe/Amsterdam")
		got := s.post(me, "/settings/display", url.Values{"theme": {"evening"}, "lang": {"en"}, "zone": {"America/Curacao"}, "contrast": {"on"}})
		if got.status != 303 {
			t.Fatalf("%d %s", got.status, got.body)
		}
		a, err := s.Actor(s.ctx, me)
		s.must(err)
		if a.Theme != "evening" || a.Lang != "en" || a.Contrast != "more" || a.Zone.String() != "America/Curacao" || !s.find(me).KeysOff {
			t.Errorf("kept as %+v", a)
		}
		s.page(me, "/settings/display", `data-theme="dark"`, "Display and language", "Like your device")
		for field, bad := range map[string]string{"theme": "neon", "lang": "xx", "zone": "../etc/passwd"} {
			wrong := url.Values{"theme": {""}, "lang": {"nl"}, "zone": {"UTC"}}
			wrong.Set(field, bad)
			if got := s.post(me, "/settings/display", wrong); got.status != 422 {
				t.Errorf("%s=%s: %d", field, bad, got.status)
			}
		}
		if a, _ := s.Actor(s.ctx, me); a.Lang != "en" {
			t.Error("a wrong form was saved")
		}
	})
}
