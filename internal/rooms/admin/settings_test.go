package admin_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"plein/internal/platform/bus"
	"plein/internal/platform/changes"
	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/plein"
	"plein/internal/rooms/admin"
	"plein/internal/square/groups"
	"plein/internal/square/people"
)

func TestSettings(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.shows("the form", h.get(h.cm, "/admin/settings"), 200, `value="Lingeziekenhuis"`, "hoogstens 80 tekens", "Europe/Amsterdam", `value="everybody" checked`, `value="yes" checked`)
		long := strings.Repeat("w", 81)
		h.shows("all that is wrong at once", h.post(h.tech, "/admin/settings", h.setting("org_name", long, "welcome", "Fijn dat je er bent", "brand", "groen",
			"lang", "fy", "zone", "../etc/passwd", "groups", "nobody", "guests", "maybe")...), 422,
			long, "Fijn dat je er bent", `value="groen"`, "Dit is geen kleur", "Kijk nog even naar 6 velden", "Dit is te lang")
		if set := h.settings(); set.OrgName != "Lingeziekenhuis" || set.Welcome != "" {
			t.Errorf("something was saved of a form that is wrong: %+v", set)
		}
		h.shows("saved", h.post(h.tech, "/admin/settings", h.setting("org_name", "Rivierenland Zorg", "welcome", "Fijn dat je er bent", "brand", "1D4D40",
			"lang", "en", "zone", "Europe/Brussels", "groups", "managers", "guests", "no")...), 303, "Het geldt nu voor iedereen", "Rivierenland Zorg", `value="#1d4d40"`)
		want := admin.Settings{OrgName: "Rivierenland Zorg", Welcome: "Fijn dat je er bent", Brand: "#1d4d40", DefaultLang: "en", GroupsBy: admin.Managers}
		same := func(set admin.Settings) {
			t.Helper()
			if !strings.HasPrefix(set.BrandCSSHref, "/brand.css?v=") || set.Zone.String() != "Europe/Brussels" {
				t.Errorf("the settings are %+v", set)
			}
			set.BrandCSSHref, set.Zone = "", nil
			if set != want {
				t.Errorf("the settings are %+v, want %+v", set, want)
			}
		}
		same(h.settings())
		again := h.reopened() // another process, or the same one tomorrow
		got, err := again.Settings(t.Context())
		must(t, err)
		same(got)
		if !h.told("admin.settings.changed") {
			t.Error("it was told to nobody")
		}
		before := len(testkit.Told(t, h.db))
		h.shows("the same again", h.post(h.tech, "/admin/settings", h.setting()...), 303)
		if len(testkit.Told(t, h.db)) != before {
			t.Error("a change was told although nothing changed")
		}

		// The other process holds its settings in memory until it hears of a change.
		h.shows("changed here", h.post(h.tech, "/admin/settings", h.setting("org_name", "Linge")...), 303)
		if got, _ := again.Settings(t.Context()); got.OrgName != "Rivierenland Zorg" {
			t.Errorf("%q: the settings are not kept in memory", got.OrgName)
		}
		again.Hear(plein.Event{Name: "admin.settings.changed"})
		if got, _ := again.Settings(t.Context()); got.OrgName != "Linge" {
			t.Errorf("%q: a change elsewhere was not heard", got.OrgName)
		}
	})
}

// reopened is the room made anew on the same database.
func (h *house) reopened() *admin.Module {
	h.t.Helper()
	b, err := bus.Open(slog.New(slog.DiscardHandler))
	must(h.t, err)
	h.t.Cleanup(b.Close)
	return admin.New(admin.Deps{DB: h.db, Clock: h.clock, Changes: changes.New(h.db, b, h.clock, slog.New(slog.DiscardHandler)), Defaults: defaults()})
}

func TestWhatTheOrganisationDoesNotWant(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx := t.Context()
		start := func(p people.Person) error {
			_, err := h.groups.Start(ctx, h.as(p), groups.NewGroup{Name: p.Name, Kind: plein.Open})
			return err
		}
		must(t, start(h.nurse))
		h.shows("groups by few", h.post(h.cm, "/admin/settings", h.setting("groups", "managers")...), 303)
		if err := start(h.add(people.NewPerson{Name: "Joost"})); plein.KindOf(err) != plein.Denied {
			t.Errorf("anybody can still start a group: %v", err)
		}
		must(t, start(h.cm))
		must(t, start(h.tech))
		h.shows("groups by all", h.post(h.cm, "/admin/settings", h.setting("groups", "everybody")...), 303)
		must(t, start(h.add(people.NewPerson{Name: "Marit"})))
	})
}

