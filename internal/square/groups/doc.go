// Package groups exists so that people can decide together who hears them: a
// group is an audience with a name, a purpose and owners, and this package alone
// says who is in it, who may ask to come in, and who may change that.
//
// Three rules hold it up. What a person may not know of is NotFound, in the same
// bytes as what does not exist (TRUST P1): a secret group has no name, count or
// address for anyone who is not in it or invited to it. Rank opens nothing
// (TRUST P11): a role of the organisation may rename or archive a group one can
// see and name an owner among its members, but not read or join. And every group
// in use has an owner (TRUST P8), also when an account is closed.
//
// Reading rights are not kept here: every membership is handed to access as a
// grant on the audience with the group's own id, in the same transaction.
//
// # Tables
//
// groups_groups, groups_members (who is in it, in which role), groups_requests
// (people who ask to come in), groups_invitations (people who were asked).
//
// # Tells
//
// groups.group.started, groups.group.changed, groups.group.archived,
// groups.group.reopened, groups.member.joined, groups.member.left,
// groups.member.removed, groups.member.role_changed, groups.request.made,
// groups.request.accepted, groups.request.refused, groups.request.withdrawn,
// groups.invitation.made, groups.invitation.accepted, groups.invitation.declined,
// groups.invitation.withdrawn. The object is the group, the target the person it
// is about; no line holds a name. Extra says how somebody came in ("join",
// "request", "invitation", "start", "import"), the role and the one before it, and
// which facts changed.
//
// # Hears
//
// people.person.closed: whoever left the house leaves its groups, and a group
// that loses its last owner that way gets the next in line.
//
// # Shows
//
// The directory of groups, the pages of one group (talk, members, files,
// settings) and the forms on them. Talk and files are slots that app fills.
package groups
