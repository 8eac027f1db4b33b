package twoworlds

import (
	"plein/internal/plein"
	"plein/internal/square/groups"
)

// ---- talk --------------------------------------------------------------------------

// said adds a step that touches something said.
func (w *writer) said(i *item, what string, run func(w *world, alt bool) error) {
	w.add(step{what: what, place: i.place, root: i.root.step, on: i, run: run})
}

// says adds the step that makes an item, in answer to another or to nothing.
func (w *writer) says(i, to *item, what string, run func(w *world, alt bool) error) {
	w.items = append(w.items, i)
	w.add(step{what: what, place: i.place, root: i.root.step, on: to, makes: i, run: run})
}

// must says that the last step cannot be left out by itself: what comes after it
// counts on it.
func (w *writer) must() { w.steps[w.now()-1].firm = true }

func (w *writer) post() bool {
	for _, n := range w.r.Perm(len(w.places)) {
		pl := w.places[n]
		if pl.kind() == plein.Direct || pl.kind() == plein.Self {
			continue
		}
		if p, ok := w.someone(func(p *person) bool { return w.writes(p, pl) }); ok {
			return w.begin(p, pl)
		}
	}
	return false
}

// privately posts to oneself or in a conversation of two.
func (w *writer) privately() bool {
	for _, n := range w.r.Perm(len(w.places)) {
		pl := w.places[n]
		if pl.kind() != plein.Direct && pl.kind() != plein.Self {
			continue
		}
		if p, ok := w.someone(func(p *person) bool { return w.writes(p, pl) }); ok {
			return w.begin(p, pl)
		}
	}
	return false
}

func (w *writer) begin(p *person, pl *place) bool {
	i := &item{n: len(w.items), step: w.now(), place: pl, author: p.n, title: w.r.IntN(2) == 0, question: w.r.IntN(4) == 0}
	i.root = i
	i.must = w.leads(p, pl) && w.r.IntN(3) == 0
	if w.r.IntN(4) == 0 {
		f := w.newFile(p.n)
		f.item, i.files = i, append(i.files, f)
	}
	body, title := w.texts(i)
	w.says(i, nil, p.name+" posts "+i.ref()+" in "+pl.ref, func(w *world, alt bool) error {
		return w.post(p, i, title(alt), body(alt), alt)
	})
	return true
}

func (w *writer) reply() bool {
	to, p, ok := w.someItem(func(i *item, p *person) bool { return w.answers(p, i) && !i.root.gone.has(w.now()) })
	if !ok {
		return false
	}
	i := &item{n: len(w.items), step: w.now(), place: to.place, author: p.n, root: to.root, parent: to}
	if to.depth() == 2 {
		i.parent = to.parent
	}
	body, _ := w.texts(i)
	w.says(i, to, p.name+" answers "+to.ref()+" with "+i.ref(), func(w *world, alt bool) error { return w.reply(p, to, i, body(alt)) })
	return true
}

// pass shares something in another place, in words of its own.
func (w *writer) pass() bool {
	of, p, ok := w.someItem(func(i *item, _ *person) bool { return i.parent == nil && i.share == nil })
	if !ok {
		return false
	}
	for _, n := range w.r.Perm(len(w.places)) {
		pl := w.places[n]
		if pl == of.place || !w.writes(p, pl) {
			continue
		}
		i := &item{n: len(w.items), step: w.now(), place: pl, author: p.n, share: of}
		i.root = i
		body, _ := w.texts(i)
		w.items = append(w.items, i)
		w.add(step{what: p.name + " shares " + of.ref() + " as " + i.ref() + " in " + pl.ref, place: pl, root: i.step, makes: i, shares: of,
			run:  func(w *world, alt bool) error { return w.post(p, i, "", body(alt), alt) },
			gone: func(w *world) error { return w.postGone(p, i, body(false)) }})
		return true
	}
	return false
}

