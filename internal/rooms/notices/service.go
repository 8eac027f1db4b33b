package notices

import (
	"context"
	"math"
	"slices"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/access"
	"plein/internal/square/groups"
)

// Service holds the verbs.
type Service struct {
	Deps
	numbers *numbers
}

const (
	// mostCounted is where the number beside the bell stops: it says "9+".
	mostCounted = 10
	// mostShown is how many things of one line are looked at. Who did the rest is
	// "others".
	mostShown = 40
	// mostLooks is how often a page looks further when lines turn out to be gone.
	mostLooks = 5

	keepRead   = 90 * 24 * time.Hour
	keepUnread = 180 * 24 * time.Hour
	// callsReach is how far back somebody who comes for the first time is called.
	callsReach = 14 * 24 * time.Hour
)

// top lies above every line.
var top = place{newest: math.MaxInt64, target: math.MaxInt64}

// Unread gives how many lines the actor has not read, at most mostCounted: for the
// number beside the bell.
func (s *Service) Unread(ctx context.Context, a plein.Actor) (int, error) {
	if !a.SignedIn() {
		return 0, nil
	}
	r, err := s.Access.Reader(ctx, a)
	if err != nil {
		return 0, err
	}
	at, now := s.numbers.stampOf(r), s.Clock.Now()
	if n, ok := s.numbers.get(a.ID, at, now); ok {
		return n, nil
	}
	if err := s.gather(ctx, a, r); err != nil {
		return 0, plein.Wrap("notices.unread", err)
	}
	n := 0
	below := top
	for range mostLooks {
		list, err := lines(ctx, s.DB.Read(), r, "unread", below, mostCounted)
		if err != nil {
			return 0, plein.Wrap("notices.unread", err)
		}
		seen, err := s.shown(ctx, a, r, list)
		if err != nil {
			return 0, plein.Wrap("notices.unread", err)
		}
		n += len(seen)
		if n >= mostCounted || len(list) < mostCounted {
			break
		}
		below = place{list[len(list)-1].newest, list[len(list)-1].Target}
	}
	n = min(n, mostCounted)
	s.numbers.put(a.ID, at, now, n)
	return n, nil
}

// list gives a page of lines, newest first, with the place to go on from; the zero
// place at the end.
func (s *Service) list(ctx context.Context, a plein.Actor, filter string, below place) ([]line, place, error) {
	r, err := s.Access.Reader(ctx, a)
	if err != nil {
		return nil, place{}, err
	}
	if err := s.gather(ctx, a, r); err != nil {
		return nil, place{}, plein.Wrap("notices.list", err)
	}
	var out []line
	for range mostLooks {
		found, err := lines(ctx, s.DB.Read(), r, filter, below, plein.PageSize+1)
		if err != nil {
			return nil, place{}, plein.Wrap("notices.list", err)
		}
		seen, err := s.shown(ctx, a, r, found)
		if err != nil {
			return nil, place{}, plein.Wrap("notices.list", err)
		}
		out = append(out, seen...)
		if len(out) > plein.PageSize {
			last := out[plein.PageSize-1]
			return out[:plein.PageSize], place{last.newest, last.Target}, nil
		}
		if len(found) <= plein.PageSize {
			return out, place{}, nil
		}
		below = place{found[len(found)-1].newest, found[len(found)-1].Target}
	}
	return out, below, nil
}

