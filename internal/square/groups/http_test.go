package groups_test

import (
	"cmp"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"plein/internal/platform/text"
	"plein/internal/platform/view"
	"plein/internal/platform/view/viewtest"
	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/square/groups"
	"plein/internal/square/people"
)

func (f folk) Cards(_ context.Context, ids []plein.ID) (map[plein.ID]people.Card, error) {
	out := map[plein.ID]people.Card{}
	for _, id := range ids {
		if p, ok := f[id]; ok {
			out[id] = people.Card{ID: id, Name: p.Name, Title: p.Title, Guest: p.Guest, Employer: p.Employer}
		}
	}
	return out, nil
}

func (f folk) Directory(_ context.Context, q people.DirectoryQuery) (page people.DirectoryPage, err error) {
	for _, p := range f {
		if p.Guest == q.Guests && strings.Contains(text.Fold(p.Name), text.Fold(q.Text)) {
			page.People = append(page.People, p)
		}
	}
	slices.SortFunc(page.People, func(a, b people.Person) int { return cmp.Compare(a.ID, b.ID) })
	return page, nil
}

// house is the square behind a real front door.
type house struct {
	*square
	server http.Handler
	lang   string
}

func (s *square) house() *house {
	s.t.Helper()
	catalogue, err := words.New(groups.Words(), web.Words())
	if err != nil {
		s.t.Fatal(err)
	}
	h := &house{square: s, lang: "nl"}
	page := func(r *http.Request) view.Page {
		p := view.Page{Speaker: catalogue.For(h.lang, time.UTC), Path: r.URL.Path, Now: s.clock.Now(), OrgName: "Lingeziekenhuis",
			Frame: &view.Frame{OrgName: "Lingeziekenhuis", Me: view.Person{ID: "me", Name: "Ik", Href: "/people/me"}}}
		if key, args := web.Flash(r); key != "" {
			p.Flash = &view.Flash{Text: catalogue.Say(h.lang, key, args)}
		}
		return p
	}
	slot := func(text string) func(context.Context, *http.Request, groups.Group) (templ.Component, error) {
		return func(_ context.Context, _ *http.Request, g groups.Group) (templ.Component, error) {
			return templ.Raw("<p>" + text + " " + g.ID.String() + "</p>"), nil
		}
	}
	var routes web.Routes
	groups.NewModule(s.groups, groups.PageDeps{People: s.folk, Page: page,
		Talk: slot("het gesprek van"), Files: slot("de bestanden van")}).Routes(&routes)
	h.server = web.New(web.Options{Words: catalogue, Page: page, Limits: &web.Limits{},
		Actor: func(r *http.Request) (plein.Actor, error) {
			for _, a := range []plein.Actor{samira, joost, marit, femke, cm, guest} {
				if r.Header.Get("X-Test-Actor") == a.ID.String() {
					a.Lang = h.lang
					return a, nil
				}
			}
			return plein.Actor{}, nil
		}}, &routes)
	return h
}

// answer is what came back, without what differs at every request.
type answer struct {
	status int
	to     string
	body   string
}

func (h *house) send(a plein.Actor, method, path string, form url.Values, cookies ...*http.Cookie) (answer, []*http.Cookie) {
	h.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("X-Test-Actor", a.ID.String())
	r.Header.Set("Accept", "text/html")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for _, c := range cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	h.server.ServeHTTP(w, r)
	out := answer{w.Code, w.Header().Get("Location"), w.Body.String()}
	if w.Code == http.StatusInternalServerError {
		h.t.Errorf("%s %s broke:\n%s", method, path, out.body)
	}
	if strings.Contains(w.Header().Get("Content-Type"), "text/html") {
		for _, p := range viewtest.Problems(out.body, true) {
			h.t.Errorf("%s %s: %s", method, path, p)
		}
	}
	return out, w.Result().Cookies()
}

func (h *house) get(a plein.Actor, path string) answer {
	h.t.Helper()
	out, _ := h.send(a, http.MethodGet, path, nil)
	return out
}

