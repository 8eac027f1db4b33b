package people

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"plein/internal/platform/blob"
	"plein/internal/platform/text"
	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
)

// directorySize is how many people stand on a page of the directory: rows of two
// or three come out even.
const directorySize = 24

// maxPhotoBytes is the largest photo that is taken. A phone makes five or six.
const maxPhotoBytes = 12 << 20

// Slot is a piece of a page that somebody else fills for whoever looks: nil when
// there is nothing for them.
type Slot func(ctx context.Context, r *http.Request, id plein.ID) (templ.Component, error)

// PageDeps is what the pages need beside the service. Slots may be nil.
type PageDeps struct {
	Service *Service
	Page    func(r *http.Request) view.Page // what surrounds a page
	Photos  blob.Store

	// Avatar makes a square photo of what was sent: turned upright, re-encoded as
	// JPEG, without a word of where it was taken. An error is Invalid or TooMuch.
	Avatar func(ctx context.Context, sent []byte) (jpeg []byte, err error)

	Posts     Slot // what a person wrote, as the reader may see it
	UnitPosts Slot // what was said in a department
	Acts      Slot // buttons beside a person's face: follow
	Groups    Slot // cards beside a profile: the groups one shares
}

// Module is the pages of people.
type Module struct {
	PageDeps
	text *text.Renderer
}

// NewModule makes the pages.
func NewModule(d PageDeps) *Module { return &Module{PageDeps: d, text: text.New()} }

// Routes registers the pages. Guests have no directory, no departments and no
// posts of a person; of a profile they see what See gives them.
func (m *Module) Routes(r *web.Routes) {
	r.Get("/people", web.People, m.directory)
	r.Get("/people/{id}", web.SignedIn, m.profile)
	r.Get("/people/{id}/posts", web.People, m.profilePosts)
	r.Get("/people/{id}/photo", web.SignedIn, m.photo)
	r.Get("/units/{id}", web.People, m.unit)
	r.Get("/units/{id}/posts", web.People, m.unitPosts)
	r.Get("/settings", web.SignedIn, m.settings)
	r.Get("/settings/profile", web.SignedIn, m.editProfile)
	r.Post("/settings/profile", web.SignedIn, m.saveProfile)
	r.Upload("/settings/photo", web.SignedIn, maxPhotoBytes, m.savePhoto)
	r.Post("/settings/photo/remove", web.SignedIn, m.removePhoto)
	r.Get("/settings/display", web.SignedIn, m.editDisplay)
	r.Post("/settings/display", web.SignedIn, m.saveDisplay)
}

// rowView is one face in a list.
type rowView struct {
	view.Person
	UnitHref, Place string
}

func row(p Person, tree *Tree) rowView {
	r := rowView{Person: cardOf(p, tree).Face(), Place: p.Location}
	if p.Unit != 0 {
		r.UnitHref = "/units/" + p.Unit.String()
	}
	return r
}

func rows(people []Person, tree *Tree) []rowView {
	out := make([]rowView, len(people))
	for i, p := range people {
		out[i] = row(p, tree)
	}
	return out
}

// directoryView is the page /people.
type directoryView struct {
	view.Page
	Search  view.FieldView
	Unit    view.FieldView
	Units   []view.OptionView
	Place   view.FieldView
	Places  []view.OptionView
	Letters []view.Link
	Letter  string
	Asked   bool // something was asked, so an empty list has another reason
	Rows    []rowView
	Older   string
}

// profileView is the page /people/{id}.
type profileView struct {
	view.Page
	Who       view.Person
	Pronouns  string
	Job       string
	UnitHref  string
	Place     string
	Languages string
	Employer  string
	Until     time.Time // a guest's last moment
	Sponsor   view.Person
	Mine      bool
	Limited   bool // a guest looks: name, face and employer
	Unknown   bool // a former member, of whom there are only posts
	Tabs      []view.Link

	AskMe        []string
	Skills       []view.Link
	Bio          string // HTML, sanitised by platform/text
	Email, Phone string
	PhoneHref    string
	Line         []view.Person // the managers above, nearest first
	Team         []view.Person
	Reports      []view.Person
	Acts         templ.Component
	Groups       templ.Component
	Posts        templ.Component
}

// Empty says that the person told nothing about themselves yet.
func (v profileView) Empty() bool {
	return len(v.AskMe) == 0 && len(v.Skills) == 0 && v.Bio == ""
}

// rail stands beside a profile when the reader may know anything that goes there.
func (v profileView) rail() templ.Component {
	if v.Email+v.Phone+v.Sponsor.Name == "" && len(v.Line)+len(v.Reports)+len(v.Team) == 0 && v.Groups == nil {
		return nil
	}
	return profileRail(v)
}

// jobLine is what somebody does. When the department follows it ends in a comma, or
// it is the job without the department that it already named.
func (v profileView) jobLine() string {
	if v.Job == "" || v.UnitHref == "" {
		return v.Job
	}
	if job, named := strings.CutSuffix(v.Job, v.Who.Unit); named {
		return job
	}
	return v.Job + ", "
}

// mailbox and mailhost are the parts of an address between which a line may break.
func (v profileView) mailbox() string {
	box, _, _ := strings.Cut(v.Email, "@")
	return box
}

func (v profileView) mailhost() string { return strings.TrimPrefix(v.Email, v.mailbox()) }

// rail stands beside a department that has others below it.
func (v unitView) rail() templ.Component {
	if len(v.Below) == 0 {
		return nil
	}
	return unitRail(v)
}

// unitView is the page /units/{id}.
type unitView struct {
	view.Page
	Name   string
	Crumbs []view.Link
	Head   *view.Person
	Below  []view.Link
	Tabs   []view.Link
	All    string // the directory of this department and below
	Rows   []rowView
	Older  string
	Posts  templ.Component
	Tile   int
}

// settingsView is the page /settings.
type settingsView struct {
	view.Page
	Links []settingLink
}

type settingLink struct{ Href, Icon, Label, Hint string }

// profileForm is the page /settings/profile.
type profileForm struct {
	view.Page
	Me          view.Person
	HasPhoto    bool
	PhotoError  string
	Name, Email string
	Fields      []view.FieldView
}

// displayForm is the page /settings/display.
type displayForm struct {
	view.Page
	Theme, Lang, Zone   view.FieldView
	Themes, Langs       []view.OptionView
	Zones               []view.OptionView
	MoreContrast, Keyed bool
	Error               string
}
