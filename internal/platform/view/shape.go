package view

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"plein/internal/plein"
	"plein/web"
)

// Tile gives the colour, 1 to 8, on which a person's initials or a group's letter
// stand. The same id has the same colour everywhere and for ever.
func Tile(id plein.ID) int { return int(uint64(id)%8) + 1 }

// prefixes are words of a surname that give no initial.
var prefixes = []string{"van", "de", "der", "den", "het", "'t", "’t", "te", "ten", "ter", "von", "zu", "el", "al", "la", "le", "du", "da", "dos", "di", "bin", "ben", "in", "op", "aan", "uit", "over", "onder", "bij", "voor", "'s", "’s", "d'", "y", "e"}

// Initials gives the one or two letters that stand for a name: first name and last
// name, without "van der". A name without letters gives "?".
func Initials(name string) string {
	var letters []string
	for i, word := range strings.Fields(name) {
		if i > 0 && slices.Contains(prefixes, strings.ToLower(word)) {
			continue
		}
		if at := strings.IndexFunc(word, unicode.IsLetter); at >= 0 {
			r, _ := utf8.DecodeRuneInString(word[at:])
			letters = append(letters, string(unicode.ToUpper(r)))
		}
	}
	switch len(letters) {
	case 0:
		return "?"
	case 1:
		return letters[0]
	}
	return letters[0] + letters[len(letters)-1]
}

// Initial gives the one letter on a group's tile.
func Initial(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return "?"
}

// Percent gives the class that draws a bar part filled: "v-0" to "v-100".
func Percent(part, whole int) string {
	if whole <= 0 || part <= 0 {
		return "v-0"
	}
	return "v-" + strconv.Itoa(min(100, (part*200+whole)/(2*whole)))
}

func (p Person) initials() string {
	if p.Initials != "" {
		return p.Initials
	}
	return Initials(p.Name)
}

func tileClass(n int) string { return "tile-" + strconv.Itoa(min(8, max(1, n))) }

// sizeClass turns "", "xs", "sm", "lg" or "xl" into the class of a shape.
func sizeClass(shape, size string) string {
	if size == "" {
		return shape
	}
	return shape + " " + shape + "-" + size
}

// classes turns "primary s" into "btn btn-primary btn-s".
func classes(name, kinds string) string {
	var b strings.Builder
	b.WriteString(name)
	for kind := range strings.FieldsSeq(kinds) {
		b.WriteString(" " + name + "-" + kind)
	}
	return b.String()
}

func icon(name string) string { return web.Path("sprite.svg") + "#i-" + name }

func art(name string) string { return web.Path("art.svg") + "#" + name }

func machine(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
