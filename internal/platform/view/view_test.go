package view_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the tests do not lean on the machine's zones

	"github.com/a-h/templ"

	"plein/internal/platform/view"
	"plein/internal/platform/view/viewtest"
	"plein/internal/platform/words"
	"plein/internal/plein"
)

var now = time.Date(2026, 11, 20, 11, 2, 0, 0, time.UTC)

func speaker(t *testing.T, lang string) words.Speaker {
	t.Helper()
	c, err := words.New()
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	return c.For(lang, zone)
}

func samplePage(t *testing.T, lang string) view.Page {
	sp := speaker(t, lang)
	return view.Page{
		Title: "Het plein", Speaker: sp, Path: "/groups/x?page=2", Now: now,
		Flash: &view.Flash{Text: "Geplaatst op het plein", UndoHref: "/posts/x/delete"},
		Frame: &view.Frame{
			OrgName: "Lingeziekenhuis", BrandCSS: "/brand.css",
			Me: view.Person{ID: "abc", Name: "Samira Bouali", Given: "Samira", Title: "Verpleegkundige", Href: "/people/abc", Tile: 3},
			Nav: []view.Link{
				{Href: "/", Label: sp.T("nav.square"), Icon: "plein"},
				{Href: "/notices", Label: sp.T("nav.notices"), Icon: "bell", Count: 4},
				{Href: "/groups", Label: sp.T("nav.groups"), Icon: "groups"},
				{Href: "/people", Label: sp.T("nav.people"), Icon: "people"},
			},
			Groups:  []view.GroupLink{{Href: "/groups/x", Name: "Interne B3", Tile: 1, Count: 3}, {Href: "/groups/y", Name: "Vraag het ICT", Initial: "V", Tile: 2}},
			Menu:    []view.Link{{Href: "/settings", Label: sp.T("nav.settings"), Icon: "gear"}},
			Foot:    []view.Link{{Href: "/privacy", Label: sp.T("nav.privacy")}},
			Notices: 4,
			Search:  &view.Search{Action: "/people", Hint: sp.T("nav.search_hint")},
		},
	}
}

func body(parts ...templ.Component) templ.Component { return templ.Join(parts...) }

func with(layout, inner templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return layout.Render(templ.WithChildren(ctx, inner), w)
	})
}

func TestLayouts(t *testing.T) {
	for _, lang := range []string{"nl", "en"} {
		p := samplePage(t, lang)
		head := view.PageHead("Het plein", "Wat er speelt.")
		viewtest.Page(t, with(view.Layout(p), head))
		viewtest.Page(t, with(view.LayoutRail(p, view.Note("", "In de rail")), head))
		wide := p
		wide.Wide = true
		viewtest.Page(t, with(view.Layout(wide), head))

		guest := samplePage(t, lang)
		guest.Frame.NoWrite, guest.Frame.Search, guest.Frame.Nav, guest.Flash = true, nil, guest.Frame.Nav[:1], nil
		viewtest.Page(t, with(view.Layout(guest), head))

		bare := view.Page{Title: "Inloggen", Speaker: p.Speaker, OrgName: "Lingeziekenhuis", Path: "/sign-in", Help: []view.Link{{Href: "/help", Label: "Lukt het niet?"}},
			Flash: &view.Flash{Kind: "bad", Text: "De link is verlopen."}}
		viewtest.Page(t, with(view.LayoutBare(bare), head))

		for _, status := range []int{400, 403, 404, 405, 409, 413, 422, 429, 500, 503} {
			viewtest.Page(t, view.ErrorPage(p, status, p.Speaker.T("error.broken"), "7f3a"))
			viewtest.Page(t, view.ErrorPage(bare, status, p.Speaker.T("error.not_found"), ""))
		}
	}
}

func TestTheServerWritesTheThemeSoThereIsNoFlash(t *testing.T) {
	for _, tc := range []struct {
		theme, contrast string
		off             bool
		want, not       string
	}{
		{"", "", false, `<html lang="nl">`, "data-theme"},
		{"day", "", false, `<html lang="nl" data-theme="light">`, "data-contrast"},
		{"evening", "more", true, `<html lang="nl" data-theme="dark" data-contrast="more" data-keys="off">`, ""},
		{`"><script>`, "x", false, `<html lang="nl">`, "<script>"},
	} {
		p := samplePage(t, "nl")
		p.Theme, p.Contrast, p.Frame.KeysOff = tc.theme, tc.contrast, tc.off
		got := viewtest.Page(t, with(view.Layout(p), view.PageHead("x", "")))
		if !strings.Contains(got, tc.want) || (tc.not != "" && strings.Contains(got, tc.not)) {
			t.Errorf("%q %q: %.200s", tc.theme, tc.contrast, got)
		}
	}
}

