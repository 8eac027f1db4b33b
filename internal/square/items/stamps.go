package items

import (
	"sync"

	"plein/internal/plein"
	"plein/internal/square/access"
)

// stamps count changes, per audience and per person, as far as this node knows of
// them. A page that was made under a stamp is still right while the stamp is the
// same. They are counters in memory and nothing more: a restart starts them
// anew together with everything that was kept under them.
type stamps struct {
	mu       sync.RWMutex
	audience map[plein.ID]uint64
	person   map[plein.ID]uint64
}

func newStamps() *stamps {
	return &stamps{audience: make(map[plein.ID]uint64), person: make(map[plein.ID]uint64)}
}

func (s *stamps) bump(audience, person plein.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if audience != 0 {
		s.audience[audience]++
	}
	if person != 0 {
		s.person[person]++
	}
}

// Stamp tells when something changed in what a reader's own timeline is made of:
// said, edited, deleted, reacted to or confirmed in their audiences, or marked by
// themselves. Counters only go up, so their sum differs after any change.
func (s *Service) Stamp(r access.Reader) uint64 {
	s.stamps.mu.RLock()
	defer s.stamps.mu.RUnlock()
	sum := s.stamps.person[r.Person]
	for _, id := range r.Feed() {
		sum += s.stamps.audience[id]
	}
	return sum
}

// called says that people were named, perhaps where they do not read by themselves.
func (s *Service) called(mentions []mention) {
	for _, m := range mentions {
		if m.kind == "person" {
			s.stamps.bump(0, m.id)
		}
	}
}

// Marked says that a person changed something of their own that a page shows.
func (s *Service) Marked(person plein.ID) { s.stamps.bump(0, person) }
