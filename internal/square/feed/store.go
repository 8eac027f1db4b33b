package feed

import (
	"context"
	"embed"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

//go:embed migrations
var migrations embed.FS

// Migrations gives the tables of feed.
func Migrations() db.Migrations { return db.Sub("feed", migrations) }

func setFollow(ctx context.Context, tx *db.Tx, person plein.ID, target plein.Ref, on bool, at time.Time) error {
	text := `INSERT INTO feed_follows (person_id, target_kind, target_id, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`
	args := []any{person, target.Kind, target.ID, db.Micros(at)}
	if !on {
		text, args = `DELETE FROM feed_follows WHERE person_id = $1 AND target_kind = $2 AND target_id = $3`, args[:3]
	}
	_, err := tx.Exec(ctx, text, args...)
	return err
}

func follows(ctx context.Context, q db.Queryer, person plein.ID) ([]plein.Ref, error) {
	return db.All(ctx, q, func(s db.Scanner) (r plein.Ref, err error) {
		err = s.Scan(&r.Kind, &r.ID)
		return r, err
	}, `SELECT target_kind, target_id FROM feed_follows WHERE person_id = $1 ORDER BY at DESC LIMIT 2000`, person)
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
