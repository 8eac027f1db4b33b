package app_test

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// maxLines is where a file has become two things.
const maxLines = 600

// noNames are package names that say nothing about what is inside, so that
// everything ends up there.
var noNames = []string{"util", "utils", "common", "helper", "helpers", "manager", "base", "types", "model", "models", "misc", "shared"}

// headings that the doc.go of every package of the square and of every room has:
// what it keeps, says, listens to and offers.
var headings = []string{"Tables", "Tells", "Hears", "Shows"}

// docWall asks of every package why it exists.
func (t *tree) docWall() []breach {
	type doc struct {
		name, text string
		place
	}
	docs := map[string]doc{}
	for _, f := range t.goFiles {
		if strings.HasSuffix(f.base, "_test.go") || f.templ {
			continue
		}
		d := docs[f.dir()]
		d.name, d.place = f.ast.Name.Name, f.place
		if f.ast.Doc != nil {
			d.text += f.ast.Doc.Text()
		}
		docs[f.dir()] = d
	}
	var out []breach
	for dir, d := range docs {
		begin := "Package " + d.name + " "
		if d.name == "main" {
			begin = "Command " + path.Base(dir) + " "
		}
		switch {
		case d.text == "":
			out = append(out, breach{"doc", dir, 0, "the package has no comment that says why it exists"})
			continue
		case !strings.HasPrefix(d.text, begin):
			out = append(out, breach{"doc", dir, 0, fmt.Sprintf("the comment does not begin with %q", begin)})
		}
		// Packages hidden inside a room or a part of the square, and those that are
		// there for tests, have no tables of their own.
		if (d.floor == "square" || d.floor == "rooms") && strings.Count(dir, "/") == 2 && !forTests(dir) {
			for _, h := range headings {
				if !slices.Contains(strings.Split(d.text, "\n"), "# "+h) {
					out = append(out, breach{"doc", dir, 0, "doc.go has no heading \"# " + h + "\""})
				}
			}
		}
	}
	return out
}

// sizeWall keeps a file small enough to be about one thing.
func (t *tree) sizeWall() []breach {
	var out []breach
	grown := func(p string, lines int) {
		if lines > maxLines {
			out = append(out, breach{"size", p, 0, fmt.Sprintf("%d lines, more than %d: it has become two things", lines, maxLines)})
		}
	}
	for _, f := range t.goFiles {
		if !f.templ {
			grown(f.path, f.lines)
		}
	}
	for _, w := range t.templates {
		grown(w.path, strings.Count(w.text, "\n"))
	}
	return out
}

// nameWall refuses names behind which everything fits.
func (t *tree) nameWall() []breach {
	var out []breach
	seen := map[string]bool{}
	for _, f := range t.goFiles {
		name := strings.TrimSuffix(f.ast.Name.Name, "_test")
		if seen[f.dir()+name] {
			continue
		}
		seen[f.dir()+name] = true
		if slices.Contains(noNames, name) || slices.Contains(noNames, path.Base(f.dir())) {
			out = append(out, breach{"names", f.dir(), 0, "a package named " + path.Base(f.dir()) + " says nothing about what is inside"})
		}
	}
	return out
}
