package groups

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"plein/internal/platform/changes"
	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/text"
	"plein/internal/plein"
	"plein/internal/square/people"
)

// Grants is where memberships become reading rights. Access implements it; app
// hands it over. Every call is part of the transaction of the act itself.
type Grants interface {
	Audience(ctx context.Context, tx *db.Tx, a plein.Audience) error
	Grant(ctx context.Context, tx *db.Tx, audience, person plein.ID, since time.Time) error
	Revoke(ctx context.Context, tx *db.Tx, audience, person plein.ID) error
}

// People tells who somebody is, in whatever state. The people service is one.
type People interface {
	FindMany(ctx context.Context, ids []plein.ID) ([]people.Person, error)
}

// Deps is what the service needs.
type Deps struct {
	DB      *db.DB
	Changes *changes.Log
	Clock   clock.Clock
	Grants  Grants
	People  People
	Log     *slog.Logger
}

// Service holds the verbs of groups.
type Service struct {
	Deps
	kept *kept
}

// New makes the service.
func New(d Deps) *Service { return &Service{Deps: d, kept: newKept()} }

// now is the present at the grain in which it is stored, so that what is returned
// equals what is read back.
func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(microsecond) }

// Start makes a group with the actor as its owner. Errors: Denied for guests,
// Invalid with a field, Conflict when the name is taken.
func (s *Service) Start(ctx context.Context, a plein.Actor, n NewGroup) (Group, error) {
	if !a.Can(plein.CreateGroup) || a.Guest {
		return Group{}, plein.ErrDenied
	}
	var g Group
	err := s.DB.Tx(ctx, func(tx *db.Tx) (err error) {
		g, err = s.StartTx(ctx, tx, Founding{NewGroup: n, Owner: a.ID, How: "start"})
		return err
	})
	if db.IsConflict(err) { // somebody took the name in the same moment
		return Group{}, errNameTaken
	}
	return g, plein.Wrap("groups.start", err)
}

// Founding is a group as it comes from elsewhere: an import, the demo.
type Founding struct {
	NewGroup
	Owner    plein.ID
	Members  []Membership // Group is filled in; a zero Role is Member, a zero Since is Made
	Made     time.Time    // zero for now
	Archived bool
	How      string // told with every membership: "start", "import", "demo"; empty is "import"
}

// StartTx makes a group with everybody in it, in the caller's transaction. A name
// that is taken is Conflict and leaves the transaction usable.
func (s *Service) StartTx(ctx context.Context, tx *db.Tx, f Founding) (Group, error) {
	n, err := f.NewGroup.clean()
	if err != nil {
		return Group{}, err
	}
	if f.Owner.IsZero() {
		return Group{}, errNoOwner
	}
	if f.How == "" {
		f.How = "import"
	}
	if f.Made.IsZero() {
		f.Made = s.now()
	}
	g := Group{Name: n.Name, Purpose: n.Purpose, Kind: n.Kind, Tile: tileOf(text.Fold(n.Name)), Archived: f.Archived,
		Made: f.Made.UTC().Truncate(microsecond), HistoryFromJoin: n.HistoryFromJoin}
	if err := s.nameIt(ctx, tx, &g); err != nil {
		return Group{}, err
	}
	for inserted := false; !inserted; { // ids made for the same moment may collide
		g.ID = plein.NewID(g.Made)
		if inserted, err = insertGroup(ctx, tx, g); err != nil {
			return Group{}, err
		}
	}
	if err := s.Grants.Audience(ctx, tx, plein.Audience{ID: g.ID, Kind: g.Kind}); err != nil {
		return Group{}, err
	}
	if err := s.tell(ctx, tx, "groups.group.started", f.Owner, g.ID, 0, map[string]string{"kind": string(g.Kind), "how": f.How}); err != nil {
		return Group{}, err
	}
	everybody := append([]Membership{{Person: f.Owner, Role: Owner}}, f.Members...)
	for _, m := range everybody {
		m.Group = g.ID
		added, err := s.admit(ctx, tx, g, m, f.Owner, f.How)
		if err != nil {
			return Group{}, err
		}
		if added {
			g.Members++
		}
	}
	return g, nil
}

// AddTx puts somebody in a group without asking, in the caller's transaction: for
// imports and the demo. Whoever is in it already stays as they are.
func (s *Service) AddTx(ctx context.Context, tx *db.Tx, m Membership) error {
	g, err := readGroup(ctx, tx, m.Group)
	if err != nil {
		return plein.Wrap("groups.add", err)
	}
	_, err = s.admit(ctx, tx, g, m, m.Person, "import")
	return plein.Wrap("groups.add", err)
}

// nameIt checks that the name is free and chooses the slug. Secret groups neither
// take names nor are hindered by them.
func (s *Service) nameIt(ctx context.Context, tx *db.Tx, g *Group) error {
	fold := text.Fold(g.Name)
	base := slugOf(fold)
	g.Slug = base
	if g.Kind == plein.Secret {
		return nil
	}
	if taken, err := nameTaken(ctx, tx, fold, g.ID); err != nil || taken {
		if taken {
			return errNameTaken
		}
		return err
	}
	for i := 2; ; i++ {
		taken, err := slugTaken(ctx, tx, g.Slug, g.ID)
		if err != nil || !taken {
			return err
		}
		g.Slug = base + "-" + strconv.Itoa(i)
	}
}

