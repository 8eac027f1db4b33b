package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime/debug"
	"syscall"

	"plein/internal/app"
	"plein/internal/platform/config"
	"plein/internal/platform/web"
)

type serveCommand struct{ settingFlags }

// Run serves until it is told to stop.
func (c serveCommand) Run(ctx context.Context) error {
	s, err := c.load(nil)
	if err != nil {
		return err
	}
	if err := free(ctx, s.Listen); err != nil {
		return err
	}
	log := logger(s, os.Stderr)
	a, err := app.Open(ctx, app.Options{Settings: s, Log: log, Version: version()})
	if err != nil {
		return err
	}
	code, err := a.SignIn.SetupCode(ctx)
	if err != nil {
		_ = a.Close()
		return err
	}
	return serve(ctx, a, s, log, func(address net.Addr) {
		base := baseOf(s, address)
		log.Info("Plein is open", "address", base, "listening", address.String())
		if code != "" { // said whatever the log level: without it nobody gets in
			s.LogLevel = "info"
			logger(s, os.Stderr).Info("setup: there is no administrator yet; open the page and fill in the code", "page", base+"/setup", "code", code)
		}
	})
}

// baseOf is the address that people use, also when the machine chose the port.
func baseOf(s config.Settings, listening net.Addr) string {
	if s.BaseURL != "" {
		return s.BaseURL
	}
	return "http://" + listening.String()
}

// free says in one line when something listens on the address already, before
// anything is opened or made.
func free(ctx context.Context, address string) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("listen: %s is taken by another program; stop that, or choose another with --listen", address)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("listen: %s is not allowed for this user; choose a port above 1023 with --listen", address)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("listen: %s is not an address of this machine", address)
	case err != nil:
		return fmt.Errorf("listen: %w", err)
	}
	return l.Close()
}

// serve runs the house behind its door until ctx ends, and closes it.
func serve(ctx context.Context, a *app.App, s config.Settings, log *slog.Logger, listening func(net.Addr)) error {
	serving, leave := context.WithCancel(ctx)
	defer leave()
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() {
		err := a.Run(running)
		leave() // a house in which nothing follows from what people do is not open
		done <- err
	}()
	err := web.Serve(serving, s.Listen, a.Handler(), log, listening)
	stop()
	if ran := <-done; err == nil && !errors.Is(ran, context.Canceled) {
		err = ran
	}
	if closed := a.Close(); err == nil {
		err = closed
	}
	return err
}

type versionCommand struct{}

// stamp is the version that make build writes in.
var stamp string

// version is the stamp, or else the commit that a plain go build knows of.
func version() string {
	if stamp != "" {
		return stamp
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}

// Run prints the version.
func (versionCommand) Run() error {
	fmt.Println("plein", version())
	return nil
}
