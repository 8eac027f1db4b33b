package syndication

import (
	"context"
	"net/http"

	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/square/feed"
	"plein/internal/square/groups"
	"plein/internal/square/items"
	"plein/internal/square/people"
)

// Deps is what the room needs. Page may be nil where no pages are shown.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	People *people.Service
	Groups *groups.Service
	Items  *items.Service
	Feed   *feed.Service
	Words  *words.Catalogue
	Base   string // "https://plein.example.org", from the settings and never from a request
	Page   func(r *http.Request) view.Page

	OrgName func(ctx context.Context) string
	// Actor gives a person as they may act now; NotFound when they may not.
	Actor func(ctx context.Context, person plein.ID) (plein.Actor, error)
	// Search finds the newest conversations with words in them that the actor may
	// see. nil where there is no search, and then there are no feeds of it.
	Search func(ctx context.Context, a plein.Actor, query string, limit int) ([]plein.ID, error)
	// Unlimited lets keys ask as often as they like, for tests and measurements.
	Unlimited bool
}

// Module is the room as the app mounts it.
type Module struct{ *Service }

// New makes the room.
func New(d Deps) *Module {
	if d.OrgName == nil {
		d.OrgName = func(context.Context) string { return "" }
	}
	return &Module{&Service{Deps: d, limits: newLimits(d.Unlimited)}}
}

// Routes registers every address of the room. The form of a feed is the last part
// of its address: atom.xml or feed.json.
func (m *Module) Routes(r *web.Routes) {
	r.Get("/feeds/{key}/square/{form}", web.Public, m.feed(ofSquare))
	r.Get("/feeds/{key}/groups/{id}/{form}", web.Public, m.feed(ofGroup))
	r.Get("/feeds/{key}/tags/{tag}/{form}", web.Public, m.feed(ofTag))
	r.Get("/feeds/{key}/people/{id}/{form}", web.Public, m.feed(ofPerson))
	r.Get("/feeds/{key}/search/{form}", web.Public, m.feed(ofSearch))
	r.Get("/oembed", web.Public, m.embed)

	r.Get("/settings/feeds", web.People, m.keys)
	r.Post("/settings/feeds", web.People, m.make)
	r.Post("/settings/feeds/{id}/end", web.People, m.end)
}
