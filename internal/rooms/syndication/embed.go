package syndication

import (
	"context"
	"encoding/xml"
	"html"
	"net/url"
	"strings"

	"plein/internal/platform/text"
	"plein/internal/plein"
	"plein/internal/square/items"
)

// about is the answer of oEmbed 1.0 about one address.
type about struct {
	XMLName     xml.Name `xml:"oembed" json:"-"`
	Type        string   `xml:"type" json:"type"`
	Version     string   `xml:"version" json:"version"`
	Title       string   `xml:"title,omitempty" json:"title,omitempty"`
	Author      string   `xml:"author_name,omitempty" json:"author_name,omitempty"`
	AuthorURL   string   `xml:"author_url,omitempty" json:"author_url,omitempty"`
	Provider    string   `xml:"provider_name" json:"provider_name"`
	ProviderURL string   `xml:"provider_url" json:"provider_url"`
	CacheAge    int      `xml:"cache_age" json:"cache_age"`
	HTML        string   `xml:"html,omitempty" json:"html,omitempty"`
	Width       int      `xml:"width,omitempty" json:"width,omitempty"`
	Height      int      `xml:"height,omitempty" json:"height,omitempty"`
}

// The size of a card where somebody wants no smaller one.
const (
	embedWidth, embedHeight = 480, 220
	embedText               = 280 // characters of what was said
)

// Embed says what an address of ours is about, as far as the actor may know.
// Whoever did not sign in gets one answer for every address.
func (s *Service) Embed(ctx context.Context, a plein.Actor, address string, width, height int) (about, error) {
	sp := s.Words.For(a.Lang, a.Zone)
	e := about{Type: "link", Version: "1.0", Provider: s.provider(ctx), ProviderURL: s.Base}
	if !a.SignedIn() {
		e.Title = sp.T("syndication.embed.closed")
		return e, nil
	}
	kind, id, err := s.ours(address)
	if err != nil {
		return about{}, err
	}
	switch kind {
	case "posts":
		cards, err := s.Items.Cards(ctx, a, []plein.ID{id}, items.Opts{})
		if err != nil {
			return about{}, plein.Wrap("syndication.embed", err)
		}
		if len(cards) == 0 || cards[0].Gone() || !leaves(cards[0].Label.Audience.Kind) {
			return about{}, plein.ErrNotFound
		}
		c := cards[0]
		e.Type, e.Title, e.Author = "rich", clean(titleOf(c)), clean(c.By.Name)
		if !c.By.Former && !c.By.Bot {
			e.AuthorURL = s.Base + "/people/" + c.By.ID.String()
		}
		if e.Title == "" {
			e.Title = sp.T("syndication.untitled", "name", e.Author)
		}
		e.Width, e.Height = smaller(width, embedWidth), smaller(height, embedHeight)
		e.HTML = cardHTML(s.Base+"/posts/"+id.String(), e.Title, clean(text.Excerpt(text.EditForm(c.Body), embedText)), e.Author,
			clean(items.AudienceName(sp, c.Label)), sp.T("syndication.embed.read"))
	case "groups":
		g, err := s.Groups.Find(ctx, a, id)
		if err != nil {
			return about{}, plein.Wrap("syndication.embed", err)
		}
		e.Title = clean(g.Name)
	case "people":
		p, err := s.People.See(ctx, a, id)
		if err != nil {
			return about{}, plein.Wrap("syndication.embed", err)
		}
		e.Title = clean(p.Name)
	default:
		return about{}, plein.ErrNotFound
	}
	return e, nil
}

func (s *Service) provider(ctx context.Context) string {
	if org := s.OrgName(ctx); org != "" {
		return "Plein · " + clean(org)
	}
	return "Plein"
}

// ours reads an address as one of ours: whole, or from the root.
func (s *Service) ours(address string) (kind string, id plein.ID, err error) {
	if len(address) > 2000 {
		return "", 0, plein.ErrNotFound
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", 0, plein.ErrNotFound
	}
	if u.IsAbs() || u.Host != "" {
		base, err := url.Parse(s.Base)
		if err != nil || u.Scheme != base.Scheme || !strings.EqualFold(u.Host, base.Host) || u.User != nil {
			return "", 0, plein.ErrNotFound
		}
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) < 2 {
		return "", 0, plein.ErrNotFound
	}
	id, err = plein.ParseID(parts[1])
	return parts[0], id, err
}

// cardHTML writes a card for another page: five texts, each escaped, in a form that
// needs no style and runs nothing.
func cardHTML(href, title, words, author, where, read string) string {
	var b strings.Builder
	b.WriteString(`<blockquote cite="` + html.EscapeString(href) + `"><p><strong>` + html.EscapeString(title) + `</strong></p>`)
	if words != "" && words != title {
		b.WriteString(`<p>` + html.EscapeString(words) + `</p>`)
	}
	b.WriteString(`<footer>` + html.EscapeString(author) + ` · ` + html.EscapeString(where) + ` · <a href="` + html.EscapeString(href) +
		`" rel="noopener noreferrer">` + html.EscapeString(read) + `</a></footer></blockquote>`)
	return b.String()
}

func smaller(asked, most int) int {
	if asked > 0 && asked < most {
		return asked
	}
	return most
}
