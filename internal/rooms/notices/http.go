package notices

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"plein/internal/platform/text"
	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/groups"
	"plein/internal/square/items"
	"plein/internal/square/people"
)

// page is GET /notices.
func (m *Module) page(w http.ResponseWriter, r *http.Request) error {
	ctx, a := r.Context(), plein.ActorFrom(r.Context())
	q, err := web.Decode(r)
	if err != nil {
		return err
	}
	filter := q.Get("show")
	if filter != "mine" && filter != "must" {
		filter = ""
	}
	list, next, err := m.list(ctx, a, filter, parsePlace(q.Get("before")))
	if err != nil {
		return err
	}
	v := listView{Page: m.Page(r), Filter: filter}
	v.Title = v.Speaker.T("notices.title")
	for _, f := range []string{"", "mine", "must"} {
		name, href := f, "/notices?show="+f
		if f == "" {
			name, href = "all", "/notices"
		}
		v.Tabs = append(v.Tabs, view.Link{Href: href, Label: v.Speaker.T("notices.tab." + name), Current: f == filter})
	}
	views, err := m.views(ctx, a, v.Page, list)
	if err != nil {
		return err
	}
	today := v.Now.In(v.Speaker.Zone())
	today = time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, v.Speaker.Zone())
	for n, l := range views {
		v.Unread = v.Unread || l.Unread
		if list[n].newestAt.Before(today) {
			v.Earlier = append(v.Earlier, l)
		} else {
			v.Today = append(v.Today, l)
		}
	}
	v.Unread = v.Unread || v.Frame != nil && v.Frame.Notices > 0
	if len(list) > 0 {
		v.UpTo = plein.ID(list[0].newest).String()
	}
	if next != (place{}) {
		at := url.Values{"before": {next.String()}}
		if filter != "" {
			at.Set("show", filter)
		}
		v.Older = "/notices?" + at.Encode()
	}
	return web.Render(w, r, http.StatusOK, listPage(v))
}

// String writes a place as it stands in an address: shuffled as ids are, because a
// place in the change log would tell how much is done in the house.
func (p place) String() string { return plein.ID(p.newest).String() + "." + p.target.String() }

// parsePlace reads what String wrote. Anything else is the top.
func parsePlace(s string) place {
	one, two, _ := strings.Cut(s, ".")
	newest, err := plein.ParseID(one)
	if err != nil {
		return top
	}
	target, err := plein.ParseID(two)
	if err != nil {
		return top
	}
	return place{int64(newest), target}
}

// around is what the lines of a page speak of.
type around struct {
	cards  map[plein.ID]items.Card
	faces  map[plein.ID]people.Card
	groups map[plein.ID]groups.Group
}

// views puts lines in words: the items in one go, then the faces and the groups.
func (m *Module) views(ctx context.Context, a plein.Actor, p view.Page, list []line) ([]lineView, error) {
	sums := make([]summary, len(list))
	var ids, who, where []plein.ID
	for n, l := range list {
		sums[n] = l.sum()
		switch {
		case l.About == aboutThread:
			ids = append(ids, l.Target, sums[n].item)
		default:
			where = append(where, l.Target)
		}
		who = append(who, sums[n].actors[:min(2, len(sums[n].actors))]...)
	}
	cards, err := m.Items.Cards(ctx, a, distinct(ids), items.Opts{})
	if err != nil {
		return nil, err
	}
	at := around{cards: make(map[plein.ID]items.Card, len(cards))}
	for _, c := range cards {
		at.cards[c.ID] = c
	}
	if at.faces, err = m.People.Cards(ctx, distinct(who)); err != nil {
		return nil, err
	}
	if at.groups, err = m.Groups.Names(ctx, distinct(where)); err != nil {
		return nil, err
	}
	out := make([]lineView, len(list))
	for n, l := range list {
		out[n] = at.view(a, p, l, sums[n])
	}
	return out, nil
}

func distinct(ids []plein.ID) []plein.ID {
	seen := make(map[plein.ID]bool, len(ids))
	var out []plein.ID
	for _, id := range ids {
		if id != 0 && !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// titled is how an item is called in a line: its title, or how it begins.
func titled(c items.Card) string {
	if c.Item == nil {
		return ""
	}
	if c.Title != "" {
		return c.Title
	}
	return text.Excerpt(text.Plain(c.HTML), 90)
}

// open is GET /notices/{about}/{id}: it leads to what a line is about and marks the
// line as read. What it leads to asks for itself who may see it.
func (m *Module) open(w http.ResponseWriter, r *http.Request) error {
	k, err := pathKey(r)
	if err != nil {
		return err
	}
	if err := m.setRead(r.Context(), plein.ActorFrom(r.Context()), k, true); err != nil {
		return err
	}
	return web.Redirect(w, r, k.href())
}

func pathKey(r *http.Request) (key, error) {
	id, err := plein.ParseID(r.PathValue("id"))
	if err != nil {
		return key{}, err
	}
	k := key{r.PathValue("about"), id}
	if !k.known() {
		return key{}, plein.ErrNotFound
	}
	return k, nil
}

// markOne is POST /notices/{about}/{id}: read=true or read=false.
func (m *Module) markOne(w http.ResponseWriter, r *http.Request) error {
	k, err := pathKey(r)
	if err != nil {
		return err
	}
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	read := form.On("read")
	if err := m.setRead(r.Context(), plein.ActorFrom(r.Context()), k, read); err != nil {
		return err
	}
	return m.marked(w, r, read)
}

// allRead is POST /notices/read.
func (m *Module) allRead(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	upTo, err := form.ID("to")
	if err != nil {
		return err
	}
	if err := m.readAll(r.Context(), plein.ActorFrom(r.Context()), int64(upTo)); err != nil {
		return err
	}
	if !web.WantsJSON(r) {
		web.SetFlash(w, "notices.all_read_done")
	}
	return m.marked(w, r, true)
}

// marked answers with the number that stands beside the bell from now on.
func (m *Module) marked(w http.ResponseWriter, r *http.Request, read bool) error {
	if !web.WantsJSON(r) {
		return web.Back(w, r, "/notices")
	}
	n, err := m.Unread(r.Context(), plein.ActorFrom(r.Context()))
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, map[string]any{"on": read, "count": n})
}
