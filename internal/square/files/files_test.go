package files_test

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"plein/internal/platform/blob"
	"plein/internal/platform/testkit"
	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/files"
	"plein/internal/square/items"
	"plein/internal/square/squaretest"
)

// town is a house with a closed group, of which samira, joost and a guest are
// members and marit is not.
type town struct {
	*squaretest.House
	samira, joost, marit, nora plein.Actor
	closed                     plein.ID
	server                     http.Handler
}

func each(t *testing.T, fn func(t *testing.T, h *town)) {
	t.Helper()
	t.Parallel()
	squaretest.Each(t, func(t *testing.T, house *squaretest.House) {
		h := &town{House: house}
		h.samira, h.joost, h.marit = h.Person("Samira Bouali", 0), h.Person("Joost van der Veen", 0), h.Person("Marit Prins", 0)
		h.nora = h.Guest("Nora Gast")
		h.closed = h.Group("Werkdruk", plein.Closed, h.samira, h.joost, h.nora)
		page := func(r *http.Request) view.Page {
			return view.Page{Speaker: h.Words.For("nl", time.UTC), Path: r.URL.Path, Now: h.Clock.Now()}
		}
		var routes web.Routes
		files.NewModule(h.Files, page).Routes(&routes)
		h.server = web.New(web.Options{Words: h.Words, Page: page, Limits: &web.Limits{}, Actor: func(r *http.Request) (plein.Actor, error) {
			for _, a := range []plein.Actor{h.samira, h.joost, h.marit, h.nora} {
				if r.Header.Get("X-Test-Actor") == a.ID.String() {
					return a, nil
				}
			}
			return plein.Actor{}, nil
		}}, &routes)
		fn(t, h)
	})
}

func (h *town) send(a plein.Actor, method, path string, header ...string) *httptest.ResponseRecorder {
	h.T.Helper()
	r := httptest.NewRequest(method, path, nil)
	r.Header.Set("X-Test-Actor", a.ID.String())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for n := 0; n < len(header); n += 2 {
		r.Header.Set(header[n], header[n+1])
	}
	w := httptest.NewRecorder()
	h.server.ServeHTTP(w, r)
	return w
}

func (h *town) add(a plein.Actor, name string, body []byte) files.File {
	h.T.Helper()
	f, err := h.Files.Add(h.T.Context(), a, name, "wat je ziet", bytes.NewReader(body))
	if err != nil {
		h.T.Fatal(err)
	}
	return f
}

// attach puts files on a new post of theirs.
func (h *town) attach(a plein.Actor, list ...files.File) *items.Item {
	h.T.Helper()
	n := items.NewItem{Audience: h.closed, Body: "bijlage"}
	for _, f := range list {
		n.Files = append(n.Files, f.ID)
	}
	return h.Make(a, n)
}

func drawing(w, h int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		for y := range h {
			img.Set(x, y, color.RGBA{uint8(x * y), uint8(x), uint8(y), 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err) // never for an image in memory
	}
	return b.Bytes()
}

func (h *town) sees(a plein.Actor, f files.File) bool {
	h.T.Helper()
	_, err := h.Files.Find(h.T.Context(), a, f.ID)
	if err != nil && !errors.Is(err, plein.ErrNotFound) {
		h.T.Fatal(err)
	}
	status := h.send(a, "GET", "/files/"+f.ID.String()).Code
	if a.SignedIn() && (err == nil) != (status == http.StatusOK) {
		h.T.Errorf("%s: the service says %v, the door says %d", a.Name, err, status)
	}
	return err == nil
}

// P4, P5, P14: a file is its owner's until it hangs on an item; then it is seen by
// exactly those who see the item, for as long as they do.
func TestAFileIsSeenWithItsItem(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		f := h.add(h.joost, "notulen.txt", []byte("wat er gezegd is"))
		only := func(what string, readers ...plein.Actor) {
			t.Helper()
			for _, a := range []plein.Actor{h.samira, h.joost, h.marit, h.nora, {}} {
				want := slices.ContainsFunc(readers, func(r plein.Actor) bool { return r.ID == a.ID })
				if got := h.sees(a, f); got != want {
					t.Errorf("%s, %s: %v, want %v", what, a.Name, got, want)
				}
			}
		}
		only("a loose file", h.joost)
		i := h.attach(h.joost, f)
		only("a file on an item", h.joost, h.samira, h.nora)
		h.Leave(h.closed, h.nora)
		only("after nora left", h.joost, h.samira)
		h.Leave(h.closed, h.joost)
		only("after its owner left", h.samira)
		h.Join(h.closed, h.joost)
		if _, err := h.Items.Delete(t.Context(), h.joost, i.ID); err != nil {
			t.Fatal(err)
		}
		only("after the item was deleted")
		if cards, err := h.Items.Cards(t.Context(), h.samira, []plein.ID{i.ID}, items.Opts{}); err != nil || len(cards) > 0 {
			t.Errorf("cards %v (%v)", cards, err)
		}
		if _, err := h.Items.Restore(t.Context(), h.joost, i.ID); err != nil {
			t.Fatal(err)
		}
		only("after it was brought back", h.joost, h.samira)
	})
}

