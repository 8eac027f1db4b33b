package plein

import (
	"context"
	"time"
)

// Actor is whoever acts in a request: a person, a guest, or nobody (zero ID).
// It is loaded anew for every request from a versioned cache, so a lost right is
// gone at the next request.
type Actor struct {
	ID      ID
	Session ID // the session this request came by; zero outside the web

	Name      string // as shown: "Samira Bouali"
	GivenName string // for greetings: "Samira"
	Unit      ID     // the person's department; zero when there is none

	Guest bool      // external: sees only the groups they were invited to
	Until time.Time // a guest's end date; zero for people of the organisation

	Caps     Capabilities
	Lang     string // "nl" or "en"
	Zone     *time.Location
	Theme    string // "", "day" or "evening"; empty follows the device
	Contrast string // "" or "more"
}

// SignedIn says that somebody acts.
func (a Actor) SignedIn() bool { return a.ID != 0 }

// Can says that the actor holds a capability. Holding one never includes reading
// an audience one is not in.
func (a Actor) Can(c Capability) bool { return a.Caps.Has(c) }

type actorKey struct{}

// WithActor puts the actor in a request's context.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorFrom gives the actor of a request; the zero Actor when nobody signed in.
func ActorFrom(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}
