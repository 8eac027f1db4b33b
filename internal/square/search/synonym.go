package search

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"plein/internal/platform/db"
	"plein/internal/platform/language"
	"plein/internal/plein"
)

// The bounds of synonyms.
const (
	maxSynonyms     = 500
	maxSynonymWords = 12
	maxSynonymText  = 300
)

// meansFor is how long a node goes on with the synonyms it knows.
const meansFor = 5 * time.Second

// meanings gives per word what else it is called here.
func (s *Service) meanings(ctx context.Context) (map[string][]string, error) {
	now := s.Clock.Now()
	s.mu.Lock()
	means, fresh := s.means, now.Sub(s.meansAt) < meansFor
	s.mu.Unlock()
	if means != nil && fresh {
		return means, nil
	}
	list, err := synonyms(ctx, s.DB.Read())
	if err != nil {
		return nil, plein.Wrap("search.meanings", err)
	}
	means = map[string][]string{}
	for _, y := range list {
		words := strings.Fields(y.Words)
		for _, w := range words {
			for _, other := range words {
				if other != w && !slices.Contains(means[w], other) && len(means[w]) < maxSynonymWords {
					means[w] = append(means[w], other)
				}
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.means, s.meansAt = means, now
	return means, nil
}

func (s *Service) forgetMeanings() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.means = nil
}

// MayKeepSynonyms says whether somebody looks after the words of search: whoever
// looks after the talk.
func (s *Service) MayKeepSynonyms(a plein.Actor) bool { return a.Can(plein.Moderate) }

// Synonyms lists the sets of words that mean the same, for who keeps them.
func (s *Service) Synonyms(ctx context.Context, a plein.Actor) ([]Synonym, error) {
	if !s.MayKeepSynonyms(a) {
		return nil, plein.ErrDenied
	}
	list, err := synonyms(ctx, s.DB.Read())
	return list, plein.Wrap("search.synonyms", err)
}

// AddSynonym keeps a set of words that mean the same here, typed with commas or
// spaces between them.
func (s *Service) AddSynonym(ctx context.Context, a plein.Actor, typed string) error {
	if !s.MayKeepSynonyms(a) {
		return plein.ErrDenied
	}
	if utf8.RuneCountInString(typed) > maxSynonymText {
		return plein.FieldError("words", "search.synonym_long", plein.Args{"max": maxSynonymText})
	}
	var words []string
	for _, t := range language.Tokens(typed) {
		if len(t.Text) >= 2 && !slices.Contains(words, t.Text) {
			words = append(words, t.Text)
		}
	}
	if len(words) < 2 {
		return plein.FieldError("words", "search.synonym_alone", nil)
	}
	if len(words) > maxSynonymWords {
		return plein.FieldError("words", "search.synonym_many_words", plein.Args{"max": maxSynonymWords})
	}
	slices.Sort(words)
	n, err := countSynonyms(ctx, s.DB.Read())
	if err != nil {
		return plein.Wrap("search.addsynonym", err)
	}
	if n >= maxSynonyms {
		return plein.FieldError("words", "search.synonym_many", plein.Args{"max": maxSynonyms})
	}
	y := Synonym{ID: plein.NewID(s.Clock.Now()), Words: strings.Join(words, " "), By: a.ID, At: s.Clock.Now()}
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		tx.AfterCommit(s.forgetMeanings)
		return addSynonym(ctx, tx, y)
	})
	return plein.Wrap("search.addsynonym", err)
}

// DropSynonym lets go of a set of words.
func (s *Service) DropSynonym(ctx context.Context, a plein.Actor, id plein.ID) error {
	if !s.MayKeepSynonyms(a) {
		return plein.ErrDenied
	}
	return plein.Wrap("search.dropsynonym", s.DB.Tx(ctx, func(tx *db.Tx) error {
		there, err := dropSynonym(ctx, tx, id)
		if err == nil && !there {
			err = plein.ErrNotFound
		}
		tx.AfterCommit(s.forgetMeanings)
		return err
	}))
}
