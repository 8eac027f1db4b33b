package demo

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"plein/internal/plein"
)

// deepest is the lowest layer below the director that the hospital has.
const deepest = 6

// mailHost is where everybody has an address. The domain can never exist.
const mailHost = "lingeziekenhuis.example"

// makePeople puts the hand-made people and the generated ones in their
// departments and under their managers.
func (b *builder) makePeople() error {
	r := b.chance(streamPeople)
	c := b.content
	heads := map[string]string{}
	names, handles := map[string]bool{}, map[string]bool{}
	inUnit := map[string][]Person{}
	var guests, bots []Person
	for _, e := range c.people {
		p := b.byHand(e)
		names[p.Name], handles[p.Handle] = true, true
		switch {
		case p.Guest:
			guests = append(guests, p)
		case p.Bot:
			bots = append(bots, p)
		default:
			inUnit[p.Unit] = append(inUnit[p.Unit], p)
		}
	}
	bios := some(r, c.jobs.Bios.List, len(c.jobs.Bios.List))
	var all []Person
	for i, u := range c.units {
		hand := inUnit[u.Slug]
		heads[u.Slug] = u.Head
		var made []Person
		for len(hand)+len(made) < u.Size {
			p := b.newcomer(r, u, names, handles)
			if len(bios) > 0 && r.Float64() < 0.06 {
				p.Bio, bios = bios[0], bios[1:]
			}
			made = append(made, p)
		}
		b.giveTitles(r, u, made, heads)
		b.org.Units[i].Head = heads[u.Slug]
		above := b.headAbove(u.Slug, heads)
		for _, p := range append(hand, made...) {
			switch {
			case p.Handle == heads[c.units[0].Slug]:
				p.Manager = ""
			case p.Manager == "" && p.Handle == heads[u.Slug]:
				p.Manager = above
			case p.Manager == "":
				p.Manager = cmp.Or(heads[u.Slug], above)
			}
			all = append(all, p)
		}
	}
	if err := layers(all); err != nil {
		return err
	}
	slices.SortStableFunc(all, func(x, y Person) int { return cmp.Compare(x.Layer, y.Layer) })
	b.org.People = append(append(all, bots...), guests...)
	b.settleDates()
	for i := range b.org.People {
		b.people[b.org.People[i].Handle] = &b.org.People[i]
	}
	return nil
}

// byHand turns an entry into a person.
func (b *builder) byHand(e personEntry) Person {
	p := Person{Handle: e.Handle, Name: e.Name, Given: e.Given, Title: e.Title, Email: e.Handle + "@" + mailHost,
		Unit: e.Unit, Location: e.Location, Manager: e.Manager, Skills: e.Skills, AskMe: e.AskMe, Languages: e.Languages,
		Pronouns: e.Pronouns, Bio: e.Bio, Roles: []plein.Role{plein.RoleMember}, Demo: e.Demo,
		Hand: true, Bot: e.Bot, Guest: e.guest(), Sponsor: e.Sponsor, Employer: e.Employer}
	if p.Bot {
		p.Manager = ""
	}
	if p.Guest {
		p.Roles = []plein.Role{plein.RoleGuest}
		p.Email = e.Handle + "@gast.example"
		until, _ := time.ParseInLocation(time.DateOnly, e.GuestUntil, b.content.zone) // checked
		p.GuestUntil = b.shift(until)
	}
	for _, role := range e.Roles {
		p.Roles = append(p.Roles, plein.Role(role))
	}
	since, _ := time.ParseInLocation("2006-01", e.Since, b.content.zone) // checked
	p.Since = b.shift(since)
	return p
}

// newcomer makes up somebody of a department, without a title yet.
func (b *builder) newcomer(r *rand.Rand, u unitEntry, names, handles map[string]bool) Person {
	for {
		o := b.origin(r)
		given := pick(r, o.Men)
		woman := r.Float64() < womenIn(u.Family)
		if woman {
			given = pick(r, o.Women)
		}
		family := pick(r, o.Families)
		p := Person{Name: given + " " + family, Given: given, Unit: u.Slug, Location: u.Location, Roles: []plein.Role{plein.RoleMember}}
		p.Handle = fold(given) + "." + fold(family)
		if names[p.Name] || handles[p.Handle] {
			continue
		}
		names[p.Name], handles[p.Handle] = true, true
		p.Email = p.Handle + "@" + mailHost
		p.Languages = slices.Clone(o.Languages)
		if !slices.Contains(p.Languages, "Engels") && r.Float64() < 0.6 {
			p.Languages = append(p.Languages, "Engels")
		}
		if r.Float64() < 0.08 {
			p.Pronouns = "hij"
			if woman {
				p.Pronouns = "zij"
			}
		}
		p.Skills = some(r, b.content.jobs.Family[u.Family].Skills, r.IntN(4))
		if len(p.Skills) > 0 && r.Float64() < 0.3 {
			p.AskMe = []string{capital(p.Skills[0])}
		}
		p.Since = b.now.AddDate(0, 0, -30).Add(-min(wait(r, 2600*24*time.Hour), 39*365*24*time.Hour))
		return p
	}
}

