package knows

import (
	"context"
	"embed"
	"io/fs"
	"net/http"

	"plein/internal/platform/changes"
	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/square/access"
	"plein/internal/square/items"
	"plein/internal/square/people"
)

//go:embed words.toml
var sentences embed.FS

// Words gives the room's sentences, for words.New.
func Words() fs.FS { return sentences }

// Saying is something that was said about what is asked.
type Saying struct {
	Item, Thread     plein.ID
	Author, Audience plein.ID
	Question         bool // it asks; it does not answer
}

// Deps is what the room needs.
type Deps struct {
	DB      *db.DB
	Changes *changes.Log
	Clock   clock.Clock
	Access  *access.Service
	People  *people.Service
	Items   *items.Service
	Words   *words.Catalogue

	// Said finds what was said about a question, newest first, as far as the actor
	// may see it now. Nil is nothing.
	Said func(ctx context.Context, a plein.Actor, question string, limit int) ([]Saying, error)
	Page func(r *http.Request) view.Page
}

// Module is the room as the app mounts it.
type Module struct{ *Service }

// New makes the room.
func New(d Deps) *Module {
	return &Module{&Service{Deps: d, topics: &topics{}, index: people.NewMirror(d.People, buildIndex,
		func(old *index, ids []plein.ID, now []people.Entry) *index { return old.with(ids, now) })}}
}

// Routes lists the pages of the room.
func (m *Module) Routes(r *web.Routes) {
	r.Get("/knows", web.People, m.page)
	r.Post("/knows/thanks/{id}", web.People, m.thank)
}
