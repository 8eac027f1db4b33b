package trending

import (
	"context"
	"sync"
	"time"

	"plein/internal/plein"
	"plein/internal/square/access"
)

// kept remembers what stands beside people's timelines. It may be thrown away at
// any moment.
//
// What is in it is either as it would be now, or as it was a fixed time ago. It
// never depends on what the reader may not see: a change in a group they do not
// know of neither renews nor ends it (TRUST P1).
type kept struct {
	mu    sync.Mutex
	rails map[plein.ID]*keptRail
}

// keptRail is what one person sees, part by part.
type keptRail struct {
	mu      sync.Mutex
	version uint64 // of the reader's own grants
	epoch   uint64 // of all grants, at which from was last asked

	talk      []Topic
	from      []access.Thing // the conversations that talk comes from
	talkUntil time.Time

	meet      []Meet
	meetUntil time.Time

	asking      []Asking
	stamp       uint64
	askingUntil time.Time

	drawn drawn
	html  string
}

// drawn is everything a drawn rail depends on.
type drawn struct {
	lang, zone   string
	talk, meet   time.Time
	asking       time.Time
	stamp, faces uint64
	minute       int64
}

const (
	maxKept   = 2_000 // rails in memory, some kB each
	askingFor = 30 * time.Second
)

func newKept() *kept { return &kept{rails: make(map[plein.ID]*keptRail)} }

func (k *kept) of(person plein.ID) *keptRail {
	k.mu.Lock()
	defer k.mu.Unlock()
	r := k.rails[person]
	if r == nil {
		if len(k.rails) >= maxKept {
			for other := range k.rails { // any will do
				delete(k.rails, other)
				break
			}
		}
		r = &keptRail{}
		k.rails[person] = r
	}
	return r
}

func (k *kept) forget(person plein.ID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.rails, person)
}

func (k *kept) forgetAll() {
	k.mu.Lock()
	defer k.mu.Unlock()
	clear(k.rails)
}

// renew brings the parts of a rail up to now. The caller holds it.
func (s *Service) renew(ctx context.Context, a plein.Actor, r access.Reader, k *keptRail) (err error) {
	now := s.Clock.Now()
	if k.version != r.Version {
		k.version, k.talkUntil, k.meetUntil, k.askingUntil = r.Version, time.Time{}, time.Time{}, time.Time{}
	}
	if epoch := s.Access.Version(); k.epoch != epoch {
		// Somebody's grants changed, or an audience did: ask again whether this reader
		// still sees where it came from.
		still, err := s.seesAll(ctx, r, k.from)
		if err != nil {
			return err
		}
		if k.epoch = epoch; !still {
			k.talkUntil, k.meetUntil = time.Time{}, time.Time{}
		}
	}
	if !now.Before(k.talkUntil) {
		if k.talk, k.from, err = s.talk(ctx, r); err != nil {
			return err
		}
		k.talkUntil = now.Add(talkFor)
	}
	if !now.Before(k.meetUntil) {
		if k.meet, err = s.meet(ctx, a, r); err != nil {
			return err
		}
		k.meetUntil = now.Add(meetFor)
	}
	if stamp := s.Items.Stamp(r); k.stamp != stamp || !now.Before(k.askingUntil) {
		if k.asking, err = s.asking(ctx, a, r); err != nil {
			return err
		}
		k.stamp, k.askingUntil = stamp, now.Add(askingFor)
	}
	return nil
}

func (s *Service) seesAll(ctx context.Context, r access.Reader, things []access.Thing) (bool, error) {
	for _, t := range things {
		ok, err := s.Access.CanSee(ctx, r, t)
		if err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}
