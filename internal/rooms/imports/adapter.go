package imports

import (
	"context"

	"plein/internal/platform/db"
	"plein/internal/platform/text"
	"plein/internal/plein"
	"plein/internal/square/access"
	"plein/internal/square/files"
	"plein/internal/square/groups"
	"plein/internal/square/items"
	"plein/internal/square/people"
)

// On puts the services of the square together into what an import asks. It is
// for one import at a time: it remembers departments and threads.
func On(p *people.Service, g *groups.Service, a *access.Service, i *items.Service, f *files.Service) Square {
	return &square{people: p, groups: g, access: a, items: i, files: f, threads: map[plein.ID]*items.Item{}}
}

type square struct {
	people *people.Service
	groups *groups.Service
	access *access.Service
	items  *items.Service
	files  *files.Service

	units   map[unitKey]plein.ID
	threads map[plein.ID]*items.Item // what was written last and may be answered
}

type unitKey struct {
	parent plein.ID
	name   string // folded
}

// maxThreads bounds what is remembered; the rest is read again.
const maxThreads = 5000

func (s *square) PersonByEmail(ctx context.Context, email string) (plein.ID, error) {
	p, err := s.people.ByEmail(ctx, email)
	return p.ID, err
}

func (s *square) AddPerson(ctx context.Context, tx *db.Tx, in ImportedPerson) (plein.ID, error) {
	n := newPerson(in)
	n.Bot, n.Guest = in.Bot, in.Guest
	if in.Closed || in.Guest {
		n.State = people.Closed
	}
	p, err := s.people.AddTx(ctx, tx, n)
	return p.ID, err
}

func (s *square) UpdatePerson(ctx context.Context, tx *db.Tx, id plein.ID, in ImportedPerson) (bool, error) {
	return s.people.UpdateTx(ctx, tx, id, newPerson(in))
}

func newPerson(in ImportedPerson) people.NewPerson {
	return people.NewPerson{Name: in.Name, Given: in.Given, Handle: in.Handle, Title: in.Title, Unit: in.Unit,
		Location: in.Location, Manager: in.Manager, Skills: in.Skills, AskMe: in.AskMe, Languages: in.Languages,
		Pronouns: in.Pronouns, Bio: in.Bio, Email: in.Email, Phone: in.Phone, Lang: in.Lang, Zone: in.Zone}
}

func (s *square) AddFormer(ctx context.Context, tx *db.Tx, source string) (plein.ID, error) {
	p, err := s.people.AddFormer(ctx, tx, source)
	return p.ID, err
}

func (s *square) Unit(ctx context.Context, parent plein.ID, name string) (plein.ID, error) {
	if s.units == nil {
		tree, err := s.people.Units(ctx)
		if err != nil {
			return 0, err
		}
		s.units = map[unitKey]plein.ID{}
		for _, u := range tree.All() {
			s.units[unitKey{u.Parent, text.Fold(u.Name)}] = u.ID
		}
	}
	if id, ok := s.units[unitKey{parent, text.Fold(name)}]; ok {
		return id, nil
	}
	return 0, plein.ErrNotFound
}

func (s *square) AddUnit(ctx context.Context, tx *db.Tx, parent plein.ID, name string) (plein.ID, error) {
	u, err := s.people.AddUnitTx(ctx, tx, people.NewUnit{Name: name, Parent: parent})
	if err == nil {
		s.units[unitKey{parent, text.Fold(name)}] = u.ID
	}
	return u.ID, err
}

func (s *square) AddGroup(ctx context.Context, tx *db.Tx, in ImportedGroup) (plein.ID, error) {
	f := groups.Founding{NewGroup: groups.NewGroup{Name: in.Name, Purpose: in.Purpose, Kind: in.Kind},
		Owner: in.Owners[0], Made: in.Made, Archived: in.Archived, How: "import"}
	for _, id := range in.Owners[1:] {
		f.Members = append(f.Members, groups.Membership{Person: id, Role: groups.Owner})
	}
	for _, id := range in.Members {
		f.Members = append(f.Members, groups.Membership{Person: id, Role: groups.Member})
	}
	g, err := s.groups.StartTx(ctx, tx, f)
	return g.ID, err
}

// Direct gives the audience of a set of people. Who talked to themselves has the
// audience of their own.
func (s *square) Direct(ctx context.Context, tx *db.Tx, set []plein.ID) (plein.ID, error) {
	if len(set) == 1 {
		return set[0], nil
	}
	a, _, err := s.access.Direct(ctx, tx, set)
	return a.ID, err
}

func (s *square) Render(_ context.Context, body string) (text.Doc, error) {
	return s.items.Prepare(body)
}

func (s *square) TakeFile(ctx context.Context, owner plein.ID, f ImportedFile) (files.File, error) {
	r, err := f.Open()
	if err != nil {
		return files.File{}, err
	}
	defer r.Close()
	return s.files.Take(ctx, owner, f.Name, f.Alt, r)
}

func (s *square) AddItem(ctx context.Context, tx *db.Tx, in *ImportedItem) (plein.ID, int, error) {
	n := items.Imported{Kind: in.Kind, Audience: in.Audience, Author: in.Author, Made: in.Made, Edited: in.Edited,
		Title: in.Title, Body: in.Body}
	if in.Parent != 0 {
		parent, err := s.thread(ctx, tx, in.Parent)
		if err != nil {
			return 0, 0, err
		}
		n.Parent = parent
	}
	for _, r := range in.Reactions {
		n.Reactions = append(n.Reactions, items.ImportedReaction{Person: r.Person, Reaction: r.Reaction, At: r.At})
	}
	i, given, err := s.items.Import(ctx, tx, n, in.Doc)
	if err != nil {
		return 0, 0, err
	}
	for _, f := range in.Files {
		if err := s.files.Keep(ctx, tx, f, i); err != nil {
			return 0, 0, err
		}
	}
	if len(s.threads) >= maxThreads {
		clear(s.threads)
	}
	s.threads[i.ID] = i
	return i.ID, given, nil
}

func (s *square) thread(ctx context.Context, tx *db.Tx, id plein.ID) (*items.Item, error) {
	if i := s.threads[id]; i != nil {
		return i, nil
	}
	return s.items.Found(ctx, tx, id)
}
