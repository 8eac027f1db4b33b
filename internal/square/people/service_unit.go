package people

import (
	"context"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

// Units gives all departments. The tree is kept in memory until one changes.
func (s *Service) Units(ctx context.Context) (*Tree, error) {
	if t := s.tree.Load(); t != nil {
		return t, nil
	}
	age := s.treeAge.Load()
	units, err := allUnits(ctx, s.DB.Read())
	if err != nil {
		return nil, plein.Wrap("people.units", err)
	}
	t := MakeTree(units)
	if s.treeAge.Load() == age { // else it was changed while we read
		s.tree.Store(t)
		if s.treeAge.Load() != age {
			s.tree.CompareAndSwap(t, nil)
		}
	}
	return t, nil
}

func (s *Service) forgetUnits() {
	s.treeAge.Add(1)
	s.tree.Store(nil)
	s.cards.forgetAll() // they carry the department's name
}

// AddUnit adds a department.
func (s *Service) AddUnit(ctx context.Context, actor plein.Actor, n NewUnit) (u Unit, err error) {
	if err := mayManage(actor); err != nil {
		return Unit{}, err
	}
	err = s.DB.Tx(ctx, func(tx *db.Tx) (err error) {
		u, err = s.AddUnitTx(ctx, tx, n)
		return err
	})
	return u, err
}

// AddUnitTx adds a department with its audience in the caller's transaction,
// without asking who acts. A slug that is taken gets a number.
func (s *Service) AddUnitTx(ctx context.Context, tx *db.Tx, n NewUnit) (Unit, error) {
	name, err := line("name", n.Name, plein.MaxName, true)
	if err != nil {
		return Unit{}, err
	}
	slug := makeSlug(name)
	if n.Slug != "" {
		slug = makeSlug(n.Slug)
	}
	if err := holdStructure(ctx, tx); err != nil {
		return Unit{}, plein.Wrap("people.add_unit", err)
	}
	if n.Parent != 0 {
		above, err := unitsAbove(ctx, tx, n.Parent)
		switch {
		case err != nil:
			return Unit{}, plein.Wrap("people.add_unit", err)
		case len(above) == 0:
			return Unit{}, errUnitGone
		case len(above) >= maxDepth:
			return Unit{}, errUnitDeep
		}
	}
	u := Unit{Parent: n.Parent, Name: name}
	for try := 1; ; try++ {
		u.ID, u.Slug = s.ids.next(s.Clock.Now()), numbered(slug, try)
		done, err := insertUnit(ctx, tx, u)
		if err != nil {
			return Unit{}, plein.Wrap("people.add_unit", err)
		}
		if done {
			break
		}
		if try > 1000 {
			return Unit{}, plein.Wrap("people.add_unit", plein.FieldError("name", "people.error.unit_name", nil))
		}
	}
	if err := s.Grants.Audience(ctx, tx, plein.Audience{ID: u.ID, Kind: plein.Unit}); err != nil {
		return Unit{}, plein.Wrap("people.add_unit", err)
	}
	return u, s.tellUnit(ctx, tx, "people.unit.added", u.ID, nil)
}

// RenameUnit gives a department another name. Its slug stays.
func (s *Service) RenameUnit(ctx context.Context, actor plein.Actor, id plein.ID, name string) error {
	if err := mayManage(actor); err != nil {
		return err
	}
	name, err := line("name", name, plein.MaxName, true)
	if err != nil {
		return err
	}
	return s.changeUnit(ctx, id, func(u *Unit) { u.Name = name })
}

// SetHead says who leads a department; zero is nobody.
func (s *Service) SetHead(ctx context.Context, actor plein.Actor, id, person plein.ID) error {
	if err := mayManage(actor); err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error { return s.SetHeadTx(ctx, tx, id, person) })
}

// SetHeadTx is SetHead in the caller's transaction, without asking who acts.
func (s *Service) SetHeadTx(ctx context.Context, tx *db.Tx, id, person plein.ID) error {
	if person != 0 {
		p, err := findPerson(ctx, tx, person)
		if err != nil || p.State != Active || p.Guest || p.Bot {
			return plein.FieldError("head", "people.error.manager_gone", nil)
		}
	}
	return s.changeUnitTx(ctx, tx, id, func(u *Unit) { u.Head = person })
}

