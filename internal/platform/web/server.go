package web

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"plein/internal/platform/view"
	"plein/internal/platform/words"
	"plein/internal/plein"
)

// Options are what the server needs from the rest of the house. Only Words and
// Actor are always needed.
type Options struct {
	Log   *slog.Logger
	Words *words.Catalogue

	// Actor tells who sends a request, from the session cookie; the zero Actor
	// when nobody does. plein.ErrNotFound is nobody as well.
	Actor func(r *http.Request) (plein.Actor, error)

	// Page makes the frame around a page. Without it errors are plain text.
	Page func(r *http.Request) view.Page

	// LostForm answers a POST that came without a session: it keeps what was
	// typed and leads to sign-in. Without it the reader is led to sign-in and then
	// back to the page the form was on.
	LostForm func(w http.ResponseWriter, r *http.Request) error

	// FirstRun says whether the organisation still has no administrator. Without
	// it, FirstRun routes do not exist.
	FirstRun func(ctx context.Context) (bool, error)

	// DefaultLang gives the language for who has none of their own. It is asked for
	// every request, so it must answer from memory. nil, and "", is Dutch.
	DefaultLang func(ctx context.Context) string

	Secure         bool           // reached over HTTPS: Secure cookies and HSTS
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	BaseURL        string         // "https://plein.example.org", for links that leave the house
	Limits         *Limits        // nil is DefaultLimits
	MetricsToken   string         // opens /metrics from elsewhere; empty: from this machine only
	Registry       *prometheus.Registry
	Ready          func(ctx context.Context) error // nil is always ready
}

// How long a request may take. Streams have no end.
const (
	answerWithin = 30 * time.Second
	uploadWithin = 15 * time.Minute
)

// Server is the house's one http.Handler.
type Server struct {
	o      Options
	log    *slog.Logger
	mux    *http.ServeMux
	cross  *http.CrossOriginProtection
	limits *limiters
	meter  *meter
	fixed  [][2]string // headers that are the same on every answer
}

// New builds the server around the routes. It adds /healthz, /readyz and
// /metrics to them, so that they stand in the list of routes too.
func New(o Options, routes *Routes) *Server {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Actor == nil {
		o.Actor = func(*http.Request) (plein.Actor, error) { return plein.Actor{}, nil }
	}
	if o.Registry == nil {
		o.Registry = prometheus.NewRegistry()
	}
	if o.Limits == nil {
		l := DefaultLimits()
		o.Limits = &l
	}
	s := &Server{o: o, log: o.Log.With("part", "web"), mux: http.NewServeMux(), limits: newLimiters(*o.Limits),
		meter: newMeter(o.Registry), fixed: fixedHeaders(o.Secure), cross: http.NewCrossOriginProtection()}
	if u, err := url.Parse(o.BaseURL); err == nil && u.Host != "" {
		// Behind a proxy the Host header may differ from the address in the browser.
		_ = s.cross.AddTrustedOrigin(u.Scheme + "://" + u.Host)
	}
	s.ownRoutes(routes)
	for _, r := range routes.list {
		s.mux.Handle(r.Method+" "+r.Pattern, s.door(r))
	}
	s.mux.HandleFunc("/", s.unknown)
	return s
}

// state is what the doors remember of one request.
type state struct {
	id     string
	ip     netip.Addr
	secure bool
	lang   string
	route  Route
	flash  flashState
}

type stateKey struct{}

func stateOf(ctx context.Context) *state {
	s, _ := ctx.Value(stateKey{}).(*state)
	return s
}

// RequestID gives the short id under which a request stands in the log; "" when
// ctx is not of a request.
func RequestID(ctx context.Context) string {
	if s := stateOf(ctx); s != nil {
		return s.id
	}
	return ""
}

var idLetters = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

func newRequestID() string {
	var b [5]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return idLetters.EncodeToString(b[:])
}

