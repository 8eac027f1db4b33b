package access

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/plein"
)

// Deps is what access needs. The three questions are asked of people and groups;
// app hands them over.
type Deps struct {
	DB    *db.DB
	Clock clock.Clock

	// UnitNames and GroupNames give what a label shows. GroupNames also tells
	// whether the group still takes new items.
	UnitNames  func(ctx context.Context, ids []plein.ID) (map[plein.ID]string, error)
	GroupNames func(ctx context.Context, ids []plein.ID) (map[plein.ID]GroupName, error)
	// PeopleCount is how many people the organisation has.
	PeopleCount func(ctx context.Context) (int, error)
}

// GroupName is what a label shows of a group.
type GroupName struct {
	Name     string
	Tile     int
	Archived bool
}

// Service decides.
type Service struct {
	db    *db.DB
	clock clock.Clock
	deps  Deps

	mu        sync.RWMutex
	loaded    map[plein.ID]Reader
	counts    map[plein.ID]count
	audiences map[plein.ID]known
	loads     atomic.Uint64 // gives every reading set its version
	epoch     uint64        // raised by every forgetting, so that a slow load is not kept
}

type known struct {
	plein.Audience
	parts []audience
}

type count struct {
	n  int
	at time.Time
}

// maxReaders and maxAudiences bound the caches; past it a cache starts anew.
const (
	maxReaders   = 50_000
	maxAudiences = 100_000
)

// New makes the service.
func New(d Deps) *Service {
	s := &Service{db: d.DB, clock: d.Clock, deps: d}
	s.forgetAll()
	return s
}

