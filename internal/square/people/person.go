package people

import (
	"hash/crc32"
	"slices"
	"strconv"
	"time"

	"plein/internal/platform/view"
	"plein/internal/plein"
)

// State says how a person stands to the organisation.
type State string

// The three states. A former member can never come back; a closed person can be
// reopened.
const (
	Active State = "active"
	Closed State = "closed" // left or shut out: cannot sign in, stays the author of what they wrote
	Former State = "former" // an author from an import of whom nothing is known
)

// Person is everything the house knows about somebody. Not all of it is for
// everybody: e-mail and telephone are never shown to guests.
type Person struct {
	ID     plein.ID
	Handle string // for mentions: "samira.bouali"; empty for a former member
	Name   string // as shown: "Samira Bouali"; may be empty for a former member
	Given  string // for greetings: "Samira"
	Title  string

	Unit     plein.ID // zero when there is none
	Location string   // "Gebouw D, 0.12"; the part before the comma is the place one filters by
	Manager  plein.ID // zero for the top
	Layer    int      // distance from the top of the manager line, the top is 1; 0 for guests, bots and former members

	Skills, AskMe, Languages []string
	Pronouns, Bio            string
	Email, Phone             string
	Photo                    string // blob key, or ""

	Roles []plein.Role
	State State

	Bot   bool
	Owner plein.ID // who answers for a bot

	Guest      bool
	GuestUntil time.Time // the moment from which a guest is out
	Sponsor    plein.ID  // who invited a guest
	Employer   string    // where a guest comes from

	Lang, Zone      string // "nl", "Europe/Amsterdam"; empty follows the house
	Theme, Contrast string // see plein.Actor
	KeysOff         bool   // no shortcuts of a single key

	Joined time.Time
}

// IsIn says that the person can act at a moment: not closed, not a former
// member, and when a guest, not past the end date.
func (p Person) IsIn(now time.Time) bool {
	if p.State != Active {
		return false
	}
	return !p.Guest || now.Before(p.GuestUntil)
}

// Has says that the person holds a role.
func (p Person) Has(r plein.Role) bool { return slices.Contains(p.Roles, r) }

// Caps adds up what the person's roles allow.
func (p Person) Caps() plein.Capabilities {
	if p.Guest {
		return 0
	}
	return plein.CapabilitiesOf(p.Roles)
}

// Card is what stands beside a post: the little of a person that everybody who
// may see the post may see.
type Card struct {
	ID       plein.ID
	Handle   string
	Name     string
	Given    string
	Title    string
	UnitName string
	Photo    string // blob key, or ""
	Employer string // of a guest
	Former   bool   // left: a former member, or a closed account of the organisation
	Guest    bool
	Bot      bool
}

// Face is the card as the views show it.
func (c Card) Face() view.Person {
	return view.Person{ID: c.ID.String(), Name: c.Name, Given: c.Given, Title: c.Title, Unit: c.UnitName,
		Href: "/people/" + c.ID.String(), Photo: c.PhotoHref(), Tile: view.Tile(c.ID), Former: c.Former, Guest: c.Guest, Bot: c.Bot}
}

// PhotoHref is the address of the photo, or "" for an initials tile. It changes
// with the photo, so that a browser may keep it.
func (c Card) PhotoHref() string { return photoHref(c.ID, c.Photo) }

// PhotoHref is the address of the photo, or "" for an initials tile.
func (p Person) PhotoHref() string { return photoHref(p.ID, p.Photo) }

func photoHref(id plein.ID, key string) string {
	if key == "" {
		return ""
	}
	return "/people/" + id.String() + "/photo?v=" + strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(key))), 36)
}

// Left says that somebody of the organisation is no longer in it.
func (p Person) Left() bool {
	return p.State == Former || p.State == Closed && !p.Guest && !p.Bot
}

// forGuests is what a guest may know of somebody they share a group with: name,
// face and, of another guest, the employer (TRUST section 1).
func (p Person) forGuests() Person {
	return Person{ID: p.ID, Name: p.Name, Given: p.Given, Photo: p.Photo, State: p.State, Bot: p.Bot, Guest: p.Guest,
		GuestUntil: p.GuestUntil, Employer: p.Employer}
}

// NewPerson is what it takes to add somebody. Only Name is needed. What is left
// empty is derived: the given name from the name, the handle from the name, the
// roles from what the person is.
type NewPerson struct {
	Name, Given, Handle, Title string
	Unit                       plein.ID
	Location                   string
	Manager                    plein.ID
	Skills, AskMe, Languages   []string
	Pronouns, Bio              string
	Email, Phone, Photo        string
	Roles                      []plein.Role
	State                      State // empty is Active
	Bot                        bool
	Owner                      plein.ID
	Guest                      bool
	GuestUntil                 time.Time
	Sponsor                    plein.ID
	Employer                   string
	Lang, Zone                 string
	Joined                     time.Time // zero is now
}

// Profile is what people say about themselves.
type Profile struct {
	Given, Title, Location, Pronouns, Phone, Bio string
	Skills, AskMe, Languages                     []string
}

// Preferences are how somebody wants the pages to look and behave.
type Preferences struct {
	Lang, Zone, Theme, Contrast string
	KeysOff                     bool
}

// NewGuest is an invitation of somebody from outside.
type NewGuest struct {
	Name, Email, Employer string
	Until                 time.Time
	Lang                  string
}
