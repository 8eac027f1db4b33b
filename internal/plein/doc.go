// Package plein holds the nouns that every other package shares: ids, actors,
// audiences, kinds, references, events, errors and limits.
//
// It exists so that rooms can speak about the same things without knowing each
// other. It imports the standard library only and does no I/O: nouns and
// questions live here, never acts.
package plein
