// Package feed decides what a person sees first. It exists so that a reader with
// three minutes meets what they must read and what was asked of them before
// anything else, and so that one eager writer does not fill everybody's page.
//
// The order is by time, with three corrections and no more: a must-read that was
// not confirmed comes first, then threads in which the reader was named and has
// not looked since, and one author takes at most three of the twenty places of a
// page unless nobody else spoke (dominance damping, RE3). Every place can say why
// it is there, from the same facts that put it there. There is no offset: a page
// begins below the last (keyset), however deep.
//
// # Tables
//
// feed_follows (what a person chose to hear more or nothing of: threads, groups
// and people that are followed or muted; this is the one place for it), feed_visits (how far a person
// has seen an audience, for "3 new" beside a group). Both are SELF: nobody else
// reads them, not even the one who is followed.
//
// # Tells
//
// Nothing. Following somebody is nobody's news.
//
// # Hears
//
// Nothing.
//
// # Shows
//
// The timeline (for you, latest, following), the talk of a group, of a
// department, of a profile and of a hashtag, and the bell with which one follows
// or mutes.
package feed
