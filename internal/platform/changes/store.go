package changes

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

//go:embed migrations
var migrations embed.FS

// Migrations gives the tables of the change log.
func Migrations() db.Migrations { return db.Sub("changes", migrations) }

// cursor is a place in the log: everything at or before it was handled.
type cursor struct{ xid, seq int64 }

// beginning lies before every line, also before those that were moved back.
var beginning = cursor{xid: -1 << 62}

func insert(ctx context.Context, tx *db.Tx, e plein.Event) error {
	extra := "{}"
	if len(e.Extra) > 0 {
		b, err := json.Marshal(e.Extra)
		if err != nil {
			return err
		}
		extra = string(b)
	}
	_, err := tx.Exec(ctx, `INSERT INTO changes_log (at, name, actor, object, object_id, target, target_id, audience, extra)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		db.Micros(e.At), e.Name, e.Actor, e.Object.Kind, e.Object.ID, e.Target.Kind, e.Target.ID, e.Audience, extra)
	return err
}

// settled limits reading to lines that no running transaction can still slip in
// front of.
func settled(e db.Engine) string {
	if e == db.Postgres {
		return "xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
	}
	return "1 = 1"
}

const lineColumns = "xid, seq, at, name, actor, object, object_id, target, target_id, audience, extra"

type line struct {
	cursor
	event plein.Event
}

func scanLine(s db.Scanner) (l line, err error) {
	var at int64
	var extra string
	e := &l.event
	err = s.Scan(&l.xid, &l.seq, &at, &e.Name, &e.Actor, &e.Object.Kind, &e.Object.ID,
		&e.Target.Kind, &e.Target.ID, &e.Audience, &extra)
	if err != nil {
		return l, err
	}
	e.Seq, e.At = l.seq, db.FromMicros(at)
	if extra != "{}" {
		err = json.Unmarshal([]byte(extra), &e.Extra)
	}
	return l, err
}

func after(ctx context.Context, q db.Queryer, c cursor, limit int) ([]line, error) {
	return db.All(ctx, q, scanLine, `SELECT `+lineColumns+` FROM changes_log
		WHERE (xid, seq) > ($1, $2) AND `+settled(q.Engine())+` ORDER BY xid, seq LIMIT $3`, c.xid, c.seq, limit)
}

// newest is the place after which a tail begins: the last settled line.
func newest(ctx context.Context, q db.Queryer) (cursor, error) {
	c, err := db.One(ctx, q, scanCursor, `SELECT xid, seq FROM changes_log
		WHERE `+settled(q.Engine())+` ORDER BY xid DESC, seq DESC LIMIT 1`)
	if errors.Is(err, plein.ErrNotFound) {
		return beginning, nil
	}
	return c, err
}

// newestBefore is the last settled line that was told at a moment or before it.
func newestBefore(ctx context.Context, q db.Queryer, at time.Time) (cursor, error) {
	c, err := db.One(ctx, q, scanCursor, `SELECT xid, seq FROM changes_log
		WHERE at <= $1 AND `+settled(q.Engine())+` ORDER BY xid DESC, seq DESC LIMIT 1`, db.Micros(at))
	if errors.Is(err, plein.ErrNotFound) {
		return beginning, nil
	}
	return c, err
}

func scanCursor(s db.Scanner) (c cursor, err error) {
	err = s.Scan(&c.xid, &c.seq)
	return c, err
}

// readCursor tells how far a follower is. In a transaction on PostgreSQL it also
// holds the place, so that two nodes never follow under one name at once.
func readCursor(ctx context.Context, q db.Queryer, follower string) (cursor, error) {
	lock := ""
	if _, writing := q.(*db.Tx); writing && q.Engine() == db.Postgres {
		lock = " FOR UPDATE"
	}
	c, err := db.One(ctx, q, scanCursor, `SELECT xid, seq FROM changes_cursors WHERE follower = $1`+lock, follower)
	if errors.Is(err, plein.ErrNotFound) {
		return beginning, nil
	}
	return c, err
}

func registerCursor(ctx context.Context, tx *db.Tx, follower string) error {
	_, err := tx.Exec(ctx, `INSERT INTO changes_cursors (follower, xid, seq, moved) VALUES ($1, $2, $3, 0)
		ON CONFLICT (follower) DO NOTHING`, follower, beginning.xid, beginning.seq)
	return err
}

func moveCursor(ctx context.Context, tx *db.Tx, follower string, c cursor, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE changes_cursors SET xid = $2, seq = $3, moved = $4 WHERE follower = $1`,
		follower, c.xid, c.seq, db.Micros(now))
	return err
}

func lags(ctx context.Context, q db.Queryer) ([]Lag, error) {
	return db.All(ctx, q, func(s db.Scanner) (l Lag, err error) {
		var oldest int64
		err = s.Scan(&l.Follower, &l.Lines, &oldest)
		l.Oldest = db.FromMicros(oldest)
		return l, err
	}, `SELECT c.follower, COUNT(l.seq), COALESCE(MIN(l.at), 0) FROM changes_cursors c
		LEFT JOIN changes_log l ON (l.xid, l.seq) > (c.xid, c.seq)
		GROUP BY c.follower ORDER BY c.follower`)
}

func prune(ctx context.Context, tx *db.Tx, before time.Time) (int64, error) {
	return db.Exec(ctx, tx, `DELETE FROM changes_log WHERE at < $1 AND NOT EXISTS (
		SELECT 1 FROM changes_cursors c WHERE (c.xid, c.seq) < (changes_log.xid, changes_log.seq))`, db.Micros(before))
}

const newestXid = `SELECT GREATEST(COALESCE((SELECT MAX(xid) FROM changes_log), 0), COALESCE((SELECT MAX(xid) FROM changes_cursors), 0))`

// isAhead says that something in the log carries a transaction id that this
// server has not given out yet. PostgreSQL only.
func isAhead(ctx context.Context, q db.Queryer) (bool, error) {
	return db.One(ctx, q, db.Value[bool], `SELECT (`+newestXid+`) >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint`)
}

// fitOrder puts every line and every place below zero, and so before whatever
// this server will number, in the order they had, when some are ahead of it. It
// says whether that was needed. PostgreSQL only.
func fitOrder(ctx context.Context, tx *db.Tx) (moved bool, err error) {
	ahead, err := isAhead(ctx, tx)
	if err != nil || !ahead {
		return false, err
	}
	if _, err := tx.Exec(ctx, `LOCK TABLE changes_log, changes_cursors IN EXCLUSIVE MODE`); err != nil {
		return false, err
	}
	if ahead, err = isAhead(ctx, tx); err != nil || !ahead {
		return false, err // another was first
	}
	by, err := db.One(ctx, tx, db.Value[int64], newestXid)
	if err != nil {
		return false, err
	}
	if _, err := tx.Exec(ctx, `UPDATE changes_log SET xid = xid - $1`, by); err != nil {
		return false, err
	}
	_, err = tx.Exec(ctx, `UPDATE changes_cursors SET xid = GREATEST(xid - $1, $2)`, by, beginning.xid)
	return err == nil, err
}
