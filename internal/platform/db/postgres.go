package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

func openPostgres(ctx context.Context, o Options) (*DB, error) {
	pool, err := sql.Open("pgx", o.URL)
	if err != nil {
		return nil, fmt.Errorf("database: %w", withoutPassword(err))
	}
	readers := max(16, o.Readers, runtime.NumCPU()*4) // writers too
	pool.SetMaxOpenConns(readers)
	pool.SetMaxIdleConns(readers)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	if err := assertPostgres(ctx, pool, o); err != nil {
		_ = pool.Close()
		return nil, err
	}
	return &DB{engine: Postgres, log: o.Log, write: pool, read: pool, once: newStatements(pool)}, nil
}

func assertPostgres(ctx context.Context, pool *sql.DB, o Options) error {
	var fsync, commit, checksums string
	var version int
	err := pool.QueryRowContext(ctx, `SELECT current_setting('fsync'), current_setting('synchronous_commit'),
		current_setting('data_checksums'), current_setting('server_version_num')::int`).Scan(&fsync, &commit, &checksums, &version)
	if err != nil {
		return fmt.Errorf("database: PostgreSQL does not answer: %w", withoutPassword(err))
	}
	if version < 140000 {
		return fmt.Errorf("database: PostgreSQL %d is too old; 14 or newer is needed", version/10000)
	}
	for name, value := range map[string]string{"fsync": fsync, "synchronous_commit": commit} {
		if value != "off" {
			continue
		}
		if !o.Unsafe {
			return fmt.Errorf("database: PostgreSQL has %s=off and can lose acknowledged writes; turn it on, or set unsafe_sync if you accept that", name)
		}
		o.Log.Warn("the database may lose acknowledged writes", name, "off")
	}
	if checksums != "on" {
		o.Log.Warn("PostgreSQL runs without data checksums; a flipped bit may go unseen", "cure", "pg_checksums --enable")
	}
	return nil
}

// withoutPassword keeps an address with a password out of logs.
func withoutPassword(err error) error {
	if err != nil && strings.Contains(err.Error(), "postgres") && strings.Contains(err.Error(), "@") {
		return errors.New("the address or the server refused the connection")
	}
	return err
}

func (d *DB) txPostgres(ctx context.Context, fn func(tx *Tx) error) (err error) {
	sqlTx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	t := &Tx{tx: sqlTx, engine: Postgres}
	defer func() {
		if p := recover(); p != nil {
			_ = sqlTx.Rollback()
			panic(p)
		}
	}()
	if err := fn(t); err != nil {
		_ = sqlTx.Rollback()
		return err
	}
	if err := sqlTx.Commit(); err != nil {
		return err
	}
	for _, fn := range t.after {
		fn()
	}
	return nil
}

func postgresConflict(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == "23505"
}

func postgresUnavailable(err error) bool {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		class := e.Code[:min(2, len(e.Code))]
		return class == "53" || class == "57" || class == "08" // resources, operator, connection
	}
	var c *pgconn.ConnectError
	return errors.As(err, &c)
}

// IsConflict says that a row with this key was already there.
func IsConflict(err error) bool { return sqliteConflict(err) || postgresConflict(err) }

// IsUnavailable says that the database cannot do its work now: the disk is full,
// or it is gone.
func IsUnavailable(err error) bool { return sqliteUnavailable(err) || postgresUnavailable(err) }
