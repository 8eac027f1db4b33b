package groups

import (
	"context"
	"embed"
	"errors"
	"time"

	"plein/internal/platform/db"
	"plein/internal/platform/text"
	"plein/internal/plein"
)

//go:embed migrations
var migrations embed.FS

// Migrations gives the tables of groups.
func Migrations() db.Migrations { return db.Sub("groups", migrations) }

const groupColumns = "g.id, g.name, g.slug, g.purpose, g.kind, g.tile, g.archived, g.history_from_join, g.members, g.made"

// groupFields are the places that groupColumns fill.
func groupFields(g *Group, made *int64) []any {
	return []any{&g.ID, &g.Name, &g.Slug, &g.Purpose, &g.Kind, &g.Tile, &g.Archived, &g.HistoryFromJoin, &g.Members, made}
}

func scanGroup(s db.Scanner) (g Group, err error) {
	var made int64
	err = s.Scan(groupFields(&g, &made)...)
	g.Made = db.FromMicros(made)
	return g, err
}

// readGroup gives a group whoever asks. In a transaction on PostgreSQL it holds
// the row, so that two owners cannot leave in the same moment; SQLite has one
// writer.
func readGroup(ctx context.Context, q db.Queryer, id plein.ID) (Group, error) {
	lock := ""
	if _, writing := q.(*db.Tx); writing && q.Engine() == db.Postgres {
		lock = " FOR UPDATE"
	}
	return db.One(ctx, q, scanGroup, `SELECT `+groupColumns+` FROM groups_groups g WHERE g.id = $1`+lock, id)
}

// nameTaken says whether another group that is no secret has the name.
func nameTaken(ctx context.Context, q db.Queryer, fold string, except plein.ID) (bool, error) {
	return db.One(ctx, q, db.Value[bool], `SELECT EXISTS (SELECT 1 FROM groups_groups
		WHERE name_fold = $1 AND kind <> 'secret' AND id <> $2)`, fold, except)
}

// slugTaken looks past secret groups too, for the same reason.
func slugTaken(ctx context.Context, q db.Queryer, slug string, except plein.ID) (bool, error) {
	return db.One(ctx, q, db.Value[bool], `SELECT EXISTS (SELECT 1 FROM groups_groups
		WHERE slug = $1 AND kind <> 'secret' AND id <> $2)`, slug, except)
}

// insertGroup says false when the id is taken.
func insertGroup(ctx context.Context, tx *db.Tx, g Group) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO groups_groups
		(id, name, name_fold, slug, purpose, kind, tile, archived, history_from_join, members, made)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10) ON CONFLICT (id) DO NOTHING`,
		g.ID, g.Name, text.Fold(g.Name), g.Slug, g.Purpose, string(g.Kind), g.Tile, g.Archived, g.HistoryFromJoin, db.Micros(g.Made))
	return n == 1, err
}

func updateGroup(ctx context.Context, tx *db.Tx, g Group) error {
	_, err := tx.Exec(ctx, `UPDATE groups_groups SET name = $2, name_fold = $3, slug = $4, purpose = $5,
		kind = $6, archived = $7 WHERE id = $1`,
		g.ID, g.Name, text.Fold(g.Name), g.Slug, g.Purpose, string(g.Kind), g.Archived)
	return err
}

func countMembers(ctx context.Context, tx *db.Tx, group plein.ID, by int) error {
	_, err := tx.Exec(ctx, `UPDATE groups_groups SET members = members + $2 WHERE id = $1`, group, by)
	return err
}

// readPlace tells where somebody stands in a group.
func readPlace(ctx context.Context, q db.Queryer, group, person plein.ID) (place, error) {
	p, err := db.One(ctx, q, scanPlace, `SELECT
		COALESCE((SELECT rank FROM groups_members WHERE group_id = $1 AND person = $2), -1),
		EXISTS (SELECT 1 FROM groups_invitations WHERE group_id = $1 AND person = $2),
		EXISTS (SELECT 1 FROM groups_requests WHERE group_id = $1 AND person = $2)`, group, person)
	return p, err
}

func scanPlace(s db.Scanner) (p place, err error) {
	var rank int
	err = s.Scan(&rank, &p.invited, &p.asked)
	p.role = roleOfRank(rank)
	return p, err
}

// readOwners gives the owners of several groups, the longest-serving first.
func readOwners(ctx context.Context, q db.Queryer, groups []plein.ID) (map[plein.ID][]plein.ID, error) {
	ms, err := db.All(ctx, q, scanMember, `SELECT group_id, person, rank, since, invited_by FROM groups_members
		WHERE rank = 0 AND `+db.In(q.Engine(), "group_id", "$1")+` ORDER BY group_id, since, person`, db.List(q.Engine(), groups))
	out := make(map[plein.ID][]plein.ID, len(groups))
	for _, m := range ms {
		out[m.Group] = append(out[m.Group], m.Person)
	}
	return out, err
}

// readMember gives a membership; NotFound when there is none.
func readMember(ctx context.Context, q db.Queryer, group, person plein.ID) (Membership, error) {
	return db.One(ctx, q, scanMember, `SELECT group_id, person, rank, since, invited_by FROM groups_members
		WHERE group_id = $1 AND person = $2`, group, person)
}

// roleIn is the role alone: None for outsiders.
func roleIn(ctx context.Context, q db.Queryer, group, person plein.ID) (Role, error) {
	m, err := readMember(ctx, q, group, person)
	if errors.Is(err, plein.ErrNotFound) {
		return None, nil
	}
	return m.Role, err
}

func countOwners(ctx context.Context, q db.Queryer, group plein.ID) (int, error) {
	return db.One(ctx, q, db.Value[int], `SELECT COUNT(*) FROM groups_members WHERE group_id = $1 AND rank = 0`, group)
}

func scanMember(s db.Scanner) (m Membership, err error) {
	var rank int
	var since int64
	err = s.Scan(&m.Group, &m.Person, &rank, &since, &m.InvitedBy)
	m.Role, m.Since = roleOfRank(rank), db.FromMicros(since)
	return m, err
}

// microsecond is the grain of stored times.
const microsecond = time.Microsecond
