package app

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"github.com/a-h/templ"

	"plein/internal/platform/picture"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/feed"
	"plein/internal/square/files"
	"plein/internal/square/groups"
	"plein/internal/square/items"
	"plein/internal/square/live"
	"plein/internal/square/people"
	"plein/internal/square/search"
	assets "plein/web"
)

// pages builds the pages on the services and gathers their routes.
func (a *App) pages() {
	a.itemPages = items.NewModule(a.Items, items.PageDeps{Page: a.Page, Upload: a.upload, Loose: a.loose, Runs: a.shownRuns,
		Opened: a.Notices.Opened, Bell: a.bell("thread"), Thanks: a.Knows.Thanks})
	a.feedPages = feed.NewModule(a.Feed, feed.PageDeps{Page: a.Page, Items: a.itemPages, MayKnow: a.mayKnow, Rail: a.Trending.Rail})
	a.filePages = files.NewModule(a.Files, a.Page)
	a.Routes = &web.Routes{}
	for _, m := range []Router{
		a.feedPages, a.itemPages, a.filePages,
		live.NewModule(a.Live, live.PageDeps{Thread: a.itemPages.ThreadPart}),
		search.NewModule(a.Search, search.PageDeps{Page: a.Page, Experts: a.Knows.Short}),
		people.NewModule(people.PageDeps{Service: a.People, Page: a.Page, Photos: a.Blobs, Avatar: avatar,
			Posts: a.personTalk, UnitPosts: a.unitTalk, Acts: a.personActs}),
		groups.NewModule(a.Groups, groups.PageDeps{People: a.People, Page: a.Page, Talk: a.groupTalk, Files: a.groupFiles, Bell: a.bell("group")}),
	} {
		m.Routes(a.Routes)
	}
	for _, m := range a.rooms() {
		m.Routes(a.Routes)
	}
	a.ownRoutes()
	a.Routes.Static("/assets/", func(w http.ResponseWriter, r *http.Request) error {
		assets.Handler().ServeHTTP(w, r)
		return nil
	})
}

func (a *App) groupTalk(_ context.Context, r *http.Request, g groups.Group) (templ.Component, error) {
	actor := plein.ActorFrom(r.Context())
	if err := a.Notices.Visited(r.Context(), actor, g.ID); err != nil {
		return nil, err
	}
	may := a.Access.CanWrite(r.Context(), actor, g.ID) == nil
	return a.feedPages.In(r, g.ID, "/groups/"+g.ID.String(), may)
}

func (a *App) groupFiles(_ context.Context, r *http.Request, g groups.Group) (templ.Component, error) {
	return a.filePages.List(r, g.ID, "/groups/"+g.ID.String()+"/files")
}

func (a *App) unitTalk(_ context.Context, r *http.Request, unit plein.ID) (templ.Component, error) {
	may := a.Access.CanWrite(r.Context(), plein.ActorFrom(r.Context()), unit) == nil
	return a.feedPages.In(r, unit, r.URL.Path, may)
}

func (a *App) personTalk(_ context.Context, r *http.Request, person plein.ID) (templ.Component, error) {
	return a.feedPages.Of(r, person, r.URL.Path)
}

// personActs are the buttons beside a face: follow, and give a compliment.
func (a *App) personActs(ctx context.Context, r *http.Request, person plein.ID) (templ.Component, error) {
	actor := plein.ActorFrom(r.Context())
	if actor.ID == person || actor.Guest {
		return nil, nil
	}
	f, err := a.Feed.Follows(ctx, actor)
	if err != nil {
		return nil, err
	}
	bell, err := a.bell("person")(r, person)
	if err != nil {
		return nil, err
	}
	return feed.PersonActs(a.Page(r).Speaker, person, f.FollowsPerson(person), bell), nil
}

// bell makes the menu with which one follows or mutes something of a kind. The
// feed is made after the pages that show it.
func (a *App) bell(kind string) func(r *http.Request, id plein.ID) (templ.Component, error) {
	return func(r *http.Request, id plein.ID) (templ.Component, error) {
		return a.feedPages.Bell(r, plein.Ref{Kind: kind, ID: id})
	}
}

// mayKnow says whether the actor may know of a person or group.
func (a *App) mayKnow(ctx context.Context, actor plein.Actor, target plein.Ref) error {
	if target.Kind == "group" {
		_, err := a.Groups.Find(ctx, actor, target.ID)
		return err
	}
	p, err := a.People.Find(ctx, target.ID)
	if err != nil {
		return err
	}
	if actor.Guest || p.State == people.Former {
		return plein.ErrNotFound
	}
	return nil
}

func (a *App) upload(ctx context.Context, actor plein.Actor, name, alt string, r io.Reader) (items.Attachment, error) {
	f, err := a.Files.Add(ctx, actor, name, alt, r)
	return f.Attachment(), err
}

func (a *App) loose(ctx context.Context, actor plein.Actor) ([]items.Attachment, error) {
	list, err := a.Files.Loose(ctx, actor)
	out := make([]items.Attachment, len(list))
	for n, f := range list {
		out[n] = f.Attachment()
	}
	return out, err
}

// avatar makes a square photo that tells nothing but what is on it.
func avatar(ctx context.Context, sent []byte) ([]byte, error) {
	res, err := picture.Avatar(ctx, bytes.NewReader(sent), int64(len(sent)))
	return res.Data, err
}
