package words

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"
	_ "time/tzdata" // the tests do not lean on the machine's zones

	"plein/internal/plein"
)

func file(text string) fstest.MapFS {
	return fstest.MapFS{"words.toml": {Data: []byte(text)}}
}

const sample = `
["t.hello"]
nl = "Dag {name}"
en = "Hello {name}"
["t.members"]
nl = {one = "{n} lid", other = "{n} leden"}
en = {one = "{n} member", other = "{n} members"}
["t.plain"]
nl = "Plaats"
en = "Post"
["t.two"]
nl = "{a}, {b} en {a}"
en = "{b}: {a}"
`

func catalogue(t *testing.T) *Catalogue {
	t.Helper()
	c, err := New(file(sample))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSay(t *testing.T) {
	c := catalogue(t)
	for _, tc := range []struct {
		lang, key string
		args      plein.Args
		want      string
	}{
		{"nl", "t.plain", nil, "Plaats"},
		{"en", "t.plain", nil, "Post"},
		{"fr", "t.plain", nil, "Plaats"},
		{"nl", "t.hello", plein.Args{"name": "Samira"}, "Dag Samira"},
		{"nl", "t.hello", plein.Args{"name": "<b>{n}"}, "Dag <b>{n}"},
		{"nl", "t.hello", nil, "Dag {name}"},
		{"nl", "t.members", plein.Args{"n": 1}, "1 lid"},
		{"nl", "t.members", plein.Args{"n": int64(1)}, "1 lid"},
		{"nl", "t.members", plein.Args{"n": 0}, "0 leden"},
		{"nl", "t.members", plein.Args{"n": 4212}, "4.212 leden"},
		{"en", "t.members", plein.Args{"n": 4212}, "4,212 members"},
		{"nl", "t.two", plein.Args{"a": "x", "b": 2.5}, "x, 2,5 en x"},
		{"en", "t.two", plein.Args{"a": "x", "b": 2.0}, "2: x"},
		{"nl", "no.such", nil, "⟦no.such⟧"},
	} {
		if got := c.Say(tc.lang, tc.key, tc.args); got != tc.want {
			t.Errorf("%s %s: got %q, want %q", tc.lang, tc.key, got, tc.want)
		}
	}
	if !c.Has("t.plain") || c.Has("t.none") || !c.Has("error.not_found") {
		t.Error("Has is wrong about a key")
	}
}

func TestSpeakerTakesPairs(t *testing.T) {
	s := catalogue(t).For("en", nil)
	if got := s.T("t.members", "x", 3, "n", 1); got != "1 member" {
		t.Errorf("got %q", got)
	}
	if got := (Speaker{}).T("t.plain"); got != "⟦t.plain⟧" {
		t.Errorf("the zero speaker said %q", got)
	}
	if s.Lang() != "en" || (Speaker{}).Lang() != "nl" {
		t.Error("a speaker forgot its language")
	}
}

func TestBrokenFilesAreRefused(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"missing language": {"[\"a.b\"]\nnl = \"x\"", "en: missing"},
		"empty":            {"[\"a.b\"]\nnl = \" \"\nen = \"x\"", "nl: empty"},
		"twice":            {"[\"error.denied\"]\nnl = \"x\"\nen = \"x\"", "is there twice"},
		"other gaps":       {"[\"a.b\"]\nnl = \"{name}\"\nen = \"{nam}\"", "fills in"},
		"half a plural":    {"[\"a.b\"]\nnl = {one = \"x\"}\nen = \"x\"", "needs one and other"},
		"third language":   {"[\"a.b\"]\nnl = \"x\"\nen = \"x\"\nfr = \"x\"", "unknown language"},
		"unquoted":         {"[a.b]\nnl = \"x\"\nen = \"x\"", "unknown language"},
		"open brace":       {"[\"a.b\"]\nnl = \"x {n\"\nen = \"x {n\"", "not closed"},
		"a number":         {"[\"a.b\"]\nnl = 3\nen = \"x\"", "want a sentence"},
		"not toml":         {"[[", "file 1"},
	} {
		_, err := New(file(tc.text))
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want an error with %q", name, err, tc.want)
		}
	}
	if _, err := New(Words(), file(sample)); err != nil {
		t.Errorf("the shared words handed over once more: %v", err)
	}
	if _, err := New(fstest.MapFS{}); err == nil {
		t.Error("a package without words.toml was accepted")
	}
	if _, err := New(file(sample), file(sample)); err == nil || strings.Count(err.Error(), "twice") != 4 {
		t.Errorf("all duplicates are told at once, got %v", err)
	}
}

