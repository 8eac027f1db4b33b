package feed

import (
	"context"
	"slices"
	"sync"
	"time"

	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/access"
	"plein/internal/square/items"
)

// Deps is what the feed stands on.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	Access *access.Service
	Items  *items.Service
	// Around is the version of everything else that a page shows: names, faces,
	// labels. nil keeps pages without asking, for tests.
	Around func() uint64
	// Visited hears that somebody has now seen an audience's talk, so that their
	// other devices can know. nil is nobody.
	Visited func(person plein.ID)
}

// Service answers "what does this person see first".
type Service struct {
	db     *db.DB
	clock  clock.Clock
	access *access.Service
	items  *items.Service

	mu      sync.RWMutex
	follows map[plein.ID]Follows
	round   uint64 // up with every change of them, so that a slow read is not kept after it
	news    map[plein.ID]keptNews

	kept   *kept
	around func() uint64

	visited func(person plein.ID)
}

// New makes the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, clock: d.Clock, access: d.Access, items: d.Items, follows: make(map[plein.ID]Follows),
		news: make(map[plein.ID]keptNews), kept: newKept(), around: d.Around, visited: d.Visited}
}

// askedWithin is how long a thread in which one was named keeps its place.
const askedWithin = 14 * 24 * time.Hour

// window is how many candidates one look takes: three times a page, so that
// damping seldom needs a second look.
const window = 3 * plein.PageSize

// Shown is one page of a timeline.
type Shown struct {
	Placed []Placed
	Next   string // the cursor of the next page; empty at the end
}

// ForYou gives a page of the reader's own timeline.
func (s *Service) ForYou(ctx context.Context, a plein.Actor, at string) (Shown, error) {
	r, err := s.access.Reader(ctx, a)
	if err != nil {
		return Shown{}, err
	}
	f, err := s.Follows(ctx, a)
	if err != nil {
		return Shown{}, err
	}
	c := parseCursor(at)
	p := newPage(plein.PageSize, threads{s.items, r}, c, f.reason)
	if c.first() {
		if err := s.top(ctx, r, p); err != nil {
			return Shown{}, err
		}
	}
	placed, next, more, err := p.build(ctx)
	if err != nil {
		return Shown{}, err
	}
	out := Shown{Placed: placed}
	if more {
		out.Next = next.String()
	}
	return out, nil
}

// top places what must be read and what was asked of the reader.
func (s *Service) top(ctx context.Context, r access.Reader, p *page) error {
	musts, err := s.items.MustReads(ctx, r, maxMusts)
	if err != nil {
		return err
	}
	for _, h := range musts {
		p.onTop(h, ReasonMust)
	}
	asked, err := s.items.Asked(ctx, r, askedWithin, maxPerAuthor)
	if err != nil {
		return err
	}
	for _, h := range asked {
		p.onTop(h, ReasonAsked)
	}
	return nil
}

// threads is where a reader's own timeline comes from.
type threads struct {
	items  *items.Service
	reader access.Reader
}

func (t threads) without(ctx context.Context, authors []plein.ID, before plein.ID, limit int) ([]items.Head, error) {
	return t.items.LatestWithout(ctx, t.reader, t.reader.Feed(), authors, before, limit)
}

func (t threads) by(ctx context.Context, author, before plein.ID, limit int) ([]items.Head, error) {
	return t.items.LatestBy(ctx, t.reader, t.reader.Feed(), author, before, limit)
}

// Latest gives a page of everything in the reader's audiences, newest first and
// nothing else.
func (s *Service) Latest(ctx context.Context, a plein.Actor, at string) (Shown, error) {
	r, err := s.access.Reader(ctx, a)
	if err != nil {
		return Shown{}, err
	}
	return s.audiences(ctx, r, r.Feed(), at)
}

// Audience gives a page of the talk in one group, department or the organisation.
func (s *Service) Audience(ctx context.Context, a plein.Actor, audience plein.ID, at string) (Shown, error) {
	r, err := s.access.Reader(ctx, a)
	if err != nil {
		return Shown{}, err
	}
	return s.audiences(ctx, r, []plein.ID{audience}, at)
}

func (s *Service) audiences(ctx context.Context, r access.Reader, audiences []plein.ID, at string) (Shown, error) {
	heads, err := s.items.Latest(ctx, r, audiences, parseCursor(at).before, plein.PageSize+1)
	if err != nil {
		return Shown{}, err
	}
	return inOrder(heads, func(items.Head) Reason { return ReasonNew }), nil
}

// Following gives a page of what people and groups that the reader follows said.
func (s *Service) Following(ctx context.Context, a plein.Actor, at string) (Shown, error) {
	r, err := s.access.Reader(ctx, a)
	if err != nil {
		return Shown{}, err
	}
	f, err := s.Follows(ctx, a)
	if err != nil {
		return Shown{}, err
	}
	before := parseCursor(at).before
	said, err := s.items.ByAuthors(ctx, r, f.People, before, plein.PageSize+1)
	if err != nil {
		return Shown{}, err
	}
	there, err := s.items.Latest(ctx, r, f.Groups, before, plein.PageSize+1)
	if err != nil {
		return Shown{}, err
	}
	heads := append(said, there...)
	slices.SortFunc(heads, func(x, y items.Head) int {
		switch {
		case x.ID > y.ID:
			return -1
		case x.ID < y.ID:
			return 1
		}
		return 0
	})
	heads = slices.Compact(heads)
	return inOrder(heads[:min(len(heads), plein.PageSize+1)], f.reason), nil
}

// By gives a page of the threads that one person began, as far as the reader may
// see them.
func (s *Service) By(ctx context.Context, a plein.Actor, person plein.ID, at string) (Shown, error) {
	r, err := s.access.Reader(ctx, a)
	if err != nil {
		return Shown{}, err
	}
	heads, err := s.items.ByAuthors(ctx, r, []plein.ID{person}, parseCursor(at).before, plein.PageSize+1)
	if err != nil {
		return Shown{}, err
	}
	return inOrder(heads, func(items.Head) Reason { return ReasonNew }), nil
}

// Tagged gives a page of the threads in which a hashtag was used.
func (s *Service) Tagged(ctx context.Context, a plein.Actor, tag, at string) (Shown, error) {
	r, err := s.access.Reader(ctx, a)
	if err != nil {
		return Shown{}, err
	}
	ids, err := s.items.ByTag(ctx, r, tag, parseCursor(at).before, plein.PageSize+1)
	if err != nil {
		return Shown{}, err
	}
	heads := make([]items.Head, len(ids))
	for n, id := range ids {
		heads[n].ID = id
	}
	return inOrder(heads, func(items.Head) Reason { return ReasonNew }), nil
}

// inOrder makes a page out of one more head than fits.
func inOrder(heads []items.Head, why func(items.Head) Reason) Shown {
	var out Shown
	for n, h := range heads {
		if n == plein.PageSize {
			out.Next = cursor{before: heads[n-1].ID}.String()
			break
		}
		out.Placed = append(out.Placed, Placed{h, why(h)})
	}
	return out
}
