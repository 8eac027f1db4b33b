package notices

import (
	"context"
	"slices"
	"strconv"
	"time"

	"plein/internal/platform/changes"
	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/items"
)

const (
	// waveSize is how many people are told of one thing in one transaction.
	waveSize = 200
	// mostTold is after how many people a transaction leaves further waves to the
	// next ones.
	mostTold = 2000
	// tooOld is when something is no news any more: a house that begins to keep
	// notices does not begin with a month of them.
	tooOld = 14 * 24 * time.Hour
)

// Follower makes notices of what happens.
func (s *Service) Follower() changes.Follower {
	return changes.Follower{Name: "notices", Follow: s.follow}
}

func (s *Service) follow(ctx context.Context, tx *db.Tx, events []plein.Event) error {
	h := &hearer{s: s, tx: tx, told: map[plein.ID]bool{}}
	err := h.load(ctx, events)
	for n := 0; n < len(events) && err == nil; n++ {
		err = h.hear(ctx, events[n])
	}
	if err != nil {
		return plein.Wrap("notices.follow", err)
	}
	// Whatever is kept now is old once this is durable, and not a moment later; what
	// is counted until then is old as well.
	h.forget()
	tx.AfterCommit(func() {
		h.forget()
		for id := range h.told {
			h.s.signal(id)
		}
		if len(h.called) == 0 {
			return
		}
		for _, id := range h.s.Looking() { // of those who are called, only who looks now has a number to see
			if !h.told[id] {
				h.s.signal(id)
			}
		}
	})
	return nil
}

// hearer follows one batch.
type hearer struct {
	s      *Service
	tx     *db.Tx
	known  map[plein.ID]*items.Item
	told   map[plein.ID]bool // for whom something changed
	called []plein.ID        // the audiences that were called
	count  int               // how many people were told something, each time they were
}

