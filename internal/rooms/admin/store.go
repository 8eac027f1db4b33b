package admin

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
func Migrations() db.Migrations { return db.Sub("admin", migrations) }

func readSettings(ctx context.Context, q db.Queryer) (typedSettings, error) {
	rows, err := db.All(ctx, q, func(s db.Scanner) (r [2]string, err error) {
		err = s.Scan(&r[0], &r[1])
		return r, err
	}, `SELECT name, value FROM admin_settings`)
	if err != nil {
		return nil, err
	}
	out := make(typedSettings, len(rows))
	for _, r := range rows {
		out[r[0]] = r[1]
	}
	return out, nil
}

func writeSetting(ctx context.Context, tx *db.Tx, name, value string, at time.Time, by plein.ID) error {
	_, err := tx.Exec(ctx, `INSERT INTO admin_settings (name, value, changed_at, changed_by) VALUES ($1, $2, $3, $4)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at, changed_by = excluded.changed_by`,
		name, value, db.Micros(at), by)
	return err
}

// databaseSize is how many bytes the database takes, without what waits in
// SQLite's write-ahead log.
func databaseSize(ctx context.Context, q db.Queryer) (int64, error) {
	if q.Engine() == db.Postgres {
		return db.One(ctx, q, db.Value[int64], `SELECT pg_database_size(current_database())`)
	}
	return db.One(ctx, q, db.Value[int64], `SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()`)
}
