package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"plein/internal/platform/blob"
	"plein/internal/platform/bus"
	"plein/internal/platform/changes"
	"plein/internal/platform/clock"
	"plein/internal/platform/config"
	"plein/internal/platform/db"
	"plein/internal/platform/mail"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/rooms/admin"
	"plein/internal/square/feed"
	"plein/internal/square/files"
	"plein/internal/square/items"
)

// Options are what differs between the real thing, the demo and a test.
type Options struct {
	Settings config.Settings
	Log      *slog.Logger
	Clock    clock.Clock // nil is the machine's
	Demo     bool        // there is a page on which one chooses whom to be
	Version  string      // of the program, for the health page
	Limits   *web.Limits // nil is the usual; an empty one is none, for measurements and tests
}

// App is the whole house, open.
type App struct {
	*square
	Settings config.Settings
	Log      *slog.Logger
	Clock    clock.Clock
	DB       *db.DB
	Server   *web.Server
	Routes   *web.Routes

	itemPages *items.Module
	feedPages *feed.Module
	filePages *files.Module
	demoRoles []DemoRole // in the demonstration only

	bus    *bus.Bus
	errors *admin.Errors // how many the log had lately
	close  []func() error
}

// Open opens the database, brings its tables to their newest form, and builds
// every room. Nothing runs yet: see Run.
func Open(ctx context.Context, o Options) (_ *App, err error) {
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	counted := admin.CountErrors(o.Clock)
	o.Log = slog.New(counted.Handler(o.Log.Handler()))
	a := &App{Settings: o.Settings, Log: o.Log, Clock: o.Clock, errors: counted}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	if a.DB, err = db.Open(ctx, db.Options{URL: o.Settings.DatabaseURL(), Readers: o.Settings.DatabaseReaders,
		Unsafe: o.Settings.UnsafeSync, Log: o.Log}); err != nil {
		return nil, err
	}
	a.close = append(a.close, a.DB.Close)
	if err := a.DB.Migrate(ctx, allMigrations()...); err != nil {
		return nil, err
	}
	key, err := installationKey(ctx, a.DB, "ids")
	if err != nil {
		return nil, fmt.Errorf("the installation's own key: %w", err)
	}
	plein.ConcealIDs(key)
	if a.bus, err = bus.Open(o.Log); err != nil {
		return nil, err
	}
	a.close = append(a.close, func() error { a.bus.Close(); return nil })
	if a.square, err = build(ctx, a, o); err != nil {
		return nil, err
	}
	a.pages()
	if o.Demo {
		a.demoRoutes()
	}
	figures := prometheus.NewRegistry()
	a.measureStreams(figures)
	a.Server = web.New(web.Options{Registry: figures, Log: o.Log, Words: a.Words, Actor: a.actor, Page: a.Page, LostForm: a.SignIn.LostForm,
		FirstRun: a.SignIn.FirstRun, Secure: o.Settings.Secure(), TrustedProxies: o.Settings.TrustedProxies, BaseURL: o.Settings.Base(),
		MetricsToken: o.Settings.MetricsToken, DefaultLang: a.defaultLang, Limits: o.Limits, Ready: a.DB.Ping}, a.Routes)
	return a, nil
}

// Handler answers every request.
func (a *App) Handler() http.Handler { return a.withFrame(a.Server) }

// Run does everything that follows from what people do, until ctx ends: the
// followers of the change log, the jobs and the sweeping.
func (a *App) Run(ctx context.Context) error {
	from, err := a.Changes.Since(ctx, a.Live.Back())
	if err != nil {
		return err
	}
	a.Live.Begin(from)
	stop, err := a.Changes.TailFrom(ctx, from, func(e plein.Event, at changes.Place) {
		a.Access.Hear(e)
		a.People.Hear(e)
		a.Groups.Hear(e)
		a.Items.Hear(e)
		a.Admin.Hear(e)
		a.Knows.Hear(e)
		a.Live.Hear(e, at) // after those whose caches it leans on
	})
	if err != nil {
		return err
	}
	defer stop()
	if err := a.Jobs.Start(ctx); err != nil {
		return err
	}
	defer func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		if err := a.Jobs.Stop(ending); err != nil {
			a.Log.Warn("jobs were cut off; they run again at the next start", "err", err)
		}
	}()
	var wg sync.WaitGroup
	wg.Go(func() { a.sweep(ctx) })
	wg.Go(func() {
		if err := a.Suggest.Warm(ctx); err != nil && ctx.Err() == nil {
			a.Log.Warn("the list of names is read when it is first asked for", "err", err)
		}
	})
	streams := make(chan error, 1)
	go func() { streams <- a.Live.Run(ctx) }()
	wg.Go(func() { a.Search.Run(ctx) })
	wg.Go(func() {
		if err := a.Trending.Read(ctx); err != nil && ctx.Err() == nil {
			a.Log.Warn("the first reader waits for the talk of the square", "err", err)
		}
	})
	err = a.Changes.Run(ctx, a.followers()...)
	wg.Wait()
	return errors.Join(err, <-streams)
}

// keepChanges is how long lines stay in the change log after all have read them.
const keepChanges = 30 * 24 * time.Hour

// sweep removes what has had its time, once an hour.
func (a *App) sweep(ctx context.Context) {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		for _, s := range a.sweeps() {
			if _, err := s.sweep(ctx); err != nil && ctx.Err() == nil {
				a.Log.Warn("sweeping failed; it is tried again in an hour", "what", s.what, "err", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Close lets go of everything, last opened first.
func (a *App) Close() error {
	var errs []error
	for i := len(a.close) - 1; i >= 0; i-- {
		errs = append(errs, a.close[i]())
	}
	a.close = nil
	return errors.Join(errs...)
}

// openBlobs opens the store of files that the settings name.
func openBlobs(s config.Settings) (blob.Store, error) {
	bucket, prefix := s.Bucket()
	if bucket == "" {
		return blob.OpenFolder(filepath.Join(s.Data, "files"))
	}
	return blob.OpenS3(blob.Options{Endpoint: s.S3Endpoint, Bucket: bucket, Prefix: prefix, Region: s.S3Region,
		AccessKey: s.S3AccessKey, SecretKey: s.S3SecretKey, Insecure: s.S3Insecure})
}

// openMail opens the way that mail leaves the house.
func openMail(s config.Settings) (mail.Sender, error) {
	if s.MailServer() == "" {
		return mail.NewDrop(MailDrop(s))
	}
	host, port, err := net.SplitHostPort(s.MailServer())
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return mail.NewSMTP(mail.Options{Host: host, Port: n, TLS: mail.TLS(s.SMTPTLS), Username: s.SMTPUser, Password: s.SMTPPassword,
		From: s.MailFrom, FromName: s.Sender()})
}

// MailDrop is the folder where mail is left as files when there is no server.
func MailDrop(s config.Settings) string { return filepath.Join(s.Data, "mail") }
