// Command plein is the front door: it reads the command line and calls app. It
// exists as one binary so that an administrator installs one file.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // a server may have no time zones of its own

	"github.com/alecthomas/kong"

	"plein/internal/plein"
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
	context.AfterFunc(ctx, stop) // a second Ctrl+C does not wait for the first
	run.BindTo(ctx, (*context.Context)(nil))
	err = run.Run()
	var code exitCode
	switch {
	case err == nil:
	case errors.As(err, &code):
		os.Exit(int(code))
	default:
		for line := range strings.Lines(explain(ctx, err)) {
			fmt.Fprintln(os.Stderr, "plein:", strings.TrimSuffix(line, "\n"))
		}
		os.Exit(exitFailed)
	}
}

// explain makes of an error what a person at a terminal can do something with,
// one line for each thing that is wrong.
func explain(ctx context.Context, err error) string {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return "stopped before it was done"
	}
	// The kind of an error of ours is for pages; here its cause is what counts.
	return strings.ReplaceAll(err.Error(), (&plein.Error{Key: "error.broken"}).Error()+": ", "")
}