func (w *writer) react() bool {
	i, p, ok := w.someItem(func(i *item, p *person) bool { return w.answers(p, i) })
	if !ok {
		return false
	}
	all := plein.Reactions()
	n, on := w.r.IntN(len(all)), w.r.IntN(5) > 0
	w.said(i, p.name+" reacts to "+i.ref(), func(w *world, alt bool) error {
		which := all[n]
		if alt {
			which = all[(n+1)%len(all)]
		}
		_, err := w.Items.React(w.ctx, w.actor(p), w.id(i.ref()), which, on)
		return err
	})
	return true
}

func (w *writer) bookmark() bool {
	i, p, ok := w.someItem(func(*item, *person) bool { return true })
	if !ok {
		return false
	}
	on := w.r.IntN(5) > 0
	w.said(i, p.name+" keeps "+i.ref(), func(w *world, _ bool) error {
		return w.Items.Bookmark(w.ctx, w.actor(p), w.id(i.ref()), on)
	})
	return true
}

func (w *writer) acknowledge() bool {
	i, p, ok := w.someItem(func(i *item, _ *person) bool { return i.must })
	if !ok {
		return false
	}
	w.said(i, p.name+" has read "+i.ref(), func(w *world, _ bool) error {
		return w.Items.Acknowledge(w.ctx, w.actor(p), w.id(i.ref()))
	})
	return true
}

func (w *writer) edit() bool {
	i, p, ok := w.someItem(func(i *item, p *person) bool { return i.author == p.n && w.answers(p, i) })
	if !ok {
		return false
	}
	body, title := w.texts(i)
	w.said(i, p.name+" rewrites "+i.ref(), func(w *world, alt bool) error {
		_, err := w.Items.Edit(w.ctx, w.actor(p), w.id(i.ref()), 0, title(alt), body(alt))
		return err
	})
	return true
}

func (w *writer) remove() bool {
	i, p, ok := w.someItem(func(i *item, p *person) bool { return i.author == p.n || w.leads(p, i.place) })
	if !ok {
		return false
	}
	i.byAuthor = i.author == p.n
	w.said(i, p.name+" takes "+i.ref()+" away", func(w *world, _ bool) error {
		_, err := w.Items.Delete(w.ctx, w.actor(p), w.id(i.ref()))
		return err
	})
	w.must()
	i.gone.open(w.now())
	return true
}

func (w *writer) restore() bool {
	for _, n := range w.r.Perm(len(w.items)) {
		i := w.items[n]
		if !i.gone.has(w.now()) || !i.byAuthor || !w.sees(i.author, i, w.now()) {
			continue
		}
		p := w.people[i.author]
		w.said(i, p.name+" brings "+i.ref()+" back", func(w *world, _ bool) error {
			_, err := w.Items.Restore(w.ctx, w.actor(p), w.id(i.ref()))
			return err
		})
		w.must()
		i.gone.end(w.now())
		return true
	}
	return false
}

func (w *writer) pin() bool {
	i, p, ok := w.someItem(func(i *item, p *person) bool {
		return i.parent == nil && !i.pinned && i.place.pins < 3 && w.leads(p, i.place)
	})
	if !ok {
		return false
	}
	i.pinned = true
	i.place.pins++
	w.said(i, p.name+" pins "+i.ref(), func(w *world, _ bool) error {
		return w.Items.Pin(w.ctx, w.actor(p), w.id(i.ref()), true)
	})
	return true
}

// loose uploads a file that goes nowhere yet.
func (w *writer) loose() bool {
	p, ok := w.someone(func(*person) bool { return true })
	if !ok {
		return false
	}
	f := w.newFile(p.n)
	own := w.places[0]
	for _, pl := range w.places {
		if pl.ref == p.ref() {
			own = pl
		}
	}
	w.add(step{what: p.name + " uploads " + f.ref(), place: own, root: w.now(), file: f, run: func(w *world, alt bool) error {
		return w.upload(p, f, alt)
	}})
	return true
}

// ---- groups ------------------------------------------------------------------------

// inGroup adds a step about who is in a group.
func (w *writer) inGroup(g *place, what string, run func(w *world, alt bool) error) {
	w.add(step{what: what, place: g, root: -1, run: run})
}

