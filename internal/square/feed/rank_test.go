package feed

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"plein/internal/plein"
	"plein/internal/square/items"
)

// said is a timeline in memory: threads, newest first.
type said struct {
	heads []items.Head
	asked int // questions
}

func (s *said) list(before plein.ID, limit int, want func(items.Head) bool) []items.Head {
	s.asked++
	var out []items.Head
	for _, h := range s.heads {
		if h.ID < before && want(h) && len(out) < limit {
			out = append(out, h)
		}
	}
	return out
}

func (s *said) without(_ context.Context, authors []plein.ID, before plein.ID, limit int) ([]items.Head, error) {
	return s.list(before, limit, func(h items.Head) bool { return !slices.Contains(authors, h.Author) }), nil
}

func (s *said) by(_ context.Context, author, before plein.ID, limit int) ([]items.Head, error) {
	return s.list(before, limit, func(h items.Head) bool { return h.Author == author }), nil
}

// say makes threads of "abba": newest first, one letter for each author.
func say(authors string) *said {
	s := &said{}
	for n, a := range authors {
		s.heads = append(s.heads, items.Head{ID: plein.ID(1000*len(authors) - 1000*n), Author: plein.ID(a)})
	}
	return s
}

func isNew(items.Head) Reason { return ReasonNew }

// turn builds one page and draws it as authors.
func turn(t *testing.T, src source, size int, at cursor, top ...Placed) (drawn string, ids []plein.ID, next cursor, more bool) {
	t.Helper()
	p := newPage(size, src, at, isNew)
	for _, h := range top {
		p.onTop(h.Head, h.Why)
	}
	placed, next, more, err := p.build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, h := range placed {
		b.WriteRune(rune(h.Author))
		ids = append(ids, h.ID)
	}
	return b.String(), ids, next, more
}

func TestOneAuthorTakesAtMostThreePlaces(t *testing.T) {
	for _, c := range []struct {
		what, said string
		size       int
		pages      string // separated by spaces
	}{
		{"nobody", "", 5, ""},
		{"one after another", "abcdefg", 3, "abc def g"},
		{"a page exactly", "abcde", 5, "abcde"},
		{"three are fine", "aaab", 5, "aaab"},
		{"the fourth waits", "aaaabcd", 5, "aaabc ad"},
		{"overtaken from far behind", "aaaaaaaaaabcdefg", 6, "aaabcd aaaefg aaaa"},
		{"nobody else spoke", "aaaaaaaaaa", 4, "aaaa aaaa aa"},
		{"nobody else spoke any more", "aaaaab", 4, "aaab aa"},
		{"two who go on and on", "abababababababcd", 8, "abababcd abababab"},
		{"the free places go to the newest", "aaaaabbbbb", 8, "aaaaabbb bb"},
		{"catching up", "aaaabbbbccccdddd", 8, "aaabbbcc abccdddd"},
		{"waiting is not for ever", "aaaab" + strings.Repeat("cdefgh", 3) + "a", 6, "aaabcd aefghc defghc defgha"},
	} {
		src := say(c.said)
		var pages []string
		at := start
		for more := true; more; {
			var drawn string
			drawn, _, at, more = turn(t, src, c.size, at)
			pages = append(pages, drawn)
		}
		if got := strings.Join(pages, " "); got != c.pages {
			t.Errorf("%s, %s in pages of %d: %q, want %q", c.what, c.said, c.size, got, c.pages)
		}
	}
}

