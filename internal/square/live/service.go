package live

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"plein/internal/platform/bus"
	"plein/internal/platform/changes"
	"plein/internal/platform/clock"
	"plein/internal/plein"
	"plein/internal/square/access"
	"plein/internal/square/items"
)

// Deps is what the streams stand on.
type Deps struct {
	Bus    *bus.Bus
	Clock  clock.Clock
	Access *access.Service
	Items  *items.Service
	Key    [16]byte // of the installation, for places that browsers keep
	Log    *slog.Logger

	// Actor tells how somebody acts now; NotFound when they are not here any more.
	Actor func(ctx context.Context, person plein.ID) (plein.Actor, error)
	// Sessions tells of some sessions which live, and until when.
	Sessions func(ctx context.Context, ids []plein.ID) (map[plein.ID]time.Time, error)
	// Counts gives what stands beside a person's menu.
	Counts func(ctx context.Context, a plein.Actor) (Badges, error)
}

// MaxStreams is how many browsers of one person are told at once. The one beyond
// ends the oldest, which stays silent until somebody looks at it again: whoever
// lost a laptop with twenty windows must not be shut out on the next one.
const MaxStreams = 20

const (
	window     = 10 * time.Minute      // how long a broken stream can go on from its place
	pause      = 50 * time.Millisecond // between two passes, so that a flood costs a few writes and not thousands
	second     = time.Second
	heartbeat  = 25      // seconds between signs of life; proxies give up after thirty or sixty
	sessions   = 500     // how many sessions are looked up at once, each second
	heals      = 10      // people whose counts are read again each second, in turn
	maxPending = 100_000 // lines that wait for a pass; beyond it everybody is told to look again
	maxReplay  = maxQueue / 2
)

// Service tells people what changes.
type Service struct {
	Deps
	hub    *hub
	tokens tokens

	mu      sync.Mutex
	pending []heard
	busy    bool
	lost    bool // more came than fits
	checks  map[plein.ID]struct{}
	counts  map[plein.ID]struct{}

	wakePass, wakeChecks, wakeCounts chan struct{}
	numbers                          numbers
}

type heard struct {
	event plein.Event
	place changes.Place
}

// New makes the service. It hears nothing before Begin and tells nothing before Run.
func New(d Deps) *Service {
	d.Log = d.Log.With("part", "live")
	return &Service{Deps: d, hub: newHub(), tokens: newTokens(d.Key), checks: map[plein.ID]struct{}{}, counts: map[plein.ID]struct{}{},
		wakePass: make(chan struct{}, 1), wakeChecks: make(chan struct{}, 1), wakeCounts: make(chan struct{}, 1)}
}

// Back is from when on a new process reads the change log, so that streams that
// another one ended go on without a gap.
func (s *Service) Back() time.Time { return s.Clock.Now().Add(-window) }

// Begin says after which place Hear will be called for every line.
func (s *Service) Begin(p changes.Place) { s.hub.begin(p) }

// Hear takes a line of the change log. It is quick; the work is done by Run. Lines
// may come twice; those of one log come in its order.
func (s *Service) Hear(e plein.Event, p changes.Place) {
	s.mu.Lock()
	if len(s.pending) < maxPending {
		s.pending = append(s.pending, heard{e, p})
	} else {
		s.lost = true
	}
	s.mu.Unlock()
	nudge(s.wakePass)
}

// Quiet says that everything that was heard up to a place has been passed on.
func (s *Service) Quiet(p changes.Place) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.pending) == 0 && !s.busy && !p.After(s.hub.newest())
}

// Looking lists who has a page open on this node, for whoever changed what the counts
// of very many are made of and would tell those who look.
func (s *Service) Looking() []plein.ID { return s.hub.looking() }

// Badge says that what a person's counts are made of has changed.
func (s *Service) Badge(person plein.ID) {
	s.hub.mu.Lock()
	_, here := s.hub.people[person]
	s.hub.mu.Unlock()
	if here {
		s.note(s.counts, person)
		nudge(s.wakeCounts)
	}
}

// Check says that sessions of a person may have ended.
func (s *Service) Check(person plein.ID) {
	s.note(s.checks, person)
	nudge(s.wakeChecks)
}

func (s *Service) note(set map[plein.ID]struct{}, id plein.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	set[id] = struct{}{}
}

