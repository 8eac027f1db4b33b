package language

// Small says that a folded word is one of those that every text has and that say
// nothing about what it is about: de, het, and, the. A question goes on without
// them, unless it has no other words.
func Small(word string) bool { return smallWords[word] != "" }
