// Package imports lets an organisation bring along what it said elsewhere, so
// that the square is not empty on the first day and nothing is lost by moving.
//
// An export is read twice. The first reading looks at every record and writes
// nothing; when anything is wrong, each problem is one line with the file, the
// record and the reason, and that is all that happens. The second reading writes
// in batches, each with the sources of what it made. A source is what the export
// calls a thing ("slack:C0123:1452837318.000002"), so a second run, or one after
// a run that was cut off, finds what is there and makes only what is missing.
//
// Authors, dates, threads, reactions, mentions, files and who may read are kept.
// An author whom the export does not describe becomes a former member. An
// audience is never wider than it was: a public channel becomes an open group,
// and a channel whose name not everybody knows becomes a secret group, because
// the name of a closed group is seen by all. A conversation of a few people
// becomes a direct one between the same people.
//
// An export is somebody else's file and is treated as hostile: everything in it
// is bounded (limits), nothing is followed out of it, and nothing in a
// text can pass for a mention that was not one.
//
// # Formats
//
// slack is the zip that a workspace exports. mattermost is Mattermost's bulk
// export, alone or zipped with its attachments; it is also how we hand over to
// others. people is a list of staff as CSV, which may be run again whenever the
// list changes.
//
// # Tables
//
// imports_sources: what an export called a thing, what it became, in which run.
//
// # Tells
//
// Nothing under its own name; people, groups and items tell what they made.
//
// # Hears
//
// Nothing.
//
// # Shows
//
// Nothing: it is run from the command line.
package imports
