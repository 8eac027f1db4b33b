package people

import (
	"context"
	"reflect"
	"slices"
	"time"

	"plein/internal/platform/db"
	"plein/internal/platform/text"
	"plein/internal/plein"
)

var zeroTime time.Time // a grant of everything, also of what was there before

// mayEdit says that an actor may change a person: themselves, or anybody with
// the capability. What others may not even change looks like what is not there
// only to guests; colleagues know each other.
func mayEdit(actor plein.Actor, id plein.ID) error {
	switch {
	case actor.Can(plein.ManagePeople), actor.ID != 0 && actor.ID == id:
		return nil
	case !actor.SignedIn() || actor.Guest:
		return plein.ErrNotFound
	}
	return plein.ErrDenied
}

func mayManage(actor plein.Actor) error {
	if actor.Can(plein.ManagePeople) {
		return nil
	}
	return plein.ErrDenied
}

// change reads a person, lets fn change them, and writes them back with a line in
// the change log that says what changed.
func (s *Service) change(ctx context.Context, id plein.ID, what string, fn func(tx *db.Tx, p *Person) error) error {
	return s.DB.Tx(ctx, func(tx *db.Tx) error { return s.changeTx(ctx, tx, id, what, fn) })
}

func (s *Service) changeTx(ctx context.Context, tx *db.Tx, id plein.ID, what string, fn func(tx *db.Tx, p *Person) error) error {
	p, err := holdPerson(ctx, tx, id)
	if err != nil {
		return plein.Wrap("people.change", err)
	}
	if p.State == Former {
		return errFormer
	}
	old := p
	if err := fn(tx, &p); err != nil {
		return err
	}
	if samePerson(p, old) {
		return nil
	}
	return s.save(ctx, tx, p, what)
}

func (s *Service) save(ctx context.Context, tx *db.Tx, p Person, what string) error {
	_, key, err := cleanEmail(p.Email)
	if err != nil {
		return err
	}
	err = updatePerson(ctx, tx, p, key)
	if db.IsConflict(err) { // taken since we looked
		return errEmailTaken
	}
	if err != nil {
		return plein.Wrap("people.save", err)
	}
	return s.tell(ctx, tx, "people.person.changed", p.ID, map[string]string{"what": what})
}

func samePerson(a, b Person) bool { return reflect.DeepEqual(a, b) }

// ChangeProfile writes what somebody says about themselves. Their own, or
// anybody's with the capability to manage people.
func (s *Service) ChangeProfile(ctx context.Context, actor plein.Actor, id plein.ID, prof Profile) error {
	if err := mayEdit(actor, id); err != nil {
		return err
	}
	prof, wrong := prof.Tidy()
	if err := firstOf(wrong); err != nil {
		return err
	}
	return s.change(ctx, id, "profile", func(_ *db.Tx, p *Person) error {
		p.Given, p.Title, p.Location, p.Pronouns, p.Phone, p.Bio = prof.Given, prof.Title, prof.Location, prof.Pronouns, prof.Phone, prof.Bio
		p.Skills, p.AskMe, p.Languages = prof.Skills, prof.AskMe, prof.Languages
		return nil
	})
}

// Rename changes the name under which somebody is known. People cannot do it
// themselves: a name is what others trust.
func (s *Service) Rename(ctx context.Context, actor plein.Actor, id plein.ID, name string) error {
	if err := mayManage(actor); err != nil {
		return err
	}
	name, err := line("name", name, plein.MaxName, true)
	if err != nil {
		return err
	}
	return s.change(ctx, id, "name", func(_ *db.Tx, p *Person) error {
		if p.Given == givenOf(p.Name) {
			p.Given = givenOf(name)
		}
		p.Name = name
		return nil
	})
}

// ChangeEmail changes the address by which somebody signs in.
func (s *Service) ChangeEmail(ctx context.Context, actor plein.Actor, id plein.ID, email string) error {
	if err := mayManage(actor); err != nil {
		return err
	}
	email, key, err := cleanEmail(email)
	if err != nil {
		return err
	}
	return s.change(ctx, id, "email", func(tx *db.Tx, p *Person) error {
		p.Email = email
		if key == "" {
			return nil
		}
		return s.emailIsFree(ctx, tx, id, key)
	})
}

func (s *Service) emailIsFree(ctx context.Context, tx *db.Tx, id plein.ID, key string) error {
	other, err := findByEmail(ctx, tx, key)
	switch {
	case plein.KindOf(err) == plein.NotFound:
		return nil
	case err != nil:
		return plein.Wrap("people.email", err)
	case other.ID != id:
		return errEmailTaken
	}
	return nil
}

// SetPhoto points at a photo in the blob store; "" goes back to the initials
// tile.
func (s *Service) SetPhoto(ctx context.Context, actor plein.Actor, id plein.ID, key string) error {
	if err := mayEdit(actor, id); err != nil {
		return err
	}
	return s.change(ctx, id, "photo", func(_ *db.Tx, p *Person) error {
		p.Photo = key
		return nil
	})
}

