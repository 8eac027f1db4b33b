package app

import (
	"context"
	"net/http"
	"strings"
	"time"

	"plein/internal/platform/changes"
	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/rooms/admin"
	"plein/internal/square/groups"
)

// groupsInMenu is how many of one's groups stand in the menu; the rest is one tap
// away.
const groupsInMenu = 8

// mostNotices is the largest number beside the bell; above it stands "9+".
const mostNotices = 9

type frameKey struct{}

// framed keeps the page of a request, because several parts of one answer ask
// for it.
type framed struct {
	page *view.Page
	live changes.Place // from where on what is shown can be followed: before anything was read
}

// withFrame gives every request a place to keep its page.
func (a *App) withFrame(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kept := &framed{live: a.Live.Here()}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), frameKey{}, kept)))
	})
}

// Page makes what surrounds a page: the reader's language, theme, menu and groups.
func (a *App) Page(r *http.Request) view.Page {
	kept, _ := r.Context().Value(frameKey{}).(*framed)
	actor := plein.ActorFrom(r.Context())
	if kept != nil && kept.page != nil && (kept.page.Frame != nil) == actor.SignedIn() {
		return *kept.page
	}
	p := a.page(r, actor)
	if kept != nil {
		kept.page = &p
	}
	return p
}

func (a *App) page(r *http.Request, actor plein.Actor) view.Page {
	lang, zone := actor.Lang, actor.Zone
	if lang == "" {
		lang = web.Lang(r) // what they chose on the sign-in page, else what the browser asks
	}
	set := a.wants(r.Context())
	if zone == nil {
		zone = set.Zone
	}
	sp := a.Words.For(lang, zone)
	p := view.Page{Speaker: sp, Lang: lang, Theme: actor.Theme, Contrast: actor.Contrast, Path: r.URL.RequestURI(),
		Now: a.Clock.Now(), OrgName: set.OrgName, BrandCSS: set.BrandCSSHref}
	// A part that is fetched behind a page's back must not take away what the page
	// has to say.
	if strings.HasPrefix(r.URL.Path, "/live/") {
		p.Flash = nil
	} else if key, args := web.Flash(r); key != "" {
		p.Flash = flashOf(sp, key, args)
	}
	if actor.SignedIn() {
		p.Frame = a.frame(r.Context(), actor, sp, p.OrgName)
		p.Frame.BrandCSS = p.BrandCSS
		if kept, ok := r.Context().Value(frameKey{}).(*framed); ok {
			p.Frame.Live = a.Live.Cursor(kept.live)
		}
	} else {
		p.Help = []view.Link{{Href: "/help", Label: sp.T("nav.help")}, {Href: "/privacy", Label: sp.T("nav.privacy")}}
	}
	return p
}

func flashOf(sp words.Speaker, key string, args plein.Args) *view.Flash {
	if !sp.Has(key) {
		return nil
	}
	f := &view.Flash{}
	pairs := make([]any, 0, 2*len(args))
	for k, v := range args {
		switch k {
		case "undo":
			s, _ := v.(string)
			if f.UndoHref = web.SafeNext(s); f.UndoHref == "/" {
				f.UndoHref = ""
			}
		case "kind":
			f.Kind, _ = v.(string)
		default:
			pairs = append(pairs, k, v)
		}
	}
	f.Text = sp.T(key, pairs...)
	return f
}

