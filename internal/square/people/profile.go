package people

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"plein/internal/platform/text"
	"plein/internal/platform/words"
	"plein/internal/plein"
)

// The limits that only people have; the rest stands in plein/limits.go.
const (
	maxLocation = 120
	maxPhone    = 40
	maxPronouns = 40
	maxEmployer = 120
	maxHandle   = 64
	maxAskMe    = 120 // one line of "ask me about"
	maxAskMes   = 10
	maxDepth    = 16 // departments above each other

	// maxStay is the longest time ahead for which a guest can be let in. After
	// that somebody has to say yes again.
	maxStay = 366 * 24 * time.Hour
)

var (
	errEmailTaken    = &plein.Error{Kind: plein.Conflict, Key: "people.error.email_taken", Field: "email"}
	errHandleTaken   = &plein.Error{Kind: plein.Conflict, Key: "people.error.handle_taken", Field: "handle"}
	errManagerCycle  = plein.FieldError("manager", "people.error.manager_cycle", nil)
	errManagerGone   = plein.FieldError("manager", "people.error.manager_gone", nil)
	errUnitCycle     = plein.FieldError("parent", "people.error.unit_cycle", nil)
	errUnitGone      = plein.FieldError("unit", "people.error.unit_gone", nil)
	errUnitDeep      = plein.FieldError("parent", "people.error.unit_deep", plein.Args{"max": maxDepth})
	errGuestUntil    = plein.FieldError("until", "people.error.guest_until", plein.Args{"max": int(maxStay / (24 * time.Hour))})
	errGuestStanding = plein.E(plein.Invalid, "people.error.guest_standing", nil)
	errRole          = plein.FieldError("roles", "people.error.role", nil)
	errLastAdmin     = plein.E(plein.Conflict, "people.error.last_admin", nil)
	errFormer        = plein.E(plein.Conflict, "people.error.former", nil)
)

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

// list cleans a list of short lines: empty ones and doubles are left out.
func list(field string, in []string, limit, most int) ([]string, error) {
	var out []string
	var seen []string
	for _, s := range in {
		s, err := line(field, s, limit, false)
		if err != nil {
			return nil, err
		}
		if key := text.Fold(s); s != "" && !slices.Contains(seen, key) {
			out, seen = append(out, s), append(seen, key)
		}
		if len(out) > most {
			return nil, plein.FieldError(field, "form.too_many", plein.Args{"max": most})
		}
	}
	return out, nil
}

// Tidy cleans a profile and tells everything that is wrong with it, by field.
// Fields that are wrong keep what was typed.
func (p Profile) Tidy() (Profile, map[string]error) {
	wrong := map[string]error{}
	one := func(field string, s *string, limit int, needed bool) {
		if v, err := line(field, *s, limit, needed); err != nil {
			wrong[field] = err
		} else {
			*s = v
		}
	}
	many := func(field string, xs *[]string, limit, most int) {
		if v, err := list(field, *xs, limit, most); err != nil {
			wrong[field] = err
		} else {
			*xs = v
		}
	}
	one("given", &p.Given, plein.MaxName, true)
	one("title", &p.Title, plein.MaxJobTitle, false)
	one("location", &p.Location, maxLocation, false)
	one("pronouns", &p.Pronouns, maxPronouns, false)
	one("phone", &p.Phone, maxPhone, false)
	if p.Phone != "" && !looksLikePhone(p.Phone) {
		wrong["phone"] = plein.FieldError("phone", "people.error.phone", nil)
	}
	if v, err := text.CleanBody(p.Bio, plein.MaxBio); err != nil {
		wrong["bio"] = inField("bio", err)
	} else {
		p.Bio = v
	}
	many("skills", &p.Skills, plein.MaxTag, plein.MaxTags)
	many("ask_me", &p.AskMe, maxAskMe, maxAskMes)
	many("languages", &p.Languages, plein.MaxTag, plein.MaxTags)
	return p, wrong
}

// profileFields is the order of the fields on the form, in which the first error
// is chosen.
var profileFields = [...]string{"given", "title", "location", "pronouns", "phone", "bio", "skills", "ask_me", "languages"}

// firstOf gives the error of the topmost field, or nil.
func firstOf(wrong map[string]error) error {
	for _, f := range profileFields {
		if err := wrong[f]; err != nil {
			return err
		}
	}
	return nil
}

// looksLikePhone accepts the ways in which people write a number, extensions
// included, and nothing that is no number.
func looksLikePhone(s string) bool {
	digits := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case strings.ContainsRune("+-()/. ", r):
		default:
			return false
		}
	}
	return digits >= 2 && digits <= 20
}

// cleanEmail gives the address as written and the key under which it is unique.
// The domain has no capitals that matter and mail systems treat the part before
// the @ alike, so the whole is folded.
func cleanEmail(s string) (email, key string, err error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", "", nil
	}
	if utf8.RuneCountInString(s) > plein.MaxEmail {
		return "", "", plein.FieldError("email", "form.too_long",
			plein.Args{"max": plein.MaxEmail, "over": utf8.RuneCountInString(s) - plein.MaxEmail})
	}
	clean, err := text.CleanName(s, plein.MaxEmail)
	local, domain, ok := strings.Cut(clean, "@")
	if err != nil || !ok || local == "" || !looksLikeDomain(domain) || strings.ContainsAny(clean, " \t<>\"(),:;[]\\") {
		return "", "", plein.FieldError("email", "form.not_an_email", nil)
	}
	return clean, strings.ToLower(clean), nil
}

func looksLikeDomain(s string) bool {
	return s != "" && !strings.ContainsAny(s, "@/") && !strings.HasPrefix(s, ".") && !strings.HasSuffix(s, ".") &&
		!strings.Contains(s, "..") && (strings.Contains(s, ".") || s == "localhost")
}

