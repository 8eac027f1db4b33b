package admin

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"time"

	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/plein"
)

// settings is GET /admin/settings.
func (m *Module) settings(w http.ResponseWriter, r *http.Request) error {
	set, err := m.Settings(r.Context())
	if err != nil {
		return err
	}
	return m.showSettings(w, r, http.StatusOK, set.typed(), nil)
}

func (m *Module) showSettings(w http.ResponseWriter, r *http.Request, status int, t typedSettings, wrong map[string]error) error {
	v := settingsView{Page: m.page(r, "admin.settings.title")}
	sp := v.Speaker
	field := func(name string) view.FieldView {
		return view.FieldView{Name: name, Label: sp.T("admin.set." + name), Hint: sp.T("admin.set." + name + "_hint"), Value: t[name], Autocomplete: "off", Speaker: sp}
	}
	v.Org, v.Welcome, v.Brand = field("org_name"), field("welcome"), field("brand")
	v.Org.Max, v.Org.Required = maxOrgName, true
	v.Welcome.Max, v.Welcome.Optional = maxWelcome, true
	v.Brand.Optional = true
	v.Lang, v.Zone, v.Groups, v.Guests = field("lang"), field("zone"), field("groups"), field("guests")
	for _, l := range words.Languages() {
		v.Langs = append(v.Langs, view.OptionView{Value: l, Label: sp.T("admin.set.lang." + l), Chosen: l == t["lang"]})
	}
	all := zones()
	if zone := t["zone"]; !slices.Contains(all, zone) {
		if _, err := loadZone(zone); err == nil {
			all = append(all, zone)
		}
	}
	for _, z := range all {
		v.Zones = append(v.Zones, view.OptionView{Value: z, Label: strings.ReplaceAll(z, "_", " "), Chosen: z == t["zone"]})
	}
	for _, by := range []GroupsBy{Everybody, Managers} {
		v.Whos = append(v.Whos, view.OptionView{Value: string(by), Chosen: t["groups"] == string(by),
			Label: sp.T("admin.set.groups." + string(by)), Hint: sp.T("admin.set.groups." + string(by) + "_hint")})
	}
	for _, answer := range []string{yes, no} {
		v.Answers = append(v.Answers, view.OptionView{Value: answer, Chosen: t["guests"] == answer,
			Label: sp.T("admin.set.guests." + answer), Hint: sp.T("admin.set.guests." + answer + "_hint")})
	}
	if c, ok := parseColour(t["brand"]); ok && wrong["brand"] == nil {
		v.Swatch = swatches(sp, c)
	}
	v.Problem = mark(sp, wrong, &v.Org, &v.Welcome, &v.Brand, &v.Lang, &v.Zone, &v.Groups, &v.Guests)
	v.Fields = []view.FieldView{v.Org, v.Welcome, v.Brand, v.Lang, v.Zone, v.Groups, v.Guests}
	return web.Render(w, r, status, settingsPage(v))
}

func swatches(sp words.Speaker, c colour) []swatchView {
	swatch := func(key string, ground, on colour, s shades) swatchView {
		return swatchView{Label: sp.T("admin.set.brand_" + key), Ground: ground.String(), Brand: s.brand.String(), On: on.String(),
			Soft: s.soft.String(), Ink: s.ink.String()}
	}
	return []swatchView{swatch("day", white, onDay, c.day()), swatch("evening", eveGrounds[1], onEvening, c.evening())}
}

// changeSettings is POST /admin/settings. Fields of no setting are not looked at.
func (m *Module) changeSettings(w http.ResponseWriter, r *http.Request) error {
	a, err := m.ask(r)
	if err != nil {
		return err
	}
	t := typedSettings{}
	for _, name := range settingNames() {
		t[name] = a.form.Text(name)
	}
	if _, wrong := t.tidy(); len(wrong) > 0 {
		return m.showSettings(w, r, http.StatusUnprocessableEntity, t, wrong)
	}
	err = m.Service.changeSettings(a.ctx, a.actor, t)
	if status, ok := sayable(err); ok {
		return m.showSettings(w, r, status, t, byField(err))
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "admin.done.settings")
	return web.Redirect(w, r, "/admin/settings")
}

// brandCSS is GET /brand.css: the organisation's colour for every theme. It is the
// same for everybody and names nobody. Under the address of its own version it may
// be kept for ever.
func (m *Module) brandCSS(w http.ResponseWriter, r *http.Request) error {
	set, err := m.Settings(r.Context())
	if err != nil {
		return err
	}
	c, ok := parseColour(set.Brand)
	if !ok {
		return plein.ErrNotFound
	}
	sheet := c.stylesheet()
	version := brandVersion(sheet)
	h := w.Header()
	h.Set("Content-Type", "text/css; charset=utf-8")
	h.Set("ETag", `"`+version+`"`)
	h.Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("v") == version {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader([]byte(sheet)))
	return nil
}
