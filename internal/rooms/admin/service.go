package admin

import (
	"context"
	"strings"
	"sync/atomic"
	"time"

	"plein/internal/platform/db"
	"plein/internal/platform/text"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// Service holds what the room can do. It may be used from several goroutines.
type Service struct {
	Deps
	began time.Time
	kept  atomic.Pointer[Settings]
	age   atomic.Uint64
}

// need asks for a capability. Without it there is nothing here, the same as for an
// address that leads nowhere.
func need(actor plein.Actor, c plein.Capability) error {
	if actor.Guest || !actor.Can(c) {
		return plein.ErrNotFound
	}
	return nil
}

// tell writes a line about a protected act in the log.
func (s *Service) tell(ctx context.Context, tx *db.Tx, actor plein.Actor, name string, about plein.Ref, extra map[string]string) error {
	return s.Changes.Tell(ctx, tx, plein.Event{Name: name, At: s.Clock.Now(), Actor: actor.ID, Object: about,
		Audience: plein.OrgAudience, Extra: extra})
}

var (
	errYourself   = plein.E(plein.Conflict, "admin.error.yourself", nil)
	errNoGuests   = plein.E(plein.Conflict, "admin.error.no_guests", nil)
	errNoAddress  = plein.E(plein.Conflict, "admin.error.no_address", nil)
	errNotIn      = plein.E(plein.Conflict, "admin.error.not_in", nil)
	errSponsor    = plein.FieldError("sponsor", "admin.error.sponsor", nil)
	errNeedsUntil = plein.FieldError("until", "form.not_a_date", nil)
)

// maxMeant bounds how many people are offered when a name means several.
const maxMeant = 12

// meant is what came of looking up a name that was typed.
type meant struct {
	Person people.Person   // zero when nothing was typed
	Among  []people.Person // who it could be, when it is not clear
}

// whom finds whom somebody means: by "Anouk de Graaf (@anouk.degraaf)" as the form
// itself writes it, by a handle, by an e-mail address, or by a name that only one
// colleague has. Guests and bots are never meant. Nothing typed is nobody.
func (s *Service) whom(ctx context.Context, field, typed string) (meant, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return meant{}, nil
	}
	nobody := plein.FieldError(field, "admin.error.nobody", nil)
	one := func(p people.Person, err error) (meant, error) {
		switch {
		case plein.KindOf(err) == plein.NotFound && err != nil, err == nil && (p.State != people.Active || p.Guest || p.Bot):
			return meant{}, nobody
		case err != nil:
			return meant{}, plein.Wrap("admin.whom", err)
		}
		return meant{Person: p}, nil
	}
	if i := strings.LastIndex(typed, "(@"); i >= 0 && strings.HasSuffix(typed, ")") {
		return one(s.People.ByHandle(ctx, typed[i+1:len(typed)-1]))
	}
	if strings.HasPrefix(typed, "@") {
		return one(s.People.ByHandle(ctx, typed))
	}
	if strings.Contains(typed, "@") {
		return one(s.People.ByEmail(ctx, typed))
	}
	page, err := s.People.Directory(ctx, people.DirectoryQuery{Text: typed, Limit: 100})
	if err != nil {
		return meant{}, plein.Wrap("admin.whom", err)
	}
	var exact []people.Person
	for _, p := range page.People {
		if text.Fold(p.Name) == text.Fold(typed) {
			exact = append(exact, p)
		}
	}
	found := page.People
	if len(exact) > 0 {
		found = exact
	}
	switch {
	case len(found) == 0:
		return meant{}, nobody
	case len(found) == 1:
		return meant{Person: found[0]}, nil
	case len(found) > maxMeant || page.Next != "" && len(exact) == 0:
		return meant{Among: found[:min(len(found), maxMeant)]}, plein.FieldError(field, "admin.error.too_vague", nil)
	}
	return meant{Among: found}, plein.FieldError(field, "admin.error.which", nil)
}

// written is a person as the form writes them, so that it is clear who is meant
// when it comes back.
func written(p people.Person) string {
	if p.ID == 0 {
		return ""
	}
	return p.Name + " (@" + p.Handle + ")"
}
