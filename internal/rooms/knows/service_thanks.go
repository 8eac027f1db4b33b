package knows

import (
	"context"
	"slices"

	"plein/internal/platform/db"
	"plein/internal/platform/text"
	"plein/internal/plein"
	"plein/internal/square/items"
)

var (
	errNotHelped = plein.E(plein.Denied, "knows.error.not_helped", nil)
	errTopic     = plein.FieldError("topic", "knows.error.topic", nil)
)

// Topic is something that one can thank a colleague for.
type Topic struct {
	Name  string
	Given bool // by whoever looks
}

// helped says whether somebody got help by an answer: they asked the question, or
// gave the answer their thanks.
func (s *Service) helped(ctx context.Context, a plein.Actor, question, answer *items.Item) (bool, error) {
	switch {
	case a.Guest || !a.SignedIn() || answer.Author == a.ID || answer.IsRoot() || question.Kind != plein.KindQuestion:
		return false, nil
	case question.Author == a.ID:
		return true, nil
	}
	return s.Items.Given(ctx, a, answer.ID, plein.Thanks)
}

// topicsOf lists what one can thank for: what the author says of themselves and the
// hashtags of the question. Nobody can put other words behind another's name.
func (s *Service) topicsOf(ctx context.Context, question, answer *items.Item) ([]string, error) {
	found, err := s.People.RollOf(ctx, []plein.ID{answer.Author})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	author := found[0]
	if author.Bot || author.Guest || !author.IsIn(s.Clock.Now()) {
		return nil, nil
	}
	doc, err := s.Items.Prepare(question.Body)
	if err != nil {
		return nil, err
	}
	var out, keys []string
	for _, t := range slices.Concat(doc.Tags, author.Skills) {
		if k := text.Fold(t); !slices.Contains(keys, k) && len(out) < maxTopics {
			out, keys = append(out, t), append(keys, k)
		}
	}
	return out, nil
}

// Topics lists what somebody who was helped by an answer can thank its author for;
// none for whoever was not.
func (s *Service) Topics(ctx context.Context, a plein.Actor, question, answer *items.Item) ([]Topic, error) {
	ok, err := s.helped(ctx, a, question, answer)
	if err != nil || !ok {
		return nil, plein.Wrap("knows.topics", err)
	}
	list, err := s.topicsOf(ctx, question, answer)
	if err != nil || len(list) == 0 {
		return nil, plein.Wrap("knows.topics", err)
	}
	given, err := thanksBy(ctx, s.DB.Read(), answer.Author, a.ID)
	if err != nil {
		return nil, plein.Wrap("knows.topics", err)
	}
	out := make([]Topic, len(list))
	for n, name := range list {
		out[n] = Topic{Name: name, Given: slices.ContainsFunc(given, func(t thanks) bool { return text.Fold(t.topic) == text.Fold(name) })}
	}
	return out, nil
}

// Thank says that an answer helped with a topic, or takes that back. Doing it
// twice is doing it once.
func (s *Service) Thank(ctx context.Context, a plein.Actor, id plein.ID, topic string, on bool) (*items.Item, error) {
	answer, err := s.Items.Find(ctx, a, id)
	if err != nil {
		return nil, err
	}
	question, err := s.Items.Find(ctx, a, answer.Root)
	if err != nil {
		return nil, err
	}
	if answer.Gone() || question.Gone() {
		return nil, plein.ErrNotFound
	}
	ok, err := s.helped(ctx, a, question, answer)
	if err != nil {
		return nil, plein.Wrap("knows.thank", err)
	}
	if !ok {
		return nil, errNotHelped
	}
	list, err := s.topicsOf(ctx, question, answer)
	if err != nil {
		return nil, plein.Wrap("knows.thank", err)
	}
	key := text.Fold(topic)
	at := slices.IndexFunc(list, func(t string) bool { return text.Fold(t) == key })
	if at < 0 && on {
		return nil, errTopic
	}
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		var changed bool
		var err error
		name := "knows.endorsement.withdrawn"
		if on {
			name = "knows.endorsement.given"
			changed, err = putThanks(ctx, tx, thanks{answer.Author, a.ID, answer.ID, list[at]}, key, s.Clock.Now())
		} else {
			changed, err = dropThanks(ctx, tx, answer.Author, a.ID, key)
		}
		if err != nil || !changed {
			return err
		}
		tx.AfterCommit(s.topics.forget)
		return s.Changes.Tell(ctx, tx, plein.Event{Name: name, Actor: a.ID, At: s.Clock.Now(), Audience: answer.Audience,
			Object: plein.Ref{Kind: "item", ID: answer.ID}, Target: plein.Ref{Kind: "person", ID: answer.Author}})
	})
	return answer, plein.Wrap("knows.thank", err)
}
