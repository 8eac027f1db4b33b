package knows

import (
	"context"
	"net/url"
	"unicode/utf8"

	"plein/internal/platform/view"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/square/access"
	"plein/internal/square/items"
)

// pageView is the page on which one asks who knows.
type pageView struct {
	view.Page
	Question string
	Field    view.FieldView
	Experts  []expertView
}

// shortView is the same beside the results of a search.
type shortView struct {
	Speaker words.Speaker
	Experts []expertView
	More    string
}

// expertView is a colleague with the reasons as sentences.
type expertView struct {
	view.Person
	Note    string
	Reasons []reasonView
}

type reasonView struct{ Icon, Text, Href string }

// thanksView stands under a chosen answer, for whoever was helped by it.
type thanksView struct {
	Speaker words.Speaker
	Action  string
	Name    string
	Topics  []Topic
}

// expertViews writes reasons as sentences. The names of audiences are of what the
// reader may see.
func (s *Service) expertViews(ctx context.Context, sp words.Speaker, question string, list []Expert) ([]expertView, error) {
	var where []plein.ID
	for _, e := range list {
		for _, r := range e.Reasons {
			if r.Where != 0 {
				where = append(where, r.Where)
			}
		}
	}
	labels, err := s.Access.Labels(ctx, where)
	if err != nil {
		return nil, err
	}
	about := question
	if utf8.RuneCountInString(about) > shortEnough {
		about = sp.T("knows.about_this")
	}
	out := make([]expertView, len(list))
	for n, e := range list {
		out[n] = expertView{Person: e.People.Face(), Note: e.People.Title}
		if out[n].Note == "" {
			out[n].Note = e.People.UnitName
		}
		for _, r := range e.Reasons {
			out[n].Reasons = append(out[n].Reasons, sentence(sp, r, about, labels))
		}
	}
	return out, nil
}

func sentence(sp words.Speaker, r Reason, about string, labels map[plein.ID]access.Label) reasonView {
	v := reasonView{}
	if r.Item != 0 {
		v.Href = "/posts/" + r.Item.String()
	}
	where := ""
	if l, ok := labels[r.Where]; ok && r.Where != 0 {
		where = items.AudienceName(sp, l)
	}
	switch {
	case r.Because == Answered && where != "":
		v.Icon, v.Text = "check", sp.T("knows.because.answered_in", "n", r.N, "about", about, "where", where)
	case r.Because == Answered:
		v.Icon, v.Text = "check", sp.T("knows.because.answered", "n", r.N, "about", about)
	case r.Because == Wrote && where != "":
		v.Icon, v.Text = "chat", sp.T("knows.because.wrote_in", "n", r.N, "about", about, "where", where)
	case r.Because == Wrote:
		v.Icon, v.Text = "chat", sp.T("knows.because.wrote", "n", r.N, "about", about)
	case r.Because == Thanked:
		v.Icon, v.Text = "tulip", sp.T("knows.because.thanked", "topic", r.Topic)
	case r.Because == AsksFor:
		v.Icon, v.Text = "question", sp.T("knows.because.ask", "topic", r.Topic)
	default:
		v.Icon, v.Text = "star", sp.T("knows.because.skill", "topic", r.Topic)
	}
	return v
}

func morePath(question string) string { return "/knows?q=" + url.QueryEscape(question) }
