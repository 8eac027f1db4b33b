package signin

import (
	"context"
	"errors"
	"net/netip"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

// keepDraft keeps what was typed, sealed, for an hour, and gives the key to it.
// Errors: TooMuch when it is too large or too many are kept.
func (s *Service) keepDraft(ctx context.Context, d draft, from netip.Addr) (key []byte, err error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	key, id, sealed, err := d.seal()
	if err != nil {
		return nil, plein.Wrap("signin.keep_draft", err)
	}
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.charge(ctx, tx, counted{named("drafts", network(from)), paceDrafts}); err != nil {
			return err
		}
		kept, err := insertDraft(ctx, tx, id, sealed, s.Clock.Now().Add(draftLives), maxDrafts)
		if err == nil && !kept {
			err = errDraftLarge
		}
		return err
	})
	return key, plein.Wrap("signin.keep_draft", err)
}

// findDraft opens what was kept under a key, or says plein.ErrNotFound. fresh says
// that it was not shown before.
func (s *Service) findDraft(ctx context.Context, key []byte) (d draft, fresh bool, err error) {
	if len(key) != draftKeyLen {
		return d, false, plein.ErrNotFound
	}
	kept, err := findDraft(ctx, s.DB.Read(), draftID(key), s.Clock.Now())
	if err != nil {
		return d, false, plein.Wrap("signin.find_draft", err)
	}
	if d, err = openDraft(key, kept.sealed); err != nil {
		return d, false, plein.ErrNotFound // changed by somebody: there is nothing to show
	}
	return d, !kept.shown, nil
}

// draftShown notes that it was shown, so that the next sign-in does not lead there
// once more.
func (s *Service) draftShown(ctx context.Context, key []byte) error {
	return plein.Wrap("signin.draft_shown", s.DB.Tx(ctx, func(tx *db.Tx) error { return draftShown(ctx, tx, draftID(key)) }))
}

// dropDraft throws away what was kept.
func (s *Service) dropDraft(ctx context.Context, key []byte) error {
	return plein.Wrap("signin.drop_draft", s.DB.Tx(ctx, func(tx *db.Tx) error { return removeDraft(ctx, tx, draftID(key)) }))
}

// hasFreshDraft says that there is something to show after signing in. Not knowing
// is no reason to keep somebody out.
func (s *Service) hasFreshDraft(ctx context.Context, key []byte) bool {
	_, fresh, err := s.findDraft(ctx, key)
	if err != nil && !errors.Is(err, plein.ErrNotFound) {
		s.Log.Warn("a draft could not be looked for", "err", err)
	}
	return err == nil && fresh
}
