package testkit

import (
	"context"
	"testing"

	"plein/internal/platform/db"
)

// Told lists the names of all events in the change log, in the order in which
// they were told. It is here so that a test of one package need not know the
// tables of another.
func Told(t testing.TB, d *db.DB) []string {
	t.Helper()
	names, err := db.All(context.Background(), d.Read(), func(s db.Scanner) (name string, err error) {
		return name, s.Scan(&name)
	}, "SELECT name FROM changes_log ORDER BY seq")
	if err != nil {
		t.Fatal(err)
	}
	return names
}
