package demo

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"plein/internal/plein"
)

func build(t *testing.T, seed uint64, now time.Time, extra int) Organisation {
	t.Helper()
	org, err := Build(seed, now, extra)
	if err != nil {
		t.Fatal(err)
	}
	return org
}

var someDay = time.Date(2026, 11, 21, 13, 0, 0, 0, time.UTC)

func TestTheHospitalIsWhole(t *testing.T) {
	org := build(t, 1, someDay, 400)
	people, units := map[string]*Person{}, map[string]*Unit{}
	emails, names, demo, layers := map[string]bool{}, map[string]bool{}, map[string]int{}, map[int]int{}
	for i := range org.Units {
		u := &org.Units[i]
		if units[u.Parent] == nil && i > 0 {
			t.Errorf("department %s stands before its parent", u.Slug)
		}
		units[u.Slug] = u
	}
	staff := 0
	for i := range org.People {
		p := &org.People[i]
		if people[p.Handle] != nil || emails[p.Email] || names[p.Name] {
			t.Errorf("%s, %s or %s is there twice", p.Handle, p.Email, p.Name)
		}
		if p.Manager != "" && people[p.Manager] == nil {
			t.Errorf("%s stands before the manager %s", p.Handle, p.Manager)
		}
		if p.Guest != (p.Unit == "") || p.Guest && people[p.Sponsor] == nil {
			t.Errorf("%s: a guest has a sponsor and no department", p.Handle)
		}
		if !p.Guest && units[p.Unit] == nil || p.Title == "" || p.Since.After(someDay) || len(p.Languages) == 0 && !p.Bot {
			t.Errorf("%s is not whole: %+v", p.Handle, *p)
		}
		if strings.ContainsAny(p.Title, "{}") {
			t.Errorf("%s has the title %q", p.Handle, p.Title)
		}
		people[p.Handle], emails[p.Email], names[p.Name] = p, true, true
		if p.Demo != "" {
			demo[p.Demo]++
		}
		if !p.Guest && !p.Bot {
			staff++
			layers[p.Layer]++
		}
	}
	if staff < 1150 || staff > 1250 || len(org.Units) < 60 || len(org.Groups) < 30 {
		t.Errorf("%d colleagues, %d departments, %d groups", staff, len(org.Units), len(org.Groups))
	}
	for _, role := range []string{"nurse", "team_leader", "director", "community_manager", "technical_admin"} {
		if demo[role] != 1 {
			t.Errorf("%d people have the demo role %s", demo[role], role)
		}
	}
	for n := 1; n <= 6; n++ {
		if layers[n] == 0 {
			t.Errorf("layer %d is empty: %v", n, layers)
		}
	}
	if layers[1] != 1 || len(layers) != 6 {
		t.Errorf("layers %v", layers)
	}
	for _, u := range org.Units {
		if u.Head == "" || people[u.Head] == nil {
			t.Errorf("nobody leads %s", u.Slug)
		}
	}
	followed := map[Follow]bool{}
	for _, f := range org.Follows {
		if f.Follower == f.Followed || followed[f] || people[f.Follower] == nil || people[f.Followed] == nil {
			t.Errorf("follow %v", f)
		}
		followed[f] = true
	}
	if len(org.Follows) < staff {
		t.Errorf("only %d follows", len(org.Follows))
	}
	t.Logf("%d staff, layers %v, %d follows", staff, layers, len(org.Follows))
}

