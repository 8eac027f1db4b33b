package search

import (
	"context"
	"embed"
	"errors"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

//go:embed migrations
var migrations embed.FS

// Migrations gives the tables of search.
func Migrations() db.Migrations { return db.Sub("search", migrations) }

// holdWriter lets one process at a time change the index. On SQLite there is only
// one writer anyhow.
func holdWriter(ctx context.Context, tx *db.Tx) error {
	if tx.Engine() != db.Postgres {
		return nil
	}
	_, err := db.One(ctx, tx, db.Value[int64], `SELECT value FROM search_state WHERE name = 'writer' FOR UPDATE`)
	return err
}

// state reads a number that the index keeps about itself; zero when there is none.
func state(ctx context.Context, q db.Queryer, name string) (int64, error) {
	v, err := db.One(ctx, q, db.Value[int64], `SELECT value FROM search_state WHERE name = $1`, name)
	if errors.Is(err, plein.ErrNotFound) {
		return 0, nil
	}
	return v, err
}

func setState(ctx context.Context, tx *db.Tx, name string, v int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO search_state (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, v)
	return err
}

// waiting is one thing of which the index has to look again how it is.
type waiting struct {
	kind  string
	id    plein.ID
	mark  int64 // which asking this is; another one that comes in between has another
	since time.Time
	tries int
}

func scanWaiting(s db.Scanner) (w waiting, err error) {
	var since int64
	err = s.Scan(&w.kind, &w.id, &w.mark, &since, &w.tries)
	w.since = db.FromMicros(since)
	return w, err
}

func enqueue(ctx context.Context, tx *db.Tx, kind string, id plein.ID, mark int64, since time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO search_queue (kind, id, mark, since, tries) VALUES ($1, $2, $3, $4, 0)
		ON CONFLICT (kind, id) DO UPDATE SET mark = excluded.mark, tries = 0`, kind, id, mark, db.Micros(since))
	return err
}

// oldest lists what waits longest. Texts of files wait by themselves: reading
// them is slow and holds up nothing else.
func oldest(ctx context.Context, q db.Queryer, texts bool, before time.Time, limit int) ([]waiting, error) {
	of := `kind <> 'text'`
	if texts {
		of = `kind = 'text'`
	}
	return db.All(ctx, q, scanWaiting, `SELECT kind, id, mark, since, tries FROM search_queue WHERE `+of+` AND since <= $1
		ORDER BY since, id LIMIT $2`, db.Micros(before), limit)
}

// latest lists what came last: while much waits, what people say now goes along
// with every batch of it.
func latest(ctx context.Context, q db.Queryer, limit int) ([]waiting, error) {
	return db.All(ctx, q, scanWaiting, `SELECT kind, id, mark, since, tries FROM search_queue WHERE kind <> 'text'
		ORDER BY since DESC, id DESC LIMIT $1`, limit)
}

// dequeue takes away what was handled and tells how many there were: what was
// touched again has another mark by now and stays.
func dequeue(ctx context.Context, tx *db.Tx, done []waiting) (int, error) {
	all := 0
	for _, w := range done {
		n, err := db.Exec(ctx, tx, `DELETE FROM search_queue WHERE kind = $1 AND id = $2 AND mark = $3`, w.kind, w.id, w.mark)
		if err != nil {
			return all, err
		}
		all += int(n)
	}
	return all, nil
}

func postpone(ctx context.Context, tx *db.Tx, w waiting, until time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE search_queue SET tries = tries + 1, since = $4 WHERE kind = $1 AND id = $2 AND mark = $3`,
		w.kind, w.id, w.mark, db.Micros(until))
	return err
}

// waitingSince is how long the longest has waited, zero when nothing waits.
func waitingSince(ctx context.Context, q db.Queryer) (time.Time, error) {
	v, err := db.One(ctx, q, db.Value[int64], `SELECT COALESCE(MIN(since), 0) FROM search_queue WHERE kind <> 'text'`)
	return db.FromMicros(v), err
}

func countWaiting(ctx context.Context, q db.Queryer) (int, error) {
	return db.One(ctx, q, db.Value[int], `SELECT COUNT(*) FROM search_queue`)
}

// empty throws the whole index away, its words too, but not the synonyms, which
// people made, nor the places, which other nodes may remember.
func empty(ctx context.Context, tx *db.Tx) error {
	for _, query := range []string{
		`DELETE FROM search_postings`, `DELETE FROM search_docs`, `DELETE FROM search_terms`,
		`DELETE FROM search_texts`, `DELETE FROM search_queue`, `DELETE FROM search_words`,
		`DELETE FROM search_state WHERE name <> 'writer'`,
	} {
		if _, err := tx.Exec(ctx, query); err != nil {
			return err
		}
	}
	return nil
}

// ---- words and synonyms ------------------------------------------------------------

type count struct {
	word string
	n    int
}

func learnt(ctx context.Context, q db.Queryer, version int64) ([]count, error) {
	return db.All(ctx, q, func(s db.Scanner) (c count, err error) {
		err = s.Scan(&c.word, &c.n)
		return c, err
	}, `SELECT word, n FROM search_words WHERE version = $1 ORDER BY word`, version)
}

func keepLearnt(ctx context.Context, tx *db.Tx, version int64, words []count) error {
	for _, w := range words {
		if _, err := tx.Exec(ctx, `INSERT INTO search_words (version, word, n) VALUES ($1, $2, $3)`, version, w.word, w.n); err != nil {
			return err
		}
	}
	return nil
}

func forgetLearnt(ctx context.Context, tx *db.Tx, before int64) error {
	_, err := tx.Exec(ctx, `DELETE FROM search_words WHERE version < $1`, before)
	return err
}

// Synonym is a set of words that mean the same here.
type Synonym struct {
	ID    plein.ID
	Words string // folded, separated by spaces
	By    plein.ID
	At    time.Time
}

func synonyms(ctx context.Context, q db.Queryer) ([]Synonym, error) {
	return db.All(ctx, q, func(s db.Scanner) (y Synonym, err error) {
		var at int64
		err = s.Scan(&y.ID, &y.Words, &y.By, &at)
		y.At = db.FromMicros(at)
		return y, err
	}, `SELECT id, words, by_id, at FROM search_synonyms ORDER BY words LIMIT $1`, maxSynonyms)
}

func addSynonym(ctx context.Context, tx *db.Tx, y Synonym) error {
	_, err := tx.Exec(ctx, `INSERT INTO search_synonyms (id, words, by_id, at) VALUES ($1, $2, $3, $4)`, y.ID, y.Words, y.By, db.Micros(y.At))
	return err
}

func dropSynonym(ctx context.Context, tx *db.Tx, id plein.ID) (bool, error) {
	n, err := db.Exec(ctx, tx, `DELETE FROM search_synonyms WHERE id = $1`, id)
	return n > 0, err
}

func countSynonyms(ctx context.Context, q db.Queryer) (int, error) {
	return db.One(ctx, q, db.Value[int], `SELECT COUNT(*) FROM search_synonyms`)
}