// ServeHTTP sends a request through the outer doors to its route.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	st := &state{id: newRequestID(), ip: clientIP(r, s.o.TrustedProxies), secure: s.o.Secure}
	if s.o.DefaultLang != nil {
		st.lang = s.o.DefaultLang(r.Context())
	}
	// A request with both a length and chunks may have been cut differently by a
	// proxy before us; what follows it on the connection is not trusted (S112).
	aw := &answer{ResponseWriter: w, st: st, hangUp: len(r.TransferEncoding) > 0}
	r = r.WithContext(context.WithValue(r.Context(), stateKey{}, st))
	s.meter.running.Inc()
	defer func() {
		p := recover()
		if p != nil && p != http.ErrAbortHandler {
			s.fail(aw, r, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
			p = nil
		}
		s.meter.running.Dec()
		s.measure(aw, r, time.Since(began))
		if p != nil || aw.cut {
			panic(http.ErrAbortHandler) // half an answer must not look like a whole one
		}
	}()
	s.setFixedHeaders(aw.Header())
	s.mux.ServeHTTP(aw, r)
}

// measure counts the request and writes its one line. The line holds the pattern
// and not the path, since a path can hold a sign-in token (TRUST S104), and
// neither who nor from where: a log of who read what is a means of watching.
func (s *Server) measure(w *answer, r *http.Request, took time.Duration) {
	pattern, method := "unknown", r.Method
	if w.st.route.Pattern != "" {
		pattern = w.st.route.Pattern
	}
	if !slices.Contains([]string{"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}, method) {
		method = "other"
	}
	status := w.status
	if status == 0 {
		status = http.StatusOK
	}
	if w.st.route.stream {
		s.meter.requests.WithLabelValues(pattern, method, strconv.Itoa(status/100)+"xx").Inc() // how long it was open says nothing about speed
	} else {
		s.meter.observe(pattern, method, status, took)
	}
	s.log.LogAttrs(r.Context(), slog.LevelInfo, "request",
		slog.String("id", w.st.id), slog.String("method", method), slog.String("route", pattern),
		slog.Int("status", status), slog.Int64("bytes", w.bytes), slog.Duration("took", took.Round(time.Microsecond)))
}

// door is the inner part of the way in: what depends on the route.
func (s *Server) door(route Route) http.Handler {
	within := answerWithin
	if route.MaxBody > plein.MaxFormBytes {
		within = uploadWithin
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		aw := w.(*answer)
		aw.st.route = route
		control := http.NewResponseController(aw.ResponseWriter)
		var ctx context.Context
		var cancel context.CancelFunc
		if route.stream {
			_ = control.SetReadDeadline(time.Time{}) // a recorder in a test has no deadlines
			_ = control.SetWriteDeadline(time.Time{})
			ctx, cancel = untilLeaving(r.Context())
		} else {
			end := time.Now().Add(within)
			_ = control.SetReadDeadline(end)
			_ = control.SetWriteDeadline(end.Add(5 * time.Second))
			ctx, cancel = context.WithDeadline(r.Context(), end)
		}
		defer cancel()
		r = r.WithContext(ctx)
		defer func() {
			if r.MultipartForm != nil {
				_ = r.MultipartForm.RemoveAll() // net/http only knows the request it made itself
			}
		}()
		var err error
		var in bool
		if r, in, err = s.admit(aw, r, route); in {
			err = route.handler(aw, r)
		}
		if err != nil {
			s.fail(aw, r, err)
		}
	})
}

// admit lets a request through the doors that stand before the handler, and
// gives it with its actor. When it is not let in, there is an error or the
// answer has been given already.
func (s *Server) admit(w *answer, r *http.Request, route Route) (_ *http.Request, in bool, err error) {
	if s.cross.Check(r) != nil {
		return r, false, plein.E(plein.Denied, "error.origin", nil)
	}
	if r.ContentLength > route.MaxBody {
		return s.recognise(r), false, tooLarge(route.MaxBody)
	}
	if r.Body != nil {
		r.Body = http.MaxBytesReader(w.ResponseWriter, r.Body, route.MaxBody)
	}
	if route.static {
		w.Header().Del("Vary") // the same for everybody
		return r, true, nil
	}
	now, net := time.Now(), network(w.st.ip)
	if err := tooFast(s.limits.address.wait(net, now)); err != nil {
		return r, false, err
	}
	actor, err := s.o.Actor(r)
	if err != nil && plein.KindOf(err) != plein.NotFound {
		return r, false, plein.Wrap("web.actor", err)
	}
	write := route.Method == http.MethodPost
	switch {
	case actor.SignedIn() && write:
		err = tooFast(s.limits.personWrite.wait(actor.ID, now))
	case actor.SignedIn():
		err = tooFast(s.limits.personRead.wait(actor.ID, now))
	case write:
		err = tooFast(s.limits.strangerWrite.wait(net, now))
	default:
		err = tooFast(s.limits.strangerRead.wait(net, now))
	}
	r = r.WithContext(plein.WithActor(r.Context(), actor))
	if err != nil {
		return r, false, err
	}
	in, err = s.apply(w, r, route.Policy, actor)
	return r, in, err
}

