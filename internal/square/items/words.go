package items

import (
	"embed"
	"io/fs"
)

//go:embed words.toml
var wordsFile embed.FS

// Words gives what items says to people.
func Words() fs.FS { return wordsFile }
