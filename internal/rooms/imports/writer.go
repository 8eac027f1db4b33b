package imports

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/rooms/imports/internal/intake"
	"plein/internal/rooms/imports/internal/markup"
)

// batchBytes ends a batch of long texts early. A batch is what one transaction
// writes: small enough to keep the only writer of SQLite for a moment, large
// enough that a commit hardly counts.
const batchBytes = 4 << 20

// writer is the sink of the second reading. Every thing it makes is written with
// its source in the same transaction, so that a run that was cut off anywhere is
// finished by the next one.
type writer struct {
	ctx      context.Context
	db       *db.DB
	square   Square
	run      plein.ID
	dry      bool
	batch    int
	update   bool // the export is a staff list, which knows better than we do
	phrases  phrases
	report   *Report
	progress *progress

	people   map[string]knownPerson // by source
	byEmail  map[string]plein.ID    // of this run
	groups   map[string]knownGroup
	audience map[string]plein.ID // of groups and direct sets, by source
	units    map[string]plein.ID // by path, in a dry run
	managers []managed

	waitingPeople []stagedPerson
	waitingGroups []stagedGroup
	waitingSets   []stagedSet
	waitingItems  []*stagedItem
	waitingBytes  int
	err           error // of a flush that a mention caused
}

type knownPerson struct {
	id    plein.ID
	name  string
	stays bool // can own a group: neither closed nor a guest nor a program
}

type knownGroup struct {
	name string
	open bool
}

type managed struct {
	person  plein.ID
	manager string
	at      string
}

func newWriter(ctx context.Context, d *db.DB, s Square, run plein.ID, dry bool, r *Report, p *progress) *writer {
	return &writer{ctx: ctx, db: d, square: s, run: run, dry: dry, report: r, progress: p,
		people: map[string]knownPerson{}, byEmail: map[string]plein.ID{}, groups: map[string]knownGroup{}, audience: map[string]plein.ID{},
		units: map[string]plein.ID{}}
}

func (w *writer) note(at, reason string, args ...any) { w.report.skip(at, reason, args...) }

// problem cannot happen after checking, unless the file changed in between.
func (w *writer) problem(at, reason string, args ...any) error {
	return intake.Refuse(at, reason, args...)
}

func (w *writer) person(p stagedPerson) error {
	w.waitingPeople = append(w.waitingPeople, p)
	if len(w.waitingPeople) >= w.batch {
		return w.flushPeople()
	}
	return w.err
}

func (w *writer) group(g stagedGroup) error {
	if err := w.flushPeople(); err != nil {
		return err
	}
	w.groups[g.source] = knownGroup{name: g.name, open: g.kind == plein.Open}
	w.waitingGroups = append(w.waitingGroups, g)
	if len(w.waitingGroups) >= min(w.batch, 50) {
		return w.flushGroups()
	}
	return nil
}

func (w *writer) set(d stagedSet) error {
	if err := errors.Join(w.flushPeople(), w.flushGroups()); err != nil {
		return err
	}
	w.waitingSets = append(w.waitingSets, d)
	if len(w.waitingSets) >= w.batch {
		return w.flushSets()
	}
	return nil
}

func (w *writer) item(it *stagedItem) error {
	if err := w.settle(); err != nil {
		return err
	}
	w.waitingItems = append(w.waitingItems, it)
	w.waitingBytes += len(it.body)
	if len(w.waitingItems) >= w.batch || w.waitingBytes > batchBytes {
		return w.flushItems()
	}
	return nil
}

// settle writes everybody and every place that messages can speak of.
func (w *writer) settle() error {
	for _, flush := range []func() error{w.flushPeople, w.flushGroups, w.flushSets} {
		if err := flush(); err != nil && w.err == nil {
			w.err = err
		}
	}
	return w.err
}

// finish writes what is left.
func (w *writer) finish() error {
	if err := w.settle(); err != nil {
		return err
	}
	if err := w.flushItems(); err != nil {
		return err
	}
	return w.flushManagers()
}

func (w *writer) mention(source string) (string, plein.ID, bool) {
	if w.settle() != nil {
		return "", 0, false
	}
	p, ok := w.people[source]
	return p.name, p.id, ok && p.name != ""
}

