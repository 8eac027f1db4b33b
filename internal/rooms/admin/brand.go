package admin

import (
	"fmt"
	"hash/crc32"
	"math"
	"strconv"
	"strings"

	"plein/internal/plein"
)

// colour is one of sRGB.
type colour [3]uint8

// The grounds of the themes on which a brand colour stands, and what is written
// on it. They are those of tokens.css; a test compares them.
var (
	white, black = colour{0xff, 0xff, 0xff}, colour{}
	onDay        = white
	onEvening    = colour{0x0a, 0x1f, 0x17}
	dayGrounds   = []colour{{0xf2, 0xf1, 0xec}, white, {0xe9, 0xe7, 0xdf}, {0xe8, 0xee, 0xea}}              // bg, surface, sunken, town-sky
	eveGrounds   = []colour{{0x10, 0x15, 0x13}, {0x1a, 0x20, 0x1d}, {0x24, 0x2b, 0x27}, {0x13, 0x1a, 0x17}} // the same
)

// readable is the least contrast of text (WCAG 2.2, 1.4.3). Where more contrast is
// asked for the shades go up to plain (1.4.6).
const (
	readable = 4.5
	plain    = 7.0
)

// parseColour reads "#1d4d40", with or without the sign, or the short "#1d4".
func parseColour(s string) (c colour, ok bool) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "#")
	if len(s) == 3 {
		s = string([]byte{s[0], s[0], s[1], s[1], s[2], s[2]})
	}
	if len(s) != 6 {
		return c, false
	}
	for i := range c {
		n, err := strconv.ParseUint(s[2*i:2*i+2], 16, 8)
		if err != nil {
			return colour{}, false
		}
		c[i] = uint8(n)
	}
	return c, !strings.ContainsAny(s, "+-_")
}

// String writes "#1d4d40".
func (c colour) String() string { return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]) }

// luminance is that of WCAG 2.2.
func (c colour) luminance() float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
}

// contrast is the ratio of two colours, 1 to 21.
func contrast(a, b colour) float64 {
	x, y := a.luminance(), b.luminance()
	if x < y {
		x, y = y, x
	}
	return (x + 0.05) / (y + 0.05)
}

// mix gives c with a share of another colour in it, 0 to 1.
func (c colour) mix(with colour, share float64) colour {
	for i := range c {
		c[i] = uint8(math.Round(float64(c[i])*(1-share) + float64(with[i])*share))
	}
	return c
}

// toward mixes c with another colour step by step until it can be told from every
// ground.
func (c colour) toward(end colour, least float64, grounds ...colour) colour {
	for step := range 101 {
		out := c.mix(end, float64(step)/100)
		clear := true
		for _, g := range grounds {
			clear = clear && contrast(out, g) >= least
		}
		if clear {
			return out
		}
	}
	return end
}

// shades are the custom properties of one theme.
type shades struct{ brand, hover, ink, soft, line colour }

// day gives the shades on light paper; white stands on brand.
func (c colour) day() shades {
	s := shades{brand: c, hover: c.mix(black, .25), soft: c.mix(white, .87), line: c.mix(white, .6)}
	s.ink = c.toward(black, readable, append(dayGrounds, s.soft)...)
	return s
}

// evening gives the shades on dark paper; dark ink stands on brand.
func (c colour) evening() shades {
	s := shades{brand: c.toward(white, 6.5, onEvening, eveGrounds[1])}
	s.hover, s.soft, s.line = s.brand.mix(white, .25), eveGrounds[1].mix(s.brand, .14), eveGrounds[1].mix(s.brand, .35)
	s.ink = s.brand.toward(white, plain, append(eveGrounds, s.soft)...)
	return s
}

// dayMore and eveningMore are for who asks for more contrast: no tints.
func (c colour) dayMore() shades {
	strong := c.toward(black, 10, white)
	return shades{brand: strong, hover: strong.mix(black, .4), ink: strong, soft: white, line: strong}
}

func (c colour) eveningMore() shades {
	strong := c.toward(white, 11, black, onEvening)
	return shades{brand: strong, hover: strong.mix(white, .4), ink: strong, soft: black, line: strong}
}

// checkBrand refuses a colour on which white cannot be read, and says how far off
// it is and which shade of it would do.
func checkBrand(c colour) error {
	day, evening := contrast(c, onDay), contrast(c.evening().brand, onEvening)
	if least := min(day, evening); least < readable {
		// Cut, not rounded: 4,49 must not be told as 4,5.
		return plein.FieldError("brand", "admin.error.brand_pale", plein.Args{"ratio": math.Floor(least*10) / 10, "least": readable,
			"better": c.toward(black, readable, onDay).String()})
	}
	return nil
}

// stylesheet writes the custom properties for all four themes. Its selectors are
// those of tokens.css, in the same order, so that each block wins exactly where
// the block it replaces did.
func (c colour) stylesheet() string {
	var b strings.Builder
	write := func(media, selector string, s shades) {
		block := fmt.Sprintf("%s { --brand: %s; --brand-hover: %s; --brand-soft: %s; --brand-ink: %s; --brand-line: %s; }",
			selector, s.brand, s.hover, s.soft, s.ink, s.line)
		if media != "" {
			block = "@media " + media + " { " + block + " }"
		}
		b.WriteString(block + "\n")
	}
	const dark, more = "(prefers-color-scheme: dark)", "(prefers-contrast: more)"
	write("", ":root", c.day())
	write("", `[data-theme="dark"]`, c.evening())
	write(dark, `:root:not([data-theme="light"])`, c.evening())
	write("", `:root[data-contrast="more"]`, c.dayMore())
	write(more, ":root", c.dayMore())
	write("", `:root[data-theme="dark"][data-contrast="more"]`, c.eveningMore())
	write(more+" and "+dark, `:root:not([data-theme="light"])`, c.eveningMore())
	write(dark, `:root[data-contrast="more"]:not([data-theme="light"])`, c.eveningMore())
	write(more, `:root[data-theme="dark"]`, c.eveningMore())
	return b.String()
}

// brandVersion changes with what the stylesheet says, so that a browser may keep
// it for ever; also when a later version of the house computes other shades.
func brandVersion(stylesheet string) string {
	return strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(stylesheet))), 36)
}