// SetPreferences writes how somebody wants their pages. Only their own.
func (s *Service) SetPreferences(ctx context.Context, actor plein.Actor, pref Preferences) error {
	pref, err := pref.Tidy()
	if err != nil {
		return err
	}
	return s.change(ctx, actor.ID, "preferences", func(_ *db.Tx, p *Person) error {
		p.Lang, p.Zone, p.Theme, p.Contrast, p.KeysOff = pref.Lang, pref.Zone, pref.Theme, pref.Contrast, pref.KeysOff
		return nil
	})
}

// SetRoles gives a person exactly these roles beside being a member. Nobody gives
// or takes what they do not hold themselves, and the last technical admin stays.
func (s *Service) SetRoles(ctx context.Context, actor plein.Actor, id plein.ID, roles []plein.Role) error {
	if err := mayManage(actor); err != nil {
		return err
	}
	change := func(tx *db.Tx, p *Person) error {
		if p.Guest || p.Bot {
			return errGuestStanding
		}
		next, err := rolesOf(roles, p.Guest, p.Bot)
		if err != nil {
			return err
		}
		if !mayGrant(actor, p.Roles, next) {
			return plein.ErrDenied
		}
		if !slices.Contains(next, plein.RoleTechnicalAdmin) {
			if err := s.notTheLastAdmin(ctx, tx, *p); err != nil {
				return err
			}
		}
		p.Roles = next
		return nil
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := holdStructure(ctx, tx); err != nil { // two admins who demote each other
			return plein.Wrap("people.set_roles", err)
		}
		return s.changeTx(ctx, tx, id, "roles", change)
	})
}

// notTheLastAdmin is asked while the structure is held.
func (s *Service) notTheLastAdmin(ctx context.Context, tx *db.Tx, p Person) error {
	if !p.Has(plein.RoleTechnicalAdmin) {
		return nil
	}
	n, err := countAdmins(ctx, tx, p.ID)
	if err != nil {
		return plein.Wrap("people.admins", err)
	}
	if n == 0 {
		return errLastAdmin
	}
	return nil
}

// SetUnit moves a person to another department; zero is none. The audiences
// follow in the same transaction.
func (s *Service) SetUnit(ctx context.Context, actor plein.Actor, id, unit plein.ID) error {
	if err := mayManage(actor); err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error { return s.SetUnitTx(ctx, tx, id, unit) })
}

// SetUnitTx is SetUnit in the caller's transaction, without asking who acts.
func (s *Service) SetUnitTx(ctx context.Context, tx *db.Tx, id, unit plein.ID) error {
	if err := holdStructure(ctx, tx); err != nil {
		return plein.Wrap("people.set_unit", err)
	}
	p, err := holdPerson(ctx, tx, id)
	if err != nil {
		return plein.Wrap("people.set_unit", err)
	}
	switch {
	case p.State == Former:
		return errFormer
	case p.Guest:
		return errGuestStanding
	case p.Unit == unit:
		return nil
	}
	after, err := s.unitsFor(ctx, tx, unit)
	if err != nil {
		return err
	}
	before, err := unitsAbove(ctx, tx, p.Unit)
	if err != nil {
		return plein.Wrap("people.set_unit", err)
	}
	if p.State == Active {
		if err := s.regrant(ctx, tx, []plein.ID{id}, before, after); err != nil {
			return plein.Wrap("people.set_unit", err)
		}
	}
	from := p.Unit
	p.Unit = unit
	_, key, _ := cleanEmail(p.Email)
	if err := updatePerson(ctx, tx, p, key); err != nil {
		return plein.Wrap("people.set_unit", err)
	}
	return s.tell(ctx, tx, "people.person.moved", id, fromTo(from, unit))
}

