package items

import (
	"context"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

func walk(ctx context.Context, q db.Queryer, after plein.ID, limit int) ([]*Item, error) {
	return db.All(ctx, q, scanItem, `SELECT `+itemColumns+` FROM `+itemTables+` WHERE i.id > $1 ORDER BY i.id LIMIT $2`, after, limit)
}

func walkBack(ctx context.Context, q db.Queryer, before plein.ID, limit int) ([]*Item, error) {
	return db.All(ctx, q, scanItem, `SELECT `+itemColumns+` FROM `+itemTables+` WHERE i.id < $1 ORDER BY i.id DESC LIMIT $2`, before, limit)
}

func countAll(ctx context.Context, q db.Queryer) (int, error) {
	return db.One(ctx, q, db.Value[int], `SELECT COUNT(*) FROM items_items`)
}
