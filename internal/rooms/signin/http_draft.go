package signin

import (
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
)

// draftCookieName has the prefix that no other host of the domain can set, where
// the connection allows that.
func draftCookieName(secure bool) string {
	if secure {
		return "__Host-plein-draft"
	}
	return "plein-draft"
}

// draftCookie carries the key to what was kept, and nothing else does; nil takes it
// away.
func (m *Module) draftCookie(key []byte) *http.Cookie {
	c := &http.Cookie{Name: draftCookieName(m.Secure), Path: "/", MaxAge: -1, Secure: m.Secure, HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if key != nil {
		c.Value, c.MaxAge = base64.RawURLEncoding.EncodeToString(key), int(draftLives.Seconds())
	}
	return c
}

// draftKey reads the key from a request; nil when there is none.
func (m *Module) draftKey(r *http.Request) []byte {
	c, err := r.Cookie(draftCookieName(m.Secure))
	if err != nil {
		return nil
	}
	key, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || len(key) != draftKeyLen {
		return nil
	}
	return key
}

// LostForm answers a POST whose session had ended (web.Options.LostForm): it keeps
// what was typed, without files and passwords, and leads to sign-in. What cannot be
// kept is said; the browser's own "back" still has it.
func (m *Module) LostForm(w http.ResponseWriter, r *http.Request) error {
	path := web.SafeNext(r.URL.RequestURI())
	d := draft{Path: path}
	var err error
	if path != "/" && !strings.HasPrefix(path, "/sign-") {
		if d.Fields, err = typed(w, r); err != nil {
			return err
		}
	}
	note := "signin.lost"
	if d.worth() {
		key, err := m.keepDraft(r.Context(), d, web.ClientIP(r))
		switch {
		case err == nil:
			http.SetCookie(w, m.draftCookie(key))
			note = "signin.lost_kept"
		case plein.KindOf(err) == plein.TooMuch:
			note = "signin.lost_not_kept"
		default:
			return err
		}
	}
	web.SetFlash(w, note, "kind", "info")
	return web.Redirect(w, r, web.SignInPath(cameFrom(r)))
}

// cameFrom is the page that the form stood on.
func cameFrom(r *http.Request) string {
	_, after, ok := strings.Cut(r.Referer(), "://"+r.Host)
	if !ok || strings.HasPrefix(after, "/sign-") {
		return "/"
	}
	return web.SafeNext(after)
}

// typed reads the text fields of a form and passes over files as they come by,
// without keeping any of them. What is more than a draft may be is cut off by its
// check.
func typed(w http.ResponseWriter, r *http.Request) ([]field, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, nil // no form: nothing was typed
	}
	if kind != "multipart/form-data" {
		r.Body = http.MaxBytesReader(w, r.Body, plein.MaxFormBytes)
		form, err := web.Decode(r)
		if err != nil {
			return nil, nilUnlessBroken(err)
		}
		return fieldsOf(form), nil
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, nil
	}
	var out []field
	size := 0
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, nil // cut off or too large: what came before it is kept
		}
		name := part.FormName()
		if part.FileName() != "" || name == "" || secret[name] || size > maxDraft || len(out) > maxFields {
			continue // NextPart reads over it
		}
		value, err := io.ReadAll(io.LimitReader(part, maxDraft+1))
		if err != nil {
			return out, nil
		}
		size += len(name) + len(value)
		if isText(name) && isText(string(value)) {
			out = append(out, field{name, strings.ReplaceAll(string(value), "\r\n", "\n")})
		}
	}
}

// nilUnlessBroken: a form that cannot be read is lost as it is; only what is our
// own fault is an error.
func nilUnlessBroken(err error) error {
	if plein.KindOf(err) == plein.Broken {
		return err
	}
	return nil
}

func isText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// fieldsOf lists the fields by name, so that the same form is kept in the same way.
func fieldsOf(form web.Form) []field {
	var names []string
	for name := range form.Values() {
		if !secret[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var out []field
	for _, name := range names {
		for _, v := range form.All(name) {
			out = append(out, field{name, v})
		}
	}
	return out
}

// showDraft is GET /sign-in/continue: what was typed, ready to be sent again.
// Nothing is sent before the person says so.
func (m *Module) showDraft(w http.ResponseWriter, r *http.Request) error {
	key := m.draftKey(r)
	d, _, err := m.findDraft(r.Context(), key)
	if errors.Is(err, plein.ErrNotFound) {
		return web.Redirect(w, r, "/")
	}
	if err != nil {
		return err
	}
	if err := m.draftShown(r.Context(), key); err != nil {
		return err
	}
	v := draftView{Page: m.page(r, "signin.draft.title"), Action: web.SafeNext(d.Path)}
	sp := v.Speaker
	text := d.main()
	for i, f := range d.Fields {
		switch {
		case i == text:
			v.Text = view.FieldView{ID: "tekst", Name: f.Name, Label: sp.T("signin.draft.text"), Value: f.Value, Rows: 10, Speaker: sp}
		case f.Name == "title" && f.Value != "" && v.Title == nil:
			v.Title = &view.FieldView{ID: "kop", Name: f.Name, Label: sp.T("signin.draft.heading"), Value: f.Value, Speaker: sp}
		default:
			v.Hidden = append(v.Hidden, f)
		}
	}
	if text < 0 {
		return web.Redirect(w, r, "/")
	}
	return web.Render(w, r, http.StatusOK, draftPage(v))
}
