package admin_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/people"
)

func TestTheOverviewLeadsWhereOneMayGo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.shows("a technical admin", h.get(h.tech, "/admin"), 200, "/admin/people", "/admin/units", "/admin/groups", "/admin/settings", "/admin/health", "Beheren is niet meelezen")
		cm := h.shows("a community manager", h.get(h.cm, "/admin"), 200, "/admin/groups", "/admin/settings")
		h.hides("a community manager", cm, "/admin/people", "/admin/units", "/admin/health")
	})
}

func TestAddingSomebody(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.shows("the form", h.get(h.tech, "/admin/people/new"), 200, "hoogstens 120 tekens", "Interne B3", "Geen afdeling")
		long := strings.Repeat("é", plein.MaxName+1)
		h.shows("all that is wrong at once", h.post(h.tech, "/admin/people", "name", long, "email", "", "title", "Arts", "unit", h.ward.ID.String(), "manager", "Niemand Zo"),
			422, long, `value="Arts"`, `value="Niemand Zo"`, `value="`+h.ward.ID.String()+`" selected`, "Kijk nog even naar 3 velden", "We vinden geen collega", "Vul dit veld in")
		h.shows("no address", h.post(h.tech, "/admin/people", "name", "Joost", "email", "joost"), 422, "Dit is geen e-mailadres", `value="Joost"`)
		h.shows("a taken address", h.post(h.tech, "/admin/people", "name", "Joost", "email", "Samira@Linge.example"), 409, "Er is al iemand met dit e-mailadres")
		out := h.shows("added", h.post(h.tech, "/admin/people", "name", "Joost van der Veen", "email", "joost@linge.example", "title", "Arts",
			"unit", h.ward.ID.String(), "manager", "samira@linge.example"), 303, "Joost van der Veen is toegevoegd", "Stuur een link")
		id, err := plein.ParseID(strings.TrimPrefix(out.to, "/admin/people/"))
		must(t, err)
		p := h.person(id)
		if p.Unit != h.ward.ID || p.Manager != h.nurse.ID || p.Title != "Arts" || len(p.Roles) != 1 || p.Guest {
			t.Errorf("added as %+v", p)
		}
		h.shows("found again", h.get(h.tech, "/admin/people?q=arts"), 200, "Joost van der Veen", "joost@linge.example", "actief")
		h.shows("nobody", h.get(h.tech, "/admin/people?q=zzzz"), 200, "Niemand gevonden")
		h.shows("the roles", h.get(h.tech, "/admin/people"), 200, "Technisch beheerder", "Communitymanager")
	})
}

func TestWhoIsMeantByAName(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		one := h.add(people.NewPerson{Name: "Jan Smit", Email: "j1@linge.example", Title: "Kok"})
		two := h.add(people.NewPerson{Name: "Jan Smit", Email: "j2@linge.example", Title: "Arts", Unit: h.ward.ID})
		place := func(who string, more ...string) answer {
			return h.post(h.tech, at(h.nurse, "/place"), append([]string{"unit", h.ward.ID.String(), "manager", who}, more...)...)
		}
		h.shows("two of one name", place("Jan Smit"), 422, "Wie bedoel je?", `value="@`+one.Handle+`"`, `value="@`+two.Handle+`"`, "Kok", "Arts, Interne B3", `value="Jan Smit"`)
		h.shows("one of them is picked", place("Jan Smit", "manager_pick", "@"+two.Handle), 303, "Opgeslagen voor Samira Bouali", "Jan Smit (@"+two.Handle+")")
		if got := h.person(h.nurse.ID).Manager; got != two.ID {
			t.Errorf("the manager is %v, want the one that was picked", got)
		}
		for _, typed := range []string{"Jan Smit (@" + one.Handle + ")", "@" + one.Handle, "J1@linge.example"} {
			h.shows(typed, place(typed), 303)
			if got := h.person(h.nurse.ID).Manager; got != one.ID {
				t.Errorf("%q gave %v", typed, got)
			}
		}
		h.shows("a circle", h.post(h.tech, at(h.tech, "/place"), "unit", "", "manager", written(h.nurse)), 303)
		h.shows("a circle", place(written(h.tech)), 422, "leiding geven aan zichzelf")
		h.shows("a guest leads nobody", place("nora@elders.example"), 422, "We vinden geen collega")
		for _, typed := range []string{"@", "(@)", "@(@)", strings.Repeat("j", 5000), "%", "Jan\u202eSmit", "@@@", "  "} {
			if a := place(typed); a.status != 422 && a.status != 303 {
				t.Errorf("%.20q: %d", typed, a.status)
			}
		}
		h.shows("nobody", place(""), 303)
		if got := h.person(h.nurse.ID).Manager; got != 0 {
			t.Errorf("the manager is %v, want nobody", got)
		}
	})
}

