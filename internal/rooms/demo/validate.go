package demo

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"plein/internal/plein"
)

// problems gathers what is wrong with the content, so that a writer sees all of
// it at once.
type problems struct{ all []error }

func (p *problems) add(where, format string, args ...any) {
	p.all = append(p.all, fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...)))
}

func (p *problems) err() error { return plein.Wrap("demo.load", errors.Join(p.all...)) }

var (
	handleForm  = regexp.MustCompile(`^[a-z]+(\.[a-z]+)?$`)
	slugForm    = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	mentionForm = regexp.MustCompile(`@\[([^\]]+)\]`)
	hashtagForm = regexp.MustCompile(`(?:^|[\s(])#([\p{L}][\p{L}\p{N}_-]*)`)
)

// The twelve months in which the hand-written texts lie.
const firstDay, lastDay = "2025-12-01", "2026-11-30"

// check looks at everything that one entry alone cannot tell, and fills in the
// mentions of the texts.
func (c *content) check(p *problems) {
	c.checkUnits(p)
	c.checkPeople(p)
	c.checkGroups(p)
	c.checkTalks(p)
	c.checkThreads(p)
}

func (c *content) checkUnits(p *problems) {
	seen, heads := map[string]bool{}, c.handles()
	for i, u := range c.units {
		where := "unit " + u.Slug
		if !slugForm.MatchString(u.Slug) || seen[u.Slug] {
			p.add(where, "the slug is missing, malformed or taken")
		}
		if (u.Parent == "") != (i == 0) || u.Parent != "" && !seen[u.Parent] {
			p.add(where, "parent %q does not stand before it", u.Parent)
		}
		if u.Head != "" && !heads[u.Head] {
			p.add(where, "head %q is nobody", u.Head)
		}
		if _, ok := c.jobs.Family[u.Family]; !ok {
			p.add(where, "family %q has no titles", u.Family)
		}
		length(p, where, "name", u.Name, plein.MaxName)
		seen[u.Slug] = true
	}
	for slug := range c.jobs.StaffOf {
		if !seen[slug] {
			p.add("jobs", "staff_of names department %q, which does not exist", slug)
		}
	}
}

func (c *content) checkPeople(p *problems) {
	tree, handles := c.unitTree(), c.handles()
	seen, names, inUnit := map[string]bool{}, map[string]bool{}, map[string]int{}
	for _, e := range c.people {
		where := "person " + e.Handle
		if !handleForm.MatchString(e.Handle) || seen[e.Handle] {
			p.add(where, "the handle is malformed or taken")
		}
		if names[e.Name] || e.Given == "" || !strings.HasPrefix(e.Name, e.Given) {
			p.add(where, "name %q is taken or does not begin with the given name", e.Name)
		}
		seen[e.Handle], names[e.Name] = true, true
		for _, h := range []string{e.Manager, e.Sponsor} {
			if h != "" && !handles[h] {
				p.add(where, "%q is nobody", h)
			}
		}
		switch {
		case e.guest() && (e.Unit != "" || e.Sponsor == "" || e.GuestUntil == ""):
			p.add(where, "a guest has a sponsor and an end date and no department")
		case !e.guest() && tree[e.Unit] == nil:
			p.add(where, "unit %q does not exist", e.Unit)
		}
		if !e.Bot {
			inUnit[e.Unit]++
		}
		for _, r := range e.Roles {
			if !plein.Role(r).Known() {
				p.add(where, "role %q does not exist", r)
			}
		}
		if _, err := time.Parse("2006-01", e.Since); err != nil {
			p.add(where, "since = %q is not a month", e.Since)
		}
		if _, err := time.Parse("2006-01-02", e.GuestUntil); e.GuestUntil != "" && err != nil {
			p.add(where, "guest_until = %q is not a day", e.GuestUntil)
		}
		length(p, where, "name", e.Name, plein.MaxName)
		length(p, where, "title", e.Title, plein.MaxJobTitle)
		length(p, where, "bio", e.Bio, plein.MaxBio)
	}
	for _, u := range c.units {
		if inUnit[u.Slug] > u.Size {
			p.add("unit "+u.Slug, "size %d is smaller than its %d hand-made people", u.Size, inUnit[u.Slug])
		}
	}
}

func (c *content) checkGroups(p *problems) {
	tree, handles, seen := c.unitTree(), c.handles(), map[string]bool{}
	for _, g := range c.groups {
		where := "group " + g.Slug
		if !slugForm.MatchString(g.Slug) || seen[g.Slug] {
			p.add(where, "the slug is malformed or taken")
		}
		seen[g.Slug] = true
		if !plein.AudienceKind(g.Kind).IsGroup() || len(g.Owners) == 0 {
			p.add(where, "a group is open, closed or secret and has an owner")
		}
		if g.Join != 0 && g.Kind != string(plein.Open) {
			p.add(where, "only an open group lets people join")
		}
		for _, h := range slices.Concat(g.Owners, g.Moderators, g.Members) {
			if !handles[h] {
				p.add(where, "%q is nobody", h)
			}
		}
		for _, u := range g.Units {
			if tree[u] == nil {
				p.add(where, "unit %q does not exist", u)
			}
		}
		length(p, where, "name", g.Name, plein.MaxGroupName)
		length(p, where, "purpose", g.Purpose, plein.MaxPurpose)
		if utf8.RuneCountInString(g.Tile) != 1 {
			p.add(where, "tile %q is not one letter", g.Tile)
		}
	}
}

