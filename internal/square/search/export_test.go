package search

import "context"

// MadeWith tells whether the index was made by this version of the analysis, and
// with which version of the learnt words questions are asked.
func (s *Service) MadeWith(ctx context.Context) (current bool, words int64, err error) {
	made, err := state(ctx, s.DB.Read(), "analysis")
	if err != nil {
		return false, 0, err
	}
	words, err = state(ctx, s.DB.Read(), "words")
	return made == s.analysis, words, err
}
