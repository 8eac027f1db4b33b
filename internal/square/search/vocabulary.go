package search

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"
	"time"

	"plein/internal/platform/db"
	"plein/internal/platform/language"
	"plein/internal/platform/text"
	"plein/internal/plein"
)

// Which Dutch compounds there are is learnt from what the organisation itself
// writes, in versions. Texts are indexed with the newest version at once; a
// question is asked with the version that the whole index has, so that the two
// agree. Only what everybody of the organisation reads is learnt from: a word that
// stands in closed talk alone changes nothing for anybody else.

// sample has something of everything that package language does to a text.
const sample = `Verlofaanvragen voor de nachtdienst: wie heeft er 's avonds vragen over infuuspompen, fietsplannen en ziekenhuisbedden?
	Foto's en cafés; hij werkte, wij werken en zij hebben gewerkt. Huizen, brieven, dozen, kinderen. Zij liep, wij lopen, ik heb gelopen.
	The nurses were running and asked colleagues' questions; studies, boxes, happily, organisation.`

// analysis is a sum over the terms that package language makes of a sample. An
// index that was made with another one, by another version of Plein, is gone
// through again by itself.
func analysis() int64 {
	counts := map[string]int{}
	for _, w := range strings.Fields("infuus pomp pompen verlof aanvraag aanvragen dienst nacht bed bedden ziekenhuis fiets plan plannen") {
		counts[w] = 20
	}
	sum := fnv.New32a()
	for _, t := range language.NewAnalyzer(language.Learn(counts)).Terms(sample) {
		fmt.Fprintln(sum, t.Text, t.Weight)
	}
	return int64(sum.Sum32())
}

// tongue is an analyzer with the words behind it.
type tongue struct {
	*language.Analyzer
	version int64
	counts  map[string]int // how often a word is used
	stems   []usedStem     // for "did you mean"
}

// usedStem is a stem with the word of it that is used most.
type usedStem struct {
	stem, word string
	n          int
}

// stemsOf makes the stems of learnt words.
func stemsOf(counts map[string]int) []usedStem {
	by := make(map[string]usedStem, len(counts))
	for w, n := range counts {
		stem := language.Stem(language.Dutch, w)
		if had, ok := by[stem]; !ok || n > had.n || n == had.n && w < had.word {
			by[stem] = usedStem{stem, w, n}
		}
	}
	out := slices.Collect(maps.Values(by))
	slices.SortFunc(out, func(a, b usedStem) int { return cmp.Or(b.n-a.n, cmp.Compare(a.word, b.word)) })
	return out
}

// The bounds of learning.
const (
	learntFrom  = 50_000 // items, the newest
	learntWords = 40_000 // different words, the most used
	learntLeast = 2      // texts that a word must stand in
	firstLesson = 200    // items before there is anything to learn
)

// tonguesFor is how long a node goes on with the versions it knows.
const tonguesFor = 5 * time.Second

// asking gives the words with which questions are asked.
func (s *Service) asking(ctx context.Context) (*tongue, error) {
	t, _, err := s.tongues(ctx)
	return t, err
}

// indexing gives the words with which texts are indexed.
func (s *Service) indexing(ctx context.Context) (*tongue, error) {
	_, t, err := s.tongues(ctx)
	return t, err
}

func (s *Service) tongues(ctx context.Context) (ask, index *tongue, err error) {
	now := s.Clock.Now()
	s.mu.Lock()
	ask, index = s.ask, s.index
	fresh := ask != nil && index != nil && now.Sub(s.tonguesAt) < tonguesFor
	s.mu.Unlock()
	if fresh {
		return ask, index, nil
	}
	if ask, err = s.tongue(ctx, "words", ask); err != nil {
		return nil, nil, err
	}
	if index, err = s.tongue(ctx, "words_next", index); err != nil {
		return nil, nil, err
	}
	if index.version < ask.version {
		index = ask
	}
	s.mu.Lock()
	s.ask, s.index, s.tonguesAt = ask, index, now
	s.mu.Unlock()
	return ask, index, nil
}

func (s *Service) tongue(ctx context.Context, name string, had *tongue) (*tongue, error) {
	v, err := state(ctx, s.DB.Read(), name)
	if err != nil {
		return nil, err
	}
	if had != nil && had.version == v {
		return had, nil
	}
	words, err := learnt(ctx, s.DB.Read(), v)
	if err != nil {
		return nil, err
	}
	t := &tongue{version: v, counts: make(map[string]int, len(words))}
	for _, w := range words {
		t.counts[w.word] = w.n
	}
	t.stems = stemsOf(t.counts)
	var c *language.Compounds
	if len(words) > 0 {
		c = language.Learn(t.counts)
	}
	t.Analyzer = language.NewAnalyzer(c)
	return t, nil
}

func (s *Service) forgetTongues() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ask, s.index = nil, nil
}