func (h *house) post(a plein.Actor, path string, pairs ...string) answer {
	h.t.Helper()
	f := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Set(pairs[i], pairs[i+1])
	}
	out, cookies := h.send(a, http.MethodPost, path, f)
	if out.to != "" { // follow, as a browser does
		back, _ := h.send(a, http.MethodGet, out.to, nil, cookies...)
		out.body = back.body
	}
	return out
}

func (h *house) shows(what string, a answer, status int, want ...string) {
	h.t.Helper()
	if a.status != status {
		h.t.Errorf("%s: status %d, want %d\n%s", what, a.status, status, mainOf(a.body))
	}
	for _, w := range want {
		if !strings.Contains(a.body, w) {
			h.t.Errorf("%s does not show %q:\n%s", what, w, mainOf(a.body))
		}
	}
}

func (h *house) hides(what string, a answer, words ...string) {
	h.t.Helper()
	for _, w := range words {
		if strings.Contains(a.body, w) {
			h.t.Errorf("%s shows %q:\n%s", what, w, mainOf(a.body))
		}
	}
}

var inMain = regexp.MustCompile(`(?s)<main.*</main>`)

func mainOf(page string) string { return inMain.FindString(page) }

func eachHouse(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	each(t, func(t *testing.T, s *square) { fn(t, s.house()) })
}

func TestStartingByForm(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.shows("an empty directory", h.get(samira, "/groups"), 200, "Er zijn nog geen groepen", `href="/groups/new"`)
		h.shows("the form", h.get(samira, "/groups/new"), 200, "hoogstens 80 tekens", "hoogstens 500 tekens", `value="secret"`)
		h.shows("no form for guests", h.get(guest, "/groups/new"), 404)
		h.shows("no start for guests", h.post(guest, "/groups", "name", "x", "kind", "open"), 404)
		typed := strings.Repeat("é", 81)
		h.shows("too long", h.post(samira, "/groups", "name", typed, "purpose", "Mijn <doel>", "kind", "closed", "history", "join"), 422,
			typed, "Mijn &lt;doel&gt;", `value="closed" checked`, `value="join" checked`, `aria-invalid="true"`)
		h.shows("no kind", h.post(samira, "/groups", "name", "B3", "kind", "org"), 422, "Kies een van de mogelijkheden")
		out := h.post(samira, "/groups", "name", "Vraag het ICT", "purpose", "Loopt er iets vast?", "kind", "open", "history", "all")
		h.shows("started", out, 303, "De groep is gestart", "Loopt er iets vast?", "het gesprek van", `aria-current="page"`, "Verlaat de groep")
		h.shows("the name again", h.post(joost, "/groups", "name", "vraag HET ict", "purpose", "bewaard", "kind", "open"), 409,
			"Er is al een groep met deze naam", "bewaard", "vraag HET ict")
		h.shows("the directory", h.get(joost, "/groups?q=ict"), 200, "Vraag het ICT", "1 lid", "Eigenaar: Samira Bouali", "Word lid")
		h.shows("nothing found", h.get(joost, "/groups?q=%3Cb%3E"), 200, "Geen groep gevonden", "&lt;b&gt;")
	})
}

