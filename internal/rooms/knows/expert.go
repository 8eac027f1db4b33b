package knows

import (
	"cmp"
	"slices"
	"strings"

	"plein/internal/plein"
	"plein/internal/square/people"
)

// Because is a kind of reason.
type Because string

// The reasons for which somebody is named, the most telling first.
const (
	Answered Because = "answered" // gave answers that were chosen
	AsksFor  Because = "ask"      // says: ask me about this
	Thanked  Because = "thanked"  // was thanked for help with it
	Skilled  Because = "skill"    // has it among their skills
	Wrote    Because = "wrote"    // wrote about it
)

var order = []Because{Answered, AsksFor, Thanked, Skilled, Wrote}

// Reason says why somebody is named. All of it can be seen by whoever asked.
type Reason struct {
	Because Because
	Topic   string   // a skill, or what to ask about, as they wrote it
	N       int      // how many answers or posts
	Where   plein.ID // the audience, when all are in one; zero otherwise
	Item    plein.ID // the newest of them; zero for what somebody says of themselves
}

// Expert is a colleague who may know, with the reasons.
type Expert struct {
	People  people.Card
	Reasons []Reason
}

// sightings gathers what points at people, for one question.
type sightings struct {
	by map[plein.ID]map[Because]*found
}

// found is everything of one kind that points at one person.
type found struct {
	n        int
	fit      float64 // how much of the question the best of it answers
	topic    string
	item     plein.ID
	places   map[plein.ID]bool
	counting map[plein.ID]bool // items, so that nothing counts twice
}

func newSightings() *sightings { return &sightings{by: map[plein.ID]map[Because]*found{}} }

func (s *sightings) of(person plein.ID, why Because) *found {
	if s.by[person] == nil {
		s.by[person] = map[Because]*found{}
	}
	f := s.by[person][why]
	if f == nil {
		f = &found{places: map[plein.ID]bool{}, counting: map[plein.ID]bool{}}
		s.by[person][why] = f
	}
	return f
}

// says notes what somebody says of themselves or was thanked for; of several the
// one that answers most of the question is shown.
func (s *sightings) says(person plein.ID, why Because, topic string, item plein.ID, fit float64) {
	f := s.of(person, why)
	if fit > f.fit || fit == f.fit && topic < f.topic {
		f.fit, f.topic, f.item = fit, topic, item
	}
	f.n = 1
}

// said notes an item that somebody wrote.
func (s *sightings) said(person plein.ID, why Because, item, audience plein.ID) {
	f := s.of(person, why)
	if f.counting[item] {
		return
	}
	f.counting[item] = true
	f.n, f.fit = f.n+1, 1
	f.places[audience] = true
	f.item = max(f.item, item)
}

// weight says how much a kind of reason tells about this question. More than three
// of a kind tell no more: nobody comes first by writing most.
func weight(why Because, f *found) float64 {
	each := map[Because]float64{Answered: 3, AsksFor: 5, Thanked: 4, Skilled: 4, Wrote: 1}[why]
	return each * float64(min(f.n, 3)) * f.fit
}

// reasonsFor lists the reasons for one person, the most telling first.
func (s *sightings) reasonsFor(person plein.ID) (out []Reason, total float64) {
	for _, why := range order {
		f := s.by[person][why]
		if f == nil || f.n == 0 {
			continue
		}
		r := Reason{Because: why, Topic: f.topic, N: f.n, Item: f.item}
		if len(f.places) == 1 {
			for id := range f.places {
				r.Where = id
			}
		}
		out = append(out, r)
		total += weight(why, f)
	}
	return out, total
}

// ranked is somebody with what their place is made of.
type ranked struct {
	person  plein.ID
	reasons []Reason
	total   float64
	near    bool // in one's own department
	name    string
}

func rank(all []ranked) {
	slices.SortFunc(all, func(a, b ranked) int {
		near := func(r ranked) int {
			if r.near {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.total, a.total), cmp.Compare(near(a), near(b)), strings.Compare(a.name, b.name),
			cmp.Compare(a.person, b.person))
	})
}
