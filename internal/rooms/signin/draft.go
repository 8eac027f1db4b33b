package signin

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"time"
	"unicode/utf8"

	"plein/internal/plein"
)

// The bounds of what is kept of a form whose session had ended.
const (
	draftLives  = time.Hour
	maxDraft    = 64 << 10 // bytes of all values
	maxFields   = 200
	maxDrafts   = 2000 // kept at one moment, by everybody together
	draftKeyLen = 32
)

var errDraftLarge = plein.E(plein.TooMuch, "signin.error.draft_large", nil)

// draft is what somebody typed and where it was going.
type draft struct {
	Path   string  `json:"p"` // a local path, to which the form is sent again
	Fields []field `json:"f"`
}

type field struct {
	Name  string `json:"n"`
	Value string `json:"v"`
}

// secret names are never kept, whatever form they stand in.
var secret = map[string]bool{"password": true, "current": true, "code": true}

// worth says that there is something in it that somebody would miss.
func (d draft) worth() bool {
	for _, f := range d.Fields {
		if writes(f) {
			return true
		}
	}
	return false
}

// writes says that a field looks typed and not chosen: the names of the square's
// forms, or anything of some length.
func writes(f field) bool {
	switch f.Name {
	case "body", "title", "name", "purpose", "bio", "text":
		return f.Value != ""
	}
	return utf8.RuneCountInString(f.Value) > 40
}

// main gives which field is shown as the text: the one called body, or else the
// longest that was typed; -1 for none.
func (d draft) main() int {
	best := -1
	for i, f := range d.Fields {
		if f.Name == "body" && f.Value != "" {
			return i
		}
		if writes(f) && (best < 0 || len(f.Value) > len(d.Fields[best].Value)) {
			best = i
		}
	}
	return best
}

func (d draft) check() error {
	size := len(d.Path)
	for _, f := range d.Fields {
		size += len(f.Name) + len(f.Value)
	}
	if len(d.Fields) > maxFields || size > maxDraft {
		return errDraftLarge
	}
	return nil
}

// seal closes a draft with a fresh key, which is for the browser only. id is under
// which it is kept: the key cannot be found from it.
func (d draft) seal() (key []byte, id digest, sealed []byte, err error) {
	plain, err := json.Marshal(d)
	if err != nil {
		return nil, digest{}, nil, err
	}
	key = make([]byte, draftKeyLen)
	_, _ = rand.Read(key) // never fails since Go 1.24
	box, err := boxOf(key)
	if err != nil {
		return nil, digest{}, nil, err
	}
	id = draftID(key)
	// The nonce is made by the box. The id is bound in, so that one row cannot
	// stand in for another.
	return key, id, box.Seal(nil, nil, plain, id[:]), nil
}

func openDraft(key, sealed []byte) (d draft, err error) {
	box, err := boxOf(key)
	if err != nil {
		return d, err
	}
	id := draftID(key)
	plain, err := box.Open(nil, nil, sealed, id[:])
	if err != nil {
		return d, err
	}
	return d, json.Unmarshal(plain, &d)
}

func boxOf(key []byte) (cipher.AEAD, error) {
	if len(key) != draftKeyLen {
		return nil, errors.New("a draft's key has another length")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func draftID(key []byte) digest { return named("draft", string(key)) }
