package config

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func lines(problems []Problem) string {
	out := []string{}
	for _, p := range problems {
		out = append(out, p.String())
	}
	return strings.Join(out, "\n")
}

func TestDefaultsAreRight(t *testing.T) {
	s, problems := Load(nil, []string{"HOME=/home/someone", "PATH=/bin"}, "")
	if len(problems) > 0 {
		t.Fatal(lines(problems))
	}
	if s.Listen != "127.0.0.1:8080" || s.Base() != "http://127.0.0.1:8080" || s.Secure() || s.DatabaseReaders != 4 ||
		s.DatabaseURL() != "sqlite:data/plein.db" || s.TimeZone.String() != "Europe/Amsterdam" || s.Sender() != "Plein" || s.MailServer() != "" {
		t.Errorf("defaults: %+v", s)
	}
}

func TestStrongestSourceWins(t *testing.T) {
	path := write(t, "plein.toml", `
org_name = "from file"
data = "from file"
default_lang = "en"
database_readers = 8
unsafe_sync = true
trusted_proxies = ["10.0.0.0/8", "192.0.2.1"]
`)
	s, problems := Load(
		map[string]string{"data": "from flag"},
		[]string{"PLEIN_DATA=from environment", "PLEIN_DEFAULT_LANG=nl", "PLEIN_CONFIG=/not/this/one", "PLEIN_TEST_POSTGRES=x", "PLEIN_SHARED=x"},
		path)
	if len(problems) > 0 {
		t.Fatal(lines(problems))
	}
	if s.Data != "from flag" || s.DefaultLang != "nl" || s.OrgName != "from file" || s.LogLevel != "info" || s.DatabaseReaders != 8 || !s.UnsafeSync {
		t.Errorf("flag > environment > file > default: %+v", s)
	}
	want := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.1/32")}
	if len(s.TrustedProxies) != 2 || s.TrustedProxies[0] != want[0] || s.TrustedProxies[1] != want[1] {
		t.Errorf("trusted_proxies: %v", s.TrustedProxies)
	}
}

func TestFileFromEnvironment(t *testing.T) {
	s, problems := Load(nil, []string{"PLEIN_CONFIG=" + write(t, "x.toml", `org_name = "Lingeziekenhuis"`)}, "")
	if len(problems) > 0 || s.OrgName != "Lingeziekenhuis" {
		t.Errorf("PLEIN_CONFIG: %q %s", s.OrgName, lines(problems))
	}
}

func TestFollowingValues(t *testing.T) {
	s, problems := Load(map[string]string{
		"listen": ":8080", "base-url": "https://plein.example.org/",
		"database": "postgres://plein@db/plein?sslmode=verify-full", "blobs": "s3://bucket/a/b/", "s3_endpoint": "s3.example.org:9000",
		"mail": "smtp://mail.example.org:587", "mail_from": "plein@example.org", "smtp_user": "plein", "memory_limit": "512MiB",
	}, []string{"PLEIN_DATABASE_PASSWORD=a b/c", "PLEIN_S3_ACCESS_KEY=key", "PLEIN_S3_SECRET_KEY=hush", "PLEIN_SMTP_PASSWORD=hush"}, "")
	if len(problems) > 0 {
		t.Fatal(lines(problems))
	}
	bucket, prefix := s.Bucket()
	for _, x := range []struct{ name, got, want string }{
		{"base", s.Base(), "https://plein.example.org"},
		{"database", s.DatabaseURL(), "postgres://plein:a%20b%2Fc@db/plein?sslmode=verify-full"},
		{"bucket", bucket + " " + prefix, "bucket a/b"},
		{"mail server", s.MailServer(), "mail.example.org:587"},
	} {
		if x.got != x.want {
			t.Errorf("%s: %q, want %q", x.name, x.got, x.want)
		}
	}
	if !s.Secure() || s.MemoryLimit != 512<<20 {
		t.Errorf("secure %v, memory %d", s.Secure(), s.MemoryLimit)
	}
	for _, line := range s.Shown() {
		if strings.Contains(line.Value, "hush") || strings.Contains(line.Value, "a b/c") {
			t.Errorf("Shown tells a secret: %+v", line)
		}
	}
}

