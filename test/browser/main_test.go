// Package browser shows that Plein works where people meet it: in a real Chromium,
// with the keyboard alone, with scripts off, on a phone, in four themes, in two
// languages. Every page is also read by axe, may not scroll sideways, and may say
// nothing in the console.
package browser

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"plein/test/house"
	"plein/test/tabs"
)

// Four houses and one browser serve all tests of the package. The houses are
// opened before anything is asked of one of them, because ids are shown with a key
// that one process has one of.
var (
	chromium *tabs.Browser
	looked   *house.Stage // only looked at
	lived    *house.Stage // where the journeys go
	followed *house.Stage // where nobody does anything but who follows what happens
	empty    *house.House // without an administrator
)

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "browser:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	if chromium, err = tabs.Open(ctx); err != nil {
		return 1, err
	}
	defer chromium.Close()
	var houses []*house.House
	for range 4 {
		h, err := house.Open(ctx, house.Options{})
		if err != nil {
			return 1, err
		}
		defer func() {
			if err := h.Close(); err != nil {
				fmt.Fprintln(os.Stderr, "closing a house:", err)
			}
		}()
		houses = append(houses, h)
	}
	empty = houses[2]
	if looked, err = houses[0].SetStage(ctx, 0); err != nil {
		return 1, err
	}
	if lived, err = houses[1].SetStage(ctx, 0); err != nil {
		return 1, err
	}
	if followed, err = houses[3].SetStage(ctx, 0); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// tab opens a tab on a house. When the test ends, nothing may have gone wrong in it.
func tab(t *testing.T, h *house.House) *tabs.Tab {
	t.Helper()
	p := chromium.Tab(t, h.URL)
	t.Cleanup(func() {
		quiet(t, p, "in the end")
		p.Close()
	})
	return p
}

// as opens a tab as whom somebody is signed in already: who plays a role, or has a
// handle.
func as(t *testing.T, s *house.Stage, who string) *tabs.Tab {
	t.Helper()
	p := tab(t, s.House)
	id, ok := s.Roles[who]
	if !ok {
		found, err := s.People.ByHandle(t.Context(), who)
		if err != nil {
			t.Fatal(err)
		}
		id = found.ID
	}
	c, err := s.Client(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	p.SignIn(c)
	return p
}

// quiet fails for every error in the console and every refusal of the content policy.
func quiet(t *testing.T, p *tabs.Tab, where string) {
	t.Helper()
	for _, w := range p.Wrongs() {
		t.Errorf("%s: %s", where, w)
	}
}
