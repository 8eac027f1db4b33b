package syndication

import (
	"context"

	"plein/internal/platform/changes"
	"plein/internal/platform/db"
	"plein/internal/platform/text"
	"plein/internal/plein"
)

// Service makes and judges keys, and gathers what a feed holds.
type Service struct {
	Deps
	limits *limits
}

// Keys lists the actor's own keys, newest first.
func (s *Service) Keys(ctx context.Context, a plein.Actor) ([]Key, error) {
	list, err := keysOf(ctx, s.DB.Read(), a.ID)
	return list, plein.Wrap("syndication.keys", err)
}

// Make makes a key and gives what opens. It is not kept and cannot be given again.
func (s *Service) Make(ctx context.Context, a plein.Actor, name string) (k Key, token string, err error) {
	if !a.SignedIn() || a.Guest {
		return Key{}, "", plein.ErrNotFound
	}
	if name, err = nameOf(name); err != nil {
		return Key{}, "", err
	}
	now := s.Clock.Now()
	k, token = Key{ID: plein.NewID(now), Person: a.ID, Name: name, Made: now}, newToken()
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		had, err := keysOf(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		if len(had) >= maxKeys {
			return errManyKeys
		}
		for _, other := range had {
			if text.Fold(other.Name) == text.Fold(name) {
				return errNameTaken
			}
		}
		return insertKey(ctx, tx, k, digestOf(token))
	})
	return k, token, plein.Wrap("syndication.make", err)
}

// End ends a key of the actor. Somebody else's does not exist here.
func (s *Service) End(ctx context.Context, a plein.Actor, id plein.ID) error {
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		n, err := dropKey(ctx, tx, a.ID, id)
		if err == nil && n == 0 {
			err = plein.ErrNotFound
		}
		return err
	})
	return plein.Wrap("syndication.end", err)
}

// Enter gives who reads with a key, as they are now. Every reason why there is
// nobody is the same NotFound.
func (s *Service) Enter(ctx context.Context, token string) (plein.Actor, error) {
	hash := digestOf(token)
	if wait := s.limits.wait(hash, s.Clock.Now()); wait > 0 {
		return plein.Actor{}, errTooFast
	}
	if !wellFormed(token) {
		return plein.Actor{}, plein.ErrNotFound
	}
	k, err := findKey(ctx, s.DB.Read(), hash)
	if err != nil {
		return plein.Actor{}, plein.Wrap("syndication.enter", err)
	}
	a, err := s.Actor(ctx, k.Person)
	switch {
	case err != nil && plein.KindOf(err) == plein.NotFound, err == nil && (a.Guest || !a.SignedIn()):
		return plein.Actor{}, plein.ErrNotFound
	case err != nil:
		return plein.Actor{}, plein.Wrap("syndication.enter", err)
	}
	if today := day(s.Clock.Now()); k.Used.Before(today) {
		if err := s.DB.Tx(ctx, func(tx *db.Tx) error { return setUsed(ctx, tx, k.ID, today) }); err != nil {
			return plein.Actor{}, plein.Wrap("syndication.enter", err)
		}
	}
	a.Caps = 0 // a key reads
	return a, nil
}

// Follower hears of accounts that were closed, whose keys end.
func (s *Service) Follower() changes.Follower {
	return changes.Follower{Name: "syndication", Follow: func(ctx context.Context, tx *db.Tx, events []plein.Event) error {
		for _, e := range events {
			if e.Name != "people.person.closed" {
				continue
			}
			if err := dropKeys(ctx, tx, e.Object.ID); err != nil {
				return plein.Wrap("syndication.follow", err)
			}
		}
		return nil
	}}
}
