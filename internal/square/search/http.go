package search

import (
	"context"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"plein/internal/platform/language"
	"plein/internal/platform/text"
	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/access"
	"plein/internal/square/groups"
	"plein/internal/square/items"
	"plein/internal/square/people"
)

// How much of a text stands in a list.
const (
	titleWidth   = 90
	snippetWidth = 220
)

// page is GET /search.
func (m *Module) page(w http.ResponseWriter, r *http.Request) error {
	q := queryOf(r.URL.Query())
	ctx, a := r.Context(), plein.ActorFrom(r.Context())
	res, err := m.Search(ctx, a, q)
	if err != nil {
		return err
	}
	v := pageView{Page: m.PageDeps.Page(r), Query: q, Result: res, Asked: res.Text != ""}
	v.Title = v.Speaker.T("search.title")
	if v.Asked {
		v.Title = v.Speaker.T("search.title_of", "query", res.Text)
	}
	v.showTyped(res.Text)
	if v.Behind, err = m.Behind(ctx); err != nil {
		return err
	}
	if err := m.fill(ctx, a, &v); err != nil {
		return err
	}
	if v.Asked && m.Experts != nil && q.After == "" && q.Tab == TabAll {
		if v.Experts, err = m.Experts(ctx, a, res.Text); err != nil {
			return err
		}
	}
	v.Keep = m.MayKeepSynonyms(a)
	return web.Render(w, r, http.StatusOK, resultsPage(v))
}

