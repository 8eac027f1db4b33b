// Package squaretest exists so that every test of the square has real people,
// departments, groups and rights to work with, put together as the app does it,
// on both engines. It is imported by tests only.
package squaretest

import (
	"context"
	"io/fs"
	"log/slog"
	"strings"
	"testing"
	"time"

	"plein/internal/platform/blob"
	"plein/internal/platform/bus"
	"plein/internal/platform/changes"
	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/testkit"
	"plein/internal/platform/text"
	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/square/access"
	"plein/internal/square/feed"
	"plein/internal/square/files"
	"plein/internal/square/groups"
	"plein/internal/square/items"
	"plein/internal/square/people"
	"plein/internal/square/search"
)

// Morning is when a test begins. The clock stands still unless it is moved.
var Morning = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// House is the square on one database.
type House struct {
	T       *testing.T
	DB      *db.DB
	Clock   *clock.Manual
	Words   *words.Catalogue
	Changes *changes.Log
	Blobs   blob.Store
	Access  *access.Service
	People  *people.Service
	Groups  *groups.Service
	Items   *items.Service
	Files   *files.Service
	Feed    *feed.Service
	Search  *search.Service
}

// Each runs a test in a new house on every engine.
func Each(t *testing.T, fn func(t *testing.T, h *House)) {
	t.Helper()
	testkit.Each(t, func(t *testing.T, d *db.DB) { fn(t, New(t, d)) }, Migrations()...)
}

// Migrations lists the tables of the square.
func Migrations() []db.Migrations {
	return []db.Migrations{changes.Migrations(), people.Migrations(), groups.Migrations(), access.Migrations(),
		items.Migrations(), feed.Migrations(), files.Migrations(), search.Migrations()}
}

// New opens the square on a database that has its tables.
func New(t *testing.T, d *db.DB) *House {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	b, err := bus.Open(quiet)
	must(t, err)
	t.Cleanup(b.Close)
	h := &House{T: t, DB: d, Clock: clock.Fixed(Morning)}
	h.Words, err = words.New([]fs.FS{web.Words(), text.Words(), people.Words(), groups.Words(), access.Words(), items.Words(), feed.Words(), files.Words(), search.Words()}...)
	must(t, err)
	h.Blobs, err = blob.OpenFolder(t.TempDir())
	must(t, err)
	h.Changes = changes.New(d, b, h.Clock, quiet)
	h.Access = access.New(access.Deps{DB: d, Clock: h.Clock, UnitNames: h.unitNames, GroupNames: h.groupNames,
		PeopleCount: func(ctx context.Context) (int, error) { return h.People.Count(ctx) }})
	h.People = people.New(people.Deps{DB: d, Changes: h.Changes, Clock: h.Clock, Grants: h.Access, Words: h.Words, Lang: "nl",
		Zone: "Europe/Amsterdam", Shares: func(ctx context.Context, one, other plein.ID) (bool, error) {
			return h.Groups.SharesGroup(ctx, one, other)
		}})
	h.Groups = groups.New(groups.Deps{DB: d, Changes: h.Changes, Clock: h.Clock, Grants: h.Access, People: h.People, Log: quiet})
	h.Items = items.New(items.Deps{DB: d, Changes: h.Changes, Clock: h.Clock, Access: h.Access, People: h.People, Text: text.New(),
		Named: h.named, Moderates: h.moderates, Calls: h.calls})
	h.Files = files.New(files.Deps{DB: d, Changes: h.Changes, Clock: h.Clock, Access: h.Access, Items: h.Items, Blobs: h.Blobs, Spool: t.TempDir()})
	h.Items.UseFiles(h.Files.Attach, h.Files.Of)
	h.Feed = feed.New(feed.Deps{DB: d, Clock: h.Clock, Access: h.Access, Items: h.Items,
		Around: func() uint64 { return h.Access.Version() + h.People.Version() + h.Groups.Version() }})
	h.Search = search.New(search.Deps{DB: d, Clock: h.Clock, Log: quiet, Access: h.Access, Items: h.Items, People: h.People, Groups: h.Groups,
		Inside: h.Files.Inside})
	return h
}

// Indexed lets the index catch up with everything that was told.
func (h *House) Indexed() {
	h.T.Helper()
	must(h.T, h.Changes.CatchUp(h.T.Context(), h.Search.Follower()))
	must(h.T, h.Search.CatchUp(h.T.Context()))
}

func (h *House) unitNames(ctx context.Context, ids []plein.ID) (map[plein.ID]string, error) {
	tree, err := h.People.Units(ctx)
	if err != nil {
		return nil, err
	}
	out := map[plein.ID]string{}
	for _, id := range ids {
		out[id] = tree.Name(id)
	}
	return out, nil
}

func (h *House) groupNames(ctx context.Context, ids []plein.ID) (map[plein.ID]access.GroupName, error) {
	found, err := h.Groups.Names(ctx, ids)
	out := map[plein.ID]access.GroupName{}
	for id, g := range found {
		out[id] = access.GroupName{Name: g.Name, Tile: g.Tile, Archived: g.Archived}
	}
	return out, err
}

func (h *House) named(ctx context.Context, a plein.Actor, name string) ([]text.Mention, error) {
	var out []text.Mention
	cards, err := h.People.Called(ctx, a, name)
	if err != nil {
		return nil, err
	}
	for _, c := range cards {
		out = append(out, text.Mention{Kind: "person", ID: c.ID, Name: c.Name})
	}
	found, err := h.Groups.Resolve(ctx, a, []string{name})
	if g, ok := found[name]; ok {
		out = append(out, text.Mention{Kind: "group", ID: g.ID, Name: g.Name})
	}
	return out, err
}

