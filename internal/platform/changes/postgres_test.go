package changes_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"plein/internal/platform/changes"
	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/plein"
)

// onPostgres runs a test where several transactions can be open at once.
func onPostgres(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		if d.Engine() == db.Postgres {
			withNotes(t, d)
			fn(t, newHouse(t, d))
		}
	}, changes.Migrations())
}

// hold tells a line in a transaction that stays open until it is released.
func (h *house) hold(name string) (release func()) {
	h.t.Helper()
	open, gate, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- h.db.Tx(context.Background(), func(tx *db.Tx) error {
			err := h.log.Tell(context.Background(), tx, plein.Event{Name: name})
			close(open)
			<-gate
			return err
		})
	}()
	<-open
	return sync.OnceFunc(func() {
		close(gate)
		if err := <-done; err != nil {
			h.t.Errorf("%s: %v", name, err)
		}
	})
}

func (h *house) seqs(after int64) []int64 {
	h.t.Helper()
	seqs, err := db.All(context.Background(), h.db.Read(), db.Value[int64], `SELECT seq FROM changes_log WHERE seq > $1 ORDER BY seq`, after)
	if err != nil {
		h.t.Fatal(err)
	}
	return seqs
}

func TestALateCommitIsNotSkipped(t *testing.T) {
	onPostgres(t, func(t *testing.T, h *house) {
		var mu sync.Mutex
		var tailed []string
		stop, err := h.log.Tail(t.Context(), func(e plein.Event) {
			mu.Lock()
			defer mu.Unlock()
			tailed = append(tailed, e.Name)
		})
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		h.run(notes("one", 1))

		release := h.hold("late") // took number 1, will commit last
		defer release()
		h.tell("early") // takes number 2, commits first
		naive := h.seqs(0)
		if len(naive) != 1 {
			t.Fatalf("a reader sees lines %v, want only the early one", naive)
		}
		// The follower must meet the early line only behind the late one. It has
		// every chance to go wrong: it was woken, and it looks every second.
		testkit.Eventually(t, "the early line is a lag of the follower", func() bool {
			lags, err := h.log.Lags(t.Context())
			return err == nil && len(lags) == 1 && lags[0].Lines == 1
		})
		release()
		if rest := h.seqs(naive[0]); len(rest) != 0 {
			t.Fatalf("lines %v: this test no longer shows why numbers alone do not do", rest)
		}
		want := []string{"late", "early"}
		testkit.Eventually(t, "the follower handles both", func() bool { return len(h.noted("one")) == 2 })
		if got := h.noted("one"); !slices.Equal(got, want) {
			t.Errorf("the follower met %v, want %v", got, want)
		}
		testkit.Eventually(t, "the tail sees both", func() bool {
			mu.Lock()
			defer mu.Unlock()
			return slices.Equal(tailed, want)
		})
	})
}

func TestManyCommitsOutOfOrder(t *testing.T) {
	onPostgres(t, func(t *testing.T, h *house) {
		h.run(notes("one", 3))
		const rounds = 12
		for range rounds {
			var open []func()
			for range 4 {
				open = append(open, h.hold("held"))
			}
			h.tell("free")
			for i := len(open) - 1; i >= 0; i-- { // the first number commits last
				open[i]()
				h.tell("free")
			}
		}
		testkit.Eventually(t, "every line is handled", func() bool { return len(h.noted("one")) == rounds*9 })
	})
}

func TestTwoProcessesUnderOneNameShareTheWork(t *testing.T) {
	onPostgres(t, func(t *testing.T, _ *house) { shareTheWork(t) }) // SQLite has one process
}

func shareTheWork(t *testing.T) {
	nodes := twoNodes(t)
	const lines = 120
	stopA, stopB := nodes[0].run(notes("shared", 2)), nodes[1].run(notes("shared", 2))
	var wg sync.WaitGroup
	for _, n := range nodes {
		wg.Go(func() {
			for range lines / 2 {
				n.tell("line")
			}
		})
	}
	wg.Wait()
	testkit.Eventually(t, "every line is handled", func() bool { return len(nodes[0].noted("shared")) >= lines })
	stopA()
	stopB()
	if got := len(nodes[0].noted("shared")); got != lines {
		t.Errorf("%d lines handled, want %d", got, lines)
	}
}

