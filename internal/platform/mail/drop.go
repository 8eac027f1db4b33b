package mail

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"plein/internal/plein"
)

// drop writes letters into a folder instead of sending them.
type drop struct {
	dir  string
	from *netmail.Address

	mu   sync.Mutex
	last time.Time
}

// NewDrop gives a Sender that puts each letter in a folder as an .eml file, which
// any mail program opens. The folder is made when it does not exist.
func NewDrop(dir string) (Sender, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, plein.Wrap("mail.open", err)
	}
	return &drop{dir: dir, from: &netmail.Address{Name: "Plein", Address: "plein@localhost"}}, nil
}

func (d *drop) Send(ctx context.Context, m Message) error {
	const op = "mail.drop"
	if err := ctx.Err(); err != nil {
		return plein.Wrap(op, err)
	}
	msg, err := build(m, d.from)
	if err != nil {
		return plein.Wrap(op, err)
	}
	var letter bytes.Buffer
	if _, err := msg.WriteTo(&letter); err != nil {
		return plein.Wrap(op, err)
	}
	name := filepath.Join(d.dir, d.next().Format("20060102-150405.000000000")+"-"+rand.Text()[:6])
	// A reader never meets half a letter.
	if err := os.WriteFile(name+".part", letter.Bytes(), 0o600); err != nil {
		return plein.Wrap(op, err)
	}
	return plein.Wrap(op, os.Rename(name+".part", name+".eml"))
}

// next gives the time, later than the last one given, so that the names of the
// files keep the order of sending.
func (d *drop) next() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now().UTC()
	if !now.After(d.last) {
		now = d.last.Add(time.Nanosecond)
	}
	d.last = now
	return now
}

// Dropped is a letter that was put in a folder.
type Dropped struct {
	Message
	From string // as written: "Plein" <plein@localhost>
	File string // its name in the folder
	Raw  []byte
}

// ReadDrop gives the letters in a folder, oldest first. A folder that does not
// exist holds none.
func ReadDrop(dir string) ([]Dropped, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, plein.Wrap("mail.read", err)
	}
	var all []Dropped
	for _, e := range entries { // sorted by name, which is by time
		if filepath.Ext(e.Name()) != ".eml" {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if errors.Is(err, os.ErrNotExist) {
			continue // taken away meanwhile
		}
		if err != nil {
			return nil, plein.Wrap("mail.read", err)
		}
		d, err := parse(raw)
		if err != nil {
			return nil, plein.Wrap("mail.read", fmt.Errorf("%s: %w", e.Name(), err))
		}
		d.File = e.Name()
		all = append(all, d)
	}
	return slices.Clip(all), nil
}

// parse reads a letter of our own making.
func parse(raw []byte) (Dropped, error) {
	msg, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Dropped{}, err
	}
	d := Dropped{Raw: raw, From: msg.Header.Get("From")}
	to, err := msg.Header.AddressList("To")
	if err != nil || len(to) != 1 {
		return Dropped{}, fmt.Errorf("to %q: %w", msg.Header.Get("To"), err)
	}
	d.To, d.ToName = to[0].Address, to[0].Name
	if d.Subject, err = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err != nil {
		return Dropped{}, err
	}
	d.ListUnsubscribe = strings.Trim(msg.Header.Get("List-Unsubscribe"), "<>")
	return d, d.readPart(msg.Header.Get("Content-Type"), msg.Header.Get("Content-Transfer-Encoding"), msg.Body)
}

func (d *Dropped) readPart(contentType, encoding string, body io.Reader) error {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return err
	}
	if strings.HasPrefix(kind, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			part, err := parts.NextRawPart()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if err := d.readPart(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part); err != nil {
				return err
			}
		}
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	text := strings.ReplaceAll(string(data), "\r\n", "\n")
	if kind == "text/html" {
		d.HTML = text
	} else {
		d.Text = text
	}
	return nil
}
