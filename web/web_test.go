package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http/httptest"
	"strings"
	"testing"
)

func get(path, encoding string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w
}

func TestAssetsAreServedForEver(t *testing.T) {
	for name, kind := range map[string]string{
		"plein.css": "text/css; charset=utf-8", "plein.js": "text/javascript; charset=utf-8",
		"sprite.svg": "image/svg+xml", "art.svg": "image/svg+xml", "favicon.svg": "image/svg+xml",
		"plein.webmanifest":                     "application/manifest+json",
		"source-sans-3-latin-wght-normal.woff2": "font/woff2",
	} {
		at := Path(name)
		if !strings.HasPrefix(at, Prefix) || at == Prefix+name {
			t.Errorf("%s has no hash: %s", name, at)
		}
		want, err := fs.ReadFile(Assets(), strings.TrimPrefix(at, Prefix))
		if err != nil {
			t.Fatal(err)
		}
		w := get(at, "")
		h := w.Header()
		if w.Code != 200 || !bytes.Equal(w.Body.Bytes(), want) || h.Get("Content-Type") != kind ||
			!strings.Contains(h.Get("Cache-Control"), "immutable") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d, %v", at, w.Code, h)
		}
	}
}

func TestTextIsCompressedForWhoAsks(t *testing.T) {
	plain := get(Path("plein.css"), "").Body.Bytes()
	w := get(Path("plein.css"), "br, gzip;q=0.8")
	if w.Header().Get("Content-Encoding") != "gzip" || w.Body.Len() > len(plain)/3 {
		t.Fatalf("%v, %d of %d bytes", w.Header(), w.Body.Len(), len(plain))
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(z); err != nil || !bytes.Equal(got, plain) {
		t.Fatalf("what comes out is not what went in (%v)", err)
	}
	if enc := get(Path("plein.css"), "gzip;q=0").Header().Get("Content-Encoding"); enc != "" {
		t.Errorf("who refuses gzip got %s", enc)
	}
	if enc := get(Path("source-sans-3-latin-wght-normal.woff2"), "gzip").Header().Get("Content-Encoding"); enc != "" {
		t.Errorf("a font was compressed twice: %s", enc)
	}
}

func TestNothingElseIsServed(t *testing.T) {
	for _, at := range []string{"/assets/", "/assets/manifest.json", "/assets/../web.go", "/assets/plein.css", "/"} {
		if w := get(at, ""); w.Code != 404 {
			t.Errorf("%s: %d", at, w.Code)
		}
	}
}
