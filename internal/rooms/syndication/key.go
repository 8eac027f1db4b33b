package syndication

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"plein/internal/platform/text"
	"plein/internal/plein"
)

// maxKeys is how many keys one person has at most.
const maxKeys = 20

var (
	errNameTaken = plein.FieldError("name", "syndication.error.name_taken", nil)
	errManyKeys  = plein.FieldError("name", "syndication.error.many", plein.Args{"max": maxKeys})
)

// Key is a personal key, without what opens.
type Key struct {
	ID     plein.ID
	Person plein.ID
	Name   string // which reader it is for: "telefoon"
	Made   time.Time
	Used   time.Time // the day, in UTC; zero when never
}

type digest [sha256.Size]byte

var letters = base64.RawURLEncoding.Strict()

// newToken makes what opens: 32 bytes of chance, 43 letters.
func newToken() string {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails since Go 1.24
	return letters.EncodeToString(raw[:])
}

// digestOf gives what is kept of a token.
func digestOf(token string) digest { return sha256.Sum256([]byte("feed " + token)) }

// wellFormed says that a token could be one.
func wellFormed(token string) bool {
	if len(token) != 43 {
		return false
	}
	_, err := letters.DecodeString(token)
	return err == nil
}

// nameOf cleans the name of a key.
func nameOf(typed string) (string, error) {
	if strings.TrimSpace(typed) == "" {
		return "", plein.FieldError("name", "form.required", nil)
	}
	name, err := text.CleanName(typed, plein.MaxTag)
	if err != nil {
		e := *plein.AsError(err)
		e.Field = "name"
		return "", &e
	}
	return name, nil
}

// day is the beginning of a day, in UTC: as exactly as use is remembered.
func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }
