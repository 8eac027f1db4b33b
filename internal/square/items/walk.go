package items

import (
	"context"

	"plein/internal/plein"
)

// Fresh gives items as the database has them now, with their files, without asking
// who reads: for whoever keeps an index of them. It does not look in memory, which
// on another node may be a moment behind. Unknown ids are left out.
func (s *Service) Fresh(ctx context.Context, ids []plein.ID) ([]*Item, error) {
	list, err := load(ctx, s.db.Read(), ids)
	if err != nil {
		return nil, plein.Wrap("items.fresh", err)
	}
	return list, s.withFiles(ctx, list)
}

// Walk pages through everything that was said, oldest first, after an id: Fresh for
// whoever begins an index anew.
func (s *Service) Walk(ctx context.Context, after plein.ID, limit int) ([]*Item, error) {
	list, err := walk(ctx, s.db.Read(), after, limit)
	if err != nil {
		return nil, plein.Wrap("items.walk", err)
	}
	return list, s.withFiles(ctx, list)
}

// WalkBack pages through what was said, newest first, before an id, without files.
func (s *Service) WalkBack(ctx context.Context, before plein.ID, limit int) ([]*Item, error) {
	list, err := walkBack(ctx, s.db.Read(), before, limit)
	return list, plein.Wrap("items.walkback", err)
}

// CountAll counts everything that was said.
func (s *Service) CountAll(ctx context.Context) (int, error) {
	n, err := countAll(ctx, s.db.Read())
	return n, plein.Wrap("items.countall", err)
}

func (s *Service) withFiles(ctx context.Context, list []*Item) error {
	if s.deps.Files == nil || len(list) == 0 {
		return nil
	}
	ids := make([]plein.ID, len(list))
	for n, i := range list {
		ids[n] = i.ID
	}
	files, err := s.deps.Files(ctx, ids)
	if err != nil {
		return plein.Wrap("items.withfiles", err)
	}
	for _, i := range list {
		i.Files = files[i.ID]
	}
	return nil
}
