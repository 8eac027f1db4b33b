package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestStepsFollowTheChange(t *testing.T) {
	for _, x := range []struct{ changed, want string }{
		{"internal/square/items/store.go", "[]"},
		{"internal/square/items/card.templ", "[[scripts/templates.sh write]]"},
		{"web/css/plein.css", "[[go run ./web/build]]"},
		{"web/web.go", "[]"},
	} {
		if got := fmt.Sprint(steps([]string{x.changed})); got != x.want {
			t.Errorf("%s: %s, want %s", x.changed, got, x.want)
		}
	}
}

func TestSinceSeesNewChangedAndGone(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, "internal", name) }
	for _, name := range []string{"stays.go", "changes.go", "goes.go", "x_test.go", "x_templ.go", "testdata/x.go", ".x.go"} {
		if err := os.MkdirAll(filepath.Dir(file(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file(name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	before := snapshot(dir)
	if len(before) != 3 {
		t.Fatalf("saw %v", before.paths())
	}
	if err := errors.Join(
		os.Remove(file("goes.go")),
		os.WriteFile(file("new.go"), nil, 0o644),
		os.Chtimes(file("changes.go"), time.Time{}, time.Unix(1, 0)),
	); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(snapshot(dir).since(before), " ")
	if want := file("changes.go") + " " + file("goes.go") + " " + file("new.go"); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestProxyAddsTheScriptToPagesOnly(t *testing.T) {
	inner := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != "plein.example" {
			t.Errorf("the host became %q", r.Host)
		}
		w.Header().Set("ETag", `"x"`)
		w.Header().Set("Content-Type", r.URL.Query().Get("type"))
		_, _ = io.WriteString(w, "<body>é</body>")
	}))
	defer inner.Close()
	p := newProxy(strings.TrimPrefix(inner.URL, "http://"))
	get := func(kind string) string {
		r := httptest.NewRequest(http.MethodGet, "/?type="+kind, nil)
		r.Host = "plein.example"
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		return w.Body.String()
	}
	if got := get("text/html"); !strings.Contains(got, "first build") {
		t.Errorf("before the first build: %s", got)
	}
	p.reload()
	for kind, want := range map[string]string{
		"text/html":  `<body>é<script src="/-/reload.js"></script></body>`,
		"text/plain": `<body>é</body>`,
	} {
		if got := get(kind); got != want {
			t.Errorf("%s: %s, want %s", kind, got, want)
		}
	}
	p.broken(errors.New("store.go:3: <nil>"))
	if got := get("text/html"); !strings.Contains(got, "store.go:3: &lt;nil>") {
		t.Errorf("after a broken build: %s", got)
	}
}

func TestOpenPagesHearOfABuild(t *testing.T) {
	p := newProxy("127.0.0.1:1")
	server := httptest.NewServer(p)
	defer server.Close()
	res, err := http.Get(server.URL + eventsPath)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	next := func() string {
		lines.Scan()
		line := lines.Text()
		lines.Scan() // the blank line between two events
		return line
	}
	if got := next(); got != "data: 0" {
		t.Fatalf("at first: %q", got)
	}
	p.reload()
	if got := next(); got != "data: 1" {
		t.Fatalf("after a build: %q", got)
	}
}
