// Package demo exists so that Plein can be seen with people in it: a hospital of
// about twelve hundred colleagues who have been talking for a year. A square
// that is empty shows nothing of what it is for, and text that nobody would
// write shows it wrongly.
//
// The Lingeziekenhuis and everybody in it are made up. What they say to each
// other is written by hand, in content/threads-*.toml; who they are stands in
// people, units and groups.toml. Around them a seeded generator makes the other
// colleagues, who belongs to which group, who follows whom, who reacted and who
// read what, and short messages for volume. The same seed and the same moment
// always make the same organisation.
//
// Build gives all of it as plain values and touches nothing. Planting it in a
// database is another file's work.
//
// # Tables
//
// None.
//
// # Tells
//
// Nothing under its own name.
//
// # Hears
//
// Nothing.
//
// # Shows
//
// Nothing of its own.
package demo
