package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"net/netip"
	"strings"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/people"
)

var errSetupCode = plein.FieldError("code", "signin.error.setup_code", nil)

// FirstRun says that there is no administrator yet, so that the set-up page exists
// (web.Options.FirstRun).
func (s *Service) FirstRun(ctx context.Context) (bool, error) {
	if s.set.Load() { // the last administrator cannot go, so this stays so
		return false, nil
	}
	none, err := s.People.NoAdmin(ctx)
	if err == nil && !none {
		s.set.Store(true)
	}
	return none, err
}

// SetupCode gives the code that the set-up page asks for, to be printed when the
// process starts; "" when there is an administrator already. It is the same for
// every process on the database and after a restart, and is kept as it is: who can
// read the database needs no code.
func (s *Service) SetupCode(ctx context.Context) (code string, err error) {
	first, err := s.FirstRun(ctx)
	if err != nil || !first {
		return "", err
	}
	err = s.DB.Tx(ctx, func(tx *db.Tx) (err error) {
		code, err = setupCode(ctx, tx, rand.Text()[:12]) // 60 bits, letters and 2 to 7
		return err
	})
	if err != nil {
		return "", plein.Wrap("signin.setup_code", err)
	}
	return code[:4] + "-" + code[4:8] + "-" + code[8:], nil
}

// newAdmin is what the set-up page asks.
type newAdmin struct{ code, name, email, password, lang string }

// setup makes the first administrator and signs them in. Of two at once one is the
// first; for the other the page does not exist any more.
func (s *Service) setup(ctx context.Context, n newAdmin, from netip.Addr, agent string) (token string, err error) {
	on := counted{named("setup", network(from)), paceSetup}
	if err := s.DB.Tx(ctx, func(tx *db.Tx) error { return s.charge(ctx, tx, on) }); err != nil {
		return "", plein.Wrap("signin.setup", err)
	}
	kept, err := keptSetupCode(ctx, s.DB.Read())
	if err != nil && !errors.Is(err, plein.ErrNotFound) {
		return "", plein.Wrap("signin.setup", err)
	}
	if kept == "" || !sameCode(n.code, kept) {
		return "", errSetupCode
	}
	// Who knows the code may take as long as they like over the rest.
	if err := s.DB.Tx(ctx, func(tx *db.Tx) error { return forgetTally(ctx, tx, on.name) }); err != nil {
		return "", plein.Wrap("signin.setup", err)
	}
	if _, err := address(n.email); err != nil { // it is the way back in
		return "", err
	}
	if err := checkPassword(n.password, owned{n.name, n.email, s.OrgName(ctx)}); err != nil {
		return "", err
	}
	hash, err := s.hasher.make(ctx, n.password)
	if err != nil {
		return "", err
	}
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		none, err := s.People.NoAdminTx(ctx, tx)
		if err != nil {
			return err
		}
		if !none {
			return plein.ErrNotFound
		}
		// Nobody hands out a role they do not hold, so the first one holds both that
		// look after the house.
		p, err := s.People.AddTx(ctx, tx, people.NewPerson{Name: n.name, Email: n.email, Lang: n.lang,
			Roles: []plein.Role{plein.RoleTechnicalAdmin, plein.RoleCommunityManager}})
		if err != nil {
			return err
		}
		if err := s.changed(ctx, tx, p.ID, hash, 0); err != nil {
			return err
		}
		if err := forgetSetupCode(ctx, tx); err != nil {
			return err
		}
		tx.AfterCommit(func() { s.set.Store(true) })
		token, err = s.Sessions.Start(ctx, tx, p.ID, agent)
		return err
	})
	return token, plein.Wrap("signin.setup", err)
}

// sameCode compares a typed code, with or without the lines in it.
func sameCode(typed, code string) bool {
	typed = strings.ToUpper(strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' || r == '–' {
			return -1
		}
		return r
	}, typed))
	return subtle.ConstantTimeCompare([]byte(typed), []byte(code)) == 1
}
