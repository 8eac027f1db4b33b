package admin

import (
	"net/http"
	"net/url"
	"strings"

	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// peoplePerPage is how many accounts stand on a page.
const peoplePerPage = 50

// people is GET /admin/people.
func (m *Module) people(w http.ResponseWriter, r *http.Request) error {
	a, err := m.ask(r)
	if err != nil {
		return err
	}
	v := peopleView{Page: m.page(r, "admin.people.title"), Show: a.form.Get("show")}
	v.Wide = true
	say := v.Speaker.T
	q := people.DirectoryQuery{Text: cut(a.form.Get("q"), plein.MaxQuery), After: a.form.Get("after"), Limit: peoplePerPage}
	switch v.Show {
	case "guests":
		q.Guests = true
	case "closed":
		q.Closed = true
	case "closed-guests":
		q.Guests, q.Closed = true, true
	default:
		v.Show = ""
	}
	v.Guests, v.Asked = q.Guests, q.Text != ""
	found, err := m.accounts(a.ctx, a.actor, q)
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
	v.Invite = set.Guests
	v.Search = view.FieldView{ID: "wie", Name: "q", Type: "search", Label: say("admin.people.search"), Value: q.Text, Autocomplete: "off", Speaker: v.Speaker}
	address := func(show, after string) string {
		to := url.Values{}
		for name, value := range map[string]string{"q": q.Text, "show": show, "after": after} {
			if value != "" {
				to.Set(name, value)
			}
		}
		if len(to) == 0 {
			return "/admin/people"
		}
		return "/admin/people?" + to.Encode()
	}
	for _, show := range []struct{ value, key string }{{"", "colleagues"}, {"guests", "guests"}, {"closed", "closed"}, {"closed-guests", "closed_guests"}} {
		v.Which = append(v.Which, view.Link{Href: address(show.value, ""), Label: say("admin.people.show." + show.key), Current: v.Show == show.value})
	}
	for _, p := range found.People {
		row := personRow{Href: "/admin/people/" + p.ID.String(), Name: p.Name, Email: p.Email, Job: p.Title, Place: tree.Name(p.Unit),
			State: stateOf(v.Speaker, p, v.Now), Roles: roleNames(v.Speaker, p.Roles)}
		if p.Guest {
			row.Place, row.Until = p.Employer, p.GuestUntil
		}
		v.Rows = append(v.Rows, row)
	}
	if found.Next != "" {
		v.More = address(v.Show, found.Next)
	}
	return web.Render(w, r, http.StatusOK, peoplePage(v))
}

// cut keeps the first n characters of a question.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// accountFields are the plain fields of a new account.
func accountFields(sp words.Speaker, form web.Form, names ...string) []view.FieldView {
	all := map[string]view.FieldView{
		"name":     {Name: "name", Max: plein.MaxName, Required: true, Autocomplete: "off"},
		"email":    {Name: "email", Type: "email", Max: plein.MaxEmail, Required: true, Autocomplete: "off"},
		"title":    {Name: "title", Max: plein.MaxJobTitle, Optional: true, Autocomplete: "off"},
		"employer": {Name: "employer", Max: plein.MaxName, Optional: true, Autocomplete: "off"},
		"until":    {Name: "until", Type: "date", Required: true, Autocomplete: "off"},
	}
	out := make([]view.FieldView, len(names))
	for i, name := range names {
		f := all[name]
		f.Speaker, f.Value = sp, form.Get(name)
		f.Label = sp.T("admin.field." + name)
		if hint := "admin.hint." + name; sp.Has(hint) {
			f.Hint = sp.T(hint)
		}
		out[i] = f
	}
	return out
}

func pointers(fields []view.FieldView) []*view.FieldView {
	out := make([]*view.FieldView, len(fields))
	for i := range fields {
		out[i] = &fields[i]
	}
	return out
}

// newPerson is GET /admin/people/new.
func (m *Module) newPerson(w http.ResponseWriter, r *http.Request) error {
	return m.showNewPerson(w, r, http.StatusOK, web.Form{}, nil, meant{})
}

func (m *Module) showNewPerson(w http.ResponseWriter, r *http.Request, status int, form web.Form, wrong map[string]error, manager meant) error {
	v := addView{Page: m.page(r, "admin.add.title")}
	tree, err := m.People.Units(r.Context())
	if err != nil {
		return err
	}
	sp := v.Speaker
	v.Fields = accountFields(sp, form, "name", "email", "title")
	unit, _ := form.ID("unit")
	v.Unit = view.FieldView{Name: "unit", Label: sp.T("admin.field.unit"), Speaker: sp}
	v.Units = unitOptions(tree, sp.T("admin.unit.none"), unit, 0)
	v.Who = whoField(sp, "manager", "manager", sp.T("admin.field.manager"), sp.T("admin.hint.manager"), form.Get("manager"), wrong["manager"], manager.Among, tree)
	v.Who.Field.Optional = true
	v.Problem = mark(sp, wrong, append(pointers(v.Fields), &v.Unit, &v.Who.Field)...)
	return web.Render(w, r, status, newPersonPage(v))
}

// addPerson is POST /admin/people.
func (m *Module) addPerson(w http.ResponseWriter, r *http.Request) error {
	a, err := m.ask(r)
	if err != nil {
		return err
	}
	n := newOne{Name: a.form.Get("name"), Email: a.form.Get("email"), Title: a.form.Get("title")}
	if n.Unit, err = a.form.ID("unit"); err != nil {
		return err
	}
	wrong := n.tidy()
	manager, err := m.named(a.ctx, a.form, "manager")
	if _, ok := sayable(err); ok {
		wrong["manager"] = err
	} else if err != nil {
		return err
	}
	n.Manager = manager.Person.ID
	if len(wrong) > 0 {
		return m.showNewPerson(w, r, http.StatusUnprocessableEntity, a.form, wrong, manager)
	}
	p, err := m.Service.addPerson(a.ctx, a.actor, n)
	if status, ok := sayable(err); ok {
		return m.showNewPerson(w, r, status, a.form, byField(err), manager)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "admin.done.added", "name", p.Name)
	return web.Redirect(w, r, "/admin/people/"+p.ID.String())
}

// newGuest is GET /admin/people/guest. The reader is the sponsor unless they name
// somebody else.
func (m *Module) newGuest(w http.ResponseWriter, r *http.Request) error {
	p, err := m.personOf(r.Context(), plein.ActorFrom(r.Context()).ID)
	if err != nil {
		return err
	}
	return m.showNewGuest(w, r, http.StatusOK, web.Form{}, written(p), nil, meant{})
}

func (m *Module) showNewGuest(w http.ResponseWriter, r *http.Request, status int, form web.Form, sponsor string, wrong map[string]error, among meant) error {
	set, err := m.Settings(r.Context())
	if err != nil {
		return err
	}
	v := addView{Page: m.page(r, "admin.guest.title")}
	tree, err := m.People.Units(r.Context())
	if err != nil {
		return err
	}
	sp := v.Speaker
	v.Fields = accountFields(sp, form, "name", "email", "employer", "until")
	v.Who = whoField(sp, "sponsor", "sponsor", sp.T("admin.field.sponsor"), sp.T("admin.hint.sponsor"), sponsor, wrong["sponsor"], among.Among, tree)
	v.Who.Field.Required = true
	v.Problem = mark(sp, wrong, append(pointers(v.Fields), &v.Who.Field)...)
	if !set.Guests {
		v.Problem = sayError(sp, errNoGuests)
	}
	return web.Render(w, r, status, newGuestPage(v))
}

// inviteGuest is POST /admin/people/guest.
func (m *Module) inviteGuest(w http.ResponseWriter, r *http.Request) error {
	a, err := m.ask(r)
	if err != nil {
		return err
	}
	n := newGuest{Name: a.form.Get("name"), Email: a.form.Get("email"), Employer: a.form.Get("employer")}
	wrong := newOne{Name: n.Name, Email: n.Email}.tidy()
	if _, err := line("employer", n.Employer, plein.MaxName, false); err != nil {
		wrong["employer"] = err
	}
	if n.Until, err = m.endOf(a.ctx, a.form.Get("until")); err != nil {
		wrong["until"] = err
	}
	sponsor, err := m.named(a.ctx, a.form, "sponsor")
	if err == nil && sponsor.Person.ID == 0 {
		err = plein.FieldError("sponsor", "form.required", nil)
	}
	if _, ok := sayable(err); ok {
		wrong["sponsor"] = err
	} else if err != nil {
		return err
	}
	n.Sponsor = sponsor.Person.ID
	if len(wrong) > 0 {
		return m.showNewGuest(w, r, http.StatusUnprocessableEntity, a.form, a.form.Get("sponsor"), wrong, sponsor)
	}
	p, err := m.Service.inviteGuest(a.ctx, a.actor, n)
	if status, ok := sayable(err); ok {
		return m.showNewGuest(w, r, status, a.form, a.form.Get("sponsor"), byField(err), sponsor)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "admin.done.invited", "name", p.Name)
	return web.Redirect(w, r, "/admin/people/"+p.ID.String())
}

// href is where a person's account is looked after.
func href(id plein.ID) string { return "/admin/people/" + id.String() }

// title is a person's name, or words for one who has none.
func titleOf(sp words.Speaker, p people.Person) string {
	if strings.TrimSpace(p.Name) == "" {
		return sp.T("admin.state.former")
	}
	return p.Name
}
