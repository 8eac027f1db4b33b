package config

import (
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxValue is the length in bytes of the longest value a setting may have.
const maxValue = 4096

// kindNames says in words what a value of each kind looks like; a kind that is
// not here is a range (1..64) or a choice (yes|no).
var kindNames = map[string]string{
	"address":  "host:port",
	"web":      "http:// or https:// and a host",
	"networks": "networks such as 10.0.0.0/8, with commas between",
	"token":    "at least 16 letters and digits",
	"name":     "a name of at most 120 characters",
	"zone":     "a time zone such as Europe/Amsterdam",
	"folder":   "a folder",
	"database": "sqlite:PATH or postgres://…",
	"blobs":    "folder or s3://bucket/prefix",
	"host":     "a host, with or without :port",
	"mail":     "drop or smtp://host:port",
	"email":    "an e-mail address",
	"bool":     "true or false",
	"size":     "a size such as 512MiB, or 0",
	"text":     "text",
}

// read checks one value and gives it in the type of its field. What is wrong is
// said without the value when the setting is a secret.
func (s Setting) read(value string) (checked any, wrong string) {
	fault := s.fault(value)
	switch {
	case len(value) > maxValue:
		return nil, fmt.Sprintf("is longer than %d bytes", maxValue)
	case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError }):
		return nil, "holds a character that cannot be typed"
	}
	if checked, ok := s.parse(value); ok {
		return checked, ""
	}
	return nil, fault
}

func (s Setting) fault(value string) string {
	if s.Secret {
		return "is not " + s.Means()
	}
	if s.Kind == "database" {
		value = hidePassword(value)
	}
	return fmt.Sprintf("%q is not %s", value, s.Means())
}

// parse reads a value by the kind of the setting. Empty is allowed where the
// default is empty: it means "not set".
func (s Setting) parse(value string) (any, bool) {
	if low, high, ok := strings.Cut(s.Kind, ".."); ok {
		least, _ := strconv.Atoi(low)
		most, _ := strconv.Atoi(high)
		n, err := strconv.Atoi(value)
		return n, err == nil && least <= n && n <= most
	}
	if strings.Contains(s.Kind, "|") {
		return value, slices.Contains(strings.Split(s.Kind, "|"), value)
	}
	switch s.Kind {
	case "bool":
		return value == "true", value == "true" || value == "false"
	case "zone":
		zone, err := time.LoadLocation(value)
		return zone, err == nil && value != "" && value != "Local"
	case "networks":
		return parseNetworks(value)
	case "size":
		return parseSize(value)
	}
	if value == "" {
		return value, s.Default == ""
	}
	switch s.Kind {
	case "address":
		host, port, err := net.SplitHostPort(value)
		n, errPort := strconv.Atoi(port)
		return value, err == nil && errPort == nil && 0 <= n && n <= 65535 && (host == "" || isHost(host))
	case "web":
		return parseWeb(value)
	case "host":
		return value, isHostPort(value)
	case "token":
		return value, len(value) >= 16 && !strings.ContainsAny(value, " \t")
	case "name":
		return value, utf8.RuneCountInString(value) <= 120 && strings.TrimSpace(value) == value
	case "database":
		return value, isDatabase(value)
	case "blobs":
		return value, value == "folder" || isBucket(value)
	case "mail":
		return value, value == "drop" || isMailServer(value)
	case "email":
		a, err := mail.ParseAddress(value)
		return value, err == nil && a.Address == value
	}
	return value, true // folder, text
}

func parseNetworks(value string) (any, bool) {
	list := []netip.Prefix{}
	for part := range strings.SplitSeq(value, ",") {
		part = strings.TrimSpace(part)
		if part == "" && strings.TrimSpace(value) == "" {
			continue
		}
		network, err := netip.ParsePrefix(part)
		if err != nil {
			address, errAddress := netip.ParseAddr(part)
			if errAddress != nil {
				return nil, false
			}
			network = netip.PrefixFrom(address, address.BitLen())
		}
		if network.Bits() == 0 { // believing everybody is what the list exists to prevent (TRUST S113)
			return nil, false
		}
		list = append(list, network.Masked())
	}
	return list, true
}

func parseSize(value string) (any, bool) {
	if value == "0" {
		return Bytes(0), true
	}
	for _, unit := range []struct {
		name string
		size int64
	}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}} {
		if number, ok := strings.CutSuffix(value, unit.name); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 32)
			return Bytes(n * unit.size), err == nil && n > 0 && n <= (1<<62)/unit.size
		}
	}
	return nil, false
}

