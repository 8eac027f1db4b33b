package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"plein/internal/platform/clock"
	"plein/internal/platform/db"
	"plein/internal/platform/text"
	"plein/internal/plein"
	"plein/internal/square/feed"
	"plein/internal/square/groups"
	"plein/internal/square/items"
	"plein/internal/square/people"
)

// Deps is what planting needs: the square's own services, the same as for
// everybody.
type Deps struct {
	DB     *db.DB
	Clock  clock.Clock
	People *people.Service
	Groups *groups.Service
	Items  *items.Service
	Feed   *feed.Service
}

// planter carries the ids of what was planted from one step to the next.
type planter struct {
	Deps
	units  map[string]plein.ID
	people map[string]plein.ID
	groups map[string]plein.ID
}

// batch is how many threads go in one transaction: enough to be quick, few enough
// to show progress.
const batch = 100

// Plant puts an organisation into an empty house. progress is called now and
// then with what was done, of how much. It gives the ids of the people who play
// the five roles, by role.
func Plant(ctx context.Context, d Deps, o Organisation, progress func(done, of int)) (map[string]plein.ID, error) {
	p := planter{Deps: d, units: map[string]plein.ID{}, people: map[string]plein.ID{}, groups: map[string]plein.ID{}}
	of := len(o.People) + len(o.Threads)
	if err := d.DB.Tx(ctx, func(tx *db.Tx) error { return p.staff(ctx, tx, o) }); err != nil {
		return nil, plein.Wrap("demo.plant", err)
	}
	progress(len(o.People), of)
	for at := 0; at < len(o.Threads); at += batch {
		some := o.Threads[at:min(at+batch, len(o.Threads))]
		docs, err := p.render(some)
		if err != nil {
			return nil, plein.Wrap("demo.plant", err)
		}
		if err := d.DB.Tx(ctx, func(tx *db.Tx) error { return p.talk(ctx, tx, some, docs) }); err != nil {
			return nil, plein.Wrap("demo.plant", err)
		}
		progress(len(o.People)+at+len(some), of)
	}
	if err := d.DB.Tx(ctx, func(tx *db.Tx) error { return p.follows(ctx, tx, o.Follows) }); err != nil {
		return nil, plein.Wrap("demo.plant", err)
	}
	roles := map[string]plein.ID{}
	for _, person := range o.People {
		if person.Demo != "" {
			roles[person.Demo] = p.people[person.Handle]
		}
	}
	return roles, nil
}

// staff plants departments, people and groups.
func (p *planter) staff(ctx context.Context, tx *db.Tx, o Organisation) error {
	for _, u := range o.Units {
		made, err := p.People.AddUnitTx(ctx, tx, people.NewUnit{Name: u.Name, Slug: u.Slug, Parent: p.units[u.Parent]})
		if err != nil {
			return fmt.Errorf("department %s: %w", u.Slug, err)
		}
		p.units[u.Slug] = made.ID
	}
	for _, n := range o.People {
		roles := n.Roles
		if n.Guest || n.Bot {
			roles = nil
		}
		made, err := p.People.AddTx(ctx, tx, people.NewPerson{Name: n.Name, Given: n.Given, Handle: n.Handle, Title: n.Title,
			Unit: p.units[n.Unit], Location: n.Location, Manager: p.people[n.Manager], Skills: n.Skills, AskMe: n.AskMe,
			Languages: n.Languages, Pronouns: n.Pronouns, Bio: n.Bio, Email: n.Email, Roles: roles, Bot: n.Bot,
			Guest: n.Guest, GuestUntil: n.GuestUntil, Sponsor: p.people[n.Sponsor], Employer: n.Employer, Joined: n.Since})
		if err != nil {
			return fmt.Errorf("person %s: %w", n.Handle, err)
		}
		p.people[n.Handle] = made.ID
	}
	for _, u := range o.Units {
		if u.Head == "" {
			continue
		}
		if err := p.People.SetHeadTx(ctx, tx, p.units[u.Slug], p.people[u.Head]); err != nil {
			return fmt.Errorf("head of %s: %w", u.Slug, err)
		}
	}
	for _, g := range o.Groups {
		if err := p.group(ctx, tx, g, o.Opened); err != nil {
			return fmt.Errorf("group %s: %w", g.Slug, err)
		}
	}
	return nil
}

