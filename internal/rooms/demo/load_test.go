package demo

import (
	"testing"
)

func TestTmp(t *testing.T) {
	_, err := load(contentFiles, "content")
	if err != nil {
		t.Fatal(err)
	}
}
