package app_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// maxModules is how many modules may be used directly before somebody has to
// defend it (docs/dependencies.md).
const maxModules = 60

// TestDependenciesAreExplained compares docs/dependencies.md with go.mod and with
// what the code imports, so that no module comes in without a reason.
func TestDependenciesAreExplained(t *testing.T) {
	root := filepath.Join("..", "..")
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, "docs", "dependencies.md"))
	if err != nil {
		t.Fatal(err)
	}
	versions := map[string]string{} // of every module in go.mod
	for _, m := range regexp.MustCompile(`(?m)^(?:\t|require )([a-zA-Z0-9./_-]+) (v\S+)`).FindAllStringSubmatch(withoutExcludes(string(mod)), -1) {
		versions[m[1]] = m[2]
	}
	told := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (v\\S+) \\| [^|]+ \\|").FindAllStringSubmatch(string(page), -1) {
		told[m[1]] = m[2]
	}
	tree, err := readTree(root)
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	moduleOf := func(p string) string {
		for ; strings.Contains(p, "/"); p = p[:strings.LastIndex(p, "/")] {
			if versions[p] != "" {
				break
			}
		}
		return p
	}
	for _, f := range tree.goFiles {
		for _, spec := range f.ast.Imports {
			p := imported(spec)
			if first, _, _ := strings.Cut(p, "/"); strings.Contains(first, ".") {
				used[moduleOf(p)] = true
			}
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^(?:\t|tool )([a-z.]+/\S+)$`).FindAllStringSubmatch(string(mod), -1) {
		used[moduleOf(m[1])] = true
	}
	if len(used) < 5 || len(versions) < 20 || len(told) < 5 {
		t.Fatalf("saw %d used modules, %d in go.mod, %d on the page: this test looks in the wrong place", len(used), len(versions), len(told))
	}
	for _, m := range slices.Sorted(maps.Keys(used)) {
		if told[m] != versions[m] {
			t.Errorf("%s %s is used; docs/dependencies.md says %q", m, versions[m], told[m])
		}
	}
	for _, m := range slices.Sorted(maps.Keys(told)) {
		if versions[m] != told[m] {
			t.Errorf("docs/dependencies.md has %s %s; go.mod has %q", m, told[m], versions[m])
		}
	}
	if len(used) > maxModules {
		t.Errorf("%d modules are used directly, more than %d", len(used), maxModules)
	}
}

func withoutExcludes(mod string) string {
	return regexp.MustCompile(`(?ms)^exclude (\(.*?^\)|\S+ \S+)`).ReplaceAllString(mod, "")
}
