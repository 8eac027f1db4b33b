// Package trending exists so that a person sees what their colleagues are busy
// with, where their own knowledge is wanted, and whom they might like to know,
// without anybody being counted against anybody else.
//
// The talk of the square is what is said now more than usual. A subject needs at
// least five people, in audiences that the reader may see, within a week. How
// unusual it is follows from the log-likelihood ratio of Dunning (1993, "Accurate
// methods for the statistics of surprise and coincidence", Computational
// Linguistics 19(1)): the days on which people used a word, this week against the
// eight weeks before. What counts is that somebody used a word on a day in a
// place, never how often, so that one eager writer makes no subject. Everything
// that goes into it, also what is usual, is taken only from what the reader may
// see, so a group they do not know of changes nothing for them. Messages between
// few people and notes to oneself are never looked at.
//
// The words of nine weeks stand in a table, one row per item, and in memory as a
// window (window.go), which is made anew from the table at any moment. The window
// says where to look; that the reader may see it is decided by the fragment of
// access, in a query, before anything is shown.
//
// People are proposed with the reason why, in an order that changes every day.
// There is no ranking and no number about a person.
//
// # Tables
//
// trending_said (which words an item holds, for nine weeks), trending_state (one
// row: how often that table changed), trending_arrivals (who came lately),
// trending_passed (whom a person does not want to be proposed again; SELF).
//
// # Tells
//
// Nothing. Not wanting to meet somebody is nobody's news.
//
// # Hears
//
// Items that were made, edited, deleted and restored; people who were added.
//
// # Shows
//
// The rail beside the timeline and /trending, which is the same with more of it.
package trending
