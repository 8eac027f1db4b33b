package session

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"time"

	"plein/internal/platform/bus"
	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/plein"
)

// How long a session lasts.
const (
	Lifetime = 30 * 24 * time.Hour // at most, from sign-in
	Idle     = 14 * 24 * time.Hour // without use

	seenEvery  = 5 * time.Minute // how exactly "last seen" is kept
	maxPerHead = 50              // a person's sessions; the longest unused one makes place
)

// Subject is what the bus carries when sessions ended: the person's id, eight
// bytes, big-endian.
const Subject = "sessions.ended"

// Session is one browser in which a person is signed in.
type Session struct {
	ID      plein.ID
	Person  plein.ID
	Made    time.Time
	Seen    time.Time // within five minutes
	Ends    time.Time // when it ends if it is not used again
	Agent   string    // browser and system, as in "Firefox, Windows"; "" when unknown
	Current bool      // the one that asks
}

// Store keeps the sessions.
type Store struct {
	db    *db.DB
	clock clock.Clock
	cache *cache
	bus   *bus.Bus // nil in one process that nobody else shares the database with
}

// New makes a store on a database.
func New(d *db.DB, c clock.Clock) *Store {
	return &Store{db: d, clock: c, cache: newCache()}
}

// Listen makes ended sessions known to other processes over the bus, and hears
// of theirs. It is called once, before the first request.
func (s *Store) Listen(b *bus.Bus) (stop func(), err error) {
	s.bus = b
	stop, err = b.Subscribe(Subject, func(data []byte) {
		if len(data) == 8 {
			s.cache.drop(plein.ID(binary.BigEndian.Uint64(data)))
		}
	})
	return stop, plein.Wrap("session.listen", err)
}

type digest [sha256.Size]byte

func hash(token string) digest { return sha256.Sum256([]byte(token)) }

var letters = base64.RawURLEncoding.Strict()

// Start makes a new session in the caller's transaction and gives the token for
// the cookie. Nothing of a session that the browser had before is taken over
// (TRUST S89). agent is the User-Agent header as it came; only its label is kept.
func (s *Store) Start(ctx context.Context, tx *db.Tx, person plein.ID, agent string) (token string, err error) {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails since Go 1.24
	token = letters.EncodeToString(raw[:])
	now := s.clock.Now()
	n := Session{ID: plein.NewID(now), Person: person, Made: now, Seen: now, Ends: ends(now, now), Agent: Agent(agent)}
	if err := makeRoom(ctx, tx, person, maxPerHead-1); err != nil {
		return "", plein.Wrap("session.start", err)
	}
	if err := insert(ctx, tx, n, hash(token)); err != nil {
		return "", plein.Wrap("session.start", err)
	}
	tx.AfterCommit(func() { s.forget(person) }) // one that made place is out at once
	return token, nil
}

func ends(made, seen time.Time) time.Time {
	if idle := seen.Add(Idle); idle.Before(made.Add(Lifetime)) {
		return idle
	}
	return made.Add(Lifetime)
}

// Find gives the session of a token, or plein.ErrNotFound when there is none or
// it has ended. It must not be called inside a transaction: now and then it
// writes down that the session was seen.
func (s *Store) Find(ctx context.Context, token string) (Session, error) {
	if len(token) != 43 { // 32 bytes in base64
		return Session{}, plein.ErrNotFound
	}
	h, now := hash(token), s.clock.Now()
	found, ok := s.cache.get(h, now)
	if !ok {
		round := s.cache.round()
		var err error
		if found, err = findByToken(ctx, s.db.Read(), h); err != nil {
			return Session{}, plein.Wrap("session.find", err)
		}
		s.cache.put(h, found, now, round)
	}
	if !now.Before(found.Ends) {
		return Session{}, plein.ErrNotFound
	}
	if now.Sub(found.Seen) >= seenEvery {
		found.Seen, found.Ends = now, ends(found.Made, now)
		s.cache.seen(h, found) // first, so that requests at the same moment do not all write
		// Reading goes on when the disk is full: not knowing when somebody was seen
		// last is no reason to shut them out.
		err := s.db.Tx(ctx, func(tx *db.Tx) error { return seen(ctx, tx, found) })
		if err != nil && !db.IsUnavailable(err) && ctx.Err() == nil {
			return Session{}, plein.Wrap("session.find", err)
		}
	}
	found.Current = true
	return found, nil
}

