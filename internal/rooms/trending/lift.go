package trending

import "math"

// surprising is the log-likelihood ratio from which a word counts as said more
// than usual: with one degree of freedom, one in a hundred by chance.
const surprising = 6.63

// enoughUsual is how many days of people there must be in the weeks before to know
// what is usual. Below it nothing can be said of words, and hashtags, which people
// chose to put there, go by how many used them.
const enoughUsual = 30

// lift says how surprising it is that k of n now have a word, when before they
// were k0 of n0: Dunning's log-likelihood ratio, negative when it is said less
// than usual.
func lift(k, n, k0, n0 int) float64 {
	if n <= 0 || n0 <= 0 {
		return 0
	}
	p, p0 := float64(k)/float64(n), float64(k0)/float64(n0)
	both := float64(k+k0) / float64(n+n0)
	ratio := 2 * (likelihood(p, k, n) + likelihood(p0, k0, n0) - likelihood(both, k, n) - likelihood(both, k0, n0))
	if p < p0 {
		return -ratio
	}
	return ratio
}

// likelihood is the logarithm of the chance of k out of n, each with chance p.
func likelihood(p float64, k, n int) float64 {
	sum := 0.0
	if k > 0 {
		sum += float64(k) * math.Log(p)
	}
	if n > k {
		sum += float64(n-k) * math.Log(1-p)
	}
	return sum
}
