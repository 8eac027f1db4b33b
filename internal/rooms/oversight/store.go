package oversight

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

// Migrations gives the tables of oversight.
func Migrations() db.Migrations { return db.Sub("oversight", migrations) }

// chain reads where the log begins and ends. Before the first row it is empty.
func chain(ctx context.Context, q db.Queryer) (Chain, error) {
	c, err := db.One(ctx, q, func(s db.Scanner) (c Chain, err error) {
		err = s.Scan(&c.FirstSeq, &c.From, &c.LastSeq, &c.Hash)
		return c, err
	}, `SELECT first_seq, from_hash, last_seq, hash FROM oversight_chain WHERE id = 1`)
	if errors.Is(err, plein.ErrNotFound) {
		nothing := make([]byte, hashSize)
		return Chain{FirstSeq: 1, From: nothing, Hash: nothing}, nil
	}
	return c, err
}

// setEnd moves the end of the chain. The beginning is another's to move: whoever
// removes what is old runs beside the follower.
func setEnd(ctx context.Context, tx *db.Tx, c Chain) error {
	_, err := tx.Exec(ctx, `INSERT INTO oversight_chain (id, first_seq, from_hash, last_seq, hash) VALUES (1, $1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET last_seq = excluded.last_seq, hash = excluded.hash`, c.FirstSeq, c.From, c.LastSeq, c.Hash)
	return err
}

func setBegin(ctx context.Context, tx *db.Tx, firstSeq int64, from []byte) error {
	_, err := tx.Exec(ctx, `UPDATE oversight_chain SET first_seq = $1, from_hash = $2 WHERE id = 1`, firstSeq, from)
	return err
}

func insertRow(ctx context.Context, tx *db.Tx, r Row) error {
	extra := []byte("{}")
	if len(r.Extra) > 0 {
		extra, _ = json.Marshal(r.Extra)
	}
	_, err := tx.Exec(ctx, `INSERT INTO oversight_audit (seq, at, name, actor, object, object_id, target, target_id, extra, hash)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, r.Seq, db.Micros(r.At), r.Name, r.Actor, r.Object.Kind, r.Object.ID,
		r.Target.Kind, r.Target.ID, string(extra), r.Hash)
	return err
}

const rowColumns = "seq, at, name, actor, object, object_id, target, target_id, extra, hash"

func scanRow(s db.Scanner) (r Row, err error) {
	var at int64
	var extra string
	err = s.Scan(&r.Seq, &at, &r.Name, &r.Actor, &r.Object.Kind, &r.Object.ID, &r.Target.Kind, &r.Target.ID, &extra, &r.Hash)
	if err != nil {
		return r, err
	}
	r.At = db.FromMicros(at)
	if extra != "{}" {
		err = json.Unmarshal([]byte(extra), &r.Extra)
	}
	return r, err
}

// rowsAfter walks the log from its beginning.
func rowsAfter(ctx context.Context, q db.Queryer, seq int64, limit int) ([]Row, error) {
	return db.All(ctx, q, scanRow, `SELECT `+rowColumns+` FROM oversight_audit WHERE seq > $1 ORDER BY seq LIMIT $2`, seq, limit)
}

// rowsBefore pages back through the log, newest first.
func rowsBefore(ctx context.Context, q db.Queryer, seq int64, limit int) ([]Row, error) {
	return db.All(ctx, q, scanRow, `SELECT `+rowColumns+` FROM oversight_audit WHERE seq < $1 ORDER BY seq DESC LIMIT $2`, seq, limit)
}

// rowsAbout pages back through what was done to one person.
func rowsAbout(ctx context.Context, q db.Queryer, person plein.ID, seq int64, limit int) ([]Row, error) {
	return db.All(ctx, q, scanRow, `SELECT `+rowColumns+` FROM (
		SELECT `+rowColumns+` FROM oversight_audit WHERE object_id = $1 AND object = 'person' AND seq < $2
		UNION SELECT `+rowColumns+` FROM oversight_audit WHERE target_id = $1 AND target = 'person' AND seq < $2) r
		ORDER BY seq DESC LIMIT $3`, person, seq, limit)
}

// lastBefore is the last row that is older than a moment, with all before it.
func lastBefore(ctx context.Context, q db.Queryer, at time.Time) (Row, error) {
	return db.One(ctx, q, scanRow, `SELECT `+rowColumns+` FROM oversight_audit WHERE seq < COALESCE(
		(SELECT MIN(seq) FROM oversight_audit WHERE at >= $1), (SELECT MAX(seq) + 1 FROM oversight_audit)) ORDER BY seq DESC LIMIT 1`, db.Micros(at))
}

func removeUpTo(ctx context.Context, tx *db.Tx, seq int64) (int64, error) {
	return db.Exec(ctx, tx, `DELETE FROM oversight_audit WHERE seq <= $1`, seq)
}
