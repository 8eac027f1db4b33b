package access

import (
	"context"

	"plein/internal/plein"
)

// Readers says who of some people reads a thing, for telling a writer whom they do
// not reach. The caller has checked that the asker sees the thing, and through it
// who else does.
type Readers struct {
	Everyone bool              // all people of the organisation, besides those who hold it
	Holds    map[plein.ID]bool // of those asked about
}

// Reads says that somebody is among them.
func (r Readers) Reads(person plein.ID, guest bool) bool {
	return r.Holds[person] || r.Everyone && !guest
}

// ReadersOf tells who of some people reads a thing.
func (s *Service) ReadersOf(ctx context.Context, t Thing, people []plein.ID) (Readers, error) {
	k, err := s.lookUp(ctx, t.Audience)
	if err != nil {
		return Readers{}, err
	}
	var out Readers
	for _, p := range k.parts {
		out.Everyone = out.Everyone || p.everyone
	}
	held, err := holdersAmong(ctx, s.db.Read(), t, people)
	if err != nil {
		return Readers{}, plein.Wrap("access.readersof", err)
	}
	out.Holds = make(map[plein.ID]bool, len(held))
	for _, id := range held {
		out.Holds[id] = true
	}
	return out, nil
}

// Held is how many people were granted an audience, as it was at most half a
// minute ago.
func (s *Service) Held(ctx context.Context, audience plein.ID) (int, error) {
	n, err := s.readers(ctx, []plein.ID{audience})
	return n[audience], plein.Wrap("access.held", err)
}

// Sees is CanSee from the actor, for who asks once.
func (s *Service) Sees(ctx context.Context, a plein.Actor, t Thing) (bool, error) {
	r, err := s.Reader(ctx, a)
	if err != nil {
		return false, err
	}
	return s.Reads(ctx, s.db.Read(), r, t)
}