func written(p people.Person) string { return p.Name + " (@" + p.Handle + ")" }

func TestChangingAnAccount(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.shows("the page", h.get(h.tech, at(h.nurse, "")), 200, "Samira Bouali", "Verpleegkundige", "samira@linge.example", written(h.tech), "Sluit dit account")
		h.shows("a name", h.post(h.tech, at(h.nurse, "/name"), "name", "Samira Bouali-Prins", "title", ""), 303, "Opgeslagen voor Samira Bouali-Prins")
		if p := h.person(h.nurse.ID); p.Name != "Samira Bouali-Prins" || p.Title != "" || p.Given != "Samira" {
			t.Errorf("changed to %+v", p)
		}
		long := strings.Repeat("w", plein.MaxJobTitle+1)
		h.shows("both wrong", h.post(h.tech, at(h.nurse, "/name"), "name", " ", "title", long), 422, long, "Vul dit veld in", "Dit is te lang")
		h.shows("an address", h.post(h.tech, at(h.nurse, "/email"), "email", "s.prins@linge.example"), 303, "s.prins@linge.example")
		h.shows("no address", h.post(h.tech, at(h.nurse, "/email"), "email", " "), 422, "Vul dit veld in")
		h.shows("a taken one", h.post(h.tech, at(h.nurse, "/email"), "email", "elif@linge.example"), 409, "Er is al iemand", `value="elif@linge.example"`)
		h.shows("a department", h.post(h.tech, at(h.nurse, "/place"), "unit", h.care.ID.String(), "manager", ""), 303)
		if p := h.person(h.nurse.ID); p.Unit != h.care.ID || p.Manager != 0 {
			t.Errorf("placed at %+v", p)
		}
		h.shows("a department that is none", h.post(h.tech, at(h.nurse, "/place"), "unit", h.nurse.ID.String()), 422, "Deze afdeling is er niet meer")
		h.shows("a link", h.post(h.tech, at(h.nurse, "/link")), 303, "Er gaat een link naar")
		if len(h.links) != 1 || h.links[0] != h.nurse.ID || !h.told("admin.link.sent") {
			t.Errorf("links went to %v", h.links)
		}
	})
}

func TestRoles(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		page := h.shows("the choice", h.get(h.tech, at(h.cm, "")), 200, `value="technical_admin"`, "Deze rollen kan alleen iemand anders geven", "Communitymanager")
		h.hides("what one cannot give", page, `value="community_manager"`, `value="auditor"`)
		h.shows("given", h.post(h.tech, at(h.cm, "/roles"), "role", "technical_admin"), 303, "De rollen van Elif Kaya zijn opgeslagen")
		if p := h.person(h.cm.ID); !p.Has(plein.RoleTechnicalAdmin) || !p.Has(plein.RoleCommunityManager) {
			t.Errorf("the roles are %v: what one cannot take must stay", p.Roles)
		}
		h.shows("taken", h.post(h.cm, at(h.tech, "/roles")), 303)
		if h.person(h.tech.ID).Has(plein.RoleTechnicalAdmin) {
			t.Error("the role is still there")
		}
		h.shows("gone at once", h.get(h.tech, "/admin/people"), 404)
		h.shows("the last admin stays", h.post(h.cm, at(h.cm, "/roles")), 409, "Dit is de laatste technisch beheerder")
		h.shows("of themselves too", h.post(h.cm, at(h.cm, "/close")), 409, "Je eigen account kun je niet sluiten")
		if !h.person(h.cm.ID).Has(plein.RoleTechnicalAdmin) || h.person(h.cm.ID).State != people.Active {
			t.Error("nobody looks after the house any more")
		}
		h.shows("a role that is none", h.post(h.cm, at(h.nurse, "/roles"), "role", "king"), 422, "Deze rol bestaat niet")
	})
}

