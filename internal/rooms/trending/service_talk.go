package trending

import (
	"context"
	"time"

	"plein/internal/plein"
	"plein/internal/square/access"
)

const (
	maxLines  = 150_000 // items in the window; of more the oldest are not looked at
	maxTopics = 20      // subjects on a page
	maxLooked = 60      // candidates that are looked at with the rights of the reader
	maxOf     = 500     // items of one subject that are looked at, the newest
	maxAsked  = 2_000   // conversations of which the rights are asked at once
)

// look gives the window as it is now, locked for reading. Whoever takes it
// unlocks it.
func (s *Service) look(ctx context.Context) (*window, error) {
	today := dayOf(s.Clock.Now())
	version, err := saidVersion(ctx, s.DB.Read())
	if err != nil {
		return nil, plein.Wrap("trending.look", err)
	}
	for {
		s.mu.RLock()
		w := s.window
		s.mu.RUnlock()
		if w != nil {
			w.mu.RLock()
			if w.today == today && w.version >= version {
				return w, nil
			}
			w.mu.RUnlock()
		}
		if err := s.read(ctx, today, version); err != nil {
			return nil, plein.Wrap("trending.look", err)
		}
	}
}

// read brings the window to a version: with what changed, or all of it when it is
// of another day or not there yet.
func (s *Service) read(ctx context.Context, today int, version int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.window
	if w != nil && w.today == today {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.version >= version {
			return nil
		}
		rows, err := saidSince(ctx, s.DB.Read(), w.version, version)
		if err != nil {
			return err
		}
		for _, x := range rows {
			w.put(x)
		}
		w.version = version
		return nil
	}
	rows, err := saidLately(ctx, s.DB.Read(), today-daysKept, maxLines)
	if err != nil {
		return err
	}
	w = newWindow(today)
	for _, x := range rows {
		w.put(x)
	}
	w.version = version
	s.window = w
	return nil
}

// sightOf takes out of the window what a reader may see. Of an audience that they
// see only since they came, conversations are judged one by one.
func (s *Service) sightOf(ctx context.Context, w *window, r access.Reader) (sight, error) {
	var out sight
	for id, p := range w.rooms {
		all, err := s.Access.CanSee(ctx, r, access.Thing{Audience: id})
		if err != nil {
			return nil, err
		}
		if all {
			out = append(out, p.added())
			continue
		}
		if !r.Holds(id) && !s.mixed(ctx, id) {
			continue // no part of it
		}
		var mine []*line
		for _, l := range p.items {
			may, err := s.Access.CanSee(ctx, r, access.Thing{Audience: id, RootMade: l.RootMade})
			if err != nil {
				return nil, err
			}
			if may {
				mine = append(mine, l)
			}
		}
		if len(mine) > 0 {
			out = append(out, sum(mine))
		}
	}
	return out, nil
}

// mixed says that an audience is made of others, any of which the reader may hold.
func (s *Service) mixed(ctx context.Context, id plein.ID) bool {
	a, err := s.Access.Find(ctx, id)
	return err != nil || a.Kind == plein.Composite
}

// talk gives the subjects of a reader's square, the most surprising first, and the
// conversations that they come from.
func (s *Service) talk(ctx context.Context, r access.Reader) ([]Topic, []access.Thing, error) {
	w, err := s.look(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer w.mu.RUnlock()
	mine, err := s.sightOf(ctx, w, r)
	if err != nil {
		return nil, nil, plein.Wrap("trending.talk", err)
	}
	list := w.candidates(mine)
	if len(list) == 0 {
		return nil, nil, nil
	}
	list = list[:min(len(list), maxLooked)]
	if list, err = s.notNames(ctx, list, w.written); err != nil {
		return nil, nil, err
	}
	may, from, err := s.mayRead(ctx, r, list)
	if err != nil {
		return nil, nil, plein.Wrap("trending.talk", err)
	}
	return w.join(list, func(root plein.ID) bool { return may[root] }, maxTopics), from, nil
}

// mayRead asks the database which of the conversations the reader may see now. One
// item of each will do: a conversation stands in one audience and began once.
func (s *Service) mayRead(ctx context.Context, r access.Reader, list []candidate) (map[plein.ID]bool, []access.Thing, error) {
	first := make(map[plein.ID]*line)
	for _, c := range list {
		for _, l := range c.lines {
			if old := first[l.Root]; old == nil && len(first) < maxAsked || old != nil && l.Item < old.Item {
				first[l.Root] = l
			}
		}
	}
	ids := make([]plein.ID, 0, len(first))
	for _, l := range first {
		ids = append(ids, l.Item)
	}
	ok, err := seen(ctx, s.DB.Read(), r, ids)
	if err != nil {
		return nil, nil, err
	}
	may, places := make(map[plein.ID]bool, len(first)), make(map[access.Thing]bool)
	for root, l := range first {
		if ok[l.Item] {
			may[root] = true
			places[access.Thing{Audience: l.Audience, RootMade: l.RootMade}] = true
		}
	}
	from := make([]access.Thing, 0, len(places))
	for t := range places {
		from = append(from, t)
	}
	return may, from, nil
}

// Read fills the window, so that the first reader of the day does not wait for it.
func (s *Service) Read(ctx context.Context) error {
	w, err := s.look(ctx)
	if err == nil {
		w.mu.RUnlock()
	}
	return err
}

// talkFor is how long the subjects of a reader are kept. Within it what was
// deleted is gone from them (TRUST P14).
const talkFor = time.Minute
