package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// minSQLite is the first engine without the WAL-reset corruption bug (STACK
// section 1).
var minSQLite = [3]int{3, 53, 0}

func openSQLite(ctx context.Context, o Options) (_ *DB, err error) {
	path, extra, err := sqlitePath(o.URL)
	if err != nil {
		return nil, err
	}
	sync := "FULL"
	if v := extra.Get("synchronous"); v != "" {
		sync = strings.ToUpper(v)
	}
	switch sync {
	case "FULL", "EXTRA":
	case "NORMAL", "OFF":
		if !o.Unsafe {
			return nil, fmt.Errorf("database: synchronous=%s can lose acknowledged writes in a power cut; remove it, or set unsafe_sync if you accept that", sync)
		}
		o.Log.Warn("the database may lose acknowledged writes in a power cut", "synchronous", sync)
	default:
		return nil, fmt.Errorf("database: synchronous=%s is not FULL, EXTRA, NORMAL or OFF", sync)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	// SQLite gives its other files the same rights as this one.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = lock.release()
		}
	}()

	dsn := func(mode string, pragmas ...string) string {
		q := url.Values{"_txlock": {"immediate"}}
		if mode == "ro" {
			q.Set("mode", "ro")
			q.Set("_txlock", "deferred")
		}
		for _, p := range append([]string{"busy_timeout(10000)", "foreign_keys(1)", "temp_store(2)"}, pragmas...) {
			q.Add("_pragma", p)
		}
		return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
	}
	write, err := sql.Open("sqlite", dsn("rw", "journal_mode(wal)", "synchronous("+sync+")", "cache_size(-16000)", "wal_autocheckpoint(4000)", "journal_size_limit(67108864)"))
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	write.SetMaxOpenConns(1)
	write.SetConnMaxLifetime(0)
	if err := assertSQLite(ctx, write, sync); err != nil {
		_ = write.Close()
		return nil, err
	}
	read, err := sql.Open("sqlite", dsn("ro", "query_only(1)", "cache_size(-8000)"))
	if err != nil {
		_ = write.Close()
		return nil, fmt.Errorf("database: %w", err)
	}
	readers := o.Readers
	if readers == 0 {
		readers = max(2, runtime.NumCPU()*2)
	}
	read.SetMaxOpenConns(readers)
	read.SetMaxIdleConns(readers)
	return &DB{engine: SQLite, log: o.Log, write: write, read: read, lock: lock,
		group: newGroupCommit(write), once: newStatements(read)}, nil
}

// sqlitePath splits "sqlite:/path/plein.db?synchronous=full".
func sqlitePath(address string) (string, url.Values, error) {
	rest := strings.TrimPrefix(address, "sqlite:")
	path, query, _ := strings.Cut(rest, "?")
	extra, err := url.ParseQuery(query)
	if err != nil || path == "" || path == ":memory:" {
		return "", nil, errors.New("database: a SQLite address looks like sqlite:/var/lib/plein/plein.db")
	}
	for k := range extra {
		if k != "synchronous" {
			return "", nil, fmt.Errorf("database: %q is not a setting of a SQLite address", k)
		}
	}
	return path, extra, nil
}

// assertSQLite asks the engine itself, because an address can say anything.
func assertSQLite(ctx context.Context, w *sql.DB, sync string) error {
	var version, mode string
	var level int
	row := w.QueryRowContext(ctx, "SELECT sqlite_version(), (SELECT journal_mode FROM pragma_journal_mode), (SELECT synchronous FROM pragma_synchronous)")
	if err := row.Scan(&version, &mode, &level); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	if olderThan(version, minSQLite) {
		return fmt.Errorf("database: SQLite %s has a known corruption bug; 3.53.0 or newer is needed", version)
	}
	if mode != "wal" {
		return fmt.Errorf("database: the file system does not allow write-ahead logging (journal mode %s); put the data folder on a local disk", mode)
	}
	want := map[string]int{"OFF": 0, "NORMAL": 1, "FULL": 2, "EXTRA": 3}[sync]
	if level != want {
		return fmt.Errorf("database: asked for synchronous=%s, the engine answers %d", sync, level)
	}
	return nil
}

func olderThan(version string, want [3]int) bool {
	parts := strings.Split(version, ".")
	for i, w := range want {
		v := 0
		if i < len(parts) {
			v, _ = strconv.Atoi(parts[i])
		}
		if v != w {
			return v < w
		}
	}
	return false
}

func sqliteCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

func sqliteConflict(err error) bool {
	code := sqliteCode(err)
	return code == sqlite3.SQLITE_CONSTRAINT_UNIQUE || code == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
}

func sqliteUnavailable(err error) bool {
	switch sqliteCode(err) & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_READONLY:
		return true
	}
	return false
}
