package language

// maxDistance bounds the work for two words, however long they are.
const maxDistance = 3

// Distance counts the typing mistakes (a letter too many, too few, another, or
// two that changed places) between two folded words. Above max it is max+1; it
// never looks further than three.
func Distance(a, b string, max int) int {
	max = min(max, maxDistance)
	ra, rb := clip(a), clip(b)
	if len(ra) > len(rb) {
		ra, rb = rb, ra
	}
	if max < 0 || len(rb)-len(ra) > max {
		return max + 1
	}
	before, above, row := make([]int, len(rb)+1), make([]int, len(rb)+1), make([]int, len(rb)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(ra); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(rb); j++ {
			if j < i-max || j > i+max {
				row[j] = max + 1
				continue
			}
			cost := 1
			if ra[i-1] == rb[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && ra[i-1] == rb[j-2] && ra[i-2] == rb[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > max {
			return max + 1
		}
		before, above, row = above, row, before
	}
	return min(above[len(rb)], max+1)
}

// clip gives the letters of a word, no more than a token has.
func clip(s string) []rune { return []rune(clipBytes(s, MaxTokenSize)) }
