package changes

import (
	"context"
	"encoding/binary"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

// Place is where a line stands in the log. It tells how much was said, so it
// never leaves the house unsealed.
type Place cursor

// After says that a place lies beyond another.
func (p Place) After(q Place) bool { return p.xid > q.xid || p.xid == q.xid && p.seq > q.seq }

// PlaceSize is how many bytes a place takes.
const PlaceSize = 16

// Append writes the place behind b.
func (p Place) Append(b []byte) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(b, uint64(p.xid)), uint64(p.seq))
}

// PlaceOf reads what Append wrote; fewer bytes are the place before every line.
func PlaceOf(b []byte) Place {
	if len(b) < PlaceSize {
		return Place(beginning)
	}
	return Place{xid: int64(binary.BigEndian.Uint64(b)), seq: int64(binary.BigEndian.Uint64(b[8:]))}
}

// Newest gives the place of the last line that nothing can slip in front of.
func (l *Log) Newest(ctx context.Context) (Place, error) {
	if err := l.db.Tx(ctx, func(tx *db.Tx) error { return l.fit(ctx, tx) }); err != nil {
		return Place{}, plein.Wrap("changes.newest", err)
	}
	c, err := newest(ctx, l.db.Read())
	return Place(c), plein.Wrap("changes.newest", err)
}

// Since gives the place after which a tail finds what was told since a moment. It
// walks back over those lines, so the moment should be a recent one.
func (l *Log) Since(ctx context.Context, at time.Time) (Place, error) {
	if err := l.db.Tx(ctx, func(tx *db.Tx) error { return l.fit(ctx, tx) }); err != nil {
		return Place{}, plein.Wrap("changes.since", err)
	}
	c, err := newestBefore(ctx, l.db.Read(), at)
	return Place(c), plein.Wrap("changes.since", err)
}
