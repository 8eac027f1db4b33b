package trending

import (
	"cmp"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"plein/internal/platform/text"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// newFor is how long somebody is new.
const newFor = 30 * 24 * time.Hour

const (
	maxMeet    = 9   // proposals on a page
	maxSampled = 60  // people who are looked at for one kind of reason
	maxCame    = 100 // of the newest
	maxPassed  = 1000
)

// Reason says why somebody is proposed.
type Reason string

// The reasons.
const (
	IsNew      Reason = "new"    // came lately
	SharedTalk Reason = "thread" // was in a conversation with the reader, from another department
	SharedRoom Reason = "group"  // talks in a group that the reader is in too, from another department
	SamePlace  Reason = "near"   // works in the same building, in another department
)

// Meet is somebody to get to know, and why.
type Meet struct {
	Person plein.ID
	Why    Reason
	Group  plein.ID  // SharedRoom: which one
	Joined time.Time // IsNew
	Unit   plein.ID
	Site   string // SamePlace: as the other wrote it
}

// site is the part of a location before the comma, which is the building.
func site(location string) string {
	s, _, _ := strings.Cut(location, ",")
	return strings.TrimSpace(s)
}

// turn gives the place of somebody in an order that is another one every day and
// for every reader, so that nobody is always first. It is made of what everybody
// may know of them, and not of ids, which tell worlds apart that look the same.
func turn(day int, reader, other string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(strconv.Itoa(day) + " " + reader + " " + other)) // never fails
	x := h.Sum64()
	// The last letters of a text hardly reach the high bits; mix once more.
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	return x ^ x>>33
}

// circle is whom a reader could meet, before it is known who they are.
type circle struct {
	came   []plein.ID            // lately
	talked []plein.ID            // in conversations of the reader
	rooms  map[plein.ID]plein.ID // who talks in a group of the reader, and in which
	around []plein.ID            // who talks where the reader may look
}

// choose makes proposals: of each reason in turn, so that one does not push out
// the others.
func (c circle) choose(me people.Person, known map[plein.ID]people.Person, now time.Time, no map[plein.ID]bool) []Meet {
	for _, list := range [][]plein.ID{c.came, c.talked, c.around} {
		slices.SortFunc(list, func(a, b plein.ID) int {
			x, y := known[a].Handle, known[b].Handle
			return cmp.Or(cmp.Compare(turn(dayOf(now), me.Handle, x), turn(dayOf(now), me.Handle, y)), cmp.Compare(x, y))
		})
	}
	other := func(id plein.ID) (people.Person, bool) {
		p, ok := known[id]
		return p, ok && !no[id] && id != me.ID && p.IsIn(now) && !p.Guest && !p.Bot
	}
	elsewhere := func(p people.Person) bool { return p.Unit != me.Unit }
	mySite := text.Fold(site(me.Location))
	var came, nearCame, talked, rooms, near []Meet
	for _, id := range c.came {
		if p, ok := other(id); ok {
			m := Meet{Person: id, Why: IsNew, Joined: p.Joined, Unit: p.Unit}
			if !elsewhere(p) || mySite != "" && text.Fold(site(p.Location)) == mySite {
				nearCame = append(nearCame, m)
			} else {
				came = append(came, m)
			}
		}
	}
	for _, id := range c.talked {
		if p, ok := other(id); ok && elsewhere(p) {
			talked = append(talked, Meet{Person: id, Why: SharedTalk, Unit: p.Unit})
		}
	}
	for _, id := range c.around {
		p, ok := other(id)
		if !ok || !elsewhere(p) {
			continue
		}
		if g := c.rooms[id]; g != 0 {
			rooms = append(rooms, Meet{Person: id, Why: SharedRoom, Group: g, Unit: p.Unit})
		} else if s := site(p.Location); mySite != "" && text.Fold(s) == mySite {
			near = append(near, Meet{Person: id, Why: SamePlace, Site: s, Unit: p.Unit})
		}
	}
	lists := [][]Meet{append(nearCame, came...), talked, rooms, near}
	var out []Meet
	taken := map[plein.ID]bool{}
	for left := true; left && len(out) < maxMeet; {
		left = false
		for n := range lists {
			for len(lists[n]) > 0 {
				m := lists[n][0]
				lists[n] = lists[n][1:]
				if !taken[m.Person] {
					taken[m.Person], left = true, true
					out = append(out, m)
					break
				}
			}
		}
	}
	return out[:min(len(out), maxMeet)]
}
