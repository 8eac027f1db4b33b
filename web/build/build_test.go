package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCommittedBundleIsWhatTheSourcesGive(t *testing.T) {
	files, err := bundle("..")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", "dist", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("web/dist/%s is not what the sources give; run: go run ./web/build (%v)", name, err)
		}
	}
	there, err := os.ReadDir("../dist")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range there {
		if files[f.Name()] == nil {
			t.Errorf("web/dist/%s is left over; run: go run ./web/build", f.Name())
		}
	}
}

func TestIslandsStaySmallAndStrict(t *testing.T) {
	files, err := bundle("..")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for name, text := range files {
		switch filepath.Ext(name) {
		case ".js":
			seen++
			if len(text) > 30_000 {
				t.Errorf("%s is %d bytes; the design guide allows 30,000", name, len(text))
			}
			for _, bad := range []string{"eval(", "new Function", "innerHTML", "insertAdjacentHTML", "document.write", "http://", "https://"} {
				if bytes.Contains(text, []byte(bad)) {
					t.Errorf("%s holds %s", name, bad)
				}
			}
		case ".css":
			seen++
			if bytes.Contains(text, []byte("http")) || bytes.Contains(text, []byte("@import")) {
				t.Errorf("%s loads something from elsewhere", name)
			}
		case ".svg":
			seen++
			if bytes.Contains(text, []byte("<script")) || bytes.Contains(text, []byte(" style=")) || strings.Count(string(text), "http") > 1 {
				t.Errorf("%s holds more than drawings", name)
			}
		}
	}
	if seen < 5 {
		t.Fatalf("looked at %d files only", seen)
	}
}
