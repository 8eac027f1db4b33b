package main

import (
	"context"
	"os"

	"plein/internal/rooms/imports"
)

type importCommand struct {
	settingFlags
	Format        string `arg:"" help:"slack, mattermost or people."`
	Path          string `arg:"" type:"path" help:"File to read."`
	DryRun        bool   `name:"dry-run" help:"Read and check everything, write nothing."`
	WithoutDirect bool   `name:"without-direct" help:"Leave direct messages where they are."`
	JSON          bool   `name:"json" help:"Print the report as JSON."`
}

// Run reads a file from elsewhere into the organisation.
func (c importCommand) Run(ctx context.Context) error {
	r := imports.Request{Format: c.Format, Path: c.Path, DryRun: c.DryRun, WithoutDirect: c.WithoutDirect, Progress: os.Stderr}
	if err := r.Check(); err != nil { // before a data folder is made for it
		return err
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	report, err := a.Import(ctx, r)
	if err != nil {
		return a.Explain(err)
	}
	if c.JSON {
		return report.WriteJSON(os.Stdout)
	}
	return report.WriteText(os.Stdout)
}
