package picture

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"plein/internal/plein"
)

const limit = 20 << 20

// scene is a picture whose corners can be told apart: red, green, blue, white,
// clockwise from the upper left.
func scene(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{255, 0, 0, 255}
			switch {
			case x >= w/2 && y < h/2:
				c = color.RGBA{0, 255, 0, 255}
			case x >= w/2:
				c = color.RGBA{0, 0, 255, 255}
			case y >= h/2:
				c = color.RGBA{255, 255, 255, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

// noise has many colours, like a photo.
func noise(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	random := rand.New(rand.NewPCG(1, 2))
	for i := range img.Pix {
		img.Pix[i] = uint8(random.Uint32())
		if i%4 == 3 {
			img.Pix[i] = 255
		}
	}
	return img
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asGIF(t testing.TB, w, h, frames int) []byte {
	t.Helper()
	g := &gif.GIF{LoopCount: 3, Config: image.Config{Width: w, Height: h}}
	for i := range frames {
		f := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.RGBA{255, 0, 0, 255}, color.RGBA{0, 0, 255, 255}})
		f.Pix[i%len(f.Pix)] = 1
		g.Image = append(g.Image, f)
		g.Delay = append(g.Delay, 7)
		g.Disposal = append(g.Disposal, gif.DisposalNone)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withEXIF puts a camera's block into a JPEG: the orientation, and the place.
func withEXIF(file []byte, orientation int, order binary.ByteOrder) []byte {
	var tiff bytes.Buffer
	u16 := func(v int) { _ = binary.Write(&tiff, order, uint16(v)) }
	u32 := func(v int) { _ = binary.Write(&tiff, order, uint32(v)) }
	if order == binary.ByteOrder(binary.BigEndian) {
		tiff.WriteString("MM")
	} else {
		tiff.WriteString("II")
	}
	u16(42)
	u32(8)
	u16(3) // entries
	u16(0x010F)
	u16(2)
	u32(4)
	u32(0x41414141) // maker
	u16(0x0112)
	u16(3)
	u32(1)
	u16(orientation)
	u16(0)
	u16(0x8825)
	u16(4)
	u32(1)
	u32(64) // GPS directory
	u32(0)
	tiff.WriteString("GPSLatitude 52.0907 GPSLongitude 5.1214 Serial-12345")
	block := append([]byte("Exif\x00\x00"), tiff.Bytes()...)
	out := append([]byte{}, file[:2]...)
	out = append(out, 0xFF, 0xE1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(block)+2))
	out = append(out, block...)
	comment := "comment by GPS"
	out = append(out, 0xFF, 0xFE)
	out = binary.BigEndian.AppendUint16(out, uint16(len(comment)+2))
	out = append(out, comment...)
	return append(out, file[2:]...)
}

func reencode(t *testing.T, data []byte) (Result, image.Image) {
	t.Helper()
	res, err := Reencode(t.Context(), bytes.NewReader(data), limit)
	if err != nil {
		t.Fatal(err)
	}
	return res, look(t, res.Data, res.MIME)
}

func look(t *testing.T, data []byte, mime string) image.Image {
	t.Helper()
	img, format, err := image.Decode(bytes.NewReader(data))
	if err != nil || "image/"+format != mime {
		t.Fatalf("a %s that says it is %s: %v", format, mime, err)
	}
	return img
}

// corners names the colours clockwise from the upper left.
func corners(img image.Image) string {
	b := img.Bounds()
	var s strings.Builder
	for _, p := range []image.Point{{b.Min.X + 2, b.Min.Y + 2}, {b.Max.X - 3, b.Min.Y + 2}, {b.Max.X - 3, b.Max.Y - 3}, {b.Min.X + 2, b.Max.Y - 3}} {
		r, g, bl, _ := img.At(p.X, p.Y).RGBA()
		switch {
		case r > 0xC000 && g > 0xC000 && bl > 0xC000:
			s.WriteByte('W')
		case r > 0xC000:
			s.WriteByte('R')
		case g > 0xC000:
			s.WriteByte('G')
		case bl > 0xC000:
			s.WriteByte('B')
		default:
			s.WriteByte('?')
		}
	}
	return s.String()
}

func TestPicturesAreMadeAnew(t *testing.T) {
	glass := scene(40, 30)
	glass.SetRGBA(1, 1, color.RGBA{})
	for name, c := range map[string]struct {
		data []byte
		mime string
		w, h int
	}{
		"jpeg":                         {asJPEG(t, noise(64, 48)), "image/jpeg", 64, 48},
		"a large jpeg":                 {asJPEG(t, scene(4000, 1000)), "image/jpeg", 2560, 640},
		"a high jpeg":                  {asJPEG(t, scene(500, 5000)), "image/jpeg", 256, 2560},
		"a screenshot":                 {asPNG(t, scene(640, 480)), "image/png", 640, 480},
		"a photo as png":               {asPNG(t, noise(300, 200)), "image/jpeg", 300, 200},
		"png with a transparent pixel": {asPNG(t, glass), "image/png", 40, 30},
		"16 bit png":                   {asPNG(t, image.NewGray16(image.Rect(0, 0, 9, 9))), "image/png", 9, 9},
		"a still gif":                  {asGIF(t, 33, 22, 1), "image/png", 33, 22},
		"webp":                         {webpFile(t), "image/png", 1, 1},
		"one pixel":                    {asPNG(t, scene(1, 1)), "image/png", 1, 1},
		"a line":                       {asPNG(t, scene(20_000, 1)), "image/png", 2560, 1},
	} {
		res, img := reencode(t, c.data)
		if name == "webp" {
			c.mime = res.MIME
		}
		if res.MIME != c.mime || res.Width != c.w || res.Height != c.h || img.Bounds().Dx() != c.w || img.Bounds().Dy() != c.h || res.Animated {
			t.Errorf("%s became %s of %dx%d, %v", name, res.MIME, res.Width, res.Height, img.Bounds())
		}
		if small := look(t, res.Thumb, res.ThumbMIME); small.Bounds().Dx() > 640 || small.Bounds().Dx() > c.w {
			t.Errorf("%s has a thumb of %v", name, small.Bounds())
		}
		if c.w > 10 && c.h > 10 && name != "jpeg" && name != "a photo as png" && name != "png with a transparent pixel" && name != "a still gif" && corners(img) != "RGBW" {
			t.Errorf("%s has corners %s", name, corners(img))
		}
	}
	res, img := reencode(t, asPNG(t, glass))
	if _, _, _, a := img.At(1, 1).RGBA(); a != 0 || res.ThumbMIME != "image/png" {
		t.Errorf("glass became %s, alpha %d", res.ThumbMIME, a)
	}
}

// webpFile is the smallest WebP without loss: one pixel.
func webpFile(t testing.TB) []byte {
	t.Helper()
	data, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestS46NothingOfTheCameraSurvives(t *testing.T) {
	file := withEXIF(asJPEG(t, noise(64, 48)), 1, binary.LittleEndian)
	withText := asPNG(t, scene(20, 20))
	withText = append(append(append([]byte{}, withText[:33]...), pngChunk("tEXt", []byte("Comment\x00GPS Serial"))...), withText[33:]...)
	withText = append(append(append([]byte{}, withText[:33]...), pngChunk("eXIf", []byte("II*\x00 GPS"))...), withText[33:]...)
	animated := asGIF(t, 8, 8, 3)
	animated = append(append(append([]byte{}, animated[:len(animated)-1]...), "\x21\xfe\x0aGPS Serial\x00"...), 0x3B)
	for name, data := range map[string][]byte{"jpeg": file, "png": withText, "gif": animated} {
		if !bytes.Contains(data, []byte("GPS")) {
			t.Fatalf("the %s of this test has no place in it", name)
		}
		res, _ := reencode(t, data)
		avatar, err := Avatar(t.Context(), bytes.NewReader(data), limit)
		if err != nil {
			t.Fatal(err)
		}
		for _, out := range [][]byte{res.Data, res.Thumb, avatar.Data, avatar.Thumb} {
			for _, trace := range []string{"GPS", "Exif", "Serial", "AAAA", "omment"} {
				if bytes.Contains(out, []byte(trace)) {
					t.Errorf("%s still holds %q", name, trace)
				}
			}
		}
	}
}

func TestPicturesAreTurnedUpright(t *testing.T) {
	for orientation, want := range map[int]string{0: "RGBW", 1: "RGBW", 2: "GRWB", 3: "BWRG", 4: "WBGR", 5: "RWBG", 6: "WRGB", 7: "BGRW", 8: "GBWR", 9: "RGBW"} {
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			res, img := reencode(t, withEXIF(asJPEG(t, scene(96, 64)), orientation, order))
			w, h := 96, 64
			if orientation >= 5 && orientation <= 8 {
				w, h = h, w
			}
			if corners(img) != want || res.Width != w || res.Height != h {
				t.Errorf("orientation %d gives %s, %dx%d; want %s", orientation, corners(img), res.Width, res.Height, want)
			}
			if got := corners(look(t, res.Thumb, res.ThumbMIME)); got != want {
				t.Errorf("orientation %d gives a thumb of %s", orientation, got)
			}
		}
	}
}

func TestAnimationsKeepMoving(t *testing.T) {
	res, err := Reencode(t.Context(), bytes.NewReader(asGIF(t, 60, 40, 12)), limit)
	if err != nil || !res.Animated || res.MIME != "image/gif" || res.ThumbMIME == "image/gif" {
		t.Fatalf("%+v, %v", res.MIME, err)
	}
	g, err := gif.DecodeAll(bytes.NewReader(res.Data))
	if err != nil || len(g.Image) != 12 || g.LoopCount != 3 || g.Delay[5] != 7 || g.Config.Width != 60 {
		t.Errorf("%d frames, %v", len(g.Image), err)
	}
	avatar, err := Avatar(t.Context(), bytes.NewReader(asGIF(t, 60, 40, 12)), limit)
	if err != nil || avatar.Animated || avatar.MIME == "image/gif" {
		t.Errorf("an avatar moves: %s, %v", avatar.MIME, err)
	}
	// A frame may be a part of the picture.
	part := image.NewPaletted(image.Rect(5, 5, 8, 8), color.Palette{color.RGBA{0, 255, 0, 255}})
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{part}, Delay: []int{0}, Config: image.Config{Width: 20, Height: 10}}); err != nil {
		t.Fatal(err)
	}
	if res, _ := reencode(t, b.Bytes()); res.Width != 20 || res.Height != 10 || res.MIME != "image/png" {
		t.Errorf("a part of a picture became %dx%d", res.Width, res.Height)
	}
}

func TestAvatarsAreSquare(t *testing.T) {
	for _, data := range [][]byte{asJPEG(t, scene(900, 600)), asPNG(t, scene(300, 900)), asPNG(t, scene(10, 10)), asPNG(t, scene(1, 500)), withEXIF(asJPEG(t, scene(800, 400)), 6, binary.BigEndian)} {
		res, err := Avatar(t.Context(), bytes.NewReader(data), limit)
		if err != nil {
			t.Fatal(err)
		}
		face, small := look(t, res.Data, res.MIME), look(t, res.Thumb, res.ThumbMIME)
		if face.Bounds().Dx() != 256 || face.Bounds().Dy() != 256 || small.Bounds().Dx() != 96 || small.Bounds().Dy() != 96 {
			t.Errorf("%v and %v", face.Bounds(), small.Bounds())
		}
	}
	res, err := Avatar(t.Context(), bytes.NewReader(asPNG(t, scene(600, 600))), limit)
	if err != nil || corners(look(t, res.Data, res.MIME)) != "RGBW" {
		t.Errorf("the corners went: %v", err)
	}
}

func TestShrinkingKeepsTheAverage(t *testing.T) {
	src := noise(101, 67)
	average := func(img *image.RGBA) (sum [3]float64) {
		for i, v := range img.Pix {
			if i%4 < 3 {
				sum[i%4] += float64(v) / float64(len(img.Pix)/4)
			}
		}
		return sum
	}
	want := average(src)
	for _, size := range [][2]int{{101, 67}, {100, 66}, {50, 33}, {51, 20}, {7, 67}, {101, 5}, {1, 1}, {3, 2}} {
		got := average(shrink(src, src.Bounds(), size[0], size[1]))
		for i := range want {
			if d := got[i] - want[i]; d > 1 || d < -1 {
				t.Errorf("%v: channel %d is %.1f, was %.1f", size, i, got[i], want[i])
			}
		}
	}
	white := image.NewUniform(color.White)
	for _, v := range shrink(white, image.Rect(0, 0, 333, 217), 64, 41).Pix {
		if v != 255 {
			t.Fatalf("white became %d", v)
		}
	}
}

func pngChunk(kind string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

func pngHeader(w, h uint32) []byte {
	b := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	return append([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", append(b, 8, 6, 0, 0, 0))...)
}

// gifOfFrames is a GIF of many frames of the whole picture in a few bytes each.
func gifOfFrames(w, h uint16, frames int) []byte {
	b := append([]byte("GIF89a"), 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255)
	binary.LittleEndian.PutUint16(b[6:], w)
	binary.LittleEndian.PutUint16(b[8:], h)
	frame := append([]byte{0x2C, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}, 1, 0x44, 0)
	binary.LittleEndian.PutUint16(frame[5:], w)
	binary.LittleEndian.PutUint16(frame[7:], h)
	return append(append(b, bytes.Repeat(frame, frames)...), 0x3B)
}

// progressive is a JPEG header that asks for many passes over a large picture.
func progressive(w, h uint16, scans int) []byte {
	b := []byte{0xFF, 0xD8, 0xFF, 0xC2, 0, 11, 8, byte(h >> 8), byte(h), byte(w >> 8), byte(w), 1, 1, 0x11, 0}
	for range scans {
		b = append(b, 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0, 0x12, 0x34)
	}
	return append(b, 0xFF, 0xD9)
}

func TestS45BombsAreRefusedBeforeTheyAreDecoded(t *testing.T) {
	webp := append([]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f"), 0xFF, 0xFF, 0xFF, 0x0F, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	large := asJPEG(t, scene(8, 8))
	sof := bytes.Index(large, []byte{0xFF, 0xC0})
	binary.BigEndian.PutUint16(large[sof+5:], 65535)
	binary.BigEndian.PutUint16(large[sof+7:], 65535)
	for name, c := range map[string]struct {
		data []byte
		kind plein.ErrorKind
		key  string
	}{
		"png of 65,535²":      {pngHeader(65535, 65535), plein.TooMuch, "picture.too_many_pixels"},
		"png of 2³¹":          {pngHeader(1<<31-1, 1<<31-1), plein.Invalid, "picture.unreadable"},
		"a very long png":     {pngHeader(31_000, 1), plein.TooMuch, "picture.too_many_pixels"},
		"just too many":       {pngHeader(8000, 5001), plein.TooMuch, "picture.too_many_pixels"},
		"jpeg of 65,535²":     {large, plein.TooMuch, "picture.too_many_pixels"},
		"gif of 65,535²":      {gifOfFrames(65535, 65535, 1), plein.TooMuch, "picture.too_many_pixels"},
		"webp of 16,384²":     {webp, plein.TooMuch, "picture.too_many_pixels"},
		"many passes":         {progressive(4000, 4000, 100_000), plein.TooMuch, "picture.too_many_pixels"},
		"large progressive":   {progressive(6000, 6000, 1), plein.TooMuch, "picture.too_many_pixels"},
		"nothing":             {nil, plein.Invalid, "picture.not_a_picture"},
		"only a head":         {[]byte("\x89PNG\r\n\x1a\n"), plein.Invalid, "picture.unreadable"},
		"cut off":             {asPNG(t, noise(50, 50))[:500], plein.Invalid, "picture.unreadable"},
		"cut off jpeg":        {asJPEG(t, noise(50, 50))[:900], plein.Invalid, "picture.unreadable"},
		"no pixels":           {gifOfFrames(0, 0, 1), plein.Invalid, "picture.unreadable"},
		"a header and lies":   {append(pngHeader(5000, 5000), pngChunk("IDAT", []byte{0x78, 0x9c, 3, 0, 0, 0, 0, 1})...), plein.Invalid, "picture.unreadable"},
		"more than the limit": {append(asPNG(t, scene(9, 9)), make([]byte, limit)...), plein.TooMuch, "picture.too_big"},
	} {
		for verb, do := range map[string]func() (Result, error){
			"reencode": func() (Result, error) { return Reencode(t.Context(), bytes.NewReader(c.data), limit) },
			"avatar":   func() (Result, error) { return Avatar(t.Context(), bytes.NewReader(c.data), limit) },
		} {
			res, err := do()
			if e := plein.AsError(err); err == nil || e.Kind != c.kind || e.Key != c.key {
				t.Errorf("%s %s: %v (%d bytes)", verb, name, err, len(res.Data))
			}
		}
	}
}

func TestS45AnimationsBeyondBoundsStandStill(t *testing.T) {
	for name, data := range map[string][]byte{"100k frames": gifOfFrames(100, 100, 100_000), "large frames": gifOfFrames(2500, 2500, 20), "wider than a screen": gifOfFrames(2600, 10, 3)} {
		res, err := Reencode(t.Context(), bytes.NewReader(data), limit)
		if err != nil {
			// These frames hold fewer pixels than they promise, which a decoder
			// may refuse; what counts is that it looked at one of them only.
			if plein.KindOf(err) != plein.Invalid {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if res.Animated || len(res.Data) > 1<<20 {
			t.Errorf("%s: %s, moves %v, %d bytes", name, res.MIME, res.Animated, len(res.Data))
		}
	}
	heavy, err := Reencode(t.Context(), bytes.NewReader(asGIF(t, 2400, 2100, 10)), limit)
	if err != nil || heavy.Animated {
		t.Errorf("too many pixels: %s, %v", heavy.MIME, err)
	}
	still, err := Reencode(t.Context(), bytes.NewReader(asGIF(t, 10, 10, maxFrames+1)), limit)
	if err != nil || still.Animated || still.MIME != "image/png" {
		t.Errorf("too many frames: %s, %v", still.MIME, err)
	}
	if frames, pixels := inspectGIF(asGIF(t, 10, 10, 7)); frames != 7 || pixels != 700 {
		t.Errorf("counted %d frames and %d pixels", frames, pixels)
	}
}

func TestS41S42S43WhatIsNoPictureIsNotMadeOne(t *testing.T) {
	svg := `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>`
	for _, s := range []string{svg, "\xef\xbb\xbf" + svg, "<html><script>alert(1)</script>", "%PDF-1.4 <script>", "BM\x00\x00\x00\x00", "II*\x00", "8BPS\x00\x01", "just text"} {
		if res, err := Reencode(t.Context(), strings.NewReader(s), limit); plein.KindOf(err) != plein.Invalid {
			t.Errorf("%.20q became %s, %v", s, res.MIME, err)
		}
	}
	// A file that is a picture and a program loses the program.
	script := []byte("/*<script>alert(1)</script><?php evil(); */=1;")
	for name, data := range map[string][]byte{
		"gif and js":        append(asGIF(t, 9, 9, 1), script...),
		"moving gif and js": append(asGIF(t, 9, 9, 3), script...),
		"png and zip":       append(asPNG(t, scene(9, 9)), script...),
		"jpeg and html":     append(asJPEG(t, scene(9, 9)), script...),
	} {
		res, _ := reencode(t, data)
		if bytes.Contains(res.Data, []byte("script")) || bytes.Contains(res.Thumb, []byte("script")) || bytes.Contains(res.Data, []byte("evil")) {
			t.Errorf("%s still runs", name)
		}
	}
}

func TestSniff(t *testing.T) {
	for _, c := range []struct {
		head, name, mime string
		class            Class
	}{
		{"\xff\xd8\xff\xe0", "x.txt", "image/jpeg", Image},
		{"\x89PNG\r\n\x1a\n", "x.html", "image/png", Image},
		{"GIF89a/*<script>", "x.js", "image/gif", Image},
		{"RIFF....WEBPVP8 ", "x", "image/webp", Image},
		{"RIFF....WAVEfmt ", "x", "audio/wav", AudioVideo},
		{"XXXX....WEBPVP8 ", "x", "text/plain; charset=utf-8", Text},
		{"<html><script>", "foto.png", "text/html", Other},
		{"hallo <script>alert(1)</script>", "foto.png", "text/html", Other},
		{"<svg onload=x>", "foto.png", "image/svg+xml", Other},
		{"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><svg>", "x.svg", "image/svg+xml", Other},
		{"<?xml version='1.0'?><x/>", "x.png", "application/xml", Other},
		{"<x/>", "x.svg", "image/svg+xml", Other},
		{"%PDF-1.7", "x.png", "application/pdf", PDF},
		{"PK\x03\x04....[Content_Types].xml....word/document.xml", "x.zip", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Office},
		{"PK\x03\x04....[Content_Types].xml", "x.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Office},
		{"PK\x03\x04....evil.exe", "x.docx", "application/zip", Archive},
		{"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.text", "x", "application/vnd.oasis.opendocument.text", Office},
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "x.xls", "application/vnd.ms-excel", Office},
		{"\x1f\x8b\x08", "x.png", "application/gzip", Archive},
		{"....ftypisom", "x", "video/mp4", AudioVideo},
		{"....ftypheic", "x.jpg", "image/heic", Other},
		{"MZ\x90\x00", "x.png", "application/octet-stream", Other},
		{"a;b\n1;2", "x.csv", "text/csv; charset=utf-8", Text},
		{"Dag, ik ben tekst\r\n\t€", "x.exe", "text/plain; charset=utf-8", Text},
		{"caf\xc3", "x", "text/plain; charset=utf-8", Text},
		{"caf\xc3x", "x", "application/octet-stream", Other},
		{"a\x00b", "x.txt", "application/octet-stream", Other},
		{"", "x.txt", "application/octet-stream", Other},
	} {
		if mime, class := Sniff([]byte(c.head), c.name); mime != c.mime || class != c.class {
			t.Errorf("Sniff(%q, %q) = %s, %s; want %s, %s", c.head, c.name, mime, class, c.mime, c.class)
		}
	}
}

func TestWaitingEndsWithTheRequest(t *testing.T) {
	for range cap(slots) {
		slots <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := Reencode(ctx, bytes.NewReader(asPNG(t, scene(9, 9))), limit)
		done <- err
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("gave %v", err)
	}
	for range cap(slots) {
		<-slots
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, data := range [][]byte{asPNG(t, scene(30, 30)), pngHeader(65535, 65535), asPNG(t, scene(30, 30))[:60]} {
				_, _ = Reencode(t.Context(), bytes.NewReader(data), limit)
			}
		})
	}
	wg.Wait()
	if len(slots) != 0 {
		t.Errorf("%d places were not given back", len(slots))
	}
}

// FuzzReencode asserts that any bytes give a picture within bounds, or an error
// that says whose fault it is.
func FuzzReencode(f *testing.F) {
	f.Add(withEXIF(asJPEG(f, scene(16, 8)), 6, binary.LittleEndian))
	f.Add(asPNG(f, scene(9, 7)))
	f.Add(asGIF(f, 9, 7, 3))
	f.Add(webpFile(f))
	f.Add(gifOfFrames(40, 40, 30))
	f.Add(progressive(40, 40, 3))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		// Large pictures are refused or slow, and teach the fuzzer nothing.
		if config, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil && config.Width*config.Height > 1<<20 {
			return
		}
		for _, do := range []func(context.Context, *bytes.Reader) (Result, error){
			func(ctx context.Context, r *bytes.Reader) (Result, error) { return Reencode(ctx, r, limit) },
			func(ctx context.Context, r *bytes.Reader) (Result, error) { return Avatar(ctx, r, limit) },
		} {
			res, err := do(t.Context(), bytes.NewReader(data))
			if err != nil {
				if k := plein.KindOf(err); k != plein.Invalid && k != plein.TooMuch {
					t.Fatal(err)
				}
				continue
			}
			img := look(t, res.Data, res.MIME)
			if b := img.Bounds(); b.Dx() != res.Width || b.Dy() != res.Height || max(b.Dx(), b.Dy()) > maxSide {
				t.Fatalf("%v, said %dx%d", b, res.Width, res.Height)
			}
		}
	})
}

func BenchmarkReencodePhoto(b *testing.B) {
	data := asJPEG(b, scene(4000, 3000))
	for b.Loop() {
		if _, err := Reencode(b.Context(), bytes.NewReader(data), limit); err != nil {
			b.Fatal(err)
		}
	}
}
