package house

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/plein"
)

// Start opens a house for a test and closes it with the test.
func Start(t testing.TB, o Options) *House {
	t.Helper()
	h, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Errorf("closing the house: %v", err)
		}
	})
	return h
}

// StartOn is Start on a fresh database of an engine.
func StartOn(t testing.TB, e db.Engine, o Options) *House {
	t.Helper()
	if e == db.Postgres {
		o.Database = testkit.PostgresURL(t)
	}
	return Start(t, o)
}

// NewClient gives a client without a session. It follows nothing by itself and
// keeps its cookies, as a browser does.
func NewClient() *http.Client {
	jar, _ := cookiejar.New(nil) // never fails without options
	return &http.Client{Jar: jar, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// Link makes a sign-in link, whole, as it would stand in a letter.
func (h *House) Link(ctx context.Context, person plein.ID) (string, error) {
	path, err := h.SignIn.MakeLink(ctx, person, time.Hour)
	if err != nil {
		return "", err
	}
	return h.URL + path, nil
}

// Client gives a client as whom a person is signed in: it opened a link and
// pressed the button on it.
func (h *House) Client(ctx context.Context, person plein.ID) (*http.Client, error) {
	link, err := h.Link(ctx, person)
	if err != nil {
		return nil, err
	}
	c := NewClient()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, link, strings.NewReader(url.Values{}.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := c.Do(req)
	if err != nil {
		return nil, err
	}
	if err := drain(res.Body); err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusSeeOther {
		return nil, fmt.Errorf("signing in by a link gave %s", res.Status)
	}
	return c, nil
}

// As gives a person as who acts, for calling the services themselves.
func (h *House) As(t testing.TB, person plein.ID) plein.Actor {
	t.Helper()
	a, err := h.People.Actor(t.Context(), person)
	if err != nil {
		t.Fatalf("who acts: %v", err)
	}
	return a
}

// SignedIn is Client for a test.
func (h *House) SignedIn(t testing.TB, person plein.ID) *http.Client {
	t.Helper()
	c, err := h.Client(t.Context(), person)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
