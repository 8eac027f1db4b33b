package syndication_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/rooms/syndication"
	"plein/internal/square/access"
	"plein/internal/square/items"
	"plein/internal/square/people"
	"plein/internal/square/squaretest"
)

const base = "https://plein.example"

// town is a house whose feeds are served.
type town struct {
	*squaretest.House
	room          *syndication.Module
	server        *web.Server
	samira, joost plein.Actor
	elif          plein.Actor // in no group
	closed, open  plein.ID
	secret        plein.ID
	asks          plein.Actor // who is signed in with a cookie; zero for nobody
}

func each(t *testing.T, fn func(t *testing.T, h *town)) {
	t.Helper()
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) { fn(t, newTown(t, d)) }, append(squaretest.Migrations(), syndication.Migrations())...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	h := &town{House: squaretest.New(t, d)}
	h.samira, h.joost, h.elif = h.Person("Samira Bouali", 0), h.Person("Joost van der Veen", 0), h.Person("Elif Kaya", 0)
	h.open = h.Group("Fietsers", plein.Open, h.samira, h.joost)
	h.closed = h.Group("Werkdruk", plein.Closed, h.samira, h.joost)
	h.secret = h.Group("Geheim", plein.Secret, h.samira)
	said, err := words.New([]fs.FS{web.Words(), people.Words(), access.Words(), items.Words(), syndication.Words()}...)
	if err != nil {
		t.Fatal(err)
	}
	page := func(*http.Request) view.Page {
		return view.Page{Speaker: said.For("nl", time.UTC), Now: h.Clock.Now(), Frame: &view.Frame{Me: view.Person{Name: "Samira Bouali", Href: "/people/x"}}}
	}
	h.room = syndication.New(syndication.Deps{DB: h.DB, Clock: h.Clock, People: h.People, Groups: h.Groups, Items: h.Items, Feed: h.Feed,
		Words: said, Base: base, Page: page, Actor: h.People.Actor, OrgName: func(context.Context) string { return `Linge & "Co" <b>` }})
	routes := &web.Routes{}
	h.room.Routes(routes)
	h.server = web.New(web.Options{Words: said, Limits: &web.Limits{}, Actor: func(*http.Request) (plein.Actor, error) { return h.asks, nil }}, routes)
	return h
}

