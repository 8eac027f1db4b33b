package feed

import (
	"context"
	"embed"
	"errors"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

//go:embed migrations
var migrations embed.FS

// Migrations gives the tables of feed.
func Migrations() db.Migrations { return db.Sub("feed", migrations) }

func setLevel(ctx context.Context, tx *db.Tx, person plein.ID, target plein.Ref, l Level, at time.Time) error {
	if l == Normal {
		_, err := tx.Exec(ctx, `DELETE FROM feed_follows WHERE person_id = $1 AND target_kind = $2 AND target_id = $3`,
			person, target.Kind, target.ID)
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO feed_follows (person_id, target_kind, target_id, at, muted) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (person_id, target_kind, target_id) DO UPDATE SET muted = excluded.muted, at = excluded.at
		WHERE feed_follows.muted <> excluded.muted`, person, target.Kind, target.ID, db.Micros(at), l == Muted)
	return err
}

func levelOf(ctx context.Context, q db.Queryer, person plein.ID, target plein.Ref) (Level, error) {
	muted, err := db.One(ctx, q, db.Value[bool], `SELECT muted FROM feed_follows
		WHERE person_id = $1 AND target_kind = $2 AND target_id = $3`, person, target.Kind, target.ID)
	switch {
	case errors.Is(err, plein.ErrNotFound):
		return Normal, nil
	case muted:
		return Muted, err
	}
	return Following, err
}

// follows lists whom and what a person follows for the timeline, where threads
// play no part.
func follows(ctx context.Context, q db.Queryer, person plein.ID) ([]plein.Ref, error) {
	return db.All(ctx, q, scanTarget, `SELECT target_kind, target_id FROM feed_follows
		WHERE person_id = $1 AND target_kind <> 'thread' AND NOT muted ORDER BY at DESC LIMIT 2000`, person)
}

func scanTarget(s db.Scanner) (r plein.Ref, err error) {
	err = s.Scan(&r.Kind, &r.ID)
	return r, err
}

func followersOf(ctx context.Context, q db.Queryer, target plein.Ref, after plein.ID, limit int) ([]plein.ID, error) {
	return db.All(ctx, q, db.Value[plein.ID], `SELECT person_id FROM feed_follows
		WHERE target_id = $1 AND target_kind = $2 AND NOT muted AND person_id > $3 ORDER BY person_id LIMIT $4`,
		target.ID, target.Kind, after, limit)
}

func muting(ctx context.Context, q db.Queryer, people []plein.ID, targets []plein.Ref) (map[plein.ID][]plein.Ref, error) {
	ids := make([]plein.ID, len(targets))
	for n, t := range targets {
		ids[n] = t.ID
	}
	out := make(map[plein.ID][]plein.Ref)
	_, err := db.All(ctx, q, func(s db.Scanner) (struct{}, error) {
		var person plein.ID
		var r plein.Ref
		err := s.Scan(&person, &r.Kind, &r.ID)
		out[person] = append(out[person], r)
		return struct{}{}, err
	}, `SELECT person_id, target_kind, target_id FROM feed_follows WHERE muted AND `+db.In(q.Engine(), "person_id", "$1")+
		` AND `+db.In(q.Engine(), "target_id", "$2"), db.List(q.Engine(), people), db.List(q.Engine(), ids))
	return out, err
}

func forgetPerson(ctx context.Context, tx *db.Tx, person plein.ID) error {
	for _, text := range []string{`DELETE FROM feed_follows WHERE person_id = $1`, `DELETE FROM feed_visits WHERE person_id = $1`} {
		if _, err := tx.Exec(ctx, text, person); err != nil {
			return err
		}
	}
	return nil
}

func setVisit(ctx context.Context, tx *db.Tx, person, audience, to plein.ID) error {
	_, err := tx.Exec(ctx, `INSERT INTO feed_visits (person_id, audience_id, seen_to) VALUES ($1, $2, $3)
		ON CONFLICT (person_id, audience_id) DO UPDATE SET seen_to = excluded.seen_to
		WHERE feed_visits.seen_to < excluded.seen_to`, person, audience, to)
	return err
}

func visits(ctx context.Context, q db.Queryer, person plein.ID, audiences []plein.ID) (map[plein.ID]plein.ID, error) {
	out := make(map[plein.ID]plein.ID, len(audiences))
	_, err := db.All(ctx, q, func(s db.Scanner) (struct{}, error) {
		var audience, to plein.ID
		err := s.Scan(&audience, &to)
		out[audience] = to
		return struct{}{}, err
	}, `SELECT audience_id, seen_to FROM feed_visits WHERE person_id = $1 AND `+
		db.In(q.Engine(), "audience_id", "$2"), person, db.List(q.Engine(), audiences))
	return out, err
}
