package oversight

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/plein"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func person(n int64) plein.Ref { return plein.Ref{Kind: "person", ID: plein.ID(n)} }

// acts are five lines of the change log of which four are protected.
func acts(at time.Time) []plein.Event {
	return []plein.Event{
		{Name: "people.person.added", At: at, Actor: 1, Object: person(2)},
		{Name: "items.post.made", At: at.Add(time.Second), Actor: 2, Object: plein.Ref{Kind: "item", ID: 9}},
		{Name: "people.person.changed", At: at.Add(2 * time.Second), Actor: 1, Object: person(2), Extra: map[string]string{"what": "roles", "given": "auditor"}},
		{Name: "groups.member.removed", At: at.Add(3 * time.Second), Actor: 1, Object: plein.Ref{Kind: "group", ID: 7}, Target: person(3)},
		{Name: "admin.settings.changed", At: at.Add(4 * time.Second), Actor: 1, Extra: map[string]string{"what": "name"}},
	}
}

func each(t *testing.T, fn func(t *testing.T, s *Service)) {
	testkit.Each(t, func(t *testing.T, d *db.DB) {
		fn(t, New(Deps{DB: d, Clock: clock.Fixed(noon)}).Service)
	}, Migrations())
}

func follow(t *testing.T, s *Service, events []plein.Event) {
	t.Helper()
	if err := s.DB.Tx(t.Context(), func(tx *db.Tx) error { return s.Follower().Follow(t.Context(), tx, events) }); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsProtected(t *testing.T) {
	for _, row := range []struct {
		event plein.Event
		want  bool
	}{
		{plein.Event{Name: "people.person.closed", Actor: 1, Object: person(2)}, true},
		{plein.Event{Name: "people.unit.moved", Actor: 1}, true},
		{plein.Event{Name: "admin.sessions.ended", Actor: 1, Object: person(2)}, true},
		{plein.Event{Name: "groups.member.role_changed", Actor: 1, Target: person(2)}, true},
		{plein.Event{Name: "people.person.changed", Actor: 2, Object: person(2), Extra: map[string]string{"what": "profile"}}, false},
		{plein.Event{Name: "people.person.changed", Actor: 1, Object: person(2), Extra: map[string]string{"what": "name"}}, true},
		{plein.Event{Name: "people.person.changed", Actor: 2, Object: person(2), Extra: map[string]string{"what": "roles"}}, true},
		{plein.Event{Name: "groups.member.joined", Actor: 2, Target: person(2)}, false},
		{plein.Event{Name: "items.post.made", Actor: 2}, false},
		{plein.Event{Name: "items.reaction.set", Actor: 2}, false},
	} {
		if got := protected(row.event); got != row.want {
			t.Errorf("%s %v: %v", row.event.Name, row.event.Extra, got)
		}
	}
}

// P21: every protected act has exactly one row, and the rows form a chain.
func TestOneRowForEachProtectedAct(t *testing.T) {
	each(t, func(t *testing.T, s *Service) {
		if r, err := s.Check(t.Context()); err != nil || r.Rows != 0 {
			t.Fatalf("an empty log: %d rows, %v", r.Rows, err)
		}
		follow(t, s, acts(noon))
		follow(t, s, nil)
		follow(t, s, acts(noon.Add(time.Minute)))
		r, err := s.Check(t.Context())
		if err != nil || r.Rows != 8 || r.Last.LastSeq != 8 {
			t.Fatalf("%d rows, the last is %d, %v", r.Rows, r.Last.LastSeq, err)
		}
		rows, err := rowsAfter(t.Context(), s.DB.Read(), 1, 1)
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		if got := rows[0]; got.Name != "people.person.changed" || got.Actor != 1 || got.Object != person(2) || got.Extra["given"] != "auditor" || !got.At.Equal(noon.Add(2*time.Second)) {
			t.Errorf("the second row is %+v", got)
		}
	})
}

// Whatever is done to the rows behind Plein's back is seen.
func TestTamperingIsFound(t *testing.T) {
	for what, statements := range map[string][]string{
		"another actor":        {`UPDATE oversight_audit SET actor = 5 WHERE seq = 3`},
		"another moment":       {`UPDATE oversight_audit SET at = at + 1 WHERE seq = 1`},
		"another act":          {`UPDATE oversight_audit SET name = 'people.person.reopened' WHERE seq = 1`},
		"another person":       {`UPDATE oversight_audit SET object_id = 4 WHERE seq = 2`},
		"another detail":       {`UPDATE oversight_audit SET extra = '{}' WHERE seq = 2`},
		"a row taken out":      {`DELETE FROM oversight_audit WHERE seq = 3`},
		"the first taken out":  {`DELETE FROM oversight_audit WHERE seq = 1`},
		"the last taken out":   {`DELETE FROM oversight_audit WHERE seq = 4`},
		"all taken out":        {`DELETE FROM oversight_audit`},
		"a row at the end":     {`INSERT INTO oversight_audit SELECT 5, at, name, actor, object, object_id, target, target_id, extra, hash FROM oversight_audit WHERE seq = 4`},
		"two rows exchanged":   {`UPDATE oversight_audit SET seq = 99 WHERE seq = 2`, `UPDATE oversight_audit SET seq = 2 WHERE seq = 3`, `UPDATE oversight_audit SET seq = 3 WHERE seq = 99`},
		"the end moved":        {`DELETE FROM oversight_audit WHERE seq = 4`, `UPDATE oversight_chain SET last_seq = 3`},
		"the beginning moved":  {`DELETE FROM oversight_audit WHERE seq = 1`, `UPDATE oversight_chain SET first_seq = 2`},
		"the chain taken away": {`DELETE FROM oversight_chain`},
	} {
		t.Run(what, func(t *testing.T) {
			each(t, func(t *testing.T, s *Service) {
				follow(t, s, acts(noon))
				if err := s.DB.Tx(t.Context(), func(tx *db.Tx) error {
					for _, text := range statements {
						if _, err := tx.Exec(t.Context(), text); err != nil {
							return err
						}
					}
					return nil
				}); err != nil {
					t.Fatal(err)
				}
				if r, err := s.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "broken") {
					t.Errorf("%d rows are called good: %v", r.Rows, err)
				}
			})
		})
	}
}

