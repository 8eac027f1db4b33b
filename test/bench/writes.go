package main

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"plein/internal/plein"
	"plein/internal/square/items"
	"plein/internal/square/people"
)

// writes measures posts with durable commit: sixty-four writers, whose posts are
// committed together, beside one writer, who pays for every commit alone.
func writes(ctx context.Context, dir string) ([]figure, error) {
	a, err := open(ctx, filepath.Join(dir, "writes"))
	if err != nil {
		return nil, err
	}
	defer a.Close()
	var actors []plein.Actor
	for n := range 64 {
		p, err := a.People.Add(ctx, people.NewPerson{Name: fmt.Sprintf("Collega %d", n+1), Email: fmt.Sprintf("c%d@example.org", n+1)})
		if err != nil {
			return nil, err
		}
		actor, err := a.People.Actor(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		actors = append(actors, actor)
	}
	run := func(writers int) (float64, error) {
		var done atomic.Int64
		var failed atomic.Pointer[error]
		end := time.Now().Add(spell)
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for time.Now().Before(end) {
					_, err := a.Items.Post(ctx, actors[w], items.NewItem{Audience: plein.OrgAudience, Body: "De infuuspompen staan weer op hun plek."})
					if err != nil {
						failed.Store(&err)
						return
					}
					done.Add(1)
				}
			})
		}
		wg.Wait()
		if err := failed.Load(); err != nil {
			return 0, *err
		}
		return float64(done.Load()) / spell.Seconds(), nil
	}
	var one, many []float64
	for range rounds {
		for writers, to := range map[int]*[]float64{1: &one, 64: &many} {
			n, err := run(writers)
			if err != nil {
				return nil, err
			}
			*to = append(*to, n)
		}
	}
	o, m := median(one), median(many)
	return []figure{{what: "durable posts, 64 writers", got: fmt.Sprintf("%.0f/s", m), floor: fmt.Sprintf("%.0f/s alone", o),
		ratio: fmt.Sprintf("%.1f", m/o), target: "≥ 4", met: m/o >= 4}}, nil
}