func (h *town) get(path string, header ...string) *http.Response {
	h.T.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for n := 0; n+1 < len(header); n += 2 {
		r.Header.Set(header[n], header[n+1])
	}
	w := httptest.NewRecorder()
	h.server.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func (h *town) key(a plein.Actor, name string) string {
	h.T.Helper()
	_, key, err := h.room.Make(h.T.Context(), a, name)
	if err != nil {
		h.T.Fatal(err)
	}
	return key
}

// atom is as much of the format as a reader needs.
type atom struct {
	XMLName xml.Name  `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string    `xml:"id"`
	Title   string    `xml:"title"`
	Updated time.Time `xml:"updated"`
	Author  string    `xml:"author>name"`
	Entries []struct {
		ID        string    `xml:"id"`
		Title     string    `xml:"title"`
		Published time.Time `xml:"published"`
		Updated   time.Time `xml:"updated"`
		Author    string    `xml:"author>name"`
		Content   struct {
			Type string `xml:"type,attr"`
			Text string `xml:",chardata"`
		} `xml:"content"`
		Link struct {
			Href string `xml:"href,attr"`
		} `xml:"link"`
	} `xml:"entry"`
}

func (h *town) atom(path string) atom {
	h.T.Helper()
	r := h.get(path)
	text := body(h.T, r)
	if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != "application/atom+xml; charset=utf-8" {
		h.T.Fatalf("%s gives %s %s\n%s", path, r.Status, r.Header.Get("Content-Type"), text)
	}
	var f atom
	if err := strictly(text, &f); err != nil {
		h.T.Fatalf("%s is no XML: %v\n%s", path, err, text)
	}
	if f.ID == "" || f.Title == "" || f.Updated.IsZero() || f.Author == "" {
		h.T.Errorf("%s lacks what RFC 4287 asks: %+v", path, f)
	}
	for _, e := range f.Entries {
		if !strings.HasPrefix(e.ID, base+"/posts/") || e.Title == "" || e.Published.IsZero() || e.Updated.IsZero() || e.Author == "" ||
			e.Content.Type != "html" || e.Link.Href != e.ID {
			h.T.Errorf("an entry of %s lacks what RFC 4287 asks: %+v", path, e)
		}
	}
	return f
}

// strictly reads a whole document.
func strictly(text string, into any) error {
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
	}
	return xml.Unmarshal([]byte(text), into)
}

func (f atom) titles() (out []string) {
	for _, e := range f.Entries {
		out = append(out, e.Title)
	}
	return out
}

func TestAFeedIsWhatItsOwnerMaySeeNow(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		h.Post(h.samira, plein.OrgAudience, "Voor iedereen #rooster")
		h.Post(h.samira, h.open, "Op de fiets #rooster")
		h.Post(h.samira, h.closed, "Onder ons #rooster")
		h.Post(h.samira, h.secret, "Heel stil #rooster")
		var two plein.Audience
		h.Tx(func(ctx context.Context, tx *db.Tx) (err error) {
			two, _, err = h.Access.Direct(ctx, tx, []plein.ID{h.samira.ID, h.joost.ID})
			return err
		})
		h.Post(h.samira, two.ID, "Alleen voor jou #rooster")
		h.Post(h.joost, h.joost.ID, "Alleen voor mij #rooster")
		const org, fiets, ons, stil = "Voor iedereen #rooster", "Op de fiets #rooster", "Onder ons #rooster", "Heel stil #rooster"
		samira, joost, elif := h.key(h.samira, "lezer"), h.key(h.joost, "lezer"), h.key(h.elif, "lezer")
		for _, c := range []struct {
			key, path string
			want      []string
		}{
			{samira, "/square", []string{stil, ons, fiets, org}},
			{joost, "/square", []string{ons, fiets, org}},
			{elif, "/square", []string{org}},
			{joost, "/groups/" + h.closed.String(), []string{ons}},
			{elif, "/groups/" + h.closed.String(), nil},
			{elif, "/groups/" + h.open.String(), []string{fiets}},
			{samira, "/tags/rooster", []string{stil, ons, fiets, org}},
			{joost, "/tags/ROOSTER", []string{ons, fiets, org}},
			{elif, "/tags/rooster", []string{fiets, org}},
			{elif, "/tags/nergens", nil},
			{joost, "/people/" + h.samira.ID.String(), []string{ons, fiets, org}},
			{elif, "/people/" + h.samira.ID.String(), []string{fiets, org}},
		} {
			f := h.atom("/feeds/" + c.key + c.path + "/atom.xml")
			if got := f.titles(); !slices.Equal(got, c.want) {
				t.Errorf("%s gives %q, want %q", c.path, got, c.want)
			}
			r := h.get("/feeds/" + c.key + c.path + "/feed.json")
			var j struct {
				Version, Title string
				HomePage       string `json:"home_page_url"`
				Items          []struct {
					ID, URL, Title string
					HTML           string `json:"content_html"`
					Published      string `json:"date_published"`
					Authors        []struct{ Name string }
				}
			}
			d := json.NewDecoder(r.Body)
			if err := d.Decode(&j); err != nil || d.More() || r.Header.Get("Content-Type") != "application/feed+json; charset=utf-8" {
				t.Fatalf("%s is no JSON feed: %v, %v", c.path, err, r.Header)
			}
			if j.Version != "https://jsonfeed.org/version/1.1" || j.Title != f.Title || j.HomePage != f.ID || j.Items == nil || len(j.Items) != len(c.want) {
				t.Errorf("%s as JSON is %+v", c.path, j)
			}
			for n, i := range j.Items {
				if i.Title != c.want[n] || i.ID != i.URL || i.HTML == "" || len(i.Authors) != 1 || i.Authors[0].Name == "" {
					t.Errorf("%s as JSON has %+v", c.path, i)
				}
				if _, err := time.Parse(time.RFC3339, i.Published); err != nil {
					t.Errorf("%s as JSON: %v", c.path, err)
				}
			}
			if c.key == elif || c.path != "/square" {
				continue
			}
		}
		// Rights that end, end at the next request.
		h.Leave(h.closed, h.joost)
		if got := h.atom("/feeds/" + joost + "/square/atom.xml").titles(); slices.Contains(got, ons) {
			t.Errorf("who left still reads %q", got)
		}
	})
}

func TestEveryNoIsTheSame(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		h.Post(h.samira, h.secret, "Heel stil")
		guest := h.Guest("Nora Gast")
		if _, _, err := h.room.Make(t.Context(), guest, "lezer"); plein.KindOf(err) != plein.NotFound {
			t.Errorf("a guest makes a key: %v", err)
		}
		elif, samira, joost := h.key(h.elif, "lezer"), h.key(h.samira, "lezer"), h.key(h.joost, "lezer")
		list, err := h.room.Keys(t.Context(), h.samira)
		if err != nil || len(list) != 1 {
			t.Fatalf("%d keys, %v", len(list), err)
		}
		if err := h.room.End(t.Context(), h.elif, list[0].ID); plein.KindOf(err) != plein.NotFound {
			t.Errorf("somebody else's key can be ended: %v", err)
		}
		if err := h.room.End(t.Context(), h.samira, list[0].ID); err != nil {
			t.Fatal(err)
		}
		if err := h.People.Close(t.Context(), people.House(), h.joost.ID); err != nil {
			t.Fatal(err)
		}
		never := strings.Repeat("A", 43)
		want := h.get("/feeds/" + never + "/square/atom.xml")
		text := body(t, want)
		if want.StatusCode != http.StatusNotFound {
			t.Fatalf("an unknown key gives %s", want.Status)
		}
		for _, path := range []string{
			"/feeds/" + samira + "/square/atom.xml",                             // ended
			"/feeds/" + joost + "/square/atom.xml",                              // its owner left
			"/feeds/kort/square/feed.json",                                      // no key at all
			"/feeds/" + strings.Repeat("é", 43) + "/square/atom.xml",            //
			"/feeds/" + elif + "/groups/" + h.secret.String() + "/atom.xml",     // a group they do not know of
			"/feeds/" + elif + "/groups/" + plein.ID(99).String() + "/atom.xml", // one that is not there
			"/feeds/" + elif + "/people/" + plein.ID(99).String() + "/atom.xml",
			"/feeds/" + elif + "/square/rss.xml",
			"/feeds/" + elif + "/search/atom.xml?q=stil", // no search in this house
			"/feeds/" + never + "/groups/" + h.secret.String() + "/atom.xml",
		} {
			r := h.get(path)
			if got := body(t, r); got != text || r.StatusCode != want.StatusCode || len(r.Header) != len(want.Header) {
				t.Errorf("%s gives %s\n%s\nand not %s\n%s", path, r.Status, got, want.Status, text)
			}
		}
		// A person who comes back has to make new keys.
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- h.Changes.Run(ctx, h.room.Follower()) }()
		testkit.Eventually(t, "the keys of who left are gone", func() bool {
			list, err := h.room.Keys(ctx, h.joost)
			return err == nil && len(list) == 0
		})
		cancel()
		<-done
		if err := h.People.Reopen(t.Context(), people.House(), h.joost.ID); err != nil {
			t.Fatal(err)
		}
		if r := h.get("/feeds/" + joost + "/square/atom.xml"); r.StatusCode != http.StatusNotFound {
			t.Errorf("an old key of who came back gives %s", r.Status)
		}
	})
}

func TestAKeyIsKeptAsADigestAndRemembersTheDay(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		key := h.key(h.samira, "  telefoon ")
		n, err := db.One(t.Context(), h.DB.Read(), func(s db.Scanner) (hash []byte, err error) {
			return hash, s.Scan(&hash)
		}, `SELECT hash FROM syndication_keys`)
		if err != nil || len(n) != 32 || bytes.Contains(n, []byte(key[:8])) {
			t.Errorf("kept is %x, %v", n, err)
		}
		list, _ := h.room.Keys(t.Context(), h.samira)
		if list[0].Name != "telefoon" || !list[0].Used.IsZero() {
			t.Errorf("a fresh key is %+v", list[0])
		}
		h.atom("/feeds/" + key + "/square/atom.xml")
		h.Clock.Advance(26 * time.Hour)
		h.atom("/feeds/" + key + "/square/atom.xml")
		list, _ = h.room.Keys(t.Context(), h.samira)
		if want := h.Clock.Now().Truncate(24 * time.Hour); !list[0].Used.Equal(want) {
			t.Errorf("used on %v, want the day %v", list[0].Used, want)
		}
		for _, c := range []struct{ name, key string }{
			{"Telefoon", "syndication.error.name_taken"}, {"", "form.required"}, {"   ", "form.required"},
			{strings.Repeat("n", 51), "text.too_long"}, {"a\x00b", "text.name_strange"}, {"a\u202Eb", "text.name_strange"},
		} {
			if _, _, err := h.room.Make(t.Context(), h.samira, c.name); plein.AsError(err).Key != c.key || plein.AsError(err).Field != "name" {
				t.Errorf("a key named %q: %v, want %s", c.name, err, c.key)
			}
		}
		for n := range 19 {
			h.key(h.samira, "lezer "+strings.Repeat("i", n+1))
		}
		if _, _, err := h.room.Make(t.Context(), h.samira, "een te veel"); plein.AsError(err).Key != "syndication.error.many" {
			t.Errorf("key 21: %v", err)
		}
	})
}

func TestAFeedIsAskedForInPeace(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		i := h.Post(h.samira, plein.OrgAudience, "Hallo")
		key := h.key(h.samira, "lezer")
		path := "/feeds/" + key + "/square/atom.xml"
		r := h.get(path)
		_ = body(t, r)
		tag, last := r.Header.Get("ETag"), r.Header.Get("Last-Modified")
		for name, want := range map[string]string{"Cache-Control": "private, no-cache", "Referrer-Policy": "no-referrer",
			"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
			"Last-Modified": i.Made.UTC().Format(http.TimeFormat)} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s is %q, want %q", name, got, want)
			}
		}
		if r := h.get(path, "If-None-Match", tag); r.StatusCode != http.StatusNotModified || body(t, r) != "" {
			t.Errorf("the same again gives %s", r.Status)
		}
		if r := h.get(path, "If-Modified-Since", last); r.StatusCode != http.StatusNotModified {
			t.Errorf("unchanged since gives %s", r.Status)
		}
		if _, err := h.Items.Edit(t.Context(), h.samira, i.ID, 0, "", "Hallo allemaal"); err != nil {
			t.Fatal(err)
		}
		if r := h.get(path, "If-None-Match", tag); r.StatusCode != http.StatusOK || r.Header.Get("ETag") == tag {
			t.Errorf("after an edit: %s, %s", r.Status, r.Header.Get("ETag"))
		}
		status := 0
		for range 100 {
			if status = h.get(path).StatusCode; status != http.StatusOK {
				break
			}
		}
		if status != http.StatusTooManyRequests {
			t.Errorf("a hundred at once end with %d", status)
		}
		if r := h.get("/feeds/" + h.key(h.joost, "lezer") + "/square/atom.xml"); r.StatusCode != http.StatusOK {
			t.Errorf("and somebody else gets %s", r.Status)
		}
		h.Clock.Advance(time.Hour)
		if r := h.get(path); r.StatusCode != http.StatusOK {
			t.Errorf("an hour later it is %s", r.Status)
		}
		// The cookie of the browser has no part in it.
		h.asks = h.elif
		if r := h.get("/feeds/" + strings.Repeat("A", 43) + "/square/atom.xml"); r.StatusCode != http.StatusNotFound {
			t.Errorf("a cookie opens a feed: %s", r.Status)
		}
	})
}

// Names and texts that want to be markup, or no text at all, stay text: in both
// forms, and in what is shown of a link.
func TestNothingInAFeedIsMarkup(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		const evil = `</title><script>alert(1)</script> ]]> & "quoted" 'x'`
		mean := h.Person(`<script>alert("naam")</script>`, 0)
		h.Make(mean, items.NewItem{Audience: plein.OrgAudience, Title: evil, Body: "Een <script>alert(2)</script> [link](javascript:alert(3)) [hier](/groups/x) ]]> <img src=x onerror=alert(4)>"})
		h.Make(mean, items.NewItem{Audience: plein.OrgAudience, Body: evil + " \u200d\U0001F469 é 漢"})
		key := h.key(mean, "lezer")
		f := h.atom("/feeds/" + key + "/square/atom.xml")
		if len(f.Entries) != 2 || f.Entries[1].Title != evil || f.Entries[1].Author != mean.Name || f.Author != `Linge & "Co" <b>` {
			t.Errorf("the texts did not come through: %+v", f)
		}
		for _, e := range f.Entries {
			for _, bad := range []string{"<script", "javascript:", "<img"} {
				if strings.Contains(e.Content.Text, bad) {
					t.Errorf("%q stands in what readers show: %s", bad, e.Content.Text)
				}
			}
			if strings.Contains(e.Content.Text, `href="/`) {
				t.Errorf("an address is not whole: %s", e.Content.Text)
			}
		}
		raw := body(t, h.get("/feeds/"+key+"/square/atom.xml"))
		if strings.Contains(raw, "<script") || strings.Contains(raw, key) {
			t.Errorf("the document holds markup or its key:\n%s", raw)
		}
		if raw := body(t, h.get("/feeds/"+key+"/square/feed.json")); strings.Contains(raw, "<script") || strings.Contains(raw, key) {
			t.Errorf("the document holds markup or its key:\n%s", raw)
		}
		h.asks = h.Actor(mean.ID)
		for _, i := range f.Entries {
			var e struct{ HTML, Type, Title string }
			if err := json.Unmarshal([]byte(body(t, h.get("/oembed?url="+i.ID))), &e); err != nil {
				t.Fatal(err)
			}
			if e.Type != "rich" || strings.Contains(e.HTML, "<script") || strings.Contains(e.HTML, "<img") {
				t.Errorf("a link is shown as %+v", e)
			}
		}
	})
}

