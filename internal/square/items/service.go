package items

import (
	"context"
	"errors"
	"slices"
	"time"

	"plein/internal/platform/changes"
	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/text"
	"plein/internal/plein"
	"plein/internal/square/access"
	"plein/internal/square/people"
)

// Deps is what items needs. The functions are questions for packages that stand
// on items or beside it; app hands them over.
type Deps struct {
	DB      *db.DB
	Changes *changes.Log
	Clock   clock.Clock
	Access  *access.Service
	People  *people.Service
	Text    *text.Renderer

	// Named finds whom a typed name can mean, among people and groups that the
	// actor may know of. More than one answer means that the name stays text.
	Named func(ctx context.Context, a plein.Actor, name string) ([]text.Mention, error)
	// Moderates says whether the actor looks after the talk in an audience they can see.
	Moderates func(ctx context.Context, a plein.Actor, audience plein.ID) (bool, error)
	// Calls tells what naming a group does, of a group that the actor knows of. May be
	// nil where no group is ever too large.
	Calls func(ctx context.Context, a plein.Actor, group plein.ID) (Call, error)
	// Attach ties files that the author uploaded to the item, in its transaction.
	Attach func(ctx context.Context, tx *db.Tx, i *Item, files []plein.ID) error
	// Files gives what is attached to items. The caller has checked the reader.
	Files func(ctx context.Context, ids []plein.ID) (map[plein.ID][]Attachment, error)
}

// Attachment is a file as a card shows it.
type Attachment struct {
	ID            plein.ID
	Name, Alt     string
	MIME          string
	Size          int64
	Width, Height int  // of a picture; zero otherwise
	Picture       bool // shown in place; everything else is a download
}

// Service holds the verbs.
type Service struct {
	db    *db.DB
	deps  Deps
	clock clock.Clock
	cache *cache

	fragments *fragments
	stamps    *stamps
}

// New makes the service.
func New(d Deps) *Service {
	return &Service{db: d.DB, deps: d, clock: d.Clock, cache: newCache(), fragments: newFragments(), stamps: newStamps()}
}

// UseFiles hands over the two questions that files answers. Files stands on
// items, so it is made after them.
func (s *Service) UseFiles(attach func(ctx context.Context, tx *db.Tx, i *Item, files []plein.ID) error,
	of func(ctx context.Context, ids []plein.ID) (map[plein.ID][]Attachment, error)) {
	s.deps.Attach, s.deps.Files = attach, of
}

// errDuplicate ends a transaction that found its item already made.
var errDuplicate = errors.New("already made")

var (
	errPraiseNobody    = plein.FieldError("about", "items.praise_nobody", nil)
	errAnsweredGone    = plein.E(plein.Conflict, "items.answered_gone", nil)
	errEditedGone      = plein.E(plein.Conflict, "items.edited_gone", nil)
	errEditedMeanwhile = plein.E(plein.Conflict, "items.edited_meanwhile", nil)
)

// Post begins a thread. The same ClientKey by the same person gives the item that
// was made the first time.
func (s *Service) Post(ctx context.Context, a plein.Actor, n NewItem) (*Item, error) {
	n.Parent = 0
	if err := n.check(s.clock.Now()); err != nil {
		return nil, err
	}
	if err := s.deps.Access.CanWrite(ctx, a, n.Audience); err != nil {
		return nil, err
	}
	if n.MustRead {
		if err := s.canAsk(ctx, a, n.Audience); err != nil {
			return nil, err
		}
	}
	if n.Kind == plein.KindPraise {
		who, err := s.deps.People.See(ctx, a, n.About)
		if err == nil && !who.IsIn(s.clock.Now()) {
			err = plein.ErrNotFound
		}
		if plein.KindOf(err) == plein.NotFound && err != nil {
			err = errPraiseNobody
		}
		if err != nil {
			return nil, err
		}
	}
	if n.Share != 0 {
		shared, err := s.shareable(ctx, a, n.Share)
		if err != nil {
			return nil, err
		}
		n.Share = shared.ID
	}
	now := s.clock.Now()
	i := &Item{ID: plein.NewID(now), Kind: n.Kind, Audience: n.Audience, Author: a.ID, RootMade: now, Made: now,
		MustRead: n.MustRead, MustUntil: n.MustUntil, Share: n.Share, About: n.About, Version: 1, Title: n.Title, Body: n.Body}
	i.Root = i.ID
	return s.make(ctx, a, i, n, "items.post.made")
}

