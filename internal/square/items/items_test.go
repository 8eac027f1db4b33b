package items_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/plein"
	"plein/internal/square/items"
	"plein/internal/square/squaretest"
)

// town is a house with people and groups in it.
type town struct {
	*squaretest.House
	samira, joost, marit plein.Actor // of the organisation, samira and joost in the department
	elif                 plein.Actor // community manager
	nora                 plein.Actor // a guest in the closed group
	ward                 plein.ID
	open, closed, secret plein.ID // samira owns them; joost is in all three
}

func each(t *testing.T, fn func(t *testing.T, h *town)) {
	t.Helper()
	t.Parallel()
	squaretest.Each(t, func(t *testing.T, house *squaretest.House) {
		h := &town{House: house}
		h.ward = h.Unit("Interne B3", 0)
		h.samira = h.Person("Samira Bouali", h.ward)
		h.joost = h.Person("Joost van der Veen", h.ward)
		h.marit = h.Person("Marit Prins", 0)
		h.elif = h.Person("Elif Kaya", 0, plein.RoleCommunityManager)
		h.nora = h.Guest("Nora Gast")
		h.open = h.Group("Fietsers", plein.Open, h.samira, h.joost)
		h.closed = h.Group("Werkdruk", plein.Closed, h.samira, h.joost, h.nora)
		h.secret = h.Group("Fusie", plein.Secret, h.samira, h.joost)
		h.Clock.Advance(time.Hour)
		fn(t, h)
	})
}

func (h *town) find(a plein.Actor, i *items.Item) *items.Item {
	h.T.Helper()
	got, err := h.Items.Find(h.T.Context(), a, i.ID)
	if err != nil {
		h.T.Fatal(err)
	}
	return got
}

func (h *town) thread(a plein.Actor, i *items.Item) items.Thread {
	h.T.Helper()
	th, err := h.Items.Thread(h.T.Context(), a, i.ID, 0)
	if err != nil {
		h.T.Fatal(err)
	}
	return th
}