// parseWeb reads the address people use. It is where links begin, so there is
// nothing behind the host but perhaps a slash, which is dropped.
func parseWeb(value string) (any, bool) {
	u, err := url.Parse(value)
	if err != nil || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" {
		return nil, false
	}
	return strings.TrimRight(value, "/"), (u.Scheme == "http" || u.Scheme == "https") && isHostPort(u.Host)
}

func isPostgres(u *url.URL) bool { return u.Scheme == "postgres" || u.Scheme == "postgresql" }

func isDatabase(value string) bool {
	if path, ok := strings.CutPrefix(value, "sqlite:"); ok {
		return path != "" && !strings.ContainsAny(path, "?#") && !strings.HasPrefix(path, "//")
	}
	u, err := url.Parse(value)
	return err == nil && isPostgres(u) && (u.Host != "" || u.Query().Has("host")) && len(u.Path) > 1
}

func isBucket(value string) bool {
	u, err := url.Parse(value)
	return err == nil && u.Scheme == "s3" && u.Host != "" && u.User == nil && u.RawQuery == "" && u.Port() == "" && !strings.Contains(u.Path, "..")
}

func isMailServer(value string) bool {
	u, err := url.Parse(value)
	return err == nil && u.Scheme == "smtp" && u.Port() != "" && isHostPort(u.Host) && u.User == nil && u.Path == "" && u.RawQuery == ""
}

// isHostPort accepts a host with or without a port.
func isHostPort(value string) bool {
	if host, port, err := net.SplitHostPort(value); err == nil {
		n, err := strconv.Atoi(port)
		return isHost(host) && err == nil && 0 < n && n <= 65535
	}
	return isHost(strings.TrimSuffix(strings.TrimPrefix(value, "["), "]"))
}

func isHost(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return host != "" && !strings.ContainsFunc(host, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '.' || r == '_')
	})
}

// isLoopback says that only this machine can be at the host.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

// contradictions tells about settings that are right alone and wrong together.
// It says nothing about a setting that is bad by itself or that depends on one.
func (s Settings) contradictions(bad map[string]bool) []Problem {
	var problems []Problem
	refuse := func(when bool, name, because, text string) {
		if when && !bad[name] && !bad[because] {
			problems = append(problems, Problem{Setting: name, Text: text})
		}
	}

	listenHost, _, _ := net.SplitHostPort(s.Listen)
	https := strings.HasPrefix(s.Base(), "https://")
	refuse(s.BaseURL == "" && !isLoopback(listenHost), "base_url", "listen",
		"is needed, because listen is open to other machines and links must begin somewhere")
	refuse(s.SecureCookies == "yes" && !https, "secure_cookies", "base_url",
		"yes needs a base_url with https, or nobody could sign in")
	refuse(s.SecureCookies == "no" && https, "secure_cookies", "base_url",
		"no would send cookies in the clear, while base_url has https")

	if u, err := url.Parse(s.Database); err == nil && s.DatabasePassword != "" {
		_, twice := u.User.Password()
		refuse(!isPostgres(u), "database_password", "database", "is set, but the database is SQLite")
		refuse(isPostgres(u) && twice, "database_password", "database", "is set, but the database address holds a password too")
	}

	s3 := strings.HasPrefix(s.Blobs, "s3://")
	for _, x := range []struct {
		name        string
		set, needed bool
	}{
		{"s3_endpoint", s.S3Endpoint != "", true},
		{"s3_region", s.S3Region != "", false},
		{"s3_access_key", s.S3AccessKey != "", true},
		{"s3_secret_key", s.S3SecretKey != "", true},
		{"s3_insecure", s.S3Insecure, false},
	} {
		refuse(s3 && x.needed && !x.set, x.name, "blobs", "is needed, because blobs is "+s.Blobs)
		refuse(!s3 && x.set, x.name, "blobs", "is set, but blobs is "+s.Blobs)
	}

	server := s.MailServer()
	smtp := server != ""
	mailHost, _, _ := net.SplitHostPort(server)
	refuse(smtp && s.MailFrom == "", "mail_from", "mail", "is needed, because mail is "+s.Mail)
	refuse(!smtp && s.SMTPUser != "", "smtp_user", "mail", "is set, but mail is drop")
	refuse(!smtp && s.SMTPPassword != "", "smtp_password", "mail", "is set, but mail is drop")
	refuse(smtp && s.SMTPUser != "" && s.SMTPPassword == "", "smtp_password", "mail", "is needed, because smtp_user is set")
	refuse(smtp && s.SMTPUser == "" && s.SMTPPassword != "", "smtp_user", "mail", "is needed, because smtp_password is set")
	refuse(smtp && s.SMTPPassword != "" && s.SMTPTLS == "none" && !isLoopback(mailHost), "smtp_tls", "mail",
		"none would send the password in the clear to "+mailHost)
	return problems
}
