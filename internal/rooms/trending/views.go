package trending

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"plein/internal/platform/text"
	"plein/internal/platform/view"
	"plein/internal/plein"
	"plein/internal/square/access"
	"plein/internal/square/items"
)

// railView is the three cards.
type railView struct {
	view.Page
	Talk   []topicView
	Asking []askingView
	Meet   []meetView
	More   string // where there is more; "" on that page itself
}

func (v railView) empty() bool { return len(v.Talk)+len(v.Asking)+len(v.Meet) == 0 }

// pageView is /trending.
type pageView struct {
	view.Page
	Rail  railView
	Guest bool
}

// topicView is one subject. Href is "" when there is nowhere to go.
type topicView struct{ Href, Label, Count, Line string }

// askingView is one open question.
type askingView struct {
	Href, Text, Place, Near string
	Made                    time.Time
}

// meetView is one colleague.
type meetView struct {
	Who view.Person
	Why string
}

// view makes what is shown of what was found.
func (m *Module) view(ctx context.Context, p view.Page, shown Shown) (railView, error) {
	v := railView{Page: p}
	for _, t := range shown.Talk {
		v.Talk = append(v.Talk, m.topic(p, t))
	}
	for _, q := range shown.Asking {
		a := askingView{Href: "/posts/" + q.ID.String(), Text: q.Title, Place: items.AudienceName(p.Speaker, q.Label), Made: q.Made}
		if a.Text == "" {
			a.Text = text.Excerpt(text.EditForm(q.Body), 90)
		}
		if len(q.Near) > 0 {
			a.Near = p.Speaker.T("trending.near", "what", strings.Join(q.Near[:min(len(q.Near), 2)], ", "))
		}
		v.Asking = append(v.Asking, a)
	}
	var err error
	v.Meet, err = m.people(ctx, p, shown.Meet)
	return v, err
}

func (m *Module) topic(p view.Page, t Topic) topicView {
	v := topicView{Label: t.Label(), Line: sparkline(t.Days[:]), Count: p.Speaker.T("trending.count",
		"people", p.Speaker.T("trending.people", "n", t.People), "talks", p.Speaker.T("trending.talks", "n", t.Talks))}
	switch {
	case t.Tag:
		v.Href = "/tags/" + url.PathEscape(t.Words[0])
	case m.SearchHref != nil:
		v.Href = m.SearchHref(strings.Join(t.Words, " "))
	}
	return v
}

// people gives proposals their faces and their reason. Who left meanwhile is left
// out.
func (m *Module) people(ctx context.Context, p view.Page, list []Meet) ([]meetView, error) {
	if len(list) == 0 {
		return nil, nil
	}
	ids := make([]plein.ID, len(list))
	var groups []plein.ID
	for n, meet := range list {
		ids[n] = meet.Person
		if meet.Group != 0 {
			groups = append(groups, meet.Group)
		}
	}
	cards, err := m.People.Cards(ctx, ids)
	if err != nil {
		return nil, err
	}
	labels := map[plein.ID]access.Label{}
	if len(groups) > 0 {
		if labels, err = m.Access.Labels(ctx, groups); err != nil {
			return nil, err
		}
	}
	var out []meetView
	for _, meet := range list {
		c, ok := cards[meet.Person]
		if !ok || c.Former {
			continue
		}
		out = append(out, meetView{Who: c.Face(), Why: reason(p, meet, c.UnitName, labels[meet.Group].Name)})
	}
	return out, nil
}

// reason says in a sentence why somebody is proposed.
func reason(p view.Page, m Meet, unit, group string) string {
	key := "trending.why." + string(m.Why)
	if unit == "" {
		key += "_nowhere"
	}
	day := ""
	if m.Why == IsNew {
		day = p.Speaker.Date(m.Joined)
	}
	return p.Speaker.T(key, "unit", unit, "group", group, "place", m.Site, "day", day)
}

// sparkline draws a week in a box of 56 by 26.
func sparkline(days []int) string {
	most := 1
	for _, n := range days {
		most = max(most, n)
	}
	var b strings.Builder
	for n, d := range days {
		b.WriteString([]string{"M", " "}[min(n, 1)])
		b.WriteString(strconv.Itoa(2 + n*52/max(len(days)-1, 1)))
		b.WriteByte(' ')
		b.WriteString(strconv.Itoa(23 - d*19/most))
	}
	return b.String()
}
