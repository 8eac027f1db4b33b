package admin_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"plein/internal/platform/testkit"
	"plein/internal/plein"
	"plein/internal/rooms/admin"
	"plein/internal/square/groups"
	"plein/internal/square/people"
)

// addresses are all pages and acts of the room, with what opens each.
func (h *house) addresses() map[plein.Capability][][2]string {
	person, unit := h.nurse.ID.String(), h.ward.ID.String()
	g := h.group(h.nurse, "Koffiehoek", plein.Open).ID.String()
	return map[plein.Capability][][2]string{
		plein.ManagePeople: {{"GET", "/admin/people"}, {"GET", "/admin/people/new"}, {"GET", "/admin/people/guest"}, {"POST", "/admin/people"},
			{"POST", "/admin/people/guest"}, {"GET", "/admin/people/" + person}, {"POST", "/admin/people/" + person + "/name"},
			{"POST", "/admin/people/" + person + "/email"}, {"POST", "/admin/people/" + person + "/place"}, {"POST", "/admin/people/" + person + "/roles"},
			{"POST", "/admin/people/" + person + "/until"}, {"POST", "/admin/people/" + person + "/link"}, {"POST", "/admin/people/" + person + "/sessions"},
			{"GET", "/admin/people/" + person + "/close"}, {"POST", "/admin/people/" + person + "/close"}, {"POST", "/admin/people/" + person + "/reopen"},
			{"GET", "/admin/units"}, {"POST", "/admin/units"}, {"GET", "/admin/units/" + unit}, {"POST", "/admin/units/" + unit + "/name"},
			{"POST", "/admin/units/" + unit + "/parent"}, {"POST", "/admin/units/" + unit + "/back/top"}, {"POST", "/admin/units/" + unit + "/head"}},
		plein.ManageGroups: {{"GET", "/admin/groups"}, {"GET", "/admin/groups/" + g}, {"POST", "/admin/groups/" + g + "/name"},
			{"POST", "/admin/groups/" + g + "/owner"}, {"POST", "/admin/groups/" + g + "/archive"}, {"POST", "/admin/groups/" + g + "/reopen"}},
		plein.ManageSettings: {{"GET", "/admin/settings"}, {"POST", "/admin/settings"}},
		plein.ViewHealth:     {{"GET", "/admin/health"}, {"POST", "/admin/health/jobs/1/retry"}},
	}
}

// everything is a form with every field there is.
func everything() url.Values {
	return url.Values{"name": {"Kees"}, "email": {"kees@linge.example"}, "title": {"Baas"}, "head": {"samira@linge.example"}, "owner": {"samira@linge.example"},
		"manager": {"samira@linge.example"}, "role": {"technical_admin"}, "until": {"2026-12-24"}, "sponsor": {"samira@linge.example"}, "org_name": {"Gekaapt"},
		"lang": {"nl"}, "zone": {"UTC"}, "groups": {"managers"}, "guests": {"no"}}
}

// TestWhoMayNotSeesNothing sends every request of the room by people who may not
// make it: they get the bytes of a page that does not exist, and nothing happens
// (TRUST P24; S17).
func TestWhoMayNotSeesNothing(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		all := h.addresses()
		before := testkit.Told(t, h.db)
		member := h.add(people.NewPerson{Name: "Joost", Email: "joost@linge.example"})
		before = append(before, "people.person.added")
		denied := 0
		for _, who := range []people.Person{member, h.guest, h.nurse, h.cm} {
			caps := h.as(who).Caps
			nothing := map[string]answer{"GET": h.get(who, "/nergens/te/vinden"), "POST": h.post(who, "/nergens/te/vinden")}
			for needs, addresses := range all {
				if caps.Has(needs) {
					continue
				}
				for _, a := range addresses {
					denied++
					got := h.send(who, a[0], a[1], everything())
					same(t, who.Name+" "+a[0]+" "+a[1], got, nothing[a[0]])
				}
			}
			if caps&(1<<plein.ManagePeople|1<<plein.ManageGroups|1<<plein.ManageSettings|1<<plein.ViewHealth) == 0 {
				same(t, who.Name+" GET /admin", h.get(who, "/admin"), nothing["GET"])
			}
		}
		if denied < 90 {
			t.Errorf("only %d requests were tried", denied)
		}
		for _, addresses := range all { // a stranger is led to sign-in, and does nothing either
			for _, a := range addresses {
				if got := h.send(people.Person{}, a[0], a[1], everything()); got.status != 303 || !strings.HasPrefix(got.to, "/sign-in") {
					t.Errorf("a stranger, %s %s: %d %s", a[0], a[1], got.status, got.to)
				}
			}
		}
		if after := testkit.Told(t, h.db); !slices.Equal(before, after) {
			t.Errorf("something happened: %v", after[len(before):])
		}
	})
}

