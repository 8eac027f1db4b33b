package imports_test

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"plein/internal/platform/db"
	"plein/internal/rooms/imports"
	"plein/internal/rooms/imports/importstest"
)

const (
	users    = `[{"id":"U1","name":"ann","real_name":"Ann"}]`
	channels = `[{"id":"C1","name":"talk","members":["U1"]}]`
)

// day makes a Slack export whose one day holds these messages.
func day(t testing.TB, messages string) string {
	return slackZip(t, map[string]string{"users.json": users, "channels.json": channels, "talk/2020-01-01.json": messages})
}

func lines(t testing.TB, all ...string) string { return write(t, "e.jsonl", mattermostFile(all...)) }

func aPost(fields string) string {
	return `{"type":"post","post":{"team":"t","channel":"talk","user":"ann","message":"m",` + fields + `}}`
}

// Each of these is refused with lines that say where and why, and nothing at all
// is written.
func TestBadExportsAreRefusedWhole(t *testing.T) {
	h := importstest.Build(t, db.SQLite)
	before := rows(t, h)
	good := `{"type":"message","user":"U1","text":"fine","ts":"1577836800.000100"}`
	cases := []struct {
		name, format string
		path         func(t *testing.T) string
		want         string // in the message
	}{
		{"no file", "slack", func(t *testing.T) string { return filepath.Join(t.TempDir(), "no.zip") }, "no.zip: there is no such file"},
		{"a folder", "slack", func(t *testing.T) string { return t.TempDir() }, "is a folder"},
		{"empty file", "slack", func(t *testing.T) string { return write(t, "e.zip", "") }, "e.zip: the file is empty"},
		{"empty lines", "mattermost", func(t *testing.T) string { return write(t, "e.jsonl", "") }, "the file is empty"},
		{"blank lines", "mattermost", func(t *testing.T) string { return write(t, "e.jsonl", "\n\n") }, "the file is empty"},
		{"empty list", "people", func(t *testing.T) string { return write(t, "e.csv", "") }, "the file is empty"},
		{"list without people", "people", func(t *testing.T) string { return write(t, "e.csv", "email,name\n") }, "holds no people"},
		{"unknown format", "yammer", func(t *testing.T) string { return write(t, "e.zip", "x") }, "is not a format"},
		{"broken zip", "slack", func(t *testing.T) string { return write(t, "e.zip", "PK\x03\x04 and then nothing") }, "not a zip archive"},
		{"cut zip", "slack", func(t *testing.T) string {
			b, err := os.ReadFile(day(t, "["+good+"]"))
			if err != nil {
				t.Fatal(err)
			}
			return write(t, "cut.zip", string(b[:len(b)-30]))
		}, "not a zip archive"},
		{"bytes changed", "slack", func(t *testing.T) string {
			path := zipOf(t, func(w *zip.Writer) {
				add(t, w, "users.json", users)
				f, err := w.CreateHeader(&zip.FileHeader{Name: "channels.json", Method: zip.Store})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := f.Write([]byte(channels)); err != nil {
					t.Fatal(err)
				}
			})
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			return write(t, "changed.zip", strings.Replace(string(b), `"talk"`, `"walk"`, 1))
		}, "channels.json: cannot be unpacked"},
		{"another archive", "slack", func(t *testing.T) string {
			return zipOf(t, func(w *zip.Writer) { add(t, w, "readme.txt", "hello") })
		}, "holds no users.json"},
		{"bomb", "slack", func(t *testing.T) string {
			return day(t, "["+good+strings.Repeat(" ", 64<<20)+"]")
		}, "unpacks to more than 200 times its size"},
		{"climbing path", "slack", func(t *testing.T) string {
			return slackZip(t, map[string]string{"users.json": users, "../../etc/cron.d/x": "x"})
		}, "climbs out"},
		{"hidden climb", "slack", func(t *testing.T) string {
			return slackZip(t, map[string]string{"users.json": users, "talk/../../x": "x"})
		}, "climbs out"},
		{"absolute path", "slack", func(t *testing.T) string {
			return slackZip(t, map[string]string{"users.json": users, "/etc/x": "x"})
		}, "absolute"},
		{"drive letter", "slack", func(t *testing.T) string {
			return slackZip(t, map[string]string{"users.json": users, "C:/x": "x"})
		}, "absolute"},
		{"backslash", "slack", func(t *testing.T) string {
			return slackZip(t, map[string]string{"users.json": users, `..\x`: "x"})
		}, "no path may hold"},
		{"NUL in a path", "slack", func(t *testing.T) string {
			return slackZip(t, map[string]string{"users.json": users, "a\x00b": "x"})
		}, "no path may hold"},
		{"case collision", "slack", func(t *testing.T) string {
			return slackZip(t, map[string]string{"users.json": users, "Users.json": users})
		}, "is there twice"},
		{"link", "slack", func(t *testing.T) string {
			return zipOf(t, func(w *zip.Writer) {
				add(t, w, "users.json", users)
				hdr := &zip.FileHeader{Name: "channels.json"}
				hdr.SetMode(fs.ModeSymlink | 0o777)
				f, err := w.CreateHeader(hdr)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := io.WriteString(f, "/etc/passwd"); err != nil {
					t.Fatal(err)
				}
			})
		}, "is a link"},
		{"cut JSON", "slack", func(t *testing.T) string { return day(t, `[`+good+`,{"type":"mess`) }, "talk/2020-01-01.json, record 2: the file ends in the middle"},
		{"JSON that is none", "slack", func(t *testing.T) string { return day(t, `[{"type":}]`) }, "record 1"},
		{"JSON after the list", "slack", func(t *testing.T) string { return day(t, `[`+good+`] x`) }, "after the end of the list"},
		{"not a list", "slack", func(t *testing.T) string { return day(t, `{}`) }, "does not begin with a list"},
		{"nested deep", "slack", func(t *testing.T) string {
			return day(t, `[{"text":`+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)+`}]`)
		}, "nested deeper"},
		{"not UTF-8", "slack", func(t *testing.T) string {
			return day(t, "[{\"type\":\"message\",\"text\":\"caf\xe9\",\"ts\":\"1577836800.1\"}]")
		}, "record 1: the text is not UTF-8"},
		{"cyclic thread", "slack", func(t *testing.T) string {
			return day(t, `[{"type":"message","user":"U1","text":"a","ts":"1577836800.000100","thread_ts":"1577836802.000100"},
				{"type":"message","user":"U1","text":"b","ts":"1577836801.000100","thread_ts":"1577836800.000100"},
				{"type":"message","user":"U1","text":"c","ts":"1577836802.000100","thread_ts":"1577836801.000100"}]`)
		}, "the thread goes round in a circle"},
		{"the year 1900", "slack", func(t *testing.T) string {
			return day(t, `[{"type":"message","user":"U1","text":"a","ts":"-2208988800.0"}]`)
		}, "is not a time"},
		{"before 1990", "slack", func(t *testing.T) string {
			return day(t, `[{"type":"message","user":"U1","text":"a","ts":"1.0"}]`)
		}, "the date 1970-01-01 is before 1990"},
		{"the year 2999", "slack", func(t *testing.T) string {
			return day(t, `[{"type":"message","user":"U1","text":"a","ts":"32472144000.0"}]`)
		}, "the date 2999-01-01 is in the future"},
		{"no time", "slack", func(t *testing.T) string { return day(t, `[{"type":"message","text":"a"}]`) }, "is not a time"},
		{"the same person twice", "slack", func(t *testing.T) string {
			return slackZip(t, map[string]string{"users.json": `[{"id":"U1"},{"id":"U1"}]`, "channels.json": channels})
		}, "users.json, record 2: the same person is there twice"},
		{"the same channel twice", "slack", func(t *testing.T) string {
			return slackZip(t, map[string]string{"users.json": users, "channels.json": `[{"id":"C1","name":"a"},{"id":"C1","name":"b"}]`})
		}, "the same channel is there twice"},
		{"one number, two messages", "slack", func(t *testing.T) string {
			return day(t, `[`+good+`,`+strings.Replace(good, "fine", "other", 1)+`]`)
		}, "two different messages have the number 1577836800.000100"},
		{"a long identifier", "slack", func(t *testing.T) string {
			return slackZip(t, map[string]string{"users.json": `[{"id":"` + strings.Repeat("U", 700) + `"}]`})
		}, "identifier is too long"},
		{"a NUL in an identifier", "slack", func(t *testing.T) string {
			return slackZip(t, map[string]string{"users.json": `[{"id":"U\u0000"}]`})
		}, "characters that none may hold"},
		{"no version", "mattermost", func(t *testing.T) string {
			return write(t, "e.jsonl", `{"type":"team","team":{"name":"t"}}`+"\n")
		}, "does not begin with version 1"},
		{"the next version", "mattermost", func(t *testing.T) string {
			return write(t, "e.jsonl", `{"type":"version","version":2}`+"\n")
		}, "does not begin with version 1"},
		{"a cut line", "mattermost", func(t *testing.T) string { return lines(t, `{"type":"post","post":{"team":"t"`) }, "line 6: is not a line as Mattermost writes them (it ends in the middle)"},
		{"a line of 100 MB", "mattermost", func(t *testing.T) string {
			return lines(t, aPost(`"props":{"x":"`+strings.Repeat("x", 100<<20)+`"}`))
		}, "line 6: the line is longer than 4 MiB"},
		{"a line that is not UTF-8", "mattermost", func(t *testing.T) string { return lines(t, "{\"type\":\"caf\xe9\"}") }, "line 6: the text is not UTF-8"},
		{"a post in 1900", "mattermost", func(t *testing.T) string { return lines(t, aPost(`"create_at":-2208988800000`)) }, "line 6: the date 1900-01-01 is before 1990"},
		{"a post in 2999", "mattermost", func(t *testing.T) string { return lines(t, aPost(`"create_at":32472144000000`)) }, "the date 2999-01-01 is in the future"},
		{"a post at the end of time", "mattermost", func(t *testing.T) string { return lines(t, aPost(`"create_at":9223372036854775807`)) }, "is in the future"},
		{"a reaction in 2999", "mattermost", func(t *testing.T) string {
			return lines(t, aPost(`"create_at":1577836800000,"reactions":[{"user":"bob","emoji_name":"x","create_at":32472144000000}]`))
		}, "in the future"},
		{"a reply in 1900", "mattermost", func(t *testing.T) string {
			return lines(t, aPost(`"create_at":1577836800000,"replies":[{"user":"bob","message":"x","create_at":-2208988800000}]`))
		}, "line 6, reply 1: the date 1900-01-01"},
		{"a post nowhere", "mattermost", func(t *testing.T) string {
			return lines(t, strings.Replace(aPost(`"create_at":1577836800000`), "talk", "hidden", 1))
		}, "line 6: belongs to a channel that the export does not describe"},
		{"a user twice", "mattermost", func(t *testing.T) string { return lines(t, `{"type":"user","user":{"username":"Ann"}}`) }, "line 6: the same person is there twice"},
		{"a post without one", "mattermost", func(t *testing.T) string { return lines(t, `{"type":"post"}`) }, "says it is a post and holds none"},
		{"replies nested deep", "mattermost", func(t *testing.T) string {
			return lines(t, aPost(`"create_at":1577836800000,"replies":`+strings.Repeat(`[{"user":"bob","create_at":1577836800000,"replies":`, 60)+"[]"+strings.Repeat("}]", 60)))
		}, "nested deeper"},
		{"no column for names", "people", func(t *testing.T) string { return write(t, "e.csv", "email,title\na@b.nl,x\n") }, `there is no column "name"`},
		{"not an address", "people", func(t *testing.T) string { return write(t, "e.csv", "email,name\nann,Ann\n") }, `e.csv, line 2: "ann" is not an e-mail address`},
		{"an address twice", "people", func(t *testing.T) string {
			return write(t, "e.csv", "email,name\na@b.nl,Ann\nA@B.nl,Bob\n")
		}, "line 3: the address a@b.nl is also on line 2"},
		{"managers in a ring", "people", func(t *testing.T) string {
			return write(t, "e.csv", "email,name,manager_email\na@b.nl,Ann,b@b.nl\nb@b.nl,Bob,c@b.nl\nc@b.nl,Cas,a@b.nl\n")
		}, "comes back to a@b.nl"},
		{"a list in another encoding", "people", func(t *testing.T) string { return write(t, "e.csv", "email,name\na@b.nl,Ren\xe9\n") }, "save the list as CSV UTF-8"},
		{"a quote that never ends", "people", func(t *testing.T) string {
			return write(t, "e.csv", "email,name\na@b.nl,\""+strings.Repeat("x\n", 8<<20))
		}, "one record is longer than 4 MiB"},
		{"a row that is too short", "people", func(t *testing.T) string { return write(t, "e.csv", "email,name,title\na@b.nl,Ann\n") }, "line 2: cannot be read as a list"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := h.Imports.Import(t.Context(), imports.Request{Format: c.format, Path: c.path(t)})
			if err == nil {
				t.Fatal("it was taken in")
			}
			var one imports.Problem
			var many imports.Problems
			if !errors.As(err, &one) && !errors.As(err, &many) {
				t.Fatalf("not a problem of the export but an error: %v", err)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %q, want %q in it", err, c.want)
			}
			for line := range strings.Lines(err.Error()) {
				if len(line) > 400 || !strings.Contains(line, ": ") {
					t.Errorf("not one clear line: %.500q", line)
				}
			}
			if after := rows(t, h); !maps.Equal(before, after) {
				t.Errorf("something was written: %v", after)
			}
		})
	}
}