func TestClosingAndReopening(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.shows("what follows", h.get(h.tech, at(h.nurse, "/close")), 200, "als je dit account sluit", "Het gaat uit alle groepen")
		h.add(people.NewPerson{Name: "Onder", Manager: h.nurse.ID})
		h.shows("who answers to them", h.get(h.tech, at(h.nurse, "/close")), 200, "1 collega houdt dit account als leidinggevende")
		if h.person(h.nurse.ID).State != people.Active {
			t.Fatal("looking closed the account")
		}
		var token string
		must(t, h.db.Tx(t.Context(), func(tx *db.Tx) (err error) {
			token, err = h.sessions.Start(t.Context(), tx, h.nurse.ID, "Firefox")
			return err
		}))
		h.shows("closed", h.post(h.tech, at(h.nurse, "/close")), 303, "Het account van Samira Bouali is gesloten", `action="`+at(h.nurse, "/reopen")+`"`, "gesloten")
		if _, err := h.sessions.Find(t.Context(), token); err == nil {
			t.Error("the session lives on")
		}
		h.shows("in the list", h.get(h.tech, "/admin/people?show=closed"), 200, "Samira Bouali")
		h.hides("among colleagues", h.get(h.tech, "/admin/people"), "Samira Bouali")
		h.shows("no link for the closed", h.post(h.tech, at(h.nurse, "/link")), 409, "kan nu niet inloggen")
		h.shows("closing again leads to the page", h.get(h.tech, at(h.nurse, "/close")), 303)
		h.shows("open again", h.post(h.tech, at(h.nurse, "/reopen")), 303, "weer open")
		if h.person(h.nurse.ID).State != people.Active {
			t.Error("the account is not open")
		}
	})
}

func TestEndingSessions(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		begin := func(p people.Person) (token string) {
			must(t, h.db.Tx(t.Context(), func(tx *db.Tx) (err error) {
				token, err = h.sessions.Start(t.Context(), tx, p.ID, "Firefox")
				return err
			}))
			return token
		}
		one, two, other := begin(h.nurse), begin(h.nurse), begin(h.cm)
		h.shows("ended", h.post(h.tech, at(h.nurse, "/sessions")), 303, "is overal uitgelogd")
		for _, token := range []string{one, two} {
			if _, err := h.sessions.Find(t.Context(), token); err == nil {
				t.Error("a session lives on")
			}
		}
		if _, err := h.sessions.Find(t.Context(), other); err != nil {
			t.Errorf("somebody else was signed out: %v", err)
		}
		if !h.told("admin.sessions.ended") {
			t.Error("it was told to nobody")
		}
	})
}

