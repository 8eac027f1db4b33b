package trending_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"plein/internal/plein"
	"plein/internal/rooms/trending"
)

func TestSubjectsOfAText(t *testing.T) {
	long := strings.Repeat("infuuspomp", 1000)
	for _, c := range []struct{ text, tags, words string }{
		{"", "", ""},
		{"De nieuwe roosters rond kerst", "", "roosters rond kerst"},
		{"Rooster! ROOSTER, rooster?", "", "rooster"},
		{"Idee: #Zoeken_naar spullen (#pompen) en#geen", "zoeken_naar pompen", "naar spullen pompen geen"},
		{"Vraag het @[Samira Bouali](person:0000000000001) of @[Interne B3](group:0000000000002).", "", ""},
		{"Zie https://intranet.example/roosters en `roosters` en ```\nroosters\n``` [plan](https://x.example/roosters)", "", "plan"},
		{"Mail samira.bouali@linge.example", "", "mail"},
		{"kamer 214, B3, 2026-11-20, A4", "", "kamer"},
		{"foto's van de reünie in café Het Anker", "", "foto's reünie café anker"},
		{"🎉🎉 \u202Eroosters\u202C", "", "roosters"},
		{"\xff\xfe kapot", "", "kapot"},
		{long, "", long[:40]},
	} {
		tags, words := trending.Subjects(c.text)
		if c.text == long {
			if len(words) != 1 {
				t.Errorf("a word of ten thousand letters gives %d words", len(words))
			}
			continue
		}
		// Small words that are not in this list are not what is tested.
		if got := strings.Join(tags, " "); got != c.tags {
			t.Errorf("%q has tags %q, want %q", c.text, got, c.tags)
		}
		for _, w := range strings.Fields(c.words) {
			if w != "naar" && w != "geen" && !slices.Contains(words, w) {
				t.Errorf("%q has %q, want %q among them", c.text, words, w)
			}
		}
		for _, w := range words {
			if !strings.Contains(" "+c.words+" ", " "+w+" ") {
				t.Errorf("%q has %q among its words", c.text, w)
			}
		}
	}
	many := ""
	for n := range 500 {
		many += " #tag" + strings.Repeat("x", n%40) + string(rune('a'+n%26))
	}
	if tags, words := trending.Subjects(many); len(tags) > plein.MaxTags || len(words) > 120 {
		t.Errorf("%d tags and %d words of one item", len(tags), len(words))
	}
}

// The figures are Dunning's statistic worked out by hand.
func TestLift(t *testing.T) {
	for _, c := range []struct {
		k, n, k0, n0 int
		want         float64
	}{
		{10, 100, 10, 1000, 22.91},
		{10, 100, 100, 1000, 0},
		{0, 100, 50, 1000, -9.77},
		{5, 10, 0, 1000, 49.19},
		{0, 0, 10, 100, 0},
		{3, 10, 0, 0, 0},
		{10, 10, 10, 10, 0},
	} {
		if got := trending.Lift(c.k, c.n, c.k0, c.n0); math.IsNaN(got) || math.Abs(got-c.want) > 0.01 {
			t.Errorf("%d of %d after %d of %d: %.2f, want %.2f", c.k, c.n, c.k0, c.n0, got, c.want)
		}
	}
}

func TestWhatAQuestionIsNearTo(t *testing.T) {
	k := trending.KnowsOf([]string{"Infuuspompen", "Excel"}, []string{"roosters maken in het weekend"})
	for _, c := range []struct{ text, want string }{
		{"Wie weet hoe je een infuuspomp ontlucht?", "Infuuspompen"},
		{"Mijn weekendrooster klopt niet", "roosters maken in het weekend"},
		{"Hoe maak ik een exceltabel met roosters?", "Excel|roosters maken in het weekend"},
		{"Waar staat de koffie?", ""},
		{"Wie werkt er in het weekend", ""},
		{"", ""},
	} {
		if got := strings.Join(k.Near(c.text), "|"); got != c.want {
			t.Errorf("%q is near to %q, want %q", c.text, got, c.want)
		}
	}
	if got := trending.KnowsOf().Near("Wie kent Excel?"); got != nil {
		t.Errorf("who says nothing of themselves is near to %q", got)
	}
}
