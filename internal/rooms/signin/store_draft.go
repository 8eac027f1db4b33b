package signin

import (
	"context"
	"time"

	"plein/internal/platform/db"
)

// insertDraft keeps a sealed draft, unless there are so many that somebody must be
// filling the disk.
func insertDraft(ctx context.Context, tx *db.Tx, id digest, sealed []byte, ends time.Time, most int) (kept bool, err error) {
	n, err := db.One(ctx, tx, db.Value[int], `SELECT COUNT(*) FROM signin_drafts`)
	if err != nil || n >= most {
		return false, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO signin_drafts (id, sealed, shown, ends_at) VALUES ($1, $2, FALSE, $3)`,
		id[:], sealed, db.Micros(ends))
	return err == nil, err
}

type sealedDraft struct {
	sealed []byte
	shown  bool
}

func findDraft(ctx context.Context, q db.Queryer, id digest, now time.Time) (sealedDraft, error) {
	return db.One(ctx, q, func(s db.Scanner) (d sealedDraft, err error) {
		err = s.Scan(&d.sealed, &d.shown)
		return d, err
	}, `SELECT sealed, shown FROM signin_drafts WHERE id = $1 AND ends_at > $2`, id[:], db.Micros(now))
}

func draftShown(ctx context.Context, tx *db.Tx, id digest) error {
	_, err := tx.Exec(ctx, `UPDATE signin_drafts SET shown = TRUE WHERE id = $1`, id[:])
	return err
}

func removeDraft(ctx context.Context, tx *db.Tx, id digest) error {
	_, err := tx.Exec(ctx, `DELETE FROM signin_drafts WHERE id = $1`, id[:])
	return err
}
