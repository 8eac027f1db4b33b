package clock

import (
	"testing"
	"time"
)

func TestManualStandsStillUntilMoved(t *testing.T) {
	amsterdam := time.FixedZone("CET", 3600)
	m := Fixed(time.Date(2026, 1, 2, 1, 0, 0, 0, amsterdam))
	start := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	if got := m.Now(); got != start || m.Now() != got {
		t.Fatalf("the clock stands at %v, want %v", got, start)
	}
	if got := m.Advance(90 * time.Second); got != start.Add(90*time.Second) || m.Now() != got {
		t.Fatalf("after moving it stands at %v", got)
	}
	m.Set(start)
	if m.Now() != start {
		t.Fatal("it can be set back")
	}
}

func TestSystemSpeaksUTC(t *testing.T) {
	var c Clock = System{}
	before := time.Now()
	got := c.Now()
	if got.Location() != time.UTC || got.Before(before) || got.After(time.Now()) {
		t.Fatalf("%v is not now in UTC", got)
	}
}
