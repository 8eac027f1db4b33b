package picture

import (
	"image"
	"image/draw"
)

// shrink makes a picture of w by h pixels of the part of src that is in r, each
// the average of the pixels it stands for. It is only for making smaller. It
// keeps two rows in memory instead of a whole intermediate picture, because
// phones make pictures of forty million pixels.
func shrink(src image.Image, r image.Rectangle, w, h int) *image.RGBA {
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	if r.Dx() == w && r.Dy() == h {
		draw.Draw(dst, dst.Bounds(), src, r.Min, draw.Src)
		return dst
	}
	row := image.NewRGBA(image.Rect(0, 0, r.Dx(), 1))
	columns := newSpread(r.Dx(), w)
	rows := newSpread(r.Dy(), h)
	narrow := make([]float32, 4*w) // one source row, made narrow
	sum := make([]float32, 4*w)    // the row that is being gathered
	area := float32(w) / float32(r.Dx()) * float32(h) / float32(r.Dy())
	flush := func(y int) {
		line := dst.Pix[y*dst.Stride : y*dst.Stride+4*w]
		for i, v := range sum {
			line[i] = uint8(min(v*area+0.5, 255))
		}
		clear(sum)
	}
	for y := range r.Dy() {
		draw.Draw(row, row.Bounds(), src, image.Pt(r.Min.X, r.Min.Y+y), draw.Src)
		clear(narrow)
		for x := range r.Dx() {
			p := row.Pix[4*x : 4*x+4 : 4*x+4]
			to, first, second := columns.at(x)
			n := narrow[4*to : 4*to+4 : 4*to+4]
			for i := range 4 {
				n[i] += float32(p[i]) * first
			}
			if second > 0 {
				n := narrow[4*to+4 : 4*to+8 : 4*to+8]
				for i := range 4 {
					n[i] += float32(p[i]) * second
				}
			}
		}
		to, first, second := rows.at(y)
		for i, v := range narrow {
			sum[i] += v * first
		}
		if second > 0 || y == r.Dy()-1 || rows.next(y) != to {
			flush(to)
			for i, v := range narrow {
				sum[i] += v * second
			}
		}
	}
	return dst
}

// spread says onto which of the few each of the many falls, and with how much of
// itself; the rest of it falls onto the one after.
type spread struct{ many, few int }

func newSpread(many, few int) spread { return spread{many, few} }

func (s spread) next(i int) int { return (i + 1) * s.few / s.many }

func (s spread) at(i int) (to int, first, second float32) {
	begin, end := i*s.few, (i+1)*s.few // in units of 1/many
	to = begin / s.many
	border := (to + 1) * s.many
	if end <= border {
		return to, 1, 0
	}
	second = float32(end-border) / float32(s.few)
	return to, 1 - second, second
}

// fit gives the size of a picture of w by h made to fit in a box, never larger
// than it was and never less than one pixel.
func fit(w, h, maxW, maxH int) (int, int) {
	if w > maxW {
		w, h = maxW, max(1, (h*maxW+w/2)/w)
	}
	if h > maxH {
		w, h = max(1, (w*maxH+h/2)/h), maxH
	}
	return w, h
}

// upright turns a picture the way the camera was held (EXIF orientation 1 to 8).
func upright(src *image.RGBA, orientation int) *image.RGBA {
	if orientation <= 1 || orientation > 8 {
		return src
	}
	w, h := src.Bounds().Dx(), src.Bounds().Dy()
	dw, dh := w, h
	if orientation >= 5 {
		dw, dh = h, w
	}
	dst := image.NewRGBA(image.Rect(0, 0, dw, dh))
	for y := range dh {
		for x := range dw {
			sx, sy := x, y
			switch orientation {
			case 2:
				sx = w - 1 - x
			case 3:
				sx, sy = w-1-x, h-1-y
			case 4:
				sy = h - 1 - y
			case 5:
				sx, sy = y, x
			case 6:
				sx, sy = y, h-1-x
			case 7:
				sx, sy = w-1-y, h-1-x
			case 8:
				sx, sy = w-1-y, x
			}
			copy(dst.Pix[dst.PixOffset(x, y):][:4], src.Pix[src.PixOffset(sx, sy):][:4])
		}
	}
	return dst
}