// TestNobodySpeaksWhereTheyAreNot reads the result with its own eyes, not with
// those of the loader.
func TestNobodySpeaksWhereTheyAreNot(t *testing.T) {
	org := build(t, 7, someDay, 800)
	people, parent, inGroup, kind := map[string]Person{}, map[string]string{}, map[string]map[string]bool{}, map[string]plein.AudienceKind{}
	for _, p := range org.People {
		people[p.Handle] = p
	}
	for _, u := range org.Units {
		parent[u.Slug] = u.Parent
	}
	for _, g := range org.Groups {
		inGroup[g.Slug], kind[g.Slug] = map[string]bool{}, g.Kind
		for _, h := range g.Everybody() {
			if inGroup[g.Slug][h] {
				t.Errorf("%s is twice in %s", h, g.Slug)
			}
			inGroup[g.Slug][h] = true
		}
		if len(g.Owners) == 0 {
			t.Errorf("%s has no owner", g.Slug)
		}
	}
	reads := func(th Thread, h string) bool {
		p := people[h]
		switch {
		case th.Org:
			return !p.Guest
		case th.Group != "":
			return inGroup[th.Group][h]
		}
		for u := p.Unit; u != ""; u = parent[u] {
			if u == th.Unit {
				return true
			}
		}
		return false
	}
	keys, said, hand, made := map[string]bool{}, map[string]string{}, 0, 0
	last := time.Time{}
	for _, th := range org.Threads {
		if th.At.Before(last) {
			t.Errorf("%s stands out of time", th.Key)
		}
		last = th.At
		th.Walk(func(x *Text) {
			if keys[x.Key] || said[x.Body] != "" {
				t.Errorf("%s (%q) is there twice: %s", x.Key, x.Body, said[x.Body])
			}
			keys[x.Key], said[x.Body] = true, x.Key
			if x.Hand {
				hand++
			} else {
				made++
				if strings.ContainsAny(x.Body, "{}") {
					t.Errorf("%s has an open slot: %s", x.Key, x.Body)
				}
			}
			if !reads(th, x.Author) {
				t.Errorf("%s wrote %s and may not read it", x.Author, x.Key)
			}
			if people[x.Author].Since.After(x.At) || x.At.Before(org.Opened) || x.At.After(someDay) {
				t.Errorf("%s is dated %s", x.Key, x.At)
			}
			seen := map[string]bool{}
			for _, r := range x.Reactions {
				if seen[r.Person] || r.Person == x.Author || !reads(th, r.Person) || r.At.Before(x.At) || r.At.After(someDay) || people[r.Person].Since.After(r.At) {
					t.Errorf("%s reacts to %s at %s", r.Person, x.Key, r.At)
				}
				seen[r.Person] = true
			}
			floor := x.At
			for _, reply := range x.Replies {
				if !reply.At.After(floor) || reply.Kind != plein.KindReply {
					t.Errorf("%s comes at %s, after %s", reply.Key, reply.At, floor)
				}
				floor = reply.At
			}
			for _, m := range x.Mentions {
				if people[m.Person].Name != m.Name && (m.Person != "" || kind[m.Group] == "") {
					t.Errorf("%s names %+v", x.Key, m)
				}
			}
		})
		for _, r := range th.Read {
			if !reads(th, r.Person) || r.At.Before(th.At) || r.At.After(someDay) {
				t.Errorf("%s read %s at %s", r.Person, th.Key, r.At)
			}
		}
	}
	if hand < 300 || made != 800 {
		t.Errorf("%d texts by hand, %d made; want at least 300 and exactly 800", hand, made)
	}
}

func TestMustReadsAreReadBySevenInTen(t *testing.T) {
	org := build(t, 3, someDay, 0)
	staff, nurse := 0, ""
	for _, p := range org.People {
		if !p.Guest && !p.Bot {
			staff++
		}
		if p.Demo == "nurse" {
			nurse = p.Handle
		}
	}
	var newest Thread
	for _, th := range org.Threads {
		if th.MustRead != (len(th.Read) > 0) {
			t.Errorf("%s: must read %v, read by %d", th.Key, th.MustRead, len(th.Read))
		}
		if th.MustRead && th.Org {
			if share := float64(len(th.Read)) / float64(staff); share < 0.64 || share > 0.76 {
				t.Errorf("%s was read by %.2f", th.Key, share)
			}
			newest = th
		}
	}
	if slices.ContainsFunc(newest.Read, func(r Read) bool { return r.Person == nurse }) {
		t.Error("the nurse has nothing left to read")
	}
}

