package signin

import (
	"net/http"
	"slices"

	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/plein"
)

func newPasswordField(sp words.Speaker) view.FieldView {
	return view.FieldView{Name: "password", Type: "password", Label: sp.T("signin.field.new_password"), Autocomplete: "new-password",
		Hint: sp.T("signin.hint.password", "min", plein.MinPassword), Required: true, Speaker: sp}
}

// passwordForm is GET /sign-in/password.
func (m *Module) passwordForm(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	next := nextOf(form)
	if plein.ActorFrom(r.Context()).SignedIn() {
		return web.Redirect(w, r, next)
	}
	return m.showPassword(w, r, "", next, nil)
}

// showPassword shows the form. A password that was typed is never sent back.
func (m *Module) showPassword(w http.ResponseWriter, r *http.Request, email, next string, wrong error) error {
	v := passwordView{Page: m.page(r, "signin.password.title"), Next: next}
	v.Path = "/sign-in/password"
	v.Email = emailField(v.Speaker, email)
	v.Email.Autocomplete = "username"
	v.Password = view.FieldView{Name: "password", Type: "password", Label: v.Speaker.T("signin.field.password"),
		Autocomplete: "current-password", Required: true, Focus: email != "", Speaker: v.Speaker}
	status := http.StatusOK
	if wrong != nil {
		status = statusOf(w, wrong)
		v.Wrong = sayError(v.Speaker, wrong)
	}
	return web.Render(w, r, status, passwordPage(v))
}

// byPassword is POST /sign-in/password.
func (m *Module) byPassword(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	email, next := form.Get("email"), nextOf(form)
	token, err := m.Service.byPassword(r.Context(), email, form.Text("password"), web.ClientIP(r), r.UserAgent())
	if err != nil && shown(err) {
		return m.showPassword(w, r, email, next, err)
	}
	if err != nil {
		return err
	}
	return m.welcome(w, r, entry{token, next})
}

// recoverForm is GET /sign-in/recover.
func (m *Module) recoverForm(w http.ResponseWriter, r *http.Request) error {
	return m.showRecover(w, r, "", nil)
}

func (m *Module) showRecover(w http.ResponseWriter, r *http.Request, email string, wrong error) error {
	v := recoverView{Page: m.page(r, "signin.recover.title")}
	v.Path = "/sign-in/recover"
	v.Email = emailField(v.Speaker, email)
	v.Email.Autocomplete = "username"
	status := http.StatusOK
	if wrong != nil {
		status = statusOf(w, wrong)
		v.Email.Error, v.Email.Focus = sayError(v.Speaker, wrong), true
	}
	return web.Render(w, r, status, recoverPage(v))
}

// recover is POST /sign-in/recover.
func (m *Module) recover(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	return m.send(w, r, toRecover, form)
}

// setupForm is GET /setup.
func (m *Module) setupForm(w http.ResponseWriter, r *http.Request) error {
	return m.showSetup(w, r, newAdmin{}, nil)
}

func (m *Module) showSetup(w http.ResponseWriter, r *http.Request, n newAdmin, wrong error) error {
	v := setupView{Page: m.page(r, "signin.setup.title")}
	v.Path = "/setup"
	say := v.Speaker.T
	v.Fields = []view.FieldView{
		{Name: "code", Label: say("signin.field.code"), Hint: say("signin.hint.code"), Value: n.code, Autocomplete: "off"},
		{Name: "name", Label: say("signin.field.name"), Value: n.name, Autocomplete: "name"},
		{Name: "email", Type: "email", Label: say("signin.field.email"), Value: n.email, Autocomplete: "username", InputMode: "email"},
		newPasswordField(v.Speaker),
	}
	for i := range v.Fields {
		v.Fields[i].Required, v.Fields[i].Speaker = true, v.Speaker
	}
	v.Fields[0].Focus = wrong == nil
	v.Fields[3].Label = say("signin.field.password")
	status := http.StatusOK
	if wrong != nil {
		status = statusOf(w, wrong)
		name := plein.AsError(wrong).Field
		if i := slices.IndexFunc(v.Fields, func(f view.FieldView) bool { return f.Name == name }); i >= 0 {
			v.Fields[i].Error, v.Fields[i].Focus = sayError(v.Speaker, wrong), true
		} else {
			v.Wrong = sayError(v.Speaker, wrong)
		}
	}
	return web.Render(w, r, status, setupPage(v))
}

// setup is POST /setup.
func (m *Module) setup(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Decode(r)
	if err != nil {
		return err
	}
	n := newAdmin{code: form.Get("code"), name: form.Get("name"), email: form.Get("email"), password: form.Text("password"), lang: web.Lang(r)}
	token, err := m.Service.setup(r.Context(), n, web.ClientIP(r), r.UserAgent())
	if err != nil && shown(err) {
		return m.showSetup(w, r, n, err)
	}
	if err != nil {
		return err
	}
	return m.welcome(w, r, entry{token, "/"})
}
