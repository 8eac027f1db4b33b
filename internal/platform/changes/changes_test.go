package changes_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"plein/internal/platform/bus"
	"plein/internal/platform/changes"
	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/plein"
)

var quiet = slog.New(slog.DiscardHandler)

// house is one process: a database, a bus and a log.
type house struct {
	t     *testing.T
	db    *db.DB
	bus   *bus.Bus
	clock *clock.Manual
	log   *changes.Log
}

func newHouse(t *testing.T, d *db.DB) *house {
	t.Helper()
	b, err := bus.Open(quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	c := clock.Fixed(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	return &house{t: t, db: d, bus: b, clock: c, log: changes.New(d, b, c, quiet)}
}

// each runs a test on both engines, in a house with a table of its own for what
// followers write down.
func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		withNotes(t, d)
		fn(t, newHouse(t, d))
	}, changes.Migrations())
}

// withNotes makes the table in which followers write down what they handled.
func withNotes(t *testing.T, d *db.DB) {
	t.Helper()
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `CREATE TABLE notes (follower TEXT, seq BIGINT, name TEXT, place BIGINT)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (h *house) tell(name string) {
	h.t.Helper()
	err := h.db.Tx(h.t.Context(), func(tx *db.Tx) error {
		return h.log.Tell(h.t.Context(), tx, plein.Event{Name: name})
	})
	if err != nil {
		h.t.Error(err) // from any goroutine
	}
}

// notes writes down what a follower is given, in the transaction that moves its
// place.
func notes(name string, batch int) changes.Follower {
	return changes.Follower{Name: name, Batch: batch, Follow: func(ctx context.Context, tx *db.Tx, events []plein.Event) error {
		if batch > 0 && len(events) > batch {
			return fmt.Errorf("%d lines at once, asked for %d", len(events), batch)
		}
		for _, e := range events {
			if _, err := tx.Exec(ctx, `INSERT INTO notes (follower, seq, name, place)
				VALUES ($1, $2, $3, (SELECT COUNT(*) FROM notes WHERE follower = $1))`, name, e.Seq, e.Name); err != nil {
				return err
			}
		}
		return nil
	}}
}

// noted lists what a follower wrote down, in the order in which it did. A line
// that was handled twice fails the test.
func (h *house) noted(follower string) []string {
	h.t.Helper()
	twice, err := db.All(context.Background(), h.db.Read(), db.Value[string],
		`SELECT MIN(name) FROM notes WHERE follower = $1 GROUP BY seq HAVING COUNT(*) > 1`, follower)
	if err != nil {
		h.t.Fatal(err)
	}
	if len(twice) > 0 {
		h.t.Fatalf("%s handled lines twice: %v", follower, twice)
	}
	names, err := db.All(context.Background(), h.db.Read(), db.Value[string],
		`SELECT name FROM notes WHERE follower = $1 ORDER BY place`, follower)
	if err != nil {
		h.t.Fatal(err)
	}
	return names
}

// run follows until stop is called, which waits for the end.
func (h *house) run(followers ...changes.Follower) (stop func()) {
	h.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.log.Run(ctx, followers...) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
				h.t.Errorf("run: %v", err)
			}
		})
	}
	h.t.Cleanup(stop)
	return stop
}

func TestALineExistsExactlyWhenItsRowsDo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var want []string
		for i := range 60 {
			name := fmt.Sprintf("rows.row.made-%d", i)
			err := func() (err error) {
				defer func() {
					if p := recover(); p != nil {
						err = fmt.Errorf("%v", p)
					}
				}()
				return h.db.Tx(t.Context(), func(tx *db.Tx) error {
					if _, err := tx.Exec(t.Context(), `INSERT INTO notes VALUES ('rows', $1, $2, $1)`, i, name); err != nil {
						return err
					}
					if err := h.log.Tell(t.Context(), tx, plein.Event{Name: name}); err != nil {
						return err
					}
					switch i % 3 {
					case 1:
						return errors.New("changed my mind")
					case 2:
						panic("the floor fell out")
					}
					return nil
				})
			}()
			if (err == nil) != (i%3 == 0) {
				t.Fatalf("transaction %d: %v", i, err)
			}
			if i%3 == 0 {
				want = append(want, name)
			}
		}
		if got := testkit.Told(t, h.db); !slices.Equal(got, want) {
			t.Errorf("told %v, want %v", got, want)
		}
		if got := h.noted("rows"); !slices.Equal(got, want) {
			t.Errorf("rows %v, want %v", got, want)
		}
	})
}

func TestALineComesBackAsItWasTold(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		told := plein.Event{Name: "ideas.vote.cast", At: h.clock.Now().Add(-time.Hour), Actor: 11,
			Object: plein.Ref{Kind: "idea", ID: 12}, Target: plein.Ref{Kind: "person", ID: 13}, Audience: 14,
			Extra: map[string]string{"choice": "ja \x00 \"'; 🌷", "": "empty"}}
		bare := plein.Event{Name: "ideas.idea.made"}
		if err := h.db.Tx(t.Context(), func(tx *db.Tx) error {
			return errors.Join(h.log.Tell(t.Context(), tx, told), h.log.Tell(t.Context(), tx, bare))
		}); err != nil {
			t.Fatal(err)
		}
		got := make(chan plein.Event, 2)
		h.run(changes.Follower{Name: "all", Batch: 1, Follow: func(_ context.Context, _ *db.Tx, events []plein.Event) error {
			got <- events[0]
			return nil
		}})
		one, two := <-got, <-got
		told.Seq, bare.Seq, bare.At = one.Seq, two.Seq, h.clock.Now()
		if one.Seq == 0 || fmt.Sprint(one) != fmt.Sprint(told) {
			t.Errorf("got %v, told %v", one, told)
		}
		if fmt.Sprint(two) != fmt.Sprint(bare) {
			t.Errorf("got %v, told %v", two, bare)
		}
	})
}

func TestFollowersHandleEachLineOnceInOrderAcrossRestarts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		const writers, lines = 8, 40
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for n := range lines {
					h.tell(fmt.Sprintf("writer%d.line.told-%03d", w, n))
				}
			})
		}
		stop := h.run(notes("small", 7), notes("large", 0))
		for _, at := range []int{20, 60, 150} { // the house falls over while there is work
			testkit.Eventually(t, "some lines are handled", func() bool { return len(h.noted("small")) >= at })
			stop()
			stop = h.run(notes("small", 7), notes("large", 0))
		}
		wg.Wait()
		for _, f := range []string{"small", "large"} {
			testkit.Eventually(t, f+" handles everything", func() bool { return len(h.noted(f)) == writers*lines })
		}
		stop()
		small, large := h.noted("small"), h.noted("large")
		if !slices.Equal(small, large) {
			t.Error("two followers met the lines in different orders")
		}
		last := map[string]string{}
		for _, name := range small { // what was told after a commit comes after it
			writer, _, _ := strings.Cut(name, ".")
			if name <= last[writer] {
				t.Fatalf("%s came after %s", name, last[writer])
			}
			last[writer] = name
		}
	})
}

func TestAFollowerThatFailsHoldsUpOnlyItself(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var tries atomic.Int32
		var open atomic.Bool
		good := notes("good", 1)
		bad := notes("bad", 0)
		write := bad.Follow
		bad.Follow = func(ctx context.Context, tx *db.Tx, events []plein.Event) error {
			if err := write(ctx, tx, events); err != nil { // what it wrote must be undone
				return err
			}
			switch n := tries.Add(1); {
			case open.Load():
				return nil
			case n%2 == 0:
				panic("a line that nobody foresaw")
			}
			return errors.New("not now")
		}
		h.tell("a")
		h.run(bad, good)
		testkit.Eventually(t, "the bad one has failed both ways", func() bool { return tries.Load() >= 2 })
		h.tell("b")
		h.tell("c")
		testkit.Eventually(t, "the good one goes on", func() bool { return len(h.noted("good")) == 3 })
		if got := h.noted("bad"); len(got) != 0 {
			t.Errorf("what a failed batch wrote is still there: %v", got)
		}
		open.Store(true)
		testkit.Eventually(t, "the bad one gets over it", func() bool { return len(h.noted("bad")) == 3 })
		if got := h.noted("bad"); !slices.Equal(got, []string{"a", "b", "c"}) {
			t.Errorf("the bad one handled %v", got)
		}
	})
}

func TestSignalsOnlyChangeTheDelay(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		stop := h.run(notes("one", 0))
		// Lost: told through another process, whose signals do not arrive here.
		elsewhere := &house{t: t, db: h.db, clock: h.clock, bus: newHouse(t, h.db).bus}
		elsewhere.log = changes.New(h.db, elsewhere.bus, h.clock, quiet)
		elsewhere.tell("lost-1")
		elsewhere.tell("lost-2")
		testkit.Eventually(t, "lines without a signal are found", func() bool { return len(h.noted("one")) == 2 })
		// Doubled, too early and for nothing.
		for i := range 30 {
			for range 5 {
				if err := h.bus.Publish(changes.Subject, []byte("?")); err != nil {
					t.Fatal(err)
				}
			}
			h.tell(fmt.Sprintf("noisy-%02d", i))
		}
		testkit.Eventually(t, "noise changes nothing", func() bool { return len(h.noted("one")) == 32 })
		stop()
		if got := h.noted("one"); !slices.IsSorted(got) {
			t.Errorf("out of order: %v", got)
		}
	})
}

func TestLagsAndPrune(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var open atomic.Bool
		slow := notes("slow", 1)
		write := slow.Follow
		slow.Follow = func(ctx context.Context, tx *db.Tx, events []plein.Event) error {
			if events[0].Name != "one" && !open.Load() {
				return errors.New("not yet")
			}
			return write(ctx, tx, events)
		}
		first := h.clock.Now()
		h.tell("one")
		second := h.clock.Advance(time.Minute)
		h.tell("two")
		h.clock.Advance(time.Minute)
		h.tell("three")
		h.run(notes("quick", 0), slow)
		testkit.Eventually(t, "both come as far as they can", func() bool {
			return len(h.noted("quick")) == 3 && len(h.noted("slow")) == 1
		})
		lags := func() map[string]changes.Lag {
			list, err := h.log.Lags(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			out := map[string]changes.Lag{}
			for _, l := range list {
				out[l.Follower] = l
			}
			return out
		}
		if l := lags()["quick"]; l.Lines != 0 || !l.Oldest.IsZero() {
			t.Errorf("quick lags %+v", l)
		}
		if l := lags()["slow"]; l.Lines != 2 || !l.Oldest.Equal(second) {
			t.Errorf("slow lags %+v, want 2 lines since %v", l, second)
		}
		prune := func(keep time.Duration) int64 {
			n, err := h.log.Prune(t.Context(), keep)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := prune(h.clock.Now().Sub(first)); n != 0 {
			t.Errorf("%d lines went before their time", n)
		}
		if n := prune(0); n != 1 {
			t.Errorf("%d lines went, want the one that both have handled", n)
		}
		open.Store(true)
		testkit.Eventually(t, "the slow one catches up", func() bool { return len(h.noted("slow")) == 3 })
		h.clock.Advance(time.Second)
		if n := prune(time.Minute); n != 1 {
			t.Errorf("%d lines went, want only what is older than a minute", n)
		}
		if n := prune(0); n != 1 || len(testkit.Told(t, h.db)) != 0 {
			t.Errorf("%d lines went, want the last", n)
		}
		h.tell("four") // an emptied log goes on where it was
		testkit.Eventually(t, "lines after pruning", func() bool {
			return len(h.noted("slow")) == 4 && len(h.noted("quick")) == 4
		})
	})
}

func TestTailGivesWhatComesFromNowOn(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.tell("before")
		testkit.Eventually(t, "the line before lies behind every running transaction", func() bool {
			if h.db.Engine() == db.SQLite {
				return true
			}
			settled, err := db.One(t.Context(), h.db.Read(), db.Value[bool],
				`SELECT MAX(xid) < pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM changes_log`)
			return err == nil && settled
		})
		var mu sync.Mutex
		var got []string
		seen := func() []string {
			mu.Lock()
			defer mu.Unlock()
			return slices.Clone(got)
		}
		stop, err := h.log.Tail(t.Context(), func(e plein.Event) {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, e.Name)
		})
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for i := range 600 { // more than it reads at once
			want = append(want, fmt.Sprintf("line-%03d", i))
		}
		if err := h.db.Tx(t.Context(), func(tx *db.Tx) error {
			for _, name := range want {
				if err := h.log.Tell(t.Context(), tx, plein.Event{Name: name}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		testkit.Eventually(t, "the tail sees all", func() bool { return len(seen()) >= len(want) })
		stop()
		h.tell("after the end")
		if !slices.Equal(seen(), want) {
			t.Errorf("the tail saw %d lines: %v…", len(seen()), seen()[:min(3, len(seen()))])
		}
	})
}
