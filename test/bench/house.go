package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"plein/internal/app"
	"plein/internal/platform/clock"
	"plein/internal/platform/config"
	"plein/internal/platform/db"
	"plein/internal/platform/session"
	"plein/internal/platform/text"
	"plein/internal/platform/web"
	"plein/internal/plein"
	"plein/internal/square/groups"
	"plein/internal/square/items"
	"plein/internal/square/people"
)

// organisation is what the measurements run on.
type organisation struct {
	app     *app.App
	people  []people.Person
	groups  []plein.ID
	cookies []string // of the first thousand people
}

func settings(dir string) (config.Settings, error) {
	s, problems := config.Load(map[string]string{"data": dir, "listen": "127.0.0.1:8080"}, nil, "")
	if len(problems) > 0 {
		return s, fmt.Errorf("settings: %v", problems)
	}
	return s, nil
}

// open opens an empty house without rate limits.
func open(ctx context.Context, dir string) (*app.App, error) {
	s, err := settings(dir)
	if err != nil {
		return nil, err
	}
	return app.Open(ctx, app.Options{Settings: s, Clock: clock.System{}, Limits: &web.Limits{}})
}

// plant makes people in thirty departments and fifty groups, with posts that are
// replied to and reacted to, spread over a year. Activity follows Zipf's law.
func plant(ctx context.Context, dir string, persons, posts int) (*organisation, error) {
	a, err := open(ctx, filepath.Join(dir, "org"))
	if err != nil {
		return nil, err
	}
	o := &organisation{app: a}
	r := rand.New(rand.NewPCG(1, 2))
	now := time.Now()
	err = a.DB.Tx(ctx, func(tx *db.Tx) error {
		var units []plein.ID
		for n := range 30 {
			u, err := a.People.AddUnitTx(ctx, tx, people.NewUnit{Name: fmt.Sprintf("Afdeling %d", n+1)})
			if err != nil {
				return err
			}
			units = append(units, u.ID)
		}
		for n := range persons {
			p, err := a.People.AddTx(ctx, tx, people.NewPerson{Name: fmt.Sprintf("Collega %d", n+1), Title: "Verpleegkundige",
				Email: fmt.Sprintf("collega%d@example.org", n+1), Unit: units[n%len(units)]})
			if err != nil {
				return err
			}
			o.people = append(o.people, p)
		}
		for n := range 50 {
			f := groups.Founding{NewGroup: groups.NewGroup{Name: fmt.Sprintf("Groep %d", n+1), Kind: plein.Open},
				Owner: o.people[n%persons].ID, Made: now.AddDate(-1, 0, 0)}
			for m := range persons {
				if r.IntN(4) == 0 && m != n%persons {
					f.Members = append(f.Members, groups.Membership{Person: o.people[m].ID})
				}
			}
			g, err := a.Groups.StartTx(ctx, tx, f)
			if err != nil {
				return err
			}
			o.groups = append(o.groups, g.ID)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := o.talk(ctx, r, now, posts); err != nil {
		return nil, err
	}
	return o, o.signIn(ctx)
}

func (o *organisation) talk(ctx context.Context, r *rand.Rand, now time.Time, posts int) error {
	busy := rand.NewZipf(r, 1.3, 8, uint64(len(o.people)-1))
	place := rand.NewZipf(r, 1.3, 4, uint64(len(o.groups)-1))
	body := func() string {
		return strings.Repeat(fmt.Sprintf("Vandaag hebben we op kamer %d de **infuuspompen** gecontroleerd en alles werkt. #pompen ", r.IntN(40)), 1+r.IntN(4))
	}
	doc := map[string]text.Doc{}
	for at := 0; at < posts; at += 500 {
		err := o.app.DB.Tx(ctx, func(tx *db.Tx) error {
			for n := at; n < min(at+500, posts); n++ {
				b := body()
				d, ok := doc[b]
				if !ok {
					var err error
					if d, err = o.app.Items.Prepare(b); err != nil {
						return err
					}
					doc[b] = d
				}
				audience := plein.OrgAudience
				if r.IntN(10) > 0 {
					audience = o.groups[place.Uint64()]
				}
				made := now.Add(-time.Duration(posts-n) * 365 * 24 * time.Hour / time.Duration(posts+1))
				post, err := o.say(ctx, tx, r, items.Imported{Audience: audience, Author: o.people[busy.Uint64()].ID, Made: made, Body: b}, d)
				if err != nil {
					return err
				}
				for range r.IntN(4) {
					if _, err := o.say(ctx, tx, r, items.Imported{Author: o.people[busy.Uint64()].ID, Parent: post,
						Made: made.Add(time.Duration(1+r.IntN(600)) * time.Second), Body: b}, d); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (o *organisation) say(ctx context.Context, tx *db.Tx, r *rand.Rand, in items.Imported, d text.Doc) (*items.Item, error) {
	for range r.IntN(5) {
		in.Reactions = append(in.Reactions, items.ImportedReaction{Person: o.people[r.IntN(len(o.people))].ID,
			Reaction: plein.Reactions()[r.IntN(5)], At: in.Made})
	}
	i, _, err := o.app.Items.Import(ctx, tx, in, d)
	return i, err
}

// signIn gives the first thousand people a session each.
func (o *organisation) signIn(ctx context.Context) error {
	for _, p := range o.people[:min(1000, len(o.people))] {
		err := o.app.DB.Tx(ctx, func(tx *db.Tx) error {
			token, err := o.app.Sessions.Start(ctx, tx, p.ID, "bench")
			if err == nil {
				c := session.Cookie(token, false, time.Now().Add(time.Hour))
				o.cookies = append(o.cookies, c.Name+"="+c.Value)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (o *organisation) request(base, path string, n int) *http.Request {
	req, _ := http.NewRequest(http.MethodGet, base+path, nil)
	req.Header.Set("Cookie", o.cookies[n%len(o.cookies)])
	return req
}
