package main

import (
	"context"
	"errors"
	"fmt"
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

// somebody finds who is meant by an e-mail address or a handle; people who were
// imported may have no address.
func somebody(ctx context.Context, a *app.App, who string) (people.Person, error) {
	p, err := a.People.ByEmail(ctx, who)
	if errors.Is(err, plein.ErrNotFound) {
		p, err = a.People.ByHandle(ctx, strings.TrimPrefix(who, "@"))
	}
	if errors.Is(err, plein.ErrNotFound) {
		return p, fmt.Errorf("nobody has the e-mail address or handle %q; plein people list shows who there is", who)
	}
	return p, a.Explain(err)
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
			fmt.Printf("%-32s %-24s %-40s %s\n", p.Name, p.Handle, p.Email, rolesOf(p.Roles))
		}
		if page.Next == "" {
			return nil
		}
		q.After = page.Next
	}
}

func rolesOf(roles []plein.Role) string {
	names := make([]string, len(roles))
	for n, r := range roles {
		names[n] = string(r)
	}
	return strings.Join(names, ",")
}

type peopleAdd struct {
	settingFlags
	Email string       `arg:"" help:"E-mail address."`
	Name  string       `arg:"" help:"Name as shown."`
	Title string       `help:"Job title."`
	Roles []plein.Role `enum:"member,community_manager,technical_admin,privacy_officer,works_council,archivist,auditor" help:"Roles, with commas between: ${enum}."`
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
	Who   string       `arg:"" help:"E-mail address or handle."`
	Roles []plein.Role `arg:"" enum:"member,community_manager,technical_admin,privacy_officer,works_council,archivist,auditor" help:"Roles: ${enum}."`
}

// Run gives somebody roles.
func (c peopleRole) Run(ctx context.Context) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	p, err := somebody(ctx, a, c.Who)
	if err != nil {
		return err
	}
	err = a.People.SetRoles(ctx, people.House(), p.ID, c.Roles)
	if err == nil {
		p, err = a.People.Find(ctx, p.ID)
	}
	if err != nil {
		return a.Explain(err)
	}
	fmt.Println(p.Name, "is now", rolesOf(p.Roles))
	return nil
}

type peopleLink struct {
	settingFlags
	Who   string        `arg:"" help:"E-mail address or handle."`
	Valid time.Duration `default:"15m" help:"How long the link works."`
}

// Run prints a sign-in link.
func (c peopleLink) Run(ctx context.Context) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	p, err := somebody(ctx, a, c.Who)
	if err != nil {
		return err
	}
	if c.Valid <= 0 {
		return errors.New("--valid must be longer than nothing, such as 15m or 24h")
	}
	link, err := a.SignIn.MakeLink(ctx, p.ID, c.Valid)
	if err != nil {
		return a.Explain(err)
	}
	fmt.Println(a.Settings.Base() + link)
	return nil
}
