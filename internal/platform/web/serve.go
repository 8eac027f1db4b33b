package web

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"plein/internal/plein"
)

const (
	headersWithin  = 10 * time.Second
	idleConnection = 2 * time.Minute
	maxHeaders     = 64 << 10
	leaveWithin    = 15 * time.Second // how long running requests may still take at the end
)

// Serve answers on addr ("127.0.0.1:8080"; port 0 takes a free one) until ctx is
// done, and then lets running requests finish. listening, when given, is told
// the address once requests are accepted.
func Serve(ctx context.Context, addr string, h http.Handler, log *slog.Logger, listening func(net.Addr)) error {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return plein.Wrap("web.serve", err)
	}
	// Ordinary requests are cut off only when they take too long to finish;
	// streams, which never finish, end at once.
	requests, cutOff := context.WithCancel(context.WithoutCancel(ctx))
	defer cutOff()
	leaving, leave := context.WithCancel(context.Background())
	defer leave()
	requests = context.WithValue(requests, leavingKey{}, leaving)
	srv := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headersWithin,
		IdleTimeout:       idleConnection,
		MaxHeaderBytes:    maxHeaders,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug), // mostly port scanners
		BaseContext:       func(net.Listener) context.Context { return requests },
	}
	log.Info("listening", "address", l.Addr().String())
	if listening != nil {
		listening(l.Addr())
	}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	select {
	case err := <-ended:
		return plein.Wrap("web.serve", err)
	case <-ctx.Done():
	}
	log.Info("stopping; running requests may finish")
	leave()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWithin)
	defer cancel()
	err = srv.Shutdown(last)
	if err != nil {
		cutOff()
		err = errors.Join(err, srv.Close())
	}
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return plein.Wrap("web.serve", err)
}

type leavingKey struct{}

// untilLeaving makes the context of a stream, which ends when the server stops.
func untilLeaving(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	leaving, ok := ctx.Value(leavingKey{}).(context.Context)
	if !ok {
		return ctx, cancel
	}
	forget := context.AfterFunc(leaving, cancel)
	return ctx, func() { forget(); cancel() }
}
