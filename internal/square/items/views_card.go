package items

import (
	"plein/internal/platform/view"
	"plein/internal/plein"
)

// post makes of a card what the view shows.
func (v CardView) post() view.PostView {
	sp, id := v.Speaker, v.ID.String()
	p := view.PostView{ID: id, Href: path(v.ID), By: face(v.By), Note: v.note(v.By), At: v.Made, Alone: v.Alone,
		Audience: view.AudienceView{Icon: audienceIcon(v.Label), Label: audienceName(sp, v.Label), Href: audienceHref(v.Label)}}
	if v.Gone() {
		p.Tomb = sp.T("items.gone")
		p.Thread = v.thread()
		return p
	}
	p.Edited, p.EditsTo = v.Edited, path(v.ID)+"/history"
	p.Title, p.HTML, p.Tag = v.Title, v.HTML, v.tag()
	if v.Kind == plein.KindPraise {
		p.Note = sp.T("items.praise.gave")
		p.Praise = &view.PraiseView{To: face(v.AboutWho), Title: v.Title}
		if v.Title == "" {
			p.Praise.Title = v.AboutWho.Name
		}
	}
	p.Pictures, p.Files = attachments(v.Files)
	p.Shared = v.shared()
	p.Must = v.must()
	p.ReactTo, p.Reactions = path(v.ID)+"/react", v.reactions(v.Card)
	p.Replies = v.Tally.Replies
	p.BookmarkTo, p.Bookmarked = path(v.ID)+"/bookmark", v.Bookmarked
	p.ShareTo = path(v.ID) + "/share"
	p.Menu = cardMenu(v)
	p.Thread = v.thread()
	return p
}

func (v CardView) tag() view.TagView {
	switch {
	case v.Pinned:
		return view.TagView{Icon: "pin", Label: v.Speaker.T("items.pinned")}
	case v.Must != nil:
		return view.TagView{} // the must-read's own
	case v.Why != "":
		return view.TagView{Kind: "brand", Label: v.Why}
	case v.Kind == plein.KindQuestion && v.Answer != 0:
		return view.TagView{Kind: "good", Icon: "check", Label: v.Speaker.T("items.question.answered")}
	case v.Kind == plein.KindQuestion:
		return view.TagView{Kind: "delft", Icon: "question", Label: v.Speaker.T("items.question.tag")}
	}
	return view.TagView{}
}

func (v CardView) must() *view.MustView {
	if v.Must == nil {
		return nil
	}
	return &view.MustView{Read: v.Must.Read, Of: v.Must.Of, UnitLeft: v.Must.UnitLeft, Unit: v.Must.Unit,
		Action: path(v.ID) + "/read", Done: v.Acked || v.Own}
}

func (v CardView) shared() *view.PostView {
	if v.Share == 0 {
		return nil
	}
	if v.Shared == nil {
		return &view.PostView{Tomb: v.Speaker.T("items.shared_unseen")}
	}
	s := CardView{Card: *v.Shared, Speaker: v.Speaker, Now: v.Now, Me: v.Me}
	p := s.post()
	p.Thread, p.Menu, p.Must = nil, nil, nil
	return &p
}

func (v CardView) reactions(c Card) []view.ReactView {
	out := make([]view.ReactView, len(reactionIcons))
	for n, r := range plein.Reactions() {
		out[n] = view.ReactView{Value: string(r), Icon: reactionIcons[n], Label: v.Speaker.T(reactionWord(r)),
			Count: c.Tally.Reactions[n], Mine: c.Mine[n]}
	}
	return out
}

// reactionWord names the word of a reaction; the set is closed.
func reactionWord(r plein.Reaction) string {
	switch r {
	case plein.Agree:
		return "items.reaction.agree"
	case plein.Thanks:
		return "items.reaction.thanks"
	case plein.Nice:
		return "items.reaction.nice"
	case plein.Same:
		return "items.reaction.same"
	}
	return "items.reaction.help"
}

// thread is the newest replies under a card in a timeline.
func (v CardView) thread() *view.ThreadView {
	if v.Alone || (len(v.Replies) == 0 && v.Reply == nil) {
		return nil
	}
	t := &view.ThreadView{Earlier: v.Earlier, EarlierTo: path(v.ID) + "#reacties", Replies: v.repliesOf(v.Replies)}
	if v.Reply != nil {
		t.Form = v.replyForm(*v.Reply, false)
	}
	return t
}

func (v CardView) replyForm(r ReplyView, long bool) *view.ReplyForm {
	id := v.ID.String()
	f := &view.ReplyForm{ID: "antwoord", Action: path(v.ID) + "/replies", Draft: "reply-" + id, Key: r.ClientKey, Me: v.Me,
		Label: v.Speaker.T("items.reply.hint"), Value: r.Text, Error: r.Error, Long: long}
	if r.To != 0 {
		f.Action += "?to=" + r.To.String()
		f.Label = v.Speaker.T("items.answering", "name", r.ToName)
	}
	return f
}

