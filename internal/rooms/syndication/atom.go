package syndication

import (
	"bytes"
	"encoding/xml"
	"time"
)

// The elements of RFC 4287 that we use. Everything in them is escaped by the
// encoder, so what somebody typed is never markup of the document.
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr,omitempty"`
	Title   string      `xml:"title"`
	ID      string      `xml:"id"`
	Updated string      `xml:"updated"`
	Links   []atomLink  `xml:"link"`
	Author  *atomPerson `xml:"author,omitempty"`
	Entries []atomEntry `xml:"entry"`
}

type atomEntry struct {
	Title     string       `xml:"title"`
	ID        string       `xml:"id"`
	Published string       `xml:"published"`
	Updated   string       `xml:"updated"`
	Link      atomLink     `xml:"link"`
	Author    atomPerson   `xml:"author"`
	Category  atomCategory `xml:"category"`
	Content   atomContent  `xml:"content"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomPerson struct {
	Name string `xml:"name"`
	URI  string `xml:"uri,omitempty"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

type atomContent struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

// atom writes a feed as Atom. There is no link to itself: its own address holds a
// key.
func atom(f Feed) ([]byte, error) {
	out := atomFeed{Lang: f.Lang, Title: clean(f.Title), ID: f.Page, Updated: stamp(f.Changed()), Author: &atomPerson{Name: clean(f.Org)},
		Links: []atomLink{{Rel: "alternate", Type: "text/html", Href: f.Page}}}
	for _, e := range f.Entries {
		out.Entries = append(out.Entries, atomEntry{Title: clean(e.Title), ID: e.Page, Published: stamp(e.Made), Updated: stamp(e.Changed),
			Link: atomLink{Rel: "alternate", Type: "text/html", Href: e.Page}, Author: atomPerson{clean(e.Author), e.AuthorHas},
			Category: atomCategory{clean(e.Where)}, Content: atomContent{"html", clean(e.HTML)}})
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(out); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
