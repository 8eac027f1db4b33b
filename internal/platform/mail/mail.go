// Package mail exists so that the rest of the house can send a letter without
// knowing how letters travel: through an organisation's mail server in earnest,
// or into a folder in the demo and in tests.
//
// Everything in a letter may come from people, so nothing in it is trusted: what
// could add a header or a recipient is refused (TRUST S117). Letters are sent by
// jobs, never in a request, so an error tells whether trying again can help.
package mail

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"

	"plein/internal/plein"
)

// Message is one letter to one person.
type Message struct {
	To      string // the address alone
	ToName  string // may be empty
	Subject string
	Text    string // always there: what a reader without HTML sees
	HTML    string // may be empty
	// ListUnsubscribe is where one stops letters of this sort: an http, https
	// or mailto address. An https address has to act on a bare POST (RFC 8058)
	// and on nothing less, since mail scanners follow links.
	ListUnsubscribe string
}

// Sender sends letters. An error is Invalid when the letter can never be sent
// (mail.address, mail.header, mail.empty, mail.refused), and Away (mail.away) when
// a later try may work.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

const (
	maxSubject = 250     // characters
	maxBody    = 1 << 20 // bytes, each form
)

var (
	errAddress = plein.FieldError("email", "mail.address", nil)
	errHeader  = plein.E(plein.Invalid, "mail.header", nil)
	errEmpty   = plein.E(plein.Invalid, "mail.empty", nil)
)

// Address checks that s is one plain mail address, as people give it in a form,
// and gives it with its domain in lower case. The error is Invalid:
// mail.address, for the field "email".
func Address(s string) (string, error) {
	s = strings.TrimSpace(s)
	if len(s) > plein.MaxEmail || !oneLine(s) {
		return "", errAddress
	}
	parsed, err := netmail.ParseAddress(s)
	// Only the bare address: "Jan <jan@huis.nl>" would hide whom one writes to,
	// and quoted or commented forms are read differently by different servers.
	if err != nil || parsed.Name != "" || parsed.Address != s || strings.ContainsAny(s, "\"\\<>()[],;: ") {
		return "", errAddress
	}
	at := strings.LastIndexByte(s, '@')
	domain := strings.ToLower(s[at+1:])
	if at > 64 || strings.Trim(domain, ".-") != domain || strings.Contains(domain, "..") || domain == "" {
		return "", errAddress
	}
	return s[:at+1] + domain, nil
}

// oneLine says that a text can stand in a header: it has no line end in any
// form, nor any other control character.
func oneLine(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r)
	})
}

// check refuses a letter that could become another letter on its way.
func check(m Message) (Message, error) {
	to, err := Address(m.To)
	if err != nil {
		return m, err
	}
	m.To = to
	if !oneLine(m.ToName) || !oneLine(m.Subject) || !oneLine(m.ListUnsubscribe) ||
		utf8.RuneCountInString(m.Subject) > maxSubject || utf8.RuneCountInString(m.ToName) > plein.MaxName {
		return m, errHeader
	}
	if m.ListUnsubscribe != "" {
		u, err := url.Parse(m.ListUnsubscribe)
		if err != nil || strings.ContainsAny(m.ListUnsubscribe, "<>, \"") ||
			u.Scheme != "mailto" && (u.Scheme != "https" && u.Scheme != "http" || u.Host == "") {
			return m, errHeader
		}
	}
	if strings.TrimSpace(m.Subject) == "" || strings.TrimSpace(m.Text) == "" {
		return m, errEmpty
	}
	if len(m.Text) > maxBody || len(m.HTML) > maxBody {
		return m, plein.E(plein.TooMuch, "mail.too_long", nil)
	}
	return m, nil
}

// build makes the letter as it travels.
func build(m Message, from *netmail.Address) (*gomail.Msg, error) {
	m, err := check(m)
	if err != nil {
		return nil, err
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(from)
	msg.ToMailAddress(&netmail.Address{Name: m.ToName, Address: m.To})
	msg.Subject(m.Subject)
	msg.SetDate()
	// The library would put this machine's own name in the id.
	msg.SetMessageIDWithValue(rand.Text() + from.Address[strings.LastIndexByte(from.Address, '@'):])
	// So that absence notices do not come back (RFC 3834).
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")
	if m.ListUnsubscribe != "" {
		msg.SetListUnsubscribe(m.ListUnsubscribe)
		if strings.HasPrefix(m.ListUnsubscribe, "https:") {
			msg.SetListUnsubscribePost()
		}
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	return msg, nil
}

// sender makes the address letters come from.
func sender(address, name string) (*netmail.Address, error) {
	a, err := Address(address)
	if err != nil {
		return nil, fmt.Errorf("%.60q is no mail address to send from", address)
	}
	if !oneLine(name) {
		return nil, errors.New("the sender's name is more than one line")
	}
	return &netmail.Address{Name: name, Address: a}, nil
}
