package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime/pprof"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	clients = 16
	spell   = 2 * time.Second
	rounds  = 3
)

// timeline measures the home page, cold and warm, beside a handler that returns a
// body of the same size. The three take turns, so that what else the machine does
// hits all of them.
func timeline(ctx context.Context, dir string) ([]figure, error) {
	o, err := plant(ctx, dir, 1000, 20_000)
	if err != nil {
		return nil, err
	}
	defer o.app.Close()
	page := httptest.NewServer(o.app.Handler())
	defer page.Close()
	cold := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pprof.Do(r.Context(), pprof.Labels("what", "cold"), func(ctx context.Context) {
			o.app.DropCaches()
			o.app.Handler().ServeHTTP(w, r.WithContext(ctx))
		})
	}))
	defer cold.Close()
	size, err := bodySize(o.request(page.URL, "/", 0))
	if err != nil {
		return nil, err
	}
	body := make([]byte, size)
	floor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(body)
	}))
	defer floor.Close()

	var perFloor, perCold, perWarm []float64
	for range rounds {
		for _, m := range []struct {
			base string
			to   *[]float64
		}{{floor.URL, &perFloor}, {cold.URL, &perCold}, {page.URL, &perWarm}} {
			n, err := rate(o, m.base)
			if err != nil {
				return nil, err
			}
			*m.to = append(*m.to, n)
		}
	}
	f, c, w := median(perFloor), median(perCold), median(perWarm)
	line := func(what string, got, target float64) figure {
		return figure{what: what, got: fmt.Sprintf("%.0f/s", got), floor: fmt.Sprintf("%.0f/s of %d kB", f, size>>10),
			ratio: fmt.Sprintf("%.3f", got/f), target: fmt.Sprintf("≥ %.2f", target), met: got/f >= target}
	}
	return []figure{
		line("timeline, nothing cached", c, 0.05),
		line("timeline, warm", w, 0.15),
	}, nil
}

func bodySize(req *http.Request) (int, error) {
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("the home page answers %s", res.Status)
	}
	return len(b), err
}

// rate is how many requests per second sixteen clients get answered.
func rate(o *organisation, base string) (float64, error) {
	transport := &http.Transport{MaxIdleConnsPerHost: clients, DialContext: (&net.Dialer{}).DialContext}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	var done, failed atomic.Int64
	end := time.Now().Add(spell)
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for n := c; time.Now().Before(end); n += clients {
				res, err := client.Do(o.request(base, "/", n))
				if err != nil {
					failed.Add(1)
					continue
				}
				_, _ = io.Copy(io.Discard, res.Body)
				_ = res.Body.Close()
				if res.StatusCode != http.StatusOK {
					failed.Add(1)
				}
				done.Add(1)
			}
		})
	}
	wg.Wait()
	if n := failed.Load(); n > 0 {
		return 0, fmt.Errorf("%d requests failed", n)
	}
	if done.Load() == 0 {
		return 0, errors.New("no request was answered")
	}
	return float64(done.Load()) / spell.Seconds(), nil
}

func median(xs []float64) float64 {
	slices.Sort(xs)
	return xs[len(xs)/2]
}
