package admin

import (
	"context"
	"net/http"

	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// overview is GET /admin: the pages that are open to the reader. For who may open
// none of them it is not there.
func (m *Module) overview(w http.ResponseWriter, r *http.Request) error {
	actor := plein.ActorFrom(r.Context())
	v := overviewView{Page: m.page(r, "admin.title")}
	for _, l := range []struct {
		needs           plein.Capability
		href, icon, key string
	}{
		{plein.ManagePeople, "/admin/people", "people", "admin.people"},
		{plein.ManagePeople, "/admin/units", "aud-dept", "admin.units"},
		{plein.ManageGroups, "/admin/groups", "groups", "admin.groups"},
		{plein.ManageSettings, "/admin/settings", "gear", "admin.settings"},
		{plein.ViewHealth, "/admin/health", "monitor", "admin.health"},
	} {
		if actor.Can(l.needs) {
			v.Links = append(v.Links, linkView{l.href, l.icon, v.Speaker.T(l.key + ".title"), v.Speaker.T(l.key + ".hint")})
		}
	}
	if len(v.Links) == 0 {
		return plein.ErrNotFound
	}
	return web.Render(w, r, http.StatusOK, overviewPage(v))
}

// page makes what surrounds a page and gives it a title of our own words.
func (m *Module) page(r *http.Request, key string, args ...any) view.Page {
	p := m.Page(r)
	p.Title = p.Speaker.T(key, args...)
	return p
}

// asked is what an act needs of its request. The id is the one of the address; what
// a form says about ids is not looked at (TRUST S3).
type asked struct {
	ctx   context.Context
	actor plein.Actor
	id    plein.ID
	form  web.Form
}

func (m *Module) ask(r *http.Request) (asked, error) {
	a := asked{ctx: r.Context(), actor: plein.ActorFrom(r.Context())}
	var err error
	if s := r.PathValue("id"); s != "" {
		if a.id, err = plein.ParseID(s); err != nil {
			return a, err
		}
	}
	a.form, err = web.Decode(r)
	return a, err
}

// named reads a field in which somebody is named: what was picked among several,
// or else what was typed.
func (m *Module) named(ctx context.Context, form web.Form, field string) (meant, error) {
	if pick := form.Get(field + "_pick"); pick != "" {
		got, err := m.whom(ctx, field, pick)
		return got, err
	}
	return m.whom(ctx, field, form.Get(field))
}

// faces gives people as the views show them, in the order given.
func (m *Module) faces(ctx context.Context, ids ...plein.ID) ([]view.Person, error) {
	cards, err := m.People.Cards(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []view.Person
	for _, id := range ids {
		if c, ok := cards[id]; ok {
			f := c.Face()
			f.Former = false // the tag of the account says it better
			out = append(out, f)
		}
	}
	return out, nil
}

// personOf gives a person for whom there may be none.
func (m *Module) personOf(ctx context.Context, id plein.ID) (people.Person, error) {
	if id == 0 {
		return people.Person{}, nil
	}
	p, err := m.People.Find(ctx, id)
	if nothing(err) {
		return people.Person{}, nil
	}
	return p, err
}
