package groups

import (
	"time"

	"plein/internal/platform/text"
	"plein/internal/plein"
)

// Request is somebody asking to come into a closed group.
type Request struct {
	Group  plein.ID
	Person plein.ID
	Note   string // what they said with it; may be empty
	Made   time.Time
}

// Invitation is somebody being asked in. It lives as long as whoever made it may
// invite, and is spent by the first use.
type Invitation struct {
	Group  plein.ID
	Person plein.ID
	By     plein.ID
	Made   time.Time
}

var (
	errNoRequest    = plein.E(plein.Conflict, "groups.error.no_request", nil)
	errNoInvitation = plein.E(plein.Conflict, "groups.error.no_invitation", nil)
	errOwnRequest   = plein.E(plein.Denied, "groups.error.own_request", nil)
	errOnlyClosed   = plein.E(plein.Conflict, "groups.error.just_join", nil)
	errInvited      = plein.E(plein.Conflict, "groups.error.already_invited", nil)
	errNobody       = plein.FieldError("person", "groups.error.nobody", nil)
	errGuestNeeds   = plein.E(plein.Denied, "groups.error.guest_needs", nil)
)

// cleanNote keeps the limit of a purpose: both are a few lines about a group.
func cleanNote(s string) (string, error) {
	s, err := text.CleanBody(s, plein.MaxPurpose)
	return s, inField("note", err)
}

// mayAsk says whether somebody may ask to come in.
func mayAsk(g Group, p place, a plein.Actor) error {
	switch {
	case g.Archived:
		return errArchived
	case p.role != None:
		return errAlreadyMember
	case p.invited:
		return errInvited
	case g.Kind == plein.Open && !a.Guest:
		return errOnlyClosed
	case a.Guest || g.Kind != plein.Closed:
		return errByInvitation
	}
	return nil
}

// mayAnswer says whether somebody may accept or refuse another's request; never
// their own (TRUST S25).
func mayAnswer(g Group, role Role, actor, person plein.ID) error {
	switch {
	case actor == person:
		return errOwnRequest
	case !role.Runs():
		return errMayNot
	case g.Archived:
		return errArchived
	}
	return nil
}

// invitesAtAll says whether a role may invite colleagues into a kind of group. In
// an open group every member may: people can walk in anyway.
func invitesAtAll(kind plein.AudienceKind, role Role) bool {
	return role.Runs() || (role == Member && kind == plein.Open)
}

// mayInvite says whether the actor may ask somebody in. A guest sees what they
// would not see otherwise, so asking one in takes a role in the group and the
// right to sponsor guests.
func mayInvite(g Group, role Role, a plein.Actor, guest bool) error {
	switch {
	case a.Guest || !invitesAtAll(g.Kind, role):
		return errMayNot
	case guest && (!role.Runs() || !a.Can(plein.InviteGuest)):
		return errGuestNeeds
	case g.Archived:
		return errArchived
	}
	return nil
}
