package extract

import (
	"embed"
	"io/fs"
)

//go:embed words.toml
var wordsFile embed.FS

// Words gives the sentences of this package to the catalogue.
func Words() fs.FS { return wordsFile }
