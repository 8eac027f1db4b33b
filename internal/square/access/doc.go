// Package access answers one question: may this person see this item? It exists
// so that every path to a reader (page, feed, file, count, search) asks the same
// thing in the same words, in Go (CanSee) and in SQL (Reader.SQL). A property
// test shows on random organisations that the two agree.
//
// An audience is read by whoever holds a grant on it, and the audiences marked
// "everyone" also by all people who are not guests. A grant may begin at a
// moment: then only threads begun since are seen (TRUST P6). A composite
// audience is read by whoever reads one of its parts. No role is looked at:
// there is none that reads by rank (TRUST P11).
//
// # Tables
//
// access_audiences (what exists), access_parts (an audience and the audiences
// it is made of; a plain one is made of itself), access_grants (who holds what).
//
// # Tells
//
// Nothing: grants follow from what people and groups tell.
//
// # Hears
//
// Nothing. People and groups write grants through Grants, in the transaction of
// the act that gives or takes the right.
//
// # Shows
//
// The label of an audience and the choices of the audience picker, as data.
package access
