// Package streams shows over real sockets what a browser meets on GET /live: how a
// stream begins and ends, who is refused, and that a browser which never reads
// hurts nobody else.
package streams

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"plein/internal/platform/changes"
	"plein/internal/platform/testkit"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/items"
	"plein/internal/square/live"
	"plein/internal/square/people"
	"plein/test/house"
)

func start(t *testing.T) (*house.House, map[string]plein.ID) {
	t.Helper()
	h := house.Start(t, house.Options{})
	who := map[string]plein.ID{}
	for _, role := range []string{"nurse", "team_leader", "director"} {
		p, err := h.People.Add(t.Context(), people.NewPerson{Name: role, Email: role + "@linge.example", Roles: []plein.Role{plein.RoleMember, plein.RoleCommunityManager}})
		if err != nil {
			t.Fatal(err)
		}
		who[role] = p.ID
	}
	return h, who
}

// stream opens one and gives its events, each in one piece; the channel closes
// when it ends.
func stream(t *testing.T, h *house.House, c *http.Client, path string) (*http.Response, <-chan string) {
	t.Helper()
	long := *c
	long.Timeout = 0
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream, application/json")
	res, err := long.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	events := make(chan string, 10_000)
	go func() {
		defer close(events)
		defer res.Body.Close()
		lines := bufio.NewScanner(res.Body)
		var event []string
		for lines.Scan() {
			if lines.Text() != "" {
				event = append(event, lines.Text())
				continue
			}
			if len(event) > 0 && event[0] != ": " {
				events <- strings.Join(event, "\n")
			}
			event = nil
		}
	}()
	return res, events
}

// next waits for an event of a name, past others.
func next(t *testing.T, events <-chan string, name string) string {
	t.Helper()
	found, open := "", true
	testkit.Eventually(t, "the event "+name, func() bool {
		for {
			select {
			case e, ok := <-events:
				if !ok {
					open = false
					return true
				}
				if strings.Contains(e, "event: "+name+"\n") {
					found = e
					return true
				}
			default:
				return false
			}
		}
	})
	if !open {
		t.Fatalf("the stream ended before %s came", name)
	}
	return found
}

func ended(t *testing.T, events <-chan string) {
	t.Helper()
	testkit.Eventually(t, "the stream to end", func() bool {
		for {
			select {
			case _, ok := <-events:
				if !ok {
					return true
				}
			default:
				return false
			}
		}
	})
}

func TestAStreamFromBeginningToEnd(t *testing.T) {
	h, who := start(t)
	nurse := h.SignedIn(t, who["nurse"])
	res, events := stream(t, h, nurse, "/live")
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" || res.Header.Get("Content-Encoding") != "" ||
		res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("a stream begins with %s %v", res.Status, res.Header)
	}
	next(t, events, "hello")
	post, err := h.Items.Post(t.Context(), h.As(t, who["director"]), items.NewItem{Audience: plein.OrgAudience, Body: "Een geheim woord"})
	if err != nil {
		t.Fatal(err)
	}
	e := next(t, events, "post")
	if !strings.Contains(e, post.ID.String()) || strings.Contains(e, "woord") {
		t.Errorf("the event is %s", e)
	}
	part, err := nurse.Get(h.URL + "/live/threads/" + post.ID.String())
	if err != nil {
		t.Fatal(err)
	}
	defer part.Body.Close()
	if text, err := io.ReadAll(part.Body); err != nil || !strings.Contains(string(text), "geheim woord") || strings.Contains(string(text), "<html") {
		t.Errorf("the part of a page: %v, %d bytes", err, len(text))
	}

	// Signing out ends it, and so it says.
	out, err := nurse.PostForm(h.URL+"/sign-out", url.Values{})
	if err != nil {
		t.Fatal(err)
	}
	_ = out.Body.Close()
	next(t, events, "end")
	ended(t, events)

	res, events = stream(t, h, nurse, "/live")
	if res.StatusCode != http.StatusUnauthorized {
		t.Errorf("who is signed out gets %s", res.Status)
	}
	ended(t, events)
	res, events = stream(t, h, house.NewClient(), "/live")
	if res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a stranger gets %s", res.Status)
	}
	ended(t, events)
}

