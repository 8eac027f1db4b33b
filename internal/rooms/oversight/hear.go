package oversight

import (
	"context"

	"plein/internal/platform/changes"
	"plein/internal/platform/db"
	"plein/internal/plein"
)

// Follower writes a row for every protected act, in the order of the change log.
// One follower at a time holds the cursor, so the chain has one writer.
func (s *Service) Follower() changes.Follower {
	return changes.Follower{Name: "oversight", Follow: func(ctx context.Context, tx *db.Tx, events []plein.Event) error {
		return plein.Wrap("oversight.follow", s.append(ctx, tx, events))
	}}
}

func (s *Service) append(ctx context.Context, tx *db.Tx, events []plein.Event) error {
	var at Chain
	for _, e := range events {
		if !protected(e) {
			continue
		}
		if at.Hash == nil {
			var err error
			if at, err = chain(ctx, tx); err != nil {
				return err
			}
		}
		r := Row{Seq: at.LastSeq + 1, At: e.At, Name: e.Name, Actor: e.Actor, Object: e.Object, Target: e.Target, Extra: e.Extra}
		r.Hash = chained(at.Hash, r)
		if err := insertRow(ctx, tx, r); err != nil {
			return err
		}
		at.LastSeq, at.Hash = r.Seq, r.Hash
	}
	if at.Hash == nil {
		return nil
	}
	return setEnd(ctx, tx, at)
}
