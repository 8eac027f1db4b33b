package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// bundle builds everything that a browser loads, from the sources under dir (the
// web folder), and gives it by file name. The same sources give the same bytes on
// every machine; nothing is read from the network.
func bundle(dir string) (map[string][]byte, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	names := map[string]string{} // the name pages use: the name with its hash

	result := api.Build(api.BuildOptions{
		AbsWorkingDir: dir,
		EntryPoints:   []string{"css/plein.css", "islands/plein.ts", "islands/line.ts"},
		Outdir:        "dist",
		EntryNames:    "[name].[hash]",
		AssetNames:    "[name].[hash]",
		Bundle:        true,
		Write:         false,
		Metafile:      true,
		Format:        api.FormatESModule,
		Charset:       api.CharsetUTF8,
		LegalComments: api.LegalCommentsNone,
		Loader:        map[string]api.Loader{".woff2": api.LoaderFile},
		Engines: []api.Engine{
			{Name: api.EngineChrome, Version: "115"},
			{Name: api.EngineFirefox, Version: "115"},
			{Name: api.EngineSafari, Version: "16.4"},
		},
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		TsconfigRaw:       `{"compilerOptions":{"target":"es2022"}}`,
	})
	if len(result.Errors) > 0 || len(result.Warnings) > 0 {
		var all []error
		for _, m := range append(result.Errors, result.Warnings...) {
			at := ""
			if m.Location != nil {
				at = fmt.Sprintf("%s:%d: ", m.Location.File, m.Location.Line)
			}
			all = append(all, errors.New(at+m.Text))
		}
		return nil, errors.Join(all...)
	}
	for _, f := range result.OutputFiles {
		out[filepath.Base(f.Path)] = f.Contents
	}
	var meta struct {
		Outputs map[string]struct {
			EntryPoint string
			Inputs     map[string]any
		}
	}
	if err := json.Unmarshal([]byte(result.Metafile), &meta); err != nil {
		return nil, err
	}
	for output, m := range meta.Outputs {
		switch {
		case m.EntryPoint != "":
			name := path.Base(m.EntryPoint)
			names[strings.TrimSuffix(name, path.Ext(name))+path.Ext(output)] = path.Base(output)
		case len(m.Inputs) == 1:
			for input := range m.Inputs {
				names[path.Base(input)] = path.Base(output)
			}
		}
	}

	for _, name := range []string{"sprite.svg", "art.svg", "favicon.svg"} {
		text, err := os.ReadFile(filepath.Join(dir, "icons", name))
		if err != nil {
			return nil, err
		}
		if name != "favicon.svg" {
			text = []byte(strings.ReplaceAll(string(text), ">\n<", "><"))
		}
		names[name] = hashed(name, text)
		out[names[name]] = text
	}

	manifest, err := json.MarshalIndent(map[string]any{
		"name": "Plein", "short_name": "Plein", "start_url": "/", "scope": "/", "display": "standalone",
		"background_color": "#f2f1ec", "theme_color": "#1d4d40",
		"icons": []any{map[string]string{"src": names["favicon.svg"], "type": "image/svg+xml", "sizes": "any"}},
	}, "", "  ")
	if err != nil {
		return nil, err
	}
	names["plein.webmanifest"] = hashed("plein.webmanifest", manifest)
	out[names["plein.webmanifest"]] = manifest

	index, err := json.MarshalIndent(names, "", "  ")
	if err != nil {
		return nil, err
	}
	out["manifest.json"] = append(index, '\n')
	return out, nil
}

func hashed(name string, text []byte) string {
	sum := sha256.Sum256(text)
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:4]) + ext
}