func TestTheOrderOfAPage(t *testing.T) {
	src := say("abcdefgh") // a8 b7 c6 d5 e4 f3 g2 h1, in thousands
	id := func(n int) plein.ID { return plein.ID(1000 * n) }
	top := []Placed{
		{items.Head{ID: id(2), Author: 'g'}, ReasonMust}, {items.Head{ID: id(4), Author: 'e'}, ReasonMust},
		{items.Head{ID: id(3), Author: 'f'}, ReasonAsked}, {items.Head{ID: id(4), Author: 'e'}, ReasonAsked},
		{items.Head{ID: id(7), Author: 'b'}, ReasonAsked},
	}
	drawn, _, next, more := turn(t, src, 6, start, top...)
	if drawn != "egbfac" || !more {
		t.Errorf("a page %q: must-reads first, then what was asked, then by time", drawn)
	}
	if drawn, _, _, more = turn(t, src, 6, next); drawn != "dh" || more {
		t.Errorf("the next page %q", drawn)
	}
	// What stands on top counts for its author's share.
	src = say("aaaab")
	drawn, ids, _, _ := turn(t, src, 4, start, Placed{items.Head{ID: id(2), Author: 'a'}, ReasonMust}, Placed{items.Head{ID: 77, Author: 'a'}, ReasonAsked})
	if drawn != "aaab" || ids[0] != id(2) || ids[1] != 77 || ids[2] != id(5) {
		t.Errorf("with two on top: %q %v", drawn, ids)
	}
}

// naive is the timeline without any cleverness: it knows all that was shown.
type naive struct {
	shown map[plein.ID]bool
	from  plein.ID // nothing newer than the first page
}

func (n *naive) page(heads []items.Head, size int, top []items.Head) (page []plein.ID, more bool) {
	taken := map[plein.ID]int{}
	put := func(h items.Head) {
		page = append(page, h.ID)
		n.shown[h.ID] = true
		taken[h.Author]++
	}
	for _, h := range top {
		if len(page) < size && !n.shown[h.ID] && taken[h.Author] < 3 {
			put(h)
		}
	}
	above := len(page)
	for _, all := range []bool{false, true} {
		for _, h := range heads {
			if len(page) < size && h.ID < n.from && !n.shown[h.ID] && (all || taken[h.Author] < 3) {
				put(h)
			}
		}
	}
	slices.SortFunc(page[above:], func(a, b plein.ID) int { return int(b - a) })
	more = slices.ContainsFunc(heads, func(h items.Head) bool { return h.ID < n.from && !n.shown[h.ID] })
	return page, more
}

// Whatever is said by whom, and whatever comes and goes between two pages: every
// page is what the naive timeline shows, and through all pages everything comes by
// once.
func TestAWholeTimelineComesByOnce(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("PLEIN_TEST_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	for round := range 400 {
		if err := wholeTimeline(t, rand.New(rand.NewPCG(seed, uint64(round)))); err != nil {
			t.Fatalf("PLEIN_TEST_SEED=%d, round %d: %v", seed, round, err)
		}
	}
}

