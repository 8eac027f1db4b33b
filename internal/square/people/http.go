package people

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"plein/internal/platform/text"
	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
)

// directory is GET /people.
func (m *Module) directory(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	unit, err := form.ID("unit")
	if err != nil {
		return err
	}
	q := DirectoryQuery{Text: cut(form.Get("q"), plein.MaxQuery), Unit: unit, Place: cut(form.Get("place"), maxLocation), Letter: cut(form.Get("letter"), 1),
		After: form.Get("after"), Limit: directorySize}
	found, err := m.Service.Directory(ctx, q)
	if err != nil {
		return err
	}
	tree, err := m.Service.Units(ctx)
	if err != nil {
		return err
	}
	places, err := m.Service.Places(ctx)
	if err != nil {
		return err
	}
	v := directoryView{Page: m.page(r, "people.directory.title"), Rows: rows(found.People, tree), Letter: q.Letter,
		Asked: q.Text != "" || q.Unit != 0 || q.Place != "" || q.Letter != ""}
	v.Wide = true
	say := v.Speaker.T
	v.Search = view.FieldView{ID: "wie", Name: "q", Type: "search", Label: say("people.directory.search"), Value: q.Text,
		Placeholder: say("people.directory.search_hint"), Autocomplete: "off", Speaker: v.Speaker}
	v.Unit = view.FieldView{ID: "afdeling", Name: "unit", Label: say("people.unit"), Speaker: v.Speaker}
	v.Units = append(v.Units, view.OptionView{Label: say("people.directory.all_units")})
	for _, u := range tree.All() {
		v.Units = append(v.Units, view.OptionView{Value: u.ID.String(), Chosen: u.ID == unit,
			Label: strings.Repeat("\u2003", tree.Depth(u.ID)) + u.Name})
	}
	v.Place = view.FieldView{ID: "plek", Name: "place", Label: say("people.place"), Speaker: v.Speaker}
	v.Places = append(v.Places, view.OptionView{Label: say("people.directory.all_places")})
	for _, p := range places {
		v.Places = append(v.Places, view.OptionView{Value: p, Label: p, Chosen: siteOf(p) == siteOf(q.Place)})
	}
	// An address keeps what was chosen; a letter begins again at the first page.
	address := func(change func(url.Values)) string {
		to := url.Values{}
		for name, value := range map[string]string{"q": q.Text, "unit": form.Get("unit"), "place": q.Place, "letter": q.Letter} {
			if value != "" {
				to.Set(name, value)
			}
		}
		change(to)
		if len(to) == 0 {
			return "/people"
		}
		return "/people?" + to.Encode()
	}
	v.Letters = append(v.Letters, view.Link{Label: say("people.directory.all_letters"), Current: q.Letter == "",
		Href: address(func(to url.Values) { to.Del("letter") })})
	for c := 'a'; c <= 'z'; c++ {
		v.Letters = append(v.Letters, view.Link{Label: string(unicode.ToUpper(c)), Current: text.Fold(q.Letter) == string(c),
			Href: address(func(to url.Values) { to.Set("letter", string(c)) })})
	}
	if found.Next != "" {
		v.Older = address(func(to url.Values) { to.Set("after", found.Next) })
	}
	return web.Render(w, r, http.StatusOK, directoryPage(v))
}

// page makes what surrounds a page and gives it a title of our own words.
func (m *Module) page(r *http.Request, key string, args ...any) view.Page {
	p := m.Page(r)
	p.Title = p.Speaker.T(key, args...)
	return p
}

// whom reads the person of an address as the reader may know them.
func (m *Module) whom(r *http.Request) (Person, error) {
	id, err := plein.ParseID(r.PathValue("id"))
	if err != nil {
		return Person{}, err
	}
	return m.Service.See(r.Context(), plein.ActorFrom(r.Context()), id)
}