// Reply answers an item, in its thread and for its thread's readers.
func (s *Service) Reply(ctx context.Context, a plein.Actor, n NewItem) (*Item, error) {
	if n.Parent == 0 {
		return nil, plein.ErrNotFound
	}
	n.Share, n.MustRead, n.About = 0, false, 0
	if err := n.check(s.clock.Now()); err != nil {
		return nil, err
	}
	parent, err := s.Find(ctx, a, n.Parent)
	if err != nil {
		return nil, err
	}
	root := parent
	if !parent.IsRoot() {
		if root, err = s.Find(ctx, a, parent.Root); err != nil {
			return nil, err
		}
	}
	if parent.Gone() || root.Gone() {
		return nil, errAnsweredGone
	}
	if err := s.deps.Access.CanReply(ctx, a, root.Audience); err != nil {
		return nil, err
	}
	now := s.clock.Now()
	i := &Item{ID: plein.NewID(now), Kind: plein.KindReply, Audience: root.Audience, Author: a.ID, Root: root.ID,
		RootMade: root.RootMade, Made: now, Version: 1, Title: n.Title, Body: n.Body}
	i.Parent, i.Depth = replyPlace(parent)
	return s.make(ctx, a, i, n, "items.reply.made")
}

func (s *Service) make(ctx context.Context, a plein.Actor, i *Item, n NewItem, event string) (*Item, error) {
	doc, err := s.write(ctx, a, i, "")
	if err != nil {
		return nil, err
	}
	for try := 0; ; try++ {
		err = s.db.Tx(ctx, func(tx *db.Tx) error { return s.keep(ctx, tx, a, i, n, doc, event) })
		if n.ClientKey != "" && (errors.Is(err, errDuplicate) || db.IsConflict(err)) {
			id, missing := byClientKey(ctx, s.db.Read(), a.ID, n.ClientKey)
			if missing == nil {
				return s.Find(ctx, a, id)
			}
			if !errors.Is(missing, plein.ErrNotFound) {
				return nil, plein.Wrap("items.make", missing)
			}
		}
		if !db.IsConflict(err) || try == 3 {
			break
		}
		// Another process made something under this id in the same millisecond.
		i.ID = plein.NewID(i.Made)
		if i.Parent == 0 {
			i.Root = i.ID
		}
	}
	if err != nil {
		return nil, plein.Wrap("items.make", err)
	}
	return i, nil
}

// keep writes a new item with everything that belongs to it.
func (s *Service) keep(ctx context.Context, tx *db.Tx, a plein.Actor, i *Item, n NewItem, doc text.Doc, event string) error {
	if n.ClientKey != "" {
		if _, err := byClientKey(ctx, tx, a.ID, n.ClientKey); err == nil {
			return errDuplicate
		} else if !errors.Is(err, plein.ErrNotFound) {
			return err
		}
	}
	// The rights were asked before; ask again where nothing can come between.
	ok, err := s.mayStill(ctx, tx, a, i)
	if err != nil {
		return err
	}
	if !ok {
		return plein.ErrNotFound
	}
	if !i.IsRoot() {
		if gone, err := anyGone(ctx, tx, i.Root, n.Parent); err != nil || gone {
			if gone {
				return errAnsweredGone
			}
			return err
		}
	}
	if err := insertItem(ctx, tx, i, n.ClientKey); err != nil {
		return err
	}
	if err := relate(ctx, tx, i, mentionsIn(doc), doc.Tags, false); err != nil {
		return err
	}
	if i.Share != 0 {
		if err := countShare(ctx, tx, i.Share); err != nil {
			return err
		}
	}
	if !i.IsRoot() {
		if err := countReply(ctx, tx, i.Root, +1, i.Made); err != nil {
			return err
		}
	}
	if err := setPosition(ctx, tx, a.ID, i.Root, i.ID, i.Made); err != nil {
		return err
	}
	if len(n.Files) > 0 {
		if err := s.deps.Attach(ctx, tx, i, n.Files); err != nil {
			return err
		}
	}
	tx.AfterCommit(func() {
		s.cache.forget(i.ID, i.Root, i.Share)
		s.called(mentionsIn(doc))
	})
	return s.tellNamed(ctx, tx, a, event, i, mentionsIn(doc))
}

