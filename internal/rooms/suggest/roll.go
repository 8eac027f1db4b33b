package suggest

import (
	"context"
	"slices"

	"plein/internal/plein"
	"plein/internal/square/people"
)

// newMirror keeps the index beside the people as they are.
func newMirror(p *people.Service) *people.Mirror[state] {
	return people.NewMirror(p, build, func(old *state, ids []plein.ID, now []people.Entry) *state { return old.with(ids, now) })
}

func build(ctx context.Context, next func(context.Context) ([]people.Entry, error)) (*state, error) {
	s := &state{}
	var all []entry
	for {
		page, err := next(ctx)
		if err != nil {
			return nil, err
		}
		if len(page) == 0 {
			s.names = makeNames(slices.Clip(all))
			return s, nil
		}
		for _, p := range page {
			if e, ok := newEntry(p, s.zone(p.Zone)); ok {
				all = append(all, e)
			}
		}
	}
}
