package items

import (
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strings"

	"plein/internal/platform/text"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/access"
)

// ComposerFor makes the composer for a page: where the actor may write, with the
// narrowest sensible audience chosen. audience fixes one, on a group's own page.
func (m *Module) ComposerFor(r *http.Request, audience plein.ID) (ComposerView, error) {
	a := plein.ActorFrom(r.Context())
	v := ComposerView{Page: m.Page(r), Audience: audience, Kind: plein.KindPost, ClientKey: rand.Text(), Fixed: audience != 0}
	if v.Frame != nil {
		v.Me = v.Frame.Me
	}
	var err error
	if v.Choices, err = m.deps.Access.Choices(r.Context(), a); err != nil {
		return v, err
	}
	return v, nil
}

// compose shows the page that is only for writing.
func (m *Module) compose(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	audience, _ := plein.ParseID(q.Get("audience"))
	v, err := m.ComposerFor(r, audience)
	if err != nil {
		return err
	}
	if q.Get("kind") == string(plein.KindQuestion) {
		v.Kind = plein.KindQuestion
	}
	if t, err := text.CleanName(q.Get("title"), plein.MaxTitle); err == nil {
		v.TitleText = t // what somebody searched for and did not find
	}
	if id, err := plein.ParseID(q.Get("about")); err == nil {
		c, err := m.about(r, id)
		if err != nil {
			return plein.ErrNotFound
		}
		p := face(c)
		v.About, v.Kind = &p, plein.KindPraise
	}
	return m.showCompose(w, r, v, http.StatusOK)
}

func (m *Module) showCompose(w http.ResponseWriter, r *http.Request, v ComposerView, status int) error {
	v.Title = v.Speaker.T("items.compose.title_post")
	switch {
	case v.Share != nil:
		v.Title = v.Speaker.T("items.compose.title_share")
	case v.About != nil:
		v.Title = v.Speaker.T("items.compose.title_praise")
	case v.Kind == plein.KindQuestion:
		v.Title = v.Speaker.T("items.compose.title_question")
	}
	// An audience that the writer has no choice of is asked about no further: what
	// is there and closed to them must look like what is not there.
	if !slices.ContainsFunc(v.Choices, func(c access.Choice) bool { return c.Audience.ID == v.Audience }) {
		v.Audience = 0
	}
	a := plein.ActorFrom(r.Context())
	v.MayMust = a.Can(plein.PublishMustRead)
	if !v.MayMust && v.Audience != 0 {
		ok, err := m.Runs(r.Context(), a, v.Audience)
		if err != nil {
			return err
		}
		v.MayMust = ok
	}
	return web.Render(w, r, status, ComposePage(v))
}

func (m *Module) share(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	v, err := m.ComposerFor(r, 0)
	if err != nil {
		return err
	}
	if v.Share, err = m.shared(r, id); err != nil {
		return err
	}
	return m.showCompose(w, r, v, http.StatusOK)
}

func (m *Module) shared(r *http.Request, id plein.ID) (*Card, error) {
	ctx, a := r.Context(), plein.ActorFrom(r.Context())
	i, err := m.shareable(ctx, a, id)
	if err != nil {
		return nil, err
	}
	cards, err := m.Cards(ctx, a, []plein.ID{i.ID}, Opts{})
	if err != nil {
		return nil, err
	}
	if len(cards) == 0 {
		return nil, plein.ErrNotFound
	}
	return &cards[0], nil
}

// typed reads the composer's form: nothing that was typed or added is lost,
// whatever is wrong with it.
func (m *Module) typed(r *http.Request) (ComposerView, web.Form, error) {
	form, err := web.Decode(r)
	if err != nil {
		return ComposerView{}, form, err
	}
	audience, _ := plein.ParseID(form.Get("audience"))
	c, err := m.ComposerFor(r, audience)
	if err != nil {
		return ComposerView{}, form, err
	}
	v := c
	v.Alt = form.Text("alt")
	v.Text, v.TitleText, v.Must = form.Text("body"), form.Get("title"), form.On("must_read")
	v.Errors = map[string]string{}
	if k := plein.Kind(form.Get("kind")); k == plein.KindQuestion || k == plein.KindPraise {
		v.Kind = k
	}
	if key := form.Get("key"); key != "" {
		v.ClientKey = key
	}
	if id, err := plein.ParseID(form.Get("about")); err == nil {
		card, err := m.about(r, id)
		if err != nil {
			return v, form, plein.ErrNotFound
		}
		p := face(card)
		v.About, v.Kind = &p, plein.KindPraise
	}
	if id, err := plein.ParseID(form.Get("share")); err == nil {
		if v.Share, err = m.shared(r, id); err != nil {
			return v, form, err
		}
	}
	if err := m.typedFiles(r, form, &v); err != nil {
		return v, form, err
	}
	return v, form, nil
}

