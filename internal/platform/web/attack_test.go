package web

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"plein/internal/plein"
)

// S97: no open redirect, however it is dressed.
func TestS97NextStaysOnThisSite(t *testing.T) {
	for _, bad := range []string{
		"", "evil.org", "//evil.org", "///evil.org", "/\\evil.org", "\\\\evil.org", "\\/evil.org", "/\t/evil.org", "/\n/evil.org",
		"\t//evil.org", " //evil.org", "https://evil.org", "HTTPS:evil.org", "javascript:alert(1)", "data:text/html,x", "/./\\evil.org",
		"/.//evil.org", "/..//evil.org", "/a/..//evil.org", "/%5Cevil.org", "/%2F%2Fevil.org", "/%09/evil.org", "/%0d%0aSet-Cookie:x=y",
		"/a\r\nSet-Cookie: x=y", "/\x00", "/é", "//user@plein.example.org", "/%zz", "/" + strings.Repeat("a", 2000), "?x", "#x", "/a//b",
	} {
		if got := SafeNext(bad); got != "/" {
			t.Errorf("%q leads to %q", bad, got)
		}
	}
	base, _ := url.Parse("https://plein.example.org/sign-in")
	for _, good := range []string{"/", "/posts/abc", "/posts/abc?x=1&y=%2F%2Fevil.org", "/groups/", "/posts/abc#reply-3", "/tags/caf%C3%A9", "/search?q=a%20b", "/a.b/c-d_e~f"} {
		if got := SafeNext(good); got != good {
			t.Errorf("%q leads to %q", good, got)
		}
		if u, err := base.Parse(good); err != nil || u.Host != base.Host {
			t.Errorf("%q leaves the site: %v", good, u)
		}
	}
	w := httptest.NewRecorder()
	if err := Redirect(w, nil, "//evil.org/x"); err != nil || w.Code != 303 || w.Header().Get("Location") != "/" {
		t.Errorf("Redirect went to %q", w.Header().Get("Location"))
	}
}

// S108: nothing changes by a GET, by another site's form, or by a form that is
// none.
func TestS108OnlyOurOwnFormsChangeAnything(t *testing.T) {
	for _, c := range []struct {
		name   string
		method string
		header map[string]string
		status int
	}{
		{"our own form", "POST", nil, 303},
		{"by GET", "GET", nil, 405},
		{"by HEAD", "HEAD", nil, 405},
		{"override by header", "GET", map[string]string{"X-HTTP-Method-Override": "POST"}, 405},
		{"PUT", "PUT", nil, 405},
		{"another site", "POST", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.org"}, 403},
		{"a site beside us", "POST", map[string]string{"Sec-Fetch-Site": "same-site", "Origin": "https://blog.example.org"}, 403},
		{"look-alike origin, old browser", "POST", map[string]string{"Sec-Fetch-Site": "", "Origin": "https://plein.example.org.evil.org"}, 403},
		{"another port, old browser", "POST", map[string]string{"Sec-Fetch-Site": "", "Origin": "https://plein.example.org:8443"}, 403},
		{"origin null, old browser", "POST", map[string]string{"Sec-Fetch-Site": "", "Origin": "null"}, 403},
		{"our origin, old browser", "POST", map[string]string{"Sec-Fetch-Site": "", "Origin": "https://plein.example.org"}, 303},
		{"JSON as text", "POST", map[string]string{"Content-Type": "text/plain"}, 422},
		{"JSON", "POST", map[string]string{"Content-Type": "application/json"}, 422},
		{"no type", "POST", map[string]string{"Content-Type": ""}, 422},
	} {
		h := newHouse(t)
		got := h.do(ask{who: "ann", method: c.method, path: "/posts?body=query", body: "body=x", header: c.header})
		if got.Code != c.status {
			t.Errorf("%s: status %d, want %d", c.name, got.Code, c.status)
		}
		if changed := len(h.posted) > 0; changed != (c.status == 303) {
			t.Errorf("%s: reached the act: %v", c.name, h.posted)
		}
		if c.status == 303 && h.posted[0] != "x" {
			t.Errorf("%s: the query was mixed into the form: %q", c.name, h.posted)
		}
		if c.status == 403 && !strings.Contains(got.Body.String(), "niet van een pagina van Plein") {
			t.Errorf("%s: %s", c.name, got.Body)
		}
	}
	h := newHouse(t)
	got := h.do(ask{who: "ann", method: "POST", path: "/posts", body: "body=x", header: map[string]string{"Sec-Fetch-Site": "cross-site", "Accept": "application/json"}})
	if got.Code != 403 || got.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("as JSON: %d %v", got.Code, got.Header())
	}
}

