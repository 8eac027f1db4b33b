// Command dev exists so that a change is in the browser a moment after it is
// saved, with nothing installed but Go. It watches the sources, makes templates and
// assets anew, builds and restarts Plein, and shows it through a small proxy that
// tells open pages to reload.
//
//	go run ./scripts/dev -listen 127.0.0.1:8080 -data ./demo-data
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:8080", "address to open in the browser")
	data := flag.String("data", "./demo-data", "data folder of the demo organisation")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *listen, *data); err != nil {
		fmt.Fprintln(os.Stderr, "dev:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, listen, data string) error {
	inner, err := freeAddress()
	if err != nil {
		return err
	}
	front := newProxy(inner)
	outer, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: front, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := server.Serve(outer); !errors.Is(err, http.ErrServerClosed) {
			fmt.Fprintln(os.Stderr, "dev:", err)
		}
	}()
	defer server.Close()
	fmt.Printf("dev: open http://%s\n", listen)

	plein := program{
		path: "bin/plein-dev",
		args: []string{"demo", "--listen", inner, "--base-url", "http://" + listen, "--data", data},
		up:   "http://" + inner + "/healthz",
	}
	defer plein.stop()
	seen := snapshot(".")
	for changed := seen.paths(); ; {
		if len(changed) > 0 {
			fmt.Printf("dev: %s\n", summary(changed))
			if err := rebuild(ctx, &plein, changed); err != nil && ctx.Err() == nil {
				fmt.Fprintln(os.Stderr, "dev:", err)
				front.broken(err)
			} else {
				front.reload()
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(400 * time.Millisecond):
		}
		now := snapshot(".")
		changed, seen = now.since(seen), now
	}
}

// freeAddress finds a port for Plein itself, behind the proxy.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