// study learns the words anew when there is twice as much to learn from as the
// last time, and then goes through the index with them. It looks once a minute.
func (s *Service) study(ctx context.Context) error {
	now := s.Clock.Now()
	s.mu.Lock()
	soon := now.Sub(s.studied) < time.Minute && !s.studied.IsZero()
	s.studied = now
	s.mu.Unlock()
	if soon {
		return nil
	}
	if made, err := state(ctx, s.DB.Read(), "analysis"); err != nil {
		return plein.Wrap("search.study", err)
	} else if made != s.analysis {
		if err := s.again(ctx); err != nil {
			return err
		}
	}
	had, err := state(ctx, s.DB.Read(), "learnt_from")
	if err != nil {
		return plein.Wrap("search.study", err)
	}
	next, err := state(ctx, s.DB.Read(), "words_next")
	if err != nil {
		return plein.Wrap("search.study", err)
	}
	if used, err := state(ctx, s.DB.Read(), "words"); err != nil {
		return plein.Wrap("search.study", err)
	} else if next > used { // it was cut off while going through the index
		return s.reread(ctx, next, rereadAtOnce, func(int, int) {})
	}
	if had >= learntFrom {
		return nil
	}
	// Counting everything is quick; learning is not, so it waits until there is half
	// as much again as when it was last tried.
	all, err := s.Items.CountAll(ctx)
	if err != nil {
		return err
	}
	tried, err := state(ctx, s.DB.Read(), "tried_with")
	if err != nil || all < firstLesson || int64(all) < tried+tried/2 {
		return plein.Wrap("search.study", err)
	}
	if err := s.DB.Tx(ctx, func(tx *db.Tx) error { return setState(ctx, tx, "tried_with", int64(all)) }); err != nil {
		return plein.Wrap("search.study", err)
	}
	words, from, err := s.learn(ctx)
	if err != nil || from < firstLesson || int64(from) < 2*had {
		return plein.Wrap("search.study", err)
	}
	version, err := s.teach(ctx, words, from)
	if err != nil {
		return plein.Wrap("search.study", err)
	}
	return s.reread(ctx, version, rereadAtOnce, func(int, int) {})
}

// again goes through the index because terms are made in another way than when it
// was made.
func (s *Service) again(ctx context.Context) error {
	next, err := state(ctx, s.DB.Read(), "words_next")
	if err != nil {
		return plein.Wrap("search.again", err)
	}
	if err := s.reread(ctx, next, rereadAtOnce, func(int, int) {}); err != nil {
		return err
	}
	return plein.Wrap("search.again", s.DB.Tx(ctx, func(tx *db.Tx) error { return setState(ctx, tx, "analysis", s.analysis) }))
}

// teach keeps learnt words as a new version, for indexing.
func (s *Service) teach(ctx context.Context, words []count, from int) (version int64, err error) {
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := holdWriter(ctx, tx); err != nil {
			return err
		}
		next, err := state(ctx, tx, "words_next")
		if err != nil {
			return err
		}
		version = next + 1
		if err := keepLearnt(ctx, tx, version, words); err != nil {
			return err
		}
		if err := setState(ctx, tx, "learnt_from", int64(from)); err != nil {
			return err
		}
		return setState(ctx, tx, "words_next", version)
	})
	s.forgetTongues()
	return version, err
}

// settle lets questions be asked with a version, once the whole index has it.
func (s *Service) settle(ctx context.Context, version int64) error {
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := setState(ctx, tx, "words", version); err != nil {
			return err
		}
		return forgetLearnt(ctx, tx, version)
	})
	s.forgetTongues()
	return err
}

// learn counts in how many of the newest texts each word stands, among those that
// everybody of the organisation reads.
func (s *Service) learn(ctx context.Context) (words []count, from int, err error) {
	counts := map[string]int{}
	everyone := map[plein.ID]bool{}
	for before := newest; from < learntFrom; {
		list, err := s.Items.WalkBack(ctx, before, 1000)
		if err != nil {
			return nil, 0, err
		}
		if len(list) == 0 {
			break
		}
		for _, i := range list {
			before = i.ID
			all, known := everyone[i.Audience]
			if !known {
				a, err := s.Access.Find(ctx, i.Audience)
				if err != nil && plein.KindOf(err) != plein.NotFound {
					return nil, 0, err
				}
				all = err == nil && a.Kind.Everyone()
				everyone[i.Audience] = all
			}
			if !all || i.Gone() {
				continue
			}
			from++
			seen := map[string]bool{}
			for _, t := range language.Tokens(cutRunes(i.Title+"\n"+text.EditForm(i.Body), maxIndexed)) {
				if len(t.Text) >= 3 && !seen[t.Text] {
					seen[t.Text] = true
					counts[t.Text]++
				}
			}
		}
		if len(counts) > 20*learntWords { // a hostile text cannot fill the memory
			for w, n := range counts {
				if n < learntLeast {
					delete(counts, w)
				}
			}
		}
	}
	for w, n := range counts {
		if n >= learntLeast {
			words = append(words, count{w, n})
		}
	}
	slices.SortFunc(words, func(a, b count) int { return cmp.Or(b.n-a.n, cmp.Compare(a.word, b.word)) })
	return words[:min(len(words), learntWords)], from, nil
}
