package extract

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"context"
	"encoding/ascii85"
	"errors"
	"io"
	"maps"
	"slices"

	"golang.org/x/image/tiff/lzw"
)

// The bounds of a PDF, beside those of every file.
const (
	maxObjects  = 300_000
	maxPages    = 3_000
	maxPDFSteps = 4_000_000
	maxForms    = 8  // forms in forms
	maxTree     = 40 // levels of pages
)

// pdfText reads the text of a PDF, page by page, in the order in which it is
// drawn, which for what people make is the order in which it is read.
//
// It is our own because no library that can be obtained gets the words out of what
// offices make (they join the last word of a line with the first of the next, and
// give nothing of a font with its own numbering), and none can be held to a
// bound. It asks less than a viewer does: objects are looked for in the whole
// file, so a damaged table of contents is no matter, and a picture is passed over.
// A scan has no text, and gives none.
func pdfText(ctx context.Context, data []byte, out *text) error {
	if !looksLike(data, "%PDF-", 1024) {
		return ErrBroken
	}
	p := &pdf{data: data, work: &steps{ctx: ctx, most: maxPDFSteps}, left: maxUnpacked, at: map[int]int{}, objects: map[int]any{}, fonts: map[pdfRef]*font{}}
	if err := p.open(); err != nil {
		return err
	}
	pages, err := p.pages()
	if err != nil {
		return err
	}
	for _, page := range pages {
		if err := p.page(page, out); err != nil {
			return err
		}
		out.fresh()
		out.line()
	}
	return nil
}

// pdf is a file that is being read.
type pdf struct {
	data    []byte
	work    *steps
	left    int64       // bytes that may still be unpacked
	at      map[int]int // where each object begins
	ends    []int       // where it says "endstream"
	objects map[int]any // those that were read
	root    any
	fonts   map[pdfRef]*font
}

// open finds the objects. One that is written twice is the last one.
func (p *pdf) open() error {
	for at := 0; ; {
		i := bytes.Index(p.data[at:], []byte("obj"))
		if i < 0 {
			break
		}
		if err := p.work.take(); err != nil {
			return err
		}
		if n, ok := objectNumber(p.data[max(0, at+i-24) : at+i]); ok {
			p.at[n] = at + i + 3
		}
		at += i + 3
		if len(p.at) > maxObjects {
			return because(ErrTooLarge, errors.New("too many objects"))
		}
	}
	for at := 0; ; {
		i := bytes.Index(p.data[at:], []byte("endstream"))
		if i < 0 {
			break
		}
		p.ends = append(p.ends, at+i)
		at += i + len("endstream")
	}
	for at := 0; ; {
		i := bytes.Index(p.data[at:], []byte("trailer"))
		if i < 0 {
			break
		}
		at += i + len("trailer")
		l := &lexer{b: p.data, at: at, refs: true, work: p.work}
		v, err := l.next()
		if err := worse(err); err != nil {
			return err
		}
		if dict, ok := v.(pdfDict); ok {
			if err := p.trailer(dict); err != nil {
				return err
			}
		}
	}
	packed := []pdfStream{}
	for _, n := range slices.Sorted(maps.Keys(p.at)) {
		v, err := p.object(n)
		if err != nil {
			return err
		}
		dict, _ := v.(pdfDict)
		if s, ok := v.(pdfStream); ok {
			switch s.dict["Type"] {
			case pdfName("XRef"):
				if err := p.trailer(s.dict); err != nil {
					return err
				}
			case pdfName("ObjStm"):
				packed = append(packed, s)
			}
		}
		if dict["Type"] == pdfName("Catalog") && p.root == nil {
			p.root = dict
		}
	}
	for _, s := range packed {
		if err := p.unpack(s); err != nil {
			return err
		}
	}
	return nil
}

// objectNumber reads what stands before "obj": "12 0 ".
func objectNumber(before []byte) (int, bool) {
	i := len(before)
	number := func() (int, bool) {
		space := i
		for i > 0 && isSpace(before[i-1]) {
			i--
		}
		if i == space && i < len(before) {
			return 0, false
		}
		n, scale, from := 0, 1, i
		for i > 0 && before[i-1] >= '0' && before[i-1] <= '9' && from-i < 9 {
			n += int(before[i-1]-'0') * scale
			scale *= 10
			i--
		}
		return n, from > i
	}
	if _, ok := number(); !ok {
		return 0, false
	}
	return number()
}

