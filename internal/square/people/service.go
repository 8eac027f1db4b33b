package people

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

// Service answers who people are and changes what is known of them. It may be
// used from several goroutines.
type Service struct {
	Deps
	ids     *ids
	zone    *time.Location
	persons *cache[Person]
	cards   *cache[Card]
	tree    atomic.Pointer[Tree]
	treeAge atomic.Uint64
	count   headcount

	watchers []func(plein.ID)
}

// Find gives a person by id, in whatever state. It does not ask who is looking:
// pages use See.
func (s *Service) Find(ctx context.Context, id plein.ID) (Person, error) {
	p, ok, version := s.persons.get(id)
	if ok {
		return p, nil
	}
	p, err := findPerson(ctx, s.DB.Read(), id)
	if err != nil {
		return Person{}, plein.Wrap("people.find", err)
	}
	s.persons.put(version, id, p)
	return p, nil
}

// See gives a person as an actor may know them. People of the organisation know
// everybody. A guest knows themselves and who shares a group with them, and of
// those only name, face and employer; everybody else is NotFound, like nobody.
func (s *Service) See(ctx context.Context, actor plein.Actor, id plein.ID) (Person, error) {
	if !actor.SignedIn() {
		return Person{}, plein.ErrNotFound
	}
	p, err := s.Find(ctx, id)
	if err != nil || !actor.Guest || actor.ID == id {
		return p, err
	}
	if s.Shares == nil || !p.IsIn(s.Clock.Now()) {
		return Person{}, plein.ErrNotFound
	}
	shares, err := s.Shares(ctx, actor.ID, id)
	if err != nil {
		return Person{}, plein.Wrap("people.see", err)
	}
	if !shares {
		return Person{}, plein.ErrNotFound
	}
	return p.forGuests(), nil
}

// FindMany gives persons by id, in whatever state and order; unknown ids are left
// out.
func (s *Service) FindMany(ctx context.Context, ids []plein.ID) ([]Person, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	out, err := findMany(ctx, s.DB.Read(), ids)
	return out, plein.Wrap("people.find_many", err)
}

// FindManyTx is FindMany inside a transaction, for followers of the change log: who
// was added a moment ago may not stand in the database for others yet.
func (s *Service) FindManyTx(ctx context.Context, tx *db.Tx, ids []plein.ID) ([]Person, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	out, err := findMany(ctx, tx, ids)
	return out, plein.Wrap("people.find_many", err)
}

// ByEmail gives the person with an address, whatever its capitals. Former members
// have none.
func (s *Service) ByEmail(ctx context.Context, email string) (Person, error) {
	_, key, err := cleanEmail(email)
	if err != nil || key == "" {
		return Person{}, plein.ErrNotFound
	}
	p, err := findByEmail(ctx, s.DB.Read(), key)
	return p, plein.Wrap("people.by_email", err)
}

// ByHandle gives the person with a handle, with or without the @ before it.
func (s *Service) ByHandle(ctx context.Context, handle string) (Person, error) {
	handle, err := CleanHandle(handle)
	if err != nil {
		return Person{}, plein.ErrNotFound
	}
	p, err := findByHandle(ctx, s.DB.Read(), handle)
	return p, plein.Wrap("people.by_handle", err)
}

// ByHandles gives the people behind many handles at once, by handle in lower
// case. Unknown ones are left out.
func (s *Service) ByHandles(ctx context.Context, handles []string) (map[string]Person, error) {
	var clean []string
	for _, h := range handles {
		if h, err := CleanHandle(h); err == nil && !slices.Contains(clean, h) {
			clean = append(clean, h)
		}
	}
	out := make(map[string]Person, len(clean))
	if len(clean) == 0 {
		return out, nil
	}
	found, err := findByHandles(ctx, s.DB.Read(), clean)
	if err != nil {
		return nil, plein.Wrap("people.by_handles", err)
	}
	for _, p := range found {
		out[p.Handle] = p
	}
	return out, nil
}

// Actor gives who acts, for a request: NotFound when the person does not exist,
// was closed, is a former member, is a guest past the end date, or is a bot whose
// owner is out. It is kept in memory and let go of at every change, so that a
// lost right is gone at the next request.
func (s *Service) Actor(ctx context.Context, id plein.ID) (plein.Actor, error) {
	p, err := s.Find(ctx, id)
	if err != nil {
		return plein.Actor{}, err
	}
	now := s.Clock.Now()
	if !p.IsIn(now) {
		return plein.Actor{}, plein.ErrNotFound
	}
	if p.Bot {
		if owner, err := s.Find(ctx, p.Owner); err != nil || !owner.IsIn(now) {
			return plein.Actor{}, plein.ErrNotFound
		}
	}
	lang, zone := s.defaults(ctx)
	a := plein.Actor{ID: p.ID, Name: p.Name, GivenName: p.Given, Unit: p.Unit, Guest: p.Guest, Caps: p.Caps(),
		Lang: p.Lang, Zone: zone, Theme: p.Theme, Contrast: p.Contrast}
	if p.Guest {
		a.Until = p.GuestUntil
	}
	if a.Lang == "" {
		a.Lang = lang
	}
	if p.Zone != "" {
		if zone, err := s.loadZone(p.Zone); err == nil {
			a.Zone = zone
		}
	}
	return a, nil
}

