package suggest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"plein/internal/plein"
	"plein/internal/square/people"
)

func indexOf(t *testing.T, full ...string) (*state, map[plein.ID]string) {
	t.Helper()
	var all []entry
	by := map[plein.ID]string{}
	for n, name := range full {
		p := people.Entry{ID: plein.ID(n + 1), Name: name, Handle: people.MakeHandle(name), State: people.Active}
		e, ok := newEntry(p, 0)
		if !ok {
			t.Fatalf("%q is not to be found", name)
		}
		all, by[p.ID] = append(all, e), name
	}
	return &state{names: makeNames(all)}, by
}

func found(s *state, by map[plein.ID]string, typed string) map[string]quality {
	out := map[string]quality{}
	s.find(strings.Fields(fold(typed)), func(e *entry, q quality) {
		if was, again := out[by[e.id]]; !again || q < was {
			out[by[e.id]] = q
		}
	})
	return out
}

func TestDutchNames(t *testing.T) {
	s, by := indexOf(t, "Fatima van den Berg", "Jan-Willem van 't Hof", "Zoë Öztürk", "Vanessa Berghuis", "Lucia d'Ancona", "Şule Çelik", "Jan de Boer", "Janneke Bos")
	for _, c := range []struct {
		typed string
		want  []string
	}{
		{"berg", []string{"Fatima van den Berg", "Vanessa Berghuis"}},
		{"BÉRG", []string{"Fatima van den Berg", "Vanessa Berghuis"}},
		{"van den b", []string{"Fatima van den Berg"}},
		{"vandenb", []string{"Fatima van den Berg"}},
		{"fatima berg", []string{"Fatima van den Berg"}},
		{"fatima.vandenberg", []string{"Fatima van den Berg"}},
		{"fat v", []string{"Fatima van den Berg"}},
		{"'t hof", []string{"Jan-Willem van 't Hof"}},
		{"’t h", []string{"Jan-Willem van 't Hof"}},
		{"hof", []string{"Jan-Willem van 't Hof"}},
		{"willem", []string{"Jan-Willem van 't Hof"}},
		{"jan-w", []string{"Jan-Willem van 't Hof"}},
		{"zoe oz", []string{"Zoë Öztürk"}},
		{"ozturk", []string{"Zoë Öztürk"}},
		{"ancona", []string{"Lucia d'Ancona"}},
		{"sule", []string{"Şule Çelik"}},
		{"van", []string{"Fatima van den Berg", "Jan-Willem van 't Hof", "Vanessa Berghuis"}},
		{"berg fatima", nil}, // the words stand in the order of the name
		{"erg", nil},
		{"niemand", nil},
	} {
		got := found(s, by, c.typed)
		var list []string
		for name := range got {
			list = append(list, name)
		}
		slices.Sort(list)
		if !slices.Equal(list, c.want) {
			t.Errorf("%q finds %v, not %v", c.typed, list, c.want)
		}
	}
}

func TestANameComesBeforeAPrefix(t *testing.T) {
	s, by := indexOf(t, "Fatima van den Berg", "Vanessa Berghuis", "Jan de Boer", "Janneke Bos")
	van := found(s, by, "van")
	if van["Vanessa Berghuis"] >= van["Fatima van den Berg"] {
		t.Errorf("who is called van comes before Vanessa: %v", van)
	}
	jan := found(s, by, "jan")
	if jan["Jan de Boer"] >= jan["Janneke Bos"] {
		t.Errorf("Janneke comes before Jan: %v", jan)
	}
}

// The index with changes answers as one made of the people as they are now.
func TestChangesAreAsGoodAsNew(t *testing.T) {
	var full []string
	for n := range 3000 {
		full = append(full, fmt.Sprintf("Naam%d van Achter%d", n, n%70))
	}
	s, by := indexOf(t, full...)
	for step := range 1500 { // past the point at which it is put in order anew
		id := plein.ID(step + 1)
		now := []people.Entry{{ID: id, Name: fmt.Sprintf("Nieuw%d Achter%d", step, step%70), State: people.Active, Zone: "Europe/Amsterdam"}}
		if step%3 == 0 {
			now[0].State = people.Closed
		}
		if s = s.with([]plein.ID{id}, now); len(s.changed) > maxChanged {
			t.Fatalf("%d changes lie beside the index", len(s.changed))
		}
		by[id] = now[0].Name
	}
	var all []entry
	for n := range full {
		id := plein.ID(n + 1)
		if n < 1500 && n%3 == 0 {
			continue
		}
		e, _ := newEntry(people.Entry{ID: id, Name: by[id], State: people.Active}, 0)
		e.words = strings.TrimSpace(e.words)
		all = append(all, e)
	}
	fresh := &state{names: makeNames(all)}
	for _, typed := range []string{"achter1", "nieuw14", "naam2", "van", "achter69"} {
		one, two := found(s, by, typed), found(fresh, by, typed)
		if len(one) != len(two) || len(one) == 0 {
			t.Errorf("%q finds %d people with changes and %d anew", typed, len(one), len(two))
		}
	}
	if len(s.zones) != 2 {
		t.Errorf("zones %v", s.zones)
	}
}

func TestWorkingHours(t *testing.T) {
	amsterdam, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]bool{
		"2026-03-02T09:00:00Z": false, // Monday, ten o'clock there
		"2026-03-02T06:30:00Z": true,
		"2026-03-02T16:59:00Z": false,
		"2026-03-02T17:00:00Z": true,
		"2026-03-07T11:00:00Z": true,  // Saturday
		"2026-07-06T06:30:00Z": false, // in summer half past eight
	} {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := quietAt(moment, amsterdam); got != want {
			t.Errorf("%s is quiet: %v", at, got)
		}
	}
}

func TestTheBestOfMany(t *testing.T) {
	b := shortest{most: 5}
	for n := range 1000 {
		id := plein.ID(n*7919%1000 + 1)
		b.add(candidate{entry: &entry{id: id, words: fmt.Sprintf("naam %04d", id)}, near: elsewhere})
		b.add(candidate{entry: &entry{id: id, words: fmt.Sprintf("naam %04d", id)}, near: elsewhere, fit: particle})
	}
	for n, c := range b.list() {
		if c.id != plein.ID(n+1) || c.fit != whole {
			t.Errorf("place %d has %d", n, c.id)
		}
	}
	if len(b.list()) != 5 {
		t.Errorf("%d are kept", len(b.list()))
	}
}