func (h *House) calls(ctx context.Context, a plein.Actor, id plein.ID) (items.Call, error) {
	g, err := h.Groups.Look(ctx, a, id)
	return items.Call{Name: g.Name, People: g.Members, About: g.About, May: a.Can(plein.MentionLarge) || g.Role == groups.Owner}, err
}

// moderates is as the app has it, without the heads of departments.
func (h *House) moderates(ctx context.Context, a plein.Actor, id plein.ID) (bool, error) {
	audience, err := h.Access.Find(ctx, id)
	if err != nil {
		return false, err
	}
	if audience.Kind.IsGroup() {
		role, err := h.Groups.RoleIn(ctx, id, a.ID)
		return role.Runs() || (audience.Kind == plein.Open && a.Can(plein.Moderate)), err
	}
	return audience.Kind == plein.Org && a.Can(plein.Moderate), nil
}

// ---- making things ----------------------------------------------------------------

// Person adds somebody of the organisation, in a department or (zero) in none.
func (h *House) Person(name string, unit plein.ID, roles ...plein.Role) plein.Actor {
	h.T.Helper()
	p, err := h.People.Add(h.T.Context(), people.NewPerson{Name: name, Unit: unit, Roles: append([]plein.Role{plein.RoleMember}, roles...)})
	must(h.T, err)
	return h.Actor(p.ID)
}

// Guest adds somebody from outside, who sees nothing until a group takes them in.
func (h *House) Guest(name string) plein.Actor {
	h.T.Helper()
	p, err := h.People.Add(h.T.Context(), people.NewPerson{Name: name, Guest: true, GuestUntil: h.Clock.Now().AddDate(0, 6, 0)})
	must(h.T, err)
	return h.Actor(p.ID)
}

// Actor gives a person as they act now.
func (h *House) Actor(id plein.ID) plein.Actor {
	h.T.Helper()
	a, err := h.People.Actor(h.T.Context(), id)
	must(h.T, err)
	return a
}

// Unit adds a department.
func (h *House) Unit(name string, parent plein.ID) plein.ID {
	h.T.Helper()
	var u people.Unit
	h.Tx(func(ctx context.Context, tx *db.Tx) (err error) {
		u, err = h.People.AddUnitTx(ctx, tx, people.NewUnit{Name: name, Parent: parent})
		return err
	})
	return u.ID
}

// Group starts a group with members.
func (h *House) Group(name string, kind plein.AudienceKind, owner plein.Actor, members ...plein.Actor) plein.ID {
	h.T.Helper()
	return h.group(groups.NewGroup{Name: name, Kind: kind}, owner, members)
}

// NewcomersGroup is a Group in which members see only what began since they joined.
func (h *House) NewcomersGroup(name string, kind plein.AudienceKind, owner plein.Actor, members ...plein.Actor) plein.ID {
	h.T.Helper()
	return h.group(groups.NewGroup{Name: name, Kind: kind, HistoryFromJoin: true}, owner, members)
}

func (h *House) group(n groups.NewGroup, owner plein.Actor, members []plein.Actor) plein.ID {
	h.T.Helper()
	g, err := h.Groups.Start(h.T.Context(), owner, n)
	must(h.T, err)
	for _, m := range members {
		h.Join(g.ID, m)
	}
	return g.ID
}

// Join puts somebody in a group, now, without asking anybody.
func (h *House) Join(group plein.ID, a plein.Actor) {
	h.T.Helper()
	h.Tx(func(ctx context.Context, tx *db.Tx) error {
		return h.Groups.AddTx(ctx, tx, groups.Membership{Group: group, Person: a.ID, Since: h.Clock.Now()})
	})
}

// Leave takes somebody out of a group.
func (h *House) Leave(group plein.ID, a plein.Actor) {
	h.T.Helper()
	must(h.T, h.Groups.Leave(h.T.Context(), a, group))
}

// Post begins a thread and moves the clock on by a second.
func (h *House) Post(a plein.Actor, audience plein.ID, body string) *items.Item {
	h.T.Helper()
	return h.Make(a, items.NewItem{Audience: audience, Body: body})
}

// Make begins a thread and moves the clock on by a second.
func (h *House) Make(a plein.Actor, n items.NewItem) *items.Item {
	h.T.Helper()
	i, err := h.Items.Post(h.T.Context(), a, n)
	if err != nil {
		h.T.Fatalf("%s cannot post %q: %v", a.Name, n.Body, err)
	}
	h.Clock.Advance(time.Second)
	return i
}

// Reply answers and moves the clock on by a second.
func (h *House) Reply(a plein.Actor, to *items.Item, body string) *items.Item {
	h.T.Helper()
	i, err := h.Items.Reply(h.T.Context(), a, items.NewItem{Parent: to.ID, Body: body})
	if err != nil {
		h.T.Fatalf("%s cannot answer %q: %v", a.Name, body, err)
	}
	h.Clock.Advance(time.Second)
	return i
}

// Tx runs fn in a transaction.
func (h *House) Tx(fn func(ctx context.Context, tx *db.Tx) error) {
	h.T.Helper()
	must(h.T, h.DB.Tx(h.T.Context(), func(tx *db.Tx) error { return fn(h.T.Context(), tx) }))
}

// File uploads a file of text and gives its id.
func (h *House) File(a plein.Actor, name, body string) plein.ID {
	h.T.Helper()
	f, err := h.Files.Add(h.T.Context(), a, name, "", strings.NewReader(body))
	must(h.T, err)
	return f.ID
}

// Reader gives the reading set of somebody.
func (h *House) Reader(a plein.Actor) access.Reader {
	h.T.Helper()
	r, err := h.Access.Reader(h.T.Context(), a)
	must(h.T, err)
	return r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