// load reads the items that the events speak of, what they answer and what they
// pass on: two queries for a batch.
func (h *hearer) load(ctx context.Context, events []plein.Event) (err error) {
	var ids, more []plein.ID
	for _, e := range events {
		if e.Object.Kind == "item" {
			ids = append(ids, e.Object.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	if h.known, err = h.s.Items.Known(ctx, h.tx, ids); err != nil {
		return err
	}
	for _, i := range h.known {
		for _, id := range []plein.ID{i.Root, i.Parent, i.Share} {
			if id != 0 && h.known[id] == nil {
				more = append(more, id)
			}
		}
	}
	if len(more) == 0 {
		return nil
	}
	around, err := h.s.Items.Known(ctx, h.tx, more)
	for id, i := range around {
		h.known[id] = i
	}
	return err
}

// forget drops the numbers that the batch makes old.
func (h *hearer) forget() {
	for _, target := range h.called {
		h.s.numbers.called(target)
	}
	for id := range h.told {
		h.s.numbers.changed(id)
	}
}

func (h *hearer) hear(ctx context.Context, e plein.Event) error {
	silent := e.Extra["imported"] != "" || e.Extra["how"] == "import" || h.s.Clock.Now().Sub(e.At) > tooOld
	switch e.Name {
	case "items.post.made", "items.reply.made":
		i := h.known[e.Object.ID]
		if i == nil {
			return nil
		}
		if err := addTaker(ctx, h.tx, i.Root, i.Author); err != nil || silent || i.Gone() {
			return err
		}
		return h.said(ctx, e, i)
	case "groups.member.joined":
		return h.joined(ctx, e)
	case "people.person.closed":
		return forgetPerson(ctx, h.tx, e.Object.ID)
	}
	if silent {
		return nil
	}
	switch e.Name {
	case "items.item.edited":
		if i := h.known[e.Object.ID]; i != nil && !i.Gone() {
			return h.named(ctx, e, i)
		}
	case "items.reaction.set", "items.reaction.unset":
		if i := h.known[e.Object.ID]; i != nil {
			return h.reacted(ctx, e, i)
		}
	case "items.answer.accepted", "items.answer.withdrawn":
		if i := h.known[e.Object.ID]; i != nil {
			return h.chosen(ctx, e, i)
		}
	case "items.item.deleted", "items.item.restored":
		return h.whoHas(ctx, e.Target.ID)
	case "items.item.acknowledged":
		done, err := markRead(ctx, h.tx, e.Actor, e.Target.ID, []string{aboutThread})
		if done {
			h.told[e.Actor] = true
		}
		return err
	case "notices.wave.due":
		return h.goOn(ctx, e)
	}
	return h.heardGroup(ctx, e)
}

// about makes the note of an event about an item, in its conversation.
func about(e plein.Event, i *items.Item, what string) note {
	return note{key: key{aboutThread, i.Root}, what: what, item: i.ID, actor: e.Actor, seq: e.Seq, at: e.At,
		mine: mine(what), must: what == whatMust, audience: i.Audience, rootMade: i.RootMade}
}

// said tells of something new: to those it names, those it answers, those who take
// part, and those who follow.
func (h *hearer) said(ctx context.Context, e plein.Event, i *items.Item) error {
	if err := h.named(ctx, e, i); err != nil {
		return err
	}
	if !i.IsRoot() {
		var answered []plein.ID
		for _, id := range []plein.ID{i.Root, i.Parent} {
			if to := h.known[id]; to != nil {
				answered = append(answered, to.Author)
			}
		}
		n := about(e, i, whatReply)
		n.mine = true
		if err := h.tell(ctx, n, answered, i); err != nil {
			return err
		}
		return h.wave(ctx, e, i, "takers", 0)
	}
	if i.MustRead {
		if err := h.call(ctx, about(e, i, whatMust), i.Audience); err != nil {
			return err
		}
	}
	if i.Kind == plein.KindPraise {
		if err := h.tell(ctx, about(e, i, whatPraise), []plein.ID{i.About}, i); err != nil {
			return err
		}
	}
	if of := h.known[i.Share]; i.Share != 0 && of != nil {
		if err := h.tell(ctx, about(e, i, whatShare), []plein.ID{of.Author}, i); err != nil {
			return err
		}
	}
	if err := h.wave(ctx, e, i, "person", 0); err != nil {
		return err
	}
	return h.wave(ctx, e, i, "group", 0)
}

// named tells those whom the words name and did not name before.
func (h *hearer) named(ctx context.Context, e plein.Event, i *items.Item) error {
	var people []plein.ID
	for _, who := range items.Named(e) {
		switch who.Kind {
		case "person":
			people = append(people, who.ID)
		case "group":
			if err := h.call(ctx, about(e, i, whatCalled), who.ID); err != nil {
				return err
			}
		}
	}
	return h.tell(ctx, about(e, i, whatNamed), people, i)
}

func (h *hearer) reacted(ctx context.Context, e plein.Event, i *items.Item) error {
	r := plein.Reaction(e.Extra["reaction"])
	if !r.Known() {
		return nil
	}
	n := about(e, i, reactPrefix+string(r))
	if e.Name == "items.reaction.set" {
		if err := h.tell(ctx, n, []plein.ID{i.Author}, i); err != nil {
			return err
		}
	}
	return h.gone(ctx, n, e.Name == "items.reaction.unset", i.Author)
}

// chosen tells whose answer was chosen, and takes it back from whoever was chosen
// before.
func (h *hearer) chosen(ctx context.Context, e plein.Event, i *items.Item) error {
	n := about(e, i, whatChosen)
	on := e.Name == "items.answer.accepted"
	if on {
		if err := h.tell(ctx, n, []plein.ID{i.Author}, i); err != nil {
			return err
		}
	}
	n.actor = 0 // whoever chose it: another may take it back
	if err := h.gone(ctx, n, !on, i.Author); err != nil || e.Extra["instead"] == "" {
		return err
	}
	was, err := plein.ParseID(e.Extra["instead"])
	if err != nil {
		return err
	}
	before, err := h.s.Items.Known(ctx, h.tx, []plein.ID{was})
	if err != nil || before[was] == nil {
		return err
	}
	n.item = was
	return h.gone(ctx, n, true, before[was].Author)
}

// whoHas counts again for those who have a line about a conversation in which
// something was taken away or came back.
func (h *hearer) whoHas(ctx context.Context, root plein.ID) error {
	people, err := withLines(ctx, h.tx, root, 10*waveSize)
	for _, id := range people {
		h.told[id] = true
	}
	return err
}

// wave tells the next people who take part in a conversation, or who follow its
// writer or its group. When there are more, it tells itself to go on.
func (h *hearer) wave(ctx context.Context, e plein.Event, i *items.Item, who string, after plein.ID) error {
	if h.count >= mostTold {
		return h.later(ctx, e, i, who, after)
	}
	people, err := h.next(ctx, i, who, after)
	if err != nil || len(people) == 0 {
		return err
	}
	what := map[string]string{"takers": whatReply, "person": whatPost, "group": whatTalk}[who]
	n := about(e, i, what)
	if who == "group" {
		n.key, n.rootMade = key{aboutTalk, i.Audience}, always
	}
	h.count += len(people)
	if err := h.tell(ctx, n, people, i); err != nil || len(people) < waveSize {
		return err
	}
	return h.later(ctx, e, i, who, people[len(people)-1])
}

// later says in the change log that a wave is to go on after somebody.
func (h *hearer) later(ctx context.Context, e plein.Event, i *items.Item, who string, after plein.ID) error {
	return h.s.Changes.Tell(ctx, h.tx, plein.Event{Name: "notices.wave.due", Actor: e.Actor, Audience: i.Audience,
		Object: plein.Ref{Kind: "item", ID: i.ID}, Target: plein.Ref{Kind: "thread", ID: i.Root}, Extra: map[string]string{
			"who": who, "after": strconv.FormatInt(int64(after), 10),
			"seq": strconv.FormatInt(e.Seq, 10), "at": strconv.FormatInt(db.Micros(e.At), 10)}})
}

// next gives the next people of a wave, by id.
func (h *hearer) next(ctx context.Context, i *items.Item, who string, after plein.ID) ([]plein.ID, error) {
	switch who {
	case "person":
		return h.s.Feed.Followers(ctx, h.tx, plein.Ref{Kind: "person", ID: i.Author}, after, waveSize)
	case "group":
		return h.s.Feed.Followers(ctx, h.tx, plein.Ref{Kind: "group", ID: i.Audience}, after, waveSize)
	}
	in, err := takers(ctx, h.tx, i.Root, after, waveSize)
	if err != nil {
		return nil, err
	}
	following, err := h.s.Feed.Followers(ctx, h.tx, plein.Ref{Kind: "thread", ID: i.Root}, after, waveSize)
	if err != nil {
		return nil, err
	}
	all := append(in, following...)
	slices.Sort(all)
	all = slices.Compact(all)
	return all[:min(len(all), waveSize)], nil
}

// goOn takes up a wave where it stopped.
func (h *hearer) goOn(ctx context.Context, e plein.Event) error {
	i := h.known[e.Object.ID]
	if i == nil || i.Gone() {
		return nil
	}
	after, err := strconv.ParseInt(e.Extra["after"], 10, 64)
	if err != nil {
		return err
	}
	seq, err := strconv.ParseInt(e.Extra["seq"], 10, 64)
	if err != nil {
		return err
	}
	at, err := strconv.ParseInt(e.Extra["at"], 10, 64)
	if err != nil {
		return err
	}
	e.Seq, e.At = seq, db.FromMicros(at)
	return h.wave(ctx, e, i, e.Extra["who"], plein.ID(after))
}

// tell writes a note to people, but to nobody of what they did themselves, and to
// nobody who muted it. i is nil where nothing was said.
func (h *hearer) tell(ctx context.Context, n note, people []plein.ID, i *items.Item) error {
	people = slices.DeleteFunc(slices.Clone(people), func(id plein.ID) bool { return id == 0 || id == n.actor })
	slices.Sort(people)
	people = slices.Compact(people)
	if len(people) == 0 {
		return nil
	}
	muting, err := h.s.Feed.Muting(ctx, h.tx, people, mutes(n, i))
	if err != nil {
		return err
	}
	people = slices.DeleteFunc(people, func(id plein.ID) bool { return len(muting[id]) > 0 })
	if len(people) == 0 {
		return nil
	}
	fresh, err := putEvents(ctx, h.tx, people, n)
	if err != nil || len(fresh) == 0 {
		return err
	}
	for _, id := range fresh {
		h.told[id] = true
	}
	return touchLines(ctx, h.tx, fresh, n)
}

// mutes lists what silences a note: its maker always, and its conversation and its
// group unless it names the person themselves.
func mutes(n note, i *items.Item) []plein.Ref {
	out := []plein.Ref{{Kind: "person", ID: n.actor}}
	switch {
	case n.what == whatNamed:
		return out
	case i == nil:
		return append(out, plein.Ref{Kind: "group", ID: n.Target})
	}
	return append(out, plein.Ref{Kind: "thread", ID: i.Root}, plein.Ref{Kind: "group", ID: i.Audience})
}

// gone takes something back, or brings it back.
func (h *hearer) gone(ctx context.Context, n note, gone bool, people ...plein.ID) error {
	changed, err := setGone(ctx, h.tx, people, n, gone)
	if changed {
		for _, id := range people {
			h.told[id] = true
		}
	}
	return err
}

// call writes down that a whole audience is called.
func (h *hearer) call(ctx context.Context, n note, target plein.ID) error {
	fresh, err := putCall(ctx, h.tx, n, target)
	if fresh {
		h.called = append(h.called, target)
	}
	return err
}
