package signin

import (
	"context"
	"errors"
	"net/netip"
	"sync/atomic"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// How long rows stay that only count something.
const (
	keepLetters = 24 * time.Hour // a job is tried for little more than an hour
	keepTallies = 24 * time.Hour
)

// Service is what the room can do without a request. It may be used from several
// goroutines.
type Service struct {
	Deps
	hasher *hasher
	set    atomic.Bool // there is an administrator; that never ends
}

// Ask takes note that somebody wants a letter with a link. It does the same for an
// address that is known and for one that is not: nobody is looked up before the
// letter is written. When there were too many already, it does nothing and says
// nothing. Errors: Invalid for what is no address, TooMuch when the network asks
// for too many.
func (s *Service) Ask(ctx context.Context, purpose, email, next string, from netip.Addr) error {
	email, err := address(email)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	l := letter{id: plein.NewID(now), who: named("letters", email), email: email, purpose: purpose, next: next, made: now}
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.charge(ctx, tx, counted{named("letters from", network(from)), paceLetters}); err != nil {
			return err
		}
		// Of two at the same moment the second waits here.
		if _, err := holdTally(ctx, tx, l.who); err != nil {
			return err
		}
		if err := saveTally(ctx, tx, l.who, tally{at: now}); err != nil {
			return err
		}
		asked, err := lettersSince(ctx, tx, l.who, now.Add(-time.Hour))
		if err != nil || !mayAsk(asked, now) {
			return err
		}
		if err := insertLetter(ctx, tx, l); err != nil {
			return err
		}
		return s.Jobs.Add(ctx, tx, letterJob{Letter: l.id})
	})
	return plein.Wrap("signin.ask", err)
}

// counted is a tally with the pace it is held to.
type counted struct {
	name digest
	pace pace
}

// charge counts a try on every tally, or on none when one of them says to wait.
func (s *Service) charge(ctx context.Context, tx *db.Tx, on ...counted) error {
	now := s.Clock.Now()
	tallies := make([]tally, len(on))
	var longest time.Duration
	for i, c := range on {
		t, err := holdTally(ctx, tx, c.name)
		if err != nil {
			return err
		}
		tallies[i] = t
		longest = max(longest, c.pace.wait(t, now))
	}
	if longest > 0 {
		return paused(longest)
	}
	for i, c := range on {
		if err := saveTally(ctx, tx, c.name, c.pace.charge(tallies[i], now)); err != nil {
			return err
		}
	}
	return nil
}

// refund takes back a try that was right.
func (s *Service) refund(ctx context.Context, tx *db.Tx, on ...counted) error {
	for _, c := range on {
		t, err := holdTally(ctx, tx, c.name)
		if err == nil {
			err = saveTally(ctx, tx, c.name, t.refund())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// MakeLink makes a link for a person that works once, as long as valid says, and
// gives its path. Any number of these may live at once. It is for the demo and the
// command line: who has the path is in.
func (s *Service) MakeLink(ctx context.Context, person plein.ID, valid time.Duration) (path string, err error) {
	if _, err := s.mayEnter(ctx, person); err != nil {
		return "", err
	}
	token, hash := newToken()
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		return insertLink(ctx, tx, hash, link{person: person, purpose: toEnter, next: "/", ends: s.Clock.Now().Add(valid)})
	})
	return "/sign-in/link/" + token, plein.Wrap("signin.make_link", err)
}

// mayEnter gives a person who may sign in now: an active one, no bot. Anybody else
// is NotFound.
func (s *Service) mayEnter(ctx context.Context, id plein.ID) (people.Person, error) {
	if _, err := s.People.Actor(ctx, id); err != nil {
		return people.Person{}, err
	}
	p, err := s.People.Find(ctx, id)
	if err == nil && p.Bot {
		err = plein.ErrNotFound
	}
	return p, err
}

// openLink looks at a link without using it.
func (s *Service) openLink(ctx context.Context, token string) (link, people.Person, error) {
	hash, ok := hashOf(token)
	if !ok {
		return link{}, people.Person{}, errLinkGone
	}
	l, err := findLink(ctx, s.DB.Read(), hash, s.Clock.Now())
	if err != nil {
		return link{}, people.Person{}, gone(err)
	}
	p, err := s.mayEnter(ctx, l.person)
	return l, p, gone(err)
}

// gone says of a link that is not there, for whatever reason, that it is no more.
func gone(err error) error {
	if errors.Is(err, plein.ErrNotFound) {
		return errLinkGone
	}
	return plein.Wrap("signin.link", err)
}

// entry is somebody who has just signed in.
type entry struct {
	token string // for the cookie
	next  string
}

// useLink signs somebody in by a link, once.
func (s *Service) useLink(ctx context.Context, token, agent string) (entry, error) {
	l, _, err := s.openLink(ctx, token)
	if err != nil {
		return entry{}, err
	}
	if l.purpose != toEnter {
		return entry{}, errLinkGone
	}
	hash, _ := hashOf(token)
	var in entry
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		l, err := takeLink(ctx, tx, hash, s.Clock.Now())
		if err != nil {
			return err
		}
		in.next = l.next
		in.token, err = s.Sessions.Start(ctx, tx, l.person, agent)
		return err
	})
	return in, gone(err)
}

// start makes a session for somebody whom another way in has recognised.
func (s *Service) start(ctx context.Context, person plein.ID, agent string) (token string, err error) {
	if _, err := s.mayEnter(ctx, person); err != nil {
		return "", err
	}
	err = s.DB.Tx(ctx, func(tx *db.Tx) (err error) {
		token, err = s.Sessions.Start(ctx, tx, person, agent)
		return err
	})
	return token, plein.Wrap("signin.start", err)
}

// Sweep removes old links, tries and drafts, and tells how many rows that were.
func (s *Service) Sweep(ctx context.Context) (removed int64, err error) {
	err = s.DB.Tx(ctx, func(tx *db.Tx) (err error) {
		removed, err = sweep(ctx, tx, s.Clock.Now())
		return err
	})
	return removed, plein.Wrap("signin.sweep", err)
}

// endElsewhere ends all sessions of somebody but the one they act in, and their
// links.
func (s *Service) endElsewhere(ctx context.Context, a plein.Actor) error {
	return plein.Wrap("signin.end_elsewhere", s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := endLinks(ctx, tx, a.ID); err != nil {
			return err
		}
		return s.Sessions.EndAllTx(ctx, tx, a.ID, a.Session)
	}))
}

// setLanguage keeps the language that somebody chose, and all else as it was.
func (s *Service) setLanguage(ctx context.Context, a plein.Actor, lang string) error {
	p, err := s.People.Find(ctx, a.ID)
	if err != nil {
		return err
	}
	return s.People.SetPreferences(ctx, a, people.Preferences{Lang: lang, Zone: p.Zone, Theme: p.Theme, Contrast: p.Contrast, KeysOff: p.KeysOff})
}
