package admin

import (
	"context"

	"plein/internal/plein"
	"plein/internal/square/groups"
)

// directory lists the groups that the actor may know of. What they may not know of
// is left out by groups itself: there is no other list.
func (s *Service) directory(ctx context.Context, actor plein.Actor, q groups.DirectoryQuery) (groups.DirectoryPage, error) {
	if err := need(actor, plein.ManageGroups); err != nil {
		return groups.DirectoryPage{}, err
	}
	page, err := s.Groups.Directory(ctx, actor, q)
	for i := range page.Entries {
		page.Entries[i].Members = rounded(page.Entries[i].Members)
	}
	return page, err
}

func (s *Service) look(ctx context.Context, actor plein.Actor, id plein.ID) (groups.Look, error) {
	if err := need(actor, plein.ManageGroups); err != nil {
		return groups.Look{}, err
	}
	l, err := s.Groups.Look(ctx, actor, id)
	l.Members = rounded(l.Members)
	return l, err
}

// rounded makes a count too coarse to see one person come or go, the way groups
// does for outsiders: looking after groups is no reason to know more.
func rounded(n int) int {
	step := 10
	if n >= 1000 {
		step = 100
	}
	return n / step * step
}

func (s *Service) renameGroup(ctx context.Context, actor plein.Actor, id plein.ID, name string) error {
	l, err := s.look(ctx, actor, id)
	if err != nil {
		return err
	}
	_, err = s.Groups.Change(ctx, actor, id, groups.Changes{Name: name, Purpose: l.Purpose, Kind: l.Kind})
	return err
}

// nameOwner makes a member an owner. Who is not in the group cannot become one this
// way: rank opens nothing.
func (s *Service) nameOwner(ctx context.Context, actor plein.Actor, id, person plein.ID) error {
	if err := need(actor, plein.ManageGroups); err != nil {
		return err
	}
	return s.Groups.SetRole(ctx, actor, id, person, groups.Owner)
}

func (s *Service) archiveGroup(ctx context.Context, actor plein.Actor, id plein.ID, archived bool) error {
	if err := need(actor, plein.ManageGroups); err != nil {
		return err
	}
	if archived {
		return s.Groups.Archive(ctx, actor, id)
	}
	return s.Groups.Reopen(ctx, actor, id)
}