func TestAgo(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 20, 12, 2, 0, 0, zone)
	c := catalogue(t)
	at := func(y int, m time.Month, d, h, min int) time.Time { return time.Date(y, m, d, h, min, 0, 0, zone) }
	for _, tc := range []struct {
		t      time.Time
		nl, en string
	}{
		{now, "zojuist", "just now"},
		{now.Add(20 * time.Second), "zojuist", "just now"},
		{now.Add(-59 * time.Second), "zojuist", "just now"},
		{now.Add(-time.Minute), "1 min geleden", "1 min ago"},
		{at(2026, 11, 20, 11, 42), "20 min geleden", "20 min ago"},
		{at(2026, 11, 20, 11, 2), "1 uur geleden", "1 hour ago"},
		{at(2026, 11, 20, 0, 1), "12 uur geleden", "12 hours ago"},
		{at(2026, 11, 19, 23, 59), "gisteren, 23:59", "yesterday, 23:59"},
		{at(2026, 11, 19, 8, 30), "gisteren, 8:30", "yesterday, 8:30"},
		{at(2026, 11, 19, 0, 0), "gisteren, 0:00", "yesterday, 0:00"},
		{at(2026, 11, 18, 23, 59), "18 november", "18 November"},
		{at(2026, 1, 1, 0, 0), "1 januari", "1 January"},
		{at(2024, 11, 19, 8, 5), "19 november 2024", "19 November 2024"},
		{at(2026, 11, 21, 8, 5), "21 november 2026, 8:05", "21 November 2026, 8:05"},
	} {
		if got := c.For("nl", zone).Ago(tc.t.UTC(), now); got != tc.nl {
			t.Errorf("%v: got %q, want %q", tc.t, got, tc.nl)
		}
		if got := c.For("en", zone).Ago(tc.t, now.UTC()); got != tc.en {
			t.Errorf("%v: got %q, want %q", tc.t, got, tc.en)
		}
	}
	justAfterMidnight := at(2026, 11, 20, 0, 30)
	if got := c.For("nl", zone).Ago(at(2026, 11, 19, 22, 20), justAfterMidnight); got != "2 uur geleden" {
		t.Errorf("two hours across midnight: got %q", got)
	}
}

func TestYesterdayKeepsTheReadersZone(t *testing.T) {
	amsterdam, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 19, 23, 30, 0, 0, time.UTC) // 0:30 on the 20th in Amsterdam
	now := time.Date(2026, 11, 20, 11, 0, 0, 0, time.UTC)
	c := catalogue(t)
	if got := c.For("nl", amsterdam).Ago(at, now); got != "11 uur geleden" {
		t.Errorf("got %q", got)
	}
	if got := c.For("nl", nil).Ago(at, now); got != "gisteren, 23:30" {
		t.Errorf("got %q", got)
	}
}

func TestNumbersAndBytes(t *testing.T) {
	c := catalogue(t)
	nl, en := c.For("nl", nil), c.For("en", nil)
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1.000", 1350: "1.350", -1234567: "-1.234.567", 100000: "100.000"} {
		if got := nl.Number(n); got != want {
			t.Errorf("%d: got %q, want %q", n, got, want)
		}
	}
	if got := en.Number(1350); got != "1,350" {
		t.Errorf("got %q", got)
	}
	for n, want := range map[int64]string{-1: "0 B", 0: "0 B", 999: "999 B", 1000: "1 kB", 340_400: "340 kB", 999_600: "1,0 MB",
		1_234_567: "1,2 MB", 50 << 20: "52 MB", 3_500_000_000: "3,5 GB"} {
		if got := nl.Bytes(n); got != want {
			t.Errorf("%d bytes: got %q, want %q", n, got, want)
		}
	}
	if got := en.Bytes(1_234_567); got != "1.2 MB" {
		t.Errorf("got %q", got)
	}
}

func BenchmarkT(b *testing.B) {
	c, err := New(file(sample))
	if err != nil {
		b.Fatal(err)
	}
	s := c.For("nl", time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		_ = s.T("t.members", "n", 4212)
	}
}