// shape draws replies as text: "a(b c) d".
func shape(cards []items.Card) string {
	var out []string
	for _, c := range cards {
		s := c.Body
		if c.Gone() {
			s = "-"
		}
		if len(c.Replies) > 0 {
			s += "(" + shape(c.Replies) + ")"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func wantKey(t *testing.T, what string, err error, key string) {
	t.Helper()
	got := ""
	if err != nil {
		got = plein.AsError(err).Key
	}
	if got != key {
		t.Errorf("%s: %v, want %q", what, err, key)
	}
}

func TestAThreadIsTwoLevelsDeep(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		root := h.Post(h.samira, h.closed, "root")
		a := h.Reply(h.joost, root, "a")
		b := h.Reply(h.samira, root, "b")
		a1 := h.Reply(h.nora, a, "a1")
		a2 := h.Reply(h.joost, a1, "a2") // a third level stays on the second
		h.Reply(h.samira, a2, "a3")
		h.Reply(h.joost, b, "b1")
		if got, want := shape(h.thread(h.samira, root).Replies), "a(a1 a2 a3) b(b1)"; got != want {
			t.Errorf("thread %q, want %q", got, want)
		}
		if got := h.thread(h.samira, a2); got.Root.ID != root.ID {
			t.Error("a reply does not lead to its thread")
		}
		for _, r := range []*items.Item{a, a1, a2} {
			if r.Kind != plein.KindReply || r.Audience != h.closed || r.Root != root.ID || !r.RootMade.Equal(root.RootMade) {
				t.Errorf("a reply stands elsewhere than its thread: %+v", r)
			}
		}
		if a.Depth != 1 || a1.Depth != 2 || a2.Depth != 2 || a2.Parent != a.ID {
			t.Errorf("depths %d %d %d, parent of the third level %d", a.Depth, a1.Depth, a2.Depth, a2.Parent)
		}
		if got := h.find(h.joost, root); got.Tally.Replies != 6 {
			t.Errorf("%d replies counted, want 6", got.Tally.Replies)
		}
		want := []string{"items.post.made", "items.reply.made", "items.reply.made", "items.reply.made",
			"items.reply.made", "items.reply.made", "items.reply.made"}
		told := slices.DeleteFunc(testkit.Told(t, h.DB), func(n string) bool { return !strings.HasPrefix(n, "items.") })
		if !slices.Equal(told, want) {
			t.Errorf("told %v", told)
		}
	})
}

func TestALongThreadComesInPages(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		root := h.Post(h.samira, h.open, "root")
		doc, err := h.Items.Prepare("tekst")
		if err != nil {
			t.Fatal(err)
		}
		var want []plein.ID
		err = h.DB.Tx(t.Context(), func(tx *db.Tx) error {
			var first *items.Item
			for n := range 250 {
				in := items.Imported{Author: h.joost.ID, Parent: root, Made: h.Clock.Advance(time.Second), Body: fmt.Sprint(n)}
				if n%10 == 9 {
					in.Parent = first // an answer to the first of every ten
				}
				i, _, err := h.Items.Import(t.Context(), tx, in, doc)
				if err != nil {
					return err
				}
				if n%10 == 0 {
					first = i
				}
				want = append(want, i.ID)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		var got []plein.ID
		var after plein.ID
		for pages := 0; ; pages++ {
			th, err := h.Items.Thread(t.Context(), h.marit, root.ID, after)
			if err != nil {
				t.Fatal(err)
			}
			if th.Root.ID != root.ID || th.Root.Tally.Replies != 250 {
				t.Fatalf("page %d is about %d with %d replies", pages, th.Root.ID, th.Root.Tally.Replies)
			}
			for _, c := range th.Replies {
				got = append(got, c.ID)
				for _, d := range c.Replies {
					got = append(got, d.ID)
					if d.Parent != c.ID {
						t.Errorf("%s stands under %s", d.Body, c.Body)
					}
				}
			}
			if after = th.More; after == 0 {
				if pages != 2 {
					t.Errorf("%d pages for 250 replies", pages+1)
				}
				break
			}
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%d replies came by, want each of the %d once", len(got), len(want))
		}
	})
}

func TestOneKeyIsOneItem(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		root := h.Post(h.samira, h.closed, "root")
		for what, send := range map[string]func(key string) (*items.Item, error){
			"post": func(key string) (*items.Item, error) {
				return h.Items.Post(t.Context(), h.joost, items.NewItem{Audience: h.closed, Body: "een keer", ClientKey: key})
			},
			"reply": func(key string) (*items.Item, error) {
				return h.Items.Reply(t.Context(), h.joost, items.NewItem{Parent: root.ID, Body: "een keer", ClientKey: key})
			},
		} {
			var wg sync.WaitGroup
			ids := make([]plein.ID, 50)
			for n := range ids {
				wg.Go(func() {
					i, err := send(what + "-1")
					if err != nil {
						t.Error(err)
						return
					}
					ids[n] = i.ID
				})
			}
			wg.Wait()
			if slices.Sort(ids); ids[0] == 0 || len(slices.Compact(ids)) != 1 {
				t.Errorf("fifty times one %s made more than one", what)
			}
			if again, err := send(what + "-2"); err != nil || again.ID == ids[0] {
				t.Errorf("another key: %v %v", again, err)
			}
		}
		// The key is its sender's own.
		mine, err1 := h.Items.Post(t.Context(), h.joost, items.NewItem{Audience: h.closed, Body: "van mij", ClientKey: "same"})
		theirs, err2 := h.Items.Post(t.Context(), h.samira, items.NewItem{Audience: h.closed, Body: "van haar", ClientKey: "same"})
		if err1 != nil || err2 != nil || mine.ID == theirs.ID || theirs.Author != h.samira.ID {
			t.Errorf("two people used one key: %v %v %v %v", mine, theirs, err1, err2)
		}
		if got := h.find(h.samira, root).Tally.Replies; got != 2 {
			t.Errorf("%d replies counted, want 2", got)
		}
	})
}

