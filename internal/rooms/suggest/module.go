package suggest

import (
	"context"
	"embed"
	"io/fs"
	"net/http"
	"time"

	"plein/internal/platform/clock"
	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/square/access"
	"plein/internal/square/groups"
	"plein/internal/square/items"
	"plein/internal/square/people"
)

//go:embed words.toml
var sentences embed.FS

// Words gives the room's sentences, for words.New.
func Words() fs.FS { return sentences }

// Deps is what the room needs.
type Deps struct {
	Clock  clock.Clock
	People *people.Service
	Groups *groups.Service
	Access *access.Service
	Items  *items.Service
	Zone   func(ctx context.Context) *time.Location // of people who chose none; nil is UTC
	Page   func(r *http.Request) view.Page
}

// Service answers what is asked while somebody types.
type Service struct {
	Deps
	index *people.Mirror[state]
}

// Module is the room as the app mounts it.
type Module struct{ *Service }

// New makes the room. The index is read when it is first asked for, or by Warm.
func New(d Deps) *Module { return &Module{&Service{Deps: d, index: newMirror(d.People)}} }

// Warm reads the index before anybody waits for it.
func (s *Service) Warm(ctx context.Context) error {
	_, err := s.index.Now(ctx)
	return err
}

// Routes lists what the room answers.
func (m *Module) Routes(r *web.Routes) {
	r.Get("/suggest", web.SignedIn, m.suggest)
	r.Post("/suggest/notes", web.SignedIn, m.notes)
}