func (p *planter) group(ctx context.Context, tx *db.Tx, g Group, opened time.Time) error {
	if len(g.Owners) == 0 {
		return errors.New("it has no owner")
	}
	f := groups.Founding{NewGroup: groups.NewGroup{Name: g.Name, Purpose: g.Purpose, Kind: g.Kind},
		Owner: p.people[g.Owners[0]], Made: opened, How: "demo"}
	for role, handles := range map[groups.Role][]string{groups.Owner: g.Owners[1:], groups.Moderator: g.Moderators, groups.Member: g.Members} {
		for _, h := range handles {
			f.Members = append(f.Members, groups.Membership{Person: p.people[h], Role: role, Since: opened})
		}
	}
	made, err := p.Groups.StartTx(ctx, tx, f)
	if err != nil {
		return err
	}
	p.groups[g.Slug] = made.ID
	return nil
}

// written gives a text as it is stored.
func (p *planter) written(t Text) string {
	return t.Written(func(m Mention) string {
		if m.Person != "" {
			return text.Mention{Kind: "person", ID: p.people[m.Person], Name: m.Name}.String()
		}
		return text.Mention{Kind: "group", ID: p.groups[m.Group], Name: m.Name}.String()
	})
}

type rendered struct {
	body string
	doc  text.Doc
}

// render does the slow part before the transaction.
func (p *planter) render(threads []Thread) (map[string]rendered, error) {
	out := map[string]rendered{}
	var failed error
	for n := range threads {
		threads[n].Walk(func(t *Text) {
			body := p.written(*t)
			doc, err := p.Items.Prepare(body)
			failed = errors.Join(failed, err)
			out[t.Key] = rendered{body, doc}
		})
	}
	return out, failed
}

func (p *planter) talk(ctx context.Context, tx *db.Tx, threads []Thread, docs map[string]rendered) error {
	for _, t := range threads {
		audience := plein.OrgAudience
		switch {
		case t.Unit != "":
			audience = p.units[t.Unit]
		case t.Group != "":
			audience = p.groups[t.Group]
		}
		root, err := p.say(ctx, tx, t.Text, nil, audience, docs)
		if err != nil {
			return fmt.Errorf("text %s: %w", t.Key, err)
		}
		for _, r := range t.Read {
			if err := p.Items.MarkImported(ctx, tx, root, p.people[r.Person], true, r.At); err != nil {
				return fmt.Errorf("text %s: %w", t.Key, err)
			}
		}
		if t.Pinned {
			if err := p.Items.PinImported(ctx, tx, root, root.Author, t.At); err != nil {
				return fmt.Errorf("text %s: %w", t.Key, err)
			}
		}
		if err := p.answers(ctx, tx, t.Text, root, docs); err != nil {
			return err
		}
	}
	return nil
}

func (p *planter) answers(ctx context.Context, tx *db.Tx, t Text, to *items.Item, docs map[string]rendered) error {
	for _, r := range t.Replies {
		said, err := p.say(ctx, tx, r, to, 0, docs)
		if err != nil {
			return fmt.Errorf("text %s: %w", r.Key, err)
		}
		if r.Answer {
			if err := p.Items.ChooseImported(ctx, tx, to, said, to.Author, r.At); err != nil {
				return fmt.Errorf("text %s: %w", r.Key, err)
			}
		}
		if err := p.answers(ctx, tx, r, said, docs); err != nil {
			return err
		}
	}
	return nil
}

func (p *planter) say(ctx context.Context, tx *db.Tx, t Text, to *items.Item, audience plein.ID, docs map[string]rendered) (*items.Item, error) {
	in := items.Imported{Kind: t.Kind, Audience: audience, Author: p.people[t.Author], Parent: to, Made: t.At, Title: t.Title,
		Body: docs[t.Key].body, MustRead: t.MustRead}
	if t.MustRead {
		in.MustUntil = t.At.Add(30 * 24 * time.Hour)
	}
	if t.Kind == plein.KindPraise {
		at := slices.IndexFunc(t.Mentions, func(m Mention) bool { return m.Person != "" })
		if at < 0 {
			in.Kind = plein.KindPost
		} else {
			in.About = p.people[t.Mentions[at].Person]
		}
	}
	for _, r := range t.Reactions {
		in.Reactions = append(in.Reactions, items.ImportedReaction{Person: p.people[r.Person], Reaction: r.Kind, At: r.At})
	}
	made, _, err := p.Items.Import(ctx, tx, in, docs[t.Key].doc)
	return made, err
}

func (p *planter) follows(ctx context.Context, tx *db.Tx, all []Follow) error {
	for _, f := range all {
		if err := p.Feed.FollowTx(ctx, tx, p.people[f.Follower], plein.Ref{Kind: "person", ID: p.people[f.Followed]}); err != nil {
			return err
		}
	}
	return nil
}
