package syndication

import "encoding/json"

// The members of JSON Feed 1.1 that we use.
type jsonFeed struct {
	Version  string       `json:"version"`
	Title    string       `json:"title"`
	HomePage string       `json:"home_page_url"`
	Language string       `json:"language,omitempty"`
	Authors  []jsonAuthor `json:"authors,omitempty"`
	Items    []jsonItem   `json:"items"`
}

type jsonItem struct {
	ID        string       `json:"id"`
	URL       string       `json:"url"`
	Title     string       `json:"title"`
	HTML      string       `json:"content_html"`
	Published string       `json:"date_published"`
	Modified  string       `json:"date_modified"`
	Authors   []jsonAuthor `json:"authors"`
	Tags      []string     `json:"tags,omitempty"`
}

type jsonAuthor struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

// asJSON writes a feed as JSON Feed. There is no feed_url: it would hold a key.
func asJSON(f Feed) ([]byte, error) {
	out := jsonFeed{Version: "https://jsonfeed.org/version/1.1", Title: clean(f.Title), HomePage: f.Page, Language: f.Lang,
		Authors: []jsonAuthor{{Name: clean(f.Org)}}, Items: []jsonItem{}}
	for _, e := range f.Entries {
		i := jsonItem{ID: e.Page, URL: e.Page, Title: clean(e.Title), HTML: clean(e.HTML), Published: stamp(e.Made), Modified: stamp(e.Changed),
			Authors: []jsonAuthor{{clean(e.Author), e.AuthorHas}}}
		if e.Where != "" {
			i.Tags = []string{clean(e.Where)}
		}
		out.Items = append(out.Items, i)
	}
	return json.Marshal(out)
}
