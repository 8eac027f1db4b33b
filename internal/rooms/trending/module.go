package trending

import (
	"context"
	"net/http"

	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/access"
	"plein/internal/square/items"
	"plein/internal/square/people"
)

// Deps is what the room needs. Page may be nil where no pages are shown.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Access *access.Service
	People *people.Service
	Items  *items.Service
	Page   func(r *http.Request) view.Page

	// Follows gives the people that the actor follows.
	Follows func(ctx context.Context, a plein.Actor) ([]plein.ID, error)
	// SearchHref gives the address where words are looked for; nil where there is
	// no search, and then a subject without a hashtag leads nowhere.
	SearchHref func(words string) string
}

// Module is the room as the app mounts it.
type Module struct{ *Service }

// New makes the room.
func New(d Deps) *Module { return &Module{&Service{Deps: d, kept: newKept()}} }

// Routes registers every address of the room.
func (m *Module) Routes(r *web.Routes) {
	r.Get("/trending", web.SignedIn, m.page)
	r.Post("/trending/people/{id}/pass", web.People, m.pass(true))
	r.Post("/trending/people/{id}/propose", web.People, m.pass(false))
}
