package oversight

import (
	"strings"

	"plein/internal/plein"
)

// protected says whether an act has its row in the audit log: what changes who may
// see or do something, and what is done to a person by another. What people write,
// read and change about themselves has none: a log of that would watch everybody.
func protected(e plein.Event) bool {
	switch e.Name {
	case "people.person.added", "people.person.closed", "people.person.reopened", "people.person.moved",
		"groups.group.changed", "groups.group.archived", "groups.group.reopened",
		"groups.member.role_changed", "groups.member.removed",
		"signin.password.changed":
		return true
	case "people.person.changed":
		switch e.Extra["what"] {
		case "roles", "guest", "manager", "email":
			return true
		}
		return e.Actor != e.Object.ID
	}
	return strings.HasPrefix(e.Name, "people.unit.") || strings.HasPrefix(e.Name, "admin.")
}
