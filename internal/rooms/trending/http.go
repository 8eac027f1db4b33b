package trending

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
)

// How much stands beside the timeline. The page has all of it.
const (
	railTopics = 4
	railAsking = 3
	railMeet   = 2
)

// page is GET /trending: the rail with more of it, for phones and for who wants to
// know more.
func (m *Module) page(w http.ResponseWriter, r *http.Request) error {
	a := plein.ActorFrom(r.Context())
	shown, err := m.Of(r.Context(), a)
	if err != nil {
		return err
	}
	v := pageView{Page: m.Page(r), Guest: a.Guest}
	v.Title = v.Speaker.T("trending.title")
	if v.Rail, err = m.view(r.Context(), v.Page, shown); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, trendingPage(v))
}

// Rail makes what stands beside the timeline; nil when there is nothing to tell.
// What it was drawn from is asked anew only when it can have changed.
func (m *Module) Rail(r *http.Request) (templ.Component, error) {
	ctx, a := r.Context(), plein.ActorFrom(r.Context())
	reader, err := m.Access.Reader(ctx, a)
	if err != nil {
		return nil, err
	}
	k := m.kept.of(a.ID)
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := m.renew(ctx, a, reader, k); err != nil {
		return nil, err
	}
	p := m.Page(r)
	at := drawn{lang: p.Speaker.Lang(), zone: p.Speaker.Zone().String(), talk: k.talkUntil, meet: k.meetUntil, asking: k.askingUntil,
		stamp: k.stamp, faces: m.People.Version(), minute: p.Now.Unix() / int64(time.Minute/time.Second)}
	if at != k.drawn {
		html, err := m.draw(ctx, a, p, k)
		if err != nil {
			return nil, err
		}
		k.drawn, k.html = at, html
	}
	if k.html == "" {
		return nil, nil
	}
	return asDrawn(k.html), nil
}

func (m *Module) draw(ctx context.Context, a plein.Actor, p view.Page, k *keptRail) (string, error) {
	no, err := m.known(ctx, a)
	if err != nil {
		return "", err
	}
	shown := Shown{Talk: k.talk[:min(len(k.talk), railTopics)], Asking: k.asking[:min(len(k.asking), railAsking)]}
	for _, meet := range k.meet {
		if !no[meet.Person] && len(shown.Meet) < railMeet {
			shown.Meet = append(shown.Meet, meet)
		}
	}
	v, err := m.view(ctx, p, shown)
	if err != nil || v.empty() {
		return "", err
	}
	var b bytes.Buffer
	if err := rail(v).Render(ctx, &b); err != nil {
		return "", plein.Wrap("trending.draw", err)
	}
	return b.String(), nil
}

// asDrawn is HTML that the templates of this room wrote.
type asDrawn string

// Render writes it.
func (d asDrawn) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, string(d))
	return err
}

// pass is POST /trending/people/{id}/pass and …/propose: do not propose this
// colleague again, or do.
func (m *Module) pass(on bool) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := plein.ParseID(r.PathValue("id"))
		if err != nil {
			return err
		}
		if err := m.Pass(r.Context(), plein.ActorFrom(r.Context()), id, on); err != nil {
			return err
		}
		switch {
		case web.WantsJSON(r):
			return web.JSON(w, http.StatusOK, map[string]any{"on": on})
		case on:
			web.SetFlash(w, "trending.passed", "undo", "/trending/people/"+id.String()+"/propose")
		default:
			web.SetFlash(w, "trending.proposed")
		}
		return web.Back(w, r, "/trending")
	}
}
