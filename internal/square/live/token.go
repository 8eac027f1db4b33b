package live

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/binary"
	"time"

	"plein/internal/platform/changes"
)

// tokens seal a place in the log for a browser to keep. A bare place would tell
// how much is said in the house, also where the reader is not (TRUST P23); two
// seals of one place differ, so that comparing them tells nothing either.
type tokens struct{ aead cipher.AEAD }

func newTokens(key [16]byte) tokens {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // sixteen bytes are always a valid AES key
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // AES always fits
	}
	return tokens{aead}
}

var sealed = base64.RawURLEncoding.Strict()

// maxToken bounds what is looked at at all.
const maxToken = 200

func (t tokens) seal(p changes.Place, at time.Time) string {
	plain := binary.BigEndian.AppendUint64(p.Append(make([]byte, 0, changes.PlaceSize+8)), uint64(at.Unix()))
	return sealed.EncodeToString(t.aead.Seal(nil, nil, plain, nil))
}

// open gives the place and when it was sealed; false for what is no token of this
// house.
func (t tokens) open(token string) (p changes.Place, at time.Time, ok bool) {
	if token == "" || len(token) > maxToken {
		return p, at, false
	}
	raw, err := sealed.DecodeString(token)
	if err != nil {
		return p, at, false
	}
	plain, err := t.aead.Open(nil, nil, raw, nil)
	if err != nil || len(plain) != changes.PlaceSize+8 {
		return p, at, false
	}
	return changes.PlaceOf(plain), time.Unix(int64(binary.BigEndian.Uint64(plain[changes.PlaceSize:])), 0), true
}
