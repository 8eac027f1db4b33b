package groups

import (
	"context"
	"errors"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// admit puts somebody in a group with the reading right that goes with it. It
// says false when they were in it already. What was asked and promised is spent.
func (s *Service) admit(ctx context.Context, tx *db.Tx, g Group, m Membership, by plein.ID, how string) (bool, error) {
	if m.Role == None {
		m.Role = Member
	}
	if m.Since.IsZero() {
		m.Since = g.Made
	}
	m.Since = m.Since.UTC().Truncate(microsecond)
	if !m.Role.Known() || m.Person.IsZero() {
		return false, errNoRole
	}
	added, err := putMember(ctx, tx, m)
	if err != nil || !added {
		return false, err
	}
	if err := countMembers(ctx, tx, g.ID, 1); err != nil {
		return false, err
	}
	if _, err := dropRequest(ctx, tx, g.ID, m.Person); err != nil {
		return false, err
	}
	if _, err := dropInvitation(ctx, tx, g.ID, m.Person); err != nil {
		return false, err
	}
	if err := s.Grants.Grant(ctx, tx, g.ID, m.Person, g.grantSince(m.Since)); err != nil {
		return false, err
	}
	return true, s.tell(ctx, tx, "groups.member.joined", by, g.ID, m.Person, map[string]string{"how": how, "role": string(m.Role)})
}

// expel takes somebody out of a group with everything that came from being in it:
// the reading right, and the invitations they made (TRUST P8, S14).
func (s *Service) expel(ctx context.Context, tx *db.Tx, group, person, by plein.ID, event string) error {
	gone, err := dropMember(ctx, tx, group, person)
	if err != nil || !gone {
		return err
	}
	if err := countMembers(ctx, tx, group, -1); err != nil {
		return err
	}
	if err := dropInvitationsBy(ctx, tx, group, person); err != nil {
		return err
	}
	if err := s.Grants.Revoke(ctx, tx, group, person); err != nil {
		return err
	}
	return s.tell(ctx, tx, event, by, group, person, nil)
}

// Join walks into an open group. Being in it already is fine.
func (s *Service) Join(ctx context.Context, a plein.Actor, id plein.ID) error {
	return s.act(ctx, "groups.join", a, id, func(tx *db.Tx, g Group, p place) error {
		if p.role != None {
			return nil
		}
		if err := mayJoin(g, a); err != nil {
			return err
		}
		_, err := s.admit(ctx, tx, g, Membership{Group: id, Person: a.ID, Since: s.now()}, a.ID, "join")
		return err
	})
}

// Leave walks out. The last owner cannot: Conflict.
func (s *Service) Leave(ctx context.Context, a plein.Actor, id plein.ID) error {
	return s.act(ctx, "groups.leave", a, id, func(tx *db.Tx, g Group, p place) error {
		owners, err := countOwners(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := mayLeave(p.role, owners); err != nil {
			return err
		}
		return s.expel(ctx, tx, id, a.ID, a.ID, "groups.member.left")
	})
}

// Remove puts another out: owners anybody but the last owner, moderators members.
func (s *Service) Remove(ctx context.Context, a plein.Actor, id, person plein.ID) error {
	if a.ID == person && a.SignedIn() {
		return s.act(ctx, "groups.remove", a, id, func(*db.Tx, Group, place) error { return errUseLeave })
	}
	return s.act(ctx, "groups.remove", a, id, func(tx *db.Tx, g Group, p place) error {
		target, err := roleIn(ctx, tx, id, person)
		if err != nil {
			return err
		}
		owners, err := countOwners(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := mayRemove(p.role, target, owners); err != nil {
			return err
		}
		return s.expel(ctx, tx, id, person, a.ID, "groups.member.removed")
	})
}

// SetRole makes a member something else. The last owner stays one, nobody grants
// more than they have, guests stay members.
func (s *Service) SetRole(ctx context.Context, a plein.Actor, id, person plein.ID, role Role) error {
	who, err := s.who(ctx, person)
	if err != nil {
		return plein.Wrap("groups.setrole", err)
	}
	return s.act(ctx, "groups.setrole", a, id, func(tx *db.Tx, g Group, p place) error {
		from, err := roleIn(ctx, tx, id, person)
		if err != nil {
			return err
		}
		owners, err := countOwners(ctx, tx, id)
		if err != nil {
			return err
		}
		c := roleChange{actor: a, actorRole: p.role, person: person, guest: who.Guest, from: from, to: role, owners: owners}
		if p.role == None && !looksAfter(a) {
			return errMayNot // before anything tells who is a member
		}
		if err := c.decide(); err != nil {
			return err
		}
		if role.Runs() && !s.takesPart(who) {
			return errNobody
		}
		if g.Archived {
			return errArchived
		}
		if from == role {
			return nil
		}
		extra := map[string]string{"role": string(role), "was": string(from)}
		if c.byRank {
			extra["how"] = "rank"
		}
		return s.setRole(ctx, tx, g, person, role, a.ID, extra)
	})
}

func (s *Service) setRole(ctx context.Context, tx *db.Tx, g Group, person plein.ID, role Role, by plein.ID, extra map[string]string) error {
	if err := setRank(ctx, tx, g.ID, person, role); err != nil {
		return err
	}
	if !invitesAtAll(g.Kind, role) {
		if err := dropInvitationsBy(ctx, tx, g.ID, person); err != nil {
			return err
		}
	}
	return s.tell(ctx, tx, "groups.member.role_changed", by, g.ID, person, extra)
}

// who tells who somebody is; the zero Person when there is no such person.
func (s *Service) who(ctx context.Context, id plein.ID) (people.Person, error) {
	found, err := s.People.FindMany(ctx, []plein.ID{id})
	if err != nil || len(found) == 0 {
		return people.Person{}, err
	}
	return found[0], nil
}

// takesPart says that somebody can be asked in and be relied on: a person who is
// here, no bot.
func (s *Service) takesPart(p people.Person) bool { return p.IsIn(s.Clock.Now()) && !p.Bot }

// ---- asking to come in ---------------------------------------------------------

// Ask asks to come into a closed group. Asking twice keeps the first request.
func (s *Service) Ask(ctx context.Context, a plein.Actor, id plein.ID, note string) error {
	note, err := cleanNote(note)
	if err != nil {
		return err
	}
	return s.act(ctx, "groups.ask", a, id, func(tx *db.Tx, g Group, p place) error {
		if err := mayAsk(g, p, a); err != nil {
			return err
		}
		made, err := putRequest(ctx, tx, Request{Group: id, Person: a.ID, Note: note, Made: s.now()})
		if err != nil || !made {
			return err
		}
		return s.tell(ctx, tx, "groups.request.made", a.ID, id, a.ID, nil)
	})
}

// Withdraw takes one's own request back.
func (s *Service) Withdraw(ctx context.Context, a plein.Actor, id plein.ID) error {
	return s.act(ctx, "groups.withdraw", a, id, func(tx *db.Tx, g Group, p place) error {
		gone, err := dropRequest(ctx, tx, id, a.ID)
		if err != nil || !gone {
			return err
		}
		return s.tell(ctx, tx, "groups.request.withdrawn", a.ID, id, a.ID, nil)
	})
}

// Accept lets somebody in who asked; never oneself (TRUST S25).
func (s *Service) Accept(ctx context.Context, a plein.Actor, id, person plein.ID) error {
	return s.answer(ctx, "groups.accept", a, id, person, func(tx *db.Tx, g Group) error {
		_, err := s.admit(ctx, tx, g, Membership{Group: id, Person: person, Since: s.now()}, a.ID, "request")
		if err != nil {
			return err
		}
		return s.tell(ctx, tx, "groups.request.accepted", a.ID, id, person, nil)
	})
}

// Refuse turns a request down. Whoever asked may ask again.
func (s *Service) Refuse(ctx context.Context, a plein.Actor, id, person plein.ID) error {
	return s.answer(ctx, "groups.refuse", a, id, person, func(tx *db.Tx, g Group) error {
		return s.tell(ctx, tx, "groups.request.refused", a.ID, id, person, nil)
	})
}

func (s *Service) answer(ctx context.Context, op string, a plein.Actor, id, person plein.ID, fn func(tx *db.Tx, g Group) error) error {
	return s.act(ctx, op, a, id, func(tx *db.Tx, g Group, p place) error {
		if err := mayAnswer(g, p.role, a.ID, person); err != nil {
			return err
		}
		asked, err := dropRequest(ctx, tx, id, person)
		if err != nil {
			return err
		}
		if !asked {
			return errNoRequest
		}
		return fn(tx, g)
	})
}

// ---- inviting --------------------------------------------------------------------

// Invite asks somebody in. Whoever had asked to come in themselves is let in at
// once by those who may. Inviting twice keeps the first invitation.
func (s *Service) Invite(ctx context.Context, a plein.Actor, id, person plein.ID) error {
	who, err := s.who(ctx, person)
	if err != nil {
		return plein.Wrap("groups.invite", err)
	}
	return s.act(ctx, "groups.invite", a, id, func(tx *db.Tx, g Group, p place) error {
		if err := mayInvite(g, p.role, a, who.Guest); err != nil {
			return err
		}
		if !s.takesPart(who) {
			return errNobody
		}
		target, err := readPlace(ctx, tx, id, person)
		switch {
		case err != nil:
			return err
		case target.role != None:
			return errAlreadyMember
		case target.asked && p.role.Runs():
			if _, err := s.admit(ctx, tx, g, Membership{Group: id, Person: person, Since: s.now()}, a.ID, "request"); err != nil {
				return err
			}
			return s.tell(ctx, tx, "groups.request.accepted", a.ID, id, person, nil)
		}
		made, err := putInvitation(ctx, tx, Invitation{Group: id, Person: person, By: a.ID, Made: s.now()})
		if err != nil || !made {
			return err
		}
		return s.tell(ctx, tx, "groups.invitation.made", a.ID, id, person, nil)
	})
}

// Uninvite takes an invitation back: those who run the group, or whoever made it.
func (s *Service) Uninvite(ctx context.Context, a plein.Actor, id, person plein.ID) error {
	return s.act(ctx, "groups.uninvite", a, id, func(tx *db.Tx, g Group, p place) error {
		if p.role == None {
			return errMayNot
		}
		i, err := readInvitation(ctx, tx, id, person)
		if errors.Is(err, plein.ErrNotFound) || (err == nil && !p.role.Runs() && i.By != a.ID) {
			return errNoInvitation
		}
		if err != nil {
			return err
		}
		if _, err := dropInvitation(ctx, tx, id, person); err != nil {
			return err
		}
		return s.tell(ctx, tx, "groups.invitation.withdrawn", a.ID, id, person, nil)
	})
}

// AcceptInvitation comes in by an invitation. It works once: used again, or after
// it was taken back, it is Conflict, or NotFound where nothing may be known.
func (s *Service) AcceptInvitation(ctx context.Context, a plein.Actor, id plein.ID) error {
	return s.act(ctx, "groups.acceptinvitation", a, id, func(tx *db.Tx, g Group, p place) error {
		if p.role != None {
			return nil
		}
		i, err := readInvitation(ctx, tx, id, a.ID)
		if errors.Is(err, plein.ErrNotFound) {
			return errNoInvitation
		}
		if err != nil {
			return err
		}
		if g.Archived {
			return errArchived
		}
		m := Membership{Group: id, Person: a.ID, Since: s.now(), InvitedBy: i.By}
		if _, err := s.admit(ctx, tx, g, m, a.ID, "invitation"); err != nil {
			return err
		}
		return s.tell(ctx, tx, "groups.invitation.accepted", a.ID, id, i.By, nil)
	})
}

// Decline says no to an invitation.
func (s *Service) Decline(ctx context.Context, a plein.Actor, id plein.ID) error {
	return s.act(ctx, "groups.decline", a, id, func(tx *db.Tx, g Group, p place) error {
		i, err := readInvitation(ctx, tx, id, a.ID)
		if errors.Is(err, plein.ErrNotFound) {
			return errNoInvitation
		}
		if err != nil {
			return err
		}
		if _, err := dropInvitation(ctx, tx, id, a.ID); err != nil {
			return err
		}
		return s.tell(ctx, tx, "groups.invitation.declined", a.ID, id, i.By, nil)
	})
}
