package extract

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// maxCodes bounds what a font says of itself.
const maxCodes = 70_000

// font turns the numbers that are drawn into letters and widths.
type font struct {
	wide    bool // two bytes a letter
	text    map[int]string
	simple  [256]string
	widths  map[int]float64
	missing float64
}

// glyph is one letter that is drawn.
type glyph struct {
	text  string
	width float64 // in sizes of the font
	space bool    // the byte 32, which word spacing widens
}

func (f *font) glyphs(raw string) []glyph {
	out := make([]glyph, 0, len(raw))
	add := func(code int, text string, space bool) {
		width, ok := f.widths[code]
		if !ok {
			width = f.missing
		}
		out = append(out, glyph{text, width / 1000, space})
	}
	if f.wide {
		for i := 0; i+1 < len(raw); i += 2 {
			code := int(raw[i])<<8 | int(raw[i+1])
			add(code, f.text[code], false)
		}
		return out
	}
	for i := range len(raw) {
		code := int(raw[i])
		text, ok := f.text[code]
		if !ok {
			text = f.simple[code]
		}
		add(code, text, code == 32)
	}
	return out
}

// fontNamed finds a font of a page; each is read once.
func (p *pdf) fontNamed(resources any, name string) (*font, error) {
	all, err := p.get(resources, "Font")
	if err != nil {
		return nil, err
	}
	dict, ok := all.(pdfDict)
	if !ok {
		return nil, nil
	}
	ref, isRef := dict[name].(pdfRef)
	if f, ok := p.fonts[ref]; ok && isRef {
		return f, nil
	}
	v, err := p.follow(dict[name])
	if err != nil {
		return nil, err
	}
	described, ok := v.(pdfDict)
	if !ok {
		return nil, nil
	}
	f, err := p.font(described)
	if err == nil && isRef {
		p.fonts[ref] = f
	}
	return f, err
}

func (p *pdf) font(dict pdfDict) (*font, error) {
	f := &font{text: map[int]string{}, widths: map[int]float64{}, missing: 500}
	subtype, err := p.get(dict, "Subtype")
	if err != nil {
		return nil, err
	}
	if f.wide = subtype == pdfName("Type0"); f.wide {
		err = p.wideWidths(dict, f)
	} else {
		err = errors.Join(p.simpleLetters(dict, f), p.simpleWidths(dict, f))
	}
	if err != nil {
		return nil, err
	}
	unicode, err := p.get(dict, "ToUnicode")
	if err != nil {
		return nil, err
	}
	if s, ok := unicode.(pdfStream); ok {
		body, err := p.decode(s)
		if err != nil {
			return nil, err
		}
		return f, p.readMap(body, f)
	}
	return f, nil
}

func (p *pdf) simpleWidths(dict pdfDict, f *font) error {
	first, err := p.get(dict, "FirstChar")
	if err != nil {
		return err
	}
	from, _ := first.(float64)
	widths, err := p.list(dict, "Widths")
	if err != nil {
		return err
	}
	scale := 1.0
	if subtype := dict["Subtype"]; subtype == pdfName("Type3") { // its widths are in its own measure
		if m, _ := p.get(dict, "FontMatrix"); m != nil {
			if list, ok := m.(pdfArray); ok && len(list) == 6 {
				if n, ok := list[0].(float64); ok {
					scale = n * 1000
				}
			}
		}
	}
	for i, w := range widths[:min(len(widths), 256)] {
		if n, ok := w.(float64); ok {
			f.widths[int(from)+i] = n * scale
		}
	}
	return nil
}

// wideWidths reads [first [w w w] first last w].
func (p *pdf) wideWidths(dict pdfDict, f *font) error {
	below, err := p.list(dict, "DescendantFonts")
	if err != nil || len(below) == 0 {
		return err
	}
	f.missing = 1000
	if v, err := p.get(below[0], "DW"); err != nil {
		return err
	} else if n, ok := v.(float64); ok {
		f.missing = n
	}
	descendant, ok := below[0].(pdfDict)
	if !ok {
		return nil
	}
	list, err := p.list(descendant, "W")
	if err != nil {
		return err
	}
	for i := 0; i+1 < len(list); {
		if err := p.work.take(); err != nil {
			return err
		}
		first, _ := list[i].(float64)
		if each, ok := list[i+1].(pdfArray); ok {
			for j, w := range each {
				if n, ok := w.(float64); ok && len(f.widths) < maxCodes {
					f.widths[int(first)+j] = n
				}
			}
			i += 2
			continue
		}
		if i+2 >= len(list) {
			break
		}
		last, _ := list[i+1].(float64)
		w, _ := list[i+2].(float64)
		for code := int(first); code <= int(last) && code < 1<<16 && len(f.widths) < maxCodes; code++ {
			f.widths[code] = w
		}
		i += 3
	}
	return nil
}

// simpleLetters fills in what the 256 numbers of a small font mean.
func (p *pdf) simpleLetters(dict pdfDict, f *font) error {
	encoding, err := p.get(dict, "Encoding")
	if err != nil {
		return err
	}
	base := encoding
	if described, ok := encoding.(pdfDict); ok {
		if base, err = p.get(described, "BaseEncoding"); err != nil {
			return err
		}
	}
	page := charmap.Windows1252
	if base == pdfName("MacRomanEncoding") {
		page = charmap.Macintosh
	}
	for code := range f.simple {
		if r := page.DecodeByte(byte(code)); r >= ' ' {
			f.simple[code] = string(r)
		}
	}
	described, ok := encoding.(pdfDict)
	if !ok {
		return nil
	}
	differences, err := p.list(described, "Differences")
	if err != nil {
		return err
	}
	code := 0
	for _, v := range differences {
		switch v := v.(type) {
		case float64:
			code = int(v)
		case pdfName:
			if code >= 0 && code < 256 {
				if s := glyphName(string(v)); s != "" {
					f.simple[code] = s
				}
			}
			code++
		}
	}
	return nil
}

