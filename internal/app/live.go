package app

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"plein/internal/plein"
	"plein/internal/square/groups"
	"plein/internal/square/live"
)

// badge says over the bus that the counts beside a person's menu have changed, so
// that all their browsers show the new ones.
func (a *App) badge(person plein.ID) {
	if err := a.bus.Publish(live.BadgeSubject(person), nil); err != nil {
		a.Log.Warn("other devices of somebody notice late", "err", err)
	}
}

// badges gives the counts beside a person's menu, as frame shows them.
func (s *square) badges(ctx context.Context, actor plein.Actor) (live.Badges, error) {
	mine, err := s.Groups.Menu(ctx, actor)
	if err != nil {
		return live.Badges{}, err
	}
	news, err := s.Feed.News(ctx, actor, shownGroups(mine))
	if err != nil {
		return live.Badges{}, err
	}
	unread, err := s.Notices.Unread(ctx, actor)
	return live.Badges{Notices: unread, Groups: news}, err
}

// shownGroups are the ids of the groups that stand in the menu.
func shownGroups(mine []groups.Group) []plein.ID {
	ids := make([]plein.ID, min(len(mine), groupsInMenu))
	for n := range ids {
		ids[n] = mine[n].ID
	}
	return ids
}

// measureStreams adds the figures of the streams to those of the requests.
func (a *App) measureStreams(r *prometheus.Registry) {
	gauge := func(name, help string, of func(live.Numbers) int) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return float64(of(a.Live.Numbers())) }))
	}
	counter := func(name, help string, of func(live.Numbers) uint64) {
		r.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return float64(of(a.Live.Numbers())) }))
	}
	gauge("plein_live_streams", "Browsers that are told what changes.", func(n live.Numbers) int { return n.Streams })
	gauge("plein_live_people", "People with at least one such browser.", func(n live.Numbers) int { return n.People })
	counter("plein_live_opened_total", "Streams opened.", func(n live.Numbers) uint64 { return n.Opened })
	counter("plein_live_events_total", "Changes passed on, each counted once.", func(n live.Numbers) uint64 { return n.Events })
	counter("plein_live_slow_total", "Streams dropped because nobody read them.", func(n live.Numbers) uint64 { return n.Slow })
	counter("plein_live_full_total", "Streams that made place for another of the same person.", func(n live.Numbers) uint64 { return n.Full })
	counter("plein_live_ended_total", "Streams that ended with their session.", func(n live.Numbers) uint64 { return n.Ended })
}
