package admin

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"plein/internal/platform/changes"
	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/jobs"
	"plein/internal/platform/session"
	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/groups"
	"plein/internal/square/people"
)

// Deps is what the room needs. Page may be nil where no pages are shown, as on a
// command line.
type Deps struct {
	DB       *db.DB
	Changes  *changes.Log
	Clock    clock.Clock
	People   *people.Service
	Groups   *groups.Service
	Sessions *session.Store
	Jobs     *jobs.Jobs
	Page     func(r *http.Request) view.Page
	Log      *slog.Logger

	// Defaults are the settings of the file, which hold until somebody changes one
	// here. Brand is empty in them.
	Defaults Settings

	// SendLink sends a person a letter with a link to sign in. Asked of the room
	// that knows how; nil is never.
	SendLink func(ctx context.Context, person plein.ID) error

	Version string // of the program, for the health page
	Data    string // the folder whose disk must not run full
	Errors  *Errors
}

// Module is the room as the app mounts it. What it can do without a request is in
// its Service.
type Module struct{ *Service }

// New makes the room.
func New(d Deps) *Module {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Defaults.Zone == nil {
		d.Defaults.Zone = time.UTC
	}
	return &Module{&Service{Deps: d, began: d.Clock.Now()}}
}

// Routes registers every address of the room.
func (m *Module) Routes(r *web.Routes) {
	r.Static("/brand.css", m.brandCSS)
	r.Get("/admin", web.People, m.overview) // and there, only for who holds one of the four

	manage := web.Needs(plein.ManagePeople)
	r.Get("/admin/people", manage, m.people)
	r.Get("/admin/people/new", manage, m.newPerson)
	r.Post("/admin/people", manage, m.addPerson)
	r.Get("/admin/people/guest", manage, m.newGuest)
	r.Post("/admin/people/guest", manage, m.inviteGuest)
	r.Get("/admin/people/{id}", manage, m.person)
	r.Post("/admin/people/{id}/name", manage, m.rename)
	r.Post("/admin/people/{id}/email", manage, m.changeEmail)
	r.Post("/admin/people/{id}/place", manage, m.place)
	r.Post("/admin/people/{id}/roles", manage, m.setRoles)
	r.Post("/admin/people/{id}/until", manage, m.extendGuest)
	r.Post("/admin/people/{id}/link", manage, m.sendLink)
	r.Post("/admin/people/{id}/sessions", manage, m.endSessions)
	r.Get("/admin/people/{id}/close", manage, m.askClose)
	r.Post("/admin/people/{id}/close", manage, m.closePerson)
	r.Post("/admin/people/{id}/reopen", manage, m.reopenPerson)

	r.Get("/admin/units", manage, m.units)
	r.Post("/admin/units", manage, m.addUnit)
	r.Get("/admin/units/{id}", manage, m.unit)
	r.Post("/admin/units/{id}/name", manage, m.renameUnit)
	r.Post("/admin/units/{id}/parent", manage, m.moveUnit)
	r.Post("/admin/units/{id}/back/{parent}", manage, m.moveUnitBack)
	r.Post("/admin/units/{id}/head", manage, m.setHead)

	look := web.Needs(plein.ManageGroups)
	r.Get("/admin/groups", look, m.groups)
	r.Get("/admin/groups/{id}", look, m.group)
	r.Post("/admin/groups/{id}/name", look, m.renameGroup)
	r.Post("/admin/groups/{id}/owner", look, m.nameOwner)
	r.Post("/admin/groups/{id}/archive", look, m.archiveGroup)
	r.Post("/admin/groups/{id}/reopen", look, m.reopenGroup)

	r.Get("/admin/settings", web.Needs(plein.ManageSettings), m.settings)
	r.Post("/admin/settings", web.Needs(plein.ManageSettings), m.changeSettings)

	r.Get("/admin/health", web.Needs(plein.ViewHealth), m.health)
	r.Post("/admin/health/jobs/{id}/retry", web.Needs(plein.ViewHealth), m.retryJob)
}
