package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"plein/internal/plein"
)

// meter holds the numbers about requests. Labels are patterns and never paths,
// so that they stay few and name nobody.
type meter struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	running  prometheus.Gauge
}

func newMeter(reg *prometheus.Registry) *meter {
	m := &meter{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "plein_http_requests_total", Help: "Requests answered, by route, method and class of status."},
			[]string{"route", "method", "class"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "plein_http_request_seconds", Help: "How long answers took, by route and method.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}},
			[]string{"route", "method"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "plein_http_requests_running", Help: "Requests being answered now."}),
	}
	reg.MustRegister(m.requests, m.seconds, m.running)
	return m
}

func (m *meter) observe(route, method string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, method, strconv.Itoa(status/100)+"xx").Inc()
	m.seconds.WithLabelValues(route, method).Observe(took.Seconds())
}

// ownRoutes adds what a machine asks about the server itself. They tell nothing
// but a word or numbers (TRUST S127, S128).
func (s *Server) ownRoutes(r *Routes) {
	r.Static("/healthz", func(w http.ResponseWriter, _ *http.Request) error {
		write(w, http.StatusOK, "text/plain; charset=utf-8", []byte("alive\n"))
		return nil
	})
	r.Static("/readyz", func(w http.ResponseWriter, r *http.Request) error {
		if s.o.Ready != nil {
			if err := s.o.Ready(r.Context()); err != nil {
				s.log.WarnContext(r.Context(), "not ready", "id", RequestID(r.Context()), "err", err)
				write(w, http.StatusServiceUnavailable, "text/plain; charset=utf-8", []byte("not ready\n"))
				return nil
			}
		}
		write(w, http.StatusOK, "text/plain; charset=utf-8", []byte("ready\n"))
		return nil
	})
	numbers := promhttp.HandlerFor(s.o.Registry, promhttp.HandlerOpts{DisableCompression: true})
	r.Static("/metrics", func(w http.ResponseWriter, r *http.Request) error {
		if !s.mayMeasure(r) {
			return plein.ErrNotFound
		}
		numbers.ServeHTTP(w, r)
		return nil
	})
}

// mayMeasure lets in who is on this machine or holds the token. A request that
// says it came through a proxy did not come from this machine, even when the
// proxy itself did.
func (s *Server) mayMeasure(r *http.Request) bool {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && s.o.MetricsToken != "" {
		got, want := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(s.o.MetricsToken))
		return subtle.ConstantTimeCompare(got[:], want[:]) == 1
	}
	return peer(r).IsLoopback() && !forwarded(r)
}
