package feed

import (
	"context"
	"slices"

	"plein/internal/plein"
	"plein/internal/square/items"
)

type filler func(ctx context.Context, a plein.Actor, at string) (Shown, error)

// Fact is one reason that holds for an item and a reader, as a word key.
type Fact struct {
	Key  string
	Args []any
}

// Facts lists every reason that holds, strongest first. They are computed from
// the same data that ranks the timeline; when none holds, that is said.
func (s *Service) Facts(ctx context.Context, a plein.Actor, c items.Card) ([]Fact, error) {
	var out []Fact
	r, err := s.access.Reader(ctx, a)
	if err != nil {
		return nil, err
	}
	if c.Asks(s.clock.Now()) && !c.Acked && !c.Own && slices.Contains(r.Feed(), c.Audience) {
		out = append(out, Fact{Key: "feed.fact.must"})
	}
	asked, err := s.items.Asked(ctx, r, askedWithin, 50)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(asked, func(h items.Head) bool { return h.ID == c.Root }) {
		out = append(out, Fact{Key: "feed.fact.asked"})
	}
	f, err := s.Follows(ctx, a)
	if err != nil {
		return nil, err
	}
	if slices.Contains(f.People, c.Author) {
		out = append(out, Fact{Key: "feed.fact.follow", Args: []any{"name", c.By.Name}})
	}
	switch {
	case c.Own:
		out = append(out, Fact{Key: "feed.fact.own"})
	case c.Audience == plein.OrgAudience:
		out = append(out, Fact{Key: "feed.fact.org"})
	case c.Label.Audience.Kind == plein.Unit && r.Holds(c.Audience):
		out = append(out, Fact{Key: "feed.fact.unit", Args: []any{"name", c.Label.Name}})
	case c.Label.Audience.Kind.IsGroup() && r.Holds(c.Audience):
		out = append(out, Fact{Key: "feed.fact.group", Args: []any{"name", c.Label.Name}})
	case c.Label.Audience.Kind == plein.Open:
		out = append(out, Fact{Key: "feed.fact.open", Args: []any{"name", c.Label.Name}})
	}
	return out, nil
}
