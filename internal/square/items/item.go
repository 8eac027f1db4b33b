package items

import (
	"strings"
	"time"
	"unicode/utf8"

	"plein/internal/plein"
)

// Item is one thing said, as everybody who may see it sees it. Items are shared
// between readers and never changed in place.
type Item struct {
	ID        plein.ID
	Kind      plein.Kind
	Audience  plein.ID
	Author    plein.ID
	Root      plein.ID // the thread; its own id for the item that began it
	Parent    plein.ID // zero for the item that began the thread
	Depth     int      // 0 for the beginning, 1 and 2 for replies
	RootMade  time.Time
	Made      time.Time
	Edited    time.Time // zero when never
	Deleted   time.Time // zero when not
	DeletedBy plein.ID

	MustRead  bool
	MustUntil time.Time // when it stops asking; zero when it is not a must-read
	Share     plein.ID  // the item this one passes on, by reference
	About     plein.ID  // praise: the person it is for
	Version   int
	Lang      string

	Title string
	Body  string // Markdown, as written, with mentions resolved
	HTML  string // rendered and sanitised

	Answer  plein.ID // of a question: the reply that was chosen; zero for none
	Tally   Tally
	Preview []plein.ID // the newest replies, oldest first, for a card
	Files   []Attachment
}

// IsRoot says that the item begins a thread.
func (i *Item) IsRoot() bool { return i.Parent == 0 }

// Gone says that the item was deleted; only the place where it stood is left.
func (i *Item) Gone() bool { return !i.Deleted.IsZero() }

// Asks says that the item is a must-read that still asks.
func (i *Item) Asks(now time.Time) bool {
	return i.MustRead && !i.Gone() && (i.MustUntil.IsZero() || now.Before(i.MustUntil))
}

// Tally holds an item's counts.
type Tally struct {
	Replies   int
	LastReply time.Time
	Acks      int
	Shares    int
	Reactions [5]int // in the order of plein.Reactions
}

// Of gives the count of one reaction.
func (t Tally) Of(r plein.Reaction) int {
	for i, each := range plein.Reactions() {
		if each == r {
			return t.Reactions[i]
		}
	}
	return 0
}

// NewItem is what a person sends.
type NewItem struct {
	Kind      plein.Kind // empty means a post
	Audience  plein.ID   // ignored for replies, which take their thread's
	Parent    plein.ID   // replies: the item answered
	Title     string
	Body      string
	Files     []plein.ID
	MustRead  bool
	MustUntil time.Time
	Share     plein.ID
	About     plein.ID
	ClientKey string // the same key twice makes one item (TRUST: idempotency)
}

// Longest a must-read keeps asking, and how long when nothing was said.
const (
	maxMustRead     = 90 * 24 * time.Hour
	defaultMustRead = 14 * 24 * time.Hour
	restorable      = 30 * 24 * time.Hour
)

// check judges what was typed. It gives one error, for the first field in order.
func (n *NewItem) check(now time.Time) error {
	if n.Kind == "" {
		n.Kind = plein.KindPost
	}
	limit := plein.MaxBody
	if n.Parent != 0 {
		n.Kind, limit = plein.KindReply, plein.MaxReply
	}
	switch {
	case n.Kind == plein.KindPost, n.Kind == plein.KindQuestion, n.Kind == plein.KindPraise, n.Kind == plein.KindMessage:
	case n.Kind == plein.KindReply && n.Parent != 0:
	default:
		return plein.FieldError("kind", "items.kind_unknown", nil)
	}
	n.Title = strings.TrimSpace(n.Title)
	if utf8.RuneCountInString(n.Title) > plein.MaxTitle {
		return plein.FieldError("title", "items.title_long", plein.Args{"max": plein.MaxTitle})
	}
	n.Body = strings.TrimSpace(n.Body)
	if n.Body == "" && n.Title == "" && len(n.Files) == 0 && n.Share == 0 {
		return plein.FieldError("body", "items.body_empty", nil)
	}
	if over := utf8.RuneCountInString(n.Body) - limit; over > 0 {
		return plein.FieldError("body", "items.body_long", plein.Args{"max": limit, "over": over})
	}
	if len(n.Files) > plein.MaxAttachments {
		return plein.FieldError("files", "items.files_many", plein.Args{"max": plein.MaxAttachments})
	}
	if n.Kind == plein.KindPraise && n.About == 0 {
		return errPraiseNobody
	}
	if n.Kind != plein.KindPraise {
		n.About = 0
	}
	if n.MustRead {
		if n.MustUntil.IsZero() {
			n.MustUntil = now.Add(defaultMustRead)
		}
		if n.MustUntil.Before(now) || n.MustUntil.After(now.Add(maxMustRead)) {
			return plein.FieldError("must_until", "items.must_until", plein.Args{"days": int(maxMustRead.Hours() / 24)})
		}
	} else {
		n.MustUntil = time.Time{}
	}
	if len(n.ClientKey) > 64 {
		return plein.FieldError("", "items.client_key", nil)
	}
	return nil
}

// replyPlace decides where a reply to parent stands: under it, or beside it when
// the thread is already as deep as it goes.
func replyPlace(parent *Item) (under plein.ID, depth int) {
	if parent.Depth >= plein.MaxThreadDepth {
		return parent.Parent, parent.Depth
	}
	return parent.ID, parent.Depth + 1
}
