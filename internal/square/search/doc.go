// Package search exists because knowledge comes from people you did not know of:
// it finds what was said, what hangs at it, people and groups, for one reader at a
// time, and shows nobody anything of what they may not see.
//
// The index is Plein's own and the same on both engines: per term the ids of the
// documents that have it, in rows of two hundred (chunk.go). A walk goes back in
// time through the rarest word and looks the others up (walk.go), so newest first
// costs the same for rare and common words, and a filter is one more term. Rights
// are not in the index. Every row that comes out passes the fragment of access, in
// the query, with the grants as they are now; counts, facets and suggestions are
// made of those rows alone, in a bounded window. See docs/search.md and ADR 0011.
//
// A follower of the change log writes down which things were touched; a worker
// looks how they are now, outside any transaction, and makes the index agree, in
// batches, within a second. What the texts of an installation teach about Dutch
// compounds is kept in versions (vocabulary.go).
//
// # Tables
//
// search_terms, search_postings, search_docs (what can be found, with its terms),
// search_places (audiences, as small numbers), search_texts (what stands in
// files), search_queue (what was touched), search_state, search_words (the learnt
// vocabulary), search_synonyms. All but the synonyms can be made anew:
// plein doctor --reindex.
//
// # Tells
//
// Nothing. What somebody searches for is nobody's news, and is kept nowhere.
//
// # Hears
//
// Everything of items, people and groups that changes what can be found.
//
// # Shows
//
// The search page and the page on which synonyms are kept.
package search
