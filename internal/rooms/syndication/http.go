package syndication

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strconv"

	"plein/internal/platform/web"
	"plein/internal/plein"
)

// feed answers an address with a key. Whoever is signed in in the same browser has
// nothing to do with it: the key says who reads.
func (m *Module) feed(kind string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		a, err := m.Enter(r.Context(), r.PathValue("key"))
		if err != nil {
			return err
		}
		var write func(Feed) ([]byte, error)
		var mime string
		switch r.PathValue("form") {
		case "atom.xml":
			write, mime = atom, "application/atom+xml; charset=utf-8"
		case "feed.json":
			write, mime = asJSON, "application/feed+json; charset=utf-8"
		default:
			return plein.ErrNotFound
		}
		what := r.PathValue("id") + r.PathValue("tag") // a route has one of the two, or none
		if kind == ofSearch {
			what = r.URL.Query().Get("q")
		}
		f, err := m.Of(r.Context(), a, kind, what)
		if err != nil {
			return err
		}
		body, err := write(f)
		if err != nil {
			return plein.Wrap("syndication.feed", err)
		}
		outside(w.Header())
		sum := sha256.Sum256(body)
		w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
		w.Header().Set("Content-Type", mime)
		http.ServeContent(w, r, "", f.Changed(), bytes.NewReader(body))
		return nil
	}
}

// outside are the headers of what programs read: kept by nobody between, shown as
// no page, and from nowhere.
func outside(h http.Header) {
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex, nofollow")
}

// embed is GET /oembed?url=…
func (m *Module) embed(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	form := q.Get("format")
	if form != "" && form != "json" && form != "xml" {
		return plein.ErrNotFound
	}
	number := func(name string) int {
		n, _ := strconv.Atoi(q.Get(name)) // what is no number asks for nothing
		return n
	}
	e, err := m.Embed(r.Context(), plein.ActorFrom(r.Context()), q.Get("url"), number("maxwidth"), number("maxheight"))
	if err != nil {
		return err
	}
	var body []byte
	mime := "application/json"
	if form == "xml" {
		mime = "text/xml; charset=utf-8"
		body, err = xml.Marshal(e)
		body = append([]byte(xml.Header), body...)
	} else {
		body, err = json.Marshal(e)
	}
	if err != nil {
		return plein.Wrap("syndication.embed", err)
	}
	outside(w.Header())
	w.Header().Set("Content-Type", mime)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body) // an error here means that nobody reads it any more
	return nil
}
