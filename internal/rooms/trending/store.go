package trending

import (
	"context"
	"embed"
	"strings"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/access"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations gives the steps that make the tables.
func Migrations() db.Migrations { return db.Sub("trending", migrations) }

// nextVersion counts a change of trending_said. One follower writes, so versions
// are committed in their order.
func nextVersion(ctx context.Context, tx *db.Tx) (int64, error) {
	return db.One(ctx, tx, db.Value[int64], `UPDATE trending_state SET version = version + 1 WHERE id = 1 RETURNING version`)
}

func putSaid(ctx context.Context, tx *db.Tx, version int64, s said) error {
	_, err := tx.Exec(ctx, `INSERT INTO trending_said (item_id, version, day, audience_id, root_id, root_at, author_id, lang, tags, words, gone)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (item_id) DO UPDATE SET version = excluded.version, lang = excluded.lang, tags = excluded.tags,
		words = excluded.words, gone = excluded.gone`,
		s.Item, version, s.Day, s.Audience, s.Root, db.Micros(s.RootMade), s.Author, s.Lang,
		strings.Join(s.Tags, " "), strings.Join(s.Words, " "), s.Gone)
	return err
}

func scanSaid(s db.Scanner) (x said, err error) {
	var rootAt int64
	var tags, words string
	err = s.Scan(&x.Item, &x.Day, &x.Audience, &x.Root, &rootAt, &x.Author, &x.Lang, &tags, &words, &x.Gone)
	x.RootMade, x.Tags, x.Words = db.FromMicros(rootAt), strings.Fields(tags), strings.Fields(words)
	return x, err
}

const saidColumns = `item_id, day, audience_id, root_id, root_at, author_id, lang, tags, words, gone`

func saidVersion(ctx context.Context, q db.Queryer) (int64, error) {
	return db.One(ctx, q, db.Value[int64], `SELECT version FROM trending_state WHERE id = 1`)
}

// saidLately reads the newest rows of some days.
func saidLately(ctx context.Context, q db.Queryer, after int, limit int) ([]said, error) {
	return db.All(ctx, q, scanSaid, `SELECT `+saidColumns+` FROM trending_said WHERE day > $1 ORDER BY day DESC, item_id DESC LIMIT $2`, after, limit)
}

// saidSince reads what changed between two versions, the second included.
func saidSince(ctx context.Context, q db.Queryer, from, to int64) ([]said, error) {
	return db.All(ctx, q, scanSaid, `SELECT `+saidColumns+` FROM trending_said WHERE version > $1 AND version <= $2 ORDER BY version`, from, to)
}

// seen keeps of items those that the reader may see now and that are still there.
func seen(ctx context.Context, q db.Queryer, r access.Reader, ids []plein.ID) (map[plein.ID]bool, error) {
	cond, args := r.SQL("s", 2)
	list, err := db.All(ctx, q, db.Value[plein.ID], `SELECT s.item_id FROM trending_said s WHERE `+db.In(q.Engine(), "s.item_id", "$1")+`
		AND NOT s.gone AND `+cond, append([]any{db.List(q.Engine(), ids)}, args...)...)
	out := make(map[plein.ID]bool, len(list))
	for _, id := range list {
		out[id] = true
	}
	return out, err
}

func putArrival(ctx context.Context, tx *db.Tx, person plein.ID, joined time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO trending_arrivals (person_id, joined) VALUES ($1, $2) ON CONFLICT DO NOTHING`, person, db.Micros(joined))
	return err
}

func arrivals(ctx context.Context, q db.Queryer, since time.Time, limit int) ([]plein.ID, error) {
	return db.All(ctx, q, db.Value[plein.ID], `SELECT person_id FROM trending_arrivals WHERE joined > $1 ORDER BY joined DESC, person_id LIMIT $2`,
		db.Micros(since), limit)
}

// setPassed remembers that a person does not want somebody proposed, or forgets it.
func setPassed(ctx context.Context, tx *db.Tx, person, other plein.ID, on bool, at time.Time) error {
	if on {
		_, err := tx.Exec(ctx, `INSERT INTO trending_passed (person_id, other_id, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
			person, other, db.Micros(at))
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM trending_passed WHERE person_id = $1 AND other_id = $2`, person, other)
	return err
}

func passed(ctx context.Context, q db.Queryer, person plein.ID) ([]plein.ID, error) {
	return db.All(ctx, q, db.Value[plein.ID], `SELECT other_id FROM trending_passed WHERE person_id = $1 ORDER BY at DESC LIMIT $2`, person, maxPassed)
}

// sweep removes what lies before the days that are looked at.
func sweep(ctx context.Context, tx *db.Tx, day int, joined time.Time) (removed int64, err error) {
	if removed, err = db.Exec(ctx, tx, `DELETE FROM trending_said WHERE day <= $1`, day); err != nil {
		return 0, err
	}
	n, err := db.Exec(ctx, tx, `DELETE FROM trending_arrivals WHERE joined <= $1`, db.Micros(joined))
	return removed + n, err
}