func TestBadSettings(t *testing.T) {
	secret := "hush-hush-hush-hush"
	for _, x := range []struct {
		name  string
		flags map[string]string
		env   []string
		file  string
		want  []string // every line, in order
	}{
		{name: "not a port", env: []string{"PLEIN_LISTEN=80800"}, want: []string{`listen: "80800" is not host:port (from PLEIN_LISTEN)`}},
		{name: "port too high", flags: map[string]string{"listen": "127.0.0.1:70000"}, want: []string{`listen: "127.0.0.1:70000" is not host:port (from --listen)`}},
		{name: "all at once, in the order of help",
			flags: map[string]string{"log_level": "loud", "lisen": "x"},
			env:   []string{"PLEIN_DEFAULT_LANG=de", "PLEIN_MEMORY_LIMT=1", "PLEIN_DATABASE_READERS=0"},
			file:  "listen = 8080\n[smtp]\nuser = \"x\"\n",
			want: []string{
				`listen: "8080" is not host:port (from plein.toml)`,
				`default_lang: "de" is not nl or en (from PLEIN_DEFAULT_LANG)`,
				`database_readers: "0" is not a number from 1 to 64 (from PLEIN_DATABASE_READERS)`,
				`log_level: "loud" is not debug, info, warn or error (from --log-level)`,
				`smtp.user: there is no such setting; did you mean smtp_user? (from plein.toml)`,
				`memory_limt: there is no such setting; did you mean memory_limit? (from PLEIN_MEMORY_LIMT)`,
				`lisen: there is no such setting; did you mean listen? (from --lisen)`,
			}},
		{name: "nothing like it", env: []string{"PLEIN_ZZZZZZZZ=1"}, want: []string{`zzzzzzzz: there is no such setting (from PLEIN_ZZZZZZZZ)`}},
		{name: "broken file", file: "listen = \n", want: []string{`config: `}},
		{name: "set twice in a file", file: "data = \"a\"\ndata = \"b\"\n", want: []string{`config: `}},
		{name: "empty where something is needed", env: []string{"PLEIN_LISTEN="}, want: []string{`listen: "" is not host:port (from PLEIN_LISTEN)`}},
		{name: "control character", env: []string{"PLEIN_ORG_NAME=a\x00b"}, want: []string{`org_name: holds a character that cannot be typed (from PLEIN_ORG_NAME)`}},
		{name: "too long", env: []string{"PLEIN_DATA=" + strings.Repeat("x", 5000)}, want: []string{`data: is longer than 4096 bytes (from PLEIN_DATA)`}},
		{name: "a path in base_url", env: []string{"PLEIN_BASE_URL=https://example.org/plein"}, want: []string{`base_url: "https://example.org/plein" is not http:// or https:// and a host (from PLEIN_BASE_URL)`}},
		{name: "everybody trusted", env: []string{"PLEIN_TRUSTED_PROXIES=0.0.0.0/0"}, want: []string{`trusted_proxies: "0.0.0.0/0" is not networks such as 10.0.0.0/8, with commas between (from PLEIN_TRUSTED_PROXIES)`}},
		{name: "zone", env: []string{"PLEIN_TIME_ZONE=Europe/Utrecht"}, want: []string{`time_zone: "Europe/Utrecht" is not a time zone such as Europe/Amsterdam (from PLEIN_TIME_ZONE)`}},
		{name: "size", env: []string{"PLEIN_MEMORY_LIMIT=lots"}, want: []string{`memory_limit: "lots" is not a size such as 512MiB, or 0 (from PLEIN_MEMORY_LIMIT)`}},
		{name: "yes is not a bool", env: []string{"PLEIN_UNSAFE_SYNC=yes"}, want: []string{`unsafe_sync: "yes" is not true or false (from PLEIN_UNSAFE_SYNC)`}},
		{name: "database", env: []string{"PLEIN_DATABASE=mysql://root:" + secret + "@db/x"}, want: []string{`database: "mysql://root:hidden@db/x" is not sqlite:PATH or postgres://… (from PLEIN_DATABASE)`}},
		{name: "database that cannot be read", env: []string{"PLEIN_DATABASE=postgres://u:" + secret + "%zz@db/x"}, want: []string{`database: "(hidden)" is not sqlite:PATH or postgres://… (from PLEIN_DATABASE)`}},
		{name: "a short token is not told", env: []string{"PLEIN_METRICS_TOKEN=hush"}, want: []string{`metrics_token: is not at least 16 letters and digits (from PLEIN_METRICS_TOKEN)`}},
		{name: "open without address", flags: map[string]string{"listen": "0.0.0.0:8080"}, want: []string{`base_url: is needed, because listen is open to other machines and links must begin somewhere`}},
		{name: "secure without TLS", flags: map[string]string{"secure_cookies": "yes"}, want: []string{`secure_cookies: yes needs a base_url with https, or nobody could sign in (from --secure-cookies)`}},
		{name: "TLS without secure", flags: map[string]string{"secure_cookies": "no", "base_url": "https://x.example"}, want: []string{`secure_cookies: no would send cookies in the clear, while base_url has https (from --secure-cookies)`}},
		{name: "password for SQLite", env: []string{"PLEIN_DATABASE_PASSWORD=" + secret}, want: []string{`database_password: is set, but the database is SQLite (from PLEIN_DATABASE_PASSWORD)`}},
		{name: "two passwords", env: []string{"PLEIN_DATABASE_PASSWORD=" + secret, "PLEIN_DATABASE=postgres://u:p@h/d"}, want: []string{`database_password: is set, but the database address holds a password too (from PLEIN_DATABASE_PASSWORD)`}},
		{name: "bucket without keys", flags: map[string]string{"blobs": "s3://b"}, want: []string{
			`s3_endpoint: is needed, because blobs is s3://b`, `s3_access_key: is needed, because blobs is s3://b`, `s3_secret_key: is needed, because blobs is s3://b`}},
		{name: "keys without bucket", env: []string{"PLEIN_S3_SECRET_KEY=" + secret, "PLEIN_S3_INSECURE=true"}, want: []string{
			`s3_secret_key: is set, but blobs is folder (from PLEIN_S3_SECRET_KEY)`, `s3_insecure: is set, but blobs is folder (from PLEIN_S3_INSECURE)`}},
		{name: "mail server without sender", flags: map[string]string{"mail": "smtp://m:25"}, want: []string{`mail_from: is needed, because mail is smtp://m:25`}},
		{name: "mail server without port", flags: map[string]string{"mail": "smtp://m"}, env: []string{"PLEIN_SMTP_USER=u"}, want: []string{`mail: "smtp://m" is not drop or smtp://host:port (from --mail)`}},
		{name: "mail user without server", env: []string{"PLEIN_SMTP_USER=u"}, want: []string{`smtp_user: is set, but mail is drop (from PLEIN_SMTP_USER)`}},
		{name: "mail password in the clear", flags: map[string]string{"mail": "smtp://m:25", "mail_from": "p@example.org", "smtp_tls": "none", "smtp_user": "u"},
			env: []string{"PLEIN_SMTP_PASSWORD=" + secret}, want: []string{`smtp_tls: none would send the password in the clear to m (from --smtp-tls)`}},
	} {
		t.Run(x.name, func(t *testing.T) {
			path := ""
			if x.file != "" {
				path = write(t, "plein.toml", x.file)
			}
			_, problems := Load(x.flags, x.env, path)
			if len(problems) != len(x.want) {
				t.Fatalf("got:\n%s\nwant:\n%s", lines(problems), strings.Join(x.want, "\n"))
			}
			for i, p := range problems {
				line := p.String()
				if line != x.want[i] && (!strings.HasSuffix(x.want[i], ": ") || !strings.HasPrefix(line, x.want[i])) {
					t.Errorf("got  %s\nwant %s", line, x.want[i])
				}
				if strings.Contains(line, secret) || strings.Contains(line, "\n") {
					t.Errorf("a secret or a second line: %s", line)
				}
			}
		})
	}
}