func TestWhatCannotBePosted(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		root := h.Post(h.samira, h.open, "root")
		long := strings.Repeat("é", plein.MaxBody)
		for what, c := range map[string]struct {
			n   items.NewItem
			key string
		}{
			"nothing":              {items.NewItem{Body: "  \n "}, "items.body_empty"},
			"as long as it can be": {items.NewItem{Body: long}, ""},
			"one too many":         {items.NewItem{Body: long + "é"}, "items.body_long"},
			"a long title":         {items.NewItem{Title: strings.Repeat("x", plein.MaxTitle+1), Body: "x"}, "items.title_long"},
			"an unknown kind":      {items.NewItem{Kind: "ode", Body: "x"}, "items.kind_unknown"},
			"a reply to nothing":   {items.NewItem{Kind: plein.KindReply, Body: "x"}, "items.kind_unknown"},
			"an alert":             {items.NewItem{Kind: plein.KindAlert, Body: "x"}, "items.kind_unknown"},
			"praise for nobody":    {items.NewItem{Kind: plein.KindPraise, Body: "x"}, "items.praise_nobody"},
			"praise for a ghost":   {items.NewItem{Kind: plein.KindPraise, Body: "x", About: 12345}, "items.praise_nobody"},
			"praise":               {items.NewItem{Kind: plein.KindPraise, Body: "x", About: h.marit.ID}, ""},
			"a long key":           {items.NewItem{Body: "x", ClientKey: strings.Repeat("k", 65)}, "items.client_key"},
			"a must-read":          {items.NewItem{Body: "x", MustRead: true}, ""}, // samira owns the group
			"one without end":      {items.NewItem{Body: "x", MustRead: true, MustUntil: h.Clock.Now().AddDate(1, 0, 0)}, "items.must_until"},
			"one that is over":     {items.NewItem{Body: "x", MustRead: true, MustUntil: h.Clock.Now().Add(-time.Hour)}, "items.must_until"},
			"many tags":            {items.NewItem{Body: tags(plein.MaxTags + 1)}, "items.tags_many"},
			"as many as can be":    {items.NewItem{Body: tags(plein.MaxTags)}, ""},
			"a reply's length":     {items.NewItem{Parent: root.ID, Body: strings.Repeat("x", plein.MaxReply)}, ""},
			"a longer reply":       {items.NewItem{Parent: root.ID, Body: strings.Repeat("x", plein.MaxReply+1)}, "items.body_long"},
			"an eleventh file":     {items.NewItem{Body: "x", Files: make([]plein.ID, plein.MaxAttachments+1)}, "items.files_many"},
		} {
			c.n.Audience = h.open
			post := h.Items.Post
			if c.n.Parent != 0 {
				post = h.Items.Reply
			}
			_, err := post(t.Context(), h.samira, c.n)
			wantKey(t, what, err, c.key)
			if c.key != "" && plein.KindOf(err) != plein.Invalid {
				t.Errorf("%s: %v is not an error of the form", what, err)
			}
		}
		_, err := h.Items.Post(t.Context(), h.joost, items.NewItem{Audience: h.open, Body: "x", MustRead: true})
		wantKey(t, "a must-read by a member", err, "items.must_read_denied")
		_, err = h.Items.Post(t.Context(), h.nora, items.NewItem{Kind: plein.KindPraise, Audience: h.closed, Body: "x", About: h.marit.ID})
		wantKey(t, "praise by a guest for somebody they cannot know", err, "items.praise_nobody")
		if _, err := h.Items.Post(t.Context(), h.nora, items.NewItem{Kind: plein.KindPraise, Audience: h.closed, Body: "x", About: h.joost.ID}); err != nil {
			t.Errorf("praise by a guest for a fellow member: %v", err)
		}
	})
}

func tags(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "#tag%c%c ", 'a'+i/26, 'a'+i%26)
	}
	return b.String()
}