// S109: no header ever allows another site to read.
func TestS109NoCORS(t *testing.T) {
	h := newHouse(t)
	for _, origin := range []string{"null", "https://evil.org", "https://plein.example.org"} {
		for _, method := range []string{"GET", "OPTIONS"} {
			got := h.do(ask{who: "ann", method: method, path: "/people", header: map[string]string{"Origin": origin, "Access-Control-Request-Method": "POST"}})
			for k := range got.Header() {
				if strings.HasPrefix(k, "Access-Control-") {
					t.Errorf("%s from %s: %s", method, origin, k)
				}
			}
		}
	}
}

// S110: a private page is in no shared cache, under whatever name it is asked.
func TestS110PrivatePagesAreNotCached(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/", "/people", "/people/x.css", "/posts/" + unknownID + ".css", "/people;x.css", "/people%2fx.css", "/people?x.css", "/sign-in", "/nothing.js"} {
		got := h.do(ask{who: "ann", path: path, header: map[string]string{"X-Forwarded-Host": "evil.org", "X-Original-Url": "/admin", "X-Rewrite-Url": "/admin"}})
		if got.Header().Get("Cache-Control") != "no-store" || !strings.Contains(got.Header().Get("Vary"), "Cookie") {
			t.Errorf("%s (%d): %v", path, got.Code, got.Header())
		}
		if strings.Contains(got.Body.String(), "evil.org") || strings.Contains(got.Body.String(), "the machine") {
			t.Errorf("%s believes a forwarded address: %s", path, got.Body)
		}
	}
	if got := h.do(ask{path: "/assets/none.css"}); got.Header().Get("Cache-Control") != "no-store" {
		t.Error("an asset that is not there is kept in caches")
	}
}

// S113: who spoofs X-Forwarded-For stays who they are.
func TestS113ForwardedAddressesAreBelievedFromProxiesOnly(t *testing.T) {
	trusted := trusting(t, "10.0.0.0/8", "fd00::/8")
	for _, c := range []struct{ peer, header, want string }{
		{"192.0.2.7:99", "", "192.0.2.7"},
		{"192.0.2.7:99", "1.2.3.4", "192.0.2.7"},
		{"10.0.0.1:99", "", "10.0.0.1"},
		{"10.0.0.1:99", "1.2.3.4", "1.2.3.4"},
		{"10.0.0.1:99", "6.6.6.6, 1.2.3.4", "1.2.3.4"},
		{"10.0.0.1:99", "6.6.6.6, 1.2.3.4, 10.0.0.2", "1.2.3.4"},
		{"10.0.0.1:99", "10.0.0.3,10.0.0.2", "10.0.0.3"},
		{"10.0.0.1:99", "1.2.3.4, nonsense", "10.0.0.1"},
		{"10.0.0.1:99", "nonsense, 1.2.3.4", "1.2.3.4"},
		{"10.0.0.1:99", "nonsense, 10.0.0.2", "10.0.0.2"},
		{"10.0.0.1:99", "1.2.3.4:80", "10.0.0.1"},
		{"[fd00::1]:99", "2001:db8::5", "2001:db8::5"},
		{"[::ffff:10.0.0.1]:99", "::ffff:1.2.3.4", "1.2.3.4"},
		{"[fe80::1%eth0]:99", "", "fe80::1"},
		{"@", "1.2.3.4", "invalid IP"},
	} {
		h := newHouse(t, func(h *house) { h.o.TrustedProxies = trusted })
		got := h.do(ask{path: "/where", from: c.peer, header: map[string]string{"X-Forwarded-For": c.header, "X-Real-Ip": "9.9.9.9", "Forwarded": "for=9.9.9.9"}})
		if want := fmt.Sprintf(`"ip":%q`, c.want); !strings.Contains(got.Body.String(), want) {
			t.Errorf("%s with %q: %s, want %s", c.peer, c.header, got.Body, want)
		}
	}
}

