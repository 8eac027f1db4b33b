package files

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"plein/internal/platform/picture"
	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/items"
)

func (m *Module) file(w http.ResponseWriter, r *http.Request) error { return m.serve(w, r, false) }

func (m *Module) thumb(w http.ResponseWriter, r *http.Request) error { return m.serve(w, r, true) }

// serve gives the bytes of a file to who may see it. Rights are asked on every
// request; a browser may keep the bytes but asks again whether it still may
// (ETag), so a lost right is noticed. Nothing in a file can run: it has no
// scripts, no forms and no origin of its own.
func (m *Module) serve(w http.ResponseWriter, r *http.Request, thumb bool) error {
	id, err := plein.ParseID(r.PathValue("id"))
	if err != nil {
		return err
	}
	f, err := m.Find(r.Context(), plein.ActorFrom(r.Context()), id)
	if err != nil {
		return err
	}
	if thumb && !f.Picture {
		return plein.ErrNotFound
	}
	b, err := m.Bytes(r.Context(), f, thumb)
	if err != nil {
		return err
	}
	defer b.Close()
	h := w.Header()
	mime, tag := f.MIME, f.SHA256
	if thumb && f.Thumb != "" {
		mime, tag = f.ThumbMIME, f.Thumb
	}
	h.Set("Content-Type", harmless(mime, f.Picture))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'")
	h.Set("Content-Disposition", picture.ContentDisposition(f.Picture, f.Name))
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("ETag", `"`+tag[:min(32, len(tag))]+`"`)
	http.ServeContent(w, r, "", f.Made, b)
	return nil
}

// harmless is the type under which a file is handed over. What a browser would
// read as a page gets none: it is a download already, and this is the second lock.
func harmless(mime string, shown bool) string {
	kind, _, _ := strings.Cut(mime, ";")
	switch {
	case shown:
		return mime
	case kind == "text/html", kind == "text/xml", strings.HasSuffix(kind, "javascript"), strings.HasPrefix(kind, "image/"),
		kind == "application/xml", strings.HasSuffix(kind, "+xml"):
		return "application/octet-stream"
	}
	return mime
}

func (m *Module) removeLoose(w http.ResponseWriter, r *http.Request) error {
	id, err := plein.ParseID(r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := m.Remove(r.Context(), plein.ActorFrom(r.Context()), id); err != nil {
		return err
	}
	return web.Back(w, r, "/posts/new")
}

// ListView is the files of a group or department.
type ListView struct {
	view.Page
	Files []File
	Older string
}

// filesPage is how many files one page lists.
const filesPage = 50

// List makes the list of files of an audience, for the page that shows it.
func (m *Module) List(r *http.Request, audience plein.ID, path string) (templ.Component, error) {
	before := items.Newest
	if at, err := plein.ParseID(r.URL.Query().Get("before")); err == nil {
		before = at
	}
	list, err := m.In(r.Context(), plein.ActorFrom(r.Context()), audience, before, filesPage+1)
	if err != nil {
		return nil, err
	}
	v := ListView{Page: m.Page(r), Files: list}
	if len(list) > filesPage {
		v.Files = list[:filesPage]
		v.Older = path + "?before=" + url.QueryEscape(v.Files[filesPage-1].ID.String())
	}
	return FileList(v), nil
}
