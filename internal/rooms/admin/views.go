package admin

import (
	"errors"
	"slices"
	"strings"
	"time"

	"plein/internal/platform/view"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// overviewView is the page /admin.
type overviewView struct {
	view.Page
	Links []linkView
}

// linkView is a way to a page, with one sentence about it.
type linkView struct{ Href, Icon, Label, Hint string }

// crumbs lead from /admin to a page; the last link is the page itself.
func crumbs(p view.Page, above ...view.Link) []view.Link {
	out := append([]view.Link{{Href: "/admin", Label: p.Speaker.T("admin.title")}}, above...)
	return append(out, view.Link{Label: p.Title})
}

// peopleView is the page /admin/people.
type peopleView struct {
	view.Page
	Search view.FieldView
	Show   string
	Which  []view.Link
	Rows   []personRow
	Guests bool // the list is of guests: an employer and an end date instead
	Asked  bool
	Invite bool // guests can be invited
	More   string
}

// personRow is one account in a list.
type personRow struct {
	Href, Name, Email, Job, Place string
	Until                         time.Time
	State                         stateView
	Roles                         []string
}

// stateView is how an account stands, as a tag.
type stateView struct{ Kind, Label string }

func stateOf(sp words.Speaker, p people.Person, now time.Time) stateView {
	switch {
	case p.State == people.Former:
		return stateView{"", sp.T("admin.state.former")}
	case p.State == people.Closed:
		return stateView{"danger", sp.T("admin.state.closed")}
	case p.Bot:
		return stateView{"", sp.T("admin.state.bot")}
	case p.Guest && !p.IsIn(now):
		return stateView{"danger", sp.T("admin.state.over")}
	case p.Guest:
		return stateView{"ochre", sp.T("admin.state.guest")}
	}
	return stateView{"good", sp.T("admin.state.active")}
}

// roleNames lists the roles beside being a member or a guest.
func roleNames(sp words.Speaker, roles []plein.Role) []string {
	var out []string
	for _, r := range roles {
		if r != plein.RoleMember && r != plein.RoleGuest {
			out = append(out, sp.T("admin.role."+string(r)))
		}
	}
	return out
}

// addView is the form for a new colleague, and the one for a guest.
type addView struct {
	view.Page
	Problem string
	Fields  []view.FieldView // the plain ones
	Unit    view.FieldView
	Units   []view.OptionView
	Who     whoView // the manager, or the sponsor
}

// whoView is a field in which somebody is named, with who it could be when that
// was not clear.
type whoView struct {
	Field view.FieldView
	Pick  view.FieldView
	Among []view.OptionView
}

// whoField makes such a field; label and hint are sentences.
func whoField(sp words.Speaker, id, name, label, hint, value string, err error, among []people.Person, tree *people.Tree) whoView {
	v := whoView{Field: view.FieldView{ID: id, Name: name, Label: label, Hint: hint, Value: value, Autocomplete: "off", Speaker: sp},
		Pick: view.FieldView{ID: id + "-pick", Name: name + "_pick", Label: sp.T("admin.who.which"), Speaker: sp}}
	if err != nil {
		v.Field.Error, v.Field.Focus = sayError(sp, err), true
	}
	for _, p := range among {
		about := strings.Join(slices.DeleteFunc([]string{p.Title, tree.Name(p.Unit)}, func(s string) bool { return s == "" }), ", ")
		v.Among = append(v.Among, view.OptionView{Value: "@" + p.Handle, Label: p.Name, Hint: about})
	}
	return v
}

// personView is the page /admin/people/{id}.
type personView struct {
	view.Page
	At       string // the address of the page
	Who      view.Person
	State    stateView
	Held     []string // roles
	Mine     bool     // it is the actor's own account
	Guest    bool
	Bot      bool
	Closed   bool
	Former   bool
	MayLink  bool
	Problems map[string]string // what is wrong and belongs to no field, by form

	Name, Job    view.FieldView
	Email        view.FieldView
	Unit         view.FieldView
	Units        []view.OptionView
	Manager      whoView
	Roles        []roleOption
	Fixed        []string // roles that only somebody else can take
	Until        view.FieldView
	UntilSaid    string
	Sponsor      view.Person
	Employer     string
	ChooseExtend bool // guests are wanted, so the date can be moved
}

type roleOption struct {
	Value, Label, Hint string
	On                 bool
}

// closeView is the page /admin/people/{id}/close.
type closeView struct {
	view.Page
	At      string
	Who     view.Person
	What    []string // what follows from it
	Problem string
	May     bool
	Crumbs  []view.Link
}

// unitsView is the page /admin/units.
type unitsView struct {
	view.Page
	Rows    []unitRow
	Problem string
	Name    view.FieldView
	Parent  view.FieldView
	Parents []view.OptionView
}

type unitRow struct{ Href, Indent, Name, Parent, Head, HeadHref string }

// unitView is the page /admin/units/{id}.
type unitView struct {
	view.Page
	At      string
	Shown   string // where everybody sees it
	Problem string
	Name    view.FieldView
	Parent  view.FieldView
	Parents []view.OptionView
	Head    whoView
	Below   []view.Link
}

// groupsView is the page /admin/groups.
type groupsView struct {
	view.Page
	Search   view.FieldView
	Archived bool
	Which    []view.Link
	Rows     []groupRow
	Asked    bool
	More     string
}

type groupRow struct {
	Href, Name, Kind, Icon, Owners, Members string
}

// groupView is the page /admin/groups/{id}.
type groupView struct {
	view.Page
	At                  string
	Tile                view.GroupLink
	Kind, Icon, Members string
	Owners              []view.Person
	Archived            bool
	Problem             string
	Name                view.FieldView
	Owner               whoView
}

// settingsView is the page /admin/settings.
type settingsView struct {
	view.Page
	Fields  []view.FieldView // in the order of the page, for the summary of errors
	Org     view.FieldView
	Welcome view.FieldView
	Brand   view.FieldView
	Swatch  []swatchView
	Lang    view.FieldView
	Langs   []view.OptionView
	Zone    view.FieldView
	Zones   []view.OptionView
	Groups  view.FieldView
	Whos    []view.OptionView
	Guests  view.FieldView
	Answers []view.OptionView
	Problem string
}

// swatchView shows the brand in one theme: what is written on it, and what it
// writes.
type swatchView struct{ Label, Ground, Brand, On, Soft, Ink string }

// healthView is the page /admin/health.
type healthView struct {
	view.Page
	Warnings []string
	Facts    [][2]string
	Lags     []lagRow
	Jobs     [][2]string
	Dead     []deadRow
}

type lagRow struct {
	Name, Lines, Oldest string
}

type deadRow struct {
	ID    int64
	Kind  string
	Tries int
	At    time.Time
}

// unitOptions lists all departments, indented by where they hang. without leaves
// out a department and what is below it.
func unitOptions(tree *people.Tree, none string, chosen, without plein.ID) []view.OptionView {
	out := []view.OptionView{{Label: none, Chosen: chosen == 0}}
	var hidden []plein.ID
	if without != 0 {
		hidden = tree.Below(without)
	}
	for _, u := range tree.All() {
		if !slices.Contains(hidden, u.ID) {
			out = append(out, view.OptionView{Value: u.ID.String(), Chosen: u.ID == chosen, Label: indent(tree, u.ID) + u.Name})
		}
	}
	return out
}

func indent(tree *people.Tree, id plein.ID) string { return strings.Repeat("\u2003", tree.Depth(id)) }

// sayError gives an error's sentence in the reader's language.
func sayError(sp words.Speaker, err error) string {
	e := plein.AsError(err)
	key := e.Key
	if !sp.Has(key) {
		key = "error." + strings.ReplaceAll(e.Kind.String(), " ", "_")
	}
	pairs := make([]any, 0, 2*len(e.Args))
	for name, v := range e.Args {
		pairs = append(pairs, name, v)
	}
	return sp.T(key, pairs...)
}

// mark puts errors under the fields they belong to; the first of those is where
// one starts. It gives what belongs to none of them, as one sentence.
func mark(sp words.Speaker, wrong map[string]error, fields ...*view.FieldView) (rest string) {
	focused := false
	known := map[string]bool{}
	for _, f := range fields {
		known[f.Name] = true
		if err := wrong[f.Name]; err != nil {
			f.Error, f.Focus, focused = sayError(sp, err), !focused, true
		}
	}
	for name, err := range wrong {
		if !known[name] {
			rest = sayError(sp, err)
		}
	}
	return rest
}

// byField turns an error into the form that mark reads.
func byField(err error) map[string]error {
	if err == nil {
		return nil
	}
	return map[string]error{plein.AsError(err).Field: err}
}

// sayable says that an error is for the page it was asked from, and with which
// status. What is not there, and what is our fault, is an error page.
func sayable(err error) (status int, ok bool) {
	if err == nil || errors.Is(err, plein.ErrNotFound) {
		return 0, false
	}
	switch plein.KindOf(err) {
	case plein.Invalid:
		return 422, true
	case plein.Conflict:
		return 409, true
	case plein.Denied:
		return 403, true
	}
	return 0, false
}

// addFields lists the fields of a form for the summary of its errors.
func addFields(v addView) []view.FieldView {
	return append(slices.Clone(v.Fields), v.Unit, v.Who.Field)
}

// sessionsHint says what ending all sessions does, to oneself or to somebody else.
func sessionsHint(v personView) string {
	if v.Mine {
		return v.Speaker.T("admin.person.sessions_mine")
	}
	return v.Speaker.T("admin.person.sessions_hint")
}

// archivedShow is how the address says that the archive is shown.
func archivedShow(archived bool) string {
	if archived {
		return "archived"
	}
	return ""
}
