package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/plein"
)

type letter struct {
	To int `json:"to"`
}

func (letter) Kind() string { return "test.letter" }

// note has letter's name and another shape: a job written by an older version.
type note struct {
	To string `json:"to"`
}

func (note) Kind() string { return "test.letter" }

type slow struct{}

func (slow) Kind() string           { return "test.slow" }
func (slow) MayTake() time.Duration { return time.Hour }

// quick is for tests in which jobs fail.
var quick = tuning{test: true, poll: 10 * time.Millisecond, pause: func(int) time.Duration { return time.Millisecond }}

// never is for tests in which no job may be found by polling.
var never = tuning{test: true, poll: time.Hour, pause: func(int) time.Duration { return time.Hour }}

func each(t *testing.T, tune tuning, fn func(t *testing.T, j *Jobs, d *db.DB)) {
	testkit.Each(t, func(t *testing.T, d *db.DB) { fn(t, ready(t, d, tune), d) })
}

func ready(t *testing.T, d *db.DB, tune tuning) *Jobs {
	t.Helper()
	j, err := open(d, slog.New(slog.DiscardHandler), tune)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return j
}

func start(t *testing.T, j *Jobs) {
	t.Helper()
	if err := j.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, j) })
}

func stop(t *testing.T, j *Jobs) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := j.Stop(ctx); err != nil {
		t.Errorf("stop: %v", err)
	}
}

