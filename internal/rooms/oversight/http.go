package oversight

import (
	"context"
	"net/http"
	"strconv"

	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// audit is GET /oversight/audit.
func (m *Module) audit(w http.ResponseWriter, r *http.Request) error {
	return m.show(w, r, "audit", m.Service.Page)
}

// me is GET /oversight/me.
func (m *Module) me(w http.ResponseWriter, r *http.Request) error {
	return m.show(w, r, "me", m.Service.About)
}

// show is one of the two lists; they differ by who reads what.
func (m *Module) show(w http.ResponseWriter, r *http.Request, which string, read func(context.Context, plein.Actor, int64) ([]Row, error)) error {
	actor := plein.ActorFrom(r.Context())
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64) // what is not a number begins at the end
	rows, err := read(r.Context(), actor, before)
	if err != nil {
		return err
	}
	v := logView{Page: m.Deps.Page(r), Mine: which == "me"}
	v.Title = v.Speaker.T("oversight." + which + ".title")
	v.Lead = v.Speaker.T("oversight." + which + ".lead")
	v.Empty = v.Speaker.T("oversight." + which + ".empty")
	if len(rows) > pageRows {
		rows = rows[:pageRows]
		v.Older = "/oversight/" + which + "?before=" + strconv.FormatInt(rows[pageRows-1].Seq, 10)
	}
	faces, err := m.Faces(r.Context(), whoIn(rows))
	if err != nil {
		return err
	}
	faces = known(actor, faces)
	for _, row := range rows {
		v.Rows = append(v.Rows, rowViewOf(v.Speaker, row, faces))
	}
	return web.Render(w, r, http.StatusOK, logPage(v))
}

// known keeps of people's faces those whose names the reader may know: a guest, who
// has no directory, reads what was done to them and not by whom (TRUST P10).
func known(a plein.Actor, faces map[plein.ID]people.Card) map[plein.ID]people.Card {
	if !a.Guest {
		return faces
	}
	return map[plein.ID]people.Card{a.ID: faces[a.ID]}
}

func whoIn(rows []Row) []plein.ID {
	var ids []plein.ID
	for _, r := range rows {
		ids = append(ids, r.Actor)
		for _, ref := range []plein.Ref{r.Object, r.Target} {
			if ref.Kind == "person" {
				ids = append(ids, ref.ID)
			}
		}
	}
	return ids
}

func rowViewOf(sp words.Speaker, r Row, faces map[plein.ID]people.Card) rowView {
	v := rowView{At: r.At, What: actName(sp, r), By: sp.T("oversight.by_plein")}
	if r.Actor != 0 {
		v.By = name(sp, faces, r.Actor)
	}
	for _, ref := range []plein.Ref{r.Target, r.Object} {
		switch ref.Kind {
		case "person":
			v.To = append(v.To, name(sp, faces, ref.ID))
		case "group":
			v.To = append(v.To, sp.T("oversight.group", "code", ref.ID.String()))
		case "unit":
			v.To = append(v.To, sp.T("oversight.unit", "code", ref.ID.String()))
		}
	}
	return v
}

// actName says what was done. An act of a later version that this one has no words
// for is shown by its name in the log.
func actName(sp words.Speaker, r Row) string {
	key := "oversight.act." + r.Name
	if r.Name == "people.person.changed" {
		key += "." + r.Extra["what"]
	}
	if !sp.Has(key) {
		return r.Name
	}
	return sp.T(key)
}

func name(sp words.Speaker, faces map[plein.ID]people.Card, id plein.ID) string {
	if c, ok := faces[id]; ok && c.Name != "" {
		return c.Name
	}
	return sp.T("oversight.somebody")
}

// logView is a page of the log.
type logView struct {
	view.Page
	Mine  bool
	Lead  string
	Empty string
	Rows  []rowView
	Older string
}
