package signin

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"plein/internal/platform/session"
	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/plein"
)

// page makes what surrounds a page and gives it a title of our own words.
func (m *Module) page(r *http.Request, key string, args ...any) view.Page {
	p := m.Page(r)
	p.Title = p.Speaker.T(key, args...)
	return p
}

// nextOf gives where to go after signing in, or "" for the square.
func nextOf(form web.Form) string {
	if next := web.SafeNext(form.Get("next")); next != "/" {
		return next
	}
	return ""
}

// emailField is the field of an address. Passkeys offer themselves in it too.
func emailField(sp words.Speaker, value string) view.FieldView {
	return view.FieldView{Name: "email", Type: "email", Label: sp.T("signin.field.email"), Value: value, Autocomplete: "username webauthn",
		InputMode: "email", Required: true, Focus: value == "", Speaker: sp}
}

// sayError gives an error's sentence in the reader's language.
func sayError(sp words.Speaker, err error) string {
	e := plein.AsError(err)
	var args []any
	for k, v := range e.Args {
		args = append(args, k, v)
	}
	return sp.T(e.Key, args...)
}

// shown says that an error belongs on the form and not on a page of its own.
func shown(err error) bool {
	switch plein.KindOf(err) {
	case plein.Invalid, plein.TooMuch, plein.Conflict:
		return true
	}
	return false
}

// statusOf is the status of a form that is shown once more. Who has to wait is
// told how long.
func statusOf(w http.ResponseWriter, err error) int {
	e := plein.AsError(err)
	if e.Kind != plein.TooMuch {
		return http.StatusUnprocessableEntity
	}
	if seconds, ok := e.Args["seconds"].(int); ok {
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
	}
	return http.StatusTooManyRequests
}

// greeting follows the hour of the house.
func greeting(v view.Page) string {
	switch h := v.Now.In(v.Speaker.Zone()).Hour(); {
	case h < 6:
		return v.Speaker.T("signin.hello.night")
	case h < 12:
		return v.Speaker.T("signin.hello.morning")
	case h < 18:
		return v.Speaker.T("signin.hello.afternoon")
	}
	return v.Speaker.T("signin.hello.evening")
}

// choose is GET /sign-in.
func (m *Module) choose(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	next := nextOf(form)
	if plein.ActorFrom(r.Context()).SignedIn() {
		return web.Redirect(w, r, next)
	}
	return m.showChoose(w, r, "", next, nil)
}

func (m *Module) showChoose(w http.ResponseWriter, r *http.Request, email, next string, wrong error) error {
	v := chooseView{Page: m.page(r, "nav.sign_in"), Next: next}
	v.Path = web.SignInPath(next)
	v.Hello = greeting(v.Page)
	if m.Welcome != nil {
		v.Welcome = m.Welcome(r.Context())
	}
	v.Email = emailField(v.Speaker, email)
	for _, way := range m.Ways {
		v.Ways = append(v.Ways, wayView{way.Name(), v.Speaker.T(way.Word()), way.Icon()})
	}
	status := http.StatusOK
	if wrong != nil {
		status = statusOf(w, wrong)
		v.Email.Error, v.Email.Focus = sayError(v.Speaker, wrong), true
	}
	var err error
	if v.FirstRun, err = m.FirstRun(r.Context()); err != nil {
		return err
	}
	return web.Render(w, r, status, choosePage(v))
}

// chosen is POST /sign-in: how somebody wants to sign in.
func (m *Module) chosen(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	switch name := form.Get("way"); name {
	case "", "link":
		return m.send(w, r, toEnter, form)
	case "password":
		return m.showPassword(w, r, form.Get("email"), nextOf(form), nil)
	default:
		for _, way := range m.Ways {
			if way.Name() == name {
				return way.Begin(w, r, web.SafeNext(nextOf(form)))
			}
		}
	}
	return web.Redirect(w, r, web.SignInPath(nextOf(form)))
}

// ask is POST /sign-in/link.
func (m *Module) ask(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	return m.send(w, r, toEnter, form)
}

// send asks for a letter, and answers the same whether anybody gets it.
func (m *Module) send(w http.ResponseWriter, r *http.Request, purpose string, form web.Form) error {
	email, next := form.Get("email"), nextOf(form)
	err := m.Ask(r.Context(), purpose, email, web.SafeNext(next), web.ClientIP(r))
	switch {
	case err != nil && shown(err) && purpose == toRecover:
		return m.showRecover(w, r, email, err)
	case err != nil && shown(err):
		return m.showChoose(w, r, email, next, err)
	case err != nil:
		return err
	}
	v := sentView{Page: m.page(r, "signin.sent.title"), Email: email}
	v.Path = "/sign-in"
	v.Lead = v.Speaker.T("signin.sent.lead", "n", int(linkLives.Minutes()))
	return web.Render(w, r, http.StatusOK, sentPage(v))
}

