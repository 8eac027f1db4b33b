package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"plein/internal/app"
	"plein/internal/plein"
	"plein/internal/square/people"
)

type peopleCommand struct {
	List peopleList `cmd:"" help:"List people by name."`
	Add  peopleAdd  `cmd:"" help:"Add somebody."`
	Role peopleRole `cmd:"" help:"Give somebody roles; they replace the ones they had."`
	Link peopleLink `cmd:"" help:"Make a link with which somebody signs in, for when mail does not arrive."`
}

// open opens the organisation for a command that does one thing.
func (f settingFlags) open(ctx context.Context) (*app.App, error) {
	s, err := f.load(nil)
	if err != nil {
		return nil, err
	}
	return app.Open(ctx, app.Options{Settings: s, Log: logger(s, os.Stderr)})
}

type peopleList struct {
	settingFlags
	Query string `arg:"" optional:"" help:"Words of a name, department or skill."`
}

// Run lists people.
func (c peopleList) Run(ctx context.Context) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	q := people.DirectoryQuery{Text: c.Query, Limit: 100}
	for {
		page, err := a.People.Directory(ctx, q)
		if err != nil {
			return a.Explain(err)
		}
		for _, p := range page.People {
			roles := make([]string, len(p.Roles))
			for n, r := range p.Roles {
				roles[n] = string(r)
			}
			fmt.Printf("%-32s %-40s %s\n", p.Name, p.Email, strings.Join(roles, ","))
		}
		if page.Next == "" {
			return nil
		}
		q.After = page.Next
	}
}

type peopleAdd struct {
	settingFlags
	Email string       `arg:"" help:"E-mail address."`
	Name  string       `arg:"" help:"Name as shown."`
	Title string       `help:"Job title."`
	Roles []plein.Role `help:"Roles: member, community_manager, technical_admin, privacy_officer, works_council, archivist, auditor."`
}

// Run adds somebody.
func (c peopleAdd) Run(ctx context.Context) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	p, err := a.People.Add(ctx, people.NewPerson{Name: c.Name, Email: c.Email, Title: c.Title, Roles: c.Roles})
	if err != nil {
		return a.Explain(err)
	}
	fmt.Println("added", p.Name, "as", p.Handle)
	return nil
}

type peopleRole struct {
	settingFlags
	Email string       `arg:"" help:"E-mail address."`
	Roles []plein.Role `arg:"" help:"Roles, such as member technical_admin."`
}

// Run gives somebody roles.
func (c peopleRole) Run(ctx context.Context) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	p, err := a.People.ByEmail(ctx, c.Email)
	if err == nil {
		err = a.People.SetRoles(ctx, people.House(), p.ID, c.Roles)
	}
	return a.Explain(err)
}

type peopleLink struct {
	settingFlags
	Email string        `arg:"" help:"E-mail address."`
	Valid time.Duration `default:"15m" help:"How long the link works."`
}

// Run prints a sign-in link.
func (c peopleLink) Run(ctx context.Context) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	p, err := a.People.ByEmail(ctx, c.Email)
	if err != nil {
		return a.Explain(err)
	}
	link, err := a.SignIn.MakeLink(ctx, p.ID, c.Valid)
	if err != nil {
		return a.Explain(err)
	}
	fmt.Println(a.Settings.Base() + link)
	return nil
}
