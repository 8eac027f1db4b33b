// Package app_test holds the walls of the house: it reads the whole tree and
// fails where a line stands where it does not belong (docs/house.md). A rule that
// lives in prose only leaks; this one fails the build.
//
// The walls read text and syntax, not types. SQL put together from variables, or
// a table's name that travels in a variable, escapes them.
package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestWalls checks the real tree.
func TestWalls(t *testing.T) {
	tree, err := readTree(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	if len(tree.goFiles) < 10 || len(tree.words) == 0 || len(tree.migrations) == 0 {
		t.Fatalf("the walls saw %d Go files, %d words.toml and %d migrations: they look in the wrong place",
			len(tree.goFiles), len(tree.words), len(tree.migrations))
	}
	for _, b := range tree.breaches() {
		t.Error(b)
	}
}

// TestWallsFindEachSeed builds a small clean house, breaks it in one way at a
// time, and asks that the walls find that and nothing else.
func TestWallsFindEachSeed(t *testing.T) {
	clean := readArchive(t, filepath.Join("testdata", "walls", "clean.txtar"))
	t.Run("clean", func(t *testing.T) {
		dir := t.TempDir()
		plant(t, dir, clean)
		for _, b := range wallsOf(t, dir) {
			t.Errorf("false alarm: %s", b)
		}
	})
	seeds, err := filepath.Glob(filepath.Join("testdata", "walls", "seed-*.txtar"))
	if err != nil || len(seeds) == 0 {
		t.Fatal("no seeds", err)
	}
	walls := map[string]bool{}
	for _, path := range seeds {
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "seed-"), ".txtar")
		t.Run(name, func(t *testing.T) {
			broken := readArchive(t, path)
			dir := t.TempDir()
			plant(t, dir, clean)
			plant(t, dir, broken)
			got := []string{}
			for _, b := range wallsOf(t, dir) {
				got = append(got, fmt.Sprintf("%s:%d %s", b.File, b.Line, b.Wall))
				walls[b.Wall] = true
			}
			if want := broken.want; !slices.Equal(got, want) || len(want) == 0 {
				t.Errorf("found\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
			}
		})
	}
	for _, wall := range []string{"imports", "http", "sql", "tables", "events", "words", "doc", "size", "names", "init", "syntax"} {
		if !walls[wall] {
			t.Errorf("no seed breaks the wall %q", wall)
		}
	}
}

func wallsOf(t *testing.T, dir string) []breach {
	t.Helper()
	tree, err := readTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	return tree.breaches()
}

// archive is a small tree in one text file: lines "-- path --" before each file,
// and before the first one lines "want: file:line wall".
type archive struct {
	want  []string
	files map[string]string
}

func readArchive(t *testing.T, path string) archive {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	a := archive{files: map[string]string{}}
	name := ""
	for line := range strings.Lines(string(content)) {
		bare := strings.TrimRight(line, "\n")
		switch inner, ok := strings.CutPrefix(bare, "-- "); {
		case ok && strings.HasSuffix(inner, " --"):
			name = strings.TrimSuffix(inner, " --")
			a.files[name] = ""
		case name != "":
			a.files[name] += line
		case strings.HasPrefix(bare, "want: "):
			a.want = append(a.want, strings.TrimPrefix(bare, "want: "))
		}
	}
	return a
}

// plant writes the files of an archive. A file that begins with "repeat: N" has
// its last line N times, so that a long file needs no long seed.
func plant(t *testing.T, dir string, a archive) {
	t.Helper()
	for name, content := range a.files {
		var times int
		if first, rest, ok := strings.Cut(content, "\n"); ok {
			if _, err := fmt.Sscanf(first, "repeat: %d", &times); err == nil {
				last := strings.LastIndex(strings.TrimRight(rest, "\n"), "\n") + 1
				content = rest[:last] + strings.Repeat(rest[last:], times)
			}
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
