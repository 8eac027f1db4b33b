package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	netmail "net/mail"
	"time"

	gomail "github.com/wneessen/go-mail"

	"plein/internal/plein"
)

// TLS says how the way to the mail server is protected.
type TLS string

const (
	StartTLS TLS = "starttls" // the usual: refused when the server offers none
	FullTLS  TLS = "tls"      // from the first byte, usually port 465
	NoTLS    TLS = "none"     // for a server on the same machine
)

const smtpTimeout = 20 * time.Second

// Options say how to reach the mail server.
type Options struct {
	Host     string
	Port     int // 0 gives the usual one: 587, 465 or 25
	Username string
	Password string
	TLS      TLS // empty is StartTLS
	From     string
	FromName string
	// HelloName is how this server greets; empty is the machine's name.
	HelloName string
	// Config is the base for TLS, for an organisation's own certificates. It
	// may be nil.
	Config *tls.Config
}

type smtp struct {
	client *gomail.Client
	from   *netmail.Address
}

// NewSMTP gives a Sender through a mail server. It checks the options and does
// not go out. A letter with a password or sign-in link never travels open
// because a server offers no TLS: that is an error instead.
func NewSMTP(o Options) (Sender, error) {
	from, err := sender(o.From, o.FromName)
	if err != nil {
		return nil, plein.Wrap("mail.open", err)
	}
	options := []gomail.Option{gomail.WithTimeout(smtpTimeout)}
	port := o.Port
	usual := func(p int) {
		if port == 0 {
			port = p
		}
	}
	switch o.TLS {
	case StartTLS, "":
		usual(587)
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case FullTLS:
		usual(465)
		options = append(options, gomail.WithSSL())
	case NoTLS:
		usual(25)
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, plein.Wrap("mail.open", fmt.Errorf("tls is starttls, tls or none, not %.20q", o.TLS))
	}
	config := &tls.Config{}
	if o.Config != nil {
		config = o.Config.Clone()
	}
	config.MinVersion = tls.VersionTLS12
	if config.ServerName == "" {
		config.ServerName = o.Host
	}
	options = append(options, gomail.WithPort(port), gomail.WithTLSConfig(config))
	if o.HelloName != "" {
		options = append(options, gomail.WithHELO(o.HelloName))
	}
	if o.Username != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(o.Username), gomail.WithPassword(o.Password))
	}
	client, err := gomail.NewClient(o.Host, options...)
	if err != nil {
		return nil, plein.Wrap("mail.open", err)
	}
	return &smtp{client, from}, nil
}

func (s *smtp) Send(ctx context.Context, m Message) error {
	const op = "mail.send"
	msg, err := build(m, s.from)
	if err != nil {
		return plein.Wrap(op, err)
	}
	err = s.client.DialAndSendWithContext(ctx, msg)
	if msg.IsDelivered() {
		return nil // the server took it; how the goodbye went does not matter
	}
	var refused *gomail.SendError
	if errors.As(err, &refused) && refused.ErrorCode() >= 500 {
		return &plein.Error{Kind: plein.Invalid, Key: "mail.refused", Op: op, Err: err}
	}
	if err != nil {
		return &plein.Error{Kind: plein.Away, Key: "mail.away", Op: op, Err: err}
	}
	return nil
}
