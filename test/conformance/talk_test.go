package conformance

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/test/house"
)

// TestRealConversations reads all that real people said, as some of them.
func TestRealConversations(t *testing.T) {
	p := openPair(t, func(t *testing.T, h *house.House) {
		for _, s := range sources {
			s.bring(t, h)
		}
	})
	// Who wrote most in each source reads it.
	for _, reader := range []struct {
		group   string
		threads int
	}{{"General 2018", 2_364}, {"Coffee questions", 265}, {"traveling-sailor", 158}, {"Gryffindor common room", 6}} {
		t.Run(reader.group, func(t *testing.T) { p.readAll(t, reader.group, reader.threads) })
	}
	t.Run("direct", func(t *testing.T) {
		for _, h := range p {
			directForTheirPeople(t, h)
		}
	})
}

// directForTheirPeople opens every direct conversation as each of those who were in
// it, and as somebody who was not.
func directForTheirPeople(t *testing.T, h *house.House) {
	t.Helper()
	ctx := t.Context()
	talks, err := db.All(ctx, h.DB.Read(), db.Value[plein.ID], `SELECT id FROM items_items WHERE kind = 'message' AND parent_id = 0`)
	if err != nil || len(talks) != 7 {
		t.Fatalf("%d direct messages open a thread (%v)", len(talks), err)
	}
	everybody, err := db.All(ctx, h.DB.Read(), db.Value[plein.ID], `SELECT DISTINCT person_id FROM access_grants
		WHERE audience_id IN (SELECT audience_id FROM items_items WHERE kind = 'message')`)
	if err != nil || len(everybody) != 4 {
		t.Fatalf("%d people (%v)", len(everybody), err)
	}
	for _, person := range everybody {
		c := h.SignedIn(t, person)
		for _, talk := range talks {
			n, err := db.One(ctx, h.DB.Read(), db.Value[int], `SELECT COUNT(*) FROM access_grants WHERE person_id = $1
				AND audience_id = (SELECT audience_id FROM items_items WHERE id = $2)`, person, talk)
			if err != nil {
				t.Fatal(err)
			}
			want := http.StatusNotFound
			if n > 0 {
				want = http.StatusOK
			}
			if a := get(t, h, c, "/posts/"+talk.String()); a.status != want {
				t.Errorf("%s: a direct message gives %d to one who may %d", h.DB.Engine(), a.status, want)
			}
		}
	}
}

// readAll signs in as the one who wrote most in a group and reads everything that
// is theirs to read. threads is how many there are, where that is known of the
// source; whatever it is, it must be what the database holds.
func (p pair) readAll(t *testing.T, group string, threads int) {
	person := p.busiest(t, group)
	r := p.signIn(t, person)

	ids, pages := r.follow(t, everywhere("/latest"), threadOn)
	for n, h := range p {
		want := threadsOf(t, h, person[n])
		if threads > 0 && len(want) != threads {
			t.Errorf("%s holds %d threads for this reader, the source %d", h.DB.Engine(), len(want), threads)
		}
		once(t, h.DB.Engine(), ids[n], want)
	}
	if want := (len(ids[0]) + plein.PageSize - 1) / plein.PageSize; pages != want {
		t.Errorf("%d threads stand on %d pages, want %d", len(ids[0]), pages, want)
	}
	t.Logf("%d threads, pages: %d", len(ids[0]), pages)

	seen := r.crawl(t, 4, everywhere("/"), everywhere("/latest"), everywhere("/groups"), everywhere("/people"))
	for _, page := range []string{"/", "/latest?at", "/groups/{id}", "/posts/{id}", "/people/{id}", "/settings"} {
		if seen[page] == 0 && (page != "/latest?at" || pages > 1) {
			t.Errorf("the walk never came to %s: %v", page, seen)
		}
	}
	r.answer(t, p.longest(t, person))
}

// busiest finds who began most threads in a group.
func (p pair) busiest(t testing.TB, group string) (out both[plein.ID]) {
	t.Helper()
	for n, h := range p {
		id, err := db.One(t.Context(), h.DB.Read(), db.Value[plein.ID], `SELECT i.author_id FROM items_items i
			JOIN groups_groups g ON g.id = i.audience_id JOIN people_persons p ON p.id = i.author_id
			WHERE g.name = $1 AND i.parent_id = 0 AND p.bot = FALSE AND p.state = 'active'
			GROUP BY i.author_id, p.name ORDER BY COUNT(*) DESC, p.name LIMIT 1`, group)
		if err != nil {
			t.Fatalf("nobody wrote in %s: %v", group, err)
		}
		out[n] = id
	}
	return out
}

// ofTheTalk are the threads that a person may read in a timeline, asked of the
// tables and not of the house: of everybody, and of the groups one is in.
const ofTheTalk = ` FROM items_items i WHERE i.parent_id = 0 AND i.deleted_at = 0 AND i.kind <> 'message' AND (i.audience_id = 1 OR
	i.audience_id IN (SELECT g.audience_id FROM access_grants g JOIN access_audiences a ON a.id = g.audience_id
		WHERE g.person_id = $1 AND a.kind IN ('open', 'closed', 'secret', 'unit')))`

