// Package items keeps everything that is said. It exists so that a post, a
// reply, a question, a compliment and an alert are one row with one audience,
// and every rule about who sees, edits, deletes or reacts is written once. What
// only one kind knows lives in that kind's room, keyed by item id.
//
// A thread is two levels deep: a reply to a reply to a reply stays on the second
// level. A reply takes its thread's audience and is never wider (TRUST P4).
//
// # Tables
//
// items_items, items_tallies (counts, so that a page never counts rows),
// items_reactions, items_mentions, items_tags, items_versions (what it said
// before), items_bookmarks, items_pins, items_positions (how far a person has
// read), items_acks (who confirmed a must-read), items_answers (the chosen answer of
// a question).
//
// # Tells
//
// items.post.made, items.reply.made, items.item.edited, items.item.deleted,
// items.item.restored, items.item.pinned, items.item.unpinned,
// items.reaction.set, items.reaction.unset, items.item.acknowledged,
// items.answer.accepted (extra "instead": the answer chosen before),
// items.answer.withdrawn. Made and edited say in Extra whom the words name now and
// did not name before ("named"; read it with Named).
//
// # Hears
//
// Its own events from other nodes, to drop cached items.
//
// # Shows
//
// Cards of items, threads, the history of an item, the composer, and what a
// person saved.
package items
