// Package people exists so that the house knows who its people are, in which
// department they work and whom they answer to, and so that this is kept in one
// place: every other package has a person's id and asks here for the rest.
//
// A person is somebody of the organisation, a guest (from outside, until a date,
// with a sponsor), a bot, or a former member: the author of old messages of whom
// nothing but the place in a conversation is kept.
//
// The manager line gives each person a layer: the distance from the top, where
// the top is 1. The departments form a tree. Who holds which department's
// audience follows from that tree in the same transaction as any change of it,
// through Grants, which the access package fills in.
//
// E-mail addresses and telephone numbers are for colleagues. A guest never gets
// them, and meets only people they share a group with.
//
// # Tables
//
// people_persons, people_units, people_structure (one row: the lock that keeps
// two changes of the tree or the manager line from crossing each other).
//
// # Tells
//
// people.person.added, people.person.changed (extra "what"), people.person.moved
// (extra "from" and "to", departments), people.person.closed,
// people.person.reopened, people.unit.added, people.unit.changed,
// people.unit.moved (extra "from" and "to").
//
// # Hears
//
// Its own events, from other nodes, to let go of what it holds in memory (Hear).
//
// # Shows
//
// The directory, profiles, photos, departments and the pages on which people
// change their own profile and display. The posts on a profile or a department
// are a slot that the feed fills.
package people