// trailer says where the document begins, and that it is locked.
func (p *pdf) trailer(dict pdfDict) error {
	if dict["Encrypt"] != nil && dict["Encrypt"] != pdfWord("null") {
		return ErrLocked
	}
	if dict["Root"] != nil {
		p.root = dict["Root"]
	}
	return nil
}

// worse keeps the errors that end the reading: no time, or too much.
func worse(err error) error {
	if errors.Is(err, ErrTooLarge) || errors.Is(err, ErrLocked) || errors.Is(err, errEnough) {
		return err
	}
	return nil
}

// object reads an object; nil when it is not there or cannot be read.
func (p *pdf) object(n int) (any, error) {
	if v, ok := p.objects[n]; ok {
		return v, nil
	}
	at, ok := p.at[n]
	if !ok {
		return nil, nil
	}
	p.objects[n] = nil // one that needs itself is none
	l := &lexer{b: p.data, at: at, refs: true, work: p.work}
	v, err := l.next()
	if err != nil {
		return nil, worse(err)
	}
	if dict, ok := v.(pdfDict); ok {
		back := l.at
		l.skip()
		if l.word() == "stream" {
			raw, err := p.raw(dict, l.at)
			if err != nil {
				return nil, err
			}
			v = pdfStream{dict, raw}
		} else {
			l.at = back
		}
	}
	p.objects[n] = v
	return v, nil
}

// raw finds the bytes of a stream that begins behind at. The length that it gives
// is believed only when the stream ends there.
func (p *pdf) raw(dict pdfDict, at int) ([]byte, error) {
	if at < len(p.data) && p.data[at] == '\r' {
		at++
	}
	if at < len(p.data) && p.data[at] == '\n' {
		at++
	}
	rest := p.data[min(at, len(p.data)):]
	length, err := p.follow(dict["Length"])
	if err != nil {
		return nil, err
	}
	if n, ok := length.(float64); ok && n >= 0 && int(n) <= len(rest) {
		if looksLike(rest[int(n):], "endstream", 4) {
			return rest[:int(n)], nil
		}
	}
	if i, _ := slices.BinarySearch(p.ends, at); i < len(p.ends) {
		return p.data[at:p.ends[i]], nil
	}
	return rest, nil
}

