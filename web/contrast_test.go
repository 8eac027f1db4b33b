package web

import (
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The pairs of the design guide (section 10): who stands on what. Text needs 4.5,
// parts of the interface 3.0 (WCAG 2.2, 1.4.3 and 1.4.11). Focus on brand is not
// here: there the focus-gap ring carries the duty.
const textPairs = `
ink bg, ink-2 bg, ink-3 bg, ink surface, ink-2 surface, ink-3 surface, ink sunken, ink-2 sunken, ink-3 sunken,
ink hover, ink-2 hover, ink-3 hover, link bg, link surface, link sunken,
brand-ink bg, brand-ink surface, on-brand brand, brand-ink brand-soft, ink brand-soft,
on-brick brick, brick-ink brick-soft, ink brick-soft, brick-ink surface,
on-ochre ochre, ochre-ink ochre-soft, ink ochre-soft, ochre-ink surface,
on-delft delft, delft-ink delft-soft, ink delft-soft, delft-ink surface,
on-plum plum, plum-ink plum-soft, ink plum-soft, plum-ink surface,
on-good good, good-ink good-soft, ink good-soft, good-ink surface,
on-danger danger, danger-ink danger-soft, ink danger-soft, danger-ink surface,
ink-2 brand-soft, ink-2 ochre-soft, ink-2 brick-soft, ink-2 delft-soft, ink-2 plum-soft,
ink-3 brand-soft, ink-3 ochre-soft, ink-3 brick-soft, ink-3 delft-soft, ink-3 plum-soft,
link ochre-soft, link brick-soft, link delft-soft, link plum-soft, link good-soft, link danger-soft,
on-brand brand-hover, brick-soft brick-ink, ink mark, surface ink,
ink heat-0, ink heat-1, heat-ink-lo heat-2, heat-ink-mid heat-3, heat-ink-hi heat-4, heat-ink-hi heat-5,
night-lit night-sky, brand-ink town-sky, ink-3 hover, ink-2 brand-soft`

const uiPairs = `
line-strong surface, line-strong bg, line-strong sunken, focus surface, focus bg,
brand surface, brand bg, brand sunken, brick surface, brick sunken, good surface, danger surface,
d1 surface, d2 surface, d3 surface, d4 surface, d5 surface, d6 surface`

// White initials on a tile: the guide promises 6 in every theme.
const tilePairs = `on-tile tile-1, on-tile tile-2, on-tile tile-3, on-tile tile-4, on-tile tile-5, on-tile tile-6, on-tile tile-7, on-tile tile-8`

func TestContrastInAllFourThemes(t *testing.T) {
	for name, theme := range themes(t) {
		for _, duty := range []struct {
			pairs string
			min   float64
		}{{textPairs, 4.5}, {uiPairs, 3}, {tilePairs, 6}} {
			for pair := range strings.SplitSeq(duty.pairs, ",") {
				two := strings.Fields(pair)
				got := contrast(theme.colour(t, two[0]), theme.colour(t, two[1]))
				if got < duty.min {
					t.Errorf("%s: %s on %s is %.2f, needs %.1f", name, two[0], two[1], got, duty.min)
				}
			}
		}
	}
}

// The arithmetic, against values that the guide lists.
func TestContrastIsComputedAsTheGuideDoes(t *testing.T) {
	all := themes(t)
	for _, tc := range []struct {
		theme, over, under string
		want               float64
	}{
		{"day", "ink", "bg", 15.06}, {"day", "ink-3", "sunken", 5.04}, {"evening", "on-brand", "brand", 8.86},
		{"evening", "ink-3", "brand-soft", 5.65}, {"day, more", "heat-ink-mid", "heat-3", 5.50}, {"evening, more", "line-strong", "sunken", 18.42},
	} {
		th := all[tc.theme]
		if got := contrast(th.colour(t, tc.over), th.colour(t, tc.under)); math.Abs(got-tc.want) > 0.01 { // the guide cuts, it does not round
			t.Errorf("%s: %s on %s is %.3f, the guide says %.2f", tc.theme, tc.over, tc.under, got, tc.want)
		}
	}
}

// A reader whose device asks for a theme must get the very same one as a reader who
// chose it: the blocks under @media repeat the chosen ones.
func TestTheDevicesThemeIsTheChosenTheme(t *testing.T) {
	rules := tokenRules(t)
	for media, chosen := range map[string]string{
		`@media (prefers-color-scheme: dark)|:root:not([data-theme="light"])`:                              `|[data-theme="dark"]`,
		`@media (prefers-contrast: more)|:root`:                                                            `|:root[data-contrast="more"]`,
		`@media (prefers-contrast: more) and (prefers-color-scheme: dark)|:root:not([data-theme="light"])`: `|:root[data-theme="dark"][data-contrast="more"]`,
		`@media (prefers-color-scheme: dark)|:root[data-contrast="more"]:not([data-theme="light"])`:        `|:root[data-theme="dark"][data-contrast="more"]`,
		`@media (prefers-contrast: more)|:root[data-theme="dark"]`:                                         `|:root[data-theme="dark"][data-contrast="more"]`,
	} {
		a, b := rules[media], rules[chosen]
		if len(a) == 0 || len(b) == 0 {
			t.Errorf("there is no %s or no %s", media, chosen)
		}
		for name, value := range b {
			if a[name] != value {
				t.Errorf("%s: --%s is %q, chosen it is %q", media, name, a[name], value)
			}
		}
		if len(a) != len(b) {
			t.Errorf("%s has %d tokens, chosen it has %d", media, len(a), len(b))
		}
	}
}

func TestOnlyTokensHoldColours(t *testing.T) {
	literal := regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|\b(rgb|rgba|hsl|hsla|oklch|oklab|color)\(`)
	for _, name := range []string{"base.css", "components.css", "product.css", "bars.css"} {
		for i, line := range strings.Split(source(t, name), "\n") {
			if m := literal.FindString(line); m != "" {
				t.Errorf("css/%s:%d: %s; colours live in tokens.css", name, i+1, m)
			}
		}
	}
}

func TestEveryTokenThatIsUsedExists(t *testing.T) {
	use := regexp.MustCompile(`var\(--([a-z0-9-]+)(,)?`)
	day := themes(t)["day"]
	given := map[string]bool{"v": true, "now": true, "was": true, "goal": true, "a": true, "b": true, "tap": true}
	art, err := os.ReadFile("icons/art.svg")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"base.css": source(t, "base.css"), "components.css": source(t, "components.css"),
		"product.css": source(t, "product.css"), "art.svg": string(art)} {
		for _, m := range use.FindAllStringSubmatch(text, -1) {
			if _, ok := day[m[1]]; !ok && m[2] == "" && !given[m[1]] {
				t.Errorf("%s uses --%s, which tokens.css does not have", name, m[1])
			}
		}
	}
}

type theme map[string]string

func themes(t *testing.T) map[string]theme {
	t.Helper()
	rules := tokenRules(t)
	over := func(selectors ...string) theme {
		out := theme{}
		for _, s := range selectors {
			if len(rules["|"+s]) == 0 {
				t.Fatalf("tokens.css has no %s", s)
			}
			for name, value := range rules["|"+s] {
				out[name] = value
			}
		}
		return out
	}
	dark, more := `[data-theme="dark"]`, `:root[data-contrast="more"]`
	return map[string]theme{
		"day":           over(":root"),
		"evening":       over(":root", dark),
		"day, more":     over(":root", more),
		"evening, more": over(":root", dark, more, `:root[data-theme="dark"][data-contrast="more"]`),
	}
}

// tokenRules reads tokens.css: "@media condition|selector" to its custom properties.
func tokenRules(t *testing.T) map[string]map[string]string {
	t.Helper()
	text := regexp.MustCompile(`(?s)/\*.*?\*/`).ReplaceAllString(source(t, "tokens.css"), "")
	rules := map[string]map[string]string{}
	var stack []string
	start := 0
	for i, r := range text {
		switch r {
		case '{':
			head := text[start:i]
			stack = append(stack, strings.Join(strings.Fields(head), " "))
			start = i + 1
		case '}':
			head := stack[len(stack)-1]
			if !strings.HasPrefix(head, "@") {
				key := strings.Join(stack[:len(stack)-1], " ") + "|" + head
				if rules[key] == nil {
					rules[key] = map[string]string{}
				}
				for line := range strings.SplitSeq(text[start:i], ";") {
					if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && strings.HasPrefix(name, "--") {
						rules[key][name[2:]] = strings.TrimSpace(value)
					}
				}
			}
			stack = stack[:len(stack)-1]
			start = i + 1
		}
	}
	return rules
}

func source(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("css/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// colour resolves a token to red, green and blue between 0 and 1, through var().
func (th theme) colour(t *testing.T, name string) [3]float64 {
	t.Helper()
	value := th[name]
	for range 5 {
		inner, ok := strings.CutPrefix(value, "var(--")
		if !ok {
			break
		}
		value = th[strings.TrimSuffix(inner, ")")]
	}
	hex, ok := strings.CutPrefix(value, "#")
	if !ok || len(hex) != 6 {
		t.Fatalf("--%s is %q, not a colour that this test can read", name, value)
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		t.Fatal(fmt.Errorf("--%s: %w", name, err))
	}
	return [3]float64{float64(n>>16&255) / 255, float64(n>>8&255) / 255, float64(n&255) / 255}
}

func contrast(a, b [3]float64) float64 {
	x, y := luminance(a), luminance(b)
	if x < y {
		x, y = y, x
	}
	return (x + 0.05) / (y + 0.05)
}

func luminance(c [3]float64) float64 {
	linear := func(v float64) float64 {
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
}
