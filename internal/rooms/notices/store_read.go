package notices

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/access"
)

// place is where a page goes on: below it.
type place struct {
	newest int64
	target plein.ID
}

const lineColumns = `l.about, l.target_id, l.newest, l.newest_at, l.read_to, l.unread`

func scanLine(s db.Scanner) (l line, err error) {
	var at int64
	err = s.Scan(&l.About, &l.Target, &l.newest, &at, &l.readTo, &l.unread)
	l.newestAt = db.FromMicros(at)
	return l, err
}

// filters are the views of the list; each is a condition on lines.
var filters = map[string]string{"": "", "mine": " AND l.mine", "must": " AND l.must", "unread": " AND l.unread"}

// lines pages through one person's lines, newest first. Those that stand in an
// audience are there only when the person may read it now.
func lines(ctx context.Context, q db.Queryer, r access.Reader, filter string, below place, limit int) ([]line, error) {
	cond, args := r.SQL("l", 4)
	return db.All(ctx, q, scanLine, `SELECT `+lineColumns+` FROM notices_lines l WHERE l.person_id = $4
		AND (l.newest, l.target_id) < ($1, $2)`+filters[filter]+` AND (l.audience_id = 0 OR `+cond+`)
		ORDER BY l.newest DESC, l.target_id DESC LIMIT $3`, append([]any{below.newest, below.target, limit}, args...)...)
}

// eventsOf gives the newest n things of each line, newest first. It reads the
// index backwards per line, so it does not grow with a line.
func eventsOf(ctx context.Context, q db.Queryer, person plein.ID, keys []key, n int) (map[key][]event, error) {
	pairs := make([][2]any, len(keys))
	for at, k := range keys {
		pairs[at] = [2]any{k.About, int64(k.Target)}
	}
	list, err := json.Marshal(pairs)
	if err != nil {
		return nil, err
	}
	const columns = `v.about, v.target_id, v.what, v.item_id, v.actor_id, v.seq, v.at`
	text := `SELECT ` + columns + ` FROM json_each($2) k JOIN notices_events v ON v.rowid IN (
		SELECT rowid FROM notices_events WHERE person_id = $1 AND about = k.value ->> 0 AND target_id = k.value ->> 1 AND NOT gone
		ORDER BY seq DESC LIMIT $3)`
	if q.Engine() == db.Postgres {
		text = `SELECT ` + columns + ` FROM json_array_elements($2::json) k(v0) CROSS JOIN LATERAL (
			SELECT * FROM notices_events WHERE person_id = $1 AND about = k.v0 ->> 0 AND target_id = (k.v0 ->> 1)::bigint AND NOT gone
			ORDER BY seq DESC LIMIT $3) v`
	}
	out := make(map[key][]event, len(keys))
	_, err = db.All(ctx, q, func(s db.Scanner) (struct{}, error) {
		var k key
		var e event
		var at int64
		err := s.Scan(&k.About, &k.Target, &e.what, &e.item, &e.actor, &e.seq, &at)
		e.at = db.FromMicros(at)
		out[k] = append(out[k], e)
		return struct{}{}, err
	}, text+` ORDER BY v.seq DESC, v.item_id DESC, v.what`, person, string(list), n)
	return out, err
}

// waiting says that a line is there and was not read.
func waiting(ctx context.Context, q db.Queryer, person plein.ID, target plein.ID, about []string) (bool, error) {
	return db.One(ctx, q, db.Value[bool], `SELECT EXISTS (SELECT 1 FROM notices_lines WHERE person_id = $1 AND target_id = $2 AND unread AND `+
		db.In(q.Engine(), "about", "$3")+`)`, person, target, db.List(q.Engine(), about))
}

func markRead(ctx context.Context, tx *db.Tx, person, target plein.ID, about []string) (bool, error) {
	n, err := db.Exec(ctx, tx, `UPDATE notices_lines SET unread = FALSE, read_to = newest WHERE person_id = $1 AND target_id = $2 AND unread AND `+
		db.In(tx.Engine(), "about", "$3"), person, target, db.List(tx.Engine(), about))
	return n > 0, err
}

func markUnread(ctx context.Context, tx *db.Tx, person plein.ID, k key) (bool, error) {
	n, err := db.Exec(ctx, tx, `UPDATE notices_lines SET unread = TRUE, read_to = 0 WHERE person_id = $1 AND about = $2 AND target_id = $3 AND NOT unread`,
		person, k.About, k.Target)
	return n > 0, err
}

func markAllRead(ctx context.Context, tx *db.Tx, person plein.ID, upTo int64) (bool, error) {
	n, err := db.Exec(ctx, tx, `UPDATE notices_lines SET unread = FALSE, read_to = newest WHERE person_id = $1 AND unread AND newest <= $2`, person, upTo)
	return n > 0, err
}

// callsAfter lists what called the reader's audiences after a number, oldest first.
func callsAfter(ctx context.Context, q db.Queryer, r access.Reader, after int64, since time.Time, limit int) ([]call, error) {
	cond, args := r.SQL("c", 5)
	return db.All(ctx, q, func(s db.Scanner) (c call, err error) {
		var rootAt, at int64
		c.About = aboutThread
		err = s.Scan(&c.id, &c.what, &c.item, &c.target, &c.Target, &c.actor, &c.audience, &rootAt, &c.seq, &at)
		c.rootMade, c.at = db.FromMicros(rootAt), db.FromMicros(at)
		return c, err
	}, fmt.Sprintf(`SELECT c.id, c.what, c.item_id, c.target_id, c.root_id, c.actor_id, c.audience_id, c.root_at, c.seq, c.at
		FROM notices_calls c WHERE %s AND c.id > $2 AND c.at > $3 AND %s ORDER BY c.id LIMIT $4`, db.In(q.Engine(), "c.target_id", "$1"), cond),
		append([]any{db.List(q.Engine(), r.Feed()), after, db.Micros(since), limit}, args...)...)
}