// A field that grows while its neighbour shrinks makes another hash.
func TestFieldsDoNotRunIntoEachOther(t *testing.T) {
	before := make([]byte, hashSize)
	one := chained(before, Row{Seq: 1, Name: "ab", Object: plein.Ref{Kind: "c"}})
	two := chained(before, Row{Seq: 1, Name: "a", Object: plein.Ref{Kind: "bc"}})
	if string(one) == string(two) {
		t.Error("two different rows have one hash")
	}
}

func TestOldRowsGoFromTheFront(t *testing.T) {
	each(t, func(t *testing.T, s *Service) {
		follow(t, s, acts(noon.Add(-keepFor-time.Hour)))
		follow(t, s, acts(noon))
		n, err := s.Sweep(t.Context())
		if err != nil || n != 4 {
			t.Fatalf("%d rows went, %v", n, err)
		}
		if r, err := s.Check(t.Context()); err != nil || r.Rows != 4 || r.Last.FirstSeq != 5 {
			t.Errorf("%d rows from %d, %v", r.Rows, r.Last.FirstSeq, err)
		}
		follow(t, s, acts(noon))
		if n, err := s.Sweep(t.Context()); err != nil || n != 0 {
			t.Errorf("%d rows went the second time, %v", n, err)
		}
		if r, err := s.Check(t.Context()); err != nil || r.Rows != 8 {
			t.Errorf("%d rows, %v", r.Rows, err)
		}
	})
}

func TestWhoReadsTheLog(t *testing.T) {
	each(t, func(t *testing.T, s *Service) {
		follow(t, s, acts(noon))
		auditor := plein.Actor{ID: 8, Caps: plein.CapabilitiesOf([]plein.Role{plein.RoleAuditor})}
		if rows, err := s.Page(t.Context(), auditor, 0); err != nil || len(rows) != 4 || rows[0].Seq != 4 {
			t.Errorf("an auditor reads %d rows, %v", len(rows), err)
		}
		if rows, err := s.Page(t.Context(), auditor, 3); err != nil || len(rows) != 2 {
			t.Errorf("below the third stand %d rows, %v", len(rows), err)
		}
		for _, role := range []plein.Role{plein.RoleMember, plein.RoleTechnicalAdmin, plein.RoleCommunityManager} {
			a := plein.Actor{ID: 1, Caps: plein.CapabilitiesOf([]plein.Role{role})}
			if _, err := s.Page(context.Background(), a, 0); !errors.Is(err, plein.ErrNotFound) {
				t.Errorf("%s gets %v", role, err)
			}
		}
		for id, want := range map[plein.ID]int{2: 2, 3: 1, 7: 0, 1: 0} {
			rows, err := s.About(t.Context(), plein.Actor{ID: id}, 0)
			if err != nil || len(rows) != want {
				t.Errorf("%d reads %d rows about themselves, %v", id, len(rows), err)
			}
		}
	})
}
