package imports

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

// limits bound what one import may ask of the machine (TRUST S47 to S50, S124).
// They stand together so that a test can make them small.
type limits struct {
	Unpacked  int64 // bytes of all entries of an archive together
	Entries   int   // entries of an archive
	Directory int64 // bytes of an archive's list of entries
	Ratio     int64 // an entry may be this many times its packed size
	Floor     int64 // below this size an entry's ratio does not matter
	Messages  int   // messages of one import
	Record    int   // bytes of one line or one element of a list
	Early     int   // replies of one channel that stand before what they answer
	People    int   // people, groups and direct channels, each

	Batch int // things that one transaction writes
}

func theLimits() limits {
	return limits{
		Unpacked:  2 << 30,
		Entries:   1_000_000,
		Directory: 96 << 20,
		Ratio:     200,
		Floor:     1 << 20,
		Messages:  5_000_000,
		Record:    4 << 20,
		Early:     100_000,
		People:    1_000_000,
		Batch:     500,
	}
}

// archive is an opened zip whose list of entries was checked from end to end
// before the first byte of content is read.
type archive struct {
	name    string // the file's base name, for problems
	file    *os.File
	entries map[string]*zip.File // files only
	order   []string             // their names as they stand in the archive
}

var driveLetter = regexp.MustCompile(`^[A-Za-z]:`)

// openArchive opens a zip and refuses what no export holds: paths that climb
// out, links, two names that are one on some machines, bombs.
func openArchive(file string, l limits) (*archive, error) {
	name := path.Base(strings.ReplaceAll(file, `\`, "/"))
	f, size, err := openRegular(file)
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

// openRegular opens a plain file that is not empty.
func openRegular(file string) (*os.File, int64, error) {
	name := path.Base(strings.ReplaceAll(file, `\`, "/"))
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, 0, problem(name, "there is no such file")
	case err != nil:
		return nil, 0, problem(name, "cannot be opened: %v", err)
	case info.IsDir():
		return nil, 0, problem(name, "is a folder; give the exported file")
	case !info.Mode().IsRegular():
		return nil, 0, problem(name, "is not a plain file")
	case info.Size() == 0:
		return nil, 0, problem(name, "the file is empty")
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, 0, problem(name, "cannot be opened: %v", err)
	}
	return f, info.Size(), nil
}

func readArchive(name string, r io.ReaderAt, size int64, l limits) (*archive, error) {
	// The library reads the whole list before anybody can count it, so what it
	// may read is bounded.
	bounded := &boundedReaderAt{r: r, left: l.Directory}
	z, err := zip.NewReader(bounded, size)
	if bounded.left < 0 {
		return nil, problem(name, "the list of files in the archive is larger than %s", bytesText(l.Directory))
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, problem(name, "is not a zip archive that can be read (%v)", err)
	}
	bounded.free = true
	if len(z.File) > l.Entries {
		return nil, problem(name, "holds more than %d files", l.Entries)
	}
	a := &archive{name: name, entries: make(map[string]*zip.File, len(z.File))}
	folded := make(map[string]string, len(z.File))
	var packed, unpacked uint64
	for i, f := range z.File {
		at := fmt.Sprintf("%s, file %d (%s)", name, i+1, shorten(f.Name))
		if reason := badEntry(f, l); reason != "" {
			return nil, problem(at, "%s", reason)
		}
		packed += f.CompressedSize64
		unpacked += f.UncompressedSize64
		if f.UncompressedSize64 > uint64(l.Unpacked) || unpacked > uint64(l.Unpacked) {
			return nil, problem(name, "is larger than %s when unpacked", bytesText(l.Unpacked))
		}
		if packed > uint64(size) {
			return nil, problem(at, "shares its bytes with another file in the archive")
		}
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		low := strings.ToLower(f.Name)
		if other, ok := folded[low]; ok {
			return nil, problem(at, "is there twice (as %s); names may not differ in case only", shorten(other))
		}
		folded[low] = f.Name
		a.entries[f.Name] = f
		a.order = append(a.order, f.Name)
	}
	if len(a.order) == 0 {
		return nil, problem(name, "the archive holds no files")
	}
	return a, nil
}

// badEntry says what is wrong with an entry, or nothing.
func badEntry(f *zip.File, l limits) string {
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

// open gives an entry's bytes, never more than it declared.
func (a *archive) open(name string) (io.ReadCloser, error) {
	f := a.entries[name]
	if f == nil {
		return nil, fs.ErrNotExist
	}
	r, err := f.Open()
	if err != nil {
		return nil, problem(a.name+", "+shorten(name), "cannot be unpacked (%v)", err)
	}
	return &declared{r: r, left: int64(f.UncompressedSize64), at: a.name + ", " + shorten(name)}, nil
}

func (a *archive) size(name string) int64 {
	if f := a.entries[name]; f != nil {
		return int64(f.UncompressedSize64)
	}
	return -1
}

func (a *archive) close() error { return a.file.Close() }

// declared reads an entry and stops where its declared size ends.
type declared struct {
	r    io.ReadCloser
	left int64
	at   string
}

func (d *declared) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	if d.left -= int64(n); d.left < 0 {
		return 0, problem(d.at, "unpacks to more bytes than it declares")
	}
	if err != nil && err != io.EOF {
		return n, problem(d.at, "cannot be unpacked (%v)", err)
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

// shorten makes a name fit on a line of the report, without control characters.
func shorten(s string) string {
	s = strings.Map(func(r rune) rune {
		if !isShown(r) {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if r := []rune(s); len(r) > 80 {
		return string(r[:79]) + "…"
	}
	return s
}

func bytesText(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d bytes", n)
}
