package app

import (
	"context"
	"crypto/rand"
	"embed"

	"plein/internal/platform/db"
)

//go:embed migrations
var migrations embed.FS

// installationKey gives a secret of this installation, made at the first start.
// It lives in the database, so that it moves with the data: addresses that were
// shared keep working on another machine.
func installationKey(ctx context.Context, d *db.DB, name string) (key [16]byte, err error) {
	var fresh [16]byte
	_, _ = rand.Read(fresh[:]) // never fails since Go 1.24
	var kept []byte
	err = d.Tx(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO app_installation (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, name, fresh[:]); err != nil {
			return err
		}
		kept, err = db.One(ctx, tx, db.Value[[]byte], `SELECT value FROM app_installation WHERE name = $1`, name)
		return err
	})
	copy(key[:], kept)
	return key, err
}
