package search

import (
	"embed"
	"io/fs"
)

//go:embed words.toml
var wordsFile embed.FS

// Words gives what search says to people.
func Words() fs.FS { return wordsFile }
