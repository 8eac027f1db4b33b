package groups

import (
	"time"

	"plein/internal/plein"
)

// Role is what somebody is in a group.
type Role string

// None is the role of whoever is not in the group.
const (
	None      Role = ""
	Owner     Role = "owner"
	Moderator Role = "moderator"
	Member    Role = "member"
)

// Roles lists the roles of a group, the most trusted first.
func Roles() []Role { return []Role{Owner, Moderator, Member} }

// rank orders the roles; a lower rank is trusted with more.
func (r Role) rank() int {
	for i, x := range Roles() {
		if r == x {
			return i
		}
	}
	return len(Roles())
}

func roleOfRank(rank int) Role {
	if rank >= 0 && rank < len(Roles()) {
		return Roles()[rank]
	}
	return None
}

// Known says that the role is one a member can have.
func (r Role) Known() bool { return r.rank() < len(Roles()) }

// Runs says that the role looks after the group: owners and moderators.
func (r Role) Runs() bool { return r == Owner || r == Moderator }

// Membership is one person in one group.
type Membership struct {
	Group     plein.ID
	Person    plein.ID
	Role      Role
	Since     time.Time
	InvitedBy plein.ID // whose invitation they came by; zero when they came by themselves
}

var (
	errLastOwner     = plein.E(plein.Conflict, "groups.error.last_owner", nil)
	errNotAMember    = plein.E(plein.Conflict, "groups.error.not_a_member", nil)
	errAlreadyMember = plein.E(plein.Conflict, "groups.error.already_member", nil)
	errAskFirst      = plein.E(plein.Denied, "groups.error.ask_first", nil)
	errByInvitation  = plein.E(plein.Denied, "groups.error.by_invitation", nil)
	errMembersHidden = plein.E(plein.Denied, "groups.error.members_hidden", nil)
	errGuestRole     = plein.E(plein.Denied, "groups.error.guest_role", nil)
	errUseLeave      = plein.E(plein.Invalid, "groups.error.use_leave", nil)
	errNoRole        = plein.FieldError("role", "form.not_a_choice", nil)
)

// place is where one person stands in a group, read in the transaction that acts
// on it.
type place struct {
	role    Role
	invited bool
	asked   bool
}

// mayJoin says whether somebody may walk in.
func mayJoin(g Group, a plein.Actor) error {
	switch {
	case g.Archived:
		return errArchived
	case g.Kind == plein.Open && !a.Guest:
		return nil
	case g.Kind == plein.Closed && !a.Guest:
		return errAskFirst
	}
	return errByInvitation
}

// mayLeave keeps the last owner in (TRUST P8).
func mayLeave(role Role, owners int) error {
	switch {
	case role == None:
		return errNotAMember
	case role == Owner && owners <= 1:
		return errLastOwner
	}
	return nil
}

// mayRemove says whether somebody may put another out: owners anybody, moderators
// members only.
func mayRemove(actor, target Role, owners int) error {
	switch {
	case !actor.Runs():
		return errMayNot
	case target == None:
		return errNotAMember
	case actor == Moderator && target != Member:
		return errMayNot
	case target == Owner && owners <= 1:
		return errLastOwner
	}
	return nil
}

// roleChange is a wish to make somebody something else in a group.
type roleChange struct {
	actor     plein.Actor
	actorRole Role
	person    plein.ID
	guest     bool // the person is a guest
	from, to  Role
	owners    int
	byRank    bool // filled by decide: the actor acted by a role of the organisation
}

// decide says whether the change may be made. Nobody grants more than they have
// (TRUST P8), a guest is never more than a member, and whoever looks after groups
// for the organisation may name an owner among the members, but not themselves:
// that would be joining by rank.
func (c *roleChange) decide() error {
	switch {
	case !c.to.Known():
		return errNoRole
	case c.from == None:
		return errNotAMember
	case c.guest && c.to != Member:
		return errGuestRole
	case c.from == c.to:
		return nil
	case c.from == Owner && c.owners <= 1:
		return errLastOwner
	}
	self := c.person == c.actor.ID
	switch {
	case c.actorRole == Owner:
		return nil
	case self && c.to.rank() > c.from.rank(): // stepping back is always one's own
		return nil
	case c.actorRole == Moderator && !self && c.from == Member && c.to == Moderator:
		return nil
	case c.to == Owner && !self && !c.actor.Guest && c.actor.Can(plein.ManageGroups):
		c.byRank = true
		return nil
	}
	return errMayNot
}

// grantSince is from when on a member reads: always, or since they joined.
func (g Group) grantSince(joined time.Time) time.Time {
	if g.HistoryFromJoin {
		return joined
	}
	return time.Time{}
}