func (s *Service) noted(set map[plein.ID]struct{}) []plein.ID {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := sortedIDs(set)
	clear(set)
	return ids
}

func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// pass handles the lines that wait.
func (s *Service) pass(ctx context.Context) {
	s.mu.Lock()
	lines, lost := s.pending, s.lost
	s.pending, s.lost, s.busy = nil, false, true
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.busy = false
	}()
	for _, l := range lines {
		if s.hub.take(l.place) {
			s.handle(ctx, l)
		}
	}
	if lost { // rights may have changed unheard, and what was said is missed
		s.hub.distrust(0)
		s.everybodyMissed()
	}
	s.judge(ctx)
}

func (s *Service) handle(ctx context.Context, h heard) {
	e := h.event
	switch { // as access hears it
	case e.Target.Kind == "person":
		s.hub.distrust(e.Target.ID)
	case e.Object.Kind == "person":
		s.hub.distrust(e.Object.ID)
	case e.Object.Kind == "unit":
		s.hub.distrust(0)
	}
	w := whatOf(e)
	if w == nothing || s.Clock.Now().Sub(e.At) > window {
		return
	}
	sight, err := s.Access.SightOf(ctx, e.Audience)
	if err != nil {
		s.Log.Warn("somebody is told late", "err", err)
		s.everybodyMissed()
		return
	}
	if sight.Kind == plein.Composite && s.hub.meetComposite(e.Audience) {
		s.hub.distrust(0)
	}
	s.judge(ctx)
	l := line{place: h.place, at: e.At, what: w, audience: e.Audience, thread: e.Target.ID, actor: e.Actor}
	l.frame, l.beside = framesOf(s.tokens.seal(h.place, s.Clock.Now()), w, e)
	s.hub.mu.Lock()
	s.hub.keep(l)
	slow := s.hub.receivers(l, sight)
	for _, one := range slow {
		s.hub.remove(one)
	}
	s.hub.mu.Unlock()
	s.numbers.events.Add(1)
	s.numbers.slow.Add(uint64(len(slow)))
}

// judge reads the rights of those whose grants may have changed. Until they are
// known, a person sees nothing.
func (s *Service) judge(ctx context.Context) {
	for _, id := range s.hub.doubted() {
		a, err := s.Actor(ctx, id)
		r := access.Reader{Guest: true}
		if err == nil {
			r, err = s.Access.Reader(ctx, a)
		}
		if plein.KindOf(err) == plein.NotFound && err != nil {
			s.finish(id, Ended)
			continue
		}
		s.hub.mu.Lock()
		p := s.hub.people[id]
		switch {
		case p == nil:
		case err != nil:
			s.hub.place(p, access.Reader{Guest: true}, p.until)
			s.hub.stale[id] = struct{}{}
			p.missed = true
		default:
			s.hub.place(p, r, a.Until)
			if p.missed {
				p.missed = false
				for _, one := range p.streams {
					one.send(reload)
				}
			}
		}
		s.hub.mu.Unlock()
		if err != nil && ctx.Err() == nil {
			s.Log.Warn("somebody is told late", "err", err)
		}
	}
}

// reload tells a browser that it cannot be told what it missed; the page offers to
// look again.
var reload = frame("", "reload", "{}")

func (s *Service) everybodyMissed() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	for id, p := range s.hub.people {
		p.missed = true
		s.hub.stale[id] = struct{}{}
	}
	s.hub.floor, s.hub.recent = s.hub.last, nil
}

// finish ends all streams of a person.
func (s *Service) finish(person plein.ID, why Reason) {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	if p := s.hub.people[person]; p != nil {
		for len(p.streams) > 0 {
			one := p.streams[0]
			s.hub.remove(one)
			one.finish(why)
		}
	}
}

// Numbers are for whoever looks after the machine. They name nobody.
type Numbers struct {
	Streams, People int    // now
	Opened          uint64 // since the start
	Events          uint64 // passed on, each counted once
	Slow            uint64 // streams that ended because nobody read them
	Full            uint64 // streams that made place for another of the same person
	Ended           uint64 // streams that ended with their session
}

// Numbers counts.
func (s *Service) Numbers() Numbers {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	n := &s.numbers
	return Numbers{Streams: len(s.hub.all), People: len(s.hub.people), Opened: n.opened.Load(), Events: n.events.Load(),
		Slow: n.slow.Load(), Full: n.full.Load(), Ended: n.ended.Load()}
}