// S115: the Host header reaches no link.
func TestS115LinksUseTheAddressInTheSettings(t *testing.T) {
	h := newHouse(t)
	r := httptest.NewRequest("GET", "/where", nil)
	r.Host = "evil.org"
	r.Header.Set("X-Forwarded-Host", "evil.org")
	w := httptest.NewRecorder()
	h.srv.ServeHTTP(w, r)
	if !strings.Contains(w.Body.String(), `"link":"https://plein.example.org/sign-in"`) {
		t.Errorf("got %s", w.Body)
	}
	r = httptest.NewRequest("GET", "http://evil.org/people?x=1", nil)
	w = httptest.NewRecorder()
	h.srv.ServeHTTP(w, r)
	if got := w.Header().Get("Location"); got != "/sign-in?next=%2Fpeople%3Fx%3D1" {
		t.Errorf("an absolute address leads to %q", got)
	}
	if got := h.srv.Link("//evil.org"); got != "https://plein.example.org/" {
		t.Errorf("a link to %q", got)
	}
}

// S116: JSON that two readers could understand differently is refused.
func TestS116OnlyPlainJSON(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000)
	for _, c := range []struct {
		body, kind string
		status     int
	}{
		{`{"name":"Ann"}`, "application/json", 200},
		{`{"name":"Ann","role":"admin","extra":[1,{"x":null}]}`, "application/json; charset=utf-8", 200},
		{` {"name":"Ann"} ` + "\n", "application/json", 200},
		{`{"name":"Ann","name":"Bob"}`, "application/json", 422},
		{`{"name":"Ann","Name":"Bob"}`, "application/json", 422},
		{`{"x":{"a":1,"b":{},"a":2},"name":"Ann"}`, "application/json", 422},
		{`{"x":[{"a":1},{"a":2}],"name":"Ann"}`, "application/json", 200},
		{`{"name":"Ann"}{"name":"Bob"}`, "application/json", 422},
		{`{"name":"Ann"} x`, "application/json", 422},
		{`{"name":"Ann"`, "application/json", 422},
		{`{"name":1e999}`, "application/json", 422},
		{`{"name":{}}`, "application/json", 422},
		{"{\"name\":\"\xff\"}", "application/json", 422},
		{``, "application/json", 422},
		{`[]`, "application/json", 422},
		{deep, "application/json", 422},
		{strings.Repeat("[", 100_000), "application/json", 422},
		{`{"name":"Ann"}`, "text/plain", 422},
		{`{"name":"Ann"}`, "text/json", 422},
		{`{"name":"Ann"}`, "", 422},
		{`{"name":"` + strings.Repeat("a", plein.MaxFormBytes) + `"}`, "application/json", 413},
	} {
		h := newHouse(t)
		got := h.do(ask{who: "ann", method: "POST", path: "/json", body: c.body, header: map[string]string{"Content-Type": c.kind, "Accept": "application/json"}})
		if got.Code != c.status {
			t.Errorf("%.60q as %q: status %d, want %d (%s)", c.body, c.kind, got.Code, c.status, got.Body)
		}
	}
}

