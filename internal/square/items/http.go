package items

import (
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"plein/internal/platform/text"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/people"
)

func pathID(r *http.Request) (plein.ID, error) { return plein.ParseID(r.PathValue("id")) }

// say turns an error that a form can show into its sentence and field. Anything
// else goes up.
func (m *Module) say(r *http.Request, err error) (field, sentence string, ok bool) {
	e := plein.AsError(err)
	switch e.Kind {
	case plein.Invalid, plein.Conflict, plein.TooMuch:
	case plein.Denied:
		if e.Key == plein.ErrDenied.Key {
			return "", "", false
		}
	default:
		return "", "", false
	}
	pairs := make([]any, 0, 2*len(e.Args))
	for k, v := range e.Args {
		pairs = append(pairs, k, v)
	}
	return e.Field, m.Page(r).Speaker.T(e.Key, pairs...), true
}

func statusOf(err error) int {
	if plein.KindOf(err) == plein.Conflict {
		return http.StatusConflict
	}
	return http.StatusUnprocessableEntity
}

// thread shows a conversation. The address of a reply leads to its place in the
// thread.
func (m *Module) thread(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	return m.showThread(w, r, id, http.StatusOK, ReplyView{})
}

func (m *Module) showThread(w http.ResponseWriter, r *http.Request, id plein.ID, status int, typed ReplyView) error {
	if err := m.opened(r, id); err != nil { // first, so that the page has the number beside the bell as it is then
		return err
	}
	v, read, err := m.threadView(r, id, typed)
	if err != nil {
		return err
	}
	if v.Card.ID != id && status == http.StatusOK {
		return web.Redirect(w, r, path(v.Card.ID)+"#"+"p-"+id.String())
	}
	if err := read(); err != nil {
		return err
	}
	return web.Render(w, r, status, ThreadPage(v))
}

// opened tells whoever wants to know that the reader has a conversation before
// their eyes. It says nothing of whether they may.
func (m *Module) opened(r *http.Request, root plein.ID) error {
	if m.Opened == nil {
		return nil
	}
	return m.Opened(r.Context(), plein.ActorFrom(r.Context()), root)
}

// ThreadPart makes a conversation as it stands on its own page, for who has that
// page open and wants what is new in it. With seen in its address the reader has
// it before their eyes.
func (m *Module) ThreadPart(r *http.Request, id plein.ID) (templ.Component, error) {
	v, read, err := m.threadView(r, id, ReplyView{})
	if err != nil {
		return nil, err
	}
	if v.Card.ID != id {
		return nil, plein.ErrNotFound // of a reply there is no part
	}
	if r.URL.Query().Get("seen") != "" && r.Method == http.MethodGet {
		if err := read(); err != nil {
			return nil, err
		}
		if err := m.opened(r, id); err != nil {
			return nil, err
		}
	}
	v.New = 0
	return threadPart(v), nil
}

