package oversight

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"plein/internal/plein"
)

// Row is one protected act. It holds ids and the names of what changed, and no text
// that anybody wrote.
type Row struct {
	Seq    int64 // 1, 2, 3 …, without a gap
	At     time.Time
	Name   string // the event: "people.person.closed"
	Actor  plein.ID
	Object plein.Ref
	Target plein.Ref
	Extra  map[string]string
	Hash   []byte // of this row and the one before it
}

// hashSize is the length of a link of the chain.
const hashSize = sha256.Size

// format stands in every hash, so that a chain of another form is never taken for
// this one.
const format = "plein-audit/1"

// chained gives the hash of a row that follows one with the hash before. Every
// field is preceded by its length: two different rows never have the same bytes.
func chained(before []byte, r Row) []byte {
	extra := []byte("{}")
	if len(r.Extra) > 0 {
		extra, _ = json.Marshal(r.Extra) // of strings, in the order of the keys: it cannot fail
	}
	h := sha256.New()
	field := func(b []byte) {
		_ = binary.Write(h, binary.BigEndian, uint64(len(b)))
		h.Write(b)
	}
	number := func(n int64) { field(binary.BigEndian.AppendUint64(nil, uint64(n))) }
	field([]byte(format))
	field(before)
	number(r.Seq)
	number(r.At.UnixMicro())
	field([]byte(r.Name))
	number(int64(r.Actor))
	field([]byte(r.Object.Kind))
	number(int64(r.Object.ID))
	field([]byte(r.Target.Kind))
	number(int64(r.Target.ID))
	field(extra)
	return h.Sum(nil)
}

// Chain is where the log begins and ends. Rows past their time are removed from the
// front; From is then the hash of the last one removed.
type Chain struct {
	FirstSeq int64  // the lowest number that is kept
	From     []byte // the hash before it; zeroes at the very beginning
	LastSeq  int64
	Hash     []byte // the hash of the last row
}

// checker walks a chain from its beginning, row by row.
type checker struct {
	next int64
	hash []byte
}

func newChecker(c Chain) *checker { return &checker{next: c.FirstSeq, hash: c.From} }

// row checks the next row and says what is wrong with it.
func (c *checker) row(r Row) error {
	if r.Seq != c.next {
		return fmt.Errorf("row %d is missing (the next one is %d)", c.next, r.Seq)
	}
	if !bytes.Equal(chained(c.hash, r), r.Hash) {
		return fmt.Errorf("row %d of %s was changed, or one before it was", r.Seq, r.At.UTC().Format(time.DateTime))
	}
	c.next, c.hash = r.Seq+1, r.Hash
	return nil
}

// end checks that the chain ends where it should.
func (c *checker) end(at Chain) error {
	switch {
	case c.next != at.LastSeq+1:
		return fmt.Errorf("the log ends at row %d and should end at row %d", c.next-1, at.LastSeq)
	case !bytes.Equal(c.hash, at.Hash):
		return fmt.Errorf("the last row is not the one that was written")
	}
	return nil
}