func TestGuests(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.shows("the form", h.get(h.tech, "/admin/people/guest"), 200, written(h.tech), `type="date"`)
		h.shows("wrong", h.post(h.tech, "/admin/people/guest", "name", "Wim", "email", "wim@elders.example", "until", "gisteren", "sponsor", ""), 422,
			"Dit is geen datum", "Vul dit veld in", `value="Wim"`, `value="gisteren"`)
		h.shows("too long", h.post(h.tech, "/admin/people/guest", "name", "Wim", "email", "wim@elders.example", "until", "2036-01-01", "sponsor", written(h.nurse)), 422, "hoogstens 366 dagen")
		out := h.shows("invited", h.post(h.tech, "/admin/people/guest", "name", "Wim Elders", "email", "wim@elders.example", "employer", "GGD",
			"until", "2026-12-31", "sponsor", "Samira Bouali"), 303, "Wim Elders is uitgenodigd", "31 december 2026", "GGD", "Samira Bouali")
		id, err := plein.ParseID(strings.TrimPrefix(out.to, "/admin/people/"))
		must(t, err)
		p := h.person(id)
		if !p.Guest || p.Sponsor != h.nurse.ID || p.Caps() != 0 || p.Unit != 0 {
			t.Errorf("invited as %+v", p)
		}
		if p.GuestUntil.Format("2006-01-02 15:04") != "2026-12-31 22:59" {
			t.Errorf("in until %v, want the end of that day in Amsterdam", p.GuestUntil)
		}
		h.shows("among the guests", h.get(h.tech, "/admin/people?show=guests"), 200, "Wim Elders", "31 december 2026", "GGD")
		h.shows("extended", h.post(h.tech, at(p, "/until"), "until", "2027-01-15"), 303, "15 januari 2027")
		h.shows("into the past", h.post(h.tech, at(p, "/until"), "until", "2020-01-01"), 422, "Kies een einddatum in de toekomst", `value="2020-01-01"`)
		h.shows("closed", h.post(h.tech, at(p, "/close")), 303)
		h.clock.Set(start.AddDate(0, 4, 0))
		h.shows("past the date", h.post(h.tech, at(p, "/reopen")), 422, "Kies een einddatum in de toekomst")
		h.shows("with a new one", h.post(h.tech, at(p, "/reopen"), "until", "2027-06-01"), 303, "weer open", "1 juni 2027")
		h.shows("a guest gets no role", h.post(h.tech, at(p, "/roles"), "role", "technical_admin"), 422)
		h.shows("and no department", h.post(h.tech, at(p, "/place"), "unit", h.ward.ID.String()), 422)

		h.shows("no guests any more", h.post(h.tech, "/admin/settings", h.setting("guests", "no")...), 303)
		h.shows("so nobody is invited", h.post(h.tech, "/admin/people/guest", "name", "Ans", "email", "ans@elders.example", "until", "2027-04-01", "sponsor", written(h.nurse)), 409, "laat nu geen gasten toe", `value="Ans"`)
		h.shows("or extended", h.post(h.tech, at(p, "/until"), "until", "2027-08-01"), 409, "laat nu geen gasten toe")
		if _, err := h.people.Invite(t.Context(), h.as(h.nurse), people.NewGuest{Name: "Ans", Email: "ans@elders.example", Until: start.AddDate(0, 5, 0)}); plein.KindOf(err) != plein.Denied {
			t.Errorf("a colleague can still invite: %v", err)
		}
		if h.person(p.ID).State != people.Active {
			t.Error("a guest who was here is not any more")
		}
	})
}

