package main_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestPeopleFromTheCommandLine(t *testing.T) {
	data := []string{"--data", filepath.Join(t.TempDir(), "data")}
	with := func(args ...string) []string { return append(args, data...) }

	if out := must(t, with("people", "add", "anna.bos@example.org", "Anna Bos", "--title", "Verpleegkundige", "--roles", "technical_admin,community_manager")...); out != "added Anna Bos as anna.bos\n" {
		t.Errorf("add says %q", out)
	}
	must(t, with("people", "add", "piet@example.org", "Piet Zand")...)
	list := must(t, with("people", "list")...)
	if lines := strings.Split(list, "\n"); len(lines) != 3 || !strings.Contains(lines[0], "Anna Bos") || !strings.Contains(lines[0], "anna.bos@example.org") ||
		!strings.Contains(lines[0], "technical_admin") || !strings.Contains(lines[1], "Piet Zand") || strings.Contains(lines[1], "admin") {
		t.Errorf("list gives:\n%s", list)
	}
	if out := must(t, with("people", "list", "zand")...); strings.Count(out, "\n") != 1 || !strings.Contains(out, "Piet Zand") {
		t.Errorf("list zand gives:\n%s", out)
	}
	if out := must(t, with("people", "role", "piet.zand", "technical_admin")...); out != "Piet Zand is now member,technical_admin\n" {
		t.Errorf("role says %q", out)
	}
	if out := must(t, with("people", "role", "ANNA.BOS@example.org", "member")...); out != "Anna Bos is now member\n" {
		t.Errorf("role says %q", out)
	}
	for _, name := range []string{"anna.bos@example.org", "@anna.bos", "Anna.Bos"} {
		if out := must(t, with("people", "link", name, "--base-url", "https://plein.example.org")...); !regexp.MustCompile(`^https://plein\.example\.org/sign-in/link/[\w-]{43}\n$`).MatchString(out) {
			t.Errorf("link %s gives %q", name, out)
		}
	}

	refused(t, 1, "already has this e-mail address", with("people", "add", "PIET@example.org", "Piet Ander")...)
	refused(t, 1, "not an e-mail address", with("people", "add", "piet", "Piet Ander")...)
	refused(t, 1, "last technical administrator", with("people", "role", "piet.zand", "member")...)
	refused(t, 1, `nobody has the e-mail address or handle "who@example.org"`, with("people", "role", "who@example.org", "member")...)
	refused(t, 1, `nobody has the e-mail address or handle "who"`, with("people", "link", "who")...)
	refused(t, 1, "--valid", with("people", "link", "piet.zand", "--valid=-1s")...)
	refused(t, 2, `but got "king"`, with("people", "role", "piet.zand", "king")...)
	refused(t, 2, `but got "guest"`, with("people", "add", "x@example.org", "X Ypsilon", "--roles", "guest")...)
}

func TestAnImportedPersonSignsInByALink(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	must(t, "import", "slack", slackExport(t), "--data", data)
	// Slack's export has no addresses; the second of four columns is the handle.
	first, _, _ := strings.Cut(must(t, "people", "list", "--data", data), "\n")
	handle := strings.TrimSpace(first[32:56])
	link := strings.TrimSpace(must(t, "people", "link", handle, "--data", data, "--base-url", "http://127.0.0.1:1"))
	r := serve(t, data)
	c := browser()
	if status, _ := send(t, c, r.url+strings.TrimPrefix(link, "http://127.0.0.1:1"), nil); status != http.StatusSeeOther {
		t.Fatalf("the link gave %d", status)
	}
	if status, body := page(t, c, r.url+"/latest"); status != http.StatusOK || strings.Count(body, "<article") < 20 {
		t.Errorf("the timeline gave %d with %d posts", status, strings.Count(body, "<article"))
	}
}

func TestDoctor(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	e := plein(t, "doctor", "--data", data)
	if e.code != 1 || e.err != "" || strings.Count(e.out, "ok     ") != 6 || !strings.Contains(e.out, "WRONG  administrator: there is none yet; start plein serve and open /setup\n") {
		t.Errorf("of a new folder it says (%d):\n%s%s", e.code, e.out, e.err)
	}

	must(t, "people", "add", "anna@example.org", "Anna Bos", "--roles", "technical_admin", "--data", data)
	export := archive(t, dir, "bulk.zip", map[string]string{"bulk.jsonl": `{"type":"version","version":1}
{"type":"team","team":{"name":"t","display_name":"T","type":"O"}}
{"type":"channel","channel":{"team":"t","name":"c","display_name":"Overleg","type":"O"}}
{"type":"user","user":{"username":"ann","email":"ann@example.org","teams":[{"name":"t","channels":[{"name":"c","roles":"channel_user"}]}]}}
{"type":"post","post":{"team":"t","channel":"c","user":"ann","message":"see","create_at":1577836800000,"attachments":[{"path":"a/note.txt"}]}}
`, "data/a/note.txt": "read me"})
	if r := imported(t, "mattermost", export, "--data", data); *r.Posts != 1 || len(*r.Skipped) > 0 {
		t.Fatalf("imported %v, skipped %q", r.counts(), *r.Skipped)
	}
	e = plein(t, "doctor", "--data", data)
	if e.code != 0 || e.err != "" || strings.Count(e.out, "\n") != 7 || strings.Count(e.out, "ok     ") != 7 || !strings.Contains(e.out, "files: 1 file, every one is there\n") {
		t.Errorf("of a healthy folder it says (%d):\n%s%s", e.code, e.out, e.err)
	}
	e = plein(t, "doctor", "--reindex", "--data", data) // the post, its file and two people; the group is secret
	if e.code != 0 || e.err != "" || !strings.Contains(e.out, "Making the index of search … 1 of 1\n") || !strings.Contains(e.out, "search: 4 things can be found, 0 wait to be indexed\n") {
		t.Errorf("of a new index it says (%d):\n%s%s", e.code, e.out, e.err)
	}

	lost := 0
	err := filepath.WalkDir(filepath.Join(data, "files"), func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			lost++
			err = os.Remove(path)
		}
		return err
	})
	if err != nil || lost != 1 {
		t.Fatalf("%d files in the folder (%v)", lost, err)
	}
	e = plein(t, "doctor", "--data", data)
	if e.code != 1 || strings.Count(e.out, "ok     ") != 6 || !regexp.MustCompile(`(?m)^WRONG  files: .*"note\.txt".* not there.*$`).MatchString(e.out) {
		t.Errorf("of a lost file it says (%d):\n%s%s", e.code, e.out, e.err)
	}
}
