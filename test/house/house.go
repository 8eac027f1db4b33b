// Package house exists so that tests and tools meet the real thing: the whole app
// behind a real listener on this machine, with its own data folder, a database of
// either engine, and people who sign in as people do, by a link.
//
// What it adds is only ground to stand on: an organisation small enough to hold in
// one's head (Small), or the demo (Demo).
package house

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"plein/internal/app"
	"plein/internal/platform/clock"
	"plein/internal/platform/config"
	"plein/internal/platform/mail"
	"plein/internal/platform/web"
)

// Options say which house is opened. The zero Options give one on SQLite in a
// folder of its own, at the machine's time, silent and without rate limits.
type Options struct {
	Database string            // empty is SQLite in the folder; else an address, see config
	Dir      string            // data folder; empty makes one that goes away with the house
	Clock    clock.Clock       // nil is the machine's
	Log      *slog.Logger      // nil is silence
	Limits   *web.Limits       // nil is none
	Set      map[string]string // settings by name, over the defaults
	Idle     bool              // nothing runs behind the pages: no followers, jobs or sweeping
}

// House is a running app.
type House struct {
	*app.App
	URL string // "http://127.0.0.1:41234"
	Dir string

	ownDir bool
	server *http.Server
	stop   context.CancelFunc
	ran    chan error // the end of App.Run; nil when idle
	served chan error
}

// Open opens a house. Whoever opens it closes it.
func Open(ctx context.Context, o Options) (_ *House, err error) {
	h := &House{Dir: o.Dir, served: make(chan error, 1)}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.Close())
		}
	}()
	if h.Dir == "" {
		if h.Dir, err = os.MkdirTemp("", "plein-house-*"); err != nil {
			return nil, err
		}
		h.ownDir = true
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	h.URL = "http://" + l.Addr().String()
	settings, err := settingsOf(o, h.Dir, l.Addr().String())
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	limits := o.Limits
	if limits == nil {
		limits = &web.Limits{}
	}
	if h.App, err = app.Open(ctx, app.Options{Settings: settings, Log: o.Log, Clock: o.Clock, Limits: limits}); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	h.stop = stop
	if !o.Idle {
		h.ran = make(chan error, 1)
		go func() { h.ran <- h.App.Run(running) }()
	}
	h.server = &http.Server{Handler: h.Handler(), ReadHeaderTimeout: 10 * time.Second,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)}
	go func() { h.served <- h.server.Serve(l) }()
	return h, nil
}

func settingsOf(o Options, dir, address string) (config.Settings, error) {
	set := map[string]string{"data": dir, "listen": address, "org_name": "Lingeziekenhuis", "log_level": "error"}
	if o.Database != "" {
		set["database"] = o.Database
	}
	for name, value := range o.Set {
		set[name] = value
	}
	s, problems := config.Load(set, nil, "")
	for _, p := range problems {
		return s, fmt.Errorf("settings of the house: %s", p)
	}
	return s, nil
}

// Close stops everything and lets go of it. It may be called twice.
func (h *House) Close() error {
	var errs []error
	if h.server != nil {
		errs = append(errs, h.server.Close())
		if err := <-h.served; !errors.Is(err, http.ErrServerClosed) {
			errs = append(errs, err)
		}
		h.server = nil
	}
	if h.stop != nil {
		h.stop()
		h.stop = nil
		if h.ran != nil {
			if err := <-h.ran; !errors.Is(err, context.Canceled) {
				errs = append(errs, err)
			}
		}
	}
	if h.App != nil {
		errs = append(errs, h.App.Close())
		h.App = nil
	}
	if h.ownDir {
		errs = append(errs, os.RemoveAll(h.Dir))
		h.ownDir = false
	}
	return errors.Join(errs...)
}

// Letters gives the mail that was left in the folder, oldest first.
func (h *House) Letters() ([]mail.Dropped, error) { return mail.ReadDrop(app.MailDrop(h.Settings)) }

// Settled says that every follower of the change log has read all there is, and
// that nothing waits for the index of search.
func (h *House) Settled(ctx context.Context) (bool, error) {
	lags, err := h.Changes.Lags(ctx)
	for _, l := range lags {
		if l.Lines > 0 {
			return false, err
		}
	}
	if err != nil {
		return false, err
	}
	return h.Search.Idle(ctx) // what was said can be found
}

// drain reads a body to its end, so that its connection is used again.
func drain(body io.ReadCloser) error {
	_, err := io.Copy(io.Discard, body)
	return errors.Join(err, body.Close())
}
