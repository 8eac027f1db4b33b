package admin

import (
	"net/http"
	"slices"
	"time"

	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// trouble is what kept an act on a page from being done: in which of its forms,
// what was typed, and who could have been meant.
type trouble struct {
	form  string
	typed web.Form
	wrong map[string]error
	among meant
}

// typedIn gives what was typed in a field of the form that was sent, else what is
// there now.
func (t *trouble) typedIn(form, field, now string) string {
	if t != nil && t.form == form {
		return t.typed.Text(field)
	}
	return now
}

func (t *trouble) errors(form string) map[string]error {
	if t != nil && t.form == form {
		return t.wrong
	}
	return nil
}

// person is GET /admin/people/{id}.
func (m *Module) person(w http.ResponseWriter, r *http.Request) error {
	a, err := m.ask(r)
	if err != nil {
		return err
	}
	return m.showPerson(w, r, http.StatusOK, a, nil)
}

func (m *Module) showPerson(w http.ResponseWriter, r *http.Request, status int, a asked, t *trouble) error {
	p, err := m.account(a.ctx, a.actor, a.id)
	if err != nil {
		return err
	}
	tree, err := m.People.Units(a.ctx)
	if err != nil {
		return err
	}
	set, err := m.Settings(a.ctx)
	if err != nil {
		return err
	}
	v := personView{Page: m.Page(r), At: href(p.ID), Mine: a.actor.ID == p.ID, Guest: p.Guest, Bot: p.Bot,
		Closed: p.State == people.Closed, Former: p.State == people.Former, Employer: p.Employer, ChooseExtend: set.Guests, Problems: map[string]string{}}
	sp := v.Speaker
	v.Title, v.State, v.Held = titleOf(sp, p), stateOf(sp, p, v.Now), roleNames(sp, p.Roles)
	v.MayLink = m.SendLink != nil && p.IsIn(v.Now) && !p.Bot && p.Email != ""
	if faces, err := m.faces(a.ctx, p.ID); err != nil {
		return err
	} else if len(faces) == 1 {
		v.Who = faces[0]
	}
	field := func(form, id, name, key, now string) view.FieldView {
		return view.FieldView{ID: id, Name: name, Label: sp.T("admin.field." + key), Value: t.typedIn(form, name, now), Autocomplete: "off", Speaker: sp}
	}
	v.Name, v.Job, v.Email = field("name", "naam", "name", "name", p.Name), field("name", "functie", "title", "title", p.Title), field("email", "mail", "email", "email", p.Email)
	v.Name.Max, v.Name.Required = plein.MaxName, true
	v.Job.Max, v.Job.Optional = plein.MaxJobTitle, true
	v.Email.Max, v.Email.Required, v.Email.Type, v.Email.Hint = plein.MaxEmail, true, "email", sp.T("admin.hint.email_change")
	v.Problems["name"] = mark(sp, t.errors("name"), &v.Name, &v.Job)
	v.Problems["email"] = mark(sp, t.errors("email"), &v.Email)
	if err := m.fillPlace(a, &v, p, tree, t); err != nil {
		return err
	}
	m.fillRoles(a, &v, p, t)
	if p.Guest {
		v.Until = field("until", "tot", "until", "until", p.GuestUntil.In(set.Zone).Format(time.DateOnly))
		v.Until.Type, v.Until.Required, v.Until.Hint = "date", true, sp.T("admin.hint.until")
		v.UntilSaid = sp.Date(p.GuestUntil)
		if sponsors, err := m.faces(a.ctx, p.Sponsor); err != nil {
			return err
		} else if len(sponsors) == 1 {
			v.Sponsor = sponsors[0]
		}
	}
	v.Problems["until"] = mark(sp, t.errors("until"), &v.Until)
	v.Problems["access"] = mark(sp, t.errors("access"))
	return web.Render(w, r, status, personPage(v))
}

// fillPlace fills the form with the department and the manager.
func (m *Module) fillPlace(a asked, v *personView, p people.Person, tree *people.Tree, t *trouble) error {
	sp := v.Speaker
	manager, err := m.personOf(a.ctx, p.Manager)
	if err != nil {
		return err
	}
	unit, among := p.Unit, []people.Person(nil)
	if t != nil && t.form == "place" {
		unit, _ = t.typed.ID("unit")
		among = t.among.Among
	}
	v.Unit = view.FieldView{ID: "afdeling", Name: "unit", Label: sp.T("admin.field.unit"), Speaker: sp}
	v.Units = unitOptions(tree, sp.T("admin.unit.none"), unit, 0)
	v.Manager = whoField(sp, "leiding", "manager", sp.T("admin.field.manager"), sp.T("admin.hint.manager"),
		t.typedIn("place", "manager", written(manager)), nil, among, tree)
	v.Manager.Field.Optional = true
	v.Problems["place"] = mark(sp, t.errors("place"), &v.Unit, &v.Manager.Field)
	return nil
}

// fillRoles fills the form with the roles that the reader can give or take, and
// names the others.
func (m *Module) fillRoles(a asked, v *personView, p people.Person, t *trouble) {
	sp := v.Speaker
	mine := people.Grantable(a.actor)
	ticked := p.Roles
	if t != nil && t.form == "roles" {
		ticked = nil
		for _, s := range t.typed.All("role") {
			ticked = append(ticked, plein.Role(s))
		}
	}
	for _, r := range plein.Roles() {
		switch {
		case r == plein.RoleMember, r == plein.RoleGuest:
		case slices.Contains(mine, r):
			v.Roles = append(v.Roles, roleOption{Value: string(r), Label: sp.T("admin.role." + string(r)),
				Hint: sp.T("admin.role_hint." + string(r)), On: slices.Contains(ticked, r)})
		case p.Has(r):
			v.Fixed = append(v.Fixed, sp.T("admin.role."+string(r)))
		}
	}
	v.Problems["roles"] = mark(sp, t.errors("roles"))
}

// change does one act on a person: fn does it, form is where the page says what
// kept it from being done, and done is what the next page says.
func (m *Module) change(w http.ResponseWriter, r *http.Request, form, done string, fn func(a asked, t *trouble) error) error {
	a, err := m.ask(r)
	if err != nil {
		return err
	}
	t := &trouble{form: form, typed: a.form}
	err = fn(a, t)
	if status, ok := sayable(err); ok {
		if t.wrong == nil {
			t.wrong = byField(err)
		}
		return m.showPerson(w, r, status, a, t)
	}
	if err != nil {
		return err
	}
	p, err := m.People.Find(a.ctx, a.id)
	if err != nil {
		return err
	}
	web.SetFlash(w, done, "name", p.Name)
	return web.Redirect(w, r, href(a.id))
}

// rename is POST /admin/people/{id}/name.
func (m *Module) rename(w http.ResponseWriter, r *http.Request) error {
	return m.change(w, r, "name", "admin.done.saved", func(a asked, t *trouble) error {
		wrong, err := m.Service.rename(a.ctx, a.actor, a.id, a.form.Get("name"), a.form.Get("title"))
		if len(wrong) > 0 {
			t.wrong = wrong
			return plein.E(plein.Invalid, "error.invalid", nil)
		}
		return err
	})
}

// changeEmail is POST /admin/people/{id}/email.
func (m *Module) changeEmail(w http.ResponseWriter, r *http.Request) error {
	return m.change(w, r, "email", "admin.done.email", func(a asked, _ *trouble) error {
		return m.Service.changeEmail(a.ctx, a.actor, a.id, a.form.Get("email"))
	})
}

// place is POST /admin/people/{id}/place.
func (m *Module) place(w http.ResponseWriter, r *http.Request) error {
	return m.change(w, r, "place", "admin.done.saved", func(a asked, t *trouble) error {
		unit, err := a.form.ID("unit")
		if err != nil {
			return err
		}
		if t.among, err = m.named(a.ctx, a.form, "manager"); err != nil {
			return err
		}
		return m.Service.place(a.ctx, a.actor, a.id, unit, t.among.Person.ID)
	})
}

// setRoles is POST /admin/people/{id}/roles.
func (m *Module) setRoles(w http.ResponseWriter, r *http.Request) error {
	return m.change(w, r, "roles", "admin.done.roles", func(a asked, _ *trouble) error {
		var ticked []plein.Role
		for _, s := range a.form.All("role") {
			ticked = append(ticked, plein.Role(s))
		}
		return m.Service.setRoles(a.ctx, a.actor, a.id, ticked)
	})
}

// extendGuest is POST /admin/people/{id}/until.
func (m *Module) extendGuest(w http.ResponseWriter, r *http.Request) error {
	return m.change(w, r, "until", "admin.done.extended", func(a asked, _ *trouble) error {
		until, err := m.endOf(a.ctx, a.form.Get("until"))
		if err != nil {
			return err
		}
		return m.Service.extendGuest(a.ctx, a.actor, a.id, until)
	})
}

// sendLink is POST /admin/people/{id}/link.
func (m *Module) sendLink(w http.ResponseWriter, r *http.Request) error {
	return m.change(w, r, "access", "admin.done.link", func(a asked, _ *trouble) error {
		return m.Service.sendLink(a.ctx, a.actor, a.id)
	})
}

// endSessions is POST /admin/people/{id}/sessions.
func (m *Module) endSessions(w http.ResponseWriter, r *http.Request) error {
	return m.change(w, r, "access", "admin.done.sessions", func(a asked, _ *trouble) error {
		return m.Service.endSessions(a.ctx, a.actor, a.id)
	})
}

// askClose is GET /admin/people/{id}/close: what follows from closing an account,
// before it is done.
func (m *Module) askClose(w http.ResponseWriter, r *http.Request) error {
	a, err := m.ask(r)
	if err != nil {
		return err
	}
	return m.showClose(w, r, http.StatusOK, a, nil)
}

func (m *Module) showClose(w http.ResponseWriter, r *http.Request, status int, a asked, wrong error) error {
	p, err := m.account(a.ctx, a.actor, a.id)
	if err != nil {
		return err
	}
	if p.State != people.Active {
		return web.Redirect(w, r, href(p.ID))
	}
	reports, err := m.People.Reports(a.ctx, p.ID)
	if err != nil {
		return err
	}
	v := closeView{Page: m.page(r, "admin.close.title", "name", p.Name), At: href(p.ID), May: a.actor.ID != p.ID}
	sp := v.Speaker
	if faces, err := m.faces(a.ctx, p.ID); err != nil {
		return err
	} else if len(faces) == 1 {
		v.Who = faces[0]
	}
	v.Crumbs = crumbs(v.Page, view.Link{Href: "/admin/people", Label: sp.T("admin.people.title")}, view.Link{Href: v.At, Label: p.Name})
	for _, key := range []string{"out", "groups", "stays"} {
		v.What = append(v.What, sp.T("admin.close."+key))
	}
	if n := len(reports); n > 0 {
		v.What = append(v.What, sp.T("admin.close.reports", "n", n))
	}
	v.What = append(v.What, sp.T("admin.close.back"))
	switch {
	case wrong != nil:
		v.Problem = sayError(sp, wrong)
	case !v.May:
		v.Problem = sayError(sp, errYourself)
	}
	return web.Render(w, r, status, closePage(v))
}

// closePerson is POST /admin/people/{id}/close.
func (m *Module) closePerson(w http.ResponseWriter, r *http.Request) error {
	a, err := m.ask(r)
	if err != nil {
		return err
	}
	err = m.Service.closePerson(a.ctx, a.actor, a.id)
	if status, ok := sayable(err); ok {
		return m.showClose(w, r, status, a, err)
	}
	if err != nil {
		return err
	}
	p, err := m.People.Find(a.ctx, a.id)
	if err != nil {
		return err
	}
	web.SetFlash(w, "admin.done.closed", "name", p.Name, "undo", href(p.ID)+"/reopen")
	return web.Redirect(w, r, href(p.ID))
}

// reopenPerson is POST /admin/people/{id}/reopen. For a guest it may carry a new
// end date.
func (m *Module) reopenPerson(w http.ResponseWriter, r *http.Request) error {
	return m.change(w, r, "until", "admin.done.reopened", func(a asked, _ *trouble) error {
		var until time.Time
		if day := a.form.Get("until"); day != "" {
			var err error
			if until, err = m.endOf(a.ctx, day); err != nil {
				return err
			}
		}
		return m.Service.reopenPerson(a.ctx, a.actor, a.id, until)
	})
}
