package files

import (
	"time"

	"plein/internal/plein"
	"plein/internal/square/items"
)

// File is one uploaded file. Its bytes lie in the blob store under their SHA-256,
// so the same file twice takes the room of one.
type File struct {
	ID       plein.ID
	Owner    plein.ID
	Item     plein.ID // zero until it is attached
	Audience plein.ID // of the item
	RootMade time.Time
	Name     string
	Alt      string // what the picture shows, for who cannot see it
	MIME     string
	Picture  bool
	Size     int64
	Width    int
	Height   int

	SHA256    string // key of the bytes
	Thumb     string // key of the small picture; empty when there is none
	ThumbMIME string
	Made      time.Time
}

// Loose says that the file was not attached to anything yet.
func (f File) Loose() bool { return f.Item == 0 }

// keptLoose is how long a file waits to be attached.
const keptLoose = 24 * time.Hour

// maxLoose is how many files one person may have waiting.
const maxLoose = 50

// Attachment is the file as a card shows it.
func (f File) Attachment() items.Attachment {
	return items.Attachment{ID: f.ID, Name: f.Name, Alt: f.Alt, MIME: f.MIME, Size: f.Size, Width: f.Width, Height: f.Height, Picture: f.Picture}
}
