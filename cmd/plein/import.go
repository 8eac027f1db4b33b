package main

import (
	"context"
	"os"
)

type importCommand struct {
	settingFlags
	Format string `arg:"" help:"slack, mattermost or people."`
	Path   string `arg:"" type:"path" help:"File to read."`
	DryRun bool   `name:"dry-run" help:"Read and check everything, write nothing."`
	JSON   bool   `name:"json" help:"Print the report as JSON."`
}

// Run reads a file from elsewhere into the organisation.
func (c importCommand) Run(ctx context.Context) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	report, err := a.Import(ctx, c.Format, c.Path, c.DryRun, os.Stderr)
	if err != nil {
		return a.Explain(err)
	}
	if c.JSON {
		return report.WriteJSON(os.Stdout)
	}
	return report.WriteText(os.Stdout)
}
