package items

import (
	"context"
	"time"

	"plein/internal/platform/db"
	"plein/internal/platform/text"
	"plein/internal/plein"
)

// Imported is an item that was said elsewhere or before: by its own author and at
// its own time. Rights were judged by whoever imports.
type Imported struct {
	Kind      plein.Kind
	Audience  plein.ID
	Author    plein.ID
	Parent    *Item // the item answered; nil for the beginning of a thread
	Made      time.Time
	Edited    time.Time
	Title     string
	Body      string // Markdown in stored form, mentions resolved
	MustRead  bool
	MustUntil time.Time
	About     plein.ID
	Share     plein.ID
	Reactions []ImportedReaction
}

// ImportedReaction is one reaction with its giver and time.
type ImportedReaction struct {
	Person   plein.ID
	Reaction plein.Reaction
	At       time.Time
}

// Import writes one item with its reactions in the caller's transaction. The doc
// must come from Prepare, which does the slow part outside the transaction.
func (s *Service) Import(ctx context.Context, tx *db.Tx, in Imported, doc text.Doc) (*Item, int, error) {
	kind := in.Kind
	if kind == "" {
		kind = plein.KindPost
	}
	i := &Item{Kind: kind, Audience: in.Audience, Author: in.Author, Made: in.Made, RootMade: in.Made, Edited: in.Edited,
		MustRead: in.MustRead, MustUntil: in.MustUntil, About: in.About, Share: in.Share, Version: 1, Lang: doc.Lang,
		Title: in.Title, Body: in.Body, HTML: doc.HTML}
	// Ids carry the time, and much may have been said in one millisecond.
	for try := 0; ; try++ {
		i.ID = plein.NewID(in.Made)
		taken, err := exists(ctx, tx, i.ID)
		if err != nil {
			return nil, 0, plein.Wrap("items.import", err)
		}
		if !taken {
			break
		}
		if try == 20 {
			return nil, 0, plein.E(plein.Invalid, "items.import_crowded", nil)
		}
	}
	i.Root = i.ID
	if p := in.Parent; p != nil {
		i.Kind, i.Audience, i.Root, i.RootMade = plein.KindReply, p.Audience, p.Root, p.RootMade
		i.Parent, i.Depth = replyPlace(p)
	}
	if err := insertItem(ctx, tx, i, ""); err != nil {
		return nil, 0, plein.Wrap("items.import", err)
	}
	if err := relate(ctx, tx, i, mentionsIn(doc), doc.Tags, false); err != nil {
		return nil, 0, plein.Wrap("items.import", err)
	}
	if i.Parent != 0 {
		if err := countReply(ctx, tx, i.Root, +1, i.Made); err != nil {
			return nil, 0, plein.Wrap("items.import", err)
		}
	}
	given := 0
	for _, r := range in.Reactions {
		fresh, err := setReaction(ctx, tx, i.ID, r.Person, r.Reaction, true, r.At)
		if err != nil {
			return nil, 0, plein.Wrap("items.import", err)
		}
		if fresh {
			given++
		}
	}
	tx.AfterCommit(func() {
		s.cache.forget(i.ID, i.Root)
		s.stamps.bump(i.Audience, i.Author)
	})
	name := "items.post.made"
	if i.Parent != 0 {
		name = "items.reply.made"
	}
	err := s.deps.Changes.Tell(ctx, tx, plein.Event{Name: name, Actor: i.Author, At: s.clock.Now(), Audience: i.Audience,
		Object: plein.Ref{Kind: "item", ID: i.ID}, Target: plein.Ref{Kind: "thread", ID: i.Root},
		Extra: map[string]string{"kind": string(i.Kind), "imported": "yes"}})
	return i, given, err
}

// Prepare renders a body for Import.
func (s *Service) Prepare(body string) (text.Doc, error) {
	doc, err := s.deps.Text.Render(body)
	return doc, plein.Wrap("items.prepare", err)
}

// Found gives an item that was imported before, without asking who reads: for
// importers, which must find the thread to go on with.
func (s *Service) Found(ctx context.Context, q db.Queryer, id plein.ID) (*Item, error) {
	list, err := load(ctx, q, []plein.ID{id})
	if err != nil {
		return nil, plein.Wrap("items.found", err)
	}
	if len(list) == 0 {
		return nil, plein.ErrNotFound
	}
	return list[0], nil
}

// MarkImported writes what people did with items elsewhere or before: read
// positions and confirmations.
func (s *Service) MarkImported(ctx context.Context, tx *db.Tx, item *Item, person plein.ID, acked bool, at time.Time) error {
	if acked {
		if _, err := acknowledge(ctx, tx, item.ID, person, at); err != nil {
			return plein.Wrap("items.markimported", err)
		}
	}
	return plein.Wrap("items.markimported", setPosition(ctx, tx, person, item.Root, item.ID, at))
}

// ChooseImported makes a reply the chosen answer to its question, as it was before.
func (s *Service) ChooseImported(ctx context.Context, tx *db.Tx, question, answer *Item, by plein.ID, at time.Time) error {
	return plein.Wrap("items.chooseimported", choose(ctx, tx, Chosen{question.Root, answer.ID, answer.Author, by, at}))
}

// PinImported keeps an item at the top of its audience, as it was before.
func (s *Service) PinImported(ctx context.Context, tx *db.Tx, item *Item, by plein.ID, at time.Time) error {
	_, err := setPin(ctx, tx, item.Audience, item.ID, by, true, at)
	return plein.Wrap("items.pinimported", err)
}

// FoundAll is Found for several: for followers of the change log. What is not
// there is left out.
func (s *Service) FoundAll(ctx context.Context, q db.Queryer, ids []plein.ID) ([]*Item, error) {
	list, err := load(ctx, q, ids)
	return list, plein.Wrap("items.foundall", err)
}
