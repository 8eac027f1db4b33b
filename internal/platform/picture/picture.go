// Package picture exists because a file that somebody sends is the least
// trustworthy thing in the house: it may carry the place where it was made, a
// program, or a promise of size that no memory can hold.
//
// Pictures are never passed on as they came. They are measured before they are
// decoded, decoded within bounds, turned upright, made no larger than a screen,
// and written anew, so that nothing but their pixels survives (TRUST S41 to S48).
// Everything else is told apart by its bytes and handed over, not shown.
package picture

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	ximage "golang.org/x/image/draw"
	"golang.org/x/image/webp"

	"plein/internal/plein"
)

const (
	maxSide      = 2560       // of a picture as we keep it
	maxRead      = 30_000     // of a picture as it came
	maxMemory    = 320 << 20  // bytes that decoding may take
	maxScans     = 100        // passes of a progressive JPEG; cameras use ten
	maxFrames    = 200        // of an animation
	maxAnimation = 48_000_000 // pixels of all its frames
	thumbWidth   = 640
	thumbHeight  = 1280
	avatarSide   = 256
	avatarThumb  = 96
	quality      = 85
	thumbQuality = 80
	fewColours   = 256
)

// slots bounds how many pictures are decoded at once. Memory belongs to the
// process and not to one of its parts, so this is the one variable of the
// package.
var slots = make(chan struct{}, 2)

// Result is a picture made anew.
type Result struct {
	MIME          string // of Data: image/jpeg, image/png or image/gif
	Width, Height int    // of Data, in pixels, upright
	Data          []byte
	Thumb         []byte // at most 640 pixels wide, for lists; never moves
	ThumbMIME     string // image/jpeg or image/png
	Animated      bool   // Data moves: show Thumb until somebody asks
}

// Reencode reads a JPEG, PNG, GIF or WebP of at most limit bytes and makes it
// anew. An animated GIF stays one within bounds; beyond them, and when it is
// larger than a screen, its first frame is kept. Errors: TooMuch (picture.too_big
// {max} in MB, picture.too_many_pixels {max} in millions), Invalid
// (picture.not_a_picture, picture.unreadable).
func Reencode(ctx context.Context, r io.Reader, limit int64) (Result, error) {
	const op = "picture.reencode"
	in, err := open(ctx, r, limit)
	if err != nil {
		return Result{}, plein.Wrap(op, err)
	}
	defer in.release()
	if in.mime == "image/gif" {
		if res, ok, err := in.animation(); ok || err != nil {
			return res, plein.Wrap(op, err)
		}
	}
	src, err := in.decode()
	if err != nil {
		return Result{}, plein.Wrap(op, err)
	}
	w, h := fit(src.Bounds().Dx(), src.Bounds().Dy(), maxSide, maxSide)
	img := upright(shrink(src, src.Bounds(), w, h), in.orientation)
	src = nil // a large picture can be given back while the small one is written
	res := Result{Width: img.Bounds().Dx(), Height: img.Bounds().Dy()}
	if res.Data, res.MIME, err = encode(img, in.mime != "image/jpeg", quality); err != nil {
		return Result{}, plein.Wrap(op, err)
	}
	if res.Thumb, res.ThumbMIME, err = thumb(img, thumbWidth, thumbHeight); err != nil {
		return Result{}, plein.Wrap(op, err)
	}
	return res, plein.Wrap(op, ctx.Err())
}

