// Package notices tells people what was meant for them while they were away, so
// that nobody has to read everything for fear of missing something. It exists to
// be quiet: one line per conversation however much was said in it ("Sanne en 4
// anderen reageerden"), a number that stops at nine, and a bell on every
// conversation, group and profile that makes it more or less.
//
// What is kept is ids, never words. A line is shown by asking items for the words
// as this reader may read them now; a line about what the reader may no longer
// see, or what was deleted, is not shown and not counted. The condition of access
// stands in the query that finds lines and in the one that finds the items.
//
// # How it spreads
//
// What is meant for one person (named, answered, thanked, invited) is written to
// them at once. What is meant for those who take part in or follow something is
// written in waves of at most waveSize people, and mostTold in one transaction: when
// more remain, the room tells itself so in the change log and goes on in another
// transaction, from where it was. What calls a whole audience (a must-read, a group
// that is named) is one row, however many people it has: whoever of them comes by
// takes their own copy, in one small transaction of their own (gather). A must-read
// for 70,000 people writes one row, and then one for each person who looks.
//
// Every event is a row with a natural key (person, line, what, item, who), and a
// line becomes unread only when such a row is new. So following the log twice gives
// the same lines, an edit tells only whom it newly names, and giving and taking
// back a reaction all day tells once. Imported talk is silent.
//
// # Muted
//
// A muted conversation or group gives no line at all, unless somebody names the
// person themselves; a muted person gives no line whatever they do. The choice is
// kept by feed, beside what one follows, and is asked when a line is written.
//
// # Tables
//
// notices_lines (one per person and subject: a conversation, the talk of a followed
// group, the requests of a group one looks after, an invitation, an admission),
// notices_events (what happened, by ids), notices_takers (who takes part in which
// conversation), notices_calls (what calls a whole audience), notices_people (how
// far a person gathered calls). All are SELF: nobody else reads them.
//
// # Tells
//
// notices.wave.due: more people are to be told of something; Extra says of what
// and after whom. Nobody else needs to hear it.
//
// Over the bus, "live.badge." and a person's id: their number may have changed.
//
// # Hears
//
// items.post.made, items.reply.made, items.item.edited, items.item.deleted,
// items.item.restored, items.item.acknowledged, items.reaction.set,
// items.reaction.unset, items.answer.accepted, items.answer.withdrawn, groups.request.made, groups.request.accepted,
// groups.request.refused, groups.request.withdrawn, groups.member.joined,
// groups.member.left, groups.member.removed, groups.member.role_changed,
// groups.invitation.made, groups.invitation.accepted, groups.invitation.declined,
// groups.invitation.withdrawn, people.person.closed, and its own wave.
//
// # Shows
//
// The page of notices, and the number beside the bell on every page.
package notices
