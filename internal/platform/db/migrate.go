package db

import (
	"context"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// Migrations are the numbered steps of one owner's tables, forward only. FS holds
// them at its root, or in folders sqlite/ and postgres/ where the engines differ.
type Migrations struct {
	Owner string
	FS    fs.FS
}

// Migrate brings every owner's tables to their newest form. Each step runs in its
// own transaction and is recorded per owner, so a stop halfway goes on from there.
func (d *DB) Migrate(ctx context.Context, all ...Migrations) error {
	dialect := goose.DialectSQLite3
	if d.engine == Postgres {
		dialect = goose.DialectPostgres
	}
	for _, m := range all {
		files := m.FS
		if _, err := fs.Stat(files, d.engine.String()); err == nil {
			if files, err = fs.Sub(files, d.engine.String()); err != nil {
				return err
			}
		}
		store, err := database.NewStore(dialect, m.Owner+"_schema")
		if err != nil {
			return err
		}
		provider, err := goose.NewProvider("", d.write, files, goose.WithStore(store), goose.WithDisableGlobalRegistry(true))
		if err != nil {
			return fmt.Errorf("migrations of %s: %w", m.Owner, err)
		}
		if _, err := provider.Up(ctx); err != nil {
			return fmt.Errorf("migrations of %s: %w", m.Owner, err)
		}
	}
	return nil
}

// Sub makes an owner's migrations from its embedded folder "migrations".
func Sub(owner string, embedded fs.FS) Migrations {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil {
		panic(err) // only when the folder's name is not a path
	}
	return Migrations{Owner: owner, FS: sub}
}
