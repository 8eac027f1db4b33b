package feed

import (
	"github.com/a-h/templ"

	"plein/internal/platform/view"
	"plein/internal/platform/words"
	"plein/internal/square/items"
)

// HomeView is the timeline.
type HomeView struct {
	view.Page
	Heading  string
	Tabs     []view.Link
	Composer *items.ComposerView
	Cards    []items.CardView
	News     string // the address of the list from its top, where news is told; "" where it is not
	Older    string
	Empty    EmptyView
	Why      bool            // offers the explanation of the order
	Rail     templ.Component // beside the timeline; nil for nothing
}

// EmptyView says what to do where nothing is yet.
type EmptyView struct{ Title, Next, Href, Action string }

// TalkView is the talk of a group, a department or a person, inside their page.
type TalkView struct {
	view.Page
	Composer *items.ComposerView
	Cards    []items.CardView
	News     string // the address of the list from its top, where news is told; "" where it is not
	NewsOf   string // the audience
	Older    string
	Empty    EmptyView
}

// TagView is the page of a hashtag.
type TagView struct {
	view.Page
	Tag   string
	Cards []items.CardView
	Older string
}

// WhyView explains one item's place in the reader's timeline.
type WhyView struct {
	view.Page
	Card    items.CardView
	Reasons []string
}

// BellView is the menu with which one follows or mutes a thread, group or person.
type BellView struct {
	Speaker words.Speaker
	Kind    string // "thread", "group" or "person"
	Action  string
	Level   Level
}

// levels are the lines of the menu, in their order.
func (v BellView) levels() []Level { return []Level{Following, Normal, Muted} }

func (v BellView) icon(l Level) string {
	switch l {
	case Following:
		return "eye"
	case Muted:
		return "moon"
	}
	return "bell"
}
