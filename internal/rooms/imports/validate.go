package imports

import (
	"strings"
	"time"

	"plein/internal/platform/text"
	"plein/internal/plein"
	"plein/internal/rooms/imports/internal/intake"
)

// limits bound one import.
type limits struct {
	intake.Limits
	Messages int // messages of one import
	Early    int // replies of one channel that stand before what they answer
	People   int // people, groups and direct channels, each
	Batch    int // things that one transaction writes
}

func theLimits() limits {
	return limits{Limits: intake.TheLimits(), Messages: 5_000_000, Early: 100_000, People: 1_000_000, Batch: 500}
}

// earliest is before every network that can be imported; a date before it is a
// broken clock or a forged file.
var earliest = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)

// checker is the sink of the first reading: it looks at everything and writes
// nothing.
type checker struct {
	now      time.Time
	limits   limits
	problems Problems
	found    found
	people   map[string]string // source → name
	groups   map[string]stagedGroup
	sets     map[string]bool
	progress *progress
}

// found counts what an export holds.
type found struct{ people, groups, sets, items int }

func newChecker(now time.Time, l limits, p *progress) *checker {
	return &checker{now: now, limits: l, progress: p,
		people: map[string]string{}, groups: map[string]stagedGroup{}, sets: map[string]bool{}}
}

func (c *checker) problem(at, reason string, args ...any) error {
	err := intake.Refuse(at, reason, args...)
	c.problems = append(c.problems, err.(Problem))
	if len(c.problems) >= maxProblems {
		return c.problems
	}
	return nil
}

// note is silent: the second reading says it.
func (c *checker) note(string, string, ...any) {}

// source refuses names that no database could keep or that are long enough to
// hide in.
func (c *checker) source(at string, sources ...string) (ok bool, err error) {
	for _, s := range sources {
		if len(s) > 600 || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return false, c.problem(at, "an identifier is too long or holds characters that none may hold")
		}
	}
	return true, nil
}

func (c *checker) person(p stagedPerson) error {
	if ok, err := c.source(p.at, p.source); !ok {
		return err
	}
	if _, ok := c.people[p.source]; ok {
		return c.problem(p.at, "the same person is there twice")
	}
	if c.found.people++; c.found.people > c.limits.People {
		return intake.Refuse(p.at, "there are more than %d people", c.limits.People)
	}
	c.people[p.source] = p.Name
	c.progress.checked(1)
	return nil
}

func (c *checker) group(g stagedGroup) error {
	if ok, err := c.source(g.at, g.source); !ok {
		return err
	}
	if _, ok := c.groups[g.source]; ok {
		return c.problem(g.at, "the same channel is there twice")
	}
	if c.found.groups++; c.found.groups > c.limits.People {
		return intake.Refuse(g.at, "there are more than %d channels", c.limits.People)
	}
	if !g.made.IsZero() {
		if err := c.date(g.at, g.made); err != nil {
			return err
		}
	}
	c.groups[g.source] = stagedGroup{name: g.name, kind: g.kind}
	c.progress.checked(1)
	return nil
}

func (c *checker) set(d stagedSet) error {
	if ok, err := c.source(d.at, append(d.people, d.source)...); !ok {
		return err
	}
	if c.sets[d.source] {
		return c.problem(d.at, "the same direct conversation is there twice")
	}
	if c.found.sets++; c.found.sets > c.limits.People {
		return intake.Refuse(d.at, "there are more than %d direct conversations", c.limits.People)
	}
	c.sets[d.source] = true
	return nil
}

func (c *checker) item(it *stagedItem) error {
	if c.found.items++; c.found.items > c.limits.Messages {
		return intake.Refuse(it.at, "there are more than %d messages", c.limits.Messages)
	}
	c.progress.checked(1)
	if ok, err := c.source(it.at, it.source, it.parent, it.author); !ok {
		return err
	}
	if _, ok := c.groups[it.audience]; !ok && !c.sets[it.audience] {
		return c.problem(it.at, "belongs to a channel that the export does not describe")
	}
	if err := c.date(it.at, it.made); err != nil {
		return err
	}
	if !it.edited.IsZero() {
		if err := c.date(it.at, it.edited); err != nil {
			return err
		}
	}
	for _, r := range it.reactions {
		if ok, err := c.source(it.at, r.person); !ok {
			return err
		}
		if err := c.date(it.at, r.at); err != nil {
			return err
		}
	}
	return nil
}

// date refuses moments at which nobody can have written.
func (c *checker) date(at string, t time.Time) error {
	switch {
	case t.Before(earliest):
		return c.problem(at, "the date %s is before 1990", t.UTC().Format("2006-01-02"))
	case t.After(c.now.Add(24 * time.Hour)):
		return c.problem(at, "the date %s is in the future", t.UTC().Format("2006-01-02"))
	}
	return nil
}

// mention answers with the same shape as the writer will, so that what is
// checked is as long as what is written.
func (c *checker) mention(source string) (string, plein.ID, bool) {
	name, ok := c.people[source]
	return name, 1, ok
}

func (c *checker) mentionGroup(source string) (string, plein.ID, bool) {
	g, ok := c.groups[source]
	return g.name, 1, ok && g.kind == plein.Open
}

// result is what the checking came to.
func (c *checker) result(err error) error {
	if err != nil {
		if p, ok := err.(Problem); ok && len(c.problems) > 0 {
			return append(c.problems, p)
		}
		return err
	}
	if len(c.problems) > 0 {
		return c.problems
	}
	return nil
}

// emailOf makes an address comparable, or gives nothing when it is none.
func emailOf(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || len(local) > 64 || strings.ContainsAny(domain, "@_/") || strings.Contains(domain, "..") ||
		strings.HasPrefix(domain, ".") || strings.HasSuffix(domain, ".") || !strings.Contains(domain, ".") && domain != "localhost" {
		return ""
	}
	if clean, err := text.CleanName(s, plein.MaxEmail); err != nil || clean != s {
		return ""
	}
	for _, r := range s {
		if r <= ' ' || r == 0x7f || !intake.IsShown(r) || strings.ContainsRune(`<>()[]\,;:"`, r) {
			return ""
		}
	}
	return s
}
