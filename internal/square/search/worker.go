package search

import (
	"context"
	"errors"
	"slices"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/groups"
	"plein/internal/square/items"
	"plein/internal/square/people"
)

// atOnce is how many things are indexed in one transaction: enough to share its
// cost, few enough that nobody waits for the writer.
const atOnce = 64

// pause is how long the worker sleeps when nothing woke it.
const pause = time.Second

// Run keeps the index in step until ctx ends: what was touched first, then the
// texts inside files, then, when there is nothing else to do, the vocabulary.
func (s *Service) Run(ctx context.Context) {
	resting := pause
	for ctx.Err() == nil {
		n, err := s.Step(ctx)
		if err != nil && ctx.Err() == nil {
			s.Log.Error("the index of search could not go on", "err", err, "again_in", resting)
			s.sleep(ctx, nil, resting)
			resting = min(2*resting, time.Minute)
			continue
		}
		resting = pause
		if n > 0 {
			continue
		}
		if n, err = s.stepText(ctx); err != nil && ctx.Err() == nil {
			s.Log.Warn("the text of a file could not be indexed", "err", err)
		}
		if n == 0 {
			if err := s.study(ctx); err != nil && ctx.Err() == nil {
				s.Log.Warn("the words of the organisation could not be learnt; search goes on with what it knows", "err", err)
			}
			s.sleep(ctx, s.wake, pause)
		}
	}
}

// CatchUp indexes everything that waits, texts of files too: for tests, and for
// commands that do their work and stop.
func (s *Service) CatchUp(ctx context.Context) error {
	for {
		n, err := s.Step(ctx)
		if err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		if n, err = s.stepText(ctx); err != nil || n == 0 {
			return err
		}
	}
}

func (s *Service) sleep(ctx context.Context, wake <-chan struct{}, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-wake:
	case <-t.C:
	}
}

// Step indexes what waits longest and tells how much that was.
func (s *Service) Step(ctx context.Context) (int, error) {
	list, err := oldest(ctx, s.DB.Read(), false, s.Clock.Now().Add(time.Hour), atOnce)
	if err != nil || len(list) == 0 {
		return 0, plein.Wrap("search.step", err)
	}
	if len(list) == atOnce {
		last, err := latest(ctx, s.DB.Read(), atOnce/4)
		if err != nil {
			return 0, plein.Wrap("search.step", err)
		}
		for _, l := range last {
			if !slices.ContainsFunc(list, func(w waiting) bool { return w.kind == l.kind && w.id == l.id }) {
				list = append(list, l)
			}
		}
	}
	w, err := s.look(ctx, list)
	if err != nil {
		return 0, plein.Wrap("search.step", err)
	}
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := holdWriter(ctx, tx); err != nil {
			return err
		}
		// What was touched again since it was read waits under another mark, and
		// what another node was quicker with does not wait any more: read again.
		if n, err := dequeue(ctx, tx, list); err != nil || n != len(list) {
			return errors.Join(err, errMeanwhile)
		}
		return s.write(ctx, tx, w)
	})
	if errors.Is(err, errMeanwhile) {
		return len(list), nil
	}
	return len(list), plein.Wrap("search.step", err)
}

var errMeanwhile = errors.New("something was touched meanwhile")

// work is what the index has to become: documents as they are, and those that
// are no more.
type work struct {
	put  []document
	drop []plein.ID
	read []plein.ID // files of which the text inside is still to be read
}

// look reads how things are now, outside any transaction.
func (s *Service) look(ctx context.Context, list []waiting) (work, error) {
	ids := map[string][]plein.ID{}
	for _, w := range list {
		ids[w.kind] = append(ids[w.kind], w.id)
	}
	t, err := s.indexing(ctx)
	if err != nil {
		return work{}, err
	}
	var w work
	if of := ids[queueItem]; len(of) > 0 {
		fresh, err := s.Items.Fresh(ctx, of)
		if err != nil {
			return w, err
		}
		if err := s.lookAtItems(ctx, &w, t, of, fresh); err != nil {
			return w, err
		}
	}
	if of := ids[queuePerson]; len(of) > 0 {
		fresh, err := s.People.FindMany(ctx, of)
		if err != nil {
			return w, err
		}
		w.people(t, of, fresh)
	}
	if of := ids[queueGroup]; len(of) > 0 {
		fresh, err := s.Groups.Fresh(ctx, of)
		if err != nil {
			return w, err
		}
		w.groups(t, of, fresh)
	}
	return w, nil
}

func (s *Service) lookAtItems(ctx context.Context, w *work, t *tongue, asked []plein.ID, fresh []*items.Item) error {
	had, err := filesOf(ctx, s.DB.Read(), asked)
	if err != nil {
		return err
	}
	var attached []plein.ID
	for _, i := range fresh {
		for _, f := range i.Files {
			attached = append(attached, f.ID)
		}
	}
	inside, err := texts(ctx, s.DB.Read(), attached)
	if err != nil {
		return err
	}
	there := map[plein.ID]bool{}
	for _, i := range fresh {
		d, ok := ofItem(t.Analyzer, i)
		if !ok {
			continue
		}
		there[i.ID] = true
		w.put = append(w.put, d)
		for _, f := range i.Files {
			text, read := inside[f.ID]
			w.put = append(w.put, ofFile(t.Analyzer, i, f, text))
			there[f.ID] = true
			if !read && !f.Picture {
				w.read = append(w.read, f.ID)
			}
		}
	}
	for _, id := range asked {
		for _, gone := range append([]plein.ID{id}, had[id]...) {
			if !there[gone] {
				w.drop = append(w.drop, gone)
			}
		}
	}
	return nil
}

