package imports

import (
	"strings"
	"testing"
	"unicode/utf8"

	"plein/internal/platform/text"
	"plein/internal/plein"
)

// namesOnly is a sink that knows two people and a group.
type namesOnly struct{ sink }

func (namesOnly) mention(source string) (string, plein.ID, bool) {
	switch source {
	case "slack:U1", "mattermost:user:ann":
		return "Ann de Wit", 7, true
	case "slack:U2", "mattermost:user:bob.dot":
		return "Bob [2]", 8, true
	}
	return "", 0, false
}

func (namesOnly) mentionGroup(source string) (string, plein.ID, bool) {
	if source == "slack:C1" || source == "mattermost:channel:t:talk" {
		return "Talk", 9, true
	}
	return "", 0, false
}

func (namesOnly) note(string, string, ...any)          {}
func (namesOnly) problem(string, string, ...any) error { return nil }

var (
	ann  = text.Mention{Kind: "person", ID: 7, Name: "Ann de Wit"}.String()
	bob  = text.Mention{Kind: "person", ID: 8, Name: "Bob [2]"}.String()
	talk = text.Mention{Kind: "group", ID: 9, Name: "Talk"}.String()
)

func TestSlackMarkupBecomesOurs(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"plain words", "plain words"},
		{"hello <@U1>, and <@U2|bob>!", "hello " + ann + ", and " + bob + "!"},
		{"who is <@U9>?", "who is @U9?"},
		{"who is <@U9|max>?", "who is @max?"},
		{"see <#C1|talk> and <#C9|other>", "see " + talk + " and \\#other"},
		{"<!here> <!channel> <!subteam^S1|@nurses> <!date^1^{date}|today>", "@here @channel @nurses today"},
		{"<https://a.example/x>", "https://a.example/x"},
		{"<https://a.example/x?a=1&amp;b=2|the page>", "[the page](https://a.example/x?a=1&b=2)"},
		{"<https://a.example/x_(y)|odd [one]>", `[odd \[one\]](https://a.example/x_%28y%29)`},
		{"<https://a.example/x_y>", "<https://a.example/x_y>"},
		{"<mailto:a@b.nl|a@b.nl>", "a@b.nl"},
		{"<javascript:alert(1)|click>", "click"},
		{"*bold* _italic_ ~gone~ `code`", "**bold** _italic_ ~~gone~~ `code`"},
		{"*<https://a.example|link>* and *_both_*", "**[link](https://a.example)** and **_both_**"},
		{"2 * 3 * 4, snake_case_name, a*b*c, ~5", `2 \* 3 \* 4, snake_case_name, a\*b\*c, \~5`},
		{"*not closed", `\*not closed`},
		{"_ not italic _", `\_ not italic \_`},
		{"a &lt;b&gt; &amp; c &amp;lt;", `a <b> & c \&lt;`},
		{"[text](https://evil.example)", `\[text](https://evil.example)`},
		{"@[Ann](person:0000000000002)", `@\[Ann](person:0000000000002)`},
		{"# no heading\n#tag", "\\# no heading\n#tag"},
		{"text\n---\n===", "text\n\\---\n\\==="},
		{"&gt; quoted\nnot quoted", "> quoted\n\nnot quoted"},
		{"before\n&gt;&gt;&gt; all\nof this", "before\n> all\n> of this"},
		{"• one\n• two\n    ◦ deeper\nafter", "- one\n- two\n  - deeper\n\nafter"},
		{"`a*b_<@U1>`", "`a*b_@Ann de Wit`"},
		{"say ```x := *p &lt; 3\n# no``` done", "say \n```\nx := *p < 3\n# no\n```\ndone"},
		{"```open to the end", "```\nopen to the end\n```"},
		{"a ` lonely tick", "a \\` lonely tick"},
		{"an open <angle", "an open <angle"},
		{`back\slash \* star`, `back\slash \\\* star`},
		{"line\u2028end\x00\x1b[31m", "line\nend\\[31m"},
	} {
		if got := newSlackText(namesOnly{}).convert(c.in); got != c.want {
			t.Errorf("%q\n got %q\nwant %q", c.in, got, c.want)
		}
	}
}

func TestSlackCardsKeepTheirWords(t *testing.T) {
	got := newSlackText(namesOnly{}).message(&slackMessage{Attachments: []slackAttachment{
		{Pretext: "[shop:main] 1 new commit:", Text: "<https://a.example/c|abc>: *done*", Fallback: "not this"},
		{Title: "A page", TitleLink: "https://a.example", Text: "what it says", Fields: []slackField{{Title: "State", Value: "open"}}},
		{Fallback: "only this"},
	}})
	want := "\\[shop:main] 1 new commit:\n\n> [abc](https://a.example/c): **done**\n\n> [A page](https://a.example)\n> what it says\n> State: open\n\n> only this"
	if got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	got = newSlackText(namesOnly{}).message(&slackMessage{Blocks: []byte(`[{"type":"rich_text","elements":[{"type":"rich_text_section",
		"elements":[{"type":"text","text":"see "},{"type":"link","url":"https://a.example"},{"type":"text","text":" "},{"type":"user","user_id":"U1"}]}]}]`)})
	if got != "see https://a.example "+ann {
		t.Errorf("blocks became %q", got)
	}
}

func TestSlackMentionsAreBounded(t *testing.T) {
	got := newSlackText(namesOnly{}).convert(strings.Repeat("<@U1> ", 80))
	if n := strings.Count(got, "](person:"); n != plein.MaxMentions {
		t.Errorf("%d mentions", n)
	}
	if n := strings.Count(got, "@"); n != 80 {
		t.Errorf("%d names are left", n)
	}
}

func TestMattermostMarkupBecomesOurs(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"@ann hello", ann + " hello"},
		{"thanks @Ann.", "thanks " + ann + "."},
		{"thanks @bob.dot.", "thanks " + bob + "."},
		{"mail ann@ann.example, @@ann, @nobody", "mail ann@ann.example, @@ann, @nobody"},
		{"see ~talk and ~other and ~~gone~~", "see " + talk + " and ~other and ~~gone~~"},
		{"`@ann` and ``x ` @ann``", "`@ann` and ``x ` @ann``"},
		{"```\n@ann\n```\n@ann", "```\n@ann\n```\n" + ann},
		{"~~~\n@ann\n~~~", "~~~\n@ann\n~~~"},
		{"a ` tick @ann", "a ` tick " + ann},
		{"**bold** [x](https://a.example) <b>", "**bold** [x](https://a.example) <b>"},
		{"@[Ann](person:0000000000002)", `@\[Ann](person:0000000000002)`},
		{"(@ann)", "(" + ann + ")"},
	} {
		if got := mattermostText(namesOnly{}, "t", c.in); got != c.want {
			t.Errorf("%q\n got %q\nwant %q", c.in, got, c.want)
		}
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
