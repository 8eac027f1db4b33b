package app

import (
	"context"
	"io/fs"

	"plein/internal/platform/blob"
	"plein/internal/platform/changes"
	"plein/internal/platform/db"
	"plein/internal/platform/extract"
	"plein/internal/platform/mail"
	"plein/internal/platform/picture"
	"plein/internal/platform/session"
	"plein/internal/platform/text"
	"plein/internal/platform/web"
	"plein/internal/rooms/admin"
	"plein/internal/rooms/imports"
	"plein/internal/rooms/knows"
	"plein/internal/rooms/notices"
	"plein/internal/rooms/oversight"
	"plein/internal/rooms/signin"
	"plein/internal/rooms/suggest"
	"plein/internal/rooms/syndication"
	"plein/internal/rooms/trending"
	"plein/internal/square/access"
	"plein/internal/square/feed"
	"plein/internal/square/files"
	"plein/internal/square/groups"
	"plein/internal/square/items"
	"plein/internal/square/people"
	"plein/internal/square/search"
)

// allMigrations lists every owner of tables, in the order in which they are made.
func allMigrations() []db.Migrations {
	return []db.Migrations{
		{Owner: "app", FS: mustSub(migrations)},
		changes.Migrations(),
		session.Migrations(),
		people.Migrations(),
		groups.Migrations(),
		access.Migrations(),
		items.Migrations(),
		feed.Migrations(),
		files.Migrations(),
		search.Migrations(),
		signin.Migrations(),
		imports.Migrations(),
		admin.Migrations(),
		notices.Migrations(),
		knows.Migrations(),
		trending.Migrations(),
		syndication.Migrations(),
		oversight.Migrations(),
	}
}

// allWords lists everything the house says to people.
func allWords() []fs.FS {
	return []fs.FS{
		web.Words(), session.Words(), text.Words(), picture.Words(), mail.Words(), blob.Words(), extract.Words(),
		people.Words(), groups.Words(), access.Words(), items.Words(), feed.Words(), files.Words(), search.Words(),
		signin.Words(), imports.Words(), admin.Words(), suggest.Words(), notices.Words(), knows.Words(), Words(),
		oversight.Words(),
		trending.Words(), syndication.Words(),
	}
}

// Router is what a module offers that has pages.
type Router interface{ Routes(r *web.Routes) }

// rooms lists the rooms that have pages.
func (a *App) rooms() []Router {
	return []Router{
		a.SignIn,
		a.Admin,
		a.Suggest,
		a.Notices,
		a.Knows,
		a.Trending,
		a.Syndication,
		a.Oversight,
	}
}

// followers lists who follows the change log.
func (a *App) followers() []changes.Follower {
	return []changes.Follower{a.Groups.Follower(), a.SignIn.Follower(), a.Search.Follower(), a.Notices.Follower(),
		a.Trending.Follower(), a.Syndication.Follower(), a.Oversight.Follower()}
}

type sweeping struct {
	what  string
	sweep func(context.Context) (int64, error)
}

// sweeps lists what is removed when its time has come.
func (a *App) sweeps() []sweeping {
	return []sweeping{
		{"ended sessions", a.Sessions.Sweep},
		{"old sign-in links and attempts", a.SignIn.Sweep},
		{"files that nobody used", a.Files.Sweep},
		{"words of what was deleted", a.Items.Sweep},
		{"old notices", a.Notices.Sweep},
		{"words of weeks ago", a.Trending.Sweep},
		{"old rows of the audit log", a.Oversight.Sweep},
		{"old lines of the change log", func(ctx context.Context) (int64, error) { return a.Changes.Prune(ctx, keepChanges) }},
		{"guests past their end date", func(ctx context.Context) (int64, error) {
			n, err := a.People.CloseExpired(ctx)
			return int64(n), err
		}},
	}
}

func mustSub(f fs.FS) fs.FS {
	sub, err := fs.Sub(f, "migrations")
	if err != nil {
		panic(err) // only when the folder's name is not a path
	}
	return sub
}
