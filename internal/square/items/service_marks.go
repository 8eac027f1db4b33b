package items

import (
	"context"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/access"
)

// React gives (on) or takes back one reaction. Doing it twice is doing it once.
func (s *Service) React(ctx context.Context, a plein.Actor, id plein.ID, r plein.Reaction, on bool) (*Item, error) {
	if !r.Known() {
		return nil, plein.FieldError("reaction", "items.reaction_unknown", nil)
	}
	i, err := s.living(ctx, a, id)
	if err != nil {
		return nil, err
	}
	if err := s.deps.Access.CanReply(ctx, a, i.Audience); err != nil {
		return nil, err
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		changed, err := setReaction(ctx, tx, id, a.ID, r, on, s.clock.Now())
		if err != nil || !changed {
			return err
		}
		tx.AfterCommit(func() {
			s.cache.forget(id)
			s.stamps.bump(i.Audience, a.ID)
		})
		name := "items.reaction.set"
		if !on {
			name = "items.reaction.unset"
		}
		return s.deps.Changes.Tell(ctx, tx, plein.Event{Name: name, Actor: a.ID, At: s.clock.Now(), Audience: i.Audience,
			Object: plein.Ref{Kind: "item", ID: id}, Target: plein.Ref{Kind: "thread", ID: i.Root},
			Extra: map[string]string{"reaction": string(r)}})
	})
	if err != nil {
		return nil, plein.Wrap("items.react", err)
	}
	return s.Find(ctx, a, id)
}

// living finds an item that the actor may see and that was not deleted.
func (s *Service) living(ctx context.Context, a plein.Actor, id plein.ID) (*Item, error) {
	i, err := s.Find(ctx, a, id)
	if err == nil && i.Gone() {
		err = plein.ErrNotFound
	}
	return i, err
}

// Reactors tells who gave which reaction, newest first, at most a hundred.
func (s *Service) Reactors(ctx context.Context, a plein.Actor, id plein.ID) ([]Reactor, error) {
	if _, err := s.living(ctx, a, id); err != nil {
		return nil, err
	}
	list, err := reactors(ctx, s.db.Read(), id, 100)
	return list, plein.Wrap("items.reactors", err)
}

// Bookmark keeps an item for oneself, or lets it go. Nobody else can tell.
func (s *Service) Bookmark(ctx context.Context, a plein.Actor, id plein.ID, on bool) error {
	if _, err := s.living(ctx, a, id); err != nil {
		return err
	}
	defer s.Marked(a.ID)
	err := s.db.Tx(ctx, func(tx *db.Tx) error { return setBookmark(ctx, tx, a.ID, id, on, s.clock.Now()) })
	return plein.Wrap("items.bookmark", err)
}

// Saved lists one's bookmarks, newest first. What one may no longer see is left
// out and comes back with the right to see it.
func (s *Service) Saved(ctx context.Context, a plein.Actor, before time.Time, limit int) ([]Saved, error) {
	r, err := s.deps.Access.Reader(ctx, a)
	if err != nil {
		return nil, err
	}
	list, err := bookmarks(ctx, s.db.Read(), r, before, limit)
	return list, plein.Wrap("items.saved", err)
}

// maxPins is how many items stay at the top of one audience.
const maxPins = 3

// Pin keeps an item at the top of its audience; for those who look after it.
func (s *Service) Pin(ctx context.Context, a plein.Actor, id plein.ID, on bool) error {
	i, err := s.living(ctx, a, id)
	if err != nil {
		return err
	}
	if !i.IsRoot() {
		return plein.E(plein.Invalid, "items.pin_reply", nil)
	}
	ok, err := s.deps.Moderates(ctx, a, i.Audience)
	if err != nil {
		return plein.Wrap("items.pin", err)
	}
	if !ok {
		return plein.ErrDenied
	}
	if err := s.deps.Access.CanReply(ctx, a, i.Audience); err != nil {
		return err
	}
	name := "items.item.unpinned"
	if on {
		name = "items.item.pinned"
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		if on {
			n, err := countOtherPins(ctx, tx, i.Audience, id)
			if err != nil {
				return err
			}
			if n >= maxPins {
				return plein.E(plein.Conflict, "items.pins_many", plein.Args{"max": maxPins})
			}
		}
		changed, err := setPin(ctx, tx, i.Audience, id, a.ID, on, s.clock.Now())
		if err != nil || !changed {
			return err
		}
		return s.tell(ctx, tx, a, name, i)
	})
	return plein.Wrap("items.pin", err)
}

// Pinned lists what is kept at the top of an audience.
func (s *Service) Pinned(ctx context.Context, a plein.Actor, audience plein.ID) ([]plein.ID, error) {
	r, err := s.deps.Access.Reader(ctx, a)
	if err != nil {
		return nil, err
	}
	ids, err := pins(ctx, s.db.Read(), r, audience, maxPins)
	return ids, plein.Wrap("items.pinned", err)
}

// Acknowledge confirms that the actor has read a must-read.
func (s *Service) Acknowledge(ctx context.Context, a plein.Actor, id plein.ID) error {
	i, err := s.living(ctx, a, id)
	if err != nil {
		return err
	}
	if !i.MustRead {
		return plein.E(plein.Invalid, "items.not_must_read", nil)
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		fresh, err := acknowledge(ctx, tx, id, a.ID, s.clock.Now())
		if err != nil || !fresh {
			return err
		}
		tx.AfterCommit(func() { s.cache.forget(id) })
		return s.tell(ctx, tx, a, "items.item.acknowledged", i)
	})
	return plein.Wrap("items.acknowledge", err)
}

// ReadTo remembers how far the actor read a thread. It is theirs alone (SELF) and
// tells nobody.
func (s *Service) ReadTo(ctx context.Context, a plein.Actor, root, to plein.ID) error {
	if _, err := s.Find(ctx, a, root); err != nil {
		return err
	}
	defer s.Marked(a.ID)
	err := s.db.Tx(ctx, func(tx *db.Tx) error { return setPosition(ctx, tx, a.ID, root, to, s.clock.Now()) })
	return plein.Wrap("items.readto", err)
}

// UnreadSince counts, per audience, the threads begun after a place; it says 100
// for "a hundred or more".
func (s *Service) UnreadSince(ctx context.Context, r access.Reader, since map[plein.ID]plein.ID) (map[plein.ID]int, error) {
	if len(since) == 0 {
		return nil, nil
	}
	n, err := unreadSince(ctx, s.db.Read(), r, since)
	return n, plein.Wrap("items.unreadsince", err)
}

// Given says whether the actor gave a reaction to an item they may see.
func (s *Service) Given(ctx context.Context, a plein.Actor, id plein.ID, r plein.Reaction) (bool, error) {
	if _, err := s.living(ctx, a, id); err != nil {
		return false, err
	}
	did, err := marks(ctx, s.db.Read(), a.ID, []plein.ID{id})
	if err != nil {
		return false, plein.Wrap("items.given", err)
	}
	for _, m := range did {
		if m.what == string(r) {
			return true, nil
		}
	}
	return false, nil
}
