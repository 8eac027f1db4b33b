package groups

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"plein/internal/platform/db"
	"plein/internal/platform/text"
	"plein/internal/plein"
)

// Look is a group as one person may know it, with where they stand in it.
type Look struct {
	Group
	Sight   Sight
	Role    Role
	Invited bool
	Asked   bool
	Owners  []plein.ID
}

// Look gives a group with the actor's place in it. What the actor may not know of
// is NotFound, the same as what does not exist.
func (s *Service) Look(ctx context.Context, a plein.Actor, id plein.ID) (Look, error) {
	if !a.SignedIn() {
		return Look{}, plein.ErrNotFound
	}
	q := s.DB.Read()
	g, err := readGroup(ctx, q, id)
	if err != nil {
		return Look{}, plein.Wrap("groups.look", err)
	}
	p, err := readPlace(ctx, q, id, a.ID)
	if err != nil {
		return Look{}, plein.Wrap("groups.look", err)
	}
	l := Look{Group: g, Sight: sightOf(g.Kind, p.role, p.invited, a), Role: p.role, Invited: p.invited, Asked: p.asked}
	if l.Sight == Hidden {
		return Look{}, plein.Wrap("groups.look", plein.ErrNotFound)
	}
	owners, err := readOwners(ctx, q, []plein.ID{id})
	if err != nil {
		return Look{}, plein.Wrap("groups.look", err)
	}
	l.Owners = owners[id]
	if l.Sight == Named {
		l.Group = l.forOutsiders()
	}
	return l, nil
}

// Find gives a group the actor may know of.
func (s *Service) Find(ctx context.Context, a plein.Actor, id plein.ID) (Group, error) {
	l, err := s.Look(ctx, a, id)
	return l.Group, err
}

// Mine lists the groups in use that the actor is in, by name.
func (s *Service) Mine(ctx context.Context, a plein.Actor) ([]Group, error) {
	if !a.SignedIn() {
		return nil, nil
	}
	gs, err := groupsOf(ctx, s.DB.Read(), a.ID)
	return gs, plein.Wrap("groups.mine", err)
}

// DirectoryQuery says which groups to list.
type DirectoryQuery struct {
	Name     string // anywhere in the name; empty for all
	Mine     bool   // only those the actor is in
	Archived bool   // archived groups instead of those in use
	After    string // Next of the page before
	Limit    int    // at most 100; 0 is plein.PageSize
}

// Entry is one group in a list.
type Entry struct {
	Group
	Role    Role
	Invited bool
	Asked   bool
	Owners  []plein.ID
}

// DirectoryPage is one page of the directory.
type DirectoryPage struct {
	Entries []Entry
	Next    string // empty on the last page
}

// Directory lists the groups the actor may know of, by name. Secret groups are
// there for their members only, and guests see the groups they are in.
func (s *Service) Directory(ctx context.Context, a plein.Actor, q DirectoryQuery) (DirectoryPage, error) {
	if !a.SignedIn() {
		return DirectoryPage{}, nil
	}
	if q.Name = text.Fold(firstRunes(q.Name, plein.MaxQuery)); !storable(q.Name) {
		return DirectoryPage{}, nil
	}
	limit := pageSize(q.Limit)
	after := parseNameCursor(q.After)
	entries, err := entriesAfter(ctx, s.DB.Read(), a, q, after, limit+1)
	if err != nil {
		return DirectoryPage{}, plein.Wrap("groups.directory", err)
	}
	var page DirectoryPage
	if len(entries) > limit {
		entries = entries[:limit]
		last := entries[limit-1]
		page.Next = nameCursor{text.Fold(last.Name), last.ID}.String()
	}
	ids := make([]plein.ID, len(entries))
	for i, e := range entries {
		ids[i] = e.ID
	}
	owners, err := readOwners(ctx, s.DB.Read(), ids)
	if err != nil {
		return DirectoryPage{}, plein.Wrap("groups.directory", err)
	}
	for i := range entries {
		e := &entries[i]
		e.Owners = owners[e.ID]
		if sightOf(e.Kind, e.Role, e.Invited, a) == Named {
			e.Group = e.forOutsiders()
		}
	}
	page.Entries = entries
	return page, nil
}

