// Package extract exists because half of what an organisation knows stands in
// attachments: the protocol is a PDF and the agreement a Word file, and who looks
// for a word in them should find the post they hang on. It takes the plain text out
// of text, Markdown, HTML, Word (docx), OpenDocument (odt) and PDF files.
//
// Files come from anybody and are made to look like anything, so everything is
// bounded: bytes read, bytes unpacked, entries, nesting, pages, steps and time. No
// file makes it slow, large or stop: what cannot be read in these bounds gives an
// error that says so, and the file is then found by its name alone. Nothing is
// executed and nothing a file names is fetched.
package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"plein/internal/plein"
)

// The bounds. They are generous for documents that people write, and a wall for
// files that are made to hurt.
const (
	MaxText     = 1 << 20            // bytes of text that are given
	MaxSource   = plein.MaxFileBytes // bytes of a file that is looked into
	maxPlain    = 4 << 20            // bytes that are read of a text file
	maxUnpacked = 64 << 20           // bytes that all parts of a file may become
	maxPart     = 32 << 20           // and one of them
	maxEntries  = 5_000              // in a packed file
	maxTime     = 15 * time.Second
)

// What can be wrong. The file itself stays as it is.
var (
	ErrUnknown  = plein.E(plein.Invalid, "extract.unknown", nil)   // no text is looked for in such files
	ErrBroken   = plein.E(plein.Invalid, "extract.broken", nil)    // it is not what its name says, or damaged
	ErrLocked   = plein.E(plein.Invalid, "extract.locked", nil)    // it has a password
	ErrTooLarge = plein.E(plein.TooMuch, "extract.too_large", nil) // it is beyond the bounds, or takes too long
)

// reader takes the text out of one kind of file and writes it to out.
type reader func(ctx context.Context, data []byte, out *text) error

// readers by the end of the name.
func readers(name string) (read reader, most int) {
	switch strings.ToLower(path.Ext(name)) {
	case ".txt", ".text", ".md", ".markdown":
		return plainText, maxPlain
	case ".html", ".htm", ".xhtml":
		return htmlText, maxPlain
	case ".docx":
		return docxText, MaxSource
	case ".odt":
		return odtText, MaxSource
	case ".pdf":
		return pdfText, MaxSource
	}
	return nil, 0
}

// Reads says whether text can be taken out of a file of this name.
func Reads(name string) bool {
	read, _ := readers(name)
	return read != nil
}

// Text gives the plain text in a file: at most MaxText bytes of valid UTF-8, lines
// divided by \n, without control characters. A file with more text gives its
// beginning. Errors are those above, or what reading r gave.
func Text(ctx context.Context, name string, r io.Reader) (string, error) {
	read, most := readers(name)
	if read == nil {
		return "", ErrUnknown
	}
	data, err := io.ReadAll(io.LimitReader(r, int64(most)+1))
	if err != nil {
		return "", plein.Wrap("extract.text", err)
	}
	if len(data) > most {
		if most == MaxSource {
			return "", ErrTooLarge
		}
		data = data[:most]
	}
	within, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	out := &text{}
	err = guarded(within, read, data, out)
	switch {
	case errors.Is(err, errEnough), err == nil:
	case ctx.Err() != nil:
		return "", ctx.Err()
	case within.Err() != nil:
		return "", because(ErrTooLarge, within.Err())
	case out.has() && !errors.Is(err, ErrLocked) && !errors.Is(err, ErrTooLarge):
		// What a damaged file gave before its damage is better than nothing.
	default:
		return "", err
	}
	return out.String(), nil
}

// guarded makes an error of a panic: a file may be wrong in a way that nobody
// thought of, and one file must not stop the house.
func guarded(ctx context.Context, read reader, data []byte, out *text) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = because(ErrBroken, fmt.Errorf("panic: %v", p))
		}
	}()
	return read(ctx, data, out)
}

// because gives one of the errors above with its cause.
func because(kind *plein.Error, cause error) error { return fmt.Errorf("%w: %w", kind, cause) }

// errEnough stops a reader when there is as much text as is given.
var errEnough = errors.New("extract: enough")

// text gathers what is found, cleaned, up to its bound.
type text struct {
	b      []byte
	blank  blank
	hyphen bool // the last word may go on behind its hyphen on the next line
}

// blank is the white space that is owed before the next letter.
type blank int

const (
	none blank = iota
	aSpace
	aLine
	anEmptyLine
)

// add writes a piece of text. White space becomes one space, or the line ends that
// were asked for.
func (t *text) add(s string) error {
	for _, r := range s {
		switch {
		case r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == '\u2028' || r == '\u2029':
			t.line()
			continue
		case unicode.IsSpace(r):
			t.blank = max(t.blank, aSpace)
			continue
		case r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Co, r):
			continue
		}
		if len(t.b)+utf8.UTFMax+2 > MaxText {
			return errEnough
		}
		if t.hyphen && t.blank == aLine && unicode.IsLower(r) {
			t.b, t.blank = t.b[:len(t.b)-1], none
		}
		if len(t.b) > 0 {
			t.b = append(t.b, [...]string{"", " ", "\n", "\n\n"}[t.blank]...)
		}
		t.blank, t.hyphen = none, false
		t.b = utf8.AppendRune(t.b, r)
	}
	return nil
}

// line ends a line; two of them make an empty one.
func (t *text) line() {
	if t.blank >= aLine {
		t.blank = anEmptyLine
	} else {
		t.blank = aLine
	}
}

// fresh makes sure that the next text stands on a line of its own.
func (t *text) fresh() { t.blank = max(t.blank, aLine) }

// wrapped does the same where a line ended only because the page did: a word that
// was divided there is put together.
func (t *text) wrapped() {
	if n := len(t.b); n > 1 && t.blank == none && t.b[n-1] == '-' && t.b[n-2] >= 'a' && t.b[n-2] <= 'z' {
		t.hyphen = true
	}
	t.fresh()
}

func (t *text) space()         { t.blank = max(t.blank, aSpace) }
func (t *text) has() bool      { return len(t.b) > 0 }
func (t *text) String() string { return string(t.b) }

// steps counts work that does not read, and asks now and then whether there is
// time left.
type steps struct {
	ctx  context.Context
	n    int
	most int
}

func (s *steps) take() error {
	s.n++
	if s.n > s.most {
		return because(ErrTooLarge, errors.New("too many steps"))
	}
	if s.n%1024 == 0 {
		if err := s.ctx.Err(); err != nil {
			return because(ErrTooLarge, err)
		}
	}
	return nil
}

// looksLike says that a file begins as its kind does; pad bytes before are passed
// over.
func looksLike(data []byte, magic string, pad int) bool {
	return bytes.Contains(data[:min(len(data), pad+len(magic))], []byte(magic))
}
