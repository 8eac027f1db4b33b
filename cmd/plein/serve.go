package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"

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
	log := logger(s, os.Stderr)
	a, err := app.Open(ctx, app.Options{Settings: s, Log: log, Version: version})
	if err != nil {
		return err
	}
	return serve(ctx, a, s, log, func(address net.Addr) {
		log.Info("Plein is open", "address", s.Base(), "listening", address.String())
	})
}

// serve runs the house behind its door until ctx ends, and closes it.
func serve(ctx context.Context, a *app.App, s config.Settings, log *slog.Logger, listening func(net.Addr)) error {
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- a.Run(running) }()
	err := web.Serve(ctx, s.Listen, a.Handler(), log, listening)
	stop()
	if ran := <-done; err == nil {
		err = ran
	}
	if closed := a.Close(); err == nil {
		err = closed
	}
	return err
}

type versionCommand struct{}

// version is stamped by the build.
var version = "unknown"

// Run prints the version.
func (versionCommand) Run() error {
	fmt.Println("plein", version)
	return nil
}