// Page says which part of a list.
type Page struct {
	After string // Next of the page before
	Limit int    // at most 100; 0 is plein.PageSize
}

// MemberPage is one page of members: owners, moderators, members.
type MemberPage struct {
	Members []Membership
	Next    string // empty on the last page
}

// Members lists who is in a group. Outsiders of a closed group know of the group
// but not of its members: Denied.
func (s *Service) Members(ctx context.Context, a plein.Actor, id plein.ID, p Page) (MemberPage, error) {
	l, err := s.Look(ctx, a, id)
	if err != nil {
		return MemberPage{}, err
	}
	if l.Sight != Whole {
		return MemberPage{}, errMembersHidden
	}
	limit := pageSize(p.Limit)
	ms, err := membersAfter(ctx, s.DB.Read(), id, parseMemberCursor(p.After), limit+1)
	if err != nil {
		return MemberPage{}, plein.Wrap("groups.members", err)
	}
	page := MemberPage{Members: ms}
	if len(ms) > limit {
		page.Members = ms[:limit]
		last := ms[limit-1]
		page.Next = memberCursor{last.Role.rank(), db.Micros(last.Since), last.Person}.String()
	}
	return page, nil
}

// maxWaiting bounds the lists of requests and invitations on one page.
const maxWaiting = 100

// Requests lists who asked to come in, for those who may answer.
func (s *Service) Requests(ctx context.Context, a plein.Actor, id plein.ID) ([]Request, error) {
	l, err := s.Look(ctx, a, id)
	if err != nil {
		return nil, err
	}
	if !l.Role.Runs() {
		return nil, errMayNot
	}
	rs, err := requestsFor(ctx, s.DB.Read(), id, maxWaiting)
	return rs, plein.Wrap("groups.requests", err)
}

// Invitations lists the invitations into a group that wait for an answer, for
// those who run it.
func (s *Service) Invitations(ctx context.Context, a plein.Actor, id plein.ID) ([]Invitation, error) {
	l, err := s.Look(ctx, a, id)
	if err != nil {
		return nil, err
	}
	if !l.Role.Runs() {
		return nil, errMayNot
	}
	is, err := invitationsInto(ctx, s.DB.Read(), id, maxWaiting)
	return is, plein.Wrap("groups.invitations", err)
}

// MyInvitations lists the invitations that wait for the actor's answer, the
// newest first.
func (s *Service) MyInvitations(ctx context.Context, a plein.Actor) ([]Invitation, error) {
	if !a.SignedIn() {
		return nil, nil
	}
	is, err := invitationsTo(ctx, s.DB.Read(), a.ID, maxWaiting)
	return is, plein.Wrap("groups.myinvitations", err)
}

// RoleIn tells what somebody is in a group; None for outsiders. It asks nothing
// about who wants to know: for decisions, not for showing.
func (s *Service) RoleIn(ctx context.Context, group, person plein.ID) (Role, error) {
	r, err := roleIn(ctx, s.DB.Read(), group, person)
	return r, plein.Wrap("groups.rolein", err)
}

// Runners lists who looks after a group, owners first, in the caller's
// transaction. It asks nothing about who wants to know: for followers of the
// change log, which tell them that somebody knocks.
func (s *Service) Runners(ctx context.Context, q db.Queryer, group plein.ID) ([]plein.ID, error) {
	ms, err := membersAfter(ctx, q, group, memberCursor{rank: -1}, maxWaiting)
	var out []plein.ID
	for _, m := range ms {
		if m.Role.Runs() {
			out = append(out, m.Person)
		}
	}
	return out, plein.Wrap("groups.runners", err)
}

// SharesGroup says whether two people are in one group: a guest may see the
// profile of whom they share a group with, and no other.
func (s *Service) SharesGroup(ctx context.Context, a, b plein.ID) (bool, error) {
	ok, err := shareGroup(ctx, s.DB.Read(), a, b)
	return ok, plein.Wrap("groups.shares", err)
}

// Shared lists the groups in use that two people are both in, by name: what a
// profile may show of somebody's groups to the actor.
func (s *Service) Shared(ctx context.Context, a plein.Actor, person plein.ID) ([]Group, error) {
	if !a.SignedIn() {
		return nil, nil
	}
	gs, err := sharedGroups(ctx, s.DB.Read(), a.ID, person)
	return gs, plein.Wrap("groups.shared", err)
}

