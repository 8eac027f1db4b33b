package admin

import (
	"context"

	"plein/internal/plein"
	"plein/internal/square/groups"
	"plein/internal/square/people"
)

// CallEverything calls every verb of the service past the routes and gives what
// each answered.
func CallEverything(ctx context.Context, m *Module, a plein.Actor, person, unit, group plein.ID) map[string]error {
	s := m.Service
	out := map[string]error{}
	_, out["accounts"] = s.accounts(ctx, a, people.DirectoryQuery{})
	_, out["account"] = s.account(ctx, a, person)
	_, out["add"] = s.addPerson(ctx, a, newOne{Name: "x", Email: "x@linge.example"})
	_, out["invite"] = s.inviteGuest(ctx, a, newGuest{Name: "x", Email: "x@linge.example", Sponsor: person, Until: s.Clock.Now().AddDate(0, 1, 0)})
	out["extend"] = s.extendGuest(ctx, a, person, s.Clock.Now().AddDate(0, 1, 0))
	_, out["rename"] = s.rename(ctx, a, person, "x", "")
	out["email"] = s.changeEmail(ctx, a, person, "x@linge.example")
	out["place"] = s.place(ctx, a, person, unit, 0)
	out["roles"] = s.setRoles(ctx, a, person, []plein.Role{plein.RoleTechnicalAdmin})
	out["close"] = s.closePerson(ctx, a, person)
	out["reopen"] = s.reopenPerson(ctx, a, person, s.Clock.Now().AddDate(0, 1, 0))
	out["sessions"] = s.endSessions(ctx, a, person)
	out["link"] = s.sendLink(ctx, a, person)
	_, out["directory"] = s.directory(ctx, a, groups.DirectoryQuery{})
	_, out["look"] = s.look(ctx, a, group)
	out["rename group"] = s.renameGroup(ctx, a, group, "x")
	out["owner"] = s.nameOwner(ctx, a, group, person)
	out["archive"] = s.archiveGroup(ctx, a, group, true)
	out["settings"] = s.changeSettings(ctx, a, s.Defaults.typed())
	_, out["health"] = s.health(ctx, a)
	out["retry"] = s.retryJob(ctx, a, 1)
	return out
}