// twoNodes opens one database twice, as two processes would.
func twoNodes(t *testing.T) (nodes [2]*house) {
	t.Helper()
	url := testkit.PostgresURL(t)
	for i := range nodes {
		d, err := db.Open(t.Context(), db.Options{URL: url, Log: quiet})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		nodes[i] = newHouse(t, d)
	}
	if err := nodes[0].db.Migrate(t.Context(), changes.Migrations()); err != nil {
		t.Fatal(err)
	}
	withNotes(t, nodes[0].db)
	return nodes
}

func TestTheOtherProcessWaitsWhileOneHandlesABatch(t *testing.T) {
	onPostgres(t, func(t *testing.T, _ *house) {
		nodes := twoNodes(t)
		nodes[0].tell("a")
		inside, gate := make(chan struct{}), make(chan struct{})
		slow := notes("shared", 0)
		write := slow.Follow
		slow.Follow = func(ctx context.Context, tx *db.Tx, events []plein.Event) error {
			close(inside)
			<-gate
			return write(ctx, tx, events)
		}
		stopA := nodes[0].run(slow)
		<-inside
		var started atomic.Bool
		other := notes("shared", 0)
		other.Follow = func(ctx context.Context, tx *db.Tx, events []plein.Event) error {
			started.Store(true)
			return write(ctx, tx, events)
		}
		stopB := nodes[1].run(other)
		testkit.Eventually(t, "the other process comes to the line", func() bool {
			waiting, err := db.One(t.Context(), nodes[0].db.Read(), db.Value[int], `SELECT COUNT(*) FROM pg_locks w
				JOIN pg_locks h ON h.transactionid = w.transactionid AND h.granted JOIN pg_stat_activity a ON a.pid = w.pid
				WHERE NOT w.granted AND a.query LIKE '%changes_cursors%'`)
			if err != nil {
				t.Fatal(err)
			}
			return waiting > 0 || started.Load()
		})
		if started.Load() {
			t.Error("two processes handle the same lines at once")
		}
		close(gate)
		testkit.Eventually(t, "the line is handled", func() bool { return len(nodes[0].noted("shared")) == 1 })
		stopA()
		stopB()
		if got := nodes[0].noted("shared"); len(got) != 1 {
			t.Errorf("handled %v", got)
		}
	})
}

// A database that was restored on another server: its transaction ids are ahead
// of the server's own.
func TestALogFromAnotherServerGoesOn(t *testing.T) {
	onPostgres(t, func(t *testing.T, h *house) {
		h.tell("handled")
		stop := h.run(notes("one", 0))
		testkit.Eventually(t, "the first line is handled", func() bool { return len(h.noted("one")) == 1 })
		stop()
		h.tell("waiting-1")
		h.tell("waiting-2")
		if err := h.db.Tx(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.Exec(t.Context(), `UPDATE changes_log SET xid = 1000000000000 + seq`); err != nil {
				return err
			}
			_, err := tx.Exec(t.Context(), `UPDATE changes_cursors SET xid = 1000000000001, seq = 1`)
			return err
		}); err != nil {
			t.Fatal(err)
		}

		restored := &house{t: t, db: h.db, bus: h.bus, clock: h.clock, log: changes.New(h.db, h.bus, h.clock, quiet)}
		var wg sync.WaitGroup
		for range 20 { // more than there are connections, all at once
			wg.Go(func() { restored.tell("new") })
		}
		wg.Wait()
		restored.run(notes("one", 0), notes("fresh", 0))
		testkit.Eventually(t, "all lines are handled", func() bool {
			return len(h.noted("one")) == 23 && len(h.noted("fresh")) == 23
		})
		want := []string{"handled", "waiting-1", "waiting-2", "new"}
		for _, f := range []string{"one", "fresh"} {
			if got := slices.Compact(h.noted(f)); !slices.Equal(got, want) {
				t.Errorf("%s met %v, want %v", f, got, want)
			}
		}
	})
}

func TestRunEndsWithItsContext(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		inside := make(chan struct{})
		done := make(chan error, 1)
		go func() {
			done <- h.log.Run(ctx, changes.Follower{Name: "one", Follow: func(ctx context.Context, _ *db.Tx, _ []plein.Event) error {
				close(inside)
				<-ctx.Done()
				return ctx.Err()
			}})
		}()
		h.tell("a")
		<-inside
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run ended with %v", err)
		}
	})
}