func (c *content) checkTalks(p *problems) {
	slot := regexp.MustCompile(`\{([a-z]+)2?\}`)
	groups := map[string]bool{}
	for _, g := range c.groups {
		groups[g.Slug] = g.Kind == string(plein.Open)
	}
	tree := c.unitTree()
	for u := range c.called {
		if tree[u] == nil {
			p.add("sentences", "called names department %q, which does not exist", u)
		}
	}
	for i, t := range c.talks {
		where := fmt.Sprintf("sentences, talk %d", i+1)
		if (len(t.Families)+len(t.Units) == 0) == (len(t.Groups) == 0) {
			p.add(where, "is said in departments or in groups, one of the two")
		}
		for _, u := range t.Units {
			if tree[u] == nil {
				p.add(where, "unit %q does not exist", u)
			}
		}
		for _, f := range t.Families {
			if _, ok := c.jobs.Family[f]; !ok {
				p.add(where, "family %q does not exist", f)
			}
		}
		for _, g := range t.Groups {
			if !groups[g] {
				p.add(where, "group %q does not exist or is not open", g)
			}
		}
		if k := plein.Kind(t.Kind); k != plein.KindPost && k != plein.KindQuestion {
			p.add(where, "kind %q is not post or question", t.Kind)
		}
		for n, s := range append([]string{t.Post}, t.Replies...) {
			for _, m := range slot.FindAllStringSubmatch(s, -1) {
				switch m[1] {
				case "n", "nn", "collega", "afdeling":
				case "naam":
					if n == 0 {
						p.add(where, "{naam} stands in a post")
					}
				default:
					if len(c.slots[m[1]]) == 0 {
						p.add(where, "slot {%s} does not exist", m[1])
					}
				}
			}
		}
	}
}

// checkThreads looks at every text: who may write it there, when, and whom it
// names.
func (c *content) checkThreads(p *problems) {
	first, _ := time.ParseInLocation(time.DateOnly, firstDay, c.zone)
	last, _ := time.ParseInLocation(time.DateOnly, lastDay, c.zone)
	last = last.AddDate(0, 0, 1)
	texts := map[string]string{}
	in := newPlaces(c)
	for i := range c.threads {
		t := &c.threads[i]
		if err := in.place(t); err != "" {
			p.add(t.Key, "%s", err)
			continue
		}
		answers := 0
		t.Walk(func(x *Text) {
			reply := x != &t.Text
			c.checkText(p, x, reply)
			if err := in.mayWrite(t, x); err != "" {
				p.add(x.Key, "%s", err)
			}
			x.Mentions = in.mentions(p, t, x)
			if x.At.Before(first) || !x.At.Before(last) {
				p.add(x.Key, "%s lies outside the twelve months", x.At.Format("2006-01-02 15:04"))
			}
			same := strings.ToLower(x.Body)
			if other, ok := texts[same]; ok {
				p.add(x.Key, "says the same as %s", other)
			}
			texts[same] = x.Key
			if x.Answer {
				answers++
			}
		})
		if answers > 1 || answers == 1 && t.Kind != plein.KindQuestion {
			p.add(t.Key, "only a question has an answer, and it has one")
		}
	}
}

func (c *content) checkText(p *problems, x *Text, reply bool) {
	if !reply && (!x.Kind.Known() || x.Kind == plein.KindReply || x.Kind == plein.KindMessage) {
		p.add(x.Key, "kind %q does not begin a thread", x.Kind)
	}
	if x.Body == "" {
		p.add(x.Key, "says nothing")
	}
	most := plein.MaxBody
	if reply {
		most = plein.MaxReply
	}
	length(p, x.Key, "body", x.Body, most)
	length(p, x.Key, "title", x.Title, plein.MaxTitle)
	if depth := strings.Count(x.Key, "."); depth > plein.MaxThreadDepth {
		p.add(x.Key, "stands %d levels deep", depth)
	}
	tags := hashtags(x.Body)
	if len(tags) > plein.MaxTags {
		p.add(x.Key, "has %d hashtags", len(tags))
	}
	for name, n := range c.counts[x.Key] {
		if !plein.Reaction(name).Known() || n < 1 {
			p.add(x.Key, "reaction %s = %d", name, n)
		}
	}
	for _, r := range x.Title + x.Body {
		if picture(r) {
			p.add(x.Key, "has the picture %q in it", r)
		}
	}
}

// picture says that a character is an emoji or its modifier. They are left to
// people; the house writes words.
func picture(r rune) bool {
	return r >= 0x1F000 || r >= 0x2600 && r <= 0x27BF || r >= 0x2B00 && r <= 0x2BFF || r == 0xFE0F || r == 0x200D
}

// hashtags gives the tags of a text without their sign, in order.
func hashtags(body string) []string {
	var tags []string
	for _, m := range hashtagForm.FindAllStringSubmatch(body, -1) {
		tags = append(tags, m[1])
	}
	return tags
}

func length(p *problems, where, field, s string, most int) {
	if n := utf8.RuneCountInString(s); n > most {
		p.add(where, "%s is %d characters long, the most is %d", field, n, most)
	}
}

func (c *content) handles() map[string]bool {
	all := make(map[string]bool, len(c.people))
	for _, e := range c.people {
		all[e.Handle] = true
	}
	return all
}
