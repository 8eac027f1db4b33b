package imports

import (
	"context"
	"io"
	"time"

	"plein/internal/platform/db"
	"plein/internal/platform/text"
	"plein/internal/plein"
	"plein/internal/square/files"
)

// Square is what an import asks of the square. Nothing here asks for leave: who
// may import was decided before, at the command line.
type Square interface {
	// PersonByEmail finds somebody; plein.ErrNotFound when nobody has the address.
	PersonByEmail(ctx context.Context, email string) (plein.ID, error)
	// AddPerson adds somebody. Invalid and Conflict name the field and leave the
	// transaction usable.
	AddPerson(ctx context.Context, tx *db.Tx, p ImportedPerson) (plein.ID, error)
	// UpdatePerson brings somebody up to date with a staff list; what is empty
	// stays. It says whether anything changed.
	UpdatePerson(ctx context.Context, tx *db.Tx, id plein.ID, p ImportedPerson) (bool, error)
	// AddFormer adds the author of old messages of whom nothing is known.
	AddFormer(ctx context.Context, tx *db.Tx, source string) (plein.ID, error)

	// Unit finds a department by its name under another one; parent is zero at
	// the top.
	Unit(ctx context.Context, parent plein.ID, name string) (plein.ID, error)
	AddUnit(ctx context.Context, tx *db.Tx, parent plein.ID, name string) (plein.ID, error)

	// AddGroup starts a group with its members. Conflict says that the name is
	// taken and leaves the transaction usable.
	AddGroup(ctx context.Context, tx *db.Tx, g ImportedGroup) (plein.ID, error)
	// Direct finds or makes the audience of a fixed set of people.
	Direct(ctx context.Context, tx *db.Tx, people []plein.ID) (plein.ID, error)

	// Render and TakeFile do the slow part of AddItem outside the transaction. A
	// file that cannot be taken in is Invalid.
	Render(ctx context.Context, body string) (text.Doc, error)
	TakeFile(ctx context.Context, owner plein.ID, f ImportedFile) (files.File, error)
	// AddItem writes an item with its reactions and tells how many there were.
	AddItem(ctx context.Context, tx *db.Tx, it *ImportedItem) (id plein.ID, reactions int, err error)
}

// ImportedPerson is somebody as a source describes them, cleaned and cut to our
// limits.
type ImportedPerson struct {
	Email, Name, Given, Handle string
	Title, Location            string
	Phone, Pronouns, Bio       string
	Lang, Zone                 string
	Skills, AskMe, Languages   []string
	Unit, Manager              plein.ID
	Bot                        bool
	Guest                      bool // comes in closed, since no sponsor and no end date are known
	Closed                     bool // was shut out or left in the source
}

// ImportedGroup is a channel that becomes a group.
type ImportedGroup struct {
	Name, Purpose string
	Kind          plein.AudienceKind
	Archived      bool
	Made          time.Time // zero when the source does not tell
	Owners        []plein.ID
	Members       []plein.ID // without the owners
}

// ImportedItem is a message that becomes a post, a reply or a direct message.
type ImportedItem struct {
	Kind      plein.Kind
	Audience  plein.ID
	Author    plein.ID
	Parent    plein.ID // zero for a post
	Made      time.Time
	Edited    time.Time
	Title     string
	Body      string // our Markdown, mentions in stored form
	Reactions []ImportedReaction
	Doc       text.Doc // Body, rendered
	Files     []files.File
}

// ImportedReaction is one reaction with its giver and time.
type ImportedReaction struct {
	Person   plein.ID
	Reaction plein.Reaction
	At       time.Time
}

// ImportedFile is an attachment whose bytes the export has.
type ImportedFile struct {
	Name, Alt string
	Open      func() (io.ReadCloser, error)
}
