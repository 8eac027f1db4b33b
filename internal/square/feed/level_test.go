package feed_test

import (
	"context"
	"slices"
	"testing"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/feed"
	"plein/internal/square/squaretest"
)

// What one follows and what one mutes is one choice in one place.
func TestFollowNormalMute(t *testing.T) {
	squaretest.Each(t, func(t *testing.T, h *squaretest.House) {
		ctx := t.Context()
		anna, bram, cees := h.Person("Anna Aarts", 0), h.Person("Bram Bos", 0), h.Person("Cees Cox", 0)
		post := h.Post(bram, plein.OrgAudience, "Hallo")
		person, thread := plein.Ref{Kind: "person", ID: bram.ID}, plein.Ref{Kind: "thread", ID: post.ID}
		level := func(target plein.Ref, want feed.Level) {
			t.Helper()
			if got, err := h.Feed.Level(ctx, anna, target); err != nil || got != want {
				t.Errorf("%s is %q (%v), want %q", target.Kind, got, err, want)
			}
		}
		choose := func(a plein.Actor, target plein.Ref, l feed.Level) {
			t.Helper()
			if err := h.Feed.Choose(ctx, a, target, l); err != nil {
				t.Fatal(err)
			}
		}
		level(person, feed.Normal)
		choose(anna, person, feed.Following)
		choose(anna, thread, feed.Following)
		choose(cees, thread, feed.Following)
		level(person, feed.Following)
		if f, err := h.Feed.Follows(ctx, anna); err != nil || !f.FollowsPerson(bram.ID) || len(f.Groups) != 0 {
			t.Errorf("for the timeline: %+v %v", f, err)
		}
		choose(anna, person, feed.Muted)
		choose(anna, person, feed.Muted)
		level(person, feed.Muted)
		level(thread, feed.Following)
		if f, err := h.Feed.Follows(ctx, anna); err != nil || f.FollowsPerson(bram.ID) {
			t.Errorf("whom one mutes one does not follow: %+v %v", f, err)
		}
		h.Tx(func(ctx context.Context, tx *db.Tx) error {
			first, err := h.Feed.Followers(ctx, tx, thread, 0, 1)
			if err != nil || len(first) != 1 {
				t.Fatalf("the first who follows: %v %v", first, err)
			}
			rest, err := h.Feed.Followers(ctx, tx, thread, first[0], 10)
			if err != nil || !slices.Equal(append(first, rest...), []plein.ID{min(anna.ID, cees.ID), max(anna.ID, cees.ID)}) {
				t.Errorf("who follows: %v and %v (%v)", first, rest, err)
			}
			muting, err := h.Feed.Muting(ctx, tx, []plein.ID{anna.ID, cees.ID}, []plein.Ref{person, thread})
			if err != nil || len(muting) != 1 || !slices.Equal(muting[anna.ID], []plein.Ref{person}) {
				t.Errorf("who mutes: %v (%v)", muting, err)
			}
			return h.Feed.ForgetPerson(ctx, tx, anna.ID)
		})
		level(person, feed.Normal)
		level(thread, feed.Normal)
		if err := h.Feed.Choose(ctx, anna, person, "hard"); plein.KindOf(err) != plein.Invalid {
			t.Errorf("a level that is none gives %v", err)
		}
		if err := h.Feed.Choose(ctx, anna, plein.Ref{Kind: "person", ID: anna.ID}, feed.Muted); plein.KindOf(err) != plein.Invalid {
			t.Errorf("muting oneself gives %v", err)
		}
	})
}
