package session

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"plein/internal/platform/bus"
	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/platform/words"
	"plein/internal/plein"
)

const (
	firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
	ann     = plein.ID(1001)
	bob     = plein.ID(1002)
)

var monday = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

func each(t *testing.T, fn func(t *testing.T, s *Store, d *db.DB, c *clock.Manual)) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.Fixed(monday)
		fn(t, New(d, c), d, c)
	}, Migrations())
}

func start(t *testing.T, s *Store, person plein.ID) string {
	t.Helper()
	var token string
	err := s.db.Tx(t.Context(), func(tx *db.Tx) (err error) {
		token, err = s.Start(t.Context(), tx, person, firefox)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func find(t *testing.T, s *Store, token string) Session {
	t.Helper()
	found, err := s.Find(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func gone(t *testing.T, s *Store, token, why string) {
	t.Helper()
	if _, err := s.Find(t.Context(), token); !errors.Is(err, plein.ErrNotFound) {
		t.Fatalf("%s: got %v, want not found", why, err)
	}
}

func TestASessionIsFoundByItsTokenOnly(t *testing.T) {
	each(t, func(t *testing.T, s *Store, d *db.DB, c *clock.Manual) {
		token := start(t, s, ann)
		got := find(t, s, token)
		want := Session{ID: got.ID, Person: ann, Made: monday, Seen: monday, Ends: monday.Add(Idle), Agent: "Firefox, Windows", Current: true}
		if got != want || got.ID == 0 {
			t.Fatalf("got %+v, want %+v", got, want)
		}
		other := []byte(token)
		other[20] ^= 1
		for _, bad := range []string{"", "x", string(other), token + "=", token[:42], " " + token[1:]} {
			gone(t, s, bad, fmt.Sprintf("%q", bad))
		}
	})
}

// A copy of the database must open nothing.
func TestTheTokenIsNotInTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, s *Store, d *db.DB, _ *clock.Manual) {
		token := start(t, s, ann)
		raw, err := letters.DecodeString(token)
		if err != nil || len(raw) != 32 {
			t.Fatalf("the token is not 256 bits: %v", err)
		}
		stored, err := db.One(t.Context(), d.Read(), db.Value[[]byte], "SELECT token_hash FROM sessions_sessions")
		if err != nil {
			t.Fatal(err)
		}
		h := hash(token)
		if !bytes.Equal(stored, h[:]) || bytes.Contains(stored, raw[:8]) {
			t.Fatal("the database must hold the SHA-256 of the token and nothing else of it")
		}
	})
}

// S89: signing in never keeps what the browser had before.
func TestS89EverySignInIsANewSession(t *testing.T) {
	each(t, func(t *testing.T, s *Store, _ *db.DB, _ *clock.Manual) {
		tokens, ids := map[string]bool{}, map[plein.ID]bool{}
		for range 20 {
			token := start(t, s, ann)
			tokens[token], ids[find(t, s, token).ID] = true, true
		}
		if len(tokens) != 20 || len(ids) != 20 {
			t.Fatalf("20 sign-ins gave %d tokens and %d sessions", len(tokens), len(ids))
		}
	})
}

// S103: list mine, end one, end all; never somebody else's.
func TestS103APersonEndsTheirOwnSessions(t *testing.T) {
	each(t, func(t *testing.T, s *Store, _ *db.DB, c *clock.Manual) {
		one := start(t, s, ann)
		c.Set(monday.Add(time.Hour))
		two, three, bobs := start(t, s, ann), start(t, s, ann), start(t, s, bob)
		here := find(t, s, two)
		ctx := plein.WithActor(t.Context(), plein.Actor{ID: ann, Session: here.ID})

		list, err := s.List(ctx, ann)
		if err != nil || len(list) != 3 {
			t.Fatalf("got %d sessions (%v), want 3", len(list), err)
		}
		if last := list[2]; last.ID != find(t, s, one).ID {
			t.Fatalf("the one used longest ago must be last, got %+v", last)
		}
		for _, l := range list {
			if l.Current != (l.ID == here.ID) || l.Person != ann {
				t.Fatalf("wrong mark on %+v", l)
			}
		}

		if err := s.End(ctx, ann, find(t, s, bobs).ID); !errors.Is(err, plein.ErrNotFound) {
			t.Fatalf("ending somebody else's session: got %v", err)
		}
		find(t, s, bobs)
		if err := s.End(ctx, ann, find(t, s, one).ID); err != nil {
			t.Fatal(err)
		}
		gone(t, s, one, "ended, though it was in the cache")
		find(t, s, two)

		if err := s.EndAll(ctx, ann, here.ID); err != nil {
			t.Fatal(err)
		}
		gone(t, s, three, "all others were ended")
		find(t, s, two)
		if err := s.EndAll(ctx, ann, 0); err != nil {
			t.Fatal(err)
		}
		gone(t, s, two, "all were ended")
		find(t, s, bobs)
	})
}

func TestLivingSessionsAreToldFromTheDatabase(t *testing.T) {
	each(t, func(t *testing.T, s *Store, d *db.DB, c *clock.Manual) {
		one, two := find(t, s, start(t, s, ann)), find(t, s, start(t, s, bob))
		ids := []plein.ID{one.ID, two.ID, 12345}
		found, err := s.Living(t.Context(), ids)
		if err != nil || len(found) != 2 || !found[one.ID].Equal(one.Ends) || !found[two.ID].Equal(two.Ends) {
			t.Fatalf("%v, %v", found, err)
		}
		if err := New(d, c).End(t.Context(), ann, one.ID); err != nil { // by another process
			t.Fatal(err)
		}
		if found, err = s.Living(t.Context(), ids); err != nil || len(found) != 1 || found[two.ID].IsZero() {
			t.Fatalf("after one ended: %v, %v", found, err)
		}
		c.Set(two.Ends)
		if found, err = s.Living(t.Context(), ids); err != nil || len(found) != 0 {
			t.Fatalf("when the time is over: %v, %v", found, err)
		}
	})
}

// S90: what ends sessions in a transaction ends them when it is committed, and
// only then.
func TestS90SessionsEndWithTheTransaction(t *testing.T) {
	each(t, func(t *testing.T, s *Store, d *db.DB, _ *clock.Manual) {
		token := start(t, s, ann)
		find(t, s, token)
		undone := errors.New("undone")
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			if err := s.EndAllTx(t.Context(), tx, ann, 0); err != nil {
				return err
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		find(t, s, token)
		if err := d.Tx(t.Context(), func(tx *db.Tx) error { return s.EndAllTx(t.Context(), tx, ann, 0) }); err != nil {
			t.Fatal(err)
		}
		gone(t, s, token, "ended")
	})
}

func TestSessionsEndByTime(t *testing.T) {
	each(t, func(t *testing.T, s *Store, d *db.DB, c *clock.Manual) {
		idle, used := start(t, s, ann), start(t, s, ann)
		for day := 1; day <= 13; day++ {
			c.Set(monday.AddDate(0, 0, day))
			find(t, s, used)
		}
		c.Set(monday.Add(Idle - time.Microsecond))
		find(t, s, used) // and idle is not asked for
		c.Set(monday.Add(Idle))
		gone(t, s, idle, "not used for 14 days")
		find(t, s, used)
		if n, err := s.Count(t.Context()); err != nil || n != 1 {
			t.Fatalf("there are %d sessions (%v), want 1", n, err)
		}
		if n, err := s.Sweep(t.Context()); err != nil || n != 1 {
			t.Fatalf("swept %d (%v), want 1", n, err)
		}
		c.Set(monday.AddDate(0, 0, 25))
		if got := find(t, s, used); !got.Ends.Equal(monday.Add(Lifetime)) {
			t.Fatalf("ends at %v, want 30 days after it was made", got.Ends)
		}
		c.Set(monday.Add(Lifetime))
		gone(t, s, used, "30 days old")
		if l, err := s.List(t.Context(), ann); err != nil || len(l) != 0 {
			t.Fatalf("an ended session is listed: %v %v", l, err)
		}
		if n, err := s.Sweep(t.Context()); err != nil || n != 1 {
			t.Fatalf("swept %d (%v), want 1", n, err)
		}
	})
}

func TestSeenIsWrittenEveryFiveMinutesAtMost(t *testing.T) {
	each(t, func(t *testing.T, s *Store, d *db.DB, c *clock.Manual) {
		token := start(t, s, ann)
		stored := func() time.Time {
			v, err := db.One(t.Context(), d.Read(), db.Value[int64], "SELECT seen_at FROM sessions_sessions")
			if err != nil {
				t.Fatal(err)
			}
			return db.FromMicros(v)
		}
		for _, step := range []struct{ at, want time.Duration }{
			{0, 0}, {time.Minute, 0}, {5*time.Minute - time.Second, 0}, {5 * time.Minute, 5 * time.Minute},
			{6 * time.Minute, 5 * time.Minute}, {11 * time.Minute, 11 * time.Minute}, {3 * time.Minute, 11 * time.Minute},
		} {
			c.Set(monday.Add(step.at))
			find(t, s, token)
			if got := stored().Sub(monday); got != step.want {
				t.Fatalf("after %v: seen at %v, want %v", step.at, got, step.want)
			}
		}
	})
}

func TestTheOldestSessionMakesPlace(t *testing.T) {
	each(t, func(t *testing.T, s *Store, _ *db.DB, c *clock.Manual) {
		first := start(t, s, ann)
		find(t, s, first)
		for i := range maxPerHead {
			c.Set(monday.Add(time.Duration(i+1) * time.Second))
			start(t, s, ann)
		}
		gone(t, s, first, "fifty newer ones")
		if l, err := s.List(t.Context(), ann); err != nil || len(l) != maxPerHead {
			t.Fatalf("%d sessions (%v), want %d", len(l), err, maxPerHead)
		}
	})
}

func TestAnotherProcessHearsOverTheBus(t *testing.T) {
	each(t, func(t *testing.T, here *Store, d *db.DB, c *clock.Manual) {
		b, err := bus.Open(nil)
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		there := New(d, c) // the clock stands still, so its cache alone would never let go
		for _, s := range []*Store{here, there} {
			stop, err := s.Listen(b)
			if err != nil {
				t.Fatal(err)
			}
			defer stop()
		}
		token := start(t, here, ann)
		id := find(t, there, token).ID
		if err := here.End(t.Context(), ann, id); err != nil {
			t.Fatal(err)
		}
		testkit.Eventually(t, "the other process lets go of the session", func() bool {
			_, err := there.Find(t.Context(), token)
			return errors.Is(err, plein.ErrNotFound)
		})
	})
}

func TestWithoutTheBusTheCacheForgetsInFiveSeconds(t *testing.T) {
	each(t, func(t *testing.T, here *Store, d *db.DB, c *clock.Manual) {
		there := New(d, c)
		token := start(t, here, ann)
		id := find(t, there, token).ID
		if err := here.End(t.Context(), ann, id); err != nil {
			t.Fatal(err)
		}
		find(t, there, token) // nobody told it
		c.Set(monday.Add(5 * time.Second))
		gone(t, there, token, "five seconds later")
	})
}

// What was read before a session ended must not come into the cache after it.
func TestALateReadDoesNotReviveASession(t *testing.T) {
	c, s := newCache(), Session{ID: 5, Person: ann}
	before := c.round()
	c.drop(ann)
	c.put(hash("x"), s, monday, before)
	if _, ok := c.get(hash("x"), monday); ok {
		t.Fatal("a read from before the end was kept")
	}
	c.put(hash("x"), s, monday, c.round())
	if _, ok := c.get(hash("x"), monday); !ok {
		t.Fatal("a read from after the end was not kept")
	}
	for i := range 3 * cacheSize {
		c.put(hash(fmt.Sprint(i)), Session{ID: plein.ID(i), Person: plein.ID(i)}, monday, c.round())
	}
	if len(c.entries) > cacheSize || len(c.people) > cacheSize {
		t.Fatalf("the cache grew to %d", len(c.entries))
	}
}

func TestManyRequestsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s *Store, _ *db.DB, c *clock.Manual) {
		token := start(t, s, ann)
		c.Set(monday.Add(time.Hour))
		var wg sync.WaitGroup
		errs := make(chan error, 50)
		for range 50 {
			wg.Go(func() {
				if _, err := s.Find(context.Background(), token); err != nil {
					errs <- err
				}
			})
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			t.Error(err)
		}
	})
}

