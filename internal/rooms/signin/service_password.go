package signin

import (
	"context"
	"errors"
	"net/netip"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

var (
	errWrong   = plein.E(plein.Invalid, "signin.error.wrong", nil)
	errCurrent = plein.FieldError("current", "signin.error.current", nil)
)

// byPassword signs somebody in by their password. An address that is not known, a
// person without a password and one who may not come in give the same answer after
// the same work as a wrong password. Errors: errWrong, or TooMuch with "seconds" to
// wait.
func (s *Service) byPassword(ctx context.Context, email, password string, from netip.Addr, agent string) (token string, err error) {
	key, err := address(email)
	if err != nil {
		return "", errWrong
	}
	on := []counted{
		{named("here", key, network(from)), paceHere},
		{named("account", key), paceAccount},
		{named("network", network(from)), paceNetwork},
	}
	if err := s.DB.Tx(ctx, func(tx *db.Tx) error { return s.charge(ctx, tx, on...) }); err != nil {
		return "", plein.Wrap("signin.by_password", err)
	}
	if len(password) > plein.MaxPassword {
		return "", errWrong // nobody's, and not worth the work
	}
	person, err := s.knock(ctx, key)
	if err != nil {
		return "", plein.Wrap("signin.by_password", err)
	}
	kept, err := keptPassword(ctx, s.DB.Read(), person) // also looked for when there is nobody
	if err != nil && !errors.Is(err, plein.ErrNotFound) {
		return "", plein.Wrap("signin.by_password", err)
	}
	right, stale, err := s.hasher.check(ctx, password, kept)
	if err != nil {
		return "", err
	}
	if !right {
		return "", errWrong
	}
	fresh := ""
	if stale {
		if fresh, err = s.hasher.make(ctx, password); err != nil {
			return "", err
		}
	}
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		// Ask again: it may have been changed while we were counting.
		now, err := keptPassword(ctx, tx, person)
		if errors.Is(err, plein.ErrNotFound) || err == nil && now != kept {
			return errWrong
		}
		if err != nil {
			return err
		}
		if fresh != "" {
			if err := renewPassword(ctx, tx, person, kept, fresh); err != nil {
				return err
			}
		}
		// In the order in which they are charged, so that two cannot wait for each other.
		if err := forgetTally(ctx, tx, on[0].name); err != nil {
			return err
		}
		if err := s.refund(ctx, tx, on[1:]...); err != nil {
			return err
		}
		token, err = s.Sessions.Start(ctx, tx, person, agent)
		return err
	})
	return token, plein.Wrap("signin.by_password", err)
}

// knock gives who stands behind an address and may come in; zero for nobody.
func (s *Service) knock(ctx context.Context, email string) (plein.ID, error) {
	p, err := s.People.ByEmail(ctx, email)
	if err == nil {
		p, err = s.mayEnter(ctx, p.ID)
	}
	if errors.Is(err, plein.ErrNotFound) {
		return 0, nil
	}
	return p.ID, err
}

// SetPassword gives a person a password, in place of one they had. It ends all
// their sessions and links. Errors: Invalid for the field "password", and NotFound.
func (s *Service) SetPassword(ctx context.Context, person plein.ID, password string) error {
	hash, err := s.newPassword(ctx, person, password)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error { return s.changed(ctx, tx, person, hash, 0) })
}

// newPassword checks a password for somebody and makes the hash of it.
func (s *Service) newPassword(ctx context.Context, person plein.ID, password string) (hash string, err error) {
	p, err := s.mayEnter(ctx, person)
	if err != nil {
		return "", err
	}
	if err := checkPassword(password, owned{p.Name, p.Email, s.OrgName(ctx)}); err != nil {
		return "", err
	}
	return s.hasher.make(ctx, password)
}

// changed writes a new password and ends what the old one opened, but for one
// session (TRUST S90).
func (s *Service) changed(ctx context.Context, tx *db.Tx, person plein.ID, hash string, except plein.ID) error {
	now := s.Clock.Now()
	err := savePassword(ctx, tx, person, hash, now)
	if err == nil {
		err = endLinks(ctx, tx, person)
	}
	if err == nil {
		err = s.Sessions.EndAllTx(ctx, tx, person, except)
	}
	if err == nil {
		err = s.Changes.Tell(ctx, tx, plein.Event{Name: "signin.password.changed", At: now, Actor: plein.ActorFrom(ctx).ID,
			Object: plein.Ref{Kind: "person", ID: person}, Audience: person})
	}
	return plein.Wrap("signin.password", err)
}

// hasPassword says that somebody has chosen one.
func (s *Service) hasPassword(ctx context.Context, person plein.ID) (bool, error) {
	_, err := keptPassword(ctx, s.DB.Read(), person)
	if errors.Is(err, plein.ErrNotFound) {
		return false, nil
	}
	return err == nil, plein.Wrap("signin.password", err)
}

// changePassword changes one's own password. Who has one has to give it, because a
// device may stand open. Other sessions end; the one of the actor stays.
func (s *Service) changePassword(ctx context.Context, actor plein.Actor, current, password string, from netip.Addr) error {
	kept, err := keptPassword(ctx, s.DB.Read(), actor.ID)
	switch {
	case errors.Is(err, plein.ErrNotFound):
	case err != nil:
		return plein.Wrap("signin.change_password", err)
	default:
		if err := s.current(ctx, actor, current, kept, from); err != nil {
			return err
		}
	}
	hash, err := s.newPassword(ctx, actor.ID, password)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		now, err := keptPassword(ctx, tx, actor.ID)
		if err != nil && !errors.Is(err, plein.ErrNotFound) {
			return err
		}
		if now != kept { // two changes at once
			return errCurrent
		}
		return s.changed(ctx, tx, actor.ID, hash, actor.Session)
	})
}

// current checks the password that one has now, at the pace of guesses.
func (s *Service) current(ctx context.Context, actor plein.Actor, password, kept string, from netip.Addr) error {
	on := counted{named("current", actor.ID.String(), network(from)), paceHere}
	if err := s.DB.Tx(ctx, func(tx *db.Tx) error { return s.charge(ctx, tx, on) }); err != nil {
		return plein.Wrap("signin.current", err)
	}
	if len(password) > plein.MaxPassword {
		return errCurrent
	}
	right, _, err := s.hasher.check(ctx, password, kept)
	if err != nil {
		return err
	}
	if !right {
		return errCurrent
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error { return forgetTally(ctx, tx, on.name) })
}

// recover chooses a new password by a link and signs in with it. A password that
// will not do leaves the link as it is.
func (s *Service) recover(ctx context.Context, token, password, agent string) (entry, error) {
	l, p, err := s.openLink(ctx, token)
	if err != nil {
		return entry{}, err
	}
	if l.purpose != toRecover {
		return entry{}, errLinkGone
	}
	hash, err := s.newPassword(ctx, p.ID, password)
	if err != nil {
		return entry{}, err
	}
	name, _ := hashOf(token)
	var in entry
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		l, err := takeLink(ctx, tx, name, s.Clock.Now())
		if err != nil {
			return err
		}
		if err := s.changed(ctx, tx, l.person, hash, 0); err != nil {
			return err
		}
		in.next = l.next
		in.token, err = s.Sessions.Start(ctx, tx, l.person, agent)
		return err
	})
	return in, gone(err)
}