func TestOpenGroupByForms(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		g := h.start(samira, "Samen fit", plein.Open)
		at := "/groups/" + g.ID.String()
		h.shows("a colleague reads", h.get(joost, at), 200, "het gesprek van", "Word lid", "Open voor iedereen")
		h.shows("joins", h.post(joost, at+"/join"), 303, "Je bent lid van deze groep", "2 leden")
		h.shows("files", h.get(joost, at+"/files"), 200, "de bestanden van")
		members := h.get(joost, at+"/members")
		h.shows("members", members, 200, "Samira Bouali", "Joost van der Veen", "eigenaar", "Nodig iemand uit")
		h.hides("a member manages", members, "Haal uit de groep", "Maak eigenaar")
		h.shows("the owner's members", h.get(samira, at+"/members"), 200, "Haal uit de groep", "Maak eigenaar")
		h.shows("finding", h.get(joost, at+"/members?who=marit"), 200, "Marit Prins", at+"/invite")
		h.shows("finding nobody", h.get(joost, at+"/members?who=zzz"), 200, "Niemand gevonden")
		h.hides("finding a guest", h.get(joost, at+"/members?who=nora"), "Nora Gast")
		h.shows("finding a guest", h.get(samira, at+"/members?who=nora"), 200, "Nora Gast", "komt van buiten")
		h.shows("inviting", h.post(joost, at+"/invite", "person", marit.ID.String()), 303, "Marit Prins is uitgenodigd")
		h.shows("the invited one's list", h.get(marit, "/groups"), 200, "Joost van der Veen vraagt of je meedoet", at+"/invitation")
		h.shows("declining", h.post(marit, at+"/invitation", "answer", "no"), 303, "afgeslagen")
		h.shows("again", h.post(marit, at+"/invitation", "answer", "yes"), 409, "Deze uitnodiging is er niet meer", "het gesprek van")
		h.shows("the last owner leaves", h.post(samira, at+"/leave"), 409, "Een groep heeft altijd een eigenaar", "Samen fit")
		h.shows("a role", h.post(samira, at+"/role", "person", joost.ID.String(), "role", "owner"), 303, "Joost van der Veen is nu eigenaar")
		h.shows("leaving", h.post(samira, at+"/leave"), 303, "Je bent uit de groep", "Word lid")
		h.shows("settings of others", h.get(samira, at+"/settings"), 403, "Dit doen de eigenaars")
		h.shows("settings", h.get(joost, at+"/settings"), 200, `value="Samen fit"`, "Archiveer de groep")
		h.shows("a bad name", h.post(joost, at+"/settings", "name", " ", "purpose", "blijft staan", "kind", "open"), 422, "blijft staan")
		h.shows("narrowing", h.post(joost, at+"/settings", "name", "Samen fitter", "purpose", "Rennen", "kind", "closed"), 303, "Opgeslagen", "Samen fitter")
		h.shows("widening", h.post(joost, at+"/settings", "name", "Samen fitter", "purpose", "Rennen", "kind", "open"), 422, "Een groep kan niet opener worden")
		h.shows("archived", h.post(joost, at+"/archive"), 303, "Deze groep is gearchiveerd")
		h.shows("the archive", h.get(samira, "/groups?show=archived"), 200, "Samen fitter", "gearchiveerd")
		h.shows("inviting into the archive", h.post(joost, at+"/invite", "person", marit.ID.String()), 409, "gearchiveerd")
		h.shows("reopened", h.post(joost, at+"/reopen"), 303, "weer open")
	})
}

