package conformance

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"plein/internal/plein"
	"plein/test/house"
)

// TestDemoOrganisation walks through the demo as each of its five roles.
func TestDemoOrganisation(t *testing.T) {
	var roles both[map[string]plein.ID]
	n := 0
	p := openPair(t, func(t *testing.T, h *house.House) {
		var err error
		if roles[n], err = h.PlantDemo(t.Context(), 200); err != nil {
			t.Fatal(err)
		}
		if err := h.Reindex(t.Context(), func(int, int) {}); err != nil {
			t.Fatal(err)
		}
		n++
	})
	for _, role := range []string{"nurse", "team_leader", "director", "community_manager", "technical_admin"} {
		t.Run(role, func(t *testing.T) {
			r := p.signIn(t, both[plein.ID]{roles[0][role], roles[1][role]})
			from := []both[string]{everywhere("/"), everywhere("/latest"), everywhere("/following"), everywhere("/groups"),
				everywhere("/people"), everywhere("/people?q=anna"), everywhere("/people?q=verpleegkundige"), everywhere("/tags/veiligheid"), everywhere("/posts/new"),
				everywhere("/saved"), everywhere("/more"), everywhere("/settings"), everywhere("/help"), everywhere("/privacy")}
			for _, asked := range []string{"infuuspomp", "dienst", "pomp piept", "verlof aanvragen", "fietsen", "anna", "rachdi", "nergenswoord", "de het een", "\"*)("} {
				for _, how := range []string{"", "&sort=best", "&kind=questions", "&kind=people", "&kind=groups", "&period=year"} {
					from = append(from, everywhere("/search?q="+url.QueryEscape(asked)+how))
				}
			}
			seen := r.crawl(t, 3, from...)
			for _, page := range []string{"/", "/latest", "/groups/{id}", "/groups/{id}/members", "/people", "/people/{id}", "/posts/{id}", "/units/{id}", "/tags/{tag}"} {
				if seen[page] == 0 {
					t.Errorf("the walk never came to %s: %v", page, seen)
				}
			}
			actor := p[0].As(t, roles[0][role])
			for page, needs := range map[string][]plein.Capability{
				"/admin":        {plein.ManagePeople, plein.ManageGroups, plein.ManageSettings, plein.ViewHealth},
				"/admin/people": {plein.ManagePeople}, "/admin/units": {plein.ManagePeople}, "/admin/groups": {plein.ManageGroups},
				"/admin/settings": {plein.ManageSettings}, "/admin/health": {plein.ViewHealth},
			} {
				want := http.StatusNotFound
				if slices.ContainsFunc(needs, actor.Can) {
					want = http.StatusOK
				}
				if a := r.askBoth(t, page); a[0].status != want || a[1].status != want {
					t.Errorf("%s gives %d and %d, want %d", page, a[0].status, a[1].status, want)
				}
			}
			pages := 0
			for _, n := range seen {
				pages += n
			}
			t.Logf("%d pages of %d kinds", pages, len(seen))
		})
	}
	t.Run("stranger", func(t *testing.T) {
		r := readers{pair: p, clients: both[*http.Client]{house.NewClient(), house.NewClient()}}
		seen := r.crawl(t, 3, everywhere("/"), everywhere("/sign-in"), everywhere("/sign-in?next="+url.QueryEscape("/people")),
			everywhere("/sign-in/password"), everywhere("/sign-in/recover"), everywhere("/help"), everywhere("/privacy"))
		r.look(t, everywhere("/sign-in/link/nonsense"))
		r.look(t, everywhere("/nowhere"))
		r.look(t, everywhere("/setup"))
		for page := range seen {
			if page == "/posts/{id}" || page == "/people" {
				t.Errorf("a stranger was led to %s", page)
			}
		}
	})
}

// askBoth fetches a page that may tell about the machine.
func (r readers) askBoth(t testing.TB, path string) (out both[answer]) {
	t.Helper()
	if !ownToTheMachine(path) {
		return r.look(t, everywhere(path))
	}
	for n, h := range r.pair {
		out[n] = get(t, h, r.clients[n], path)
	}
	return out
}