func TestEditingKeepsWhatWasSaid(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		i := h.Make(h.joost, items.NewItem{Audience: h.open, Title: "Fietsenhok", Body: "Het slot is #stuk"})
		made := i.Made
		h.Clock.Advance(time.Hour)
		edited := h.Clock.Now()
		after, err := h.Items.Edit(t.Context(), h.joost, i.ID, i.Version, "Fietsenhok", "Het slot is #gemaakt")
		if err != nil {
			t.Fatal(err)
		}
		if same, err := h.Items.Edit(t.Context(), h.joost, i.ID, after.Version, "Fietsenhok", " Het slot is #gemaakt\n"); err != nil || same.Version != after.Version {
			t.Errorf("saving without a change made version %v (%v)", same, err)
		}
		h.Clock.Advance(time.Hour)
		if _, err := h.Items.Edit(t.Context(), h.joost, i.ID, 0, "Hok", "Nog een keer"); err != nil {
			t.Fatal(err)
		}
		now, old, err := h.Items.Versions(t.Context(), h.marit, i.ID)
		if err != nil || len(old) != 2 {
			t.Fatalf("%v, %v", old, err)
		}
		if now.Title != "Hok" || now.Body != "Nog een keer" || !strings.Contains(now.HTML, "Nog een keer") {
			t.Errorf("it says %+v", now)
		}
		if old[0].Body != "Het slot is #gemaakt" || !old[0].At.Equal(edited) || old[0].Editor != h.joost.ID ||
			old[1].Body != "Het slot is #stuk" || !old[1].At.Equal(made) {
			t.Errorf("history %+v", old)
		}
		for tag, want := range map[string]int{"stuk": 0, "gemaakt": 0} {
			if ids, err := h.Items.ByTag(t.Context(), h.Reader(h.joost), tag, items.Newest, 10); err != nil || len(ids) != want {
				t.Errorf("#%s: %v %v", tag, ids, err)
			}
		}
		_, err = h.Items.Edit(t.Context(), h.samira, i.ID, 0, "", "door een ander") // owner of the group
		wantKey(t, "somebody else's", err, "error.denied")
		_, err = h.Items.Edit(t.Context(), h.joost, i.ID, 0, "", "")
		wantKey(t, "into nothing", err, "items.body_empty")
		_, err = h.Items.Edit(t.Context(), h.joost, i.ID, after.Version, "", "uit een ander venster")
		wantKey(t, "from a form that was opened before", err, "items.edited_meanwhile")
		if got := h.find(h.joost, i); got.Body != "Nog een keer" {
			t.Errorf("a refused edit says %q", got.Body)
		}
		// At once: one wins, the others hear of it.
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for n := range errs {
			wg.Go(func() {
				_, errs[n] = h.Items.Edit(t.Context(), h.joost, i.ID, now.Version, "", fmt.Sprintf("venster %d", n))
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else {
				wantKey(t, "the others", err, "items.edited_meanwhile")
			}
		}
		if won != 1 {
			t.Errorf("%d of eight edits at once were made", won)
		}
	})
}

func TestAPictureNeedsNoWords(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		i := h.Make(h.joost, items.NewItem{Audience: h.open, Body: "kijk", Files: []plein.ID{h.File(h.joost, "notulen.txt", "hallo")}})
		if _, err := h.Items.Edit(t.Context(), h.joost, i.ID, 0, "", ""); err != nil {
			t.Errorf("the words of a post with a file cannot be taken away: %v", err)
		}
	})
}

