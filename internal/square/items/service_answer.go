package items

import (
	"context"
	"errors"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/access"
)

var (
	errAnswerNone = plein.E(plein.Invalid, "items.answer_none", nil)
	errAnswerGone = plein.E(plein.Conflict, "items.answer_gone", nil)
)

// Accept chooses a reply as the answer to its question, or takes that choice back.
// Whoever asked chooses, and whoever looks after the talk there. A question has one
// chosen answer: choosing another lets go of the first.
func (s *Service) Accept(ctx context.Context, a plein.Actor, id plein.ID, on bool) (*Item, error) {
	reply, err := s.living(ctx, a, id)
	if err != nil {
		return nil, err
	}
	root := reply
	if !reply.IsRoot() {
		if root, err = s.living(ctx, a, reply.Root); err != nil {
			return nil, err
		}
	}
	if reply.IsRoot() || root.Kind != plein.KindQuestion {
		return nil, errAnswerNone
	}
	if err := s.mayAccept(ctx, a, root); err != nil {
		return nil, err
	}
	r, err := s.deps.Access.Reader(ctx, a)
	if err != nil {
		return nil, err
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		fresh, err := hold(ctx, tx, r, root.ID)
		if err != nil {
			return err
		}
		if gone, err := anyGone(ctx, tx, root.ID, id); err != nil || gone {
			if gone {
				return errAnswerGone
			}
			return err
		}
		name, was := "items.answer.accepted", fresh.Answer
		switch {
		case on && was == id:
			return nil
		case on:
			err = choose(ctx, tx, Chosen{root.ID, id, reply.Author, a.ID, s.clock.Now()})
		default:
			name = "items.answer.withdrawn"
			changed, failed := unchoose(ctx, tx, root.ID, id)
			if err = failed; err == nil && !changed {
				return nil
			}
		}
		if err != nil {
			return err
		}
		tx.AfterCommit(func() {
			s.cache.forget(root.ID, id, was)
			s.stamps.bump(root.Audience, a.ID)
		})
		extra := map[string]string{"kind": string(reply.Kind)}
		if on && was != 0 {
			extra["instead"] = was.String()
		}
		return s.deps.Changes.Tell(ctx, tx, plein.Event{Name: name, Actor: a.ID, At: s.clock.Now(), Audience: root.Audience,
			Object: plein.Ref{Kind: "item", ID: id}, Target: plein.Ref{Kind: "thread", ID: root.ID}, Extra: extra})
	})
	return root, plein.Wrap("items.accept", err)
}

func (s *Service) mayAccept(ctx context.Context, a plein.Actor, root *Item) error {
	if root.Author != a.ID {
		ok, err := s.deps.Moderates(ctx, a, root.Audience)
		if err != nil {
			return plein.Wrap("items.mayaccept", err)
		}
		if !ok {
			return plein.ErrDenied
		}
	}
	return s.deps.Access.CanReply(ctx, a, root.Audience)
}

// ChosenFor gives the chosen answer of a question that the actor may see; NotFound
// when there is none.
func (s *Service) ChosenFor(ctx context.Context, a plein.Actor, question plein.ID) (Chosen, error) {
	if _, err := s.living(ctx, a, question); err != nil {
		return Chosen{}, err
	}
	c, err := chosenFor(ctx, s.db.Read(), question)
	return c, plein.Wrap("items.chosenfor", err)
}

// ChosenAmong lists the chosen answers of some questions, of those that the reader
// may see.
func (s *Service) ChosenAmong(ctx context.Context, r access.Reader, questions []plein.ID) ([]Chosen, error) {
	if len(questions) == 0 {
		return nil, nil
	}
	list, err := chosenAmong(ctx, s.db.Read(), r, questions)
	return list, plein.Wrap("items.chosenamong", err)
}

// chosenCard gives what the page of a question shows of its chosen answer; nil
// when there is none.
func (s *Service) chosenCard(ctx context.Context, a plein.Actor, r access.Reader, root *Item) (*ChosenCard, error) {
	if root.Answer == 0 || root.Gone() {
		return nil, nil
	}
	c, err := chosenFor(ctx, s.db.Read(), root.ID)
	if errors.Is(err, plein.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	cards, err := s.cards(ctx, a, r, []plein.ID{c.Answer}, Opts{})
	if err != nil || len(cards) == 0 || cards[0].Gone() {
		return nil, err
	}
	by, err := s.deps.People.Cards(ctx, []plein.ID{c.By})
	return &ChosenCard{Card: cards[0], ChosenBy: by[c.By]}, err
}
