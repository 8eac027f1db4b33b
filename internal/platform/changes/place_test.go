package changes_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"plein/internal/platform/changes"
	"plein/internal/platform/testkit"
	"plein/internal/plein"
)

func TestATailGoesOnFromAPlace(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		empty, err := h.log.Newest(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		h.tell("long ago")
		h.clock.Advance(time.Hour)
		at := h.clock.Now()
		h.clock.Advance(time.Second)
		for _, name := range []string{"one", "two", "three"} {
			h.tell(name)
		}
		from, err := h.log.Since(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		if !from.After(empty) || from.After(from) || changes.PlaceOf(from.Append(nil)) != from || changes.PlaceOf(nil).After(from) {
			t.Errorf("places are not in their order: %v, %v", empty, from)
		}
		var mu sync.Mutex
		var names []string
		places := []changes.Place{from}
		stop, err := h.log.TailFrom(t.Context(), from, func(e plein.Event, p changes.Place) {
			mu.Lock()
			defer mu.Unlock()
			names, places = append(names, e.Name), append(places, p)
		})
		if err != nil {
			t.Fatal(err)
		}
		testkit.Eventually(t, "the tail to have read all", func() bool { mu.Lock(); defer mu.Unlock(); return len(names) == 3 })
		stop()
		if !slices.Equal(names, []string{"one", "two", "three"}) || !slices.IsSortedFunc(places, func(a, b changes.Place) int {
			if a.After(b) {
				return 1
			}
			return -1
		}) {
			t.Errorf("read %v at %v", names, places)
		}
		newest, err := h.log.Newest(t.Context())
		if err != nil || newest != places[3] {
			t.Errorf("the newest is %v, %v", newest, err)
		}
	})
}