// defaults are the language and the zone of people who chose none.
func (s *Service) defaults(ctx context.Context) (lang string, zone *time.Location) {
	lang, zone = s.Lang, s.zone
	if s.Chosen == nil {
		return lang, zone
	}
	l, z := s.Chosen(ctx)
	if l != "" {
		lang = l
	}
	if z != nil {
		zone = z
	}
	return lang, zone
}

// loadZone gives a time zone. Nearly everybody is in the house's own.
func (s *Service) loadZone(name string) (*time.Location, error) {
	if name == s.zone.String() {
		return s.zone, nil
	}
	return loadZone(name)
}

// Cards gives what stands beside posts, for many people at once. A former member
// without a name is called that in the language of the actor in ctx. Unknown ids
// are left out.
func (s *Service) Cards(ctx context.Context, ids []plein.ID) (map[plein.ID]Card, error) {
	out := make(map[plein.ID]Card, len(ids))
	var missing []plein.ID
	var version uint64
	for _, id := range ids {
		if _, there := out[id]; there || id == 0 {
			continue
		}
		c, ok, v := s.cards.get(id)
		if !ok {
			if missing == nil {
				version = v
			}
			if !slices.Contains(missing, id) {
				missing = append(missing, id)
			}
			continue
		}
		out[id] = s.named(ctx, c)
	}
	if len(missing) == 0 {
		return out, nil
	}
	tree, err := s.Units(ctx)
	if err != nil {
		return nil, err
	}
	found, err := findMany(ctx, s.DB.Read(), missing)
	if err != nil {
		return nil, plein.Wrap("people.cards", err)
	}
	for _, p := range found {
		c := cardOf(p, tree)
		s.cards.put(version, p.ID, c)
		out[p.ID] = s.named(ctx, c)
	}
	return out, nil
}

func cardOf(p Person, tree *Tree) Card {
	return Card{ID: p.ID, Handle: p.Handle, Name: p.Name, Given: p.Given, Title: p.Title, UnitName: tree.Name(p.Unit),
		Photo: p.Photo, Employer: p.Employer, Former: p.Left(), Guest: p.Guest, Bot: p.Bot}
}

// named gives a former member without a name the words for it.
func (s *Service) named(ctx context.Context, c Card) Card {
	if c.Name == "" {
		lang := plein.ActorFrom(ctx).Lang
		if lang == "" {
			lang = s.Lang
		}
		c.Name = s.Words.Say(lang, "people.former", nil)
		c.Given = c.Name
	}
	return c
}

// Reports lists who answers to a person directly, by name, at most two hundred.
func (s *Service) Reports(ctx context.Context, manager plein.ID) ([]Person, error) {
	out, err := reportsOf(ctx, s.DB.Read(), manager)
	return out, plein.Wrap("people.reports", err)
}

// Line lists the managers above a person, the nearest first.
func (s *Service) Line(ctx context.Context, person plein.ID) ([]plein.ID, error) {
	out, err := managerLine(ctx, s.DB.Read(), person)
	if err != nil || len(out) == 0 {
		return nil, plein.Wrap("people.line", err)
	}
	return out[1:], nil
}

// Forget lets go of what is held in memory of a person.
func (s *Service) Forget(id plein.ID) {
	s.persons.forget(id)
	s.cards.forget(id)
	s.toldOf(id)
}

// Hear lets go of what a change made old. The app calls it with every line of the
// change log, so that a change on another node is seen here.
func (s *Service) Hear(e plein.Event) {
	if !strings.HasPrefix(e.Name, "people.") {
		return
	}
	if e.Extra["what"] == "manager" { // the layers of everybody below changed too
		s.persons.forgetAll()
	}
	switch e.Object.Kind {
	case "person":
		s.Forget(e.Object.ID)
	case "unit":
		s.forgetUnits()
	}
}

// tell writes a change of a person in the log and lets go of it after the commit.
func (s *Service) tell(ctx context.Context, tx *db.Tx, name string, id plein.ID, extra map[string]string) error {
	tx.AfterCommit(func() { s.Forget(id) })
	return s.Changes.Tell(ctx, tx, plein.Event{Name: name, At: s.Clock.Now(), Actor: plein.ActorFrom(ctx).ID,
		Object: plein.Ref{Kind: "person", ID: id}, Audience: plein.OrgAudience, Extra: extra})
}
