package feed

import (
	"crypto/rand"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"plein/internal/platform/text"
	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/items"
)

func (m *Module) forYou(w http.ResponseWriter, r *http.Request) error {
	return m.home(w, r, "/", m.ForYou)
}

func (m *Module) latest(w http.ResponseWriter, r *http.Request) error {
	return m.home(w, r, "/latest", m.Latest)
}

func (m *Module) following(w http.ResponseWriter, r *http.Request) error {
	return m.home(w, r, "/following", m.Following)
}

// home is one of the three timelines; they differ by what fills them.
func (m *Module) home(w http.ResponseWriter, r *http.Request, path string, fill filler) error {
	a := plein.ActorFrom(r.Context())
	at := r.URL.Query().Get("at")
	kept, err := m.page(r.Context(), a, path, at, fill)
	if err != nil {
		return err
	}
	v := HomeView{Page: m.Page(r), Why: path == "/"}
	v.Title = v.Speaker.T("nav.square")
	v.Heading = v.Speaker.T("feed.heading", "name", orgName(v.Page))
	for _, tab := range []struct{ href, key string }{{"/", "feed.tab.for_you"}, {"/latest", "feed.tab.latest"}, {"/following", "feed.tab.following"}} {
		v.Tabs = append(v.Tabs, view.Link{Href: tab.href, Label: v.Speaker.T(tab.key), Current: tab.href == path})
	}
	if v.Cards, err = m.show(r, kept.cards, kept.why); err != nil {
		return err
	}
	if at == "" && path != "/following" { // whom one follows is not told to the stream
		v.News = path
	}
	if kept.next != "" {
		v.Older = path + "?at=" + url.QueryEscape(kept.next)
	}
	v.Empty = EmptyView{Title: v.Speaker.T("feed.empty"), Next: v.Speaker.T("feed.empty_next"), Href: "/groups", Action: v.Speaker.T("nav.find_group")}
	if a.Guest { // a guest starts nothing and finds no groups
		v.Empty.Next, v.Empty.Action = v.Speaker.T("feed.empty_guest"), v.Speaker.T("nav.groups")
	}
	if path == "/following" {
		v.Empty = EmptyView{Title: v.Speaker.T("feed.following_empty"), Next: v.Speaker.T("feed.following_next"), Href: "/people", Action: v.Speaker.T("nav.people")}
		if a.Guest {
			v.Empty.Href, v.Empty.Action = "/groups", v.Speaker.T("nav.groups")
		}
	}
	if at == "" {
		c, err := m.Items.ComposerFor(r, 0)
		if err != nil {
			return err
		}
		if len(c.Choices) > 0 {
			c.Gables = true
			v.Composer = &c
		}
	}
	if m.Rail != nil {
		if v.Rail, err = m.Rail(r); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, Home(v))
}

func orgName(p view.Page) string {
	if p.Frame != nil {
		return p.Frame.OrgName
	}
	return p.OrgName
}

// fill makes cards of what was placed, each with the reason for its place.
func (m *Module) fill(r *http.Request, shown Shown) ([]items.CardView, error) {
	ctx, a := r.Context(), plein.ActorFrom(r.Context())
	reader, err := m.access.Reader(ctx, a)
	if err != nil {
		return nil, err
	}
	heads := make([]items.Head, len(shown.Placed))
	why := make(map[plein.ID]Reason, len(heads))
	for n, p := range shown.Placed {
		heads[n] = p.Head
		why[p.ID] = p.Why
	}
	cards, err := m.items.CardsOf(ctx, a, reader, heads, items.Opts{Preview: true})
	if err != nil {
		return nil, err
	}
	return m.show(r, cards, why)
}

// show makes views of cards, each with the reason for its place and a field to
// answer in.
func (m *Module) show(r *http.Request, cards []items.Card, why map[plein.ID]Reason) ([]items.CardView, error) {
	views, err := m.Items.CardViews(r, cards)
	if err != nil {
		return nil, err
	}
	for n := range views {
		switch why[views[n].ID] {
		case ReasonAsked:
			views[n].Why = views[n].Speaker.T("feed.why.asked")
		case ReasonFollow:
			views[n].Why = views[n].Speaker.T("feed.why.follow")
		}
		views[n].Reply = &items.ReplyView{ClientKey: rand.Text()}
		if views[n].Gone() {
			views[n].Reply = nil
		}
	}
	return views, nil
}

// In makes the talk of a group or department for the page that shows it. pinned
// items stand on top of its first page.
func (m *Module) In(r *http.Request, audience plein.ID, path string, mayWrite bool) (templ.Component, error) {
	ctx, a := r.Context(), plein.ActorFrom(r.Context())
	at := r.URL.Query().Get("at")
	shown, err := m.Audience(ctx, a, audience, at)
	if err != nil {
		return nil, err
	}
	pinned := map[plein.ID]bool{}
	if at == "" {
		ids, err := m.items.Pinned(ctx, a, audience)
		if err != nil {
			return nil, err
		}
		var top []Placed
		for _, id := range ids {
			pinned[id] = true
			top = append(top, Placed{Head: items.Head{ID: id}, Why: ReasonNew})
		}
		for _, p := range shown.Placed {
			if !pinned[p.ID] {
				top = append(top, p)
			}
		}
		shown.Placed = top
	}
	v := TalkView{Page: m.Page(r)}
	if v.Cards, err = m.fill(r, shown); err != nil {
		return nil, err
	}
	for n := range v.Cards {
		v.Cards[n].Pinned = pinned[v.Cards[n].ID]
	}
	if shown.Next != "" {
		v.Older = path + "?at=" + url.QueryEscape(shown.Next)
	}
	v.Empty = EmptyView{Title: v.Speaker.T("feed.quiet"), Next: v.Speaker.T("feed.quiet_next")}
	if mayWrite && at == "" {
		c, err := m.Items.ComposerFor(r, audience)
		if err != nil {
			return nil, err
		}
		v.Composer = &c
	}
	if at == "" {
		v.News, v.NewsOf = path, audience.String()
		if err := m.Visit(ctx, a, audience); err != nil {
			return nil, err
		}
	}
	return Talk(v), nil
}

