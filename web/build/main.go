// Command build exists so that nobody needs Node: it bundles the stylesheet, the
// islands and the icons of web/ into web/dist with esbuild's Go package. The result
// is committed, and a test rebuilds it and compares.
//
//	go run ./web/build          writes web/dist
//	go run ./web/build -watch   writes it again on every change (make dev)
package main

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

func main() {
	dir := flag.String("dir", "web", "the web folder")
	watch := flag.Bool("watch", false, "build again when a source changes")
	flag.Parse()
	if err := write(*dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		if !*watch {
			os.Exit(1)
		}
	}
	for last := newest(*dir); *watch; time.Sleep(300 * time.Millisecond) {
		if now := newest(*dir); now.After(last) {
			last = now
			if err := write(*dir); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}
	}
}

// write replaces dist by a fresh bundle. Files that did not change keep their
// time, so that a watcher of dist sees only what is new.
func write(dir string) error {
	files, err := bundle(dir)
	if err != nil {
		return err
	}
	dist := filepath.Join(dir, "dist")
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return err
	}
	old, err := os.ReadDir(dist)
	if err != nil {
		return err
	}
	for name, text := range files {
		at := filepath.Join(dist, name)
		if was, err := os.ReadFile(at); err == nil && string(was) == string(text) {
			continue
		}
		if err := os.WriteFile(at, text, 0o644); err != nil {
			return err
		}
	}
	for _, f := range old {
		if _, still := files[f.Name()]; !still {
			if err := os.Remove(filepath.Join(dist, f.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

func newest(dir string) (at time.Time) {
	for _, part := range []string{"css", "islands", "icons", "fonts"} {
		_ = filepath.WalkDir(filepath.Join(dir, part), func(_ string, d fs.DirEntry, err error) error {
			if err != nil {
				return nil
			}
			if info, err := d.Info(); err == nil && info.ModTime().After(at) {
				at = info.ModTime()
			}
			return nil
		})
	}
	return at
}
