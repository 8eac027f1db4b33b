package extract

import (
	"bytes"
	"context"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// plainText reads text and Markdown, whose signs are no words and do no harm.
func plainText(_ context.Context, data []byte, out *text) error {
	if bytes.IndexByte(data[:min(len(data), 8000)], 0) >= 0 && !hasMark(data) {
		return ErrBroken // a programme or a picture with the name of a text
	}
	return out.add(decoded(data))
}

func hasMark(data []byte) bool {
	return bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF})
}

// decoded gives the characters of a file that does not say how it was written:
// UTF-8, UTF-16 with its mark, or what Windows wrote before those.
func decoded(data []byte) string {
	if hasMark(data) {
		if s, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data); err == nil {
			return string(s)
		}
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	whole := data
	for range utf8.UTFMax - 1 { // a character may be cut at the end of what is read
		if utf8.Valid(whole) {
			return string(whole)
		}
		whole = whole[:max(0, len(whole)-1)]
	}
	s, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		return strings.ToValidUTF8(string(data), "")
	}
	return string(s)
}

// unsaid are elements whose content nobody reads.
var unsaid = map[atom.Atom]bool{atom.Script: true, atom.Style: true, atom.Template: true, atom.Noscript: true, atom.Iframe: true,
	atom.Object: true, atom.Svg: true, atom.Math: true, atom.Noembed: true, atom.Noframes: true}

// inline are elements that do not divide words or lines.
var inline = map[atom.Atom]bool{atom.A: true, atom.Abbr: true, atom.B: true, atom.Bdi: true, atom.Bdo: true, atom.Cite: true,
	atom.Code: true, atom.Em: true, atom.Font: true, atom.I: true, atom.Ins: true, atom.Kbd: true, atom.Mark: true, atom.Q: true,
	atom.S: true, atom.Small: true, atom.Span: true, atom.Strong: true, atom.Sub: true, atom.Sup: true, atom.Time: true, atom.U: true,
	atom.Var: true, atom.Wbr: true, atom.Label: true}

// htmlText reads a page piece by piece. It builds no tree, so nothing can be
// nested too deep.
func htmlText(ctx context.Context, data []byte, out *text) error {
	encoding, _, certain := charset.DetermineEncoding(data, "")
	source := data
	if certain || !utf8.Valid(data) {
		if s, err := encoding.NewDecoder().Bytes(data); err == nil {
			source = s
		}
	}
	work := &steps{ctx: ctx, most: 2_000_000}
	z := html.NewTokenizer(bytes.NewReader(source))
	var hidden atom.Atom // the element whose content is passed over, and how often it is open
	open := 0
	for {
		if err := work.take(); err != nil {
			return err
		}
		kind := z.Next()
		if kind == html.ErrorToken {
			return nil
		}
		if kind == html.TextToken {
			if hidden == 0 {
				if err := out.add(lines(html.UnescapeString(string(z.Raw())))); err != nil {
					return err
				}
			}
			continue
		}
		name, _ := z.TagName()
		element := atom.Lookup(name)
		switch kind {
		case html.StartTagToken:
			switch {
			case hidden == 0 && unsaid[element]:
				hidden, open = element, 1
			case hidden != 0 && element == hidden:
				open++
			}
		case html.EndTagToken:
			if hidden != 0 && element == hidden {
				if open--; open == 0 {
					hidden = 0
				}
			}
		case html.CommentToken, html.DoctypeToken:
			continue
		}
		switch {
		case hidden != 0 || inline[element]:
		case element == atom.Td || element == atom.Th:
			out.space()
		default:
			out.fresh()
		}
	}
}

// lines makes spaces of the ends of lines: in a page they mean nothing.
func lines(s string) string { return strings.NewReplacer("\n", " ", "\r", " ").Replace(s) }
