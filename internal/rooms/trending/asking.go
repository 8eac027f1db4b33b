package trending

import (
	"slices"
	"strings"

	"plein/internal/platform/language"
	"plein/internal/square/items"
)

// Asking is a question that nobody answered, with the knowledge of the reader that
// it is near to.
type Asking struct {
	items.Question
	Near []string // as the reader wrote them on their profile; none when it is only near by
}

// knowledge is what somebody says they know, by the stems of its words.
type knowledge map[string]string // stem → as written

// maxKnown bounds the words of a profile that are compared.
const maxKnown = 200

// knows takes the words out of what somebody wrote of their own knowledge.
func knows(lists ...[]string) knowledge {
	out := knowledge{}
	for _, list := range lists {
		for _, line := range list {
			for _, t := range language.Tokens(line) {
				if len(out) >= maxKnown || dull[t.Text] || !telling(t.Text) {
					continue
				}
				for _, lang := range [...]string{language.Dutch, language.English} {
					if key := language.Stem(lang, t.Text); out[key] == "" {
						out[key] = line
					}
				}
			}
		}
	}
	return out
}

// wholeWord is from how many letters a word is looked for inside a compound:
// "pomp" is in "infuuspompen" and that says something, "been" is in "beenham".
const wholeWord = 5

// near tells what of somebody's knowledge a text is about, as they wrote it.
func (k knowledge) near(source string) []string {
	if len(k) == 0 {
		return nil
	}
	var out []string
	add := func(line string) {
		if !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	seen := map[string]bool{}
	for _, t := range language.Tokens(notTalk.ReplaceAllString(source, " ")) {
		if seen[t.Text] || dull[t.Text] || !telling(t.Text) {
			continue
		}
		seen[t.Text] = true
		for _, lang := range [...]string{language.Dutch, language.English} {
			word := language.Stem(lang, t.Text)
			if line := k[word]; line != "" {
				add(line)
				continue
			}
			for key, line := range k {
				if len(key) >= wholeWord && len(word) > len(key)+2 && (strings.HasSuffix(word, key) || strings.HasPrefix(word, key)) ||
					len(word) >= wholeWord && len(key) > len(word)+2 && (strings.HasSuffix(key, word) || strings.HasPrefix(key, word)) {
					add(line)
				}
			}
		}
	}
	slices.Sort(out) // the order of a map is another one every time
	return out
}

// nearest puts the questions that are about what the reader knows first, the more
// of it the sooner, and leaves the others in their order.
func nearest(list []items.Question, k knowledge) []Asking {
	out := make([]Asking, len(list))
	for n, q := range list {
		out[n] = Asking{Question: q, Near: k.near(q.Title + "\n" + q.Body)}
	}
	slices.SortStableFunc(out, func(a, b Asking) int { return len(b.Near) - len(a.Near) })
	return out
}