func same(t *testing.T, what string, got, want answer) {
	t.Helper()
	got.header.Del("Date")
	if got.status != 404 || got.status != want.status || got.body != want.body {
		t.Errorf("%s: %d\n%s\nwhat is not there: %d\n%s", what, got.status, got.body, want.status, want.body)
	}
	if len(got.header) != len(want.header) {
		t.Errorf("%s: the headers differ: %v and %v", what, got.header, want.header)
	}
}

// TestTheServiceAsksItself calls the service past the routes.
func TestTheServiceAsksItself(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for name, err := range admin.CallEverything(t.Context(), h.admin, h.as(h.nurse), h.cm.ID, h.ward.ID, h.group(h.cm, "Koffiehoek", plein.Open).ID) {
			if kind := plein.KindOf(err); err == nil || kind != plein.NotFound && kind != plein.Denied {
				t.Errorf("%s by a nurse: %v", name, err)
			}
		}
	})
}

// TestASecretGroupIsNowhereInAdmin looks for a secret group with all of the
// administration's pages, acts and errors (TRUST P1, P11).
func TestASecretGroupIsNowhereInAdmin(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		outsider := h.add(people.NewPerson{Name: "Marit", Email: "marit@linge.example"})
		nothing := plein.NewID(h.clock.Now())
		look := func(id plein.ID) (all []answer) {
			for _, who := range []people.Person{h.tech, h.cm} {
				for _, p := range []string{"/admin/groups", "/admin/groups?q=geheim", "/admin/groups?show=archived", "/admin/groups?q=geheim-overleg&show=archived",
					"/admin/groups/" + id.String(), at(h.nurse, "/close"), "/admin/health", "/admin/people?q=geheim"} {
					all = append(all, h.get(who, p))
				}
				for _, p := range []string{"/name", "/owner", "/archive", "/reopen"} {
					all = append(all, h.post(who, "/admin/groups/"+id.String()+p, "name", "Nieuw", "owner", written(outsider)),
						h.post(who, "/admin/groups/"+id.String()+p, "name", "", "owner", "wie dan ook"))
				}
			}
			return all
		}
		before := look(nothing)
		secret := h.group(h.nurse, "Geheim overleg", plein.Secret)
		after := look(secret.ID)
		for i := range before {
			b, a := before[i], after[i]
			if a.status != b.status || (a.status == 404 && a.body != b.body) {
				t.Errorf("answer %d: %d and %d\n%s", i, b.status, a.status, mainOf(a.body))
			}
			if strings.Contains(a.body, "Geheim overleg") || strings.Contains(a.body, secret.ID.String()) {
				t.Errorf("answer %d names the group: %s", i, mainOf(a.body))
			}
		}
		if i := slices.IndexFunc(before, func(a answer) bool { return strings.Contains(a.body, "Geen groepen gevonden") }); i < 0 || mainOf(before[i].body) != mainOf(after[i].body) {
			t.Error("the lists differ")
		}
		cm := h.group(h.cm, "Geheim van Elif", plein.Secret)
		h.shows("one's own secret group", h.get(h.cm, "/admin/groups"), 200, "Geheim van Elif")
		h.shows("not somebody else's", h.get(h.tech, "/admin/groups/"+cm.ID.String()), 404)
	})
}