// Avatar makes a square picture of 256 pixels for beside a name, and a Thumb of
// 96. The upper middle is kept of a portrait, the middle of a landscape. Errors
// are those of Reencode.
func Avatar(ctx context.Context, r io.Reader, limit int64) (Result, error) {
	const op = "picture.avatar"
	in, err := open(ctx, r, limit)
	if err != nil {
		return Result{}, plein.Wrap(op, err)
	}
	defer in.release()
	src, err := in.decode()
	if err != nil {
		return Result{}, plein.Wrap(op, err)
	}
	w, h := fit(src.Bounds().Dx(), src.Bounds().Dy(), maxSide, maxSide)
	img := upright(shrink(src, src.Bounds(), w, h), in.orientation)
	b := img.Bounds()
	side := min(b.Dx(), b.Dy())
	at := image.Pt((b.Dx()-side)/2, (b.Dy()-side)/4)
	square := image.Rectangle{at, at.Add(image.Pt(side, side))}
	var face *image.RGBA
	if side >= avatarSide {
		face = shrink(img, square, avatarSide, avatarSide)
	} else {
		face = image.NewRGBA(image.Rect(0, 0, avatarSide, avatarSide))
		ximage.CatmullRom.Scale(face, face.Bounds(), img, square, draw.Src, nil)
	}
	res := Result{Width: avatarSide, Height: avatarSide}
	if res.Data, res.MIME, err = encode(face, false, quality); err != nil {
		return Result{}, plein.Wrap(op, err)
	}
	if res.Thumb, res.ThumbMIME, err = thumb(face, avatarThumb, avatarThumb); err != nil {
		return Result{}, plein.Wrap(op, err)
	}
	return res, plein.Wrap(op, ctx.Err())
}

// incoming is a picture that was measured and not yet decoded.
type incoming struct {
	ctx         context.Context
	data        []byte
	mime        string
	config      image.Config
	orientation int
	release     func()
}

