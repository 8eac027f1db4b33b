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

	var perFloor, perCold, perFirst, perWarm []float64
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
		n, err := firstVisits(o, page.URL)
		if err != nil {
			return nil, err
		}
		perFirst = append(perFirst, n)
	}
	f, c, first, w := median(perFloor), median(perCold), median(perFirst), median(perWarm)
	line := func(what string, got, target float64) figure {
		return figure{what: what, got: fmt.Sprintf("%.0f/s", got), floor: fmt.Sprintf("%.0f/s of %d kB", f, size>>10),
			ratio: fmt.Sprintf("%.3f", got/f), target: fmt.Sprintf("≥ %.2f", target), met: got/f >= target}
	}
	return []figure{
		line("timeline, every cache emptied for each request", c, 0.05),
		line("timeline, first visit of each person", first, 0.05),
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

// rate is how many requests per second sixteen clients get answered, for the first
// hundred people in turn.
func rate(o *organisation, base string) (float64, error) {
	end := time.Now().Add(spell)
	return visits(o, base, func(n int) (int, bool) { return n % 100, time.Now().Before(end) })
}

// firstVisits is the rate of people who come for the first time since the caches
// were emptied, to a server where a fifth of the people has been before them.
func firstVisits(o *organisation, base string) (float64, error) {
	o.app.DropCaches()
	known := len(o.cookies) / 5
	if _, err := visits(o, base, func(n int) (int, bool) { return n, n < known }); err != nil {
		return 0, err
	}
	return visits(o, base, func(n int) (int, bool) { return known + n, known+n < len(o.cookies) })
}

// visits lets sixteen clients ask the home page, until who says that visit n is
// no more, and gives how many were answered per second.
func visits(o *organisation, base string, who func(n int) (person int, more bool)) (float64, error) {
	transport := &http.Transport{MaxIdleConnsPerHost: clients, DialContext: (&net.Dialer{}).DialContext}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	var done, failed atomic.Int64
	begin := time.Now()
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for n := c; ; n += clients {
				person, more := who(n)
				if !more {
					return
				}
				res, err := client.Do(o.request(base, "/", person))
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
	return float64(done.Load()) / time.Since(begin).Seconds(), nil
}

func median(xs []float64) float64 {
	slices.Sort(xs)
	return xs[len(xs)/2]
}
