package suggest

import (
	"context"
	"time"

	"plein/internal/plein"
	"plein/internal/square/access"
	"plein/internal/square/people"
)

// Note is what a writer should know before posting: who cannot read it, or how
// many a group reaches. It stops nobody, except where Large says so.
type Note struct {
	Unseen []people.Card // who cannot read it; empty in a note about a group
	Group  string
	People int
	About  bool // rounded: the writer is no member of that closed group
	Quiet  int  // of People, for whom it is outside working hours; -1 is not told
	Large  bool // naming it needs a right that the writer does not have
}

// Text is what somebody is writing, and where.
type Text struct {
	Body     string
	Thread   plein.ID
	Audience plein.ID
}

// The working day of who tells nothing else: eight to six, Monday to Friday, where
// they are.
const dayBegins, dayEnds = 8, 18

// quietAt says that a moment is outside the working day in a zone.
func quietAt(t time.Time, zone *time.Location) bool {
	t = t.In(zone)
	return t.Weekday() == time.Saturday || t.Weekday() == time.Sunday || t.Hour() < dayBegins || t.Hour() >= dayEnds
}

// Notes says what naming the people and groups in a text does.
func (s *Service) Notes(ctx context.Context, a plein.Actor, t Text) ([]Note, error) {
	if !a.SignedIn() || t.Body == "" {
		return nil, nil
	}
	named, err := s.Items.Named(ctx, a, t.Body)
	if err != nil || len(named) == 0 {
		return nil, err
	}
	w, err := s.place(ctx, a, t.Thread, t.Audience)
	if err != nil {
		return nil, plein.Wrap("suggest.notes", err)
	}
	var out []Note
	if w.thing.Audience != 0 {
		unseen, err := s.Items.Unseen(ctx, named, w.thing)
		if err != nil {
			return nil, plein.Wrap("suggest.notes", err)
		}
		if len(unseen) > 0 {
			out = append(out, Note{Unseen: unseen, Quiet: -1})
		}
	}
	for _, m := range named {
		if m.Kind != "group" || len(out) > maxNotes {
			continue
		}
		n, err := s.reach(ctx, a, m.ID, w)
		if err != nil {
			return nil, plein.Wrap("suggest.notes", err)
		}
		out = append(out, n)
	}
	return out, nil
}

// maxNotes bounds what is said beside one text.
const maxNotes = 5

// reach counts whom naming a group calls. Of a closed group that the writer is not
// in, they learn what everybody may know: about how many are in it.
func (s *Service) reach(ctx context.Context, a plein.Actor, group plein.ID, w where) (Note, error) {
	c, err := s.Items.Call(ctx, a, group)
	if err != nil {
		return Note{}, err
	}
	n := Note{Group: c.Name, People: c.People, About: c.About, Quiet: -1, Large: c.TooLarge()}
	if c.About || n.Large {
		return n, nil
	}
	ids, err := s.Access.Holders(ctx, group)
	if err != nil {
		return n, err
	}
	if w.thing.Audience != 0 && w.thing.Audience != group && w.kind != plein.Org {
		// Who is called and cannot read it is not reached.
		readers, err := s.Access.ReadersOf(ctx, access.Thing{Audience: w.thing.Audience, RootMade: w.thing.RootMade}, ids)
		if err != nil {
			return n, err
		}
		if !readers.Everyone {
			kept := ids[:0]
			for _, id := range ids {
				if readers.Holds[id] {
					kept = append(kept, id)
				}
			}
			ids = kept
		}
	}
	index, err := s.index.Now(ctx)
	if err != nil {
		return n, err
	}
	now := s.Clock.Now()
	quiet := s.quietZones(ctx, index, now)
	n.People, n.Quiet = 0, 0
	for _, id := range ids {
		e, ok := index.of(id)
		if !ok || e.until != 0 && now.Unix() >= e.until || id == a.ID {
			continue
		}
		n.People++
		if quiet[e.zone] {
			n.Quiet++
		}
	}
	return n, nil
}

// quietZones says in which of the zones where people are it is no working time.
func (s *Service) quietZones(ctx context.Context, index *state, now time.Time) []bool {
	house := time.UTC
	if s.Zone != nil {
		house = s.Zone(ctx)
	}
	out := make([]bool, max(1, len(index.zones)))
	for n, name := range index.zones {
		zone := house
		if n > 0 {
			if z, err := time.LoadLocation(name); err == nil {
				zone = z
			}
		}
		out[n] = quietAt(now, zone)
	}
	if len(index.zones) == 0 {
		out[0] = quietAt(now, house)
	}
	return out
}