func (w *writer) found2() bool {
	if len(w.groups) > 6 {
		return false
	}
	return w.startGroup([]plein.AudienceKind{plein.Open, plein.Closed, plein.Secret, plein.Secret}[w.r.IntN(4)])
}

func (w *writer) join() bool {
	g, ok := w.someGroup(func(g *place) bool { return g.kind() == plein.Open && !g.archived })
	if !ok {
		return false
	}
	p, ok := w.someone(func(p *person) bool { return !p.guest && !g.member(p.n, w.now()) })
	if !ok {
		return false
	}
	w.take(g, p)
	w.inGroup(g, p.name+" joins "+g.ref, func(w *world, _ bool) error { return w.Groups.Join(w.ctx, w.actor(p), w.id(g.ref)) })
	return true
}

// take puts somebody in a group, from this step on.
func (w *writer) take(g *place, p *person) {
	g.enter(p.n, w.next())
	g.roles[p.n] = groups.Member
	delete(g.asked, p.n)
	if s := g.invited[p.n]; s != nil {
		s.end(w.next())
	}
}

// drop takes somebody out.
func (w *writer) drop(g *place, p *person) {
	g.in[p.n].end(w.next())
	delete(g.roles, p.n)
	w.dropInvitations(g)
}

// dropInvitations ends all that wait: the model does not keep who made them, so a
// script withdraws them all where some would lapse.
func (w *writer) dropInvitations(g *place) {
	for _, s := range g.invited {
		s.end(w.next())
	}
}

// withdrawAll is what goes with it in a world.
func withdrawAll(w *world, by *person, g *place) error {
	waiting, err := w.Groups.Invitations(w.ctx, w.actor(by), w.id(g.ref))
	if err != nil {
		return err
	}
	for _, i := range waiting {
		if err := w.Groups.Uninvite(w.ctx, w.actor(by), i.Group, i.Person); err != nil {
			return err
		}
	}
	return nil
}

// runner finds somebody who runs a group.
func (w *writer) runner(g *place, but int) (*person, bool) {
	return w.someone(func(p *person) bool { return p.n != but && g.runs(p.n) && g.member(p.n, w.now()) })
}

func (w *writer) leave() bool {
	g, ok := w.someGroup(func(g *place) bool { return len(g.roles) > 1 })
	if !ok {
		return false
	}
	p, ok := w.someone(func(p *person) bool {
		return g.member(p.n, w.now()) && (g.roles[p.n] != groups.Owner || g.owners() > 1)
	})
	if !ok {
		return false
	}
	by, ok := w.runner(g, p.n)
	if !ok {
		return false
	}
	w.drop(g, p)
	w.inGroup(g, p.name+" leaves "+g.ref, func(w *world, _ bool) error {
		if err := withdrawAll(w, by, g); err != nil {
			return err
		}
		return w.Groups.Leave(w.ctx, w.actor(p), w.id(g.ref))
	})
	return true
}

func (w *writer) expel() bool {
	g, ok := w.someGroup(func(g *place) bool { return len(g.roles) > 1 })
	if !ok {
		return false
	}
	by, ok := w.someone(func(p *person) bool { return g.roles[p.n] == groups.Owner && g.member(p.n, w.now()) })
	if !ok {
		return false
	}
	p, ok := w.someone(func(p *person) bool { return p.n != by.n && g.member(p.n, w.now()) })
	if !ok {
		return false
	}
	w.drop(g, p)
	w.inGroup(g, by.name+" puts "+p.name+" out of "+g.ref, func(w *world, _ bool) error {
		if err := withdrawAll(w, by, g); err != nil {
			return err
		}
		return w.Groups.Remove(w.ctx, w.actor(by), w.id(g.ref), w.id(p.ref()))
	})
	return true
}

