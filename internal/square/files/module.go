package files

import (
	"net/http"

	"plein/internal/platform/view"
	"plein/internal/platform/web"
)

// Module is the pages of files.
type Module struct {
	*Service
	Page func(r *http.Request) view.Page
}

// NewModule makes the pages.
func NewModule(s *Service, page func(r *http.Request) view.Page) *Module { return &Module{s, page} }

// Routes lists the addresses of files.
func (m *Module) Routes(r *web.Routes) {
	r.Get("/files/{id}", web.SignedIn, m.file)
	r.Get("/files/{id}/thumb", web.SignedIn, m.thumb)
	r.Post("/files/{id}/remove", web.SignedIn, m.removeLoose)
}
