package app

import (
	"context"

	"plein/internal/platform/db"
)

// planting says that the demo was begun in this database and not finished.
func planting(ctx context.Context, d *db.DB) (bool, error) {
	n, err := db.One(ctx, d.Read(), db.Value[int], `SELECT COUNT(*) FROM app_installation WHERE name = 'planting'`)
	return n > 0, err
}

// notePlanting keeps or removes the note that the demo is being made.
func notePlanting(ctx context.Context, d *db.DB, on bool) error {
	return d.Tx(ctx, func(tx *db.Tx) error {
		query := `DELETE FROM app_installation WHERE name = 'planting'`
		if on {
			query = `INSERT INTO app_installation (name, value) VALUES ('planting', '') ON CONFLICT (name) DO NOTHING`
		}
		_, err := db.Exec(ctx, tx, query)
		return err
	})
}
