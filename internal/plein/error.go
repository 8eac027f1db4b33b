package plein

import (
	"errors"
	"fmt"
	"strings"
)

// ErrorKind says what an error means to the person who meets it. The set is
// closed: platform/web maps each kind to one HTTP status.
type ErrorKind uint8

const (
	Broken   ErrorKind = iota // our fault; the text is never shown, only a short id (500)
	Invalid                   // what was sent cannot be accepted (422)
	Denied                    // known to exist, not allowed (403)
	NotFound                  // not there, or not for you: these look alike (404)
	Conflict                  // somebody was first (409)
	TooMuch                   // over a limit of size or speed (413, 429)
	Away                      // something we need is not there now; try again (503)
)

// String gives the kind's name in lower case, for logs.
func (k ErrorKind) String() string {
	names := [...]string{"broken", "invalid", "denied", "not found", "conflict", "too much", "away"}
	if int(k) < len(names) {
		return names[k]
	}
	return "broken"
}

// Args are the named values that a word needs, as in {"max": 120}.
type Args = map[string]any

// Error is the house's one error. Key names a sentence in words.toml that says
// what happened, what is safe and what to do; Args fill it in.
type Error struct {
	Kind  ErrorKind
	Key   string // a word key, never a sentence
	Args  Args
	Field string // the form field it belongs to, when there is one
	Op    string // where it happened, for the log: "items.post: insert"
	Err   error  // the cause, for the log only
}

// ErrNotFound is the one answer for what does not exist and what may not be
// seen. It carries nothing, so that the two cannot differ by a byte (TRUST P1).
var ErrNotFound = &Error{Kind: NotFound, Key: "error.not_found"}

// ErrDenied is the answer where existence is no secret but the act is not
// allowed.
var ErrDenied = &Error{Kind: Denied, Key: "error.denied"}

// E makes an error of a kind with its sentence.
func E(kind ErrorKind, key string, args Args) *Error {
	return &Error{Kind: kind, Key: key, Args: args}
}

// FieldError makes an Invalid error that belongs to one form field.
func FieldError(field, key string, args Args) *Error {
	return &Error{Kind: Invalid, Key: key, Args: args, Field: field}
}

// Error tells the whole story on one line, for logs and command lines.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op + ": ")
	}
	b.WriteString(e.Kind.String())
	if e.Key != "" {
		b.WriteString(" (" + e.Key + ")")
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is compare by kind and key, so that a wrapped ErrNotFound is
// still ErrNotFound.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Kind == e.Kind && t.Key == e.Key
}

// Wrap adds where an error happened. It keeps the kind and the sentence of an
// Error inside; anything else becomes Broken.
func Wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return fmt.Errorf("%s: %w", op, err)
	}
	return &Error{Kind: Broken, Key: "error.broken", Op: op, Err: err}
}

// KindOf tells what an error means. An error from outside the house is Broken.
func KindOf(err error) ErrorKind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Broken
}

// AsError finds the house's error inside err, or makes a Broken one around it.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Kind: Broken, Key: "error.broken", Err: err}
}
