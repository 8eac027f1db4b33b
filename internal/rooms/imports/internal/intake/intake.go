// Package intake reads files that somebody else made, so that nothing in them can
// take more of the machine than was set aside for it, or reach out of its place.
//
// Whatever is wrong comes back as a Problem: one line that says where and why.
package intake

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// Problem is one thing that is wrong with an export: where it stands and why it
// cannot be taken over.
type Problem struct {
	At     string // file, and line or record: "export.zip, general/2016-01-14.json, record 3"
	Reason string
}

// Error gives the one line.
func (p Problem) Error() string { return p.At + ": " + p.Reason }

// Refuse makes a Problem.
func Refuse(at, reason string, args ...any) error {
	return Problem{At: at, Reason: fmt.Sprintf(reason, args...)}
}

// IsShown says that a character leaves a mark and does not turn the direction of
// reading (TRUST S47, S70).
func IsShown(r rune) bool {
	return !unicode.IsControl(r) && !unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs) && r != utf8.RuneError &&
		r&0xFFFE != 0xFFFE && (r < 0xFDD0 || r > 0xFDEF)
}
