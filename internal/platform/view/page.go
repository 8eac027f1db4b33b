package view

import (
	"net/url"
	"strings"
	"time"

	"plein/internal/platform/words"
)

// Page is what every page knows. A page's own typed struct embeds it.
type Page struct {
	Title    string        // the browser's title, before " · Plein"
	Speaker  words.Speaker // the reader's language and zone
	Lang     string        // "nl" or "en"; empty takes the Speaker's
	Theme    string        // "", "day" or "evening"; empty follows the device
	Contrast string        // "" or "more"; empty follows the device
	Frame    *Frame        // nil on pages for people who did not sign in
	Wide     bool          // no rail: the column takes the whole width
	Path     string        // the address of this page, query included, as the browser has it
	Flash    *Flash        // what the last act did; nil for nothing
	Now      time.Time

	OrgName  string // for pages without a Frame
	BrandCSS string // the address of the organisation's own stylesheet; for pages without a Frame
	Help     []Link // small links under a page without a Frame
}

// Frame is what surrounds every page of a signed-in person. The app fills it.
type Frame struct {
	OrgName  string
	BrandCSS string // the address of the organisation's own stylesheet, or "": inline style is not allowed
	Me       Person
	Nav      []Link      // the main menu; icons bell, groups and plein also make the phone's bar
	Groups   []GroupLink // "Jouw groepen"
	Menu     []Link      // behind your own face: profile, settings, administration
	Foot     []Link      // small links under the menu
	Notices  int         // how many are new
	KeysOff  bool        // single-letter keys switched off
	Search   *Search     // nil for no search field
	NoWrite  bool        // a person who may write nowhere has no Write button
	Live     string      // from where on this page can be followed; "" for a page that stands still
}

// Search is the field in the top bar: a GET form.
type Search struct{ Action, Query, Hint string }

// Person is somebody as shown beside what they said. Href is "" when there is no
// page to go to.
type Person struct {
	ID, Name, Given, Title, Unit, Href, Photo string
	Tile                                      int // 1 to 8, the colour under the initials (Tile)
	Initials                                  string
	Former, Guest, Bot                        bool
}

// Link is one way to somewhere. Count is shown when it is not zero; above Most, when
// that is not zero, as "more than Most".
type Link struct {
	Href, Label, Icon string
	Count, Most       int
	Current           bool
}

// GroupLink is a group in a menu or a list.
type GroupLink struct {
	Href, Name, Initial string
	Tile                int // 1 to 8
	Count               int // what is new
}

// Flash says, on the page after, what an act did. Drafts that were sent are thrown
// away when a flash comes back that is not bad (web/islands/drafts.ts), so whatever
// takes a draft answers with one.
type Flash struct {
	Kind     string // "" or "good", "info", "bad"
	Text     string
	UndoHref string // a POST here takes it back; "" when it cannot be
}

func (p Page) lang() string {
	if p.Lang != "" {
		return p.Lang
	}
	return p.Speaker.Lang()
}

func (p Page) theme() string {
	switch p.Theme {
	case "day", "light":
		return "light"
	case "evening", "dark":
		return "dark"
	}
	return ""
}

func (p Page) contrast() string {
	if p.Contrast == "more" {
		return "more"
	}
	return ""
}

func (p Page) org() string {
	if p.Frame != nil {
		return p.Frame.OrgName
	}
	return p.OrgName
}

func (p Page) brandCSS() string {
	if p.Frame != nil {
		return p.Frame.BrandCSS
	}
	return p.BrandCSS
}

func (p Page) keysOff() bool { return p.Frame != nil && p.Frame.KeysOff }

func (p Page) live() string {
	if p.Frame == nil {
		return ""
	}
	return p.Frame.Live
}

func (p Page) me() string {
	if p.Frame == nil {
		return ""
	}
	return p.Frame.Me.ID
}

func (p Page) title() string {
	if p.Title == "" {
		return "Plein"
	}
	return p.Title + " · Plein"
}

// site is the name of the whole, for programs that show a link. Like the rest of
// what they are told it is the same for every address that the reader may not see.
func (p Page) site() string {
	if p.org() == "" {
		return "Plein"
	}
	return "Plein · " + p.org()
}

// embed is where a program that has this reader's rights finds what a conversation
// is about; "" on other pages.
func (p Page) embed() string {
	path, _, _ := strings.Cut(p.Path, "?")
	id, ok := strings.CutPrefix(path, "/posts/")
	if !ok || p.Frame == nil || len(id) != 13 {
		return ""
	}
	return "/oembed?url=" + url.QueryEscape(path)
}

func (p Page) otherLang() string {
	if p.lang() == "en" {
		return "nl"
	}
	return "en"
}

// current says that a link leads to this page, or that this page lies under it.
// The square ("/") is under no link but its own.
func (p Page) current(l Link) bool { return l.Current || p.at(l.Href) }

func (p Page) at(href string) bool {
	path, _, _ := strings.Cut(p.Path, "?")
	if href == "/" || href == "" {
		return path == href && href != ""
	}
	return path == href || strings.HasPrefix(path, href+"/")
}

// bar lists the phone's bottom bar, in its fixed order; Write stands in the middle
// and is made by the layout.
func (f *Frame) bar() (before, after []Link) {
	for _, l := range f.Nav {
		switch l.Icon {
		case "plein", "groups":
			before = append(before, l)
		case "bell":
			after = append(after, l)
		}
	}
	return before, after
}

func (f *Frame) bell() (Link, bool) {
	for _, l := range f.Nav {
		if l.Icon == "bell" {
			return l, true
		}
	}
	return Link{}, false
}

// letter is the key that goes to a menu's link after g (design guide, section 11).
func letter(icon string) string {
	return map[string]string{"plein": "p", "bell": "m", "groups": "g", "question": "v", "idea": "i", "book": "h"}[icon]
}