// accents that stand at the end of the name of a letter.
var accents = []struct{ name, mark string }{{"acute", "\u0301"}, {"grave", "\u0300"}, {"circumflex", "\u0302"}, {"dieresis", "\u0308"},
	{"tilde", "\u0303"}, {"ring", "\u030a"}, {"cedilla", "\u0327"}, {"caron", "\u030c"}, {"macron", "\u0304"}, {"ogonek", "\u0328"},
	{"breve", "\u0306"}, {"dotaccent", "\u0307"}, {"hungarumlaut", "\u030b"}}

// glyphNames are the names that are not built from others.
var glyphNames = map[string]string{"space": " ", "nbspace": " ", "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
	"six": "6", "seven": "7", "eight": "8", "nine": "9", "period": ".", "comma": ",", "colon": ":", "semicolon": ";", "exclam": "!",
	"question": "?", "hyphen": "-", "sfthyphen": "-", "endash": "–", "emdash": "—", "quoteright": "’", "quoteleft": "‘",
	"quotesingle": "'", "quotedbl": `"`, "quotedblleft": "“", "quotedblright": "”", "quotedblbase": "„", "quotesinglbase": "‚",
	"guillemotleft": "«", "guillemotright": "»", "parenleft": "(", "parenright": ")", "bracketleft": "[", "bracketright": "]",
	"braceleft": "{", "braceright": "}", "slash": "/", "backslash": `\`, "ampersand": "&", "at": "@", "percent": "%", "numbersign": "#",
	"dollar": "$", "Euro": "€", "sterling": "£", "asterisk": "*", "plus": "+", "equal": "=", "less": "<", "greater": ">", "underscore": "_",
	"bar": "|", "asciitilde": "~", "asciicircum": "^", "grave": "`", "bullet": "•", "ellipsis": "…", "degree": "°", "section": "§",
	"paragraph": "¶", "copyright": "©", "registered": "®", "trademark": "™", "germandbls": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ",
	"oslash": "ø", "Oslash": "Ø", "dotlessi": "ı", "lslash": "ł", "Lslash": "Ł", "eth": "ð", "Eth": "Ð", "thorn": "þ", "Thorn": "Þ",
	"ff": "ff", "fi": "fi", "fl": "fl", "ffi": "ffi", "ffl": "ffl", "ij": "ij", "IJ": "IJ", "multiply": "×", "minus": "−", "periodcentered": "·"}

// glyphName gives the letter of a name such as "eacute" or "uni00E9".
func glyphName(name string) string {
	name, _, _ = strings.Cut(name, ".")
	if s, ok := glyphNames[name]; ok {
		return s
	}
	if len(name) == 1 {
		return name
	}
	for _, begin := range []string{"uni", "u"} {
		if hex, ok := strings.CutPrefix(name, begin); ok && len(hex) >= 4 && len(hex) <= 6 {
			if n, err := strconv.ParseUint(hex, 16, 32); err == nil && n < 0x110000 {
				return string(rune(n))
			}
		}
	}
	for _, a := range accents {
		if letter, ok := strings.CutSuffix(name, a.name); ok && len(letter) == 1 {
			return norm.NFC.String(letter + a.mark)
		}
	}
	return ""
}

// readMap reads which letters a font stands for: the table a writer adds so that
// text can be copied out of its file.
func (p *pdf) readMap(body []byte, f *font) error {
	l := &lexer{b: body, work: p.work}
	var args []any
	for {
		v, err := l.next()
		if errors.Is(err, errEnd) {
			return nil
		}
		if err != nil {
			return worse(err)
		}
		word, ok := v.(pdfWord)
		if !ok {
			if len(args) < 3*maxCodes {
				args = append(args, v)
			}
			continue
		}
		switch word {
		case "endcodespacerange":
			if s, ok := last(args).(pdfString); ok && f.wide {
				f.wide = len(s) == 2
			}
		case "endbfchar":
			for i := 0; i+1 < len(args); i += 2 {
				f.learn(code(args[i]), args[i+1], 0)
			}
		case "endbfrange":
			for i := 0; i+2 < len(args); i += 3 {
				from, to := code(args[i]), code(args[i+1])
				each, several := args[i+2].(pdfArray)
				for n := from; n >= 0 && n <= to && n < from+1<<16; n++ {
					if err := p.work.take(); err != nil {
						return err
					}
					switch {
					case several && n-from < len(each):
						f.learn(n, each[n-from], 0)
					case !several:
						f.learn(n, args[i+2], n-from)
					}
				}
			}
		}
		args = args[:0]
	}
}

func last(args []any) any {
	if len(args) == 0 {
		return nil
	}
	return args[len(args)-1]
}

// code reads the number of a letter.
func code(v any) int {
	s, ok := v.(pdfString)
	if !ok || len(s) == 0 || len(s) > 2 {
		return -1
	}
	n := 0
	for i := range len(s) {
		n = n<<8 | int(s[i])
	}
	return n
}

// learn keeps the letters of a number: UTF-16, of which the last is moved on.
func (f *font) learn(n int, v any, on int) {
	s, ok := v.(pdfString)
	if !ok || n < 0 || len(s) > 64 || len(f.text) >= maxCodes {
		return
	}
	units := make([]uint16, 0, len(s)/2)
	for i := 0; i+1 < len(s); i += 2 {
		units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
	}
	if len(s) == 1 {
		units = append(units, uint16(s[0]))
	}
	if len(units) == 0 {
		return
	}
	units[len(units)-1] += uint16(on)
	f.text[n] = string(utf16.Decode(units))
}