// mayStill asks inside the transaction whether the writer still reads what they
// write to: a membership may have ended since the form was sent.
func (s *Service) mayStill(ctx context.Context, tx *db.Tx, a plein.Actor, i *Item) (bool, error) {
	r, err := s.deps.Access.Reader(ctx, a)
	if err != nil {
		return false, err
	}
	return s.deps.Access.Reads(ctx, tx, r, access.Thing{Audience: i.Audience, RootMade: i.RootMade})
}

// write turns what was typed into what is stored and shown.
func (s *Service) write(ctx context.Context, a plein.Actor, i *Item, before string) (text.Doc, error) {
	var err error
	if i.Body, err = text.CleanBody(i.Body, plein.MaxBody*2); err != nil {
		return text.Doc{}, err
	}
	if i.Title != "" {
		if i.Title, err = text.CleanName(i.Title, plein.MaxTitle); err != nil {
			e := *plein.AsError(err)
			e.Field = "title"
			return text.Doc{}, &e
		}
	}
	doc, err := s.render(ctx, a, i, before)
	if err != nil {
		return text.Doc{}, err
	}
	if len(doc.Mentions) > plein.MaxMentions {
		return text.Doc{}, plein.FieldError("body", "items.mentions_many", plein.Args{"max": plein.MaxMentions})
	}
	if len(doc.Tags) > plein.MaxTags {
		return text.Doc{}, plein.FieldError("body", "items.tags_many", plein.Args{"max": plein.MaxTags})
	}
	if err := s.mayCall(ctx, a, doc, before); err != nil {
		return text.Doc{}, err
	}
	i.HTML, i.Lang = doc.HTML, doc.Lang
	return doc, nil
}

// canAsk says whether the actor may ask a whole audience to read something.
func (s *Service) canAsk(ctx context.Context, a plein.Actor, audience plein.ID) error {
	if a.Can(plein.PublishMustRead) {
		return nil
	}
	ok, err := s.deps.Moderates(ctx, a, audience)
	if err != nil {
		return plein.Wrap("items.canask", err)
	}
	if !ok {
		return plein.FieldError("must_read", "items.must_read_denied", nil)
	}
	return nil
}

// shareable finds what is passed on. A share of a share passes on the first.
func (s *Service) shareable(ctx context.Context, a plein.Actor, id plein.ID) (*Item, error) {
	i, err := s.Find(ctx, a, id)
	if err != nil {
		return nil, err
	}
	if i.Gone() {
		return nil, plein.ErrNotFound
	}
	if i.Share != 0 {
		if first, err := s.Find(ctx, a, i.Share); err == nil {
			return first, nil
		}
	}
	return i, nil
}

// Find gives an item if the actor may see it.
func (s *Service) Find(ctx context.Context, a plein.Actor, id plein.ID) (*Item, error) {
	r, err := s.deps.Access.Reader(ctx, a)
	if err != nil {
		return nil, err
	}
	i, err := find(ctx, s.db.Read(), r, id)
	if err != nil {
		return nil, plein.Wrap("items.find", err)
	}
	return i, nil
}

