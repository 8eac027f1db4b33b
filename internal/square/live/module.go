package live

import (
	"net/http"

	"github.com/a-h/templ"

	"plein/internal/platform/web"
	"plein/internal/plein"
)

// PageDeps is what the pages need beyond the service.
type PageDeps struct {
	// Thread makes a thread as it stands on its own page, for this request's reader.
	Thread func(r *http.Request, id plein.ID) (templ.Component, error)
}

// Module is the stream and the parts that pages fetch because of it.
type Module struct {
	*Service
	PageDeps
}

// NewModule makes the pages.
func NewModule(s *Service, d PageDeps) *Module { return &Module{s, d} }

// Routes lists the stream and its parts.
func (m *Module) Routes(r *web.Routes) {
	r.Stream("/live", web.SignedIn, m.stream)
	r.Get("/live/threads/{id}", web.SignedIn, m.thread)
}
