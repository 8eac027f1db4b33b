package admin

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// newOne is what is asked of a new colleague. There is no more: whatever else a
// form carries is nobody's.
type newOne struct {
	Name, Email, Title string
	Unit, Manager      plein.ID
}

// tidy tells everything that is wrong with what can be seen without the database.
func (n newOne) tidy() map[string]error {
	wrong := map[string]error{}
	if _, err := line("name", n.Name, plein.MaxName, true); err != nil {
		wrong["name"] = err
	}
	if _, err := line("title", n.Title, plein.MaxJobTitle, false); err != nil {
		wrong["title"] = err
	}
	if strings.TrimSpace(n.Email) == "" {
		wrong["email"] = plein.FieldError("email", "form.required", nil)
	}
	return wrong
}

// accounts lists people by name, for who looks after them.
func (s *Service) accounts(ctx context.Context, actor plein.Actor, q people.DirectoryQuery) (people.DirectoryPage, error) {
	if err := need(actor, plein.ManagePeople); err != nil {
		return people.DirectoryPage{}, err
	}
	return s.People.Directory(ctx, q)
}

// account gives one of them, in whatever state.
func (s *Service) account(ctx context.Context, actor plein.Actor, id plein.ID) (people.Person, error) {
	if err := need(actor, plein.ManagePeople); err != nil {
		return people.Person{}, err
	}
	return s.People.Find(ctx, id)
}

func (s *Service) addPerson(ctx context.Context, actor plein.Actor, n newOne) (people.Person, error) {
	if err := need(actor, plein.ManagePeople); err != nil {
		return people.Person{}, err
	}
	p, err := s.People.Add(ctx, people.NewPerson{Name: n.Name, Email: n.Email, Title: n.Title, Unit: n.Unit, Manager: n.Manager})
	return p, plein.Wrap("admin.add_person", err)
}

// newGuest is an invitation of somebody from outside, in the name of a colleague.
type newGuest struct {
	Name, Email, Employer string
	Until                 time.Time
	Sponsor               plein.ID
}

func (s *Service) inviteGuest(ctx context.Context, actor plein.Actor, n newGuest) (people.Person, error) {
	if err := need(actor, plein.ManagePeople); err != nil {
		return people.Person{}, err
	}
	set, err := s.guestsAllowed(ctx)
	if err != nil {
		return people.Person{}, err
	}
	sponsor, err := s.People.Find(ctx, n.Sponsor)
	switch {
	case plein.KindOf(err) == plein.NotFound && err != nil:
		return people.Person{}, errSponsor
	case err != nil:
		return people.Person{}, plein.Wrap("admin.invite_guest", err)
	case sponsor.State != people.Active || !sponsor.Caps().Has(plein.InviteGuest):
		return people.Person{}, errSponsor
	}
	p, err := s.People.Add(ctx, people.NewPerson{Name: n.Name, Email: n.Email, Employer: n.Employer, Lang: set.DefaultLang,
		Guest: true, GuestUntil: n.Until, Sponsor: n.Sponsor})
	return p, plein.Wrap("admin.invite_guest", err)
}

func (s *Service) guestsAllowed(ctx context.Context) (Settings, error) {
	set, err := s.Settings(ctx)
	if err == nil && !set.Guests {
		err = errNoGuests
	}
	return set, err
}

// extendGuest gives a guest a new end date. Where no guests are wanted, the date
// they have stays.
func (s *Service) extendGuest(ctx context.Context, actor plein.Actor, id plein.ID, until time.Time) error {
	if err := need(actor, plein.ManagePeople); err != nil {
		return err
	}
	if _, err := s.guestsAllowed(ctx); err != nil {
		return err
	}
	return s.People.ExtendGuest(ctx, actor, id, until)
}

// rename changes a name and a job. Both are checked before either is written.
func (s *Service) rename(ctx context.Context, actor plein.Actor, id plein.ID, name, title string) (map[string]error, error) {
	if _, err := s.account(ctx, actor, id); err != nil {
		return nil, err
	}
	wrong := newOne{Name: name, Title: title, Email: "-"}.tidy()
	if len(wrong) > 0 {
		return wrong, nil
	}
	if err := s.People.Rename(ctx, actor, id, name); err != nil {
		return nil, err
	}
	p, err := s.People.Find(ctx, id) // the given name may have followed
	if err != nil {
		return nil, err
	}
	return nil, s.People.ChangeProfile(ctx, actor, id, people.Profile{Given: p.Given, Title: title, Location: p.Location,
		Pronouns: p.Pronouns, Phone: p.Phone, Bio: p.Bio, Skills: p.Skills, AskMe: p.AskMe, Languages: p.Languages})
}

