package signin

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"net/http"

	"plein/internal/platform/changes"
	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/jobs"
	"plein/internal/platform/mail"
	"plein/internal/platform/session"
	"plein/internal/platform/view"
	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/square/people"
)

//go:embed words.toml
var sentences embed.FS

// Words gives the room's sentences, for words.New.
func Words() fs.FS { return sentences }

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations gives the steps that make the tables.
func Migrations() db.Migrations { return db.Sub("signin", migrations) }

// Deps is what the room needs. Page may be nil where no pages are shown, as on a
// command line; Ways may be empty.
type Deps struct {
	DB       *db.DB
	Changes  *changes.Log
	Clock    clock.Clock
	Jobs     *jobs.Jobs // not started yet
	Mail     mail.Sender
	People   *people.Service
	Sessions *session.Store
	Words    *words.Catalogue
	Base     string // "https://plein.example.org", from the settings and never from a request
	Secure   bool   // cookies travel over TLS only
	OrgName  func(ctx context.Context) string
	Welcome  func(ctx context.Context) string // the organisation's own line on the sign-in page; may be nil
	Page     func(r *http.Request) view.Page
	Log      *slog.Logger
	Ways     []Way // ways in beside the two of this room, shown before them
}

// Way is another way to sign in: single sign-on, a passkey, a shared device. It
// has plain types only, so that another room can be one without knowing this one.
// When it knows for sure who somebody is, it calls Module.Enter.
type Way interface {
	Name() string // the value of its button, "sso"
	Word() string // the word key on its button
	Icon() string // of the sprite; may be ""
	// Begin answers the press on the button. next is a local path to lead to at
	// the end.
	Begin(w http.ResponseWriter, r *http.Request, next string) error
}

// Module is the room as the app mounts it. What it can do without a request is in
// its Service.
type Module struct{ *Service }

// New makes the room and takes on its jobs. It is called before the jobs start.
func New(d Deps) *Module {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.OrgName == nil {
		d.OrgName = func(context.Context) string { return "" }
	}
	s := &Service{Deps: d, hasher: newHasher(strength)}
	jobs.Handle(d.Jobs, s.deliver)
	return &Module{s}
}

// Routes registers every address of the room.
func (m *Module) Routes(r *web.Routes) {
	r.Get("/sign-in", web.Public, m.choose)
	r.Post("/sign-in", web.Public, m.chosen)
	r.Post("/sign-in/link", web.Public, m.ask)
	r.Get("/sign-in/link/{token}", web.Public, m.showLink)
	r.Post("/sign-in/link/{token}", web.Public, m.useLink)
	r.Get("/sign-in/password", web.Public, m.passwordForm)
	r.Post("/sign-in/password", web.Public, m.byPassword)
	r.Get("/sign-in/recover", web.Public, m.recoverForm)
	r.Post("/sign-in/recover", web.Public, m.recover)
	r.Get("/sign-in/continue", web.SignedIn, m.showDraft)
	r.Post("/sign-out", web.Public, m.signOut)
	r.Post("/language", web.Public, m.language)

	r.Get("/setup", web.FirstRun, m.setupForm)
	r.Post("/setup", web.FirstRun, m.setup)

	r.Get("/settings/password", web.SignedIn, m.editPassword)
	r.Post("/settings/password", web.SignedIn, m.changePassword)
	r.Get("/settings/sessions", web.SignedIn, m.sessions)
	r.Post("/settings/sessions/end", web.SignedIn, m.endSession)
	r.Post("/settings/sessions/end-all", web.SignedIn, m.endSessions)
}
