package mail

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	smtpd "github.com/emersion/go-smtp"

	"plein/internal/plein"
)

// server is a real mail server on the loopback that keeps what it gets.
type server struct {
	port    int
	roots   *x509.CertPool
	user    string // asked for when not empty
	refuse  error  // given to every recipient
	mu      sync.Mutex
	letters []letter
}

type letter struct {
	from, user string
	to         []string
	raw        string
}

func (s *server) NewSession(*smtpd.Conn) (smtpd.Session, error) { return &session{server: s}, nil }

func (s *server) got() []letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.letters
}

type session struct {
	server *server
	now    letter
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if username != s.server.user || password != "geheim" {
			return errors.New("wrong password")
		}
		s.now.user = username
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtpd.MailOptions) error {
	if s.server.user != "" && s.now.user == "" {
		return smtpd.ErrAuthRequired
	}
	s.now.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtpd.RcptOptions) error {
	s.now.to = append(s.now.to, to)
	return s.server.refuse
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.now.raw = string(raw)
	s.server.letters = append(s.server.letters, s.now)
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

// start runs the server with TLS from the first byte, offered, or absent.
func (s *server) start(t *testing.T, mode TLS) Options {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	s.roots = x509.NewCertPool()
	s.roots.AddCert(certificate)
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = listener.Addr().(*net.TCPAddr).Port
	d := smtpd.NewServer(s)
	d.Domain = "localhost"
	d.ErrorLog = log.New(io.Discard, "", 0)
	d.AllowInsecureAuth = true
	switch mode {
	case FullTLS:
		listener = tls.NewListener(listener, config)
	case StartTLS:
		d.TLSConfig = config
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = d.Serve(listener) }()
	t.Cleanup(func() {
		_ = d.Close()
		_ = listener.Close() // Serve may not have taken hold of it yet
		<-done
	})
	return Options{Host: "127.0.0.1", Port: s.port, TLS: mode, From: "plein@huis.example", FromName: "Plein van het Huis",
		HelloName: "plein.huis.example", Config: &tls.Config{RootCAs: s.roots}}
}

func newSMTP(t *testing.T, o Options) Sender {
	t.Helper()
	s, err := NewSMTP(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var full = Message{
	To: "samira@huis.example", ToName: `Samira "Sam" Bouali-Çelik`, Subject: "Nieuw op het plein: één vraag, twee antwoorden €",
	Text:            "Dag Samira,\n\n.\n..punt\nFrom hier\n" + strings.Repeat("heel lange regel ", 100) + "\nhttps://plein.example/a?b=c=d",
	HTML:            "<p>Dag <strong>Samira</strong>, één vraag</p>",
	ListUnsubscribe: "https://plein.example/stop/abc?x=1",
}

func TestLettersArriveWhole(t *testing.T) {
	for _, mode := range []TLS{StartTLS, FullTLS, NoTLS} {
		t.Run(string(mode), func(t *testing.T) {
			s := &server{}
			if mode != NoTLS {
				s.user = "plein" // a password only travels over TLS
			}
			o := s.start(t, mode)
			o.Username, o.Password = s.user, "geheim"
			if err := newSMTP(t, o).Send(t.Context(), full); err != nil {
				t.Fatal(err)
			}
			got := s.got()
			if len(got) != 1 || got[0].from != "plein@huis.example" || len(got[0].to) != 1 || got[0].to[0] != full.To || got[0].user != s.user {
				t.Fatalf("the server got %+v", got)
			}
			d, err := parse([]byte(got[0].raw))
			if err != nil {
				t.Fatal(err)
			}
			if d.Message != full {
				t.Errorf("came over as\n%+v\nwant\n%+v", d.Message, full)
			}
			for _, header := range []string{"Auto-Submitted: auto-generated", "List-Unsubscribe-Post: List-Unsubscribe=One-Click", "Message-ID: <", "Date: "} {
				if !strings.Contains(got[0].raw, header) {
					t.Errorf("no %q in\n%s", header, got[0].raw)
				}
			}
			host, _ := os.Hostname()
			if strings.Contains(got[0].raw, "User-Agent") || host != "" && strings.Contains(got[0].raw, "@"+host+">") {
				t.Errorf("the letter tells about the machine:\n%s", got[0].raw)
			}
		})
	}
}

func TestAServerWithoutTLSGetsNothing(t *testing.T) {
	s := &server{}
	o := s.start(t, NoTLS)
	o.TLS = StartTLS
	if err := newSMTP(t, o).Send(t.Context(), full); plein.KindOf(err) != plein.Away {
		t.Errorf("no TLS offered: %v", err)
	}
	o2 := (&server{}).start(t, StartTLS)
	o2.Config = nil // so its certificate is nobody's
	if err := newSMTP(t, o2).Send(t.Context(), full); plein.KindOf(err) != plein.Away {
		t.Errorf("an unknown certificate: %v", err)
	}
	if len(s.got()) != 0 {
		t.Error("the letter went out in the open")
	}
}

func TestErrorsTellWhetherToTryAgain(t *testing.T) {
	for name, c := range map[string]struct {
		answer error
		kind   plein.ErrorKind
		key    string
	}{
		"unknown person": {&smtpd.SMTPError{Code: 550, EnhancedCode: smtpd.EnhancedCode{5, 1, 1}, Message: "no such user"}, plein.Invalid, "mail.refused"},
		"mailbox full":   {&smtpd.SMTPError{Code: 452, EnhancedCode: smtpd.EnhancedCode{4, 2, 2}, Message: "full"}, plein.Away, "mail.away"},
		"busy":           {&smtpd.SMTPError{Code: 421, EnhancedCode: smtpd.EnhancedCode{4, 3, 2}, Message: "later"}, plein.Away, "mail.away"},
	} {
		s := &server{refuse: c.answer}
		err := newSMTP(t, s.start(t, NoTLS)).Send(t.Context(), full)
		if e := plein.AsError(err); err == nil || e.Kind != c.kind || e.Key != c.key {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := &server{user: "plein"}
	o := s.start(t, StartTLS)
	o.Username, o.Password = "plein", "fout"
	if err := newSMTP(t, o).Send(t.Context(), full); plein.KindOf(err) != plein.Away || len(s.got()) != 0 {
		t.Errorf("a wrong password: %v", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := listener.Addr().(*net.TCPAddr).Port
	_ = listener.Close()
	if err := newSMTP(t, Options{Host: "127.0.0.1", Port: port, TLS: NoTLS, From: "a@b.example"}).Send(t.Context(), full); plein.KindOf(err) != plein.Away {
		t.Errorf("nobody there: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := newSMTP(t, (&server{}).start(t, NoTLS)).Send(ctx, full); plein.KindOf(err) != plein.Away {
		t.Errorf("cancelled: %v", err)
	}
}

// TestS117NothingTypedBecomesAHeader sends what would add headers or recipients
// through both senders: it is refused before it leaves.
func TestS117NothingTypedBecomesAHeader(t *testing.T) {
	s := &server{}
	dir := t.TempDir()
	dropper, err := NewDrop(dir)
	if err != nil {
		t.Fatal(err)
	}
	senders := []Sender{newSMTP(t, s.start(t, NoTLS)), dropper}
	breaks := []string{"\r\nBcc: evil@evil.example", "\nBcc: evil@evil.example", "\rBcc: evil@evil.example", "\r\n\r\n<script>", "\x00", "\u2028Bcc: x",
		"\u0085Bcc: x", "\x0bBcc: x", "\xff", "\x1b[31m", "\u202e"}
	for _, evil := range breaks {
		for field, m := range map[string]Message{
			"to":      {To: "a@b.example" + evil, Subject: "x", Text: "x"},
			"name":    {To: "a@b.example", ToName: "Sam" + evil, Subject: "x", Text: "x"},
			"subject": {To: "a@b.example", Subject: "x" + evil, Text: "x"},
			"stop":    {To: "a@b.example", Subject: "x", Text: "x", ListUnsubscribe: "https://plein.example/" + evil},
		} {
			for _, sender := range senders {
				if err := sender.Send(t.Context(), m); plein.KindOf(err) != plein.Invalid {
					t.Errorf("%s with %q: %v", field, evil, err)
				}
			}
		}
	}
	for _, m := range []Message{
		{To: "a@b.example, c@d.example", Subject: "x", Text: "x"},
		{To: "Jan <a@b.example>", Subject: "x", Text: "x"},
		{To: "a@b.example>\r\nRCPT TO:<c@d.example", Subject: "x", Text: "x"},
		{To: "a@b.example", Subject: "x", Text: "x", ListUnsubscribe: "https://a.example>, <https://b.example"},
		{To: "a@b.example", Subject: "x", Text: "x", ListUnsubscribe: "javascript:alert(1)"},
		{To: "a@b.example", Subject: " ", Text: "x"},
		{To: "a@b.example", Subject: "x"},
		{To: "a@b.example", Subject: strings.Repeat("x", 300), Text: "x"},
	} {
		for _, sender := range senders {
			if err := sender.Send(t.Context(), m); plein.KindOf(err) != plein.Invalid {
				t.Errorf("%+v: %v", m, err)
			}
		}
	}
	// A name that looks like an address stays a name, and a body that looks
	// like headers stays a body.
	m := Message{To: "a@b.example", ToName: `"x" <c@d.example>, e`, Subject: "=?utf-8?q?x?=", Text: "\nBcc: evil@evil.example\n\n.\nx"}
	for _, sender := range senders {
		if err := sender.Send(t.Context(), m); err != nil {
			t.Error(err)
		}
	}
	dropped, err := ReadDrop(dir)
	if err != nil || len(dropped) != 1 || len(s.got()) != 1 {
		t.Fatalf("%d dropped, %d sent, %v", len(dropped), len(s.got()), err)
	}
	if got := s.got()[0]; len(got.to) != 1 || got.to[0] != "a@b.example" || strings.Contains(strings.SplitN(got.raw, "\r\n\r\n", 2)[0], "Bcc") {
		t.Errorf("sent %+v", got)
	}
	if d := dropped[0]; d.ToName != m.ToName || d.Text != m.Text {
		t.Errorf("dropped %+v", d)
	}
}

func TestAddress(t *testing.T) {
	for in, want := range map[string]string{" Samira@HUIS.Example ": "Samira@huis.example", "a.b+c@d-e.example": "a.b+c@d-e.example", "jan@localhost": "jan@localhost"} {
		if got, err := Address(in); err != nil || got != want {
			t.Errorf("Address(%q) = %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "a", "@b.example", "a@", "a@b@c", "a b@c.example", `"a b"@c.example`, "a@b..example", "a@.b", "a@b.", "a@[127.0.0.1]", "a@b.example (x)",
		"<a@b.example>", "a@b.exam\nple", strings.Repeat("a", 65) + "@b.example", "a@" + strings.Repeat("b", 260), "a@b.example,c@d.example", "a@b\u202e.example"} {
		if got, err := Address(in); !errors.Is(err, errAddress) {
			t.Errorf("Address(%q) = %q, %v", in, got, err)
		}
	}
}

func TestDropKeepsOrderAndContent(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "mail")
	if none, err := ReadDrop(dir); err != nil || len(none) != 0 {
		t.Fatalf("a folder that is not there: %v, %v", none, err)
	}
	s, err := NewDrop(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []Message{full, {To: "b@c.example", Subject: "twee", Text: "2"}, {To: "b@c.example", Subject: "drie", Text: "3", HTML: "<p>3</p>", ListUnsubscribe: "mailto:stop@plein.example"}}
	for _, m := range want {
		if err := s.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	got, err := ReadDrop(dir)
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d letters, %v", len(got), err)
	}
	for i := range want {
		if got[i].Message != want[i] || !strings.HasSuffix(got[i].File, ".eml") || len(got[i].Raw) == 0 || !strings.Contains(got[i].From, "plein@localhost") {
			t.Errorf("letter %d is\n%+v\nwant\n%+v", i, got[i].Message, want[i])
		}
	}
	info, err := os.Stat(filepath.Join(dir, got[0].File))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read it: %v, %v", info.Mode(), err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != len(want) {
		t.Errorf("%d files", len(entries))
	}
}

func TestBadOptionsAreRefused(t *testing.T) {
	good := Options{Host: "mail.example", From: "a@b.example"}
	if _, err := NewSMTP(good); err != nil {
		t.Errorf("good options: %v", err)
	}
	for name, change := range map[string]func(*Options){
		"no host":      func(o *Options) { o.Host = "" },
		"no sender":    func(o *Options) { o.From = "" },
		"two senders":  func(o *Options) { o.From = "a@b.example,c@d.example" },
		"name":         func(o *Options) { o.FromName = "a\r\nBcc: x" },
		"mode":         func(o *Options) { o.TLS = "ssl" },
		"port":         func(o *Options) { o.Port = 70000 },
		"negative":     func(o *Options) { o.Port = -1 },
		"sender's end": func(o *Options) { o.From = "a@b.example\r\nX: y" },
	} {
		o := good
		change(&o)
		if _, err := NewSMTP(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
