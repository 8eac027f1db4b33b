package intake

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Limits bound what one file may ask of the machine (TRUST S47 to S50, S124).
type Limits struct {
	Unpacked  int64 // bytes of all entries of an archive together, or of a plain file
	Entries   int   // entries of an archive
	Directory int64 // bytes of an archive's list of entries
	Ratio     int64 // an entry may be this many times its packed size
	Floor     int64 // below this size an entry's ratio does not matter
	Record    int   // bytes of one line or one element of a list
}

// TheLimits are the limits outside tests.
func TheLimits() Limits {
	return Limits{
		Unpacked:  2 << 30,
		Entries:   1_000_000,
		Directory: 96 << 20,
		Ratio:     200,
		Floor:     1 << 20,
		Record:    4 << 20,
	}
}

// Archive is an opened zip whose list of entries was checked from end to end
// before the first byte of content is read.
type Archive struct {
	Name    string // the file's base name, for problems
	file    *os.File
	entries map[string]*zip.File // files only
	Order   []string             // their names as they stand in the archive
}

var driveLetter = regexp.MustCompile(`^[A-Za-z]:`)

// OpenArchive opens a zip and refuses what no export holds: paths that climb
// out, links, two names that are one on some machines, bombs.
func OpenArchive(file string, l Limits) (*Archive, error) {
	name := path.Base(strings.ReplaceAll(file, `\`, "/"))
	f, size, err := OpenRegular(file)
	if err != nil {
		return nil, err
	}
	a, err := readArchive(name, f, size, l)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	a.file = f
	return a, nil
}

// OpenRegular opens a plain file that is not empty, and tells its size.
func OpenRegular(file string) (*os.File, int64, error) {
	name := path.Base(strings.ReplaceAll(file, `\`, "/"))
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, Refuse(name, "there is no such file")
	case err != nil:
		return nil, 0, Refuse(name, "cannot be opened: %v", err)
	case info.IsDir():
		return nil, 0, Refuse(name, "is a folder; give the exported file")
	case !info.Mode().IsRegular():
		return nil, 0, Refuse(name, "is not a plain file")
	case info.Size() == 0:
		return nil, 0, Refuse(name, "the file is empty")
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, 0, Refuse(name, "cannot be opened: %v", err)
	}
	return f, info.Size(), nil
}

func readArchive(name string, r io.ReaderAt, size int64, l Limits) (*Archive, error) {
	// The library reads the whole list before anybody can count it, so what it
	// may read is bounded.
	bounded := &boundedReaderAt{r: r, left: l.Directory}
	z, err := zip.NewReader(bounded, size)
	if bounded.left < 0 {
		return nil, Refuse(name, "the list of files in the archive is larger than %s", BytesText(l.Directory))
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, Refuse(name, "is not a zip archive that can be read (%v)", err)
	}
	bounded.free = true
	if len(z.File) > l.Entries {
		return nil, Refuse(name, "holds more than %d files", l.Entries)
	}
	a := &Archive{Name: name, entries: make(map[string]*zip.File, len(z.File))}
	folded := make(map[string]string, len(z.File))
	var packed, unpacked uint64
	for i, f := range z.File {
		at := fmt.Sprintf("%s, file %d (%s)", name, i+1, Shorten(f.Name))
		if reason := badEntry(f, l); reason != "" {
			return nil, Refuse(at, "%s", reason)
		}
		packed += f.CompressedSize64
		unpacked += f.UncompressedSize64
		if f.UncompressedSize64 > uint64(l.Unpacked) || unpacked > uint64(l.Unpacked) {
			return nil, Refuse(name, "is larger than %s when unpacked", BytesText(l.Unpacked))
		}
		if packed > uint64(size) {
			return nil, Refuse(at, "shares its bytes with another file in the archive")
		}
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		low := strings.ToLower(f.Name)
		if other, ok := folded[low]; ok {
			return nil, Refuse(at, "is there twice (as %s); names may not differ in case only", Shorten(other))
		}
		folded[low] = f.Name
		a.entries[f.Name] = f
		a.Order = append(a.Order, f.Name)
	}
	if len(a.Order) == 0 {
		return nil, Refuse(name, "the archive holds no files")
	}
	return a, nil
}

// badEntry says what is wrong with an entry, or nothing.
func badEntry(f *zip.File, l Limits) string {
	name := strings.TrimSuffix(f.Name, "/")
	mode := f.Mode()
	switch {
	case !utf8.ValidString(f.Name):
		return "the name is not UTF-8"
	case strings.ContainsAny(f.Name, "\x00\\"):
		return "the name holds a character that no path may hold"
	case strings.HasPrefix(f.Name, "/"), driveLetter.MatchString(f.Name):
		return "the path is absolute"
	case !fs.ValidPath(name):
		return "the path climbs out of the archive"
	case len(f.Name) > 1024:
		return "the path is longer than 1024 bytes"
	case mode&fs.ModeSymlink != 0:
		return "is a link"
	case mode.Type()&^fs.ModeDir != 0:
		return "is not a plain file"
	case f.Flags&0x1 != 0:
		return "is encrypted"
	case f.Method != zip.Store && f.Method != zip.Deflate:
		return "is packed in a way that is not supported"
	case f.UncompressedSize64 > uint64(l.Floor) && f.UncompressedSize64/uint64(l.Ratio) > f.CompressedSize64:
		return fmt.Sprintf("unpacks to more than %d times its size", l.Ratio)
	}
	return ""
}

// Open gives an entry's bytes, never more than it declared.
func (a *Archive) Open(name string) (io.ReadCloser, error) {
	f := a.entries[name]
	if f == nil {
		return nil, fs.ErrNotExist
	}
	r, err := f.Open()
	if err != nil {
		return nil, Refuse(a.Name+", "+Shorten(name), "cannot be unpacked (%v)", err)
	}
	return &declared{r: r, left: int64(f.UncompressedSize64), at: a.Name + ", " + Shorten(name)}, nil
}

// Size tells how many bytes an entry unpacks to, and -1 when there is none.
func (a *Archive) Size(name string) int64 {
	if f := a.entries[name]; f != nil {
		return int64(f.UncompressedSize64)
	}
	return -1
}

// Close lets go of the file.
func (a *Archive) Close() error { return a.file.Close() }

// declared reads an entry and stops where its declared size ends.
type declared struct {
	r    io.ReadCloser
	left int64
	at   string
}

func (d *declared) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	if d.left -= int64(n); d.left < 0 {
		return 0, Refuse(d.at, "unpacks to more bytes than it declares")
	}
	if err != nil && err != io.EOF {
		return n, Refuse(d.at, "cannot be unpacked (%v)", err)
	}
	return n, err
}

func (d *declared) Close() error { return d.r.Close() }

// boundedReaderAt gives a bounded number of bytes until it is set free.
type boundedReaderAt struct {
	r    io.ReaderAt
	left int64
	free bool
}

var errBounded = errors.New("too much was read")

func (b *boundedReaderAt) ReadAt(p []byte, off int64) (int, error) {
	if !b.free {
		if b.left -= int64(len(p)); b.left < 0 {
			return 0, errBounded
		}
	}
	return b.r.ReadAt(p, off)
}

// Shorten makes a name fit on a line of the report, without control characters.
func Shorten(s string) string {
	s = strings.Map(func(r rune) rune {
		if !IsShown(r) {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if r := []rune(s); len(r) > 80 {
		return string(r[:79]) + "…"
	}
	return s
}

// BytesText writes a limit as a person reads it.
func BytesText(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}
