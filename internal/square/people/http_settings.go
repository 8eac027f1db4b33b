package people

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"slices"
	"strings"

	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/plein"
)

// settings is GET /settings: where everything about yourself is changed.
func (m *Module) settings(w http.ResponseWriter, r *http.Request) error {
	v := settingsView{Page: m.page(r, "people.settings.title")}
	say := v.Speaker.T
	v.Links = []settingLink{
		{"/settings/profile", "people", say("people.settings.profile"), say("people.settings.profile_hint")},
		{"/settings/display", "eye", say("people.settings.display"), say("people.settings.display_hint")},
		{"/settings/password", "key", say("people.settings.password"), say("people.settings.password_hint")},
		{"/settings/sessions", "monitor", say("people.settings.sessions"), say("people.settings.sessions_hint")},
	}
	if !plein.ActorFrom(r.Context()).Guest {
		v.Links = append(v.Links, settingLink{"/settings/feeds", "share", say("people.settings.feeds"), say("people.settings.feeds_hint")})
	}
	return web.Render(w, r, http.StatusOK, settingsPage(v))
}

// typed is the profile form as it was typed, so that an error loses nothing.
type typed map[string]string

// The lists of a profile are one field each: skills and languages with commas or
// lines between them, "ask me about" one line each.
func typedOf(p Profile) typed {
	return typed{"given": p.Given, "title": p.Title, "location": p.Location, "pronouns": p.Pronouns, "phone": p.Phone, "bio": p.Bio,
		"skills": strings.Join(p.Skills, ", "), "languages": strings.Join(p.Languages, ", "), "ask_me": strings.Join(p.AskMe, "\n")}
}

func (t typed) profile() Profile {
	lines := func(r rune) bool { return r == '\n' }
	commas := func(r rune) bool { return r == '\n' || r == ',' || r == ';' }
	return Profile{Given: t["given"], Title: t["title"], Location: t["location"], Pronouns: t["pronouns"], Phone: t["phone"],
		Bio: t["bio"], Skills: strings.FieldsFunc(t["skills"], commas), Languages: strings.FieldsFunc(t["languages"], commas),
		AskMe: strings.FieldsFunc(t["ask_me"], lines)}
}

// fields makes the fields of the form with their limits and what is wrong.
func (t typed) fields(sp words.Speaker, wrong map[string]error) []view.FieldView {
	out := []view.FieldView{
		{Name: "given", Max: plein.MaxName, Autocomplete: "given-name", Required: true},
		{Name: "title", Max: plein.MaxJobTitle, Autocomplete: "organization-title"},
		{Name: "location", Max: maxLocation, Autocomplete: "off"},
		{Name: "phone", Max: maxPhone, Type: "tel", Autocomplete: "tel"},
		{Name: "pronouns", Max: maxPronouns, Autocomplete: "off"},
		{Name: "languages", Max: 0, Autocomplete: "off"},
		{Name: "skills", Rows: 2},
		{Name: "ask_me", Rows: 3},
		{Name: "bio", Max: plein.MaxBio, Rows: 5},
	}
	focused := false
	for i := range out {
		f := &out[i]
		f.Speaker, f.Value = sp, t[f.Name]
		f.Label, f.Optional = sp.T("people.field."+f.Name), !f.Required
		f.Hint = sp.T("people.hint."+f.Name, "max", plein.MaxTags, "each", plein.MaxTag, "lines", maxAskMes, "line", maxAskMe)
		if err := wrong[f.Name]; err != nil {
			f.Error = sayError(sp, err)
			f.Focus, focused = !focused, true
		}
	}
	return out
}

// sayError gives an error's sentence in the reader's language.
func sayError(sp words.Speaker, err error) string {
	e := plein.AsError(err)
	var args []any
	for k, v := range e.Args {
		args = append(args, k, v)
	}
	return sp.T(e.Key, args...)
}

// editProfile is GET /settings/profile.
func (m *Module) editProfile(w http.ResponseWriter, r *http.Request) error {
	p, err := m.Service.Find(r.Context(), plein.ActorFrom(r.Context()).ID)
	if err != nil {
		return err
	}
	return m.showProfileForm(w, r, http.StatusOK, p, typedOf(profileOf(p)), nil, "")
}

func profileOf(p Person) Profile {
	return Profile{Given: p.Given, Title: p.Title, Location: p.Location, Pronouns: p.Pronouns, Phone: p.Phone, Bio: p.Bio,
		Skills: p.Skills, AskMe: p.AskMe, Languages: p.Languages}
}