// typedFiles takes in the files of a form, and finds again those that came with
// it the time before.
func (m *Module) typedFiles(r *http.Request, form web.Form, v *ComposerView) error {
	ctx, a := r.Context(), plein.ActorFrom(r.Context())
	if len(form.All("file")) > 0 {
		loose, err := m.Loose(ctx, a)
		if err != nil {
			return err
		}
		for _, id := range form.All("file") {
			for _, f := range loose {
				if f.ID.String() == id {
					v.Files = append(v.Files, f)
				}
			}
		}
	}
	for _, h := range form.Files("files") {
		if len(v.Files) >= plein.MaxAttachments {
			v.Errors["files"] = v.Speaker.T("items.files_many", "max", plein.MaxAttachments)
			break
		}
		f, err := h.Open()
		if err != nil {
			return plein.Wrap("items.upload", err)
		}
		added, err := m.Upload(ctx, a, h.Filename, v.Alt, f)
		_ = f.Close()
		if err != nil {
			field, sentence, ok := m.say(r, err)
			if !ok {
				return err
			}
			if field == "" {
				field = "files"
			}
			v.Errors[field] = sentence
			continue
		}
		v.Files = append(v.Files, added)
	}
	return nil
}

func (m *Module) post(w http.ResponseWriter, r *http.Request) error {
	v, _, err := m.typed(r)
	if err != nil {
		return err
	}
	if len(v.Errors) > 0 {
		return m.showCompose(w, r, v, http.StatusUnprocessableEntity)
	}
	n := NewItem{Kind: v.Kind, Audience: v.Audience, Title: v.TitleText, Body: v.Text, MustRead: v.Must, ClientKey: v.ClientKey}
	if n.Audience == 0 {
		n.Audience = v.chosen().Audience.ID
	}
	if v.Share != nil {
		n.Share = v.Share.ID
	}
	if v.About != nil {
		if n.About, err = plein.ParseID(v.About.ID); err != nil {
			return err
		}
	}
	for _, f := range v.Files {
		n.Files = append(n.Files, f.ID)
	}
	i, err := m.Post(r.Context(), plein.ActorFrom(r.Context()), n)
	if err != nil {
		field, sentence, ok := m.say(r, err)
		if !ok && errors.Is(err, plein.ErrNotFound) && n.Audience != 0 {
			// The audience is gone or one has left it: the text must not go with it.
			field, sentence, ok = "", v.Speaker.T("items.compose.audience_gone"), true
			v.Audience = 0
		}
		if !ok || web.WantsJSON(r) {
			return err
		}
		if field == "" || field == "kind" {
			field = ""
		}
		v.Errors[field] = sentence
		return m.showCompose(w, r, v, statusOf(err))
	}
	if err := m.flashPosted(w, r, i, "items.posted", "name", audienceName(v.Speaker, v.labelOf(i.Audience))); err != nil {
		return err
	}
	return web.Redirect(w, r, landing(i, v))
}

// flashPosted says that something was posted, and who was named in it and cannot
// read it: whoever has no scripts was not told before.
func (m *Module) flashPosted(w http.ResponseWriter, r *http.Request, i *Item, key string, args ...any) error {
	unseen, err := m.UnseenIn(r.Context(), i)
	if err != nil {
		return err
	}
	if len(unseen) == 0 {
		web.SetFlash(w, key, args...)
		return nil
	}
	var who []string
	for _, c := range unseen[:min(len(unseen), 5)] {
		who = append(who, c.Name)
	}
	web.SetFlash(w, "items.posted_unseen", "posted", m.Page(r).Speaker.T(key, args...), "who", strings.Join(who, ", "), "kind", "info")
	return nil
}
