package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"plein/internal/platform/db"
	"plein/internal/platform/session"
	"plein/internal/plein"
	"plein/internal/square/items"
)

const (
	browsers  = 1000
	tellings  = 40
	tellEvery = 250 * time.Millisecond
)

// told measures how long after a post was committed browsers know of it: a
// thousand people, each with one stream, all of whom it is for. The floor
// is one goroutine that writes as many bytes to a thousand bare sockets, read by
// the same readers. The two take turns.
func told(ctx context.Context, dir string) (_ []figure, err error) {
	o, err := plant(ctx, dir, browsers, 100)
	if err != nil {
		return nil, err
	}
	running, stop := context.WithCancel(ctx)
	ran := make(chan error, 1)
	go func() { ran <- o.app.Run(running) }()
	defer func() {
		stop()
		err = errors.Join(err, <-ran, o.app.Close())
	}()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: o.app.Handler()}
	go func() { _ = server.Serve(l) }()
	defer server.Close()
	cookies, err := o.everybody(ctx)
	if err != nil {
		return nil, err
	}
	streams := &audience{}
	defer streams.close()
	for _, cookie := range cookies {
		request := "GET /live HTTP/1.1\r\nHost: " + l.Addr().String() + "\r\nCookie: " + cookie + "\r\n\r\n"
		if err := streams.join(l.Addr(), request); err != nil {
			return nil, err
		}
	}
	bare, write, err := sockets()
	if err != nil {
		return nil, err
	}
	defer bare.close()
	if err := until(time.Minute, func() bool { return o.app.Live.Numbers().Streams == browsers }); err != nil {
		return nil, fmt.Errorf("%d of %d streams: %w", o.app.Live.Numbers().Streams, browsers, err)
	}
	// What follows from planting an organisation is not what is measured.
	if err := until(5*time.Minute, func() bool { return o.settled(ctx) }); err != nil {
		return nil, fmt.Errorf("the followers: %w", err)
	}
	writer, err := o.app.People.Actor(ctx, o.people[0].ID)
	if err != nil {
		return nil, err
	}
	writer.Caps = writer.Caps.With(plein.PostOrg)
	var reached, floor []time.Duration
	for range tellings {
		streams.expect(browsers - 1) // the writer is told nothing
		if _, err := o.app.Items.Post(ctx, writer, items.NewItem{Audience: plein.OrgAudience, Body: "Voor iedereen."}); err != nil {
			return nil, err
		}
		began := time.Now() // committed a moment ago
		took, err := streams.wait(began)
		if err != nil {
			return nil, err
		}
		reached = append(reached, took...)
		began = bare.expect(browsers)
		if err := write(); err != nil {
			return nil, err
		}
		if took, err = bare.wait(began); err != nil {
			return nil, err
		}
		floor = append(floor, took...)
		time.Sleep(tellEvery) // as people do, and so that no pass waits for the one before
	}
	slices.Sort(reached)
	slices.Sort(floor)
	p99 := func(all []time.Duration) time.Duration { return all[len(all)*99/100] }
	n := o.app.Live.Numbers()
	if n.Slow > 0 {
		return nil, fmt.Errorf("%d streams were dropped as slow", n.Slow)
	}
	line := func(what string, got, floor time.Duration, target time.Duration) figure {
		return figure{what: what, got: fmt.Sprintf("%.1f ms", ms(got)), floor: fmt.Sprintf("%.1f ms over bare sockets", ms(floor)),
			ratio: fmt.Sprintf("%.1f", ms(got)/ms(floor)), target: "< 500 ms", met: got < target}
	}
	return []figure{
		line("post to 1,000 open browsers, p99", p99(reached), p99(floor), 500*time.Millisecond),
		line("the same, the last of all", reached[len(reached)-1], floor[len(floor)-1], 500*time.Millisecond),
	}, nil
}

// settled says that everything that follows from what was done has followed.
func (o *organisation) settled(ctx context.Context) bool {
	lags, err := o.app.Changes.Lags(ctx)
	for _, l := range lags {
		if l.Lines > 0 {
			return false
		}
	}
	newest, missing := o.app.Changes.Newest(ctx)
	return err == nil && missing == nil && o.app.Live.Quiet(newest)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func until(most time.Duration, ok func() bool) error {
	for end := time.Now().Add(most); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			return errors.New("not in time")
		}
	}
	return nil
}

// everybody gives each person a session, and its cookie.
func (o *organisation) everybody(ctx context.Context) (cookies []string, err error) {
	err = o.app.DB.Tx(ctx, func(tx *db.Tx) error {
		cookies = nil
		for _, p := range o.people {
			token, err := o.app.Sessions.Start(ctx, tx, p.ID, "bench")
			if err != nil {
				return err
			}
			c := session.Cookie(token, false, time.Now().Add(time.Hour))
			cookies = append(cookies, c.Name+"="+c.Value)
		}
		return nil
	})
	return cookies, err
}

// audience is a number of connections that are read until somebody says something
// to all of them.
type audience struct {
	mu    sync.Mutex
	conns []net.Conn
	times []time.Time
	want  int
	all   chan struct{}
	err   error
}

var event = []byte("event: post\n")

func (a *audience) join(to net.Addr, request string) error {
	c, err := net.Dial(to.Network(), to.String())
	if err != nil {
		return err
	}
	a.conns = append(a.conns, c)
	if _, err := c.Write([]byte(request)); err != nil {
		return err
	}
	go a.read(c)
	return nil
}

func (a *audience) read(c net.Conn) {
	lines := bufio.NewReaderSize(c, 1024)
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil {
			a.mu.Lock()
			a.err = err
			a.mu.Unlock()
			return
		}
		if !bytes.Equal(line, event) {
			continue
		}
		now := time.Now()
		a.mu.Lock()
		a.times = append(a.times, now)
		if len(a.times) == a.want {
			close(a.all)
		}
		a.mu.Unlock()
	}
}

func (a *audience) expect(n int) time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.times, a.want, a.all = a.times[:0], n, make(chan struct{})
	return time.Now()
}

func (a *audience) wait(began time.Time) ([]time.Duration, error) {
	select {
	case <-a.all:
	case <-time.After(10 * time.Second):
		return nil, fmt.Errorf("only %d of %d were told: %v", len(a.times), a.want, a.err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make([]time.Duration, len(a.times))
	for n, t := range a.times {
		out[n] = t.Sub(began)
	}
	return out, nil
}

func (a *audience) close() {
	for _, c := range a.conns {
		_ = c.Close()
	}
}

// sockets opens a thousand bare connections and gives a function that writes to
// all of them what an event is long.
func sockets() (*audience, func() error, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	a := &audience{}
	var ends []net.Conn
	for range browsers {
		if err := a.join(l.Addr(), "hello\r\n"); err != nil {
			return nil, nil, err
		}
		end, err := l.Accept()
		if err != nil {
			return nil, nil, err
		}
		ends = append(ends, end)
	}
	message := slices.Concat(bytes.Repeat([]byte("x"), 70), []byte("\n"), event, bytes.Repeat([]byte("y"), 55), []byte("\n\n"))
	return a, func() error {
		for _, c := range ends {
			if _, err := c.Write(message); err != nil {
				return err
			}
		}
		return nil
	}, nil
}
