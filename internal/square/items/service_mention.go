package items

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"plein/internal/platform/text"
	"plein/internal/plein"
	"plein/internal/square/access"
	"plein/internal/square/people"
)

// Call is what naming a group does: how many people it reaches, and whether the
// writer may name it when those are many.
type Call struct {
	Name   string
	People int
	About  bool // the writer is no member of a closed group: the number is rounded
	May    bool // looks after the group, or holds MentionLarge
}

// TooLarge says that naming the group needs a right that the writer does not have.
func (c Call) TooLarge() bool { return c.People > plein.MaxCalled && !c.May }

// errCallTooLarge refuses to name a group. What was typed stays.
func errCallTooLarge(c Call) error {
	return plein.FieldError("body", "items.call_large", plein.Args{"name": c.Name, "n": c.People, "max": plein.MaxCalled})
}

// mayCall refuses a text that names a large group without the right to. Who was
// named in an earlier wording was asked about then.
func (s *Service) mayCall(ctx context.Context, a plein.Actor, doc text.Doc, before string) error {
	if s.deps.Calls == nil {
		return nil
	}
	var old []text.Mention
	for _, m := range doc.Mentions {
		if m.Kind != "group" {
			continue
		}
		if before != "" && old == nil {
			was, err := s.deps.Text.Render(before)
			if err != nil {
				return plein.Wrap("items.maycall", err)
			}
			old = was.Mentions
		}
		if slices.ContainsFunc(old, func(o text.Mention) bool { return o.Kind == m.Kind && o.ID == m.ID }) {
			continue
		}
		c, err := s.deps.Calls(ctx, a, m.ID)
		if err != nil {
			return plein.Wrap("items.maycall", err)
		}
		if c.TooLarge() {
			return errCallTooLarge(c)
		}
	}
	return nil
}

// render finds whom a text names and draws it.
func (s *Service) render(ctx context.Context, a plein.Actor, i *Item, before string) (text.Doc, error) {
	var failed error
	resolve := func(name string) []text.Mention {
		if failed != nil || s.deps.Named == nil {
			return nil
		}
		found, err := s.deps.Named(ctx, a, name)
		if err != nil {
			failed = err
		}
		return found
	}
	i.Body = text.StoreForm(i.Body, before, resolve)
	if failed != nil {
		return text.Doc{}, plein.Wrap("items.write", failed)
	}
	doc, err := s.deps.Text.Render(i.Body)
	return doc, plein.Wrap("items.write", err)
}

func mentionsIn(doc text.Doc) []mention {
	var out []mention
	for _, m := range doc.Mentions {
		out = append(out, mention{kind: m.Kind, id: m.ID})
	}
	return out
}

// Call tells what naming a group does. The actor knows of the group.
func (s *Service) Call(ctx context.Context, a plein.Actor, group plein.ID) (Call, error) {
	if s.deps.Calls == nil {
		return Call{}, plein.ErrNotFound
	}
	return s.deps.Calls(ctx, a, group)
}

// Named lists whom a text names as the actor typed it, in the order of the text.
func (s *Service) Named(ctx context.Context, a plein.Actor, body string) ([]text.Mention, error) {
	i := &Item{Body: body}
	doc, err := s.render(ctx, a, i, "")
	return doc.Mentions, err
}

// Unseen lists the people named who cannot read what they are named in.
func (s *Service) Unseen(ctx context.Context, named []text.Mention, t access.Thing) ([]people.Card, error) {
	var who []plein.ID
	for _, m := range named {
		if m.Kind == "person" && len(who) < plein.MaxMentions {
			who = append(who, m.ID)
		}
	}
	if len(who) == 0 {
		return nil, nil
	}
	r, err := s.deps.Access.ReadersOf(ctx, t, who)
	if err != nil {
		return nil, err
	}
	cards, err := s.deps.People.Cards(ctx, who)
	if err != nil {
		return nil, err
	}
	var out []people.Card
	for _, id := range distinct(who) {
		if c, ok := cards[id]; ok && !r.Reads(id, c.Guest) {
			out = append(out, c)
		}
	}
	return out, nil
}

// UnseenIn is Unseen of an item that was just written.
func (s *Service) UnseenIn(ctx context.Context, i *Item) ([]people.Card, error) {
	doc, err := s.deps.Text.Render(i.Body)
	if err != nil {
		return nil, plein.Wrap("items.unseen", err)
	}
	return s.Unseen(ctx, doc.Mentions, access.Thing{Audience: i.Audience, RootMade: i.RootMade})
}

// participantsOf is how far back a conversation is looked through for who is in it.
const participantsOf = 200

// Participants lists who wrote in a thread lately. The caller has checked that the
// reader may see the thread.
func (s *Service) Participants(ctx context.Context, root plein.ID) ([]plein.ID, error) {
	ids, err := participants(ctx, s.db.Read(), root, participantsOf)
	return ids, plein.Wrap("items.participants", err)
}

// TagUse is a hashtag with how often it was used in the threads looked through.
type TagUse struct {
	Tag  string
	Uses int
	Here int // in one audience
}

// tagsOf is how many threads are looked through for hashtags.
const tagsOf = 300

// RecentTags lists the hashtags of the newest threads in the reader's own
// audiences: those of one audience first, then those used most. The threads are counted out after the rights were asked, so what is
// hidden does not push out what is not.
func (s *Service) RecentTags(ctx context.Context, r access.Reader, here plein.ID) ([]TagUse, error) {
	heads, err := s.Latest(ctx, r, r.Feed(), Newest, tagsOf)
	if err != nil || len(heads) == 0 {
		return nil, err
	}
	ids := make([]plein.ID, len(heads))
	for n, h := range heads {
		ids[n] = h.ID
	}
	out, err := tagUses(ctx, s.db.Read(), ids, here)
	slices.SortFunc(out, func(x, y TagUse) int {
		return cmp.Or(y.Here-x.Here, y.Uses-x.Uses, strings.Compare(x.Tag, y.Tag))
	})
	return out, plein.Wrap("items.recenttags", err)
}
