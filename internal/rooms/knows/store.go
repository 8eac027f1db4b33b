package knows

import (
	"context"
	"embed"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

//go:embed migrations
var migrations embed.FS

// Migrations gives the table of the room.
func Migrations() db.Migrations { return db.Sub("knows", migrations) }

// thanks is one endorsement.
type thanks struct {
	person, by, item plein.ID
	topic            string
}

func putThanks(ctx context.Context, tx *db.Tx, t thanks, key string, at time.Time) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO knows_endorsements (person_id, topic_key, by_id, item_id, topic, at)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`, t.person, key, t.by, t.item, t.topic, db.Micros(at))
	return n > 0, err
}

func dropThanks(ctx context.Context, tx *db.Tx, person, by plein.ID, key string) (bool, error) {
	n, err := db.Exec(ctx, tx, `DELETE FROM knows_endorsements WHERE person_id = $1 AND by_id = $2 AND topic_key = $3`, person, by, key)
	return n > 0, err
}

func scanThanks(s db.Scanner) (t thanks, err error) {
	err = s.Scan(&t.person, &t.by, &t.item, &t.topic)
	return t, err
}

// thanksBy lists what somebody thanked somebody else for.
func thanksBy(ctx context.Context, q db.Queryer, person, by plein.ID) ([]thanks, error) {
	return db.All(ctx, q, scanThanks, `SELECT person_id, by_id, item_id, topic FROM knows_endorsements
		WHERE person_id = $1 AND by_id = $2 ORDER BY topic_key LIMIT 200`, person, by)
}

// thanksAfter pages through everything that anybody was thanked for, each topic of
// a person once: for the index.
func thanksAfter(ctx context.Context, q db.Queryer, person plein.ID, key string, limit int) ([]thanks, []string, error) {
	var keys []string
	list, err := db.All(ctx, q, func(s db.Scanner) (t thanks, err error) {
		var key string
		err = s.Scan(&t.person, &key, &t.topic)
		keys = append(keys, key)
		return t, err
	}, `SELECT person_id, topic_key, MIN(topic) FROM knows_endorsements WHERE (person_id, topic_key) > ($1, $2)
		GROUP BY person_id, topic_key ORDER BY person_id, topic_key LIMIT $3`, person, key, limit)
	return list, keys, err
}

// thanksOf lists what some people were thanked for, the newest first of each.
func thanksOf(ctx context.Context, q db.Queryer, persons []plein.ID, limit int) ([]thanks, error) {
	return db.All(ctx, q, scanThanks, `SELECT person_id, by_id, item_id, topic FROM knows_endorsements
		WHERE `+db.In(q.Engine(), "person_id", "$1")+` ORDER BY person_id, topic_key, item_id DESC LIMIT $2`,
		db.List(q.Engine(), persons), limit)
}