func TestGroupsByTheirName(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		g := h.group(h.nurse, "Interne B3", plein.Closed)
		at := "/admin/groups/" + g.ID.String()
		list := h.shows("the list", h.get(h.tech, "/admin/groups"), 200, "Interne B3", "Besloten", "Samira Bouali", "minder dan 10 leden")
		h.hides("the list", list, "1 lid")
		h.shows("a group", h.get(h.tech, at), 200, "Interne B3", "Samira Bouali", "minder dan 10 leden")
		h.shows("no name", h.post(h.tech, at+"/name", "name", " "), 422, "naam-h")
		h.group(h.cm, "Koffiehoek", plein.Open)
		h.shows("a name that is taken", h.post(h.tech, at+"/name", "name", "koffiehoek"), 409, "Er is al een groep met deze naam", `value="koffiehoek"`)
		h.shows("renamed", h.post(h.tech, at+"/name", "name", "Interne B4"), 303, "Interne B4")
		h.shows("nobody", h.post(h.tech, at+"/owner", "owner", ""), 422, "Vul dit veld in")
		h.shows("not a member", h.post(h.tech, at+"/owner", "owner", "Elif Kaya"), 409, `value="Elif Kaya"`)
		h.shows("oneself by rank", h.post(h.tech, at+"/owner", "owner", written(h.tech)), 409)
		must(t, h.groups.Ask(t.Context(), h.as(h.cm), g.ID, "mag ik"))
		must(t, h.groups.Accept(t.Context(), h.as(h.nurse), g.ID, h.cm.ID))
		h.shows("a member", h.post(h.tech, at+"/owner", "owner", "Elif Kaya"), 303, "een eigenaar bij", "Elif Kaya")
		h.shows("archived", h.post(h.tech, at+"/archive"), 303, "De groep is gearchiveerd", `action="`+at+`/reopen"`)
		h.shows("in the archive", h.get(h.tech, "/admin/groups?show=archived"), 200, "Interne B4")
		h.shows("renaming what is archived", h.post(h.tech, at+"/name", "name", "B5"), 409, "gearchiveerd")
		h.shows("open again", h.post(h.tech, at+"/reopen"), 303, "De groep is weer open", `action="`+at+`/archive"`)
		if _, err := h.groups.Members(t.Context(), h.as(h.tech), g.ID, groups.Page{}); plein.KindOf(err) != plein.Denied {
			t.Errorf("the admin reads who is in it: %v", err)
		}
	})
}

