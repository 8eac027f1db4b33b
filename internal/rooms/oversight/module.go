package oversight

import (
	"context"
	"net/http"

	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// Deps is what the room needs. Page may be nil where no pages are shown, as on a
// command line.
type Deps struct {
	DB    *db.DB
	Clock clock.Clock
	Page  func(r *http.Request) view.Page
	// Faces gives people by id, whoever asks: names are known to all of the
	// organisation, and a guest is shown none but their own.
	Faces func(ctx context.Context, ids []plein.ID) (map[plein.ID]people.Card, error)
}

// Module is the room as the app mounts it.
type Module struct{ *Service }

// New makes the room.
func New(d Deps) *Module { return &Module{&Service{d}} }

// Routes registers every address of the room.
func (m *Module) Routes(r *web.Routes) {
	r.Get("/oversight/audit", web.Needs(plein.ReadAudit), m.audit)
	r.Get("/oversight/me", web.SignedIn, m.me)
}
