package trending

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"plein/internal/plein"
)

// Topic is one subject that people talk about now, as one reader may know of it.
type Topic struct {
	Words  []string // as people write them; of a hashtag the one word without the #
	Tag    bool
	People int          // different people who said it this week
	Talks  int          // conversations in which they did
	Days   [daysNow]int // on how many days of people, per day, oldest first
}

// Label is how the subject is shown.
func (t Topic) Label() string {
	if t.Tag {
		return "#" + t.Words[0]
	}
	s := strings.Join(t.Words, ", ")
	first, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[n:]
}

// candidate is a term that enough people have, with all that is needed to show it.
type candidate struct {
	key   int32
	text  string // "#tag" or the stem
	score float64
	lines []*line
}

func (c candidate) tag() bool { return strings.HasPrefix(c.text, "#") }

// sight is the talk that one reader may see, audience by audience, by what is known
// of their grants in memory.
type sight []*sums

// candidates gives what enough people say this week and more than usual, the most
// surprising first. What a reader may not see has no part in it.
func (w *window) candidates(s sight) []candidate {
	k, all, usually := make(map[int32]int), 0, 0
	for _, p := range s {
		all += p.now.all
		usually += p.before.all
		for key, n := range p.now.of {
			if len(w.wide[key]) >= minPeople {
				k[key] += n
			}
		}
	}
	var out []candidate
	for key, n := range k {
		if n < minPeople { // nobody has two days on one day
			continue
		}
		c := candidate{key: key, text: w.terms.text[key]}
		k0 := 0
		for _, p := range s {
			k0 += p.before.of[key]
		}
		c.score = lift(n, all, k0, usually)
		known := usually >= enoughUsual
		if known && c.score < surprising && !(c.tag() && c.score > 0) || !known && !c.tag() {
			continue
		}
		people := make(map[int32]bool)
		for _, p := range s {
			c.lines = append(c.lines, p.lines[key]...)
		}
		c.lines = newestOf(c.lines)
		for _, l := range c.lines {
			people[l.author] = true
		}
		if len(people) < minPeople {
			continue
		}
		if !known {
			c.score = float64(len(people))
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b candidate) int {
		if d := cmp.Compare(b.score, a.score); d != 0 {
			return d
		}
		return strings.Compare(a.text, b.text)
	})
	return out
}

// sameTalk is the part of the conversations of the smaller of two subjects from
// which they are one.
const sameTalk = 0.6

// maxJoined is how many words one subject is named by at most.
const maxJoined = 2

// join makes subjects of candidates: words that stand in the same conversations
// are one subject. A word that is also a hashtag goes with it.
func (w *window) join(list []candidate, may func(root plein.ID) bool, limit int) []Topic {
	type subject struct {
		candidate
		words []string
		lines map[*line]bool
		roots map[plein.ID]bool
	}
	var found []*subject
	for _, c := range list {
		s := &subject{candidate: c, lines: map[*line]bool{}, roots: map[plein.ID]bool{}}
		people := map[int32]bool{}
		s.candidate.lines = slices.DeleteFunc(slices.Clone(c.lines), func(l *line) bool { return !may(l.Root) })
		for _, l := range s.candidate.lines {
			s.lines[l], s.roots[l.Root], people[l.author] = true, true, true
		}
		if len(people) < minPeople {
			continue
		}
		word := w.written(s.candidate)
		host := slices.IndexFunc(found, func(f *subject) bool {
			shared := 0
			for root := range s.roots {
				if f.roots[root] {
					shared++
				}
			}
			return float64(shared) >= sameTalk*float64(min(len(s.roots), len(f.roots)))
		})
		if host >= 0 {
			f := found[host]
			if f.tag() || s.tag() || len(f.words) >= maxJoined {
				continue // the stronger one names it
			}
			f.words = append(f.words, word)
			for l := range s.lines {
				f.lines[l] = true
			}
			for root := range s.roots {
				f.roots[root] = true
			}
			continue
		}
		if len(found) < limit {
			s.words = []string{word}
			found = append(found, s)
		}
	}
	out := make([]Topic, len(found))
	for n, s := range found {
		t := Topic{Words: s.words, Tag: s.tag(), Talks: len(s.roots)}
		people, days := map[int32]bool{}, map[int32]bool{}
		for l := range s.lines {
			people[l.author] = true
			if at := l.Day - (w.today - daysNow + 1); !days[l.onDay] && at >= 0 && at < daysNow {
				days[l.onDay] = true
				t.Days[at]++
			}
		}
		t.People = len(people)
		out[n] = t
	}
	return out
}

// written gives a term the way most of its lines write it.
func (w *window) written(c candidate) string {
	if c.tag() {
		return strings.TrimPrefix(c.text, "#")
	}
	count := map[string]int{}
	for _, l := range c.lines {
		for _, t := range l.terms {
			if t.key == c.key {
				count[w.terms.text[t.as]]++
				break
			}
		}
	}
	best := c.text
	for as, n := range count {
		if m := count[best]; n > m || n == m && (len(as) < len(best) || len(as) == len(best) && as < best) {
			best = as
		}
	}
	return best
}
