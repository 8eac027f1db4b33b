package items

import (
	"context"
	"math"
	"time"

	"plein/internal/plein"
	"plein/internal/square/access"
)

// Newest is the bound that lies after every item.
const Newest = plein.ID(math.MaxInt64)

// Latest pages through the beginnings of threads in some audiences, newest first,
// below an id. The audiences are where to look; what is found is what the reader
// may see.
func (s *Service) Latest(ctx context.Context, r access.Reader, audiences []plein.ID, before plein.ID, limit int) ([]Head, error) {
	return s.LatestWithout(ctx, r, audiences, nil, before, limit)
}

// mostAtOnce is how many threads one query looks at.
const mostAtOnce = 1000

// LatestWithout is Latest without the threads that some authors began.
func (s *Service) LatestWithout(ctx context.Context, r access.Reader, audiences, authors []plein.ID, before plein.ID, limit int) ([]Head, error) {
	if len(audiences) == 0 {
		return nil, nil
	}
	var out []Head
	// Where the reader may see all there is, once is enough. Who came to a group
	// later does not see what was begun before, and whatever lies behind it in
	// other audiences must still be found.
	for look := limit; ; look = min(2*look, max(limit, mostAtOnce)) {
		heads, next, err := latest(ctx, s.db.Read(), r, audiences, authors, before, look)
		if err != nil {
			return nil, plein.Wrap("items.latest", err)
		}
		out = append(out, heads...)
		if next == 0 || len(out) >= limit {
			return out[:min(len(out), limit)], nil
		}
		before = next
	}
}

// LatestBy pages through the threads that one person began in some audiences.
func (s *Service) LatestBy(ctx context.Context, r access.Reader, audiences []plein.ID, author, before plein.ID, limit int) ([]Head, error) {
	if len(audiences) == 0 {
		return nil, nil
	}
	heads, err := byAuthor(ctx, s.db.Read(), r, audiences, author, before, limit)
	return heads, plein.Wrap("items.latestby", err)
}

// Heads gives what ranking needs of some items, leaving out what the reader may
// not see, newest first.
func (s *Service) Heads(ctx context.Context, r access.Reader, ids []plein.ID) ([]Head, error) {
	list, err := heads(ctx, s.db.Read(), r, ids)
	return list, plein.Wrap("items.heads", err)
}

// ByAuthors pages through the threads that some people began.
func (s *Service) ByAuthors(ctx context.Context, r access.Reader, authors []plein.ID, before plein.ID, limit int) ([]Head, error) {
	if len(authors) == 0 {
		return nil, nil
	}
	heads, err := byAuthors(ctx, s.db.Read(), r, authors, before, limit)
	return heads, plein.Wrap("items.byauthors", err)
}

// ByTag pages through the threads in which a hashtag was used.
func (s *Service) ByTag(ctx context.Context, r access.Reader, tag string, before plein.ID, limit int) ([]plein.ID, error) {
	ids, err := byTag(ctx, s.db.Read(), r, tag, before, limit)
	return ids, plein.Wrap("items.bytag", err)
}

// MustReads lists what still asks the reader for a confirmation, in their own
// audiences.
func (s *Service) MustReads(ctx context.Context, r access.Reader, limit int) ([]Head, error) {
	if len(r.Feed()) == 0 {
		return nil, nil
	}
	heads, err := mustReads(ctx, s.db.Read(), r, s.clock.Now(), limit)
	return heads, plein.Wrap("items.mustreads", err)
}

// Asked lists the threads in which the reader was named lately and has not looked
// since.
func (s *Service) Asked(ctx context.Context, r access.Reader, within time.Duration, limit int) ([]Head, error) {
	heads, err := asked(ctx, s.db.Read(), r, plein.FirstIDAt(s.clock.Now().Add(-within)), limit)
	return heads, plein.Wrap("items.asked", err)
}

// Replies pages through a thread, oldest first, after an id. The caller has
// checked that the reader may see the thread; replies are never narrower.
func (s *Service) Replies(ctx context.Context, root, after plein.ID, limit int) ([]plein.ID, error) {
	ids, err := replies(ctx, s.db.Read(), root, after, limit)
	return ids, plein.Wrap("items.replies", err)
}

// Living tells which of some items the reader may see and were not deleted.
func (s *Service) Living(ctx context.Context, r access.Reader, ids []plein.ID) (map[plein.ID]bool, error) {
	list, err := heads(ctx, s.db.Read(), r, ids)
	out := make(map[plein.ID]bool, len(list))
	for _, h := range list {
		out[h.ID] = true
	}
	return out, plein.Wrap("items.living", err)
}

// Lost tells which of some items were deleted and can no longer be brought back:
// for whoever keeps something of them. It does not ask who wants to know.
func (s *Service) Lost(ctx context.Context, ids []plein.ID) (map[plein.ID]bool, error) {
	list, err := lost(ctx, s.db.Read(), ids, s.clock.Now().Add(-restorable))
	out := make(map[plein.ID]bool, len(list))
	for _, id := range list {
		out[id] = true
	}
	return out, plein.Wrap("items.lost", err)
}

// openFor is how long a question without an answer is offered to others.
const openFor = 60 * 24 * time.Hour

// Unanswered lists questions of the last two months in the reader's own audiences
// that nobody answered, newest first.
func (s *Service) Unanswered(ctx context.Context, r access.Reader, limit int) ([]Head, error) {
	if len(r.Feed()) == 0 {
		return nil, nil
	}
	list, err := unanswered(ctx, s.db.Read(), r, r.Feed(), plein.FirstIDAt(s.clock.Now().Add(-openFor)), limit)
	return list, plein.Wrap("items.unanswered", err)
}

// Question is an open question with the label of its audience.
type Question struct {
	*Item
	Label access.Label
}

// Questions gives open questions for a list beside a page. The heads came out of
// a query with rights in this request.
func (s *Service) Questions(ctx context.Context, heads []Head) ([]Question, error) {
	ids := make([]plein.ID, len(heads))
	for n, h := range heads {
		ids[n] = h.ID
	}
	found, err := s.many(ctx, ids)
	if err != nil {
		return nil, plein.Wrap("items.questions", err)
	}
	where := make([]plein.ID, 0, len(found))
	for _, i := range found {
		where = append(where, i.Audience)
	}
	labels, err := s.deps.Access.Labels(ctx, where)
	if err != nil {
		return nil, err
	}
	var out []Question
	for _, id := range ids {
		if i := found[id]; i != nil {
			out = append(out, Question{i, labels[i.Audience]})
		}
	}
	return out, nil
}
