package search

import (
	"strconv"
	"strings"
	"time"

	"plein/internal/platform/language"
	"plein/internal/platform/text"
	"plein/internal/plein"
	"plein/internal/square/groups"
	"plein/internal/square/items"
	"plein/internal/square/people"
)

// Kind says what sort of thing was found: an item's own kind, or one of these.
type Kind string

// The kinds that are no items.
const (
	KindFile   Kind = "file"
	KindPerson Kind = "person"
	KindGroup  Kind = "group"
)

// document is one thing as the index keeps it: where it is read, and how much each
// term weighs in it.
type document struct {
	id       plein.ID
	kind     Kind
	item     plein.ID // the item itself, or the one at which a file hangs
	root     plein.ID
	author   plein.ID
	audience plein.ID
	rootMade time.Time
	words    int
	weights  map[string]int
}

// Bounds of one document. What lies behind them is not found by its words.
const (
	maxIndexed = 200_000 // characters of a text
	maxTerms   = 5_000   // different terms
)

// How much more a word weighs in some places than in a text.
const (
	inText  = 1
	inTitle = 4
	inName  = 8
)

// Terms that no text has (the analyzer gives letters and digits only): they let a
// filter be one more term that a document must have.
func whereTerm(audience plein.ID) string { return "@a" + strconv.FormatInt(int64(audience), 36) }
func byTerm(author plein.ID) string      { return "@u" + strconv.FormatInt(int64(author), 36) }
func kindTerm(k Kind) string             { return "@k" + string(k) }

// People and groups stand in the same index under terms of their own: "p:" and
// "g:" and a stem, "n:" and "m:" and a whole word of a name, a title or a skill,
// which is what typing errors are compared with.
const (
	personStem, personWord = "p:", "n:"
	groupStem, groupWord   = "g:", "m:"
)

func (d *document) add(prefix string, a *language.Analyzer, s string, boost int) {
	if s = cutRunes(s, maxIndexed); s == "" {
		return
	}
	last := -1
	for _, t := range a.Terms(s) {
		if t.Start != last {
			d.words++
			last = t.Start
		}
		d.weigh(prefix+t.Text, int(t.Weight)*boost)
	}
}

func (d *document) addWords(prefix, s string, boost int) {
	for _, t := range language.Tokens(s) {
		d.weigh(prefix+t.Text, boost)
	}
}

func (d *document) weigh(term string, by int) {
	w, known := d.weights[term]
	if known || len(d.weights) < maxTerms {
		d.weights[term] = min(w+by, 255)
	}
}

// mark adds the terms of filters.
func (d *document) mark() {
	for _, t := range []string{whereTerm(d.audience), byTerm(d.author), kindTerm(d.kind)} {
		d.weights[t] = 0
	}
}

// ofItem makes the document of an item; false when there is nothing to find.
func ofItem(a *language.Analyzer, i *items.Item) (document, bool) {
	if i.Gone() {
		return document{}, false
	}
	d := document{id: i.ID, kind: Kind(i.Kind), item: i.ID, root: i.Root, author: i.Author, audience: i.Audience,
		rootMade: i.RootMade, weights: make(map[string]int, 64)}
	d.mark()
	d.add("", a, i.Title, inTitle)
	d.add("", a, text.EditForm(i.Body), inText)
	return d, true
}

// ofFile makes the document of a file that hangs at an item.
func ofFile(a *language.Analyzer, i *items.Item, f items.Attachment, inside string) document {
	d := document{id: f.ID, kind: KindFile, item: i.ID, root: i.Root, author: i.Author, audience: i.Audience,
		rootMade: i.RootMade, weights: make(map[string]int, 64)}
	d.mark()
	d.add("", a, spaced(f.Name), inTitle)
	d.add("", a, f.Alt, inText)
	d.add("", a, inside, inText)
	return d
}

// spaced takes a file's name apart: Snelkaart_infuuspomp-A5.pdf is four words.
func spaced(name string) string {
	return strings.NewReplacer("_", " ", "-", " ", ".", " ").Replace(name)
}

// ofPerson makes the document of somebody of the house; false for whoever is not
// to be found: closed accounts, former members and bots.
func ofPerson(a *language.Analyzer, p people.Person) (document, bool) {
	if p.State != people.Active || p.Bot {
		return document{}, false
	}
	d := document{id: p.ID, kind: KindPerson, audience: plein.OrgAudience, rootMade: p.Joined, weights: make(map[string]int, 32)}
	for _, f := range []struct {
		text  string
		boost int
	}{{p.Name, inName}, {p.Given, inName}, {strings.ReplaceAll(p.Handle, ".", " "), inName}, {p.Title, inTitle},
		{strings.Join(p.Skills, " "), inTitle}, {strings.Join(p.AskMe, " "), inTitle}, {p.Employer, inText}} {
		d.add(personStem, a, f.text, f.boost)
		d.addWords(personWord, f.text, f.boost)
	}
	d.add(personStem, a, p.Bio, inText)
	d.add(personStem, a, p.Location, inText)
	return d, true
}

// ofGroup makes the document of a group. A secret group has none: its name is in
// no index, and its members find it among their own.
func ofGroup(a *language.Analyzer, g groups.Group) (document, bool) {
	if g.Archived || (g.Kind != plein.Open && g.Kind != plein.Closed) {
		return document{}, false
	}
	d := document{id: g.ID, kind: KindGroup, audience: plein.OrgAudience, rootMade: g.Made, weights: make(map[string]int, 32)}
	d.add(groupStem, a, g.Name, inName)
	d.addWords(groupWord, g.Name, inName)
	d.add(groupStem, a, g.Purpose, inText)
	return d, true
}

func cutRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
