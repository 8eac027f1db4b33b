package search

import (
	"context"
	"strings"
	"time"

	"plein/internal/platform/changes"
	"plein/internal/platform/db"
	"plein/internal/plein"
)

// The kinds of things in the queue.
const (
	queueItem   = "item"
	queuePerson = "person"
	queueGroup  = "group"
	queueText   = "text" // of a file
)

// Follower writes down what was touched. What happened to it does not matter: the
// index looks how it is now (Run), so lost, doubled and reordered signals change
// nothing. Here only ids are written, so that the one writer of SQLite is not kept
// from others by analysis.
func (s *Service) Follower() changes.Follower {
	return changes.Follower{Name: "search", Follow: func(ctx context.Context, tx *db.Tx, events []plein.Event) error {
		touched := map[plein.Ref]time.Time{}
		for _, e := range events {
			if ref, ok := touches(e); ok {
				if _, had := touched[ref]; !had {
					touched[ref] = e.At
				}
			}
		}
		for ref := range touched {
			if err := enqueue(ctx, tx, ref.Kind, ref.ID, int64(plein.NewID(s.Clock.Now())), s.Clock.Now()); err != nil {
				return plein.Wrap("search.follow", err)
			}
		}
		if len(touched) > 0 {
			tx.AfterCommit(s.wakeUp)
		}
		return nil
	}}
}

// touches says what of the index a change is about.
func touches(e plein.Event) (plein.Ref, bool) {
	switch {
	case strings.HasPrefix(e.Name, "items.reaction."), e.Name == "items.item.acknowledged",
		e.Name == "items.item.pinned", e.Name == "items.item.unpinned":
		return plein.Ref{}, false
	case e.Object.Kind == "item" && strings.HasPrefix(e.Name, "items."):
		return plein.Ref{Kind: queueItem, ID: e.Object.ID}, true
	case e.Object.Kind == "person" && strings.HasPrefix(e.Name, "people."):
		return plein.Ref{Kind: queuePerson, ID: e.Object.ID}, true
	case strings.HasPrefix(e.Name, "groups.group."):
		return plein.Ref{Kind: queueGroup, ID: e.Object.ID}, true
	}
	return plein.Ref{}, false
}

// wakeUp tells this node's worker that there is work. A lost one costs a second.
func (s *Service) wakeUp() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