// Edit changes the words of one's own item. What it said before stays readable
// for everybody who may read the item. from is the version that the writer had
// before their eyes; when it is another by now, that is a Conflict. Zero is
// whichever there is.
func (s *Service) Edit(ctx context.Context, a plein.Actor, id plein.ID, from int, title, body string) (*Item, error) {
	old, err := s.Find(ctx, a, id)
	if err != nil {
		return nil, err
	}
	if old.Author != a.ID {
		return nil, plein.ErrDenied
	}
	if old.Gone() {
		return nil, errEditedGone
	}
	if err := s.deps.Access.CanReply(ctx, a, old.Audience); err != nil {
		return nil, err
	}
	if from != 0 && from != old.Version {
		return nil, errEditedMeanwhile
	}
	n := NewItem{Kind: old.Kind, Parent: old.Parent, Title: title, Body: body, Share: old.Share, About: old.About}
	if s.deps.Files != nil { // a picture needs no words
		files, err := s.deps.Files(ctx, []plein.ID{id})
		if err != nil {
			return nil, plein.Wrap("items.edit", err)
		}
		for _, f := range files[id] {
			n.Files = append(n.Files, f.ID)
		}
	}
	if err := n.check(s.clock.Now()); err != nil {
		return nil, err
	}
	i := *old
	i.Title, i.Body = n.Title, n.Body
	doc, err := s.write(ctx, a, &i, old.Body)
	if err != nil {
		return nil, err
	}
	if i.Title == old.Title && i.Body == old.Body {
		return old, nil
	}
	i.Edited, i.Version = s.clock.Now(), old.Version+1
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		r, err := s.deps.Access.Reader(ctx, a)
		if err != nil {
			return err
		}
		fresh, err := hold(ctx, tx, r, id)
		switch {
		case err != nil:
			return err
		case fresh.Gone():
			return errEditedGone
		case fresh.Version != old.Version:
			return errEditedMeanwhile
		}
		if err := keepVersion(ctx, tx, fresh); err != nil {
			return err
		}
		if err := rewrite(ctx, tx, &i); err != nil {
			return err
		}
		before, err := mentionsOf(ctx, tx, i.ID)
		if err != nil {
			return err
		}
		if err := relate(ctx, tx, &i, mentionsIn(doc), doc.Tags, true); err != nil {
			return err
		}
		tx.AfterCommit(func() {
			s.cache.forget(i.ID)
			s.called(mentionsIn(doc))
		})
		newly := slices.DeleteFunc(mentionsIn(doc), func(m mention) bool { return slices.Contains(before, m) })
		return s.tellNamed(ctx, tx, a, "items.item.edited", &i, newly)
	})
	if err != nil {
		return nil, plein.Wrap("items.edit", err)
	}
	return &i, nil
}

// Delete takes an item away: one's own, or as a moderator of its audience. Where
// it was answered, a line stays that says so.
func (s *Service) Delete(ctx context.Context, a plein.Actor, id plein.ID) (*Item, error) {
	i, err := s.Find(ctx, a, id)
	if err != nil {
		return nil, err
	}
	if i.Gone() {
		return i, nil
	}
	if i.Author != a.ID {
		ok, err := s.deps.Moderates(ctx, a, i.Audience)
		if err != nil {
			return nil, plein.Wrap("items.delete", err)
		}
		if !ok {
			return nil, plein.ErrDenied
		}
	}
	r, err := s.deps.Access.Reader(ctx, a)
	if err != nil {
		return nil, err
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		fresh, err := hold(ctx, tx, r, id)
		if err != nil || fresh.Gone() {
			return err
		}
		if err := keepVersion(ctx, tx, fresh); err != nil {
			return err
		}
		if err := blank(ctx, tx, id, s.clock.Now(), a.ID); err != nil {
			return err
		}
		if !i.IsRoot() {
			if err := countReply(ctx, tx, i.Root, -1, time.Time{}); err != nil {
				return err
			}
			if _, err := unchoose(ctx, tx, i.Root, id); err != nil {
				return err
			}
		}
		tx.AfterCommit(func() { s.cache.forget(id, i.Root) })
		return s.tell(ctx, tx, a, "items.item.deleted", i)
	})
	return i, plein.Wrap("items.delete", err)
}

