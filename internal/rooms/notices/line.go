package notices

import (
	"slices"
	"strings"
	"time"

	"plein/internal/plein"
)

// What a line is about. Together with an id it names a line among those of one
// person.
const (
	aboutThread     = "thread"     // a conversation; the id is its first post
	aboutTalk       = "talk"       // new conversations in a followed group
	aboutRequests   = "requests"   // people who ask to come into a group one looks after
	aboutInvitation = "invitation" // one is asked into a group
	aboutAdmission  = "admission"  // one's own request was granted
)

// What happened. A reaction is "react." and its word.
const (
	whatMust    = "must"
	whatNamed   = "named"
	whatPraise  = "praise"
	whatChosen  = "chosen" // one's answer was chosen
	whatCalled  = "called" // a group that one is in was named
	whatReply   = "reply"
	whatShare   = "share"
	whatPost    = "post" // somebody one follows began a conversation
	whatTalk    = "talk"
	whatRequest = "request"
	whatInvite  = "invite"
	whatAdmit   = "admit"

	reactPrefix = "react."
)

// weights order what happened by how much it asks of the reader: the heaviest
// leads the line.
var weights = []string{whatMust, whatNamed, whatChosen, whatPraise, whatInvite, whatAdmit, whatRequest, whatCalled, whatReply, whatShare, whatPost, whatTalk}

func weight(what string) int {
	if n := slices.Index(weights, what); n >= 0 {
		return n
	}
	return slices.Index(weights, whatShare) // reactions: after answers, before what one merely follows
}

// mine says that something is for the reader in particular. Replies are theirs
// when they answer what they wrote; that is decided where it is known.
func mine(what string) bool {
	switch what {
	case whatNamed, whatChosen, whatPraise, whatShare, whatInvite, whatAdmit, whatRequest:
		return true
	}
	return strings.HasPrefix(what, reactPrefix)
}

// key names a line among those of one person.
type key struct {
	About  string
	Target plein.ID
}

// known says that there are lines of this sort.
func (k key) known() bool {
	switch k.About {
	case aboutThread, aboutTalk, aboutRequests, aboutInvitation, aboutAdmission:
		return k.Target != 0
	}
	return false
}

// href is where a line leads: the place where one can do something about it.
func (k key) href() string {
	switch k.About {
	case aboutThread:
		return "/posts/" + k.Target.String()
	case aboutRequests:
		return "/groups/" + k.Target.String() + "/members"
	}
	return "/groups/" + k.Target.String()
}

// line is one row of the list, before it is put in words.
type line struct {
	key
	newest   int64
	newestAt time.Time
	readTo   int64
	unread   bool
	events   []event // newest first, those that may be shown
}

// event is one thing that happened.
type event struct {
	what  string
	item  plein.ID
	actor plein.ID
	seq   int64
	at    time.Time
}

// summary is what a line says: the heaviest thing first, with everybody who did
// it, and what else there was.
type summary struct {
	what   string // a reaction is "react."+word, or reactMixed
	item   plein.ID
	actors []plein.ID // newest first
	count  int        // of the things themselves, for a line that counts them
	at     time.Time

	alsoReplies   int // other things in the same conversation
	alsoReactions int
}

const reactMixed = reactPrefix + "mixed"

// sum puts together what a line says. Of an unread line only what is new counts;
// of a read one everything that is kept.
func (l line) sum() summary {
	list := l.events
	if l.unread {
		fresh := slices.DeleteFunc(slices.Clone(list), func(e event) bool { return e.seq <= l.readTo })
		if len(fresh) > 0 {
			list = fresh
		}
	}
	if len(list) == 0 {
		return summary{}
	}
	lead := slices.MinFunc(list, func(x, y event) int { return weight(x.what) - weight(y.what) })
	s := summary{what: lead.what, item: lead.item, at: list[0].at}
	reacts := strings.HasPrefix(lead.what, reactPrefix)
	for _, e := range list {
		isReact := strings.HasPrefix(e.what, reactPrefix)
		switch {
		case e.what == lead.what, reacts && isReact:
			if e.what != s.what {
				s.what = reactMixed
			}
			s.count++
			if !slices.Contains(s.actors, e.actor) {
				s.actors = append(s.actors, e.actor)
			}
		case isReact:
			s.alsoReactions++
		case e.what == whatReply:
			// A reply that names somebody is one thing, said twice.
			if !slices.ContainsFunc(list, func(o event) bool { return o.item == e.item && o.what != e.what }) {
				s.alsoReplies++
			}
		}
	}
	return s
}