// MakeHandle makes a handle from a name: the first word, a dot, and the rest
// without spaces, so that Dutch prefixes stay with their name: "Anouk de Graaf"
// becomes anouk.degraaf, "Jan-Willem van 't Hof" janwillem.vanthof. A name
// without a Latin letter gives "".
func MakeHandle(name string) string {
	var parts []string
	for _, w := range strings.Fields(text.Fold(name)) {
		w = strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, w)
		if w != "" {
			parts = append(parts, w)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	h := parts[0]
	if len(parts) > 1 {
		h += "." + strings.Join(parts[1:], "")
	}
	return strings.TrimRight(h[:min(len(h), maxHandle-8)], ".") // room for a number
}

// CleanHandle checks a handle that was given, as in an import. It folds to lower
// case.
func CleanHandle(s string) (string, error) {
	h := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(s), "@"))
	bad := func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r))
	}
	if h == "" || len(h) > maxHandle || strings.ContainsFunc(h, bad) || strings.Trim(h, "._-") != h {
		return "", plein.FieldError("handle", "people.error.handle", plein.Args{"max": maxHandle})
	}
	return h, nil
}

// numbered gives the n-th try for a handle or slug: base, base2, base3.
func numbered(base string, n int) string {
	if n <= 1 {
		return base
	}
	return base + strconv.Itoa(n)
}

// givenOf takes the given name from a name: its first word.
func givenOf(name string) string {
	first, _, _ := strings.Cut(name, " ")
	return first
}

// siteOf is the part of a location by which people filter: what stands before
// the first comma, without diacritics and in lower case.
func siteOf(location string) string {
	s, _, _ := strings.Cut(location, ",")
	return text.Fold(s)
}

// layerUnder computes the layer of a person who answers to the first of line,
// who answers to the second, and so on to the top. A line in which the person
// already stands would be a circle and is refused.
func layerUnder(person plein.ID, line []plein.ID) (int, error) {
	if slices.Contains(line, person) {
		return 0, errManagerCycle
	}
	return len(line) + 1, nil
}

// rolesOf brings the roles of a person in order: everybody of the organisation
// is a member, a guest is a guest and nothing else, a bot holds none by itself.
func rolesOf(given []plein.Role, guest, bot bool) ([]plein.Role, error) {
	switch {
	case guest:
		return []plein.Role{plein.RoleGuest}, nil
	case bot:
		return nil, nil
	}
	for _, r := range given {
		if !r.Known() || r == plein.RoleGuest {
			return nil, errRole
		}
	}
	var out []plein.Role
	for _, r := range plein.Roles() {
		if r == plein.RoleMember || slices.Contains(given, r) {
			out = append(out, r)
		}
	}
	return out, nil
}

// mayGrant says that an actor may turn the old set of roles into the new one.
// Nobody hands out what they do not hold (TRUST P8), and nobody takes it away
// either.
func mayGrant(actor plein.Actor, from, to []plein.Role) bool {
	if !actor.Can(plein.ManagePeople) {
		return false
	}
	changed := plein.CapabilitiesOf(from) ^ plein.CapabilitiesOf(to)
	for _, r := range plein.Roles() { // roles without capabilities change hands too
		if slices.Contains(from, r) != slices.Contains(to, r) {
			changed |= plein.CapabilitiesOf([]plein.Role{r})
		}
	}
	return changed&^actor.Caps == 0
}

// Grantable lists the roles that an actor can give or take, in the order in
// which they are shown.
func Grantable(actor plein.Actor) []plein.Role {
	var out []plein.Role
	for _, r := range plein.Roles() {
		if r != plein.RoleMember && r != plein.RoleGuest && mayGrant(actor, nil, []plein.Role{r}) {
			out = append(out, r)
		}
	}
	return out
}

// checkUntil refuses an end date for a guest that has passed or is too far off.
func checkUntil(until, now time.Time) error {
	if !until.After(now) || until.Sub(now) > maxStay {
		return errGuestUntil
	}
	return nil
}

// Tidy checks preferences. Anything unknown is refused by field.
func (p Preferences) Tidy() (Preferences, error) {
	switch {
	case p.Lang != "" && !words.Known(p.Lang):
		return p, plein.FieldError("lang", "form.not_a_choice", nil)
	case p.Theme != "" && p.Theme != "day" && p.Theme != "evening":
		return p, plein.FieldError("theme", "form.not_a_choice", nil)
	case p.Contrast != "" && p.Contrast != "more":
		return p, plein.FieldError("contrast", "form.not_a_choice", nil)
	}
	if p.Zone != "" {
		if _, err := loadZone(p.Zone); err != nil {
			return p, plein.FieldError("zone", "people.error.zone", nil)
		}
	}
	return p, nil
}

// loadZone refuses what time.LoadLocation would read from elsewhere ("Local",
// paths).
func loadZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" || len(name) > 64 {
		return nil, plein.FieldError("zone", "people.error.zone", nil)
	}
	return time.LoadLocation(name)
}

// searchText is what the directory looks through, folded. Departments are not in
// it: they are found by the tree, so that a new name of one needs no rewriting.
func searchText(p Person) string {
	parts := []string{p.Name, p.Given, p.Title, p.Handle, p.Location, p.Employer}
	parts = append(parts, p.Skills...)
	parts = append(parts, p.AskMe...)
	parts = append(parts, p.Languages...)
	return text.Fold(strings.Join(parts, " "))
}

// namesText is what a mention is completed from: every word after a space.
func namesText(p Person) string { return " " + text.Fold(p.Name) + " " + p.Handle }
