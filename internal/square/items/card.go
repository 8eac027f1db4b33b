package items

import (
	"context"
	"slices"

	"plein/internal/plein"
	"plein/internal/square/access"
	"plein/internal/square/people"
)

// previewReplies is how many replies a card in a timeline shows.
const previewReplies = 2

// Card is an item as one person sees it: with faces, labels, what is attached and
// what they themselves did with it.
type Card struct {
	*Item
	By       people.Card
	AboutWho people.Card // praise: whom it is for
	Label    access.Label
	Shared   *Card // what it passes on; nil when there is none or it may not be seen
	Replies  []Card
	Earlier  int // replies that are not shown

	Mine       [5]bool // reactions, in the order of plein.Reactions
	Bookmarked bool
	Acked      bool
	Own        bool
	Must       *MustState
}

// MustState is what the foot of a must-read says.
type MustState struct {
	Read, Of int // confirmed, of everybody asked; both zero when there are too few to tell
	UnitLeft int // colleagues of the reader's own department who have not; -1 when there are too few to tell
	Unit     string
}

// Opts say how much a card shows.
type Opts struct {
	Preview bool // the newest replies under it
}

// smallestTold is the fewest people about whom a number is shown (TRUST P15).
const smallestTold = 10

// Cards builds the cards of some items, in the order given, leaving out what the
// actor may not see and what was deleted without being answered. The number of
// queries does not depend on the number of items.
func (s *Service) Cards(ctx context.Context, a plein.Actor, ids []plein.ID, o Opts) ([]Card, error) {
	r, err := s.deps.Access.Reader(ctx, a)
	if err != nil {
		return nil, err
	}
	may, err := visible(ctx, s.db.Read(), r, ids)
	if err != nil {
		return nil, plein.Wrap("items.cards", err)
	}
	ids = slices.DeleteFunc(slices.Clone(ids), func(id plein.ID) bool { return !may[id] })
	return s.cards(ctx, a, r, ids, o)
}

// CardsOf is Cards for ids that came out of a query with rights in this request.
func (s *Service) CardsOf(ctx context.Context, a plein.Actor, r access.Reader, heads []Head, o Opts) ([]Card, error) {
	ids := make([]plein.ID, len(heads))
	for i, h := range heads {
		ids[i] = h.ID
	}
	return s.cards(ctx, a, r, ids, o)
}

func (s *Service) cards(ctx context.Context, a plein.Actor, r access.Reader, ids []plein.ID, o Opts) ([]Card, error) {
	b := builder{s: s, actor: a, reader: r}
	cards, err := b.build(ctx, ids, o)
	return cards, plein.Wrap("items.cards", err)
}

// builder gathers, for one request, everything the cards need, kind by kind.
type builder struct {
	s       *Service
	actor   plein.Actor
	reader  access.Reader
	items   map[plein.ID]*Item
	faces   map[plein.ID]people.Card
	labels  map[plein.ID]access.Label
	mine    map[plein.ID][]string
	shareOK map[plein.ID]bool
	musts   map[plein.ID]*MustState
}

func (b *builder) build(ctx context.Context, ids []plein.ID, o Opts) ([]Card, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	if err := b.gather(ctx, ids, o); err != nil {
		return nil, err
	}
	out := make([]Card, 0, len(ids))
	for _, id := range ids {
		i := b.items[id]
		if i == nil || (i.Gone() && i.Tally.Replies == 0 && i.IsRoot()) {
			continue
		}
		c := b.card(i)
		if o.Preview {
			for _, reply := range i.Preview {
				if ri := b.items[reply]; ri != nil && !ri.Gone() {
					c.Replies = append(c.Replies, b.card(ri))
				}
			}
			c.Earlier = max(0, i.Tally.Replies-len(c.Replies))
		}
		out = append(out, c)
	}
	return out, nil
}

func (b *builder) gather(ctx context.Context, ids []plein.ID, o Opts) (err error) {
	if b.items, err = b.s.many(ctx, ids); err != nil {
		return err
	}
	var more, shares []plein.ID
	for _, i := range b.items {
		if o.Preview {
			more = append(more, i.Preview...)
		}
		if i.Share != 0 {
			shares = append(shares, i.Share)
		}
	}
	if len(shares) > 0 {
		if b.shareOK, err = visible(ctx, b.s.db.Read(), b.reader, shares); err != nil {
			return err
		}
		for id := range b.shareOK {
			more = append(more, id)
		}
	}
	if len(more) > 0 {
		extra, err := b.s.many(ctx, more)
		if err != nil {
			return err
		}
		for id, i := range extra {
			b.items[id] = i
		}
	}
	all := make([]plein.ID, 0, len(b.items))
	var who, where []plein.ID
	for id, i := range b.items {
		all = append(all, id)
		who = append(who, i.Author)
		if i.About != 0 {
			who = append(who, i.About)
		}
		where = append(where, i.Audience)
	}
	if b.faces, err = b.s.deps.People.Cards(ctx, distinct(who)); err != nil {
		return err
	}
	if b.labels, err = b.s.deps.Access.Labels(ctx, distinct(where)); err != nil {
		return err
	}
	did, err := marks(ctx, b.s.db.Read(), b.actor.ID, all)
	if err != nil {
		return err
	}
	b.mine = make(map[plein.ID][]string)
	for _, m := range did {
		b.mine[m.item] = append(b.mine[m.item], m.what)
	}
	return b.gatherMusts(ctx)
}

