package groups

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/a-h/templ"

	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// directory is GET /groups.
func (m *Module) directory(w http.ResponseWriter, r *http.Request) error {
	ctx, a := r.Context(), plein.ActorFrom(r.Context())
	f, err := web.Decode(r)
	if err != nil {
		return err
	}
	v := directoryView{Page: m.Page(r), Query: f.Get("q"), Show: f.Get("show"), Guest: a.Guest,
		MayStart: !a.Guest && a.Can(plein.CreateGroup)}
	if v.Show != "mine" && v.Show != "archived" {
		v.Show = ""
	}
	v.Title = v.Speaker.T("groups.title")
	after := f.Get("after")
	page, err := m.Groups.Directory(ctx, a, DirectoryQuery{Name: v.Query, Mine: v.Show == "mine", Archived: v.Show == "archived", After: after})
	if err != nil {
		return err
	}
	first := v.Query == "" && v.Show == "" && after == ""
	var mine []Entry
	if first && !a.Guest {
		own, err := m.Groups.Directory(ctx, a, DirectoryQuery{Mine: true, Limit: 6})
		if err != nil {
			return err
		}
		mine = own.Entries
	}
	var invited []Invitation
	if first {
		if invited, err = m.Groups.MyInvitations(ctx, a); err != nil {
			return err
		}
	}
	if err := m.fillDirectory(ctx, a, &v, mine, page.Entries, invited); err != nil {
		return err
	}
	if page.Next != "" {
		q := url.Values{"after": {page.Next}}
		if v.Query != "" {
			q.Set("q", v.Query)
		}
		if v.Show != "" {
			q.Set("show", v.Show)
		}
		v.Older = "/groups?" + q.Encode()
	}
	return web.Render(w, r, http.StatusOK, directoryPage(v))
}

// fillDirectory looks up all the people of a page at once.
func (m *Module) fillDirectory(ctx context.Context, a plein.Actor, v *directoryView, mine, all []Entry, invited []Invitation) error {
	var ids, groupIDs []plein.ID
	for _, e := range slices.Concat(mine, all) {
		ids = append(ids, e.Owners...)
	}
	for _, i := range invited {
		ids, groupIDs = append(ids, i.By), append(groupIDs, i.Group)
	}
	who, err := m.People.Cards(ctx, ids)
	if err != nil {
		return err
	}
	names, err := m.Groups.Names(ctx, groupIDs)
	if err != nil {
		return err
	}
	for _, e := range mine {
		v.Mine = append(v.Mine, card(v.Page, a, e, who))
	}
	for _, e := range all {
		v.Groups = append(v.Groups, card(v.Page, a, e, who))
	}
	for _, i := range invited {
		g := names[i.Group]
		v.Invitations = append(v.Invitations, invitationView{Tile: tile(g), Purpose: g.Purpose,
			By: v.Speaker.T("groups.invited.by", "name", who[i.By].Name)})
	}
	return nil
}

func card(p view.Page, a plein.Actor, e Entry, who map[plein.ID]people.Card) cardView {
	c := cardView{Tile: tile(e.Group), Purpose: e.Purpose, Kind: e.Kind, Count: countWords(p.Speaker, e.Group), Role: e.Role,
		Invited: e.Invited, Asked: e.Asked, Archived: e.Archived, MayJoin: e.Role == None && mayJoin(e.Group, a) == nil}
	c.Owners = ownerWords(p.Speaker, facesOf(e.Owners, who, a))
	return c
}

// facesOf gives people in the order of their ids; unknown ones are left out.
func facesOf(ids []plein.ID, who map[plein.ID]people.Card, reader plein.Actor) []view.Person {
	out := make([]view.Person, 0, len(ids))
	for _, id := range ids {
		if c, ok := who[id]; ok {
			p := c.Face()
			p.Title = describe(c, reader)
			out = append(out, p)
		}
	}
	return out
}

// newForm is GET /groups/new.
func (m *Module) newForm(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, newPage(m.form(r, NewGroup{Kind: plein.Open}, nil)))
}

