package db_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/plein"
)

var notes = db.Migrations{Owner: "notes", FS: fstest.MapFS{
	"0001_notes.sql": {Data: []byte("-- +goose Up\nCREATE TABLE notes_notes (id BIGINT PRIMARY KEY, text TEXT NOT NULL, loud BOOLEAN NOT NULL DEFAULT FALSE, raw BYTEA);\n")},
}}

func insert(tx *db.Tx, id plein.ID, text string) error {
	_, err := tx.Exec(context.Background(), "INSERT INTO notes_notes (id, text) VALUES ($1, $2)", id, text)
	return err
}

func count(t *testing.T, d *db.DB) int {
	t.Helper()
	n, err := db.One(context.Background(), d.Read(), db.Value[int], "SELECT COUNT(*) FROM notes_notes")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWritesAreSeenAfterTheyReturn(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() {
				id := plein.ID(i + 1)
				if err := d.Tx(ctx, func(tx *db.Tx) error { return insert(tx, id, "x") }); err != nil {
					t.Error(err)
					return
				}
				if _, err := db.One(ctx, d.Read(), db.Value[string], "SELECT text FROM notes_notes WHERE id = $1", id); err != nil {
					t.Errorf("written %d is not read: %v", id, err)
				}
			})
		}
		wg.Wait()
		if n := count(t, d); n != 200 {
			t.Fatalf("%d of 200 rows are there", n)
		}
	}, notes)
}

func TestAFailureUndoesOnlyItself(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		refused := errors.New("refused")
		var after atomic.Int32
		var wg sync.WaitGroup
		for i := range 90 {
			wg.Go(func() {
				defer func() {
					if p := recover(); (p != nil) != (i%3 == 2) {
						t.Errorf("write %d: panic %v", i, p)
					}
				}()
				err := d.Tx(ctx, func(tx *db.Tx) error {
					tx.AfterCommit(func() { after.Add(1) })
					if err := insert(tx, plein.ID(i+1), "x"); err != nil {
						return err
					}
					switch i % 3 {
					case 1:
						return refused
					case 2:
						panic("broken")
					}
					return nil
				})
				if (i%3 == 1) != errors.Is(err, refused) {
					t.Errorf("write %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if n := count(t, d); n != 30 || after.Load() != 30 {
			t.Fatalf("%d rows and %d after-commits, want 30 and 30", n, after.Load())
		}
	}, notes)
}

func TestConflictsAreKnown(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		put := func() error { return d.Tx(ctx, func(tx *db.Tx) error { return insert(tx, 7, "x") }) }
		if err := put(); err != nil {
			t.Fatal(err)
		}
		if err := put(); !db.IsConflict(err) {
			t.Fatalf("the same key twice: %v", err)
		}
		if _, err := db.One(ctx, d.Read(), db.Value[string], "SELECT text FROM notes_notes WHERE id = $1", 8); !errors.Is(err, plein.ErrNotFound) {
			t.Fatalf("no row: %v", err)
		}
	}, notes)
}

func TestReadersDoNotWrite(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		if _, err := d.Read().Exec(context.Background(), "DELETE FROM notes_notes"); err == nil {
			t.Fatal("a reader wrote")
		}
	}, notes)
}

