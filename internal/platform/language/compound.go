package language

// Compounds knows which Dutch words are made of others.
type Compounds struct{ counts map[string]int }

// Learn finds out how words are made from how often each folded word was used.
func Learn(counts map[string]int) *Compounds { return &Compounds{counts: counts} }

// Split gives the parts of a compound, or nil when the word is better left whole.
func (c *Compounds) Split(word string) []string {
	if c == nil || len(word) < 8 {
		return nil
	}
	for i := 4; i <= len(word)-4; i++ {
		if c.counts[word[:i]] > 1 && c.counts[word[i:]] > 1 {
			return []string{word[:i], word[i:]}
		}
	}
	return nil
}
