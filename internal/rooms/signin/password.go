package signin

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync/atomic"
	"unicode"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"plein/internal/platform/text"
	"plein/internal/plein"
)

// cost is what one hash takes.
type cost struct {
	memory uint32 // KiB
	time   uint32 // passes
	lanes  uint8
}

// strength is what a hash costs now: about a tenth of a second of one processor
// (RFC 9106, section 4, the choice for little memory, on one lane). Hashes of
// another strength keep working and are made anew at the next sign-in.
var strength = cost{memory: 64 << 10, time: 3, lanes: 1}

const (
	saltBytes = 16
	hashBytes = 32
	atOnce    = 2  // hashes being made; each takes 64 MiB
	inLine    = 64 // who wait for that; more are sent away
)

var errBusy = plein.E(plein.Away, "signin.error.busy", nil)

// hasher makes and compares hashes, two at a time.
type hasher struct {
	cost   cost
	nobody stored // what a password is compared with when there is none
	turns  chan struct{}
	line   atomic.Int64
	runs   atomic.Int64 // how many were made, for the test that work is equal
}

func newHasher(c cost) *hasher {
	h := &hasher{cost: c, turns: make(chan struct{}, atOnce)}
	h.nobody = stored{cost: c, salt: make([]byte, saltBytes), hash: make([]byte, hashBytes)}
	_, _ = rand.Read(h.nobody.salt) // never fails since Go 1.24
	_, _ = rand.Read(h.nobody.hash) // random, so that no password gives it
	return h
}

// run makes one hash when it is its turn.
func (h *hasher) run(ctx context.Context, password string, s stored) ([]byte, error) {
	if h.line.Add(1) > inLine {
		h.line.Add(-1)
		return nil, errBusy
	}
	defer h.line.Add(-1)
	select {
	case h.turns <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.turns }()
	h.runs.Add(1)
	typed := norm.NFC.String(password) // one é, whichever keyboard it came from
	return argon2.IDKey([]byte(typed), s.salt, s.time, s.memory, s.lanes, hashBytes), nil
}

// make hashes a password for keeping.
func (h *hasher) make(ctx context.Context, password string) (string, error) {
	s := stored{cost: h.cost, salt: make([]byte, saltBytes)}
	_, _ = rand.Read(s.salt)
	var err error
	if s.hash, err = h.run(ctx, password, s); err != nil {
		return "", plein.Wrap("signin.hash", err)
	}
	return s.String(), nil
}

// check compares a password with what is kept; "" is nothing, which takes as long
// and never fits. stale says that the hash should be made anew.
func (h *hasher) check(ctx context.Context, password, kept string) (right, stale bool, err error) {
	s := h.nobody
	if kept != "" {
		if s, err = readStored(kept); err != nil {
			return false, false, plein.Wrap("signin.check", err)
		}
	}
	got, err := h.run(ctx, password, s)
	if err != nil {
		return false, false, plein.Wrap("signin.check", err)
	}
	right = subtle.ConstantTimeCompare(got, s.hash) == 1 && kept != ""
	return right, s.cost != h.cost, nil
}

// stored is a hash as it is kept, with all that is needed to make it again.
type stored struct {
	cost
	salt, hash []byte
}

var b64 = base64.RawStdEncoding.Strict()

// String writes the usual form: $argon2id$v=19$m=65536,t=3,p=1$salt$hash.
func (s stored) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, s.memory, s.time, s.lanes,
		b64.EncodeToString(s.salt), b64.EncodeToString(s.hash))
}

func readStored(text string) (s stored, err error) {
	part := strings.Split(text, "$")
	if len(part) != 6 || part[0] != "" || part[1] != "argon2id" {
		return s, fmt.Errorf("a kept password is in a form that is not known")
	}
	var version int
	if _, err := fmt.Sscanf(part[2], "v=%d", &version); err != nil || version != argon2.Version {
		return s, fmt.Errorf("a kept password is of argon2 version %q", part[2])
	}
	if _, err := fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &s.memory, &s.time, &s.lanes); err != nil {
		return s, fmt.Errorf("a kept password has the strength %q: %w", part[3], err)
	}
	// What is far from anything we ever chose is damage, and could take all memory.
	if s.memory > 1<<20 || s.time > 32 || s.time < 1 || s.lanes < 1 || s.memory < 8 {
		return s, fmt.Errorf("a kept password has the strength %q", part[3])
	}
	if s.salt, err = b64.DecodeString(part[4]); err != nil {
		return s, err
	}
	s.hash, err = b64.DecodeString(part[5])
	return s, err
}

// silly are the ones that are tried first, of those that are long enough. There
// are no other rules about what a password is made of (NIST SP 800-63B).
var silly = []string{"123456789012", "1234567890123456", "qwertyuiop123", "wachtwoord123", "wachtwoord1234",
	"wachtwoordwachtwoord", "passwordpassword", "password1234", "welkomwelkom", "welkom123456"}

// owned is what a person's password must not be: what stands on their badge.
type owned struct{ name, email, org string }

// checkPassword says what is wrong with a new password, for the field "password".
func checkPassword(password string, o owned) error {
	const field = "password"
	switch {
	case password == "":
		return plein.FieldError(field, "form.required", nil)
	case len(password) < plein.MinPassword:
		return plein.FieldError(field, "signin.error.short", plein.Args{"min": plein.MinPassword})
	case len(password) > plein.MaxPassword:
		return plein.FieldError(field, "signin.error.long", plein.Args{"max": plein.MaxPassword})
	case strings.IndexByte(password, 0) >= 0:
		return plein.FieldError(field, "signin.error.nul", nil)
	}
	p := bare(password)
	for _, s := range silly {
		if p == bare(s) || text.Fold(password) == s {
			return plein.FieldError(field, "signin.error.silly", nil)
		}
	}
	if p == "" || oneLetter(password) {
		return plein.FieldError(field, "signin.error.silly", nil)
	}
	local, _, _ := strings.Cut(o.email, "@")
	for _, own := range []string{o.name, o.email, local, o.org} {
		if own = bare(own); own != "" && (p == own || p == own+own) {
			return plein.FieldError(field, "signin.error.own", nil)
		}
	}
	return nil
}

// bare takes from a text what people put around a word to make it long enough:
// capitals, spaces and dots everywhere, and figures and signs at its ends. A text
// of figures only stays.
func bare(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune(".-_", r) {
			return -1
		}
		return r
	}, text.Fold(s))
	if word := strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }); word != "" {
		return word
	}
	return s
}

func oneLetter(s string) bool {
	first := []rune(s)[0]
	return strings.Trim(s, string(first)) == ""
}
