package browser

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"testing"

	"plein/test/house"
	"plein/test/tabs"
)

//go:embed testdata/axe.min.js
var axe string

// TestEveryPageHasAScreen keeps the list of screens whole.
func TestEveryPageHasAScreen(t *testing.T) {
	screens, err := looked.Screens(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, s := range screens {
		shown[s.Route] = true
	}
	for _, r := range looked.Routes.List() {
		key := r.Method + " " + r.Pattern
		if r.Method == "GET" && !shown[key] && house.NoScreen[key] == "" {
			t.Errorf("%s is neither a screen in test/house/screens.go nor said to be none", key)
		}
	}
}

// themes are the four: day and evening, and both with more contrast.
var themes = []tabs.Look{{}, {Dark: true}, {Contrast: true}, {Dark: true, Contrast: true}}

// TestScreens looks at every page: no sideways scroll at 320, 390 and 1280 pixels,
// silence in the console, and nothing for axe to find in any theme.
func TestScreens(t *testing.T) {
	screens, err := looked.Screens(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	work := make(chan house.Screen)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			open := map[string]*tabs.Tab{} // one tab for each who looks
			defer func() {
				for _, p := range open {
					p.Close()
				}
			}()
			for s := range work {
				t.Run(s.Name, func(t *testing.T) {
					p := open[s.Who]
					if p == nil {
						p = chromium.Tab(t, looked.URL)
						if s.Who != "" {
							p.SignIn(looked.SignedIn(t, looked.Roles[s.Who]))
						}
						open[s.Who] = p
					}
					p.For(t)
					look(t, p, s)
				})
			}
		})
	}
	for _, s := range screens {
		work <- s
	}
	close(work)
	wg.Wait()
}

func look(t *testing.T, p *tabs.Tab, s house.Screen) {
	p.Look(tabs.Look{Width: 1280})
	p.Go(s.Path)
	for _, w := range p.Wrongs() {
		if !s.Missing || !strings.Contains(w, "status of 404") && !strings.Contains(w, "status of 410") { // that the page is not there is why it is asked for
			t.Errorf("%s: %s", s.Path, w)
		}
	}
	tabs.Eval[int](p, axe+";0")
	for _, width := range []int{1280, 390, 320} {
		p.Look(tabs.Look{Width: width})
		if wide := sideways(p); wide != "" {
			t.Errorf("%s scrolls sideways at %d pixels: %s", s.Path, width, wide)
		}
		if width == 320 {
			continue
		}
		for _, theme := range themes {
			theme.Width = width
			p.Look(theme)
			still(p)
			rules := everything
			if theme.Dark || theme.Contrast {
				rules = colours
			}
			for _, found := range readByAxe(p, rules) {
				t.Errorf("%s, %s: %s", s.Path, theme, found)
			}
		}
	}
}

// sideways names what is wider than the screen; "" when nothing makes it scroll.
func sideways(p *tabs.Tab) string {
	return tabs.Eval[string](p, `(() => {
		const width = document.documentElement.clientWidth;
		if (document.documentElement.scrollWidth <= width) return "";
		const out = [];
		for (const e of document.querySelectorAll("body *")) {
			const r = e.getBoundingClientRect();
			if (r.width > 0 && r.right > width + 1) out.push(e.tagName.toLowerCase() + "." + e.className + " to " + Math.round(r.right));
		}
		return out.slice(0, 5).join(", ") || "the page itself, " + document.documentElement.scrollWidth;
	})()`)
}

type finding struct {
	ID, Help string
	Nodes    []struct{ Target, Summary string }
}

// still waits until nothing moves on the page any more, so that no colour is read
// halfway from one theme to another.
func still(p *tabs.Tab) {
	tabs.Eval[int](p, `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() =>
		Promise.allSettled(document.getAnimations().map(a => a.finished)).then(() => done(0)))))`)
}

// What axe looks for: all of WCAG 2.2 AA in the day theme. Themes change nothing but
// colours (the design guide, section 3), so in the others it looks at those.
const (
	everything = `{type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}`
	colours    = `{type: "rule", values: ["color-contrast", "link-in-text-block"]}`
)

// readByAxe lists what axe finds on the page.
func readByAxe(p *tabs.Tab, rules string) (out []string) {
	for _, f := range tabs.Eval[[]finding](p, `axe.run(document, {
		runOnly: `+rules+`, resultTypes: ["violations"], preload: false, iframes: false}).then(r => r.violations.map(v => ({ID: v.id, Help: v.help, Nodes: v.nodes.slice(0, 3).map(n => ({Target: n.target.join(" "), Summary: n.failureSummary}))})))`) {
		for _, n := range f.Nodes {
			out = append(out, fmt.Sprintf("%s (%s) at %s: %s", f.ID, f.Help, n.Target, strings.ReplaceAll(n.Summary, "\n", " ")))
		}
	}
	return out
}
