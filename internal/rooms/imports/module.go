package imports

import (
	"log/slog"

	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/words"
)

// Deps is what the room needs.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Words  *words.Catalogue
	Lang   string // of the house: the language of the few words that are put in
	Square Square
	Log    *slog.Logger // may be nil
}

// Module is the room.
type Module struct {
	deps   Deps
	limits limits
}

// New makes the room.
func New(d Deps) *Module {
	if d.Clock == nil {
		d.Clock = clock.System{}
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	return &Module{deps: d, limits: theLimits()}
}
