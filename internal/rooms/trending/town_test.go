package trending_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/plein"
	"plein/internal/rooms/trending"
	"plein/internal/square/items"
	"plein/internal/square/squaretest"
)

// town is a house with enough people to have a talk of the square.
type town struct {
	*squaretest.House
	room   *trending.Module
	people []plein.Actor
	wards  []plein.ID
}

func each(t *testing.T, fn func(t *testing.T, h *town)) {
	t.Helper()
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) { fn(t, newTown(t, d)) }, append(squaretest.Migrations(), trending.Migrations())...)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	h := &town{House: squaretest.New(t, d)}
	for n := range 3 {
		h.wards = append(h.wards, h.Unit(fmt.Sprintf("Afdeling %d", n+1), 0))
	}
	for n := range 12 {
		h.people = append(h.people, h.Person(fmt.Sprintf("Collega %c", 'A'+n), h.wards[n%3]))
	}
	h.room = h.open()
	return h
}

// open is another process on the same database.
func (h *town) open() *trending.Module {
	return trending.New(trending.Deps{DB: h.DB, Clock: h.Clock, Access: h.Access, People: h.People, Items: h.Items,
		Follows: func(ctx context.Context, a plein.Actor) ([]plein.ID, error) {
			f, err := h.Feed.Follows(ctx, a)
			return f.People, err
		}})
}

// settle lets the follower read all there is.
func (h *town) settle() {
	h.T.Helper()
	ctx, cancel := context.WithCancel(h.T.Context())
	done := make(chan error, 1)
	go func() { done <- h.Changes.Run(ctx, h.room.Follower()) }()
	testkit.Eventually(h.T, "the follower has read all", func() bool {
		lags, err := h.Changes.Lags(ctx)
		return err == nil && len(lags) == 1 && lags[0].Lines == 0
	})
	cancel()
	if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
		h.T.Fatal(err)
	}
}

// usual is weeks of ordinary talk by everybody, so that there is something usual.
func (h *town) usual(audience plein.ID) {
	h.T.Helper()
	now := h.Clock.Now()
	h.Tx(func(ctx context.Context, tx *db.Tx) error {
		for day := 8; day < 50; day += 3 {
			for n, p := range h.people {
				body := fmt.Sprintf("Overleg over planning en kantine, kamer %d", n)
				doc, err := h.Items.Prepare(body)
				if err != nil {
					return err
				}
				if _, _, err := h.Items.Import(ctx, tx, items.Imported{Audience: audience, Author: p.ID,
					Made: now.AddDate(0, 0, -day).Add(time.Duration(n) * time.Minute), Body: body}, doc); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// say lets the first n people say something, each in a conversation of their own.
func (h *town) say(n int, audience plein.ID, body string) (out []*items.Item) {
	h.T.Helper()
	for _, p := range h.people[:n] {
		out = append(out, h.Post(p, audience, body))
	}
	return out
}

// labels are the subjects that somebody sees, with their numbers. Nothing that was
// kept is used.
func (h *town) labels(a plein.Actor) (out []string) {
	h.T.Helper()
	h.room.Forget()
	for _, topic := range h.shown(a).Talk {
		out = append(out, fmt.Sprintf("%s %d/%d", topic.Label(), topic.People, topic.Talks))
	}
	return out
}

func (h *town) shown(a plein.Actor) trending.Shown {
	h.T.Helper()
	s, err := h.room.Of(h.T.Context(), a)
	if err != nil {
		h.T.Fatal(err)
	}
	return s
}
