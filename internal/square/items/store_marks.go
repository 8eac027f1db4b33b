package items

import (
	"context"
	"fmt"
	"strings"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/access"
)

// setReaction gives or takes back one reaction and keeps the count. It tells
// whether anything changed, so that doing it twice counts once.
func setReaction(ctx context.Context, tx *db.Tx, item, person plein.ID, r plein.Reaction, on bool, at time.Time) (bool, error) {
	column, step := tallyColumn(r), "+ 1"
	var n int64
	var err error
	if on {
		n, err = db.Exec(ctx, tx, `INSERT INTO items_reactions (item_id, person_id, reaction, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT DO NOTHING`, item, person, string(r), db.Micros(at))
	} else {
		step = "- 1"
		n, err = db.Exec(ctx, tx, `DELETE FROM items_reactions WHERE item_id = $1 AND person_id = $2 AND reaction = $3`,
			item, person, string(r))
	}
	if err != nil || n == 0 {
		return false, err
	}
	_, err = tx.Exec(ctx, `UPDATE items_tallies SET `+column+` = `+column+` `+step+` WHERE item_id = $1`, item)
	return err == nil, err
}

// Reactor is who gave a reaction.
type Reactor struct {
	Person   plein.ID
	Reaction plein.Reaction
}

func reactors(ctx context.Context, q db.Queryer, item plein.ID, limit int) ([]Reactor, error) {
	return db.All(ctx, q, func(s db.Scanner) (r Reactor, err error) {
		var reaction string
		err = s.Scan(&r.Person, &reaction)
		r.Reaction = plein.Reaction(reaction)
		return r, err
	}, `SELECT person_id, reaction FROM items_reactions WHERE item_id = $1 ORDER BY at DESC, person_id LIMIT $2`, item, limit)
}

// mark is one thing that a person did to an item.
type mark struct {
	item plein.ID
	what string // a reaction, "bookmark" or "ack"
}

// marks gives everything one person did to some items, in one query.
func marks(ctx context.Context, q db.Queryer, person plein.ID, ids []plein.ID) ([]mark, error) {
	list := db.List(q.Engine(), ids)
	in := db.In(q.Engine(), "item_id", "$2")
	return db.All(ctx, q, func(s db.Scanner) (m mark, err error) {
		err = s.Scan(&m.item, &m.what)
		return m, err
	}, `SELECT item_id, reaction FROM items_reactions WHERE person_id = $1 AND `+in+`
		UNION ALL SELECT item_id, 'bookmark' FROM items_bookmarks WHERE person_id = $1 AND `+in+`
		UNION ALL SELECT item_id, 'ack' FROM items_acks WHERE person_id = $1 AND `+in, person, list)
}

func setBookmark(ctx context.Context, tx *db.Tx, person, item plein.ID, on bool, at time.Time) error {
	text := `INSERT INTO items_bookmarks (person_id, item_id, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`
	args := []any{person, item, db.Micros(at)}
	if !on {
		text, args = `DELETE FROM items_bookmarks WHERE person_id = $1 AND item_id = $2`, args[:2]
	}
	_, err := tx.Exec(ctx, text, args...)
	return err
}

// Saved is one bookmark: the item and when it was kept.
type Saved struct {
	ID plein.ID
	At time.Time
}

func bookmarks(ctx context.Context, q db.Queryer, r access.Reader, before time.Time, limit int) ([]Saved, error) {
	cond, args := r.SQL("i", 4)
	return db.All(ctx, q, func(s db.Scanner) (b Saved, err error) {
		var at int64
		err = s.Scan(&b.ID, &at)
		b.At = db.FromMicros(at)
		return b, err
	}, `SELECT b.item_id, b.at FROM items_bookmarks b JOIN items_items i ON i.id = b.item_id AND i.deleted_at = 0
		WHERE b.person_id = $1 AND b.at < $2 AND `+cond+` ORDER BY b.at DESC LIMIT $3`,
		append([]any{r.Person, db.Micros(before), limit}, args...)...)
}

func setPin(ctx context.Context, tx *db.Tx, audience, item, by plein.ID, on bool, at time.Time) (changed bool, err error) {
	text := `INSERT INTO items_pins (audience_id, item_id, at, by_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`
	args := []any{audience, item, db.Micros(at), by}
	if !on {
		text, args = `DELETE FROM items_pins WHERE audience_id = $1 AND item_id = $2`, args[:2]
	}
	n, err := db.Exec(ctx, tx, text, args...)
	return n > 0, err
}

func pins(ctx context.Context, q db.Queryer, r access.Reader, audience plein.ID, limit int) ([]plein.ID, error) {
	cond, args := r.SQL("i", 3)
	return db.All(ctx, q, db.Value[plein.ID], `SELECT p.item_id FROM items_pins p JOIN items_items i ON i.id = p.item_id AND i.deleted_at = 0
		WHERE p.audience_id = $1 AND `+cond+` ORDER BY p.at DESC LIMIT $2`, append([]any{audience, limit}, args...)...)
}