// Reader gives the actor's reading set. It is cached; a change of grants on this
// node is seen at the next call. Queries do not trust it: they join the grants
// themselves (Reader.SQL), so a stale set can show too little, never too much.
func (s *Service) Reader(ctx context.Context, a plein.Actor) (Reader, error) {
	if !a.SignedIn() {
		return Reader{Guest: true}, nil
	}
	s.mu.RLock()
	r, ok := s.loaded[a.ID]
	epoch := s.epoch
	s.mu.RUnlock()
	if ok && r.Guest == a.Guest {
		return r, nil
	}
	r, err := s.load(ctx, a)
	if err != nil {
		return Reader{}, plein.Wrap("access.reader", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.epoch == epoch {
		if len(s.loaded) >= maxReaders {
			clear(s.loaded)
		}
		s.loaded[a.ID] = r
	}
	return r, nil
}

func (s *Service) load(ctx context.Context, a plein.Actor) (Reader, error) {
	held, err := grantsOf(ctx, s.db.Read(), a.ID)
	if err != nil {
		return Reader{}, err
	}
	r := Reader{Person: a.ID, Guest: a.Guest, Version: s.loads.Add(1), grants: make(map[plein.ID]time.Time, len(held))}
	if !a.Guest {
		r.feed = append(r.feed, plein.OrgAudience)
	}
	for _, g := range held {
		r.grants[g.audience] = g.since
		if g.kind == plein.Unit || g.kind.IsGroup() {
			r.feed = append(r.feed, g.audience)
		}
	}
	wider, err := compositesWith(ctx, s.db.Read(), r.feed)
	r.feed = append(r.feed, wider...)
	return r, err
}

// CanSee says whether the reader may see a thing.
func (s *Service) CanSee(ctx context.Context, r Reader, t Thing) (bool, error) {
	k, err := s.lookUp(ctx, t.Audience)
	if err != nil {
		return false, err
	}
	return canSee(r, k.parts, t.RootMade), nil
}

// SightOf looks an audience up for asking about many readers.
func (s *Service) SightOf(ctx context.Context, id plein.ID) (Sight, error) {
	k, err := s.lookUp(ctx, id)
	return Sight{Kind: k.Kind, parts: k.parts}, err
}

// Find gives an audience by its id. An unknown one is NotFound.
func (s *Service) Find(ctx context.Context, id plein.ID) (plein.Audience, error) {
	k, err := s.lookUp(ctx, id)
	if err == nil && k.ID == 0 {
		return plein.Audience{}, plein.ErrNotFound
	}
	return k.Audience, err
}

// KindsTx tells of which kinds some audiences are, inside a transaction, for
// followers of the change log: what was made a moment ago may not stand in the
// database for others yet. Unknown ids are left out.
func (s *Service) KindsTx(ctx context.Context, tx *db.Tx, ids []plein.ID) (map[plein.ID]plein.AudienceKind, error) {
	list, err := kindsOf(ctx, tx, ids)
	out := make(map[plein.ID]plein.AudienceKind, len(list))
	for _, a := range list {
		out[a.ID] = a.Kind
	}
	return out, plein.Wrap("access.kinds", err)
}

func (s *Service) lookUp(ctx context.Context, id plein.ID) (known, error) {
	found, err := s.lookUpAll(ctx, []plein.ID{id})
	return found[id], err
}

// lookUpAll gives audiences by id, from memory where it can; unknown ids are left
// out.
func (s *Service) lookUpAll(ctx context.Context, ids []plein.ID) (map[plein.ID]known, error) {
	out := make(map[plein.ID]known, len(ids))
	var missing []plein.ID
	s.mu.RLock()
	for _, id := range ids {
		if k, ok := s.audiences[id]; ok {
			out[id] = k
		} else {
			missing = append(missing, id)
		}
	}
	epoch := s.epoch
	s.mu.RUnlock()
	if len(missing) == 0 {
		return out, nil
	}
	found, err := audiencesWithParts(ctx, s.db.Read(), missing)
	if err != nil {
		return nil, plein.Wrap("access.lookup", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.audiences)+len(found) > maxAudiences {
		clear(s.audiences)
	}
	for id, k := range found {
		out[id] = k
		if s.epoch == epoch {
			s.audiences[id] = k
		}
	}
	return out, nil
}

// CanWrite says whether the actor may begin a thread in an audience. What the
// actor may not see is NotFound; what they see but may not write is Denied.
func (s *Service) CanWrite(ctx context.Context, a plein.Actor, audience plein.ID) error {
	return s.canWrite(ctx, a, audience, false)
}

// CanReply says whether the actor may answer in a thread they can see. In an open
// group everybody of the organisation may answer; only members begin threads.
func (s *Service) CanReply(ctx context.Context, a plein.Actor, audience plein.ID) error {
	return s.canWrite(ctx, a, audience, true)
}

func (s *Service) canWrite(ctx context.Context, a plein.Actor, id plein.ID, reply bool) error {
	r, err := s.Reader(ctx, a)
	if err != nil {
		return err
	}
	k, err := s.lookUp(ctx, id)
	if err != nil {
		return err
	}
	if !canSee(r, k.parts, s.clock.Now()) {
		return plein.ErrNotFound
	}
	switch k.Kind {
	case plein.Org:
		if !reply && !a.Can(plein.PostOrg) {
			return plein.ErrDenied
		}
	case plein.Open, plein.Closed, plein.Secret:
		names, err := s.deps.GroupNames(ctx, []plein.ID{id})
		if err != nil {
			return plein.Wrap("access.canwrite", err)
		}
		if names[id].Archived {
			return plein.E(plein.Denied, "access.archived", nil)
		}
		if !r.Holds(id) && (!reply || a.Guest) {
			return plein.E(plein.Denied, "access.members_only", nil)
		}
	case plein.Composite:
		if reply {
			return nil
		}
		for _, part := range k.parts {
			if err := s.canWrite(ctx, a, part.id, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// Holders lists who was granted an audience, for reaching exactly them.
func (s *Service) Holders(ctx context.Context, id plein.ID) ([]plein.ID, error) {
	ids, err := holders(ctx, s.db.Read(), id)
	return ids, plein.Wrap("access.holders", err)
}

// PeopleCount is how many people of the organisation read what is for everyone.
func (s *Service) PeopleCount(ctx context.Context) (int, error) { return s.deps.PeopleCount(ctx) }

// Reads answers CanSee wholly in the database. It is what queries join; asking it
// by itself is for tests and for acts that must not trust a cache.
func (s *Service) Reads(ctx context.Context, q db.Queryer, r Reader, t Thing) (bool, error) {
	ok, err := reads(ctx, q, r, t)
	return ok, plein.Wrap("access.reads", err)
}

func (s *Service) forget(person plein.ID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.epoch++
	delete(s.loaded, person)
}

func (s *Service) forgetAudiences() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.epoch++
	s.audiences = make(map[plein.ID]known)
}

func (s *Service) forgetAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.epoch++
	s.audiences = make(map[plein.ID]known)
	s.loaded = make(map[plein.ID]Reader)
	s.counts = make(map[plein.ID]count)
}

// Hear drops what another node's change has made stale.
func (s *Service) Hear(e plein.Event) {
	switch {
	case e.Target.Kind == "person":
		s.forget(e.Target.ID)
	case e.Object.Kind == "person":
		s.forget(e.Object.ID)
	case e.Object.Kind == "group":
		s.forgetAudiences()
	case e.Object.Kind == "unit":
		s.forgetAll()
	}
}

// Forget empties the caches.
func (s *Service) Forget() { s.forgetAll() }

// Version goes up with every change of an audience or of anybody's grants that
// this node knows of. What was shown under one version can be shown again.
func (s *Service) Version() uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.epoch
}
