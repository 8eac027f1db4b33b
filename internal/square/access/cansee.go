package access

import (
	"fmt"
	"slices"
	"time"

	"plein/internal/plein"
)

// Thing is all that the question needs to know about an item: its audience and
// when its thread began. A reply is judged by its thread, so it is never seen by
// anyone who cannot see its parent (TRUST P4).
type Thing struct {
	Audience plein.ID
	RootMade time.Time
}

// Reader is a person with the set of audiences they hold, at one version.
type Reader struct {
	Person plein.ID
	Guest  bool
	// Version differs between any two readings of the grants, so that what was
	// kept for one set is never shown under another (TRUST P22).
	Version uint64

	grants map[plein.ID]time.Time // audience → since; the zero time for always
	feed   []plein.ID
}

// Holds says that the reader was granted the audience itself. It says nothing of
// audiences that everyone reads.
func (r Reader) Holds(audience plein.ID) bool {
	_, ok := r.grants[audience]
	return ok
}

// Feed gives the audiences that make up the reader's own timeline: the
// organisation, their departments, the groups they are in and the composites
// that contain one of these. Open groups they did not join are not in it.
func (r Reader) Feed() []plein.ID { return r.feed }

// sees is the rule for one plain audience.
func (r Reader) sees(part audience, rootMade time.Time) bool {
	if part.everyone && !r.Guest {
		return true
	}
	since, ok := r.grants[part.id]
	return ok && !rootMade.Before(since)
}

// canSee is the whole rule: any part of the audience will do.
func canSee(r Reader, parts []audience, rootMade time.Time) bool {
	if r.Person == 0 {
		return false
	}
	return slices.ContainsFunc(parts, func(p audience) bool { return r.sees(p, rootMade) })
}

// audience is one plain audience as the rule needs it.
type audience struct {
	id       plein.ID
	everyone bool
}

// Sight is one audience as the rule needs it, looked up once and then asked for
// many readers without the database: for telling people who are connected.
type Sight struct {
	Kind  plein.AudienceKind
	parts []audience
}

// For says whether a reader may see what stands in the audience.
func (s Sight) For(r Reader, rootMade time.Time) bool { return canSee(r, s.parts, rootMade) }

// Condition is the same rule as canSee in SQL. It is true for a row of the table
// or alias that has the columns audience_id and root_at when the person may see
// it. The two arguments take the places $first and $first+1.
func Condition(alias string, first int) string {
	return fmt.Sprintf(conditionSQL, alias, first, first+1)
}

// ConditionArgs are the arguments that go with Condition.
func (r Reader) ConditionArgs() []any {
	guest := 0
	if r.Guest || r.Person == 0 {
		guest = 1
	}
	return []any{r.Person, guest}
}

// SQL gives Condition and its arguments together.
func (r Reader) SQL(alias string, first int) (string, []any) {
	return Condition(alias, first), r.ConditionArgs()
}