func (w *writer) ask() bool {
	g, ok := w.someGroup(func(g *place) bool { return g.kind() == plein.Closed && !g.archived })
	if !ok {
		return false
	}
	now := w.now()
	p, ok := w.someone(func(p *person) bool {
		return !p.guest && !g.member(p.n, now) && !g.asked[p.n] && (g.invited[p.n] == nil || !g.invited[p.n].has(now))
	})
	if !ok {
		return false
	}
	g.asked[p.n] = true
	note := w.token("note of "+p.name+" to "+g.ref, func(m *model, viewer, step int) bool {
		return viewer == p.n || g.member(viewer, step)
	})
	w.inGroup(g, p.name+" asks to come into "+g.ref, func(w *world, _ bool) error {
		return w.Groups.Ask(w.ctx, w.actor(p), w.id(g.ref), "Mag ik erbij? "+note.word(false))
	})
	return true
}

func (w *writer) answer() bool {
	g, ok := w.someGroup(func(g *place) bool { return len(g.asked) > 0 && !g.archived && g.kind() == plein.Closed })
	if !ok {
		return false
	}
	by, ok := w.runner(g, -1)
	if !ok {
		return false
	}
	p, ok := w.someone(func(p *person) bool { return g.asked[p.n] && p.n != by.n })
	if !ok {
		return false
	}
	yes := w.r.IntN(4) > 0
	if yes {
		w.take(g, p)
	}
	delete(g.asked, p.n)
	w.inGroup(g, by.name+" answers "+p.name+" about "+g.ref, func(w *world, _ bool) error {
		if yes {
			return w.Groups.Accept(w.ctx, w.actor(by), w.id(g.ref), w.id(p.ref()))
		}
		return w.Groups.Refuse(w.ctx, w.actor(by), w.id(g.ref), w.id(p.ref()))
	})
	return true
}

func (w *writer) invite() bool {
	g, ok := w.someGroup(func(g *place) bool { return !g.archived })
	if !ok {
		return false
	}
	now := w.now()
	// An owner, so that nobody who invited loses that right without a step that
	// withdraws what waits.
	by, ok := w.someone(func(p *person) bool { return g.roles[p.n] == groups.Owner && g.member(p.n, now) })
	if !ok {
		return false
	}
	p, ok := w.someone(func(p *person) bool {
		return !g.member(p.n, now) && !g.asked[p.n] && (g.invited[p.n] == nil || !g.invited[p.n].has(now))
	})
	if !ok {
		return false
	}
	if g.invited[p.n] == nil {
		g.invited[p.n] = &spans{}
	}
	g.invited[p.n].open(w.next())
	w.inGroup(g, by.name+" invites "+p.name+" into "+g.ref, func(w *world, _ bool) error {
		return w.Groups.Invite(w.ctx, w.actor(by), w.id(g.ref), w.id(p.ref()))
	})
	return true
}

func (w *writer) acceptInvitation() bool {
	g, ok := w.someGroup(func(g *place) bool { return !g.archived })
	if !ok {
		return false
	}
	p, ok := w.someone(func(p *person) bool { return g.invited[p.n] != nil && g.invited[p.n].has(w.now()) })
	if !ok {
		return false
	}
	if w.r.IntN(4) == 0 {
		g.invited[p.n].end(w.next())
		w.inGroup(g, p.name+" says no to "+g.ref, func(w *world, _ bool) error { return w.Groups.Decline(w.ctx, w.actor(p), w.id(g.ref)) })
		return true
	}
	w.take(g, p)
	w.inGroup(g, p.name+" comes into "+g.ref, func(w *world, _ bool) error {
		return w.Groups.AcceptInvitation(w.ctx, w.actor(p), w.id(g.ref))
	})
	return true
}

// promote makes a member something else, down as well as up.
func (w *writer) promote() bool {
	g, ok := w.someGroup(func(g *place) bool { return len(g.roles) > 1 && !g.archived })
	if !ok {
		return false
	}
	by, ok := w.someone(func(p *person) bool { return g.roles[p.n] == groups.Owner && g.member(p.n, w.now()) })
	if !ok {
		return false
	}
	p, ok := w.someone(func(p *person) bool { return p.n != by.n && !p.guest && g.member(p.n, w.now()) })
	if !ok {
		return false
	}
	to := groups.Roles()[w.r.IntN(3)]
	g.roles[p.n] = to
	w.dropInvitations(g)
	w.inGroup(g, by.name+" makes "+p.name+" "+string(to)+" of "+g.ref, func(w *world, _ bool) error {
		if err := withdrawAll(w, by, g); err != nil {
			return err
		}
		return w.Groups.SetRole(w.ctx, w.actor(by), w.id(g.ref), w.id(p.ref()), to)
	})
	return true
}