func (w *work) people(t *tongue, asked []plein.ID, fresh []people.Person) {
	var there []plein.ID
	for _, p := range fresh {
		if d, ok := ofPerson(t.Analyzer, p); ok {
			w.put, there = append(w.put, d), append(there, p.ID)
		}
	}
	w.without(asked, there)
}

func (w *work) groups(t *tongue, asked []plein.ID, fresh []groups.Group) {
	var there []plein.ID
	for _, g := range fresh {
		if d, ok := ofGroup(t.Analyzer, g); ok {
			w.put, there = append(w.put, d), append(there, g.ID)
		}
	}
	w.without(asked, there)
}

func (w *work) without(asked, there []plein.ID) {
	for _, id := range asked {
		if !slices.Contains(there, id) {
			w.drop = append(w.drop, id)
		}
	}
}

// write brings work into the index.
func (s *Service) write(ctx context.Context, tx *db.Tx, w work) error {
	if err := s.apply(ctx, tx, w.put, w.drop); err != nil {
		return err
	}
	now := s.Clock.Now()
	for _, f := range w.read {
		if err := enqueue(ctx, tx, queueText, f, int64(plein.NewID(now)), now); err != nil {
			return err
		}
	}
	return nil
}

// mostTries is how often reading a file is tried before its text is given up; its
// name is found all the same.
const mostTries = 3

// stepText reads the text inside one file, outside any transaction, and puts it in
// the index.
func (s *Service) stepText(ctx context.Context) (int, error) {
	now := s.Clock.Now()
	list, err := oldest(ctx, s.DB.Read(), true, now, 1)
	if err != nil || len(list) == 0 {
		return 0, plein.Wrap("search.steptext", err)
	}
	w := list[0]
	inside := ""
	if s.Inside != nil {
		inside, err = s.Inside(ctx, w.id)
	}
	if err != nil && ctx.Err() != nil {
		return 0, plein.Wrap("search.steptext", ctx.Err())
	}
	if err != nil && w.tries+1 < mostTries && plein.KindOf(err) == plein.Broken {
		return 1, s.DB.Tx(ctx, func(tx *db.Tx) error { return postpone(ctx, tx, w, now.Add(time.Minute)) })
	}
	inside = cutRunes(inside, maxIndexed)
	return 1, plein.Wrap("search.steptext", s.DB.Tx(ctx, func(tx *db.Tx) error {
		item, err := itemOfFile(ctx, tx, w.id)
		switch {
		case plein.KindOf(err) == plein.NotFound && err != nil: // taken away meanwhile
			_, err := dequeue(ctx, tx, list)
			return err
		case err != nil:
			return err
		}
		if err := putText(ctx, tx, w.id, inside); err != nil {
			return err
		}
		if inside != "" { // and now once more the item, with what is inside
			if err := enqueue(ctx, tx, queueItem, item, int64(plein.NewID(now)), now); err != nil {
				return err
			}
		}
		_, err = dequeue(ctx, tx, list)
		return err
	}))
}

// Idle says that nothing waits to be indexed.
func (s *Service) Idle(ctx context.Context) (bool, error) {
	n, err := countWaiting(ctx, s.DB.Read())
	return n == 0, plein.Wrap("search.idle", err)
}

// Size tells how many things can be found and how many wait to be.
func (s *Service) Size(ctx context.Context) (docs, waiting int, err error) {
	if docs, err = countDocs(ctx, s.DB.Read()); err != nil {
		return 0, 0, plein.Wrap("search.size", err)
	}
	waiting, err = countWaiting(ctx, s.DB.Read())
	return docs, waiting, plein.Wrap("search.size", err)
}

// Behind tells since when something that was said may not be found yet; the zero
// time when everything can be. It is remembered for a second.
func (s *Service) Behind(ctx context.Context) (time.Time, error) {
	now := s.Clock.Now()
	s.mu.Lock()
	if now.Sub(s.behindAt) < time.Second && !s.behindAt.IsZero() {
		defer s.mu.Unlock()
		return s.behind, nil
	}
	s.mu.Unlock()
	since, err := waitingSince(ctx, s.DB.Read())
	if err != nil {
		return time.Time{}, plein.Wrap("search.behind", err)
	}
	if rebuilding, err := state(ctx, s.DB.Read(), "rebuilding"); err != nil {
		return time.Time{}, plein.Wrap("search.behind", err)
	} else if rebuilding != 0 {
		since = db.FromMicros(rebuilding)
	}
	if now.Sub(since) < patience {
		since = time.Time{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.behind, s.behindAt = since, now
	return since, nil
}

// patience is how far behind the index may be before a page says so.
const patience = 5 * time.Second