func (a *App) frame(ctx context.Context, actor plein.Actor, sp words.Speaker, org string) *view.Frame {
	f := &view.Frame{OrgName: org, Me: a.me(ctx, actor)}
	f.Nav = []view.Link{
		{Href: "/", Label: sp.T("nav.square"), Icon: "plein"},
		{Href: "/notices", Label: sp.T("nav.notices"), Icon: "bell", Most: mostNotices},
		{Href: "/groups", Label: sp.T("nav.groups"), Icon: "groups"},
	}
	if n, err := a.Notices.Unread(ctx, actor); err != nil {
		a.Log.Warn("the menu is shown without the number of notices", "err", err)
	} else {
		f.Notices, f.Nav[1].Count = n, n
	}
	if !actor.Guest {
		f.Nav = append(f.Nav, view.Link{Href: "/people", Label: sp.T("nav.people"), Icon: "people"})
	}
	f.Search = &view.Search{Action: "/search", Hint: sp.T("app.search_hint")}
	f.Nav = append(f.Nav, view.Link{Href: "/saved", Label: sp.T("nav.bookmarks"), Icon: "bookmark"})
	f.Menu = []view.Link{
		{Href: f.Me.Href, Label: sp.T("nav.profile"), Icon: "people"},
		{Href: "/settings", Label: sp.T("nav.settings"), Icon: "gear"},
	}
	if actor.Can(plein.ManagePeople) || actor.Can(plein.ManageGroups) || actor.Can(plein.ManageSettings) || actor.Can(plein.ViewHealth) {
		f.Menu = append(f.Menu, view.Link{Href: "/admin", Label: sp.T("nav.admin"), Icon: "key"})
	}
	if actor.Can(plein.ReadAudit) {
		f.Menu = append(f.Menu, view.Link{Href: "/oversight/audit", Label: sp.T("oversight.audit.title"), Icon: "eye"})
	}
	if len(a.demoRoles) > 0 {
		f.Menu = append(f.Menu, view.Link{Href: "/demo", Label: sp.T("app.demo.title"), Icon: "userplus"})
	}
	f.Foot = []view.Link{{Href: "/help", Label: sp.T("nav.help")}, {Href: "/privacy", Label: sp.T("nav.privacy")}}
	if p, err := a.People.Find(ctx, actor.ID); err == nil {
		f.KeysOff = p.KeysOff
	}
	mine, err := a.Groups.Menu(ctx, actor)
	if err != nil {
		a.Log.Warn("the menu is shown without groups", "err", err)
		return f
	}
	f.Groups = a.groupLinks(ctx, actor, mine)
	f.NoWrite = actor.Guest && len(mine) == 0
	return f
}

func (a *App) groupLinks(ctx context.Context, actor plein.Actor, mine []groups.Group) []view.GroupLink {
	ids := shownGroups(mine)
	mine = mine[:len(ids)]
	news, err := a.Feed.News(ctx, actor, ids)
	if err != nil {
		a.Log.Warn("the menu is shown without counts", "err", err)
	}
	out := make([]view.GroupLink, len(mine))
	for n, g := range mine {
		out[n] = view.GroupLink{Href: "/groups/" + g.ID.String(), Name: g.Name, Initial: view.Initial(g.Name), Tile: g.Tile, Count: news[g.ID]}
	}
	return out
}

func (a *App) me(ctx context.Context, actor plein.Actor) view.Person {
	p := view.Person{ID: actor.ID.String(), Name: actor.Name, Given: actor.GivenName, Tile: view.Tile(actor.ID),
		Initials: view.Initials(actor.Name), Href: "/people/" + actor.ID.String(), Guest: actor.Guest}
	cards, err := a.People.Cards(ctx, []plein.ID{actor.ID})
	if err == nil {
		c := cards[actor.ID]
		p.Title, p.Unit, p.Photo = c.Title, c.UnitName, c.PhotoHref()
	}
	return p
}

// wants is how the organisation wants its square. When that cannot be read it is
// what the settings file says: a page without its name is better than no page.
func (a *App) wants(ctx context.Context) admin.Settings {
	set, err := a.Admin.Settings(ctx)
	if err != nil && ctx.Err() == nil {
		a.Log.Warn("the organisation's own settings cannot be read", "err", err)
	}
	return set
}

// OrgName is the organisation's name: what an admin gave it, else the setting.
func (a *App) OrgName(ctx context.Context) string { return a.wants(ctx).OrgName }

func (a *App) welcome(ctx context.Context) string { return a.wants(ctx).Welcome }

func (a *App) defaultLang(ctx context.Context) string { return a.wants(ctx).DefaultLang }

// chosen are the language and the zone of people who chose none.
func (a *App) chosen(ctx context.Context) (string, *time.Location) {
	set := a.wants(ctx)
	return set.DefaultLang, set.Zone
}