// threadView gathers a conversation; read remembers that the reader has seen it.
func (m *Module) threadView(r *http.Request, id plein.ID, typed ReplyView) (v ThreadView, read func() error, err error) {
	ctx, a := r.Context(), plein.ActorFrom(r.Context())
	var after plein.ID
	if at := r.URL.Query().Get("after"); at != "" {
		if after, err = plein.ParseID(at); err != nil {
			return v, nil, err
		}
	}
	t, err := m.Thread(ctx, a, id, after)
	if err != nil {
		return v, nil, err
	}
	page := m.Page(r)
	v.Page = page
	if m.Bell != nil {
		if v.Bell, err = m.Bell(r, t.Root.ID); err != nil {
			return v, nil, err
		}
	}
	cards, err := m.CardViews(r, []Card{t.Root})
	if err != nil {
		return v, nil, err
	}
	v.Card = cards[0]
	v.Card.Alone = true
	v.Page.Title = page.Speaker.T("items.thread_of", "name", t.Root.By.Name)
	if t.Root.Title != "" {
		v.Page.Title = t.Root.Title
	}
	v.Rest, v.Answer = t.Replies, t.Answer
	v.Card.MayPick = t.Root.Kind == plein.KindQuestion && !t.Root.Gone() && (v.Card.Own || v.Card.MayPin)
	if t.Answer != nil && m.Thanks != nil {
		if v.Thanks, err = m.Thanks(r, t.Root.Item, t.Answer.Item); err != nil {
			return v, nil, err
		}
	}
	for _, c := range flat(t.Replies) {
		if t.ReadTo != 0 && c.ID > t.ReadTo && c.Author != a.ID && !c.Gone() {
			v.New++
		}
	}
	if t.More != 0 {
		v.More = path(t.Root.ID) + "?after=" + t.More.String()
	}
	if typed.ClientKey == "" {
		typed.ClientKey = rand.Text()
	}
	if to, err := plein.ParseID(r.URL.Query().Get("to")); err == nil {
		if c, ok := findCard(t.Replies, to); ok {
			typed.To, typed.ToName = to, c.By.Name
		}
	}
	v.Card.Reply = &typed
	last := t.Root.ID
	for _, c := range flat(t.Replies) {
		last = max(last, c.ID)
	}
	return v, func() error {
		if last <= t.ReadTo {
			return nil
		}
		return m.ReadTo(ctx, a, t.Root.ID, last)
	}, nil
}

// flat lists replies of both levels.
func flat(cards []Card) (out []Card) {
	for _, c := range cards {
		out = append(append(out, c), c.Replies...)
	}
	return out
}

func findCard(cards []Card, id plein.ID) (Card, bool) {
	for _, c := range flat(cards) {
		if c.ID == id && !c.Gone() {
			return c, true
		}
	}
	return Card{}, false
}

// CardViews makes views of cards, with what the reader may do with each.
func (m *Module) CardViews(r *http.Request, cards []Card) ([]CardView, error) {
	ctx, a := r.Context(), plein.ActorFrom(r.Context())
	page := m.Page(r)
	runs := make(map[plein.ID]bool)
	out := make([]CardView, len(cards))
	for n, c := range cards {
		ok, asked := runs[c.Audience]
		if !asked {
			var err error
			if ok, err = m.Runs(ctx, a, c.Audience); err != nil {
				return nil, plein.Wrap("items.cardviews", err)
			}
			runs[c.Audience] = ok
		}
		out[n] = CardView{Card: c, Speaker: page.Speaker, Now: page.Now, MayPin: ok, MayHide: ok, kept: m.fragments}
		if page.Frame != nil {
			out[n].Me = page.Frame.Me
		}
	}
	return out, nil
}

func (m *Module) reply(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	n := NewItem{Parent: id, Body: form.Text("body"), ClientKey: form.Get("key")}
	if to := r.URL.Query().Get("to"); to != "" {
		if n.Parent, err = plein.ParseID(to); err != nil {
			return err
		}
	}
	i, err := m.Reply(r.Context(), plein.ActorFrom(r.Context()), n)
	if err != nil {
		if _, sentence, ok := m.say(r, err); ok && !web.WantsJSON(r) {
			return m.showThread(w, r, id, statusOf(err), ReplyView{Text: n.Body, Error: sentence, ClientKey: n.ClientKey})
		}
		return err
	}
	if err := m.flashPosted(w, r, i, "items.replied"); err != nil {
		return err
	}
	return web.Redirect(w, r, path(i.Root)+"#"+"p-"+i.ID.String())
}

func (m *Module) editForm(w http.ResponseWriter, r *http.Request) error {
	i, err := m.mine(r)
	if err != nil {
		return err
	}
	return m.showEdit(w, r, i, i.Title, text.EditForm(i.Body), http.StatusOK, nil)
}

// mine finds the actor's own living item.
func (m *Module) mine(r *http.Request) (*Item, error) {
	id, err := pathID(r)
	if err != nil {
		return nil, err
	}
	a := plein.ActorFrom(r.Context())
	i, err := m.living(r.Context(), a, id)
	if err == nil && i.Author != a.ID {
		err = plein.ErrDenied
	}
	return i, err
}

