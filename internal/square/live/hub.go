package live

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"plein/internal/platform/changes"
	"plein/internal/plein"
	"plein/internal/square/access"
)

// hub knows who is connected and for whom an event is. Nothing in it asks the
// database; all of it is guarded by one lock that is held for a moment.
type hub struct {
	mu        sync.Mutex
	people    map[plein.ID]*person
	all       []*Stream                         // in no order; a stream knows its place
	audiences map[plein.ID]map[*person]struct{} // where threads are begun that stand in somebody's timeline
	threads   map[plein.ID]map[*Stream]struct{} // who has a thread open
	places    map[plein.ID]map[*Stream]struct{} // who has an audience open beside their own
	stale     map[plein.ID]struct{}             // people whose rights must be read before anything is passed on
	wider     map[plein.ID]struct{}             // composites that were met

	recent []line        // what was passed on lately, oldest first
	floor  changes.Place // recent holds everything after this place
	last   changes.Place // the last line that was handled
	turn   int8
}

func newHub() *hub {
	return &hub{people: map[plein.ID]*person{}, audiences: map[plein.ID]map[*person]struct{}{}, threads: map[plein.ID]map[*Stream]struct{}{},
		places: map[plein.ID]map[*Stream]struct{}{}, stale: map[plein.ID]struct{}{}, wider: map[plein.ID]struct{}{}}
}

// looking lists who has a page open on this node.
func (h *hub) looking() []plein.ID {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Collect(maps.Keys(h.people))
}

// maxRecent bounds how much is kept for streams that were broken.
const maxRecent = 20_000

// begin says from where on lines will come.
func (h *hub) begin(p changes.Place) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.last == (changes.Place{}) {
		h.floor, h.last = p, p
	}
}

func (h *hub) newest() changes.Place {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.last
}

// take counts a line as handled; false for one that was handled before.
func (h *hub) take(p changes.Place) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !p.After(h.last) {
		return false
	}
	h.last = p
	return true
}

// distrust marks people whose rights may have changed: one, or (zero) all.
func (h *hub) distrust(who plein.ID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if who != 0 {
		if _, here := h.people[who]; here {
			h.stale[who] = struct{}{}
		}
		return
	}
	for id := range h.people {
		h.stale[id] = struct{}{}
	}
}

// doubted gives the people whose rights must be read.
func (h *hub) doubted() []plein.ID {
	h.mu.Lock()
	defer h.mu.Unlock()
	ids := slices.Collect(maps.Keys(h.stale))
	clear(h.stale)
	return ids
}

// meetComposite says whether a composite was not met before: then it may be part
// of people's timelines without a word about them in the log.
func (h *hub) meetComposite(id plein.ID) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, met := h.wider[id]
	h.wider[id] = struct{}{}
	return !met
}

// add puts a stream with its person and gives what the person has too many.
func (h *hub) add(s *Stream, a plein.Actor, r access.Reader) (oldest *Stream) {
	p := h.people[a.ID]
	if p == nil {
		p = &person{id: a.ID}
		h.people[a.ID] = p
	}
	h.place(p, r, a.Until)
	h.stale[a.ID] = struct{}{} // the rights were read before this lock was taken
	p.counts = ""
	if len(p.streams) >= MaxStreams {
		oldest = p.streams[0]
		h.remove(oldest)
		h.people[a.ID] = p // removing may have let go of the last one
	}
	s.who, s.at, s.turn = p, len(h.all), int8(len(h.all)%heartbeat)
	p.streams = append(p.streams, s)
	h.all = append(h.all, s)
	for _, id := range s.threads {
		put(h.threads, id, s)
	}
	for _, id := range s.places {
		put(h.places, id, s)
	}
	return oldest
}

// place puts a person where their rights now are.
func (h *hub) place(p *person, r access.Reader, until time.Time) {
	feed := r.Feed()
	for _, id := range p.feed {
		if !slices.Contains(feed, id) {
			drop(h.audiences, id, p)
		}
	}
	for _, id := range feed {
		put(h.audiences, id, p)
	}
	p.reader, p.feed, p.until = r, feed, until
}