func TestOnlyTheHeadOfAStream(t *testing.T) {
	h, who := start(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodHead, h.URL+"/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := h.SignedIn(t, who["nurse"]).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK || h.Live.Numbers().Streams != 0 {
		t.Errorf("%s, with %d streams open", res.Status, h.Live.Numbers().Streams)
	}
}

func TestTheTwentyFirstEndsTheFirst(t *testing.T) {
	h, who := start(t)
	nurse := h.SignedIn(t, who["nurse"])
	var first <-chan string
	for n := range live.MaxStreams + 1 {
		res, events := stream(t, h, nurse, "/live")
		if res.StatusCode != http.StatusOK {
			t.Fatalf("stream %d gets %s", n, res.Status)
		}
		if n == 0 {
			first = events
		}
	}
	next(t, first, "over")
	ended(t, first)
	if n := h.Live.Numbers().Streams; n != live.MaxStreams {
		t.Errorf("%d streams are open", n)
	}
}

// TestABrowserThatNeverReads fills the buffers of one until nothing goes through,
// and asks that the other is told everything meanwhile.
func TestABrowserThatNeverReads(t *testing.T) {
	h, who := start(t)
	deaf := h.SignedIn(t, who["team_leader"])
	at, err := url.Parse(h.URL)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", at.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.(*net.TCPConn).SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	cookie := deaf.Jar.Cookies(at)[0]
	if _, err := fmt.Fprintf(conn, "GET /live HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\n\r\n", at.Host, cookie); err != nil {
		t.Fatal(err)
	}
	_, events := stream(t, h, h.SignedIn(t, who["nurse"]), "/live")
	next(t, events, "hello")
	testkit.Eventually(t, "both to be connected", func() bool { return h.Live.Numbers().Streams == 2 })

	// Lines as the change log would give them, many more than people write.
	told, dropped := 0, func() bool { return h.Live.Numbers().Slow > 0 }
	for n := 0; !dropped() && n < 400_000; n++ {
		id := plein.NewID(h.Clock.Now())
		beyond := changes.PlaceOf(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, 1<<50), uint64(n)))
		h.Live.Hear(plein.Event{Name: "items.post.made", At: h.Clock.Now(), Audience: plein.OrgAudience,
			Object: plein.Ref{Kind: "item", ID: id}, Target: plein.Ref{Kind: "thread", ID: id}}, beyond)
		told++
		if n%200 == 199 {
			for range 200 {
				next(t, events, "post")
			}
		}
	}
	if !dropped() {
		t.Fatalf("%d events later the deaf browser is still there", told)
	}
	for range told % 200 {
		next(t, events, "post")
	}
	if n := h.Live.Numbers(); n.Slow != 1 || n.Streams != 1 {
		t.Errorf("in the end %+v", n)
	}
}

// TestTheHouseCloses ends its streams at once, and they are told to come back.
func TestTheHouseCloses(t *testing.T) {
	h, who := start(t)
	nurse := h.SignedIn(t, who["nurse"])
	ctx, leave := context.WithCancel(t.Context())
	address, closed := make(chan net.Addr, 1), make(chan error, 1)
	go func() {
		closed <- web.Serve(ctx, "127.0.0.1:0", h.Handler(), nil, func(a net.Addr) { address <- a })
	}()
	there := &house.House{App: h.App, URL: "http://" + (<-address).String()}
	_, events := stream(t, there, &http.Client{Jar: nurse.Jar}, "/live")
	next(t, events, "hello")
	leave()
	next(t, events, "bye")
	ended(t, events)
	if err := <-closed; err != nil {
		t.Errorf("closing: %v", err)
	}
}