// mayRestore says who brings back a deleted item: what the author took away the
// author and nobody else, what a moderator took away a moderator and not the
// author.
func (s *Service) mayRestore(ctx context.Context, a plein.Actor, i *Item) error {
	if i.DeletedBy == i.Author {
		if a.ID != i.Author {
			return plein.ErrNotFound
		}
		return nil
	}
	ok, err := s.deps.Moderates(ctx, a, i.Audience)
	if err == nil && !ok {
		err = plein.ErrNotFound
	}
	return err
}

// Restore brings back what was deleted, for thirty days: each of author and
// moderators what they took away themselves.
func (s *Service) Restore(ctx context.Context, a plein.Actor, id plein.ID) (*Item, error) {
	i, err := s.Find(ctx, a, id)
	if err != nil {
		return nil, err
	}
	if !i.Gone() {
		return i, nil
	}
	if err := s.mayRestore(ctx, a, i); err != nil {
		return nil, plein.Wrap("items.restore", err)
	}
	if s.clock.Now().Sub(i.Deleted) > restorable {
		return nil, plein.E(plein.Conflict, "items.restore_late", nil)
	}
	kept, err := versions(ctx, s.db.Read(), id)
	if err != nil {
		return nil, plein.Wrap("items.restore", err)
	}
	if len(kept) == 0 {
		// Either its words are past their time, or somebody brought it back just now.
		if now, err := s.Find(ctx, a, id); err != nil || !now.Gone() {
			return now, err
		}
		return nil, plein.ErrNotFound
	}
	doc, err := s.deps.Text.Render(kept[0].Body)
	if err != nil {
		return nil, plein.Wrap("items.restore", err)
	}
	r, err := s.deps.Access.Reader(ctx, a)
	if err != nil {
		return nil, err
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		fresh, err := hold(ctx, tx, r, id)
		if err != nil || !fresh.Gone() || fresh.Version != i.Version {
			return err // somebody was first
		}
		fresh.Title, fresh.Body, fresh.Version = kept[0].Title, kept[0].Body, kept[0].Version
		fresh.HTML, fresh.Lang = doc.HTML, doc.Lang
		if err := restore(ctx, tx, fresh); err != nil {
			return err
		}
		if !i.IsRoot() {
			if err := countReply(ctx, tx, i.Root, +1, time.Time{}); err != nil {
				return err
			}
		}
		tx.AfterCommit(func() {
			s.cache.forget(id, i.Root)
			s.called(mentionsIn(doc))
		})
		return s.tell(ctx, tx, a, "items.item.restored", fresh)
	})
	if err != nil {
		return nil, plein.Wrap("items.restore", err)
	}
	return s.Find(ctx, a, id)
}

// Versions gives what an item said before, newest first, to everybody who may
// read the item. Of a deleted item there is nothing to read.
func (s *Service) Versions(ctx context.Context, a plein.Actor, id plein.ID) (*Item, []Version, error) {
	i, err := s.Find(ctx, a, id)
	if err != nil {
		return nil, nil, err
	}
	if i.Gone() {
		return nil, nil, plein.ErrNotFound
	}
	v, err := versions(ctx, s.db.Read(), id)
	return i, v, plein.Wrap("items.versions", err)
}

// Hear drops what another node changed.
func (s *Service) Hear(e plein.Event) {
	if e.Object.Kind == "item" {
		s.cache.forget(e.Object.ID, e.Target.ID)
		s.stamps.bump(e.Audience, e.Actor)
	}
}

func oldestFirst(ids []plein.ID) []plein.ID {
	slices.Sort(ids)
	return ids
}

// Sweep throws away what deleted items said, thirty days after.
func (s *Service) Sweep(ctx context.Context) (removed int64, err error) {
	err = s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		removed, err = forgetWords(ctx, tx, s.clock.Now().Add(-restorable))
		return err
	})
	return removed, plein.Wrap("items.sweep", err)
}