// remove takes a stream away; twice is once.
func (h *hub) remove(s *Stream) {
	if s.at < 0 || s.at >= len(h.all) || h.all[s.at] != s {
		return
	}
	last := h.all[len(h.all)-1]
	h.all[s.at], last.at = last, s.at
	h.all[len(h.all)-1] = nil
	h.all = h.all[:len(h.all)-1]
	s.at = -1
	for _, id := range s.threads {
		drop(h.threads, id, s)
	}
	for _, id := range s.places {
		drop(h.places, id, s)
	}
	p := s.who
	if n := slices.Index(p.streams, s); n >= 0 {
		p.streams = slices.Delete(p.streams, n, n+1)
	}
	if len(p.streams) == 0 {
		for _, id := range p.feed {
			drop(h.audiences, id, p)
		}
		delete(h.people, p.id)
		delete(h.stale, p.id)
	}
}

// keep remembers a line for streams that come back.
func (h *hub) keep(l line) {
	h.recent = append(h.recent, l)
	old := 0
	for old < len(h.recent) && (len(h.recent)-old > maxRecent || l.at.Sub(h.recent[old].at) > window) {
		h.floor = h.recent[old].place
		old++
	}
	h.recent = h.recent[old:] // the next growth leaves the old ones behind
}

// after gives the lines beyond a place; false when they are not all there any more.
func (h *hub) after(p changes.Place) ([]line, bool) {
	if h.floor.After(p) {
		return nil, false
	}
	n, _ := slices.BinarySearchFunc(h.recent, p, func(l line, p changes.Place) int {
		if l.place.After(p) {
			return 1
		}
		return -1
	})
	return h.recent[n:], true
}

// receivers passes a line on to everybody it is for, and gives those who were too
// slow to take it.
func (h *hub) receivers(l line, sight access.Sight) (slow []*Stream) {
	made := l.rootMade()
	give := func(s *Stream, f []byte) {
		if !s.send(f) {
			slow = append(slow, s)
		}
	}
	if l.what == posted || l.what == gone {
		for p := range h.audiences[l.audience] {
			if l.newsTo(p, sight, made) {
				for _, s := range p.streams {
					give(s, l.frame)
				}
			}
		}
		for s := range h.places[l.audience] {
			if _, told := h.audiences[l.audience][s.who]; !told && l.newsTo(s.who, sight, made) {
				give(s, l.beside)
			}
		}
	}
	if l.what != posted {
		for s := range h.threads[l.thread] {
			told := false // that it is gone, above
			if l.what == gone {
				_, told = h.audiences[l.audience][s.who]
				told = told || slices.Contains(s.places, l.audience)
			}
			if !told && sight.For(s.who.reader, made) {
				give(s, l.frame)
			}
		}
	}
	return slow
}

// newsTo says whether a line about the beginning of a thread is news to a person:
// they may see it, and did not write it themselves.
func (l line) newsTo(p *person, sight access.Sight, made time.Time) bool {
	return !(l.what == posted && l.actor == p.id) && sight.For(p.reader, made)
}

// concerns gives what a stream gets of a line that was passed on before it came;
// nil for nothing.
func (h *hub) concerns(l line, s *Stream, sight access.Sight) []byte {
	made := l.rootMade()
	own := slices.Contains(s.who.feed, l.audience)
	if (l.what == posted || l.what == gone) && (own || slices.Contains(s.places, l.audience)) {
		if !l.newsTo(s.who, sight, made) {
			return nil
		}
		if own {
			return l.frame
		}
		return l.beside
	}
	if l.what != posted && slices.Contains(s.threads, l.thread) && sight.For(s.who.reader, made) {
		return l.frame
	}
	return nil
}

func put[K comparable, V comparable](m map[K]map[V]struct{}, key K, v V) {
	set := m[key]
	if set == nil {
		set = map[V]struct{}{}
		m[key] = set
	}
	set[v] = struct{}{}
}

func drop[K comparable, V comparable](m map[K]map[V]struct{}, key K, v V) {
	set := m[key]
	delete(set, v)
	if len(set) == 0 {
		delete(m, key)
	}
}

func sortedIDs[V any](m map[plein.ID]V) []plein.ID {
	return slices.SortedFunc(maps.Keys(m), func(a, b plein.ID) int { return cmp.Compare(a, b) })
}
