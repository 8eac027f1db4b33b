package people

import (
	"context"
	"sync/atomic"
	"time"

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
