package web

import "net/http"

// policy is the Content-Security-Policy of every page: only what we serve
// ourselves, nothing inline, nothing evaluated.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
	"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"

// fixedHeaders are on every answer. A handler may replace one, as files do with
// a still stricter policy and styles with a longer life in the cache.
func fixedHeaders(secure bool) [][2]string {
	h := [][2]string{
		{"Content-Security-Policy", contentPolicy},
		{"X-Content-Type-Options", "nosniff"},
		{"X-Frame-Options", "DENY"}, // for browsers that do not know frame-ancestors
		{"Referrer-Policy", "same-origin"},
		{"Cross-Origin-Opener-Policy", "same-origin"},
		{"Cross-Origin-Resource-Policy", "same-origin"},
		{"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"},
		{"Cache-Control", "no-store"},
		{"Vary", "Cookie, Accept, Accept-Language"},
	}
	if secure {
		h = append(h, [2]string{"Strict-Transport-Security", "max-age=63072000"})
	}
	return h
}

func (s *Server) setFixedHeaders(h http.Header) {
	for _, kv := range s.fixed {
		h[kv[0]] = []string{kv[1]} // the keys above are written in canonical form
	}
}
