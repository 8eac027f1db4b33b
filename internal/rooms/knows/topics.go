package knows

import (
	"context"
	"slices"
	"sync"

	"plein/internal/platform/db"
	"plein/internal/platform/language"
	"plein/internal/plein"
)

// topics keeps in memory what people were thanked for, by term: where to look. It
// is read when it is first asked for and let go of at every change.
type topics struct {
	mu     sync.Mutex
	round  uint64
	people map[string][]plein.ID // nil when it has to be read
}

// maxTopicsKept bounds what is read; whatever is beyond is not found by thanks.
const maxTopicsKept = 200_000

func (t *topics) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.round++
	t.people = nil
}

func (t *topics) kept() (map[string][]plein.ID, uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.people, t.round
}

// find gives people who were thanked for something that answers a part of a
// question.
func (t *topics) find(ctx context.Context, d *db.DB, a *language.Analyzer, parts [][]string) ([]plein.ID, error) {
	list, round := t.kept()
	if list == nil {
		var err error
		if list, err = readTopics(ctx, d, a); err != nil {
			return nil, err
		}
		t.mu.Lock()
		if t.round == round {
			t.people = list
		}
		t.mu.Unlock()
	}
	var out []plein.ID
	for _, group := range parts {
		for _, term := range group {
			out = append(out, list[term]...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

func readTopics(ctx context.Context, d *db.DB, a *language.Analyzer) (map[string][]plein.ID, error) {
	out := map[string][]plein.ID{}
	var person plein.ID
	key := ""
	for n := 0; n < maxTopicsKept; {
		list, keys, err := thanksAfter(ctx, d.Read(), person, key, 1000)
		if err != nil {
			return nil, err
		}
		for _, t := range list {
			for _, term := range termsOf(a, []string{t.topic}) {
				out[term] = append(out[term], t.person)
			}
		}
		if len(list) < 1000 {
			break
		}
		n += len(list)
		person, key = list[len(list)-1].person, keys[len(keys)-1]
	}
	return out, nil
}
