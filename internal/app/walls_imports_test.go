package app_test

import (
	"go/ast"
	"slices"
	"strings"
)

// squareOrder says who stands on whom inside the square: a package may import
// those with a lower number.
var squareOrder = map[string]int{"people": 1, "groups": 2, "access": 3, "items": 4, "files": 5, "feed": 5, "search": 5, "live": 5,
	"squaretest": 6} // the last one puts the others together, for tests

// kernelMayNot are packages of the standard library that act on the world. The
// kernel holds nouns and questions.
var kernelMayNot = []string{"database/sql", "io/fs", "net", "net/http", "os", "os/exec", "log", "log/slog"}

// importWall holds the one rule: plein < platform < square < rooms < app < cmd,
// rooms never import rooms, and the square has its own order.
func (t *tree) importWall() []breach {
	var out []breach
	for _, f := range t.goFiles {
		for _, spec := range f.ast.Imports {
			if why := t.mayNotImport(f, imported(spec)); why != "" {
				out = append(out, f.breach("imports", spec.Pos(), "%s: %s", imported(spec), why))
			}
		}
	}
	return out
}

func (t *tree) mayNotImport(f *goFile, p string) string {
	dir, ours := strings.CutPrefix(p, t.module+"/")
	if !ours {
		first, _, _ := strings.Cut(p, "/")
		if f.floor == "plein" && !f.test && (strings.Contains(first, ".") || slices.Contains(kernelMayNot, p)) {
			return "the kernel imports the standard library only, and nothing that acts"
		}
		return ""
	}
	to := placeOf(dir)
	switch {
	case f.floor == "outside":
		return ""
	case f.floor == "plein" && dir != f.dir():
		return "the kernel imports the standard library only"
	case f.floor == "web" && to.floor != "web":
		return "web is a leaf: it imports nothing of the house"
	case to.rank() > f.rank():
		return "imports point only left: " + strings.Join(floors[1:len(floors)-1], " < ")
	case forTests(dir) && !f.test:
		return "the package is for tests only"
	case f.floor == "rooms" && to.floor == "rooms" && f.owner != to.owner:
		return "rooms never import rooms"
	case f.test && forTests(dir):
		return ""
	case f.floor == "square" && squareOrder[f.owner] == 0:
		return f.owner + " has no place in the order of the square (squareOrder in walls_imports_test.go)"
	case f.floor == "square" && to.floor == "square" && f.owner != to.owner && squareOrder[to.owner] >= squareOrder[f.owner]:
		return "inside the square: people < groups < access < items < files, feed, search, live"
	}
	return ""
}

// httpWall keeps the web out of verbs and nouns: in square and rooms only pages
// (http*.go, views*.go), the JSON twin (api*.go) and the wiring (module.go) know
// that there is a request.
func (t *tree) httpWall() []breach {
	var out []breach
	for _, f := range t.goFiles {
		house := f.floor == "square" || f.floor == "rooms"
		service := strings.HasPrefix(f.base, "service")
		if f.test || f.templ || !house && !service || f.floor == "outside" {
			continue
		}
		web := f.base == "module.go"
		for _, prefix := range []string{"http", "api", "views"} {
			web = web || strings.HasPrefix(f.base, prefix)
		}
		for _, spec := range f.ast.Imports {
			switch p := imported(spec); {
			case web && !service:
				continue
			case p == "net/http" || p == "net/http/httptest", house && p == t.module+"/internal/platform/web":
				out = append(out, f.breach("http", spec.Pos(), "%s: only http*.go, api*.go, views*.go and module.go know the web", p))
			}
		}
	}
	return out
}

// blankAllowed lists what may be imported for its side effect alone, and by whom:
// drivers and decoders of the standard kind that offer no other way.
var blankAllowed = map[string][]string{
	"embed":                          nil, // everywhere: it only allows a comment
	"time/tzdata":                    {"cmd/plein", "internal/app", "internal/platform/clock"},
	"modernc.org/sqlite":             {"internal/platform/db"},
	"github.com/jackc/pgx/v5/stdlib": {"internal/platform/db"},
	"image/gif":                      {"internal/platform/picture"},
	"image/jpeg":                     {"internal/platform/picture"},
	"image/png":                      {"internal/platform/picture"},
	"golang.org/x/image/webp":        {"internal/platform/picture"},
}

// forbidden packages, with the reason.
var forbidden = map[string]string{
	"unsafe":         "nothing here needs it",
	"plugin":         "the rooms are a list in app/modules.go",
	"net/http/pprof": "it registers itself on the default mux",
	"expvar":         "it registers itself on the default mux",
	"io/ioutil":      "use os and io",
}

// initWall forbids what runs because a package was imported: wiring is read in
// app, not guessed from imports.
func (t *tree) initWall() []breach {
	var out []breach
	for _, f := range t.goFiles {
		for _, spec := range f.ast.Imports {
			p := imported(spec)
			if why, ok := forbidden[p]; ok {
				out = append(out, f.breach("init", spec.Pos(), "%s is not used here: %s", p, why))
				continue
			}
			if spec.Name == nil || spec.Name.Name != "_" && spec.Name.Name != "." {
				continue
			}
			by, known := blankAllowed[p]
			if spec.Name.Name == "." || !known || by != nil && !slices.Contains(by, f.dir()) && !f.test {
				out = append(out, f.breach("init", spec.Pos(), "%s is imported as %s: nothing happens by being imported", p, spec.Name.Name))
			}
		}
		for _, d := range f.ast.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
				out = append(out, f.breach("init", fn.Pos(), "func init registers by import: call it from app instead"))
			}
		}
	}
	return out
}
