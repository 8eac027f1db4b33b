package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// A group is what one fsync pays for. It ends when nobody is waiting, when it
// holds maxGroup writes, or when it has been open for maxGroupTime.
const (
	maxGroup     = 256
	maxGroupTime = 5 * time.Millisecond
)

// groupCommit is SQLite's one writer. Callers hand over a function; the writer
// runs each in a savepoint of a shared transaction and answers after the commit.
type groupCommit struct {
	db    *sql.DB
	queue chan *groupWrite
	quit  chan struct{}
	done  chan struct{}
}

type groupWrite struct {
	ctx    context.Context
	fn     func(*Tx) error
	after  []func()
	err    error
	panics any
	ready  chan struct{}
}

func newGroupCommit(db *sql.DB) *groupCommit {
	g := &groupCommit{
		db:    db,
		queue: make(chan *groupWrite, maxGroup),
		quit:  make(chan struct{}),
		done:  make(chan struct{}),
	}
	go g.loop()
	return g
}

func (g *groupCommit) stop() {
	close(g.quit)
	<-g.done
}

func (g *groupCommit) run(ctx context.Context, fn func(*Tx) error) error {
	w := &groupWrite{ctx: ctx, fn: fn, ready: make(chan struct{})}
	select {
	case g.queue <- w:
	case <-ctx.Done():
		return ctx.Err()
	case <-g.quit:
		return sql.ErrConnDone
	}
	// Once queued the write will be decided; leaving early would hide whether it
	// was committed.
	<-w.ready
	if w.panics != nil {
		panic(w.panics)
	}
	if w.err != nil {
		return w.err
	}
	for _, fn := range w.after {
		fn()
	}
	return nil
}

func (g *groupCommit) loop() {
	defer close(g.done)
	for {
		select {
		case w := <-g.queue:
			g.commitGroup(w)
		case <-g.quit:
			for { // answer whoever got in before the door closed
				select {
				case w := <-g.queue:
					g.commitGroup(w)
				default:
					return
				}
			}
		}
	}
}

func (g *groupCommit) commitGroup(first *groupWrite) {
	began := time.Now()
	tx, err := g.db.BeginTx(context.Background(), nil)
	if err != nil {
		first.err = err
		close(first.ready)
		return
	}
	group := make([]*groupWrite, 0, 16)
	kept := &groupStatements{tx: tx}
	var lost error
	for w := first; w != nil; {
		lost = g.runOne(tx, kept, w)
		group = append(group, w)
		w = nil
		if lost != nil {
			break
		}
		if len(group) < maxGroup && time.Since(began) < maxGroupTime {
			select {
			case w = <-g.queue:
			default:
			}
		}
	}
	err = lost
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		_ = tx.Rollback()
		for _, w := range group {
			if w.err == nil && w.panics == nil {
				w.err = err
			}
		}
	}
	for _, w := range group {
		close(w.ready)
	}
}

// runOne runs one write in its own savepoint, so that its failure is its own. It
// gives an error when the whole transaction is gone: SQLite undoes all of it by
// itself when the disk is full or fails. Nothing more may run then, because it
// would be kept at once, whatever is answered.
func (g *groupCommit) runOne(tx *sql.Tx, kept *groupStatements, w *groupWrite) (lost error) {
	if err := w.ctx.Err(); err != nil {
		w.err = err
		return nil
	}
	bg := context.Background()
	t := &Tx{tx: tx, engine: SQLite, kept: kept}
	if _, w.err = t.Exec(bg, "SAVEPOINT one"); w.err != nil {
		return w.err
	}
	func() {
		defer func() { w.panics = recover() }()
		w.err = w.fn(t)
	}()
	if w.err == nil && w.panics == nil {
		if _, w.err = t.Exec(bg, "RELEASE one"); w.err == nil {
			w.after = t.after
			return nil
		}
	}
	if _, err := tx.ExecContext(bg, "ROLLBACK TO one; RELEASE one"); err != nil {
		if w.err == nil && w.panics == nil {
			w.err = fmt.Errorf("undo: %w", err)
		}
		return fmt.Errorf("the writes of this moment were undone: %w", errors.Join(w.err, err))
	}
	return nil
}

// groupStatements keeps statements prepared while a group lasts: its writes say
// the same things over and over, and preparing costs as much as a small write. A
// statement is prepared when it comes the second time.
type groupStatements struct {
	tx   *sql.Tx
	seen map[string]*sql.Stmt // nil for one that came once
}

// prepared gives the statement for a text, or nil when it is not worth it.
func (g *groupStatements) prepared(ctx context.Context, query string) *sql.Stmt {
	if g == nil {
		return nil
	}
	st, again := g.seen[query]
	switch {
	case st != nil:
		return st
	case !again:
		if g.seen == nil {
			g.seen = make(map[string]*sql.Stmt, 16)
		}
		g.seen[query] = nil
		return nil
	}
	st, err := g.tx.PrepareContext(ctx, query) // closed with the transaction
	if err != nil {
		return nil // saying it unprepared gives the same error to whoever said it
	}
	g.seen[query] = st
	return st
}