func threadsOf(t testing.TB, h *house.House, person plein.ID) []plein.ID {
	t.Helper()
	ids, err := db.All(t.Context(), h.DB.Read(), db.Value[plein.ID], `SELECT i.id`+ofTheTalk, person)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// once checks that what was shown is what there is, each exactly once.
func once(t testing.TB, e db.Engine, shown []string, want []plein.ID) {
	t.Helper()
	times := map[string]int{}
	for _, id := range shown {
		times[id]++
	}
	for _, id := range want {
		if times[id.String()] != 1 {
			t.Errorf("%s: %s is shown %d times", e, id, times[id.String()])
		}
	}
	if len(times) != len(want) {
		t.Errorf("%s: %d things are shown, there are %d", e, len(times), len(want))
	}
}

// longest finds the thread with most replies that a person may read.
func (p pair) longest(t testing.TB, person both[plein.ID]) (out both[string]) {
	t.Helper()
	for n, h := range p {
		id, err := db.One(t.Context(), h.DB.Read(), db.Value[plein.ID], `SELECT i.id`+ofTheTalk+
			` ORDER BY (SELECT COUNT(*) FROM items_items r WHERE r.root_id = i.id) DESC, i.made_at LIMIT 1`, person[n])
		if err != nil {
			t.Fatal(err)
		}
		out[n] = id.String()
	}
	return out
}

// answer opens a thread, reads it to its end, answers and reacts, and sees that.
func (r readers) answer(t *testing.T, thread both[string]) {
	address := both[string]{"/posts/" + thread[0], "/posts/" + thread[1]}
	replies, _ := r.follow(t, address, onPage)
	var before [2]int
	for n, h := range r.pair {
		id, err := plein.ParseID(thread[n])
		if err != nil {
			t.Fatal(err)
		}
		want, err := db.All(t.Context(), h.DB.Read(), db.Value[plein.ID], `SELECT id FROM items_items WHERE root_id = $1`, id)
		if err != nil {
			t.Fatal(err)
		}
		shown := []string{}
		for _, id := range replies[n] {
			if id != thread[n] || !slices.Contains(shown, id) { // it stands on top of each of its pages
				shown = append(shown, id)
			}
		}
		once(t, h.DB.Engine(), shown, want)
		before[n] = len(want)
	}

	body := "Dank je wel, dit helpt me verder."
	var reply both[string]
	for n, h := range r.pair {
		page := get(t, h, r.clients[n], address[n])
		key := found(keyOf, page.body)
		if len(key) == 0 {
			t.Fatalf("%s has no field to answer in", address[n])
		}
		form := url.Values{"body": {body}, "key": {key[0]}}
		for range 2 { // sent twice, it is said once
			a := post(t, h, r.clients[n], address[n]+"/replies", form)
			if to := a.header.Get("Location"); a.status != http.StatusSeeOther || !strings.HasPrefix(to, address[n]+"#p-") {
				t.Fatalf("a reply gives %d to %s\n%s", a.status, to, a.body)
			} else {
				_, reply[n], _ = strings.Cut(to, "#p-")
			}
		}
		for _, on := range []string{thread[n], reply[n]} {
			if a := post(t, h, r.clients[n], "/posts/"+on+"/react", url.Values{"on": {"thanks"}}); a.status != http.StatusSeeOther {
				t.Fatalf("a reaction gives %d\n%s", a.status, a.body)
			}
		}
		if a := post(t, h, r.clients[n], address[n]+"/replies", url.Values{"body": {" "}}); a.status != http.StatusUnprocessableEntity {
			t.Errorf("an empty reply gives %d", a.status)
		}
	}
	r.settle(t)
	replies, _ = r.follow(t, address, onPage)
	for n := range r.pair {
		if !slices.Contains(replies[n], reply[n]) {
			t.Errorf("the reply is not in its thread")
		}
		who := get(t, r.pair[n], r.clients[n], "/posts/"+reply[n]+"/reactions")
		if who.status != http.StatusOK || !strings.Contains(who.body, "Bedankt") && !strings.Contains(who.body, "Thanks") {
			t.Errorf("who reacted gives %d\n%s", who.status, who.body)
		}
		id, _ := plein.ParseID(thread[n]) // read above
		said, err := db.One(t.Context(), r.pair[n].DB.Read(), db.Value[string],
			`SELECT CAST(COUNT(*) AS TEXT) || ' ' || CAST((SELECT replies FROM items_tallies WHERE item_id = $1) AS TEXT) FROM items_items WHERE root_id = $1`, id)
		if want := fmt.Sprint(before[n]+1, " ", before[n]); err != nil || said != want {
			t.Errorf("the thread has items and counted replies %s, want %s (%v)", said, want, err)
		}
	}
	r.look(t, everywhere("/"))
	r.look(t, everywhere("/latest"))
}
