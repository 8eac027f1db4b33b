package plein

import (
	"errors"
	"sort"
	"testing"
	"time"
)

func TestIDSortsByTime(t *testing.T) {
	at := time.Date(2013, 4, 5, 6, 7, 8, 9e6, time.UTC)
	early, late := NewID(at), NewID(at.Add(time.Millisecond))
	if early >= late {
		t.Fatalf("an id made later must be larger: %d, %d", early, late)
	}
	if !early.Time().Equal(at) {
		t.Fatalf("an id remembers its millisecond: got %v, want %v", early.Time(), at)
	}
	if FirstIDAt(at) > early || FirstIDAt(at.Add(time.Millisecond)) <= early {
		t.Fatal("FirstIDAt must bound the ids of its millisecond")
	}
}

func TestShownIDsComeBackAndTellNoOrder(t *testing.T) {
	ConcealIDs([16]byte{1, 2, 3})
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var shown []string
	for i := range 500 {
		id := NewID(at.Add(time.Duration(i) * time.Second))
		back, err := ParseID(id.String())
		if err != nil || back != id {
			t.Fatalf("%d became %q became %d (%v)", id, id, back, err)
		}
		shown = append(shown, id.String())
	}
	ascending := 0
	for i := 1; i < len(shown); i++ {
		if shown[i] > shown[i-1] {
			ascending++
		}
	}
	if sort.StringsAreSorted(shown) || ascending < 200 || ascending > 300 {
		t.Fatalf("shown ids follow their order of making: %d of 499 steps go up", ascending)
	}
}

func TestBrokenIDsAreNotFound(t *testing.T) {
	for _, s := range []string{"", "x", "0000000000000", "uuuuuuuuuuuuu", "../../etc/pas", "0123456789abcdef", "ZZZZZZZZZZZZZ"} {
		if id, err := ParseID(s); err == nil && id.String() != s {
			t.Errorf("%q was read as %d", s, id)
		} else if err != nil && !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v, want not found", s, err)
		}
	}
}

func TestNoRoleReadsEverything(t *testing.T) {
	// The capabilities are a closed list; this test makes whoever adds one read
	// the sentence above Capability first.
	if endOfCapabilities != 11 {
		t.Fatal("a capability was added: check that it opens no audience, then raise this number")
	}
	if got := CapabilitiesOf([]Role{RoleTechnicalAdmin, RoleGuest}); got != 0 {
		t.Fatalf("a guest with a second role can %b", got)
	}
}