// List gives a person's sessions, the one used last first. The one of the actor
// in ctx is marked as current.
func (s *Store) List(ctx context.Context, person plein.ID) ([]Session, error) {
	all, err := list(ctx, s.db.Read(), person, s.clock.Now())
	current := plein.ActorFrom(ctx).Session
	for i := range all {
		all[i].Current = all[i].ID == current
	}
	return all, plein.Wrap("session.list", err)
}

// Living tells of some sessions which have not ended, and when each will if it is
// not used again. It looks in the database: for streams, which outlive a request.
func (s *Store) Living(ctx context.Context, ids []plein.ID) (map[plein.ID]time.Time, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := living(ctx, s.db.Read(), ids, s.clock.Now())
	return found, plein.Wrap("session.living", err)
}

// Count tells how many sessions there are, of everybody together.
func (s *Store) Count(ctx context.Context) (int, error) {
	n, err := count(ctx, s.db.Read(), s.clock.Now())
	return n, plein.Wrap("session.count", err)
}

// End ends one session of a person. Somebody else's is plein.ErrNotFound.
func (s *Store) End(ctx context.Context, person, id plein.ID) error {
	return plein.Wrap("session.end", s.db.Tx(ctx, func(tx *db.Tx) error {
		n, err := remove(ctx, tx, person, id)
		if err == nil && n == 0 {
			err = plein.ErrNotFound
		}
		tx.AfterCommit(func() { s.forget(person) })
		return err
	}))
}

// EndAll ends every session of a person but one; zero for except ends them all.
func (s *Store) EndAll(ctx context.Context, person, except plein.ID) error {
	return s.db.Tx(ctx, func(tx *db.Tx) error { return s.EndAllTx(ctx, tx, person, except) })
}

// EndAllTx does the same in the caller's transaction, for what has to end
// together with it: a changed password, a closed account (TRUST S90).
func (s *Store) EndAllTx(ctx context.Context, tx *db.Tx, person, except plein.ID) error {
	if err := removeAll(ctx, tx, person, except); err != nil {
		return plein.Wrap("session.end_all", err)
	}
	tx.AfterCommit(func() { s.forget(person) })
	return nil
}

// Sweep removes the rows of ended sessions and tells how many there were. It is
// called once a day; until then an ended session is refused by its time.
func (s *Store) Sweep(ctx context.Context) (removed int64, err error) {
	err = s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		removed, err = removeEnded(ctx, tx, s.clock.Now())
		return err
	})
	return removed, plein.Wrap("session.sweep", err)
}

// forget makes the next request of a person look in the database, here and in
// other processes. When the bus is down they notice after the cache's few
// seconds.
func (s *Store) forget(person plein.ID) {
	s.cache.drop(person)
	if s.bus != nil {
		_ = s.bus.Publish(Subject, binary.BigEndian.AppendUint64(nil, uint64(person)))
	}
}

// cookieName has the prefix that no other host of the domain can set, where the
// connection allows that. On plain loopback, in a demo, it cannot be used.
func cookieName(secure bool) string {
	if secure {
		return "__Host-plein"
	}
	return "plein"
}

// Cookie makes the cookie that carries a token until the session ends.
func Cookie(token string, secure bool, ends time.Time) *http.Cookie {
	return &http.Cookie{Name: cookieName(secure), Value: token, Path: "/", Expires: ends,
		Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

// NoCookie makes the cookie that takes the token away, at sign-out.
func NoCookie(secure bool) *http.Cookie {
	return &http.Cookie{Name: cookieName(secure), Path: "/", MaxAge: -1,
		Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

// Token reads the token from a request's cookie; "" when there is none, or when
// there are two, which no browser of ours sends.
func Token(r *http.Request, secure bool) string {
	if all := r.CookiesNamed(cookieName(secure)); len(all) == 1 {
		return all[0].Value
	}
	return ""
}

// Forget empties the cache of sessions.
func (s *Store) Forget() {
	s.cache.mu.Lock()
	defer s.cache.mu.Unlock()
	s.cache.rounds++
	s.cache.clear()
}