func TestParts(t *testing.T) {
	sp := speaker(t, "nl")
	mira := view.Person{ID: "m", Name: "Marijke Kuipers", Href: "/people/m", Tile: 5}
	photo := view.Person{Name: "Dwight Nahar", Photo: "/files/x/thumb", Href: "/people/d", Guest: true}
	former := view.Person{Name: "Oud Collega", Former: true, Tile: 99}
	bot := view.Person{Name: "Netwerkmonitor", Bot: true}
	field := view.FieldView{Name: "title", Label: "Titel", Hint: "Kort en duidelijk", Value: `<b>"x"`, Max: 160, Required: true, Speaker: sp, Autocomplete: "off", Placeholder: "Waar gaat het over?", InputMode: "text"}
	bad := field
	bad.ID, bad.Error, bad.Focus, bad.Optional = "title-2", "Vul dit veld in.", true, true
	options := []view.OptionView{{Value: "a", Label: "Heel het huis", Hint: "4.212 collega’s", Icon: "aud-all", Chosen: true, Count: 12}, {Value: "b", Label: "B3"}}
	links := []view.Link{{Href: "/a", Label: "Gesprek", Current: true}, {Href: "/b", Label: "Vragen", Count: 12}}
	for name, c := range map[string]templ.Component{
		"icon": view.Icon("bell"), "skyline": view.Skyline(), "skyline tall": view.SkylineTall(), "brickwork": view.Brickwork(),
		"avatars": body(view.Avatar(mira, ""), view.Avatar(mira, "xl"), view.Avatar(photo, "sm"), view.Avatar(former, "xs"), view.Avatar(bot, "lg"), view.Avatars([]view.Person{mira, photo})),
		"tile":    body(view.GroupTile(view.GroupLink{Name: "Samen fit", Tile: 4}, "lg"), view.GroupTile(view.GroupLink{}, "")),
		"names":   body(view.Name(sp, mira), view.Name(sp, photo), view.Name(sp, former), view.Name(sp, bot)),
		"row":     with(view.PersonRow(sp, mira, "Teamleider SEH"), view.Button("Volg", "userplus", "s")),
		"row 2":   view.PersonRow(sp, former, ""),
		"count":   body(view.Count(sp, 0), view.Count(sp, 1350)),
		"tags":    body(view.Tag("", "", "x"), view.Tag("brick", "megaphone", "Moet je lezen"), view.Tag("ochre", "", "x"), view.Tag("delft", "", "x"), view.Tag("good", "", "x"), view.Tag("plum", "", "x"), view.Tag("brand", "", "x"), view.Tag("danger", "", "x")),
		"aud":     body(view.Audience("aud-all", "Heel het huis", ""), view.Audience("groups", "B3", "/groups/x")),
		"time":    view.Time(sp, now.Add(-20*time.Minute), now), "tabs": body(view.Tabs("In deze groep", links), view.Segments("Tijdlijn", links)),
		"crumbs": view.Crumbs(sp, links), "cardhead": view.CardHead("h", "Mensen", view.Link{Href: "/people", Label: "Alle"}),
		"notes": body(view.Note("", "x"), view.Note("brick", "x"), view.Note("ochre", "x"), view.Note("good", "x"), view.Note("danger", "x"), view.Note("plum", "x"), view.Note("stone", "x")),
		"empty": view.Empty("Nog stil hier", "Stel de eerste vraag.", "/#schrijf", "Schrijf"), "pager": body(view.Pager(sp, "/?before=x"), view.Pager(sp, "")), "bar": view.Bar(3, 7),
		"menu":    with(view.Menu("Meer over dit bericht"), body(view.MenuLink(view.Link{Href: "/x", Label: "Wijzig", Icon: "edit"}), view.MenuPost("/x", "x", "Verwijder", "", ""), view.MenuPost("/x", "", "Vast", "pin", "true"), view.MenuCopy(sp, "/posts/x"))),
		"fields":  body(view.Field(field), view.Field(bad)),
		"areas":   body(view.TextArea(field), view.TextArea(bad)),
		"select":  body(view.Select(field, options), view.Select(bad, options)),
		"choices": body(view.Choices(field, options), view.Choices(bad, options)),
		"checks":  body(view.Check("a", "b", "Ja", true), view.Switch("keys", "Sneltoetsen", "Een letter op zichzelf", false)),
		"files":   body(view.Files("files", "image", "Foto", "image/*"), view.FileNames()),
		"buttons": body(view.Button("Plaats", "", "primary s"), view.Button("x", "x", "soft"), view.Button("x", "", "quiet"), view.Button("x", "", "urgent"), view.Button("x", "", "danger l"), view.ButtonLink("/x", "x", "edit", ""), view.PostButton("/x", "Volg", "userplus", "primary", "on", "true"), view.PostButton("/x", "Volg", "", "", "", "")),
		"toggle":  body(view.Toggle("/x", "follow", "Volg", "userplus", "s", false), view.ToggleIcon("/x", "bookmark", "Bewaar", "bookmark", true)),
		"errors":  body(view.Errors(sp, []view.FieldView{field}), view.Field(bad), view.Errors(sp, []view.FieldView{bad})),
		"facets":  view.Facets(sp, "/people", "jansen", []view.FacetView{{Legend: "Afdeling", Name: "unit", Options: options}}),
		"keys":    view.Keys(sp),
	} {
		t.Run(name, func(t *testing.T) { viewtest.Part(t, c) })
	}
}