func TestClosedGroupByForms(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		g := h.start(samira, "Interne B3", plein.Closed)
		at := "/groups/" + g.ID.String()
		out := h.get(joost, at)
		h.shows("an outsider", out, 200, "Interne B3", "Waarvoor", "Samira Bouali", "Vraag of je mee mag doen", "minder dan 10 leden")
		h.hides("an outsider", out, "het gesprek van", at+"/members", at+"/files")
		h.shows("members for outsiders", h.get(joost, at+"/members"), 403, "Alleen leden zien")
		h.shows("files for outsiders", h.get(joost, at+"/files"), 403)
		long := strings.Repeat("w", plein.MaxPurpose+1)
		h.shows("a long note", h.post(joost, at+"/ask", "note", long), 422, long, `aria-invalid="true"`)
		h.shows("asking", h.post(joost, at+"/ask", "note", "Ik werk op <B3>"), 303, "Je vraag is verstuurd", "Trek je vraag in")
		h.shows("accepting oneself", h.post(joost, at+"/accept", "person", joost.ID.String()), 403, "Je kunt jezelf niet toelaten")
		h.shows("another outsider accepts", h.post(marit, at+"/accept", "person", joost.ID.String()), 403)
		h.shows("the request", h.get(samira, at+"/members"), 200, "Ik werk op &lt;B3&gt;", "Laat toe")
		h.shows("let in", h.post(samira, at+"/accept", "person", joost.ID.String()), 303, "Joost van der Veen is toegelaten")
		h.shows("inside", h.get(joost, at), 200, "het gesprek van")
		h.shows("accepted twice", h.post(samira, at+"/accept", "person", joost.ID.String()), 409, "Deze vraag is er niet meer")
		h.shows("a person that is none", h.post(samira, at+"/invite", "person", "x"), 404)
		h.shows("nobody", h.post(samira, at+"/invite"), 422, "kunnen we niet uitnodigen")
		h.shows("by rank", h.get(cm, at+"/settings?who=joost"), 200, "Meelezen kun je daarmee niet", "Joost van der Veen", "Maak eigenaar")
		h.hides("by rank", h.get(cm, at+"/settings"), "het gesprek van", at+"/members")
		h.shows("renamed by rank", h.post(cm, at+"/settings", "name", "B3 intern"), 303, "B3 intern")
		h.shows("an owner by rank", h.post(cm, at+"/role", "person", joost.ID.String(), "role", "owner"), 303, "Joost van der Veen is nu eigenaar")
		h.shows("an outsider made owner by rank", h.post(cm, at+"/role", "person", marit.ID.String(), "role", "owner"), 409, "geen lid")
		h.shows("a guest is let in", h.post(samira, at+"/invite", "person", guest.ID.String()), 303, "Nora Gast is uitgenodigd")
		h.shows("the guest's list", h.get(guest, "/groups"), 200, "B3 intern", "Doe mee")
		h.shows("the guest accepts", h.post(guest, at+"/invitation", "answer", "yes"), 303, "Je bent gast in deze groep", "het gesprek van")
		h.shows("the badge", h.get(joost, at+"/members"), 200, "gast in deze groep", "uitgenodigd door Samira Bouali")
		h.shows("the guest invites", h.post(guest, at+"/invite", "person", marit.ID.String()), 404)
		h.shows("the guest leaves", h.post(guest, at+"/leave"), 303)
		h.shows("and sees nothing", h.get(guest, at), 404)
		h.lang = "en"
		h.shows("in English", h.get(marit, at), 200, "Ask to join", "fewer than 10 members", `lang="en"`)
	})
}

// TestASecretGroupIsNowhere compares, for every address and verb, the bytes that
// outsiders get for a secret group with those for a group that does not exist
// (TRUST P1).
func TestASecretGroupIsNowhere(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		nothing := plein.NewID(h.clock.Now())
		outsiders := []plein.Actor{joost, cm, guest, {}}
		paths := []string{"", "/members", "/files", "/settings", "/members?who=a"}
		posts := []string{"/join", "/leave", "/ask", "/withdraw", "/invitation", "/accept", "/refuse", "/invite", "/uninvite", "/remove", "/role",
			"/settings", "/archive", "/reopen"}
		lists := []string{"/groups", "/groups?q=geheim", "/groups?show=mine", "/groups?show=archived", "/groups/new"}
		h.start(samira, "Open groep", plein.Open)
		look := func(id plein.ID) (all []answer) {
			for _, a := range outsiders {
				for _, p := range lists {
					all = append(all, h.get(a, p))
				}
				for _, p := range paths {
					all = append(all, h.get(a, "/groups/"+id.String()+p))
				}
				for _, p := range posts {
					all = append(all, h.post(a, "/groups/"+id.String()+p, "person", joost.ID.String(), "role", "owner", "answer", "yes",
						"name", "Geheim", "kind", "secret", "note", "mag ik"))
				}
			}
			return all
		}
		before := look(nothing)
		secret := h.start(samira, "Geheim overleg", plein.Secret)
		must(t, h.groups.Invite(context.Background(), samira, secret.ID, marit.ID))
		must(t, h.groups.AcceptInvitation(context.Background(), marit, secret.ID))
		after := look(secret.ID)
		for i := range before {
			// The address that was asked for comes back in a redirect to sign-in.
			b := strings.ReplaceAll(before[i].body+before[i].to, nothing.String(), secret.ID.String())
			if after[i].status != before[i].status || after[i].body+after[i].to != b {
				t.Errorf("answer %d differs: %d and %d\n%s\n%s", i, before[i].status, after[i].status, before[i].body, after[i].body)
			}
			if strings.Contains(after[i].body, "Geheim overleg") {
				t.Errorf("answer %d names the group", i)
			}
		}
		h.shows("a member sees it", h.get(marit, "/groups"), 200, "Geheim overleg")
		out := h.post(joost, "/groups", "name", "Geheim overleg", "kind", "open")
		h.shows("the name is free for others", out, 303)
	})
}