func TestCookies(t *testing.T) {
	for _, secure := range []bool{true, false} {
		c := Cookie("token", secure, monday)
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Secure != secure {
			t.Errorf("secure %v: %v", secure, c)
		}
		if want := map[bool]string{true: "__Host-plein", false: "plein"}[secure]; c.Name != want {
			t.Errorf("name %q, want %q", c.Name, want)
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.AddCookie(c)
		if got := Token(r, secure); got != "token" {
			t.Errorf("got %q", got)
		}
		if got := Token(r, !secure); got != "" {
			t.Errorf("the other cookie gave %q", got)
		}
		r.AddCookie(Cookie("second", secure, monday))
		if got := Token(r, secure); got != "" {
			t.Errorf("two cookies gave %q", got)
		}
		if no := NoCookie(secure); no.Name != c.Name || no.Path != "/" || no.MaxAge >= 0 || no.Secure != secure {
			t.Errorf("the cookie that takes it away: %v", no)
		}
	}
}

func TestAgent(t *testing.T) {
	for _, c := range []struct{ header, want string }{
		{firefox, "Firefox, Windows"},
		{"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", "Chrome, Linux"},
		{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge, Windows"},
		{"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1", "Safari, iPhone"},
		{"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1", "Chrome, iPhone"},
		{"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", "Samsung Internet, Android"},
		{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15", "Safari, Mac"},
		{"curl/8.9.1", "curl"},
		{"", ""},
		{"<script>alert(1)</script>", ""},
		{"Firefox<script>\r\nWindows", "Firefox, Windows"},
	} {
		got := Agent(c.header)
		if got != c.want {
			t.Errorf("%q: got %q, want %q", c.header, got, c.want)
		}
		if again := Agent(got); again != got {
			t.Errorf("the label %q became %q", got, again)
		}
	}
}

func TestWords(t *testing.T) {
	if _, err := words.New(Words()); err != nil {
		t.Fatal(err)
	}
}
