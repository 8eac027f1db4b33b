package app

import (
	"net/http"

	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
)

// The page on which one tries the demonstration as somebody else. It is there in
// the demonstration only: whoever reaches it can be any of the five.

// demoRoutes adds the page.
func (a *App) demoRoutes() {
	a.Routes.Get("/demo", web.Public, a.demoPage)
	a.Routes.Post("/demo/{role}", web.Public, a.demoEnter)
}

// DemoView is the page with the five people.
type DemoView struct {
	view.Page
	Roles []DemoRole
}

func (a *App) demoPage(w http.ResponseWriter, r *http.Request) error {
	v := DemoView{Page: a.Page(r), Roles: a.demoRoles}
	v.Title = v.Speaker.T("app.demo.title")
	return web.Render(w, r, http.StatusOK, DemoPage(v))
}

func (a *App) demoEnter(w http.ResponseWriter, r *http.Request) error {
	for _, role := range a.demoRoles {
		if role.Key == r.PathValue("role") {
			return a.SignIn.Enter(w, r, role.person, "/")
		}
	}
	return plein.ErrNotFound
}