// form fills the form to start a group, with what was typed and what is wrong.
func (m *Module) form(r *http.Request, n NewGroup, wrong error) formView {
	v := formView{Page: m.Page(r)}
	sp := v.Speaker
	v.Title = sp.T("groups.new.title")
	v.Name = view.FieldView{Name: "name", Label: sp.T("groups.field.name"), Hint: sp.T("groups.field.name_hint"), Value: n.Name,
		Max: plein.MaxGroupName, Required: true, Autocomplete: "off", Focus: wrong == nil, Speaker: sp}
	v.Purpose = view.FieldView{Name: "purpose", Label: sp.T("groups.field.purpose"), Hint: sp.T("groups.field.purpose_hint"), Value: n.Purpose,
		Max: plein.MaxPurpose, Optional: true, Rows: 3, Speaker: sp}
	v.Kind = view.FieldView{Name: "kind", Label: sp.T("groups.field.kind"), Speaker: sp}
	v.History = view.FieldView{Name: "history", Label: sp.T("groups.field.history"), Hint: sp.T("groups.field.history_hint"), Speaker: sp}
	v.Kinds, v.Histories = kindOptions(sp, "", n.Kind), historyOptions(sp, n.HistoryFromJoin)
	if !say(sp, wrong, &v.Name, &v.Purpose, &v.Kind) {
		v.Problem = sayError(sp, wrong)
	}
	return v
}

// start is POST /groups.
func (m *Module) start(w http.ResponseWriter, r *http.Request) error {
	f, err := web.Decode(r)
	if err != nil {
		return err
	}
	n := NewGroup{Name: f.Text("name"), Purpose: f.Text("purpose"), Kind: plein.AudienceKind(f.Get("kind")),
		HistoryFromJoin: f.Get("history") == "join"}
	g, err := m.Groups.Start(r.Context(), plein.ActorFrom(r.Context()), n)
	if status, ok := sayable(err); ok {
		return web.Render(w, r, status, newPage(m.form(r, n, err)))
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "groups.flash.started")
	return web.Redirect(w, r, groupHref(g.ID))
}

// said is an act that was not done: why, and what was typed.
type said struct {
	err  error
	form web.Form
}

// enter finds the group of a request as the actor may know it, and makes what all
// its pages share.
func (m *Module) enter(r *http.Request, tab string, s *said) (groupView, error) {
	ctx, a := r.Context(), plein.ActorFrom(r.Context())
	id, err := plein.ParseID(r.PathValue("id"))
	if err != nil {
		return groupView{}, err
	}
	l, err := m.Groups.Look(ctx, a, id)
	if err != nil {
		return groupView{}, err
	}
	g := groupView{Page: m.Page(r), Look: l, Tile: tile(l.Group), Guest: a.Guest && l.Role != None, Tab: tab,
		MayJoin: l.Role == None && !l.Invited && mayJoin(l.Group, a) == nil,
		MayAsk:  !l.Asked && mayAsk(l.Group, place{l.Role, l.Invited, l.Asked}, a) == nil,
		Manages: l.Role == Owner || looksAfter(a)}
	g.Title, g.Count = l.Name, countWords(g.Speaker, l.Group)
	if tab != "talk" {
		g.Title = g.Speaker.T("groups.tab."+tab) + " · " + l.Name
	}
	if s != nil {
		g.Problem = sayError(g.Speaker, s.err)
	}
	if m.Bell != nil && l.Sight == Whole {
		if g.Bell, err = m.Bell(r, id); err != nil {
			return groupView{}, err
		}
	}
	var first []Membership
	if l.Sight == Whole {
		page, err := m.Groups.Members(ctx, a, id, Page{Limit: facesShown})
		if err != nil {
			return groupView{}, err
		}
		first = page.Members
	}
	ids := slices.Clone(l.Owners)
	for _, x := range first {
		ids = append(ids, x.Person)
	}
	who, err := m.People.Cards(ctx, ids)
	if err != nil {
		return groupView{}, err
	}
	g.Owners = facesOf(l.Owners, who, a)
	g.Faces = facesOf(ids[len(l.Owners):], who, a)
	return g, nil
}

// facesShown is how many members a group's head shows.
const facesShown = 8

// talk is GET /groups/{id}.
func (m *Module) talk(w http.ResponseWriter, r *http.Request) error {
	return m.showTalk(w, r, http.StatusOK, nil)
}

func (m *Module) showTalk(w http.ResponseWriter, r *http.Request, status int, s *said) error {
	g, err := m.enter(r, "talk", s)
	if err != nil {
		return err
	}
	v := talkView{groupView: g, Note: view.FieldView{Name: "note", Label: g.Speaker.T("groups.ask.note"),
		Max: plein.MaxPurpose, Optional: true, Rows: 3, Speaker: g.Speaker}}
	if s != nil {
		v.Note.Value = s.form.Text("note")
		if say(g.Speaker, s.err, &v.Note) {
			v.Problem = ""
		}
	}
	if g.Look.Sight == Whole && m.Talk != nil {
		if v.Slot, err = m.Talk(r.Context(), r, g.Look.Group); err != nil {
			return err
		}
	}
	return web.Render(w, r, status, talkPage(v))
}

