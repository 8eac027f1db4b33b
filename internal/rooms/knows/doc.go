// Package knows exists because the best source is often a colleague whom one has
// never met: it answers "who knows about this?" with people, and says of each why
// they stand there.
//
// Reasons come from four places: answers that whoever asked chose, what somebody
// wrote, thanks of colleagues who got help, and what somebody says of themselves
// (skills, ask me about). Everything that was said counts only where the person who
// asks may read it, and is asked for with their rights at that moment; so a reason
// tells nothing that they could not have found themselves (TRUST paths 6 and 47).
//
// People stand in the order of what fits this one question. Nothing is counted over
// questions, nobody has a score, and no two people are compared: more than a few
// answers count no more than a few. A thank-you names a topic and has no number.
//
// Guests are not asked and do not ask: they have no directory.
//
// # Tables
//
// knows_endorsements (who thanked whom for help with what, and for which answer).
//
// # Tells
//
// knows.endorsement.given, knows.endorsement.withdrawn. The object is the answer,
// the target the person who was thanked; the topic is not in the log.
//
// # Hears
//
// Of every person that changed, from people, and its own events from other nodes
// (Hear).
//
// # Shows
//
// The page on which one asks who knows, the same in short beside the results of a
// search, and under a chosen answer the thanks of who was helped.
package knows
