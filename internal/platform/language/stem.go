package language

import (
	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
)

// The languages that are known.
const (
	Dutch   = "nl"
	English = "en"
)

// Stem brings a folded word back to what its inflections share: "vergaderingen"
// and "vergadering" become one. lang is Dutch or English; in another language a
// word is its own stem.
func Stem(lang, word string) string {
	if len(word) < 3 || !letters(word) {
		return word
	}
	switch lang {
	case Dutch:
		return dutchStem(word)
	case English:
		env := snowballstem.NewEnv(word)
		english.Stem(env)
		return env.Current()
	}
	return word
}

// letters says that a word is made of a to z only; the others have no endings
// that are known here.
func letters(word string) bool {
	for i := range len(word) {
		if word[i] < 'a' || word[i] > 'z' {
			return false
		}
	}
	return true
}
