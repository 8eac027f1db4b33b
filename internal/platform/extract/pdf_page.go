package extract

import (
	"errors"
	"maps"
	"math"
	"slices"
)

// page is one page, with what it inherits.
type page struct {
	dict      pdfDict
	resources any
}

// pages walks over the tree of pages. A file whose tree is damaged gives its pages
// in the order in which they are numbered.
func (p *pdf) pages() ([]page, error) {
	root, err := p.follow(p.root)
	if err != nil {
		return nil, err
	}
	top, err := p.get(root, "Pages")
	if err != nil {
		return nil, err
	}
	var out []page
	seen := map[pdfRef]bool{}
	var walk func(v, resources any, depth int) error
	walk = func(v, resources any, depth int) error {
		dict, ok := v.(pdfDict)
		if !ok || depth > maxTree || len(out) >= maxPages {
			return nil
		}
		if err := p.work.take(); err != nil {
			return err
		}
		if own, err := p.get(dict, "Resources"); err != nil {
			return err
		} else if own != nil {
			resources = own
		}
		kids, err := p.get(dict, "Kids")
		if err != nil {
			return err
		}
		list, ok := kids.(pdfArray)
		if !ok {
			out = append(out, page{dict, resources})
			return nil
		}
		for _, kid := range list {
			if ref, ok := kid.(pdfRef); ok {
				if seen[ref] {
					continue
				}
				seen[ref] = true
			}
			v, err := p.follow(kid)
			if err != nil {
				return err
			}
			if err := walk(v, resources, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	if err := walk(top, nil, 0); err != nil || len(out) > 0 {
		return out, err
	}
	for _, n := range slices.Sorted(maps.Keys(p.objects)) {
		if dict, ok := p.objects[n].(pdfDict); ok && dict["Type"] == pdfName("Page") && len(out) < maxPages {
			resources, err := p.get(dict, "Resources")
			if err != nil {
				return nil, err
			}
			out = append(out, page{dict, resources})
		}
	}
	if len(out) == 0 {
		return nil, because(ErrBroken, errSyntax)
	}
	return out, nil
}

func (p *pdf) page(pg page, out *text) error {
	parts, err := p.list(pg.dict, "Contents")
	if err != nil {
		return err
	}
	var body []byte
	for _, part := range parts {
		if s, ok := part.(pdfStream); ok {
			decoded, err := p.decode(s)
			if err != nil {
				return err
			}
			body = append(append(body, decoded...), '\n')
		}
	}
	d := &drawing{pdf: p, out: out}
	d.state.ctm, d.state.stretch = identity, 1
	return d.run(body, pg.resources, 0)
}

// matrix places what is drawn: x' = a*x + c*y + e, y' = b*x + d*y + f.
type matrix [6]float64

var identity = matrix{1, 0, 0, 1, 0, 0}

func (m matrix) times(n matrix) matrix {
	return matrix{m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3], m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5]}
}

// state is what "q" keeps and "Q" gives back.
type state struct {
	ctm                               matrix
	font                              *font
	size, letters, words, lead, raise float64
	stretch                           float64
}

// drawing follows a pen over a page. Letters are written where the pen is; a word
// ends where the pen jumps, and a line where it leaves the line.
type drawing struct {
	*pdf
	out        *text
	state      state
	kept       []state
	tm, line   matrix
	wrote      bool
	endX, endY float64 // where the last letter ended, on the page
}

// How far the pen jumps, in heights of a letter.
const (
	wordJump = 0.17
	lineJump = 0.5
)

func (d *drawing) run(body []byte, resources any, depth int) error {
	l := &lexer{b: body, work: d.work}
	var args []any
	for {
		v, err := l.next()
		if errors.Is(err, errEnd) {
			return nil
		}
		if err != nil {
			return worse(err)
		}
		op, ok := v.(pdfWord)
		if !ok {
			if len(args) < 64 {
				args = append(args, v)
			}
			continue
		}
		if op == "BI" {
			l.pastImage()
		} else if err := d.do(string(op), args, resources, depth); err != nil {
			return err
		}
		args = args[:0]
	}
}

// pastImage passes over a picture in the middle of a page.
func (l *lexer) pastImage() {
	for ; l.at+3 < len(l.b); l.at++ {
		if isSpace(l.b[l.at]) && l.b[l.at+1] == 'E' && l.b[l.at+2] == 'I' && isSpace(l.b[l.at+3]) {
			l.at += 3
			return
		}
	}
	l.at = len(l.b)
}

func (d *drawing) do(op string, args []any, resources any, depth int) error {
	n := func(i int) float64 {
		if i < len(args) {
			if f, ok := args[i].(float64); ok && !math.IsNaN(f) && math.Abs(f) < 1e9 {
				return f
			}
		}
		return 0
	}
	s := &d.state
	switch op {
	case "q":
		if len(d.kept) < 256 {
			d.kept = append(d.kept, *s)
		}
	case "Q":
		if k := len(d.kept); k > 0 {
			*s, d.kept = d.kept[k-1], d.kept[:k-1]
		}
	case "cm":
		s.ctm = matrix{n(0), n(1), n(2), n(3), n(4), n(5)}.times(s.ctm)
	case "BT":
		d.tm, d.line = identity, identity
	case "Tf":
		if len(args) == 2 {
			name, _ := args[0].(pdfName)
			f, err := d.fontNamed(resources, string(name))
			if err != nil {
				return err
			}
			s.font, s.size = f, n(1)
		}
	case "Tc":
		s.letters = n(0)
	case "Tw":
		s.words = n(0)
	case "Tz":
		s.stretch = n(0) / 100
	case "TL":
		s.lead = n(0)
	case "Ts":
		s.raise = n(0)
	case "Td":
		d.move(n(0), n(1))
	case "TD":
		s.lead = -n(1)
		d.move(n(0), n(1))
	case "Tm":
		d.tm = matrix{n(0), n(1), n(2), n(3), n(4), n(5)}
		d.line = d.tm
	case "T*":
		d.move(0, -s.lead)
	case "'", `"`:
		if op == `"` {
			s.words, s.letters = n(0), n(1)
		}
		d.move(0, -s.lead)
		fallthrough
	case "Tj":
		if len(args) > 0 {
			return d.show(args[len(args)-1])
		}
	case "TJ":
		if len(args) == 0 {
			return nil
		}
		list, _ := args[0].(pdfArray)
		for _, v := range list {
			if f, ok := v.(float64); ok {
				d.tm = matrix{1, 0, 0, 1, -f / 1000 * s.size * s.stretch, 0}.times(d.tm)
			} else if err := d.show(v); err != nil {
				return err
			}
		}
	case "Do":
		if len(args) == 1 && depth < maxForms {
			name, _ := args[0].(pdfName)
			return d.form(resources, string(name), depth)
		}
	}
	return nil
}

func (d *drawing) move(x, y float64) {
	d.line = matrix{1, 0, 0, 1, x, y}.times(d.line)
	d.tm = d.line
}

// form draws a piece of page that is kept apart.
func (d *drawing) form(resources any, name string, depth int) error {
	all, err := d.get(resources, "XObject")
	if err != nil {
		return err
	}
	v, err := d.get(all, name)
	if err != nil {
		return err
	}
	s, ok := v.(pdfStream)
	if !ok || s.dict["Subtype"] != pdfName("Form") {
		return nil
	}
	body, err := d.decode(s)
	if err != nil {
		return err
	}
	if own, err := d.get(s, "Resources"); err != nil {
		return err
	} else if own != nil {
		resources = own
	}
	keptState, kept, tm, line := d.state, d.kept, d.tm, d.line
	if place, _ := d.get(s, "Matrix"); place != nil {
		if list, ok := place.(pdfArray); ok && len(list) == 6 {
			if err := d.do("cm", list, nil, depth); err != nil {
				return err
			}
		}
	}
	d.kept = nil
	err = d.run(body, resources, depth+1)
	d.state, d.kept, d.tm, d.line = keptState, kept, tm, line
	return err
}

// show writes a string where the pen is.
func (d *drawing) show(v any) error {
	raw, ok := v.(pdfString)
	s := &d.state
	if !ok || s.font == nil {
		return nil
	}
	for _, g := range s.font.glyphs(string(raw)) {
		if err := d.work.take(); err != nil {
			return err
		}
		at := matrix{s.size * s.stretch, 0, 0, s.size, 0, s.raise}.times(d.tm).times(s.ctm)
		if g.text != "" && g.text != " " && g.text != "\u00a0" {
			d.jump(at)
			if err := d.out.add(g.text); err != nil {
				return err
			}
		} else {
			d.out.space()
		}
		width := g.width*s.size + s.letters
		if raw := g.space; raw {
			width += s.words
		}
		d.tm = matrix{1, 0, 0, 1, width * s.stretch, 0}.times(d.tm)
		end := matrix{s.size * s.stretch, 0, 0, s.size, 0, s.raise}.times(d.tm).times(s.ctm)
		d.endX, d.endY, d.wrote = end[4]-s.letters*at[0]/orOne(s.size), end[5], true
	}
	return nil
}

func orOne(f float64) float64 {
	if f == 0 {
		return 1
	}
	return f
}

// jump looks from where the last letter ended to where the next begins.
func (d *drawing) jump(at matrix) {
	if !d.wrote {
		return
	}
	length := math.Hypot(at[0], at[1])
	height := math.Hypot(at[2], at[3])
	if length == 0 || height == 0 {
		d.out.space()
		return
	}
	x, y := at[4]-d.endX, at[5]-d.endY
	along := (x*at[0] + y*at[1]) / length
	across := math.Abs(x*at[1]-y*at[0]) / length
	switch {
	case across > lineJump*height:
		d.out.wrapped()
	case along > wordJump*height, along < -height:
		d.out.space()
	}
}
