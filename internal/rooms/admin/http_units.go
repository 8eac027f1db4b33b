package admin

import (
	"net/http"

	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// units is GET /admin/units.
func (m *Module) units(w http.ResponseWriter, r *http.Request) error {
	return m.showUnits(w, r, http.StatusOK, web.Form{}, nil)
}

func (m *Module) showUnits(w http.ResponseWriter, r *http.Request, status int, form web.Form, wrong map[string]error) error {
	ctx := r.Context()
	tree, err := m.People.Units(ctx)
	if err != nil {
		return err
	}
	v := unitsView{Page: m.page(r, "admin.units.title")}
	v.Wide = true
	sp := v.Speaker
	all := tree.All()
	heads := make([]plein.ID, 0, len(all))
	for _, u := range all {
		if u.Head != 0 {
			heads = append(heads, u.Head)
		}
	}
	cards, err := m.People.Cards(ctx, heads)
	if err != nil {
		return err
	}
	for _, u := range all {
		row := unitRow{Href: unitHref(u.ID), Indent: indent(tree, u.ID), Name: u.Name, Parent: tree.Name(u.Parent)}
		if c, ok := cards[u.Head]; ok {
			row.Head, row.HeadHref = c.Name, href(c.ID)
		}
		v.Rows = append(v.Rows, row)
	}
	parent, _ := form.ID("parent")
	v.Name = view.FieldView{Name: "name", Label: sp.T("admin.unit.name"), Value: form.Text("name"), Max: plein.MaxName, Required: true, Autocomplete: "off", Speaker: sp}
	v.Parent = view.FieldView{Name: "parent", Label: sp.T("admin.unit.parent"), Speaker: sp}
	v.Parents = unitOptions(tree, sp.T("admin.unit.top"), parent, 0)
	if err := wrong["unit"]; err != nil { // the department above it is gone
		wrong = map[string]error{"parent": err}
	}
	v.Problem = mark(sp, wrong, &v.Name, &v.Parent)
	return web.Render(w, r, status, unitsPage(v))
}

func unitHref(id plein.ID) string { return "/admin/units/" + id.String() }

// addUnit is POST /admin/units.
func (m *Module) addUnit(w http.ResponseWriter, r *http.Request) error {
	a, err := m.ask(r)
	if err != nil {
		return err
	}
	parent, err := a.form.ID("parent")
	if err != nil {
		return err
	}
	u, err := m.People.AddUnit(a.ctx, a.actor, people.NewUnit{Name: a.form.Get("name"), Parent: parent})
	if status, ok := sayable(err); ok {
		return m.showUnits(w, r, status, a.form, byField(err))
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "admin.done.unit_added", "name", u.Name)
	return web.Redirect(w, r, "/admin/units")
}

// unit is GET /admin/units/{id}.
func (m *Module) unit(w http.ResponseWriter, r *http.Request) error {
	a, err := m.ask(r)
	if err != nil {
		return err
	}
	return m.showUnit(w, r, http.StatusOK, a, nil)
}

func (m *Module) showUnit(w http.ResponseWriter, r *http.Request, status int, a asked, t *trouble) error {
	tree, err := m.People.Units(a.ctx)
	if err != nil {
		return err
	}
	u, ok := tree.Unit(a.id)
	if !ok {
		return plein.ErrNotFound
	}
	head, err := m.personOf(a.ctx, u.Head)
	if err != nil {
		return err
	}
	v := unitView{Page: m.Page(r), At: unitHref(u.ID), Shown: "/units/" + u.ID.String()}
	v.Title = u.Name
	sp := v.Speaker
	parent, among := u.Parent, []people.Person(nil)
	if t != nil {
		among = t.among.Among
		if t.form == "parent" {
			parent, _ = t.typed.ID("parent")
		}
	}
	v.Name = view.FieldView{Name: "name", Label: sp.T("admin.unit.name"), Value: t.typedIn("name", "name", u.Name), Max: plein.MaxName,
		Required: true, Autocomplete: "off", Speaker: sp}
	v.Parent = view.FieldView{Name: "parent", Label: sp.T("admin.unit.parent"), Hint: sp.T("admin.unit.move_hint"), Speaker: sp}
	v.Parents = unitOptions(tree, sp.T("admin.unit.top"), parent, u.ID)
	v.Head = whoField(sp, "head", "head", sp.T("admin.unit.head"), sp.T("admin.unit.head_hint"), t.typedIn("head", "head", written(head)), nil, among, tree)
	v.Head.Field.Optional = true
	for _, below := range tree.Children(u.ID) {
		v.Below = append(v.Below, view.Link{Href: unitHref(below.ID), Label: below.Name})
	}
	if t != nil {
		v.Problem = mark(sp, t.wrong, &v.Name, &v.Parent, &v.Head.Field)
	}
	return web.Render(w, r, status, unitPage(v))
}

// changeUnit does one act on a department. fn gives the address that takes it back,
// when there is one.
func (m *Module) changeUnit(w http.ResponseWriter, r *http.Request, form, done string, fn func(a asked, t *trouble) (undo string, err error)) error {
	a, err := m.ask(r)
	if err != nil {
		return err
	}
	if tree, err := m.People.Units(a.ctx); err != nil {
		return err
	} else if _, ok := tree.Unit(a.id); !ok {
		return plein.ErrNotFound
	}
	t := &trouble{form: form, typed: a.form}
	undo, err := fn(a, t)
	if status, ok := sayable(err); ok {
		t.wrong = byField(err)
		if e := t.wrong["unit"]; e != nil { // the department above it is gone
			t.wrong = map[string]error{form: e}
		}
		return m.showUnit(w, r, status, a, t)
	}
	if err != nil {
		return err
	}
	if undo == "" {
		web.SetFlash(w, done)
	} else {
		web.SetFlash(w, done, "undo", undo)
	}
	return web.Redirect(w, r, unitHref(a.id))
}

// renameUnit is POST /admin/units/{id}/name.
func (m *Module) renameUnit(w http.ResponseWriter, r *http.Request) error {
	return m.changeUnit(w, r, "name", "admin.done.unit_saved", func(a asked, _ *trouble) (string, error) {
		return "", m.People.RenameUnit(a.ctx, a.actor, a.id, a.form.Get("name"))
	})
}

// moveUnit is POST /admin/units/{id}/parent.
func (m *Module) moveUnit(w http.ResponseWriter, r *http.Request) error {
	return m.changeUnit(w, r, "parent", "admin.done.unit_moved", func(a asked, _ *trouble) (string, error) {
		parent, err := a.form.ID("parent")
		if err != nil {
			return "", err
		}
		tree, err := m.People.Units(a.ctx)
		if err != nil {
			return "", err
		}
		u, _ := tree.Unit(a.id)
		back := top
		if u.Parent != 0 {
			back = u.Parent.String()
		}
		return unitHref(a.id) + "/back/" + back, m.People.MoveUnit(a.ctx, a.actor, a.id, parent)
	})
}

// top stands for no department in an address.
const top = "top"

// moveUnitBack is POST /admin/units/{id}/back/{parent}: what "undo" asks for after
// a move.
func (m *Module) moveUnitBack(w http.ResponseWriter, r *http.Request) error {
	return m.changeUnit(w, r, "parent", "admin.done.unit_back", func(a asked, _ *trouble) (string, error) {
		var parent plein.ID
		if s := r.PathValue("parent"); s != top {
			var err error
			if parent, err = plein.ParseID(s); err != nil {
				return "", err
			}
		}
		return "", m.People.MoveUnit(a.ctx, a.actor, a.id, parent)
	})
}

// setHead is POST /admin/units/{id}/head.
func (m *Module) setHead(w http.ResponseWriter, r *http.Request) error {
	return m.changeUnit(w, r, "head", "admin.done.unit_saved", func(a asked, t *trouble) (string, error) {
		var err error
		if t.among, err = m.named(a.ctx, a.form, "head"); err != nil {
			return "", err
		}
		return "", m.People.SetHead(a.ctx, a.actor, a.id, t.among.Person.ID)
	})
}
