package groups

import (
	"context"
	"strings"

	"plein/internal/platform/text"
	"plein/internal/plein"
)

// Beginning lists groups in use of whose name a word begins with what was typed,
// for completing a name: those the actor is in first, then by name. Of a group
// that they are not in they get what an outsider may know.
func (s *Service) Beginning(ctx context.Context, a plein.Actor, typed string, limit int) ([]Entry, error) {
	fold := strings.TrimSpace(text.Fold(firstRunes(typed, plein.MaxGroupName)))
	if !a.SignedIn() || !storable(fold) {
		return nil, nil
	}
	found, err := beginning(ctx, s.DB.Read(), a, fold, min(max(limit, 1), 50))
	if err != nil {
		return nil, plein.Wrap("groups.beginning", err)
	}
	for i := range found {
		e := &found[i]
		if sightOf(e.Kind, e.Role, e.Invited, a) == Named {
			e.Group = e.forOutsiders()
		}
	}
	return found, nil
}

// Companions lists who is in a group with somebody, themselves left out: the
// people whom a guest may know of. It stops at a limit.
func (s *Service) Companions(ctx context.Context, person plein.ID, limit int) ([]plein.ID, error) {
	ids, err := companions(ctx, s.DB.Read(), person, limit)
	return ids, plein.Wrap("groups.companions", err)
}