// head makes the part that the tabs of a profile share.
func (m *Module) head(r *http.Request, p Person, tab string) (profileView, error) {
	ctx := r.Context()
	actor := plein.ActorFrom(ctx)
	tree, err := m.Service.Units(ctx)
	if err != nil {
		return profileView{}, err
	}
	c := m.Service.named(ctx, cardOf(p, tree))
	v := profileView{Page: m.Page(r), Who: c.Face(), Pronouns: p.Pronouns, Job: p.Title, Place: p.Location,
		Languages: strings.Join(p.Languages, ", "), Employer: p.Employer, Mine: actor.ID == p.ID,
		Limited: actor.Guest && actor.ID != p.ID, Unknown: p.State == Former && p.Name == ""}
	v.Title = c.Name
	if v.Limited && !p.Guest && v.Frame != nil {
		v.Employer = v.Frame.OrgName
	}
	if p.Unit != 0 && !actor.Guest {
		v.UnitHref = "/units/" + p.Unit.String()
	}
	if p.Guest && !v.Limited {
		v.Until = p.GuestUntil
		if sponsors, err := m.faces(ctx, []plein.ID{p.Sponsor}); err != nil {
			return v, err
		} else if len(sponsors) == 1 {
			v.Sponsor = sponsors[0]
			if actor.Guest {
				v.Sponsor.Href = "" // a guest's own sponsor may be nobody they share a group with
			}
		}
	}
	v.Tabs = []view.Link{{Href: v.Who.Href, Label: v.Speaker.T("people.tab.about", "name", v.Who.Given), Current: tab == "about"}}
	if !actor.Guest {
		v.Tabs = append(v.Tabs, view.Link{Href: v.Who.Href + "/posts", Label: v.Speaker.T("people.tab.posts"), Current: tab == "posts"})
	}
	if m.Acts != nil && !v.Mine && !v.Limited {
		if v.Acts, err = m.Acts(ctx, r, p.ID); err != nil {
			return v, err
		}
	}
	return v, nil
}

// profile is GET /people/{id}.
func (m *Module) profile(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p, err := m.whom(r)
	if err != nil {
		return err
	}
	v, err := m.head(r, p, "about")
	if err != nil {
		return err
	}
	if !v.Limited {
		if err := m.about(ctx, &v, p); err != nil {
			return err
		}
	}
	if m.Groups != nil && !v.Mine && !v.Limited {
		if v.Groups, err = m.Groups(ctx, r, p.ID); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, profilePage(v))
}

// about fills in what people of the organisation, and oneself, see of a profile.
func (m *Module) about(ctx context.Context, v *profileView, p Person) error {
	guest := plein.ActorFrom(ctx).Guest
	v.AskMe, v.Email, v.Phone = p.AskMe, p.Email, p.Phone
	v.PhoneHref = "tel:" + strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' || c == '+' {
			return c
		}
		return -1
	}, p.Phone)
	for _, s := range p.Skills {
		l := view.Link{Label: s}
		if !guest {
			l.Href = "/people?" + url.Values{"q": {s}}.Encode()
		}
		v.Skills = append(v.Skills, l)
	}
	if p.Bio != "" {
		doc, err := m.text.Render(p.Bio)
		if err != nil {
			v.Bio = "<p>" + html.EscapeString(p.Bio) + "</p>"
		} else {
			v.Bio = doc.HTML
		}
	}
	if guest || p.State != Active {
		return nil
	}
	line, err := m.Service.Line(ctx, p.ID)
	if err != nil {
		return err
	}
	if v.Line, err = m.faces(ctx, line[:min(len(line), 6)]); err != nil {
		return err
	}
	reports, err := m.Service.Reports(ctx, p.ID)
	if err != nil {
		return err
	}
	tree, err := m.Service.Units(ctx)
	if err != nil {
		return err
	}
	for _, other := range reports[:min(len(reports), 12)] {
		v.Reports = append(v.Reports, cardOf(other, tree).Face())
	}
	if p.Unit == 0 {
		return nil
	}
	team, err := m.Service.Directory(ctx, DirectoryQuery{Unit: p.Unit, Here: true, Limit: 13})
	if err != nil {
		return err
	}
	for _, other := range team.People {
		known := other.ID == p.ID || other.ID == p.Manager || other.Manager == p.ID
		if !known && len(v.Team) < 6 {
			v.Team = append(v.Team, cardOf(other, tree).Face())
		}
	}
	return nil
}