func (m *Module) showProfileForm(w http.ResponseWriter, r *http.Request, status int, p Person, t typed, wrong map[string]error, photoError string) error {
	tree, err := m.Service.Units(r.Context())
	if err != nil {
		return err
	}
	v := profileForm{Page: m.page(r, "people.settings.profile"), Me: cardOf(p, tree).Face(), HasPhoto: p.Photo != "",
		PhotoError: photoError, Name: p.Name, Email: p.Email}
	v.Fields = t.fields(v.Speaker, wrong)
	return web.Render(w, r, status, profileFormPage(v))
}

// saveProfile is POST /settings/profile. What is wrong is told by field, and what
// was typed stays.
func (m *Module) saveProfile(w http.ResponseWriter, r *http.Request) error {
	actor := plein.ActorFrom(r.Context())
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	t := typed{}
	for _, f := range profileFields {
		t[f] = form.Text(f)
	}
	prof, wrong := t.profile().Tidy()
	if len(wrong) > 0 {
		p, err := m.Service.Find(r.Context(), actor.ID)
		if err != nil {
			return err
		}
		return m.showProfileForm(w, r, http.StatusUnprocessableEntity, p, t, wrong, "")
	}
	if err := m.Service.ChangeProfile(r.Context(), actor, actor.ID, prof); err != nil {
		return err
	}
	web.SetFlash(w, "people.saved.profile")
	return web.Redirect(w, r, "/people/"+actor.ID.String())
}

// savePhoto is POST /settings/photo. The photo is made anew before it is kept:
// nothing of the file that was sent is stored as it came.
func (m *Module) savePhoto(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	actor := plein.ActorFrom(ctx)
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	p, err := m.Service.Find(ctx, actor.ID)
	if err != nil {
		return err
	}
	// again shows the form with what is wrong. Only the photo was sent, so the
	// fields are as they were.
	again := func(err error) error {
		kind := plein.KindOf(err)
		if kind != plein.Invalid && kind != plein.TooMuch {
			return err
		}
		return m.showProfileForm(w, r, http.StatusUnprocessableEntity, p, typedOf(profileOf(p)), nil,
			sayError(m.Page(r).Speaker, err))
	}
	files := form.Files("photo")
	if len(files) == 0 {
		return again(plein.FieldError("photo", "people.error.no_photo", nil))
	}
	sent, err := files[0].Open()
	if err != nil {
		return plein.Wrap("people.save_photo", err)
	}
	defer sent.Close()
	raw, err := io.ReadAll(io.LimitReader(sent, maxPhotoBytes))
	if err != nil {
		return plein.Wrap("people.save_photo", err)
	}
	jpeg, err := m.Avatar(ctx, raw)
	if err != nil {
		return again(err)
	}
	sum := sha256.Sum256(jpeg)
	key := hex.EncodeToString(sum[:]) + ".jpg"
	if err := m.Photos.Put(ctx, key, bytes.NewReader(jpeg), int64(len(jpeg))); err != nil {
		return plein.Wrap("people.save_photo", err)
	}
	// The photo before stays in the store: a blob is named by its content, so
	// another person or an older post may hang on the same one.
	if err := m.Service.SetPhoto(ctx, actor, actor.ID, key); err != nil {
		return err
	}
	web.SetFlash(w, "people.saved.photo")
	return web.Redirect(w, r, "/settings/profile")
}

// removePhoto is POST /settings/photo/remove.
func (m *Module) removePhoto(w http.ResponseWriter, r *http.Request) error {
	actor := plein.ActorFrom(r.Context())
	if err := m.Service.SetPhoto(r.Context(), actor, actor.ID, ""); err != nil {
		return err
	}
	web.SetFlash(w, "people.saved.no_photo")
	return web.Redirect(w, r, "/settings/profile")
}

