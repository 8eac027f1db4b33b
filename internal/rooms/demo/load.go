package demo

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"plein/internal/plein"
)

//go:embed content/*.toml
var contentFiles embed.FS

// zone is the zone in which the hospital lives and its texts are dated.
const zone = "Europe/Amsterdam"

// content is what stands in the files, read and checked but not yet at its place
// in time.
type content struct {
	zone    *time.Location
	units   []unitEntry
	people  []personEntry
	groups  []groupEntry
	threads []Thread                  // with times as written, no reactions and no reads
	counts  map[string]map[string]int // key of a text: reaction: how many
	origins []originEntry
	jobs    jobsFile
	talks   []talkEntry
	slots   map[string][]string
	called  map[string]string // a department as others call it
}

type unitEntry struct {
	Slug, Name, Parent, Family, Head, Location string
	Size                                       int
}

type personEntry struct {
	Handle, Name, Given, Title, Unit, Location, Manager string
	Pronouns, Bio, Demo, Since                          string
	Languages, Skills, Roles                            []string
	AskMe                                               []string `toml:"ask_me_about"`
	Bot                                                 bool
	Employer, Sponsor                                   string
	GuestUntil                                          string `toml:"guest_until"`
}

func (p personEntry) guest() bool { return p.Employer != "" }

type groupEntry struct {
	Slug, Name, Purpose, Kind, Tile            string
	Owners, Moderators, Members, Units, Titles []string
	Join                                       float64
}

type threadEntry struct {
	Group, Unit, Author, At, Kind, Title, Body string
	Org                                        bool
	MustRead                                   bool `toml:"must_read"`
	Pinned                                     bool
	Reactions                                  map[string]int
	Reply                                      []replyEntry
}

type replyEntry struct {
	Author, After, Body string
	Answer              bool
	Reactions           map[string]int
	Reply               []replyEntry
}

type originEntry struct {
	Weight                          int
	Languages, Women, Men, Families []string
}

type jobsFile struct {
	Family  map[string]jobEntry
	StaffOf map[string][]string `toml:"staff_of"`
	Short   map[string]string
	Bios    struct{ List []string }
}

type jobEntry struct {
	Head                           string
	Senior, Staff, Trainee, Skills []string
}

type talkEntry struct {
	Families, Units, Groups []string
	Kind, Post              string
	Replies                 []string
}

// load reads the content under dir and checks it. All problems are reported, a
// line each.
func load(files fs.FS, dir string) (*content, error) {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return nil, plein.Wrap("demo.load", err)
	}
	c := &content{zone: loc, counts: map[string]map[string]int{}}
	var (
		units     struct{ Unit []unitEntry }
		people    struct{ Person []personEntry }
		groups    struct{ Group []groupEntry }
		names     struct{ Origin []originEntry }
		sentences struct {
			Slots  map[string][]string
			Called map[string]string
			Talk   []talkEntry
		}
	)
	for name, into := range map[string]any{
		"units.toml": &units, "people.toml": &people, "groups.toml": &groups,
		"names.toml": &names, "jobs.toml": &c.jobs, "sentences.toml": &sentences,
	} {
		if err := decode(files, path.Join(dir, name), into); err != nil {
			return nil, err
		}
	}
	c.units, c.people, c.groups = units.Unit, people.Person, groups.Group
	c.origins, c.talks, c.slots, c.called = names.Origin, sentences.Talk, sentences.Slots, sentences.Called

	paths, err := fs.Glob(files, path.Join(dir, "threads-*.toml"))
	if err != nil {
		return nil, plein.Wrap("demo.load", err)
	}
	p := &problems{}
	for _, file := range paths {
		var f struct{ Thread []threadEntry }
		if err := decode(files, file, &f); err != nil {
			return nil, err
		}
		stem := strings.TrimSuffix(path.Base(file), ".toml")
		for i, e := range f.Thread {
			c.threads = append(c.threads, c.thread(p, stem+"/"+strconv.Itoa(i+1), e))
		}
	}
	c.check(p)
	if err := p.err(); err != nil {
		return nil, err
	}
	return c, nil
}

// decode reads one file and refuses keys that nobody knows, so that a slip of
// the pen is not silently lost.
func decode(files fs.FS, name string, into any) error {
	meta, err := toml.DecodeFS(files, name, into)
	if err != nil {
		return plein.Wrap("demo.load", fmt.Errorf("%s: %w", name, err))
	}
	if extra := meta.Undecoded(); len(extra) > 0 {
		return plein.Wrap("demo.load", fmt.Errorf("%s: unknown key %s", name, extra[0]))
	}
	return nil
}

// thread turns an entry into a Thread, with its replies' times counted from the
// post.
func (c *content) thread(p *problems, key string, e threadEntry) Thread {
	at, err := time.ParseInLocation("2006-01-02 15:04", e.At, c.zone)
	if err != nil {
		p.add(key, "at = %q is not a moment", e.At)
	}
	t := Thread{Org: e.Org, Unit: e.Unit, Group: e.Group, Text: Text{
		Key: key, Author: e.Author, At: at, Kind: plein.Kind(e.Kind), Title: strings.TrimSpace(e.Title),
		Body: strings.TrimSpace(e.Body), MustRead: e.MustRead, Pinned: e.Pinned, Hand: true,
	}}
	c.counts[key] = e.Reactions
	t.Replies = c.replies(p, key, at, 0, e.Reply)
	return t
}

func (c *content) replies(p *problems, key string, start time.Time, floor time.Duration, entries []replyEntry) []Text {
	var out []Text
	for i, e := range entries {
		k := key + "." + strconv.Itoa(i+1)
		after, err := parseAfter(e.After)
		switch {
		case err != nil:
			p.add(k, "after = %q is not a length of time", e.After)
		case after <= floor:
			p.add(k, "after = %q is not later than what stands before it", e.After)
		}
		r := Text{Key: k, Author: e.Author, At: start.Add(after), Kind: plein.KindReply,
			Body: strings.TrimSpace(e.Body), Answer: e.Answer, Hand: true}
		c.counts[k] = e.Reactions
		r.Replies = c.replies(p, k, start, after, e.Reply)
		out = append(out, r)
		floor = after
	}
	return out
}

// parseAfter reads a duration that may begin with days: "2d3h", "41m".
func parseAfter(s string) (time.Duration, error) {
	var days int
	if d, rest, ok := strings.Cut(s, "d"); ok {
		n, err := strconv.Atoi(d)
		if err != nil {
			return 0, err
		}
		if days, s = n, rest; s == "" {
			s = "0s"
		}
	}
	d, err := time.ParseDuration(s)
	return d + time.Duration(days)*24*time.Hour, err
}

// unitTree gives, for each department, itself and everything above it.
func (c *content) unitTree() map[string][]string {
	parent := map[string]string{}
	for _, u := range c.units {
		parent[u.Slug] = u.Parent
	}
	tree := make(map[string][]string, len(c.units))
	for _, u := range c.units {
		for s, n := u.Slug, 0; s != "" && n <= len(c.units); s, n = parent[s], n+1 {
			tree[u.Slug] = append(tree[u.Slug], s)
		}
	}
	return tree
}
