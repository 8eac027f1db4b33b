package notices

import (
	"embed"
	"io/fs"
	"log/slog"
	"net/http"

	"plein/internal/platform/changes"
	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/access"
	"plein/internal/square/feed"
	"plein/internal/square/groups"
	"plein/internal/square/items"
	"plein/internal/square/people"
)

//go:embed words.toml
var sentences embed.FS

// Words gives the room's sentences, for words.New.
func Words() fs.FS { return sentences }

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations gives the steps that make the tables.
func Migrations() db.Migrations { return db.Sub("notices", migrations) }

// Deps is what the room needs. Page may be nil where no pages are shown.
type Deps struct {
	DB      *db.DB
	Changes *changes.Log
	Clock   clock.Clock
	Access  *access.Service
	People  *people.Service
	Groups  *groups.Service
	Items   *items.Service
	Feed    *feed.Service
	// Publish sends a signal over the bus; nothing depends on its arrival.
	Publish func(subject string, data []byte) error
	// Looking lists who has a page open now; nil for nobody.
	Looking func() []plein.ID
	Page    func(r *http.Request) view.Page
	Log     *slog.Logger
}

// Module is the room as the app mounts it.
type Module struct{ *Service }

// New makes the room.
func New(d Deps) *Module {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Publish == nil {
		d.Publish = func(string, []byte) error { return nil }
	}
	if d.Looking == nil {
		d.Looking = func() []plein.ID { return nil }
	}
	return &Module{&Service{Deps: d, numbers: newNumbers()}}
}

// Routes registers every address of the room.
func (m *Module) Routes(r *web.Routes) {
	r.Get("/notices", web.SignedIn, m.page)
	r.Post("/notices/read", web.SignedIn, m.allRead)
	r.Get("/notices/{about}/{id}", web.SignedIn, m.open)
	r.Post("/notices/{about}/{id}", web.SignedIn, m.markOne)
}