// zones are the time zones one can choose from: those of the Netherlands, its
// parts overseas, and where colleagues travel. Another one that is already set
// stays in the list.
func zones() []string {
	return []string{"Europe/Amsterdam", "America/Aruba", "America/Curacao", "America/Kralendijk", "America/Lower_Princes",
		"America/Paramaribo", "Europe/Athens", "Europe/Berlin", "Europe/Brussels", "Europe/Bucharest", "Europe/Dublin",
		"Europe/Helsinki", "Europe/Istanbul", "Europe/Kyiv", "Europe/Lisbon", "Europe/London", "Europe/Madrid", "Europe/Paris",
		"Europe/Rome", "Europe/Stockholm", "Europe/Vienna", "Europe/Warsaw", "Europe/Zurich", "Africa/Accra", "Africa/Cairo",
		"Africa/Casablanca", "Africa/Johannesburg", "Africa/Lagos", "Africa/Nairobi", "America/Chicago", "America/Denver",
		"America/Los_Angeles", "America/New_York", "America/Sao_Paulo", "America/Toronto", "Asia/Bangkok", "Asia/Dubai",
		"Asia/Hong_Kong", "Asia/Jakarta", "Asia/Jerusalem", "Asia/Kolkata", "Asia/Seoul", "Asia/Shanghai", "Asia/Singapore",
		"Asia/Tokyo", "Australia/Sydney", "Pacific/Auckland", "UTC"}
}

// editDisplay is GET /settings/display.
func (m *Module) editDisplay(w http.ResponseWriter, r *http.Request) error {
	p, err := m.Service.Find(r.Context(), plein.ActorFrom(r.Context()).ID)
	if err != nil {
		return err
	}
	return m.showDisplay(w, r, http.StatusOK, Preferences{Lang: p.Lang, Zone: p.Zone, Theme: p.Theme, Contrast: p.Contrast,
		KeysOff: p.KeysOff}, nil)
}

func (m *Module) showDisplay(w http.ResponseWriter, r *http.Request, status int, pref Preferences, wrong error) error {
	v := displayForm{Page: m.page(r, "people.settings.display"), MoreContrast: pref.Contrast == "more", Keyed: !pref.KeysOff}
	say := v.Speaker.T
	v.Theme = view.FieldView{Name: "theme", Label: say("people.display.theme"), Speaker: v.Speaker}
	for _, t := range []struct{ value, key, icon string }{{"", "device", "monitor"}, {"day", "day", "contrast"}, {"evening", "evening", "moon"}} {
		v.Themes = append(v.Themes, view.OptionView{Value: t.value, Icon: t.icon, Chosen: pref.Theme == t.value,
			Label: say("people.display.theme_" + t.key), Hint: say("people.display.theme_" + t.key + "_hint")})
	}
	lang, around := m.Service.defaults(r.Context())
	if pref.Lang != "" {
		lang = pref.Lang
	}
	v.Lang = view.FieldView{Name: "lang", Label: say("people.display.lang"), Speaker: v.Speaker}
	for _, l := range words.Languages() {
		v.Langs = append(v.Langs, view.OptionView{Value: l, Label: say("people.display.lang_" + l), Chosen: l == lang})
	}
	zone := pref.Zone
	if zone == "" {
		zone = around.String()
	}
	v.Zone = view.FieldView{Name: "zone", Label: say("people.display.zone"), Hint: say("people.display.zone_hint"), Speaker: v.Speaker}
	all := zones()
	if !slices.Contains(all, zone) {
		all = append(all, zone)
	}
	for _, z := range all {
		v.Zones = append(v.Zones, view.OptionView{Value: z, Label: strings.ReplaceAll(z, "_", " "), Chosen: z == zone})
	}
	if wrong != nil {
		text := sayError(v.Speaker, wrong)
		switch plein.AsError(wrong).Field {
		case "theme":
			v.Theme.Error = text
		case "lang":
			v.Lang.Error = text
		case "zone":
			v.Zone.Error = text
		default:
			v.Error = text
		}
	}
	return web.Render(w, r, status, displayFormPage(v))
}

// saveDisplay is POST /settings/display.
func (m *Module) saveDisplay(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	pref := Preferences{Lang: form.Get("lang"), Zone: form.Get("zone"), Theme: form.Get("theme"), KeysOff: !form.On("keys")}
	if form.On("contrast") {
		pref.Contrast = "more"
	}
	err = m.Service.SetPreferences(r.Context(), plein.ActorFrom(r.Context()), pref)
	if plein.KindOf(err) == plein.Invalid {
		return m.showDisplay(w, r, http.StatusUnprocessableEntity, pref, err)
	}
	if err != nil {
		return err
	}
	if pref.Lang != "" {
		web.KeepLang(w, pref.Lang) // for the pages before signing in again
	}
	web.SetFlash(w, "people.saved.display")
	return web.Redirect(w, r, "/settings/display")
}
