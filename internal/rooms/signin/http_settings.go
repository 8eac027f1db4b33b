package signin

import (
	"net/http"
	"slices"
	"strings"

	"plein/internal/platform/session"
	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
)

// editPassword is GET /settings/password.
func (m *Module) editPassword(w http.ResponseWriter, r *http.Request) error {
	return m.showChange(w, r, nil)
}

func (m *Module) showChange(w http.ResponseWriter, r *http.Request, wrong error) error {
	has, err := m.hasPassword(r.Context(), plein.ActorFrom(r.Context()).ID)
	if err != nil {
		return err
	}
	v := changeView{Page: m.page(r, "signin.change.title")}
	say := v.Speaker.T
	v.Lead = say("signin.change.lead_first")
	if has {
		v.Lead = say("signin.change.lead")
		v.Fields = append(v.Fields, view.FieldView{Name: "current", Type: "password", Label: say("signin.field.current"),
			Autocomplete: "current-password", Required: true, Speaker: v.Speaker})
	}
	v.Fields = append(v.Fields, newPasswordField(v.Speaker))
	status := http.StatusOK
	if wrong != nil {
		status = statusOf(w, wrong)
		name := plein.AsError(wrong).Field
		i := max(slices.IndexFunc(v.Fields, func(f view.FieldView) bool { return f.Name == name }), 0)
		v.Fields[i].Error, v.Fields[i].Focus = sayError(v.Speaker, wrong), true
	}
	return web.Render(w, r, status, changePage(v))
}

// changePassword is POST /settings/password.
func (m *Module) changePassword(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	err = m.Service.changePassword(r.Context(), plein.ActorFrom(r.Context()), form.Text("current"), form.Text("password"), web.ClientIP(r))
	if err != nil && shown(err) {
		return m.showChange(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "signin.changed")
	return web.Redirect(w, r, "/settings")
}

// sessions is GET /settings/sessions.
func (m *Module) sessions(w http.ResponseWriter, r *http.Request) error {
	all, err := m.Sessions.List(r.Context(), plein.ActorFrom(r.Context()).ID)
	if err != nil {
		return err
	}
	v := sessionsView{Page: m.page(r, "signin.sessions.title")}
	sp := v.Speaker
	for _, s := range all {
		row := sessionView{ID: s.ID.String(), Agent: s.Agent, Icon: deviceIcon(s), Current: s.Current,
			Seen: sp.T("signin.sessions.seen", "when", sp.Ago(s.Seen, v.Now)), Since: sp.T("signin.sessions.since", "day", sp.Date(s.Made))}
		if row.Agent == "" {
			row.Agent = sp.T("session.agent_unknown")
		}
		v.Others = v.Others || !s.Current
		v.Sessions = append(v.Sessions, row)
	}
	return web.Render(w, r, http.StatusOK, sessionsPage(v))
}

func deviceIcon(s session.Session) string {
	for _, small := range [...]string{"iPhone", "Android"} {
		if strings.Contains(s.Agent, small) {
			return "phone"
		}
	}
	return "monitor"
}

// endSession is POST /settings/sessions/end: one of one's own. Somebody else's does
// not exist here.
func (m *Module) endSession(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	id, err := form.ID("id")
	if err != nil {
		return err
	}
	actor := plein.ActorFrom(r.Context())
	if id == actor.Session {
		return m.signOut(w, r)
	}
	if err := m.Sessions.End(r.Context(), actor.ID, id); err != nil {
		return err
	}
	web.SetFlash(w, "signin.ended")
	return web.Redirect(w, r, "/settings/sessions")
}

// endSessions is POST /settings/sessions/end-all: all but this one, and the links
// that are still about.
func (m *Module) endSessions(w http.ResponseWriter, r *http.Request) error {
	if err := m.endElsewhere(r.Context(), plein.ActorFrom(r.Context())); err != nil {
		return err
	}
	web.SetFlash(w, "signin.ended_all")
	return web.Redirect(w, r, "/settings/sessions")
}