// S127, S128: what a machine asks tells no secrets, and numbers are for who may
// have them.
func TestS128NumbersAreForThisMachineOrTheToken(t *testing.T) {
	local := map[string]string{"Accept": "*/*"}
	with := func(k, v string) map[string]string { return map[string]string{"Accept": "*/*", k: v} }
	h := newHouse(t, func(h *house) { h.o.MetricsToken = "geheim" })
	for _, c := range []struct {
		name, from string
		header     map[string]string
		status     int
	}{
		{"this machine", "127.0.0.1:5", local, 200},
		{"this machine, IPv6", "[::1]:5", local, 200},
		{"elsewhere", "192.0.2.1:5", local, 404},
		{"elsewhere, with the token", "192.0.2.1:5", with("Authorization", "Bearer geheim"), 200},
		{"elsewhere, with another token", "192.0.2.1:5", with("Authorization", "Bearer geheim2"), 404},
		{"elsewhere, with no token", "192.0.2.1:5", with("Authorization", "Bearer "), 404},
		{"this machine, with a wrong token", "127.0.0.1:5", with("Authorization", "Bearer x"), 404},
		{"through a proxy here", "127.0.0.1:5", with("X-Forwarded-For", "127.0.0.1"), 404},
		{"through another proxy here", "127.0.0.1:5", with("Via", "1.1 front"), 404},
	} {
		got := h.do(ask{path: "/metrics", from: c.from, header: c.header})
		if got.Code != c.status {
			t.Errorf("%s: status %d, want %d", c.name, got.Code, c.status)
		}
	}
	unknown := h.do(ask{path: "/nothing", header: local})
	if got := h.do(ask{path: "/metrics", from: "192.0.2.1:5", header: local}); got.Body.String() != unknown.Body.String() {
		t.Error("the numbers that are not for you differ from what is not there")
	}
	closed := newHouse(t)
	if got := closed.do(ask{path: "/metrics", from: "192.0.2.1:5", header: with("Authorization", "Bearer ")}); got.Code != 404 {
		t.Error("without a token in the settings an empty one opens")
	}

	h.do(ask{who: "ann", path: "/posts/" + secretID + "?q=geheime+vraag"})
	h.do(ask{path: "/query?q=geheime+vraag", method: "SECRETMETHOD"})
	got := h.do(ask{path: "/metrics", from: "127.0.0.1:5", header: local}).Body.String()
	for _, s := range []string{`route="/posts/{id}"`, `class="4xx"`, "plein_http_request_seconds_bucket"} {
		if !strings.Contains(got, s) {
			t.Errorf("%s is missing", s)
		}
	}
	for _, s := range []string{secretID, "vraag", "Ann", "192.0.2.1", "SECRETMETHOD"} {
		if strings.Contains(got, s) {
			t.Errorf("the numbers tell %q", s)
		}
	}
	ill := newHouse(t, func(h *house) {
		h.o.Ready = func(context.Context) error { return errors.New("postgres://plein:geheim@db: refused") }
	})
	if got := ill.do(ask{path: "/readyz"}); got.Code != 503 || got.Body.String() != "not ready\n" {
		t.Errorf("not ready: %d %s", got.Code, got.Body)
	}
	if got := ill.do(ask{path: "/healthz"}); got.Code != 200 {
		t.Errorf("alive: %d", got.Code)
	}
}

// S104: what is in an address is not in the log.
func TestS104NoTokensInTheLog(t *testing.T) {
	h := newHouse(t)
	h.do(ask{who: "ann", path: "/posts/tokentoken?key=tokentoken", header: map[string]string{"Referer": "https://x/tokentoken", "Authorization": "Bearer tokentoken", "User-Agent": "tokentoken"}})
	h.do(ask{path: "/nothing/tokentoken?key=tokentoken"})
	if s := h.log.String(); strings.Contains(s, "tokentoken") || strings.Count(s, `"msg":"request"`) != 2 {
		t.Errorf("the log:\n%s", s)
	}
}