func add(t *testing.T, j *Jobs, jobs ...Job) {
	t.Helper()
	err := j.db.Tx(t.Context(), func(tx *db.Tx) error {
		for _, job := range jobs {
			if err := j.Add(t.Context(), tx, job); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func counts(t *testing.T, j *Jobs) Counts {
	t.Helper()
	c, err := j.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func dead(t *testing.T, j *Jobs) []Dead {
	t.Helper()
	d, err := j.Dead(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Nothing polls here: a job that runs was woken by its own commit.
func TestAJobRunsAtOnce(t *testing.T) {
	each(t, never, func(t *testing.T, j *Jobs, d *db.DB) {
		ran := make(chan int, 10)
		Handle(j, func(_ context.Context, l letter) error { ran <- l.To; return nil })
		start(t, j)
		testkit.Eventually(t, "the first fetch, which River does by itself", func() bool {
			add(t, j, letter{0})
			select {
			case <-ran:
				return true
			default:
				return false
			}
		})
		add(t, j, letter{7})
		testkit.Eventually(t, "the job", func() bool {
			select {
			case to := <-ran:
				return to == 7
			default:
				return false
			}
		})
	})
}

func TestAJobGoesWithItsTransaction(t *testing.T) {
	each(t, quick, func(t *testing.T, j *Jobs, d *db.DB) {
		ran := make(chan int, 10)
		Handle(j, func(_ context.Context, l letter) error { ran <- l.To; return nil })
		undone := errors.New("undone")
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			if err := j.Add(t.Context(), tx, letter{1}); err != nil {
				return err
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		if c := counts(t, j); c != (Counts{}) {
			t.Fatalf("a job without its row: %+v", c)
		}
		add(t, j, letter{2})
		if c := counts(t, j); c != (Counts{Waiting: 1}) {
			t.Fatalf("got %+v", c)
		}
		start(t, j)
		testkit.Eventually(t, "the one job", func() bool { return len(ran) > 0 })
		if to := <-ran; to != 2 {
			t.Fatalf("ran %d", to)
		}
	})
}

func TestAJobForLater(t *testing.T) {
	each(t, quick, func(t *testing.T, j *Jobs, d *db.DB) {
		ran := make(chan int, 10)
		Handle(j, func(_ context.Context, l letter) error { ran <- l.To; return nil })
		at := func(l letter, when time.Time) {
			err := d.Tx(t.Context(), func(tx *db.Tx) error { return j.AddAt(t.Context(), tx, l, when) })
			if err != nil {
				t.Fatal(err)
			}
		}
		at(letter{1}, time.Now().Add(time.Hour))
		at(letter{2}, time.Now().Add(-time.Hour))
		start(t, j)
		testkit.Eventually(t, "the job whose time has come", func() bool { return len(ran) > 0 })
		if to := <-ran; to != 2 {
			t.Fatalf("ran %d", to)
		}
		if c := counts(t, j); c.Later != 1 || len(ran) != 0 {
			t.Fatalf("got %+v", c)
		}
	})
}

func TestFiveTriesAndThenTheListOfTheDead(t *testing.T) {
	each(t, quick, func(t *testing.T, j *Jobs, d *db.DB) {
		var tries, good atomic.Int32
		var mended atomic.Bool
		Handle(j, func(_ context.Context, l letter) error {
			if l.To >= 0 {
				good.Add(1)
				return nil
			}
			if mended.Load() {
				good.Add(1)
				return nil
			}
			if tries.Add(1)%2 == 0 {
				panic("no such street")
			}
			return plein.Wrap("mail.send", errors.New("the postman is ill\nand tired"))
		})
		start(t, j)
		add(t, j, letter{-1}, letter{1}, letter{2})
		testkit.Eventually(t, "the job is given up", func() bool { return len(dead(t, j)) == 1 })
		if n := tries.Load(); n != 5 {
			t.Errorf("%d tries", n)
		}
		testkit.Eventually(t, "what came behind it ran", func() bool { return good.Load() == 2 })
		got := dead(t, j)[0]
		if got.Kind != "test.letter" || got.Tries != 5 || !strings.Contains(got.Error, "the postman is ill") || strings.Contains(got.Error, "\n") || time.Since(got.At) > time.Hour {
			t.Errorf("got %+v", got)
		}
		if c := counts(t, j); c.Dead != 1 || c.Failing != 0 {
			t.Errorf("got %+v", c)
		}
		mended.Store(true)
		if err := j.Revive(t.Context(), got.ID); err != nil {
			t.Fatal(err)
		}
		testkit.Eventually(t, "the revived job ran", func() bool { return good.Load() == 3 })
		if err := j.Revive(t.Context(), 987654); !errors.Is(err, plein.ErrNotFound) {
			t.Errorf("reviving nothing: %v", err)
		}
	})
}

// A job that nobody can read is no crash and holds nothing up.
func TestAMalformedJobDiesAlone(t *testing.T) {
	each(t, quick, func(t *testing.T, j *Jobs, d *db.DB) {
		var good atomic.Int32
		Handle(j, func(context.Context, letter) error { good.Add(1); return nil })
		start(t, j)
		add(t, j, note{"somebody"}, letter{1})
		testkit.Eventually(t, "the good one ran and the bad one is dead", func() bool {
			return good.Load() == 1 && len(dead(t, j)) == 1
		})
	})
}

func TestAKindWithoutAHandlerIsRefused(t *testing.T) {
	each(t, quick, func(t *testing.T, j *Jobs, d *db.DB) {
		Handle(j, func(context.Context, letter) error { return nil })
		err := d.Tx(t.Context(), func(tx *db.Tx) error { return j.Add(t.Context(), tx, slow{}) })
		if err == nil || !strings.Contains(err.Error(), "test.slow") {
			t.Fatalf("got %v", err)
		}
		if c := counts(t, j); c != (Counts{}) {
			t.Fatalf("got %+v", c)
		}
	})
}

// What ran when the machine stopped is taken up at the next start, on the engine
// where only one process can have run it; what stopped it five times is dead.
func TestWhatWasRunningIsTakenUp(t *testing.T) {
	d := testkit.SQLite(t)
	j := ready(t, d, quick)
	ran := make(chan int, 10)
	Handle(j, func(_ context.Context, l letter) error { ran <- l.To; return nil })
	add(t, j, letter{1}, letter{2})
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE river_job SET state = 'running', attempted_at = CURRENT_TIMESTAMP,
			attempt = CASE WHEN json_extract(CAST(args AS TEXT), '$.to') = 2 THEN 5 ELSE 1 END`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if c := counts(t, j); c.Running != 2 {
		t.Fatalf("got %+v", c)
	}
	start(t, j)
	testkit.Eventually(t, "the job runs again", func() bool { return len(ran) == 1 })
	if to := <-ran; to != 1 {
		t.Fatalf("ran %d", to)
	}
	if l := dead(t, j); len(l) != 1 || !strings.Contains(l[0].Error, "Plein stopped") {
		t.Fatalf("dead: %+v", l)
	}
}

func TestStoppingWaitsForWhatRuns(t *testing.T) {
	each(t, quick, func(t *testing.T, j *Jobs, d *db.DB) {
		begun, finish := make(chan struct{}), make(chan struct{})
		var done atomic.Bool
		Handle(j, func(ctx context.Context, _ slow) error {
			close(begun)
			<-finish
			if end, ok := ctx.Deadline(); !ok || time.Until(end) < 30*time.Minute {
				t.Errorf("a lasting job has until %v", end)
			}
			done.Store(ctx.Err() == nil)
			return nil
		})
		ctx, cancel := context.WithCancel(t.Context())
		if err := j.Start(ctx); err != nil {
			t.Fatal(err)
		}
		add(t, j, slow{})
		<-begun
		cancel() // the signal to stop does not reach what runs
		stopped := make(chan struct{})
		go func() { stop(t, j); close(stopped) }()
		close(finish)
		<-stopped
		if !done.Load() {
			t.Error("the running job was cut off")
		}
		if c := counts(t, j); c != (Counts{}) {
			t.Errorf("got %+v", c)
		}
	})
}

func TestStoppingEndsWhatDoesNotEnd(t *testing.T) {
	each(t, quick, func(t *testing.T, j *Jobs, d *db.DB) {
		begun := make(chan struct{})
		Handle(j, func(ctx context.Context, _ slow) error {
			close(begun)
			<-ctx.Done()
			return ctx.Err()
		})
		if err := j.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		add(t, j, slow{})
		<-begun
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := j.Stop(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
		if c := counts(t, j); c.Running != 0 || c.Waiting+c.Failing != 1 {
			t.Errorf("the job must be tried again: %+v", c)
		}
	})
}

// Writers and workers share SQLite's one connection; nobody may be locked out.
func TestWritersAndWorkersTogether(t *testing.T) {
	each(t, quick, func(t *testing.T, j *Jobs, d *db.DB) {
		var mu sync.Mutex
		ran := map[int]int{}
		Handle(j, func(ctx context.Context, l letter) error {
			mu.Lock()
			ran[l.To]++
			mu.Unlock()
			return d.Tx(ctx, func(tx *db.Tx) error { return nil }) // handlers write too
		})
		start(t, j)
		const writers, each = 16, 10
		errs := make(chan error, writers*each)
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					err := d.Tx(t.Context(), func(tx *db.Tx) error { return j.Add(t.Context(), tx, letter{w*each + i}) })
					if err != nil {
						errs <- fmt.Errorf("%d: %w", w*each+i, err)
					}
				}
			})
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			t.Error(err)
		}
		testkit.Eventually(t, "every job has run", func() bool {
			mu.Lock()
			defer mu.Unlock()
			return len(ran) == writers*each
		})
		mu.Lock()
		defer mu.Unlock()
		for to, n := range ran {
			if n != 1 {
				t.Errorf("job %d ran %d times", to, n)
			}
		}
	})
}

func TestPausesGrow(t *testing.T) {
	pause, before := defaults().pause, time.Duration(0)
	for failed := 1; failed < tries; failed++ {
		if p := pause(failed); p <= before {
			t.Errorf("after %d failures %v, before it %v", failed, p, before)
		} else {
			before = p
		}
	}
	if pause(0) != pause(1) || pause(100) != before {
		t.Error("a number out of range must give the nearest pause")
	}
}

func TestWithoutHandlersNothingStarts(t *testing.T) {
	j := ready(t, testkit.SQLite(t), quick)
	if err := j.Migrate(t.Context()); err != nil {
		t.Errorf("migrating twice: %v", err)
	}
	start(t, j)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a handler came after the start")
			}
		}()
		Handle(j, func(context.Context, letter) error { return nil })
	}()
}