func TestAnArchiveOfAMillionFilesIsRefused(t *testing.T) {
	h := importstest.Build(t, db.SQLite)
	h.Imports.SetEntries(1000)
	path := zipOf(t, func(w *zip.Writer) {
		add(t, w, "users.json", users)
		for i := range 1000 {
			add(t, w, fmt.Sprintf("talk/%d.json", i), "")
		}
	})
	_, err := h.Imports.Import(t.Context(), imports.Request{Format: "slack", Path: path})
	if err == nil || !strings.Contains(err.Error(), "holds more than 1000 files") {
		t.Errorf("got %v", err)
	}
}

func TestMoreMessagesThanAnybodyWrites(t *testing.T) {
	h := importstest.Build(t, db.SQLite)
	h.Imports.SetMessages(2)
	for _, c := range []struct{ format, path string }{
		{"slack", day(t, `[{"type":"message","text":"a","ts":"1577836800.1"},{"type":"message","text":"a","ts":"1577836800.2"},{"type":"message","text":"a","ts":"1577836800.3"}]`)},
		{"mattermost", lines(t, aPost(`"create_at":1577836800000`), aPost(`"create_at":1577836800001`), aPost(`"create_at":1577836800002`))},
	} {
		_, err := h.Imports.Import(t.Context(), imports.Request{Format: c.format, Path: c.path})
		if err == nil || !strings.Contains(err.Error(), "more than 2 messages") {
			t.Errorf("%s: %v", c.format, err)
		}
	}
}

