package syndication

import (
	"context"
	"embed"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations gives the steps that make the tables.
func Migrations() db.Migrations { return db.Sub("syndication", migrations) }

func scanKey(s db.Scanner) (k Key, err error) {
	var made, used int64
	err = s.Scan(&k.ID, &k.Person, &k.Name, &made, &used)
	k.Made, k.Used = db.FromMicros(made), db.FromMicros(used)
	return k, err
}

const keyColumns = `id, person_id, name, made_at, used_day`

func insertKey(ctx context.Context, tx *db.Tx, k Key, hash digest) error {
	_, err := tx.Exec(ctx, `INSERT INTO syndication_keys (id, person_id, name, hash, made_at, used_day) VALUES ($1, $2, $3, $4, $5, 0)`,
		k.ID, k.Person, k.Name, hash[:], db.Micros(k.Made))
	return err
}

func keysOf(ctx context.Context, q db.Queryer, person plein.ID) ([]Key, error) {
	return db.All(ctx, q, scanKey, `SELECT `+keyColumns+` FROM syndication_keys WHERE person_id = $1 ORDER BY id DESC`, person)
}

func findKey(ctx context.Context, q db.Queryer, hash digest) (Key, error) {
	return db.One(ctx, q, scanKey, `SELECT `+keyColumns+` FROM syndication_keys WHERE hash = $1`, hash[:])
}

// dropKey ends a key of somebody and tells how many that were: one or none.
func dropKey(ctx context.Context, tx *db.Tx, person, id plein.ID) (int64, error) {
	return db.Exec(ctx, tx, `DELETE FROM syndication_keys WHERE id = $1 AND person_id = $2`, id, person)
}

func dropKeys(ctx context.Context, tx *db.Tx, person plein.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM syndication_keys WHERE person_id = $1`, person)
	return err
}

// setUsed remembers the day of a key's use. It never goes back.
func setUsed(ctx context.Context, tx *db.Tx, id plein.ID, day time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE syndication_keys SET used_day = $2 WHERE id = $1 AND used_day < $2`, id, db.Micros(day))
	return err
}
