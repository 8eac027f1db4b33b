package suggest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"plein/internal/platform/text"
	"plein/internal/plein"
	"plein/internal/square/access"
	"plein/internal/square/groups"
	"plein/internal/square/people"
)

// most is how many lines one answer has; a longer list is no help.
const most = 8

// Kind says what is looked for.
type Kind string

// What can be looked for: people and groups behind an @, one of the two alone, or
// hashtags behind a #.
const (
	Names    Kind = "name"
	Persons  Kind = "person"
	Groups   Kind = "group"
	Hashtags Kind = "tag"
)

// Query is what was typed and where.
type Query struct {
	Text     string
	Kind     Kind     // empty is Names
	Thread   plein.ID // the conversation in which one writes; zero for none
	Audience plein.ID // who will read it; a thread has its own
}

// Offer is one line of the list.
type Offer struct {
	Kind   Kind // Persons, Groups or Hashtags
	Insert string
	Person people.Card
	Group  groups.Entry
	Tag    string
	Unseen bool // a person who cannot read what is being written
}

// check bounds what was sent.
func (q *Query) check() error {
	switch q.Kind {
	case "":
		q.Kind = Names
	case Names, Persons, Groups, Hashtags:
	default:
		return plein.FieldError("kind", "form.not_a_choice", nil)
	}
	if n := utf8.RuneCountInString(q.Text); n > plein.MaxQuery {
		return plein.FieldError("q", "form.too_long", plein.Args{"max": plein.MaxQuery, "over": n - plein.MaxQuery})
	}
	q.Text = strings.TrimLeft(q.Text, "@# ")
	return nil
}

// where is the place in which somebody writes, as far as they may know it.
type where struct {
	thing access.Thing // zero for none
	kind  plein.AudienceKind
	said  map[plein.ID]bool // who is in the conversation
}

// place finds where the actor writes. What they may not see is no place, and
// answers like one that does not exist.
func (s *Service) place(ctx context.Context, a plein.Actor, thread, audience plein.ID) (where, error) {
	var w where
	if thread != 0 {
		i, err := s.Items.Find(ctx, a, thread)
		if plein.KindOf(err) == plein.NotFound && err != nil {
			return w, nil
		}
		if err != nil {
			return w, err
		}
		w.thing = access.Thing{Audience: i.Audience, RootMade: i.RootMade}
		said, err := s.Items.Participants(ctx, i.Root)
		if err != nil {
			return w, err
		}
		w.said = set(said)
	} else if audience != 0 {
		t := access.Thing{Audience: audience, RootMade: s.Clock.Now()}
		ok, err := s.Access.Sees(ctx, a, t)
		if err != nil || !ok {
			return w, err
		}
		w.thing = t
	}
	if w.thing.Audience != 0 {
		found, err := s.Access.Find(ctx, w.thing.Audience)
		if err != nil {
			return where{}, err
		}
		w.kind = found.Kind
	}
	return w, nil
}

// Suggest lists whom and what somebody most likely means.
func (s *Service) Suggest(ctx context.Context, a plein.Actor, q Query) ([]Offer, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	if !a.SignedIn() {
		return nil, nil
	}
	w, err := s.place(ctx, a, q.Thread, q.Audience)
	if err != nil {
		return nil, plein.Wrap("suggest.place", err)
	}
	if q.Kind == Hashtags {
		out, err := s.hashtags(ctx, a, q.Text, w)
		return out, plein.Wrap("suggest.hashtags", err)
	}
	var persons, named []Offer
	if q.Kind != Groups {
		if persons, err = s.persons(ctx, a, q.Text, w); err != nil {
			return nil, plein.Wrap("suggest.persons", err)
		}
	}
	if q.Kind != Persons && (q.Text != "" || q.Kind == Groups) {
		if named, err = s.groups(ctx, a, q.Text); err != nil {
			return nil, plein.Wrap("suggest.groups", err)
		}
	}
	// People first, but a group of that name must be seen behind forty Bergs.
	keep := most - min(len(named), 3)
	persons = persons[:min(len(persons), keep)]
	return append(persons, named[:min(len(named), most-len(persons))]...), nil
}

// How near somebody is; nearer comes first.
const (
	inThread = iota
	inAudience
	inUnit
	elsewhere
)

// candidate is somebody who fits, with what decides their place.
type candidate struct {
	*entry
	near int
	fit  quality
}

func compare(x, y candidate) int {
	return cmp.Or(cmp.Compare(x.near, y.near), cmp.Compare(x.fit, y.fit), strings.Compare(x.words, y.words), cmp.Compare(x.id, y.id))
}

const (
	// shortlist is how many of those who fit are asked about one by one where an
	// audience is too large to be read whole.
	shortlist = 200
	fewer     = 3 * most // the rest of the list, when some of the first fall out
	// smallAudience is the largest audience of which all are read.
	smallAudience = 500
	// maxCompanions bounds whom a guest can be offered.
	maxCompanions = 2000
)

func (s *Service) persons(ctx context.Context, a plein.Actor, typed string, w where) ([]Offer, error) {
	index, err := s.index.Now(ctx)
	if err != nil {
		return nil, err
	}
	words := strings.Fields(fold(typed))
	if len(words) > 8 {
		return nil, nil
	}
	holds, err := s.holders(ctx, w)
	if err != nil {
		return nil, err
	}
	best := shortest{most: shortlist}
	if holds != nil || w.thing.Audience == 0 || w.kind == plein.Org {
		best.most = fewer // nobody on it can come nearer later
	}
	now := s.Clock.Now()
	consider := func(e *entry, q quality) {
		if e.id == a.ID || e.until != 0 && now.Unix() >= e.until {
			return
		}
		c := candidate{entry: e, near: elsewhere, fit: q}
		switch {
		case w.said[e.id]:
			c.near = inThread
		case holds[e.id]:
			c.near = inAudience
		case e.unit != 0 && e.unit == a.Unit:
			c.near = inUnit
		}
		if len(words) == 0 && c.near == elsewhere {
			return // nothing typed yet: only who is near
		}
		best.add(c)
	}
	if a.Guest {
		// A guest meets whom they share a group with and nobody else, as it is now.
		know, err := s.Groups.Companions(ctx, a.ID, maxCompanions)
		if err != nil {
			return nil, err
		}
		for _, id := range know {
			if e, ok := index.of(id); ok {
				if q := fits(e.words, words); q != misfit {
					consider(&e, q)
				}
			}
		}
	} else {
		index.find(words, consider)
	}
	return s.offers(ctx, a, index, best.list(), w)
}

