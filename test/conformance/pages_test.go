package conformance

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"plein/internal/plein"
	"plein/test/house"
)

// both is one thing in each of the two houses: an address, a person, a page.
type both[T any] [2]T

// readers are the same person, signed in to both.
type readers struct {
	pair
	clients both[*http.Client]
}

// signIn opens a session for a person in each house, through a link.
func (p pair) signIn(t testing.TB, person both[plein.ID]) readers {
	t.Helper()
	r := readers{pair: p}
	for n, h := range p {
		r.clients[n] = h.SignedIn(t, person[n])
	}
	return r
}

// answer is what a client receives.
type answer struct {
	status int
	header http.Header
	body   string
}

// get fetches an address of one house.
func get(t testing.TB, h *house.House, c *http.Client, path string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	return do(t, c, req)
}

// post sends a form to one house.
func post(t testing.TB, h *house.House, c *http.Client, path string, form url.Values) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return do(t, c, req)
}

func do(t testing.TB, c *http.Client, req *http.Request) answer {
	t.Helper()
	res, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode >= 500 {
		t.Fatalf("%s %s gives %d\n%s", req.Method, req.URL.Path, res.StatusCode, b)
	}
	return answer{res.StatusCode, res.Header, string(b)}
}

// look fetches the same page in both houses, fails when they differ, and gives
// both answers.
func (r readers) look(t testing.TB, path both[string]) both[answer] {
	t.Helper()
	var out both[answer]
	var shown both[string]
	for n, h := range r.pair {
		out[n] = get(t, h, r.clients[n], path[n])
		shown[n] = masked(out[n])
	}
	if shown[0] != shown[1] {
		t.Errorf("GET %s and %s differ %s", path[0], path[1], difference(shown[0], shown[1]))
	}
	return out
}

// everywhere is an address that is the same in both houses.
func everywhere(path string) both[string] { return both[string]{path, path} }

// What is declared random and may differ. Nothing else may.
var (
	tile      = regexp.MustCompile(`\btile-[1-8]\b`)           // a colour that follows from an id
	listening = regexp.MustCompile(`data-live="[^"]*"`)        // where a browser goes on
	port      = regexp.MustCompile(`127\.0\.0\.1:[0-9]+`)      // of the house itself
	clientKey = regexp.MustCompile(`name="key" value="[^"]*"`) // makes a form count once
	word      = regexp.MustCompile(`\b[0-9a-hjkmnp-tv-z]{13}\b`)
)

// masked is an answer with the declared randoms taken out. Each id becomes a
// number in the order of appearing.
func masked(a answer) string {
	var b strings.Builder
	fmt.Fprintln(&b, a.status)
	header := a.header.Clone()
	header.Del("Date")
	_ = header.Write(&b) // a builder takes everything
	body := clientKey.ReplaceAllLiteralString(a.body, `name="key" value="?"`)
	body = listening.ReplaceAllLiteralString(body, `data-live="?"`)
	body = port.ReplaceAllLiteralString(body, "127.0.0.1:?")
	body = tile.ReplaceAllLiteralString(body, "tile-?")
	b.WriteString(strings.NewReplacer("%7E", "~", "%2F", "/", "%3F", "?", "%3D", "=").Replace(body)) // an id in an address stands by itself
	seen := map[string]string{}
	return word.ReplaceAllStringFunc(b.String(), func(id string) string {
		if seen[id] == "" {
			if _, err := plein.ParseID(id); err != nil {
				return id
			}
			seen[id] = fmt.Sprintf("<%d>", len(seen)+1)
		}
		return seen[id]
	})
}

// difference shows the first place where two answers differ.
func difference(a, b string) string {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	around := func(s string) string { return s[max(0, n-200):min(len(s), n+200)] }
	return fmt.Sprintf("at byte %d of %d and %d:\n--- sqlite\n%s\n--- postgres\n%s", n, len(a), len(b), around(a), around(b))
}

var (
	threadOn = regexp.MustCompile(`<article class="card post[^"]*" id="p-(\w{13})"`)
	onPage   = regexp.MustCompile(`id="p-(\w{13})"`)
	nextPage = regexp.MustCompile(`<a href="([^"]+)" rel="next">`)
	anyLink  = regexp.MustCompile(`(?:href|src)="(/[^"#]*)`)
	keyOf    = regexp.MustCompile(`name="key" value="([^"]+)"`)
)

// found lists what an expression finds in its brackets.
func found(re *regexp.Regexp, body string) (out []string) {
	for _, m := range re.FindAllStringSubmatch(body, -1) {
		out = append(out, html.UnescapeString(m[1]))
	}
	return out
}

// follow walks from a page to its last by the links to the next, and gives what
// every page shows.
func (r readers) follow(t testing.TB, from both[string], shows *regexp.Regexp) (ids both[[]string], pages int) {
	t.Helper()
	for at := from; at[0] != ""; pages++ {
		if pages > 1000 {
			t.Fatalf("%s does not end", from[0])
		}
		got := r.look(t, at)
		for n, a := range got {
			if a.status != http.StatusOK {
				t.Fatalf("%s gives %d", at[n], a.status)
			}
			ids[n] = append(ids[n], found(shows, a.body)...)
			at[n] = ""
			if next := found(nextPage, a.body); len(next) > 0 {
				at[n] = next[0]
			}
		}
	}
	return ids, pages
}

// pattern is an address with its ids and questions taken out: pages that look alike.
func pattern(path string) string {
	path, query, _ := strings.Cut(path, "?")
	path = word.ReplaceAllString(path, "{id}")
	if strings.HasPrefix(path, "/tags/") {
		path = "/tags/{tag}"
	}
	if query != "" {
		v, _ := url.ParseQuery(query) // a broken one is one of no names
		names := []string{}
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		path += "?" + strings.Join(names, "&")
	}
	return path
}

// crawl walks through both houses at once along every link, at most a number of
// pages of each pattern, and compares all. It gives how many of which it saw.
func (r readers) crawl(t testing.TB, most int, from ...both[string]) map[string]int {
	t.Helper()
	seen := map[string]int{}
	met := map[string]bool{}
	todo := from
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		if met[at[0]] || seen[pattern(at[0])] >= most {
			continue
		}
		met[at[0]] = true
		seen[pattern(at[0])]++
		if ownToTheMachine(at[0]) {
			for n, h := range r.pair {
				if a := get(t, h, r.clients[n], at[n]); a.status != http.StatusOK {
					t.Errorf("%s gives %d", at[n], a.status)
				}
			}
			continue
		}
		got := r.look(t, at)
		if got[0].status >= 400 {
			t.Errorf("a link leads to %s, which gives %d", at[0], got[0].status)
		}
		links := both[[]string]{found(anyLink, got[0].body), found(anyLink, got[1].body)}
		if len(links[0]) != len(links[1]) {
			continue // told already
		}
		for n := range links[0] {
			if !strings.HasPrefix(links[0][n], "/assets/") {
				todo = append(todo, both[string]{links[0][n], links[1][n]})
			}
		}
	}
	return seen
}

// ownToTheMachine says that a page tells about the machine and the database, which
// are two.
func ownToTheMachine(path string) bool { return strings.HasPrefix(path, "/admin/health") }
