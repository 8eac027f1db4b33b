package groups

import (
	"strings"

	"github.com/a-h/templ"

	"plein/internal/platform/view"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// directoryView is the list of groups.
type directoryView struct {
	view.Page
	Query       string
	Show        string // "" for all, "mine" or "archived"
	MayStart    bool
	Guest       bool
	Invitations []invitationView
	Mine        []cardView
	Groups      []cardView
	Older       string
}

// rail explains the kinds of groups to whoever may start or join one.
func (v directoryView) rail() templ.Component {
	if v.Guest {
		return nil
	}
	return directoryRail(v)
}

// cardView is one group in a list.
type cardView struct {
	Tile     view.GroupLink
	Purpose  string
	Kind     plein.AudienceKind
	Count    string
	Owners   string
	Role     Role
	Invited  bool
	Asked    bool
	Archived bool
	MayJoin  bool
}

// invitationView is an invitation to the reader.
type invitationView struct {
	Tile    view.GroupLink
	Purpose string
	By      string
}

// groupView is what every page of a group shows above its own content.
type groupView struct {
	view.Page
	Look    Look
	Tile    view.GroupLink
	Count   string
	Guest   bool // the reader is a guest here
	MayJoin bool
	MayAsk  bool
	Manages bool // has the settings tab
	Tab     string
	Faces   []view.Person
	Owners  []view.Person
	Problem string // what kept an act from being done
	Bell    templ.Component
}

// talkView is the first tab, or the card for outsiders.
type talkView struct {
	groupView
	Slot templ.Component
	Note view.FieldView
}

// filesView is the tab of files.
type filesView struct {
	groupView
	Slot templ.Component
}

// membersView is the tab of members.
type membersView struct {
	groupView
	Members   []memberView
	Older     string
	First     bool // the first page, which also has what waits
	Requests  []requestView
	Waiting   []waitingView
	MayInvite bool
	Guests    bool // guests may be invited too
	Who       string
	Found     []foundView
}

type memberView struct {
	Person view.Person
	Note   string
	Role   Role
	Guest  bool
	Acts   []memberAct
}

// tagged says that there is something to say about a member besides the name.
func (m memberView) tagged() bool {
	return m.Role.Runs() || m.Guest || m.Person.Former || m.Person.Bot
}

// memberAct is something the reader may do with a member.
type memberAct struct{ Action, Icon, Label, Role string }

type requestView struct {
	Person view.Person
	Note   string
	When   string
	Said   string
}

type waitingView struct {
	Person view.Person
	By     string
}

type foundView struct {
	Person  view.Person
	Note    string
	Guest   bool
	Member  bool
	Invited bool
}

// formView is the form to start a group.
type formView struct {
	view.Page
	Name, Purpose, Kind, History view.FieldView
	Kinds, Histories             []view.OptionView
	Problem                      string
}

// settingsView is the form to change one.
type settingsView struct {
	groupView
	Name, Purpose, Kind view.FieldView
	Kinds               []view.OptionView
	ByRank              bool
	Who                 string
	Found               []foundView
}

func (g groupView) href() string { return groupHref(g.Look.ID) }

func groupHref(id plein.ID) string { return "/groups/" + id.String() }

func tile(g Group) view.GroupLink {
	return view.GroupLink{Href: groupHref(g.ID), Name: g.Name, Tile: g.Tile}
}

// kindIcon is the drawing that goes with a kind of group, everywhere.
func kindIcon(k plein.AudienceKind) string {
	switch k {
	case plein.Open:
		return "aud-all"
	case plein.Secret:
		return "key"
	}
	return "lock"
}

// countWords says how many members there are, as exactly as the reader may know.
func countWords(sp words.Speaker, g Group) string {
	switch {
	case g.About && g.Members == 0:
		return sp.T("groups.members_few")
	case g.About:
		return sp.T("groups.members_about", "n", g.Members)
	}
	return sp.T("groups.members", "n", g.Members)
}

// ownerWords names at most two owners.
func ownerWords(sp words.Speaker, owners []view.Person) string {
	names := make([]string, 0, 2)
	for _, o := range owners[:min(len(owners), 2)] {
		names = append(names, o.Name)
	}
	switch rest := len(owners) - len(names); {
	case len(names) == 0:
		return ""
	case rest > 0:
		return sp.T("groups.owned_by_more", "names", strings.Join(names, ", "), "n", rest)
	}
	return sp.T("groups.owned_by", "names", strings.Join(names, ", "))
}

// tabs lists the pages of a group that the reader may open.
func (g groupView) tabs() []view.Link {
	sp, href := g.Speaker, g.href()
	links := []view.Link{{Href: href, Label: sp.T("groups.tab.talk"), Current: g.Tab == "talk"},
		{Href: href + "/members", Label: sp.T("groups.tab.members"), Current: g.Tab == "members"},
		{Href: href + "/files", Label: sp.T("groups.tab.files"), Current: g.Tab == "files"}}
	if g.Look.Sight != Whole {
		links = []view.Link{{Href: href, Label: sp.T("groups.about"), Current: g.Tab == "talk"}}
	}
	if g.Manages {
		links = append(links, view.Link{Href: href + "/settings", Label: sp.T("groups.tab.settings"), Current: g.Tab == "settings"})
	}
	return links
}

// kindOptions explains the kinds; from limits them to what a group may become.
func kindOptions(sp words.Speaker, from, chosen plein.AudienceKind) []view.OptionView {
	var out []view.OptionView
	for _, k := range []plein.AudienceKind{plein.Open, plein.Closed, plein.Secret} {
		if from != "" && mayBecome(from, k) != nil && k != chosen {
			continue
		}
		out = append(out, view.OptionView{Value: string(k), Icon: kindIcon(k), Chosen: k == chosen,
			Label: sp.T("groups.kind." + string(k) + ".name"), Hint: sp.T("groups.kind." + string(k) + ".hint")})
	}
	return out
}

func historyOptions(sp words.Speaker, fromJoin bool) []view.OptionView {
	return []view.OptionView{
		{Value: "all", Icon: "history", Chosen: !fromJoin, Label: sp.T("groups.history.all"), Hint: sp.T("groups.history.all_hint")},
		{Value: "join", Icon: "clock", Chosen: fromJoin, Label: sp.T("groups.history.join"), Hint: sp.T("groups.history.join_hint")},
	}
}

// describe is the line under a name: what somebody does, or where a guest is from.
// To a guest nothing of the organisation is told (TRUST section 1).
func describe(c people.Card, reader plein.Actor) string {
	switch {
	case c.Guest:
		return c.Employer
	case reader.Guest:
		return ""
	case c.Title == "" || c.UnitName == "":
		return c.Title + c.UnitName
	}
	if strings.HasSuffix(strings.ToLower(c.Title), strings.ToLower(c.UnitName)) {
		return c.Title // "Verpleegkundige Interne B3" names the department already
	}
	return c.Title + ", " + c.UnitName
}

// sayError gives the sentence of an error in the reader's language.
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

// say puts an error under the field it belongs to, and tells whether it did.
func say(sp words.Speaker, err error, fields ...*view.FieldView) bool {
	if err == nil {
		return true
	}
	for _, f := range fields {
		if f.Name == plein.AsError(err).Field {
			f.Error, f.Focus = sayError(sp, err), true
			return true
		}
	}
	return false
}

func directoryTabs(v directoryView) []view.Link {
	return []view.Link{
		{Href: "/groups", Label: v.Speaker.T("groups.all"), Current: v.Show == ""},
		{Href: "/groups?show=mine", Label: v.Speaker.T("groups.mine"), Current: v.Show == "mine"},
		{Href: "/groups?show=archived", Label: v.Speaker.T("groups.archive"), Current: v.Show == "archived"},
	}
}

func directoryHeading(v directoryView) string {
	switch {
	case v.Query != "":
		return v.Speaker.T("groups.found")
	case v.Show == "archived":
		return v.Speaker.T("groups.archive")
	case v.Show == "mine", v.Guest:
		return v.Speaker.T("groups.mine")
	}
	return v.Speaker.T("groups.all")
}

func inviteLabel(v membersView) string {
	if v.Guests {
		return v.Speaker.T("groups.invite.label_guest")
	}
	return v.Speaker.T("groups.invite.label")
}

func guestWarning(v membersView) string {
	if v.Look.HistoryFromJoin {
		return v.Speaker.T("groups.invite.guest_warning_join")
	}
	return v.Speaker.T("groups.invite.guest_warning")
}
