package syndication

import (
	"net/http"
	"net/url"
	"strings"

	"plein/internal/platform/text"
	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
)

// keys is GET /settings/feeds.
func (m *Module) keys(w http.ResponseWriter, r *http.Request) error {
	return m.show(w, r, http.StatusOK, "", r.URL.Query().Get("of"), nil, "")
}

// make is POST /settings/feeds. The answer is the page itself and not a redirect:
// what opens is in no address, in no cookie and in no store, and can be read here
// once.
func (m *Module) make(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	name, of := form.Text("name"), form.Text("of")
	_, token, err := m.Make(r.Context(), plein.ActorFrom(r.Context()), name)
	switch plein.KindOf(err) {
	case plein.Invalid:
		if err != nil {
			return m.show(w, r, http.StatusUnprocessableEntity, name, of, err, "")
		}
	}
	if err != nil {
		return err
	}
	return m.show(w, r, http.StatusOK, "", of, nil, token)
}

// end is POST /settings/feeds/{id}/end.
func (m *Module) end(w http.ResponseWriter, r *http.Request) error {
	id, err := plein.ParseID(r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := m.End(r.Context(), plein.ActorFrom(r.Context()), id); err != nil {
		return err
	}
	web.SetFlash(w, "syndication.ended")
	return web.Redirect(w, r, "/settings/feeds")
}

func (m *Module) show(w http.ResponseWriter, r *http.Request, status int, name, of string, wrong error, token string) error {
	list, err := m.Keys(r.Context(), plein.ActorFrom(r.Context()))
	if err != nil {
		return err
	}
	v := keysView{Page: m.Page(r)}
	sp := v.Speaker
	v.Title = sp.T("syndication.settings")
	v.Name = view.FieldView{Name: "name", Value: name, Label: sp.T("syndication.field.name"), Hint: sp.T("syndication.hint.name"),
		Max: plein.MaxTag, Required: true, Autocomplete: "off", Speaker: sp}
	v.Of = view.FieldView{Name: "of", Value: of, Label: sp.T("syndication.field.of"), Hint: sp.T("syndication.hint.of", "base", m.Base),
		Autocomplete: "off", Optional: true, Speaker: sp}
	if wrong != nil {
		e := plein.AsError(wrong)
		args := make([]any, 0, 2*len(e.Args))
		for k, x := range e.Args {
			args = append(args, k, x)
		}
		v.Name.Error, v.Name.Focus = sp.T(e.Key, args...), true
	}
	for _, k := range list {
		row := keyView{ID: k.ID.String(), Name: k.Name, Made: sp.T("syndication.made", "day", sp.Date(k.Made)), Used: sp.T("syndication.never")}
		if !k.Used.IsZero() {
			row.Used = sp.T("syndication.used", "day", sp.Date(k.Used))
		}
		v.Keys = append(v.Keys, row)
	}
	if token != "" {
		v.Fresh = m.addresses(sp.T, token, of)
	}
	return web.Render(w, r, status, keysPage(v))
}

// addresses are the feeds that a new key is most likely for: the one that was asked
// for, and the whole square.
func (m *Module) addresses(say func(string, ...any) string, token, of string) []addressView {
	root := m.Base + "/feeds/" + token
	var out []addressView
	add := func(label, path, query string) {
		out = append(out, addressView{Label: label, Atom: root + path + "/atom.xml" + query, JSON: root + path + "/feed.json" + query})
	}
	if path, query, ok := m.feedOf(of); ok {
		add(say("syndication.address.asked", "page", strings.TrimSpace(of)), path, query)
	}
	add(say("syndication.address.square"), "/"+ofSquare, "")
	return out
}

// feedOf reads the address of a page, whole or from the root, as the feed of the
// same. It does not ask whether there is anything there.
func (m *Module) feedOf(page string) (path, query string, ok bool) {
	page = strings.TrimSpace(page)
	if page == "" || len(page) > 2000 {
		return "", "", false
	}
	u, err := url.Parse(strings.TrimPrefix(page, m.Base))
	if err != nil || u.IsAbs() || u.Host != "" {
		return "", "", false
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	switch {
	case parts[0] == ofSearch && strings.TrimSpace(u.Query().Get("q")) != "":
		return "/" + ofSearch, "?q=" + url.QueryEscape(u.Query().Get("q")), true
	case len(parts) < 2:
		return "", "", false
	case parts[0] == ofGroup, parts[0] == ofPerson:
		id, err := plein.ParseID(parts[1])
		return "/" + parts[0] + "/" + id.String(), "", err == nil
	case parts[0] == ofTag:
		tag, ok := text.FoldTag(parts[1])
		return "/" + ofTag + "/" + url.PathEscape(tag), "", ok
	}
	return "", "", false
}
