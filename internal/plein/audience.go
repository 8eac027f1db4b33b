package plein

// AudienceKind says by which rule an audience is read (TRUST section 1). Every
// item is in exactly one audience.
type AudienceKind string

const (
	Org       AudienceKind = "org"       // all people, no guests
	Unit      AudienceKind = "unit"      // people in a department and below it
	Open      AudienceKind = "open"      // a group all people may read, plus invited guests
	Closed    AudienceKind = "closed"    // a group whose name all people know and members read
	Secret    AudienceKind = "secret"    // a group only members and invited know of
	Direct    AudienceKind = "direct"    // a fixed set of people
	Self      AudienceKind = "self"      // one person
	Composite AudienceKind = "composite" // any of several audiences
)

// OrgAudience is the id of the one audience that is the whole organisation.
const OrgAudience ID = 1

// Audience names one. The audience of a group, a department or a person has the
// id of that group, department or person, so nothing has to be looked up.
type Audience struct {
	ID   ID
	Kind AudienceKind
}

// Everyone says that all people of the organisation read it, without a grant.
func (k AudienceKind) Everyone() bool { return k == Org || k == Open }

// IsGroup says that the audience is a group's.
func (k AudienceKind) IsGroup() bool { return k == Open || k == Closed || k == Secret }
