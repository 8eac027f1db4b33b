package people

import (
	"context"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

const unitColumns = "id, parent, name, slug, head"

func scanUnit(s db.Scanner) (u Unit, err error) {
	err = s.Scan(&u.ID, &u.Parent, &u.Name, &u.Slug, &u.Head)
	return u, err
}

func allUnits(ctx context.Context, q db.Queryer) ([]Unit, error) {
	return db.All(ctx, q, scanUnit, `SELECT `+unitColumns+` FROM people_units`)
}

func findUnit(ctx context.Context, q db.Queryer, id plein.ID) (Unit, error) {
	return db.One(ctx, q, scanUnit, `SELECT `+unitColumns+` FROM people_units WHERE id = $1`, id)
}

// insertUnit says false when the id or the slug is taken.
func insertUnit(ctx context.Context, tx *db.Tx, u Unit) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO people_units (id, parent, name, slug, head) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT DO NOTHING`, u.ID, u.Parent, u.Name, u.Slug, u.Head)
	return n == 1, err
}

func updateUnit(ctx context.Context, tx *db.Tx, u Unit) error {
	_, err := tx.Exec(ctx, `UPDATE people_units SET parent = $2, name = $3, head = $4 WHERE id = $1`, u.ID, u.Parent, u.Name, u.Head)
	return err
}

// unitsAbove lists a department and everything above it, itself first, as the
// transaction sees it. One short query, so that adding a person never reads the
// whole tree.
func unitsAbove(ctx context.Context, q db.Queryer, id plein.ID) ([]plein.ID, error) {
	return db.All(ctx, q, db.Value[plein.ID], `WITH RECURSIVE above (id, parent, steps) AS (
			SELECT id, parent, 0 FROM people_units WHERE id = $1
			UNION ALL
			SELECT u.id, u.parent, a.steps + 1 FROM people_units u JOIN above a ON u.id = a.parent WHERE a.steps < 100)
		SELECT id FROM above ORDER BY steps`, id)
}

// holdersIn lists the people who hold the audiences of these departments: all
// who are active there and no guest.
func holdersIn(ctx context.Context, q db.Queryer, units []plein.ID) ([]plein.ID, error) {
	return db.All(ctx, q, db.Value[plein.ID], `SELECT id FROM people_persons
		WHERE state = 'active' AND guest = FALSE AND `+db.In(q.Engine(), "unit", "$1")+` ORDER BY id`, db.List(q.Engine(), units))
}
