package groups

import (
	"errors"
	"net/http"
	"net/url"

	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// members is GET /groups/{id}/members.
func (m *Module) members(w http.ResponseWriter, r *http.Request) error {
	return m.showMembers(w, r, http.StatusOK, nil)
}

func (m *Module) showMembers(w http.ResponseWriter, r *http.Request, status int, s *said) error {
	ctx, a := r.Context(), plein.ActorFrom(r.Context())
	g, err := m.enter(r, "members", s)
	if err != nil {
		return err
	}
	var f web.Form // after an act the list begins at its beginning
	if s == nil {
		if f, err = web.Decode(r); err != nil {
			return err
		}
	}
	id := g.Look.ID
	page, err := m.Groups.Members(ctx, a, id, Page{After: f.Get("after"), Limit: 60})
	if err != nil {
		return err
	}
	v := membersView{groupView: g, First: f.Get("after") == "", Who: f.Get("who"),
		MayInvite: mayInvite(g.Look.Group, g.Look.Role, a, false) == nil,
		Guests:    mayInvite(g.Look.Group, g.Look.Role, a, true) == nil}
	if page.Next != "" {
		v.Older = v.href() + "/members?" + url.Values{"after": {page.Next}}.Encode()
	}
	var asked []Request
	var waiting []Invitation
	if g.Look.Role.Runs() && v.First {
		if asked, err = m.Groups.Requests(ctx, a, id); err != nil {
			return err
		}
		if waiting, err = m.Groups.Invitations(ctx, a, id); err != nil {
			return err
		}
	}
	who, err := m.People.Cards(ctx, everybody(page.Members, asked, waiting))
	if err != nil {
		return err
	}
	for _, x := range page.Members {
		if c, ok := who[x.Person]; ok {
			v.Members = append(v.Members, m.memberView(v.groupView, a, x, c, who[x.InvitedBy]))
		}
	}
	sp := v.Speaker
	for _, x := range asked {
		if c, ok := who[x.Person]; ok {
			v.Requests = append(v.Requests, requestView{Person: c.Face(), Note: describe(c, a), Said: x.Note,
				When: sp.T("groups.requests.when", "date", sp.Date(x.Made))})
		}
	}
	invited := map[string]bool{}
	for _, x := range waiting {
		if c, ok := who[x.Person]; ok {
			invited[c.ID.String()] = true
			v.Waiting = append(v.Waiting, waitingView{Person: c.Face(), By: sp.T("groups.invited_by", "name", who[x.By].Name)})
		}
	}
	if v.MayInvite && v.Who != "" {
		if v.Found, err = m.find(ctx, a, v.Who, v.Guests); err != nil {
			return err
		}
		for i := range v.Found {
			f := &v.Found[i]
			person, err := plein.ParseID(f.Person.ID)
			if err != nil {
				return err
			}
			role, err := m.Groups.RoleIn(ctx, id, person)
			if err != nil {
				return err
			}
			f.Member, f.Invited = role != None, invited[f.Person.ID]
		}
	}
	return web.Render(w, r, status, membersPage(v))
}

func everybody(ms []Membership, rs []Request, is []Invitation) (ids []plein.ID) {
	for _, x := range ms {
		ids = append(ids, x.Person, x.InvitedBy)
	}
	for _, x := range rs {
		ids = append(ids, x.Person)
	}
	for _, x := range is {
		ids = append(ids, x.Person, x.By)
	}
	return ids
}

// memberView is one member with what the reader may do with them. The service
// decides again when it is done.
func (m *Module) memberView(g groupView, a plein.Actor, x Membership, c, by people.Card) memberView {
	sp := g.Speaker
	v := memberView{Person: c.Face(), Note: describe(c, a), Role: x.Role, Guest: c.Guest}
	if c.Guest {
		v.Person.Guest = false // the longer badge says it
		if by.Name != "" {
			if v.Note != "" {
				v.Note += ", "
			}
			v.Note += sp.T("groups.invited_by", "name", by.Name)
		}
	}
	if g.Look.Archived || !g.Look.Role.Runs() {
		return v
	}
	for _, role := range Roles() {
		c := roleChange{actor: a, actorRole: g.Look.Role, person: x.Person, guest: c.Guest, from: x.Role, to: role, owners: len(g.Look.Owners)}
		if role != x.Role && c.decide() == nil {
			v.Acts = append(v.Acts, memberAct{Action: "/role", Icon: roleIcon(role), Role: string(role), Label: sp.T("groups.role.make." + string(role))})
		}
	}
	if x.Person != a.ID && mayRemove(g.Look.Role, x.Role, len(g.Look.Owners)) == nil {
		v.Acts = append(v.Acts, memberAct{Action: "/remove", Icon: "x", Label: sp.T("groups.remove")})
	}
	return v
}

func roleIcon(r Role) string {
	switch r {
	case Owner:
		return "key"
	case Moderator:
		return "shield"
	}
	return "people"
}

// ---- acts --------------------------------------------------------------------------

// done says where an act leads and what is said there.
type done struct {
	to    string
	flash string
	args  []any
}

// show is a page that can also say why an act was not done.
type show func(w http.ResponseWriter, r *http.Request, status int, s *said) error

// do does one act on a group. What keeps it from being done is said on the page it
// was asked from, with what was typed; what may not be known is an error page.
func (m *Module) do(w http.ResponseWriter, r *http.Request, back show, act func(a plein.Actor, id plein.ID, f web.Form) (done, error)) error {
	id, err := plein.ParseID(r.PathValue("id"))
	if err != nil {
		return err
	}
	f, err := web.Decode(r)
	if err != nil {
		return err
	}
	d, err := act(plein.ActorFrom(r.Context()), id, f)
	if status, ok := sayable(err); ok {
		if e := back(w, r, status, &said{err, f}); !errors.Is(e, errMembersHidden) && !errors.Is(e, errMayNot) {
			return e
		}
		return err // the page to say it on is not for the reader either
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, d.flash, d.args...)
	return web.Redirect(w, r, d.to)
}

// doTo does an act with one person, named in the form.
func (m *Module) doTo(w http.ResponseWriter, r *http.Request, flash string, act func(a plein.Actor, id, person plein.ID, f web.Form) error) error {
	return m.do(w, r, m.showMembers, func(a plein.Actor, id plein.ID, f web.Form) (done, error) {
		person, err := f.ID("person")
		if err != nil {
			return done{}, err
		}
		if err := act(a, id, person, f); err != nil {
			return done{}, err
		}
		cards, err := m.People.Cards(r.Context(), []plein.ID{person})
		if err != nil {
			return done{}, err
		}
		return done{groupHref(id) + "/members", flash, []any{"name", cards[person].Name}}, nil
	})
}

// join is POST /groups/{id}/join.
func (m *Module) join(w http.ResponseWriter, r *http.Request) error {
	return m.do(w, r, m.showTalk, func(a plein.Actor, id plein.ID, _ web.Form) (done, error) {
		return done{to: groupHref(id), flash: "groups.flash.joined"}, m.Groups.Join(r.Context(), a, id)
	})
}

// leave is POST /groups/{id}/leave. Whoever may not know of the group any more is
// led to the list.
func (m *Module) leave(w http.ResponseWriter, r *http.Request) error {
	return m.do(w, r, m.showTalk, func(a plein.Actor, id plein.ID, _ web.Form) (done, error) {
		if err := m.Groups.Leave(r.Context(), a, id); err != nil {
			return done{}, err
		}
		return m.leadOn(r, a, id, "groups.flash.left")
	})
}

func (m *Module) leadOn(r *http.Request, a plein.Actor, id plein.ID, flash string) (done, error) {
	to := groupHref(id)
	if _, err := m.Groups.Find(r.Context(), a, id); errors.Is(err, plein.ErrNotFound) {
		to = "/groups"
	} else if err != nil {
		return done{}, err
	}
	return done{to: to, flash: flash}, nil
}

// ask is POST /groups/{id}/ask.
func (m *Module) ask(w http.ResponseWriter, r *http.Request) error {
	return m.do(w, r, m.showTalk, func(a plein.Actor, id plein.ID, f web.Form) (done, error) {
		return done{to: groupHref(id), flash: "groups.flash.asked"}, m.Groups.Ask(r.Context(), a, id, f.Text("note"))
	})
}

// withdraw is POST /groups/{id}/withdraw.
func (m *Module) withdraw(w http.ResponseWriter, r *http.Request) error {
	return m.do(w, r, m.showTalk, func(a plein.Actor, id plein.ID, _ web.Form) (done, error) {
		return done{to: groupHref(id), flash: "groups.flash.withdrawn"}, m.Groups.Withdraw(r.Context(), a, id)
	})
}

// answerInvitation is POST /groups/{id}/invitation with answer yes or no.
func (m *Module) answerInvitation(w http.ResponseWriter, r *http.Request) error {
	return m.do(w, r, m.showTalk, func(a plein.Actor, id plein.ID, f web.Form) (done, error) {
		switch f.Get("answer") {
		case "yes":
			return done{to: groupHref(id), flash: "groups.flash.joined"}, m.Groups.AcceptInvitation(r.Context(), a, id)
		case "no":
			if err := m.Groups.Decline(r.Context(), a, id); err != nil {
				return done{}, err
			}
			return m.leadOn(r, a, id, "groups.flash.declined")
		}
		return done{}, plein.FieldError("answer", "form.not_a_choice", nil)
	})
}

// accept is POST /groups/{id}/accept.
func (m *Module) accept(w http.ResponseWriter, r *http.Request) error {
	return m.doTo(w, r, "groups.flash.accepted", func(a plein.Actor, id, person plein.ID, _ web.Form) error {
		return m.Groups.Accept(r.Context(), a, id, person)
	})
}

// refuse is POST /groups/{id}/refuse.
func (m *Module) refuse(w http.ResponseWriter, r *http.Request) error {
	return m.doTo(w, r, "groups.flash.refused", func(a plein.Actor, id, person plein.ID, _ web.Form) error {
		return m.Groups.Refuse(r.Context(), a, id, person)
	})
}

// invite is POST /groups/{id}/invite.
func (m *Module) invite(w http.ResponseWriter, r *http.Request) error {
	return m.doTo(w, r, "groups.flash.invited", func(a plein.Actor, id, person plein.ID, _ web.Form) error {
		return m.Groups.Invite(r.Context(), a, id, person)
	})
}

// uninvite is POST /groups/{id}/uninvite.
func (m *Module) uninvite(w http.ResponseWriter, r *http.Request) error {
	return m.doTo(w, r, "groups.flash.uninvited", func(a plein.Actor, id, person plein.ID, _ web.Form) error {
		return m.Groups.Uninvite(r.Context(), a, id, person)
	})
}

// remove is POST /groups/{id}/remove.
func (m *Module) remove(w http.ResponseWriter, r *http.Request) error {
	return m.doTo(w, r, "groups.flash.removed", func(a plein.Actor, id, person plein.ID, _ web.Form) error {
		return m.Groups.Remove(r.Context(), a, id, person)
	})
}

// role is POST /groups/{id}/role. Whoever names an owner without being in the group
// does so from the settings.
func (m *Module) role(w http.ResponseWriter, r *http.Request) error {
	return m.do(w, r, m.showRole, func(a plein.Actor, id plein.ID, f web.Form) (done, error) {
		person, err := f.ID("person")
		if err != nil {
			return done{}, err
		}
		role := Role(f.Get("role"))
		if err := m.Groups.SetRole(r.Context(), a, id, person, role); err != nil {
			return done{}, err
		}
		cards, err := m.People.Cards(r.Context(), []plein.ID{person})
		if err != nil {
			return done{}, err
		}
		to := groupHref(id) + "/members"
		if l, err := m.Groups.Look(r.Context(), a, id); err == nil && l.Sight != Whole {
			to = groupHref(id) + "/settings"
		}
		return done{to, "groups.flash.role." + string(role), []any{"name", cards[person].Name}}, nil
	})
}

// showRole says why a role was not given where the reader can see it.
func (m *Module) showRole(w http.ResponseWriter, r *http.Request, status int, s *said) error {
	err := m.showMembers(w, r, status, s)
	if errors.Is(err, errMembersHidden) && looksAfter(plein.ActorFrom(r.Context())) {
		return m.showSettings(w, r, status, s)
	}
	return err
}

// change is POST /groups/{id}/settings. Whoever is no owner sends the name only.
func (m *Module) change(w http.ResponseWriter, r *http.Request) error {
	return m.do(w, r, m.showSettings, func(a plein.Actor, id plein.ID, f web.Form) (done, error) {
		g, err := m.Groups.Find(r.Context(), a, id)
		if err != nil {
			return done{}, err
		}
		c := Changes{Name: f.Text("name"), Purpose: g.Purpose, Kind: g.Kind}
		if f.Has("purpose") {
			c.Purpose = f.Text("purpose")
		}
		if f.Has("kind") {
			c.Kind = plein.AudienceKind(f.Get("kind"))
		}
		if _, err = m.Groups.Change(r.Context(), a, id, c); err != nil {
			return done{}, err
		}
		return done{to: groupHref(id) + "/settings", flash: "groups.flash.changed"}, nil
	})
}

// archive is POST /groups/{id}/archive.
func (m *Module) archive(w http.ResponseWriter, r *http.Request) error {
	return m.do(w, r, m.showSettings, func(a plein.Actor, id plein.ID, _ web.Form) (done, error) {
		return done{to: groupHref(id) + "/settings", flash: "groups.flash.archived"}, m.Groups.Archive(r.Context(), a, id)
	})
}

// reopen is POST /groups/{id}/reopen.
func (m *Module) reopen(w http.ResponseWriter, r *http.Request) error {
	return m.do(w, r, m.showSettings, func(a plein.Actor, id plein.ID, _ web.Form) (done, error) {
		return done{to: groupHref(id) + "/settings", flash: "groups.flash.reopened"}, m.Groups.Reopen(r.Context(), a, id)
	})
}
