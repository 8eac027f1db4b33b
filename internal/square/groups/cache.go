package groups

import (
	"context"
	"slices"
	"strings"
	"sync"

	"plein/internal/platform/text"
	"plein/internal/plein"
)

// kept remembers what every page needs: the names beside posts, and what a person
// is in which groups. It serves showing only; whoever decides reads the database.
// A change on this node is seen as soon as it is durable, one on another node when
// the change log tells it.
type kept struct {
	mu    sync.RWMutex
	round uint64 // up with every change, so that a slow read is not kept after it
	names map[plein.ID]Group
	roles map[plein.ID]map[plein.ID]Role // person → group → role
}

// maxKept bounds each of the two.
const maxKept = 50_000

func newKept() *kept {
	return &kept{names: map[plein.ID]Group{}, roles: map[plein.ID]map[plein.ID]Role{}}
}

func (k *kept) forget(group, person plein.ID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.round++
	delete(k.names, group)
	if person != 0 {
		delete(k.roles, person)
	}
}

func (k *kept) forgetAll() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.round++
	clear(k.names)
	clear(k.roles)
}

// Forget empties the cache.
func (s *Service) Forget() { s.kept.forgetAll() }

// Hear drops what another node changed.
func (s *Service) Hear(e plein.Event) {
	if e.Object.Kind == "group" {
		s.kept.forget(e.Object.ID, e.Target.ID)
	}
}

// Names gives groups by id for labels beside items; the count of members is not
// kept up. It asks nothing about who wants to know: the caller has checked that
// the reader sees what is labelled. Unknown ids are left out.
func (s *Service) Names(ctx context.Context, ids []plein.ID) (map[plein.ID]Group, error) {
	out := make(map[plein.ID]Group, len(ids))
	var missing []plein.ID
	s.kept.mu.RLock()
	round := s.kept.round
	for _, id := range ids {
		if g, ok := s.kept.names[id]; ok {
			out[id] = g
		} else {
			missing = append(missing, id)
		}
	}
	s.kept.mu.RUnlock()
	if len(missing) == 0 {
		return out, nil
	}
	found, err := groupsByID(ctx, s.DB.Read(), missing)
	if err != nil {
		return nil, plein.Wrap("groups.names", err)
	}
	s.kept.mu.Lock()
	defer s.kept.mu.Unlock()
	if len(s.kept.names) > maxKept {
		clear(s.kept.names)
	}
	for _, g := range found {
		out[g.ID] = g
		if s.kept.round == round {
			s.kept.names[g.ID] = g
		}
	}
	return out, nil
}

// Roles tells what a person is in each of their groups, for showing. The map is
// shared and must not be changed.
func (s *Service) Roles(ctx context.Context, person plein.ID) (map[plein.ID]Role, error) {
	s.kept.mu.RLock()
	roles, ok := s.kept.roles[person]
	round := s.kept.round
	s.kept.mu.RUnlock()
	if ok {
		return roles, nil
	}
	list, err := membershipsOf(ctx, s.DB.Read(), person)
	if err != nil {
		return nil, plein.Wrap("groups.roles", err)
	}
	roles = make(map[plein.ID]Role, len(list))
	for _, m := range list {
		roles[m.Group] = m.Role
	}
	s.kept.mu.Lock()
	defer s.kept.mu.Unlock()
	if s.kept.round == round {
		if len(s.kept.roles) > maxKept {
			clear(s.kept.roles)
		}
		s.kept.roles[person] = roles
	}
	return roles, nil
}

// Menu lists the groups in use that the actor is in, by name, for the menu beside
// every page.
func (s *Service) Menu(ctx context.Context, a plein.Actor) ([]Group, error) {
	roles, err := s.Roles(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	ids := make([]plein.ID, 0, len(roles))
	for id := range roles {
		ids = append(ids, id)
	}
	names, err := s.Names(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Group, 0, len(names))
	for _, g := range names {
		if !g.Archived {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(x, y Group) int { return strings.Compare(text.Fold(x.Name), text.Fold(y.Name)) })
	return out, nil
}

// Version goes up with every change of a group or of who is in it, as far as this
// node knows.
func (s *Service) Version() uint64 {
	s.kept.mu.RLock()
	defer s.kept.mu.RUnlock()
	return s.kept.round
}
