package session

import (
	"context"
	"crypto/subtle"
	"embed"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations gives the steps that make the tables.
func Migrations() db.Migrations { return db.Sub("sessions", migrations) }

func insert(ctx context.Context, tx *db.Tx, s Session, h digest) error {
	_, err := tx.Exec(ctx, `INSERT INTO sessions_sessions (id, token_hash, person_id, agent, made_at, seen_at, ends_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		int64(s.ID), h[:], int64(s.Person), s.Agent, db.Micros(s.Made), db.Micros(s.Seen), db.Micros(s.Ends))
	return err
}

// makeRoom keeps the sessions of a person that were used last.
func makeRoom(ctx context.Context, tx *db.Tx, person plein.ID, keep int) error {
	_, err := tx.Exec(ctx, `DELETE FROM sessions_sessions WHERE person_id = $1 AND id NOT IN (
		SELECT id FROM sessions_sessions WHERE person_id = $1 ORDER BY seen_at DESC, id DESC LIMIT $2)`, int64(person), keep)
	return err
}

func findByToken(ctx context.Context, q db.Queryer, h digest) (Session, error) {
	type row struct {
		Session
		hash []byte
	}
	found, err := db.One(ctx, q, func(s db.Scanner) (r row, err error) {
		r.Session, err = scan(s, &r.hash)
		return r, err
	}, `SELECT id, person_id, agent, made_at, seen_at, ends_at, token_hash FROM sessions_sessions WHERE token_hash = $1`, h[:])
	if err != nil {
		return Session{}, err
	}
	if subtle.ConstantTimeCompare(found.hash, h[:]) != 1 {
		return Session{}, plein.ErrNotFound
	}
	return found.Session, nil
}

func list(ctx context.Context, q db.Queryer, person plein.ID, now time.Time) ([]Session, error) {
	return db.All(ctx, q, func(s db.Scanner) (Session, error) { return scan(s) },
		`SELECT id, person_id, agent, made_at, seen_at, ends_at FROM sessions_sessions
		WHERE person_id = $1 AND ends_at > $2 ORDER BY seen_at DESC, id DESC`, int64(person), db.Micros(now))
}

func living(ctx context.Context, q db.Queryer, ids []plein.ID, now time.Time) (map[plein.ID]time.Time, error) {
	out := make(map[plein.ID]time.Time, len(ids))
	_, err := db.All(ctx, q, func(s db.Scanner) (struct{}, error) {
		var id plein.ID
		var ends int64
		err := s.Scan(&id, &ends)
		out[id] = db.FromMicros(ends)
		return struct{}{}, err
	}, `SELECT id, ends_at FROM sessions_sessions WHERE ends_at > $2 AND `+db.In(q.Engine(), "id", "$1"),
		db.List(q.Engine(), ids), db.Micros(now))
	return out, err
}

func count(ctx context.Context, q db.Queryer, now time.Time) (int, error) {
	return db.One(ctx, q, db.Value[int], `SELECT COUNT(*) FROM sessions_sessions WHERE ends_at > $1`, db.Micros(now))
}

func scan(s db.Scanner, more ...any) (out Session, err error) {
	var id, person, made, seen, ends int64
	err = s.Scan(append([]any{&id, &person, &out.Agent, &made, &seen, &ends}, more...)...)
	out.ID, out.Person = plein.ID(id), plein.ID(person)
	out.Made, out.Seen, out.Ends = db.FromMicros(made), db.FromMicros(seen), db.FromMicros(ends)
	return out, err
}

// seen never moves time back, whatever order two requests arrive in.
func seen(ctx context.Context, tx *db.Tx, s Session) error {
	_, err := tx.Exec(ctx, `UPDATE sessions_sessions SET seen_at = $2, ends_at = $3 WHERE id = $1 AND seen_at < $2`,
		int64(s.ID), db.Micros(s.Seen), db.Micros(s.Ends))
	return err
}

func remove(ctx context.Context, tx *db.Tx, person, id plein.ID) (int64, error) {
	return db.Exec(ctx, tx, `DELETE FROM sessions_sessions WHERE person_id = $1 AND id = $2`, int64(person), int64(id))
}

func removeAll(ctx context.Context, tx *db.Tx, person, except plein.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM sessions_sessions WHERE person_id = $1 AND id <> $2`, int64(person), int64(except))
	return err
}

func removeEnded(ctx context.Context, tx *db.Tx, now time.Time) (int64, error) {
	return db.Exec(ctx, tx, `DELETE FROM sessions_sessions WHERE ends_at <= $1`, db.Micros(now))
}
