package notices

import (
	"sync"
	"time"

	"plein/internal/plein"
	"plein/internal/square/access"
)

// numbers keeps the number beside the bell, which stands on every page. It is
// counted again when something was told to the person, when an audience of theirs
// was called, when their rights changed, and after keepFor in any case. It may be
// thrown away at any moment.
type numbers struct {
	mu     sync.Mutex
	kept   map[plein.ID]number
	rounds map[plein.ID]uint64 // up with every change for a person
	calls  map[plein.ID]uint64 // up with every call of an audience
	thrown uint64              // up when rounds begin anew
}

type number struct {
	stamp
	until time.Time
	n     int
}

// stamp is everything a number was made of, by version.
type stamp struct{ reader, round, calls, thrown uint64 }

const (
	keepFor = 20 * time.Second
	maxKept = 50_000
)

func newNumbers() *numbers {
	return &numbers{kept: map[plein.ID]number{}, rounds: map[plein.ID]uint64{}, calls: map[plein.ID]uint64{}}
}

func (k *numbers) stampOf(r access.Reader) stamp {
	k.mu.Lock()
	defer k.mu.Unlock()
	at := stamp{reader: r.Version, round: k.rounds[r.Person], thrown: k.thrown}
	for _, id := range r.Feed() {
		at.calls += k.calls[id]
	}
	return at
}

func (k *numbers) get(person plein.ID, at stamp, now time.Time) (int, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	n, ok := k.kept[person]
	return n.n, ok && n.stamp == at && now.Before(n.until)
}

func (k *numbers) put(person plein.ID, at stamp, now time.Time, n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.kept) >= maxKept {
		clear(k.kept)
	}
	k.kept[person] = number{at, now.Add(keepFor), n}
}

// changed says that something changed for a person.
func (k *numbers) changed(person plein.ID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.rounds) >= maxKept {
		clear(k.rounds)
		clear(k.kept)
		k.thrown++
	}
	k.rounds[person]++
}

// called says that a whole audience was called.
func (k *numbers) called(target plein.ID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.calls[target]++
}

// Forget empties what is kept in memory.
func (s *Service) Forget() {
	s.numbers.mu.Lock()
	defer s.numbers.mu.Unlock()
	clear(s.numbers.kept)
}