func (w *writer) owned() (*place, *person, bool) {
	g, ok := w.someGroup(func(g *place) bool { return !g.archived })
	if !ok {
		return nil, nil, false
	}
	p, ok := w.someone(func(p *person) bool { return g.roles[p.n] == groups.Owner && g.member(p.n, w.now()) })
	return g, p, ok
}

func (w *writer) archive() bool {
	g, p, ok := w.owned()
	if !ok || len(w.groups) < 4 {
		return false
	}
	g.archived = true
	w.inGroup(g, p.name+" archives "+g.ref, func(w *world, _ bool) error { return w.Groups.Archive(w.ctx, w.actor(p), w.id(g.ref)) })
	return true
}

// rename gives a group another name; the old one is for who may know of the group.
func (w *writer) rename() bool {
	g, p, ok := w.owned()
	if !ok {
		return false
	}
	name := w.nameOf(g)
	w.inGroup(g, p.name+" renames "+g.ref, func(w *world, alt bool) error { return w.change(p, g, "", name(alt)) })
	return true
}

// narrow closes a group to some who could read it.
func (w *writer) narrow() bool {
	g, p, ok := w.owned()
	if !ok || g.kind() == plein.Secret {
		return false
	}
	to := plein.Closed
	if g.kind() == plein.Closed {
		to = plein.Secret
	}
	g.kinds = append(g.kinds, since[plein.AudienceKind]{w.next(), to})
	if to == plein.Secret {
		clear(g.asked)
	}
	w.dropInvitations(g)
	w.inGroup(g, p.name+" makes "+g.ref+" "+string(to), func(w *world, _ bool) error {
		if err := withdrawAll(w, p, g); err != nil {
			return err
		}
		return w.change(p, g, to, "")
	})
	return true
}

// ---- people ------------------------------------------------------------------------

func (w *writer) follow() bool {
	p, ok := w.someone(func(p *person) bool { return !p.guest })
	if !ok {
		return false
	}
	whom, ok := w.someone(func(x *person) bool { return x.n != p.n })
	if !ok {
		return false
	}
	w.public(p.name+" follows "+whom.name, func(w *world, _ bool) error {
		return w.Feed.Follow(w.ctx, w.actor(p), plein.Ref{Kind: "person", ID: w.id(whom.ref())}, true)
	})
	return true
}

// move puts somebody in another department, which acts at once.
func (w *writer) move() bool {
	p, ok := w.someone(func(p *person) bool { return !p.guest })
	if !ok {
		return false
	}
	to := w.r.IntN(len(w.units))
	p.units = append(p.units, since[int]{w.next(), to})
	w.public(p.name+" moves to "+w.units[to].name, func(w *world, _ bool) error { return w.move(p, to) })
	return true
}

// closeAccount ends somebody's account, and with it all they could read.
func (w *writer) closeAccount() bool {
	if len(w.people) < 5 {
		return false
	}
	p, ok := w.someone(func(p *person) bool {
		for _, g := range w.groups {
			if g.roles[p.n] == groups.Owner {
				return false // who is the only owner leaves a group that closes itself: not this test's matter
			}
		}
		return p.n > 2
	})
	if !ok {
		return false
	}
	for _, g := range w.groups {
		if g.member(p.n, w.now()) {
			g.in[p.n].end(w.next())
			delete(g.roles, p.n)
		}
		delete(g.asked, p.n)
	}
	w.public("the account of "+p.name+" is closed", func(w *world, _ bool) error { return w.closeAccount(p) })
	p.away.open(w.now())
	return true
}