// showLink is GET /sign-in/link/{token}. It changes nothing: mail programs and
// scanners open links before people do (TRUST S106).
func (m *Module) showLink(w http.ResponseWriter, r *http.Request) error {
	return m.showLinkForm(w, r, nil)
}

func (m *Module) showLinkForm(w http.ResponseWriter, r *http.Request, wrong error) error {
	token := r.PathValue("token")
	l, p, err := m.openLink(r.Context(), token)
	if err != nil {
		return m.linkGone(w, r, err)
	}
	quiet(w)
	v := linkView{Page: m.page(r, "signin.link.title"), Action: "/sign-in/link/" + token, Name: p.Name, Recover: l.purpose == toRecover}
	if v.Recover {
		v.Title = v.Speaker.T("signin.recover.title")
		v.Password = newPasswordField(v.Speaker)
	}
	status := http.StatusOK
	if wrong != nil {
		status = statusOf(w, wrong)
		v.Password.Error = sayError(v.Speaker, wrong)
	}
	return web.Render(w, r, status, linkPage(v))
}

// quiet keeps an address with a token in it from being told to anybody (S104).
func quiet(w http.ResponseWriter) { w.Header().Set("Referrer-Policy", "no-referrer") }

// linkGone answers for a link that does not work. One answer for all reasons.
func (m *Module) linkGone(w http.ResponseWriter, r *http.Request, err error) error {
	if !errors.Is(err, errLinkGone) {
		return err
	}
	quiet(w)
	v := goneView{m.page(r, "signin.gone.title")}
	v.Path = "/sign-in"
	return web.Render(w, r, http.StatusGone, gonePage(v))
}

// useLink is POST /sign-in/link/{token}.
func (m *Module) useLink(w http.ResponseWriter, r *http.Request) error {
	token := r.PathValue("token")
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	l, _, err := m.openLink(r.Context(), token)
	if err != nil {
		return m.linkGone(w, r, err)
	}
	var in entry
	if l.purpose == toRecover {
		in, err = m.Service.recover(r.Context(), token, form.Text("password"), r.UserAgent())
		if err != nil && shown(err) {
			return m.showLinkForm(w, r, err)
		}
	} else {
		in, err = m.Service.useLink(r.Context(), token, r.UserAgent())
	}
	if err != nil {
		return m.linkGone(w, r, err)
	}
	return m.welcome(w, r, in)
}

// Enter signs in somebody whom another Way has recognised, and leads to next.
func (m *Module) Enter(w http.ResponseWriter, r *http.Request, person plein.ID, next string) error {
	token, err := m.start(r.Context(), person, r.UserAgent())
	if err != nil {
		return err
	}
	return m.welcome(w, r, entry{token, next})
}

// welcome gives the cookie and leads on. A session that the browser had before
// ends; nothing of it is taken over (TRUST S89).
func (m *Module) welcome(w http.ResponseWriter, r *http.Request, in entry) error {
	ctx := r.Context()
	if before := plein.ActorFrom(ctx); before.Session != 0 {
		if err := m.endQuietly(ctx, before); err != nil {
			return err
		}
	}
	http.SetCookie(w, session.Cookie(in.token, m.Secure, m.Clock.Now().Add(session.Lifetime)))
	if m.hasFreshDraft(ctx, m.draftKey(r)) {
		in.next = "/sign-in/continue"
	}
	return web.Redirect(w, r, in.next)
}

// endQuietly ends a session that may have ended already.
func (m *Module) endQuietly(ctx context.Context, a plein.Actor) error {
	err := m.Sessions.End(ctx, a.ID, a.Session)
	if errors.Is(err, plein.ErrNotFound) {
		return nil
	}
	return err
}

// signOut is POST /sign-out. What this browser kept goes too, since the next one
// at it may be somebody else (TRUST S102).
func (m *Module) signOut(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if a := plein.ActorFrom(ctx); a.SignedIn() && a.Session != 0 {
		if err := m.endQuietly(ctx, a); err != nil {
			return err
		}
	}
	if key := m.draftKey(r); key != nil {
		if err := m.dropDraft(ctx, key); err != nil {
			return err
		}
		http.SetCookie(w, m.draftCookie(nil))
	}
	http.SetCookie(w, session.NoCookie(m.Secure))
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	web.SetFlash(w, "signin.out", "kind", "info")
	return web.Redirect(w, r, "/sign-in")
}

// language is POST /language, for everybody.
func (m *Module) language(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	ctx, lang := r.Context(), form.Get("lang")
	if words.Known(lang) {
		web.KeepLang(w, lang)
		if a := plein.ActorFrom(ctx); a.SignedIn() {
			if err := m.setLanguage(ctx, a, lang); err != nil {
				return err
			}
		}
	}
	return web.Redirect(w, r, form.Get("next"))
}