// faces gives people as the views show them, in the order given.
func (m *Module) faces(ctx context.Context, ids []plein.ID) ([]view.Person, error) {
	cards, err := m.Service.Cards(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []view.Person
	for _, id := range ids {
		if c, ok := cards[id]; ok {
			out = append(out, c.Face())
		}
	}
	return out, nil
}

// profilePosts is GET /people/{id}/posts.
func (m *Module) profilePosts(w http.ResponseWriter, r *http.Request) error {
	p, err := m.whom(r)
	if err != nil {
		return err
	}
	v, err := m.head(r, p, "posts")
	if err != nil {
		return err
	}
	if err := m.about(r.Context(), &v, p); err != nil { // the rail is the same on both tabs
		return err
	}
	if m.Posts != nil {
		if v.Posts, err = m.Posts(r.Context(), r, p.ID); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, profilePostsPage(v))
}

// place reads the department of an address and makes the part that its tabs
// share.
func (m *Module) place(r *http.Request, tab string) (u Unit, v unitView, err error) {
	ctx := r.Context()
	id, err := plein.ParseID(r.PathValue("id"))
	if err != nil {
		return u, v, err
	}
	tree, err := m.Service.Units(ctx)
	if err != nil {
		return u, v, err
	}
	u, ok := tree.Unit(id)
	if !ok {
		return u, v, plein.ErrNotFound
	}
	v = unitView{Page: m.Page(r), Name: u.Name, Tile: view.Tile(u.ID), All: "/people?unit=" + u.ID.String()}
	v.Title = u.Name
	for _, above := range tree.Path(id) {
		v.Crumbs = append(v.Crumbs, view.Link{Href: "/units/" + above.ID.String(), Label: above.Name})
	}
	for _, below := range tree.Children(id) {
		v.Below = append(v.Below, view.Link{Href: "/units/" + below.ID.String(), Label: below.Name})
	}
	here := "/units/" + id.String()
	v.Tabs = []view.Link{{Href: here, Label: v.Speaker.T("people.tab.people"), Current: tab == "people"},
		{Href: here + "/posts", Label: v.Speaker.T("people.tab.posts"), Current: tab == "posts"}}
	if head := u.Head; head != 0 {
		faces, err := m.faces(ctx, []plein.ID{head})
		if err != nil {
			return u, v, err
		}
		if len(faces) == 1 && !faces[0].Former {
			v.Head = &faces[0]
		}
	}
	return u, v, nil
}

// unit is GET /units/{id}.
func (m *Module) unit(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	u, v, err := m.place(r, "people")
	if err != nil {
		return err
	}
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	found, err := m.Service.Directory(ctx, DirectoryQuery{Unit: u.ID, Here: true, After: form.Get("after"), Limit: directorySize})
	if err != nil {
		return err
	}
	tree, err := m.Service.Units(ctx)
	if err != nil {
		return err
	}
	v.Rows = rows(found.People, tree)
	if found.Next != "" {
		v.Older = "/units/" + u.ID.String() + "?" + url.Values{"after": {found.Next}}.Encode()
	}
	if v.Head == nil && form.Get("after") == "" && found.Next == "" { // all of them are here: it may follow from who answers to whom
		if id := headOf(u, found.People); id != 0 {
			if i := slices.IndexFunc(found.People, func(p Person) bool { return p.ID == id }); i >= 0 {
				v.Head = &v.Rows[i].Person
			}
		}
	}
	return web.Render(w, r, http.StatusOK, unitPage(v))
}

// unitPosts is GET /units/{id}/posts.
func (m *Module) unitPosts(w http.ResponseWriter, r *http.Request) error {
	u, v, err := m.place(r, "posts")
	if err != nil {
		return err
	}
	if m.UnitPosts != nil {
		if v.Posts, err = m.UnitPosts(r.Context(), r, u.ID); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, unitPostsPage(v))
}

// photo is GET /people/{id}/photo: a JPEG that we made ourselves. Who may not see
// the person gets what an address without anybody gives.
func (m *Module) photo(w http.ResponseWriter, r *http.Request) error {
	p, err := m.whom(r)
	if err != nil {
		return err
	}
	if p.Photo == "" || m.Photos == nil {
		return plein.ErrNotFound
	}
	body, info, err := m.Photos.Get(r.Context(), p.Photo)
	if err != nil {
		return plein.Wrap("people.photo", err)
	}
	defer body.Close()
	h := w.Header()
	h.Set("Content-Type", "image/jpeg")
	// The address changes with the photo, so it may be kept; only by this browser,
	// and not for long, because a guest may lose sight of a person.
	h.Set("Cache-Control", "private, max-age=3600")
	h.Set("ETag", `"`+p.Photo+`"`)
	http.ServeContent(w, r, "", info.Modified, body)
	return nil
}
