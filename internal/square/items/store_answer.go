package items

import (
	"context"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/access"
)

// Chosen is the answer that was chosen for a question.
type Chosen struct {
	Question, Answer plein.ID
	Author           plein.ID // of the answer
	By               plein.ID
	At               time.Time
}

func scanChosen(s db.Scanner) (c Chosen, err error) {
	var at int64
	err = s.Scan(&c.Question, &c.Answer, &c.Author, &c.By, &at)
	c.At = db.FromMicros(at)
	return c, err
}

const chosenColumns = `a.question_id, a.answer_id, a.author_id, a.by_id, a.at`

// choose makes an answer the chosen one, in the place of another if there was one.
func choose(ctx context.Context, tx *db.Tx, c Chosen) error {
	if _, err := tx.Exec(ctx, `INSERT INTO items_answers (question_id, answer_id, author_id, by_id, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (question_id) DO UPDATE SET answer_id = excluded.answer_id, author_id = excluded.author_id,
			by_id = excluded.by_id, at = excluded.at`, c.Question, c.Answer, c.Author, c.By, db.Micros(c.At)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `UPDATE items_tallies SET answer = $2 WHERE item_id = $1`, c.Question, c.Answer)
	return err
}

// unchoose takes the choice of an answer back, and says false when it was not the
// chosen one.
func unchoose(ctx context.Context, tx *db.Tx, question, answer plein.ID) (bool, error) {
	n, err := db.Exec(ctx, tx, `DELETE FROM items_answers WHERE question_id = $1 AND answer_id = $2`, question, answer)
	if err != nil || n == 0 {
		return false, err
	}
	_, err = tx.Exec(ctx, `UPDATE items_tallies SET answer = 0 WHERE item_id = $1 AND answer = $2`, question, answer)
	return err == nil, err
}

func chosenFor(ctx context.Context, q db.Queryer, question plein.ID) (Chosen, error) {
	return db.One(ctx, q, scanChosen, `SELECT `+chosenColumns+` FROM items_answers a WHERE a.question_id = $1`, question)
}

// chosenAmong lists the chosen answers of those of some threads that the reader may
// see.
func chosenAmong(ctx context.Context, q db.Queryer, r access.Reader, roots []plein.ID) ([]Chosen, error) {
	cond, args := r.SQL("i", 2)
	return db.All(ctx, q, scanChosen, `SELECT `+chosenColumns+` FROM items_answers a
		JOIN items_items i ON i.id = a.question_id AND i.deleted_at = 0
		WHERE `+db.In(q.Engine(), "a.question_id", "$1")+` AND `+cond+` ORDER BY a.question_id DESC`,
		append([]any{db.List(q.Engine(), roots)}, args...)...)
}
