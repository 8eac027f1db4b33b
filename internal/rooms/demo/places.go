package demo

import (
	"slices"

	"plein/internal/plein"
)

// places knows where the hand-made people may speak. It follows the rules of the
// square, so that planting the content can never be refused.
type places struct {
	tree   map[string][]string
	people map[string]personEntry
	groups map[string]groupEntry
	names  map[string]Mention // what a name between brackets means
}

func newPlaces(c *content) places {
	in := places{tree: c.unitTree(), people: map[string]personEntry{}, groups: map[string]groupEntry{}, names: map[string]Mention{}}
	for _, e := range c.people {
		in.people[e.Handle] = e
		in.names[e.Name] = Mention{Name: e.Name, Person: e.Handle}
	}
	for _, g := range c.groups {
		in.groups[g.Slug] = g
		in.names[g.Name] = Mention{Name: g.Name, Group: g.Slug}
	}
	return in
}

// place says what is wrong with where a thread stands, or "".
func (in places) place(t *Thread) string {
	n := 0
	for _, set := range []bool{t.Org, t.Unit != "", t.Group != ""} {
		if set {
			n++
		}
	}
	_, group := in.groups[t.Group]
	switch {
	case n != 1:
		return "has not exactly one of org, unit and group"
	case t.Unit != "" && in.tree[t.Unit] == nil:
		return "unit " + t.Unit + " does not exist"
	case t.Group != "" && !group:
		return "group " + t.Group + " does not exist"
	case t.Pinned && !group:
		return "only a group has pinned posts"
	}
	return ""
}

// listed says that somebody is in a group by its list or its departments.
func (in places) listed(g groupEntry, e personEntry) bool {
	return slices.Contains(g.Owners, e.Handle) || slices.Contains(g.Moderators, e.Handle) || slices.Contains(g.Members, e.Handle) ||
		!e.guest() && slices.ContainsFunc(g.Units, func(u string) bool { return slices.Contains(in.tree[e.Unit], u) })
}

// mayWrite says why somebody cannot have written a text there, or "".
func (in places) mayWrite(t *Thread, x *Text) string {
	e, ok := in.people[x.Author]
	switch {
	case !ok:
		return "author " + x.Author + " is nobody"
	case e.Bot != (x.Kind == plein.KindAlert):
		return "alerts are by bots and bots write nothing else"
	case t.Org && e.guest():
		return "a guest does not write to everybody"
	case t.Unit != "" && !slices.Contains(in.tree[e.Unit], t.Unit):
		return x.Author + " does not belong to " + t.Unit
	case t.Group != "":
		g := in.groups[t.Group]
		if (g.Kind != string(plein.Open) || e.guest()) && !in.listed(g, e) {
			return x.Author + " is no member of " + t.Group
		}
	}
	return ""
}

// mentions resolves the names between brackets. A secret group is named only in
// itself, and nobody is named to whom the text is hidden by a secret.
func (in places) mentions(p *problems, t *Thread, x *Text) []Mention {
	var out []Mention
	for _, m := range mentionForm.FindAllStringSubmatch(x.Body, -1) {
		named, ok := in.names[m[1]]
		switch {
		case !ok:
			p.add(x.Key, "nobody and nothing is called %q", m[1])
		case named.Group != "" && in.groups[named.Group].Kind == string(plein.Secret) && named.Group != t.Group:
			p.add(x.Key, "names the secret group %q", m[1])
		case !slices.Contains(out, named):
			out = append(out, named)
		}
	}
	if len(out) > plein.MaxMentions {
		p.add(x.Key, "names %d people and groups", len(out))
	}
	return out
}
