package people

import (
	"context"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

const entryColumns = `id, name, COALESCE(handle, ''), unit, zone, state, bot, guest, guest_until, skills, ask_me`

func scanEntry(s db.Scanner) (e Entry, err error) {
	var until int64
	var skills, askMe string
	if err = s.Scan(&e.ID, &e.Name, &e.Handle, &e.Unit, &e.Zone, &e.State, &e.Bot, &e.Guest, &until, &skills, &askMe); err != nil {
		return e, err
	}
	e.GuestUntil = db.FromMicros(until)
	if err = fromJSON(skills, &e.Skills); err != nil {
		return e, err
	}
	return e, fromJSON(askMe, &e.AskMe)
}

func roll(ctx context.Context, q db.Queryer, after plein.ID, limit int) ([]Entry, error) {
	return db.All(ctx, q, scanEntry, `SELECT `+entryColumns+` FROM people_persons WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

func rollOf(ctx context.Context, q db.Queryer, ids []plein.ID) ([]Entry, error) {
	return db.All(ctx, q, scanEntry, `SELECT `+entryColumns+` FROM people_persons WHERE `+db.In(q.Engine(), "id", "$1"),
		db.List(q.Engine(), ids))
}

// called lists active people by their whole folded name or their handle; both
// have an index.
func called(ctx context.Context, q db.Queryer, key []byte, handle string, limit int) ([]Person, error) {
	return db.All(ctx, q, scanPerson, `SELECT `+personColumns+` FROM people_persons
		WHERE (sort_key = $1 OR handle = $2) AND state = 'active' ORDER BY id LIMIT $3`, key, handle, limit)
}
