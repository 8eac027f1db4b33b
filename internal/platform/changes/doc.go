// Package changes keeps the append-only log of what was said and done, so that
// everything that follows from a write (search, notices, live updates, caches)
// can follow by itself, in batches, and start again from any point.
//
// A line is written in the transaction of the rows it speaks of, so it exists
// exactly when they do. The bus only wakes the followers; a lost signal costs a
// second, never a change. One line costs what a row costs (STACK section 1).
//
// On PostgreSQL numbers are not commit order: a transaction that took number 7
// may commit after number 9 was read. So a line also carries its transaction id,
// followers walk in (transaction, number) order and read only transactions older
// than the oldest one still running (pg_snapshot_xmin). What is below that line
// is complete for ever.
package changes