func TestDepartments(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		unit := func(u people.Unit, rest string) string { return "/admin/units/" + u.ID.String() + rest }
		h.shows("the tree", h.get(h.tech, "/admin/units"), 200, "Zorg", "\u2003", "Interne B3")
		h.shows("no name", h.post(h.tech, "/admin/units", "name", " ", "parent", h.care.ID.String()), 422, "Vul dit veld in", `value="`+h.care.ID.String()+`" selected`)
		h.shows("a parent that is none", h.post(h.tech, "/admin/units", "name", "Kelder", "parent", h.nurse.ID.String()), 422, "Deze afdeling is er niet meer", "Kelder")
		h.shows("added", h.post(h.tech, "/admin/units", "name", "Keuken", "parent", ""), 303, "De afdeling Keuken is toegevoegd")
		h.shows("renamed", h.post(h.tech, unit(h.ward, "/name"), "name", "Interne B4"), 303, "Interne B4")
		h.shows("led", h.post(h.tech, unit(h.ward, "/head"), "head", "Samira Bouali"), 303, written(h.nurse))
		h.shows("in the tree", h.get(h.tech, "/admin/units"), 200, "Samira Bouali")
		h.shows("led by nobody", h.post(h.tech, unit(h.ward, "/head"), "head", ""), 303)
		h.shows("led by a stranger", h.post(h.tech, unit(h.ward, "/head"), "head", "Zzz"), 422, "We vinden geen collega", `value="Zzz"`)
		h.shows("under itself", h.post(h.tech, unit(h.care, "/parent"), "parent", h.ward.ID.String()), 422, "kan niet onder zichzelf hangen")
		moved := h.shows("moved", h.post(h.tech, unit(h.ward, "/parent"), "parent", ""), 303, "De afdeling is verplaatst", `action="`+unit(h.ward, "/back/"+h.care.ID.String())+`"`)
		h.hides("moved", moved, "Kijk nog even")
		h.shows("moved back", h.post(h.tech, unit(h.ward, "/back/"+h.care.ID.String())), 303, "hangt weer waar hij hing")
		h.shows("to the top and back", h.post(h.tech, unit(h.care, "/back/top")), 303)
		tree, err := h.people.Units(t.Context())
		must(t, err)
		if u, _ := tree.Unit(h.ward.ID); u.Parent != h.care.ID || u.Name != "Interne B4" {
			t.Errorf("the department is %+v", u)
		}
		h.shows("none such", h.get(h.tech, "/admin/units/"+h.nurse.ID.String()), 404)
		h.shows("none such", h.post(h.tech, "/admin/units/"+h.nurse.ID.String()+"/name", "name", "x"), 404)
	})
}

func TestHealth(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		engine := map[db.Engine]string{db.SQLite: "SQLite", db.Postgres: "PostgreSQL"}[h.db.Engine()]
		h.clock.Advance(3 * time.Hour)
		h.shows("well", h.get(h.tech, "/admin/health"), 200, "1.2.3", engine, "3 uur", "Goroutines", "vrij van", "Alles loopt zoals het hoort", "Ingelogde apparaten")
		must(t, h.db.Tx(t.Context(), func(tx *db.Tx) error {
			if _, err := h.sessions.Start(t.Context(), tx, h.nurse.ID, "Firefox"); err != nil {
				return err
			}
			return h.jobs.Add(t.Context(), tx, letter{To: "geheim@linge.example"})
		}))
		h.giveUp()
		dead, err := h.jobs.Dead(t.Context(), 10)
		must(t, err)
		if len(dead) != 1 {
			t.Fatalf("dead jobs: %v", dead)
		}
		retry := "/admin/health/jobs/" + strconv.FormatInt(dead[0].ID, 10) + "/retry"
		page := h.shows("a job was given up", h.get(h.tech, "/admin/health"), 200, "1 taak is opgegeven", "test.letter", retry)
		h.hides("a job was given up", page, "geheim@linge.example", "mailbox")
		h.shows("not there", h.post(h.tech, "/admin/health/jobs/999999/retry"), 404)
		h.shows("no number", h.post(h.tech, "/admin/health/jobs/x/retry"), 404)
		h.shows("again", h.post(h.tech, retry), 303, "wordt opnieuw geprobeerd")
		h.shows("twice", h.post(h.tech, retry), 404)
		n, err := h.jobs.Counts(t.Context())
		must(t, err)
		if n.Dead != 0 || n.Waiting != 1 || !h.told("admin.job.retried") {
			t.Errorf("the jobs are %+v", n)
		}
	})
}

// giveUp makes all waiting jobs ones that failed as often as they may, with an
// answer in which an address stands.
func (h *house) giveUp() {
	h.t.Helper()
	wrong := `{"at":"2026-11-20T12:00:00Z","attempt":5,"error":"mailbox geheim@linge.example is full","trace":""}`
	stmt := `UPDATE river_job SET state = 'discarded', attempt = 5, finalized_at = CURRENT_TIMESTAMP, errors = '[' || $1 || ']'`
	if h.db.Engine() == db.Postgres {
		stmt = `UPDATE river_job SET state = 'discarded', attempt = 5, finalized_at = now(), errors = ARRAY[$1::jsonb]`
	}
	must(h.t, h.db.Tx(h.t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(h.t.Context(), stmt, wrong)
		return err
	}))
}