func TestOverlappingEntriesAreRefused(t *testing.T) {
	// A list of files that all point at the same bytes: small on disk, endless
	// unpacked, and no single one of them unpacks to much.
	path := day(t, "[]")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := strings.Index(string(b), "PK\x01\x02")
	end := strings.LastIndex(string(b), "PK\x05\x06")
	entry := string(b[dir : dir+46+len("channels.json")])
	if !strings.Contains(entry, "channels.json") {
		t.Fatal("the first entry is another one than this test thinks")
	}
	var list strings.Builder
	list.WriteString(string(b[dir:end]))
	const copies = 200
	for i := range copies {
		list.WriteString(strings.Replace(entry, "channels.json", fmt.Sprintf("channel%06d", i)[:13], 1))
	}
	tail := []byte(b[end:])
	size, count := uint32(list.Len()), uint16(3+copies)
	tail[8], tail[9] = byte(count), byte(count>>8)
	tail[10], tail[11] = byte(count), byte(count>>8)
	tail[12], tail[13], tail[14], tail[15] = byte(size), byte(size>>8), byte(size>>16), byte(size>>24)
	h := importstest.Build(t, db.SQLite)
	_, err = h.Imports.Import(t.Context(), imports.Request{Format: "slack", Path: write(t, "o.zip", string(b[:dir])+list.String()+string(tail))})
	if err == nil || !strings.Contains(err.Error(), "shares its bytes") && !strings.Contains(err.Error(), "not a zip archive") {
		t.Errorf("got %v", err)
	}
}