// open reads and measures a picture, and waits for a place to decode it.
func open(ctx context.Context, r io.Reader, limit int64) (*incoming, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, plein.E(plein.TooMuch, "picture.too_big", plein.Args{"max": max(1, limit>>20)})
	}
	in := &incoming{ctx: ctx, data: data}
	var class Class
	if in.mime, class = Sniff(data[:min(len(data), SniffLength)], ""); class != Image {
		return nil, plein.E(plein.Invalid, "picture.not_a_picture", nil)
	}
	if err := in.measure(); err != nil {
		return nil, err
	}
	select {
	case slots <- struct{}{}:
		in.release = func() { <-slots }
		return in, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// measure refuses what would take too much memory or time, from the headers
// alone.
func (in *incoming) measure() (err error) {
	defer rescue(&err)
	r := bytes.NewReader(in.data)
	in.orientation = 1
	perPixel, scans := 4, 0
	switch in.mime {
	case "image/jpeg":
		in.config, err = jpeg.DecodeConfig(r)
		facts, ferr := inspectJPEG(in.data)
		if err == nil {
			err = ferr
		}
		if facts.progressive {
			perPixel, scans = 16, facts.scans // its coefficients are kept until the end
		}
		in.orientation = facts.orientation
	case "image/png":
		in.config, err = png.DecodeConfig(r)
		if m := in.config.ColorModel; m == color.RGBA64Model || m == color.NRGBA64Model || m == color.Gray16Model {
			perPixel = 8
		}
	case "image/gif":
		in.config, err = gif.DecodeConfig(r)
	case "image/webp":
		in.config, err = webp.DecodeConfig(r)
		in.orientation = webpOrientation(in.data)
	}
	if err != nil {
		return unreadable(err)
	}
	w, h := in.config.Width, in.config.Height
	if w < 1 || h < 1 {
		return unreadable(errBroken)
	}
	if w > maxRead || h > maxRead || w*h > plein.MaxImagePixels || w*h*perPixel > maxMemory || scans > maxScans {
		return plein.E(plein.TooMuch, "picture.too_many_pixels", plein.Args{"max": plein.MaxImagePixels / 1_000_000})
	}
	return nil
}

// decode gives the picture, or the first frame of one that moves.
func (in *incoming) decode() (img image.Image, err error) {
	defer rescue(&err)
	r := &stoppable{in.ctx, bytes.NewReader(in.data)}
	switch in.mime {
	case "image/jpeg":
		img, err = jpeg.Decode(r)
	case "image/png":
		img, err = png.Decode(r)
	case "image/gif":
		img, err = gif.Decode(r)
	case "image/webp":
		img, err = webp.Decode(r)
	}
	if stopped := in.ctx.Err(); stopped != nil {
		return nil, stopped
	}
	if err != nil {
		return nil, unreadable(err)
	}
	if b := img.Bounds(); b.Dx()*b.Dy() > plein.MaxImagePixels || b.Empty() {
		return nil, unreadable(errBroken) // the header said otherwise
	}
	if in.mime == "image/gif" { // a frame may be a part of the picture
		whole := image.NewRGBA(image.Rect(0, 0, in.config.Width, in.config.Height))
		draw.Draw(whole, img.Bounds(), img, img.Bounds().Min, draw.Over)
		img = whole
	}
	return img, nil
}

// animation makes a moving GIF anew, frame by frame. It says false when the
// picture does not move, or is too much to keep moving.
func (in *incoming) animation() (res Result, ok bool, err error) {
	frames, pixels := inspectGIF(in.data)
	if frames < 2 || frames > maxFrames || pixels > maxAnimation || max(in.config.Width, in.config.Height) > maxSide {
		return Result{}, false, nil
	}
	all, first, err := in.frames()
	if err != nil || len(all.Image) < 2 {
		return Result{}, false, nil // perhaps its first frame can be read
	}
	var out bytes.Buffer
	// EncodeAll writes pixels, delays and the number of rounds; comments and
	// what else was in the file are not among what was decoded.
	if err := gif.EncodeAll(&out, all); err != nil {
		return Result{}, false, nil
	}
	res = Result{MIME: "image/gif", Width: in.config.Width, Height: in.config.Height, Data: out.Bytes(), Animated: true}
	res.Thumb, res.ThumbMIME, err = thumb(first, thumbWidth, thumbHeight)
	return res, err == nil, err
}

func (in *incoming) frames() (all *gif.GIF, first *image.RGBA, err error) {
	defer rescue(&err)
	if all, err = gif.DecodeAll(&stoppable{in.ctx, bytes.NewReader(in.data)}); err != nil {
		return nil, nil, err
	}
	first = image.NewRGBA(image.Rect(0, 0, in.config.Width, in.config.Height))
	draw.Draw(first, all.Image[0].Bounds(), all.Image[0], all.Image[0].Bounds().Min, draw.Over)
	return all, first, nil
}

// encode writes a picture as PNG when it has transparent parts or few colours,
// or is hardly larger so; else as JPEG. drawn says that it came without loss,
// like a screenshot, of which JPEG would blur the letters.
func encode(img *image.RGBA, drawn bool, q int) (data []byte, mime string, err error) {
	if !img.Opaque() {
		data, err = encodePNG(img)
		return data, "image/png", err
	}
	if drawn {
		if flat := paletted(img); flat != nil {
			data, err = encodePNG(flat)
			return data, "image/png", err
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: q}); err != nil {
		return nil, "", err
	}
	if drawn {
		if data, err = encodePNG(img); err != nil || len(data) < out.Len()*5/4 {
			return data, "image/png", err
		}
	}
	return out.Bytes(), "image/jpeg", nil
}

func encodePNG(img image.Image) ([]byte, error) {
	var out bytes.Buffer
	err := png.Encode(&out, img)
	return out.Bytes(), err
}

// paletted gives an opaque picture of few colours with a palette, and nil when it
// has many.
func paletted(img *image.RGBA) *image.Paletted {
	index := map[color.RGBA]uint8{}
	flat := image.NewPaletted(img.Bounds(), nil)
	for i := 0; i < len(img.Pix); i += 4 {
		c := color.RGBA{img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3]}
		n, seen := index[c]
		if !seen {
			if len(index) == fewColours {
				return nil
			}
			n = uint8(len(index))
			index[c] = n
			flat.Palette = append(flat.Palette, c)
		}
		flat.Pix[i/4] = n
	}
	return flat
}

func thumb(img *image.RGBA, maxW, maxH int) ([]byte, string, error) {
	w, h := fit(img.Bounds().Dx(), img.Bounds().Dy(), maxW, maxH)
	return encode(shrink(img, img.Bounds(), w, h), false, thumbQuality)
}

func unreadable(err error) error {
	return &plein.Error{Kind: plein.Invalid, Key: "picture.unreadable", Op: "picture.decode", Err: err}
}

// rescue makes an error of a panic in a decoder: one bad file must not take the
// house down.
func rescue(err *error) {
	if p := recover(); p != nil {
		*err = unreadable(fmt.Errorf("the decoder gave up: %v", p))
	}
}

// stoppable ends decoding when whoever sent the file has gone.
type stoppable struct {
	ctx context.Context
	r   io.Reader
}

func (s *stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}
