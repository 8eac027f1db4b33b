package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// sources are the kinds of file that end up in the binary.
var sources = []string{".go", ".templ", ".toml", ".sql", ".css", ".ts", ".js", ".svg", ".json", ".md", ".txt"}

// tree is when each source was last changed.
type tree map[string]time.Time

// snapshot looks at the sources. Asking for times twice a second costs little on
// a tree of this size and works on every file system, also on shared ones, where
// notification does not.
func snapshot(root string) tree {
	t := tree{}
	for _, dir := range []string{"cmd", "internal", "web"} {
		// A folder that vanishes while we look is seen the next time.
		_ = filepath.WalkDir(filepath.Join(root, dir), func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				return nil
			}
			p = filepath.ToSlash(p)
			if d.IsDir() {
				if d.Name() == "testdata" || strings.HasSuffix(p, "web/dist") {
					return fs.SkipDir
				}
				return nil
			}
			if !isSource(p) {
				return nil
			}
			if info, err := os.Stat(p); err == nil {
				t[p] = info.ModTime()
			}
			return nil
		})
	}
	return t
}

// isSource leaves out tests, and what templ makes, which follows its template.
func isSource(p string) bool {
	base := path.Base(p)
	return slices.Contains(sources, path.Ext(p)) && !strings.HasPrefix(base, ".") &&
		!strings.HasSuffix(base, "_test.go") && !strings.HasSuffix(base, "_templ.go")
}

func (t tree) paths() []string {
	out := []string{}
	for p := range t {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

// since lists what is new, changed or gone.
func (t tree) since(old tree) []string {
	out := []string{}
	for p, at := range t {
		if was, ok := old[p]; !ok || !was.Equal(at) {
			out = append(out, p)
		}
	}
	for p := range old {
		if _, ok := t[p]; !ok {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}

func summary(changed []string) string {
	if len(changed) > 3 {
		return fmt.Sprintf("%d files", len(changed))
	}
	return strings.Join(changed, ", ")
}