// A million messages of which each answers the one before: the chain is followed
// without recursion and without holding the texts.
func TestAReplyChainAMillionDeep(t *testing.T) {
	const depth = 1_000_000
	path := zipOf(t, func(w *zip.Writer) {
		add(t, w, "users.json", users)
		add(t, w, "channels.json", channels)
		f, err := w.Create("talk/2020-01-01.json")
		if err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 0, 200)
		for i := range depth {
			buf = append(buf[:0], ',')
			if i == 0 {
				buf[0] = '['
			}
			buf = fmt.Appendf(buf, `{"type":"message","user":"U1","text":"%x","ts":"%d.%06d"`, uint32(i*2654435761), 1577836800+i/1000, i%1000)
			if i > 0 {
				buf = fmt.Appendf(buf, `,"thread_ts":"%d.%06d"`, 1577836800+(i-1)/1000, (i-1)%1000)
			}
			if _, err := f.Write(append(buf, '}')); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := f.Write([]byte("]")); err != nil {
			t.Fatal(err)
		}
	})
	h := importstest.Build(t, db.SQLite)
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r, err := h.Imports.Import(t.Context(), imports.Request{Format: "slack", Path: path, DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if r.Posts != 1 || r.Replies != depth-1 {
		t.Errorf("got %+v", of(r))
	}
	if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 512<<20 {
		t.Errorf("it took %d MiB", grown>>20)
	}
}

func TestNothingInATextPassesForAMention(t *testing.T) {
	h := importstest.Build(t, db.SQLite)
	ann := "0000000000002"
	forged := `hello @[The Director](person:` + ann + `) <@U1> <javascript:alert(1)|click> <script>alert(1)</script>`
	h.Import(t, "slack", day(t, `[{"type":"message","user":"U1","text":"`+forged+`","ts":"1577836800.000100"}]`))
	h.Import(t, "mattermost", lines(t, `{"type":"post","post":{"team":"t","channel":"talk","user":"ann","message":"`+forged+` @bob and @bob.","create_at":1577836800000}}`))
	n, err := db.One(t.Context(), h.DB.Read(), db.Value[int], `SELECT COUNT(*) FROM items_mentions`)
	if err != nil || n != 2 { // U1 in the first, bob in the second
		t.Errorf("%d mentions (%v), want 2: %q", n, err, texts(t, h, `SELECT body FROM items_items`))
	}
	for _, html := range texts(t, h, `SELECT html FROM items_items`) {
		if strings.Contains(html, "<script") || strings.Contains(html, `href="javascript`) {
			t.Errorf("something can run in %s", html)
		}
	}
}

func TestReportsAreBounded(t *testing.T) {
	h := importstest.Build(t, db.SQLite)
	var all []string
	for i := range 3000 {
		all = append(all, fmt.Sprintf(`{"type":"message","user":"U1","text":"a","ts":"%d.000100"}`, 1577836800+i/2))
	}
	r := h.Import(t, "slack", day(t, "["+strings.Join(all, ",")+"]"))
	if r.Posts != 1500 || len(r.Skipped) != 1001 || r.Skipped[1000] != "and 500 more" {
		t.Errorf("%d posts, %d lines, the last %q", r.Posts, len(r.Skipped), r.Skipped[len(r.Skipped)-1])
	}
}
