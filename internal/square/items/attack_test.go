package items_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/plein"
	"plein/internal/square/access"
	"plein/internal/square/items"
)

// verbs is everything that can be done to an item by its id.
func (h *town) verbs(a plein.Actor, id plein.ID) map[string]error {
	ctx, s := h.T.Context(), h.Items
	return map[string]error{
		"find":        second(s.Find(ctx, a, id)),
		"thread":      second(s.Thread(ctx, a, id, 0)),
		"edit":        second(s.Edit(ctx, a, id, 0, "", "gestolen")),
		"delete":      second(s.Delete(ctx, a, id)),
		"restore":     second(s.Restore(ctx, a, id)),
		"versions":    second3(s.Versions(ctx, a, id)),
		"reply":       second(s.Reply(ctx, a, items.NewItem{Parent: id, Body: "gestolen"})),
		"share":       second(s.Post(ctx, a, items.NewItem{Audience: plein.OrgAudience, Body: "kijk", Share: id})),
		"react":       second(s.React(ctx, a, id, plein.Nice, true)),
		"unreact":     second(s.React(ctx, a, id, plein.Nice, false)),
		"reactors":    second(s.Reactors(ctx, a, id)),
		"given":       second(s.Given(ctx, a, id, plein.Nice)),
		"bookmark":    s.Bookmark(ctx, a, id, true),
		"unbookmark":  s.Bookmark(ctx, a, id, false),
		"pin":         s.Pin(ctx, a, id, true),
		"acknowledge": s.Acknowledge(ctx, a, id),
		"read":        s.ReadTo(ctx, a, id, id),
	}
}

// S1, S2, S7: what one may not see answers every verb exactly as what does not
// exist, and nothing comes of it.
func TestTheUnseenAnswersLikeTheInexistent(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		inside := map[string]plein.ID{}
		for what, where := range map[string]plein.ID{"closed": h.closed, "secret": h.secret, "department": h.ward} {
			root := h.Make(h.samira, items.NewItem{Audience: where, Body: "binnen"})
			inside[what] = root.ID
			inside[what+" reply"] = h.Reply(h.joost, root, "ook binnen").ID
		}
		told := len(testkit.Told(t, h.DB))
		nowhere := plein.NewID(h.Clock.Now())
		strangers := []plein.Actor{h.marit, h.elif, h.Guest("Vreemde Gast"), {}}
		told++ // the guest among them
		for _, a := range strangers {
			want := h.verbs(a, nowhere)
			for what, id := range inside {
				for verb, err := range h.verbs(a, id) {
					if err == nil || !errors.Is(err, plein.ErrNotFound) || err.Error() != want[verb].Error() {
						t.Errorf("%s, %s of the %s item: %v, of nothing: %v", a.Name, verb, what, err, want[verb])
					}
				}
			}
		}
		if got := len(testkit.Told(t, h.DB)); got != told {
			t.Errorf("%d things happened to items that were not to be seen", got-told)
		}
	})
}

// S8, P5: one's own words stay behind with the group.
func TestNothingCanBeDoneAfterLeaving(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		mine := h.Post(h.joost, h.closed, "van mij")
		h.card(h.joost, mine) // kept in memory
		h.Leave(h.closed, h.joost)
		for verb, err := range h.verbs(h.joost, mine.ID) {
			wantKey(t, verb+" after leaving", err, "error.not_found")
		}
		if len(h.cards(h.joost, items.Opts{}, mine)) != 0 {
			t.Error("a card after leaving")
		}
		if got := h.find(h.samira, mine); got.Body != "van mij" || got.Gone() {
			t.Errorf("it became %+v", got)
		}
	})
}

// P6: who comes back to a group that begins with joining sees nothing of what was
// begun before: no thread, no new reply in it, no edit of it.
func TestComingBackOpensNothingOld(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		group := h.NewcomersGroup("Ideeën", plein.Closed, h.samira, h.joost)
		h.Clock.Advance(time.Hour)
		old := h.Post(h.samira, group, "oud")
		h.card(h.joost, old)
		h.Leave(group, h.joost)
		h.Clock.Advance(time.Hour)
		h.Join(group, h.joost)
		h.Clock.Advance(time.Hour)
		late := h.Reply(h.samira, old, "nieuw antwoord op @Joost van der Veen")
		fresh := h.Post(h.samira, group, "nieuw")
		for _, i := range []*items.Item{old, late} {
			for verb, err := range h.verbs(h.joost, i.ID) {
				wantKey(t, verb+" of what was begun before", err, "error.not_found")
			}
		}
		if got := shape(h.cards(h.joost, items.Opts{Preview: true}, old, late, fresh)); got != "nieuw" {
			t.Errorf("sees %q", got)
		}
		r := h.Reader(h.joost)
		heads, err := h.Items.Latest(t.Context(), r, []plein.ID{group}, items.Newest, 1)
		if err != nil || len(heads) != 1 || heads[0].ID != fresh.ID {
			t.Errorf("latest %v (%v)", heads, err)
		}
		if asked, err := h.Items.Asked(t.Context(), r, time.Hour, 10); err != nil || len(asked) != 0 {
			t.Errorf("is asked in %v (%v)", asked, err)
		}
		if n, err := h.Items.UnreadSince(t.Context(), r, map[plein.ID]plein.ID{group: 0}); err != nil || n[group] != 1 {
			t.Errorf("unread %v (%v)", n, err)
		}
	})
}