// recognise looks who this is for the frame around an error page only; not
// knowing is fine there.
func (s *Server) recognise(r *http.Request) *http.Request {
	actor, err := s.o.Actor(r)
	if err != nil {
		return r
	}
	return r.WithContext(plein.WithActor(r.Context(), actor))
}

// apply asks the policy. Who is not signed in is led to sign-in from every page
// that needs it, so the way there tells nothing about what exists.
func (s *Server) apply(w *answer, r *http.Request, p Policy, actor plein.Actor) (in bool, err error) {
	switch {
	case p == Public:
		return true, nil
	case p == FirstRun:
		if s.o.FirstRun == nil {
			return false, plein.ErrNotFound
		}
		first, err := s.o.FirstRun(r.Context())
		if err == nil && !first {
			err = plein.ErrNotFound
		}
		return err == nil, plein.Wrap("web.first_run", err)
	case !actor.SignedIn():
		return false, s.signIn(w, r)
	case p == SignedIn, p == People && !actor.Guest, p&needs != 0 && actor.Can(plein.Capability(p&^needs)):
		return true, nil
	}
	return false, plein.ErrNotFound
}

// signIn leads to the sign-in page and from there back.
func (s *Server) signIn(w *answer, r *http.Request) error {
	if WantsJSON(r) {
		return &statusError{status: http.StatusUnauthorized, err: plein.E(plein.Denied, "error.session", nil)}
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return Redirect(w, r, SignInPath(r.URL.RequestURI()))
	}
	if s.o.LostForm != nil {
		return s.o.LostForm(w, r)
	}
	next := "/"
	if from, err := url.Parse(r.Referer()); err == nil {
		next = from.RequestURI()
	}
	return Redirect(w, r, SignInPath(next))
}

// SignInPath is the address of the sign-in page that leads on to next.
func SignInPath(next string) string {
	if next = SafeNext(next); next == "/" {
		return "/sign-in"
	}
	return "/sign-in?next=" + url.QueryEscape(next)
}

// unknown answers where no route is. An address that exists under another method
// says which; all others are the same page as what may not be seen.
func (s *Server) unknown(w http.ResponseWriter, r *http.Request) {
	aw := w.(*answer)
	var allowed []string
	for _, m := range []string{http.MethodGet, http.MethodPost} {
		if m == r.Method {
			continue
		}
		if _, pattern := s.mux.Handler(&http.Request{Method: m, URL: r.URL, Host: r.Host}); strings.HasPrefix(pattern, m+" ") {
			allowed = append(allowed, m)
			if m == http.MethodGet {
				allowed = append(allowed, http.MethodHead)
			}
		}
	}
	if err := tooFast(s.limits.address.wait(network(aw.st.ip), time.Now())); err != nil {
		s.fail(aw, r, err)
		return
	}
	r = s.recognise(r)
	if len(allowed) == 0 {
		s.fail(aw, r, plein.ErrNotFound)
		return
	}
	s.fail(aw, r, &statusError{status: http.StatusMethodNotAllowed, allow: strings.Join(allowed, ", "),
		err: plein.E(plein.Invalid, "error.method", nil)})
}

// answer watches what a handler writes.
type answer struct {
	http.ResponseWriter
	st     *state
	status int
	bytes  int64
	cut    bool // an error came after the first byte
	hangUp bool // nothing more is read from this connection
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= 200 {
		a.status = status
		a.st.flash.beforeHeaders(a)
		if a.hangUp {
			a.Header().Set("Connection", "close")
		}
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	n, err := a.ResponseWriter.Write(p)
	a.bytes += int64(n)
	return n, err
}
