package search

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"plein/internal/platform/language"
	"plein/internal/platform/view"
	"plein/internal/plein"
)

// pageView is the search page.
type pageView struct {
	view.Page
	Query  Query
	Result Result
	Asked  bool
	Behind time.Time // since when something may not be found yet

	Likely       *hitView
	Hits         []hitView
	People       []personView
	Groups       []groupView
	PlaceFacets  []facetView
	PeopleFacets []facetView
	Experts      templ.Component
	Keep         bool // may look after the synonyms
}

type hitView struct {
	id         plein.ID
	Icon, Kind string
	Href       string
	Heading    []language.Part
	Snippet    []language.Part
	By         string
	Place      string
	At         time.Time
	Size       string // of a file
	In, InHref string // a file's conversation
	More       int
}

type personView struct {
	Face view.Person
	Says []language.Part
}

type groupView struct {
	Icon, Kind, Href string
	Name, Purpose    []language.Part
	Masked           bool
}

type facetView struct {
	Facet
	Name string
}

type synonymsView struct {
	view.Page
	Words view.FieldView
	List  []synonymView
}

type synonymView struct{ ID, Words string }

// showTyped leaves what was typed in the field of the top bar.
func (v *pageView) showTyped(typed string) {
	if v.Frame == nil || v.Frame.Search == nil {
		return
	}
	frame, field := *v.Frame, *v.Frame.Search
	field.Query = typed
	frame.Search, v.Frame = &field, &frame
}

// with gives the address of the same question, changed.
func (v pageView) with(change func(q *Query)) string {
	q := v.Query
	q.Text, q.After = v.Result.Text, ""
	change(&q)
	return q.href()
}

type tabView struct {
	Href, Label, Count string
	Current            bool
}

func (v pageView) tabs() []tabView {
	sp := v.Speaker
	var out []tabView
	for _, t := range []struct {
		tab   Tab
		label string
	}{{TabAll, sp.T("search.tab.all")}, {TabQuestions, sp.T("search.tab.questions")}, {TabPosts, sp.T("search.tab.posts")}, {TabReplies, sp.T("search.tab.replies")},
		{TabFiles, sp.T("search.tab.files")}, {TabPeople, sp.T("search.tab.people")}, {TabGroups, sp.T("search.tab.groups")}} {
		if t.tab == TabPeople && v.guest() {
			continue
		}
		tab := tabView{Href: v.with(func(q *Query) { q.Tab = t.tab }), Label: t.label, Current: v.Query.Tab == t.tab}
		if n := v.Result.Facets.Tabs[t.tab]; n > 0 && t.tab != TabAll {
			tab.Count = v.number(n)
		}
		out = append(out, tab)
	}
	return out
}

func (v pageView) guest() bool { return v.Frame != nil && v.Frame.Me.Guest }

// number writes a count of the window: with more behind it, it is a least.
func (v pageView) number(n int) string {
	if v.Result.Many {
		return v.Speaker.Number(n) + "+"
	}
	return v.Speaker.Number(n)
}

func (v pageView) sorts() []view.Link {
	return []view.Link{
		{Href: v.with(func(q *Query) { q.Best = false }), Label: v.Speaker.T("search.sort.newest"), Current: !v.Query.Best},
		{Href: v.with(func(q *Query) { q.Best = true }), Label: v.Speaker.T("search.sort.best"), Current: v.Query.Best},
	}
}

type periodView struct {
	Value, Label string
	On           bool
}

func (v pageView) periods() []periodView {
	sp := v.Speaker
	out := []periodView{{string(Always), sp.T("search.period.always"), false}, {string(Day), sp.T("search.period.day"), false}, {string(Week), sp.T("search.period.week"), false},
		{string(Month), sp.T("search.period.month"), false}, {string(Year), sp.T("search.period.year"), false}}
	for n := range out {
		out[n].On = out[n].Value == string(v.Query.Period)
	}
	return out
}

// chips are the filters that are on, each a link that takes it away.
func (v pageView) chips() []view.Link {
	var out []view.Link
	for _, p := range v.periods() {
		if p.On && v.Query.Period != Always {
			out = append(out, view.Link{Label: p.Label, Href: v.with(func(q *Query) { q.Period = Always })})
		}
	}
	for _, f := range v.PlaceFacets {
		if f.On {
			out = append(out, view.Link{Label: f.Name, Href: v.with(func(q *Query) { q.Places = without(q.Places, f.ID) })})
		}
	}
	for _, f := range v.PeopleFacets {
		if f.On {
			out = append(out, view.Link{Label: f.Name, Href: v.with(func(q *Query) { q.People = without(q.People, f.ID) })})
		}
	}
	return out
}

func (v pageView) clear() string {
	return v.with(func(q *Query) { q.Places, q.People, q.Period = nil, nil, Always })
}

func (v pageView) next() string {
	if v.Result.Next == "" {
		return ""
	}
	return v.with(func(q *Query) { q.After = v.Result.Next })
}

// found says how much there is.
func (v pageView) found() string {
	if v.Result.Many {
		return v.Speaker.T("search.many", "n", window)
	}
	return v.Speaker.T("search.count", "n", v.Result.Count+len(v.People)+len(v.Groups))
}

// listing says that there is something in the list.
func (v pageView) listing() bool {
	return len(v.Hits)+len(v.People)+len(v.Groups) > 0 || v.Likely != nil
}

func (v pageView) also() string    { return strings.Join(v.Result.Also, ", ") }
func (v pageView) lacking() string { return strings.Join(v.Result.Without, ", ") }

func (v pageView) suggested() string {
	return v.with(func(q *Query) { q.Text, q.Places, q.People = v.Result.Suggest, nil, nil })
}

// ask is where one asks what was not found.
func (v pageView) ask() string {
	q := Query{Text: v.Result.Text}.href()
	return "/posts/new?kind=question&title=" + strings.TrimPrefix(q, "/search?q=")
}

func without(list []plein.ID, id plein.ID) (out []plein.ID) {
	for _, x := range list {
		if x != id {
			out = append(out, x)
		}
	}
	return out
}
