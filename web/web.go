// Package web exists so that the binary carries its own stylesheet, scripts, icons
// and fonts: nothing is loaded from another host, and a fresh machine needs no Node.
//
// The sources are css/, islands/ and icons/; go run ./web/build turns them into
// dist/, which is committed and embedded here. Every file in dist has a hash of its
// contents in its name, so a browser may keep it for ever.
package web

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// Prefix is the address under which the assets are served.
const Prefix = "/assets/"

//go:embed dist
var dist embed.FS

// Assets gives the built files.
func Assets() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // dist is embedded; its name is right or nothing compiles
	}
	return sub
}

var manifest = sync.OnceValue(func() map[string]string {
	text, err := fs.ReadFile(Assets(), "manifest.json")
	names := map[string]string{}
	if err == nil {
		err = json.Unmarshal(text, &names)
	}
	if err != nil {
		panic("web: dist/manifest.json: " + err.Error()) // a build that was never tested
	}
	for name, file := range names {
		names[name] = Prefix + file
	}
	return names
})

// Path gives the address of an asset by its plain name: Path("plein.css") is
// "/assets/plein.HASH.css". A name that does not exist keeps its plain address,
// where there is nothing: the page stands, and the tests of view see the gap.
func Path(name string) string {
	if p, ok := manifest()[name]; ok {
		return p
	}
	return Prefix + name
}

type asset struct {
	plain, small []byte // small is gzip; nil where it does not pay
	kind         string
}

// Handler serves the assets under Prefix. Names carry a hash, so answers may be
// kept for a year and never asked for again; text is compressed once, at start.
func Handler() http.Handler {
	all := map[string]asset{}
	for _, at := range manifest() {
		name := strings.TrimPrefix(at, Prefix)
		text, err := fs.ReadFile(Assets(), name)
		if err != nil {
			panic("web: " + err.Error()) // the manifest names a file that is not there
		}
		all[name] = asset{plain: text, small: squeeze(text), kind: kindOf(name)}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := all[strings.TrimPrefix(r.URL.Path, Prefix)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", a.kind)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("X-Content-Type-Options", "nosniff")
		body := a.plain
		if a.small != nil {
			h.Set("Vary", "Accept-Encoding")
			if acceptsGzip(r) {
				h.Set("Content-Encoding", "gzip")
				body = a.small
			}
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	})
}

func kindOf(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".webmanifest":
		return "application/manifest+json"
	}
	return "application/octet-stream"
}

func squeeze(text []byte) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil
	}
	if _, err := z.Write(text); err != nil || z.Close() != nil || b.Len() > len(text)*9/10 {
		return nil // a font is compressed already
	}
	return b.Bytes()
}

func acceptsGzip(r *http.Request) bool {
	for _, part := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" {
			weight = strings.ReplaceAll(weight, " ", "")
			return weight != "q=0" && !strings.HasPrefix(weight, "q=0.0")
		}
	}
	return false
}
