package oversight

import (
	"strings"
	"testing"
	"time"

	"plein/internal/platform/view"
	"plein/internal/platform/view/viewtest"
	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// Every act has a sentence in both languages, names are escaped, and both pages
// stand as they should.
func TestPagesOfTheLog(t *testing.T) {
	said, err := words.New(Words(), web.Words())
	if err != nil {
		t.Fatal(err)
	}
	faces := map[plein.ID]people.Card{1: {ID: 1, Name: "Elif <script>alert(1)</script>"}, 2: {ID: 2, Name: "Samira Bouali"}}
	for _, lang := range []string{"nl", "en"} {
		sp := said.For(lang, time.UTC)
		for _, mine := range []bool{false, true} {
			v := logView{Page: view.Page{Speaker: sp, Lang: lang, Now: noon, Title: sp.T("oversight.audit.title"), Frame: &view.Frame{Me: view.Person{ID: "x", Name: "Anna Bos", Initials: "AB", Href: "/people/x"}}}, Mine: mine, Older: "/oversight/me?before=2"}
			for n, e := range acts(noon) {
				if protected(e) {
					r := rowViewOf(sp, Row{Seq: int64(n), At: e.At, Name: e.Name, Actor: e.Actor, Object: e.Object, Target: e.Target, Extra: e.Extra}, faces)
					if r.What == e.Name {
						t.Errorf("%s has no words in %s", e.Name, lang)
					}
					v.Rows = append(v.Rows, r)
				}
			}
			if page := viewtest.Page(t, logPage(v)); strings.Contains(page, "<script>alert") {
				t.Error("a name runs")
			}
		}
	}
}

func TestAGuestLearnsNoNames(t *testing.T) {
	faces := map[plein.ID]people.Card{1: {ID: 1, Name: "Elif Kaya"}, 2: {ID: 2, Name: "Gast"}}
	if got := known(plein.Actor{ID: 2, Guest: true}, faces); got[1].Name != "" || got[2].Name != "Gast" {
		t.Errorf("a guest knows %v", got)
	}
	if got := known(plein.Actor{ID: 2}, faces); got[1].Name == "" {
		t.Error("a colleague does not know who did it")
	}
}
