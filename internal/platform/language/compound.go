package language

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// How careful taking apart is. Short pieces and rare ones make nonsense
// ("par-keer-plaats" is not about a pair), so they are no parts.
const (
	minPart      = 4 // letters of a part
	minUses      = 3 // times that a part was used by itself
	minShort     = 3 // letters of a part, when somebody asks for the whole
	minRare      = 5 // letters of a part that was used only once, likewise
	maxParts     = 4
	maxVocabular = 300_000
)

// linking are what Dutch puts between the parts: verlof-s-regeling,
// klant-en-service, zonn-e-scherm, kind-er-opvang.
var linking = []string{"", "s", "en", "e", "n", "er"}

// noPart are words that stand before or behind another without making a compound
// of it: "overleggen" is not about legs, and "aanvraag" is no question.
var noPart = wordSet(`aan achter alle alles ander andere beneden binnen boven buiten door elke geen goed halve hele hier iedere klaar
	langs mede meer mijn minder naast neer niet onder over rond samen tegen terug toen tussen vast veel verder voor voort vrij waar wanneer
	want weer weinig wel zeer zelf zich zijn zonder heid heden baar bare loos loze lijk lijke schap schappen achtig achtige isch ische iteit
	iteiten atie aties erij erijen ende enden matig matige waardig waardige waarts wijze wijs zaam zame ster sters eren eerd eert igen ling
	acht twee drie vier vijf zeven negen tien elfde twaalf dertien dertig veertig vijftig zestig zeventig tachtig negentig twintig honderd
	best beste same lang eraf eruit erin tijdig
	mee toe weg gek uit aan een ten ter ver ren len gen ken men pen der den her ont mis dag los voor door met bij van nog wel wil dan dit dat die hun had
	was laat kort kon kan kom ging gaf zal zou wie wat hoe eens hem hen ons zij jij wij uur uren half vol leeg zag lag sta doe
	lingen ring ringen ding ting tingen ning ningen ding dingen raar naar laar teren tief tieve ment menten ting iteit oneel inter super anti
	auto semi multi onge`)

func wordSet(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}

// Compounds knows how this organisation makes long words of short ones. Nobody
// keeps a list of them: what an organisation calls a "verlofknip" is in no
// dictionary, but "verlof" and "knip" are in its texts. It is the method of Koehn
// and Knight ("Empirical Methods for Compound Splitting", EACL 2003): of all ways
// to cut a word into words that are used by themselves, take the one whose parts
// have the largest geometric mean of uses, and leave the word whole when it is
// used more than that.
//
// It never changes after Learn and may be used by many at once. A nil one takes
// nothing apart.
type Compounds struct {
	uses   map[string]int      // of the stem of each word
	forms  map[string]int      // uses of the stem, of each word that may be a part
	told   map[string]int      // those too that are rare: enough for a question
	splits map[string][]string // of the long words that were seen
}

// Learn makes a Compounds of how often each folded word was used (Vocabulary
// counts them).
func Learn(counts map[string]int) *Compounds {
	c := &Compounds{uses: map[string]int{}, forms: map[string]int{}, told: map[string]int{}, splits: map[string][]string{}}
	stemOf := make(map[string]string, len(counts))
	for w, n := range counts {
		if n > 0 && len(w) >= minPart-1 && len(w) <= MaxTokenSize && letters(w) {
			stem := dutchStem(w)
			stemOf[w] = stem
			c.uses[stem] += n
		}
	}
	for w, stem := range stemOf {
		n := c.uses[stem]
		if noPart[w] || smallWords[w] != "" {
			continue
		}
		if len(w) >= minPart && n >= minUses {
			c.forms[w] = n
		}
		if len(w) >= minShort && n >= minUses || len(w) >= minRare {
			c.told[w] = n
		}
	}
	long := make([]string, 0, len(stemOf))
	for w := range stemOf {
		if len(w) >= minPart+minShort {
			long = append(long, w)
		}
	}
	slices.Sort(long)
	for _, w := range long {
		if parts, score := c.cut(w, c.forms); len(parts) > 0 && score >= float64(c.uses[stemOf[w]]) {
			c.splits[w] = parts
		}
	}
	return c
}

// Split gives the parts of a folded compound, without what links them, or nil
// when the word is better left whole.
func (c *Compounds) Split(word string) []string {
	if c == nil || len(word) < minPart+minShort {
		return nil
	}
	if parts, ok := c.splits[word]; ok {
		return parts
	}
	if c.forms[word] > 0 {
		return nil // it was looked at when learning
	}
	parts, score := c.cut(word, c.forms)
	if len(parts) == 0 || score < float64(c.uses[dutchStem(word)]) {
		return nil
	}
	return parts
}

// asked gives the parts of a compound that somebody typed. A question may be
// cut where a text is not: when "verlofaanvraag" is used more than "verlof", the
// index keeps it whole, and who types it still wants to read about both. And a
// part may be rare, since the whole word is asked for beside it.
func (c *Compounds) asked(word string) []string {
	if c == nil || len(word) < minPart+minShort {
		return nil
	}
	parts, _ := c.cut(word, c.told)
	return parts
}

