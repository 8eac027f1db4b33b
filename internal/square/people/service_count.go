package people

import (
	"context"
	"sync/atomic"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

// headcount remembers how many people there are for a moment: every page that
// shows an audience asks, and the number moves by the week.
type headcount struct{ at, n atomic.Int64 }

// headcountFor is how long it is remembered.
const headcountFor = 10 * time.Second

// Count is how many people of the organisation there are: active, no guests, no
// bots. It may be ten seconds old.
func (s *Service) Count(ctx context.Context) (int, error) {
	now := s.Clock.Now()
	if at := s.count.at.Load(); at != 0 && now.UnixNano()-at < int64(headcountFor) {
		return int(s.count.n.Load()), nil
	}
	n, err := countPeople(ctx, s.DB.Read())
	if err != nil {
		return 0, plein.Wrap("people.count", err)
	}
	s.count.n.Store(int64(n))
	s.count.at.Store(now.UnixNano())
	return n, nil
}

// ForgetAll empties every cache.
func (s *Service) ForgetAll() {
	s.persons.forgetAll()
	s.cards.forgetAll()
	s.forgetUnits()
	s.count.at.Store(0)
	s.toldOf(0)
}

// NoAdmin says that nobody active is a technical admin: the organisation still has
// to be set up.
func (s *Service) NoAdmin(ctx context.Context) (bool, error) {
	n, err := countAdmins(ctx, s.DB.Read(), 0)
	return n == 0, plein.Wrap("people.no_admin", err)
}

// NoAdminTx says the same in the caller's transaction, which is from then on the
// only one that gives roles or adds to the tree, so that of two first set-ups one
// finds the other's admin.
func (s *Service) NoAdminTx(ctx context.Context, tx *db.Tx) (bool, error) {
	if err := holdStructure(ctx, tx); err != nil {
		return false, plein.Wrap("people.no_admin", err)
	}
	n, err := countAdmins(ctx, tx, 0)
	return n == 0, plein.Wrap("people.no_admin", err)
}

// Version goes up whenever somebody's card may look different, as far as this
// node knows.
func (s *Service) Version() uint64 {
	s.cards.mu.RLock()
	defer s.cards.mu.RUnlock()
	return s.cards.version
}
