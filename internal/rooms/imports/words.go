package imports

import (
	"embed"
	"io/fs"

	"plein/internal/platform/words"
	"plein/internal/plein"
)

//go:embed words.toml
var wordsFile embed.FS

// Words gives the sentences of this package to the catalogue.
func Words() fs.FS { return wordsFile }

// phrases are the few words that an import puts in a text where the source left
// nothing, in the language of the house.
type phrases struct {
	bot, channel, empty, deleted string
	attachment                   func(name string) string
}

func phrasesIn(c *words.Catalogue, lang string) phrases {
	return phrases{
		bot: c.Say(lang, "imports.bot", nil), channel: c.Say(lang, "imports.channel", nil),
		empty: c.Say(lang, "imports.empty", nil), deleted: c.Say(lang, "imports.deleted", nil),
		attachment: func(name string) string { return c.Say(lang, "imports.attachment", plein.Args{"name": name}) },
	}
}
