package picture

import (
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"plein/internal/plein"
)

const maxNameBytes = 240 // most file systems hold 255

// SafeName makes a file name that is safe to store, show and hand to any
// computer (TRUST S47): the last part of a path, one line, no invisible or bidi
// characters, none that a file system refuses, no reserved name, at most
// plein.MaxFilename characters with its extension kept. It never gives an empty
// name.
func SafeName(name string) string {
	if len(name) > 1<<16 {
		name = name[len(name)-1<<16:]
	}
	name = strings.ToValidUTF8(name, "_")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs), r == '\u2028', r == '\u2029', r&0xFFFE == 0xFFFE:
			return -1
		case unicode.IsSpace(r):
			return ' '
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		}
		return r
	}, norm.NFC.String(name))
	// Once more: what was taken out may have stood between a letter and its mark.
	name = norm.NFC.String(strings.Join(strings.Fields(name), " "))
	name = strings.TrimRight(strings.TrimLeft(name, ". "), ". ")

	ext := path.Ext(name)
	if len(ext) > 20 {
		ext = ""
	}
	stem := strings.TrimSuffix(name, ext)
	if reserved(stem) {
		stem = "_" + stem
	}
	room := plein.MaxFilename - utf8.RuneCountInString(ext)
	if runes := []rune(stem); len(runes) > room {
		stem = string(runes[:room])
	}
	for len(stem)+len(ext) > maxNameBytes {
		_, size := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-size]
	}
	stem = strings.TrimRight(stem, ". ")
	if stem == "" {
		stem = "file"
	}
	return stem + ext
}

// reserved says that Windows keeps a name for a device, whatever comes after its
// first point.
func reserved(stem string) bool {
	first, _, _ := strings.Cut(strings.ToUpper(stem), ".")
	switch first = strings.TrimSpace(first); first {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	r := []rune(first)
	return len(r) == 4 && (strings.HasPrefix(first, "COM") || strings.HasPrefix(first, "LPT")) && strings.ContainsRune("0123456789¹²³", r[3])
}

// ContentDisposition gives the header of that name for a file (RFC 6266 and
// 8187): shown in the page or handed over, under a safe form of its name (TRUST
// S48).
func ContentDisposition(inline bool, name string) string {
	name = SafeName(name)
	how := "attachment"
	if inline {
		how = "inline"
	}
	var plain, encoded strings.Builder
	for _, r := range name {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\%;`, r) {
			plain.WriteByte('_')
		} else {
			plain.WriteRune(r)
		}
	}
	for i := range len(name) {
		c := name[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("!#$&+-.^_`|~", c) >= 0 {
			encoded.WriteByte(c)
		} else {
			fmt.Fprintf(&encoded, "%%%02X", c)
		}
	}
	return how + `; filename="` + plain.String() + `"; filename*=UTF-8''` + encoded.String()
}