// files is GET /groups/{id}/files.
func (m *Module) files(w http.ResponseWriter, r *http.Request) error {
	g, err := m.enter(r, "files", nil)
	if err != nil {
		return err
	}
	if g.Look.Sight != Whole {
		return errMembersHidden
	}
	v := filesView{groupView: g}
	if m.Files != nil {
		if v.Slot, err = m.Files(r.Context(), r, g.Look.Group); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, filesPage(v))
}

// settings is GET /groups/{id}/settings.
func (m *Module) settings(w http.ResponseWriter, r *http.Request) error {
	return m.showSettings(w, r, http.StatusOK, nil)
}

func (m *Module) showSettings(w http.ResponseWriter, r *http.Request, status int, s *said) error {
	ctx, a := r.Context(), plein.ActorFrom(r.Context())
	g, err := m.enter(r, "settings", s)
	if err != nil {
		return err
	}
	if !g.Manages {
		return errMayNot
	}
	f, err := web.Decode(r)
	if err != nil {
		return err
	}
	sp := g.Speaker
	v := settingsView{groupView: g, ByRank: g.Look.Role != Owner, Who: f.Get("who")}
	v.Name = view.FieldView{Name: "name", Label: sp.T("groups.field.name"), Value: g.Look.Name, Max: plein.MaxGroupName,
		Required: true, Autocomplete: "off", Speaker: sp}
	v.Purpose = view.FieldView{Name: "purpose", Label: sp.T("groups.field.purpose"), Hint: sp.T("groups.field.purpose_hint"),
		Value: g.Look.Purpose, Max: plein.MaxPurpose, Optional: true, Rows: 3, Speaker: sp}
	v.Kind = view.FieldView{Name: "kind", Label: sp.T("groups.field.kind"), Hint: sp.T("groups.settings.kind_hint"), Speaker: sp}
	chosen := g.Look.Kind
	if s != nil && s.form.Has("name") {
		v.Name.Value, v.Purpose.Value = s.form.Text("name"), s.form.Text("purpose")
		chosen = plein.AudienceKind(s.form.Get("kind"))
		if say(sp, s.err, &v.Name, &v.Purpose, &v.Kind) {
			v.Problem = ""
		}
	}
	v.Kinds = kindOptions(sp, g.Look.Kind, chosen)
	if v.ByRank && v.Who != "" && r.Method == http.MethodGet {
		if v.Found, err = m.find(ctx, a, v.Who, false); err != nil {
			return err
		}
	}
	return web.Render(w, r, status, settingsPage(v))
}

// Shared is a card for the profile of a person: the groups that the actor and they
// are both in. It is nil when there are none, and for one's own profile.
func (m *Module) Shared(ctx context.Context, r *http.Request, person plein.ID) (templ.Component, error) {
	a := plein.ActorFrom(ctx)
	if a.ID == person {
		return nil, nil
	}
	gs, err := m.Groups.Shared(ctx, a, person)
	if err != nil || len(gs) == 0 {
		return nil, err
	}
	list := make([]view.GroupLink, len(gs))
	for i, g := range gs {
		list[i] = tile(g)
	}
	return sharedCard(m.Page(r).Speaker, list), nil
}

// mostFound is how many people a look-up by name shows.
const mostFound = 8

// find looks people up by name.
func (m *Module) find(ctx context.Context, a plein.Actor, typed string, guests bool) ([]foundView, error) {
	queries := []people.DirectoryQuery{{Text: typed, Limit: mostFound}}
	if guests {
		queries = append(queries, people.DirectoryQuery{Text: typed, Guests: true, Limit: mostFound})
	}
	var ids []plein.ID
	for _, q := range queries {
		page, err := m.People.Directory(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, p := range page.People {
			ids = append(ids, p.ID)
		}
	}
	who, err := m.People.Cards(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []foundView
	for _, id := range ids {
		if c, ok := who[id]; ok && !c.Bot {
			out = append(out, foundView{Person: c.Face(), Note: describe(c, a), Guest: c.Guest})
		}
	}
	return out, nil
}

// sayable tells whether an error is for the form it came from, and its status.
// What is not there and what is our own fault goes to the error page.
func sayable(err error) (status int, ok bool) {
	if err == nil {
		return 0, false
	}
	switch plein.KindOf(err) {
	case plein.Invalid:
		return http.StatusUnprocessableEntity, true
	case plein.Conflict:
		return http.StatusConflict, true
	case plein.Denied:
		return http.StatusForbidden, true
	}
	return 0, false
}
