package signin

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"time"

	"plein/internal/platform/mail"
	"plein/internal/platform/text"
	"plein/internal/plein"
)

// linkLives is how long a link in a letter can be used.
const linkLives = 15 * time.Minute

// What a link is for.
const (
	toEnter   = "enter"
	toRecover = "recover" // leads to choosing a new password
)

var (
	errLinkGone = plein.E(plein.NotFound, "signin.error.link_gone", nil)
	errEmail    = plein.FieldError("email", "form.not_an_email", nil)
)

// link is a link that somebody may use once.
type link struct {
	person  plein.ID
	purpose string
	next    string
	mailed  bool
	ends    time.Time
}

var letters = base64.RawURLEncoding.Strict()

// newToken makes 256 random bits for an address, and what is kept of them.
func newToken() (token string, hash digest) {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails since Go 1.24
	token = letters.EncodeToString(raw[:])
	return token, sha256.Sum256([]byte(token))
}

// hashOf gives under what a token would be kept.
func hashOf(token string) (digest, bool) {
	return sha256.Sum256([]byte(token)), len(token) == 43
}

// address brings a typed address into the form in which addresses are compared,
// the same as in people: two spellings of one address count as one.
func address(typed string) (string, error) {
	clean, err := text.CleanName(typed, plein.MaxEmail)
	if err != nil {
		return "", errEmail
	}
	if _, err := mail.Address(clean); err != nil {
		return "", errEmail
	}
	return strings.ToLower(clean), nil
}

// letter is one that was asked for.
type letter struct {
	id      plein.ID
	who     digest
	email   string
	purpose string
	next    string
	made    time.Time
}