// giveTitles hands out the work of a department: somebody leads it when nobody
// does yet, some are seniors, some learn. Learners have a senior above them.
func (b *builder) giveTitles(r *rand.Rand, u unitEntry, made []Person, heads map[string]string) {
	if len(made) == 0 {
		return
	}
	job, short := b.content.jobs.Family[u.Family], cmp.Or(b.content.jobs.Short[u.Slug], u.Name)
	staff := job.Staff
	if own := b.content.jobs.StaffOf[u.Slug]; len(own) > 0 {
		staff = own
	}
	title := func(s string) string {
		if strings.HasPrefix(short, "Vakgroep") {
			short = "vakgroep" + strings.TrimPrefix(short, "Vakgroep")
		}
		return strings.ReplaceAll(s, "{afdeling}", short)
	}
	seniors, learners := 0, 0
	if u.Size >= 8 {
		seniors, learners = max(1, u.Size/12), max(1, u.Size/9)
	}
	from := 0
	if heads[u.Slug] == "" {
		made[0].Title = title(job.Head)
		heads[u.Slug] = made[0].Handle
		from = 1
	}
	var senior []string
	for i := from; i < len(made); i++ {
		p := &made[i]
		switch {
		case len(senior) < seniors:
			p.Title = title(pick(r, job.Senior))
			senior = append(senior, p.Handle)
		case i >= len(made)-learners:
			p.Title = title(pick(r, job.Trainee))
			if len(senior) > 0 {
				p.Manager = pick(r, senior)
			}
			p.Since = b.now.Add(-20 * 24 * time.Hour).Add(-min(wait(r, 240*24*time.Hour), 900*24*time.Hour))
		default:
			p.Title = title(pick(r, staff))
		}
	}
}

// headAbove gives who leads the nearest department above one, other than the one
// who leads it itself.
func (b *builder) headAbove(unit string, heads map[string]string) string {
	for _, slug := range b.tree[unit][1:] {
		if h := heads[slug]; h != "" && h != heads[unit] {
			return h
		}
	}
	return ""
}

// layers counts how far everybody stands below the director.
func layers(all []Person) error {
	at := make(map[string]*Person, len(all))
	for i := range all {
		at[all[i].Handle] = &all[i]
	}
	for i := range all {
		n := 1
		for p := &all[i]; p.Manager != ""; n++ {
			up, ok := at[p.Manager]
			if !ok || n > deepest {
				return fmt.Errorf("%s has no way up to the director in %d steps", all[i].Handle, deepest)
			}
			p = up
		}
		if n > deepest {
			return fmt.Errorf("%s stands on layer %d, the lowest is %d", all[i].Handle, n, deepest)
		}
		all[i].Layer = n
	}
	return nil
}

// settleDates lets nobody begin here after they first spoke.
func (b *builder) settleDates() {
	first := map[string]time.Time{}
	for i := range b.org.Threads {
		b.org.Threads[i].Walk(func(x *Text) {
			if at, ok := first[x.Author]; !ok || x.At.Before(at) {
				first[x.Author] = x.At
			}
		})
	}
	for i := range b.org.People {
		p := &b.org.People[i]
		if at, ok := first[p.Handle]; ok {
			p.Since = earlier(p.Since, at.Add(-time.Hour))
		}
		p.Since = p.Since.Truncate(time.Hour)
	}
}

// origin takes one of the origins by weight.
func (b *builder) origin(r *rand.Rand) originEntry {
	total := 0
	for _, o := range b.content.origins {
		total += o.Weight
	}
	n := r.IntN(total)
	for _, o := range b.content.origins {
		if n -= o.Weight; n < 0 {
			return o
		}
	}
	return b.content.origins[0]
}

// womenIn is the share of women in a family of departments, roughly as it is.
func womenIn(family string) float64 {
	switch family {
	case "technic", "logistics":
		return 0.1
	case "ict", "reception":
		return 0.35
	case "doctors", "kitchen", "volunteers", "imaging", "lab":
		return 0.6
	case "acute", "theatre", "office", "cleaning":
		return 0.7
	}
	return 0.85
}

// fold makes the lower-case plain letters of a name: "van den Bülow" becomes
// "vandenbulow".
func fold(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r < utf8.RuneSelf && unicode.IsLetter(r):
			b.WriteRune(r)
		case r >= utf8.RuneSelf:
			b.WriteString(plainLetter(r))
		}
	}
	return b.String()
}

// plainLetter gives the letter without its sign, for the letters that stand in
// names.toml. A test looks at every name.
func plainLetter(r rune) string {
	for _, pair := range []string{"aáàâäãåą", "cçćč", "eéèêëę", "gğ", "iíìîïı", "lł", "nñń", "oóòôöõ", "sşśš", "uúùûü", "yý", "zżźž"} {
		if strings.ContainsRune(pair[1:], r) {
			return pair[:1]
		}
	}
	return ""
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
