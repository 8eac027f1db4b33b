package live_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"

	"plein/internal/platform/bus"
	"plein/internal/platform/changes"
	"plein/internal/platform/db"
	"plein/internal/platform/session"
	"plein/internal/platform/testkit"
	"plein/internal/plein"
	"plein/internal/square/items"
	"plein/internal/square/live"
	"plein/internal/square/squaretest"
)

var quiet = slog.New(slog.DiscardHandler)

// house is the square with the streams of one process.
type house struct {
	*squaretest.House
	bus      *bus.Bus
	sessions *session.Store
	live     *live.Service
	stop     func() // ends what runs, as a process that ends

	mu    sync.Mutex
	heard map[int64]bool // lines of the log
}

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		h := &house{House: squaretest.New(t, d), heard: map[int64]bool{}}
		h.begin()
		fn(t, h)
	}, append(squaretest.Migrations(), session.Migrations())...)
}

// begin starts a process: a bus, a log that is followed, and the streams.
func (h *house) begin() {
	h.T.Helper()
	var err error
	h.bus, err = bus.Open(quiet)
	must(h.T, err)
	h.sessions = session.New(h.DB, h.Clock)
	stopListening, err := h.sessions.Listen(h.bus)
	must(h.T, err)
	h.live = live.New(live.Deps{Bus: h.bus, Clock: h.Clock, Access: h.Access, Items: h.Items, Key: [16]byte{1}, Log: quiet,
		Actor: h.People.Actor, Sessions: h.sessions.Living, Counts: h.counts})
	from, err := h.Changes.Since(h.T.Context(), h.live.Back())
	must(h.T, err)
	h.live.Begin(from)
	ctx, cancel := context.WithCancel(context.Background())
	stopTail, err := h.Changes.TailFrom(ctx, from, func(e plein.Event, p changes.Place) {
		h.Access.Hear(e)
		h.People.Hear(e)
		h.Groups.Hear(e)
		h.live.Hear(e, p)
		h.mu.Lock()
		defer h.mu.Unlock()
		h.heard[e.Seq] = true
	})
	must(h.T, err)
	done := make(chan error, 1)
	go func() { done <- h.live.Run(ctx) }()
	h.stop = func() {
		cancel()
		stopTail()
		if err := <-done; err != nil {
			h.T.Error(err)
		}
		stopListening()
		h.bus.Close()
		h.stop = func() {}
	}
	h.T.Cleanup(func() { h.stop() })
}

func (h *house) counts(ctx context.Context, a plein.Actor) (live.Badges, error) {
	mine, err := h.Groups.Menu(ctx, a)
	if err != nil {
		return live.Badges{}, err
	}
	var ids []plein.ID
	for _, g := range mine {
		ids = append(ids, g.ID)
	}
	news, err := h.Feed.News(ctx, a, ids)
	return live.Badges{Notices: 2, Groups: news}, err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// browser is a stream with everything that came over it.
type browser struct {
	h      *house
	stream *live.Stream
	got    []string // "post ITEM", "thread ITEM reply", "reload" …, without counts and greetings
	counts []string
	last   string // the last place
	over   live.Reason
}

func (h *house) open(a plein.Actor, ask live.Ask) *browser {
	h.T.Helper()
	s, err := h.live.Open(h.T.Context(), a, ask)
	must(h.T, err)
	h.T.Cleanup(func() { h.live.Close(s) })
	return &browser{h: h, stream: s, last: ask.After}
}

// signedIn gives somebody with a session of their own.
func (h *house) signedIn(a plein.Actor) plein.Actor {
	h.T.Helper()
	h.Tx(func(ctx context.Context, tx *db.Tx) error {
		_, err := h.sessions.Start(ctx, tx, a.ID, "test")
		return err
	})
	all, err := h.sessions.List(h.T.Context(), a.ID)
	must(h.T, err)
	known := a.Session
	for _, s := range all {
		if s.ID > known {
			a.Session = s.ID
		}
	}
	return a
}

// settle waits until all that was told so far has been passed on.
func (h *house) settle() {
	h.T.Helper()
	// On PostgreSQL a line waits for whatever transaction began before it, also one
	// of another test.
	told := len(testkit.Told(h.T, h.DB))
	testkit.Eventually(h.T, "everything to be passed on", func() bool {
		h.mu.Lock()
		heard := len(h.heard)
		h.mu.Unlock()
		if heard < told {
			return false
		}
		newest, err := h.Changes.Newest(h.T.Context())
		return err == nil && h.live.Quiet(newest)
	})
}

// read takes what came so far.
func (b *browser) read() []string {
	b.h.T.Helper()
	ctx, cancel := context.WithCancel(b.h.T.Context())
	cancel() // what is there is given; nothing is waited for
	for {
		frames, over := b.stream.Next(ctx)
		for _, f := range frames {
			b.take(string(f))
		}
		if len(frames) == 0 {
			b.over = over
			if over == live.Closed && b.h.live.Numbers().Streams > 0 {
				b.over = live.Going // that nothing more came
			}
			return b.got
		}
	}
}

func (b *browser) take(f string) {
	if f == ": \n\n" {
		return
	}
	if !strings.HasSuffix(f, "\n\n") || strings.Count(f, "\n\n") != 1 {
		b.h.T.Fatalf("a broken event: %q", f)
	}
	field := map[string]string{}
	for _, l := range strings.Split(strings.TrimSpace(f), "\n") {
		name, value, _ := strings.Cut(l, ": ")
		field[name] = value
	}
	if field["id"] != "" {
		b.last = field["id"]
	}
	switch name := field["event"]; name {
	case "hello":
	case "counts":
		b.counts = append(b.counts, field["data"])
	case "reload":
		b.got = append(b.got, "reload")
	case "thread":
		var thread, item, what string
		b.parse(field["data"], `{"thread":"%13s","item":"%13s","what":"%s`, &thread, &item, &what)
		b.got = append(b.got, "thread "+item+" "+strings.TrimSuffix(what, `"}`))
	default:
		var post, in string
		b.parse(field["data"], `{"post":"%13s","in":"%13s"}`, &post, &in)
		b.got = append(b.got, name+" "+post)
	}
}

func (b *browser) parse(data, form string, into ...any) {
	b.h.T.Helper()
	if _, err := fmt.Sscanf(data, form, into...); err != nil {
		b.h.T.Fatalf("%s: %v", data, err)
	}
}

// has fails unless exactly this came, in this order, since the beginning.
func (b *browser) has(want ...string) {
	b.h.T.Helper()
	b.h.settle()
	if got := b.read(); !slices.Equal(got, want) {
		b.h.T.Errorf("the browser was told %q, not %q", got, want)
	}
}

func post(i *items.Item) string { return "post " + i.ID.String() }
