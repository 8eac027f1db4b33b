package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"

	"plein/internal/plein"
)

// flashState says whether this request's flash has been shown, and so has to go.
type flashState struct {
	shown bool
	set   bool
}

// A flash lives until it is shown, at most a minute.
const flashSeconds = 60

type flashCookie struct {
	Key  string     `json:"k"`
	Args plein.Args `json:"a,omitempty"`
}

// flashName has the prefix that keeps other hosts of the same domain from
// setting it, where the connection allows that.
func flashName(secure bool) string {
	if secure {
		return "__Host-plein-flash"
	}
	return "plein-flash"
}

// SetFlash leaves a line for the next page, as in SetFlash(w, "items.posted").
// Only the word key and its small values travel (text and numbers, by name and
// value in turn), so nothing that is written into the cookie by somebody else
// can say anything but our own sentences.
func SetFlash(w http.ResponseWriter, key string, args ...any) {
	a := find(w)
	secure := a != nil && a.st.secure
	c := flashCookie{Key: key}
	for i := 0; i+1 < len(args); i += 2 {
		name, ok := args[i].(string)
		if !ok {
			continue
		}
		if c.Args == nil {
			c.Args = plein.Args{}
		}
		c.Args[name] = args[i+1]
	}
	text, err := json.Marshal(c)
	if err != nil || len(text) > 1500 {
		return // a note that does not fit is not worth an error
	}
	if a != nil {
		a.st.flash.set = true
	}
	http.SetCookie(w, &http.Cookie{Name: flashName(secure), Value: base64.RawURLEncoding.EncodeToString(text),
		Path: "/", MaxAge: flashSeconds, Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// Flash gives the line that the page before left, once: the answer to this
// request takes it away. key is "" when there is none.
func Flash(r *http.Request) (key string, args plein.Args) {
	st := stateOf(r.Context())
	cookie, err := r.Cookie(flashName(st != nil && st.secure))
	if err != nil {
		return "", nil
	}
	if st != nil {
		st.flash.shown = true
	}
	text, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil || len(text) > 1500 {
		return "", nil
	}
	var c flashCookie
	if json.Unmarshal(text, &c) != nil {
		return "", nil
	}
	for name, v := range c.Args {
		switch v := v.(type) {
		case string:
			if !isText(v) {
				return "", nil
			}
		case float64: // every JSON number; plurals compare it with 1
		default:
			delete(c.Args, name)
		}
	}
	return c.Key, c.Args
}

// beforeHeaders takes a shown flash away.
func (f *flashState) beforeHeaders(a *answer) {
	if f.shown && !f.set {
		http.SetCookie(a.ResponseWriter, &http.Cookie{Name: flashName(a.st.secure), Path: "/", MaxAge: -1,
			Secure: a.st.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	}
}

// find gives our own writer, also when a handler has put another around it.
func find(w http.ResponseWriter) *answer {
	for w != nil {
		if a, ok := w.(*answer); ok {
			return a
		}
		u, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return nil
		}
		w = u.Unwrap()
	}
	return nil
}
