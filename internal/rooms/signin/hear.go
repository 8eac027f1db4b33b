package signin

import (
	"context"
	"errors"
	"strings"

	"plein/internal/platform/changes"
	"plein/internal/platform/db"
	"plein/internal/platform/mail"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// Follower hears of accounts that were closed, whose links and passwords end, and
// of addresses that changed: a letter to the old one opens nothing any more.
func (s *Service) Follower() changes.Follower {
	return changes.Follower{Name: "signin", Follow: func(ctx context.Context, tx *db.Tx, events []plein.Event) error {
		for _, e := range events {
			closed := e.Name == "people.person.closed"
			if !closed && (e.Name != "people.person.changed" || e.Extra["what"] != "email") {
				continue
			}
			err := endLinks(ctx, tx, e.Object.ID)
			if err == nil && closed {
				err = forgetPassword(ctx, tx, e.Object.ID)
			}
			if err != nil {
				return plein.Wrap("signin.follow", err)
			}
		}
		return nil
	}}
}

// letterJob writes and sends a letter that was asked for. Its token is made while
// writing, so that it never stands in the list of jobs.
//
// The id travels in its shown form: as a number it would be rounded on its way
// through JSON.
type letterJob struct {
	Letter plein.ID `json:"letter"`
}

// Kind is the job's name.
func (letterJob) Kind() string { return "signin.letter" }

// deliver sends a letter. Running twice sends two, of which the second holds.
func (s *Service) deliver(ctx context.Context, job letterJob) error {
	l, err := findLetter(ctx, s.DB.Read(), job.Letter)
	if errors.Is(err, plein.ErrNotFound) || err == nil && l.email == "" {
		return nil // swept, or sent already
	}
	if err == nil {
		err = s.write(ctx, l)
	}
	if err == nil {
		err = s.DB.Tx(ctx, func(tx *db.Tx) error { return letterSent(ctx, tx, job.Letter) })
	}
	return plein.Wrap("signin.deliver", err)
}

func (s *Service) write(ctx context.Context, l letter) error {
	person, err := s.knock(ctx, l.email)
	if err != nil || person == 0 {
		return err
	}
	p, err := s.People.Find(ctx, person)
	if err != nil {
		return err
	}
	token, hash := newToken()
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := endMailed(ctx, tx, person); err != nil {
			return err
		}
		return insertLink(ctx, tx, hash, link{person: person, purpose: l.purpose, next: l.next, mailed: true, ends: s.Clock.Now().Add(linkLives)})
	})
	if err != nil {
		return err
	}
	m, err := s.compose(ctx, p, l.purpose, strings.TrimSuffix(s.Base, "/")+"/sign-in/link/"+token)
	if err == nil {
		err = s.Mail.Send(ctx, m)
	}
	if plein.KindOf(err) == plein.Invalid {
		// Trying again would not help. The address stays out of the log.
		s.Log.Warn("a letter with a sign-in link was refused", "person", person.String(), "why", plein.AsError(err).Key)
		return nil
	}
	return err
}

// compose writes the letter in the person's language.
func (s *Service) compose(ctx context.Context, p people.Person, purpose, href string) (mail.Message, error) {
	actor, err := s.People.Actor(ctx, p.ID)
	if err != nil {
		return mail.Message{}, err
	}
	sp := s.Words.For(actor.Lang, actor.Zone)
	org := s.OrgName(ctx)
	if org == "" {
		org = "Plein"
	}
	v := letterView{Lang: sp.Lang(), Href: href, Subject: sp.T("signin.letter.subject", "org", org),
		Hello: sp.T("signin.letter.hello", "name", p.Given), Lead: sp.T("signin.letter.lead", "org", org), Do: sp.T("signin.letter.do"),
		Valid: sp.T("signin.letter.valid", "n", int(linkLives.Minutes())), Not: sp.T("signin.letter.not")}
	if purpose == toRecover {
		v.Subject, v.Lead, v.Do = sp.T("signin.letter.recover_subject", "org", org), sp.T("signin.letter.recover_lead", "org", org), sp.T("signin.letter.recover_do")
	}
	var html strings.Builder
	if err := letterPage(v).Render(ctx, &html); err != nil {
		return mail.Message{}, err
	}
	text := strings.Join([]string{v.Hello, v.Lead, v.Href, v.Valid + " " + v.Not}, "\n\n") + "\n"
	return mail.Message{To: p.Email, ToName: p.Name, Subject: v.Subject, Text: text, HTML: html.String()}, nil
}
