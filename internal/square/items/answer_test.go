package items_test

import (
	"errors"
	"slices"
	"testing"

	"plein/internal/platform/testkit"
	"plein/internal/plein"
	"plein/internal/square/items"
)

func TestWhoeverAskedChoosesTheAnswer(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		ctx := t.Context()
		question := h.Make(h.samira, items.NewItem{Kind: plein.KindQuestion, Audience: h.open, Title: "Hoe werkt de pomp?", Body: "Wie weet het?"})
		one, two := h.Reply(h.joost, question, "Klep open."), h.Reply(h.marit, question, "Eerst wachten.")
		under := h.Reply(h.samira, one, "Dank je")

		for _, a := range []plein.Actor{h.joost, h.marit} {
			if _, err := h.Items.Accept(ctx, a, one.ID, true); !errors.Is(err, plein.ErrDenied) {
				t.Errorf("%s may choose: %v", a.Name, err)
			}
		}
		accept := func(a plein.Actor, i *items.Item, on bool) {
			t.Helper()
			if _, err := h.Items.Accept(ctx, a, i.ID, on); err != nil {
				t.Fatal(err)
			}
		}
		answer := func() plein.ID {
			t.Helper()
			thread, err := h.Items.Thread(ctx, h.marit, question.ID, 0)
			if err != nil {
				t.Fatal(err)
			}
			if (thread.Answer == nil) != (thread.Root.Answer == 0) {
				t.Fatalf("the head says %v and the tally %v", thread.Answer, thread.Root.Answer)
			}
			if thread.Answer == nil {
				return 0
			}
			if thread.Answer.ID != thread.Root.Answer || thread.Answer.ChosenBy.ID == 0 {
				t.Fatalf("the head shows %v", thread.Answer)
			}
			return thread.Answer.ID
		}
		accept(h.samira, one, true)
		accept(h.samira, one, true) // twice is once
		if answer() != one.ID {
			t.Error("the chosen answer is not shown")
		}
		accept(h.samira, two, true)
		if answer() != two.ID {
			t.Error("another choice does not take the place of the first")
		}
		accept(h.samira, one, false) // no longer the chosen one: nothing happens
		if answer() != two.ID {
			t.Error("taking back another answer took back the choice")
		}
		accept(h.samira, two, false)
		if answer() != 0 {
			t.Error("the choice was not taken back")
		}
		accept(h.elif, under, true) // looks after the talk in open groups
		if answer() != under.ID {
			t.Error("a moderator cannot choose")
		}
		if _, err := h.Items.Delete(ctx, h.samira, under.ID); err != nil {
			t.Fatal(err)
		}
		if answer() != 0 {
			t.Error("a deleted answer is still the chosen one")
		}
		told := testkit.Told(t, h.DB)
		count := func(name string) int {
			return len(slices.DeleteFunc(slices.Clone(told), func(s string) bool { return s != name }))
		}
		if count("items.answer.accepted") != 3 || count("items.answer.withdrawn") != 1 {
			t.Errorf("told %v", told)
		}
	})
}

func TestOnlyAReplyToAQuestionIsAnAnswer(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		ctx := t.Context()
		post := h.Post(h.samira, h.open, "Zomaar iets")
		reply := h.Reply(h.joost, post, "Leuk")
		question := h.Make(h.samira, items.NewItem{Kind: plein.KindQuestion, Audience: h.closed, Body: "Wie?"})
		hidden := h.Reply(h.samira, question, "Ik zelf")
		for _, id := range []plein.ID{post.ID, reply.ID, question.ID} {
			if _, err := h.Items.Accept(ctx, h.samira, id, true); plein.KindOf(err) != plein.Invalid {
				t.Errorf("choosing %s gives %v", id, err)
			}
		}
		for _, id := range []plein.ID{hidden.ID, 12345} {
			if _, err := h.Items.Accept(ctx, h.marit, id, true); !errors.Is(err, plein.ErrNotFound) {
				t.Errorf("what one cannot see gives %v", err)
			}
		}
		if _, err := h.Items.Delete(ctx, h.samira, hidden.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := h.Items.Accept(ctx, h.samira, hidden.ID, true); !errors.Is(err, plein.ErrNotFound) {
			t.Errorf("a deleted reply gives %v", err)
		}
	})
}

// Whoever sees the question sees which answer was chosen, and nobody else.
func TestChosenAmongAsksForRights(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		ctx := t.Context()
		question := h.Make(h.samira, items.NewItem{Kind: plein.KindQuestion, Audience: h.closed, Body: "Wie?"})
		reply := h.Reply(h.samira, question, "Ik zelf")
		if _, err := h.Items.Accept(ctx, h.samira, reply.ID, true); err != nil {
			t.Fatal(err)
		}
		for a, want := range map[plein.ID]int{h.samira.ID: 1, h.marit.ID: 0} {
			list, err := h.Items.ChosenAmong(ctx, h.Reader(h.Actor(a)), []plein.ID{question.ID})
			if err != nil || len(list) != want {
				t.Errorf("%d chosen answers, %v", len(list), err)
			}
		}
		if _, err := h.Items.ChosenFor(ctx, h.marit, question.ID); !errors.Is(err, plein.ErrNotFound) {
			t.Errorf("an outsider learns of the answer: %v", err)
		}
	})
}
