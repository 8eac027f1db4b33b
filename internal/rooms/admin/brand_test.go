package admin

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"plein/internal/platform/testkit"
)

func TestReadingColours(t *testing.T) {
	for s, want := range map[string]string{"#1d4d40": "#1d4d40", "1D4D40": "#1d4d40", " #abc ": "#aabbcc", "": "", "#12": "", "#12345g": "", "#-1-2-3": "", "0x1d4d": "", "#1_2_3_": ""} {
		c, ok := parseColour(s)
		if ok != (want != "") || ok && c.String() != want {
			t.Errorf("%q was read as %v, %v", s, c, ok)
		}
	}
}

func TestContrastIsThatOfTheGuide(t *testing.T) {
	green, _ := parseColour("#7fc9a9")
	if got := contrast(green, onEvening); got < 8.86 || got > 8.87 {
		t.Errorf("the evening's brand has %.3f; the design guide says 8.86", got)
	}
	if contrast(white, black) != 21 || contrast(white, white) != 1 {
		t.Error("white on black is 21, white on white 1")
	}
}

// Every colour that is taken must be readable wherever it is used, in all four
// themes; the pairs are those of the design guide.
func TestEveryShadeCanBeRead(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	taken := 0
	for i := range 4_000 {
		c := colour{uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32())}
		if i < 8 { // the corners of the cube
			c = colour{uint8(i&1) * 255, uint8(i>>1&1) * 255, uint8(i>>2&1) * 255}
		}
		err := checkBrand(c)
		if (contrast(c, white) < readable) != (err != nil) {
			t.Fatalf("%v: white on it has %.2f, and it was answered with %v", c, contrast(c, white), err)
		}
		if err != nil {
			better := c.toward(black, readable, onDay)
			if checkBrand(better) != nil {
				t.Fatalf("%v: %v was offered and is refused", c, better)
			}
			continue
		}
		taken++
		for name, th := range map[string]struct {
			shades
			on      colour
			grounds []colour
		}{
			"day": {c.day(), onDay, dayGrounds}, "evening": {c.evening(), onEvening, eveGrounds},
			"day, more": {c.dayMore(), onDay, []colour{white, {0xf2, 0xf1, 0xec}}}, "evening, more": {c.eveningMore(), onEvening, []colour{black, {0x14, 0x14, 0x14}}},
		} {
			text := map[string][2]colour{"on brand": {th.on, th.brand}, "on hover": {th.on, th.hover}, "ink on soft": {th.ink, th.soft}}
			for i, g := range th.grounds {
				text["ink on ground "+string(rune('0'+i))] = [2]colour{th.ink, g}
				if contrast(th.brand, g) < 3 {
					t.Fatalf("%v, %s: brand on %v is %.2f", c, name, g, contrast(th.brand, g))
				}
			}
			for what, pair := range text {
				if got := contrast(pair[0], pair[1]); got < readable {
					t.Fatalf("%v, %s: %s is %.2f", c, name, what, got)
				}
			}
		}
	}
	if taken < 500 {
		t.Fatalf("only %d colours were taken", taken)
	}
}

// The stylesheet must win exactly where tokens.css said something about the brand,
// so its selectors, their order and the grounds are compared with it.
func TestTheStylesheetFollowsTheTokens(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(testkit.RepoRoot(t), "web", "css", "tokens.css"))
	if err != nil {
		t.Fatal(err)
	}
	tokens := regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(string(raw), "")
	c, _ := parseColour("#8a1538")
	mine, theirs := brandBlocks(c.stylesheet()), brandBlocks(tokens)
	if strings.Join(mine, "\n") != strings.Join(theirs, "\n") {
		t.Errorf("the selectors are\n%s\nin tokens.css they are\n%s", strings.Join(mine, "\n"), strings.Join(theirs, "\n"))
	}
	for i, name := range []string{"bg", "surface", "sunken", "town-sky"} {
		found := regexp.MustCompile(`--`+name+`: (#[0-9a-f]{6})`).FindAllStringSubmatch(tokens, 2)
		if found[0][1] != dayGrounds[i].String() || found[1][1] != eveGrounds[i].String() {
			t.Errorf("%s is %v and %v here", name, dayGrounds[i], eveGrounds[i])
		}
	}
	if on := regexp.MustCompile(`--on-brand: (#[0-9a-f]{6})`).FindAllStringSubmatch(tokens, 2); on[0][1] != onDay.String() || on[1][1] != onEvening.String() {
		t.Errorf("on-brand is %v and %v here", onDay, onEvening)
	}
	if strings.ContainsAny(c.stylesheet(), "<>\\") || strings.Contains(c.stylesheet(), "url") {
		t.Error("the stylesheet holds more than colours")
	}
}

// brandBlocks lists the media and selectors of the rules that set --brand.
func brandBlocks(css string) []string {
	var out, open []string
	begin := 0
	for i, r := range css {
		switch r {
		case '{':
			open = append(open, strings.Join(strings.Fields(css[begin:i]), " "))
			begin = i + 1
		case '}':
			if strings.Contains(css[begin:i], "--brand:") {
				out = append(out, strings.Join(open, " | "))
			}
			open = open[:len(open)-1]
			begin = i + 1
		case ';':
			if !strings.Contains(css[begin:], "}") || len(open) == 0 {
				begin = i + 1
			}
		}
	}
	return out
}
