// Package blob exists because files do not belong in the database: they are
// large, never change, and live in a folder on a small machine and in an S3
// bucket on a large one. Nobody who stores a file needs to know which.
//
// A blob is named by its content (a hash in lower-case hex, perhaps with a
// suffix), so writing it twice is harmless, nothing is ever overwritten with
// something else, and a reader can check what it got. Who may read a blob is not
// known here: rights belong to the item that a file hangs on.
package blob

import (
	"context"
	"fmt"
	"io"
	"time"

	"plein/internal/plein"
)

// Store keeps blobs. All methods may be used from several goroutines. Errors are
// plein.ErrNotFound, Away (blob.away: disk full, bucket out of reach) or Broken.
type Store interface {
	// Put stores size bytes of r under key, durably and as a whole: after an
	// error, or a crash on the way, nothing is there or what was there before.
	// It is an error when r gives more or fewer bytes than size.
	Put(ctx context.Context, key string, r io.Reader, size int64) error
	// Get opens a blob for reading. The caller closes it.
	Get(ctx context.Context, key string) (io.ReadSeekCloser, Info, error)
	// Stat tells about a blob without reading it.
	Stat(ctx context.Context, key string) (Info, error)
	// Delete takes a blob away. Deleting what is not there is fine.
	Delete(ctx context.Context, key string) error
	// List calls fn for every blob whose key begins with prefix, in the order
	// of the keys, until fn gives an error, which List then gives.
	List(ctx context.Context, prefix string, fn func(Info) error) error
	// Ready says whether blobs can be written and read now, for the health
	// page and the doctor.
	Ready(ctx context.Context) error
}

// Info is what is known of a blob without reading it.
type Info struct {
	Key      string
	Size     int64 // bytes
	Modified time.Time
}

const (
	minKey = 4
	maxKey = 128
)

// okKey says that a key is one: 4 to 128 of a-z, 0-9, '-', '_' and '.', of which
// the first four are letters or digits. So a key is a file name, a safe one, and
// a part of a path is never taken for one (TRUST S47).
func okKey(key string) bool {
	return len(key) >= minKey && len(key) <= maxKey && okPrefix(key)
}

func okPrefix(prefix string) bool {
	if len(prefix) > maxKey {
		return false
	}
	for i := range len(prefix) {
		c := prefix[i]
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
		case i >= minKey && (c == '-' || c == '_' || c == '.'):
		default:
			return false
		}
	}
	return true
}

func badKey(op, key string) error {
	return plein.Wrap(op, fmt.Errorf("%.40q is no key", key))
}

// away is the answer when the place where blobs live cannot be used now.
func away(op string, err error) error {
	return &plein.Error{Kind: plein.Away, Key: "blob.away", Op: op, Err: err}
}

// exactly reads size bytes from r and gives an error when there are more or
// fewer.
type exactly struct {
	r    io.Reader
	left int64
	err  error // the first failure of the reader itself
}

func (e *exactly) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	if e.left -= int64(n); e.left < 0 {
		err = fmt.Errorf("more bytes than announced")
	} else if err == io.EOF && e.left > 0 {
		err = fmt.Errorf("%d bytes fewer than announced", e.left)
	}
	if err != nil && err != io.EOF && e.err == nil {
		e.err = err
	}
	return n, err
}

// done checks that nothing comes after the announced bytes.
func (e *exactly) done() error {
	if e.err == nil && e.left >= 0 {
		var more [1]byte
		for {
			n, err := e.Read(more[:])
			if n > 0 || err != nil {
				break
			}
		}
	}
	return e.err
}
