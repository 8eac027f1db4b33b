package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"

	"plein/internal/platform/words"
	"plein/internal/plein"
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

const keepBuffer = 1 << 20 // a larger one is given back to the machine

// Render writes a page. It is made in memory first, so that a view that fails
// gives a whole error page and never half a page.
func Render(w http.ResponseWriter, r *http.Request, status int, c templ.Component) error {
	b := buffers.Get().(*bytes.Buffer)
	defer func() {
		if b.Cap() <= keepBuffer {
			b.Reset()
			buffers.Put(b)
		}
	}()
	if err := c.Render(r.Context(), b); err != nil {
		return plein.Wrap("web.render", err)
	}
	write(w, status, "text/html; charset=utf-8", b.Bytes())
	return nil
}

// JSON writes v as JSON.
func JSON(w http.ResponseWriter, status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return plein.Wrap("web.json", err)
	}
	write(w, status, "application/json", b)
	return nil
}

func write(w http.ResponseWriter, status int, kind string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // an error here means that nobody reads it any more
}

// WantsJSON says that the client asked for JSON and would not rather have a page.
func WantsJSON(r *http.Request) bool {
	accept := strings.Join(r.Header.Values("Accept"), ",")
	return (strings.Contains(accept, "application/json") || strings.Contains(accept, "application/problem+json")) &&
		!strings.Contains(accept, "text/html")
}

// wantsPage says that a page makes sense: to a browser that shows it, and to who
// takes anything; not to an image tag or a script.
func wantsPage(r *http.Request) bool {
	accept := strings.Join(r.Header.Values("Accept"), ",")
	if strings.Contains(accept, "text/html") {
		return true
	}
	return accept == "" || accept == "*/*" && r.Header.Get("Sec-Fetch-Dest") != "script"
}

// langCookie remembers the language that somebody without a session chose.
const langCookie = "plein-lang"

// KeepLang remembers a language in this browser, for the pages before sign-in.
func KeepLang(w http.ResponseWriter, lang string) {
	if !words.Known(lang) {
		return
	}
	a := find(w)
	http.SetCookie(w, &http.Cookie{Name: langCookie, Value: lang, Path: "/", MaxAge: 365 * 24 * 3600,
		Secure: a != nil && a.st.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// Lang tells in which language to answer: the person's own, else the one chosen
// in this browser, else the first that the browser asks for and we speak, else
// Options.DefaultLang.
func Lang(r *http.Request) string {
	if a := plein.ActorFrom(r.Context()); words.Known(a.Lang) {
		return a.Lang
	}
	if c, err := r.Cookie(langCookie); err == nil && words.Known(c.Value) {
		return c.Value
	}
	for _, part := range strings.Split(r.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		tag, _, _ = strings.Cut(strings.ToLower(tag), "-")
		if words.Known(tag) {
			return tag
		}
	}
	if st := stateOf(r.Context()); st != nil && words.Known(st.lang) {
		return st.lang
	}
	return words.Languages()[0]
}
