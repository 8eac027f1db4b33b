package people

import (
	"slices"
	"strings"

	"plein/internal/platform/text"
	"plein/internal/plein"
)

// Unit is a department. Its id is also the id of its audience.
type Unit struct {
	ID, Parent plein.ID // Parent is zero at the top
	Name       string
	Slug       string   // its name in addresses of imports and files: "interne-b3"
	Head       plein.ID // who leads it; zero when nobody was named
}

// NewUnit is what it takes to add a department. The slug is made from the name
// when it is left out.
type NewUnit struct {
	Name, Slug string
	Parent     plein.ID
}

// Tree is all departments at one moment. It never changes after it was made, so
// all requests may read it at once.
type Tree struct {
	units    map[plein.ID]Unit
	children map[plein.ID][]plein.ID
	ordered  []plein.ID // parents before children, by name within a parent
}

// MakeTree orders units into a tree. A unit whose parent is not among them
// stands at the top; a circle, which the store never makes, is left out.
func MakeTree(units []Unit) *Tree {
	t := &Tree{units: make(map[plein.ID]Unit, len(units)), children: map[plein.ID][]plein.ID{}}
	for _, u := range units {
		t.units[u.ID] = u
	}
	sorted := slices.Clone(units)
	keys := make(map[plein.ID]string, len(units))
	for _, u := range units {
		keys[u.ID] = text.Fold(u.Name)
	}
	slices.SortFunc(sorted, func(a, b Unit) int {
		if c := strings.Compare(keys[a.ID], keys[b.ID]); c != 0 {
			return c
		}
		return int(min(max(a.ID-b.ID, -1), 1))
	})
	for _, u := range sorted {
		parent := u.Parent
		if _, known := t.units[parent]; !known {
			parent = 0
		}
		t.children[parent] = append(t.children[parent], u.ID)
	}
	t.ordered = t.below(make([]plein.ID, 0, len(units)), 0)
	return t
}

func (t *Tree) below(out []plein.ID, id plein.ID) []plein.ID {
	for _, child := range t.children[id] {
		out = t.below(append(out, child), child)
	}
	return out
}

// Unit gives a department.
func (t *Tree) Unit(id plein.ID) (Unit, bool) {
	u, ok := t.units[id]
	return u, ok
}

// Name gives a department's name, or "" when there is none.
func (t *Tree) Name(id plein.ID) string { return t.units[id].Name }

// BySlug finds a department by its slug.
func (t *Tree) BySlug(slug string) (Unit, bool) {
	for _, u := range t.units {
		if u.Slug == slug {
			return u, true
		}
	}
	return Unit{}, false
}

// All lists every department, parents before children, by name.
func (t *Tree) All() []Unit { return t.list(t.ordered) }

// Children lists the departments right below one, by name. Zero gives the top.
func (t *Tree) Children(id plein.ID) []Unit { return t.list(t.children[id]) }

func (t *Tree) list(ids []plein.ID) []Unit {
	out := make([]Unit, len(ids))
	for i, id := range ids {
		out[i] = t.units[id]
	}
	return out
}

// Above lists a department and everything above it, itself first. These are the
// audiences that a person in it holds.
func (t *Tree) Above(id plein.ID) []plein.ID {
	var out []plein.ID
	for u, ok := t.units[id]; ok && len(out) < len(t.units); u, ok = t.units[u.Parent] {
		out = append(out, u.ID)
	}
	return out
}

// Path lists the departments from the top down to one.
func (t *Tree) Path(id plein.ID) []Unit {
	ids := t.Above(id)
	slices.Reverse(ids)
	return t.list(ids)
}

// Below lists a department and everything below it, itself first.
func (t *Tree) Below(id plein.ID) []plein.ID {
	if _, ok := t.units[id]; !ok {
		return nil
	}
	return t.below([]plein.ID{id}, id)
}

// Depth is how many departments stand above one.
func (t *Tree) Depth(id plein.ID) int { return max(0, len(t.Above(id))-1) }

// Matching lists the departments whose name has a folded word in it, and
// everything below them.
func (t *Tree) Matching(word string) []plein.ID {
	var out []plein.ID
	seen := map[plein.ID]bool{}
	for _, id := range t.ordered {
		if !seen[id] && strings.Contains(text.Fold(t.units[id].Name), word) {
			for _, b := range t.Below(id) {
				if !seen[b] {
					seen[b] = true
					out = append(out, b)
				}
			}
		}
	}
	return out
}

// height is how many departments stand on top of each other from id down.
func (t *Tree) height(id plein.ID) int {
	h := 0
	for _, c := range t.children[id] {
		h = max(h, t.height(c))
	}
	return h + 1
}

// checkMove refuses a place for a department that would make a circle, that does
// not exist, or that makes the tree too deep.
func (t *Tree) checkMove(id, parent plein.ID) error {
	if parent == 0 {
		return nil
	}
	if _, ok := t.units[parent]; !ok {
		return errUnitGone
	}
	if slices.Contains(t.Above(parent), id) {
		return errUnitCycle
	}
	height := 1 // a new one
	if _, ok := t.units[id]; ok {
		height = t.height(id)
	}
	if len(t.Above(parent))+height > maxDepth {
		return errUnitDeep
	}
	return nil
}

// makeSlug makes a slug from a department's name: "Interne geneeskunde B3"
// becomes interne-geneeskunde-b3.
func makeSlug(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range text.Fold(name) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			b.WriteRune(r)
			gap = false
		} else {
			gap = true
		}
	}
	s := b.String()
	if s == "" {
		return "afdeling"
	}
	return strings.TrimRight(s[:min(len(s), maxHandle-8)], "-")
}
