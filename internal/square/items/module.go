package items

import (
	"context"
	"io"
	"net/http"

	"github.com/a-h/templ"

	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
)

// PageDeps is what the pages need beyond the service.
type PageDeps struct {
	Page   func(r *http.Request) view.Page
	Upload func(ctx context.Context, a plein.Actor, name, alt string, r io.Reader) (Attachment, error)
	Loose  func(ctx context.Context, a plein.Actor) ([]Attachment, error)
	// Runs is Deps.Moderates from memory: for deciding which buttons are shown.
	Runs func(ctx context.Context, a plein.Actor, audience plein.ID) (bool, error)
	// Thanks stands under a chosen answer: where whoever was helped says so. May be
	// nil, and may give nil.
	Thanks func(r *http.Request, question, answer *Item) (templ.Component, error)
	// Opened hears that the actor looks at a conversation;
	// nil when nobody wants to know.
	Opened func(ctx context.Context, a plein.Actor, root plein.ID) error
	// Bell is the menu with which one follows or mutes a conversation; nil for none.
	Bell func(r *http.Request, root plein.ID) (templ.Component, error)
}

// Module is the pages of items.
type Module struct {
	*Service
	PageDeps
}

// NewModule makes the pages.
func NewModule(s *Service, d PageDeps) *Module { return &Module{s, d} }

// maxUpload bounds a whole form with its files.
const maxUpload = 2*plein.MaxFileBytes + plein.MaxFormBytes

// Routes lists the pages of items.
func (m *Module) Routes(r *web.Routes) {
	r.Upload("/posts", web.SignedIn, maxUpload, m.post)
	r.Get("/posts/new", web.SignedIn, m.compose)
	r.Get("/posts/{id}", web.SignedIn, m.thread)
	r.Post("/posts/{id}/replies", web.SignedIn, m.reply)
	r.Get("/posts/{id}/edit", web.SignedIn, m.editForm)
	r.Post("/posts/{id}/edit", web.SignedIn, m.edit)
	r.Get("/posts/{id}/history", web.SignedIn, m.history)
	r.Get("/posts/{id}/share", web.SignedIn, m.share)
	r.Get("/posts/{id}/reactions", web.SignedIn, m.reactors)
	r.Post("/posts/{id}/react", web.SignedIn, m.react)
	r.Post("/posts/{id}/bookmark", web.SignedIn, m.bookmark)
	r.Post("/posts/{id}/delete", web.SignedIn, m.remove)
	r.Post("/posts/{id}/restore", web.SignedIn, m.restore)
	r.Post("/posts/{id}/pin", web.SignedIn, m.pin)
	r.Post("/posts/{id}/accept", web.SignedIn, m.accept)
	r.Post("/posts/{id}/read", web.SignedIn, m.acknowledge)
	r.Get("/saved", web.SignedIn, m.saved)
}