// S1, S2, S21: what may not be seen answers as what does not exist, to every method
// and with every header.
func TestTheUnseenAnswersLikeTheInexistent(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		f := h.add(h.joost, "foto.png", drawing(40, 30))
		h.attach(h.joost, f)
		loose := h.add(h.joost, "los.png", drawing(30, 30))
		etag := h.send(h.joost, "GET", "/files/"+f.ID.String()).Header().Get("ETag")
		nowhere := plein.NewID(h.Clock.Now()).String()
		for _, suffix := range []string{"", "/thumb"} {
			for _, method := range []string{"GET", "HEAD"} {
				for _, header := range [][]string{nil, {"If-None-Match", etag}, {"Range", "bytes=0-3"}} {
					want := h.send(h.marit, method, "/files/"+nowhere+suffix, header...)
					for _, id := range []plein.ID{f.ID, loose.ID} {
						got := h.send(h.marit, method, "/files/"+id.String()+suffix, header...)
						if got.Code != http.StatusNotFound || got.Code != want.Code || got.Body.String() != want.Body.String() || got.Header().Get("ETag") != "" {
							t.Errorf("%s %s %v: %d %v", method, suffix, header, got.Code, got.Header())
						}
					}
				}
			}
		}
		for _, a := range []plein.Actor{h.marit, h.samira} {
			if err := h.Files.Remove(t.Context(), a, loose.ID); !errors.Is(err, plein.ErrNotFound) {
				t.Errorf("%s removes somebody else's file: %v", a.Name, err)
			}
		}
		if err := h.Files.Remove(t.Context(), h.samira, f.ID); plein.KindOf(err) != plein.Conflict {
			t.Errorf("removing what hangs on an item: %v", err)
		}
		if w := h.send(plein.Actor{}, "GET", "/files/"+f.ID.String()); w.Code == http.StatusOK {
			t.Errorf("nobody in particular gets the file: %d", w.Code)
		}
	})
}

