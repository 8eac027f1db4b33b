package access

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

// Audience makes an audience known, or changes its kind. Narrowing acts at once;
// whether a kind may widen is for the owner of the audience to judge.
func (s *Service) Audience(ctx context.Context, tx *db.Tx, a plein.Audience) error {
	if err := putAudience(ctx, tx, a); err != nil {
		return plein.Wrap("access.audience", err)
	}
	tx.AfterCommit(s.forgetAudiences)
	return nil
}

// Grant lets a person read an audience, from a moment on or (zero time) always.
func (s *Service) Grant(ctx context.Context, tx *db.Tx, audience, person plein.ID, since time.Time) error {
	if err := putGrant(ctx, tx, audience, person, since); err != nil {
		return plein.Wrap("access.grant", err)
	}
	tx.AfterCommit(func() { s.forget(person) })
	return nil
}

// Revoke takes it away, from the next request on.
func (s *Service) Revoke(ctx context.Context, tx *db.Tx, audience, person plein.ID) error {
	if err := dropGrant(ctx, tx, audience, person); err != nil {
		return plein.Wrap("access.revoke", err)
	}
	tx.AfterCommit(func() { s.forget(person) })
	return nil
}

// RevokeAll takes everything away, when an account is closed.
func (s *Service) RevokeAll(ctx context.Context, tx *db.Tx, person plein.ID) error {
	if err := dropGrants(ctx, tx, person); err != nil {
		return plein.Wrap("access.revokeall", err)
	}
	tx.AfterCommit(func() { s.forget(person) })
	return nil
}

// Direct finds or makes the audience of a fixed set of people. The same set is
// always the same audience; another person means another audience, so history is
// never shared by adding somebody.
func (s *Service) Direct(ctx context.Context, tx *db.Tx, people []plein.ID) (plein.Audience, bool, error) {
	set := canonical(people)
	if len(set) < 2 {
		return plein.Audience{}, false, plein.E(plein.Invalid, "access.direct.alone", nil)
	}
	a, made, err := madeOf(ctx, tx, plein.NewID(s.clock.Now()), plein.Direct, text("direct", set))
	if err != nil || !made {
		return a, made, plein.Wrap("access.direct", err)
	}
	if err := putPart(ctx, tx, a.ID, a.ID); err != nil {
		return a, true, plein.Wrap("access.direct", err)
	}
	for _, p := range set {
		if err := s.Grant(ctx, tx, a.ID, p, time.Time{}); err != nil {
			return a, true, err
		}
	}
	return a, true, nil
}

// Composite finds or makes the audience of several audiences: "any of these".
func (s *Service) Composite(ctx context.Context, tx *db.Tx, parts []plein.ID) (plein.Audience, error) {
	set := canonical(parts)
	if len(set) < 2 {
		return plein.Audience{}, plein.E(plein.Invalid, "access.composite.single", nil)
	}
	kinds, err := kindsOf(ctx, tx, set)
	if err != nil {
		return plein.Audience{}, plein.Wrap("access.composite", err)
	}
	if len(kinds) != len(set) || slices.ContainsFunc(kinds, func(a plein.Audience) bool {
		return a.Kind == plein.Composite || a.Kind == plein.Self || a.Kind == plein.Direct
	}) {
		return plein.Audience{}, plein.E(plein.Invalid, "access.composite.parts", nil)
	}
	a, made, err := madeOf(ctx, tx, plein.NewID(s.clock.Now()), plein.Composite, text("any", set))
	if err != nil || !made {
		return a, plein.Wrap("access.composite", err)
	}
	for _, p := range set {
		if err := putPart(ctx, tx, a.ID, p); err != nil {
			return a, plein.Wrap("access.composite", err)
		}
	}
	tx.AfterCommit(s.forgetAll)
	return a, nil
}

// Withdraw takes one audience out of a composite: access is gone at once.
func (s *Service) Withdraw(ctx context.Context, tx *db.Tx, composite, part plein.ID) error {
	if err := dropPart(ctx, tx, composite, part); err != nil {
		return plein.Wrap("access.withdraw", err)
	}
	tx.AfterCommit(s.forgetAll)
	return nil
}

func canonical(ids []plein.ID) []plein.ID {
	set := slices.Clone(ids)
	slices.Sort(set)
	set = slices.Compact(set)
	return slices.DeleteFunc(set, plein.ID.IsZero)
}

func text(kind string, set []plein.ID) string {
	var b strings.Builder
	b.WriteString(kind)
	for _, id := range set {
		fmt.Fprintf(&b, " %d", int64(id))
	}
	return b.String()
}
