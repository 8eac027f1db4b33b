package blob

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"plein/internal/plein"
)

func newFolder(t *testing.T) Store {
	t.Helper()
	s, err := OpenFolder(filepath.Join(t.TempDir(), "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// newBucket talks S3 over HTTP to a server in this process.
func newBucket(t *testing.T) Store {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("plein"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(server.Close)
	s, err := OpenS3(Options{Endpoint: strings.TrimPrefix(server.URL, "http://"), Bucket: "plein", Prefix: "huis/bestanden", Region: "eu-west-1",
		AccessKey: "access", SecretKey: "secret", Insecure: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func keyOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func put(t *testing.T, s Store, data []byte) string {
	t.Helper()
	key := keyOf(data)
	if err := s.Put(t.Context(), key, bytes.NewReader(data), int64(len(data))); err != nil {
		t.Fatal(err)
	}
	return key
}

func read(t *testing.T, s Store, key string) []byte {
	t.Helper()
	r, info, err := s.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil || int64(len(data)) != info.Size || info.Key != key {
		t.Fatalf("read %d bytes of %+v: %v", len(data), info, err)
	}
	return data
}

// TestStores is what every store must do.
func TestStores(t *testing.T) {
	for name, open := range map[string]func(*testing.T) Store{"folder": newFolder, "s3": newBucket} {
		t.Run(name, func(t *testing.T) { conform(t, open) })
	}
}

func conform(t *testing.T, open func(*testing.T) Store) {
	t.Run("what was put comes back", func(t *testing.T) {
		s := open(t)
		for _, size := range []int{0, 1, 4096, 5 << 20} {
			data := bytes.Repeat([]byte("plein\x00\r\n"), size/8+1)[:size]
			key := put(t, s, data)
			if got := read(t, s, key); !bytes.Equal(got, data) {
				t.Errorf("%d bytes came back as %d", size, len(got))
			}
			info, err := s.Stat(t.Context(), key)
			if err != nil || info.Size != int64(size) || info.Key != key || time.Since(info.Modified) > time.Hour || info.Modified.Location() != time.UTC {
				t.Errorf("stat: %+v, %v", info, err)
			}
		}
	})
	t.Run("reading may jump", func(t *testing.T) {
		s := open(t)
		r, _, err := s.Get(t.Context(), put(t, s, []byte("0123456789")))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		for _, c := range []struct {
			offset int64
			whence int
			want   string
		}{{4, io.SeekStart, "456789"}, {-3, io.SeekEnd, "789"}, {0, io.SeekStart, "0123456789"}} {
			if _, err := r.Seek(c.offset, c.whence); err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(r); err != nil || string(got) != c.want {
				t.Errorf("from %d: %q, %v", c.offset, got, err)
			}
		}
	})
	t.Run("twice is fine", func(t *testing.T) {
		s := open(t)
		put(t, s, []byte("een"))
		key := put(t, s, []byte("een"))
		if got := list(t, s, ""); len(got) != 1 || got[0] != key {
			t.Errorf("listed %v", got)
		}
	})
	t.Run("what is not there", func(t *testing.T) {
		s := open(t)
		absent := keyOf([]byte("absent"))
		for _, key := range []string{absent, "../../etc/passwd", "", "abc", "ABCDEF", "ab/cdef", "a\x00bcde", "abcd/../../x", strings.Repeat("a", 129)} {
			if r, _, err := s.Get(t.Context(), key); !errors.Is(err, plein.ErrNotFound) {
				t.Errorf("Get(%q): %v, %v", key, r, err)
			}
			if _, err := s.Stat(t.Context(), key); !errors.Is(err, plein.ErrNotFound) {
				t.Errorf("Stat(%q): %v", key, err)
			}
		}
		if err := s.Delete(t.Context(), absent); err != nil {
			t.Errorf("deleting what is not there: %v", err)
		}
	})
	t.Run("S47 a key is no path", func(t *testing.T) {
		s := open(t)
		for _, key := range []string{"", "abc", "../x", "..", "abcd/../../x", "abcdef/x", "/etc/passwd", `ab\cdef`, "abcd\x00ef", "ABCDEF", "....", ".abcd", "_abcd", "abcdé", strings.Repeat("a", 129)} {
			if err := s.Put(t.Context(), key, strings.NewReader("x"), 1); plein.KindOf(err) != plein.Broken || err == nil {
				t.Errorf("Put(%q): %v", key, err)
			}
			if err := s.Delete(t.Context(), key); err == nil {
				t.Errorf("Delete(%q) worked", key)
			}
		}
		if err := s.List(t.Context(), "../", func(Info) error { return nil }); err == nil {
			t.Error("List of .. worked")
		}
		for _, key := range []string{"abcd", "abcd.thumb", "abcd-640_x"} {
			if err := s.Put(t.Context(), key, strings.NewReader("x"), 1); err != nil {
				t.Errorf("Put(%q): %v", key, err)
			}
		}
	})
	t.Run("all or nothing", func(t *testing.T) {
		s := open(t)
		broken := errors.New("the sender went away")
		for name, c := range map[string]struct {
			r    io.Reader
			size int64
		}{
			"too short":          {strings.NewReader("abc"), 4},
			"too long":           {strings.NewReader("abcd"), 3},
			"too long for none":  {strings.NewReader("a"), 0},
			"long, byte by byte": {iotest.OneByteReader(strings.NewReader("abcd")), 3},
			"breaks off":         {io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(broken)), 10},
			"no size":            {strings.NewReader("abc"), -1},
		} {
			if err := s.Put(t.Context(), "abcdef", c.r, c.size); err == nil {
				t.Errorf("%s: no error", name)
			}
			if _, err := s.Stat(t.Context(), "abcdef"); !errors.Is(err, plein.ErrNotFound) {
				t.Errorf("%s: something is there: %v", name, err)
			}
		}
		key := put(t, s, []byte("heel"))
		if err := s.Put(t.Context(), key, iotest.ErrReader(broken), 4); !errors.Is(err, broken) {
			t.Errorf("a broken sender gives %v", err)
		}
		if got := read(t, s, key); string(got) != "heel" {
			t.Errorf("a failed second time left %q", got)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Put(ctx, "fedcba", strings.NewReader("x"), 1); err == nil {
			t.Error("a cancelled put worked")
		}
	})
	t.Run("list is sorted and cut by prefix", func(t *testing.T) {
		s := open(t)
		want := []string{"aaaa", "aaaab", "aabb.thumb", "aabbcc", "ab00", "ba00", "ffffff"}
		for _, key := range []string{"ffffff", "aabbcc", "ab00", "aaaab", "ba00", "aabb.thumb", "aaaa"} {
			if err := s.Put(t.Context(), key, strings.NewReader(key), int64(len(key))); err != nil {
				t.Fatal(err)
			}
		}
		for _, prefix := range []string{"", "a", "aa", "aaa", "aaaa", "aabb", "aabb.", "b", "c", "ffffff", "fffffff"} {
			var expect []string
			for _, key := range want {
				if strings.HasPrefix(key, prefix) {
					expect = append(expect, key)
				}
			}
			if got := list(t, s, prefix); !slices.Equal(got, expect) {
				t.Errorf("prefix %q lists %v, want %v", prefix, got, expect)
			}
		}
		stop := errors.New("enough")
		count := 0
		err := s.List(t.Context(), "", func(i Info) error {
			if count++; i.Size != int64(len(i.Key)) {
				t.Errorf("%+v", i)
			}
			return stop
		})
		if !errors.Is(err, stop) || count != 1 {
			t.Errorf("stopped after %d with %v", count, err)
		}
	})
	t.Run("deleted is gone", func(t *testing.T) {
		s := open(t)
		key := put(t, s, []byte("weg"))
		if err := s.Delete(t.Context(), key); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Stat(t.Context(), key); !errors.Is(err, plein.ErrNotFound) {
			t.Errorf("stat after delete: %v", err)
		}
	})
	t.Run("many at once", func(t *testing.T) {
		s := open(t)
		var wg sync.WaitGroup
		for i := range 32 {
			wg.Go(func() {
				data := []byte(fmt.Sprintf("blob %d", i/2)) // each by two
				if err := s.Put(context.Background(), keyOf(data), bytes.NewReader(data), int64(len(data))); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got := list(t, s, ""); len(got) != 16 {
			t.Errorf("%d blobs", len(got))
		}
	})
	t.Run("ready leaves nothing behind", func(t *testing.T) {
		s := open(t)
		if err := s.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := list(t, s, ""); len(got) != 0 {
			t.Errorf("listed %v", got)
		}
	})
}

func list(t *testing.T, s Store, prefix string) (keys []string) {
	t.Helper()
	if err := s.List(t.Context(), prefix, func(i Info) error { keys = append(keys, i.Key); return nil }); err != nil {
		t.Fatal(err)
	}
	return keys
}

func TestFolderKeepsToItself(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(dir, "outside")
	blobs := filepath.Join(dir, "blobs")
	if err := errors.Join(os.MkdirAll(outside, 0o700), os.WriteFile(filepath.Join(outside, "aaaa"), []byte("geheim"), 0o600)); err != nil {
		t.Fatal(err)
	}
	s, err := OpenFolder(blobs)
	if err != nil {
		t.Fatal(err)
	}
	key := put(t, s, []byte("x"))
	info, err := os.Stat(filepath.Join(blobs, key[:2], key[2:4], key))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
	// Symbolic links that lead out are not followed.
	if err := errors.Join(os.MkdirAll(filepath.Join(blobs, "aa"), 0o700), os.Symlink(outside, filepath.Join(blobs, "aa", "aa")),
		os.MkdirAll(filepath.Join(blobs, "bb", "bb"), 0o700), os.Symlink(filepath.Join(outside, "aaaa"), filepath.Join(blobs, "bb", "bb", "bbbb"))); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"aaaa", "bbbb"} {
		if r, _, err := s.Get(t.Context(), key); err == nil {
			data, _ := io.ReadAll(r)
			t.Errorf("%s gives %q", key, data)
		}
		if _, err := s.Stat(t.Context(), key); err == nil {
			t.Errorf("stat of %s works", key)
		}
	}
}

func TestFolderLeavesNoHalfFiles(t *testing.T) {
	dir := t.TempDir()
	s, err := OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	_ = s.Put(t.Context(), "abcdef", iotest.ErrReader(errors.New("x")), 4)
	if left, _ := os.ReadDir(filepath.Join(dir, tmp)); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	// What a crash left is swept at the next start; what is being written is not.
	old, young := filepath.Join(dir, tmp, "OLD"), filepath.Join(dir, tmp, "YOUNG")
	long := time.Now().Add(-2 * unfinished)
	if err := errors.Join(os.WriteFile(old, nil, 0o600), os.WriteFile(young, nil, 0o600), os.Chtimes(old, long, long)); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenFolder(dir); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(filepath.Join(dir, tmp)); len(left) != 1 || left[0].Name() != "YOUNG" {
		t.Errorf("left: %v", left)
	}
}

func TestAwayIsToldApart(t *testing.T) {
	if err := diskError("x", &os.PathError{Op: "write", Err: syscall.ENOSPC}); plein.KindOf(err) != plein.Away {
		t.Errorf("a full disk is %v", err)
	}
	server := httptest.NewServer(gofakes3.New(s3mem.New()).Server())
	s, err := OpenS3(Options{Endpoint: strings.TrimPrefix(server.URL, "http://"), Bucket: "nowhere", Region: "eu-west-1", AccessKey: "a", SecretKey: "b", Insecure: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Ready(t.Context()); plein.KindOf(err) != plein.Away {
		t.Errorf("no bucket: %v", err)
	}
	if err := s.Put(t.Context(), "abcdef", strings.NewReader("x"), 1); plein.KindOf(err) != plein.Away {
		t.Errorf("no bucket: %v", err)
	}
	server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := s.Stat(ctx, "abcdef"); plein.KindOf(err) != plein.Away {
		t.Errorf("no server: %v", err)
	}
	if _, err := OpenS3(Options{Endpoint: "http://x/y z", Bucket: "b"}); err == nil {
		t.Error("a broken endpoint was accepted")
	}
	if _, err := OpenS3(Options{Endpoint: "s3.example.nl"}); err == nil {
		t.Error("no bucket was accepted")
	}
}