func TestListsAndTimes(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		err := d.Tx(ctx, func(tx *db.Tx) error {
			for i := range 10 {
				if err := insert(tx, plein.ID(i+1), fmt.Sprintf(`t"%d`, i+1)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		e := d.Engine()
		ids, err := db.All(ctx, d.Read(), db.Value[plein.ID], "SELECT id FROM notes_notes WHERE "+db.In(e, "id", "$1")+" ORDER BY id", db.List(e, []plein.ID{3, 9, 77}))
		if err != nil || len(ids) != 2 || ids[0] != 3 || ids[1] != 9 {
			t.Fatalf("numbers: %v %v", ids, err)
		}
		ids, err = db.All(ctx, d.Read(), db.Value[plein.ID], "SELECT id FROM notes_notes WHERE "+db.In(e, "text", "$1"), db.List(e, []string{`t"4`, "'"}))
		if err != nil || len(ids) != 1 || ids[0] != 4 {
			t.Fatalf("texts: %v %v", ids, err)
		}
		none, err := db.All(ctx, d.Read(), db.Value[plein.ID], "SELECT id FROM notes_notes WHERE "+db.In(e, "id", "$1"), db.List[plein.ID](e, nil))
		if err != nil || len(none) != 0 {
			t.Fatalf("an empty list: %v %v", none, err)
		}
	}, notes)
	now := time.Now().Truncate(time.Microsecond)
	if !db.FromMicros(db.Micros(now)).Equal(now) || !db.FromMicros(db.Micros(time.Time{})).IsZero() {
		t.Fatal("times do not come back")
	}
}

func TestUnsafeSettingsAreRefused(t *testing.T) {
	ctx := context.Background()
	file := filepath.Join(t.TempDir(), "plein.db")
	for _, level := range []string{"normal", "off"} {
		address := "sqlite:" + file + "?synchronous=" + level
		if _, err := db.Open(ctx, db.Options{URL: address}); err == nil || !strings.Contains(err.Error(), "unsafe_sync") {
			t.Errorf("synchronous=%s: %v", level, err)
		}
		d, err := db.Open(ctx, db.Options{URL: address, Unsafe: true})
		if err != nil {
			t.Fatalf("synchronous=%s by name: %v", level, err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, address := range []string{"", "mysql://x", "sqlite:", "sqlite::memory:", "sqlite:x.db?cache=shared"} {
		if _, err := db.Open(ctx, db.Options{URL: address}); err == nil {
			t.Errorf("%q was opened", address)
		}
	}
}

func TestOneFileHasOneOwner(t *testing.T) {
	ctx := context.Background()
	address := "sqlite:" + filepath.Join(t.TempDir(), "plein.db")
	first, err := db.Open(ctx, db.Options{URL: address})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Open(ctx, db.Options{URL: address}); err == nil || !strings.Contains(err.Error(), "another Plein") {
		t.Fatalf("a second instance: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := db.Open(ctx, db.Options{URL: address})
	if err != nil {
		t.Fatalf("after the first has gone: %v", err)
	}
	_ = second.Close()
}

func TestMigrationsRunOnceAndInOrder(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		more := db.Migrations{Owner: "notes", FS: fstest.MapFS{
			"0001_notes.sql": notes.FS.(fstest.MapFS)["0001_notes.sql"],
			"0002_more.sql":  {Data: []byte("-- +goose Up\nALTER TABLE notes_notes ADD COLUMN more TEXT NOT NULL DEFAULT '';\n")},
		}}
		for range 2 {
			if err := d.Migrate(context.Background(), more); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := db.All(context.Background(), d.Read(), db.Value[string], "SELECT more FROM notes_notes"); err != nil {
			t.Fatal(err)
		}
	}, notes)
}

func TestACancelledWriteIsNotMade(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := d.Tx(ctx, func(tx *db.Tx) error { return insert(tx, 1, "x") }); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if n := count(t, d); n != 0 {
			t.Fatalf("%d rows", n)
		}
	}, notes)
}

// Requests are cut off all the time. On SQLite a statement that is cut off takes
// its whole transaction with it, and that is shared by everybody who writes then.
func TestACutOffWriteHarmsNobodyElse(t *testing.T) {
	const slow = `INSERT INTO notes_notes (id, text) WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 600000)
		SELECT 1000, CAST(COUNT(*) AS TEXT) FROM c`
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		bg := context.Background()
		entered, gate := make(chan struct{}), make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			err := d.Tx(bg, func(tx *db.Tx) error {
				close(entered)
				<-gate
				return insert(tx, 1, "before")
			})
			if err != nil {
				t.Errorf("the one before was harmed: %v", err)
			}
		})
		<-entered
		var cut error
		wg.Go(func() {
			cut = d.Tx(bg, func(tx *db.Tx) error {
				short, cancel := context.WithTimeout(bg, 20*time.Millisecond) // ends within the statement
				defer cancel()
				_, err := tx.Exec(short, slow)
				return err
			})
		})
		for i := range 5 {
			wg.Go(func() {
				if err := d.Tx(bg, func(tx *db.Tx) error { return insert(tx, plein.ID(i+2), "x") }); err != nil {
					t.Errorf("another was harmed: %v", err)
				}
			})
		}
		close(gate)
		wg.Wait()
		want := 6
		if cut == nil {
			want++
		}
		if n := count(t, d); n != want {
			t.Fatalf("%d rows are there, %d were acknowledged", n, want)
		}
	}, notes)
}

// A full disk makes SQLite undo the whole transaction by itself. Everybody in it
// must hear so, and nothing that ran behind it may be kept.
func TestALostTransactionIsAnsweredHonestly(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		if d.Engine() != db.SQLite {
			return // on PostgreSQL every write has its own
		}
		ctx := context.Background()
		entered, gate := make(chan struct{}), make(chan struct{})
		var wg sync.WaitGroup
		errs := make([]error, 9)
		wg.Go(func() {
			errs[0] = d.Tx(ctx, func(tx *db.Tx) error {
				close(entered)
				<-gate
				return insert(tx, 1, "before")
			})
		})
		<-entered
		for i := 1; i < len(errs); i++ {
			wg.Go(func() {
				errs[i] = d.Tx(ctx, func(tx *db.Tx) error {
					if i%4 == 0 {
						_, err := tx.Exec(ctx, "ROLLBACK")
						return err
					}
					return insert(tx, plein.ID(i+1), "x")
				})
			})
		}
		close(gate)
		wg.Wait()
		acknowledged := 0
		for _, err := range errs[:] {
			if err == nil {
				acknowledged++
			}
		}
		if n := count(t, d); n != acknowledged {
			t.Fatalf("%d rows are there, %d were acknowledged: %v", n, acknowledged, errs)
		}
		if err := d.Tx(ctx, func(tx *db.Tx) error { return insert(tx, 100, "afterwards") }); err != nil {
			t.Fatalf("writing afterwards: %v", err)
		}
	}, notes)
}

// BenchmarkDurableWrites compares many writers (group commit) with one at a time:
// the ratio, not the time, is the figure.
func BenchmarkDurableWrites(b *testing.B) {
	for _, writers := range []int{1, 64} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			d := testkit.SQLite(b, notes)
			var next atomic.Int64
			b.SetParallelism(writers)
			if writers == 1 {
				for b.Loop() {
					id := plein.ID(next.Add(1))
					if err := d.Tx(context.Background(), func(tx *db.Tx) error { return insert(tx, id, "x") }); err != nil {
						b.Fatal(err)
					}
				}
				return
			}
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					id := plein.ID(next.Add(1))
					if err := d.Tx(context.Background(), func(tx *db.Tx) error { return insert(tx, id, "x") }); err != nil {
						b.Error(err)
					}
				}
			})
		})
	}
}