// follow gives what a value stands for.
func (p *pdf) follow(v any) (any, error) {
	for range 8 {
		ref, ok := v.(pdfRef)
		if !ok {
			return v, nil
		}
		var err error
		if v, err = p.object(int(ref)); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// get follows one entry of a dictionary (or of that of a stream).
func (p *pdf) get(v any, key string) (any, error) {
	switch v := v.(type) {
	case pdfDict:
		return p.follow(v[key])
	case pdfStream:
		return p.follow(v.dict[key])
	}
	return nil, nil
}

// unpack reads the objects that are kept together in a stream.
func (p *pdf) unpack(s pdfStream) error {
	body, err := p.decode(s)
	if err != nil {
		return err
	}
	count, _ := s.dict["N"].(float64)
	first, _ := s.dict["First"].(float64)
	if first < 0 || int(first) > len(body) || count > maxObjects {
		return nil
	}
	index := &lexer{b: body[:int(first)], work: p.work}
	for range int(max(0, count)) {
		n, err1 := index.next()
		at, err2 := index.next()
		number, ok1 := n.(float64)
		offset, ok2 := at.(float64)
		if err := cmp.Or(err1, err2); err != nil || !ok1 || !ok2 {
			return worse(err)
		}
		if from := first + offset; offset >= 0 && from < float64(len(body)) {
			l := &lexer{b: body, at: int(from), refs: true, work: p.work}
			v, err := l.next()
			if err := worse(err); err != nil {
				return err
			}
			if _, written := p.at[int(number)]; !written {
				p.objects[int(number)] = v
				if dict, ok := v.(pdfDict); ok && dict["Type"] == pdfName("Catalog") && p.root == nil {
					p.root = dict
				}
			}
		}
		if len(p.objects) > 2*maxObjects {
			return because(ErrTooLarge, errors.New("too many objects"))
		}
	}
	return nil
}

// decode unpacks a stream, within what may still be unpacked. A stream that is
// damaged gives what stands before the damage.
func (p *pdf) decode(s pdfStream) ([]byte, error) {
	filters, err := p.list(s.dict, "Filter", "F")
	if err != nil {
		return nil, err
	}
	settings, err := p.list(s.dict, "DecodeParms", "DP")
	if err != nil {
		return nil, err
	}
	body := s.raw
	for i, filter := range filters[:min(len(filters), 4)] {
		var r io.Reader = bytes.NewReader(body)
		name, _ := filter.(pdfName)
		switch name {
		case "FlateDecode", "Fl":
			if r, err = zlib.NewReader(r); err != nil {
				return nil, nil
			}
		case "LZWDecode", "LZW":
			r = lzw.NewReader(r, lzw.MSB, 8)
		case "ASCII85Decode", "A85":
			body = bytes.TrimPrefix(bytes.TrimSpace(body), []byte("<~"))
			if end := bytes.Index(body, []byte("~>")); end >= 0 {
				body = body[:end]
			}
			r = ascii85.NewDecoder(bytes.NewReader(body))
		case "ASCIIHexDecode", "AHx":
			l := &lexer{b: append([]byte("<"), body...)}
			r = bytes.NewReader([]byte(l.hex()))
		default:
			return nil, nil // a picture, or a filter of which we know nothing
		}
		if body, err = p.unpacked(r); err != nil {
			return nil, err
		}
		if i < len(settings) {
			if body, err = p.predicted(body, settings[i]); err != nil {
				return nil, err
			}
		}
	}
	return body, nil
}

func (p *pdf) unpacked(r io.Reader) ([]byte, error) {
	var out []byte
	chunk := make([]byte, 64<<10)
	for {
		if err := p.work.ctx.Err(); err != nil {
			return nil, because(ErrTooLarge, err)
		}
		n, err := r.Read(chunk)
		out = append(out, chunk[:n]...)
		if p.left -= int64(n); p.left < 0 {
			return nil, because(ErrTooLarge, errors.New("unpacks to too much"))
		}
		if err != nil {
			return out, nil
		}
	}
}

// list gives an entry that is one thing or several as several.
func (p *pdf) list(dict pdfDict, names ...string) (pdfArray, error) {
	for _, name := range names {
		v, err := p.follow(dict[name])
		if err != nil || v == nil {
			if err != nil {
				return nil, err
			}
			continue
		}
		array, ok := v.(pdfArray)
		if !ok {
			return pdfArray{v}, nil
		}
		out := make(pdfArray, len(array))
		for i := range array {
			if out[i], err = p.follow(array[i]); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	return nil, nil
}

// predicted undoes what a writer did to make bytes pack better: each row says how
// it differs from the one above.
func (p *pdf) predicted(body []byte, settings any) ([]byte, error) {
	set := func(key string, otherwise int) int {
		if v, _ := p.get(settings, key); v != nil {
			if n, ok := v.(float64); ok && n >= 0 && n < 1<<20 {
				return int(n)
			}
		}
		return otherwise
	}
	if set("Predictor", 1) < 10 {
		return body, nil
	}
	size := max(1, set("Colors", 1)*set("BitsPerComponent", 8)/8)
	row := max(1, (set("Columns", 1)*set("Colors", 1)*set("BitsPerComponent", 8)+7)/8)
	out := make([]byte, 0, len(body))
	above := make([]byte, row)
	for len(body) > 1 {
		kind, line := body[0], slices.Clone(body[1:min(len(body), row+1)])
		body = body[min(len(body), row+1):]
		for i := range line {
			var left, up, corner byte
			up = above[i]
			if i >= size {
				left, corner = line[i-size], above[i-size]
			}
			switch kind {
			case 1:
				line[i] += left
			case 2:
				line[i] += up
			case 3:
				line[i] += byte((int(left) + int(up)) / 2)
			case 4:
				line[i] += paeth(left, up, corner)
			}
		}
		out = append(out, line...)
		copy(above, line)
	}
	return out, nil
}

func paeth(left, up, corner byte) byte {
	a, b, c := int(left), int(up), int(corner)
	distance := func(n int) int { return max(a+b-c-n, n-(a+b-c)) }
	switch {
	case distance(a) <= distance(b) && distance(a) <= distance(c):
		return left
	case distance(b) <= distance(c):
		return up
	}
	return corner
}