func TestAFieldKeepsWhatWasTypedAndSaysWhatIsWrong(t *testing.T) {
	sp := speaker(t, "nl")
	f := view.FieldView{Name: "body", Label: "Tekst", Max: 20000, Value: "\n eerste </textarea><script>", Error: "Dit is te lang.", Speaker: sp}
	got := viewtest.Part(t, view.TextArea(f))
	for _, want := range []string{"hoogstens 20.000 tekens", `aria-describedby="body-hint body-err"`, `aria-invalid="true"`, "Dit is te lang.", "&lt;/textarea&gt;"} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
	if strings.Contains(got, "maxlength") {
		t.Error("a browser must not cut what was pasted")
	}
	// A parser drops the first line break in a textarea; the person's own must stay.
	if !strings.Contains(got, ">\n\n eerste") {
		t.Errorf("the first line break is lost: %q", got)
	}
}

func TestCurrentPage(t *testing.T) {
	p := samplePage(t, "nl")
	got := viewtest.Page(t, with(view.Layout(p), view.PageHead("x", "")))
	for _, want := range []string{`href="/groups" aria-current="page"`, `href="/groups/x" aria-current="page"`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in the page", want)
		}
	}
	for _, not := range []string{`href="/" aria-current`, `href="/people" aria-current`, `href="/groups/y" aria-current`} {
		if strings.Contains(got, not) {
			t.Errorf("%s is in the page", not)
		}
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Samira Bouali": "SB", "Joost van der Veen": "JV", "Anouk de Graaf": "AG", "Cher": "C", "": "?", "123": "?",
		"Shanti Oedayrajsingh": "SO", "Piet 't Hart": "PH", "élise dupont": "ÉD", "(Jan) Pietersen": "JP", "De Vries": "DV", "Ян Петров": "ЯП",
	} {
		if got := view.Initials(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestTileStaysWithTheID(t *testing.T) {
	seen := map[int]bool{}
	for i := range 200 {
		id := plein.ID(1000 + i*7)
		n := view.Tile(id)
		if n < 1 || n > 8 || n != view.Tile(id) {
			t.Fatalf("%d has tile %d", id, n)
		}
		seen[n] = true
	}
	if len(seen) != 8 {
		t.Errorf("only %d colours are used", len(seen))
	}
}

func TestPercent(t *testing.T) {
	for _, tc := range []struct {
		part, whole int
		want        string
	}{{0, 0, "v-0"}, {1, 0, "v-0"}, {-1, 5, "v-0"}, {1, 3, "v-33"}, {2, 3, "v-67"}, {5, 5, "v-100"}, {9, 5, "v-100"}} {
		if got := view.Percent(tc.part, tc.whole); got != tc.want {
			t.Errorf("%d of %d: %s, want %s", tc.part, tc.whole, got, tc.want)
		}
	}
}

func TestTheCheckerFindsWhatIsForbidden(t *testing.T) {
	page := `<!doctype html><html lang="nl"><body><main>%</main></body></html>`
	clean := `<h1>x</h1>`
	if got := viewtest.Problems(strings.Replace(page, "%", clean, 1), true); len(got) != 0 {
		t.Fatalf("a clean page: %v", got)
	}
	for _, bad := range []string{
		`<h1>x</h1><h1>y</h1>`, ``, `<h1>x</h1><h3>y</h3>`, `<h1>x</h1><p style="color:red">x</p>`, `<h1>x</h1><p onclick="x()">x</p>`,
		`<h1>x</h1><script>x()</script>`, `<h1>x</h1><style>p{}</style>`, `<h1>x</h1><p class="no-such-class">x</p>`, `<h1>x</h1><img src="/x">`,
		`<h1>x</h1><button><svg></svg></button>`, `<h1>x</h1><label for="nope">x</label>`, `<h1 id="a">x</h1><p id="a">x</p>`,
		`<h1>x</h1><a href="javascript:x()">x</a>`, `<h1>x</h1><img alt="" src="https://elsewhere.example/x">`, `<h1>⟦no.word⟧</h1>`,
		`<h1>x</h1><svg><use href="/assets/sprite.svg#i-none"></use></svg>`,
	} {
		if got := viewtest.Problems(strings.Replace(page, "%", bad, 1), true); len(got) == 0 {
			t.Errorf("nothing found in %s", bad)
		}
	}
}
