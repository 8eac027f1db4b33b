// Command screenshots takes pictures of every screen of the demo, in light and dark
// and at two widths, to be laid beside the mock-ups:
//
//	go run ./test/screenshots                 into tmp/screenshots
//	go run ./test/screenshots -only home,group -whole
//	go run ./test/screenshots -readme         docs/screenshot.png, and nothing else
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"plein/internal/platform/clock"
	"plein/test/house"
	"plein/test/tabs"
)

func main() {
	out := flag.String("o", filepath.Join("tmp", "screenshots"), "folder for the pictures")
	only := flag.String("only", "", "names of screens, with commas between; empty is all")
	whole := flag.Bool("whole", false, "the whole page, not only what fits on the screen")
	readme := flag.Bool("readme", false, "make docs/screenshot.png instead")
	contrast := flag.Bool("contrast", false, "with more contrast")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *out, *only, *whole, *readme, *contrast); err != nil {
		fmt.Fprintln(os.Stderr, "screenshots:", err)
		os.Exit(1)
	}
}

// failed is what a tab says when something did not happen.
type failed struct{ error }

func (failed) Helper() {}

func (failed) Fatalf(format string, args ...any) { panic(failed{fmt.Errorf(format, args...)}) }

func run(ctx context.Context, out, only string, whole, readme, contrast bool) (err error) {
	defer func() {
		if f, ok := recover().(failed); ok {
			err = f.error
		}
	}()
	// A morning, so that every greeting and every "an hour ago" is the same each time.
	now := time.Now()
	morning := time.Date(now.Year(), now.Month(), now.Day(), 9, 12, 0, 0, time.Local)
	h, err := house.Open(ctx, house.Options{Clock: clock.Fixed(morning)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	s, err := h.SetStage(ctx, 0)
	if err != nil {
		return err
	}
	b, err := tabs.Open(ctx)
	if err != nil {
		return err
	}
	defer b.Close()
	p := photographer{s, b, map[string]*tabs.Tab{}}
	if readme {
		return p.readme(ctx)
	}
	screens, err := s.Screens(ctx)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	wanted := strings.Split(only, ",")
	n := 0
	for _, screen := range screens {
		if only != "" && !slices.Contains(wanted, screen.Name) {
			continue
		}
		t, err := p.tab(ctx, screen.Who)
		if err != nil {
			return err
		}
		for _, look := range []tabs.Look{{Width: 1280}, {Width: 1280, Dark: true}, {Width: 390, Height: 844}, {Width: 390, Height: 844, Dark: true}} {
			look.Contrast = contrast
			t.Look(look)
			t.Go(screen.Path)
			ready(t)
			name := strings.ReplaceAll(fmt.Sprintf("%s-%s.png", screen.Name, look), " ", "-")
			if err := os.WriteFile(filepath.Join(out, name), t.Shot(whole), 0o644); err != nil {
				return err
			}
			n++
		}
	}
	fmt.Printf("%d pictures in %s\n", n, out)
	return nil
}

// photographer keeps one tab for each who looks.
type photographer struct {
	stage   *house.Stage
	browser *tabs.Browser
	open    map[string]*tabs.Tab
}

func (p photographer) tab(ctx context.Context, who string) (*tabs.Tab, error) {
	if t := p.open[who]; t != nil {
		return t, nil
	}
	t := p.browser.Tab(failed{}, p.stage.URL)
	if who != "" {
		var c *http.Client
		c, err := p.stage.Client(ctx, p.stage.Roles[who])
		if err != nil {
			return nil, err
		}
		t.SignIn(c)
	}
	p.open[who] = t
	return t, nil
}

// ready waits until letters and pictures are there and nothing moves.
func ready(t *tabs.Tab) {
	tabs.Eval[int](t, `Promise.all([document.fonts.ready, ...[...document.images].filter(i => i.loading !== "lazy").map(i => i.decode().catch(() => 0))])
		.then(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() =>
			Promise.allSettled(document.getAnimations().map(a => a.finished)).then(() => done(0))))))`)
}

// largest is how many bytes the picture of the README may take.
const largest = 300 << 10

func (p photographer) readme(ctx context.Context) error {
	t, err := p.tab(ctx, "nurse")
	if err != nil {
		return err
	}
	t.Look(tabs.Look{Width: 1280, Height: 1240})
	t.Go("/")
	ready(t)
	shot, err := png.Decode(bytes.NewReader(t.Shot(false)))
	if err != nil {
		return err
	}
	small, err := squeezed(shot)
	if err != nil {
		return err
	}
	to := filepath.Join("docs", "screenshot.png")
	if len(small) > largest {
		return fmt.Errorf("%s would be %d bytes; %d is the most", to, len(small), largest)
	}
	if err := os.WriteFile(to, small, 0o644); err != nil {
		return err
	}
	fmt.Printf("%s, %d kB\n", to, len(small)>>10)
	return nil
}

// squeezed writes a picture with a palette of its own most used colours, a quarter
// of the bytes of all of them.
func squeezed(img image.Image) ([]byte, error) {
	count := map[color.RGBA]int{}
	b := img.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			count[color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)]++
		}
	}
	used := make([]color.RGBA, 0, len(count))
	for c := range count {
		used = append(used, c)
	}
	slices.SortFunc(used, func(x, y color.RGBA) int {
		if count[x] != count[y] {
			return count[y] - count[x]
		}
		return int(x.R)<<16 + int(x.G)<<8 + int(x.B) - int(y.R)<<16 - int(y.G)<<8 - int(y.B)
	})
	palette := color.Palette{}
	for _, c := range used { // a colour close to one that is there already adds nothing
		if len(palette) < 256 && (len(palette) < 64 || near(palette, c) > 60) {
			palette = append(palette, c)
		}
	}
	small := image.NewPaletted(b, palette)
	draw.Draw(small, b, img, b.Min, draw.Src)
	var out bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestCompression}
	err := e.Encode(&out, small)
	return out.Bytes(), err
}

// near gives the squared distance to the closest colour of a palette.
func near(p color.Palette, c color.RGBA) int {
	least := 1 << 30
	for _, x := range p {
		r := x.(color.RGBA)
		dr, dg, db := int(r.R)-int(c.R), int(r.G)-int(c.G), int(r.B)-int(c.B)
		least = min(least, dr*dr+dg*dg+db*db)
	}
	return least
}
