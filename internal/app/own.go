package app

import (
	"net/http"
	"slices"

	"plein/internal/platform/view"
	"plein/internal/platform/web"
)

// ownRoutes are the few pages that belong to no room: the menu on a phone, help
// and the privacy page.
func (a *App) ownRoutes() {
	a.Routes.Get("/more", web.SignedIn, a.more)
	a.Routes.Get("/help", web.Public, a.help)
	a.Routes.Get("/privacy", web.Public, a.privacy)
}

func (a *App) more(w http.ResponseWriter, r *http.Request) error {
	p := a.Page(r)
	p.Title = p.Speaker.T("nav.more")
	frame := *p.Frame // shared by all parts of this answer
	frame.Nav = append(slices.Clone(frame.Nav), view.Link{Href: "/trending", Label: p.Speaker.T("trending.title"), Icon: "trend"})
	p.Frame = &frame
	return web.Render(w, r, http.StatusOK, MorePage(p))
}

func (a *App) help(w http.ResponseWriter, r *http.Request) error {
	p := a.Page(r)
	p.Title = p.Speaker.T("nav.help")
	return web.Render(w, r, http.StatusOK, HelpPage(p))
}

func (a *App) privacy(w http.ResponseWriter, r *http.Request) error {
	p := a.Page(r)
	p.Title = p.Speaker.T("nav.privacy")
	return web.Render(w, r, http.StatusOK, PrivacyPage(p))
}