// together gives the stems of the compounds that two typed words make in this
// order. Nothing has to be known of the parts: that the whole is used is enough.
func (c *Compounds) together(first, stem, second string) []string {
	if c == nil || len(first) < minShort || len(second) < minShort || len(first)+len(second) > MaxTokenSize-2 {
		return nil
	}
	var out []string
	for _, begin := range with([]string{first}, stem) {
		for _, link := range linking {
			if whole := dutchStem(begin + link + second); c.uses[whole] > 0 {
				out = with(out, whole)
			}
		}
	}
	return out
}

// cut finds the best way to take a word apart into known ones, whatever the word
// itself is worth.
func (c *Compounds) cut(word string, known map[string]int) (parts []string, score float64) {
	if len(word) < minPart+minShort || len(word) > MaxTokenSize || !letters(word) {
		return nil, 0
	}
	// best[i][k] is the best sum of logarithms for word[i:] in k parts.
	type way struct {
		sum  float64
		part string
		next int
	}
	var best [MaxTokenSize + 1][maxParts + 1]way
	// Most words begin with no part at all, so ways are tried from the front and
	// only where a part ended.
	var reached [MaxTokenSize + 1]bool
	reached[0] = true
	type piece struct {
		from, to int
		part     string
		uses     int
	}
	var pieces []piece
	for i := 0; i <= len(word)-minShort; i++ {
		if !reached[i] {
			continue
		}
		for j := i + minShort; j <= len(word)-minShort; j++ {
			if part, n := c.modifier(word[i:j], known); n > 0 {
				pieces = append(pieces, piece{i, j, part, n})
				reached[j] = true
			}
		}
		if i > 0 {
			if head, n := c.head(word[i:], known); n > 0 {
				best[i][1] = way{sum: math.Log(float64(n)), part: head, next: len(word)}
			}
		}
	}
	if len(pieces) == 0 {
		return nil, 0
	}
	for _, p := range slices.Backward(pieces) {
		for k := 2; k <= maxParts; k++ {
			rest := best[p.to][k-1]
			if rest.next == 0 {
				continue
			}
			if sum := math.Log(float64(p.uses)) + rest.sum; best[p.from][k].next == 0 || sum > best[p.from][k].sum {
				best[p.from][k] = way{sum: sum, part: p.part, next: p.to}
			}
		}
	}
	chosen := 0
	for k := 2; k <= maxParts; k++ {
		if w := best[0][k]; w.next > 0 {
			if mean := math.Exp(w.sum / float64(k)); mean > score {
				chosen, score = k, mean
			}
		}
	}
	for i, k := 0, chosen; k > 0; k-- {
		w := best[i][k]
		parts = append(parts, w.part)
		i = w.next
	}
	return parts, score
}

// head is the last part: a word, or a form of one that was not seen yet.
func (c *Compounds) head(s string, known map[string]int) (part string, uses int) {
	if n := known[s]; n > 0 {
		return s, n
	}
	if len(s) < minPart || noPart[s] || smallWords[s] != "" {
		return "", 0
	}
	stem := dutchStem(s)
	if n := c.uses[stem]; n >= minUses && len(stem) >= minPart && len(s) > len(stem) && !noPart[stem] && smallWords[stem] == "" {
		return s, n
	}
	return "", 0
}

// modifier is a part that others follow, with what links it taken off. A short
// word takes no link: too many words begin like one.
func (c *Compounds) modifier(s string, known map[string]int) (part string, uses int) {
	for _, link := range linking {
		bare, ok := strings.CutSuffix(s, link)
		if !ok || len(bare) < minShort || len(bare) < minPart && link != "" {
			continue
		}
		n := known[bare]
		if n == 0 && len(bare) >= minPart && c.uses[bare] >= minUses && !noPart[bare] && smallWords[bare] == "" {
			n = c.uses[bare] // a stem by itself: vergader-zaal
		}
		if n > uses {
			part, uses = bare, n
		}
	}
	return part, uses
}

// Vocabulary counts in how many texts each word stands, to Learn from. It keeps
// to Dutch texts and to texts that could be Dutch: in English two words that stand
// together seldom mean what one does. It is for one goroutine.
type Vocabulary struct{ counts map[string]int }

// Add counts the words of a text.
func (v *Vocabulary) Add(text string) {
	tokens := Tokens(text)
	if language, sure := guess(tokens); sure && language == English {
		return
	}
	if v.counts == nil {
		v.counts = map[string]int{}
	}
	seen := map[string]bool{}
	for _, t := range tokens {
		if !seen[t.Text] && letters(t.Text) {
			seen[t.Text] = true
			v.counts[t.Text]++
		}
	}
	if len(v.counts) > maxVocabular {
		v.forget()
	}
}

// Counts gives what was counted. It is not a copy.
func (v *Vocabulary) Counts() map[string]int { return v.counts }

// forget leaves out the rarest words, so that no amount of nonsense fills the
// memory.
func (v *Vocabulary) forget() {
	words := make([]string, 0, len(v.counts))
	for w := range v.counts {
		words = append(words, w)
	}
	slices.SortFunc(words, func(a, b string) int {
		return cmp.Or(cmp.Compare(v.counts[b], v.counts[a]), strings.Compare(a, b))
	})
	for _, w := range words[maxVocabular/2:] {
		delete(v.counts, w)
	}
}
