package access

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

// Migrations gives the tables of access.
func Migrations() db.Migrations { return db.Sub("access", migrations) }

// conditionSQL is CanSee. %[1]s is the alias, %[2]d and %[3]d are the places of
// the person and of "is a guest". Every path to a reader has it in its WHERE.
const conditionSQL = `EXISTS (SELECT 1 FROM access_parts ap
	JOIN access_audiences aa ON aa.id = ap.part_id
	LEFT JOIN access_grants ag ON ag.audience_id = aa.id AND ag.person_id = $%[2]d
	WHERE ap.audience_id = %[1]s.audience_id
	AND ((aa.everyone AND $%[3]d = 0) OR ag.since = 0 OR ag.since <= %[1]s.root_at))`

func putAudience(ctx context.Context, tx *db.Tx, a plein.Audience) error {
	if _, err := tx.Exec(ctx, `INSERT INTO access_audiences (id, kind, everyone) VALUES ($1, $2, $3)
		ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, everyone = excluded.everyone`,
		a.ID, string(a.Kind), a.Kind.Everyone()); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO access_parts (audience_id, part_id) VALUES ($1, $1) ON CONFLICT DO NOTHING`, a.ID)
	return err
}

func putGrant(ctx context.Context, tx *db.Tx, audience, person plein.ID, since time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO access_grants (person_id, audience_id, since) VALUES ($1, $2, $3)
		ON CONFLICT (person_id, audience_id) DO UPDATE SET since = excluded.since`, person, audience, db.Micros(since))
	return err
}

func dropGrant(ctx context.Context, tx *db.Tx, audience, person plein.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM access_grants WHERE person_id = $1 AND audience_id = $2`, person, audience)
	return err
}

func dropGrants(ctx context.Context, tx *db.Tx, person plein.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM access_grants WHERE person_id = $1`, person)
	return err
}

type grant struct {
	audience plein.ID
	kind     plein.AudienceKind
	since    time.Time
}

func grantsOf(ctx context.Context, q db.Queryer, person plein.ID) ([]grant, error) {
	return db.All(ctx, q, func(s db.Scanner) (g grant, err error) {
		var since int64
		var kind string
		err = s.Scan(&g.audience, &kind, &since)
		g.since, g.kind = db.FromMicros(since), plein.AudienceKind(kind)
		return g, err
	}, `SELECT g.audience_id, a.kind, g.since FROM access_grants g
		JOIN access_audiences a ON a.id = g.audience_id WHERE g.person_id = $1`, person)
}

func compositesWith(ctx context.Context, q db.Queryer, parts []plein.ID) ([]plein.ID, error) {
	return db.All(ctx, q, db.Value[plein.ID], `SELECT DISTINCT audience_id FROM access_parts
		WHERE audience_id <> part_id AND `+db.In(q.Engine(), "part_id", "$1"), db.List(q.Engine(), parts))
}

// audiencesWithParts reads audiences with what each is made of.
func audiencesWithParts(ctx context.Context, q db.Queryer, ids []plein.ID) (map[plein.ID]known, error) {
	out := make(map[plein.ID]known, len(ids))
	_, err := db.All(ctx, q, func(s db.Scanner) (struct{}, error) {
		var whole plein.Audience
		var kind string
		var part audience
		err := s.Scan(&whole.ID, &kind, &part.id, &part.everyone)
		whole.Kind = plein.AudienceKind(kind)
		k := out[whole.ID]
		out[whole.ID] = known{whole, append(k.parts, part)}
		return struct{}{}, err
	}, `SELECT w.id, w.kind, m.id, m.everyone FROM access_audiences w
		JOIN access_parts p ON p.audience_id = w.id JOIN access_audiences m ON m.id = p.part_id
		WHERE `+db.In(q.Engine(), "w.id", "$1"), db.List(q.Engine(), ids))
	return out, err
}

