package twoworlds

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"plein/internal/plein"
)

// answer is everything that a client receives.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// ask sends a request as a viewer. Nothing is followed.
func (w *world) ask(viewer int, q request) answer {
	w.t.Helper()
	q = q.in(w)
	if strings.Contains(q.path, "{key}") {
		q.path = strings.ReplaceAll(q.path, "{key}", w.feedKey(viewer))
	}
	var body io.Reader
	if q.method == http.MethodPost {
		body = strings.NewReader(q.form)
	}
	r, err := http.NewRequestWithContext(w.ctx, q.method, w.URL+q.path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Accept", "text/html")
	if q.json {
		r.Header.Set("Accept", "application/json")
	}
	r.Header.Set("Accept-Language", "nl")
	r.Header.Set("Accept-Encoding", "identity")
	if body != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := w.client(viewer).Do(r)
	if err != nil {
		w.t.Fatalf("%s: %v", q, err)
	}
	defer res.Body.Close()
	a := answer{status: res.StatusCode, header: res.Header}
	if q.stream && q.method == http.MethodGet && res.StatusCode == http.StatusOK {
		a.body = greeting(res.Body)
	} else if a.body, err = io.ReadAll(res.Body); err != nil {
		w.t.Fatalf("%s: %v", q, err)
	}
	if a.status >= 500 && a.status != http.StatusServiceUnavailable {
		w.t.Fatalf("%s gives %d\n%s", q, a.status, tail(w.log.String(), 1500))
	}
	return a
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }

// raw is all of an answer, for looking through.
func (a answer) raw() []byte {
	var b bytes.Buffer
	fmt.Fprintln(&b, a.status)
	for _, name := range headerNames(a.header) {
		for _, v := range a.header[name] {
			fmt.Fprintf(&b, "%s: %s\n", name, plain(name, v))
		}
	}
	b.WriteByte('\n')
	b.Write(a.body)
	return b.Bytes()
}

func headerNames(h http.Header) []string {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// plain shows what a flash cookie says; it is base64 on the way.
func plain(name, value string) string {
	if rest, ok := strings.CutPrefix(value, "plein-flash="); ok && name == "Set-Cookie" {
		coded, after, _ := strings.Cut(rest, ";")
		if text, err := base64.RawURLEncoding.DecodeString(coded); err == nil {
			return "plein-flash=" + string(text) + ";" + after
		}
	}
	return value
}

// What is declared random, and so may differ between the worlds. Nothing else may.
var (
	tile      = regexp.MustCompile(`\btile-[1-8]\b`)                 // a colour that follows from an id
	clientKey = regexp.MustCompile(`name="key" value="[^"]*"`)       // makes a form count once
	followed  = regexp.MustCompile(`data-live="[^"]*"|(?m)^id: .*$`) // a sealed place in the change log, another each time
	draft     = regexp.MustCompile(`\bplein-draft=[\w-]{43}`)        // the key to what was typed without a session
	hostPort  = regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+`)     // where this house listens
	feedKey   = regexp.MustCompile(`/feeds/[\w-]{43}/`)              // a key that was made just now
	etag      = regexp.MustCompile(`Etag: "[0-9a-f]{32}"`)           // a digest of the body, which is compared itself
)

var escapes = strings.NewReplacer("%2F", "/", "%3F", "?", "%3D", "=", "%26", "&", "%7E", "~")

// masked is the answer with the declared randoms taken out. An id becomes what the
// script calls the thing; one that the script does not know (a session) gets a
// number in the order of appearing.
func (w *world) masked(a answer, names map[string]string) string {
	header := a.header.Clone()
	header.Del("Date")
	text := string(answer{a.status, header, a.body}.raw())
	for _, m := range []struct {
		has, is string
		re      *regexp.Regexp
	}{
		{`name="key"`, `name="key" value="?"`, clientKey}, {"plein-draft=", "plein-draft=?", draft},
		{"data-live=", "live=?", followed}, {"id: ", "live=?", followed},
		{"/feeds/", "/feeds/?/", feedKey}, {"Etag", "Etag: ?", etag},
		{"127.0.0.1", "http://house", hostPort}, {"tile-", "tile-?", tile},
	} {
		if strings.Contains(text, m.has) { // looking is much cheaper than matching
			text = m.re.ReplaceAllString(text, m.is)
		}
	}
	text = escapes.Replace(text) // an id in an address in an address stands by itself again
	unknown := map[string]string{}
	return eachID(text, func(s string) string {
		if name, ok := names[s]; ok {
			return "<" + name + ">"
		}
		if _, err := plein.ParseID(s); err != nil {
			return s
		}
		if unknown[s] == "" {
			unknown[s] = fmt.Sprintf("<unknown %d>", len(unknown)+1)
		}
		return unknown[s]
	})
}

// eachID rewrites every word of thirteen small letters and digits, which is how an
// id is shown.
func eachID(text string, rewrite func(string) string) string {
	var b strings.Builder
	b.Grow(len(text))
	for at := 0; at < len(text); {
		end := at
		for end < len(text) && isWord(text[end]) {
			end++
		}
		switch {
		case end-at == 13:
			b.WriteString(rewrite(text[at:end]))
		case end > at:
			b.WriteString(text[at:end])
		default:
			b.WriteByte(text[at])
			end++
		}
		at = end
	}
	return b.String()
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c == '_'
}

// names says what the script calls the things of this world. It is made anew for
// every comparison, because ids are shown with a key that all houses of one process
// share: that of the house opened last.
func (w *world) names() map[string]string {
	out := map[string]string{}
	for ref, id := range w.ids {
		out[id.String()] = ref
	}
	return out
}

var link = regexp.MustCompile(`(?:href|src)="(/[^"#]*)`)

// links lists the addresses in a page, in what the script calls things.
func links(page string) (out []string) {
	for _, found := range link.FindAllStringSubmatch(page, -1) {
		to := html.UnescapeString(found[1])
		if !strings.HasPrefix(to, "/assets/") && !slices.Contains(out, to) {
			out = append(out, to)
		}
	}
	return out
}

var length = regexp.MustCompile(`Content-Length: [0-9]+`)

// difference shows the first place where two answers differ, other than in how
// long they are.
func difference(a, b string) string {
	a, b = length.ReplaceAllString(a, "Content-Length: ?"), length.ReplaceAllString(b, "Content-Length: ?")
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	around := func(s string) string { return s[max(0, n-300):min(len(s), n+300)] }
	return fmt.Sprintf("at byte %d of %d and %d:\n--- with\n%s\n--- without\n%s", n, len(a), len(b), around(a), around(b))
}

var anyToken = regexp.MustCompile(`(?i)zq([0-9]{5})x`)

// tokens lists the tokens in what a client received, but not those it sent itself.
func tokens(q request, received []byte) (out []int) {
	low := bytes.ToLower(received)
	sent := strings.ToLower(q.path + q.form)
	for {
		at := bytes.Index(low, []byte("zq"))
		if at < 0 {
			return out
		}
		low = low[at:]
		found := anyToken.FindSubmatch(low[:min(len(low), 8)])
		if found != nil && !strings.Contains(sent, string(found[0])) {
			n, _ := strconv.Atoi(string(found[1])) // five digits
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
		low = low[2:]
	}
}
