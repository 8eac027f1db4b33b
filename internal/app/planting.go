package app

import (
	"context"
	"fmt"
	"io"
	"time"

	"plein/internal/rooms/demo"
	"plein/internal/rooms/imports"
)

// DemoRole is one of the people as whom one can try the demonstration.
type DemoRole struct{ Role, Name, Path string }

// demoLink is how long a sign-in link of the demonstration works.
const demoLink = 30 * 24 * time.Hour

// Demo plants the demonstration organisation where nobody is yet, and makes
// sign-in links for five roles.
func (a *App) Demo(ctx context.Context, seed uint64, extra int, out io.Writer) ([]DemoRole, error) {
	n, err := a.People.Count(ctx)
	if err != nil {
		return nil, err
	}
	o, err := demo.Build(seed, a.Clock.Now(), extra)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		_, err := demo.Plant(ctx, demo.Deps{DB: a.DB, Clock: a.Clock, People: a.People, Groups: a.Groups, Items: a.Items, Feed: a.Feed}, o,
			func(done, of int) { fmt.Fprintf(out, "\rMaking the %s … %d%%", o.Name, done*100/of) })
		fmt.Fprintln(out)
		if err != nil {
			return nil, err
		}
	}
	var roles []DemoRole
	for _, role := range []struct{ key, name string }{{"nurse", "nurse"}, {"team_leader", "team leader"}, {"director", "director"},
		{"community_manager", "community manager"}, {"technical_admin", "technical admin"}} {
		for _, p := range o.People {
			if p.Demo != role.key {
				continue
			}
			found, err := a.People.ByHandle(ctx, p.Handle)
			if err != nil {
				return nil, err
			}
			path, err := a.SignIn.MakeLink(ctx, found.ID, demoLink)
			if err != nil {
				return nil, err
			}
			roles = append(roles, DemoRole{role.name, found.Name, path})
		}
	}
	return roles, nil
}

// Import reads a file from elsewhere into the organisation.
func (a *App) Import(ctx context.Context, format, path string, dryRun bool, progress io.Writer) (imports.Report, error) {
	m := imports.New(imports.Deps{DB: a.DB, Clock: a.Clock, Words: a.Words, Lang: a.Settings.DefaultLang, Log: a.Log,
		Square: imports.On(a.People, a.Groups, a.Access, a.Items, a.Files)})
	return m.Import(ctx, imports.Request{Format: format, Path: path, DryRun: dryRun, Progress: progress})
}
