// Package db exists so that one hand-written SQL text runs on an embedded SQLite
// file and on PostgreSQL, and so that what was acknowledged is on the disk.
//
// SQLite has one writer. Concurrent writes are committed together (group
// commit), each inside its own savepoint, because an honest fsync takes
// milliseconds and is the same for one row as for a hundred. A small pool of
// readers sees the last commit. PostgreSQL commits each transaction by itself.
//
// Settings that could lose an acknowledged write are refused at the door: see
// Options.Unsafe.
package db
