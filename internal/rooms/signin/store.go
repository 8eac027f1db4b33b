package signin

import (
	"context"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

// holdTally gives a tally and keeps others from it until the end of the
// transaction.
func holdTally(ctx context.Context, tx *db.Tx, name digest) (t tally, err error) {
	return db.One(ctx, tx, scanTally, `INSERT INTO signin_attempts (name, level, at, until_at) VALUES ($1, 0, 0, 0)
		ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING level, at, until_at`, name[:])
}

func scanTally(s db.Scanner) (t tally, err error) {
	var at, until int64
	err = s.Scan(&t.level, &at, &until)
	t.at, t.until = db.FromMicros(at), db.FromMicros(until)
	return t, err
}

func saveTally(ctx context.Context, tx *db.Tx, name digest, t tally) error {
	_, err := tx.Exec(ctx, `UPDATE signin_attempts SET level = $2, at = $3, until_at = $4 WHERE name = $1`,
		name[:], t.level, db.Micros(t.at), db.Micros(t.until))
	return err
}

func forgetTally(ctx context.Context, tx *db.Tx, name digest) error {
	_, err := tx.Exec(ctx, `DELETE FROM signin_attempts WHERE name = $1`, name[:])
	return err
}

func insertLetter(ctx context.Context, tx *db.Tx, l letter) error {
	_, err := tx.Exec(ctx, `INSERT INTO signin_letters (id, who, email, purpose, next, made_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		int64(l.id), l.who[:], l.email, l.purpose, l.next, db.Micros(l.made))
	return err
}

func findLetter(ctx context.Context, q db.Queryer, id plein.ID) (letter, error) {
	return db.One(ctx, q, func(s db.Scanner) (l letter, err error) {
		err = s.Scan(&l.email, &l.purpose, &l.next)
		l.id = id
		return l, err
	}, `SELECT email, purpose, next FROM signin_letters WHERE id = $1`, int64(id))
}

// lettersSince lists when letters for an address were asked for, the newest first.
func lettersSince(ctx context.Context, q db.Queryer, who digest, since time.Time) ([]time.Time, error) {
	return db.All(ctx, q, func(s db.Scanner) (time.Time, error) {
		at, err := db.Value[int64](s)
		return db.FromMicros(at), err
	}, `SELECT made_at FROM signin_letters WHERE who = $1 AND made_at > $2 ORDER BY made_at DESC`, who[:], db.Micros(since))
}

// letterSent forgets to whom a letter went.
func letterSent(ctx context.Context, tx *db.Tx, id plein.ID) error {
	_, err := tx.Exec(ctx, `UPDATE signin_letters SET email = '' WHERE id = $1`, int64(id))
	return err
}

func insertLink(ctx context.Context, tx *db.Tx, hash digest, l link) error {
	_, err := tx.Exec(ctx, `INSERT INTO signin_links (token_hash, person_id, purpose, next, mailed, ends_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		hash[:], int64(l.person), l.purpose, l.next, l.mailed, db.Micros(l.ends))
	return err
}

func scanLink(s db.Scanner) (l link, err error) {
	var person, ends int64
	err = s.Scan(&person, &l.purpose, &l.next, &l.mailed, &ends)
	l.person, l.ends = plein.ID(person), db.FromMicros(ends)
	return l, err
}

func findLink(ctx context.Context, q db.Queryer, hash digest, now time.Time) (link, error) {
	return db.One(ctx, q, scanLink, `SELECT person_id, purpose, next, mailed, ends_at FROM signin_links
		WHERE token_hash = $1 AND ends_at > $2`, hash[:], db.Micros(now))
}

// takeLink takes a link away. Of two who try at once one gets it.
func takeLink(ctx context.Context, tx *db.Tx, hash digest, now time.Time) (link, error) {
	return db.One(ctx, tx, scanLink, `DELETE FROM signin_links WHERE token_hash = $1 AND ends_at > $2
		RETURNING person_id, purpose, next, mailed, ends_at`, hash[:], db.Micros(now))
}

// endMailed ends the links that were sent to somebody.
func endMailed(ctx context.Context, tx *db.Tx, person plein.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM signin_links WHERE person_id = $1 AND mailed = TRUE`, int64(person))
	return err
}

// endLinks ends all links of somebody.
func endLinks(ctx context.Context, tx *db.Tx, person plein.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM signin_links WHERE person_id = $1`, int64(person))
	return err
}

// keptPassword gives the hash of somebody's password, or plein.ErrNotFound.
func keptPassword(ctx context.Context, q db.Queryer, person plein.ID) (string, error) {
	return db.One(ctx, q, db.Value[string], `SELECT hash FROM signin_passwords WHERE person_id = $1`, int64(person))
}

func savePassword(ctx context.Context, tx *db.Tx, person plein.ID, hash string, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO signin_passwords (person_id, hash, changed_at) VALUES ($1, $2, $3)
		ON CONFLICT (person_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at`,
		int64(person), hash, db.Micros(now))
	return err
}

// renewPassword keeps the same password in a newer hash, unless it was changed
// meanwhile.
func renewPassword(ctx context.Context, tx *db.Tx, person plein.ID, before, hash string) error {
	_, err := tx.Exec(ctx, `UPDATE signin_passwords SET hash = $3 WHERE person_id = $1 AND hash = $2`, int64(person), before, hash)
	return err
}

func forgetPassword(ctx context.Context, tx *db.Tx, person plein.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM signin_passwords WHERE person_id = $1`, int64(person))
	return err
}

// setupCode gives the code of the first set-up; fresh becomes it when there is
// none yet.
func setupCode(ctx context.Context, tx *db.Tx, fresh string) (string, error) {
	if _, err := tx.Exec(ctx, `INSERT INTO signin_setup (id, code) VALUES (1, $1) ON CONFLICT (id) DO NOTHING`, fresh); err != nil {
		return "", err
	}
	return keptSetupCode(ctx, tx)
}

func keptSetupCode(ctx context.Context, q db.Queryer) (string, error) {
	return db.One(ctx, q, db.Value[string], `SELECT code FROM signin_setup WHERE id = 1`)
}

func forgetSetupCode(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `DELETE FROM signin_setup`)
	return err
}

// sweep removes what has had its time.
func sweep(ctx context.Context, tx *db.Tx, now time.Time) (removed int64, err error) {
	for _, q := range []struct {
		text string
		at   time.Time
	}{
		{`DELETE FROM signin_links WHERE ends_at <= $1`, now},
		{`DELETE FROM signin_drafts WHERE ends_at <= $1`, now},
		{`DELETE FROM signin_letters WHERE made_at <= $1`, now.Add(-keepLetters)},
		{`DELETE FROM signin_attempts WHERE at <= $1`, now.Add(-keepTallies)},
	} {
		n, err := db.Exec(ctx, tx, q.text, db.Micros(q.at))
		if err != nil {
			return 0, err
		}
		removed += n
	}
	return removed, nil
}
