package access

import (
	"context"
	"slices"
	"time"

	"plein/internal/plein"
)

// Label is how an audience is shown beside a post: always, because a writer and a
// reader must know who else hears it.
type Label struct {
	Audience plein.Audience
	Name     string // of a group or department; empty where the kind says it all
	Tile     int
}

// Labels gives the labels of several audiences at once. The caller has checked
// that the reader may see what stands in them.
func (s *Service) Labels(ctx context.Context, ids []plein.ID) (map[plein.ID]Label, error) {
	out := make(map[plein.ID]Label, len(ids))
	var units, groups []plein.ID
	found, err := s.lookUpAll(ctx, ids)
	if err != nil {
		return nil, err
	}
	for id, k := range found {
		out[id] = Label{Audience: k.Audience}
		switch {
		case k.Kind == plein.Unit:
			units = append(units, id)
		case k.Kind.IsGroup():
			groups = append(groups, id)
		}
	}
	if len(units) > 0 {
		names, err := s.deps.UnitNames(ctx, units)
		if err != nil {
			return nil, plein.Wrap("access.labels", err)
		}
		for _, id := range units {
			l := out[id]
			l.Name = names[id]
			out[id] = l
		}
	}
	if len(groups) > 0 {
		names, err := s.deps.GroupNames(ctx, groups)
		if err != nil {
			return nil, plein.Wrap("access.labels", err)
		}
		for _, id := range groups {
			l := out[id]
			l.Name, l.Tile = names[id].Name, names[id].Tile
			out[id] = l
		}
	}
	return out, nil
}

// Choice is one line of the audience picker.
type Choice struct {
	Label
	Readers int  // how many people read it; for the organisation all of them
	Default bool // the narrowest sensible one: the writer's own department
}

// Choices lists where the actor may begin a thread, widest first, then the
// departments from near to far, then groups by name. Exactly one is the default.
func (s *Service) Choices(ctx context.Context, a plein.Actor) ([]Choice, error) {
	r, err := s.Reader(ctx, a)
	if err != nil {
		return nil, err
	}
	kinds, err := s.lookUpAll(ctx, r.Feed())
	if err != nil {
		return nil, err
	}
	ids := slices.DeleteFunc(slices.Clone(r.Feed()), func(id plein.ID) bool {
		return kinds[id].ID == 0 || kinds[id].Kind == plein.Composite || (id == plein.OrgAudience && !a.Can(plein.PostOrg))
	})
	labels, err := s.Labels(ctx, ids)
	if err != nil {
		return nil, err
	}
	counts, err := s.readers(ctx, ids)
	if err != nil {
		return nil, plein.Wrap("access.choices", err)
	}
	archived, err := s.deps.GroupNames(ctx, slices.DeleteFunc(slices.Clone(ids), func(id plein.ID) bool { return !kinds[id].Kind.IsGroup() }))
	if err != nil {
		return nil, plein.Wrap("access.choices", err)
	}
	var out []Choice
	for _, id := range ids {
		if archived[id].Archived {
			continue
		}
		c := Choice{Label: labels[id], Readers: counts[id]}
		if id == plein.OrgAudience {
			if c.Readers, err = s.deps.PeopleCount(ctx); err != nil {
				return nil, plein.Wrap("access.choices", err)
			}
		}
		c.Default = id == a.Unit
		out = append(out, c)
	}
	slices.SortStableFunc(out, func(x, y Choice) int { return compareChoices(x, y) })
	if len(out) > 0 && !slices.ContainsFunc(out, func(c Choice) bool { return c.Default }) {
		out[len(out)-1].Default = true
	}
	return out, nil
}

// countsFor is how long counts of readers are remembered: they are shown as a
// help to choose and decide nothing.
const countsFor = 30 * time.Second

// readers counts who holds each audience, at most countsFor ago.
func (s *Service) readers(ctx context.Context, ids []plein.ID) (map[plein.ID]int, error) {
	now := s.clock.Now()
	out := make(map[plein.ID]int, len(ids))
	var missing []plein.ID
	s.mu.RLock()
	for _, id := range ids {
		if c, ok := s.counts[id]; ok && now.Sub(c.at) < countsFor {
			out[id] = c.n
		} else {
			missing = append(missing, id)
		}
	}
	s.mu.RUnlock()
	if len(missing) == 0 {
		return out, nil
	}
	fresh, err := countHolders(ctx, s.db.Read(), missing)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.counts) > maxReaders {
		clear(s.counts)
	}
	for _, id := range missing {
		out[id] = fresh[id]
		s.counts[id] = count{fresh[id], now}
	}
	return out, nil
}

// compareChoices orders: the organisation, departments with the fewest readers
// first, groups by name.
func compareChoices(x, y Choice) int {
	rank := func(c Choice) int {
		switch c.Audience.Kind {
		case plein.Org:
			return 0
		case plein.Unit:
			return 1
		}
		return 2
	}
	if d := rank(x) - rank(y); d != 0 {
		return d
	}
	if rank(x) == 1 {
		return x.Readers - y.Readers
	}
	switch {
	case x.Name < y.Name:
		return -1
	case x.Name > y.Name:
		return 1
	}
	return 0
}
