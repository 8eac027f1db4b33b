package items

import (
	"time"

	"github.com/a-h/templ"

	"plein/internal/platform/view"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/square/access"
	"plein/internal/square/people"
)

// CardView is a card on a page.
type CardView struct {
	Card
	Speaker words.Speaker
	Now     time.Time
	Me      view.Person
	Why     string // a sentence: why this stands here; "" for none
	Pinned  bool
	Alone   bool // the page is about this item: its title is the h1
	MayPin  bool
	MayHide bool       // may take it away without being its author
	MayPick bool       // may choose the answer, on the page of a question
	Reply   *ReplyView // the field under it; nil for none

	kept *fragments // where its rendered form is remembered; nil for nowhere
}

// ReplyView is what goes into the field under a thread.
type ReplyView struct {
	To        plein.ID // the reply that is answered; zero for the thread
	ToName    string
	Text      string
	Error     string
	ClientKey string
}

// face turns a person's card into what views show.
func face(c people.Card) view.Person {
	p := view.Person{ID: c.ID.String(), Name: c.Name, Given: c.Given, Title: c.Title, Unit: c.UnitName, Photo: c.PhotoHref(),
		Tile: view.Tile(c.ID), Former: c.Former, Guest: c.Guest, Bot: c.Bot}
	if !c.Former && !c.Bot {
		p.Href = "/people/" + p.ID
	}
	return p
}

// What stands beside a name: the job, or for whoever has none the department.
func job(c people.Card) string {
	if c.Title != "" {
		return c.Title
	}
	if c.Guest && c.Employer != "" {
		return c.Employer
	}
	return c.UnitName
}

// note is the job as this reader may know it: guests are not told what colleagues
// do or where (TRUST section 1).
func (v CardView) note(c people.Card) string { return noteFor(v.Me.Guest, c) }

func noteFor(guest bool, c people.Card) string {
	if guest && !c.Guest {
		return ""
	}
	return job(c)
}

// audienceIcon, audienceName and audienceHref say who hears an item.
func audienceIcon(l access.Label) string {
	switch l.Audience.Kind {
	case plein.Org:
		return "aud-all"
	case plein.Unit:
		return "aud-dept"
	case plein.Closed, plein.Secret, plein.Self:
		return "lock"
	}
	return "groups"
}

func audienceName(sp words.Speaker, l access.Label) string {
	switch l.Audience.Kind {
	case plein.Org:
		return sp.T("items.audience.org")
	case plein.Direct:
		return sp.T("items.audience.direct")
	case plein.Self:
		return sp.T("items.audience.self")
	case plein.Composite:
		return sp.T("items.audience.several")
	}
	return l.Name
}

// AudienceName says in words who hears what is labelled.
func AudienceName(sp words.Speaker, l access.Label) string { return audienceName(sp, l) }

func audienceHref(l access.Label) string {
	switch {
	case l.Audience.Kind.IsGroup():
		return "/groups/" + l.Audience.ID.String()
	case l.Audience.Kind == plein.Unit:
		return "/units/" + l.Audience.ID.String()
	}
	return ""
}

var reactionIcons = [5]string{"agree", "tulip", "star", "same", "hand"}

func path(id plein.ID) string { return "/posts/" + id.String() }

// ComposerView is the form in which one begins a thread.
type ComposerView struct {
	view.Page
	Me        view.Person
	Choices   []access.Choice
	Audience  plein.ID // chosen
	Kind      plein.Kind
	TitleText string
	Text      string // Markdown as typed
	Must      bool
	MayMust   bool
	Files     []Attachment // already there after an error
	Share     *Card
	About     *view.Person
	Alt       string
	Errors    map[string]string
	ClientKey string
	Gables    bool // stands under the row of gables
	Fixed     bool // there is one audience and no choice
}

func (v ComposerView) chosen() access.Choice {
	for _, c := range v.Choices {
		if c.Audience.ID == v.Audience {
			return c
		}
	}
	for _, c := range v.Choices {
		if c.Default {
			return c
		}
	}
	return access.Choice{}
}

func choiceHint(sp words.Speaker, c access.Choice) string {
	switch c.Audience.Kind {
	case plein.Org:
		return sp.T("items.choice.org", "n", c.Readers)
	case plein.Unit:
		return sp.T("items.choice.unit", "n", c.Readers)
	case plein.Open:
		return sp.T("items.choice.open", "n", c.Readers)
	}
	return sp.T("items.choice.closed", "n", c.Readers)
}

// ThreadView is the page of one conversation.
type ThreadView struct {
	view.Page
	Card CardView
	Rest []Card // replies, first level
	More string // address of the next page of replies; "" at the end
	New  int    // replies that came since the reader was last here

	Answer *ChosenCard
	Thanks templ.Component // under the chosen answer; nil for nothing
	Bell   templ.Component
}

// crumbs lead from a conversation to the place where it was begun.
func (v ThreadView) crumbs() []view.Link {
	out := []view.Link{{Href: "/", Label: v.Speaker.T("nav.square")}}
	if href := audienceHref(v.Card.Label); href != "" {
		out = append(out, view.Link{Href: href, Label: audienceName(v.Speaker, v.Card.Label)})
	}
	return append(out, view.Link{Label: v.Speaker.T("items.conversation")})
}

// EditView is the page on which one changes what one said.
type EditView struct {
	view.Page
	Item      *Item
	TitleText string
	Text      string
	Max       int
	Errors    map[string]string
}

// VersionView is one wording of an item on its history page.
type VersionView struct {
	At    time.Time
	Who   view.Person
	Title string
	HTML  string
	Now   bool // what it says today
}

// HistoryView is the page of an item's wordings.
type HistoryView struct {
	view.Page
	Item     *Item
	Versions []VersionView
}

// ReactorsView is the page that tells who reacted.
type ReactorsView struct {
	view.Page
	Item *Item
	By   []ReactorGroup
}

// ReactorGroup is everybody who gave one reaction.
type ReactorGroup struct {
	Icon, Label string
	People      []view.Person
}

// SavedView is the page of one's bookmarks.
type SavedView struct {
	view.Page
	Cards []CardView
	Older string
}

func (v ComposerView) labelOf(audience plein.ID) access.Label {
	for _, c := range v.Choices {
		if c.Audience.ID == audience {
			return c.Label
		}
	}
	return access.Label{}
}

// landing is where a writer comes after posting: where the post stands first.
func landing(i *Item, v ComposerView) string {
	if l := v.labelOf(i.Audience); l.Audience.Kind.IsGroup() {
		return "/groups/" + i.Audience.String()
	}
	return "/latest"
}

func (v ComposerView) option(c access.Choice, chosen bool) view.OptionView {
	return view.OptionView{Value: c.Audience.ID.String(), Icon: audienceIcon(c.Label), Label: audienceName(v.Speaker, c.Label),
		Hint: choiceHint(v.Speaker, c), Chosen: chosen}
}
