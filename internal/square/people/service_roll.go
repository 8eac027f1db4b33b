package people

import (
	"context"
	"time"

	"plein/internal/platform/text"
	"plein/internal/plein"
)

// Entry is a line of the roll: as much of a person as it takes to find them by
// name or by what they know. Whoever keeps it in memory keeps seventy thousand of
// them, so there is no more in it.
type Entry struct {
	ID           plein.ID
	Name, Handle string
	Unit         plein.ID
	Zone         string // empty follows the house
	State        State
	Bot, Guest   bool
	GuestUntil   time.Time
	Skills       []string
	AskMe        []string
}

// IsIn says that the person can act at a moment, as Person.IsIn does.
func (e Entry) IsIn(now time.Time) bool {
	return Person{State: e.State, Guest: e.Guest, GuestUntil: e.GuestUntil}.IsIn(now)
}

// Roll reads the roll in the order of ids, a page at a time. It does not ask who
// is looking: who shows something of it asks that.
func (s *Service) Roll(ctx context.Context, after plein.ID, limit int) ([]Entry, error) {
	out, err := roll(ctx, s.DB.Read(), after, limit)
	return out, plein.Wrap("people.roll", err)
}

// RollOf reads the lines of some people; unknown ids are left out.
func (s *Service) RollOf(ctx context.Context, ids []plein.ID) ([]Entry, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	out, err := rollOf(ctx, s.DB.Read(), ids)
	return out, plein.Wrap("people.roll_of", err)
}

// Watch asks to be told of every person of whom something changed, on this node
// after the commit and from others when the change log tells; the zero ID is
// everybody. fn must be quick. All watching begins before the first request.
func (s *Service) Watch(fn func(plein.ID)) { s.watchers = append(s.watchers, fn) }

func (s *Service) toldOf(id plein.ID) {
	for _, fn := range s.watchers {
		fn(id)
	}
}

// Called finds the people of exactly this name or handle whom the actor may know
// of, for turning what was typed into a mention. A guest knows whom they share a
// group with. It reads the database by an index: a name in a text must not depend
// on what is kept in memory.
func (s *Service) Called(ctx context.Context, actor plein.Actor, name string) ([]Card, error) {
	fold := foldQuery(name)
	if !actor.SignedIn() || fold == "" {
		return nil, nil
	}
	const enough = 20 // of one name; with more it is as unclear as with two
	found, err := called(ctx, s.DB.Read(), sortKey(fold), text.Fold(fold), enough)
	if err != nil {
		return nil, plein.Wrap("people.called", err)
	}
	tree, err := s.Units(ctx)
	if err != nil {
		return nil, err
	}
	var out []Card
	for _, p := range found {
		if !p.IsIn(s.Clock.Now()) {
			continue
		}
		if actor.Guest && actor.ID != p.ID {
			if s.Shares == nil {
				continue
			}
			shares, err := s.Shares(ctx, actor.ID, p.ID)
			if err != nil {
				return nil, plein.Wrap("people.called", err)
			}
			if !shares {
				continue
			}
		}
		out = append(out, cardOf(p, tree))
	}
	return out, nil
}
