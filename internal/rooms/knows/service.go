package knows

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"plein/internal/platform/text"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// Service answers who knows.
type Service struct {
	Deps
	index  *people.Mirror[index]
	topics *topics
}

const (
	maxExperts  = 10   // on the page; one asks a colleague, not a list
	inShort     = 3    // beside the results of a search
	maxLooked   = 60   // people of whom what they say is read
	maxSayings  = 99   // items that are looked through: one walk of search
	maxParts    = 8    // parts of a question
	maxThanked  = 2000 // people who were thanked for something like it
	maxThanks   = 5000 // thanks that are read at once
	maxTopics   = 8    // topics that are offered under one answer
	shortEnough = 40   // characters of a question that are repeated in a reason
)

// Experts lists colleagues who may know about a question, with reasons that whoever
// asks may see.
func (s *Service) Experts(ctx context.Context, a plein.Actor, question string) ([]Expert, error) {
	out, err := s.experts(ctx, a, question, maxExperts)
	return out, plein.Wrap("knows.experts", err)
}

func (s *Service) experts(ctx context.Context, a plein.Actor, question string, most int) ([]Expert, error) {
	question = strings.TrimSpace(question)
	if n := utf8.RuneCountInString(question); n > plein.MaxQuery {
		return nil, plein.FieldError("q", "form.too_long", plein.Args{"max": plein.MaxQuery, "over": n - plein.MaxQuery})
	}
	if !a.SignedIn() || a.Guest || question == "" {
		return nil, nil
	}
	seen := newSightings()
	if err := s.lookAtSayings(ctx, a, question, seen); err != nil {
		return nil, err
	}
	if err := s.lookAtPeople(ctx, a, question, seen); err != nil {
		return nil, err
	}
	delete(seen.by, a.ID)
	ids := make([]plein.ID, 0, len(seen.by))
	for id := range seen.by {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	entries, err := s.People.RollOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	var list []ranked
	for _, e := range entries {
		if e.Bot || !e.IsIn(s.Clock.Now()) {
			continue
		}
		r := ranked{person: e.ID, near: e.Unit != 0 && e.Unit == a.Unit, name: text.Fold(e.Name)}
		if r.reasons, r.total = seen.reasonsFor(e.ID); r.total > 0 {
			list = append(list, r)
		}
	}
	rank(list)
	list = list[:min(len(list), most)]
	ids = ids[:0]
	for _, r := range list {
		ids = append(ids, r.person)
	}
	cards, err := s.People.Cards(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Expert, 0, len(list))
	for _, r := range list {
		out = append(out, Expert{People: cards[r.person], Reasons: r.reasons})
	}
	return out, nil
}

// lookAtSayings gathers who answered and who wrote. What search gives is what the
// actor may see, and the chosen answers are asked for with the same rights.
func (s *Service) lookAtSayings(ctx context.Context, a plein.Actor, question string, seen *sightings) error {
	if s.Said == nil {
		return nil
	}
	list, err := s.Said(ctx, a, question, maxSayings)
	if err != nil || len(list) == 0 {
		return err
	}
	r, err := s.Access.Reader(ctx, a)
	if err != nil {
		return err
	}
	where := make(map[plein.ID]plein.ID, len(list)) // by thread
	var threads []plein.ID
	for _, i := range list {
		if _, had := where[i.Thread]; !had {
			threads = append(threads, i.Thread)
		}
		where[i.Thread] = i.Audience
	}
	chosen, err := s.Items.ChosenAmong(ctx, r, threads)
	if err != nil {
		return err
	}
	answers := make(map[plein.ID]bool, len(chosen))
	for _, c := range chosen {
		seen.said(c.Author, Answered, c.Answer, where[c.Question])
		answers[c.Answer] = true
	}
	for _, i := range list {
		if !answers[i.Item] && i.Question { // a question says that one does not know
			continue
		}
		if !answers[i.Item] {
			seen.said(i.Author, Wrote, i.Item, i.Audience)
		}
	}
	return nil
}

// lookAtPeople gathers what people say of themselves and what they were thanked
// for.
func (s *Service) lookAtPeople(ctx context.Context, a plein.Actor, question string, seen *sightings) error {
	x, err := s.index.Now(ctx)
	if err != nil {
		return err
	}
	parts := x.analyzer.Query(question, maxParts)
	if len(parts) == 0 {
		return nil
	}
	entries, err := s.People.RollOf(ctx, x.find(parts, maxLooked))
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	for _, e := range entries {
		if len(own(e)) == 0 || !e.IsIn(now) {
			continue
		}
		for _, skill := range e.Skills {
			if f := fit(x.analyzer, skill, parts); f > 0 {
				seen.says(e.ID, Skilled, skill, 0, f)
			}
		}
		for _, ask := range e.AskMe {
			if f := fit(x.analyzer, ask, parts); f > 0 {
				seen.says(e.ID, AsksFor, ask, 0, f)
			}
		}
	}
	return s.lookAtThanks(ctx, a, x, parts, seen)
}

// lookAtThanks gathers thanks for answers that the actor may read. It goes on until
// it has enough of those: what they may not read must not stand in the way of what
// they may.
func (s *Service) lookAtThanks(ctx context.Context, a plein.Actor, x *index, parts [][]string, seen *sightings) error {
	who, err := s.topics.find(ctx, s.DB, x.analyzer, parts)
	if err != nil || len(who) == 0 {
		return err
	}
	r, err := s.Access.Reader(ctx, a)
	if err != nil {
		return err
	}
	who = who[:min(len(who), maxThanked)]
	for got := 0; len(who) > 0 && got < maxLooked; {
		n := min(len(who), 100)
		list, err := thanksOf(ctx, s.DB.Read(), who[:n], maxThanks)
		if err != nil {
			return err
		}
		who = who[n:]
		ids := make([]plein.ID, len(list))
		for n, t := range list {
			ids[n] = t.item
		}
		living, err := s.Items.Living(ctx, r, ids)
		if err != nil {
			return err
		}
		for _, t := range list {
			if f := fit(x.analyzer, t.topic, parts); living[t.item] && f > 0 {
				seen.says(t.person, Thanked, t.topic, t.item, f)
				got++
			}
		}
	}
	return nil
}

// Hear lets go of what another node changed.
func (s *Service) Hear(e plein.Event) {
	if strings.HasPrefix(e.Name, "knows.") {
		s.topics.forget()
	}
}

// Forget lets go of what is kept in memory.
func (s *Service) Forget() { s.topics.forget() }
