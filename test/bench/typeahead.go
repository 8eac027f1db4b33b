package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/rooms/suggest"
	"plein/internal/square/access"
	"plein/internal/square/groups"
	"plein/internal/square/items"
	"plein/internal/square/people"
)

// The organisation in which names are typed. PLEIN_BENCH_POSTS and
// PLEIN_BENCH_PEOPLE make it the size of the promise: 1000000 and 70000.
const (
	typedPosts  = 30_000
	typedPeople = 5_000
	typedGroups = 1_000
	mine        = 12 // groups of the one who types
)

// typedNames are moments in the typing of names, the first letters most of all.
var typedNames = []string{"", "v", "va", "van", "van d", "van den b", "van den berk", "berk", "b", "de", "de v", "jan", "jann", "janneke d", "j", "a",
	"sanne de vr", "ozturk", "'t", "el i", "kaiser", "zzz", "m", "mar", "marieke van der", "d", "h", "hendr", "w", "willem-j"}

var typedTags = []string{"", "p", "po", "pomp", "pompen", "w", "onbekend"}

// typeahead measures what one key costs while a name is typed. The floor is knowing
// the answer already: eight people read by id, and who of them reads what is
// written.
func typeahead(ctx context.Context, dir string) ([]figure, error) {
	a, err := open(ctx, filepath.Join(dir, "typeahead"))
	if err != nil {
		return nil, err
	}
	defer a.Close()
	o := &organisation{app: a}
	place, err := o.plantForTyping(ctx, sizeOf("PLEIN_BENCH_PEOPLE", typedPeople), sizeOf("PLEIN_BENCH_POSTS", typedPosts))
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := a.Suggest.Warm(ctx); err != nil {
		return nil, err
	}
	warm := time.Since(began)
	writer, err := a.People.Actor(ctx, o.people[0].ID)
	if err != nil {
		return nil, err
	}
	known := make([]plein.ID, 8)
	for n := range known {
		known[n] = o.people[n*7%len(o.people)].ID
	}
	floor, err := keyCost(func() error {
		if _, err := a.People.RollOf(ctx, known); err != nil {
			return err
		}
		_, err := a.Access.ReadersOf(ctx, access.Thing{Audience: place.small, RootMade: time.Now()}, known)
		return err
	})
	if err != nil {
		return nil, err
	}
	engine := a.DB.Engine().String()
	var out []figure
	line := func(what string, got keySpent) {
		out = append(out, figure{what: fmt.Sprintf("typeahead, %s, %s", engine, what), got: got.String(), floor: floor.String() + " for 8 people",
			ratio: fmt.Sprintf("%.1f", float64(got.middle)/float64(floor.middle)), target: "p99 CPU ≤ 20 ms", met: got.worst <= 20*time.Millisecond})
	}
	for _, m := range []struct {
		what  string
		typed []string
		q     suggest.Query
	}{
		{"for all", typedNames, suggest.Query{Audience: plein.OrgAudience}},
		{"in a group of 40", typedNames, suggest.Query{Audience: place.small}},
		{"in a group of thousands", typedNames, suggest.Query{Audience: place.large}},
		{"in a conversation", typedNames, suggest.Query{Thread: place.thread}},
		{"hashtags", typedTags, suggest.Query{Kind: suggest.Hashtags, Audience: place.small}},
	} {
		n := 0
		got, err := keyCost(func() error {
			q := m.q
			q.Text = m.typed[n%len(m.typed)]
			n++
			_, err := a.Suggest.Suggest(ctx, writer, q)
			return err
		})
		if err != nil {
			return nil, err
		}
		line(m.what, got)
	}
	handler, n := a.Handler(), 0
	got, err := keyCost(func() error {
		rec := httptest.NewRecorder()
		q := url.Values{"q": {typedNames[n%len(typedNames)]}, "audience": {place.small.String()}}
		n++
		handler.ServeHTTP(rec, o.request("", "/suggest?"+q.Encode(), 0))
		if rec.Code != http.StatusOK {
			return fmt.Errorf("/suggest answers %d", rec.Code)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	line("the whole answer over HTTP", got)
	out = append(out, figure{what: fmt.Sprintf("typeahead, %s, reading the names of %d people once", engine, len(o.people)),
		got: fmt.Sprintf("%d ms", warm.Milliseconds()), floor: "-", ratio: "-", target: "-", met: true})
	return out, nil
}

// typing is where the first person writes.
type typing struct{ small, large, thread plein.ID }

// plantForTyping makes people with Dutch names in departments, groups of which one
// is small and one has thousands of members, and talk with hashtags.
func (o *organisation) plantForTyping(ctx context.Context, persons, posts int) (typing, error) {
	r := rand.New(rand.NewPCG(5, 6))
	given := strings.Fields("Jan Janneke Marieke Mark Sanne Anna Ahmet Fatima Willem-Jan Hendrik Zoë Pieter Els Bas Karin Daan Vera Lotte Omar Noor " +
		"Tim Eva Ruud Ilse Hassan Wouter Femke Joost Myrthe Cees Aïcha Björn Saskia Teun Floor Guus Yusuf Lieke Sjoerd Tess")
	families := []string{"de Vries", "van den Berkel", "Öztürk", "van 't Hof", "El Idrissi", "Janssen", "Bakker", "Visser", "Smit", "Meijer", "de Boer", "Mulder",
		"de Groot", "Bos", "Vos", "Peters", "Hendriks", "van Leeuwen", "Dekker", "Brouwer", "de Wit", "Dijkstra", "Smits", "de Graaf", "van der Meer",
		"van der Linden", "Kok", "Jacobs", "de Haan", "Vermeulen", "van den Heuvel", "van der Veen", "van den Broek", "de Bruijn", "Schouten", "Kaiser",
		"Willems", "Hoekstra", "Koster", "Prins", "Blom", "Huisman", "Peeters", "Kuijpers", "Verhoeven", "Wouters", "Martens", "Aalders", "Wiersma", "Postma"}
	var units []plein.ID
	if err := o.app.DB.Tx(ctx, func(tx *db.Tx) error {
		for n := range max(30, persons/60) {
			u, err := o.app.People.AddUnitTx(ctx, tx, people.NewUnit{Name: fmt.Sprintf("Afdeling %d", n+1)})
			if err != nil {
				return err
			}
			units = append(units, u.ID)
		}
		return nil
	}); err != nil {
		return typing{}, err
	}
	for at := 0; at < persons; at += 1000 {
		if err := o.app.DB.Tx(ctx, func(tx *db.Tx) error {
			for n := at; n < min(at+1000, persons); n++ {
				name := given[r.IntN(len(given))] + " " + families[r.IntN(len(families))]
				if r.IntN(3) > 0 {
					name += "-" + syllables(r.IntN(4000))
				}
				p, err := o.app.People.AddTx(ctx, tx, people.NewPerson{Name: name, Handle: fmt.Sprintf("c%d", n), Title: "Verpleegkundige", Unit: units[n%len(units)]})
				if err != nil {
					return err
				}
				o.people = append(o.people, p)
			}
			return nil
		}); err != nil {
			return typing{}, err
		}
		fmt.Fprintf(os.Stderr, "\rpeople %d of %d ", len(o.people), persons)
	}
	place, err := o.groupsForTyping(ctx, r)
	if err != nil {
		return place, err
	}
	if err := o.talkForTyping(ctx, r, posts, &place); err != nil {
		return place, err
	}
	return place, o.signIn(ctx)
}

func (o *organisation) groupsForTyping(ctx context.Context, r *rand.Rand) (place typing, err error) {
	now := time.Now()
	err = o.app.DB.Tx(ctx, func(tx *db.Tx) error {
		for n := range typedGroups {
			f := groups.Founding{NewGroup: groups.NewGroup{Name: fmt.Sprintf("%s %d", syllables(n), n+1), Kind: plein.Open}, Owner: o.people[1+n%(len(o.people)-1)].ID, Made: now.AddDate(-3, 0, 0)}
			if n%2 == 1 {
				f.Kind = plein.Closed
			}
			size := 5 + r.IntN(30)
			if n == 1 {
				size = min(5000, len(o.people)/2)
			}
			if n < mine {
				f.Members = append(f.Members, groups.Membership{Person: o.people[0].ID})
			}
			for m := range size {
				if who := o.people[2+(m*17+n*31)%(len(o.people)-2)].ID; who != f.Owner {
					f.Members = append(f.Members, groups.Membership{Person: who})
				}
			}
			g, err := o.app.Groups.StartTx(ctx, tx, f)
			if err != nil {
				return fmt.Errorf("group %d: %w", n, err)
			}
			o.groups = append(o.groups, g.ID)
		}
		return nil
	})
	if err == nil {
		place.large, place.small = o.groups[1], o.groups[3]
	}
	return place, err
}

func (o *organisation) talkForTyping(ctx context.Context, r *rand.Rand, posts int, place *typing) error {
	if err := o.talk(ctx, r, time.Now(), 1000); err != nil {
		return err
	}
	if err := multiply(ctx, o, posts); err != nil {
		return err
	}
	writer, err := o.app.People.Actor(ctx, o.people[0].ID)
	if err != nil {
		return err
	}
	post, err := o.app.Items.Post(ctx, writer, items.NewItem{Audience: place.small, Body: "Wie weet dit?"})
	if err != nil {
		return err
	}
	place.thread = post.ID
	for n := range 300 {
		if _, err := o.app.Items.Reply(ctx, writer, items.NewItem{Parent: post.ID, Body: fmt.Sprintf("Antwoord %d", n)}); err != nil {
			return err
		}
	}
	return nil
}

// keySpent is the CPU of one question: the usual one, and the worst of a hundred.
type keySpent struct{ middle, worst time.Duration }

func (s keySpent) String() string {
	return fmt.Sprintf("%.2f ms, p99 %.2f ms", float64(s.middle.Microseconds())/1000, float64(s.worst.Microseconds())/1000)
}

// keyCost measures the CPU of this thread, which on SQLite is all there is.
func keyCost(ask func() error) (keySpent, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const times = 300
	var each []time.Duration
	for n := range times + 10 {
		var before, after unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &before); err != nil {
			return keySpent{}, err
		}
		if err := ask(); err != nil {
			return keySpent{}, err
		}
		if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &after); err != nil {
			return keySpent{}, err
		}
		if n >= 10 {
			each = append(each, time.Duration(after.Nano()-before.Nano()))
		}
	}
	slices.Sort(each)
	return keySpent{each[times/2], each[times*99/100]}, nil
}

func sizeOf(name string, usual int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
		return n
	}
	return usual
}

// syllables makes the nth of many words that look like a name.
func syllables(n int) string {
	list := strings.Fields("ba kel dor min vra sto lig wen pos ter huis rek loe gan vij zor mat nel hof dui")
	var b strings.Builder
	for n += len(list); n > 0; n /= len(list) {
		b.WriteString(list[n%len(list)])
	}
	return b.String()
}
