package main_test

import (
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	demoIsOpen = regexp.MustCompile(`(?s)The Lingeziekenhuis is open at (http://127\.0\.0\.1:\d+)\n.*Stop with Ctrl\+C`)
	demoLine   = regexp.MustCompile(`(?m)^  (nurse|team leader|director|community manager|technical admin) +(\S.*\S) +(http://127\.0\.0\.1:\d+)(/sign-in/link/[\w-]{43})$`)
)

func TestTheDemoOpensForFiveRoles(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	r := start(t, demoIsOpen, "demo", "--listen", "127.0.0.1:0", "--data", data, "--extra", "0")
	signIn := func(text string) {
		lines := demoLine.FindAllStringSubmatch(text, -1)
		if len(lines) != 5 {
			t.Fatalf("%d links in:\n%s", len(lines), text)
		}
		for _, l := range lines {
			c := browser()
			if status, _ := send(t, c, r.url+l[4], nil); status != http.StatusSeeOther {
				t.Fatalf("the link of the %s gives %d", l[1], status)
			}
			status, body := page(t, c, r.url+"/")
			if name := strings.TrimSpace(l[2]); status != http.StatusOK || !strings.Contains(body, name) || strings.Count(body, "<article") < 10 {
				t.Errorf("the square of the %s gives %d with %d posts, with the name %t", l[1], status, strings.Count(body, "<article"), strings.Contains(body, name))
			}
			admin, _ := page(t, c, r.url+"/admin")
			if looksAfter := l[1] == "community manager" || l[1] == "technical admin"; (admin == http.StatusOK) != looksAfter {
				t.Errorf("/admin gives the %s %d", l[1], admin)
			}
		}
	}
	signIn(r.text())
	if code := r.stop(); code != 0 {
		t.Errorf("SIGTERM ended it with %d", code)
	}
	// A second start plants nothing and links to where people look for it.
	r = start(t, demoIsOpen2, "demo", "--listen", "127.0.0.1:0", "--base-url", "http://127.0.0.1:9", "--data", data)
	if strings.Contains(r.text(), "Making") || strings.Count(r.text(), " http://127.0.0.1:9/sign-in/link/") != 5 {
		t.Errorf("the second start says:\n%s", r.text())
	}
}

var demoIsOpen2 = regexp.MustCompile(`is open at (http://127\.0\.0\.1:9)\n(?s:.*)Stop with`)

func TestTheDemoLeavesOthersAlone(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	must(t, "people", "add", "anna@example.org", "Anna Bos", "--data", data)
	refused(t, 1, "holds another organisation than the demo", "demo", "--listen", "127.0.0.1:0", "--data", data)
}
