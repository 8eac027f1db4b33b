package groups

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// PageDeps is what the pages need besides the service.
type PageDeps struct {
	People Faces
	Page   func(r *http.Request) view.Page // the frame around a page

	// Talk and Files fill the first and the last tab of a group for somebody who
	// may read it. A nil slot shows that there is nothing.
	Talk  func(ctx context.Context, r *http.Request, g Group) (templ.Component, error)
	Files func(ctx context.Context, r *http.Request, g Group) (templ.Component, error)
	// Bell is the menu with which a reader follows or mutes a group; nil for none.
	Bell func(r *http.Request, group plein.ID) (templ.Component, error)
}

// Faces is what the pages ask about people. The people service answers.
type Faces interface {
	Cards(ctx context.Context, ids []plein.ID) (map[plein.ID]people.Card, error)
	Directory(ctx context.Context, q people.DirectoryQuery) (people.DirectoryPage, error)
}

// Module is groups as the app mounts it.
type Module struct {
	Groups *Service
	PageDeps
}

// NewModule makes the module.
func NewModule(s *Service, d PageDeps) *Module { return &Module{s, d} }

// Routes registers every address of groups.
func (m *Module) Routes(r *web.Routes) {
	r.Get("/groups", web.SignedIn, m.directory)
	r.Get("/groups/new", web.Needs(plein.CreateGroup), m.newForm)
	r.Post("/groups", web.Needs(plein.CreateGroup), m.start)

	r.Get("/groups/{id}", web.SignedIn, m.talk)
	r.Get("/groups/{id}/members", web.SignedIn, m.members)
	r.Get("/groups/{id}/files", web.SignedIn, m.files)
	r.Get("/groups/{id}/settings", web.People, m.settings)
	r.Post("/groups/{id}/settings", web.People, m.change)
	r.Post("/groups/{id}/archive", web.People, m.archive)
	r.Post("/groups/{id}/reopen", web.People, m.reopen)

	r.Post("/groups/{id}/join", web.People, m.join)
	r.Post("/groups/{id}/leave", web.SignedIn, m.leave)
	r.Post("/groups/{id}/ask", web.People, m.ask)
	r.Post("/groups/{id}/withdraw", web.People, m.withdraw)
	r.Post("/groups/{id}/invitation", web.SignedIn, m.answerInvitation)

	r.Post("/groups/{id}/accept", web.People, m.accept)
	r.Post("/groups/{id}/refuse", web.People, m.refuse)
	r.Post("/groups/{id}/invite", web.People, m.invite)
	r.Post("/groups/{id}/uninvite", web.People, m.uninvite)
	r.Post("/groups/{id}/remove", web.People, m.remove)
	r.Post("/groups/{id}/role", web.People, m.role)
}
