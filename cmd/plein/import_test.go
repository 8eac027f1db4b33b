package main_test

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plein/internal/platform/testkit"
)

func slackExport(t testing.TB) string {
	return testkit.Shared(t, "data", "slack-export", "slack-export-viewer-testarchive.zip")
}

func bulkExport(t testing.TB) string {
	return testkit.Shared(t, "data", "mattermost-bulk", "direct_channel.export.jsonl")
}

// report is what a program gets to read.
type report struct {
	People, Groups, Posts, Replies, Reactions *int
	Direct, Unchanged                         int
	DryRun                                    bool      `json:"dry_run"`
	Skipped                                   *[]string `json:"skipped"`
}

func imported(t testing.TB, args ...string) report {
	t.Helper()
	out := must(t, append([]string{"import", "--json"}, args...)...)
	var r report
	if err := json.Unmarshal([]byte(out), &r); err != nil || strings.Count(out, "\n") != 1 {
		t.Fatalf("not one line of JSON: %q (%v)", out, err)
	}
	if r.People == nil || r.Groups == nil || r.Posts == nil || r.Replies == nil || r.Reactions == nil || r.Skipped == nil || *r.Skipped == nil {
		t.Fatalf("the agreed JSON is {people, groups, posts, replies, reactions, skipped}, got %s", out)
	}
	return r
}

// counts are people, groups, posts, replies and reactions.
func (r report) counts() [5]int {
	return [5]int{*r.People, *r.Groups, *r.Posts, *r.Replies, *r.Reactions}
}

func TestImportOfARealWorkspaceTwice(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	first := imported(t, "slack", slackExport(t), "--data", data)
	if first.counts() != [5]int{4, 2, 158, 0, 1} || first.DryRun || len(*first.Skipped) > 0 {
		t.Errorf("the first run gives %v, skipped %q", first.counts(), *first.Skipped)
	}
	again := imported(t, "slack", slackExport(t), "--data", data)
	if again.counts() != [5]int{} || again.Unchanged < 4+2+158 {
		t.Errorf("the second run gives %v, %d unchanged", again.counts(), again.Unchanged)
	}
	if out := must(t, "people", "list", "--data", data); strings.Count(out, "\n") != 4 {
		t.Errorf("people list gives:\n%s", out)
	}
}

func TestADryRunWritesNothing(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	dry := imported(t, "mattermost", bulkExport(t), "--data", data, "--dry-run")
	if !dry.DryRun || dry.counts() != [5]int{4, 3, 6, 1, 4} || dry.Direct != 7 {
		t.Errorf("it promises %v and %d direct", dry.counts(), dry.Direct)
	}
	if out := must(t, "people", "list", "--data", data); out != "" {
		t.Errorf("people came in:\n%s", out)
	}
	wet := imported(t, "mattermost", bulkExport(t), "--data", data)
	if wet.counts() != dry.counts() || wet.Unchanged != 0 {
		t.Errorf("promised %v, came %v, %d were there", dry.counts(), wet.counts(), wet.Unchanged)
	}
}

func TestDirectMessagesMayStayBehind(t *testing.T) {
	r := imported(t, "mattermost", bulkExport(t), "--data", filepath.Join(t.TempDir(), "data"), "--without-direct")
	if r.Direct != 0 || *r.Posts != 6 {
		t.Errorf("%d direct messages and %d posts came", r.Direct, *r.Posts)
	}
}

func TestAReportForPeople(t *testing.T) {
	e := plein(t, "import", "slack", slackExport(t), "--data", filepath.Join(t.TempDir(), "data"))
	for _, line := range []string{"Imported\n", " 4  people\n", " 2  groups\n", " 158  posts\n"} {
		if !strings.Contains(e.out, line) {
			t.Errorf("%q is missing in:\n%s", line, e.out)
		}
	}
	if e.code != 0 || strings.Contains(e.err, "\r") { // no progress that moves in a file
		t.Errorf("ended with %d, err %q", e.code, e.err)
	}
}

func TestARefusedImportIsOneLineAndLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	broken := filepath.Join(dir, "broken.zip")
	if err := os.WriteFile(broken, []byte("this is no zip"), 0o600); err != nil {
		t.Fatal(err)
	}
	foreign := archive(t, dir, "foreign.zip", map[string]string{"notes.txt": "hello"})
	for _, x := range []struct{ format, path, why string }{
		{"irc", slackExport(t), "irc: is not a format; choose mattermost, people, slack"},
		{"slack", filepath.Join(dir, "nowhere.zip"), "nowhere.zip: there is no such file"},
		{"slack", dir, "is a folder"},
		{"slack", broken, "broken.zip: is not a zip archive"},
		{"slack", foreign, "foreign.zip: is not a Slack export"},
		{"mattermost", foreign, "foreign.zip: holds no .jsonl file"},
	} {
		refused(t, 1, x.why, "import", x.format, x.path, "--data", data)
		if _, err := os.Stat(data); !errors.Is(err, os.ErrNotExist) {
			t.Fatalf("%s %s made the data folder (%v)", x.format, x.path, err)
		}
	}
}

func TestEveryProblemInAnExportIsALine(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	path := archive(t, dir, "export.zip", map[string]string{
		"users.json":           `[{"id":"U1","name":"ann","real_name":"Ann"}]`,
		"channels.json":        `[{"id":"C1","name":"talk","members":["U1"],"creator":"U1"}]`,
		"talk/1900-01-01.json": `[{"type":"message","user":"U1","text":"old","ts":"-2208988800.000100"},{"type":"message","user":"U1","text":"older","ts":"-2208988900.000100"}]`,
	})
	e := plein(t, "import", "slack", path, "--data", data)
	if e.code != 1 || e.out != "" || len(e.errLines()) < 2 {
		t.Fatalf("ended with %d, out %q, err:\n%s", e.code, e.out, e.err)
	}
	for _, line := range e.errLines() {
		if !strings.HasPrefix(line, "plein: export.zip, talk/1900-01-01.json, record ") {
			t.Errorf("%q", line)
		}
	}
	if out := must(t, "people", "list", "--data", data); out != "" {
		t.Errorf("half of it came in:\n%s", out)
	}
}

// archive writes a zip.
func archive(t testing.TB, dir, name string, files map[string]string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := zip.NewWriter(f)
	names := []string{}
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		one, err := w.Create(name)
		if err == nil {
			_, err = one.Write([]byte(files[name]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}