// shown fills lines with what may be shown of them now, and leaves out those of
// which nothing is left: the reader may not see it, it was deleted or taken back,
// or it was answered.
func (s *Service) shown(ctx context.Context, a plein.Actor, r access.Reader, list []line) ([]line, error) {
	if len(list) == 0 {
		return nil, nil
	}
	keys := make([]key, len(list))
	sorts := map[string]bool{}
	for n, l := range list {
		keys[n] = l.key
		sorts[l.About] = true
	}
	events, err := eventsOf(ctx, s.DB.Read(), a.ID, keys, mostShown)
	if err != nil {
		return nil, err
	}
	var ids []plein.ID
	for k, es := range events {
		if k.About == aboutThread {
			ids = append(ids, k.Target)
		}
		for _, e := range es {
			if e.item != 0 {
				ids = append(ids, e.item)
			}
		}
	}
	slices.Sort(ids)
	living, err := s.Items.Living(ctx, r, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	var roles map[plein.ID]groups.Role
	if sorts[aboutRequests] {
		if roles, err = s.Groups.Roles(ctx, a.ID); err != nil {
			return nil, err
		}
	}
	invited := map[plein.ID]bool{}
	if sorts[aboutInvitation] {
		mine, err := s.Groups.MyInvitations(ctx, a)
		if err != nil {
			return nil, err
		}
		for _, i := range mine {
			invited[i.Group] = true
		}
	}
	out := list[:0:0]
	for _, l := range list {
		if l.About == aboutRequests && !roles[l.Target].Runs() || l.About == aboutInvitation && !invited[l.Target] {
			continue
		}
		for _, e := range events[l.key] {
			if e.item != 0 && !living[e.item] || e.what == whatReply && !living[l.Target] {
				continue
			}
			l.events = append(l.events, e)
		}
		if len(l.events) > 0 {
			out = append(out, l)
		}
	}
	return out, nil
}

// gather takes the actor's own copy of what called their audiences since they
// last came by.
func (s *Service) gather(ctx context.Context, a plein.Actor, r access.Reader) error {
	if len(r.Feed()) == 0 {
		return nil
	}
	const most = 100
	for {
		after, err := callsTo(ctx, s.DB.Read(), a.ID)
		if err != nil {
			return err
		}
		since := s.Clock.Now().Add(-callsReach)
		calls, err := callsAfter(ctx, s.DB.Read(), r, after, since, most)
		if err != nil || len(calls) == 0 {
			return err
		}
		if err := s.DB.Tx(ctx, func(tx *db.Tx) error { return s.take(ctx, tx, a.ID, calls) }); err != nil {
			return err
		}
		if len(calls) < most {
			return nil
		}
	}
}

// take writes calls down for one person, as if they had been told by themselves.
func (s *Service) take(ctx context.Context, tx *db.Tx, person plein.ID, calls []call) error {
	var refs []plein.Ref
	for _, c := range calls {
		refs = append(refs, c.mutes()...)
	}
	muting, err := s.Feed.Muting(ctx, tx, []plein.ID{person}, refs)
	if err != nil {
		return err
	}
	for _, c := range calls {
		muted := slices.ContainsFunc(c.mutes(), func(r plein.Ref) bool { return slices.Contains(muting[person], r) })
		if muted || c.actor == person {
			continue
		}
		fresh, err := putEvents(ctx, tx, []plein.ID{person}, c.note)
		if err != nil {
			return err
		}
		if len(fresh) > 0 {
			c.must = c.what == whatMust
			if err := touchLines(ctx, tx, fresh, c.note); err != nil {
				return err
			}
		}
	}
	return setCallsTo(ctx, tx, person, calls[len(calls)-1].id)
}

func (c call) mutes() []plein.Ref {
	return []plein.Ref{{Kind: "person", ID: c.actor}, {Kind: "thread", ID: c.Target}, {Kind: "group", ID: c.target}, {Kind: "group", ID: c.audience}}
}

// Opened marks the line of a conversation as read, because the actor looks at it.
func (s *Service) Opened(ctx context.Context, a plein.Actor, root plein.ID) error {
	return s.saw(ctx, a, root, aboutThread)
}

// Visited marks as read what a visit to a group shows by itself.
func (s *Service) Visited(ctx context.Context, a plein.Actor, group plein.ID) error {
	return s.saw(ctx, a, group, aboutTalk, aboutAdmission)
}

func (s *Service) saw(ctx context.Context, a plein.Actor, target plein.ID, about ...string) error {
	if _, err := s.Unread(ctx, a); err != nil { // which also gathers what called them there
		return err
	}
	unread, err := waiting(ctx, s.DB.Read(), a.ID, target, about)
	if err != nil || !unread {
		return plein.Wrap("notices.saw", err)
	}
	return s.mark(ctx, a, func(ctx context.Context, tx *db.Tx) (bool, error) { return markRead(ctx, tx, a.ID, target, about) })
}

// setRead marks one line.
func (s *Service) setRead(ctx context.Context, a plein.Actor, k key, read bool) error {
	if !k.known() {
		return plein.ErrNotFound
	}
	return s.mark(ctx, a, func(ctx context.Context, tx *db.Tx) (bool, error) {
		if read {
			return markRead(ctx, tx, a.ID, k.Target, []string{k.About})
		}
		return markUnread(ctx, tx, a.ID, k)
	})
}

// readAll marks every line up to a place as read: what came after the page was
// made was not seen.
func (s *Service) readAll(ctx context.Context, a plein.Actor, upTo int64) error {
	return s.mark(ctx, a, func(ctx context.Context, tx *db.Tx) (bool, error) { return markAllRead(ctx, tx, a.ID, upTo) })
}

func (s *Service) mark(ctx context.Context, a plein.Actor, fn func(ctx context.Context, tx *db.Tx) (bool, error)) error {
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		changed, err := fn(ctx, tx)
		if changed {
			tx.AfterCommit(func() {
				s.numbers.changed(a.ID)
				s.signal(a.ID)
			})
		}
		return err
	})
	return plein.Wrap("notices.mark", err)
}

// signal says over the bus that the number of a person may be another now. Nothing
// depends on it: whoever missed it sees the number with the next page.
func (s *Service) signal(person plein.ID) {
	if err := s.Publish("live.badge."+person.String(), nil); err != nil {
		s.Log.Warn("a number beside a bell is shown late", "err", err)
	}
}

// Sweep throws away lines that were read three months ago, and those that nobody
// read for half a year.
func (s *Service) Sweep(ctx context.Context) (removed int64, err error) {
	const most = 1000
	for {
		var n int64
		err := s.DB.Tx(ctx, func(tx *db.Tx) (err error) {
			now := s.Clock.Now()
			n, err = sweepLines(ctx, tx, now.Add(-keepRead), now.Add(-keepUnread), most)
			return err
		})
		removed += n
		if err != nil {
			return removed, plein.Wrap("notices.sweep", err)
		}
		if n < most {
			break
		}
	}
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		n, err := sweepCalls(ctx, tx, s.Clock.Now().Add(-2*callsReach))
		removed += n
		return err
	})
	return removed, plein.Wrap("notices.sweep", err)
}

// ForgetPerson removes everything that was told to somebody, when nothing of them
// may stay.
func (s *Service) ForgetPerson(ctx context.Context, tx *db.Tx, person plein.ID) error {
	tx.AfterCommit(func() { s.numbers.changed(person) })
	return plein.Wrap("notices.forgetperson", forgetPerson(ctx, tx, person))
}
