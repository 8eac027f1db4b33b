package config

import (
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"time"
)

// Settings is the single list of settings. The tags of a field say all there is
// to know: name (in the file; flag and variable follow from it), group (heading
// in help), kind (how it is read and checked), default, secret and help.
//
// A field of another type than string holds the checked value; the methods below
// give what follows from several settings together.
type Settings struct {
	Listen  string `name:"listen" group:"The web" kind:"address" default:"127.0.0.1:8080" help:"Address and port to serve HTTP on. Put a proxy with TLS in front of it."`
	BaseURL string `name:"base_url" group:"The web" kind:"web" help:"Address that people use, such as https://plein.example.org. Links in e-mail begin with it. Needed when listen is not this machine alone; empty means http:// and listen."`

	SecureCookies  string         `name:"secure_cookies" group:"The web" kind:"auto|yes|no" default:"auto" help:"Whether cookies travel over TLS only. auto follows base_url."`
	TrustedProxies []netip.Prefix `name:"trusted_proxies" group:"The web" kind:"networks" help:"Networks whose X-Forwarded-For is believed, with commas between: 127.0.0.1/32, 10.0.0.0/8. Empty believes nobody."`
	MetricsToken   string         `name:"metrics_token" group:"The web" kind:"token" secret:"yes" help:"Bearer token that /metrics asks for. Without one only this machine itself is answered."`

	OrgName     string         `name:"org_name" group:"The organisation" kind:"name" default:"Plein" help:"Name of the organisation, until an admin gives another one on the settings page."`
	DefaultLang string         `name:"default_lang" group:"The organisation" kind:"nl|en" default:"nl" help:"Language for people who have not chosen one."`
	TimeZone    *time.Location `name:"time_zone" group:"The organisation" kind:"zone" default:"Europe/Amsterdam" help:"Time zone for people who have not chosen one."`

	Data             string `name:"data" group:"What is kept" kind:"folder" default:"./data" help:"Folder for the database and the files, and for mail when it is dropped. Made when it is not there."`
	Database         string `name:"database" group:"What is kept" kind:"database" help:"sqlite:PATH or postgres://user@host/name. Empty means plein.db in the data folder."`
	DatabasePassword string `name:"database_password" group:"What is kept" kind:"text" secret:"yes" help:"Password for PostgreSQL, when it is not in the address."`
	DatabaseReaders  int    `name:"database_readers" group:"What is kept" kind:"1..64" default:"4" help:"Connections that read. With PostgreSQL it is at least 16, because writes use them too."`
	UnsafeSync       bool   `name:"unsafe_sync" group:"What is kept" kind:"bool" default:"false" help:"Accept a database that may lose what was just saved when the power fails. For experiments only."`

	Blobs       string `name:"blobs" group:"What is kept" kind:"blobs" default:"folder" help:"Where files go: folder (in the data folder) or s3://bucket/prefix."`
	S3Endpoint  string `name:"s3_endpoint" group:"What is kept" kind:"host" help:"Host of the S3 server, with its port when that is not the usual one."`
	S3Region    string `name:"s3_region" group:"What is kept" kind:"text" help:"Region of the bucket, where the S3 server has regions."`
	S3AccessKey string `name:"s3_access_key" group:"What is kept" kind:"text" secret:"yes" help:"Access key for the bucket."`
	S3SecretKey string `name:"s3_secret_key" group:"What is kept" kind:"text" secret:"yes" help:"Secret key for the bucket."`
	S3Insecure  bool   `name:"s3_insecure" group:"What is kept" kind:"bool" default:"false" help:"Talk to the S3 server without TLS."`

	Mail         string `name:"mail" group:"E-mail" kind:"mail" default:"drop" help:"How e-mail leaves: drop (as files in the data folder, for a trial) or smtp://host:port."`
	MailFrom     string `name:"mail_from" group:"E-mail" kind:"email" help:"Address that e-mail comes from. Needed with smtp://."`
	MailFromName string `name:"mail_from_name" group:"E-mail" kind:"name" help:"Name beside that address. Empty means the name of the organisation."`
	SMTPUser     string `name:"smtp_user" group:"E-mail" kind:"text" help:"User for the mail server, when it asks for one."`
	SMTPPassword string `name:"smtp_password" group:"E-mail" kind:"text" secret:"yes" help:"Password for the mail server."`
	SMTPTLS      string `name:"smtp_tls" group:"E-mail" kind:"starttls|tls|none" default:"starttls" help:"How the line to the mail server is protected: starttls, tls from the first byte, or none."`

	LogLevel    string `name:"log_level" group:"The machine" kind:"debug|info|warn|error" default:"info" help:"What is worth a line in the log."`
	LogFormat   string `name:"log_format" group:"The machine" kind:"text|json" default:"text" help:"How a line in the log looks."`
	MemoryLimit Bytes  `name:"memory_limit" group:"The machine" kind:"size" default:"0" help:"Memory to stay under as far as possible, such as 512MiB. 0 means no limit."`
}

// Bytes is an amount of memory.
type Bytes int64

// Base gives the address people use, without a slash at its end.
func (s Settings) Base() string {
	if s.BaseURL != "" {
		return s.BaseURL
	}
	return "http://" + s.Listen
}

// Secure says whether cookies travel over TLS only.
func (s Settings) Secure() bool {
	if s.SecureCookies == "auto" {
		return strings.HasPrefix(s.Base(), "https://")
	}
	return s.SecureCookies == "yes"
}

// DatabaseURL gives the full address of the database: the default when none was
// set, and with the password in it. It is for opening the database, not for
// showing: use Shown for that.
func (s Settings) DatabaseURL() string {
	if s.Database == "" {
		return "sqlite:" + filepath.Join(s.Data, "plein.db")
	}
	if s.DatabasePassword == "" {
		return s.Database
	}
	u, err := url.Parse(s.Database)
	if err != nil { // Load refused it already
		return s.Database
	}
	u.User = url.UserPassword(u.User.Username(), s.DatabasePassword)
	return u.String()
}

// Bucket gives the bucket and the prefix of s3://bucket/prefix; both are empty
// when files go to a folder.
func (s Settings) Bucket() (bucket, prefix string) {
	rest, ok := strings.CutPrefix(s.Blobs, "s3://")
	if !ok {
		return "", ""
	}
	bucket, prefix, _ = strings.Cut(rest, "/")
	return bucket, strings.Trim(prefix, "/")
}

// MailServer gives host and port of the mail server; empty when mail is dropped
// as files.
func (s Settings) MailServer() string {
	return strings.TrimPrefix(strings.TrimPrefix(s.Mail, "drop"), "smtp://")
}

// Sender gives the name beside the address that e-mail comes from.
func (s Settings) Sender() string {
	if s.MailFromName != "" {
		return s.MailFromName
	}
	return s.OrgName
}
