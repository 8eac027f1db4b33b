package language

import (
	"slices"
	"unicode/utf8"
)

// Mistakes says how many typing mistakes a word may have and still be meant: none
// in a short one, where every letter counts.
func Mistakes(word string) int {
	switch n := utf8.RuneCountInString(word); {
	case n < 4:
		return 0
	case n < 8:
		return 1
	}
	return 2
}

// Neighbours gives the keys under which a folded word of a name or title can be
// found in spite of one mistake: the word and what is left of it without each of
// its letters. Two words at a Distance of one always share a key, and many at a
// distance of two do; whoever uses them checks with Distance. (The idea is that of
// symmetric deletion; an index of it is an ordinary index on text.)
func Neighbours(word string) []string {
	const longest = 24 // letters
	letters := clip(word)
	out := []string{string(letters)}
	if len(letters) < 3 || len(letters) > longest {
		return out
	}
	for i := range letters {
		if i > 0 && letters[i] == letters[i-1] {
			continue // leaving out either of two equal letters is the same
		}
		without := string(slices.Concat(letters[:i], letters[i+1:]))
		if !slices.Contains(out, without) {
			out = append(out, without)
		}
	}
	return out
}

// Sound writes a folded name as it is heard in Dutch, so that Meijer, Meyer and
// Meier meet, and Jansen and Janssen, Sofie and Sophie, Erik and Eric.
func Sound(name string) string {
	if !letters(name) {
		return name
	}
	out := make([]byte, 0, len(name))
	for i := 0; i < len(name); i++ {
		rest := name[i:]
		put := func(s string, n int) {
			for j := range len(s) {
				if len(out) == 0 || out[len(out)-1] != s[j] {
					out = append(out, s[j])
				}
			}
			i += n - 1
		}
		switch {
		case prefix(rest, "eij"):
			put("y", 3)
		case prefix(rest, "ij"), prefix(rest, "ei"), prefix(rest, "ey"), prefix(rest, "ay"), prefix(rest, "ai"):
			put("y", 2)
		case prefix(rest, "ie"), prefix(rest, "ee") && len(rest) == 2 && i > 1:
			put("i", 2)
		case prefix(rest, "ou"), prefix(rest, "au"), prefix(rest, "ow"), prefix(rest, "aw"):
			put("au", 2)
		case prefix(rest, "ph"):
			put("f", 2)
		case prefix(rest, "sch") && len(rest) == 3:
			put("s", 3) // Bosch
		case prefix(rest, "ch"):
			put("g", 2)
		case prefix(rest, "ck"), prefix(rest, "kh"):
			put("k", 2)
		case prefix(rest, "cq"), prefix(rest, "qu"):
			put("kw", 2)
		case prefix(rest, "th"), prefix(rest, "dt"):
			put("t", 2)
		case prefix(rest, "d") && len(rest) == 1:
			put("t", 1)
		case prefix(rest, "x"):
			put("ks", 1)
		case prefix(rest, "ce"), prefix(rest, "ci"), prefix(rest, "cy"):
			put("s", 1)
		case prefix(rest, "c"):
			put("k", 1)
		case prefix(rest, "z"):
			put("s", 1)
		case prefix(rest, "v"):
			put("f", 1)
		case prefix(rest, "y") && i > 0:
			put("i", 1)
		case prefix(rest, "gh"), prefix(rest, "rh"), prefix(rest, "lh"):
			put(rest[:1], 2)
		default:
			put(rest[:1], 1)
		}
	}
	return string(out)
}

func prefix(s, with string) bool { return len(s) >= len(with) && s[:len(with)] == with }
