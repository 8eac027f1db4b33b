package demo

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"

	"plein/internal/plein"
)

// streams of chance, one per part, so that asking for more volume changes nobody
// and nothing else.
const (
	streamPeople = iota + 1
	streamGroups
	streamFollows
	streamVolume
	streamReactions
	streamReads
)

// newestBefore is how long before now the newest hand-written text lies.
const newestBefore = 10 * time.Minute

// builder holds what the parts of one Build need of each other.
type builder struct {
	content *content
	seed    uint64
	now     time.Time // in the hospital's zone
	shift   func(time.Time) time.Time
	today   time.Time // when the newest hand-written day begins, in shifted time
	org     Organisation

	tree    map[string][]string // department: itself and everything above
	people  map[string]*Person
	groups  map[string]*Group
	readers map[string][]*Person // audience: who may read it
}

// Build makes the organisation as it would be at now. The hand-written texts keep
// their times of day and are moved by whole days; those of the newest day are
// moved as far as needed for the newest to lie ten minutes before now. extra is
// how many generated texts are added for volume; it may be 0. The same seed, now
// and extra give the same organisation.
func Build(seed uint64, now time.Time, extra int) (Organisation, error) {
	c, err := load(contentFiles, "content")
	if err != nil {
		return Organisation{}, err
	}
	b := &builder{content: c, seed: seed, now: now.In(c.zone), tree: c.unitTree(),
		people: map[string]*Person{}, groups: map[string]*Group{}, readers: map[string][]*Person{}}
	b.org.Name = c.units[0].Name
	b.placeInTime()
	for _, u := range c.units {
		b.org.Units = append(b.org.Units, Unit{Slug: u.Slug, Name: u.Name, Parent: u.Parent, Location: u.Location, Head: u.Head})
	}
	if err := b.makePeople(); err != nil {
		return Organisation{}, plein.Wrap("demo.build", err)
	}
	b.fillGroups()
	b.makeFollows()
	if err := b.makeVolume(extra); err != nil {
		return Organisation{}, plein.Wrap("demo.build", err)
	}
	slices.SortStableFunc(b.org.Threads, func(x, y Thread) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Key, y.Key))
	})
	b.react()
	b.read()
	return b.org, nil
}

// chance gives the stream of one part.
func (b *builder) chance(stream uint64) *rand.Rand { return rand.New(rand.NewPCG(b.seed, stream)) }

// placeInTime moves the hand-written threads to their place before now.
func (b *builder) placeInTime() {
	threads := b.content.threads
	oldest, newest := threads[0].At, threads[0].At
	for i := range threads {
		threads[i].Walk(func(x *Text) {
			oldest, newest = earlier(oldest, x.At), later(newest, x.At)
		})
	}
	b.shift = mover(newest, b.now.Add(-newestBefore))
	b.org.Opened = b.shift(oldest).Add(-time.Hour)
	b.today = b.shift(time.Date(newest.Year(), newest.Month(), newest.Day(), 0, 0, 0, 0, newest.Location()))
	for _, t := range threads {
		t.Walk(func(x *Text) { x.At = b.shift(x.At) })
		inOrder(&t.Text, t.At)
		b.org.Threads = append(b.org.Threads, t)
	}
}

// inOrder keeps every reply after what stands before it. It changes something only
// where a text came to lie in the hour that the clocks skip or repeat.
func inOrder(x *Text, floor time.Time) {
	for i := range x.Replies {
		reply := &x.Replies[i]
		reply.At = later(reply.At, floor.Add(time.Second))
		floor = reply.At
		inOrder(reply, floor)
	}
}

// mover gives the function that takes a written time to its place, so that
// newest comes at target. Everything moves by whole days and keeps its time of
// day; what was written on the newest day moves by the rest of the way too. No
// two texts change their order.
func mover(newest, target time.Time) func(time.Time) time.Time {
	days := daysBetween(newest, target)
	if newest.AddDate(0, 0, days).After(target) {
		days--
	}
	rest := target.Sub(newest.AddDate(0, 0, days))
	y, m, d := newest.Date()
	newestDay := time.Date(y, m, d, 0, 0, 0, 0, newest.Location())
	return func(t time.Time) time.Time {
		moved := t.AddDate(0, 0, days)
		if !t.Before(newestDay) {
			moved = moved.Add(rest)
		}
		return moved
	}
}

// daysBetween counts the midnights from a to b on the calendar of a's zone.
func daysBetween(a, b time.Time) int {
	b = b.In(a.Location())
	noon := func(t time.Time) time.Time {
		y, m, d := t.Date()
		return time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
	}
	return int(noon(b).Sub(noon(a)) / (24 * time.Hour))
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// audience names where a thread stands, as a key of readers.
func (t *Thread) audience() string {
	switch {
	case t.Org:
		return "org"
	case t.Unit != "":
		return "unit " + t.Unit
	default:
		return "group " + t.Group
	}
}

// readersOf gives who may read a thread, in the order of People. Bots are left
// out: they read nothing.
func (b *builder) readersOf(t *Thread) []*Person {
	key := t.audience()
	if all, ok := b.readers[key]; ok {
		return all
	}
	all := []*Person{}
	var inside map[string]bool
	if t.Group != "" {
		inside = map[string]bool{}
		for _, h := range b.groups[t.Group].Everybody() {
			inside[h] = true
		}
	}
	for i := range b.org.People {
		p := &b.org.People[i]
		may := false
		switch {
		case p.Bot:
		case t.Org:
			may = !p.Guest
		case t.Unit != "":
			may = slices.Contains(b.tree[p.Unit], t.Unit)
		default:
			may = inside[p.Handle]
		}
		if may {
			all = append(all, p)
		}
	}
	b.readers[key] = all
	return all
}

// pick takes one of a list.
func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// some takes n different ones of a list, in the order in which chance gives them.
func some[T any](r *rand.Rand, list []T, n int) []T {
	list = slices.Clone(list)
	n = min(n, len(list))
	for i := range n {
		j := i + r.IntN(len(list)-i)
		list[i], list[j] = list[j], list[i]
	}
	return list[:n]
}

// wait is a length of time that is mostly short and sometimes long.
func wait(r *rand.Rand, mean time.Duration) time.Duration {
	return time.Duration(r.ExpFloat64() * float64(mean)).Truncate(time.Second)
}
