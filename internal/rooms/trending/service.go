package trending

import (
	"context"
	"sync"

	"plein/internal/platform/db"
	"plein/internal/platform/language"
	"plein/internal/plein"
	"plein/internal/square/access"
)

// Service finds what stands beside the timeline.
type Service struct {
	Deps
	mu     sync.RWMutex
	window *window // nil until somebody asks
	kept   *kept
}

// Shown is what one person sees.
type Shown struct {
	Talk   []Topic
	Asking []Asking
	Meet   []Meet
}

// Of gives everything for the actor.
func (s *Service) Of(ctx context.Context, a plein.Actor) (Shown, error) {
	r, err := s.Access.Reader(ctx, a)
	if err != nil {
		return Shown{}, err
	}
	k := s.kept.of(a.ID)
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := s.renew(ctx, a, r, k); err != nil {
		return Shown{}, err
	}
	no, err := s.known(ctx, a)
	if err != nil {
		return Shown{}, err
	}
	out := Shown{Talk: k.talk, Asking: k.asking}
	for _, m := range k.meet {
		if !no[m.Person] {
			out.Meet = append(out.Meet, m)
		}
	}
	return out, nil
}

const (
	maxOpen   = 40 // unanswered questions that are compared with what the reader knows
	maxAsking = 10 // of them on a page
)

// asking gives unanswered questions of the reader's own audiences, those near to
// what they know first.
func (s *Service) asking(ctx context.Context, a plein.Actor, r access.Reader) ([]Asking, error) {
	open, err := s.Items.Unanswered(ctx, r, maxOpen)
	if err != nil {
		return nil, err
	}
	list, err := s.Items.Questions(ctx, open)
	if err != nil {
		return nil, err
	}
	me, err := s.People.Find(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	out := nearest(list, knows(me.Skills, me.AskMe))
	return out[:min(len(out), maxAsking)], nil
}

// notNames leaves out words that are somebody's first name: people are no
// subjects. A hashtag somebody put there on purpose.
func (s *Service) notNames(ctx context.Context, list []candidate, written func(candidate) string) ([]candidate, error) {
	words := make([]string, 0, len(list))
	for _, c := range list {
		if !c.tag() {
			words = append(words, language.Fold(written(c)))
		}
	}
	names, err := s.People.GivenNames(ctx, words)
	if err != nil {
		return nil, err
	}
	var out []candidate
	for _, c := range list {
		if c.tag() || !names[language.Fold(written(c))] {
			out = append(out, c)
		}
	}
	return out, nil
}

// Sweep removes what lies before the weeks that are looked at.
func (s *Service) Sweep(ctx context.Context) (removed int64, err error) {
	now := s.Clock.Now()
	err = s.DB.Tx(ctx, func(tx *db.Tx) (err error) {
		removed, err = sweep(ctx, tx, dayOf(now)-daysKept, now.Add(-newFor))
		return err
	})
	return removed, plein.Wrap("trending.sweep", err)
}

// Forget empties what is kept for readers. The window is no copy of an answer but
// the place where answers are looked for; it goes with ForgetAll.
func (s *Service) Forget() { s.kept.forgetAll() }

// ForgetAll also throws the window away; it is made anew from the table.
func (s *Service) ForgetAll() {
	s.kept.forgetAll()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.window = nil
}