// What cannot stand in XML cannot be typed either; the database of an import may
// hold it.
func TestADocumentIsAlwaysWellFormed(t *testing.T) {
	odd := "a\x00b\x0bc\x1fd\uFFFEe\uFFFFf\xffg\u0085h\uFDD0i\ud7ffj"
	f := syndication.Feed{Title: odd, Page: base, Org: odd, Lang: "nl",
		Entries: []syndication.Entry{{Page: base + "/posts/x", Title: odd, HTML: "<p>" + odd + "</p>", Author: odd, Where: odd}}}
	text, err := syndication.Atom(f)
	if err != nil {
		t.Fatal(err)
	}
	var got atom
	if err := strictly(string(text), &got); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if want := "abcdefghi\ud7ffj"; got.Title != want || got.Entries[0].Author != want {
		t.Errorf("%q became %q, want %q", odd, got.Title, want)
	}
	text, err = syndication.JSON(f)
	if err != nil || !json.Valid(text) {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestALinkTellsNothingWithoutRights(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		org, secret := h.Make(h.samira, items.NewItem{Audience: plein.OrgAudience, Title: "Nieuwe kantine", Body: "Vanaf maandag"}), h.Post(h.samira, h.secret, "Heel stil")
		there := []string{"/posts/" + org.ID.String(), base + "/posts/" + org.ID.String() + "?x=1#y", "/groups/" + h.open.String(), "/people/" + h.samira.ID.String()}
		not := []string{"/posts/" + secret.ID.String(), base + "/posts/" + secret.ID.String(), "/posts/" + plein.ID(99).String(),
			"/groups/" + h.secret.String(), "/groups/" + plein.ID(99).String(), "/people/" + plein.ID(99).String(), "", "/", "/settings",
			"https://elders.example/posts/" + org.ID.String(), "//elders.example/posts/" + org.ID.String(), "javascript:alert(1)",
			"https://x@plein.example/posts/" + org.ID.String(), "http://plein.example/posts/" + org.ID.String(), strings.Repeat("x", 3000), "%zz"}
		for _, form := range []string{"", "&format=json", "&format=xml"} {
			h.asks = plein.Actor{}
			first := ""
			for _, u := range append(slices.Clone(there), not...) {
				r := h.get("/oembed?url=" + queryEscape(u) + form)
				got := r.Status + body(t, r)
				if first == "" {
					first = got
				}
				if got != first || r.StatusCode != http.StatusOK {
					t.Errorf("a stranger who asks for %q gets\n%s\nand not\n%s", u, got, first)
				}
			}
			h.asks = h.elif
			gone := ""
			for _, u := range not {
				r := h.get("/oembed?url=" + queryEscape(u) + form)
				got := r.Status + body(t, r)
				if gone == "" {
					gone = got
				}
				if got != gone || r.StatusCode != http.StatusNotFound {
					t.Errorf("a colleague who asks for %q gets\n%s\nand not\n%s", u, got, gone)
				}
			}
			for _, u := range there {
				r := h.get("/oembed?url=" + queryEscape(u) + form)
				text := body(t, r)
				if r.StatusCode != http.StatusOK || !strings.Contains(text, "Nieuwe kantine") && !strings.Contains(text, "Fietsers") && !strings.Contains(text, "Samira Bouali") {
					t.Errorf("a colleague who asks for %q gets %s\n%s", u, r.Status, text)
				}
				if form == "&format=xml" {
					if err := xml.Unmarshal([]byte(text), new(struct{ XMLName xml.Name })); err != nil {
						t.Errorf("%q as XML: %v", u, err)
					}
				}
			}
		}
		if r := h.get("/oembed?format=yaml&url=/posts/" + org.ID.String()); r.StatusCode != http.StatusNotFound {
			t.Errorf("an unknown form gives %s", r.Status)
		}
		var e struct{ Width, Height int }
		if err := json.Unmarshal([]byte(body(t, h.get("/oembed?maxwidth=100&maxheight=-5&url=/posts/"+org.ID.String()))), &e); err != nil || e.Width != 100 || e.Height <= 0 {
			t.Errorf("a narrow card is %+v, %v", e, err)
		}
	})
}
