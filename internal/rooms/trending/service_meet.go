package trending

import (
	"cmp"
	"context"
	"slices"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/access"
	"plein/internal/square/people"
)

// meetFor is how long proposals are kept. Whom one follows or does not want to see
// again is gone from them at once.
const meetFor = 10 * time.Minute

// meet proposes colleagues. Guests know only those they share a group with, so for
// them there is nobody to propose.
func (s *Service) meet(ctx context.Context, a plein.Actor, r access.Reader) ([]Meet, error) {
	if a.Guest {
		return nil, nil
	}
	now := s.Clock.Now()
	me, err := s.People.Find(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	c, err := s.circleOf(ctx, r)
	if err != nil {
		return nil, plein.Wrap("trending.meet", err)
	}
	if c.came, err = arrivals(ctx, s.DB.Read(), now.Add(-newFor), maxCame); err != nil {
		return nil, plein.Wrap("trending.meet", err)
	}
	ids := make([]plein.ID, 0, len(c.came)+len(c.talked)+len(c.around))
	ids = append(append(append(ids, c.came...), c.talked...), c.around...)
	list, err := s.People.FindMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	known := make(map[plein.ID]people.Person, len(list))
	for _, p := range list {
		known[p.ID] = p
	}
	no, err := s.known(ctx, a)
	if err != nil {
		return nil, err
	}
	return c.choose(me, known, now, no), nil
}

// known are the people who need not be proposed: followed already, or passed over.
func (s *Service) known(ctx context.Context, a plein.Actor) (map[plein.ID]bool, error) {
	f, err := s.Follows(ctx, a)
	if err != nil {
		return nil, err
	}
	over, err := passed(ctx, s.DB.Read(), a.ID)
	if err != nil {
		return nil, plein.Wrap("trending.known", err)
	}
	out := make(map[plein.ID]bool, len(f)+len(over))
	for _, id := range append(over, f...) {
		out[id] = true
	}
	return out, nil
}

// circleOf finds in the window who talks with and around the reader, in what they
// may see.
func (s *Service) circleOf(ctx context.Context, r access.Reader) (circle, error) {
	w, err := s.look(ctx)
	if err != nil {
		return circle{}, err
	}
	defer w.mu.RUnlock()
	c := circle{rooms: make(map[plein.ID]plein.ID)}
	talked := map[plein.ID]bool{}
	for _, mine := range w.by[r.Person] {
		ok, err := s.Access.CanSee(ctx, r, access.Thing{Audience: mine.Audience, RootMade: mine.RootMade})
		if err != nil {
			return circle{}, err
		}
		if !ok {
			continue
		}
		for _, l := range w.roots[mine.Root] {
			talked[l.Author] = true
		}
	}
	// Of audiences that the reader sees only in part nobody is taken: it would have
	// to be asked for everything they said.
	around := map[plein.ID]bool{}
	for id, p := range w.rooms {
		all, err := s.Access.CanSee(ctx, r, access.Thing{Audience: id})
		if err != nil {
			return circle{}, err
		}
		if !all {
			continue
		}
		room := false
		if r.Holds(id) {
			a, err := s.Access.Find(ctx, id)
			if err != nil {
				return circle{}, err
			}
			room = a.Kind.IsGroup()
		}
		for _, author := range p.added().authors {
			around[author] = true
			if g := c.rooms[author]; room && (g == 0 || id < g) {
				c.rooms[author] = id
			}
		}
	}
	c.talked = sample(w.today, r.Person, talked)
	c.around = sample(w.today, r.Person, around)
	return c, nil
}

// sample takes some of a set: all when they are few, and otherwise others every
// day.
func sample(day int, reader plein.ID, set map[plein.ID]bool) []plein.ID {
	delete(set, reader)
	out := make([]plein.ID, 0, len(set))
	for id := range set {
		out = append(out, id)
	}
	if len(out) <= maxSampled {
		return out
	}
	at := make(map[plein.ID]uint64, len(out))
	for _, id := range out {
		at[id] = turn(day, reader.String(), id.String())
	}
	slices.SortFunc(out, func(a, b plein.ID) int { return cmp.Compare(at[a], at[b]) })
	return out[:maxSampled]
}

// Pass says that the actor does not want somebody proposed again, or takes that
// back.
func (s *Service) Pass(ctx context.Context, a plein.Actor, other plein.ID, on bool) error {
	if _, err := s.People.See(ctx, a, other); err != nil {
		return err
	}
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		tx.AfterCommit(func() { s.kept.forget(a.ID) })
		return setPassed(ctx, tx, a.ID, other, on, s.Clock.Now())
	})
	return plein.Wrap("trending.pass", err)
}
