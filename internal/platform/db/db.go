package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"plein/internal/plein"
)

// Engine is one of the two databases.
type Engine int

// The two engines that every SQL text must run on.
const (
	SQLite Engine = iota
	Postgres
)

// String gives the engine's name as goose and logs want it.
func (e Engine) String() string {
	if e == Postgres {
		return "postgres"
	}
	return "sqlite"
}

// Options say which database to open and how.
type Options struct {
	URL     string // "sqlite:/path/plein.db" or "postgres://…"
	Readers int    // reading connections; 0 means a sensible number
	Unsafe  bool   // allow settings that can lose acknowledged writes (unsafe_sync)
	Log     *slog.Logger
}

// Queryer is what a store reads through: the reader pool or a transaction.
type Queryer interface {
	Query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRow(ctx context.Context, query string, args ...any) *sql.Row
	Exec(ctx context.Context, query string, args ...any) (sql.Result, error)
	Engine() Engine
}

// DB is an open database.
type DB struct {
	engine Engine
	log    *slog.Logger
	write  *sql.DB // SQLite: exactly one connection
	read   *sql.DB
	lock   *fileLock
	group  *groupCommit // SQLite only
	once   *statements
}

// Open connects, checks that the engine keeps what it acknowledges, and refuses
// otherwise.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	switch {
	case strings.HasPrefix(o.URL, "sqlite:"):
		return openSQLite(ctx, o)
	case strings.HasPrefix(o.URL, "postgres://"), strings.HasPrefix(o.URL, "postgresql://"):
		return openPostgres(ctx, o)
	}
	return nil, fmt.Errorf("database: the address must begin with sqlite: or postgres://")
}

// Engine tells which database this is.
func (d *DB) Engine() Engine { return d.engine }

// SQL gives the pool that writes, for libraries that bring their own statements.
// On SQLite it has one connection, shared with Tx.
func (d *DB) SQL() *sql.DB { return d.write }

// Read gives the readers. They never write.
func (d *DB) Read() Queryer { return reader{d} }

// Ping says whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.read.PingContext(ctx) }

// Close waits for the last group of writes and lets go of the file.
func (d *DB) Close() error {
	if d.group != nil {
		d.group.stop()
	}
	d.once.close()
	err := errors.Join(d.read.Close(), d.write.Close())
	if d.lock != nil {
		err = errors.Join(err, d.lock.release())
	}
	return err
}

// Tx runs fn in one write transaction and returns when it is durable. fn must be
// short, must not do I/O of its own and must not call Tx: on SQLite it holds the
// only writer. An error or panic in fn undoes what fn wrote and nothing else.
func (d *DB) Tx(ctx context.Context, fn func(tx *Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d.group != nil {
		return d.group.run(ctx, fn)
	}
	return d.txPostgres(ctx, fn)
}

// Tx is a running write transaction.
type Tx struct {
	tx     *sql.Tx
	engine Engine
	after  []func()
	kept   *groupStatements // nil on PostgreSQL, whose driver prepares by itself
}

// SQL gives the transaction to libraries that take part in it (jobs).
func (t *Tx) SQL() *sql.Tx { return t.tx }

// Engine tells which database this is.
func (t *Tx) Engine() Engine { return t.engine }

// AfterCommit runs fn once the transaction is durable, in the order asked, and
// never when it was undone.
func (t *Tx) AfterCommit(fn func()) { t.after = append(t.after, fn) }

// Query reads inside the transaction.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	ctx = t.Uncut(ctx)
	if st := t.kept.prepared(ctx, query); st != nil {
		return st.QueryContext(ctx, args...)
	}
	return t.tx.QueryContext(ctx, query, args...)
}

// QueryRow reads one row inside the transaction.
func (t *Tx) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	ctx = t.Uncut(ctx)
	if st := t.kept.prepared(ctx, query); st != nil {
		return st.QueryRowContext(ctx, args...)
	}
	return t.tx.QueryRowContext(ctx, query, args...)
}

// Uncut gives a context that does not end while the transaction runs, where
// ending would harm others: SQLite answers a statement that is cut off by undoing
// the whole transaction, and that is shared with whoever writes at the same
// moment. Who uses SQL must pass it on.
func (t *Tx) Uncut(ctx context.Context) context.Context {
	if t.engine == SQLite {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

// Exec writes inside the transaction.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	ctx = t.Uncut(ctx)
	if st := t.kept.prepared(ctx, query); st != nil {
		return st.ExecContext(ctx, args...)
	}
	return t.tx.ExecContext(ctx, query, args...)
}

type reader struct{ d *DB }

func (r reader) Engine() Engine { return r.d.engine }

func (r reader) Query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	st, err := r.d.once.prepared(ctx, query)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

func (r reader) QueryRow(ctx context.Context, query string, args ...any) *sql.Row {
	st, err := r.d.once.prepared(ctx, query)
	if err != nil {
		return r.d.read.QueryRowContext(ctx, query, args...) // gives the same error to Scan
	}
	return st.QueryRowContext(ctx, args...)
}

func (r reader) Exec(context.Context, string, ...any) (sql.Result, error) {
	return nil, errors.New("database: the readers do not write; use Tx")
}

// Scanner is a row being read.
type Scanner interface{ Scan(dest ...any) error }

// All reads every row of a query.
func All[T any](ctx context.Context, q Queryer, scan func(Scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// One reads the first row of a query. No row is plein.ErrNotFound.
func One[T any](ctx context.Context, q Queryer, scan func(Scanner) (T, error), query string, args ...any) (T, error) {
	v, err := scan(q.QueryRow(ctx, query, args...))
	if errors.Is(err, sql.ErrNoRows) {
		var zero T
		return zero, plein.ErrNotFound
	}
	return v, err
}

// Value scans a row of one column.
func Value[T any](s Scanner) (v T, err error) {
	err = s.Scan(&v)
	return v, err
}

// Exec writes and tells how many rows it touched.
func Exec(ctx context.Context, q Queryer, query string, args ...any) (int64, error) {
	res, err := q.Exec(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// Micros is how times are stored: microseconds since 1970, UTC; 0 for none.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// FromMicros reads what Micros stored.
func FromMicros(v int64) time.Time {
	if v == 0 {
		return time.Time{}
	}
	return time.UnixMicro(v).UTC()
}