func (w *writer) mentionGroup(source string) (string, plein.ID, bool) {
	if w.settle() != nil {
		return "", 0, false
	}
	g, ok := w.groups[source]
	return g.name, w.audience[source], ok && g.open
}

func (w *writer) tx(fn func(tx *db.Tx) error) error {
	if w.dry {
		return nil
	}
	return w.db.Tx(w.ctx, fn)
}

func (w *writer) flushPeople() error {
	batch := w.waitingPeople
	w.waitingPeople = nil
	if len(batch) == 0 || w.err != nil {
		return w.err
	}
	sources := make([]string, len(batch))
	for i := range batch {
		sources[i] = batch[i].source
	}
	known, err := findSources(w.ctx, w.db.Read(), sources)
	if err != nil {
		return err
	}
	linked := map[string]bool{} // known by source
	for i := range batch {
		p := &batch[i]
		if linked[p.source] = known[p.source] != 0; linked[p.source] || p.Email == "" {
			continue
		}
		id, err := w.square.PersonByEmail(w.ctx, p.Email)
		switch {
		case err == nil:
			known[p.source] = id
		case !errors.Is(err, plein.ErrNotFound):
			return plein.Wrap("imports.people", err)
		}
	}
	made := 0
	err = w.tx(func(tx *db.Tx) error {
		for i := range batch {
			p := &batch[i]
			if p.Unit, err = w.unit(tx, p.department); err != nil {
				return err
			}
			id, there := known[p.source]
			if !there && p.Email != "" && w.byEmail[p.Email] != 0 {
				id, there = w.byEmail[p.Email], true // twice in the export under one address
				known[p.source] = id
			}
			switch {
			case !there:
				if id, err = w.addPerson(tx, p); err != nil {
					return fmt.Errorf("%s: %w", p.at, err)
				}
				known[p.source] = id
				w.count(p)
				made++
			case w.update:
				changed, err := w.square.UpdatePerson(w.ctx, tx, id, listKnows(p.ImportedPerson))
				if err != nil && plein.KindOf(err) == plein.Broken {
					return err
				}
				if err != nil {
					w.note(p.at, "cannot be brought up to date (%v)", err)
				}
				if changed {
					w.report.Updated++
				} else {
					w.report.Unchanged++
				}
			default:
				w.report.Unchanged++
			}
			if p.Email != "" {
				w.byEmail[p.Email] = id
			}
			if !linked[p.source] {
				if err := keepSource(w.ctx, tx, p.source, id, w.run); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return plein.Wrap("imports.people", err)
	}
	if w.dry {
		if err := w.dryUnits(batch); err != nil {
			return err
		}
	}
	for i := range batch {
		p := &batch[i]
		id, there := known[p.source]
		if w.dry && there {
			w.report.Unchanged++
		} else if w.dry {
			w.count(p)
		}
		w.people[p.source] = knownPerson{id: id, name: p.Name, stays: !p.Closed && !p.Guest && !p.Bot}
		if p.manager != "" {
			w.managers = append(w.managers, managed{id, p.manager, p.at})
		}
	}
	w.progress.wrote(len(batch))
	return nil
}

func (w *writer) count(p *stagedPerson) {
	if p.Bot {
		w.report.Bots++
	} else {
		w.report.People++
	}
}

// listKnows keeps what a staff list knows better than the person: not what
// people say about themselves.
func listKnows(p ImportedPerson) ImportedPerson {
	return ImportedPerson{Name: p.Name, Given: p.Given, Title: p.Title, Location: p.Location, Unit: p.Unit}
}

// addPerson adds somebody, without what somebody else has already: a handle, or
// an address of which the check saw nothing.
func (w *writer) addPerson(tx *db.Tx, p *stagedPerson) (plein.ID, error) {
	in := p.ImportedPerson
	for {
		id, err := w.square.AddPerson(w.ctx, tx, in)
		if err == nil {
			return id, nil
		}
		e := plein.AsError(err)
		switch {
		case e.Kind != plein.Conflict && e.Kind != plein.Invalid:
			return 0, err
		case e.Field == "handle" && in.Handle != "":
			in.Handle = "" // one is made from the name
		case e.Field == "email" && in.Email != "" && !w.update:
			w.note(p.at, "the address of %s cannot be used; left out", intake.Shorten(in.Name))
			in.Email = ""
		case in.Zone != "" || in.Lang != "":
			in.Zone, in.Lang = "", ""
		default:
			return 0, err
		}
	}
}

// unit finds or makes the department at the end of a path.
func (w *writer) unit(tx *db.Tx, path []string) (plein.ID, error) {
	var at plein.ID
	for _, name := range path {
		id, err := w.square.Unit(w.ctx, at, name)
		if errors.Is(err, plein.ErrNotFound) {
			if id, err = w.square.AddUnit(w.ctx, tx, at, name); err == nil {
				w.report.Units++
			}
		}
		if err != nil {
			return 0, plein.Wrap("imports.unit", err)
		}
		at = id
	}
	return at, nil
}

// dryUnits counts the departments that would be made.
func (w *writer) dryUnits(batch []stagedPerson) error {
	for i := range batch {
		at, there, path := plein.ID(0), true, ""
		for _, name := range batch[i].department {
			path += "/" + name
			id, seen := w.units[path]
			if !seen {
				if there {
					var err error
					if id, err = w.square.Unit(w.ctx, at, name); err != nil && !errors.Is(err, plein.ErrNotFound) {
						return err
					}
				}
				if w.units[path] = id; id == 0 {
					w.report.Units++
				}
			}
			at, there = id, id != 0
		}
	}
	return nil
}

// flushManagers sets the manager line, when everybody is there.
func (w *writer) flushManagers() error {
	for batch := range slices.Chunk(w.managers, 200) {
		ids := make([]plein.ID, len(batch))
		for i, m := range batch {
			ids[i] = w.byEmail[m.manager]
			if ids[i] != 0 {
				continue
			}
			id, err := w.square.PersonByEmail(w.ctx, m.manager)
			switch {
			case errors.Is(err, plein.ErrNotFound):
				if _, there := w.people["people:"+m.manager]; !there {
					w.note(m.at, "nobody has the manager's address %s; left out", intake.Shorten(m.manager))
				}
			case err != nil:
				return plein.Wrap("imports.managers", err)
			}
			ids[i] = id
		}
		err := w.tx(func(tx *db.Tx) error {
			for i, m := range batch {
				if ids[i] == 0 {
					continue
				}
				changed, err := w.square.UpdatePerson(w.ctx, tx, m.person, ImportedPerson{Manager: ids[i]})
				switch {
				case err != nil && plein.KindOf(err) == plein.Broken:
					return err
				case err != nil:
					w.note(m.at, "the manager %s cannot be kept (%v)", intake.Shorten(m.manager), err)
				case changed:
					w.report.Managers++
				}
			}
			return nil
		})
		if err != nil {
			return plein.Wrap("imports.managers", err)
		}
	}
	w.managers = nil
	return nil
}

func (w *writer) flushGroups() error {
	batch := w.waitingGroups
	w.waitingGroups = nil
	if len(batch) == 0 || w.err != nil {
		return w.err
	}
	sources := make([]string, len(batch))
	for i := range batch {
		sources[i] = batch[i].source
	}
	known, err := findSources(w.ctx, w.db.Read(), sources)
	if err != nil {
		return err
	}
	err = w.tx(func(tx *db.Tx) error {
		for i := range batch {
			g := &batch[i]
			if known[g.source] != 0 {
				continue
			}
			id, err := w.addGroup(tx, g)
			if err != nil {
				return fmt.Errorf("%s: %w", g.at, err)
			}
			if err := keepSource(w.ctx, tx, g.source, id, w.run); err != nil {
				return err
			}
			w.audience[g.source] = id
		}
		return nil
	})
	if err != nil {
		return plein.Wrap("imports.groups", err)
	}
	for i := range batch {
		if id := known[batch[i].source]; id != 0 {
			w.audience[batch[i].source] = id
			w.report.Unchanged++
		} else {
			w.report.Groups++
		}
	}
	w.progress.wrote(len(batch))
	return nil
}

// addGroup starts a group. Somebody must look after it: whoever did in the
// source, else its first member who is still there, else a former member, until
// a community manager names an owner.
func (w *writer) addGroup(tx *db.Tx, g *stagedGroup) (plein.ID, error) {
	in := ImportedGroup{Name: g.name, Purpose: g.purpose, Kind: g.kind, Archived: g.archived, Made: g.made}
	seen := map[plein.ID]bool{}
	for _, m := range g.members {
		p, ok := w.people[m.person]
		if !ok || p.id == 0 || seen[p.id] || !p.stays {
			continue // closed accounts and programs are in no group
		}
		seen[p.id] = true
		if m.owner {
			in.Owners = append(in.Owners, p.id)
		} else {
			in.Members = append(in.Members, p.id)
		}
	}
	if len(in.Owners) == 0 && len(in.Members) > 0 {
		in.Owners, in.Members = in.Members[:1], in.Members[1:]
	}
	if len(in.Owners) == 0 {
		former, err := w.former(tx, formerOwner)
		if err != nil {
			return 0, err
		}
		in.Owners = []plein.ID{former}
		w.note(g.at, "nobody of this channel is here any more; the group has no owner who can act")
	}
	for n := 2; ; n++ {
		id, err := w.square.AddGroup(w.ctx, tx, in)
		if plein.KindOf(err) != plein.Conflict || err == nil || n > 1000 {
			return id, err
		}
		in.Name = markup.OneLine(g.name, plein.MaxGroupName-6) + " " + itoa(n)
	}
}

// formerOwner is the source of the one former member who owns what nobody owns.
const formerOwner = "imports:owner"

// former finds or makes the former member of a source, inside a transaction.
func (w *writer) former(tx *db.Tx, source string) (plein.ID, error) {
	if p, ok := w.people[source]; ok {
		return p.id, nil
	}
	// A key of its own: a later export may describe this person after all.
	key := "former:" + source
	known, err := findSources(w.ctx, tx, []string{key})
	if err != nil {
		return 0, err
	}
	id := known[key]
	if id == 0 {
		if id, err = w.square.AddFormer(w.ctx, tx, source); err != nil {
			return 0, plein.Wrap("imports.former", err)
		}
		if err := keepSource(w.ctx, tx, key, id, w.run); err != nil {
			return 0, err
		}
		if source != formerOwner {
			w.report.Former++
		}
	}
	w.people[source] = knownPerson{id: id}
	return id, nil
}

// newcomers finds or makes the authors, reactors and members whom the export
// does not describe: programs under their own name, everybody else as a former
// member.
func (w *writer) newcomers(sources []string, bots map[string]string) error {
	sources = slices.DeleteFunc(sources, func(s string) bool { _, ok := w.people[s]; return ok })
	slices.Sort(sources)
	sources = slices.Compact(sources)
	if len(sources) == 0 {
		return nil
	}
	if w.dry {
		keys := make([]string, len(sources))
		for i, s := range sources {
			if keys[i] = s; bots[s] == "" {
				keys[i] = "former:" + s
			}
		}
		known, err := findSources(w.ctx, w.db.Read(), keys)
		if err != nil {
			return err
		}
		for i, s := range sources {
			switch {
			case known[keys[i]] != 0:
			case bots[s] != "":
				w.report.Bots++
			default:
				w.report.Former++
			}
			w.people[s] = knownPerson{id: known[keys[i]]}
		}
		return nil
	}
	for chunk := range slices.Chunk(sources, w.batch) {
		err := w.tx(func(tx *db.Tx) error {
			for _, s := range chunk {
				if err := w.newcomer(tx, s, bots[s]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return plein.Wrap("imports.newcomers", err)
		}
	}
	return nil
}

func (w *writer) newcomer(tx *db.Tx, source, bot string) error {
	if bot == "" {
		_, err := w.former(tx, source)
		return err
	}
	known, err := findSources(w.ctx, tx, []string{source})
	if err != nil {
		return err
	}
	id := known[source]
	if id == 0 {
		p := stagedPerson{at: source}
		p.Name, p.Bot = bot, true
		if id, err = w.addPerson(tx, &p); err != nil {
			return err
		}
		if err := keepSource(w.ctx, tx, source, id, w.run); err != nil {
			return err
		}
		w.report.Bots++
	}
	w.people[source] = knownPerson{id: id, name: bot}
	return nil
}
