package people

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"plein/internal/plein"
)

func keyOf(err error) string {
	if err == nil {
		return ""
	}
	return plein.AsError(err).Key
}

func TestHandles(t *testing.T) {
	for name, want := range map[string]string{
		"Samira Bouali": "samira.bouali", "Anouk de Graaf": "anouk.degraaf", "Jan-Willem van 't Hof": "janwillem.vanthof",
		"Renée Ünal-Çelik": "renee.unalcelik", "Bo": "bo", "  Ada   Lovelace ": "ada.lovelace", "Søren Łuk": "soren.luk",
		"王小明": "", "... !": "", "O'Brien": "obrien", "R2 D2": "r2.d2",
	} {
		if got := MakeHandle(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
	long := MakeHandle(strings.Repeat("abcdefghij ", 12))
	if clean, err := CleanHandle(numbered(long, 999_999)); err != nil || len(clean) > maxHandle {
		t.Errorf("a long name gives %q (%v)", long, err)
	}
	for given, want := range map[string]string{"@Bob": "bob", " x_y-z.9 ": "x_y-z.9", "": "-", "a b": "-", ".x": "-", "x.": "-", "é": "-",
		strings.Repeat("a", 65): "-", "@@bob": "-", "a/b": "-"} {
		got, err := CleanHandle(given)
		if err != nil {
			got = "-"
		}
		if got != want {
			t.Errorf("the handle %q is %q, want %q", given, got, want)
		}
	}
}

func TestEmailAddresses(t *testing.T) {
	for given, want := range map[string]string{
		" Samira@Linge.NL ": "samira@linge.nl", "a+b@c.example": "a+b@c.example", "root@localhost": "root@localhost", "": "",
		"x": "-", "@x.nl": "-", "x@": "-", "x@y": "-", "x@.nl": "-", "x@y..nl": "-", "a b@c.nl": "-", "a@b@c.nl": "-", "<a@b.nl>": "-",
		"a@b.nl,c@d.nl": "-", "a\n@b.nl": "-", strings.Repeat("a", 250) + "@b.nl": "-", "\u0430dmin@b.nl": "-",
	} {
		_, key, err := cleanEmail(given)
		if err != nil {
			key = "-"
		}
		if key != want {
			t.Errorf("%q is %q (%v), want %q", given, key, err, want)
		}
	}
}

func TestPhones(t *testing.T) {
	for s, want := range map[string]bool{"4410": true, "06 1234 5678": true, "+31 (0)344-123456": true, "1": false, "bel me": false,
		"12345678901234567890123": false, "javascript:1": false} {
		if looksLikePhone(s) != want {
			t.Errorf("%q: want %v", s, want)
		}
	}
}

func TestLayers(t *testing.T) {
	for _, c := range []struct {
		line []plein.ID
		want int
		key  string
	}{
		{nil, 1, ""}, {[]plein.ID{2}, 2, ""}, {[]plein.ID{2, 3, 4}, 4, ""},
		{[]plein.ID{1}, 0, "people.error.manager_cycle"}, {[]plein.ID{2, 3, 1, 4}, 0, "people.error.manager_cycle"},
	} {
		if got, err := layerUnder(1, c.line); got != c.want || keyOf(err) != c.key {
			t.Errorf("under %v: %d, %v", c.line, got, err)
		}
	}
}

func TestMovesInTheTree(t *testing.T) {
	// 1 > 2 > 3 > … > maxDepth, and 100 > 101 beside it
	units := []Unit{{ID: 100, Name: "Los"}, {ID: 101, Parent: 100, Name: "Losser"}}
	for i := plein.ID(1); i <= maxDepth; i++ {
		units = append(units, Unit{ID: i, Parent: i - 1, Name: "U"})
	}
	tree := MakeTree(units)
	for _, c := range []struct {
		id, parent plein.ID
		key        string
	}{
		{101, 0, ""}, {3, 100, ""}, {100, maxDepth - 2, ""}, {2, 101, "people.error.unit_deep"},
		{100, maxDepth - 1, "people.error.unit_deep"}, {999, maxDepth, "people.error.unit_deep"},
		{2, 2, "people.error.unit_cycle"}, {2, 5, "people.error.unit_cycle"}, {2, 12345, "people.error.unit_gone"},
	} {
		if err := tree.checkMove(c.id, c.parent); keyOf(err) != c.key {
			t.Errorf("%d below %d: %v, want %q", c.id, c.parent, err, c.key)
		}
	}
	if tree.Depth(3) != 2 || tree.Depth(100) != 0 || len(tree.All()) != len(units) || tree.Below(77) != nil || len(tree.Above(77)) != 0 {
		t.Error("the tree counts wrong")
	}
	if got := tree.Matching("losser"); !slices.Equal(got, []plein.ID{101}) {
		t.Errorf("matching: %v", got)
	}
	if got := tree.Matching("los"); !slices.Equal(got, []plein.ID{100, 101}) {
		t.Errorf("what is below a match also matches, once: %v", got)
	}
	// Two units that point at each other are no tree and must not hang it.
	if got := MakeTree([]Unit{{ID: 1, Parent: 2}, {ID: 2, Parent: 1}}); len(got.All()) != 0 || len(got.Above(1)) > 2 {
		t.Errorf("a circle: %v", got.All())
	}
	for name, want := range map[string]string{"Interne geneeskunde B3": "interne-geneeskunde-b3", "P&O": "p-o", "王": "afdeling", " - ": "afdeling"} {
		if got := makeSlug(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}

func TestTheHead(t *testing.T) {
	u := Unit{ID: 9}
	staff := []Person{{ID: 1, Unit: 9, Layer: 2, Manager: 50}, {ID: 2, Unit: 9, Layer: 3, Manager: 1}, {ID: 3, Unit: 9, Layer: 4, Manager: 2}}
	if got := headOf(u, staff); got != 1 {
		t.Errorf("got %d", got)
	}
	if got := headOf(Unit{ID: 9, Head: 3}, staff); got != 3 {
		t.Errorf("who was named leads, got %d", got)
	}
	if got := headOf(u, staff[2:]); got != 0 {
		t.Errorf("nobody leads anybody here, got %d", got)
	}
	twins := []Person{{ID: 1, Unit: 9, Layer: 2}, {ID: 2, Unit: 9, Layer: 2}, {ID: 3, Unit: 9, Layer: 3, Manager: 1}, {ID: 4, Unit: 9, Layer: 3, Manager: 2}}
	if got := headOf(u, twins); got != 0 {
		t.Errorf("two at the top is no one head, got %d", got)
	}
}

func TestRoles(t *testing.T) {
	got, err := rolesOf([]plein.Role{plein.RoleAuditor, plein.RoleTechnicalAdmin, plein.RoleAuditor}, false, false)
	if err != nil || !slices.Equal(got, []plein.Role{plein.RoleMember, plein.RoleTechnicalAdmin, plein.RoleAuditor}) {
		t.Errorf("%v, %v", got, err)
	}
	if got, _ := rolesOf([]plein.Role{plein.RoleTechnicalAdmin}, true, false); !slices.Equal(got, []plein.Role{plein.RoleGuest}) {
		t.Errorf("a guest holds %v", got)
	}
	p := Person{Guest: true, Roles: []plein.Role{plein.RoleTechnicalAdmin}}
	if p.Caps() != 0 {
		t.Error("a guest can something")
	}
	manager := plein.Actor{ID: 1, Caps: plein.CapabilitiesOf([]plein.Role{plein.RoleMember, plein.RoleTechnicalAdmin})}
	for _, r := range plein.Roles() {
		within := plein.CapabilitiesOf([]plein.Role{r})&^manager.Caps == 0
		if mayGrant(manager, nil, []plein.Role{r}) != within || mayGrant(manager, []plein.Role{r}, nil) != within {
			t.Errorf("%s: giving and taking need what the role holds", r)
		}
	}
	if mayGrant(plein.Actor{ID: 1, Caps: ^plein.Capabilities(0) &^ (1 << plein.ManagePeople)}, nil, nil) {
		t.Error("roles were changed without the capability to manage people")
	}
}

func TestGuestsStayAtMostAYear(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for until, ok := range map[time.Time]bool{{}: false, now: false, now.Add(time.Second): true, now.AddDate(1, 0, 0): true, now.AddDate(1, 0, 2): false} {
		if err := checkUntil(until, now); (err == nil) != ok {
			t.Errorf("%v: %v", until, err)
		}
	}
	p := Person{State: Active, Guest: true, GuestUntil: now}
	if p.IsIn(now) || !p.IsIn(now.Add(-time.Nanosecond)) {
		t.Error("a guest is out from the moment itself")
	}
}

func TestCursorsComeBack(t *testing.T) {
	id := plein.NewID(time.Now())
	key, got, err := readCursor(writeCursor([]byte("samira bouali"), id))
	if err != nil || got != id || string(key) != "samira bouali" {
		t.Errorf("%q %d %v", key, got, err)
	}
	for _, bad := range []string{"", "x", "zzzzzzzzzzzzz", id.String() + "!!", id.String() + strings.Repeat("A", 5000)} {
		if _, _, err := readCursor(bad); !errors.Is(err, plein.ErrNotFound) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
}

// TestWhatWasForgottenIsNotKept stands for a reader that is overtaken by a write:
// what it read before must not be put back after.
func TestWhatWasForgottenIsNotKept(t *testing.T) {
	c := newCache[string](2)
	_, _, version := c.get(1)
	c.forget(1)
	c.put(version, 1, "old")
	if _, ok, _ := c.get(1); ok {
		t.Error("an old value was kept")
	}
	for id := range plein.ID(10) {
		_, _, version := c.get(id)
		c.put(version, id, "new")
	}
	if len(c.kept) != 2 {
		t.Errorf("%d are kept, 2 fit", len(c.kept))
	}
}

func TestIDsDoNotRepeatInABurst(t *testing.T) {
	i, at := newIDs(), time.Now()
	var mu sync.Mutex
	seen := map[plein.ID]bool{}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 10_000 {
				id := i.next(at)
				mu.Lock()
				if seen[id] {
					t.Error("an id repeats")
				}
				seen[id] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}
