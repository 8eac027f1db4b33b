package people

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"

	"plein/internal/platform/text"
	"plein/internal/plein"
)

// maxQueryWords bounds the work of one question.
const maxQueryWords = 6

// DirectoryQuery asks the directory. What is empty asks for everybody of the
// organisation who is active.
type DirectoryQuery struct {
	Text   string   // words, each to be found in name, title, skills, location or department
	Unit   plein.ID // this department and below
	Here   bool     // with Unit: not what is below it
	Place  string   // the part of a location before the comma
	Letter string   // the first letter of the name
	Guests bool     // guests instead
	Closed bool     // closed people instead
	After  string   // DirectoryPage.Next of the page before
	Limit  int      // 0 is plein.PageSize, at most 200
}

// DirectoryPage is one page of the directory, by name.
type DirectoryPage struct {
	People []Person
	Next   string // for DirectoryQuery.After; "" when this was the last
}

// Directory lists people by name. It does not ask who is looking: guests have no
// directory, and the routes see to that.
func (s *Service) Directory(ctx context.Context, q DirectoryQuery) (DirectoryPage, error) {
	tree, err := s.Units(ctx)
	if err != nil {
		return DirectoryPage{}, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = plein.PageSize
	}
	limit = min(limit, 200)
	f := filter{guests: q.Guests, closed: q.Closed, site: siteOf(q.Place), limit: limit + 1}
	f.words = strings.Fields(foldQuery(q.Text))
	f.words = f.words[:min(len(f.words), maxQueryWords)]
	for _, w := range f.words {
		f.inUnits = append(f.inUnits, tree.Matching(w))
	}
	if q.Unit != 0 {
		if f.units = tree.Below(q.Unit); f.units == nil {
			return DirectoryPage{}, nil
		}
		if q.Here {
			f.units = f.units[:1]
		}
	}
	if letter := []rune(text.Fold(q.Letter)); len(letter) > 0 {
		f.letter = string(letter[:1])
	}
	if q.After != "" {
		if f.afterKey, f.afterID, err = readCursor(q.After); err != nil {
			return DirectoryPage{}, err
		}
	}
	found, err := directory(ctx, s.DB.Read(), f)
	if err != nil {
		return DirectoryPage{}, plein.Wrap("people.directory", err)
	}
	page := DirectoryPage{People: found}
	if len(found) > limit {
		page.People = found[:limit]
		last := found[limit-1]
		page.Next = writeCursor(sortKey(last.Name), last.ID)
	}
	return page, nil
}

// Places lists the places where people work, for filtering.
func (s *Service) Places(ctx context.Context) ([]string, error) {
	found, err := sites(ctx, s.DB.Read())
	if err != nil {
		return nil, plein.Wrap("people.places", err)
	}
	for i, l := range found {
		l, _, _ = strings.Cut(l, ",")
		found[i] = strings.TrimSpace(l)
	}
	slices.Sort(found)
	return found, nil
}

// A cursor is the place after which a page begins: an id and a name as it was
// sorted. It holds nothing that is not on the page it came from.
func writeCursor(key []byte, id plein.ID) string {
	return id.String() + base64.RawURLEncoding.EncodeToString(key)
}

func readCursor(s string) ([]byte, plein.ID, error) {
	if len(s) < 13 || len(s) > 13+4*plein.MaxName*4 {
		return nil, 0, plein.ErrNotFound
	}
	id, err := plein.ParseID(s[:13])
	if err != nil {
		return nil, 0, err
	}
	key, err := base64.RawURLEncoding.DecodeString(s[13:])
	if err != nil {
		return nil, 0, plein.ErrNotFound
	}
	return key, id, nil
}

// Walk pages through everybody by id, without asking who wants to know: for
// whoever keeps an index.
func (s *Service) Walk(ctx context.Context, after plein.ID, limit int) ([]Person, error) {
	ps, err := personsAfter(ctx, s.DB.Read(), after, limit)
	return ps, plein.Wrap("people.walk", err)
}

// GivenNames tells which of some folded words are the first name of somebody.
func (s *Service) GivenNames(ctx context.Context, words []string) (map[string]bool, error) {
	if len(words) == 0 {
		return nil, nil
	}
	found, err := givenNames(ctx, s.DB.Read(), words)
	out := make(map[string]bool, len(found))
	for _, w := range found {
		out[w] = true
	}
	return out, plein.Wrap("people.givennames", err)
}