func (m *Module) showEdit(w http.ResponseWriter, r *http.Request, i *Item, title, body string, status int, errs map[string]string) error {
	v := EditView{Page: m.Page(r), Item: i, TitleText: title, Text: body, Max: plein.MaxBody, Errors: errs}
	if !i.IsRoot() {
		v.Max = plein.MaxReply
	}
	v.Title = v.Speaker.T("items.edit.title")
	return web.Render(w, r, status, EditPage(v))
}

func (m *Module) edit(w http.ResponseWriter, r *http.Request) error {
	i, err := m.mine(r)
	if err != nil {
		return err
	}
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	title, body := form.Get("title"), form.Text("body")
	from, _ := strconv.Atoi(form.Get("version")) // what is no number is no version
	if _, err := m.Edit(r.Context(), plein.ActorFrom(r.Context()), i.ID, from, title, body); err != nil {
		if field, sentence, ok := m.say(r, err); ok && !web.WantsJSON(r) {
			return m.showEdit(w, r, i, title, body, statusOf(err), map[string]string{field: sentence})
		}
		return err
	}
	web.SetFlash(w, "items.changed")
	return web.Redirect(w, r, path(i.Root)+"#"+"p-"+i.ID.String())
}

func (m *Module) history(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	i, list, err := m.Versions(r.Context(), plein.ActorFrom(r.Context()), id)
	if err != nil {
		return err
	}
	who := []plein.ID{i.Author}
	for _, old := range list {
		who = append(who, old.Editor)
	}
	faces, err := m.deps.People.Cards(r.Context(), distinct(who))
	if err != nil {
		return err
	}
	v := HistoryView{Page: m.Page(r), Item: i}
	v.Title = v.Speaker.T("items.history.title")
	at := i.Edited
	if at.IsZero() {
		at = i.Made
	}
	v.Versions = append(v.Versions, VersionView{At: at, Who: face(faces[i.Author]), Title: i.Title, HTML: i.HTML, Now: true})
	for _, old := range list {
		doc, err := m.deps.Text.Render(old.Body)
		if err != nil {
			return plein.Wrap("items.history", err)
		}
		v.Versions = append(v.Versions, VersionView{At: old.At, Who: face(faces[old.Editor]), Title: old.Title, HTML: doc.HTML})
	}
	return web.Render(w, r, http.StatusOK, HistoryPage(v))
}

func (m *Module) reactors(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	a := plein.ActorFrom(r.Context())
	i, err := m.living(r.Context(), a, id)
	if err != nil {
		return err
	}
	list, err := m.Reactors(r.Context(), a, id)
	if err != nil {
		return err
	}
	var who []plein.ID
	for _, each := range list {
		who = append(who, each.Person)
	}
	faces, err := m.deps.People.Cards(r.Context(), distinct(who))
	if err != nil {
		return err
	}
	v := ReactorsView{Page: m.Page(r), Item: i}
	v.Title = v.Speaker.T("items.who_reacted")
	for n, reaction := range plein.Reactions() {
		g := ReactorGroup{Icon: reactionIcons[n], Label: v.Speaker.T(reactionWord(reaction))}
		for _, each := range list {
			if each.Reaction == reaction {
				p := face(faces[each.Person])
				p.Title = noteFor(a.Guest, faces[each.Person])
				g.People = append(g.People, p)
			}
		}
		if len(g.People) > 0 {
			v.By = append(v.By, g)
		}
	}
	return web.Render(w, r, http.StatusOK, ReactorsPage(v))
}

// back leads to where the form stood.
func back(w http.ResponseWriter, r *http.Request, i *Item) error {
	return web.Back(w, r, path(i.Root)+"#"+"p-"+i.ID.String())
}

