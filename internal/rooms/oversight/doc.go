// Package oversight exists because whoever may change what others can see or do
// must themselves be seen. It keeps the audit log: one row for every protected act
// (a role given, an account closed, a department moved, a group taken over, a
// setting changed), who did it and to whom, as ids and never as text.
//
// The rows form a chain: each carries a hash of itself and of the row before it
// (Crosby and Wallach, "Efficient Data Structures for Tamper-Evident Logging",
// 2009, the simple form). A row that is changed, taken out or put between breaks
// it, and so does cutting off the end, because the place and hash of the last row
// are kept apart. Who can write to the database can make the whole chain anew; so
// the last hash is worth writing down elsewhere, and plein doctor --audit prints it.
//
// Rows follow from the change log, in the transaction that moves the cursor. An act
// and its line are one commit, a line is followed exactly once, and no act waits
// for the chain: a lock on its end would make all protected acts queue behind each
// other, and two of them in one transaction could wait for each other for ever.
//
// # Tables
//
// oversight_audit (the rows) and oversight_chain (one row: where the chain begins
// and ends).
//
// # Tells
//
// Nothing.
//
// # Hears
//
// Every protected act of people, groups, items, signin and admin (protected.go).
//
// # Shows
//
// /oversight/audit, to who may read the audit log, and /oversight/me, to everybody:
// the rows about themselves.
package oversight
