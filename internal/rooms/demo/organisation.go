package demo

import (
	"strings"
	"time"

	"plein/internal/plein"
)

// Organisation is a whole demo organisation, ready to be planted. Everything in
// it refers by handle or slug, never by id.
type Organisation struct {
	Name   string
	Opened time.Time // shortly before the first text: when groups and memberships begin
	Units  []Unit    // a parent stands before its children
	People []Person  // a manager stands before whom they manage, a sponsor before the guest
	Groups []Group
	// Threads are sorted by time, oldest first. Those of hand (Text.Hand) and
	// generated ones stand among each other.
	Threads []Thread
	Follows []Follow // each pair once, nobody follows themselves, no guests or bots
}

// Unit is a department.
type Unit struct {
	Slug     string
	Name     string
	Parent   string // slug; empty for the organisation itself
	Location string // where it is in the building
	Head     string // handle of who leads it; empty when nobody does
}

// Person is a colleague, a guest or a bot.
type Person struct {
	Handle    string // unique, lower-case letters, dots and digits
	Name      string // unique, because mentions are written by name
	Given     string
	Title     string
	Email     string // unique
	Unit      string // slug; empty for guests
	Location  string
	Manager   string // handle; empty for the director, guests and bots
	Layer     int    // 1 at the top to 6; 0 for guests and bots
	Skills    []string
	AskMe     []string
	Languages []string
	Pronouns  string // empty when the person does not say
	Bio       string
	Roles     []plein.Role // complete: RoleMember or RoleGuest, then what comes on top
	Since     time.Time    // when they began here, never after their first text
	Demo      string       // nurse, team_leader, director, community_manager, technical_admin; else empty

	Hand bool // written by hand, not generated
	Bot  bool // an automatic sender

	Guest      bool
	GuestUntil time.Time
	Sponsor    string // handle
	Employer   string
}

// Group is a group with everybody in it. Each handle stands in one of the three
// lists only.
type Group struct {
	Slug       string
	Name       string
	Purpose    string
	Kind       plein.AudienceKind // Open, Closed or Secret
	Tile       string             // one letter
	Owners     []string
	Moderators []string
	Members    []string
}

// Everybody gives owners, moderators and members together.
func (g Group) Everybody() []string {
	all := make([]string, 0, len(g.Owners)+len(g.Moderators)+len(g.Members))
	return append(append(append(all, g.Owners...), g.Moderators...), g.Members...)
}

// Thread is a text with its place. Exactly one of Org, Unit and Group is set.
// Its Replies are the whole thread.
type Thread struct {
	Text
	Org   bool
	Unit  string // slug
	Group string // slug
	Read  []Read // who confirmed a must-read; empty otherwise
}

// Text is a post, question, praise, alert or reply.
type Text struct {
	Key       string // unique and the same in every build: the source of an import
	Author    string // handle
	At        time.Time
	Kind      plein.Kind // KindReply in Replies
	Title     string
	Body      string // Markdown; mentions as @[Name], hashtags as #word
	MustRead  bool
	Pinned    bool // at the top of its group
	Answer    bool // a reply that was chosen as the answer to a question
	Hand      bool // written by hand
	Mentions  []Mention
	Reactions []Reaction
	Replies   []Text // in order of time; at most one level deeper
}

// Mention is a person or a group that a text names.
type Mention struct {
	Name   string // as it stands between the brackets
	Person string // handle, or empty
	Group  string // slug, or empty
}

// Reaction is one colleague's reaction. Nobody reacts twice to one text.
type Reaction struct {
	Person string
	Kind   plein.Reaction
	At     time.Time
}

// Read says that somebody read a must-read.
type Read struct {
	Person string
	At     time.Time
}

// Follow says that one person follows another.
type Follow struct{ Follower, Followed string }

// Written gives the body with every mention in the form that stored gives for
// it, such as "@[Pieter Jansen](person:2kx…)". Mentions that stored answers with
// "" stay as plain text.
func (t Text) Written(stored func(Mention) string) string {
	body := t.Body
	for _, m := range t.Mentions {
		form := stored(m)
		if form == "" {
			form = m.Name
		}
		body = strings.ReplaceAll(body, "@["+m.Name+"]", form)
	}
	return body
}

// Walk calls fn for a text and all replies under it.
func (t *Text) Walk(fn func(*Text)) {
	fn(t)
	for i := range t.Replies {
		t.Replies[i].Walk(fn)
	}
}
