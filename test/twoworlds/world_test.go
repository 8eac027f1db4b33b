package twoworlds

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/groups"
	"plein/internal/square/items"
	"plein/internal/square/people"
	"plein/test/house"
)

// fate is what becomes of a step in a world.
type fate int

const (
	kept    fate = iota
	absent       // it does not happen
	altered      // it happens in other words
)

// world is a house in which a script happens, or most of it.
type world struct {
	*house.House
	t       *testing.T
	ctx     context.Context
	m       *model
	fates   []fate
	clock   *clock.Manual
	log     bytes.Buffer
	ids     map[string]plein.ID // by what the script calls it
	phantom map[string]bool     // ids of things that are not in this world
	without map[*item]bool
	clients map[int]*http.Client
	keys    map[int]string // of feeds
}

var morning = time.Date(2026, 11, 16, 8, 0, 0, 0, time.UTC)

// between is how much time passes from step to step.
const between = 7 * time.Minute

func newWorld(t *testing.T, e db.Engine, m *model, fates []fate) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context(), m: m, fates: fates, clock: clock.Fixed(morning), ids: map[string]plein.ID{"org": plein.OrgAudience},
		phantom: map[string]bool{}, without: map[*item]bool{}, clients: map[int]*http.Client{}, keys: map[int]string{}}
	w.House = house.StartOn(t, e, house.Options{Clock: w.clock,
		Log: slog.New(slog.NewTextHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	return w
}

// play takes the steps from one to before another.
func (w *world) play(from, to int) {
	w.t.Helper()
	for n := from; n < to; n++ {
		s := w.m.steps[n]
		w.clock.Set(morning.Add(time.Duration(n) * between))
		var err error
		switch f := w.fates[n]; {
		case f == absent:
			w.missing(s)
		case s.shares != nil && w.without[s.shares]:
			err = s.gone(w)
		default:
			err = s.run(w, f == altered)
		}
		if err != nil {
			w.t.Fatalf("step %d, %s: %v", n, s.what, err)
		}
	}
	w.settle()
}

// missing gives what is not made an id all the same, to ask for it by.
func (w *world) missing(s step) {
	imagine := func(ref string) {
		w.ids[ref], w.phantom[ref] = plein.NewID(w.clock.Now()), true
	}
	if s.group != nil {
		imagine(s.group.ref)
	}
	if s.makes != nil {
		w.without[s.makes] = true
		imagine(s.makes.ref())
		for _, f := range s.makes.files {
			imagine(f.ref())
		}
	}
	if s.file != nil {
		imagine(s.file.ref())
	}
}

// id gives the id of a thing by what the script calls it.
func (w *world) id(ref string) plein.ID {
	id, ok := w.ids[ref]
	if !ok {
		w.t.Fatalf("%s is not there yet", ref)
	}
	return id
}

func (w *world) actor(p *person) plein.Actor { return w.As(w.t, w.id(p.ref())) }

// client gives the browser of a viewer; nobody's has no session.
func (w *world) client(viewer int) *http.Client {
	w.t.Helper()
	if c, ok := w.clients[viewer]; ok {
		return c
	}
	if viewer == nobody {
		w.clients[nobody] = house.NewClient()
	} else {
		w.clients[viewer] = w.SignedIn(w.t, w.id(fmt.Sprintf("person:%d", viewer)))
	}
	return w.clients[viewer]
}

// feedKey gives a key to feeds of a viewer; one that opens nothing for who has
// none.
func (w *world) feedKey(viewer int) string {
	w.t.Helper()
	if key, ok := w.keys[viewer]; ok {
		return key
	}
	w.keys[viewer] = strings.Repeat("A", 43)
	if viewer != nobody && !w.m.people[viewer].guest {
		if a, err := w.People.Actor(w.ctx, w.id(fmt.Sprintf("person:%d", viewer))); err == nil {
			_, key, err := w.Syndication.Make(w.ctx, a, "lezer")
			if err != nil {
				w.t.Fatal(err)
			}
			w.keys[viewer] = key
		}
	}
	return w.keys[viewer]
}

// ---- the steps ---------------------------------------------------------------------

func (w *world) addUnit(u unit) error {
	n := people.NewUnit{Name: u.name}
	if u.parent >= 0 {
		n.Parent = w.id(w.m.units[u.parent].ref())
	}
	made, err := w.People.AddUnit(w.ctx, people.House(), n)
	w.ids[u.ref()] = made.ID
	return err
}

func (w *world) addPerson(p *person, home int) error {
	word := p.profile.word(false)
	n := people.NewPerson{Name: p.name, Title: "Vak " + word, Location: "Gebouw " + word, Skills: []string{"kan " + word},
		AskMe: []string{"vraag " + word}, Bio: "Ik ben " + word + ".", Pronouns: "die " + word,
		Email: word + "@linge.example", Roles: p.roles}
	if p.guest {
		n.Guest, n.GuestUntil, n.Sponsor, n.Employer = true, morning.Add(60*24*time.Hour), w.id("person:0"), "Bureau Rivier"
		n.Roles = nil
	} else {
		n.Unit = w.id(w.m.units[home].ref())
		if p.n > 0 {
			n.Manager = w.id("person:0")
		}
	}
	made, err := w.People.Add(w.ctx, n)
	w.ids[p.ref()] = made.ID
	return err
}

func (w *world) startGroup(owner *person, g *place, kind plein.AudienceKind, name string) error {
	made, err := w.Groups.Start(w.ctx, w.actor(owner), groups.NewGroup{Name: name, Purpose: "Voor " + name, Kind: kind, HistoryFromJoin: g.fromJoin})
	w.ids[g.ref] = made.ID
	return err
}

func (w *world) startDirect(d *place, two []int) error {
	return w.DB.Tx(w.ctx, func(tx *db.Tx) error {
		a, _, err := w.Access.Direct(w.ctx, tx, []plein.ID{w.id(w.m.people[two[0]].ref()), w.id(w.m.people[two[1]].ref())})
		w.ids[d.ref] = a.ID
		return err
	})
}

// change gives a group another kind or name; what is empty stays.
func (w *world) change(p *person, g *place, kind plein.AudienceKind, name string) error {
	was, err := w.Groups.Find(w.ctx, w.actor(p), w.id(g.ref))
	if err != nil {
		return err
	}
	c := groups.Changes{Name: was.Name, Purpose: was.Purpose, Kind: was.Kind}
	if kind != "" {
		c.Kind = kind
	}
	if name != "" {
		c.Name, c.Purpose = name, "Nu voor "+name
	}
	_, err = w.Groups.Change(w.ctx, w.actor(p), w.id(g.ref), c)
	return err
}

func (w *world) upload(p *person, f *file, alt bool) error {
	word := f.token.word(alt)
	name, content := word+".txt", []byte(strings.Repeat("Dit is "+word+".\n", 3))
	if f.picture {
		name, content = word+".png", picture(f.n, alt)
	}
	if alt && !f.picture {
		content = append(content, "En nog een regel.\n"...)
	}
	made, err := w.Files.Add(w.ctx, w.actor(p), name, "Te zien is "+word, bytes.NewReader(content))
	w.ids[f.ref()] = made.ID
	return err
}

// picture makes one of its own size and colour.
func picture(n int, alt bool) []byte {
	r := rand.New(rand.NewPCG(uint64(n), 7))
	if alt {
		r = rand.New(rand.NewPCG(uint64(n), 8))
	}
	img := image.NewRGBA(image.Rect(0, 0, 40+r.IntN(400), 30+r.IntN(300)))
	c := color.RGBA{uint8(r.IntN(255)), uint8(r.IntN(255)), uint8(r.IntN(255)), 255}
	for i := 0; i < len(img.Pix); i += 4 {
		img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = c.R, c.G, c.B, c.A
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err) // an image in memory always encodes
	}
	return b.Bytes()
}

func (w *world) post(p *person, i *item, title, body string, alt bool) error {
	n := items.NewItem{Audience: w.id(i.place.ref), Title: title, Body: body, MustRead: i.must}
	if i.question {
		n.Kind = plein.KindQuestion
	}
	for _, f := range i.files {
		if err := w.upload(p, f, alt); err != nil {
			return err
		}
		n.Files = append(n.Files, w.id(f.ref()))
	}
	if i.share != nil {
		n.Share = w.id(i.share.ref())
	}
	made, err := w.Items.Post(w.ctx, w.actor(p), n)
	if err == nil {
		w.ids[i.ref()] = made.ID
	}
	return err
}

// postGone posts a share where what it shares is not in this world. That somebody
// shared something is theirs to tell; it must look the same whether what they
// shared is hidden or was taken away. So they share a note of their own, and take
// that away.
func (w *world) postGone(p *person, i *item, body string) error {
	note, err := w.Items.Post(w.ctx, w.actor(p), items.NewItem{Audience: w.id(p.ref()), Body: "Even voor mij."})
	if err != nil {
		return err
	}
	asked := w.ids[i.share.ref()]
	w.ids[i.share.ref()] = note.ID
	err = w.post(p, i, "", body, false)
	w.ids[i.share.ref()] = asked
	if err != nil {
		return err
	}
	_, err = w.Items.Delete(w.ctx, w.actor(p), note.ID)
	return err
}

func (w *world) reply(p *person, to, i *item, body string) error {
	made, err := w.Items.Reply(w.ctx, w.actor(p), items.NewItem{Parent: w.id(to.ref()), Body: body})
	if err == nil {
		w.ids[i.ref()] = made.ID
	}
	return err
}

func (w *world) move(p *person, to int) error {
	return w.People.SetUnit(w.ctx, people.House(), w.id(p.ref()), w.id(w.m.units[to].ref()))
}

// closeAccount also waits until the followers have acted on it.
func (w *world) closeAccount(p *person) error {
	if err := w.People.Close(w.ctx, people.House(), w.id(p.ref())); err != nil {
		return err
	}
	w.settle()
	return nil
}

// settled waits for the end of ctx until the followers have heard of everything.
func (w *world) settled(ctx context.Context) bool {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if done, err := w.Settled(w.ctx); err == nil && done {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
}

// settle waits until the followers have acted on everything that was done, so that
// two worlds are looked at in the same state.
func (w *world) settle() {
	w.t.Helper()
	// A line of the log waits for whatever else writes on the same server.
	ctx, stop := context.WithTimeout(w.ctx, time.Minute)
	defer stop()
	if !w.settled(ctx) {
		w.t.Fatal("waited a minute for the followers to hear of everything")
	}
}

// ---- the other world -----------------------------------------------------------------

// otherWorld decides what is different in the world beside: everything that a
// viewer could at no time see is not there, or says something else.
func (m *model) otherWorld(viewer int, r *rand.Rand) (fates []fate, hidden int) {
	fates = make([]fate, len(m.steps))
	groupFate := map[*place]fate{}
	gone := map[*item]bool{}
	coin := func() fate {
		if r.IntN(2) == 0 {
			return absent
		}
		return altered
	}
	for n, s := range m.steps {
		switch {
		case s.group != nil:
			if m.neverKnows(viewer, s.group) {
				groupFate[s.group] = coin()
			}
			fates[n] = groupFate[s.group]
		case s.place != nil && groupFate[s.place] == absent, s.on != nil && gone[s.on]:
			fates[n] = absent
		case s.place == nil:
		case s.root < 0:
			fates[n] = groupFate[s.place]
		case m.neverSees(viewer, s.place, s.root, n):
			if fates[n] = coin(); s.firm {
				fates[n] = altered
			}
		}
		if fates[n] == absent && s.makes != nil {
			gone[s.makes] = true
		}
		if fates[n] != kept {
			hidden++
		}
	}
	return fates, hidden
}
