package notices

import (
	"context"
	"errors"
	"math"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

// note is one thing to tell, the same for everybody who is told.
type note struct {
	key
	what     string
	item     plein.ID
	actor    plein.ID
	seq      int64
	at       time.Time
	mine     bool
	must     bool
	audience plein.ID // zero: not judged by an audience
	rootMade time.Time
}

// always is a moment after every other: for what is judged by who may read an
// audience now, and not by when a conversation in it began.
var always = time.UnixMicro(math.MaxInt64 / 2)

// putEvents writes what happened down for some people, and gives those to whom it
// is new. What can happen again (somebody asks in again) is new every time.
func putEvents(ctx context.Context, tx *db.Tx, people []plein.ID, n note) ([]plein.ID, error) {
	again := `DO NOTHING`
	switch n.what {
	case whatRequest, whatInvite, whatAdmit:
		again = `(person_id, about, target_id, what, item_id, actor_id) DO UPDATE SET seq = excluded.seq, at = excluded.at, gone = FALSE
			WHERE notices_events.seq < excluded.seq`
	}
	text := `INSERT INTO notices_events (person_id, about, target_id, what, item_id, actor_id, seq, at, gone)
		SELECT value, $2, $3, $4, $5, $6, $7, $8, FALSE FROM json_each($1) WHERE TRUE ON CONFLICT ` + again + ` RETURNING person_id`
	if tx.Engine() == db.Postgres {
		text = `INSERT INTO notices_events (person_id, about, target_id, what, item_id, actor_id, seq, at, gone)
			SELECT p, $2::text, $3::bigint, $4::text, $5::bigint, $6::bigint, $7::bigint, $8::bigint, FALSE
			FROM unnest($1::bigint[]) p ON CONFLICT ` + again + ` RETURNING person_id`
	}
	return db.All(ctx, tx, db.Value[plein.ID], text, db.List(tx.Engine(), people), n.About, n.Target, n.what, n.item, n.actor, n.seq, db.Micros(n.at))
}

// touchLines puts a line on top, as not read, for some people.
func touchLines(ctx context.Context, tx *db.Tx, people []plein.ID, n note) error {
	text := `INSERT INTO notices_lines (person_id, about, target_id, newest, newest_at, read_to, unread, mine, must, audience_id, root_at)
		SELECT value, $2, $3, $4, $5, 0, TRUE, $6, $7, $8, $9 FROM json_each($1) WHERE TRUE`
	if tx.Engine() == db.Postgres {
		text = `INSERT INTO notices_lines (person_id, about, target_id, newest, newest_at, read_to, unread, mine, must, audience_id, root_at)
			SELECT p, $2::text, $3::bigint, $4::bigint, $5::bigint, 0, TRUE, $6::boolean, $7::boolean, $8::bigint, $9::bigint
			FROM unnest($1::bigint[]) p`
	}
	_, err := tx.Exec(ctx, text+` ON CONFLICT (person_id, about, target_id) DO UPDATE SET unread = TRUE,
		newest = CASE WHEN notices_lines.newest < excluded.newest THEN excluded.newest ELSE notices_lines.newest END,
		newest_at = CASE WHEN notices_lines.newest < excluded.newest THEN excluded.newest_at ELSE notices_lines.newest_at END,
		mine = (notices_lines.mine OR excluded.mine), must = (notices_lines.must OR excluded.must)`,
		db.List(tx.Engine(), people), n.About, n.Target, n.seq, db.Micros(n.at), n.mine, n.must, n.audience, db.Micros(n.rootMade))
	return err
}

// setGone takes back, or brings back, something that happened before n; the line
// itself is not raised by it. No actor is whoever did it. It tells whether anything changed.
func setGone(ctx context.Context, tx *db.Tx, people []plein.ID, n note, gone bool) (bool, error) {
	e := tx.Engine()
	rows, err := db.Exec(ctx, tx, `UPDATE notices_events SET gone = $1 WHERE `+db.In(e, "person_id", "$2")+`
		AND about = $3 AND target_id = $4 AND what = $5 AND item_id = $6 AND (actor_id = $7 OR $7 = 0) AND gone <> $1 AND seq <= $8`,
		gone, db.List(e, people), n.About, n.Target, n.what, n.item, n.actor, n.seq)
	if err != nil || rows == 0 || !gone {
		return rows > 0, err
	}
	_, err = tx.Exec(ctx, `UPDATE notices_lines SET unread = FALSE, read_to = newest WHERE unread AND `+db.In(e, "person_id", "$1")+`
		AND about = $2 AND target_id = $3 AND NOT EXISTS (SELECT 1 FROM notices_events v WHERE v.person_id = notices_lines.person_id
			AND v.about = notices_lines.about AND v.target_id = notices_lines.target_id AND NOT v.gone AND v.seq > notices_lines.read_to)`,
		db.List(e, people), n.About, n.Target)
	return true, err
}

func addTaker(ctx context.Context, tx *db.Tx, root, person plein.ID) error {
	_, err := tx.Exec(ctx, `INSERT INTO notices_takers (root_id, person_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, root, person)
	return err
}

func takers(ctx context.Context, q db.Queryer, root, after plein.ID, limit int) ([]plein.ID, error) {
	return db.All(ctx, q, db.Value[plein.ID], `SELECT person_id FROM notices_takers WHERE root_id = $1 AND person_id > $2
		ORDER BY person_id LIMIT $3`, root, after, limit)
}

// withLines lists some of those who have a line about something.
func withLines(ctx context.Context, q db.Queryer, target plein.ID, limit int) ([]plein.ID, error) {
	return db.All(ctx, q, db.Value[plein.ID], `SELECT DISTINCT person_id FROM notices_lines WHERE target_id = $1 LIMIT $2`, target, limit)
}

// putCall writes down that a whole audience is called. Numbers are given out in
// the order in which calls become visible, because only the follower writes them,
// one batch after another.
func putCall(ctx context.Context, tx *db.Tx, n note, target plein.ID) (bool, error) {
	rows, err := db.Exec(ctx, tx, `INSERT INTO notices_calls (id, what, item_id, target_id, root_id, actor_id, audience_id, root_at, seq, at)
		VALUES ((SELECT COALESCE(MAX(id), 0) + 1 FROM notices_calls), $1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (item_id, what, target_id) DO NOTHING`,
		n.what, n.item, target, n.Target, n.actor, n.audience, db.Micros(n.rootMade), n.seq, db.Micros(n.at))
	return rows > 0, err
}

// call is something that calls a whole audience.
type call struct {
	note
	id     int64
	target plein.ID // the audience that is called
}

func callsTo(ctx context.Context, q db.Queryer, person plein.ID) (int64, error) {
	n, err := db.One(ctx, q, db.Value[int64], `SELECT calls_to FROM notices_people WHERE person_id = $1`, person)
	if errors.Is(err, plein.ErrNotFound) {
		return 0, nil
	}
	return n, err
}

func setCallsTo(ctx context.Context, tx *db.Tx, person plein.ID, to int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO notices_people (person_id, calls_to) VALUES ($1, $2)
		ON CONFLICT (person_id) DO UPDATE SET calls_to = excluded.calls_to WHERE notices_people.calls_to < excluded.calls_to`, person, to)
	return err
}

// sweepLines throws away up to limit lines, with what stands in them: read ones
// from before one moment, all from before another.
func sweepLines(ctx context.Context, tx *db.Tx, read, any time.Time, limit int) (int64, error) {
	old := `SELECT person_id, about, target_id FROM notices_lines
		WHERE newest_at < $1 AND (NOT unread OR newest_at < $2) ORDER BY newest_at, person_id, target_id, about LIMIT $3`
	if _, err := tx.Exec(ctx, `DELETE FROM notices_events WHERE (person_id, about, target_id) IN (`+old+`)`,
		db.Micros(read), db.Micros(any), limit); err != nil {
		return 0, err
	}
	return db.Exec(ctx, tx, `DELETE FROM notices_lines WHERE (person_id, about, target_id) IN (`+old+`)`, db.Micros(read), db.Micros(any), limit)
}

// sweepCalls throws away old calls; the newest stays, so that numbers go on.
func sweepCalls(ctx context.Context, tx *db.Tx, before time.Time) (int64, error) {
	return db.Exec(ctx, tx, `DELETE FROM notices_calls WHERE at < $1 AND id < (SELECT MAX(id) FROM notices_calls)`, db.Micros(before))
}

func forgetPerson(ctx context.Context, tx *db.Tx, person plein.ID) error {
	for _, text := range []string{
		`DELETE FROM notices_events WHERE person_id = $1`, `DELETE FROM notices_lines WHERE person_id = $1`,
		`DELETE FROM notices_takers WHERE person_id = $1`, `DELETE FROM notices_people WHERE person_id = $1`,
	} {
		if _, err := tx.Exec(ctx, text, person); err != nil {
			return err
		}
	}
	return nil
}