func TestBrokenFileNamesItsLine(t *testing.T) {
	_, problems := Load(nil, nil, write(t, "plein.toml", "data = \"x\"\nlisten = \n"))
	if got := lines(problems); !strings.Contains(got, "plein.toml: line 2: ") {
		t.Error(got)
	}
	_, problems = Load(nil, nil, filepath.Join(t.TempDir(), "gone.toml"))
	if got := lines(problems); !strings.Contains(got, "gone.toml") {
		t.Error(got)
	}
}

func TestSecretFromFile(t *testing.T) {
	token := write(t, "token", "0123456789abcdef\n")
	for _, x := range []struct {
		name string
		env  []string
		want string // the token, or the beginning of the problem
	}{
		{"read", []string{"PLEIN_METRICS_TOKEN_FILE=" + token}, "0123456789abcdef"},
		{"both", []string{"PLEIN_METRICS_TOKEN_FILE=" + token, "PLEIN_METRICS_TOKEN=abcdefghijklmnopq"}, "metrics_token: is set, and so is metrics_token_file"},
		{"gone", []string{"PLEIN_METRICS_TOKEN_FILE=" + token + "x"}, "metrics_token_file: cannot read"},
		{"empty", []string{"PLEIN_METRICS_TOKEN_FILE=" + write(t, "empty", "\n")}, "metrics_token_file: "},
		{"folder", []string{"PLEIN_METRICS_TOKEN_FILE=" + filepath.Dir(token)}, "metrics_token_file: cannot read"},
		{"too large", []string{"PLEIN_METRICS_TOKEN_FILE=" + write(t, "large", strings.Repeat("x", maxSecret+1))}, "metrics_token_file: "},
		{"not a secret", []string{"PLEIN_DATA_FILE=" + token}, "data_file: there is no such setting"},
	} {
		t.Run(x.name, func(t *testing.T) {
			s, problems := Load(nil, x.env, "")
			if len(problems) == 0 && s.MetricsToken == x.want {
				return
			}
			if len(problems) != 1 || !strings.HasPrefix(problems[0].String(), x.want) {
				t.Errorf("token %q, problems %q; want %q", s.MetricsToken, lines(problems), x.want)
			}
		})
	}
}
