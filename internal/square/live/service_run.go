package live

import (
	"context"
	"encoding/binary"
	"strings"
	"sync"
	"time"

	"plein/internal/platform/session"
	"plein/internal/plein"
)

// badges is where the bus says that a person's counts have changed; the last word
// is the person.
const badges = "live.badge."

// BadgeSubject is where to say that what a person's counts are made of has changed.
func BadgeSubject(person plein.ID) string { return badges + person.String() }

// Run tells until ctx ends, and then ends every stream.
func (s *Service) Run(ctx context.Context) error {
	stopBadges, err := s.Bus.Listen(badges+"*", func(subject string, _ []byte) {
		if id, err := plein.ParseID(strings.TrimPrefix(subject, badges)); err == nil {
			s.Badge(id)
		}
	})
	if err != nil {
		return plein.Wrap("live.run", err)
	}
	defer stopBadges()
	stopSessions, err := s.Bus.Subscribe(session.Subject, func(data []byte) {
		if len(data) == 8 {
			s.Check(plein.ID(binary.BigEndian.Uint64(data)))
		}
	})
	if err != nil {
		return plein.Wrap("live.run", err)
	}
	defer stopSessions()
	var wg sync.WaitGroup
	wg.Go(func() { each(ctx, s.wakePass, pause, func() { s.pass(ctx) }) })
	wg.Go(func() { each(ctx, s.wakeChecks, 0, func() { s.check(ctx) }) })
	wg.Go(func() { each(ctx, s.wakeCounts, 2*pause, func() { s.recount(ctx) }) })
	wg.Go(func() { s.tick(ctx) })
	wg.Wait()
	s.closeAll()
	return nil
}

// each calls fn at a nudge, the first time at once and then with a pause.
func each(ctx context.Context, wake <-chan struct{}, pause time.Duration, fn func()) {
	rest := time.NewTimer(0)
	defer rest.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		}
		fn()
		if pause == 0 {
			continue
		}
		rest.Reset(pause)
		select {
		case <-ctx.Done():
			return
		case <-rest.C:
		}
	}
}

func (s *Service) closeAll() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	for len(s.hub.all) > 0 {
		one := s.hub.all[0]
		s.hub.remove(one)
		one.finish(Closed)
	}
}

// tick does what time does: heartbeats, sessions and guests that come to their
// end, and finding what a lost signal left behind.
func (s *Service) tick(ctx context.Context) {
	t := time.NewTicker(second)
	defer t.Stop()
	for at := 0; ; at++ {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		s.beat()
		ask := s.expired(s.Clock.Now())
		ask = append(ask, s.some(at*sessions, sessions)...)
		for n := 0; n < len(ask); n += sessions {
			if err := s.look(ctx, ask[n:min(n+sessions, len(ask))]); err != nil && ctx.Err() == nil {
				s.Log.Warn("sessions could not be looked up", "err", err)
			}
		}
		for _, one := range s.some(at*heals, heals) {
			s.Badge(one.who.id)
		}
		nudge(s.wakePass) // for rights that could not be read before
	}
}

var alive = []byte(": \n\n")

// beat sends a sign of life to those whose turn it is.
func (s *Service) beat() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	s.hub.turn = (s.hub.turn + 1) % heartbeat
	var slow []*Stream
	for _, one := range s.hub.all {
		if one.turn == s.hub.turn && !one.send(alive) {
			slow = append(slow, one)
		}
	}
	for _, one := range slow {
		s.hub.remove(one)
	}
	s.numbers.slow.Add(uint64(len(slow)))
}

// some gives a number of streams, going round.
func (s *Service) some(from, n int) []*Stream {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	all := len(s.hub.all)
	if all == 0 {
		return nil
	}
	out := make([]*Stream, 0, min(n, all))
	for i := range min(n, all) {
		out = append(out, s.hub.all[(from+i)%all])
	}
	return out
}

// check looks whether sessions of some people have ended.
func (s *Service) check(ctx context.Context) {
	var ask []*Stream
	who := s.noted(s.checks)
	s.hub.mu.Lock()
	for _, id := range who {
		if p := s.hub.people[id]; p != nil {
			ask = append(ask, p.streams...)
		}
	}
	s.hub.mu.Unlock()
	for n := 0; n < len(ask); n += sessions {
		if err := s.look(ctx, ask[n:min(n+sessions, len(ask))]); err != nil && ctx.Err() == nil {
			s.Log.Warn("sessions could not be looked up; it is tried again", "err", err)
		}
	}
}

// recounting is how many people's counts are read at once: something for everybody
// must not keep the one waiting who just read something on another device.
const recounting = 4

// recount reads the counts of those for whom they changed and tells them.
func (s *Service) recount(ctx context.Context) {
	who := make(chan plein.ID)
	var wg sync.WaitGroup
	for range recounting {
		wg.Go(func() {
			for id := range who {
				s.recountOne(ctx, id)
			}
		})
	}
	for _, id := range s.noted(s.counts) {
		who <- id
	}
	close(who)
	wg.Wait()
}

func (s *Service) recountOne(ctx context.Context, id plein.ID) {
	if ctx.Err() != nil {
		return
	}
	a, err := s.Actor(ctx, id)
	var b Badges
	if err == nil {
		b, err = s.Counts(ctx, a)
	}
	if err != nil {
		if ctx.Err() == nil && plein.KindOf(err) != plein.NotFound {
			s.Log.Warn("counts could not be read", "err", err)
		}
		return
	}
	text := b.text()
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	p := s.hub.people[id]
	if p == nil || p.counts == text {
		return
	}
	p.counts = text
	f := frame("", "counts", text)
	for _, one := range p.streams {
		one.send(f)
	}
}
