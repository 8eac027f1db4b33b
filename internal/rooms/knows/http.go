package knows

import (
	"context"
	"net/http"

	"github.com/a-h/templ"

	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/items"
)

func (m *Module) page(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	ctx, a := r.Context(), plein.ActorFrom(r.Context())
	v := pageView{Page: m.Page(r), Question: form.Get("q")}
	v.Title = v.Speaker.T("knows.title")
	v.Field = view.FieldView{Name: "q", ID: "wie", Label: v.Speaker.T("knows.field"), Value: v.Question, Type: "search",
		Autocomplete: "off", Speaker: v.Speaker}
	list, err := m.Experts(ctx, a, v.Question)
	status := http.StatusOK
	if e := plein.AsError(err); err != nil && e.Kind == plein.Invalid {
		status = http.StatusUnprocessableEntity
		v.Field.Error = v.Speaker.T(e.Key, "max", e.Args["max"], "over", e.Args["over"])
	} else if err != nil {
		return err
	}
	if v.Experts, err = m.expertViews(ctx, v.Speaker, v.Question, list); err != nil {
		return err
	}
	return web.Render(w, r, status, knowsPage(v))
}

// Short is the block beside the results of a search: nil when nobody is known to
// know.
func (m *Module) Short(ctx context.Context, a plein.Actor, question string) (templ.Component, error) {
	list, err := m.experts(ctx, a, question, inShort)
	if plein.KindOf(err) == plein.Invalid && err != nil {
		return nil, nil // search itself says what is wrong with the question
	}
	if err != nil || len(list) == 0 {
		return nil, plein.Wrap("knows.short", err)
	}
	sp := m.Words.For(a.Lang, a.Zone)
	v := shortView{Speaker: sp, More: morePath(question)}
	if v.Experts, err = m.expertViews(ctx, sp, question, list); err != nil {
		return nil, plein.Wrap("knows.short", err)
	}
	for n := range v.Experts {
		v.Experts[n].Reasons = v.Experts[n].Reasons[:1] // the most telling; the page has them all
	}
	return shortBlock(v), nil
}

// Thanks stands under a chosen answer.
func (m *Module) Thanks(r *http.Request, question, answer *items.Item) (templ.Component, error) {
	ctx, a := r.Context(), plein.ActorFrom(r.Context())
	list, err := m.Topics(ctx, a, question, answer)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	cards, err := m.People.Cards(ctx, []plein.ID{answer.Author})
	if err != nil {
		return nil, err
	}
	name := cards[answer.Author].Given
	if name == "" {
		name = cards[answer.Author].Name
	}
	return thanksBlock(thanksView{Speaker: m.Page(r).Speaker, Action: "/knows/thanks/" + answer.ID.String(), Name: name, Topics: list}), nil
}

func (m *Module) thank(w http.ResponseWriter, r *http.Request) error {
	id, err := plein.ParseID(r.PathValue("id"))
	if err != nil {
		return err
	}
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	topic, on := form.Get("on"), true
	if topic == "" {
		topic, on = form.Get("off"), false
	}
	answer, err := m.Thank(r.Context(), plein.ActorFrom(r.Context()), id, topic, on)
	if err != nil {
		return err
	}
	key := "knows.thanked"
	if !on {
		key = "knows.unthanked"
	}
	web.SetFlash(w, key, "topic", topic)
	return web.Redirect(w, r, "/posts/"+answer.Root.String()+"#gekozen")
}
