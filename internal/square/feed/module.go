package feed

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/items"
)

// PageDeps is what the pages need beyond the service.
type PageDeps struct {
	Page  func(r *http.Request) view.Page
	Items *items.Module
	// MayKnow says whether the actor may know of a person or a group they want to
	// follow or mute. Of a thread items says it.
	MayKnow func(ctx context.Context, a plein.Actor, target plein.Ref) error
	// Rail makes what stands beside a timeline; a nil component is nothing. May be
	// nil.
	Rail func(r *http.Request) (templ.Component, error)
}

// Module is the pages of the feed.
type Module struct {
	*Service
	PageDeps
}

// NewModule makes the pages.
func NewModule(s *Service, d PageDeps) *Module { return &Module{s, d} }

// Routes lists the pages of the feed.
func (m *Module) Routes(r *web.Routes) {
	r.Get("/{$}", web.SignedIn, m.forYou)
	r.Get("/latest", web.SignedIn, m.latest)
	r.Get("/following", web.SignedIn, m.following)
	r.Get("/tags/{tag}", web.SignedIn, m.tag)
	r.Get("/posts/{id}/why", web.SignedIn, m.why)
	r.Get("/help/order", web.SignedIn, m.order)
	r.Post("/people/{id}/follow", web.People, m.follow("person"))
	r.Post("/groups/{id}/follow", web.SignedIn, m.follow("group"))
	r.Post("/posts/{id}/follow", web.SignedIn, m.follow("thread"))
}
