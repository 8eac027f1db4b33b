// Package language exists because a person who looks for something does not use
// the words of the one who wrote it: they type "verlofaanvraag" and the answer
// says "hoe vraag ik verlof aan". It makes the terms under which a text is kept
// and those with which it is asked for, in Go and in one place, so that SQLite and
// PostgreSQL, the index and the question, always agree.
//
// Text goes through four steps: it is folded (small letters, no diacritics), cut
// into tokens, brought back to stems (Dutch and English), and Dutch compounds are
// taken apart with what the organisation's own texts taught (Learn). Everything is
// pure and bounded: no input makes it slow or large.
//
// An index keeps Analyzer.Terms of a text. A question is Analyzer.Query: a list of
// groups; a text answers it when it has at least one term of every group. Terms
// hold only small letters and digits, so that they can stand unquoted in the query
// language of any engine.
package language
