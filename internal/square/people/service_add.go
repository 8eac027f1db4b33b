package people

import (
	"context"
	"math/rand/v2"
	"strings"

	"plein/internal/platform/db"
	"plein/internal/platform/text"
	"plein/internal/plein"
)

// Add adds a person in a transaction of its own. Errors: Invalid with a field,
// Conflict when the address or a given handle is taken.
func (s *Service) Add(ctx context.Context, n NewPerson) (p Person, err error) {
	err = s.DB.Tx(ctx, func(tx *db.Tx) (err error) {
		p, err = s.AddTx(ctx, tx, n)
		return err
	})
	return p, err
}

// AddTx adds a person in the caller's transaction, with the audiences that follow
// from it. It costs a handful of short statements, so a whole organisation fits
// in one transaction. The person is seen by others after the commit. Adding asks
// nobody for leave: the route or the command that calls it does.
func (s *Service) AddTx(ctx context.Context, tx *db.Tx, n NewPerson) (Person, error) {
	p, emailKey, err := s.draft(n)
	if err != nil {
		return Person{}, err
	}
	if p.Unit != 0 || p.Manager != 0 {
		if err := holdStructure(ctx, tx); err != nil {
			return Person{}, plein.Wrap("people.add", err)
		}
	}
	if p.Manager != 0 {
		manager, err := findPerson(ctx, tx, p.Manager)
		switch {
		case plein.KindOf(err) == plein.NotFound, err == nil && (manager.Layer == 0 || manager.State != Active):
			return Person{}, errManagerGone
		case err != nil:
			return Person{}, plein.Wrap("people.add", err)
		}
		p.Layer = manager.Layer + 1
	}
	above, err := s.unitsFor(ctx, tx, p.Unit)
	if err != nil {
		return Person{}, err
	}
	if err := s.insert(ctx, tx, &p, emailKey, n.Handle != ""); err != nil {
		return Person{}, err
	}
	if p.State == Active {
		if err := s.Grants.Audience(ctx, tx, plein.Audience{ID: p.ID, Kind: plein.Self}); err != nil {
			return Person{}, plein.Wrap("people.add", err)
		}
		if err := s.grantAll(ctx, tx, p, above); err != nil {
			return Person{}, plein.Wrap("people.add", err)
		}
	}
	return p, s.tell(ctx, tx, "people.person.added", p.ID, nil)
}

// AddFormer adds the author of old messages of whom nothing is known: no name, no
// address, no handle, no audience. source says where the messages came from and
// goes to the change log only; keys of sources are kept by imports.
func (s *Service) AddFormer(ctx context.Context, tx *db.Tx, source string) (Person, error) {
	p := Person{State: Former, Joined: s.Clock.Now()}
	if err := s.insert(ctx, tx, &p, "", false); err != nil {
		return Person{}, err
	}
	return p, s.tell(ctx, tx, "people.person.added", p.ID, map[string]string{"source": text.Excerpt(source, 100)})
}

// draft cleans what was given and derives the rest.
func (s *Service) draft(n NewPerson) (p Person, emailKey string, err error) {
	prof, wrong := Profile{Given: n.Given, Title: n.Title, Location: n.Location, Pronouns: n.Pronouns, Phone: n.Phone, Bio: n.Bio,
		Skills: n.Skills, AskMe: n.AskMe, Languages: n.Languages}, map[string]error(nil)
	name, err := line("name", n.Name, plein.MaxName, true)
	if err != nil {
		return p, "", err
	}
	if prof.Given == "" {
		prof.Given = givenOf(name)
	}
	if prof, wrong = prof.Tidy(); len(wrong) > 0 {
		return p, "", firstOf(wrong)
	}
	email, emailKey, err := cleanEmail(n.Email)
	if err != nil {
		return p, "", err
	}
	employer, err := line("employer", n.Employer, maxEmployer, false)
	if err != nil {
		return p, "", err
	}
	handle := MakeHandle(name)
	if n.Handle != "" {
		if handle, err = CleanHandle(n.Handle); err != nil {
			return p, "", err
		}
	}
	pref, err := Preferences{Lang: n.Lang, Zone: n.Zone}.Tidy()
	if err != nil {
		return p, "", err
	}
	roles, err := rolesOf(n.Roles, n.Guest, n.Bot)
	if err != nil {
		return p, "", err
	}
	now := s.Clock.Now()
	p = Person{Handle: handle, Name: name, Given: prof.Given, Title: prof.Title, Unit: n.Unit, Location: prof.Location,
		Manager: n.Manager, Layer: 1, Skills: prof.Skills, AskMe: prof.AskMe, Languages: prof.Languages, Pronouns: prof.Pronouns,
		Bio: prof.Bio, Email: email, Phone: prof.Phone, Photo: n.Photo, Roles: roles, State: n.State, Bot: n.Bot, Owner: n.Owner,
		Guest: n.Guest, Employer: employer, Lang: pref.Lang, Zone: pref.Zone, Joined: n.Joined}
	if p.State == "" {
		p.State = Active
	}
	if p.Joined.IsZero() {
		p.Joined = now
	}
	switch {
	case n.Guest:
		p.GuestUntil, p.Sponsor = n.GuestUntil, n.Sponsor
		p.Unit, p.Manager, p.Layer = 0, 0, 0 // a guest stands outside the departments
		if p.State == Active {
			if err := checkUntil(p.GuestUntil, now); err != nil {
				return p, "", err
			}
		}
	case n.Bot:
		p.Manager, p.Layer = 0, 0
	}
	if p.State == Former {
		p.Email, emailKey, p.Roles = "", "", nil
		p.Unit, p.Manager, p.Layer = 0, 0, 0
	}
	return p, emailKey, nil
}

