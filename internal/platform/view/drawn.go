package view

import (
	"context"
	"html"
	"io"
	"strings"
	"time"

	"github.com/a-h/templ"

	"plein/internal/platform/words"
)

// The four parts in this file stand on a page by the hundred. Written out they
// cost a tenth of what a template costs, and nothing else on a page is worth that.

// drawn is HTML that was written out, with everything in it escaped.
type drawn string

// Render writes it.
func (d drawn) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, string(d))
	return err
}

// pen writes HTML. Its verbs say what they write: mark what is ours, text and
// attr what somebody may have typed.
type pen struct{ strings.Builder }

func (p *pen) mark(parts ...string) {
	for _, s := range parts {
		p.WriteString(s)
	}
}

func (p *pen) text(s string) { p.WriteString(html.EscapeString(s)) }

// attr writes an attribute with a space in front of it.
func (p *pen) attr(name, value string) {
	p.mark(" ", name, `="`)
	p.text(value)
	p.WriteByte('"')
}

func (p *pen) icon(name string) {
	p.mark(`<svg class="i" aria-hidden="true"><use href="`, icon(name), `"/></svg>`)
}

// Icon is one of the sprite's drawings: "bell", "groups", "chat" (web/icons). It is
// decoration; the word stands beside it or in the aria-label around it.
func Icon(name string) templ.Component {
	var p pen
	p.icon(name)
	return drawn(p.String())
}

// Avatar is a person's face: a photo, or initials on their colour; a shield for a
// bot. size is "", "xs", "sm", "lg" or "xl". The name stands beside it.
func Avatar(who Person, size string) templ.Component {
	var p pen
	class := sizeClass("av", size)
	switch {
	case who.Bot:
		p.mark(`<span class="bot" aria-hidden="true">`)
		p.icon("bot")
	case who.Photo != "":
		p.mark(`<span class="`, class, `"><img`)
		p.attr("src", who.Photo)
		p.mark(` alt="" loading="lazy" decoding="async">`)
	case who.Former:
		p.mark(`<span class="`, class, ` av-in av-former" aria-hidden="true">`)
		p.text(who.initials())
	default:
		p.mark(`<span class="`, class, ` av-in `, tileClass(who.Tile), `" aria-hidden="true">`)
		p.text(who.initials())
	}
	p.mark(`</span>`)
	return drawn(p.String())
}

// Time is a moment, seen from now; the exact one is in datetime and in the title.
func Time(sp words.Speaker, t, now time.Time) templ.Component {
	var p pen
	p.mark(`<time`)
	p.attr("datetime", machine(t))
	p.attr("title", sp.DateTime(t))
	p.mark(`>`)
	p.text(sp.Ago(t, now))
	p.mark(`</time>`)
	return drawn(p.String())
}

// briefTime is a Time without the exact moment in words, for the replies in a
// thread: they are many, and near what they answer.
func briefTime(sp words.Speaker, t, now time.Time) templ.Component {
	var p pen
	p.mark(`<time`)
	p.attr("datetime", machine(t))
	p.mark(`>`)
	p.text(sp.Ago(t, now))
	p.mark(`</time>`)
	return drawn(p.String())
}

// Reactions are the words that were given and, when pick is on, all five behind
// the plus. A button posts its word under the name on, or off when it is the
// reader's own already. Only given words are on the page; a script makes the
// button of a first one out of its twin in the picker. Forty of these forms stand on
// a page, so nothing is written twice: the script reads the word and the number from
// what is seen and heard.
func Reactions(sp words.Speaker, action string, all []ReactView, pick bool) templ.Component {
	var p pen
	p.Grow(1600)
	p.mark(`<form class="react-form" method="post"`)
	p.attr("action", string(templ.URL(action)))
	p.mark(` data-toggle>`)
	some := false
	for _, r := range all {
		if r.Count == 0 {
			continue
		}
		some = true
		p.reaction(r)
		p.mark(` aria-pressed="`, pressed(r.Mine), `"`)
		p.attr("aria-label", r.spoken(sp))
		p.mark(`>`)
		p.icon(r.Icon)
		p.mark(`<span>`, sp.Number(r.Count), `</span></button>`)
	}
	if pick {
		p.mark(`<details class="menu"><summary class="btn btn-s btn-quiet"`)
		if some {
			p.attr("aria-label", sp.T("view.react_more"))
			p.mark(`>`)
			p.icon("plus")
		} else { // a bare plus beside nothing says nothing
			p.mark(`>`)
			p.icon("plus")
			p.mark(`<span>`)
			p.text(sp.T("view.react_first"))
			p.mark(`</span>`)
		}
		p.mark(`</summary><div class="pop pop-react" role="group"`)
		p.attr("aria-label", sp.T("view.react_choose"))
		p.mark(`>`)
		for _, r := range all {
			p.reaction(r)
			if r.Mine {
				p.mark(` aria-pressed="true"`)
			}
			p.mark(`>`)
			p.icon(r.Icon)
			p.text(r.Label)
			p.mark(`</button>`)
		}
		p.mark(`</div></details>`)
	}
	p.mark(`</form>`)
	return drawn(p.String())
}

// reaction opens a reaction's button.
func (p *pen) reaction(r ReactView) {
	p.mark(`<button class="react r-`, r.Icon, `" name="`, onOff(r.Mine), `"`)
	p.attr("value", r.Value)
}
