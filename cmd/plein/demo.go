package main

import (
	"context"
	"fmt"
	"net"
	"os"

	"plein/internal/app"
)

type demoCommand struct {
	settingFlags
	Seed  uint64 `default:"1" help:"Seed of the people and the small talk that are made up."`
	Extra int    `default:"600" help:"How many short texts are made up beside the written ones."`
}

// Run makes the demonstration organisation when the data folder holds none, and
// serves it. Links with which to sign in stand on the terminal.
func (c demoCommand) Run(ctx context.Context) error {
	s, err := c.load(map[string]string{"data": "./demo-data", "org_name": "Lingeziekenhuis", "log_level": "warn"})
	if err != nil {
		return err
	}
	if err := free(ctx, s.Listen); err != nil {
		return err
	}
	log := logger(s, os.Stderr)
	a, err := app.Open(ctx, app.Options{Settings: s, Log: log, Demo: true, Version: version()})
	if err != nil {
		return err
	}
	roles, err := a.Demo(ctx, c.Seed, c.Extra, os.Stderr)
	if err != nil {
		err = a.Explain(err)
		_ = a.Close()
		return err
	}
	return serve(ctx, a, s, log, func(address net.Addr) {
		base := baseOf(s, address)
		fmt.Printf("\nThe %s is open at %s\n\nSign in as:\n", s.OrgName, base)
		for _, r := range roles {
			fmt.Printf("  %-18s %-22s %s%s\n", r.Role, r.Name, base, r.Path)
		}
		fmt.Printf("\nEach link works once; choose again at %s/demo. Letters are left in %s.\nStop with Ctrl+C.\n", base, app.MailDrop(s))
	})
}
