package imports

import (
	"strings"
	"testing"
	"unicode/utf8"

	"plein/internal/platform/text"
	"plein/internal/plein"
)

// namesOnly is a sink that knows one person.
type namesOnly struct{ sink }

func (namesOnly) mention(source string) (string, plein.ID, bool) {
	return "Ann de Wit", 7, source == "slack:U1"
}

func (namesOnly) mentionGroup(string) (string, plein.ID, bool) { return "", 0, false }

var ann = text.Mention{Kind: "person", ID: 7, Name: "Ann de Wit"}.String()

func TestSlackCardsKeepTheirWords(t *testing.T) {
	got := newSlackWords(namesOnly{}).message(&slackMessage{Attachments: []slackAttachment{
		{Pretext: "[shop:main] 1 new commit:", Text: "<https://a.example/c|abc>: *done*", Fallback: "not this"},
		{Title: "A page", TitleLink: "https://a.example", Text: "what it says", Fields: []slackField{{Title: "State", Value: "open"}}},
		{Fallback: "only this"},
	}})
	want := "\\[shop:main] 1 new commit:\n\n> [abc](https://a.example/c): **done**\n\n> [A page](https://a.example)\n> what it says\n> State: open\n\n> only this"
	if got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	got = newSlackWords(namesOnly{}).message(&slackMessage{Blocks: []byte(`[{"type":"rich_text","elements":[{"type":"rich_text_section",
		"elements":[{"type":"text","text":"see "},{"type":"link","url":"https://a.example"},{"type":"text","text":" "},{"type":"user","user_id":"U1"}]}]}]`)})
	if got != "see https://a.example "+ann {
		t.Errorf("blocks became %q", got)
	}
}

func TestReactionsOfOtherNetworks(t *testing.T) {
	for emoji, want := range map[string]plein.Reaction{
		"+1": plein.Agree, "thumbsup": plein.Agree, "+1::skin-tone-3": plein.Agree, "thumbsup_dark_skin_tone": plein.Agree,
		"white_check_mark": plein.Agree, "botman": plein.Agree, "": plein.Agree, ":pray:": plein.Thanks, "tada": plein.Nice,
		"clap": plein.Nice, "heart": plein.Nice, "sweat_smile": plein.Same, "raising_hand": plein.Help,
	} {
		if got := reactionOf(emoji); got != want {
			t.Errorf("%q became %s, want %s", emoji, got, want)
		}
	}
	seen := map[string]bool{}
	for _, names := range reactionWords {
		for _, name := range strings.Fields(names) {
			if seen[name] {
				t.Errorf("%s stands twice in the table", name)
			}
			seen[name] = true
		}
	}
	it := &stagedItem{}
	for _, e := range []string{"+1", "ok", "heart", "tada", "+1"} {
		it.react("ann", e, it.made)
	}
	if len(it.reactions) != 2 {
		t.Errorf("one person gives each kind once: %v", it.reactions)
	}
}

func TestCutTextKeepsFencesClosed(t *testing.T) {
	var in strings.Builder
	in.WriteString("before\n```\n")
	for range 400 {
		in.WriteString("code line of twenty\n")
	}
	in.WriteString("```\nafter")
	pieces := cutText(in.String(), 2000, 1000)
	if len(pieces) < 5 {
		t.Fatalf("%d pieces", len(pieces))
	}
	n := 0
	for i, p := range pieces {
		if limit := map[bool]int{true: 2000, false: 1000}[i == 0]; utf8.RuneCountInString(p) > limit {
			t.Errorf("piece %d has %d characters", i, utf8.RuneCountInString(p))
		}
		if strings.Count(p, "```")%2 != 0 {
			t.Errorf("piece %d leaves a fence open: %.60q", i, p)
		}
		n += strings.Count(p, "code line of twenty")
	}
	if n != 400 {
		t.Errorf("%d of 400 lines are left", n)
	}
}

func TestThreadsOfAnyShape(t *testing.T) {
	for _, c := range []struct {
		name    string
		in      [][2]int64 // ts, parent
		want    []int64    // what each hangs under, by place; 0 for a post, -1 for a clash
		missing int
	}{
		{"alone", [][2]int64{{1, 0}, {2, 2}}, []int64{0, 0}, 0},
		{"a thread", [][2]int64{{1, 1}, {2, 1}, {3, 1}}, []int64{0, 1, 1}, 0},
		{"a chain", [][2]int64{{1, 0}, {2, 1}, {3, 2}, {4, 3}, {5, 4}}, []int64{0, 1, 2, 2, 2}, 0},
		{"backwards", [][2]int64{{3, 2}, {2, 1}, {1, 0}}, []int64{2, 1, 0}, 0},
		{"an orphan", [][2]int64{{5, 3}, {6, 5}}, []int64{0, 5}, 1},
		{"twice the same", [][2]int64{{1, 0}, {1, 0}, {2, 1}}, []int64{0, 0, 1}, 0},
		{"a ring", [][2]int64{{1, 3}, {2, 1}, {3, 2}}, nil, 0},
		{"a ring of two with a tail", [][2]int64{{1, 2}, {2, 1}, {3, 2}}, nil, 0},
	} {
		var th threads
		for _, m := range c.in {
			th.add(m[0], m[1], 0)
		}
		clashes := th.resolve()
		if (len(clashes) > 0) != (c.want == nil) {
			t.Errorf("%s: clashes %v", c.name, clashes)
			continue
		}
		if th.missing != c.missing {
			t.Errorf("%s: %d missing", c.name, th.missing)
		}
		for pos, want := range c.want {
			got := int64(0)
			if up := th.above(th.byPos[pos]); up >= 0 {
				got = th.entries[up].ts
			}
			if got != want {
				t.Errorf("%s: message %d hangs under %d, want %d", c.name, pos, got, want)
			}
		}
	}
}
