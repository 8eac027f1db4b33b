// Package live lets people see it happen: what is said while they look at a page
// is told to their browser within the second, so that nobody reloads to find out
// whether somebody answered.
//
// A browser holds one stream (GET /live) for all its tabs. What goes over it are
// ids and counts, never a word of what was said: whatever is shown is fetched
// afterwards by the reader, with the rights of that moment. The database stays the
// only truth. The stream follows the change log, a lost signal costs a second, and
// a stream that was broken goes on from where it was, by a sealed place in the log.
//
// The cost of an event is one pass over those it is for. Audiences are kept per
// connected person and read anew when their grants change, before anything that
// was said later is passed on; so nothing of a group reaches who left it. No event
// asks the database anything per browser.
//
// # Tables
//
// None. What is kept in memory can be thrown away: a browser that cannot go on
// from its place is told to look again.
//
// # Tells
//
// Nothing.
//
// # Hears
//
// The change log (Hear): items.post.made, items.reply.made, items.item.edited,
// items.item.deleted, items.item.restored, items.answer.accepted,
// items.answer.withdrawn, items.reaction.set, items.reaction.unset, and every event about a person, a department or a group,
// for the rights that may have changed with it. The bus: sessions.ended, and
// live.badge.PERSON from whoever changed what a person's counts are made of, where
// PERSON is the id as shown (plein.ID.String).
//
// # Shows
//
// The stream, and a thread as a part of a page for who has it open.
package live
