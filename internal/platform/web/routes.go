package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"plein/internal/plein"
)

// Handler answers one request. An error it returns becomes a page; it must not
// have written anything then.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Policy says who may use a route. The zero Policy is none at all, and a route
// without a policy cannot be registered (TRUST P24).
type Policy uint16

const (
	Public   Policy = iota + 1 // anybody, also without a session
	SignedIn                   // any person, guests too
	People                     // people of the organisation; for a guest the page does not exist
	FirstRun                   // only while the organisation has no administrator yet
)

const needs Policy = 1 << 8

// Needs lets in who holds a capability. For everybody else who is signed in the
// page does not exist.
func Needs(c plein.Capability) Policy { return needs | Policy(c) }

// String names the policy, for docs/routes.md.
func (p Policy) String() string {
	switch {
	case p == Public:
		return "public"
	case p == SignedIn:
		return "signed in"
	case p == People:
		return "people"
	case p == FirstRun:
		return "first run"
	case p&needs != 0:
		return "needs " + capabilityName(plein.Capability(p&^needs))
	}
	return "none"
}

func capabilityName(c plein.Capability) string {
	names := map[plein.Capability]string{
		plein.PostOrg: "post to all", plein.CreateGroup: "create group", plein.InviteGuest: "invite guest",
		plein.PublishMustRead: "publish must-read", plein.MentionLarge: "mention large groups",
		plein.ManagePeople: "manage people", plein.ManageGroups: "manage groups",
		plein.ManageSettings: "manage settings", plein.ViewHealth: "view health",
		plein.Moderate: "moderate", plein.ReadAudit: "read audit",
	}
	if n, ok := names[c]; ok {
		return n
	}
	return fmt.Sprintf("capability %d", c)
}

func (p Policy) known() bool {
	return p >= Public && p <= FirstRun || p&needs != 0
}

// Route is one line of the list of all routes.
type Route struct {
	Method  string // GET (and with it HEAD) or POST
	Pattern string // as the standard library's ServeMux reads it: "/posts/{id}"
	Policy  Policy
	MaxBody int64 // bytes that a request may carry; 0 for none

	handler Handler
	static  bool // same for everybody: no actor, no rate limit
	stream  bool // stays open: no deadline
}

// Routes collects the routes of the house. The zero Routes is ready for use.
type Routes struct{ list []Route }

// Get registers a page. Its handler also answers HEAD.
func (r *Routes) Get(pattern string, p Policy, h Handler) {
	r.add(Route{Method: http.MethodGet, Pattern: pattern, Policy: p, handler: h})
}

// Post registers an act: a form of at most plein.MaxFormBytes.
func (r *Routes) Post(pattern string, p Policy, h Handler) {
	r.add(Route{Method: http.MethodPost, Pattern: pattern, Policy: p, MaxBody: plein.MaxFormBytes, handler: h})
}

// Upload registers an act whose body may be larger, in bytes, and that may take
// minutes to arrive.
func (r *Routes) Upload(pattern string, p Policy, maxBytes int64, h Handler) {
	r.add(Route{Method: http.MethodPost, Pattern: pattern, Policy: p, MaxBody: max(maxBytes, plein.MaxFormBytes), handler: h})
}

// Stream registers a GET that stays open as long as its reader does. The handler
// watches the request's context.
func (r *Routes) Stream(pattern string, p Policy, h Handler) {
	r.add(Route{Method: http.MethodGet, Pattern: pattern, Policy: p, handler: h, stream: true})
}

// Static registers what is the same for everybody, such as styles and scripts:
// no session is read for it, and its handler says itself how long it may be kept.
func (r *Routes) Static(pattern string, h Handler) {
	r.add(Route{Method: http.MethodGet, Pattern: pattern, Policy: Public, handler: h, static: true})
}

// List gives all routes by pattern and method, for docs/routes.md and the test
// that compares the two.
func (r *Routes) List() []Route {
	out := slices.Clone(r.list)
	slices.SortFunc(out, func(a, b Route) int {
		if c := strings.Compare(a.Pattern, b.Pattern); c != 0 {
			return c
		}
		return strings.Compare(a.Method, b.Method)
	})
	return out
}

// add refuses what would be an open door. It panics, as ServeMux does, because
// routes are written in code and are all registered before the first request.
func (r *Routes) add(n Route) {
	if !n.Policy.known() {
		panic("web: " + n.Method + " " + n.Pattern + " has no policy")
	}
	if n.handler == nil {
		panic("web: " + n.Method + " " + n.Pattern + " has no handler")
	}
	if !strings.HasPrefix(n.Pattern, "/") {
		panic("web: " + n.Pattern + " must begin with a slash; methods come from Get and Post, and hosts are not matched")
	}
	r.list = append(r.list, n)
}