func countOtherPins(ctx context.Context, q db.Queryer, audience, item plein.ID) (int, error) {
	return db.One(ctx, q, db.Value[int], `SELECT COUNT(*) FROM items_pins p JOIN items_items i ON i.id = p.item_id AND i.deleted_at = 0
		WHERE p.audience_id = $1 AND p.item_id <> $2`, audience, item)
}

// acknowledge confirms a must-read once.
func acknowledge(ctx context.Context, tx *db.Tx, item, person plein.ID, at time.Time) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO items_acks (item_id, person_id, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
		item, person, db.Micros(at))
	if err != nil || n == 0 {
		return false, err
	}
	_, err = tx.Exec(ctx, `UPDATE items_tallies SET acks = acks + 1 WHERE item_id = $1`, item)
	return err == nil, err
}

// countAcks tells how many of some people confirmed an item.
func countAcks(ctx context.Context, q db.Queryer, item plein.ID, people []plein.ID) (int, error) {
	return db.One(ctx, q, db.Value[int], `SELECT COUNT(*) FROM items_acks WHERE item_id = $1 AND `+
		db.In(q.Engine(), "person_id", "$2"), item, db.List(q.Engine(), people))
}

// setPosition remembers how far a person read a thread. It never goes back.
func setPosition(ctx context.Context, tx *db.Tx, person, root, to plein.ID, at time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO items_positions (person_id, root_id, read_to, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (person_id, root_id) DO UPDATE SET read_to = excluded.read_to, at = excluded.at
		WHERE items_positions.read_to < excluded.read_to`, person, root, to, db.Micros(at))
	return err
}

func positions(ctx context.Context, q db.Queryer, person plein.ID, roots []plein.ID) (map[plein.ID]plein.ID, error) {
	out := make(map[plein.ID]plein.ID)
	_, err := db.All(ctx, q, func(s db.Scanner) (struct{}, error) {
		var root, to plein.ID
		err := s.Scan(&root, &to)
		out[root] = to
		return struct{}{}, err
	}, `SELECT root_id, read_to FROM items_positions WHERE person_id = $1 AND `+db.In(q.Engine(), "root_id", "$2"),
		person, db.List(q.Engine(), roots))
	return out, err
}

// relate writes down an item's mentions and tags; again takes away those of an
// earlier wording first.
func relate(ctx context.Context, tx *db.Tx, i *Item, mentions []mention, tags []string, again bool) error {
	if again {
		for _, text := range []string{`DELETE FROM items_mentions WHERE item_id = $1`, `DELETE FROM items_tags WHERE item_id = $1`} {
			if _, err := tx.Exec(ctx, text, i.ID); err != nil {
				return err
			}
		}
	}
	for _, m := range mentions {
		if _, err := tx.Exec(ctx, `INSERT INTO items_mentions (target_id, item_id, root_id, target_kind) VALUES ($1, $2, $3, $4)
			ON CONFLICT DO NOTHING`, m.id, i.ID, i.Root, m.kind); err != nil {
			return err
		}
	}
	for _, tag := range tags {
		if _, err := tx.Exec(ctx, `INSERT INTO items_tags (tag, item_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, tag, i.ID); err != nil {
			return err
		}
	}
	return nil
}

func mentionsOf(ctx context.Context, q db.Queryer, item plein.ID) ([]mention, error) {
	return db.All(ctx, q, func(s db.Scanner) (m mention, err error) {
		err = s.Scan(&m.kind, &m.id)
		return m, err
	}, `SELECT target_kind, target_id FROM items_mentions WHERE item_id = $1`, item)
}

type mention struct {
	kind string
	id   plein.ID
}

// unreadSince counts, per audience, the threads that others began after a place. It stops at a
// hundred each, because a badge never says more than 99.
func unreadSince(ctx context.Context, q db.Queryer, r access.Reader, since map[plein.ID]plein.ID) (map[plein.ID]int, error) {
	places := make([]string, 0, len(since))
	for audience, after := range since {
		places = append(places, fmt.Sprintf(`[%d,%d]`, int64(audience), int64(after)))
	}
	cond, args := r.SQL("i", 2)
	text := `SELECT w.value ->> 0, (SELECT COUNT(*) FROM (SELECT 1 FROM items_items i WHERE i.audience_id = w.value ->> 0
		AND i.parent_id = 0 AND i.deleted_at = 0 AND i.author_id <> $2 AND i.id > w.value ->> 1 AND ` + cond + ` LIMIT 100) n) FROM json_each($1) w`
	if q.Engine() == db.Postgres {
		text = `SELECT (w.v ->> 0)::bigint, (SELECT COUNT(*) FROM (SELECT 1 FROM items_items i WHERE i.audience_id = (w.v ->> 0)::bigint
			AND i.parent_id = 0 AND i.deleted_at = 0 AND i.author_id <> $2 AND i.id > (w.v ->> 1)::bigint AND ` + cond + ` LIMIT 100) n)
			FROM json_array_elements($1::json) w(v)`
	}
	out := make(map[plein.ID]int, len(since))
	_, err := db.All(ctx, q, func(s db.Scanner) (struct{}, error) {
		var audience plein.ID
		var n int
		err := s.Scan(&audience, &n)
		out[audience] = n
		return struct{}{}, err
	}, text, append([]any{"[" + strings.Join(places, ",") + "]"}, args...)...)
	return out, err
}