// act runs fn for an actor in a group they may know of, with the group held so
// that nobody changes it meanwhile. What they may not know of is NotFound.
func (s *Service) act(ctx context.Context, op string, a plein.Actor, id plein.ID, fn func(tx *db.Tx, g Group, p place) error) error {
	if !a.SignedIn() {
		return plein.ErrNotFound
	}
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		g, err := readGroup(ctx, tx, id)
		if err != nil {
			return err
		}
		p, err := readPlace(ctx, tx, id, a.ID)
		if err != nil {
			return err
		}
		if sightOf(g.Kind, p.role, p.invited, a) == Hidden {
			return plein.ErrNotFound
		}
		return fn(tx, g, p)
	})
	return plein.Wrap(op, err)
}

// looksAfter says that the actor may rename, archive and name owners by a role of
// the organisation.
func looksAfter(a plein.Actor) bool { return !a.Guest && a.Can(plein.ManageGroups) }

// Change gives a group other facts. Owners change all of them; whoever looks
// after groups for the organisation changes the name only. Narrowing acts at
// once, widening is refused.
func (s *Service) Change(ctx context.Context, a plein.Actor, id plein.ID, c Changes) (Group, error) {
	name, err := cleanName(c.Name)
	if err != nil {
		return Group{}, err
	}
	purpose, err := cleanPurpose(c.Purpose)
	if err != nil {
		return Group{}, err
	}
	var out Group
	err = s.act(ctx, "groups.change", a, id, func(tx *db.Tx, g Group, p place) error {
		was := g
		g.Name, g.Purpose, g.Kind = name, purpose, c.Kind
		switch {
		case p.role == Owner:
		case !looksAfter(a):
			return errMayNot
		case g.Purpose != was.Purpose || g.Kind != was.Kind:
			return errRenameOnly
		}
		if was.Archived {
			return errArchived
		}
		if err := mayBecome(was.Kind, g.Kind); err != nil {
			return err
		}
		out = g
		if g == was {
			return nil
		}
		if err := s.nameIt(ctx, tx, &g); err != nil {
			return err
		}
		if err := updateGroup(ctx, tx, g); err != nil {
			return err
		}
		out = g
		if g.Kind != was.Kind {
			if err := s.narrow(ctx, tx, g); err != nil {
				return err
			}
		}
		return s.tell(ctx, tx, "groups.group.changed", a.ID, id, 0, changed(was, g))
	})
	if db.IsConflict(err) {
		return Group{}, errNameTaken
	}
	if err != nil {
		return Group{}, err
	}
	return out, nil
}

// narrow makes the new kind true: readers outside lose sight at once, and what
// was promised under the wider kind lapses.
func (s *Service) narrow(ctx context.Context, tx *db.Tx, g Group) error {
	if err := s.Grants.Audience(ctx, tx, plein.Audience{ID: g.ID, Kind: g.Kind}); err != nil {
		return err
	}
	if g.Kind == plein.Secret {
		if err := dropRequests(ctx, tx, g.ID); err != nil {
			return err
		}
	}
	return dropInvitationsByMembers(ctx, tx, g.ID)
}

// changed names what became different, without the texts themselves.
func changed(was, is Group) map[string]string {
	extra := map[string]string{}
	if was.Name != is.Name {
		extra["name"] = "changed"
	}
	if was.Purpose != is.Purpose {
		extra["purpose"] = "changed"
	}
	if was.Kind != is.Kind {
		extra["kind"], extra["was"] = string(is.Kind), string(was.Kind)
	}
	return extra
}

// Archive closes a group for writing and keeps it for reading.
func (s *Service) Archive(ctx context.Context, a plein.Actor, id plein.ID) error {
	return s.shelve(ctx, a, id, true, "groups.group.archived")
}

// Reopen takes a group back into use. One without an owner cannot be.
func (s *Service) Reopen(ctx context.Context, a plein.Actor, id plein.ID) error {
	return s.shelve(ctx, a, id, false, "groups.group.reopened")
}

func (s *Service) shelve(ctx context.Context, a plein.Actor, id plein.ID, archived bool, event string) error {
	return s.act(ctx, "groups.archive", a, id, func(tx *db.Tx, g Group, p place) error {
		if p.role != Owner && !looksAfter(a) {
			return errMayNot
		}
		if g.Archived == archived {
			return nil
		}
		if owners, err := countOwners(ctx, tx, id); err != nil || (owners == 0 && !archived) {
			if err == nil {
				err = errNoOwner
			}
			return err
		}
		return s.setArchived(ctx, tx, g, archived, event, a.ID, nil)
	})
}

func (s *Service) setArchived(ctx context.Context, tx *db.Tx, g Group, archived bool, event string, by plein.ID, extra map[string]string) error {
	g.Archived = archived
	if err := updateGroup(ctx, tx, g); err != nil {
		return err
	}
	return s.tell(ctx, tx, event, by, g.ID, 0, extra)
}

// tell writes a line about a group, and about a person in it when there is one.
func (s *Service) tell(ctx context.Context, tx *db.Tx, name string, by, group, person plein.ID, extra map[string]string) error {
	e := plein.Event{Name: name, Actor: by, Object: plein.Ref{Kind: "group", ID: group}, Audience: group, Extra: extra}
	if person != 0 {
		e.Target = plein.Ref{Kind: "person", ID: person}
	}
	tx.AfterCommit(func() { s.kept.forget(group, person) })
	return s.Changes.Tell(ctx, tx, e)
}
