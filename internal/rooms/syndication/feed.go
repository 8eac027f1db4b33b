package syndication

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Feed is what a reader is given, in whichever form.
type Feed struct {
	Title   string
	Page    string // the address of the page it comes from, whole
	Lang    string
	Org     string
	Entries []Entry
}

// Entry is one thing that was said.
type Entry struct {
	Page      string // its address, whole, which also names it
	Title     string
	HTML      string // safe, and with whole addresses
	Author    string
	AuthorHas string // the address of the author's page; "" when there is none
	Where     string // who hears it
	Made      time.Time
	Changed   time.Time
}

// never is when nothing was said yet.
var never = time.Unix(0, 0).UTC()

// Changed is when the newest of the entries changed.
func (f Feed) Changed() time.Time {
	last := never
	for _, e := range f.Entries {
		if e.Changed.After(last) {
			last = e.Changed
		}
	}
	return last
}

// Clean takes out of a text what may stand in no document: what is not UTF-8 and
// the characters that XML does not know.
func clean(s string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, refused) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if refused(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

func refused(r rune) bool {
	switch {
	case r == '\t' || r == '\n':
		return false
	case unicode.IsControl(r), r&0xFFFE == 0xFFFE, r >= 0xFDD0 && r <= 0xFDEF, r == utf8.RuneError:
		return true
	}
	return false
}

// whole makes the addresses in our own HTML whole. It is written by one renderer,
// which puts every address between double quotes.
func whole(html, base string) string {
	for _, attr := range [...]string{` href="/`, ` src="/`} {
		html = strings.ReplaceAll(html, attr, attr[:len(attr)-1]+base+"/")
	}
	return html
}
