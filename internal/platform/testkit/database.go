package testkit

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

// PostgresEnv names the address of a server on which tests may make schemas.
// `make test` starts one and sets it.
const PostgresEnv = "PLEIN_TEST_POSTGRES"

// Each runs a test on every engine: SQLite always, PostgreSQL where a server was
// given. `make test` always gives one, and TestBothEngines proves it.
func Each(t *testing.T, fn func(t *testing.T, d *db.DB), migrations ...db.Migrations) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t, migrations...)) })
	if os.Getenv(PostgresEnv) != "" {
		t.Run("postgres", func(t *testing.T) { fn(t, Postgres(t, migrations...)) })
	}
}

// Open opens a fresh database of one engine.
func Open(t testing.TB, e db.Engine, migrations ...db.Migrations) *db.DB {
	t.Helper()
	if e == db.Postgres {
		return Postgres(t, migrations...)
	}
	return SQLite(t, migrations...)
}

// SQLite opens a fresh file that goes away with the test.
func SQLite(t testing.TB, migrations ...db.Migrations) *db.DB {
	t.Helper()
	return open(t, "sqlite:"+filepath.Join(t.TempDir(), "plein.db"), migrations)
}

// Postgres makes a fresh schema that goes away with the test.
func Postgres(t testing.TB, migrations ...db.Migrations) *db.DB {
	t.Helper()
	return open(t, PostgresURL(t), migrations)
}

// PostgresURL gives the address of a fresh schema that goes away with the test.
func PostgresURL(t testing.TB) string {
	t.Helper()
	base := os.Getenv(PostgresEnv)
	if base == "" {
		t.Fatalf("%s is not set; run the tests through make test", PostgresEnv)
	}
	admin, err := sql.Open("pgx", base)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.ToLower("t_" + plein.NewID(SystemNow()).String())
	if _, err := admin.Exec("CREATE SCHEMA " + name); err != nil {
		t.Fatalf("a schema for this test: %v", err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec("DROP SCHEMA " + name + " CASCADE"); err != nil {
			t.Errorf("the test's schema stays behind: %v", err)
		}
		_ = admin.Close()
	})
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

func open(t testing.TB, address string, migrations []db.Migrations) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), db.Options{URL: address, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if err := d.Migrate(context.Background(), migrations...); err != nil {
		t.Fatal(err)
	}
	return d
}

// Shared gives the path of the reference data beside the repository, and says
// clearly when it is not there.
func Shared(t testing.TB, elem ...string) string {
	t.Helper()
	root := os.Getenv("PLEIN_SHARED")
	if root == "" {
		root = filepath.Join(RepoRoot(t), "..", "shared")
	}
	path := filepath.Join(append([]string{root}, elem...)...)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("this test reads real data at %s, which is not there; set PLEIN_SHARED to the folder that holds data/", path)
	}
	return path
}

// RepoRoot finds the folder that holds go.mod.
func RepoRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal(fmt.Errorf("no go.mod above %s", dir))
		}
		dir = parent
	}
}