func (v CardView) repliesOf(cards []Card) []view.ReplyView {
	out := make([]view.ReplyView, len(cards))
	for n, c := range cards {
		out[n] = v.replyOf(c)
	}
	return out
}

func (v CardView) replyOf(c Card) view.ReplyView {
	r := view.ReplyView{ID: c.ID.String(), By: face(c.By), Note: v.note(c.By), Writer: c.Author == v.Author, At: c.Made, Edited: c.Edited}
	if r.Writer {
		r.Note = ""
	}
	if c.Gone() {
		r.Tomb = v.Speaker.T("items.gone")
	} else {
		r.HTML = c.HTML
		r.Pictures, r.Files = attachments(c.Files)
		r.ReactTo, r.Reactions = path(c.ID)+"/react", v.reactions(c)
		r.ReplyTo = path(v.ID) + "?to=" + c.ID.String() + "#antwoord"
		r.Chosen = v.Answer != 0 && v.Answer == c.ID
		if v.MayPick {
			r.ChooseTo = path(c.ID) + "/accept"
		}
		if c.Own || v.MayHide {
			r.Menu = replyMenu(v, c)
		}
	}
	r.Short = !v.Alone
	r.Replies = v.repliesOf(c.Replies)
	if len(r.Replies) == 0 {
		r.Replies = nil
	}
	return r
}

func attachments(files []Attachment) (pictures []view.PictureView, others []view.FileView) {
	for _, f := range files {
		href := "/files/" + f.ID.String()
		if f.Picture {
			pictures = append(pictures, view.PictureView{Src: href + "/thumb", Href: href, Alt: f.Alt, Width: f.Width, Height: f.Height})
		} else {
			others = append(others, view.FileView{Href: href, Name: f.Name, Size: f.Size})
		}
	}
	return pictures, others
}

// composer makes of the form what the view shows: the short one, on a page with
// other things.
func (v ComposerView) composer() view.ComposerView {
	sp := v.Speaker
	out := view.ComposerView{Action: "/posts", Draft: "home", Key: v.ClientKey, Me: v.Me, Label: sp.T("items.compose.label"),
		Placeholder: sp.T("items.compose.hint", "name", v.Me.Given), Value: v.Text, Files: "files", Gables: v.Gables,
		Audiences: v.audiences(), Kinds: []view.OptionView{
			{Value: string(plein.KindQuestion), Label: sp.T("items.compose.question"), Icon: "question", Chosen: v.Kind == plein.KindQuestion},
		}}
	if v.Fixed {
		out.Draft = v.Audience.String()
		out.Audiences = []view.OptionView{v.option(v.chosen(), true)}
	}
	return out
}

func (v ComposerView) audiences() []view.OptionView {
	chosen := v.chosen()
	out := make([]view.OptionView, len(v.Choices))
	for n, c := range v.Choices {
		out[n] = v.option(c, c.Audience.ID == chosen.Audience.ID)
	}
	return out
}

// Praise says that the item is a compliment, whose title is not a heading.
func (v CardView) Praise() bool { return v.Kind == plein.KindPraise || v.Gone() }

// whole is the conversation on its own page.
func (v CardView) whole(t ThreadView) view.PostView {
	p := v.post()
	p.Thread = &view.ThreadView{Replies: v.repliesOf(t.Rest)}
	if c := t.Answer; c != nil && !v.Gone() {
		p.Answer = &view.AnswerView{By: face(c.By), Note: v.note(c.By), At: c.Made, Edited: c.Edited, HTML: c.HTML,
			Href: path(c.ID), Chosen: v.Speaker.T("items.answer.chosen_by", "name", c.ChosenBy.Name), Under: t.Thanks}
		p.Answer.Pictures, p.Answer.Files = attachments(c.Files)
		if v.MayPick {
			p.Answer.UndoTo = path(c.ID) + "/accept"
		}
	}
	if !v.Gone() && v.Reply != nil {
		p.Thread.Form = v.replyForm(*v.Reply, true)
	}
	return p
}

func (v ComposerView) sharedPost() view.PostView {
	p := CardView{Card: *v.Share, Speaker: v.Speaker, Now: v.Now, Me: v.Me}.post()
	p.Thread, p.Menu, p.Must, p.ReactTo, p.BookmarkTo, p.ShareTo = nil, nil, nil, "", "", ""
	return p
}

func (v ComposerView) kinds() []view.OptionView {
	return []view.OptionView{
		{Value: string(plein.KindPost), Label: v.Speaker.T("items.compose.post"), Icon: "chat", Chosen: v.Kind != plein.KindQuestion},
		{Value: string(plein.KindQuestion), Label: v.Speaker.T("items.compose.question"), Icon: "question", Chosen: v.Kind == plein.KindQuestion},
	}
}
