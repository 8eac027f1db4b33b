package syndication

import (
	"context"
	"net/url"
	"strings"

	"plein/internal/platform/text"
	"plein/internal/plein"
	"plein/internal/square/feed"
	"plein/internal/square/items"
)

// The kinds of feed.
const (
	ofSquare = "square"
	ofGroup  = "groups"
	ofTag    = "tags"
	ofPerson = "people"
	ofSearch = "search"
)

// Of gathers a feed: what the actor may see now of a group, a hashtag, a person, a
// search or the whole square. What is not there and what is not for them are
// NotFound.
func (s *Service) Of(ctx context.Context, a plein.Actor, kind, what string) (Feed, error) {
	sp := s.Words.For(a.Lang, a.Zone)
	f := Feed{Lang: sp.Lang(), Org: s.OrgName(ctx)}
	if f.Org == "" {
		f.Org = "Plein"
	}
	var shown feed.Shown
	var err error
	switch kind {
	case ofSquare:
		f.Title, f.Page = sp.T("syndication.title.square", "org", f.Org), s.Base+"/latest"
		shown, err = s.Feed.Latest(ctx, a, "")
	case ofGroup:
		id, wrong := plein.ParseID(what)
		if wrong != nil {
			return Feed{}, wrong
		}
		g, wrong := s.Groups.Find(ctx, a, id)
		if wrong != nil {
			return Feed{}, wrong
		}
		f.Title, f.Page = sp.T("syndication.title.group", "name", g.Name, "org", f.Org), s.Base+"/groups/"+id.String()
		shown, err = s.Feed.Audience(ctx, a, id, "")
	case ofTag:
		tag, ok := text.FoldTag(what)
		if !ok {
			return Feed{}, plein.ErrNotFound
		}
		f.Title, f.Page = sp.T("syndication.title.tag", "tag", tag, "org", f.Org), s.Base+"/tags/"+url.PathEscape(tag)
		shown, err = s.Feed.Tagged(ctx, a, tag, "")
	case ofPerson:
		id, wrong := plein.ParseID(what)
		if wrong != nil {
			return Feed{}, wrong
		}
		p, wrong := s.People.See(ctx, a, id)
		if wrong != nil {
			return Feed{}, wrong
		}
		f.Title, f.Page = sp.T("syndication.title.person", "name", p.Name, "org", f.Org), s.Base+"/people/"+id.String()
		shown, err = s.Feed.By(ctx, a, id, "")
	case ofSearch:
		query := strings.TrimSpace(what)
		if s.Search == nil || query == "" || len([]rune(query)) > plein.MaxQuery {
			return Feed{}, plein.ErrNotFound
		}
		f.Title, f.Page = sp.T("syndication.title.search", "query", query, "org", f.Org), s.Base+"/search?q="+url.QueryEscape(query)
		var ids []plein.ID
		if ids, err = s.Search(ctx, a, query, plein.PageSize); err == nil {
			for _, id := range ids {
				shown.Placed = append(shown.Placed, feed.Placed{Head: items.Head{ID: id}})
			}
		}
	default:
		return Feed{}, plein.ErrNotFound
	}
	if err != nil {
		return Feed{}, plein.Wrap("syndication.of", err)
	}
	f.Entries, err = s.entries(ctx, a, shown)
	return f, plein.Wrap("syndication.of", err)
}

// entries makes entries of what was found. The rights are asked once more by
// Cards; what is said between few or to oneself stays in the house.
func (s *Service) entries(ctx context.Context, a plein.Actor, shown feed.Shown) ([]Entry, error) {
	ids := make([]plein.ID, len(shown.Placed))
	for n, p := range shown.Placed {
		ids[n] = p.ID
	}
	cards, err := s.Items.Cards(ctx, a, ids, items.Opts{})
	if err != nil {
		return nil, err
	}
	sp := s.Words.For(a.Lang, a.Zone)
	var out []Entry
	for _, c := range cards {
		if c.Gone() || !leaves(c.Label.Audience.Kind) {
			continue
		}
		e := Entry{Page: s.Base + "/posts/" + c.ID.String(), HTML: whole(c.HTML, s.Base), Title: titleOf(c),
			Author: c.By.Name, Where: items.AudienceName(sp, c.Label), Made: c.Made, Changed: c.Made}
		if !c.By.Former && !c.By.Bot {
			e.AuthorHas = s.Base + "/people/" + c.By.ID.String()
		}
		if c.Edited.After(c.Made) {
			e.Changed = c.Edited
		}
		if e.Title == "" {
			e.Title = sp.T("syndication.untitled", "name", c.By.Name)
		}
		out = append(out, e)
	}
	return out, nil
}

// leaves says what kinds of audience may be read outside the pages.
func leaves(k plein.AudienceKind) bool {
	switch k {
	case plein.Org, plein.Unit, plein.Open, plein.Closed, plein.Secret, plein.Composite:
		return true
	}
	return false
}

// titleLength is how much of a text stands for its title.
const titleLength = 90

func titleOf(c items.Card) string {
	if c.Title != "" {
		return c.Title
	}
	return text.Excerpt(text.EditForm(c.Body), titleLength)
}
