package people

import (
	"context"
	"embed"
	"time"

	"plein/internal/platform/changes"
	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/words"
	"plein/internal/plein"
)

//go:embed words.toml
var sentences embed.FS

// Words gives the package's sentences, for words.New.
func Words() embed.FS { return sentences }

// Grants is where it is kept who holds which audience. The access package keeps
// it; people says what follows from where somebody works. Every call runs in the
// transaction of the change it follows from.
type Grants interface {
	// Audience makes an audience known.
	Audience(ctx context.Context, tx *db.Tx, a plein.Audience) error
	// Grant lets a person read an audience, from since on; zero is all of it.
	Grant(ctx context.Context, tx *db.Tx, audience, person plein.ID, since time.Time) error
	// Revoke takes that back. Revoking what was not granted is no error.
	Revoke(ctx context.Context, tx *db.Tx, audience, person plein.ID) error
	// RevokeAll takes back everything a person holds.
	RevokeAll(ctx context.Context, tx *db.Tx, person plein.ID) error
}

// Deps is what the service needs.
type Deps struct {
	DB      *db.DB
	Changes *changes.Log
	Clock   clock.Clock
	Grants  Grants

	Words *words.Catalogue // says "former member" in the reader's language; may be nil in tests
	Lang  string           // of people who chose none; "" is "nl"
	Zone  string           // of people who chose none; "" is "Europe/Amsterdam"

	// Chosen gives the two that the organisation chose instead, when it did. It is
	// asked for every actor, so it must answer from memory. May be nil.
	Chosen func(ctx context.Context) (lang string, zone *time.Location)

	// Shares says whether two people are in one group, which is how a guest may know
	// somebody. Asked of groups; nil is never.
	Shares func(ctx context.Context, a, b plein.ID) (bool, error)

	// Closed is called after an account was closed, to end its sessions. Actor
	// already refuses the person by then. May be nil.
	Closed func(ctx context.Context, person plein.ID) error
}

// New makes the service.
func New(d Deps) *Service {
	if d.Lang == "" {
		d.Lang = "nl"
	}
	if d.Zone == "" {
		d.Zone = "Europe/Amsterdam"
	}
	s := &Service{Deps: d, ids: newIDs(), zone: time.UTC,
		persons: newCache[Person](maxPersonsKept), cards: newCache[Card](maxCardsKept)}
	if zone, err := loadZone(d.Zone); err == nil {
		s.zone = zone
	}
	return s
}

// House is the actor of acts that no person does: the command line, imports and
// the first set-up. It can do to people whatever can be done.
func House() plein.Actor {
	return plein.Actor{Name: "Plein", Caps: ^plein.Capabilities(0)}
}
