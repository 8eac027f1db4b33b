package admin

import (
	"slices"
	"strings"
	"time"

	"plein/internal/platform/text"
	"plein/internal/platform/words"
	"plein/internal/plein"
)

// The limits of what only the settings have.
const (
	maxOrgName = 80
	maxWelcome = 160
	maxColour  = 20 // longer is no colour, and is not worth showing again
)

// GroupsBy says who may start a group.
type GroupsBy string

// Who may start a group: everybody of the organisation, or only who looks after
// groups.
const (
	Everybody GroupsBy = "everybody"
	Managers  GroupsBy = "managers"
)

// Settings is how the organisation wants its square.
type Settings struct {
	OrgName      string
	Welcome      string // one line on the sign-in page; "" is none
	Brand        string // "#1d4d40"; "" is Plein's own green
	BrandCSSHref string // where the stylesheet of Brand is; "" when there is none
	DefaultLang  string // of people who chose none
	Zone         *time.Location
	GroupsBy     GroupsBy // "" is Everybody
	Guests       bool     // whether anybody from outside can be invited
}

// Limit takes from an actor what the organisation does not want of anybody. It is
// applied to every actor of a request, so that no package has to ask.
func (s Settings) Limit(a plein.Actor) plein.Actor {
	if s.GroupsBy == Managers && !a.Can(plein.ManageGroups) {
		a.Caps &^= plein.Capabilities(0).With(plein.CreateGroup)
	}
	if !s.Guests {
		a.Caps &^= plein.Capabilities(0).With(plein.InviteGuest)
	}
	return a
}

// zones are the time zones one can choose from. Another one that is already set
// stays in the list.
func zones() []string {
	return []string{"Europe/Amsterdam", "America/Aruba", "America/Curacao", "America/Kralendijk", "America/Lower_Princes",
		"America/Paramaribo", "Europe/Berlin", "Europe/Brussels", "Europe/Dublin", "Europe/London", "Europe/Luxembourg",
		"Europe/Madrid", "Europe/Paris", "Europe/Rome", "Europe/Stockholm", "Europe/Vienna", "Europe/Warsaw", "Europe/Zurich", "UTC"}
}

// typedSettings is the form as it was typed, by the names under which it is kept.
type typedSettings map[string]string

// settingNames are all there are. What else is sent or found in the table is
// nobody's setting.
func settingNames() []string {
	return []string{"org_name", "welcome", "brand", "lang", "zone", "groups", "guests"}
}

const yes, no = "yes", "no"

func yesNo(on bool) string {
	if on {
		return yes
	}
	return no
}

// typed writes settings as the form and the table have them.
func (s Settings) typed() typedSettings {
	by := s.GroupsBy
	if by == "" {
		by = Everybody
	}
	return typedSettings{"org_name": s.OrgName, "welcome": s.Welcome, "brand": s.Brand, "lang": s.DefaultLang,
		"zone": s.Zone.String(), "groups": string(by), "guests": yesNo(s.Guests)}
}

// tidy cleans what was typed and tells everything that is wrong with it, by field.
func (t typedSettings) tidy() (typedSettings, map[string]error) {
	out, wrong := typedSettings{}, map[string]error{}
	for _, name := range settingNames() {
		v, err := tidySetting(name, strings.TrimSpace(t[name]))
		if err != nil {
			wrong[name] = inField(name, err)
			continue
		}
		out[name] = v
	}
	return out, wrong
}

func tidySetting(name, v string) (string, error) {
	oneOf := func(choices ...string) (string, error) {
		if !slices.Contains(choices, v) {
			return "", plein.FieldError(name, "form.not_a_choice", nil)
		}
		return v, nil
	}
	switch name {
	case "org_name":
		return line(name, v, maxOrgName, true)
	case "welcome":
		return line(name, v, maxWelcome, false)
	case "brand":
		if v == "" {
			return "", nil
		}
		c, ok := parseColour(v)
		if !ok {
			return "", plein.FieldError(name, "admin.error.brand", nil)
		}
		return c.String(), checkBrand(c)
	case "lang":
		return oneOf(words.Languages()...)
	case "zone":
		_, err := loadZone(v)
		return v, err
	case "groups":
		return oneOf(string(Everybody), string(Managers))
	default:
		return oneOf(yes, no)
	}
}

// loadZone refuses what time.LoadLocation would read from elsewhere ("Local",
// paths).
func loadZone(name string) (*time.Location, error) {
	bad := plein.FieldError("zone", "form.not_a_choice", nil)
	if name == "" || name == "Local" || len(name) > 64 {
		return nil, bad
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, bad
	}
	return zone, nil
}

// with gives the settings with what is kept laid over them. A value that cannot be
// read any more, because an older or newer program wrote it, changes nothing.
func (s Settings) with(kept typedSettings) Settings {
	for name, v := range kept {
		v, err := tidySetting(name, v)
		if err != nil || !slices.Contains(settingNames(), name) {
			continue
		}
		switch name {
		case "org_name":
			s.OrgName = v
		case "welcome":
			s.Welcome = v
		case "brand":
			s.Brand = v
		case "lang":
			s.DefaultLang = v
		case "zone":
			s.Zone, _ = loadZone(v)
		case "groups":
			s.GroupsBy = GroupsBy(v)
		case "guests":
			s.Guests = v == yes
		}
	}
	s.BrandCSSHref = ""
	if c, ok := parseColour(s.Brand); ok {
		s.BrandCSSHref = "/brand.css?v=" + brandVersion(c.stylesheet())
	}
	return s
}

// line cleans one short field. An empty one is fine unless it is needed.
func line(field, s string, limit int, needed bool) (string, error) {
	if strings.TrimSpace(s) == "" {
		if needed {
			return "", plein.FieldError(field, "form.required", nil)
		}
		return "", nil
	}
	out, err := text.CleanName(s, limit)
	return out, inField(field, err)
}

// inField says to which form field an error belongs.
func inField(field string, err error) error {
	if err == nil {
		return nil
	}
	e := *plein.AsError(err)
	e.Field = field
	return &e
}