func TestTheNewestTextLiesTenMinutesBack(t *testing.T) {
	content, err := load(contentFiles, "content")
	if err != nil {
		t.Fatal(err)
	}
	written, newestDay := map[string]time.Time{}, time.Time{}
	for i := range content.threads {
		content.threads[i].Walk(func(x *Text) {
			written[x.Key] = x.At
			newestDay = later(newestDay, x.At)
		})
	}
	newestDay = time.Date(newestDay.Year(), newestDay.Month(), newestDay.Day(), 0, 0, 0, 0, newestDay.Location())
	for _, now := range []time.Time{
		someDay,
		time.Date(2026, 11, 20, 10, 50, 0, 0, time.UTC),
		time.Date(2026, 6, 1, 1, 15, 0, 0, time.UTC),
		time.Date(2027, 3, 28, 0, 59, 0, 0, time.UTC), // just before the clocks skip an hour
		time.Date(2027, 10, 31, 1, 30, 0, 0, time.UTC),
		time.Date(2031, 2, 28, 23, 59, 0, 0, time.UTC),
	} {
		org := build(t, 1, now, 0)
		newest, odd := time.Time{}, 0
		for _, th := range org.Threads {
			th.Walk(func(x *Text) {
				newest = later(newest, x.At)
				was := written[x.Key]
				if was.Before(newestDay) && (x.At.Hour() != was.Hour() || x.At.Minute() != was.Minute()) {
					odd++ // a nightly hour that does not exist on the new day
				}
			})
		}
		if want := now.Add(-10 * time.Minute); !newest.Equal(want) {
			t.Errorf("at %s the newest text is of %s, want %s", now, newest, want)
		}
		if odd > 1 {
			t.Errorf("at %s %d texts lost their time of day", now, odd)
		}
	}
}

func TestTheSameSeedMakesTheSameHospital(t *testing.T) {
	a, b := build(t, 42, someDay, 300), build(t, 42, someDay, 300)
	if !reflect.DeepEqual(a, b) {
		t.Fatal("two builds with one seed differ")
	}
	other, more := build(t, 43, someDay, 300), build(t, 42, someDay, 600)
	if reflect.DeepEqual(a.People, other.People) {
		t.Error("another seed makes the same people")
	}
	if !reflect.DeepEqual(a.People, more.People) || !reflect.DeepEqual(a.Groups, more.Groups) || !reflect.DeepEqual(a.Follows, more.Follows) {
		t.Error("more volume changes people, groups or follows")
	}
}

func TestVolumeReachesTwentyThousand(t *testing.T) {
	org := build(t, 5, someDay, 20_000)
	n, days := 0, map[string]int{}
	for _, th := range org.Threads {
		th.Walk(func(x *Text) {
			if !x.Hand {
				n++
				days[x.At.Format(time.DateOnly)]++
			}
		})
	}
	if n != 20_000 || len(days) < 340 {
		t.Errorf("%d texts on %d days", n, len(days))
	}
}

func TestEveryNameHasPlainLetters(t *testing.T) {
	c, err := load(contentFiles, "content")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range c.origins {
		for _, name := range slices.Concat(o.Women, o.Men, o.Families) {
			letters := 0
			for _, r := range name {
				if r != ' ' && r != '-' && r != '\'' {
					letters++
				}
			}
			if folded := fold(name); len(folded) != letters {
				t.Errorf("%s becomes %s", name, folded)
			}
		}
	}
}

func TestWrittenPutsMentionsInTheirStoredForm(t *testing.T) {
	x := Text{Body: "Dag @[Jan], zie @[ICT] en @[Weg].", Mentions: []Mention{{Name: "Jan", Person: "jan"}, {Name: "ICT", Group: "ict"}, {Name: "Weg", Group: "weg"}}}
	got := x.Written(func(m Mention) string {
		switch {
		case m.Person != "":
			return "@[Jan](person:1)"
		case m.Group == "ict":
			return "@[ICT](group:2)"
		}
		return ""
	})
	if want := "Dag @[Jan](person:1), zie @[ICT](group:2) en Weg."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
