package markup

import (
	"strings"
	"testing"
	"unicode/utf8"

	"plein/internal/platform/text"
	"plein/internal/plein"
)

// known knows two people and a group.
type known struct{}

func (known) Person(key string) (string, plein.ID, bool) {
	switch key {
	case "U1", "ann":
		return "Ann de Wit", 7, true
	case "U2", "bob.dot":
		return "Bob [2]", 8, true
	}
	return "", 0, false
}

func (known) Group(key string) (string, plein.ID, bool) {
	return "Talk", 9, key == "C1" || key == "talk"
}

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
		if got := NewSlack(known{}).Text(c.in); got != c.want {
			t.Errorf("%q\n got %q\nwant %q", c.in, got, c.want)
		}
	}
}

func TestSlackMentionsAreBounded(t *testing.T) {
	got := NewSlack(known{}).Text(strings.Repeat("<@U1> ", 80))
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
		if got := Mattermost(known{}, c.in); got != c.want {
			t.Errorf("%q\n got %q\nwant %q", c.in, got, c.want)
		}
	}
}

func FuzzSlack(f *testing.F) {
	f.Add("&lt;@U1&gt; @[x](person:0000000000002) *a* _b_ ~c~ `d` <@U1> <https://a.example|e>\n&gt; q\n- l\n```\ncode\n```")
	f.Fuzz(func(t *testing.T, in string) {
		if !utf8.ValidString(in) {
			return
		}
		out := NewSlack(known{}).Text(in)
		if !utf8.ValidString(out) || strings.ContainsRune(out, 0) {
			t.Errorf("%q became %q", in, out)
		}
		doc, err := text.New().Render(out)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range doc.Mentions {
			if m.ID != 7 && m.ID != 8 && m.ID != 9 {
				t.Errorf("%q mentions %v, who was not named: %q", in, m, out)
			}
		}
	})
}

func FuzzMattermost(f *testing.F) {
	f.Add("@ann ~talk `@ann`\n```\n@ann\n```\n@[x](person:0000000000002)")
	f.Fuzz(func(t *testing.T, in string) {
		if !utf8.ValidString(in) {
			return
		}
		doc, err := text.New().Render(Mattermost(known{}, in))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range doc.Mentions {
			if m.ID != 7 && m.ID != 8 && m.ID != 9 {
				t.Errorf("%q mentions %v, who was not named", in, m)
			}
		}
	})
}
