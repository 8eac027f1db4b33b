package testkit

import (
	"testing"
	"time"
)

// SystemNow is the real time, for names that must not repeat.
func SystemNow() time.Time { return time.Now() }

// Eventually waits until ok says so, and fails with what was awaited after ten
// seconds. Tests wait for conditions, never for a length of time.
func Eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	end := time.After(10 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("waited ten seconds for: %s", what)
		}
	}
}
