package items

import (
	"context"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

func participants(ctx context.Context, q db.Queryer, root plein.ID, most int) ([]plein.ID, error) {
	return db.All(ctx, q, db.Value[plein.ID], `SELECT DISTINCT author_id FROM (SELECT author_id FROM items_items
		WHERE root_id = $1 AND deleted_at = 0 ORDER BY id DESC LIMIT $2) lately ORDER BY author_id`, root, most)
}

func tagUses(ctx context.Context, q db.Queryer, ids []plein.ID, here plein.ID) ([]TagUse, error) {
	return db.All(ctx, q, func(s db.Scanner) (u TagUse, err error) {
		err = s.Scan(&u.Tag, &u.Uses, &u.Here)
		return u, err
	}, `SELECT g.tag, COUNT(*), SUM(CASE WHEN i.audience_id = $2 THEN 1 ELSE 0 END) FROM items_items i
		JOIN items_tags g ON g.item_id = i.id WHERE `+db.In(q.Engine(), "i.id", "$1")+` GROUP BY g.tag`, db.List(q.Engine(), ids), here)
}