func TestTheServiceTellsOutsidersNothing(t *testing.T) {
	each(t, func(t *testing.T, s *square) {
		ctx := context.Background()
		secret, nothing := s.start(samira, "Geheim overleg", plein.Secret).ID, plein.NewID(s.clock.Now())
		must(t, s.groups.Invite(ctx, samira, secret, marit.ID))
		for _, a := range []plein.Actor{joost, cm, guest, {}} {
			calls := map[string]func(id plein.ID) (any, error){
				"look":        func(id plein.ID) (any, error) { return s.groups.Look(ctx, a, id) },
				"find":        func(id plein.ID) (any, error) { return s.groups.Find(ctx, a, id) },
				"members":     func(id plein.ID) (any, error) { return s.groups.Members(ctx, a, id, groups.Page{}) },
				"requests":    func(id plein.ID) (any, error) { return s.groups.Requests(ctx, a, id) },
				"invitations": func(id plein.ID) (any, error) { return s.groups.Invitations(ctx, a, id) },
				"join":        func(id plein.ID) (any, error) { return nil, s.groups.Join(ctx, a, id) },
				"ask":         func(id plein.ID) (any, error) { return nil, s.groups.Ask(ctx, a, id, "x") },
				"withdraw":    func(id plein.ID) (any, error) { return nil, s.groups.Withdraw(ctx, a, id) },
				"leave":       func(id plein.ID) (any, error) { return nil, s.groups.Leave(ctx, a, id) },
				"remove":      func(id plein.ID) (any, error) { return nil, s.groups.Remove(ctx, a, id, samira.ID) },
				"remove self": func(id plein.ID) (any, error) { return nil, s.groups.Remove(ctx, a, id, a.ID) },
				"role":        func(id plein.ID) (any, error) { return nil, s.groups.SetRole(ctx, a, id, samira.ID, groups.Member) },
				"accept":      func(id plein.ID) (any, error) { return nil, s.groups.Accept(ctx, a, id, a.ID) },
				"refuse":      func(id plein.ID) (any, error) { return nil, s.groups.Refuse(ctx, a, id, marit.ID) },
				"invite":      func(id plein.ID) (any, error) { return nil, s.groups.Invite(ctx, a, id, marit.ID) },
				"uninvite":    func(id plein.ID) (any, error) { return nil, s.groups.Uninvite(ctx, a, id, marit.ID) },
				"in":          func(id plein.ID) (any, error) { return nil, s.groups.AcceptInvitation(ctx, a, id) },
				"decline":     func(id plein.ID) (any, error) { return nil, s.groups.Decline(ctx, a, id) },
				"archive":     func(id plein.ID) (any, error) { return nil, s.groups.Archive(ctx, a, id) },
				"reopen":      func(id plein.ID) (any, error) { return nil, s.groups.Reopen(ctx, a, id) },
				"change": func(id plein.ID) (any, error) {
					return s.groups.Change(ctx, a, id, groups.Changes{Name: "x", Kind: plein.Open})
				},
				"change wrong": func(id plein.ID) (any, error) { return s.groups.Change(ctx, a, id, groups.Changes{}) },
				"resolve": func(plein.ID) (any, error) {
					got, err := s.groups.Resolve(ctx, a, []string{"Geheim overleg", "geheim-overleg"})
					return len(got), err
				},
			}
			for name, call := range calls {
				v1, err1 := call(secret)
				v2, err2 := call(nothing)
				if show(v1, err1) != show(v2, err2) {
					t.Errorf("%s by %d: %s; for nothing %s", name, a.ID, show(v1, err1), show(v2, err2))
				}
			}
		}
	})
}