func TestBodiesHaveALimit(t *testing.T) {
	at := "body=" + strings.Repeat("a", plein.MaxFormBytes-5)
	for _, c := range []struct {
		body   string
		status int
	}{{at, 303}, {at + "a", 413}, {at + strings.Repeat("a", 1<<20), 413}, {"body=%00", 422}, {"body=%ff", 422}, {"body=%zz", 422},
		{strings.Repeat("a=&", maxFields) + "body=x", 422}, {"%ff=x", 422}} {
		h := newHouse(t)
		if got := h.do(ask{who: "ann", method: "POST", path: "/posts", body: c.body}); got.Code != c.status {
			t.Errorf("%d bytes: status %d, want %d", len(c.body), got.Code, c.status)
		}
		// The same without saying beforehand how much it is.
		r := httptest.NewRequest("POST", "/posts", io.NopCloser(strings.NewReader(c.body)))
		r.ContentLength = -1
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Accept", "text/html")
		r.AddCookie(&http.Cookie{Name: "who", Value: "ann"})
		w := httptest.NewRecorder()
		h.srv.ServeHTTP(w, r)
		if w.Code != c.status {
			t.Errorf("%d bytes, undeclared: status %d, want %d", len(c.body), w.Code, c.status)
		}
		if c.status == 413 && (!strings.Contains(w.Body.String(), "256 kB") || len(h.posted) > 0) {
			t.Errorf("what is too large must say what fits: %s", w.Body)
		}
	}
}

func TestUploads(t *testing.T) {
	h := newHouse(t)
	send := func(size int, names ...string) *httptest.ResponseRecorder {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		for _, n := range names {
			w, _ := m.CreateFormFile("file", n)
			_, _ = w.Write(make([]byte, size))
		}
		_ = m.WriteField("alt", "een foto")
		_ = m.Close()
		return h.do(ask{who: "ann", method: "POST", path: "/files", body: b.String(), header: map[string]string{"Content-Type": m.FormDataContentType()}})
	}
	if got := send(900<<10, "a.png"); got.Code != 200 || got.Body.String() != "1" {
		t.Errorf("one file: %d %s", got.Code, got.Body)
	}
	if got := send(0, ""); got.Code != 200 || got.Body.String() != "0" {
		t.Errorf("an empty field is no file: %d %s", got.Code, got.Body)
	}
	if got := send(900<<10, "a.png", "b.png"); got.Code != 413 || !strings.Contains(got.Body.String(), "1 MB") {
		t.Errorf("over the route's own limit: %d %s", got.Code, got.Body)
	}
}

func TestRates(t *testing.T) {
	slow := Rate{PerSecond: 0.001, Burst: 3}
	for _, c := range []struct {
		name   string
		limits Limits
		ask    ask
		other  ask // who is not touched by it
	}{
		{"a person reads", Limits{PersonRead: slow}, ask{who: "ann", path: "/people"}, ask{who: "admin", path: "/people"}},
		{"a person writes", Limits{PersonWrite: slow}, ask{who: "ann", method: "POST", path: "/posts", body: "body=x"}, ask{who: "ann", path: "/people"}},
		{"a stranger reads", Limits{StrangerRead: slow}, ask{path: "/sign-in"}, ask{path: "/sign-in", from: "192.0.2.2:9"}},
		{"a stranger writes", Limits{StrangerWrite: slow}, ask{method: "POST", path: "/posts", body: "body=x"}, ask{path: "/sign-in"}},
		{"one address", Limits{Address: slow}, ask{who: "ann", path: "/people"}, ask{who: "ann", path: "/people", from: "192.0.2.2:9"}},
		{"one address asks for nothing", Limits{Address: slow}, ask{path: "/nothing"}, ask{path: "/nothing", from: "192.0.2.2:9"}},
		{"one IPv6 network", Limits{Address: slow}, ask{path: "/sign-in", from: "[2001:db8::1]:9"}, ask{path: "/sign-in", from: "[2001:db8:0:1::1]:9"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t, func(h *house) { h.o.Limits = &c.limits })
			for i := range slow.Burst {
				if got := h.do(c.ask); got.Code == 429 {
					t.Fatalf("request %d: %s", i, got.Body)
				}
			}
			got := h.do(c.ask)
			if got.Code != 429 || got.Header().Get("Retry-After") == "" || !strings.Contains(got.Body.String(), "Even wachten") {
				t.Fatalf("status %d, header %v", got.Code, got.Header())
			}
			if got := h.do(c.other); got.Code == 429 {
				t.Fatal("somebody else has to wait too")
			}
			if got := h.do(ask{path: "/assets/plein.css"}); got.Code != 200 {
				t.Fatalf("an asset gives %d", got.Code)
			}
		})
	}
}