// TestOnlyTheAddressCounts sends other ids in the form than in the address, doubles
// and fields that are no field (TRUST S3, S4, S5).
func TestOnlyTheAddressCounts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		extra := url.Values{"id": {h.cm.ID.String()}, "person": {h.cm.ID.String()}, "roles": {"technical_admin"}, "role": {"technical_admin"}, "is_admin": {"true"},
			"state": {"closed"}, "guest": {"true"}, "bot": {"true"}, "layer": {"1"}, "joined": {"0"}, "sponsor": {h.cm.ID.String()}, "handle": {"root"}, "owner": {h.cm.ID.String()},
			"org_id": {"7"}, "created_at": {"1900-01-01"}, "actor": {h.tech.ID.String()}}
		with := func(pairs ...string) url.Values {
			f := url.Values{}
			for k, v := range extra {
				f[k] = v
			}
			for i := 0; i+1 < len(pairs); i += 2 {
				f.Add(pairs[i], pairs[i+1])
			}
			return f
		}
		before := h.person(h.cm.ID)
		h.shows("another id in the form", h.send(h.tech, http.MethodPost, at(h.nurse, "/name"), with("name", "Samira B.", "name", "Tweede")), 303, "Samira B.")
		h.shows("another id in the form", h.send(h.tech, http.MethodPost, at(h.nurse, "/email"), with("email", "s@linge.example")), 303)
		h.shows("another id in the query", h.send(h.tech, http.MethodPost, at(h.nurse, "/place?id="+h.cm.ID.String()), with("unit", "")), 303)
		if p := h.person(h.cm.ID); p.Name != before.Name || p.Email != before.Email || p.Unit != before.Unit {
			t.Errorf("somebody else was changed: %+v", p)
		}
		if p := h.person(h.nurse.ID); p.Name != "Samira B." || p.Email != "s@linge.example" || p.Has(plein.RoleTechnicalAdmin) || p.Guest || p.Bot ||
			p.State != people.Active || p.Handle != h.nurse.Handle || p.Layer != 1 || !p.Joined.Equal(h.nurse.Joined) {
			t.Errorf("a field that is none was taken: %+v", p)
		}
		out := h.shows("adding", h.send(h.tech, http.MethodPost, "/admin/people", with("name", "Kees", "email", "kees@linge.example")), 303)
		id, err := plein.ParseID(strings.TrimPrefix(out.to, "/admin/people/"))
		must(t, err)
		if p := h.person(id); !slices.Equal(p.Roles, []plein.Role{plein.RoleMember}) || p.Guest || p.Bot || p.Handle != "kees" || p.State != people.Active || !p.Joined.Equal(start) {
			t.Errorf("a field that is none was taken: %+v", p)
		}
		out = h.shows("inviting", h.send(h.tech, http.MethodPost, "/admin/people/guest", url.Values{"name": {"Wim"}, "email": {"wim@elders.example"}, "until": {"2026-12-31"},
			"sponsor": {written(h.nurse)}, "role": {"technical_admin"}, "unit": {h.ward.ID.String()}, "guest": {"false"}, "manager": {written(h.nurse)}}), 303)
		id, err = plein.ParseID(strings.TrimPrefix(out.to, "/admin/people/"))
		must(t, err)
		if p := h.person(id); !p.Guest || p.Caps() != 0 || p.Unit != 0 || p.Manager != 0 {
			t.Errorf("a guest who is more: %+v", p)
		}
		// S126: there is no setting that names a file or an address, and none can be made.
		h.shows("settings of the machine", h.post(h.tech, "/admin/settings", h.setting("data", "/etc", "log", "/etc/passwd", "database", "sqlite:/tmp/x", "smtp", "evil.example",
			"changed_by", "1", "template", "/etc", "org_name", "Linge")...), 303)
		if got := keptNames(t, h.db); !slices.Equal(got, []string{"org_name"}) {
			t.Errorf("the table holds %v", got)
		}
	})
}

// TestNobodyRaisesThemselves is S15 and TRUST P8: nobody hands out what they do not
// hold, a guest least of all.
func TestNobodyRaisesThemselves(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for _, who := range []people.Person{h.guest, h.nurse, h.cm} {
			for _, role := range []string{"technical_admin", "community_manager", "privacy_officer", "guest", "member"} {
				if a := h.post(who, at(who, "/roles"), "role", role, "role", "technical_admin"); a.status != 404 {
					t.Errorf("%s makes themselves %s: %d", who.Name, role, a.status)
				}
			}
			g := h.group(h.nurse, "Groep van "+who.Name, plein.Closed)
			a := h.post(who, "/admin/groups/"+g.ID.String()+"/owner", "owner", written(who))
			if role, err := h.groups.RoleIn(t.Context(), g.ID, who.ID); err != nil || who.ID != h.nurse.ID && role != groups.None || a.status < 400 {
				t.Errorf("%s owns a group they are not in: %d %v %v", who.Name, a.status, role, err)
			}
			if got := h.person(who.ID).Roles; !slices.Equal(got, who.Roles) {
				t.Errorf("%s is now %v", who.Name, got)
			}
		}
		for _, role := range []string{"community_manager", "auditor", "privacy_officer"} {
			h.shows("a technical admin hands out "+role, h.post(h.tech, at(h.nurse, "/roles"), "role", role), 403)
			h.shows("or takes it", h.post(h.tech, at(h.tech, "/roles"), "role", "technical_admin", "role", role), 403)
		}
		h.shows("a guest's role", h.post(h.tech, at(h.nurse, "/roles"), "role", "guest"), 422)
		if got := h.person(h.nurse.ID).Roles; !slices.Equal(got, []plein.Role{plein.RoleMember}) {
			t.Errorf("the nurse is now %v", got)
		}
	})
}

