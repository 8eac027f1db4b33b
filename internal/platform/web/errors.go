package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"plein/internal/platform/db"
	"plein/internal/platform/view"
	"plein/internal/plein"
)

// statusError is an error whose status is not the one of its kind, or that needs
// a header.
type statusError struct {
	status int
	retry  int    // seconds
	allow  string // methods
	err    *plein.Error
}

func (e *statusError) Error() string { return fmt.Sprintf("%d: %v", e.status, e.err) }
func (e *statusError) Unwrap() error { return e.err }

// tooLarge is the error for a body over its limit in bytes.
func tooLarge(limit int64) error {
	return plein.E(plein.TooMuch, "error.form_too_large", plein.Args{"max": size(limit)})
}

// size writes a limit without a language: the units are the same in both.
func size(n int64) string {
	if n >= 1<<20 {
		return strconv.FormatInt(n>>20, 10) + " MB"
	}
	return strconv.FormatInt(n>>10, 10) + " kB"
}

// statusOf is the one place where a kind of error becomes a status. TooMuch with
// a "max" among its values is a thing that is too large; without it, a person or
// a program that is too fast.
func statusOf(e *plein.Error) int {
	switch e.Kind {
	case plein.Invalid:
		return http.StatusUnprocessableEntity
	case plein.Denied:
		return http.StatusForbidden
	case plein.NotFound:
		return http.StatusNotFound
	case plein.Conflict:
		return http.StatusConflict
	case plein.TooMuch:
		if _, ok := e.Args["max"]; ok {
			return http.StatusRequestEntityTooLarge
		}
		return http.StatusTooManyRequests
	case plein.Away:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// understand makes of any error one that can be shown.
func understand(err error) *statusError {
	var se *statusError
	if !errors.As(err, &se) {
		se = &statusError{err: plein.AsError(err)}
		se.status = statusOf(se.err)
	}
	if se.err.Kind == plein.Broken {
		var over *http.MaxBytesError
		switch {
		case errors.As(err, &over):
			e := plein.AsError(tooLarge(over.Limit))
			return &statusError{status: statusOf(e), err: e}
		case db.IsUnavailable(err), errors.Is(err, context.DeadlineExceeded):
			return &statusError{status: http.StatusServiceUnavailable, retry: 30, err: plein.E(plein.Away, "error.away", nil)}
		}
	}
	out := *se
	switch out.status {
	case http.StatusNotFound:
		out.err = plein.ErrNotFound // whatever it was: one answer
	case http.StatusTooManyRequests:
		out.retry = max(out.retry, 1)
	case http.StatusServiceUnavailable:
		if out.retry == 0 {
			out.retry = 30
		}
	}
	return &out
}

// fail answers with an error. What a handler had put in the headers is taken
// back, so that an answer tells nothing of how far it came.
func (s *Server) fail(w *answer, r *http.Request, err error) {
	if err != nil && r.Context().Err() == context.Canceled {
		w.status, w.cut = 499, true // nobody is there to read it
		s.log.DebugContext(r.Context(), "the client left", "id", w.st.id, "err", err)
		return
	}
	e := understand(err)
	s.note(r, w.st.id, e, err)
	if w.status != 0 {
		w.cut = true
		return
	}
	h := w.Header()
	cookies := h["Set-Cookie"]
	clear(h)
	s.setFixedHeaders(h)
	if e.err.Kind != plein.NotFound && len(cookies) > 0 {
		h["Set-Cookie"] = cookies
	}
	if e.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(e.retry))
	}
	if e.allow != "" {
		h.Set("Allow", e.allow)
	}
	w.hangUp = w.hangUp || e.status == http.StatusRequestEntityTooLarge // the rest of the body is not read
	code := ""
	if e.err.Kind == plein.Broken {
		code = w.st.id
	}
	if !WantsJSON(r) && wantsPage(r) && s.o.Page != nil && s.errorPage(w, r, e, code) {
		return
	}
	title, text := s.say(Lang(r), e.err)
	if WantsJSON(r) {
		s.problem(w, e, title, text, code)
	} else {
		if code != "" {
			text += "\n" + s.o.Words.Say(Lang(r), "error.code", plein.Args{"code": code})
		}
		write(w, e.status, "text/plain; charset=utf-8", []byte(title+"\n\n"+text+"\n"))
	}
}

// note writes what the log has to know: everything about what is our fault, a
// line about what we could not reach, nothing but the request line about the
// rest.
func (s *Server) note(r *http.Request, id string, e *statusError, cause error) {
	level := slog.LevelDebug
	switch e.err.Kind {
	case plein.Broken:
		level = slog.LevelError
	case plein.Away:
		level = slog.LevelWarn
	}
	s.log.LogAttrs(r.Context(), level, "request failed", slog.String("id", id),
		slog.Int("status", e.status), slog.String("kind", e.err.Kind.String()), slog.String("err", cause.Error()))
}

// say gives the title and the sentence of an error. A key without a sentence
// falls back to that of its kind.
func (s *Server) say(lang string, e *plein.Error) (title, text string) {
	kind := strings.ReplaceAll(e.Kind.String(), " ", "_")
	key := e.Key
	if e.Kind == plein.Broken || !s.o.Words.Has(key) {
		key = "error." + kind
	}
	return s.o.Words.Say(lang, "error.title."+kind, nil), s.o.Words.Say(lang, key, e.Args)
}

// problem is the answer of RFC 9457. key lets a program tell errors apart
// without reading sentences.
func (s *Server) problem(w http.ResponseWriter, e *statusError, title, text, code string) {
	type problem struct {
		Type   string `json:"type"`
		Title  string `json:"title"`
		Status int    `json:"status"`
		Detail string `json:"detail"`
		Key    string `json:"key"`
		Field  string `json:"field,omitempty"`
		Code   string `json:"code,omitempty"`
	}
	b, err := json.Marshal(problem{"about:blank", title, e.status, text, e.err.Key, e.err.Field, code})
	if err != nil {
		b = []byte(`{}`) // strings and numbers always marshal
	}
	write(w, e.status, "application/problem+json", b)
}

// errorPage writes the page of an error in the frame of its reader. What makes
// the frame may be just what is broken, so a failure here falls back to text.
func (s *Server) errorPage(w *answer, r *http.Request, e *statusError, code string) (ok bool) {
	defer func() {
		if p := recover(); p != nil {
			s.log.ErrorContext(r.Context(), "the frame of an error page panicked", "id", RequestID(r.Context()), "panic", p)
			ok = false
		}
	}()
	page := s.o.Page(r)
	w.st.flash.shown = false // an error page does not show it; the next page does
	_, text := s.say(page.Speaker.Lang(), e.err)
	page.Path = "" // an address that is not there marks nothing in a menu, and must not differ from another
	if err := Render(w, r, e.status, view.ErrorPage(page, e.status, text, code)); err != nil {
		s.log.ErrorContext(r.Context(), "an error page could not be made", "id", RequestID(r.Context()), "err", err)
		return false
	}
	return true
}
