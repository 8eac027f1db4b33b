package trending

import (
	"embed"
	"io/fs"
)

//go:embed words.toml
var sentences embed.FS

// Words gives the room's sentences, for words.New.
func Words() fs.FS { return sentences }