func TestDeletingAndBringingBack(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		ctx := t.Context()
		root := h.Post(h.samira, h.closed, "root #werk")
		a := h.Reply(h.joost, root, "a")
		h.Reply(h.samira, a, "a1")
		b := h.Reply(h.joost, root, "b")
		remove := func(who plein.Actor, i *items.Item) {
			t.Helper()
			if _, err := h.Items.Delete(ctx, who, i.ID); err != nil {
				t.Fatal(err)
			}
		}
		var wg sync.WaitGroup
		for range 8 { // eight times at once is once
			wg.Go(func() {
				if _, err := h.Items.Delete(ctx, h.joost, a.ID); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		remove(h.samira, b)
		if got := shape(h.thread(h.joost, root).Replies); got != "-(a1)" {
			t.Errorf("thread %q: a line where it was answered, nothing where it was not", got)
		}
		if got := h.find(h.joost, root).Tally.Replies; got != 1 {
			t.Errorf("%d replies counted, want 1", got)
		}
		if got := h.find(h.samira, a); got.Title+got.Body+got.HTML != "" {
			t.Errorf("a deleted item still says %q", got.Body)
		}
		for what, err := range map[string]error{
			"history": second3(h.Items.Versions(ctx, h.joost, a.ID)),
			"reply":   second(h.Items.Reply(ctx, h.samira, items.NewItem{Parent: a.ID, Body: "x"})),
			"react":   second(h.Items.React(ctx, h.samira, a.ID, plein.Nice, true)),
			"keep":    h.Items.Bookmark(ctx, h.samira, a.ID, true),
			"who":     second(h.Items.Reactors(ctx, h.samira, a.ID)),
			"edit":    second(h.Items.Edit(ctx, h.joost, a.ID, 0, "", "x")),
			"share":   second(h.Items.Post(ctx, h.joost, items.NewItem{Audience: h.open, Share: a.ID})),
		} {
			if k := plein.KindOf(err); err == nil || (k != plein.NotFound && k != plein.Conflict) {
				t.Errorf("%s of a deleted item: %v", what, err)
			}
		}

		// Each brings back what they took away themselves.
		_, err := h.Items.Restore(ctx, h.samira, a.ID)
		wantKey(t, "a moderator bringing back what the author took away", err, "error.not_found")
		_, err = h.Items.Restore(ctx, h.joost, b.ID)
		wantKey(t, "the author bringing back what a moderator took away", err, "error.not_found")
		_, err = h.Items.Restore(ctx, h.nora, b.ID)
		wantKey(t, "anybody else", err, "error.not_found")
		for range 8 {
			wg.Go(func() {
				if _, err := h.Items.Restore(ctx, h.joost, a.ID); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if back, err := h.Items.Restore(ctx, h.samira, b.ID); err != nil || back.Body != "b" || back.Gone() {
			t.Errorf("brought back %+v (%v)", back, err)
		}
		if got := shape(h.thread(h.joost, root).Replies); got != "a(a1) b" {
			t.Errorf("thread %q after bringing back", got)
		}
		if got := h.find(h.joost, root).Tally.Replies; got != 3 {
			t.Errorf("%d replies counted after bringing back, want 3", got)
		}
		remove(h.joost, a)
		h.Clock.Advance(31 * 24 * time.Hour)
		_, err = h.Items.Restore(ctx, h.joost, a.ID)
		wantKey(t, "after a month", err, "items.restore_late")

		// A thread without answers is gone altogether, one with answers keeps its place.
		alone := h.Post(h.joost, h.closed, "alone #werk")
		remove(h.joost, alone)
		_, err = h.Items.Thread(ctx, h.joost, alone.ID, 0)
		wantKey(t, "a deleted thread without answers", err, "error.not_found")
		remove(h.samira, root)
		if th := h.thread(h.joost, root); !th.Root.Gone() || shape(th.Replies) != "-(a1) b" {
			t.Errorf("a deleted thread with answers: %v %q", th.Root.Gone(), shape(th.Replies))
		}
		_, err = h.Items.Reply(ctx, h.joost, items.NewItem{Parent: b.ID, Body: "x"})
		wantKey(t, "answering in a deleted thread", err, "items.answered_gone")
		for what, list := range map[string]func() ([]items.Head, error){
			"latest": func() ([]items.Head, error) {
				return h.Items.Latest(ctx, h.Reader(h.joost), []plein.ID{h.closed}, items.Newest, 10)
			},
			"by author": func() ([]items.Head, error) {
				return h.Items.ByAuthors(ctx, h.Reader(h.joost), []plein.ID{h.joost.ID, h.samira.ID}, items.Newest, 10)
			},
		} {
			if got, err := list(); err != nil || len(got) != 0 {
				t.Errorf("%s lists deleted threads: %v %v", what, got, err)
			}
		}
		if ids, err := h.Items.ByTag(ctx, h.Reader(h.joost), "werk", items.Newest, 10); err != nil || len(ids) != 0 {
			t.Errorf("a tag lists deleted threads: %v %v", ids, err)
		}
	})
}

// Restoring an item that was edited before brings back its last wording, and its
// history behind it.
func TestBringingBackTheLastWording(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		i := h.Post(h.joost, h.open, "eerst")
		if _, err := h.Items.Edit(t.Context(), h.joost, i.ID, 0, "", "daarna"); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := h.Items.Delete(t.Context(), h.joost, i.ID); err != nil {
				t.Fatal(err)
			}
			back, err := h.Items.Restore(t.Context(), h.joost, i.ID)
			if err != nil || back.Body != "daarna" || !strings.Contains(back.HTML, "daarna") || back.Edited.IsZero() {
				t.Errorf("came back as %+v (%v)", back, err)
			}
		}
		_, old, err := h.Items.Versions(t.Context(), h.marit, i.ID)
		if err != nil || len(old) != 1 || old[0].Body != "eerst" {
			t.Errorf("history %+v (%v)", old, err)
		}
		if _, err := h.Items.Edit(t.Context(), h.joost, i.ID, 0, "", "tot slot"); err != nil {
			t.Errorf("editing what came back: %v", err)
		}
	})
}

func second[T any](_ T, err error) error          { return err }
func second3[T, U any](_ T, _ U, err error) error { return err }

func TestMentionsAndTags(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		ctx := t.Context()
		i := h.Post(h.samira, h.open, "@Marit Prins en @Fietsers, kijk bij #Fiets en #fiets")
		if !strings.Contains(i.Body, "@[Marit Prins](person:"+h.marit.ID.String()+")") || !strings.Contains(i.Body, "](group:"+h.open.String()+")") {
			t.Errorf("stored as %q", i.Body)
		}
		asked := func(a plein.Actor) []items.Head {
			list, err := h.Items.Asked(ctx, h.Reader(a), 14*24*time.Hour, 10)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		if got := asked(h.marit); len(got) != 1 || got[0].ID != i.ID {
			t.Errorf("asked of who was named: %v", got)
		}
		if got := asked(h.samira); len(got) != 0 {
			t.Errorf("asked of who named: %v", got)
		}
		if err := h.Items.ReadTo(ctx, h.marit, i.ID, i.ID); err != nil {
			t.Fatal(err)
		}
		if got := asked(h.marit); len(got) != 0 {
			t.Errorf("asked after reading: %v", got)
		}
		r := h.Reply(h.joost, i, "@Marit Prins weet dat #Fiets")
		if got := asked(h.marit); len(got) != 1 || got[0].ID != i.ID {
			t.Errorf("asked after being named again: %v", got)
		}
		if ids, err := h.Items.ByTag(ctx, h.Reader(h.marit), "fiets", items.Newest, 10); err != nil || !slices.Equal(ids, []plein.ID{i.ID}) {
			t.Errorf("a tag used in a thread and its reply: %v %v", ids, err)
		}
		if _, err := h.Items.Edit(ctx, h.joost, r.ID, 0, "", "toch niet"); err != nil {
			t.Fatal(err)
		}
		if got := asked(h.marit); len(got) != 0 {
			t.Errorf("asked after the name was taken out: %v", got)
		}
		h.Reply(h.joost, i, "@Marit Prins alsnog")
		h.Clock.Advance(15 * 24 * time.Hour)
		if got := asked(h.marit); len(got) != 0 {
			t.Errorf("asked two weeks later: %v", got)
		}
	})
}

func TestErrorsTellWhatHappenedToTheText(t *testing.T) {
	each(t, func(t *testing.T, h *town) {
		// Left the group while writing: not there any more, and nothing was made.
		before := len(testkit.Told(t, h.DB))
		_, err := h.Items.Post(t.Context(), h.marit, items.NewItem{Audience: h.open, Body: "x"})
		wantKey(t, "not a member of an open group", err, "access.members_only")
		if !errors.Is(second(h.Items.Post(t.Context(), h.marit, items.NewItem{Audience: h.secret, Body: "x"})), plein.ErrNotFound) {
			t.Error("a secret group answers a stranger")
		}
		if got := len(testkit.Told(t, h.DB)); got != before {
			t.Errorf("%d lines were told about nothing", got-before)
		}
	})
}
