package text

import (
	"fmt"
	"strings"
	"testing"
)

// roll answers for names like the people package does: folded, by full name or
// first name.
func roll(known ...Mention) func(string) []Mention {
	return func(name string) (found []Mention) {
		for _, m := range known {
			if Fold(m.Name) == Fold(name) {
				found = append(found, m)
			}
		}
		return found
	}
}

func TestTypedNamesBecomeMentions(t *testing.T) {
	jan1 := Mention{Kind: "person", ID: idAt(4), Name: "Jan Smit"}
	jan2 := Mention{Kind: "person", ID: idAt(5), Name: "Jan Smit"}
	jan := Mention{Kind: "person", ID: idAt(6), Name: "Jan"}
	short := Mention{Kind: "person", ID: idAt(7), Name: "Sanne"}
	odd := Mention{Kind: "group", ID: idAt(8), Name: `Team [1] (avond)`}
	resolve := roll(sanne, samir, ict, jan1, jan2, jan, short, odd)
	for in, want := range map[string]string{
		"@Sanne de Vries, kom je?":       sanne.String() + ", kom je?",
		"@sanne DE vries.":               sanne.String() + ".",
		"@Sanne de heer":                 short.String() + " de heer",
		"(@Samir) en @samir's vraag":     "(" + samir.String() + ") en " + samir.String() + "'s vraag",
		"@ICT & Techniek: help":          ict.String() + ": help",
		"@[ICT & Techniek]s":             ict.String() + "s",
		`@[Team \[1\] (avond)] hoi`:      odd.String() + " hoi",
		"**@Samir** _@Samir_ ~~@Samir~~": "**" + samir.String() + "** _" + samir.String() + "_ ~~" + samir.String() + "~~",
		"# @Samir\n> @Samir\n- @Samir":   "# " + samir.String() + "\n> " + samir.String() + "\n- " + samir.String(),
		"@Jan Smit":                      "@Jan Smit", // two of them: for the writer to say
		"@Jan Smits":                     jan.String() + " Smits",
		"@" + "Samir@Samir":              "@Samir@Samir",
		"a@Samir samir@example.nl":       "a@Samir samir@example.nl",
		`\@Samir`:                        `\@Samir`,
		"`@Samir` ``@Samir``":            "`@Samir` ``@Samir``",
		"```\n@Samir\n```\n@Samir":       "```\n@Samir\n```\n" + samir.String(),
		"x\n\n    @Samir":                "x\n\n    @Samir",
		"[@Samir](/x) <http://a.nl/@Samir> https://a.nl/@Samir": "[@Samir](/x) <http://a.nl/@Samir> https://a.nl/@Samir",
		"@Onbekend":                             "@Onbekend",
		"@":                                     "@",
		"@@Samir":                               "@@Samir",
		jan2.String() + " en " + samir.String(): jan2.String() + " en " + samir.String(),
		"| @Samir | b |\n|---|---|\n| @Samir | c |": "| " + samir.String() + " | b |\n|---|---|\n| " + samir.String() + " | c |",
	} {
		if got := ReplaceMentions(in, resolve); got != want {
			t.Errorf("%q\ngot  %q\nwant %q", in, got, want)
		}
	}
}

func TestS70NobodyPutsAnotherNameOnAMention(t *testing.T) {
	false1 := Mention{Kind: "person", ID: samir.ID, Name: "Directie"}
	hidden := Mention{Kind: "group", ID: idAt(9), Name: "Reorganisatie"}
	got := ReplaceMentions(false1.String()+" "+hidden.String()+" "+samir.String(), roll(samir))
	if want := "@Directie @Reorganisatie " + samir.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEditingAnUnchangedTextStoresTheSame(t *testing.T) {
	short := Mention{Kind: "person", ID: idAt(7), Name: "Sanne"}
	twin := Mention{Kind: "person", ID: idAt(8), Name: "Sanne de Vries"}
	odd := Mention{Kind: "group", ID: idAt(9), Name: `Team [1] \ _x_`}
	odd2 := Mention{Kind: "group", ID: idAt(10), Name: `Team [1] \ (x)`}
	gone := roll() // nobody resolves any more
	for stored, form := range map[string]string{
		"Dag " + sanne.String() + ", en " + ict.String() + ".":     "Dag @Sanne de Vries, en @ICT & Techniek.",
		sanne.String() + " heeft gelijk":                           "@Sanne de Vries heeft gelijk",
		sanne.String() + " Smit":                                   "@[Sanne de Vries] Smit",
		short.String() + " de Vries":                               "@[Sanne] de Vries",
		short.String():                                             "@Sanne",
		short.String() + "s idee":                                  "@[Sanne]s idee",
		short.String() + "’s idee":                                 "@[Sanne]’s idee",
		sanne.String() + " en " + twin.String():                    sanne.String() + " en " + twin.String(),
		odd.String():                                               odd.String(),
		odd2.String():                                              `@[Team \[1\] \\ (x)]`,
		"`" + sanne.String() + "` " + short.String():               "`" + sanne.String() + "` @Sanne",
		"[" + sanne.String() + "](/x)":                             "[" + sanne.String() + "](/x)",
		"[" + sanne.String() + "](/x) " + short.String() + " @Jan": "[" + sanne.String() + "](/x) @Sanne @Jan",
		short.String() + "(tel)":                                   "@Sanne(tel)",
		"geen mention, wel een @":                                  "geen mention, wel een @",
	} {
		got := EditForm(stored)
		if got != form {
			t.Errorf("%q is edited as\n%q, want\n%q", stored, got, form)
		}
		if back := StoreForm(got, stored, gone); back != stored {
			t.Errorf("%q came back as %q", stored, back)
		}
		// Also with a word behind it, so that the short way home is not taken.
		if back := StoreForm(got+"\n\nmeer", stored, gone); back != stored+"\n\nmeer" {
			t.Errorf("%q, changed at the end, came back as %q", stored, back)
		}
	}
	// In an edit a new name is looked up and an old one stays.
	if got, want := StoreForm("@Sanne de Vries en @Samir", sanne.String(), roll(samir)), sanne.String()+" en "+samir.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMentionLookupsAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "@Naam%d van der Berg\n", i)
	}
	asked := 0
	got := ReplaceMentions(b.String(), func(string) []Mention { asked++; return nil })
	if got != b.String() || asked > maxLookups {
		t.Errorf("%d lookups", asked)
	}
}
