// Command plein is the front door: it reads the command line and calls app. It
// exists as one binary so that an administrator installs one file.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// commands is the whole command line.
type commands struct {
	Serve   serveCommand   `cmd:"" help:"Serve the organisation."`
	Demo    demoCommand    `cmd:"" help:"Serve a demonstration organisation, made on the spot."`
	Import  importCommand  `cmd:"" help:"Bring in people and conversations from elsewhere."`
	People  peopleCommand  `cmd:"" help:"List people, add them, give roles, make a sign-in link."`
	Doctor  doctorCommand  `cmd:"" help:"Look at an installation and say what is wrong with it."`
	Version versionCommand `cmd:"" help:"Say which version this is."`
}

func main() {
	c := newCommands()
	parser := kong.Must(c, kong.Name("plein"), kong.UsageOnError(), kong.Description("The open square inside an organisation."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}))
	run, err := parser.Parse(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "plein:", err)
		os.Exit(exitUsage)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	run.BindTo(ctx, (*context.Context)(nil))
	err = run.Run()
	var code exitCode
	switch {
	case err == nil:
	case errors.As(err, &code):
		os.Exit(int(code))
	default:
		fmt.Fprintln(os.Stderr, "plein:", err)
		os.Exit(exitFailed)
	}
}
