package main_test

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

var (
	open     = regexp.MustCompile(`msg="Plein is open" address=(http://127\.0\.0\.1:\d+) `)
	codeLine = regexp.MustCompile(`msg="setup: there is no administrator yet; [^"]*" page=http://127\.0\.0\.1:\d+/setup code=([A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4})\n`)
)

// serve opens a data folder on a port that is free.
func serve(t testing.TB, data string, args ...string) *running {
	t.Helper()
	return start(t, open, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", data}, args...)...)
}

func TestTheFirstAdministrator(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	r := serve(t, data)
	code := r.await(codeLine)
	admin := func(code string) url.Values {
		return url.Values{"code": {code}, "name": {"Anna Bos"}, "email": {"anna@example.org"}, "password": {"een zin die niemand raadt"}}
	}
	if status, body := page(t, browser(), r.url+"/setup"); status != http.StatusOK || strings.Contains(body, code) {
		t.Errorf("/setup gives %d, with the code %t", status, strings.Contains(body, code))
	}
	if status, _ := send(t, browser(), r.url+"/setup", admin("AAAA-AAAA-AAAA")); status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong code gives %d", status)
	}
	c := browser()
	if status, body := send(t, c, r.url+"/setup", admin(code)); status != http.StatusSeeOther {
		t.Fatalf("the code gives %d:\n%s", status, body)
	}
	if status, body := page(t, c, r.url+"/"); status != http.StatusOK || !strings.Contains(body, "Anna Bos") {
		t.Errorf("the square gives %d", status)
	}
	if status, _ := page(t, c, r.url+"/admin"); status != http.StatusOK {
		t.Errorf("/admin gives %d", status)
	}
	for _, c := range []*http.Client{c, browser()} {
		if status, _ := page(t, c, r.url+"/setup"); status != http.StatusNotFound {
			t.Errorf("/setup is still there: %d", status)
		}
		if status, _ := send(t, c, r.url+"/setup", admin(code)); status != http.StatusNotFound {
			t.Errorf("/setup still works: %d", status)
		}
	}
	if code := r.stop(); code != 0 {
		t.Errorf("SIGTERM ended it with %d:\n%s", code, r.text())
	}
	again := serve(t, data)
	if strings.Contains(again.text(), "setup") {
		t.Errorf("the second start speaks of a set-up:\n%s", again.text())
	}
}

func TestTheCodeIsSaidAtAnyLogLevel(t *testing.T) {
	r := start(t, regexp.MustCompile(`"page":"(http://127\.0\.0\.1:\d+)/setup","code":"[A-Z2-7-]{14}"`),
		"serve", "--listen", "127.0.0.1:0", "--data", filepath.Join(t.TempDir(), "data"), "--log-level", "error", "--log-format", "json")
	if strings.Count(r.text(), "\n") != 1 {
		t.Errorf("it says more:\n%s", r.text())
	}
}

func TestASecondServerOnTheSameFolder(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	serve(t, data)
	refused(t, 1, "another Plein is using this data folder; stop it first", "serve", "--listen", "127.0.0.1:0", "--data", data)
	refused(t, 1, "another Plein is using this data folder; stop it first", "people", "list", "--data", data)
}

func TestATakenPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	data := filepath.Join(t.TempDir(), "data")
	for _, command := range []string{"serve", "demo"} {
		refused(t, 1, "listen: "+l.Addr().String()+" is taken by another program", command, "--listen", l.Addr().String(), "--data", data)
	}
	if out := must(t, "people", "list", "--data", data); out != "" {
		t.Errorf("the demo was made all the same:\n%s", out)
	}
}

func TestItEndsWhileConnectionsAreOpen(t *testing.T) {
	r := serve(t, filepath.Join(t.TempDir(), "data"))
	// One connection that says nothing, one that stays after its answer.
	silent, err := net.Dial("tcp", strings.TrimPrefix(r.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	if status, _ := page(t, browser(), r.url+"/readyz"); status != http.StatusOK {
		t.Errorf("/readyz gives %d", status)
	}
	if code := r.stop(); code != 0 {
		t.Errorf("SIGTERM ended it with %d:\n%s", code, r.text())
	}
}

func TestManyFirstRequestsAtOnce(t *testing.T) {
	r := serve(t, filepath.Join(t.TempDir(), "data"))
	paths := []string{"/", "/sign-in", "/setup", "/sign-in/password", "/readyz", "/help", "/nowhere", "/groups"}
	var wg sync.WaitGroup
	begin := make(chan struct{})
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for n := range 64 {
		wg.Go(func() {
			<-begin
			path := paths[n%len(paths)]
			res, err := client.Get(r.url + path)
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
			if want := http.StatusInternalServerError; res.StatusCode >= want || res.StatusCode == http.StatusTooManyRequests {
				t.Errorf("%s gives %d", path, res.StatusCode)
			}
		})
	}
	close(begin)
	wg.Wait()
	if strings.Contains(r.text(), "level=ERROR") {
		t.Errorf("the log says:\n%s", r.text())
	}
}
