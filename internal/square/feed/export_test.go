package feed

import (
	"context"

	"plein/internal/plein"
	"plein/internal/square/items"
)

// First is what the first page of a timeline is drawn from.
type First struct {
	Cards []items.Card
	Why   map[plein.ID]Reason
	Next  string
}

// First gives the first page of "/" or "/latest", from memory when it is there.
func (s *Service) First(ctx context.Context, a plein.Actor, path string) (First, error) {
	fill := s.ForYou
	if path == "/latest" {
		fill = s.Latest
	}
	p, err := s.page(ctx, a, path, "", fill)
	if err != nil {
		return First{}, err
	}
	return First{p.cards, p.why, p.next}, nil
}

// Kept is how many first pages are in memory.
func (s *Service) Kept() int {
	s.kept.mu.RLock()
	defer s.kept.mu.RUnlock()
	return len(s.kept.pages)
}
