package groups

import (
	"context"
	"strings"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

func groupsByID(ctx context.Context, q db.Queryer, ids []plein.ID) ([]Group, error) {
	return db.All(ctx, q, scanGroup, `SELECT `+groupColumns+` FROM groups_groups g
		WHERE `+db.In(q.Engine(), "g.id", "$1"), db.List(q.Engine(), ids))
}

func groupsOf(ctx context.Context, q db.Queryer, person plein.ID) ([]Group, error) {
	return db.All(ctx, q, scanGroup, `SELECT `+groupColumns+` FROM groups_groups g
		JOIN groups_members m ON m.group_id = g.id AND m.person = $1
		WHERE NOT g.archived ORDER BY g.name_fold, g.id`, person)
}

// entriesAfter lists what somebody may know of, by name. What they may not know
// is left out here, in the query, so that no count or cursor can speak of it.
func entriesAfter(ctx context.Context, q db.Queryer, a plein.Actor, query DirectoryQuery, c nameCursor, limit int) ([]Entry, error) {
	return db.All(ctx, q, scanEntry, `SELECT `+groupColumns+`, COALESCE(m.rank, -1), i.person IS NOT NULL, r.person IS NOT NULL
		FROM groups_groups g
		LEFT JOIN groups_members m ON m.group_id = g.id AND m.person = $1
		LEFT JOIN groups_invitations i ON i.group_id = g.id AND i.person = $1
		LEFT JOIN groups_requests r ON r.group_id = g.id AND r.person = $1
		WHERE (m.person IS NOT NULL OR ($2 AND g.kind <> 'secret')) AND g.archived = $3
		AND g.name_fold LIKE $4 ESCAPE '!' AND (g.name_fold, g.id) > ($5, $6)
		ORDER BY g.name_fold, g.id LIMIT $7`,
		a.ID, !a.Guest && !query.Mine, query.Archived, containing(query.Name), c.fold, c.id, limit)
}

// entriesIn is entriesAfter for some groups.
func entriesIn(ctx context.Context, q db.Queryer, a plein.Actor, ids []plein.ID) ([]Entry, error) {
	return db.All(ctx, q, scanEntry, `SELECT `+groupColumns+`, COALESCE(m.rank, -1), i.person IS NOT NULL, r.person IS NOT NULL
		FROM groups_groups g
		LEFT JOIN groups_members m ON m.group_id = g.id AND m.person = $1
		LEFT JOIN groups_invitations i ON i.group_id = g.id AND i.person = $1
		LEFT JOIN groups_requests r ON r.group_id = g.id AND r.person = $1
		WHERE (m.person IS NOT NULL OR ($2 AND g.kind <> 'secret')) AND NOT g.archived
		AND `+db.In(q.Engine(), "g.id", "$3")+` ORDER BY g.name_fold, g.id`,
		a.ID, !a.Guest, db.List(q.Engine(), ids))
}

func groupsAfter(ctx context.Context, q db.Queryer, after plein.ID, limit int) ([]Group, error) {
	return db.All(ctx, q, scanGroup, `SELECT `+groupColumns+` FROM groups_groups g WHERE g.id > $1 ORDER BY g.id LIMIT $2`, after, limit)
}

func scanEntry(s db.Scanner) (e Entry, err error) {
	var made int64
	var rank int
	err = s.Scan(append(groupFields(&e.Group, &made), &rank, &e.Invited, &e.Asked)...)
	e.Made, e.Role = db.FromMicros(made), roleOfRank(rank)
	return e, err
}

// containing writes a LIKE pattern for a folded text anywhere in a folded name.
func containing(fold string) string {
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(fold) + "%"
}

// resolvable finds groups by folded name or slug among those somebody may know of.
func resolvable(ctx context.Context, q db.Queryer, a plein.Actor, folds, slugs []string) ([]Group, error) {
	return db.All(ctx, q, scanGroup, `SELECT `+groupColumns+` FROM groups_groups g
		LEFT JOIN groups_members m ON m.group_id = g.id AND m.person = $1
		WHERE (m.person IS NOT NULL OR ($2 AND g.kind <> 'secret'))
		AND (`+db.In(q.Engine(), "g.name_fold", "$3")+` OR `+db.In(q.Engine(), "g.slug", "$4")+`) ORDER BY g.made, g.id`,
		a.ID, !a.Guest, db.List(q.Engine(), folds), db.List(q.Engine(), slugs))
}

// beginning finds groups by how a word of their name begins, with the rights in
// the query, as entriesAfter has them.
func beginning(ctx context.Context, q db.Queryer, a plein.Actor, fold string, limit int) ([]Entry, error) {
	begins := strings.TrimPrefix(containing(fold), "%")
	return db.All(ctx, q, scanEntry, `SELECT `+groupColumns+`, COALESCE(m.rank, -1), FALSE, FALSE
		FROM groups_groups g LEFT JOIN groups_members m ON m.group_id = g.id AND m.person = $1
		WHERE (g.name_fold LIKE $3 ESCAPE '!' OR g.name_fold LIKE $4 ESCAPE '!') AND NOT g.archived
		AND (m.person IS NOT NULL OR ($2 AND g.kind <> 'secret'))
		ORDER BY CASE WHEN m.person IS NULL THEN 1 ELSE 0 END, g.name_fold, g.id LIMIT $5`,
		a.ID, !a.Guest, begins, "% "+begins, limit)
}

func companions(ctx context.Context, q db.Queryer, person plein.ID, limit int) ([]plein.ID, error) {
	return db.All(ctx, q, db.Value[plein.ID], `SELECT DISTINCT y.person FROM groups_members x
		JOIN groups_members y ON y.group_id = x.group_id
		WHERE x.person = $1 AND y.person <> $1 ORDER BY y.person LIMIT $2`, person, limit)
}
