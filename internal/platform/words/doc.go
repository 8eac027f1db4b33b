// Package words exists so that no sentence a person reads stands in Go code: the
// words of a feature are changed in one file, in both languages at once, and a
// sentence that misses a language stops the program at start, not on a page.
//
// Every package that speaks keeps a words.toml; keys begin with the package's
// name. The app hands all of them to New, which reads them once and cuts every
// sentence into parts, so that saying one is a few copies.
//
//	["groups.members"]
//	nl = {one = "{n} lid", other = "{n} leden"}
//	en = {one = "{n} member", other = "{n} members"}
//
// The words that all pages share (errors, forms, the main menu, time) are this
// package's own words.toml and are always there.
//
// Sentences are plain text. Escaping them for HTML is the work of the view.
package words
