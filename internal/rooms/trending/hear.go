package trending

import (
	"context"
	"slices"

	"plein/internal/platform/changes"
	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/items"
)

// Follower writes down which words were said and who came.
func (s *Service) Follower() changes.Follower {
	return changes.Follower{Name: "trending", Batch: 200, Follow: func(ctx context.Context, tx *db.Tx, events []plein.Event) error {
		return plein.Wrap("trending.follow", s.follow(ctx, tx, events))
	}}
}

// told sorts a batch: which items to read again, and who came. What became of an
// item is read from the item as it is now, so a line that comes twice or late
// changes nothing.
func told(events []plein.Event) (talk, people []plein.ID) {
	seen := map[plein.ID]bool{}
	for _, e := range events {
		if seen[e.Object.ID] {
			continue
		}
		switch e.Name {
		case "items.post.made", "items.reply.made", "items.item.edited", "items.item.deleted", "items.item.restored":
			talk = append(talk, e.Object.ID)
		case "people.person.added":
			people = append(people, e.Object.ID)
		default:
			continue
		}
		seen[e.Object.ID] = true
	}
	return talk, people
}

func (s *Service) follow(ctx context.Context, tx *db.Tx, events []plein.Event) error {
	talk, came := told(events)
	if err := s.welcome(ctx, tx, came); err != nil {
		return err
	}
	// Ids carry the time: what is too old need not be read.
	oldest := plein.FirstIDAt(s.Clock.Now().AddDate(0, 0, -daysKept))
	lately := talk[:0]
	for _, id := range talk {
		if id >= oldest {
			lately = append(lately, id)
		}
	}
	if len(lately) == 0 {
		return nil
	}
	list, err := s.Items.FoundAll(ctx, tx, lately)
	if err != nil {
		return err
	}
	bots, kinds, err := s.around(ctx, tx, list)
	if err != nil {
		return err
	}
	version, err := nextVersion(ctx, tx)
	if err != nil {
		return err
	}
	for _, i := range list {
		if !talked(kinds[i.Audience]) || bots[i.Author] {
			continue
		}
		if err := putSaid(ctx, tx, version, saidIn(i)); err != nil {
			return err
		}
	}
	return nil
}

// around tells which of the authors are no people, and of which kinds the audiences
// are.
func (s *Service) around(ctx context.Context, tx *db.Tx, list []*items.Item) (bots map[plein.ID]bool, kinds map[plein.ID]plein.AudienceKind, err error) {
	var who, where []plein.ID
	for _, i := range list {
		who, where = append(who, i.Author), append(where, i.Audience)
	}
	slices.Sort(who)
	slices.Sort(where)
	authors, err := s.People.FindManyTx(ctx, tx, slices.Compact(who))
	if err != nil {
		return nil, nil, err
	}
	bots = make(map[plein.ID]bool)
	for _, p := range authors {
		bots[p.ID] = p.Bot
	}
	kinds, err = s.Access.KindsTx(ctx, tx, slices.Compact(where))
	return bots, kinds, err
}

// talked says of which kinds of audience the words are counted.
func talked(k plein.AudienceKind) bool {
	switch k {
	case plein.Org, plein.Unit, plein.Open, plein.Closed, plein.Secret, plein.Composite:
		return true
	}
	return false
}

// welcome writes down who came lately. Many have been there for years when they
// are added; they are not new.
func (s *Service) welcome(ctx context.Context, tx *db.Tx, ids []plein.ID) error {
	if len(ids) == 0 {
		return nil
	}
	list, err := s.People.FindManyTx(ctx, tx, ids)
	if err != nil {
		return err
	}
	since := s.Clock.Now().Add(-newFor)
	for _, p := range list {
		if p.Guest || p.Bot || !p.Joined.After(since) {
			continue
		}
		if err := putArrival(ctx, tx, p.ID, p.Joined); err != nil {
			return err
		}
	}
	return nil
}
