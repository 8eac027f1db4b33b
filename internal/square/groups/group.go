package groups

import (
	"hash/fnv"
	"strings"
	"time"
	"unicode"

	"plein/internal/platform/text"
	"plein/internal/plein"
)

// Group is one group. Its audience has the group's own id and kind.
type Group struct {
	ID              plein.ID
	Name            string
	Slug            string // for reading in exports and mentions; the address uses the id
	Purpose         string
	Kind            plein.AudienceKind // Open, Closed or Secret
	Tile            int                // 1 to 8: the colour of its square
	Archived        bool               // read as before, written no more
	Made            time.Time
	HistoryFromJoin bool // members read only threads begun since they joined
	Members         int
	About           bool // Members is rounded, because the reader is an outsider
}

// NewGroup is what somebody fills in to start a group.
type NewGroup struct {
	Name            string
	Purpose         string
	Kind            plein.AudienceKind
	HistoryFromJoin bool
}

// Changes are the whole new facts of a group, as its settings form sends them.
type Changes struct {
	Name    string
	Purpose string
	Kind    plein.AudienceKind
}

// Sight says how much of a group somebody may know.
type Sight int

const (
	Hidden Sight = iota // nothing, not even that it exists
	Named               // its name, purpose, owners and a rounded count
	Whole               // members and talk too
)

// sightOf is the rule. Rank in the organisation has no part in it.
func sightOf(kind plein.AudienceKind, role Role, invited bool, a plein.Actor) Sight {
	switch {
	case !a.SignedIn():
		return Hidden
	case role != None:
		return Whole
	case kind == plein.Open && !a.Guest:
		return Whole
	case invited, kind == plein.Closed && !a.Guest:
		return Named
	}
	return Hidden
}

// forOutsiders is the group as somebody who sees only its name may know it.
func (g Group) forOutsiders() Group {
	g.Members, g.About = roundMembers(g.Members), true
	return g
}

// roundMembers makes a count too coarse to see one person come or go: tens, and
// hundreds above a thousand. Under ten it is zero, which is said as "fewer than
// ten".
func roundMembers(n int) int {
	step := 10
	if n >= 1000 {
		step = 100
	}
	return n / step * step
}

var (
	errNameTaken  = &plein.Error{Kind: plein.Conflict, Key: "groups.error.name_taken", Field: "name"}
	errNoKind     = plein.FieldError("kind", "form.not_a_choice", nil)
	errWider      = plein.FieldError("kind", "groups.error.wider", nil)
	errArchived   = plein.E(plein.Conflict, "groups.error.archived", nil)
	errNoOwner    = plein.E(plein.Conflict, "groups.error.no_owner", nil)
	errMayNot     = plein.E(plein.Denied, "groups.error.may_not", nil)
	errRenameOnly = plein.E(plein.Denied, "groups.error.rename_only", nil)
)

// clean makes the typed facts fit to store.
func (n NewGroup) clean() (NewGroup, error) {
	var err error
	if n.Name, err = cleanName(n.Name); err != nil {
		return n, err
	}
	if n.Purpose, err = cleanPurpose(n.Purpose); err != nil {
		return n, err
	}
	if !n.Kind.IsGroup() {
		return n, errNoKind
	}
	return n, nil
}

func cleanName(s string) (string, error) {
	s, err := text.CleanName(s, plein.MaxGroupName)
	return s, inField("name", err)
}

func cleanPurpose(s string) (string, error) {
	s, err := text.CleanBody(s, plein.MaxPurpose)
	return s, inField("purpose", err)
}

// inField says to which form field an error about a text belongs.
func inField(field string, err error) error {
	if err == nil {
		return nil
	}
	e := *plein.AsError(err)
	e.Field = field
	return &e
}

// mayBecome says whether a group may change its kind. Narrowing is always
// allowed. Widening would show people's words to readers they did not choose
// (TRUST P7), so it is refused: start a wider group instead.
func mayBecome(from, to plein.AudienceKind) error {
	width := map[plein.AudienceKind]int{plein.Secret: 1, plein.Closed: 2, plein.Open: 3}
	switch {
	case width[to] == 0:
		return errNoKind
	case width[to] > width[from]:
		return errWider
	}
	return nil
}

// tiles is how many colours a square can have.
const tiles = 8

// tileOf chooses a colour by the name, so that it is the same everywhere.
func tileOf(fold string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(fold)) // never fails
	return int(h.Sum32()%tiles) + 1
}

// slugOf writes a name as one lower-case word.
func slugOf(fold string) string {
	var b strings.Builder
	for _, r := range fold {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return "groep"
}
