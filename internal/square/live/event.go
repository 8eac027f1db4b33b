package live

import (
	"strconv"
	"strings"
	"time"

	"plein/internal/platform/changes"
	"plein/internal/plein"
)

// what is how an open page should take a line of the change log.
type what uint8

const (
	nothing what = iota
	posted       // a thread began
	gone         // the beginning of a thread was taken away
	replied      // in a thread: an answer came
	changed      // in a thread: something says something else, or is not there
	reacted      // in a thread: counts are others
)

func (w what) String() string { return [...]string{"", "post", "gone", "reply", "change", "react"}[w] }

// whatOf reads a line. Confirmations of a must-read are no news: in a small group
// even that there was one would tell who (TRUST P15).
func whatOf(e plein.Event) what {
	root := e.Object.ID == e.Target.ID
	switch e.Name {
	case "items.post.made":
		if e.Extra["imported"] != "" {
			return nothing // said long ago, somewhere else
		}
		return posted
	case "items.reply.made":
		if e.Extra["imported"] != "" {
			return nothing
		}
		return replied
	case "items.item.deleted":
		if root {
			return gone
		}
		return changed
	case "items.item.edited", "items.item.restored", "items.answer.accepted", "items.answer.withdrawn":
		return changed
	case "items.reaction.set", "items.reaction.unset":
		return reacted
	}
	return nothing
}

// line is one change as the stream passes it on.
type line struct {
	place    changes.Place
	at       time.Time
	what     what
	audience plein.ID
	thread   plein.ID
	actor    plein.ID
	frame    []byte // as it goes over the wire, the same for every reader
	beside   []byte // the same for who has the place open without its being in their timeline
}

// rootMade is when the thread began, to the millisecond and never later: what
// began in the moment somebody came in may be left out, never told too much.
func (l line) rootMade() time.Time { return l.thread.Time() }

// frame writes one event of the stream. None of the values can hold a line end.
func frame(id, name, data string) []byte {
	var b strings.Builder
	b.Grow(len(id) + len(name) + len(data) + 24)
	if id != "" {
		b.WriteString("id: " + id + "\n")
	}
	b.WriteString("event: " + name + "\ndata: " + data + "\n\n")
	return []byte(b.String())
}

// framesOf writes a change for who has its audience in their timeline, and for who
// looks at it from beside.
func framesOf(token string, w what, e plein.Event) (own, beside []byte) {
	if w == posted || w == gone {
		data := `{"post":"` + e.Target.ID.String() + `","in":"` + e.Audience.String() + `"}`
		own = frame(token, w.String(), data)
		if beside = own; w == posted {
			beside = frame(token, "beside", data)
		}
		return own, beside
	}
	own = frame(token, "thread", `{"thread":"`+e.Target.ID.String()+`","item":"`+e.Object.ID.String()+`","what":"`+w.String()+`"}`)
	return own, own
}

// Badges are the counts that stand on every page of a person.
type Badges struct {
	Notices int
	Groups  map[plein.ID]int // new threads, for the groups in the menu
}

// text writes the counts as JSON, in an order of its own so that equal counts are
// equal texts.
func (b Badges) text() string {
	var s strings.Builder
	s.WriteString(`{"notices":` + strconv.Itoa(b.Notices) + `,"groups":{`)
	for n, id := range sortedIDs(b.Groups) {
		if n > 0 {
			s.WriteByte(',')
		}
		s.WriteString(`"` + id.String() + `":` + strconv.Itoa(b.Groups[id]))
	}
	s.WriteString("}}")
	return s.String()
}