func TestBrandColours(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		if a := h.get(people.Person{}, "/brand.css"); a.status != 404 {
			t.Errorf("a stylesheet without a colour: %d %s", a.status, a.body)
		}
		for brand, want := range map[string]string{
			"#fff":           "het contrast is 1 en moet minstens 4,5 zijn",
			"#ffd700":        "het contrast is 1,4 en moet minstens 4,5 zijn",
			"#777777":        "het contrast is 4,4 en moet minstens 4,5 zijn",
			"red":            "Dit is geen kleur",
			"#12345":         "Dit is geen kleur",
			"#+1+2+3":        "Dit is geen kleur",
			"rgb(0,0,0)":     "Dit is geen kleur",
			"#000;}*{x:y":    "Dit is geen kleur",
			"</style><b>":    "Dit is geen kleur",
			"#１２３４５６":        "Dit is geen kleur",
			"url(//x.tld/a)": "Dit is geen kleur",
		} {
			a := h.shows(brand, h.post(h.tech, "/admin/settings", h.setting("brand", brand, "welcome", "bewaard")...), 422, want, "bewaard", `id="brand-err"`)
			h.hides(brand, a, "</style>", "<rect")
		}
		if h.settings().Brand != "" || h.told("admin.settings.changed") {
			t.Errorf("a colour was saved: %+v", h.settings())
		}
		h.shows("a good one", h.post(h.tech, "/admin/settings", h.setting("brand", "#8a1538")...), 303, `fill="#8a1538"`)
		href := h.settings().BrandCSSHref
		a := h.get(people.Person{}, href)
		if a.status != 200 || a.header.Get("Content-Type") != "text/css; charset=utf-8" || a.header.Get("Cache-Control") != "public, max-age=31536000, immutable" ||
			!strings.Contains(a.body, "--brand: #8a1538;") || strings.Contains(a.header.Get("Vary"), "Cookie") || len(a.header["Set-Cookie"]) > 0 {
			t.Errorf("the stylesheet: %d %v\n%s", a.status, a.header, a.body)
		}
		if again := h.get(h.nurse, href); again.body != a.body {
			t.Error("who is signed in gets another stylesheet")
		}
		if old := h.get(people.Person{}, "/brand.css?v=old"); old.status != 200 || old.header.Get("Cache-Control") != "no-cache" {
			t.Errorf("an old version: %d %v", old.status, old.header)
		}
		h.shows("another", h.post(h.tech, "/admin/settings", h.setting("brand", "#1d4d40")...), 303)
		if h.settings().BrandCSSHref == href {
			t.Error("the address stays the same while the colour changes")
		}
		h.shows("none", h.post(h.tech, "/admin/settings", h.setting("brand", "")...), 303)
		if set := h.settings(); set.Brand != "" || set.BrandCSSHref != "" {
			t.Errorf("the colour does not go: %+v", set)
		}
	})
}

// What an older or newer program left in the table changes nothing that cannot be
// read, and nobody's setting is nobody's.
func TestStrangeRowsAreNotRead(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		must(t, h.db.Tx(t.Context(), func(tx *db.Tx) error {
			for name, value := range map[string]string{"brand": "#fff}", "zone": "Local", "lang": "xx", "data": "/etc", "org_name": "Goed", "groups": "none", "guests": "1"} {
				if _, err := tx.Exec(t.Context(), `INSERT INTO admin_settings (name, value, changed_at, changed_by) VALUES ($1, $2, 0, 0)`, name, value); err != nil {
					return err
				}
			}
			return nil
		}))
		set := h.settings()
		want := defaults()
		want.OrgName, want.Zone = "Goed", set.Zone
		if set.Zone.String() != "Europe/Amsterdam" {
			t.Errorf("the zone is %v", set.Zone)
		}
		if set != want {
			t.Errorf("the settings are %+v, want %+v", set, want)
		}
	})
}

func TestSettingsWhenTheDatabaseIsAway(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if set, err := h.reopened().Settings(ctx); err == nil || set.OrgName != "Lingeziekenhuis" {
			t.Errorf("%v %+v", err, set)
		}
	})
}

func TestErrorsAreCountedForAnHour(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		e := admin.CountErrors(h.clock)
		log := slog.New(e.Handler(slog.DiscardHandler)).With("part", "test").WithGroup("more")
		log.Info("fine")
		log.Error("not fine")
		h.clock.Advance(30 * time.Minute)
		log.Error("not fine")
		if n := e.LastHour(h.clock.Now()); n != 2 {
			t.Errorf("%d errors, want 2", n)
		}
		h.clock.Advance(31 * time.Minute)
		if n := e.LastHour(h.clock.Now()); n != 1 {
			t.Errorf("%d errors, want 1", n)
		}
		h.clock.Advance(24 * time.Hour)
		log.Error("not fine")
		if n := e.LastHour(h.clock.Now()); n != 1 {
			t.Errorf("%d errors, want 1", n)
		}
	})
}
