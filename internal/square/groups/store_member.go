package groups

import (
	"context"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

// putMember says false when the person was in the group already.
func putMember(ctx context.Context, tx *db.Tx, m Membership) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO groups_members (group_id, person, rank, since, invited_by)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT (group_id, person) DO NOTHING`,
		m.Group, m.Person, m.Role.rank(), db.Micros(m.Since), m.InvitedBy)
	return n == 1, err
}

func setRank(ctx context.Context, tx *db.Tx, group, person plein.ID, role Role) error {
	_, err := tx.Exec(ctx, `UPDATE groups_members SET rank = $3 WHERE group_id = $1 AND person = $2`, group, person, role.rank())
	return err
}

func dropMember(ctx context.Context, tx *db.Tx, group, person plein.ID) (bool, error) {
	n, err := db.Exec(ctx, tx, `DELETE FROM groups_members WHERE group_id = $1 AND person = $2`, group, person)
	return n == 1, err
}

func membershipsOf(ctx context.Context, q db.Queryer, person plein.ID) ([]Membership, error) {
	return db.All(ctx, q, scanMember, `SELECT group_id, person, rank, since, invited_by FROM groups_members
		WHERE person = $1 ORDER BY group_id`, person)
}

// membersAfter lists members from a place in the list on: owners, moderators and
// members, each the longest-serving first.
func membersAfter(ctx context.Context, q db.Queryer, group plein.ID, c memberCursor, limit int) ([]Membership, error) {
	return db.All(ctx, q, scanMember, `SELECT group_id, person, rank, since, invited_by FROM groups_members
		WHERE group_id = $1 AND (rank, since, person) > ($2, $3, $4) ORDER BY rank, since, person LIMIT $5`,
		group, c.rank, c.since, c.person, limit)
}

func shareGroup(ctx context.Context, q db.Queryer, a, b plein.ID) (bool, error) {
	return db.One(ctx, q, db.Value[bool], `SELECT EXISTS (SELECT 1 FROM groups_members x
		JOIN groups_members y ON y.group_id = x.group_id WHERE x.person = $1 AND y.person = $2)`, a, b)
}

func sharedGroups(ctx context.Context, q db.Queryer, a, b plein.ID) ([]Group, error) {
	return db.All(ctx, q, scanGroup, `SELECT `+groupColumns+` FROM groups_groups g
		JOIN groups_members x ON x.group_id = g.id AND x.person = $1
		JOIN groups_members y ON y.group_id = g.id AND y.person = $2
		WHERE NOT g.archived ORDER BY g.name_fold, g.id`, a, b)
}

// ---- requests ----------------------------------------------------------------

func putRequest(ctx context.Context, tx *db.Tx, r Request) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO groups_requests (group_id, person, note, made) VALUES ($1, $2, $3, $4)
		ON CONFLICT (group_id, person) DO NOTHING`, r.Group, r.Person, r.Note, db.Micros(r.Made))
	return n == 1, err
}

func dropRequest(ctx context.Context, tx *db.Tx, group, person plein.ID) (bool, error) {
	n, err := db.Exec(ctx, tx, `DELETE FROM groups_requests WHERE group_id = $1 AND person = $2`, group, person)
	return n == 1, err
}

func dropRequests(ctx context.Context, tx *db.Tx, group plein.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM groups_requests WHERE group_id = $1`, group)
	return err
}

func requestsFor(ctx context.Context, q db.Queryer, group plein.ID, limit int) ([]Request, error) {
	return db.All(ctx, q, func(s db.Scanner) (r Request, err error) {
		var made int64
		err = s.Scan(&r.Group, &r.Person, &r.Note, &made)
		r.Made = db.FromMicros(made)
		return r, err
	}, `SELECT group_id, person, note, made FROM groups_requests WHERE group_id = $1 ORDER BY made, person LIMIT $2`, group, limit)
}

// ---- invitations -------------------------------------------------------------

func putInvitation(ctx context.Context, tx *db.Tx, i Invitation) (bool, error) {
	n, err := db.Exec(ctx, tx, `INSERT INTO groups_invitations (group_id, person, by_id, made) VALUES ($1, $2, $3, $4)
		ON CONFLICT (group_id, person) DO NOTHING`, i.Group, i.Person, i.By, db.Micros(i.Made))
	return n == 1, err
}

const invitationColumns = "i.group_id, i.person, i.by_id, i.made"

func scanInvitation(s db.Scanner) (i Invitation, err error) {
	var made int64
	err = s.Scan(&i.Group, &i.Person, &i.By, &made)
	i.Made = db.FromMicros(made)
	return i, err
}

func readInvitation(ctx context.Context, q db.Queryer, group, person plein.ID) (Invitation, error) {
	return db.One(ctx, q, scanInvitation, `SELECT `+invitationColumns+` FROM groups_invitations i
		WHERE i.group_id = $1 AND i.person = $2`, group, person)
}

func dropInvitation(ctx context.Context, tx *db.Tx, group, person plein.ID) (bool, error) {
	n, err := db.Exec(ctx, tx, `DELETE FROM groups_invitations WHERE group_id = $1 AND person = $2`, group, person)
	return n == 1, err
}

// dropInvitationsBy takes back what somebody may no longer promise.
func dropInvitationsBy(ctx context.Context, tx *db.Tx, group, by plein.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM groups_invitations WHERE group_id = $1 AND by_id = $2`, group, by)
	return err
}

// dropInvitationsByMembers keeps only the invitations of those who run the group.
func dropInvitationsByMembers(ctx context.Context, tx *db.Tx, group plein.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM groups_invitations WHERE group_id = $1 AND NOT EXISTS (
		SELECT 1 FROM groups_members m WHERE m.group_id = $1 AND m.person = groups_invitations.by_id AND m.rank <= 1)`, group)
	return err
}

func invitationsInto(ctx context.Context, q db.Queryer, group plein.ID, limit int) ([]Invitation, error) {
	return db.All(ctx, q, scanInvitation, `SELECT `+invitationColumns+` FROM groups_invitations i
		WHERE i.group_id = $1 ORDER BY i.made, i.person LIMIT $2`, group, limit)
}

func invitationsTo(ctx context.Context, q db.Queryer, person plein.ID, limit int) ([]Invitation, error) {
	return db.All(ctx, q, scanInvitation, `SELECT `+invitationColumns+` FROM groups_invitations i
		JOIN groups_groups g ON g.id = i.group_id AND NOT g.archived
		WHERE i.person = $1 ORDER BY i.made DESC, i.group_id LIMIT $2`, person, limit)
}

// forgetAsker drops every request of and invitation to somebody who left the house.
func forgetAsker(ctx context.Context, tx *db.Tx, person plein.ID) error {
	if _, err := tx.Exec(ctx, `DELETE FROM groups_requests WHERE person = $1`, person); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM groups_invitations WHERE person = $1 OR by_id = $1`, person)
	return err
}
