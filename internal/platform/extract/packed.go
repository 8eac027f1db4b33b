package extract

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
)

// unpack opens a packed document. What its entries say about their size is not
// believed: every part is read through a bound of its own.
func unpack(data []byte) (*zip.Reader, error) {
	if bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")) {
		return nil, ErrLocked // Office wraps a document with a password in the form of the nineties
	}
	if !bytes.HasPrefix(data, []byte("PK")) {
		return nil, ErrBroken
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, because(ErrBroken, err)
	}
	if len(z.File) > maxEntries {
		return nil, because(ErrTooLarge, errors.New("too many entries"))
	}
	return z, nil
}

// parts reads XML out of packed entries, within the bounds of them all.
type parts struct {
	work steps
	left int64
}

func newParts(ctx context.Context) *parts {
	return &parts{work: steps{ctx: ctx, most: 20_000_000}, left: maxUnpacked}
}

// read goes through one entry and hands over its tokens. There is no tree and no
// stack, and entities that a document defines itself are not known, so neither
// depth nor repetition costs anything.
func (p *parts) read(f *zip.File, token func(xml.Token) error) error {
	if f.Flags&1 != 0 {
		return ErrLocked
	}
	r, err := f.Open()
	if err != nil {
		return because(ErrBroken, err)
	}
	defer func() { _ = r.Close() }()
	bound := &bounded{r: r, left: min(p.left, maxPart)}
	defer func() { p.left -= bound.read }()
	d := xml.NewDecoder(bound)
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for {
		if err := p.work.take(); err != nil {
			return err
		}
		t, err := d.RawToken()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case bound.over:
			return because(ErrTooLarge, errors.New("unpacks to too much"))
		case err != nil:
			return because(ErrBroken, err)
		}
		if err := token(t); err != nil {
			return err
		}
	}
}

// bounded reads up to a number of bytes and remembers that there were more.
type bounded struct {
	r          io.Reader
	left, read int64
	over       bool
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		b.over = true
		return 0, io.ErrUnexpectedEOF
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	b.read += int64(n)
	return n, err
}

// docxText reads a Word document: its text, then its notes, headers and footers.
func docxText(ctx context.Context, data []byte, out *text) error {
	z, err := unpack(data)
	if err != nil {
		return err
	}
	var wanted []*zip.File
	for _, begin := range []string{"word/document", "word/footnotes", "word/endnotes", "word/header", "word/footer"} {
		for _, f := range z.File {
			if strings.HasPrefix(f.Name, begin) && strings.HasSuffix(f.Name, ".xml") && !slices.Contains(wanted, f) {
				wanted = append(wanted, f)
			}
		}
	}
	if len(wanted) == 0 {
		return ErrBroken
	}
	p := newParts(ctx)
	for _, f := range wanted {
		inText := false
		err := p.read(f, func(token xml.Token) error {
			switch t := token.(type) {
			case xml.StartElement:
				switch t.Name.Local {
				case "t":
					inText = true
				case "tab", "ptab":
					out.space()
				case "br", "cr":
					out.fresh()
				case "noBreakHyphen":
					return out.add("-")
				}
			case xml.EndElement:
				switch t.Name.Local {
				case "t":
					inText = false
				case "tc":
					out.space()
				case "p":
					out.fresh()
				}
			case xml.CharData:
				if inText {
					return out.add(string(t))
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		out.fresh()
	}
	return nil
}

// odtText reads an OpenDocument text. What was struck out by a colleague, and the
// remarks in the margin, are not part of it.
func odtText(ctx context.Context, data []byte, out *text) error {
	z, err := unpack(data)
	if err != nil {
		return err
	}
	for _, f := range z.File {
		if f.Name == "META-INF/manifest.xml" {
			if locked, err := odtLocked(newParts(ctx), f); err != nil || locked {
				return cmpErr(err, ErrLocked)
			}
		}
	}
	i := slices.IndexFunc(z.File, func(f *zip.File) bool { return f.Name == "content.xml" })
	if i < 0 {
		return ErrBroken
	}
	inBody, aside := false, ""
	return newParts(ctx).read(z.File[i], func(token xml.Token) error {
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "body":
				inBody = true
			case "tracked-changes", "annotation":
				if aside == "" {
					aside = t.Name.Local
				}
			case "tab":
				out.space()
			case "s":
				out.space()
			case "line-break":
				out.fresh()
			}
		case xml.EndElement:
			switch t.Name.Local {
			case aside:
				aside = ""
			case "p", "h":
				out.fresh()
			}
		case xml.CharData:
			if inBody && aside == "" {
				return out.add(lines(string(t)))
			}
		}
		return nil
	})
}

// odtLocked says that a document is encrypted, which its manifest tells.
func odtLocked(p *parts, manifest *zip.File) (locked bool, err error) {
	err = p.read(manifest, func(token xml.Token) error {
		if t, ok := token.(xml.StartElement); ok && t.Name.Local == "encryption-data" {
			locked = true
		}
		return nil
	})
	return locked, err
}

func cmpErr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}