// S18: an archived group is read as before and written no more.
func TestAnArchivedGroupIsOnlyRead(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		ctx := t.Context()
		i := h.Make(h.joost, items.NewItem{Audience: h.open, Body: "voor het archief"})
		if err := h.Groups.Archive(ctx, h.samira, h.open); err != nil {
			t.Fatal(err)
		}
		for what, err := range map[string]error{
			"post":  second(h.Items.Post(ctx, h.samira, items.NewItem{Audience: h.open, Body: "x"})),
			"reply": second(h.Items.Reply(ctx, h.joost, items.NewItem{Parent: i.ID, Body: "x"})),
			"edit":  second(h.Items.Edit(ctx, h.joost, i.ID, 0, "", "x")),
			"react": second(h.Items.React(ctx, h.marit, i.ID, plein.Agree, true)),
			"pin":   h.Items.Pin(ctx, h.samira, i.ID, true),
		} {
			wantKey(t, what, err, "access.archived")
		}
		if got := h.thread(h.marit, i); got.Root.Body != "voor het archief" || got.Root.Tally.Reactions != [5]int{} {
			t.Errorf("it reads %+v", got.Root)
		}
	})
}

// S10: a file of somebody else does not come along, nor does the item it was put
// on; and no file hangs on two items.
func TestForeignFilesDoNotComeAlong(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		ctx := t.Context()
		theirs := h.File(h.samira, "salaris.txt", "geheim")
		mine := h.File(h.joost, "notulen.txt", "van mij")
		post := func(files ...plein.ID) error {
			return second(h.Items.Post(ctx, h.joost, items.NewItem{Audience: h.open, Body: "bijlage", Files: files, ClientKey: "k"}))
		}
		before := len(testkit.Told(t, h.DB))
		for what, files := range map[string][]plein.ID{"theirs": {theirs}, "one of them": {mine, theirs}, "twice": {mine, mine}, "none": {plein.NewID(h.Clock.Now())}} {
			wantKey(t, what, post(files...), "files.not_yours")
		}
		if got := len(testkit.Told(t, h.DB)); got != before {
			t.Errorf("%d things were made with somebody else's file", got-before)
		}
		wantKey(t, "one's own", post(mine), "")
		wantKey(t, "one that hangs somewhere", second(h.Items.Post(ctx, h.joost, items.NewItem{Audience: h.open, Body: "x", Files: []plein.ID{mine}})), "files.not_yours")
	})
}

// S13: naming what one may not know of is naming nothing.
func TestMentionsTellNothingOfWhatIsHidden(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		known := h.Post(h.joost, h.closed, "@Fusie vergadert")
		if !strings.Contains(known.Body, "](group:") {
			t.Fatalf("a member cannot name the group: %q", known.Body)
		}
		stolen := "@[Fusie](group:" + h.secret.String() + ")"
		for _, body := range []string{"@Fusie vergadert", "@Bestaatniet vergadert", stolen + " vergadert"} {
			for _, a := range []plein.Actor{h.marit, h.elif} {
				i := h.Post(a, plein.OrgAudience, body)
				if strings.Contains(i.Body, "](") || strings.Contains(i.HTML, "href") {
					t.Errorf("%s made a link of %q: %q", a.Name, body, i.HTML)
				}
			}
		}
		// A guest names nobody they could find only by trying.
		if i := h.Post(h.nora, h.closed, "@Marit Prins?"); strings.Contains(i.Body, "](") {
			t.Errorf("a guest found out about %q", i.Body)
		}
	})
}

// P13: rights are asked again inside the transaction, so a right that is lost while
// a form is on its way is lost for the form too.
func TestRightsAreAskedWithTheWrite(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		h.Reader(h.joost)
		// Another node takes the right away: this one still believes in it.
		elsewhere := access.New(access.Deps{DB: h.DB, Clock: clock.System{}})
		if err := h.DB.Tx(t.Context(), func(tx *db.Tx) error {
			return elsewhere.Revoke(t.Context(), tx, h.secret, h.joost.ID)
		}); err != nil {
			t.Fatal(err)
		}
		if !h.Reader(h.joost).Holds(h.secret) {
			t.Fatal("this test needs a node that was not told")
		}
		_, err := h.Items.Post(t.Context(), h.joost, items.NewItem{Audience: h.secret, Body: "x"})
		wantKey(t, "posting", err, "error.not_found")
	})
}