// Resolve finds groups by the names or slugs that somebody typed, among those
// they may know of. The map's keys are the words as typed; what was not found is
// not in it.
func (s *Service) Resolve(ctx context.Context, a plein.Actor, typed []string) (map[string]Group, error) {
	if !a.SignedIn() || len(typed) == 0 {
		return nil, nil
	}
	folds := make([]string, len(typed))
	for i, w := range typed {
		if folds[i] = text.Fold(w); !storable(folds[i]) {
			folds[i] = ""
		}
	}
	gs, err := resolvable(ctx, s.DB.Read(), a, folds, folds)
	if err != nil {
		return nil, plein.Wrap("groups.resolve", err)
	}
	out := make(map[string]Group, len(gs))
	for i, w := range typed {
		for _, g := range gs {
			_, done := out[w]
			if text.Fold(g.Name) == folds[i] || (g.Slug == folds[i] && !done) {
				out[w] = g
				if text.Fold(g.Name) == folds[i] {
					break
				}
			}
		}
	}
	return out, nil
}

// ---- cursors ---------------------------------------------------------------------

// nameCursor is a place in a list by name. It holds the name that was shown, not
// an id to look up: a look-up would tell where a hidden group stands.
type nameCursor struct {
	fold string
	id   plein.ID
}

func (c nameCursor) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(c.id.String() + c.fold))
}

// parseNameCursor reads a cursor; anything broken is the first page.
func parseNameCursor(s string) nameCursor {
	b, err := base64.RawURLEncoding.DecodeString(firstRunes(s, 2000))
	if err != nil || len(b) < 13 {
		return nameCursor{}
	}
	id, err := plein.ParseID(string(b[:13]))
	fold := string(b[13:])
	if err != nil || !storable(fold) {
		return nameCursor{}
	}
	return nameCursor{fold, id}
}

// memberCursor is a place in a list of members.
type memberCursor struct {
	rank   int
	since  int64
	person plein.ID
}

func (c memberCursor) String() string { return fmt.Sprintf("%d.%d.%s", c.rank, c.since, c.person) }

func parseMemberCursor(s string) memberCursor {
	first := memberCursor{rank: -1}
	parts := strings.Split(s, ".")
	if len(parts) != 3 {
		return first
	}
	rank, err1 := strconv.Atoi(parts[0])
	since, err2 := strconv.ParseInt(parts[1], 10, 64)
	person, err3 := plein.ParseID(parts[2])
	if err1 != nil || err2 != nil || err3 != nil {
		return first
	}
	return memberCursor{rank, since, person}
}

func pageSize(n int) int {
	if n <= 0 {
		return plein.PageSize
	}
	return min(n, 100)
}

// storable says that both engines take a text as an argument; PostgreSQL takes
// no zero bytes.
func storable(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// Known gives those of some groups that the actor may know of, in use, as far as
// they may know them.
func (s *Service) Known(ctx context.Context, a plein.Actor, ids []plein.ID) ([]Entry, error) {
	if !a.SignedIn() || len(ids) == 0 {
		return nil, nil
	}
	entries, err := entriesIn(ctx, s.DB.Read(), a, ids)
	if err != nil {
		return nil, plein.Wrap("groups.known", err)
	}
	for i := range entries {
		e := &entries[i]
		if sightOf(e.Kind, e.Role, e.Invited, a) == Named {
			e.Group = e.forOutsiders()
		}
	}
	return entries, nil
}

// Walk pages through all groups by id, without asking who wants to know: for
// whoever keeps an index of those that are no secret.
func (s *Service) Walk(ctx context.Context, after plein.ID, limit int) ([]Group, error) {
	gs, err := groupsAfter(ctx, s.DB.Read(), after, limit)
	return gs, plein.Wrap("groups.walk", err)
}

// Fresh gives groups as the database has them now, without asking who wants to
// know: for whoever keeps an index of those that are no secret.
func (s *Service) Fresh(ctx context.Context, ids []plein.ID) ([]Group, error) {
	gs, err := groupsByID(ctx, s.DB.Read(), ids)
	return gs, plein.Wrap("groups.fresh", err)
}