func TestALimiterForgetsAndStaysSmall(t *testing.T) {
	l := newLimiter[netip.Prefix](Rate{PerSecond: 1, Burst: 1})
	now := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	me := network(netip.MustParseAddr("192.0.2.1"))
	if l.wait(me, now) != 0 {
		t.Fatal("the first request has to wait")
	}
	if w := l.wait(me, now); w <= 0 || w > time.Second {
		t.Fatalf("the second waits %v", w)
	}
	if w := l.wait(me, now.Add(time.Second)); w != 0 {
		t.Fatalf("a second later it waits %v", w)
	}
	for i := range 5 * perGeneration {
		l.wait(network(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})), now)
	}
	if n := l.size(); n > 2*perGeneration {
		t.Fatalf("%d addresses are remembered", n)
	}
	if w := newLimiter[int](Rate{}).wait(1, now); w != 0 {
		t.Fatalf("no limit waits %v", w)
	}
}

// S112, as far as one server goes: two readers of one connection must not see
// different requests.
func TestS112SmuggledRequests(t *testing.T) {
	h := newHouse(t)
	address, stop := serve(t, h.srv)
	defer stop()
	for _, c := range []struct{ name, raw, want string }{
		{"a whole request", "GET /sign-in HTTP/1.1\r\nHost: plein.example.org\r\n\r\n", "HTTP/1.1 200 OK"},
		{"two hosts", "GET /sign-in HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "HTTP/1.1 400 Bad Request"},
		{"no host", "GET /sign-in HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request"},
		{"two lengths", "POST /posts HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "HTTP/1.1 400 Bad Request"},
		{"an odd length", "POST /posts HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello", "HTTP/1.1 400 Bad Request"},
		{"an odd encoding", "POST /posts HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "HTTP/1.1 501 Not Implemented"},
		{"a space before the colon", "GET /sign-in HTTP/1.1\r\nHost: a\r\nX-A : b\r\n\r\n", "HTTP/1.1 400 Bad Request"},
		{"an absolute address", "GET http://evil.org/sign-in HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK"},
		{"an upgrade to h2c", "GET /sign-in HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n", "HTTP/1.1 200 OK"},
		{"large headers", "GET /sign-in HTTP/1.1\r\nHost: a\r\nX-A: " + strings.Repeat("a", 128<<10) + "\r\n\r\n", "HTTP/1.1 431 Request Header Fields Too Large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
			go func() { _, _ = io.WriteString(conn, c.raw) }()
			line, err := bufio.NewReader(conn).ReadString('\n')
			if got := strings.TrimSpace(line); !strings.HasPrefix(got, c.want) {
				t.Errorf("got %q (%v), want %q", got, err, c.want)
			}
		})
	}
	// A length and chunks together: a proxy may have believed the length, so
	// nothing behind the chunks is taken for a request.
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	_, _ = io.WriteString(conn, "POST /posts HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
	all, _ := io.ReadAll(conn)
	if n := bytes.Count(all, []byte("HTTP/1.1 ")); n > 1 || bytes.Contains(all, []byte("alive")) {
		t.Errorf("%d answers:\n%s", n, all)
	}
}

func TestProblemJSONIsWellFormed(t *testing.T) {
	h := newHouse(t)
	for _, how := range []string{"invalid", "denied", "conflict", "large", "fast", "away", "outside", "gone"} {
		got := h.do(ask{path: "/fails/" + how, header: json1})
		var p struct {
			Type, Title, Detail, Key string
			Status                   int
		}
		if err := json.Unmarshal(got.Body.Bytes(), &p); err != nil || p.Status != got.Code || p.Title == "" || p.Detail == "" || p.Key == "" || p.Type == "" {
			t.Errorf("%s: %s (%v)", how, got.Body, err)
		}
		if strings.Contains(got.Body.String(), "⟦") {
			t.Errorf("%s: a word is missing: %s", how, got.Body)
		}
	}
}
