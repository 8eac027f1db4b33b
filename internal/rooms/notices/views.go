package notices

import (
	"strings"
	"time"

	"plein/internal/platform/text"
	"plein/internal/platform/view"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/square/items"
)

// listView is the page of notices.
type listView struct {
	view.Page
	Filter         string
	Tabs           []view.Link
	Today, Earlier []lineView
	Unread         bool   // there is something to mark
	UpTo           string // the newest line on the page
	Older          string
}

// lineView is one line: "<b>Sanne</b> en <b>4 anderen</b> reageerden op …".
type lineView struct {
	Href   string
	Mark   string // where marking is posted
	Icon   string // instead of a face
	Tint   string // of the icon: "brick", "good", "ochre" or ""
	Face   view.Person
	Bold   string
	And    string
	Second string
	Rest   string
	At     time.Time
	Place  string
	Also   []string
	Unread bool
}

// name says in words what a line says, for the button that marks it.
func (l lineView) name() string {
	return strings.Join(strings.Fields(l.Bold+" "+l.And+" "+l.Second+" "+l.Rest), " ")
}

func (at around) view(a plein.Actor, p view.Page, l line, s summary) lineView {
	sp := p.Speaker
	v := lineView{Href: l.href(), Mark: "/notices/" + l.About + "/" + l.Target.String(), At: s.at, Unread: l.unread}
	if l.About != aboutThread {
		v.Href = v.Mark // which marks it and leads on
		at.inGroup(sp, &v, l, s)
		return v
	}
	at.who(sp, &v, s)
	root, lead := at.cards[l.Target], at.cards[s.item]
	if root.Item != nil {
		v.Place = items.AudienceName(sp, root.Label)
	} else if lead.Item != nil {
		v.Place = items.AudienceName(sp, lead.Label)
	}
	v.Rest = at.rest(a, sp, &v, s, root, lead)
	if s.alsoReplies > 0 {
		v.Also = append(v.Also, sp.T("notices.also_replies", "n", s.alsoReplies))
	}
	if s.alsoReactions > 0 {
		v.Also = append(v.Also, sp.T("notices.also_reactions", "n", s.alsoReactions))
	}
	return v
}

// who names whoever did it: one, two, or one and how many others.
func (at around) who(sp words.Speaker, v *lineView, s summary) {
	if len(s.actors) == 0 {
		return
	}
	first := at.faces[s.actors[0]]
	v.Face, v.Bold = first.Face(), first.Name
	switch n := len(s.actors); {
	case n == 2:
		v.And, v.Second = sp.T("notices.and"), at.faces[s.actors[1]].Name
	case n >= mostShown:
		v.And = sp.T("notices.many_others")
	case n > 2:
		v.And = sp.T("notices.others", "n", n-1)
	}
}

// rest is the sentence after the names.
func (at around) rest(a plein.Actor, sp words.Speaker, v *lineView, s summary, root, lead items.Card) string {
	n, of := len(s.actors), quoted(sp, root)
	switch s.what {
	case whatMust:
		v.Icon, v.Tint = "megaphone", "brick"
		v.Bold, v.And, v.Second = sp.T("notices.say.must"), "", ""
		if t := titled(root); t != "" {
			return t
		}
		return sp.T("notices.untitled")
	case whatNamed:
		if n > 1 {
			return sp.T("notices.say.named_in", "n", n, "of", of)
		}
		return sp.T("notices.say.named", "of", excerpt(sp, lead))
	case whatCalled:
		return sp.T("notices.say.called", "n", n, "of", excerpt(sp, lead))
	case whatPraise:
		v.Icon, v.Tint = "tulip", "good"
		return sp.T("notices.say.praise", "of", of)
	case whatChosen:
		v.Icon, v.Tint = "check", "good"
		return sp.T("notices.say.chosen", "of", of)
	case whatShare:
		if lead.Shared != nil {
			of = quoted(sp, *lead.Shared)
		}
		return sp.T("notices.say.share", "n", n, "of", of)
	case whatPost:
		return sp.T("notices.say.post", "of", of)
	case whatReply:
		switch {
		case root.Item == nil || root.Author != a.ID:
			return sp.T("notices.say.reply", "n", n, "of", of)
		case root.Kind == plein.KindQuestion:
			v.Icon, v.Tint = "check", "good"
			return sp.T("notices.say.answer", "n", n, "of", of)
		}
		return sp.T("notices.say.reply_mine", "n", n, "of", of)
	}
	of = quoted(sp, lead)
	switch s.what {
	case reactPrefix + string(plein.Agree):
		return sp.T("notices.say.agree", "n", n, "of", of)
	case reactPrefix + string(plein.Thanks):
		return sp.T("notices.say.thanks", "n", n, "of", of)
	case reactPrefix + string(plein.Nice):
		return sp.T("notices.say.nice", "n", n, "of", of)
	case reactPrefix + string(plein.Same):
		return sp.T("notices.say.same", "n", n, "of", of)
	case reactPrefix + string(plein.Help):
		return sp.T("notices.say.help", "n", n, "of", of)
	}
	return sp.T("notices.say.mixed", "n", n, "of", of)
}

func quoted(sp words.Speaker, c items.Card) string {
	if t := titled(c); t != "" {
		return sp.T("notices.quoted", "text", t)
	}
	return sp.T("notices.untitled")
}

// excerpt quotes what was said itself, not its title: it holds the name.
func excerpt(sp words.Speaker, c items.Card) string {
	if c.Item == nil {
		return sp.T("notices.untitled")
	}
	if t := text.Excerpt(text.Plain(c.HTML), 120); t != "" {
		return sp.T("notices.quoted", "text", t)
	}
	return quoted(sp, c)
}

// inGroup puts a line about a group in words.
func (at around) inGroup(sp words.Speaker, v *lineView, l line, s summary) {
	name := at.groups[l.Target].Name
	switch l.About {
	case aboutTalk:
		v.Icon, v.Bold = "groups", sp.T("notices.say.talk", "n", s.count)
		if s.count >= mostShown {
			v.Bold = sp.T("notices.say.talk_many")
		}
		v.Rest = sp.T("notices.say.talk_in", "group", name)
	case aboutRequests:
		at.who(sp, v, s)
		v.Icon, v.Tint = "hand", "ochre"
		v.Rest = sp.T("notices.say.request", "n", len(s.actors), "group", name)
	case aboutInvitation:
		at.who(sp, v, s)
		v.Rest = sp.T("notices.say.invite", "n", len(s.actors), "group", name)
	case aboutAdmission:
		v.Icon, v.Tint = "check", "good"
		v.Bold, v.Rest = name, sp.T("notices.say.admit")
	}
}

// marking says what the button of a line does: mark it as read, or not.
func (v listView) marking(l lineView, read bool) string {
	if read {
		return v.Speaker.T("notices.mark_read", "line", l.name())
	}
	return v.Speaker.T("notices.mark_unread", "line", l.name())
}

func (v listView) short(read bool) string {
	if read {
		return v.Speaker.T("notices.read_short")
	}
	return v.Speaker.T("notices.unread_short")
}

func pressed(read bool) string {
	if read {
		return "true"
	}
	return "false"
}