// regrant takes from people the audiences they lose and gives those they win.
func (s *Service) regrant(ctx context.Context, tx *db.Tx, people, before, after []plein.ID) error {
	for _, p := range people {
		for _, u := range before {
			if !slices.Contains(after, u) {
				if err := s.Grants.Revoke(ctx, tx, u, p); err != nil {
					return err
				}
			}
		}
		for _, u := range after {
			if !slices.Contains(before, u) {
				if err := s.Grants.Grant(ctx, tx, u, p, zeroTime); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func fromTo(from, to plein.ID) map[string]string {
	out := map[string]string{}
	if from != 0 {
		out["from"] = from.String()
	}
	if to != 0 {
		out["to"] = to.String()
	}
	return out
}

// SetManager says whom a person answers to; zero is nobody, the top. Circles are
// refused. The layers of everybody below follow.
func (s *Service) SetManager(ctx context.Context, actor plein.Actor, id, manager plein.ID) error {
	if err := mayManage(actor); err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error { return s.SetManagerTx(ctx, tx, id, manager) })
}

// SetManagerTx is SetManager in the caller's transaction, without asking who
// acts.
func (s *Service) SetManagerTx(ctx context.Context, tx *db.Tx, id, manager plein.ID) error {
	if err := holdStructure(ctx, tx); err != nil {
		return plein.Wrap("people.set_manager", err)
	}
	p, err := findPerson(ctx, tx, id)
	if err != nil {
		return plein.Wrap("people.set_manager", err)
	}
	switch {
	case p.State == Former:
		return errFormer
	case p.Guest || p.Bot:
		return errGuestStanding
	case p.Manager == manager:
		return nil
	}
	layer := 1
	if manager != 0 {
		m, err := findPerson(ctx, tx, manager)
		switch {
		case plein.KindOf(err) == plein.NotFound, err == nil && (m.Layer == 0 || m.State != Active):
			return errManagerGone
		case err != nil:
			return plein.Wrap("people.set_manager", err)
		}
		line, err := managerLine(ctx, tx, manager)
		if err != nil {
			return plein.Wrap("people.set_manager", err)
		}
		if layer, err = layerUnder(id, line); err != nil {
			return err
		}
	}
	if err := setManager(ctx, tx, id, manager, layer); err != nil {
		return plein.Wrap("people.set_manager", err)
	}
	tx.AfterCommit(s.persons.forgetAll) // layers changed below, too
	return s.tell(ctx, tx, "people.person.changed", id, map[string]string{"what": "manager"})
}

// Close shuts an account: the person cannot act from the next request on, holds
// no audience, and stays the author of what they wrote. The last technical admin
// cannot be closed.
func (s *Service) Close(ctx context.Context, actor plein.Actor, id plein.ID) error {
	if err := mayManage(actor); err != nil {
		return err
	}
	return s.close(ctx, id)
}

func (s *Service) close(ctx context.Context, id plein.ID) error {
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := holdStructure(ctx, tx); err != nil {
			return plein.Wrap("people.close", err)
		}
		p, err := holdPerson(ctx, tx, id)
		if err != nil {
			return plein.Wrap("people.close", err)
		}
		switch p.State {
		case Former:
			return errFormer
		case Closed:
			return nil
		}
		if err := s.notTheLastAdmin(ctx, tx, p); err != nil {
			return err
		}
		p.State = Closed
		_, key, _ := cleanEmail(p.Email)
		if err := updatePerson(ctx, tx, p, key); err != nil {
			return plein.Wrap("people.close", err)
		}
		if err := s.Grants.RevokeAll(ctx, tx, id); err != nil {
			return plein.Wrap("people.close", err)
		}
		return s.tell(ctx, tx, "people.person.closed", id, nil)
	})
	if err != nil || s.Closed == nil {
		return err
	}
	return plein.Wrap("people.close", s.Closed(ctx, id))
}

// Reopen lets a closed person in again, with the audiences of their department.
// A guest needs a new end date first.
func (s *Service) Reopen(ctx context.Context, actor plein.Actor, id plein.ID) error {
	if err := mayManage(actor); err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := holdStructure(ctx, tx); err != nil {
			return plein.Wrap("people.reopen", err)
		}
		p, err := holdPerson(ctx, tx, id)
		if err != nil {
			return plein.Wrap("people.reopen", err)
		}
		switch {
		case p.State == Former:
			return errFormer
		case p.State == Active:
			return nil
		case p.Guest:
			if err := checkUntil(p.GuestUntil, s.Clock.Now()); err != nil {
				return err
			}
		}
		p.State = Active
		above, err := unitsAbove(ctx, tx, p.Unit)
		if err != nil {
			return plein.Wrap("people.reopen", err)
		}
		_, key, _ := cleanEmail(p.Email)
		if err := updatePerson(ctx, tx, p, key); err != nil {
			return plein.Wrap("people.reopen", err)
		}
		if err := s.grantAll(ctx, tx, p, above); err != nil {
			return plein.Wrap("people.reopen", err)
		}
		return s.tell(ctx, tx, "people.person.reopened", id, nil)
	})
}

// ExtendGuest gives a guest a new end date. The sponsor may, and who manages
// people.
func (s *Service) ExtendGuest(ctx context.Context, actor plein.Actor, id plein.ID, until time.Time) error {
	if err := checkUntil(until, s.Clock.Now()); err != nil {
		return err
	}
	return s.change(ctx, id, "guest", func(_ *db.Tx, p *Person) error {
		if !p.Guest {
			return plein.ErrNotFound
		}
		if !actor.Can(plein.ManagePeople) && (!actor.Can(plein.InviteGuest) || actor.ID != p.Sponsor) {
			return plein.ErrDenied
		}
		p.GuestUntil = until
		return nil
	})
}

// CloseExpired closes the guests whose end date has passed, so that their grants
// and sessions go too. Actor refuses them already from the moment itself; the app
// calls this every minute. It tells how many it closed.
func (s *Service) CloseExpired(ctx context.Context) (int, error) {
	ids, err := expiredGuests(ctx, s.DB.Read(), db.Micros(s.Clock.Now()), 500)
	if err != nil {
		return 0, plein.Wrap("people.close_expired", err)
	}
	for i, id := range ids {
		if err := s.close(ctx, id); err != nil {
			return i, err
		}
	}
	return len(ids), nil
}

// foldQuery brings a typed question into the form in which names are compared.
func foldQuery(s string) string { return text.Fold(cut(s, plein.MaxQuery)) }

// cut keeps the first n characters of a question. It is shown as it was asked, so
// that what was left out is seen.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
