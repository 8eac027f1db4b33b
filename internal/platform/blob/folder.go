package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"time"

	"plein/internal/plein"
)

// tmp is the folder in which blobs are written before they get their name. It
// lies on the same file system, so that giving the name is one step.
const tmp = "tmp"

// unfinished is the age after which a file in tmp was left behind by a crash.
const unfinished = 24 * time.Hour

type folder struct{ root *os.Root }

// OpenFolder gives a Store in a folder, which is made when it does not exist. A
// blob abcdef… lies in ab/cd/abcdef…. Only this process's user can read it.
func OpenFolder(dir string) (Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, plein.Wrap("blob.open", err)
	}
	// A Root refuses every path that leads out, through a symbolic link too.
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, plein.Wrap("blob.open", err)
	}
	f := &folder{root}
	if err := f.mkdir(tmp); err != nil {
		return nil, plein.Wrap("blob.open", err)
	}
	f.sweep(time.Now().Add(-unfinished))
	return f, nil
}

// sweep takes away what was left half written before a moment.
func (f *folder) sweep(before time.Time) {
	entries, err := fs.ReadDir(f.root.FS(), tmp)
	if err != nil {
		return // the next Put tells
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.ModTime().Before(before) {
			_ = f.root.Remove(path.Join(tmp, e.Name()))
		}
	}
}

func place(key string) (dir, file string) {
	dir = path.Join(key[:2], key[2:4])
	return dir, path.Join(dir, key)
}

func (f *folder) Put(ctx context.Context, key string, r io.Reader, size int64) (err error) {
	const op = "blob.put"
	if !okKey(key) || size < 0 {
		return badKey(op, key)
	}
	if err := ctx.Err(); err != nil {
		return plein.Wrap(op, err)
	}
	temp := path.Join(tmp, rand.Text())
	out, err := f.root.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return diskError(op, err)
	}
	defer func() {
		if err != nil {
			_ = out.Close()
			_ = f.root.Remove(temp)
		}
	}()
	if _, err := io.Copy(out, &stoppable{ctx, &exactly{r: r, left: size}}); err != nil {
		return diskError(op, err)
	}
	// The order matters: first the bytes, then the name, then the folder that
	// holds the name. A power cut between two steps leaves the old state.
	if err := out.Sync(); err != nil {
		return diskError(op, err)
	}
	if err := out.Close(); err != nil {
		return diskError(op, err)
	}
	dir, file := place(key)
	if err := f.mkdir(dir); err != nil {
		return diskError(op, err)
	}
	if err := f.root.Rename(temp, file); err != nil {
		return diskError(op, err)
	}
	return diskError(op, f.syncDir(dir))
}

func (f *folder) Get(_ context.Context, key string) (io.ReadSeekCloser, Info, error) {
	const op = "blob.get"
	if !okKey(key) {
		return nil, Info{}, plein.ErrNotFound
	}
	_, name := place(key)
	file, err := f.root.Open(name)
	if err != nil {
		return nil, Info{}, diskError(op, err)
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		_ = file.Close()
		return nil, Info{}, diskError(op, err)
	}
	return file, infoOf(info), nil
}

func (f *folder) Stat(_ context.Context, key string) (Info, error) {
	if !okKey(key) {
		return Info{}, plein.ErrNotFound
	}
	_, name := place(key)
	info, err := f.root.Lstat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		return Info{}, diskError("blob.stat", err)
	}
	return infoOf(info), nil
}

func (f *folder) Delete(_ context.Context, key string) error {
	const op = "blob.delete"
	if !okKey(key) {
		return badKey(op, key)
	}
	dir, name := place(key)
	err := f.root.Remove(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return diskError(op, err)
	}
	return diskError(op, f.syncDir(dir)) // what was erased must not come back after a power cut
}

func (f *folder) List(ctx context.Context, prefix string, fn func(Info) error) error {
	const op = "blob.list"
	if !okPrefix(prefix) {
		return badKey(op, prefix)
	}
	// Names are sorted within a folder, and the first two pairs of a key are
	// its folders, so walking in order gives the keys in order.
	first, err := f.names(".", prefix[:min(2, len(prefix))], 2)
	if err != nil {
		return diskError(op, err)
	}
	for _, a := range first {
		second, err := f.names(a, prefix[min(2, len(prefix)):min(4, len(prefix))], 2)
		if err != nil {
			return diskError(op, err)
		}
		for _, b := range second {
			keys, err := f.names(path.Join(a, b), prefix, 0)
			if err != nil {
				return diskError(op, err)
			}
			for _, key := range keys {
				if err := ctx.Err(); err != nil {
					return plein.Wrap(op, err)
				}
				info, err := f.Stat(ctx, key)
				if errors.Is(err, plein.ErrNotFound) {
					continue // deleted meanwhile
				}
				if err != nil {
					return err
				}
				if err := fn(info); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// names gives the sorted names in a folder that begin with prefix; of the given
// length, or keys when length is zero.
func (f *folder) names(dir, prefix string, length int) ([]string, error) {
	entries, err := fs.ReadDir(f.root.FS(), dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, prefix) && (length == 0 && okKey(name) || length > 0 && len(name) == length && e.IsDir()) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, err
}

func (f *folder) Ready(ctx context.Context) error {
	name := path.Join(tmp, "ready-"+rand.Text())
	out, err := f.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return diskError("blob.ready", err)
	}
	_, err = out.WriteString("plein")
	err = errors.Join(err, out.Sync(), out.Close(), f.root.Remove(name), ctx.Err())
	return diskError("blob.ready", err)
}

// mkdir makes a folder and its parents, durably.
func (f *folder) mkdir(dir string) error {
	if info, err := f.root.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	parent := path.Dir(dir)
	if parent != "." {
		if err := f.mkdir(parent); err != nil {
			return err
		}
	}
	if err := f.root.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return f.syncDir(parent)
}

func (f *folder) syncDir(dir string) error {
	d, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func infoOf(info fs.FileInfo) Info {
	return Info{Key: info.Name(), Size: info.Size(), Modified: info.ModTime().UTC()}
}

// diskError tells a missing file, a disk that cannot take more, and the rest
// apart.
func diskError(op string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return plein.ErrNotFound
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT), errors.Is(err, syscall.EMFILE),
		errors.Is(err, syscall.EROFS):
		return away(op, err)
	}
	return plein.Wrap(op, err)
}

// stoppable ends a long copy when whoever asked has gone.
type stoppable struct {
	ctx context.Context
	r   io.Reader
}

func (s *stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}