// S41, S42, S48, S57: nothing in a file runs, whatever it is and is called.
func TestNothingInAFileRuns(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		script := `<html><script>alert(1)</script></html>`
		svg := `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`
		for _, c := range []struct {
			name, body string
			picture    bool
		}{
			{"pagina.html", script, false},
			{"foto.png", script, false}, // says it is a picture and is none
			{"logo.svg", svg, false},
			{"notulen.txt", "gewoon", false},
			{"lijst.csv", "=cmd|' /C calc'!A0", false},
			{"\"; filename=\"x.html\r\nX-Evil: 1", script, false},
			{"../../etc/passwd", "root", false},
			{"gpj.\u202eexe", "MZ", false},
			{"foto.html", string(drawing(20, 20)), true}, // is one, whatever it is called
			{"film.mp4", "\x00\x00\x00\x18ftypmp42", false},
		} {
			f := h.add(h.joost, c.name, []byte(c.body))
			if f.Picture != c.picture {
				t.Errorf("%q is a picture: %v", c.name, f.Picture)
			}
			w := h.send(h.joost, "GET", "/files/"+f.ID.String())
			head := w.Header()
			disposition := head.Get("Content-Disposition")
			if w.Code != 200 || head.Get("X-Content-Type-Options") != "nosniff" || head.Get("X-Evil") != "" {
				t.Errorf("%q: %d %v", c.name, w.Code, head)
			}
			policy := head.Get("Content-Security-Policy")
			if !strings.Contains(policy, "sandbox") || strings.Contains(policy, "allow-") || !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "script-src") {
				t.Errorf("%q has the policy %q", c.name, policy)
			}
			if strings.HasPrefix(disposition, "attachment") == c.picture || strings.ContainsAny(disposition, "\r\n/") || strings.Contains(disposition, "\u202e") {
				t.Errorf("%q is handed over as %q", c.name, disposition)
			}
			if mime := head.Get("Content-Type"); strings.Contains(mime, "html") || strings.Contains(mime, "svg") || strings.Contains(mime, "javascript") ||
				c.picture != strings.HasPrefix(mime, "image/") {
				t.Errorf("%q is served as %q", c.name, mime)
			}
			if cache := head.Get("Cache-Control"); !strings.Contains(cache, "private") || !strings.Contains(cache, "no-cache") {
				t.Errorf("%q may be kept: %q", c.name, cache)
			}
			if !c.picture && w.Body.String() != c.body {
				t.Errorf("%q came back as %q", c.name, w.Body)
			}
			if again := h.send(h.joost, "GET", "/files/"+f.ID.String(), "If-None-Match", head.Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
				t.Errorf("%q asked for again: %d", c.name, again.Code)
			}
			if thumb := h.send(h.joost, "GET", "/files/"+f.ID.String()+"/thumb"); (thumb.Code == 200) != c.picture {
				t.Errorf("the small picture of %q: %d", c.name, thumb.Code)
			}
			if err := h.Files.Remove(t.Context(), h.joost, f.ID); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestAPictureIsMadeAnew(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		came := drawing(1200, 900)
		came = append(came, []byte("<script>behind the picture</script>")...)
		f := h.add(h.joost, "foto.png", came)
		i := h.attach(h.joost, f)
		w := h.send(h.nora, "GET", "/files/"+f.ID.String())
		if bytes.Contains(w.Body.Bytes(), []byte("script")) || bytes.Equal(w.Body.Bytes(), came) {
			t.Error("the picture that came is the one that is served")
		}
		small := h.send(h.nora, "GET", "/files/"+f.ID.String()+"/thumb")
		if small.Body.Len() == 0 || small.Body.Len() >= w.Body.Len() || !strings.HasPrefix(small.Header().Get("Content-Type"), "image/") {
			t.Errorf("the small picture has %d bytes of %d, %s", small.Body.Len(), w.Body.Len(), small.Header().Get("Content-Type"))
		}
		cards, err := h.Items.Cards(t.Context(), h.nora, []plein.ID{i.ID}, items.Opts{})
		if err != nil || len(cards) != 1 || len(cards[0].Files) != 1 {
			t.Fatalf("%v %v", cards, err)
		}
		if got := cards[0].Files[0]; !got.Picture || got.Alt != "wat je ziet" || got.Width != 1200 || got.Height != 900 || got.ID != f.ID {
			t.Errorf("the card says %+v", got)
		}
	})
}

func (h *town) stored() (keys []string) {
	h.T.Helper()
	if err := h.Blobs.List(h.T.Context(), "", func(i blob.Info) error {
		keys = append(keys, i.Key)
		return nil
	}); err != nil {
		h.T.Fatal(err)
	}
	return keys
}

// Removing and sweeping: what nobody uses goes after a day, what somebody uses
// never, and the same bytes lie there once.
func TestSweeping(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		ctx := t.Context()
		// The time of bytes is the machine's: begin there.
		h.Clock.Set(testkit.SystemNow())
		same := []byte("dezelfde bytes")
		used, waiting := h.add(h.joost, "een.txt", same), h.add(h.samira, "twee.txt", same)
		i := h.attach(h.joost, used)
		unused := h.add(h.marit, "niemand.txt", []byte("niemand gebruikt dit"))
		removed := h.add(h.marit, "vergissing.txt", []byte("dit was een vergissing"))
		if used.SHA256 != waiting.SHA256 || len(h.stored()) != 3 {
			t.Errorf("the same bytes lie there %d times", len(h.stored()))
		}
		if err := h.Files.Remove(ctx, h.marit, removed.ID); err != nil {
			t.Fatal(err)
		}
		if h.sees(h.marit, removed) {
			t.Error("a removed file is still there")
		}
		if err := h.Files.Remove(ctx, h.marit, removed.ID); !errors.Is(err, plein.ErrNotFound) {
			t.Errorf("removing it again: %v", err)
		}
		if loose, err := h.Files.Loose(ctx, h.marit); err != nil || len(loose) != 1 || loose[0].ID != unused.ID {
			t.Errorf("marit's loose files: %v (%v)", loose, err)
		}
		sweep := func(want int64) {
			t.Helper()
			if n, err := h.Files.Sweep(ctx); err != nil || n != want {
				t.Errorf("swept %d (%v), want %d", n, err, want)
			}
		}
		h.Clock.Advance(23 * time.Hour)
		sweep(0)
		h.Clock.Advance(2 * time.Hour)
		sweep(3)
		sweep(0)
		if got := h.stored(); !slices.Equal(got, []string{used.SHA256}) {
			t.Errorf("stored %v, want what hangs on an item", got)
		}
		if !h.sees(h.samira, used) || h.sees(h.samira, waiting) || h.sees(h.marit, unused) {
			t.Error("sweeping took too much or too little")
		}
		if n, err := h.Files.Check(ctx); err != nil || n != 1 {
			t.Errorf("checked %d files: %v", n, err)
		}
		// Thirty days after a deletion nothing brings the item back, nor its files.
		if _, err := h.Items.Delete(ctx, h.joost, i.ID); err != nil {
			t.Fatal(err)
		}
		h.Clock.Advance(29 * 24 * time.Hour)
		sweep(0)
		h.Clock.Advance(2 * 24 * time.Hour)
		sweep(1)
		if got := h.stored(); len(got) != 0 {
			t.Errorf("the bytes of a deleted file are still there: %v", got)
		}
	})
}

