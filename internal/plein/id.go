package plein

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"math/bits"
	"sync/atomic"
	"time"
)

// ID names one thing for ever. It is 63 bits: 42 bits of milliseconds since
// 1970 and 21 bits that tell things of one millisecond apart, so ids sort by time
// and need no counter in the database. Zero means "none".
//
// Inside the house an ID is a number. Outside it is a word of thirteen letters
// (String), shuffled with the installation's own key so that it tells neither
// order nor volume (TRUST P23).
type ID int64

const idRandomBits = 21

// lowBits gives the part of an id below its time: a counter that begins anywhere,
// so that two million things made in one millisecond by one process differ, and
// two processes seldom meet. Order and volume are hidden when an id is shown.
var lowBits = func() *atomic.Uint32 {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	var n atomic.Uint32
	n.Store(binary.LittleEndian.Uint32(b[:]))
	return &n
}()

// NewID makes an id for a thing that came to be at t.
func NewID(t time.Time) ID { return idAt(t, lowBits.Add(1)) }

func idAt(t time.Time, random uint32) ID {
	ms := max(t.UnixMilli(), 0)
	return ID(ms<<idRandomBits | int64(random&(1<<idRandomBits-1)))
}

// FirstIDAt is the smallest id that a thing made at t can have: the bound for
// "since" and "before" questions.
func FirstIDAt(t time.Time) ID { return idAt(t, 0) }

// Time is when the thing came to be, to the millisecond, in UTC.
func (id ID) Time() time.Time {
	return time.UnixMilli(int64(id) >> idRandomBits).UTC()
}

// IsZero says that the id names nothing.
func (id ID) IsZero() bool { return id == 0 }

var idAlphabet = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// idCipher is the one piece of state in this package: the installation's key for
// shown ids. It is set once at start, before the first request (ADR 0004).
var idCipher atomic.Pointer[feistel]

// ConcealIDs sets the key with which ids are shuffled before they are shown. The
// key is kept in the database, so that addresses survive a move to another
// machine. All parts of one process share it.
func ConcealIDs(key [16]byte) {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // sixteen bytes are always a valid AES key
	}
	idCipher.Store(&feistel{block})
}

// String gives the id as shown in addresses: thirteen lower-case letters and
// digits.
func (id ID) String() string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], conceal(uint64(id)))
	return idAlphabet.EncodeToString(b[:])
}

// ParseID reads what String wrote. Anything else is NotFound, because an address
// with a broken id is an address where nothing is.
func ParseID(s string) (ID, error) {
	if len(s) != 13 {
		return 0, ErrNotFound
	}
	b, err := idAlphabet.DecodeString(s)
	if err != nil || len(b) != 8 {
		return 0, ErrNotFound
	}
	id := ID(reveal(binary.BigEndian.Uint64(b)))
	if id <= 0 || id.String() != s {
		return 0, ErrNotFound
	}
	return id, nil
}

// MarshalText writes the shown form, so that JSON never carries the number.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads the shown form.
func (id *ID) UnmarshalText(b []byte) (err error) {
	*id, err = ParseID(string(b))
	return err
}

// feistel is a balanced four-round Feistel network over 64 bits with AES as the
// round function (Luby and Rackoff, 1988): a keyed permutation of all ids.
type feistel struct{ block cipher.Block }

func (f *feistel) round(i byte, half uint32) uint32 {
	var in, out [16]byte
	in[0] = i
	binary.BigEndian.PutUint32(in[4:], half)
	f.block.Encrypt(out[:], in[:])
	return binary.BigEndian.Uint32(out[:])
}

func conceal(v uint64) uint64 {
	f := idCipher.Load()
	if f == nil {
		return bits.ReverseBytes64(v)
	}
	l, r := uint32(v>>32), uint32(v)
	for i := byte(0); i < 4; i++ {
		l, r = r, l^f.round(i, r)
	}
	return uint64(l)<<32 | uint64(r)
}

func reveal(v uint64) uint64 {
	f := idCipher.Load()
	if f == nil {
		return bits.ReverseBytes64(v)
	}
	l, r := uint32(v>>32), uint32(v)
	for i := byte(4); i > 0; i-- {
		l, r = r^f.round(i-1, l), l
	}
	return uint64(l)<<32 | uint64(r)
}
