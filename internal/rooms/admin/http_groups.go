package admin

import (
	"net/http"
	"net/url"
	"strings"

	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/square/groups"
	"plein/internal/square/people"
)

// groupsPerPage is how many groups stand on a page.
const groupsPerPage = 50

// groups is GET /admin/groups.
func (m *Module) groups(w http.ResponseWriter, r *http.Request) error {
	a, err := m.ask(r)
	if err != nil {
		return err
	}
	v := groupsView{Page: m.page(r, "admin.groups.title"), Archived: a.form.Get("show") == "archived"}
	v.Wide = true
	sp := v.Speaker
	q := cut(a.form.Get("q"), plein.MaxQuery)
	v.Asked = q != ""
	found, err := m.directory(a.ctx, a.actor, groups.DirectoryQuery{Name: q, Archived: v.Archived, After: a.form.Get("after"), Limit: groupsPerPage})
	if err != nil {
		return err
	}
	var owners []plein.ID
	for _, e := range found.Entries {
		owners = append(owners, e.Owners...)
	}
	cards, err := m.People.Cards(a.ctx, owners)
	if err != nil {
		return err
	}
	for _, e := range found.Entries {
		var names []string
		for _, id := range e.Owners {
			if c, ok := cards[id]; ok {
				names = append(names, c.Name)
			}
		}
		v.Rows = append(v.Rows, groupRow{Href: groupHref(e.ID), Name: e.Name, Kind: sp.T("admin.kind." + string(e.Kind)), Icon: kindIcon(e.Kind),
			Owners: strings.Join(names, ", "), Members: members(sp, e.Members)})
	}
	v.Search = view.FieldView{ID: "groep", Name: "q", Type: "search", Label: sp.T("admin.groups.search"), Value: q, Autocomplete: "off", Speaker: sp}
	address := func(archived bool, after string) string {
		to := url.Values{}
		if q != "" {
			to.Set("q", q)
		}
		if archived {
			to.Set("show", "archived")
		}
		if after != "" {
			to.Set("after", after)
		}
		if len(to) == 0 {
			return "/admin/groups"
		}
		return "/admin/groups?" + to.Encode()
	}
	v.Which = []view.Link{{Href: address(false, ""), Label: sp.T("admin.groups.show.open"), Current: !v.Archived},
		{Href: address(true, ""), Label: sp.T("admin.groups.show.archived"), Current: v.Archived}}
	if found.Next != "" {
		v.More = address(v.Archived, found.Next)
	}
	return web.Render(w, r, http.StatusOK, groupsPage(v))
}

func groupHref(id plein.ID) string { return "/admin/groups/" + id.String() }

// members says about how many there are in a group. n is rounded already.
func members(sp words.Speaker, n int) string {
	if n == 0 {
		return sp.T("admin.groups.members_few")
	}
	return sp.T("admin.groups.members_about", "n", n)
}

func kindIcon(k plein.AudienceKind) string {
	switch k {
	case plein.Open:
		return "aud-all"
	case plein.Secret:
		return "key"
	}
	return "lock"
}

// group is GET /admin/groups/{id}.
func (m *Module) group(w http.ResponseWriter, r *http.Request) error {
	a, err := m.ask(r)
	if err != nil {
		return err
	}
	return m.showGroup(w, r, http.StatusOK, a, nil)
}

func (m *Module) showGroup(w http.ResponseWriter, r *http.Request, status int, a asked, t *trouble) error {
	g, err := m.look(a.ctx, a.actor, a.id)
	if err != nil {
		return err
	}
	tree, err := m.People.Units(a.ctx)
	if err != nil {
		return err
	}
	v := groupView{Page: m.Page(r), At: groupHref(g.ID), Tile: view.GroupLink{Href: "/groups/" + g.ID.String(), Name: g.Name, Tile: g.Tile},
		Icon: kindIcon(g.Kind), Archived: g.Archived}
	v.Title = g.Name
	sp := v.Speaker
	v.Kind, v.Members = sp.T("admin.kind."+string(g.Kind)), members(sp, g.Members)
	if v.Owners, err = m.faces(a.ctx, g.Owners...); err != nil {
		return err
	}
	var among []people.Person
	if t != nil {
		among = t.among.Among
	}
	v.Name = view.FieldView{Name: "name", Label: sp.T("admin.group.name"), Value: t.typedIn("name", "name", g.Name), Max: plein.MaxGroupName,
		Required: true, Autocomplete: "off", Speaker: sp}
	v.Owner = whoField(sp, "owner", "owner", sp.T("admin.group.owner"), sp.T("admin.group.owner_hint"), t.typedIn("owner", "owner", ""), nil, among, tree)
	if t != nil {
		v.Problem = mark(sp, t.wrong, &v.Name, &v.Owner.Field)
	}
	return web.Render(w, r, status, groupPage(v))
}

// changeGroup does one act on a group.
func (m *Module) changeGroup(w http.ResponseWriter, r *http.Request, form, done, undo string, fn func(a asked, t *trouble) error) error {
	a, err := m.ask(r)
	if err != nil {
		return err
	}
	if _, err := m.look(a.ctx, a.actor, a.id); err != nil { // before anything that was typed is looked up
		return err
	}
	t := &trouble{form: form, typed: a.form}
	err = fn(a, t)
	if status, ok := sayable(err); ok {
		e := plein.AsError(err)
		if t.wrong = byField(err); e.Field == "" && form != "" {
			t.wrong = map[string]error{form: err} // every form here has one field, of its own name
		}
		return m.showGroup(w, r, status, a, t)
	}
	if err != nil {
		return err
	}
	if undo == "" {
		web.SetFlash(w, done)
	} else {
		web.SetFlash(w, done, "undo", groupHref(a.id)+undo)
	}
	return web.Redirect(w, r, groupHref(a.id))
}

// renameGroup is POST /admin/groups/{id}/name.
func (m *Module) renameGroup(w http.ResponseWriter, r *http.Request) error {
	return m.changeGroup(w, r, "name", "admin.done.group_saved", "", func(a asked, _ *trouble) error {
		return m.Service.renameGroup(a.ctx, a.actor, a.id, a.form.Get("name"))
	})
}

// nameOwner is POST /admin/groups/{id}/owner.
func (m *Module) nameOwner(w http.ResponseWriter, r *http.Request) error {
	return m.changeGroup(w, r, "owner", "admin.done.owner", "", func(a asked, t *trouble) error {
		var err error
		if t.among, err = m.named(a.ctx, a.form, "owner"); err != nil {
			return err
		}
		if t.among.Person.ID == 0 {
			return plein.FieldError("owner", "form.required", nil)
		}
		return m.Service.nameOwner(a.ctx, a.actor, a.id, t.among.Person.ID)
	})
}

// archiveGroup is POST /admin/groups/{id}/archive.
func (m *Module) archiveGroup(w http.ResponseWriter, r *http.Request) error {
	return m.changeGroup(w, r, "", "admin.done.archived", "/reopen", func(a asked, _ *trouble) error {
		return m.Service.archiveGroup(a.ctx, a.actor, a.id, true)
	})
}

// reopenGroup is POST /admin/groups/{id}/reopen.
func (m *Module) reopenGroup(w http.ResponseWriter, r *http.Request) error {
	return m.changeGroup(w, r, "", "admin.done.unarchived", "/archive", func(a asked, _ *trouble) error {
		return m.Service.archiveGroup(a.ctx, a.actor, a.id, false)
	})
}