// gatherMusts counts for the few must-reads on a page; there are seldom more than
// one.
func (b *builder) gatherMusts(ctx context.Context) error {
	now := b.s.clock.Now()
	for id, i := range b.items {
		if !i.Asks(now) {
			continue
		}
		m := &MustState{Read: i.Tally.Acks, UnitLeft: -1}
		if i.Audience == plein.OrgAudience {
			n, err := b.s.deps.Access.PeopleCount(ctx)
			if err != nil {
				return err
			}
			if by := b.faces[i.Author]; !by.Former && !by.Guest && !by.Bot && by.ID != 0 {
				n-- // who asks is not asked
			}
			m.Of = n
			if err := b.unitLeft(ctx, i, m); err != nil {
				return err
			}
		} else {
			who, err := b.s.deps.Access.Holders(ctx, i.Audience)
			if err != nil {
				return err
			}
			m.Of = len(others(who, i.Author))
		}
		m.Read = min(m.Read, m.Of)
		if m.Of < smallestTold {
			m.Read, m.Of = 0, 0
		}
		if b.musts == nil {
			b.musts = make(map[plein.ID]*MustState)
		}
		b.musts[id] = m
	}
	return nil
}

func (b *builder) unitLeft(ctx context.Context, i *Item, m *MustState) error {
	if b.actor.Unit == 0 {
		return nil
	}
	who, err := b.s.deps.Access.Holders(ctx, b.actor.Unit)
	if err != nil || len(who) < smallestTold {
		return err
	}
	who = others(who, i.Author)
	read, err := countAcks(ctx, b.s.db.Read(), i.ID, who)
	if err != nil {
		return err
	}
	labels, err := b.s.deps.Access.Labels(ctx, []plein.ID{b.actor.Unit})
	m.UnitLeft, m.Unit = len(who)-read, labels[b.actor.Unit].Name
	return err
}

func (b *builder) card(i *Item) Card {
	c := Card{Item: i, By: b.faces[i.Author], Label: b.labels[i.Audience],
		Own: i.Author == b.actor.ID, Must: b.musts[i.ID]}
	if i.About != 0 {
		c.AboutWho = b.faces[i.About]
	}
	for _, what := range b.mine[i.ID] {
		switch what {
		case "bookmark":
			c.Bookmarked = true
		case "ack":
			c.Acked = true
		default:
			for n, r := range plein.Reactions() {
				if string(r) == what {
					c.Mine[n] = true
				}
			}
		}
	}
	if i.Share != 0 && b.shareOK[i.Share] {
		if of := b.items[i.Share]; of != nil && !of.Gone() && of.Share == 0 {
			shared := b.card(of)
			c.Shared = &shared
		}
	}
	return c
}

// Thread is a conversation as one person sees it.
type Thread struct {
	Root    Card
	Replies []Card   // first-level replies, each with its own Replies
	More    plein.ID // the place to go on from; zero at the end
	ReadTo  plein.ID // how far the reader had read before now
	Answer  *ChosenCard
}

// ChosenCard is the chosen answer at the head of a conversation.
type ChosenCard struct {
	Card
	ChosenBy people.Card
}

// threadPage is how many replies one page of a thread shows.
const threadPage = 100

// Thread gives a conversation, oldest reply first, after a place. An item inside a
// thread gives its thread. A thread that was deleted without answers is NotFound.
func (s *Service) Thread(ctx context.Context, a plein.Actor, id, after plein.ID) (Thread, error) {
	i, err := s.Find(ctx, a, id)
	if err != nil {
		return Thread{}, err
	}
	r, err := s.deps.Access.Reader(ctx, a)
	if err != nil {
		return Thread{}, err
	}
	ids, err := s.Replies(ctx, i.Root, after, threadPage+1)
	if err != nil {
		return Thread{}, err
	}
	var t Thread
	if len(ids) > threadPage {
		ids = ids[:threadPage]
		t.More = ids[threadPage-1]
	}
	cards, err := s.cards(ctx, a, r, append([]plein.ID{i.Root}, ids...), Opts{})
	if err != nil {
		return Thread{}, err
	}
	if len(cards) == 0 || cards[0].ID != i.Root {
		return Thread{}, plein.ErrNotFound
	}
	read, err := positions(ctx, s.db.Read(), a.ID, []plein.ID{i.Root})
	if err != nil {
		return Thread{}, plein.Wrap("items.thread", err)
	}
	t.Root, t.Replies, t.ReadTo = cards[0], nest(cards[1:]), read[i.Root]
	t.Answer, err = s.chosenCard(ctx, a, r, t.Root.Item)
	return t, plein.Wrap("items.thread", err)
}

// nest puts second-level replies under the first-level reply they answer. One
// whose parent is on another page stands by itself. A deleted reply stays only
// where it was answered.
func nest(flat []Card) []Card {
	place := make(map[plein.ID]int)
	var out []Card
	for _, c := range flat {
		if c.Depth == 2 {
			if at, ok := place[c.Parent]; ok {
				out[at].Replies = append(out[at].Replies, c)
				continue
			}
		}
		place[c.ID] = len(out)
		out = append(out, c)
	}
	return slices.DeleteFunc(out, func(c Card) bool {
		return c.Gone() && !slices.ContainsFunc(c.Replies, func(r Card) bool { return !r.Gone() })
	})
}

// others leaves one out: who asks something of all is not asked.
func others(who []plein.ID, but plein.ID) []plein.ID {
	return slices.DeleteFunc(slices.Clone(who), func(id plein.ID) bool { return id == but })
}

func distinct(ids []plein.ID) []plein.ID {
	slices.Sort(ids)
	return slices.Compact(ids)
}
