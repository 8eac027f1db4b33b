package oversight

import (
	"embed"
	"io/fs"
)

//go:embed words.toml
var wordFiles embed.FS

// Words gives what the room says.
func Words() fs.FS { return wordFiles }
