package suggest

import (
	"net/http"
	"strconv"
	"strings"

	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/plein"
)

// line is an offer as the list under a text shows it.
type line struct {
	Kind     string `json:"kind"`
	Insert   string `json:"insert"`
	Name     string `json:"name"`
	Note     string `json:"note,omitempty"`
	Warn     string `json:"warn,omitempty"`
	Photo    string `json:"photo,omitempty"`
	Initials string `json:"initials,omitempty"`
	Tile     string `json:"tile,omitempty"` // the class that gives the colour under the initials
}

// answer is the whole of GET /suggest. Said is read aloud.
type answer struct {
	Offers []line `json:"offers"`
	Said   string `json:"said"`
}

func (m *Module) suggest(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	q := Query{Text: form.Text("q"), Kind: Kind(form.Get("kind"))}
	// What is no id, and what one may not see, is no place: the answer is the same.
	q.Thread, _ = plein.ParseID(form.Get("thread"))
	q.Audience, _ = plein.ParseID(form.Get("audience"))
	a := plein.ActorFrom(r.Context())
	offers, err := m.Suggest(r.Context(), a, q)
	if err != nil {
		return err
	}
	sp := m.Page(r).Speaker
	out := answer{Offers: []line{}, Said: sp.T("suggest.said", "n", len(offers))}
	for _, o := range offers {
		out.Offers = append(out.Offers, lineOf(sp, a, o))
	}
	return web.JSON(w, http.StatusOK, out)
}

func lineOf(sp words.Speaker, a plein.Actor, o Offer) line {
	l := line{Kind: string(o.Kind), Insert: o.Insert}
	switch o.Kind {
	case Persons:
		p := o.Person
		l.Name, l.Photo, l.Tile, l.Initials = p.Name, p.PhotoHref(), tile(view.Tile(p.ID)), view.Initials(p.Name)
		switch {
		case p.Guest:
			l.Note = joined(sp.T("suggest.guest"), p.Employer)
		case !a.Guest: // guests are not told what colleagues do or where
			l.Note = joined(p.Title, p.UnitName)
			if strings.Contains(p.Title, p.UnitName) {
				l.Note = p.Title
			}
		}
		if o.Unseen {
			l.Warn = sp.T("suggest.unseen_short")
		}
	case Groups:
		g := o.Group
		l.Name, l.Tile, l.Initials = g.Name, tile(g.Tile), view.Initial(g.Name)
		switch {
		case g.About && g.Members == 0:
			l.Note = sp.T("suggest.members_few")
		case g.About:
			l.Note = sp.T("suggest.members_about", "n", g.Members)
		default:
			l.Note = sp.T("suggest.members", "n", g.Members)
		}
	case Hashtags:
		l.Name = "#" + o.Tag
	}
	return l
}

func tile(n int) string { return "tile-" + strconv.Itoa(n) }

func joined(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, ", ")
}

// noted is a note as a page shows it; Warns is one that asks for attention.
type noted struct {
	Text  string `json:"text"`
	Warns bool   `json:"warns"`
}

func (m *Module) notes(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	t := Text{Body: form.Text("body")}
	t.Thread, _ = plein.ParseID(form.Get("thread"))
	t.Audience, _ = plein.ParseID(form.Get("audience"))
	if len(t.Body) > 4*plein.MaxBody {
		return plein.FieldError("body", "form.too_long", plein.Args{"max": plein.MaxBody, "over": len([]rune(t.Body)) - plein.MaxBody})
	}
	notes, err := m.Notes(r.Context(), plein.ActorFrom(r.Context()), t)
	if err != nil {
		return err
	}
	sp := m.Page(r).Speaker
	out := struct {
		Notes []noted `json:"notes"`
	}{[]noted{}}
	for _, n := range notes {
		out.Notes = append(out.Notes, noted{sentence(sp, n), len(n.Unseen) > 0 || n.Large})
	}
	return web.JSON(w, http.StatusOK, out)
}

func sentence(sp words.Speaker, n Note) string {
	switch {
	case len(n.Unseen) == 1:
		return sp.T("suggest.unseen", "name", n.Unseen[0].Name)
	case len(n.Unseen) > 1:
		return sp.T("suggest.unseen_many", "name", n.Unseen[0].Name, "n", len(n.Unseen)-1)
	case n.Large:
		return sp.T("suggest.large", "name", n.Group, "n", n.People, "max", plein.MaxCalled)
	case n.About && n.People == 0:
		return sp.T("suggest.reach_few", "name", n.Group)
	case n.About:
		return sp.T("suggest.reach_about", "name", n.Group, "n", n.People)
	case n.Quiet > 0:
		return sp.T("suggest.reach_quiet", "name", n.Group, "n", n.People, "quiet", n.Quiet)
	}
	return sp.T("suggest.reach", "name", n.Group, "n", n.People)
}
