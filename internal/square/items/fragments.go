package items

import (
	"bytes"
	"context"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"

	"plein/internal/platform/view"
	"plein/internal/square/people"
)

// fragments remembers how cards look, because drawing twenty of them is most of
// what a page costs. The key of a fragment is everything that is drawn (or a
// version of it), so a fragment is never out of date and never somebody else's:
// what changes makes another key, and the old one is forgotten in its time.
type fragments struct {
	mu   sync.RWMutex
	html map[string][2]string // before and after the field for a reply
	size int
}

// maxFragments bounds the memory of fragments, keys included, in bytes.
const maxFragments = 16 << 20

func newFragments() *fragments { return &fragments{html: make(map[string][2]string)} }

func (f *fragments) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.html)
	f.size = 0
}

func (f *fragments) get(key []byte) ([2]string, bool) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	html, ok := f.html[string(key)]
	return html, ok
}

func (f *fragments) put(key []byte, html [2]string) {
	n := len(key) + len(html[0]) + len(html[1])
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.size+n > maxFragments {
		clear(f.html)
		f.size = 0
	}
	if _, there := f.html[string(key)]; !there {
		f.html[string(key)] = html
		f.size += n
	}
}

// fieldMark stands in a drawn card where the field for a reply goes. It cannot
// occur otherwise: texts with this byte are refused.
const fieldMark = "\x00"

var fieldSlot = templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, fieldMark)
	return err
})

// Post is an item in a timeline or alone.
func Post(v CardView) templ.Component {
	if v.kept == nil || v.Alone || v.Shared != nil {
		return view.Post(v.Speaker, v.post(), v.Now)
	}
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		key := v.key(make([]byte, 0, 1024))
		html, ok := v.kept.get(key)
		if !ok {
			p := v.post()
			if v.Reply != nil {
				p.Thread.Form, p.Thread.Slot = nil, fieldSlot
			}
			var b bytes.Buffer
			if err := view.Post(v.Speaker, p, v.Now).Render(ctx, &b); err != nil {
				return err
			}
			before, after, _ := bytes.Cut(b.Bytes(), []byte(fieldMark))
			html = [2]string{string(before), string(after)}
			v.kept.put(key, html)
		}
		if _, err := io.WriteString(w, html[0]); err != nil || v.Reply == nil {
			return err
		}
		if err := v.writeField(ctx, w); err != nil {
			return err
		}
		_, err := io.WriteString(w, html[1])
		return err
	})
}

// Stand-ins for what differs between the reply fields of one page.
const (
	someID  = "0000000000000" // as long as an id, and none
	someKey = "KKKKKKKKKKKKKKKKKKKKKKKKKK"
)

// writeField writes the field for a reply. It is drawn once for a reader and
// filled in for each card with the card's id and a key of its own.
func (v CardView) writeField(ctx context.Context, w io.Writer) error {
	if v.Reply.Text != "" || v.Reply.Error != "" || v.Reply.To != 0 {
		return replyField(v).Render(ctx, w)
	}
	me := v.Me
	key := word(word(word(word(word(nil, "field"), v.Speaker.Lang()), me.ID), me.Photo), me.Name)
	html, ok := v.kept.get(key)
	if !ok {
		f := v.replyForm(ReplyView{ClientKey: someKey}, false)
		f.Action, f.Draft = "/posts/"+someID+"/replies", "reply-"+someID
		var b bytes.Buffer
		if err := view.ReplyField(v.Speaker, f).Render(ctx, &b); err != nil {
			return err
		}
		html[0] = b.String()
		v.kept.put(key, html)
	}
	_, err := strings.NewReplacer(someID, v.ID.String(), someKey, v.Reply.ClientKey).WriteString(w, html[0])
	return err
}

// key writes down everything that the card's drawing depends on. What is written
// once with the item (its text, its files) is there by its version.
func (v CardView) key(b []byte) []byte {
	b = append(b, v.Speaker.Lang()...)
	b = bits(b, v.MayPin, v.MayHide, v.Pinned, v.Reply != nil, v.Me.Guest)
	b = word(b, v.Why)
	b = v.cardKey(b, v.Card)
	if v.Label.Audience.ID != 0 {
		b = word(word(b, v.Label.Name), string(v.Label.Audience.Kind))
	}
	if m := v.Must; m != nil {
		b = number(number(number(b, m.Read), m.Of), m.UnitLeft)
		b = word(b, m.Unit)
	}
	b = personKey(b, v.AboutWho)
	b = number(b, v.Earlier)
	for _, c := range v.Replies {
		b = v.cardKey(b, c)
	}
	return b
}

func (v CardView) cardKey(b []byte, c Card) []byte {
	b = number(b, int(c.ID))
	b = number(b, c.Version)
	b = number(number(b, c.Tally.Replies), int(c.Answer))
	for _, n := range c.Tally.Reactions {
		b = number(b, n)
	}
	b = bits(b, c.Mine[:]...)
	b = bits(b, c.Bookmarked, c.Acked, c.Own, c.Gone()) // a version comes again after a deletion was undone
	b = word(b, v.Speaker.Ago(c.Made, v.Now))
	b = word(b, v.Speaker.Clock(c.Made)) // the reader's zone
	return personKey(b, c.By)
}

func personKey(b []byte, p people.Card) []byte {
	b = number(b, int(p.ID))
	b = word(word(word(word(b, p.Name), p.Title), p.UnitName), p.Photo)
	return bits(word(b, p.Employer), p.Former, p.Guest, p.Bot)
}

func number(b []byte, n int) []byte { return append(strconv.AppendInt(b, int64(n), 36), '|') }

func word(b []byte, s string) []byte { return append(append(b, s...), 0) }

func bits(b []byte, on ...bool) []byte {
	for _, x := range on {
		if x {
			b = append(b, '1')
		} else {
			b = append(b, '0')
		}
	}
	return append(b, '|')
}
