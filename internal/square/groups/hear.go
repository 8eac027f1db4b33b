package groups

import (
	"context"
	"errors"

	"plein/internal/platform/changes"
	"plein/internal/platform/db"
	"plein/internal/plein"
)

// Follower hears of accounts that were closed. The reading rights are gone with
// the account itself; what follows here is who looks after the groups.
func (s *Service) Follower() changes.Follower {
	return changes.Follower{Name: "groups", Follow: func(ctx context.Context, tx *db.Tx, events []plein.Event) error {
		for _, e := range events {
			if e.Name != "people.person.closed" {
				continue
			}
			if err := s.Left(ctx, tx, e.Object.ID); err != nil {
				return err
			}
		}
		return nil
	}}
}

// Left takes somebody who left the house out of every group. Where they were the
// last owner the next in line becomes one: the longest-serving moderator, else
// the longest-serving member, never a guest. A group with nobody left is archived.
// Doing it twice changes nothing.
func (s *Service) Left(ctx context.Context, tx *db.Tx, person plein.ID) error {
	if err := forgetAsker(ctx, tx, person); err != nil {
		return plein.Wrap("groups.left", err)
	}
	ms, err := membershipsOf(ctx, tx, person)
	if err != nil {
		return plein.Wrap("groups.left", err)
	}
	for _, m := range ms {
		if err := s.leaveBehind(ctx, tx, m); err != nil {
			return plein.Wrap("groups.left", err)
		}
	}
	return nil
}

func (s *Service) leaveBehind(ctx context.Context, tx *db.Tx, m Membership) error {
	g, err := readGroup(ctx, tx, m.Group)
	if err != nil {
		return err
	}
	if err := s.expel(ctx, tx, m.Group, m.Person, m.Person, "groups.member.left"); err != nil {
		return err
	}
	if owners, err := countOwners(ctx, tx, m.Group); err != nil || owners > 0 {
		return err
	}
	heir, err := s.heir(ctx, tx, m.Group)
	switch {
	case errors.Is(err, plein.ErrNotFound) && g.Archived:
		return nil
	case errors.Is(err, plein.ErrNotFound):
		return s.setArchived(ctx, tx, g, true, "groups.group.archived", m.Person, map[string]string{"how": "nobody left"})
	case err != nil:
		return err
	}
	return s.setRole(ctx, tx, g, heir.Person, Owner, m.Person,
		map[string]string{"role": string(Owner), "was": string(heir.Role), "how": "next in line"})
}

// heir finds who looks after a group that lost its last owner.
func (s *Service) heir(ctx context.Context, tx *db.Tx, group plein.ID) (Membership, error) {
	c := memberCursor{rank: -1}
	for {
		ms, err := membersAfter(ctx, tx, group, c, 50)
		if err != nil {
			return Membership{}, err
		}
		if len(ms) == 0 {
			return Membership{}, plein.ErrNotFound
		}
		ids := make([]plein.ID, len(ms))
		for i, m := range ms {
			ids[i] = m.Person
		}
		found, err := s.People.FindMany(ctx, ids)
		if err != nil {
			return Membership{}, err
		}
		able := map[plein.ID]bool{}
		for _, p := range found {
			able[p.ID] = s.takesPart(p) && !p.Guest
		}
		for _, m := range ms {
			if able[m.Person] {
				return m, nil
			}
		}
		last := ms[len(ms)-1]
		c = memberCursor{last.Role.rank(), db.Micros(last.Since), last.Person}
	}
}
