package web

import (
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"strings"
)

// SafeNext gives back s when it is a path on this site, and "/" otherwise. What
// comes after sign-in, after a form and out of a link is always passed through
// it (TRUST S97): no scheme, no host, no "//", no backslash, no control
// characters, nothing that a browser would read differently from us.
func SafeNext(s string) string {
	if len(s) == 0 || len(s) > 2000 || s[0] != '/' {
		return "/"
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c == '\\' || c >= 0x7f {
			return "/"
		}
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || !strings.HasPrefix(u.Path, "/") {
		return "/"
	}
	for _, p := range [...]string{u.Path, u.EscapedPath()} {
		if clean := path.Clean(p); clean != p && clean+"/" != p {
			return "/"
		}
	}
	for i := 0; i < len(u.Path); i++ { // what was hidden behind percent signs
		if c := u.Path[i]; c < ' ' || c == '\\' || c == 0x7f {
			return "/"
		}
	}
	return s
}

// Redirect sends the reader on with 303, so that reloading the next page repeats
// nothing. to must be a path on this site; anything else leads to "/".
func Redirect(w http.ResponseWriter, _ *http.Request, to string) error {
	w.Header().Set("Location", SafeNext(to))
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// ClientIP tells from which network address the request came. X-Forwarded-For is
// believed only when the request reached us through Options.TrustedProxies, and
// then read from the right, because everything left of the first untrusted
// address was written by whoever sent it (TRUST S113). The zero Addr means
// unknown.
func ClientIP(r *http.Request) netip.Addr {
	if s := stateOf(r.Context()); s != nil {
		return s.ip
	}
	return peer(r)
}

func peer(r *http.Request) netip.Addr {
	if ap, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		return ap.Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}

func clientIP(r *http.Request, trusted []netip.Prefix) netip.Addr {
	ip := peer(r)
	if !within(ip, trusted) {
		return ip
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return ip // nonsense: the last address that a trusted proxy vouched for
		}
		ip = hop.Unmap().WithZone("")
		if !within(ip, trusted) {
			return ip
		}
	}
	return ip
}

func within(ip netip.Addr, nets []netip.Prefix) bool {
	for _, n := range nets {
		if n.Contains(ip) {
			return true
		}
	}
	return false
}

// forwarded says that a proxy stood between the client and us, whether or not we
// trust it.
func forwarded(r *http.Request) bool {
	for _, h := range [...]string{"X-Forwarded-For", "Forwarded", "X-Real-Ip", "X-Forwarded-Host", "X-Forwarded-Proto", "Via"} {
		if len(r.Header.Values(h)) > 0 {
			return true
		}
	}
	return false
}

// Link makes an absolute address of a path, for mail and for copying. Its host
// is the one in the settings and never the Host header (TRUST S115).
func (s *Server) Link(path string) string {
	return strings.TrimSuffix(s.o.BaseURL, "/") + SafeNext(path)
}

// Back leads to the page that the form stood on, at a place in it; to fallback
// when the browser does not say which page that was.
func Back(w http.ResponseWriter, r *http.Request, fallback string) error {
	from, err := url.Parse(r.Referer())
	if err != nil || from.Path == "" || from.Host != r.Host {
		return Redirect(w, r, fallback)
	}
	if _, fragment, ok := strings.Cut(fallback, "#"); ok {
		from.Fragment = fragment
	}
	local := url.URL{Path: from.Path, RawQuery: from.RawQuery, Fragment: from.Fragment}
	return Redirect(w, r, local.String())
}
