package signin

import (
	"plein/internal/platform/view"
)

// chooseView is the sign-in page.
type chooseView struct {
	view.Page
	Hello    string
	Welcome  string    // the organisation's own line; "" is none
	Ways     []wayView // others than the two of this room
	Email    view.FieldView
	Next     string
	FirstRun bool
}

type wayView struct{ Name, Label, Icon string }

// sentView says that a letter is under way, if anybody is there.
type sentView struct {
	view.Page
	Lead, Email string
}

// linkView is where a link from a letter leads.
type linkView struct {
	view.Page
	Action   string
	Name     string
	Recover  bool
	Password view.FieldView
}

// goneView says that a link does not work any more.
type goneView struct{ view.Page }

// passwordView is the form to sign in by password.
type passwordView struct {
	view.Page
	Wrong           string // over the fields
	Email, Password view.FieldView
	Next            string
}

// recoverView asks for a letter that leads to a new password.
type recoverView struct {
	view.Page
	Email view.FieldView
}

// setupView is the first set-up.
type setupView struct {
	view.Page
	Wrong  string
	Fields []view.FieldView
}

// changeView is one's own password.
type changeView struct {
	view.Page
	Lead   string
	Fields []view.FieldView
}

// sessionsView is where one is signed in.
type sessionsView struct {
	view.Page
	Sessions []sessionView
	Others   bool // there are more than this one
}

type sessionView struct {
	ID, Agent, Icon string
	Seen, Since     string
	Current         bool
}

// draftView is what was typed when the session had ended.
type draftView struct {
	view.Page
	Action string
	Title  *view.FieldView
	Text   view.FieldView
	Hidden []field
}

// letterView is a letter with a link, every sentence said.
type letterView struct {
	Lang, Subject, Hello, Lead, Do, Href, Valid, Not string
}
