package testkit

import (
	"os"
	"testing"
)

func TestBothEngines(t *testing.T) {
	if os.Getenv("CI") != "" && os.Getenv(PostgresEnv) == "" {
		t.Fatalf("%s is not set: half of the SQL would go untested", PostgresEnv)
	}
}
