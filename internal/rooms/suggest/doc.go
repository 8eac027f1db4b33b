// Package suggest exists so that nobody has to know how a colleague's name is
// written, or what a group is called exactly: after @ and # it offers whom and what
// the writer most likely means, and says beforehand what naming them does, who
// cannot read the post and how many a group reaches.
//
// Names are found by how any word of them begins, without diacritics and past
// prefixes: "berg" finds Fatima van den Berg, and so do "van den b" and
// "vandenberg". Who is near comes first: in this conversation, in this group, in
// one's own department. Nobody is offered for how much they write.
//
// People's names lie in memory, in an index that can be thrown away at any moment:
// it is read from people, and people tells of every change. Everything else is
// asked of the database with the rights of whoever asks: groups, hashtags, and whom
// a guest may know.
//
// # Tables
//
// None.
//
// # Tells
//
// Nothing.
//
// # Hears
//
// Of every person that changed, from people.
//
// # Shows
//
// Answers in JSON for the list under a text and the notes beside it; web/islands
// draws them. With scripts off one types names, and the note comes after posting.
package suggest