// unitsFor lists the departments whose audiences come with a department.
func (s *Service) unitsFor(ctx context.Context, tx *db.Tx, unit plein.ID) ([]plein.ID, error) {
	if unit == 0 {
		return nil, nil
	}
	above, err := unitsAbove(ctx, tx, unit)
	if err != nil {
		return nil, plein.Wrap("people.units_for", err)
	}
	if len(above) == 0 {
		return nil, errUnitGone
	}
	return above, nil
}

// grantAll gives a person their own audience and those of their departments.
func (s *Service) grantAll(ctx context.Context, tx *db.Tx, p Person, units []plein.ID) error {
	if err := s.Grants.Grant(ctx, tx, p.ID, p.ID, zeroTime); err != nil {
		return err
	}
	if p.Guest {
		return nil
	}
	for _, u := range units {
		if err := s.Grants.Grant(ctx, tx, u, p.ID, zeroTime); err != nil {
			return err
		}
	}
	return nil
}

// insert writes a new person under an id and a handle that are free. A handle
// that was asked for by name is not replaced by another one.
func (s *Service) insert(ctx context.Context, tx *db.Tx, p *Person, emailKey string, handleGiven bool) error {
	base := p.Handle
	if base == "" && p.State != Former {
		base = "mens" // a name in a script without Latin letters
	}
	for try := 1; ; try++ {
		if p.ID == 0 {
			p.ID = s.ids.next(s.Clock.Now())
		}
		if base != "" {
			p.Handle = numbered(base, try)
		}
		if base != "" && try > 12 { // many share this name: jump instead of counting on
			p.Handle = numbered(base, 100+rand.IntN(999_900))
		}
		done, err := insertPerson(ctx, tx, *p, emailKey)
		if err != nil || done {
			return plein.Wrap("people.insert", err)
		}
		t, err := whatIsTaken(ctx, tx, *p, emailKey)
		switch {
		case err != nil:
			return plein.Wrap("people.insert", err)
		case t.email:
			return errEmailTaken
		case t.handle && handleGiven:
			return errHandleTaken
		case t.id:
			p.ID = 0
		}
		if try > 40 {
			return plein.Wrap("people.insert", errHandleTaken)
		}
	}
}

// Invite lets somebody from outside in until a date. The actor is the sponsor.
// The guest sees nothing until a group takes them in.
func (s *Service) Invite(ctx context.Context, actor plein.Actor, n NewGuest) (Person, error) {
	if !actor.Can(plein.InviteGuest) {
		return Person{}, plein.ErrDenied
	}
	if strings.TrimSpace(n.Email) == "" {
		return Person{}, plein.FieldError("email", "form.required", nil)
	}
	return s.Add(ctx, NewPerson{Name: n.Name, Email: n.Email, Employer: n.Employer, Lang: n.Lang,
		Guest: true, GuestUntil: n.Until, Sponsor: actor.ID})
}

// UpdateTx brings an existing person up to date with a source that knows better,
// such as a staff list. What is empty in n stays as it was; the state, the kind
// of person, the roles and the preferences are not touched. It says whether
// anything changed, so that a second run of an import tells nothing.
func (s *Service) UpdateTx(ctx context.Context, tx *db.Tx, id plein.ID, n NewPerson) (changed bool, err error) {
	if n.Unit != 0 || n.Manager != 0 { // always before the person, so that no two wait for each other
		if err := holdStructure(ctx, tx); err != nil {
			return false, plein.Wrap("people.update", err)
		}
	}
	old, err := holdPerson(ctx, tx, id)
	if err != nil {
		return false, plein.Wrap("people.update", err)
	}
	if old.State == Former {
		return false, errFormer
	}
	merged := n
	merged.State, merged.Guest, merged.Bot, merged.Roles = Closed, false, false, nil // only for the checks of draft
	merged.Handle = old.Handle
	if merged.Name == "" {
		merged.Name = old.Name
	}
	if merged.Given == "" && merged.Name == old.Name {
		merged.Given = old.Given
	}
	d, emailKey, err := s.draft(merged)
	if err != nil {
		return false, err
	}
	p := old
	p.Name, p.Given = d.Name, d.Given
	for _, f := range []struct {
		to   *string
		from string
	}{{&p.Title, d.Title}, {&p.Location, d.Location}, {&p.Pronouns, d.Pronouns}, {&p.Bio, d.Bio}, {&p.Phone, d.Phone},
		{&p.Photo, d.Photo}, {&p.Employer, d.Employer}, {&p.Email, d.Email}} {
		if f.from != "" {
			*f.to = f.from
		}
	}
	for _, f := range []struct {
		to   *[]string
		from []string
	}{{&p.Skills, d.Skills}, {&p.AskMe, d.AskMe}, {&p.Languages, d.Languages}} {
		if len(f.from) > 0 {
			*f.to = f.from
		}
	}
	if !n.Joined.IsZero() {
		p.Joined = n.Joined
	}
	if emailKey != "" {
		if err := s.emailIsFree(ctx, tx, id, emailKey); err != nil {
			return false, err
		}
	}
	if !samePerson(p, old) {
		changed = true
		if err := s.save(ctx, tx, p, "profile"); err != nil {
			return false, err
		}
	}
	if n.Unit != 0 && n.Unit != old.Unit {
		changed = true
		if err := s.SetUnitTx(ctx, tx, id, n.Unit); err != nil {
			return false, err
		}
	}
	if n.Manager != 0 && n.Manager != old.Manager {
		changed = true
		if err := s.SetManagerTx(ctx, tx, id, n.Manager); err != nil {
			return false, err
		}
	}
	return changed, nil
}
