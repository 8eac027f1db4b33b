package feed

import (
	"context"
	"slices"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/items"
)

// Follows is whom and what one person follows.
type Follows struct {
	People []plein.ID
	Groups []plein.ID
}

// Level is how much somebody wants to hear of a thread, a group or a person.
type Level string

// The three levels. What is not normal is kept, so that the usual costs nothing.
const (
	Normal    Level = "normal"
	Following Level = "follow" // also what is not for them in particular
	Muted     Level = "mute"   // nothing, unless they are named themselves; of a person nothing at all
)

// Known says that the level exists.
func (l Level) Known() bool { return l == Normal || l == Following || l == Muted }

var errLevel = plein.FieldError("level", "feed.level_unknown", nil)

// Level tells what the actor chose for a thread, a group or a person.
func (s *Service) Level(ctx context.Context, a plein.Actor, target plein.Ref) (Level, error) {
	l, err := levelOf(ctx, s.db.Read(), a.ID, target)
	return l, plein.Wrap("feed.level", err)
}

// Choose sets how much the actor wants to hear. The caller has checked that the
// actor may know of the target.
func (s *Service) Choose(ctx context.Context, a plein.Actor, target plein.Ref, l Level) error {
	switch {
	case !l.Known():
		return errLevel
	case target.Kind == "person" && target.ID == a.ID:
		return plein.E(plein.Invalid, "feed.follow_self", nil)
	}
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		s.changed(tx, a.ID)
		return setLevel(ctx, tx, a.ID, target, l, s.clock.Now())
	})
	return plein.Wrap("feed.choose", err)
}

// changed drops what is kept of a person's choices once a transaction is durable.
func (s *Service) changed(tx *db.Tx, person plein.ID) {
	tx.AfterCommit(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.round++
		delete(s.follows, person)
		s.items.Marked(person)
	})
}

// Followers pages through who follows a target, by id: for telling them. It asks
// nothing about who wants to know, and is shown to nobody.
func (s *Service) Followers(ctx context.Context, q db.Queryer, target plein.Ref, after plein.ID, limit int) ([]plein.ID, error) {
	ids, err := followersOf(ctx, q, target, after, limit)
	return ids, plein.Wrap("feed.followers", err)
}

// Muting tells which of some people muted which of some targets.
func (s *Service) Muting(ctx context.Context, q db.Queryer, people []plein.ID, targets []plein.Ref) (map[plein.ID][]plein.Ref, error) {
	if len(people) == 0 || len(targets) == 0 {
		return nil, nil
	}
	found, err := muting(ctx, q, people, targets)
	return found, plein.Wrap("feed.muting", err)
}

// ForgetPerson removes what somebody chose and how far they read, when nothing of
// them may stay.
func (s *Service) ForgetPerson(ctx context.Context, tx *db.Tx, person plein.ID) error {
	s.changed(tx, person)
	return plein.Wrap("feed.forgetperson", forgetPerson(ctx, tx, person))
}

// FollowsPerson says whether a person is among them.
func (f Follows) FollowsPerson(id plein.ID) bool { return slices.Contains(f.People, id) }

func (f Follows) reason(h items.Head) Reason {
	if slices.Contains(f.People, h.Author) {
		return ReasonFollow
	}
	return ReasonNew
}

// Follows gives whom and what the actor follows.
func (s *Service) Follows(ctx context.Context, a plein.Actor) (Follows, error) {
	s.mu.RLock()
	f, ok := s.follows[a.ID]
	round := s.round
	s.mu.RUnlock()
	if ok {
		return f, nil
	}
	refs, err := follows(ctx, s.db.Read(), a.ID)
	if err != nil {
		return Follows{}, plein.Wrap("feed.follows", err)
	}
	for _, ref := range refs {
		switch ref.Kind {
		case "person":
			f.People = append(f.People, ref.ID)
		case "group":
			f.Groups = append(f.Groups, ref.ID)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.round != round {
		return f, nil // somebody followed meanwhile, perhaps this person elsewhere
	}
	if len(s.follows) > 50_000 {
		clear(s.follows)
	}
	s.follows[a.ID] = f
	return f, nil
}

// Follow begins or ends following a person or a group. The caller has checked
// that the actor may know of it.
func (s *Service) Follow(ctx context.Context, a plein.Actor, target plein.Ref, on bool) error {
	if on {
		return s.Choose(ctx, a, target, Following)
	}
	return s.Choose(ctx, a, target, Normal)
}

// FollowTx is Follow inside a transaction, for importers.
func (s *Service) FollowTx(ctx context.Context, tx *db.Tx, person plein.ID, target plein.Ref) error {
	s.changed(tx, person)
	return plein.Wrap("feed.followtx", setLevel(ctx, tx, person, target, Following, s.clock.Now()))
}

// Visit remembers that the actor has now seen an audience's talk.
func (s *Service) Visit(ctx context.Context, a plein.Actor, audience plein.ID) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		return setVisit(ctx, tx, a.ID, audience, plein.NewID(s.clock.Now()))
	})
	s.items.Marked(a.ID)
	if err == nil && s.visited != nil {
		s.visited(a.ID)
	}
	return plein.Wrap("feed.visit", err)
}

// News counts, for a handful of audiences, the threads begun since the actor was
// last there. An audience never visited counts what came since they were granted
// it, which is nothing yet.
func (s *Service) News(ctx context.Context, a plein.Actor, audiences []plein.ID) (map[plein.ID]int, error) {
	r, err := s.access.Reader(ctx, a)
	if err != nil {
		return nil, err
	}
	at := s.stampOf(r)
	s.mu.RLock()
	k, ok := s.news[a.ID]
	s.mu.RUnlock()
	if ok && k.stamp == at && slices.Equal(k.of, audiences) {
		return k.counts, nil
	}
	seen, err := visits(ctx, s.db.Read(), a.ID, audiences)
	if err != nil {
		return nil, plein.Wrap("feed.news", err)
	}
	counts, err := s.items.UnreadSince(ctx, r, seen)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.news) > 20_000 {
		clear(s.news)
	}
	s.news[a.ID] = keptNews{at, audiences, counts}
	return counts, nil
}

// keptNews are the counts beside one person's groups, under a stamp.
type keptNews struct {
	stamp
	of     []plein.ID
	counts map[plein.ID]int
}

// Forget empties the caches.
func (s *Service) Forget() {
	s.kept.forget()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.round++
	clear(s.follows)
	clear(s.news)
}