func wholeTimeline(t *testing.T, rng *rand.Rand) error {
	authors, dominant := 1+rng.IntN(15), rng.IntN(4)
	author := func() plein.ID {
		if dominant > 0 && rng.IntN(3) > 0 {
			return plein.ID(1 + rng.IntN(dominant))
		}
		return plein.ID(1 + rng.IntN(authors))
	}
	src := &said{}
	next := plein.ID(1000)
	speak := func(n int) {
		for range n {
			next += plein.ID(1 + rng.IntN(3))
			src.heads = slices.Insert(src.heads, 0, items.Head{ID: next, Author: author()})
		}
	}
	for range 1 + rng.IntN(4) { // one who goes on for a while, then others
		speak(rng.IntN(60))
		dominant = rng.IntN(4)
	}
	var top []Placed
	var topHeads []items.Head
	for range rng.IntN(2 * maxMusts) {
		if len(src.heads) > 0 {
			h := src.heads[rng.IntN(len(src.heads))]
			if !slices.Contains(topHeads, h) {
				top, topHeads = append(top, Placed{h, ReasonMust}), append(topHeads, h)
			}
		}
	}
	slices.SortFunc(topHeads, func(a, b items.Head) int { return int(b.ID - a.ID) })
	slices.SortFunc(top, func(a, b Placed) int { return int(b.ID - a.ID) })

	oracle := &naive{shown: map[plein.ID]bool{}, from: next + 1}
	seen := map[plein.ID]bool{}
	at := start
	for pages := 0; ; pages++ {
		src.asked = 0
		_, got, after, more := turn(t, src, plein.PageSize, at, top...)
		want, wantMore := oracle.page(src.heads, plein.PageSize, topHeads)
		if !slices.Equal(got, want) || more != wantMore {
			return fmt.Errorf("page %d: %v (more %v), want %v (more %v)", pages, got, more, want, wantMore)
		}
		if src.asked > 16 {
			return fmt.Errorf("page %d took %d questions", pages, src.asked)
		}
		for _, id := range got {
			if seen[id] {
				return fmt.Errorf("page %d: %d comes by twice", pages, id)
			}
			seen[id] = true
		}
		if !more {
			break
		}
		back := parseCursor(after.String()) // as it comes back from an address
		if fmt.Sprint(back.clone()) != fmt.Sprint(after.clone()) {
			return fmt.Errorf("page %d: cursor %v came back as %v", pages, after, back)
		}
		at, top, topHeads = back, nil, nil
		speak(rng.IntN(3))
		if len(src.heads) > 0 && rng.IntN(3) == 0 {
			gone := rng.IntN(len(src.heads))
			src.heads = slices.Delete(src.heads, gone, gone+1)
		}
		if pages > 200 {
			return fmt.Errorf("no end")
		}
	}
	for _, h := range src.heads {
		if h.ID < oracle.from && !seen[h.ID] {
			return fmt.Errorf("%d by %d never came by", h.ID, h.Author)
		}
	}
	return nil
}

func TestHostileCursorsAreTheBeginning(t *testing.T) {
	id := plein.ID(123456789)
	good := cursor{before: id, behind: map[plein.ID]plein.ID{5: id + 9, 7: id + 10}, top: []plein.ID{id + 100, 3}}
	if back := parseCursor(good.String()); fmt.Sprint(back) != fmt.Sprint(good) {
		t.Errorf("%v came back as %v", good, back)
	}
	if back := parseCursor(cursor{before: id}.String()); fmt.Sprint(back) != fmt.Sprint(cursor{before: id}) {
		t.Errorf("the simplest cursor came back as %v", back)
	}
	s := id.String()
	for _, hostile := range []string{"", "~", "~~~", "x", s + "~~~", s + "~" + s, s + "~" + s + "." + s + "." + s, s + "~x.y", s + "~~x",
		s + "~" + strings.Repeat(s+".", 2*maxBehind+1) + s, s + "~~" + strings.Repeat(s+".", maxTop) + s, s + "." + s, "-" + s,
		strings.Repeat("a", 100_000), s + "~.", s + "\x00", items.Newest.String(), items.Newest.String() + "~~" + s,
		strings.ToUpper(s) + "~", "0000000000000", plein.ID(0).String(), plein.ID(-5).String()} {
		if got := parseCursor(hostile); fmt.Sprint(got) != fmt.Sprint(start) {
			t.Errorf("%.60q is read as %v", hostile, got)
		}
	}
}

func FuzzCursor(f *testing.F) {
	f.Add(cursor{before: 99, behind: map[plein.ID]plein.ID{5: 100}, top: []plein.ID{7}}.String())
	f.Add("~~")
	f.Fuzz(func(t *testing.T, s string) {
		c := parseCursor(s)
		if !c.first() {
			if again := parseCursor(c.String()); fmt.Sprint(again.clone()) != fmt.Sprint(c.clone()) {
				t.Fatalf("%q is %v and then %v", s, c, again)
			}
		}
		if len(c.behind) > maxBehind || len(c.top) > maxTop {
			t.Fatalf("%q is too large: %v", s, c)
		}
	})
}