// queryOf reads an address. What it does not know it leaves out: there is always
// something to show.
func queryOf(v url.Values) Query {
	q := Query{Text: v.Get("q"), Tab: ParseTab(v.Get("kind")), Period: ParsePeriod(v.Get("period")), Best: v.Get("sort") == "best", After: v.Get("after")}
	ids := func(name string) (out []plein.ID) {
		list := v[name]
		for _, s := range list[:min(len(list), maxFilters)] {
			if id, err := plein.ParseID(s); err == nil && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
		return out
	}
	q.Places, q.People = ids("group"), ids("person")
	return q
}

// href writes the address of a question.
func (q Query) href() string {
	v := url.Values{"q": {q.Text}}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("kind", string(q.Tab))
	set("period", string(q.Period))
	set("after", q.After)
	if q.Best {
		v.Set("sort", "best")
	}
	for _, id := range q.Places {
		v.Add("group", id.String())
	}
	for _, id := range q.People {
		v.Add("person", id.String())
	}
	return "/search?" + v.Encode()
}

// fill gives what was found its titles, faces and places.
func (m *Module) fill(ctx context.Context, a plein.Actor, v *pageView) error {
	hits := v.Result.Hits
	if v.Result.Likely != nil {
		hits = append([]Hit{*v.Result.Likely}, hits...)
	}
	var ids, files []plein.ID
	add := func(id plein.ID) {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	for _, h := range hits {
		add(h.Item)
		add(h.Root)
		if h.Kind == KindFile {
			files = append(files, h.ID)
		}
	}
	cards, err := m.Items.Cards(ctx, a, ids, items.Opts{}) // asks the rights once more
	if err != nil {
		return err
	}
	by := make(map[plein.ID]items.Card, len(cards))
	for _, c := range cards {
		by[c.ID] = c
	}
	inside, err := texts(ctx, m.DB.Read(), files)
	if err != nil {
		return plein.Wrap("search.fill", err)
	}
	for n, h := range hits {
		c, ok := by[h.Item]
		if !ok || c.Gone() {
			continue
		}
		hv := v.hit(h, c, by[h.Root], inside[h.ID])
		switch {
		case n == 0 && v.Result.Likely != nil:
			v.Likely = &hv
		case v.Likely == nil || v.Likely.id != h.ID:
			v.Hits = append(v.Hits, hv)
		}
	}
	for _, p := range v.Result.People {
		v.People = append(v.People, v.person(p))
	}
	for _, g := range v.Result.Groups {
		v.Groups = append(v.Groups, v.group(g))
	}
	return m.facets(ctx, a, v)
}

// facets names what one can narrow a search to. A name is shown only of what the
// reader may know; of anything else the address is all there is to it.
func (m *Module) facets(ctx context.Context, a plein.Actor, v *pageView) error {
	r, err := m.Access.Reader(ctx, a)
	if err != nil {
		return err
	}
	var places, persons []plein.ID
	for _, f := range v.Result.Facets.Places {
		may := f.Count > 0
		if !may {
			if may, err = m.Access.CanSee(ctx, r, access.Thing{Audience: f.ID, RootMade: always}); err != nil {
				return err
			}
		}
		if may {
			places = append(places, f.ID)
		}
	}
	for _, f := range v.Result.Facets.People {
		if f.Count == 0 {
			if _, err := m.Service.People.See(ctx, a, f.ID); err != nil {
				if plein.KindOf(err) == plein.NotFound {
					continue
				}
				return err
			}
		}
		persons = append(persons, f.ID)
	}
	labels, err := m.Access.Labels(ctx, places)
	if err != nil {
		return err
	}
	faces, err := m.Service.People.Cards(ctx, persons)
	if err != nil {
		return err
	}
	for _, f := range v.Result.Facets.Places {
		name := v.Speaker.T("search.some_place")
		if l, ok := labels[f.ID]; ok {
			name = items.AudienceName(v.Speaker, l)
		}
		v.PlaceFacets = append(v.PlaceFacets, facetView{Facet: f, Name: name})
	}
	for _, f := range v.Result.Facets.People {
		name := v.Speaker.T("search.some_person")
		if c, ok := faces[f.ID]; ok {
			name = c.Name
		}
		v.PeopleFacets = append(v.PeopleFacets, facetView{Facet: f, Name: name})
	}
	return nil
}

// plain gives the words of what was written, without its marks.
func plain(c items.Card) string {
	var b strings.Builder
	in := false
	for _, r := range c.HTML {
		switch {
		case r == '<':
			in = true
			b.WriteByte(' ')
		case r == '>' && in:
			in = false
		case !in:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(html.UnescapeString(b.String())), " ")
}

func (v *pageView) hit(h Hit, c, root items.Card, inside string) hitView {
	sp := v.Speaker
	out := hitView{id: h.ID, Icon: "plein", Kind: sp.T("search.kind.post"), Href: "/posts/" + h.Item.String(), At: c.Made, Place: items.AudienceName(sp, c.Label), By: c.By.Name, More: h.More}
	said := plain(c)
	title, body := c.Title, said
	switch {
	case h.Kind == KindFile:
		out.Icon, out.Kind = "file", sp.T("search.kind.file")
		out.Href = "/files/" + h.ID.String()
		out.In, out.InHref = "", "/posts/"+h.Item.String()
		body = inside
		for _, f := range c.Files {
			if f.ID == h.ID {
				title, out.Size = f.Name, sp.Bytes(f.Size)
			}
		}
	case h.Kind == Kind(plein.KindQuestion):
		out.Icon, out.Kind = "question", sp.T("search.kind.question")
	case h.Kind == Kind(plein.KindPraise):
		out.Icon, out.Kind = "praise", sp.T("search.kind.praise")
	case h.Kind == Kind(plein.KindReply):
		out.Icon, out.Kind = "chat", sp.T("search.kind.reply")
		title = root.Title
		if title == "" && root.Item != nil {
			title = text.Excerpt(plain(root), titleWidth)
		}
		title = sp.T("search.answer_to", "title", title)
	}
	if title == "" {
		title = text.Excerpt(said, titleWidth)
		if len(said) <= len(title) {
			body = ""
		}
	}
	if title == "" {
		title = sp.T("search.untitled")
	}
	out.Heading = v.Result.Marks(title, 4*titleWidth)
	if body != "" {
		out.Snippet = v.Result.Marks(body, snippetWidth)
	}
	if h.Kind == KindFile && !slices.ContainsFunc(out.Snippet, func(p language.Part) bool { return p.Hit }) {
		out.Snippet = nil
	}
	return out
}

func (v *pageView) person(p PersonHit) personView {
	face := view.Person{ID: p.ID.String(), Name: p.Name, Given: p.Given, Href: "/people/" + p.ID.String(), Photo: p.PhotoHref(),
		Tile: view.Tile(p.ID), Guest: p.Guest}
	return personView{Face: face, Says: v.Result.Marks(says(p.Person), 160)}
}

// says is what a person tells of themselves in one line: the job, what one may ask,
// what they can do.
func says(p people.Person) string {
	var out []string
	for _, s := range []string{p.Title, p.Employer, strings.Join(p.AskMe, ", "), strings.Join(p.Skills, ", ")} {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, " · ")
}

func (v *pageView) group(g GroupHit) groupView {
	out := groupView{Href: "/groups/" + g.ID.String(), Name: v.Result.Marks(g.Name, 4*titleWidth), Icon: "groups", Kind: v.Speaker.T("search.kind.group")}
	if g.Kind != plein.Open {
		out.Icon, out.Kind = "lock", v.Speaker.T("search.kind.closed_group")
		out.Masked = g.Role == groups.None && g.Kind == plein.Closed
	}
	if g.Purpose != "" {
		out.Purpose = v.Result.Marks(g.Purpose, snippetWidth)
	}
	return out
}

// ---- synonyms ----------------------------------------------------------------------

// synonyms is GET /search/synonyms.
func (m *Module) synonyms(w http.ResponseWriter, r *http.Request) error {
	return m.showSynonyms(w, r, http.StatusOK, "", nil)
}

func (m *Module) showSynonyms(w http.ResponseWriter, r *http.Request, status int, typed string, failed error) error {
	list, err := m.Synonyms(r.Context(), plein.ActorFrom(r.Context()))
	if err != nil {
		return err
	}
	v := synonymsView{Page: m.PageDeps.Page(r)}
	v.Title = v.Speaker.T("search.synonyms")
	v.Words = view.FieldView{ID: "woorden", Name: "words", Label: v.Speaker.T("search.synonym_words"), Hint: v.Speaker.T("search.synonym_hint"),
		Value: typed, Autocomplete: "off", Speaker: v.Speaker}
	if failed != nil {
		e := plein.AsError(failed)
		var args []any
		for k, a := range e.Args {
			args = append(args, k, a)
		}
		v.Words.Error = v.Speaker.T(e.Key, args...)
	}
	for _, y := range list {
		v.List = append(v.List, synonymView{ID: y.ID.String(), Words: strings.Join(strings.Fields(y.Words), ", ")})
	}
	return web.Render(w, r, status, synonymsPage(v))
}

// addSynonym is POST /search/synonyms.
func (m *Module) addSynonym(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	err = m.AddSynonym(r.Context(), plein.ActorFrom(r.Context()), form.Get("words"))
	if plein.KindOf(err) == plein.Invalid && err != nil {
		return m.showSynonyms(w, r, http.StatusUnprocessableEntity, form.Get("words"), err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "search.synonym_kept")
	return web.Redirect(w, r, "/search/synonyms")
}

// dropSynonym is POST /search/synonyms/{id}/drop.
func (m *Module) dropSynonym(w http.ResponseWriter, r *http.Request) error {
	id, err := plein.ParseID(r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := m.DropSynonym(r.Context(), plein.ActorFrom(r.Context()), id); err != nil {
		return err
	}
	web.SetFlash(w, "search.synonym_dropped")
	return web.Redirect(w, r, "/search/synonyms")
}
