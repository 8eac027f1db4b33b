package demo

import (
	"slices"
	"strings"

	"plein/internal/plein"
)

// fillGroups decides who is in which group.
func (b *builder) fillGroups() {
	r := b.chance(streamGroups)
	speakers := map[string]map[string]bool{}
	for i := range b.org.Threads {
		t := &b.org.Threads[i]
		if t.Group == "" {
			continue
		}
		if speakers[t.Group] == nil {
			speakers[t.Group] = map[string]bool{}
		}
		t.Walk(func(x *Text) { speakers[t.Group][x.Author] = true })
	}
	for _, e := range b.content.groups {
		g := Group{Slug: e.Slug, Name: e.Name, Purpose: e.Purpose, Kind: plein.AudienceKind(e.Kind), Tile: e.Tile,
			Owners: slices.Clone(e.Owners)}
		for _, h := range e.Moderators {
			if !slices.Contains(g.Owners, h) {
				g.Moderators = append(g.Moderators, h)
			}
		}
		for i := range b.org.People {
			p := &b.org.People[i]
			joins := r.Float64() < e.Join // drawn for everybody, so that a list can change without moving the rest
			if slices.Contains(g.Owners, p.Handle) || slices.Contains(g.Moderators, p.Handle) {
				continue
			}
			ordinary := !p.Guest && !p.Bot
			if slices.Contains(e.Members, p.Handle) || speakers[e.Slug][p.Handle] || ordinary && (joins ||
				slices.ContainsFunc(e.Units, func(u string) bool { return slices.Contains(b.tree[p.Unit], u) }) ||
				slices.ContainsFunc(e.Titles, func(t string) bool { return strings.HasPrefix(p.Title, t) })) {
				g.Members = append(g.Members, p.Handle)
			}
		}
		b.org.Groups = append(b.org.Groups, g)
	}
	for i := range b.org.Groups {
		b.groups[b.org.Groups[i].Slug] = &b.org.Groups[i]
	}
}

// makeFollows lets people follow whom they would: their manager, colleagues of
// their department and those who speak much.
func (b *builder) makeFollows() {
	r := b.chance(streamFollows)
	var known []string
	inUnit := map[string][]string{}
	for i := range b.org.People {
		p := &b.org.People[i]
		if p.Guest || p.Bot {
			continue
		}
		inUnit[p.Unit] = append(inUnit[p.Unit], p.Handle)
		if p.Hand {
			known = append(known, p.Handle)
		}
	}
	for i := range b.org.People {
		p := &b.org.People[i]
		if p.Guest || p.Bot {
			continue
		}
		var chosen []string
		if p.Manager != "" && r.Float64() < 0.45 {
			chosen = append(chosen, p.Manager)
		}
		for range r.IntN(7) {
			from := known
			if r.Float64() < 0.4 {
				from = inUnit[p.Unit]
			}
			chosen = append(chosen, pick(r, from))
		}
		slices.Sort(chosen)
		for _, h := range slices.Compact(chosen) {
			if h != p.Handle {
				b.org.Follows = append(b.org.Follows, Follow{p.Handle, h})
			}
		}
	}
}
