package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"plein/internal/plein"
	"plein/internal/rooms/demo"
	"plein/internal/rooms/imports"
)

// DemoRole is one of the people as whom one can try the demonstration.
type DemoRole struct {
	Key, Role, Name string
	Path            string // of a sign-in link that works once
	person          plein.ID
}

// word names the word that offers the role.
func (r DemoRole) word() string {
	switch r.Key {
	case "nurse":
		return "app.demo.nurse"
	case "team_leader":
		return "app.demo.team_leader"
	case "director":
		return "app.demo.director"
	case "community_manager":
		return "app.demo.community_manager"
	}
	return "app.demo.technical_admin"
}

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
	begun, err := planting(ctx, a.DB)
	switch {
	case err != nil:
		return nil, err
	case begun:
		return nil, fmt.Errorf("the demo in %s was stopped while it was being made; throw that folder away and start again", a.Settings.Data)
	case n == 0:
		if err := a.plant(ctx, o, out); err != nil {
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
			if errors.Is(err, plein.ErrNotFound) {
				return nil, fmt.Errorf("%s holds another organisation than the demo; choose an empty folder with --data", a.Settings.Data)
			}
			if err != nil {
				return nil, err
			}
			path, err := a.SignIn.MakeLink(ctx, found.ID, demoLink)
			if err != nil {
				return nil, err
			}
			roles = append(roles, DemoRole{role.key, role.name, found.Name, path, found.ID})
		}
	}
	a.demoRoles = roles
	return roles, nil
}

// plant makes the organisation. It takes many transactions; a note in the database
// says so until the last, so that half an organisation is not shown as a whole.
func (a *App) plant(ctx context.Context, o demo.Organisation, out io.Writer) error {
	if err := notePlanting(ctx, a.DB, true); err != nil {
		return err
	}
	_, err := demo.Plant(ctx, demo.Deps{DB: a.DB, Clock: a.Clock, People: a.People, Groups: a.Groups, Items: a.Items, Feed: a.Feed}, o,
		func(done, of int) { fmt.Fprintf(out, "\rMaking the %s … %d%%", o.Name, done*100/of) })
	fmt.Fprintln(out)
	if err != nil {
		return err
	}
	return notePlanting(ctx, a.DB, false)
}

// Import reads a file from elsewhere into the organisation.
func (a *App) Import(ctx context.Context, r imports.Request) (imports.Report, error) {
	m := imports.New(imports.Deps{DB: a.DB, Clock: a.Clock, Words: a.Words, Lang: a.Settings.DefaultLang, Log: a.Log,
		Square: imports.On(a.People, a.Groups, a.Access, a.Items, a.Files)})
	return m.Import(ctx, r)
}