// TestScriptsInNames puts a script in everything that has a name and looks at every
// page (TRUST S65).
func TestScriptsInNames(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const x = `"><script>alert(1)</script><img src=x onerror=alert(2)>'`
		evil := h.add(people.NewPerson{Name: x, Email: "x@linge.example", Title: x})
		h.add(people.NewPerson{Name: x, Email: "y@linge.example", Title: x})
		guest := h.add(people.NewPerson{Name: x, Email: "z@elders.example", Employer: x, Guest: true, GuestUntil: start.AddDate(0, 1, 0), Sponsor: evil.ID})
		u, err := h.people.AddUnit(t.Context(), people.House(), people.NewUnit{Name: x, Parent: h.care.ID})
		must(t, err)
		must(t, h.people.SetHead(t.Context(), people.House(), u.ID, evil.ID))
		g := h.group(evil, x, plein.Open)
		h.shows("the settings", h.post(h.tech, "/admin/settings", h.setting("org_name", x, "welcome", x)...), 303)
		q := "?q=" + url.QueryEscape(x)
		pages := []answer{
			h.get(h.tech, "/admin"), h.get(h.tech, "/admin/people"+q), h.get(h.tech, "/admin/people?show=guests"), h.get(h.tech, "/admin/people/new"), h.get(h.tech, "/admin/people/guest"),
			h.get(h.tech, at(evil, "")), h.get(h.tech, at(evil, "/close")), h.get(h.tech, at(guest, "")), h.get(h.tech, "/admin/units"), h.get(h.tech, "/admin/units/"+u.ID.String()),
			h.get(h.tech, "/admin/groups"+q), h.get(h.tech, "/admin/groups/"+g.ID.String()), h.get(h.tech, "/admin/settings"), h.get(h.tech, "/admin/health"),
			h.post(h.tech, at(evil, "/place"), "manager", x, "unit", ""), h.post(h.tech, at(evil, "/name"), "name", x+strings.Repeat("x", 200), "title", x),
			h.post(h.tech, at(evil, "/email"), "email", x), h.post(h.tech, at(evil, "/roles"), "role", x), h.post(h.tech, at(guest, "/until"), "until", x),
			h.post(h.tech, "/admin/people", "name", x, "email", x, "title", x, "manager", x, "unit", ""), h.post(h.tech, "/admin/people/guest", "name", x, "email", x, "employer", x, "until", x, "sponsor", x),
			h.post(h.tech, "/admin/units", "name", x, "parent", ""), h.post(h.tech, "/admin/units/"+u.ID.String()+"/head", "head", x),
			h.post(h.tech, "/admin/groups/"+g.ID.String()+"/owner", "owner", x),
			h.post(h.tech, "/admin/settings", h.setting("brand", x, "zone", x, "lang", x, "groups", x, "guests", x)...),
			h.post(h.tech, at(evil, "/close")), h.post(h.tech, at(evil, "/reopen")),
		}
		for i, a := range pages {
			if a.status >= 500 || a.status == 404 {
				t.Errorf("page %d: %d", i, a.status)
			}
			for _, bad := range []string{"<script>alert", "<img src=x", `value=""><`, "javascript:"} {
				if strings.Contains(a.body, bad) {
					t.Errorf("page %d holds %q:\n%s", i, bad, mainOf(a.body))
				}
			}
		}
		h.shows("the name is there as text", pages[1], 200, "&lt;script&gt;alert(1)&lt;/script&gt;")
	})
}

// TestHealthHoldsNobody looks for anything of anybody on the health page (TRUST S127).
func TestHealthHoldsNobody(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.group(h.nurse, "Kanarie", plein.Open)
		h.shows("settings", h.post(h.tech, "/admin/settings", h.setting("welcome", "Kanarie")...), 303)
		page := mainOf(h.get(h.tech, "/admin/health").body)
		for _, p := range []people.Person{h.tech, h.cm, h.nurse, h.guest} {
			for _, s := range []string{p.Name, p.Email, p.ID.String(), p.Handle} {
				if strings.Contains(page, s) {
					t.Errorf("the health page holds %q", s)
				}
			}
		}
		for _, s := range []string{"Kanarie", "postgres:", "sqlite:", "plein.db", "password", "/tmp", "sslmode", "127.0.0.1", h.ward.Name} {
			if strings.Contains(page, s) {
				t.Errorf("the health page holds %q", s)
			}
		}
	})
}
