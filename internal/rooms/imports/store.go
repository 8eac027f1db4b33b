package imports

import (
	"context"
	"embed"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

//go:embed migrations
var migrations embed.FS

// Migrations gives the tables of imports.
func Migrations() db.Migrations { return db.Sub("imports", migrations) }

// findSources tells which of the sources were imported before, and as what.
func findSources(ctx context.Context, q db.Queryer, sources []string) (map[string]plein.ID, error) {
	out := make(map[string]plein.ID, len(sources))
	if len(sources) == 0 {
		return out, nil
	}
	_, err := db.All(ctx, q, func(s db.Scanner) (struct{}, error) {
		var source string
		var id plein.ID
		err := s.Scan(&source, &id)
		out[source] = id
		return struct{}{}, err
	}, `SELECT source, id FROM imports_sources WHERE `+db.In(q.Engine(), "source", "$1"), db.List(q.Engine(), sources))
	return out, plein.Wrap("imports.find", err)
}

// keepSource writes down what a source became. run is the same for everything
// that one run made.
func keepSource(ctx context.Context, tx *db.Tx, source string, id, run plein.ID) error {
	_, err := tx.Exec(ctx, `INSERT INTO imports_sources (source, id, run) VALUES ($1, $2, $3)`, source, id, run)
	return plein.Wrap("imports.keep", err)
}