// holders gives who holds a small audience; of a large one the shortlist is asked
// about later.
func (s *Service) holders(ctx context.Context, w where) (map[plein.ID]bool, error) {
	if w.thing.Audience == 0 || w.kind == plein.Org {
		return nil, nil
	}
	n, err := s.Access.Held(ctx, w.thing.Audience)
	if err != nil || n > smallAudience {
		return nil, err
	}
	ids, err := s.Access.Holders(ctx, w.thing.Audience)
	return set(ids), err
}

// offers makes lines of the best, after asking who of them reads what is written.
func (s *Service) offers(ctx context.Context, a plein.Actor, index *state, list []candidate, w where) ([]Offer, error) {
	if len(list) == 0 {
		return nil, nil
	}
	ids := make([]plein.ID, len(list))
	for n, c := range list {
		ids[n] = c.id
	}
	readers := access.Readers{Everyone: true}
	if w.thing.Audience != 0 {
		var err error
		if readers, err = s.Access.ReadersOf(ctx, w.thing, ids); err != nil {
			return nil, err
		}
		for n := range list {
			if c := &list[n]; c.near > inAudience && readers.Holds[c.id] && w.kind != plein.Org {
				c.near = inAudience
			}
		}
		slices.SortFunc(list, compare)
	}
	if !a.Guest { // guests are named where they are, and offered nowhere else
		list = slices.DeleteFunc(list, func(c candidate) bool { return c.guest && !readers.Holds[c.id] && c.near != inThread })
	}
	list = list[:min(len(list), most)]
	ids = ids[:0]
	for _, c := range list {
		ids = append(ids, c.id)
	}
	cards, err := s.People.Cards(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []Offer
	for _, c := range list {
		card, ok := cards[c.id]
		if !ok || card.Former || card.Name == "" {
			continue
		}
		o := Offer{Kind: Persons, Person: card, Insert: text.Typed(card.Name), Unseen: !readers.Reads(c.id, c.guest)}
		if card.Handle != "" && index.shared(c) {
			o.Insert = "@" + card.Handle // two of one name: the name alone would mean neither
		}
		out = append(out, o)
	}
	return out, nil
}

// shared says that somebody else has exactly this name.
func (s *state) shared(c candidate) bool {
	name, others := c.words[:c.name], false
	is := func(e *entry) bool { return e.id != 0 && e.id != c.id && e.words[:e.name] == name }
	s.names.begin(name, func(e *entry, _ quality) { // as one word: only who is called so
		if _, changed := s.changed[e.id]; !changed {
			others = others || is(e)
		}
	})
	for _, e := range s.changed {
		others = others || is(&e)
	}
	return others
}

func (s *Service) groups(ctx context.Context, a plein.Actor, typed string) ([]Offer, error) {
	found, err := s.Groups.Beginning(ctx, a, typed, most)
	if err != nil {
		return nil, err
	}
	out := make([]Offer, len(found))
	for n, g := range found {
		out[n] = Offer{Kind: Groups, Group: g, Insert: text.Typed(g.Name)}
	}
	return out, nil
}

func (s *Service) hashtags(ctx context.Context, a plein.Actor, typed string, w where) ([]Offer, error) {
	prefix := strings.ToLower(typed)
	if typed != "" {
		var ok bool
		if prefix, ok = text.FoldTag(typed); !ok {
			return nil, nil
		}
	}
	r, err := s.Access.Reader(ctx, a)
	if err != nil {
		return nil, err
	}
	found, err := s.Items.RecentTags(ctx, r, w.thing.Audience)
	if err != nil {
		return nil, err
	}
	plain := text.Fold(prefix)
	var out []Offer
	for _, u := range found {
		if strings.HasPrefix(u.Tag, prefix) || strings.HasPrefix(text.Fold(u.Tag), plain) {
			out = append(out, Offer{Kind: Hashtags, Tag: u.Tag, Insert: "#" + u.Tag})
		}
	}
	return out[:min(len(out), most)], nil
}

// shortest keeps the best of many without keeping the rest.
type shortest struct {
	most int
	kept []candidate
	full bool // the first most of kept are the best so far, in order
}

func (b *shortest) add(c candidate) {
	if b.full && compare(c, b.kept[b.most-1]) >= 0 {
		return
	}
	if len(b.kept) >= 4*b.most {
		b.tidy()
	}
	b.kept = append(b.kept, c)
}

// tidy leaves the best, each once.
func (b *shortest) tidy() {
	slices.SortFunc(b.kept, compare)
	seen := make(map[plein.ID]bool, b.most)
	b.kept = slices.DeleteFunc(b.kept, func(c candidate) bool {
		again := seen[c.id] || len(seen) >= b.most
		seen[c.id] = true
		return again
	})
	b.full = len(b.kept) == b.most
}

func (b *shortest) list() []candidate {
	b.tidy()
	return b.kept
}

func set(ids []plein.ID) map[plein.ID]bool {
	out := make(map[plein.ID]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out
}