func (s *Service) changeEmail(ctx context.Context, actor plein.Actor, id plein.ID, email string) error {
	if err := need(actor, plein.ManagePeople); err != nil {
		return err
	}
	if strings.TrimSpace(email) == "" { // without one nobody gets in again
		return plein.FieldError("email", "form.required", nil)
	}
	return s.People.ChangeEmail(ctx, actor, id, email)
}

// place gives a person a department and a manager at once; zero is none.
func (s *Service) place(ctx context.Context, actor plein.Actor, id, unit, manager plein.ID) error {
	if err := need(actor, plein.ManagePeople); err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.People.SetUnitTx(ctx, tx, id, unit); err != nil {
			return err
		}
		return s.People.SetManagerTx(ctx, tx, id, manager)
	})
}

// setRoles gives and takes the roles that the actor can give; the others that the
// person holds stay. A role that the actor cannot give is refused, not passed over.
func (s *Service) setRoles(ctx context.Context, actor plein.Actor, id plein.ID, ticked []plein.Role) error {
	p, err := s.account(ctx, actor, id)
	if err != nil {
		return err
	}
	mine := people.Grantable(actor)
	roles := slices.Clone(ticked)
	for _, r := range p.Roles {
		if !slices.Contains(mine, r) {
			roles = append(roles, r)
		}
	}
	if p.Guest { // people refuses it too; the role of a guest is no role to hand on
		roles = nil
	}
	return s.People.SetRoles(ctx, actor, id, roles)
}

// closePerson closes an account. One's own is for a colleague to close: whoever
// does it by mistake could not undo it.
func (s *Service) closePerson(ctx context.Context, actor plein.Actor, id plein.ID) error {
	if err := need(actor, plein.ManagePeople); err != nil {
		return err
	}
	if actor.ID == id {
		return errYourself
	}
	return s.People.Close(ctx, actor, id)
}

// reopenPerson opens a closed account again. A guest whose date has passed gets
// the new one first.
func (s *Service) reopenPerson(ctx context.Context, actor plein.Actor, id plein.ID, until time.Time) error {
	p, err := s.account(ctx, actor, id)
	if err != nil {
		return err
	}
	if p.Guest {
		if _, err := s.guestsAllowed(ctx); err != nil {
			return err
		}
		if !until.IsZero() {
			if err := s.People.ExtendGuest(ctx, actor, id, until); err != nil {
				return err
			}
		}
	}
	return s.People.Reopen(ctx, actor, id)
}

// endSessions signs a person out everywhere; an actor who does it to themselves
// stays signed in where they are.
func (s *Service) endSessions(ctx context.Context, actor plein.Actor, id plein.ID) error {
	if _, err := s.account(ctx, actor, id); err != nil {
		return err
	}
	var except plein.ID
	if actor.ID == id {
		except = actor.Session
	}
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.Sessions.EndAllTx(ctx, tx, id, except); err != nil {
			return err
		}
		return s.tell(ctx, tx, actor, "admin.sessions.ended", plein.Ref{Kind: "person", ID: id}, nil)
	})
	return plein.Wrap("admin.end_sessions", err)
}

// sendLink sends a person a letter with a link to sign in. The link goes to the
// address on the account and never to the screen: it is for them alone.
func (s *Service) sendLink(ctx context.Context, actor plein.Actor, id plein.ID) error {
	p, err := s.account(ctx, actor, id)
	switch {
	case err != nil:
		return err
	case s.SendLink == nil:
		return plein.ErrNotFound
	case !p.IsIn(s.Clock.Now()) || p.Bot:
		return errNotIn
	case p.Email == "":
		return errNoAddress
	}
	if err := s.SendLink(ctx, id); err != nil {
		return plein.Wrap("admin.send_link", err)
	}
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		return s.tell(ctx, tx, actor, "admin.link.sent", plein.Ref{Kind: "person", ID: id}, nil)
	})
	return plein.Wrap("admin.send_link", err)
}

// endOf reads a day as an end date: the guest is out when that day is over, in the
// organisation's own zone.
func (s *Service) endOf(ctx context.Context, day string) (time.Time, error) {
	set, err := s.Settings(ctx)
	if err != nil {
		return time.Time{}, err
	}
	t, err := time.ParseInLocation(time.DateOnly, day, set.Zone)
	if err != nil {
		return time.Time{}, errNeedsUntil
	}
	return t.AddDate(0, 0, 1).Add(-time.Second), nil
}

// nothing says that err is about something that is not there.
func nothing(err error) bool { return err != nil && errors.Is(err, plein.ErrNotFound) }