func (s *Service) changeUnit(ctx context.Context, id plein.ID, fn func(u *Unit)) error {
	return s.DB.Tx(ctx, func(tx *db.Tx) error { return s.changeUnitTx(ctx, tx, id, fn) })
}

func (s *Service) changeUnitTx(ctx context.Context, tx *db.Tx, id plein.ID, fn func(u *Unit)) error {
	if err := holdStructure(ctx, tx); err != nil {
		return plein.Wrap("people.change_unit", err)
	}
	u, err := findUnit(ctx, tx, id)
	if err != nil {
		return plein.Wrap("people.change_unit", err)
	}
	old := u
	if fn(&u); u == old {
		return nil
	}
	if err := updateUnit(ctx, tx, u); err != nil {
		return plein.Wrap("people.change_unit", err)
	}
	return s.tellUnit(ctx, tx, "people.unit.changed", id, nil)
}

// MoveUnit hangs a department, with everything below it, under another one; zero
// is the top. Who works there gets the audiences above the new place and loses
// those above the old one, in the same transaction.
func (s *Service) MoveUnit(ctx context.Context, actor plein.Actor, id, parent plein.ID) error {
	if err := mayManage(actor); err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error { return s.MoveUnitTx(ctx, tx, id, parent) })
}

// MoveUnitTx is MoveUnit in the caller's transaction, without asking who acts.
func (s *Service) MoveUnitTx(ctx context.Context, tx *db.Tx, id, parent plein.ID) error {
	if err := holdStructure(ctx, tx); err != nil {
		return plein.Wrap("people.move_unit", err)
	}
	units, err := allUnits(ctx, tx) // as this transaction sees them
	if err != nil {
		return plein.Wrap("people.move_unit", err)
	}
	tree := MakeTree(units)
	u, ok := tree.Unit(id)
	if !ok {
		return plein.ErrNotFound
	}
	if u.Parent == parent {
		return nil
	}
	if err := tree.checkMove(id, parent); err != nil {
		return err
	}
	before, after := tree.Above(u.Parent), tree.Above(parent)
	from := u.Parent
	u.Parent = parent
	if err := updateUnit(ctx, tx, u); err != nil {
		return plein.Wrap("people.move_unit", err)
	}
	holders, err := holdersIn(ctx, tx, tree.Below(id))
	if err != nil {
		return plein.Wrap("people.move_unit", err)
	}
	if err := s.regrant(ctx, tx, holders, before, after); err != nil {
		return plein.Wrap("people.move_unit", err)
	}
	return s.tellUnit(ctx, tx, "people.unit.moved", id, fromTo(from, parent))
}

// HeadOf tells who leads a department: who was named, or else the one person in
// it who stands highest and to whom another of them answers. Zero when that is
// nobody or not one person.
func (s *Service) HeadOf(u Unit, people []Person) plein.ID {
	return headOf(u, people)
}

func headOf(u Unit, people []Person) plein.ID {
	if u.Head != 0 {
		return u.Head
	}
	leads := map[plein.ID]bool{}
	for _, p := range people {
		leads[p.Manager] = true
	}
	var best Person
	twice := false
	for _, p := range people {
		if p.Unit != u.ID || !leads[p.ID] || p.Layer == 0 {
			continue
		}
		switch {
		case best.ID == 0 || p.Layer < best.Layer:
			best, twice = p, false
		case p.Layer == best.Layer:
			twice = true
		}
	}
	if twice {
		return 0
	}
	return best.ID
}

func (s *Service) tellUnit(ctx context.Context, tx *db.Tx, name string, id plein.ID, extra map[string]string) error {
	tx.AfterCommit(s.forgetUnits)
	return s.Changes.Tell(ctx, tx, plein.Event{Name: name, At: s.Clock.Now(), Actor: plein.ActorFrom(ctx).ID,
		Object: plein.Ref{Kind: "unit", ID: id}, Audience: plein.OrgAudience, Extra: extra})
}