// Of makes the list of what one person began, for their profile.
func (m *Module) Of(r *http.Request, person plein.ID, path string) (templ.Component, error) {
	shown, err := m.By(r.Context(), plein.ActorFrom(r.Context()), person, r.URL.Query().Get("at"))
	if err != nil {
		return nil, err
	}
	v := TalkView{Page: m.Page(r)}
	if v.Cards, err = m.fill(r, shown); err != nil {
		return nil, err
	}
	if shown.Next != "" {
		v.Older = path + "?at=" + url.QueryEscape(shown.Next)
	}
	v.Empty = EmptyView{Title: v.Speaker.T("feed.said_nothing"), Next: v.Speaker.T("feed.said_nothing_next")}
	return Talk(v), nil
}

func (m *Module) tag(w http.ResponseWriter, r *http.Request) error {
	tag, ok := text.FoldTag(r.PathValue("tag"))
	if !ok {
		return plein.ErrNotFound
	}
	shown, err := m.Tagged(r.Context(), plein.ActorFrom(r.Context()), tag, r.URL.Query().Get("at"))
	if err != nil {
		return err
	}
	v := TagView{Page: m.Page(r), Tag: tag}
	v.Title = "#" + tag
	if v.Cards, err = m.fill(r, shown); err != nil {
		return err
	}
	if shown.Next != "" {
		v.Older = "/tags/" + url.PathEscape(tag) + "?at=" + url.QueryEscape(shown.Next)
	}
	return web.Render(w, r, http.StatusOK, TagPage(v))
}

// why says why an item stands in the reader's timeline, from the same facts that
// put it there.
func (m *Module) why(w http.ResponseWriter, r *http.Request) error {
	id, err := plein.ParseID(r.PathValue("id"))
	if err != nil {
		return err
	}
	ctx, a := r.Context(), plein.ActorFrom(r.Context())
	cards, err := m.items.Cards(ctx, a, []plein.ID{id}, items.Opts{})
	if err != nil {
		return err
	}
	if len(cards) == 0 || !cards[0].IsRoot() {
		return plein.ErrNotFound
	}
	views, err := m.Items.CardViews(r, cards)
	if err != nil {
		return err
	}
	v := WhyView{Page: m.Page(r), Card: views[0]}
	v.Title = v.Speaker.T("feed.why_title")
	facts, err := m.Facts(ctx, a, cards[0])
	if err != nil {
		return err
	}
	for _, f := range facts {
		v.Reasons = append(v.Reasons, v.Speaker.T(f.Key, f.Args...))
	}
	return web.Render(w, r, http.StatusOK, WhyPage(v))
}

func (m *Module) order(w http.ResponseWriter, r *http.Request) error {
	p := m.Page(r)
	p.Title = p.Speaker.T("feed.why_order")
	return web.Render(w, r, http.StatusOK, OrderPage(p))
}

func (m *Module) follow(kind string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := plein.ParseID(r.PathValue("id"))
		if err != nil {
			return err
		}
		form, err := web.Decode(r)
		if err != nil {
			return err
		}
		ctx, a := r.Context(), plein.ActorFrom(r.Context())
		target := plein.Ref{Kind: kind, ID: id}
		if kind == "thread" {
			i, err := m.items.Find(ctx, a, id)
			if err != nil {
				return err
			}
			target.ID = i.Root
		} else if err := m.MayKnow(ctx, a, target); err != nil {
			return err
		}
		// A menu names a level, a button only turns following on and off.
		level := Level(form.Get("level"))
		if level == "" {
			level = Normal
			if form.On("on") {
				level = Following
			}
		}
		if err := m.Choose(ctx, a, target, level); err != nil {
			return err
		}
		if web.WantsJSON(r) {
			return web.JSON(w, http.StatusOK, map[string]any{"on": level == Following, "level": level})
		}
		if form.Has("level") {
			web.SetFlash(w, "feed.bell.chosen_"+string(level))
		}
		return web.Back(w, r, places[kind]+id.String())
	}
}

// places are where the pages of what one can follow stand.
var places = map[string]string{"person": "/people/", "group": "/groups/", "thread": "/posts/"}

// Bell makes the menu with which the actor follows or mutes something.
func (m *Module) Bell(r *http.Request, target plein.Ref) (templ.Component, error) {
	level, err := m.Level(r.Context(), plein.ActorFrom(r.Context()), target)
	if err != nil {
		return nil, err
	}
	return bell(BellView{Speaker: m.Page(r).Speaker, Kind: target.Kind, Action: places[target.Kind] + target.ID.String() + "/follow", Level: level}), nil
}
