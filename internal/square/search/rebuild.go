package search

import (
	"context"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

// How many items are indexed in one transaction while the whole index is made:
// few beside people who work, many when nothing else runs.
const (
	rereadAtOnce  = 200
	reindexAtOnce = 4000
)

// Reindex throws the index away and makes it anew from what was said, telling how
// far it is. Synonyms stay. It can be stopped and begun again.
func (s *Service) Reindex(ctx context.Context, progress func(done, of int)) error {
	if err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := holdWriter(ctx, tx); err != nil {
			return err
		}
		if err := empty(ctx, tx); err != nil {
			return err
		}
		if err := setState(ctx, tx, "analysis", s.analysis); err != nil {
			return err
		}
		return setState(ctx, tx, "rebuilding", db.Micros(s.Clock.Now()))
	}); err != nil {
		return plein.Wrap("search.reindex", err)
	}
	s.forgetTongues()
	s.forgetPlaces()
	words, from, err := s.learn(ctx)
	if err != nil {
		return plein.Wrap("search.reindex", err)
	}
	version := int64(0)
	if from >= firstLesson {
		if version, err = s.teach(ctx, words, from); err != nil {
			return plein.Wrap("search.reindex", err)
		}
	}
	if err := s.reread(ctx, version, reindexAtOnce, progress); err != nil {
		return err
	}
	return plein.Wrap("search.reindex", s.DB.Tx(ctx, func(tx *db.Tx) error { return setState(ctx, tx, "rebuilding", 0) }))
}

// reread goes through everything that can be found, oldest first, and makes the
// index agree with it, with one version of the learnt words. What changes in the
// meantime waits in the queue as always.
func (s *Service) reread(ctx context.Context, version int64, atOnce int, progress func(done, of int)) error {
	of, err := s.Items.CountAll(ctx)
	if err != nil {
		return err
	}
	done := 0
	t, err := s.indexing(ctx)
	if err != nil {
		return plein.Wrap("search.reread", err)
	}
	err = s.pages(ctx, func(after plein.ID) (w work, last plein.ID, err error) {
		fresh, err := s.Items.Walk(ctx, after, atOnce)
		if err != nil || len(fresh) == 0 {
			return w, 0, err
		}
		asked := make([]plein.ID, len(fresh))
		for n, i := range fresh {
			asked[n] = i.ID
		}
		done += len(fresh)
		return w, asked[len(asked)-1], s.lookAtItems(ctx, &w, t, asked, fresh)
	}, func() error {
		progress(min(done, of), of)
		return s.between(ctx, atOnce)
	})
	if err != nil {
		return err
	}
	if err := s.rereadOthers(ctx, t, atOnce); err != nil {
		return err
	}
	if version == 0 {
		return nil
	}
	return plein.Wrap("search.reread", s.settle(ctx, version))
}

// pages reads page after page and writes each into the index. On PostgreSQL
// another node may be indexing too, so a page is read while nobody else writes;
// on SQLite there is nobody else, and a page is read before the one writer is
// taken.
func (s *Service) pages(ctx context.Context, read func(after plein.ID) (work, plein.ID, error), progress func() error) error {
	for after := plein.ID(0); ; {
		var w work
		var last plein.ID
		var err error
		alone := s.DB.Engine() == db.SQLite
		if alone {
			w, last, err = read(after)
		}
		if err == nil {
			err = s.DB.Tx(ctx, func(tx *db.Tx) error {
				if err := holdWriter(ctx, tx); err != nil {
					return err
				}
				if !alone {
					if w, last, err = read(after); err != nil {
						return err
					}
				}
				return s.write(ctx, tx, w)
			})
		}
		if err != nil {
			return plein.Wrap("search.reread", err)
		}
		if last == 0 {
			return nil
		}
		after = last
		if err := progress(); err != nil {
			return err
		}
	}
}

// rereadOthers is reread for people and groups.
func (s *Service) rereadOthers(ctx context.Context, t *tongue, atOnce int) error {
	err := s.pages(ctx, func(after plein.ID) (w work, last plein.ID, err error) {
		fresh, err := s.People.Walk(ctx, after, atOnce)
		if err != nil || len(fresh) == 0 {
			return w, 0, err
		}
		asked := make([]plein.ID, len(fresh))
		for n, p := range fresh {
			asked[n] = p.ID
		}
		w.people(t, asked, fresh)
		return w, asked[len(asked)-1], nil
	}, func() error { return s.between(ctx, atOnce) })
	if err != nil {
		return err
	}
	return s.pages(ctx, func(after plein.ID) (w work, last plein.ID, err error) {
		fresh, err := s.Groups.Walk(ctx, after, atOnce)
		if err != nil || len(fresh) == 0 {
			return w, 0, err
		}
		asked := make([]plein.ID, len(fresh))
		for n, g := range fresh {
			asked[n] = g.ID
		}
		w.groups(t, asked, fresh)
		return w, asked[len(asked)-1], nil
	}, func() error { return s.between(ctx, atOnce) })
}

// between lets what people do now go before what they did long ago.
func (s *Service) between(ctx context.Context, atOnce int) error {
	for atOnce == rereadAtOnce {
		if n, err := s.Step(ctx); err != nil || n == 0 {
			return err
		}
	}
	return nil
}
