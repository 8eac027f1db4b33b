package main

import (
	"context"
	"fmt"
	"time"

	"plein/internal/plein"
)

// rail measures what stands beside the timeline, beside finding the first page of
// that timeline for the same readers in turn: made anew with the weeks already in
// memory, as it is once a minute for who keeps looking; and kept.
func rail(ctx context.Context, dir string) (_ []figure, err error) {
	o, err := plant(ctx, dir, 1000, 20_000)
	if err != nil {
		return nil, err
	}
	defer o.app.Close()
	following, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- o.app.Changes.Run(following, o.app.Trending.Follower()) }()
	err = until(5*time.Minute, func() bool {
		lags, err := o.app.Changes.Lags(ctx)
		return err == nil && len(lags) == 1 && lags[0].Lines == 0
	})
	stop()
	<-ended // it ends because it was told to
	if err != nil {
		return nil, fmt.Errorf("the words of the weeks: %w", err)
	}
	if err := o.app.Trending.Read(ctx); err != nil {
		return nil, err
	}
	var page, anew, kept []float64
	for round := range rounds {
		for _, p := range o.people[round*100 : (round+1)*100] {
			a, err := o.app.People.Actor(ctx, p.ID)
			if err != nil {
				return nil, err
			}
			for _, m := range []struct {
				to *[]float64
				do func(context.Context, plein.Actor) error
			}{
				{&page, func(ctx context.Context, a plein.Actor) error { _, err := o.app.Feed.ForYou(ctx, a, ""); return err }},
				{&anew, func(ctx context.Context, a plein.Actor) error { _, err := o.app.Trending.Of(ctx, a); return err }},
				{&kept, func(ctx context.Context, a plein.Actor) error { _, err := o.app.Trending.Of(ctx, a); return err }},
			} {
				began := time.Now()
				if err := m.do(ctx, a); err != nil {
					return nil, err
				}
				*m.to = append(*m.to, ms(time.Since(began)))
			}
		}
	}
	floor := median(page)
	line := func(what string, got, target float64) figure {
		return figure{what: what, got: fmt.Sprintf("%.2f ms", got), floor: fmt.Sprintf("%.2f ms to find a first page", floor),
			ratio: fmt.Sprintf("%.2f", got/floor), target: fmt.Sprintf("≤ %.1f", target), met: got/floor <= target}
	}
	return []figure{
		line("the rail of one reader, made anew", median(anew), 20),
		line("the rail of one reader, kept", median(kept), 0.5),
	}, nil
}