func (m *Module) react(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	ctx, a := r.Context(), plein.ActorFrom(r.Context())
	// A button asks for what should be, not for a change, so that sending it twice
	// does one thing.
	reaction, on := plein.Reaction(form.Get("on")), true
	if reaction == "" {
		reaction, on = plein.Reaction(form.Get("off")), false
	}
	i, err := m.React(ctx, a, id, reaction, on)
	if err != nil {
		return err
	}
	if web.WantsJSON(r) {
		return web.JSON(w, http.StatusOK, map[string]any{"on": on, "count": i.Tally.Of(reaction)})
	}
	return back(w, r, i)
}

func (m *Module) bookmark(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	ctx, a := r.Context(), plein.ActorFrom(r.Context())
	i, err := m.living(ctx, a, id)
	if err != nil {
		return err
	}
	on := form.On("bookmark")
	if err := m.Bookmark(ctx, a, id, on); err != nil {
		return err
	}
	if web.WantsJSON(r) {
		return web.JSON(w, http.StatusOK, map[string]any{"on": on})
	}
	return back(w, r, i)
}

func (m *Module) remove(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	i, err := m.Delete(r.Context(), plein.ActorFrom(r.Context()), id)
	if err != nil {
		return err
	}
	web.SetFlash(w, "items.removed", "undo", path(id)+"/restore")
	if i.IsRoot() {
		return web.Redirect(w, r, "/")
	}
	return web.Redirect(w, r, path(i.Root))
}

func (m *Module) restore(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	i, err := m.Restore(r.Context(), plein.ActorFrom(r.Context()), id)
	if err != nil {
		return err
	}
	web.SetFlash(w, "items.restored")
	return web.Redirect(w, r, path(i.Root)+"#"+"p-"+i.ID.String())
}

func (m *Module) pin(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	a := plein.ActorFrom(r.Context())
	on := form.On("on")
	if err := m.Pin(r.Context(), a, id, on); err != nil {
		return err
	}
	i, err := m.Find(r.Context(), a, id)
	if err != nil {
		return err
	}
	if on {
		web.SetFlash(w, "items.pin_on")
	} else {
		web.SetFlash(w, "items.pin_off")
	}
	return back(w, r, i)
}

func (m *Module) acknowledge(w http.ResponseWriter, r *http.Request) error {
	id, err := pathID(r)
	if err != nil {
		return err
	}
	a := plein.ActorFrom(r.Context())
	if err := m.Acknowledge(r.Context(), a, id); err != nil {
		return err
	}
	i, err := m.Find(r.Context(), a, id)
	if err != nil {
		return err
	}
	web.SetFlash(w, "items.acknowledged")
	return back(w, r, i)
}

func (m *Module) saved(w http.ResponseWriter, r *http.Request) error {
	ctx, a := r.Context(), plein.ActorFrom(r.Context())
	before := m.clock.Now().Add(time.Minute)
	if at, err := strconv.ParseInt(r.URL.Query().Get("before"), 36, 64); err == nil && at > 0 {
		before = time.UnixMicro(at)
	}
	list, err := m.Saved(ctx, a, before, plein.PageSize+1)
	if err != nil {
		return err
	}
	v := SavedView{Page: m.Page(r)}
	v.Title = v.Speaker.T("items.saved.title")
	var ids []plein.ID
	for n, b := range list {
		if n == plein.PageSize {
			v.Older = "/saved?before=" + strconv.FormatInt(list[n-1].At.UnixMicro(), 36)
			break
		}
		ids = append(ids, b.ID)
	}
	cards, err := m.Cards(ctx, a, ids, Opts{})
	if err != nil {
		return err
	}
	if v.Cards, err = m.CardViews(r, cards); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, SavedPage(v))
}

var errNoAbout = errors.New("praise for nobody")

// about finds the person whom a compliment is for.
func (m *Module) about(r *http.Request, id plein.ID) (people.Card, error) {
	who, err := m.deps.People.See(r.Context(), plein.ActorFrom(r.Context()), id)
	if err == nil && !who.IsIn(m.clock.Now()) {
		err = errNoAbout
	}
	if err != nil {
		return people.Card{}, err
	}
	faces, err := m.deps.People.Cards(r.Context(), []plein.ID{id})
	return faces[id], err
}
