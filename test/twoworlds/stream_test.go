package twoworlds

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"plein/internal/platform/testkit"
	"plein/internal/square/live"
)

// greeting reads a stream until it has said from where on it tells.
func greeting(body io.Reader) []byte {
	var out []byte
	lines := bufio.NewReader(body)
	for greeted := false; ; {
		line, err := lines.ReadBytes('\n')
		out = append(out, line...)
		greeted = greeted || string(line) == "event: hello\n"
		if err != nil || greeted && string(line) == "\n" {
			return out
		}
	}
}

// TestStreams lets a viewer be told for a third of the script, with everything
// open that there is to open, and asks that both worlds tell the same.
func TestStreams(t *testing.T) {
	told := 0
	for _, o := range organisations {
		if o.acts > 120 {
			continue
		}
		m := newScript(o.seed+200, o.people, o.groups, o.acts)
		r := rand.New(rand.NewPCG(o.seed, 9))
		for _, viewer := range viewers(m, r) {
			if viewer == nobody || !m.active(viewer, m.now()) {
				continue
			}
			t.Run(fmt.Sprintf("seed %d on %s, %s", o.seed, o.engine, m.name(viewer)), func(t *testing.T) {
				fates, _ := m.otherWorld(viewer, rand.New(rand.NewPCG(o.seed, uint64(viewer+20))))
				a, b := newWorld(t, o.engine, m, make([]fate, len(m.steps))), newWorld(t, o.engine, m, fates)
				// Both are named under the key of the house that was opened last.
				one, two := a.told(viewer, m.now()*2/3), b.told(viewer, m.now()*2/3)
				lookThrough(t, m, viewer, m.now(), request{}, one)
				lookThrough(t, m, viewer, m.now(), request{}, two)
				with, without := a.masked(one, a.names()), b.masked(two, b.names())
				if with != without {
					t.Errorf("the stream tells %s that something else is there: %s", m.name(viewer), difference(with, without))
				}
				told += strings.Count(with, "event: ")
			})
		}
	}
	if told < 20 {
		t.Errorf("only %d events in all: the test proves little", told)
	}
}

var aside = regexp.MustCompile(`(?m)^: \n\n|^event: counts\ndata: .*\n\n`)

// told plays the script to its end, from a step on with a stream open, and gives
// what came over it. Signs of life and counts come in their own time; what the
// counts say stands on the pages.
func (w *world) told(viewer, from int) answer {
	w.t.Helper()
	w.play(0, from)
	path := "/live?after="
	for n, i := range w.m.items {
		if id, there := w.ids[i.ref()]; there && n >= len(w.m.items)/3 && strings.Count(path, "thread=") < 16 {
			path += "&thread=" + id.String()
		}
	}
	for _, g := range w.m.groups {
		if id, there := w.ids[g.ref]; there {
			path += "&place=" + id.String()
		}
	}
	stream, done := w.stream(viewer, path)
	for n := from; n < w.m.now(); n++ {
		w.play(n, n+1)
		testkit.Eventually(w.t, "the stream to have told all", func() bool {
			if done, err := w.Settled(w.ctx); err != nil || !done {
				return false // a line that a running transaction could still slip in front of counts as well
			}
			newest, err := w.Changes.Newest(w.ctx)
			return err == nil && w.Live.Quiet(newest)
		})
	}
	for range live.MaxStreams { // more than a person may have: the first one ends
		_, stop := w.stream(viewer, "/live")
		defer stop()
	}
	defer done()
	body, err := io.ReadAll(stream.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return answer{status: stream.StatusCode, header: stream.Header, body: aside.ReplaceAll(body, nil)}
}

func (w *world) stream(viewer int, path string) (*http.Response, func()) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.ctx)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.URL+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	c := *w.client(viewer)
	c.Timeout = 0
	res, err := c.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	return res, func() { cancel(); _ = res.Body.Close() }
}
