package plein

import "slices"

// Capability is one thing a role allows. There is none that means "read
// everything" and there shall be none (TRUST section 1, P11).
type Capability uint8

const (
	PostOrg         Capability = iota // write to the whole organisation
	CreateGroup                       // start a group
	InviteGuest                       // sponsor a guest
	PublishMustRead                   // ask everybody in an audience to read something
	MentionLarge                      // mention a group of more than fifty people
	ManagePeople                      // add, change and close accounts
	ManageGroups                      // change or archive groups one can see, name owners
	ManageSettings                    // change the organisation's settings
	ViewHealth                        // see the machine's state: lags, queues, versions
	Moderate                          // hide an item that was reported in an audience one can see
	ReadAudit                         // see the audit log, which holds ids and no text
	endOfCapabilities
)

// Capabilities is a set of them.
type Capabilities uint64

// Has says that c is in the set.
func (s Capabilities) Has(c Capability) bool { return s&(1<<c) != 0 }

// With gives the set with more in it.
func (s Capabilities) With(cs ...Capability) Capabilities {
	for _, c := range cs {
		s |= 1 << c
	}
	return s
}

// Role is a named set of capabilities in the organisation. Group roles (owner,
// moderator, member) belong to the groups package.
type Role string

const (
	RoleMember           Role = "member"            // everybody of the organisation
	RoleGuest            Role = "guest"             // from outside, by invitation, until a date
	RoleCommunityManager Role = "community_manager" // looks after the talk
	RoleTechnicalAdmin   Role = "technical_admin"   // looks after the machine
	RolePrivacyOfficer   Role = "privacy_officer"   // FG / DPO
	RoleWorksCouncil     Role = "works_council"     // OR
	RoleArchivist        Role = "archivist"
	RoleAuditor          Role = "auditor"
)

var roleCapabilities = map[Role]Capabilities{
	RoleMember:           Capabilities(0).With(PostOrg, CreateGroup, InviteGuest),
	RoleGuest:            0,
	RoleCommunityManager: Capabilities(0).With(PublishMustRead, MentionLarge, ManageGroups, Moderate, ManageSettings),
	RoleTechnicalAdmin:   Capabilities(0).With(ManagePeople, ManageGroups, ManageSettings, ViewHealth),
	RolePrivacyOfficer:   Capabilities(0).With(ReadAudit),
	RoleWorksCouncil:     Capabilities(0).With(ReadAudit),
	RoleArchivist:        0,
	RoleAuditor:          Capabilities(0).With(ReadAudit),
}

// Roles lists every role, in the order in which they are shown.
func Roles() []Role {
	return []Role{RoleMember, RoleGuest, RoleCommunityManager, RoleTechnicalAdmin,
		RolePrivacyOfficer, RoleWorksCouncil, RoleArchivist, RoleAuditor}
}

// Known says that the role exists.
func (r Role) Known() bool { return slices.Contains(Roles(), r) }

// CapabilitiesOf adds up what a set of roles allows. A guest holds nothing,
// whatever else is in the set (TRUST P10).
func CapabilitiesOf(roles []Role) Capabilities {
	if slices.Contains(roles, RoleGuest) {
		return 0
	}
	var s Capabilities
	for _, r := range roles {
		s |= roleCapabilities[r]
	}
	return s
}
