package view

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"plein/internal/platform/words"
)

// PostView is one thing that was said, in a list or at the head of its own page.
// Every href is an address of this house; every act is a form that posts to one.
type PostView struct {
	ID       string // unique on the page: it goes into the ids of headings and fields
	Href     string // the thread's own page
	By       Person
	Note     string // beside the name: a job, a department, "gaf een compliment"
	At       time.Time
	Edited   time.Time // zero when never
	EditsTo  string    // where the earlier versions are; "" for nowhere
	Audience AudienceView
	Tag      TagView // "Vastgezet", "Beantwoord in 14 min"; empty for none
	Title    string
	HTML     string // rendered and sanitised; written as it is
	Tomb     string // instead of all content: who took it away and why
	Praise   *PraiseView
	Pictures []PictureView
	Files    []FileView
	Shared   *PostView // what it passes on; only its head and text, or a Tomb alone
	Must     *MustView

	ReactTo    string // where reactions post; "" for who may not
	Reactions  []ReactView
	Replies    int
	BookmarkTo string // "" hides it
	Bookmarked bool
	ShareTo    string          // a page to pass it on; "" hides it
	Menu       templ.Component // MenuLink, MenuPost and MenuCopy; nil for no menu

	Answer *AnswerView // of a question, on its own page; nil for none
	Thread *ThreadView
	Alone  bool // at the head of its own page: its title is the h1
}

// AudienceView says who hears it.
type AudienceView struct{ Icon, Label, Href string }

// TagView is a small label at the end of a post's head.
type TagView struct{ Kind, Icon, Label string }

// PraiseView is a compliment: whom it is for. The text is the post's own.
type PraiseView struct {
	To    Person
	Title string
}

// PictureView is a picture shown in place. Width and Height keep its room free.
type PictureView struct {
	Src, Href, Alt string
	Width, Height  int
}

// FileView is a file to fetch.
type FileView struct {
	Href, Name, Icon string
	Size             int64
}

// MustView is what a must-read asks and how far it got.
type MustView struct {
	Read, Of int
	UnitLeft int    // colleagues of one's own department who have not; below zero is not told
	Unit     string // that department's name
	Action   string // where "I have read this" posts
	Done     bool   // the reader has
}

// ThreadView is what was said in answer.
type ThreadView struct {
	Replies   []ReplyView
	Earlier   int    // how many are not shown
	EarlierTo string // where those are
	Form      *ReplyForm
	Slot      templ.Component // stands where Form would; for who fills it in later
}

// AnswerView is the chosen answer of a question, shown before the conversation.
type AnswerView struct {
	By         Person
	Note       string
	At, Edited time.Time
	HTML       string
	Href       string // its place in the conversation
	Pictures   []PictureView
	Files      []FileView
	Chosen     string          // who chose it, as a sentence
	UndoTo     string          // where the choice is taken back; "" for who may not
	Under      templ.Component // nil for nothing
}

// ReplyView is one answer, on the first or the second level.
type ReplyView struct {
	ID        string
	By        Person
	Note      string
	Writer    bool // whoever began the thread
	At        time.Time
	Edited    time.Time
	HTML      string
	Tomb      string
	Pictures  []PictureView
	Files     []FileView
	ReactTo   string
	Reactions []ReactView
	Chosen    bool   // the chosen answer
	ChooseTo  string // where one chooses it as the answer; "" for who may not
	Short     bool   // under a card: words already given can be joined, not chosen anew
	ReplyTo   string // the page, or #id, where one answers this; "" for who may not
	Menu      templ.Component
	Replies   []ReplyView
	Form      *ReplyForm // an open field under this answer
}

// ReplyForm is the field under a thread. It posts body and key.
type ReplyForm struct {
	ID     string // of a long field, unique on the page; links lead to it
	Action string
	Draft  string // the place of the draft: "reply-" and the item's id
	Key    string // the same key makes one reply, however often it is sent
	Me     Person
	Label  string
	Value  string
	Error  string
	Long   bool // a field of several lines with a button, on the thread's own page
}

// ComposerView is where one writes. It posts audience, body, key, and when they are
// asked for title, kind and the files.
type ComposerView struct {
	Action      string
	Draft       string // the place of the draft: "home", or the group's id
	Key         string // the same key makes one post, however often it is sent
	Me          Person
	Label       string
	Placeholder string
	Value       string
	Error       string
	Title       *FieldView   // a line above the text; nil for none
	Audiences   []OptionView // one is shown, of several one is chosen; the narrowest sensible is Chosen
	Kinds       []OptionView // post, question, praise; none for a plain post
	Files       string       // the name of the file field; "" for none
	Submit      string       // the word on the button; "" takes the usual one
	Gables      bool         // stands under the row of gables (the home page)
}

func (v PostView) whoID() string   { return "p-" + v.ID + "-by" }
func (v PostView) titleID() string { return "p-" + v.ID + "-t" }

// shared is what v passes on, under an id of its own: the original may be on the
// same page.
func (v PostView) shared() *PostView {
	if v.Shared == nil {
		return nil
	}
	s := *v.Shared
	s.ID, s.Menu = v.ID+"-s", nil
	return &s
}

func (v PostView) labelledBy() string {
	if v.Title != "" && v.Tomb == "" && v.Praise == nil {
		return v.titleID()
	}
	return v.whoID()
}

// given are the reactions that somebody gave.
func given(all []ReactView) (out []ReactView) {
	for _, r := range all {
		if r.Count > 0 {
			out = append(out, r)
		}
	}
	return out
}

func (c ComposerView) submit(sp words.Speaker) string {
	if c.Submit != "" {
		return c.Submit
	}
	return sp.T("view.post")
}

// kindType is how a kind is chosen: of several one, or one that can be taken back.
func (c ComposerView) kindType() string {
	if len(c.Kinds) == 1 {
		return "checkbox"
	}
	return "radio"
}

// chosen is the audience that the picker shows: the one marked, else the first.
func (c ComposerView) chosen() OptionView {
	for _, o := range c.Audiences {
		if o.Chosen {
			return o
		}
	}
	if len(c.Audiences) > 0 {
		return c.Audiences[0]
	}
	return OptionView{}
}

func (f FileView) icon() string {
	if f.Icon != "" {
		return f.Icon
	}
	return "file"
}

// onOff names a reaction's button: pressing asks for the opposite of what is, so the
// same form sent twice does one thing.
func onOff(mine bool) string {
	if mine {
		return "off"
	}
	return "on"
}

// text says how far it got, in the house and in one's own department, cut around
// the number of those who read it: that is what the eye looks for.
func (m *MustView) text(sp words.Speaker) (before, read, after string) {
	if m.Of == 0 {
		return "", "", sp.T("view.too_few")
	}
	s := sp.T("view.must_read_of", "read", m.Read, "of", m.Of)
	if m.UnitLeft > 0 && m.Unit != "" {
		s += " " + sp.T("view.must_unit_left", "n", m.UnitLeft, "unit", m.Unit)
	}
	read = sp.Number(m.Read)
	before, after, found := strings.Cut(s, read)
	if !found {
		return s, "", ""
	}
	return before, read, after
}
