package files

import (
	"context"
	"embed"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/access"
)

//go:embed migrations
var migrations embed.FS

// Migrations gives the tables of files.
func Migrations() db.Migrations { return db.Sub("files", migrations) }

const columns = `f.id, f.owner_id, f.item_id, f.audience_id, f.root_at, f.name, f.alt, f.mime, f.picture, f.size,
	f.width, f.height, f.sha256, f.thumb, f.thumb_mime, f.made_at`

func scan(s db.Scanner) (f File, err error) {
	var rootAt, made int64
	err = s.Scan(&f.ID, &f.Owner, &f.Item, &f.Audience, &rootAt, &f.Name, &f.Alt, &f.MIME, &f.Picture, &f.Size,
		&f.Width, &f.Height, &f.SHA256, &f.Thumb, &f.ThumbMIME, &made)
	f.RootMade, f.Made = db.FromMicros(rootAt), db.FromMicros(made)
	return f, err
}

func insert(ctx context.Context, tx *db.Tx, f File) error {
	_, err := tx.Exec(ctx, `INSERT INTO files_files (id, owner_id, item_id, audience_id, root_at, place, name, alt, mime,
		picture, size, width, height, sha256, thumb, thumb_mime, made_at)
		VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		f.ID, f.Owner, f.Item, f.Audience, db.Micros(f.RootMade), f.Name, f.Alt, f.MIME, f.Picture, f.Size,
		f.Width, f.Height, f.SHA256, f.Thumb, f.ThumbMIME, db.Micros(f.Made))
	return err
}

// find reads a file that the reader may see: their own loose one, or one whose
// item they may see.
func find(ctx context.Context, q db.Queryer, r access.Reader, id plein.ID) (File, error) {
	cond, args := r.SQL("f", 2)
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM files_files f WHERE f.id = $1
		AND ((f.item_id = 0 AND f.owner_id = $2) OR (f.item_id <> 0 AND `+cond+`))`, append([]any{id}, args...)...)
}

// byID reads a file whoever asks.
func byID(ctx context.Context, q db.Queryer, id plein.ID) (File, error) {
	return db.One(ctx, q, scan, `SELECT `+columns+` FROM files_files f WHERE f.id = $1`, id)
}

// attach ties loose files of their owner to an item, in order. It tells how many
// there were, so that a file of somebody else is noticed (TRUST S10).
func attach(ctx context.Context, tx *db.Tx, owner, item, audience plein.ID, rootMade time.Time, ids []plein.ID) (int, error) {
	done := 0
	for place, id := range ids {
		n, err := db.Exec(ctx, tx, `UPDATE files_files SET item_id = $1, audience_id = $2, root_at = $3, place = $4
			WHERE id = $5 AND owner_id = $6 AND item_id = 0`, item, audience, db.Micros(rootMade), place, id, owner)
		if err != nil {
			return done, err
		}
		done += int(n)
	}
	return done, nil
}

func of(ctx context.Context, q db.Queryer, items []plein.ID) ([]File, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM files_files f WHERE `+db.In(q.Engine(), "f.item_id", "$1")+`
		ORDER BY f.item_id, f.place, f.id`, db.List(q.Engine(), items))
}

func inAudience(ctx context.Context, q db.Queryer, r access.Reader, audience, before plein.ID, limit int) ([]File, error) {
	cond, args := r.SQL("f", 4)
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM files_files f WHERE f.audience_id = $1 AND f.item_id <> 0 AND f.id < $2
		AND `+cond+` ORDER BY f.id DESC LIMIT $3`, append([]any{audience, before, limit}, args...)...)
}

func looseOf(ctx context.Context, q db.Queryer, owner plein.ID) ([]File, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM files_files f WHERE f.owner_id = $1 AND f.item_id = 0 ORDER BY f.id`, owner)
}

// disown takes a loose file from its owner: nobody sees it any more, and sweeping
// throws it away. It says false when the file was attached meanwhile.
func disown(ctx context.Context, tx *db.Tx, id, owner plein.ID) (bool, error) {
	n, err := db.Exec(ctx, tx, `UPDATE files_files SET owner_id = 0 WHERE id = $1 AND owner_id = $2 AND item_id = 0`, id, owner)
	return n > 0, err
}

// remove takes the row of a file away, unless it hangs elsewhere by now.
func remove(ctx context.Context, tx *db.Tx, f File) (bool, error) {
	n, err := db.Exec(ctx, tx, `DELETE FROM files_files WHERE id = $1 AND item_id = $2`, f.ID, f.Item)
	return n > 0, err
}

func staleLoose(ctx context.Context, q db.Queryer, before time.Time, limit int) ([]File, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM files_files f WHERE f.item_id = 0 AND f.made_at < $1 ORDER BY f.made_at LIMIT $2`,
		db.Micros(before), limit)
}

// used says whether any file still needs some bytes.
func used(ctx context.Context, q db.Queryer, key string) (bool, error) {
	n, err := db.One(ctx, q, db.Value[int], `SELECT (SELECT COUNT(*) FROM files_files WHERE sha256 = $1) +
		(SELECT COUNT(*) FROM files_files WHERE thumb = $1)`, key)
	return n > 0, err
}

// after pages through all files, for checking that their bytes are there.
func after(ctx context.Context, q db.Queryer, id plein.ID, limit int) ([]File, error) {
	return db.All(ctx, q, scan, `SELECT `+columns+` FROM files_files f WHERE f.id > $1 ORDER BY f.id LIMIT $2`, id, limit)
}