func kindsOf(ctx context.Context, q db.Queryer, ids []plein.ID) ([]plein.Audience, error) {
	return db.All(ctx, q, scanAudience, `SELECT id, kind FROM access_audiences WHERE `+
		db.In(q.Engine(), "id", "$1"), db.List(q.Engine(), ids))
}

func scanAudience(s db.Scanner) (a plein.Audience, err error) {
	var kind string
	err = s.Scan(&a.ID, &kind)
	a.Kind = plein.AudienceKind(kind)
	return a, err
}

// madeOf finds or makes the one audience that stands for a set. The set's text is
// unique, so two requests at once get the same audience.
func madeOf(ctx context.Context, tx *db.Tx, id plein.ID, kind plein.AudienceKind, set string) (plein.Audience, bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO access_audiences (id, kind, everyone, made_of) VALUES ($1, $2, FALSE, $3)
		ON CONFLICT (made_of) DO NOTHING`, id, string(kind), set)
	if err != nil {
		return plein.Audience{}, false, err
	}
	a, err := db.One(ctx, tx, scanAudience, `SELECT id, kind FROM access_audiences WHERE made_of = $1`, set)
	return a, n == 1, err
}

func putPart(ctx context.Context, tx *db.Tx, whole, part plein.ID) error {
	_, err := tx.Exec(ctx, `INSERT INTO access_parts (audience_id, part_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, whole, part)
	return err
}

func dropPart(ctx context.Context, tx *db.Tx, whole, part plein.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM access_parts WHERE audience_id = $1 AND part_id = $2`, whole, part)
	return err
}

func holders(ctx context.Context, q db.Queryer, id plein.ID) ([]plein.ID, error) {
	return db.All(ctx, q, db.Value[plein.ID], `SELECT person_id FROM access_grants WHERE audience_id = $1 ORDER BY person_id`, id)
}

func countHolders(ctx context.Context, q db.Queryer, ids []plein.ID) (map[plein.ID]int, error) {
	out := make(map[plein.ID]int, len(ids))
	_, err := db.All(ctx, q, func(s db.Scanner) (struct{}, error) {
		var id plein.ID
		var n int
		err := s.Scan(&id, &n)
		out[id] = n
		return struct{}{}, err
	}, `SELECT audience_id, COUNT(*) FROM access_grants WHERE `+db.In(q.Engine(), "audience_id", "$1")+` GROUP BY audience_id`,
		db.List(q.Engine(), ids))
	return out, err
}

// reads answers the question for one person and one thing wholly in the
// database: the form that every query joins, on a row of one.
func reads(ctx context.Context, q db.Queryer, r Reader, t Thing) (bool, error) {
	cond, args := r.SQL("i", 1)
	_, err := db.One(ctx, q, db.Value[int], `SELECT 1 FROM (SELECT `+bigint(q.Engine(), "$3")+` AS audience_id, `+
		bigint(q.Engine(), "$4")+` AS root_at) i WHERE `+cond, append(args, t.Audience, db.Micros(t.RootMade))...)
	if errors.Is(err, plein.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func bigint(e db.Engine, placeholder string) string {
	if e == db.Postgres {
		return placeholder + "::bigint"
	}
	return placeholder
}

// holdersAmong keeps of some people those who were granted a part of an audience
// in time for a thing.
func holdersAmong(ctx context.Context, q db.Queryer, t Thing, people []plein.ID) ([]plein.ID, error) {
	if len(people) == 0 {
		return nil, nil
	}
	return db.All(ctx, q, db.Value[plein.ID], `SELECT DISTINCT g.person_id FROM access_parts p
		JOIN access_grants g ON g.audience_id = p.part_id
		WHERE p.audience_id = $1 AND (g.since = 0 OR g.since <= $2) AND `+db.In(q.Engine(), "g.person_id", "$3"),
		t.Audience, db.Micros(t.RootMade), db.List(q.Engine(), people))
}
