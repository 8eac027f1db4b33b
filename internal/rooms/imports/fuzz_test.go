package imports

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
	"unicode/utf8"

	"plein/internal/platform/text"
	"plein/internal/plein"
)

// weigher is a checker that also looks at what the writer would be given.
type weigher struct {
	*checker
	t *testing.T
}

func (w weigher) item(it *stagedItem) error {
	limit := plein.MaxBody
	if it.parent != "" {
		limit = plein.MaxReply
	}
	if n := utf8.RuneCountInString(it.body); n > limit {
		w.t.Errorf("%s: a body of %d characters", it.at, n)
	}
	if !utf8.ValidString(it.body) || bytes.ContainsRune([]byte(it.body), 0) {
		w.t.Errorf("%s: a body that no database takes: %q", it.at, it.body)
	}
	if it.body == "" && len(it.files) == 0 {
		w.t.Errorf("%s: nothing is left of the message", it.at)
	}
	return w.checker.item(it)
}

func (w weigher) person(p stagedPerson) error {
	if _, err := text.CleanName(p.Name, plein.MaxName); err != nil {
		w.t.Errorf("%s: %q is no name", p.at, p.Name)
	}
	return w.checker.person(p)
}

// survive reads an export twice, as an import does, and sees that nothing but a
// problem comes out.
func survive(t *testing.T, open func(string, limits, phrases) (reader, error), file string, content []byte) {
	path := filepath.Join(t.TempDir(), file)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	l := theLimits()
	l.Unpacked, l.Messages, l.Record = 8<<20, 2000, 64<<10
	said := phrases{bot: "bot", channel: "channel", empty: "(empty)", deleted: "(deleted)", attachment: func(n string) string { return "file " + n }}
	var one Problem
	var many Problems
	r, err := open(path, l, said)
	if err != nil {
		if !errors.As(err, &one) {
			t.Fatalf("not a problem: %v", err)
		}
		return
	}
	defer r.close()
	for range 2 {
		c := newChecker(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), l, nil)
		if err := c.result(r.read(context.Background(), weigher{c, t})); err != nil {
			if !errors.As(err, &one) && !errors.As(err, &many) {
				t.Fatalf("not a problem: %v", err)
			}
			return
		}
	}
}

func FuzzSlack(f *testing.F) {
	f.Add([]byte(`[{"id":"U1","name":"a"}]`), []byte(`[{"id":"C1","name":"talk","members":["U1"]}]`),
		[]byte(`[{"type":"message","user":"U1","text":"*a* <@U1> <https://a.example|b> `+"```x```"+`","ts":"1577836800.1","thread_ts":"1577836800.1","reactions":[{"name":"+1","users":["U1"]}],"files":[{"id":"F","name":"n"}]}]`))
	f.Add([]byte(`[]`), []byte(`[{"id":1,"name":null}]`), []byte(`[{"ts":"1577836801.0","thread_ts":"1577836800.0"},{"ts":"1577836800.0","thread_ts":"1577836801.0"}]`))
	f.Fuzz(func(t *testing.T, users, channels, day []byte) {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for _, e := range []struct {
			name    string
			content []byte
		}{{"users.json", users}, {"channels.json", channels}, {"dms.json", channels}, {"talk/2020-01-01.json", day}, {"C1/2020-01-02.json", day}} {
			f, err := w.Create(e.name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Write(e.content); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		survive(t, openSlack, "e.zip", b.Bytes())
	})
}

func FuzzZip(f *testing.F) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	if e, err := w.Create("users.json"); err != nil {
		f.Fatal(err)
	} else if _, err := e.Write([]byte(`[{"id":"U1"}]`)); err != nil {
		f.Fatal(err)
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, content []byte) { survive(t, openSlack, "e.zip", content) })
}

func FuzzMattermost(f *testing.F) {
	f.Add([]byte(`{"type":"version","version":1}
{"type":"team","team":{"name":"t","type":"O","allow_open_invite":true}}
{"type":"channel","channel":{"team":"t","name":"c","type":"O"}}
{"type":"user","user":{"username":"ann","email":"a@b.nl","teams":[{"name":"t","channels":[{"name":"c","roles":"channel_admin"}]}]}}
{"type":"post","post":{"team":"t","channel":"c","user":"ann","message":"@ann ~c ` + "`x`" + `","create_at":1577836800000,"props":{"plein_title":"T"},"replies":[{"user":"bob","message":"x","create_at":1577836800000,"replies":[{"user":"x","create_at":1577836800000}]}],"attachments":[{"path":"../x"}]}}
{"type":"direct_post","direct_post":{"channel_members":["ann","bob"],"user":"ann","message":"x","create_at":1577836800000}}`))
	f.Fuzz(func(t *testing.T, content []byte) { survive(t, openMattermost, "e.jsonl", content) })
}

func FuzzPeople(f *testing.F) {
	f.Add([]byte("email,name,given_name,title,department,location,manager_email,languages\na@b.nl,Ann,,,A / B,,c@d.nl,\"nl, en\"\n"))
	f.Add([]byte("\ufeffE-mail;Name\na@b.nl;\"x\ny\"\n"))
	f.Fuzz(func(t *testing.T, content []byte) { survive(t, openPeople, "e.csv", content) })
}