// A form that is sent while its file is being removed either has the file or hears
// that it has not.
func TestAttachingWhileRemoving(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		for n := range 10 {
			f := h.add(h.joost, "x.txt", fmt.Append(nil, n))
			var wg sync.WaitGroup
			var posted, removed error
			wg.Go(func() {
				_, posted = h.Items.Post(t.Context(), h.joost, items.NewItem{Audience: h.closed, Body: "x", Files: []plein.ID{f.ID}})
			})
			wg.Go(func() { removed = h.Files.Remove(t.Context(), h.joost, f.ID) })
			wg.Wait()
			if (posted == nil) == (removed == nil) {
				t.Errorf("posting: %v, removing: %v", posted, removed)
			}
			if seen := h.sees(h.samira, f); seen != (posted == nil) {
				t.Errorf("posting: %v, and samira sees the file: %v", posted, seen)
			}
		}
	})
}

// The list of a group's files holds what its items carry, and goes on behind those
// of deleted items.
func TestTheFilesOfAGroup(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		var want []plein.ID
		for n := range 12 {
			f := h.add(h.joost, "x.txt", fmt.Append(nil, n))
			i := h.attach(h.joost, f)
			if n >= 3 && n < 9 {
				if _, err := h.Items.Delete(t.Context(), h.joost, i.ID); err != nil {
					t.Fatal(err)
				}
			} else {
				want = slices.Insert(want, 0, f.ID)
			}
		}
		h.add(h.joost, "los.txt", []byte("los"))
		list := func(a plein.Actor) (ids []plein.ID) {
			before := items.Newest
			for {
				page, err := h.Files.In(t.Context(), a, h.closed, before, 4)
				if err != nil {
					t.Fatal(err)
				}
				for _, f := range page {
					ids, before = append(ids, f.ID), f.ID
				}
				if len(page) < 4 {
					return ids
				}
			}
		}
		for _, c := range []struct {
			who  plein.Actor
			want []plein.ID
		}{{h.samira, want}, {h.nora, want}, {h.marit, nil}, {plein.Actor{}, nil}} {
			if got := list(c.who); !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", c.who.Name, got, c.want)
			}
		}
	})
}

func TestWhatCannotBeAdded(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		add := func(a plein.Actor, name, alt string, r io.Reader) string {
			_, err := h.Files.Add(t.Context(), a, name, alt, r)
			if err == nil {
				return ""
			}
			return plein.AsError(err).Key
		}
		for what, c := range map[string]struct{ got, want string }{
			"nothing":      {add(h.joost, "leeg.txt", "", strings.NewReader("")), "files.empty"},
			"too large":    {add(h.joost, "groot.bin", "", io.LimitReader(zeros{}, plein.MaxFileBytes+1)), "files.too_large"},
			"a long alt":   {add(h.joost, "x.txt", strings.Repeat("é", plein.MaxAltText+1), strings.NewReader("x")), "files.alt_long"},
			"cut off":      {add(h.joost, "x.txt", "", io.MultiReader(strings.NewReader("begin"), broken{})), "error.broken"},
			"by nobody":    {add(plein.Actor{}, "x.txt", "", strings.NewReader("x")), "error.not_found"},
			"half a photo": {add(h.joost, "foto.png", "", bytes.NewReader(drawing(50, 50)[:200])), "picture.unreadable"},
		} {
			if c.got != c.want {
				t.Errorf("%s: %q, want %q", what, c.got, c.want)
			}
		}
		for n := range 50 {
			h.add(h.marit, "x.txt", fmt.Append(nil, n))
		}
		if got := add(h.marit, "x.txt", "", strings.NewReader("x")); got != "files.too_many_loose" {
			t.Errorf("a fifty-first loose file: %q", got)
		}
		if loose, err := h.Files.Loose(t.Context(), h.joost); err != nil || len(loose) != 0 {
			t.Errorf("what was refused is there: %v (%v)", loose, err)
		}
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the line went dead") }
