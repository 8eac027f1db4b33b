package search

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
)

// PageDeps is what the pages need beyond the service.
type PageDeps struct {
	Page func(r *http.Request) view.Page
	// Experts draws who knows about what was asked, for the same reader; nil for
	// nobody.
	Experts func(ctx context.Context, a plein.Actor, query string) (templ.Component, error)
}

// Module is the pages of search.
type Module struct {
	*Service
	PageDeps
}

// NewModule makes the pages.
func NewModule(s *Service, d PageDeps) *Module { return &Module{s, d} }

// Routes lists the pages of search.
func (m *Module) Routes(r *web.Routes) {
	r.Get("/search", web.SignedIn, m.page)
	r.Get("/search/synonyms", web.Needs(plein.Moderate), m.synonyms)
	r.Post("/search/synonyms", web.Needs(plein.Moderate), m.addSynonym)
	r.Post("/search/synonyms/{id}/drop", web.Needs(plein.Moderate), m.dropSynonym)
}
