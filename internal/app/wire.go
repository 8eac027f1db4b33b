package app

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"plein/internal/platform/blob"
	"plein/internal/platform/changes"
	"plein/internal/platform/jobs"
	"plein/internal/platform/mail"
	"plein/internal/platform/session"
	"plein/internal/platform/text"
	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/plein"
	"plein/internal/rooms/admin"
	"plein/internal/rooms/knows"
	"plein/internal/rooms/notices"
	"plein/internal/rooms/oversight"
	"plein/internal/rooms/signin"
	"plein/internal/rooms/suggest"
	"plein/internal/rooms/syndication"
	"plein/internal/rooms/trending"
	"plein/internal/square/access"
	"plein/internal/square/feed"
	"plein/internal/square/files"
	"plein/internal/square/groups"
	"plein/internal/square/items"
	"plein/internal/square/live"
	"plein/internal/square/people"
	"plein/internal/square/search"
)

// square is the ground floor, each part handed what it needs. This file is the
// diagram: a question that one package asks of another stands here as one line.
type square struct {
	Words    *words.Catalogue
	Jobs     *jobs.Jobs
	Mail     mail.Sender
	Blobs    blob.Store
	Changes  *changes.Log
	Sessions *session.Store
	Access   *access.Service
	People   *people.Service
	Groups   *groups.Service
	Items    *items.Service
	Feed     *feed.Service
	Files    *files.Service
	Live     *live.Service
	Search   *search.Service
	SignIn   *signin.Module
	Admin    *admin.Module
	Suggest  *suggest.Module
	Notices  *notices.Module
	Knows    *knows.Module
	Trending *trending.Module

	Syndication *syndication.Module
	Oversight   *oversight.Module
}

func build(ctx context.Context, a *App, o Options) (*square, error) {
	s := &square{}
	var err error
	if s.Jobs, err = jobs.New(a.DB, o.Log); err != nil {
		return nil, err
	}
	if err := s.Jobs.Migrate(ctx); err != nil {
		return nil, err
	}
	if s.Mail, err = openMail(o.Settings); err != nil {
		return nil, err
	}
	if s.Blobs, err = openBlobs(o.Settings); err != nil {
		return nil, err
	}
	if s.Words, err = words.New(allWords()...); err != nil {
		return nil, err
	}
	s.Changes = changes.New(a.DB, a.bus, a.Clock, o.Log)
	s.Sessions = session.New(a.DB, a.Clock)
	stop, err := s.Sessions.Listen(a.bus)
	if err != nil {
		return nil, err
	}
	a.close = append(a.close, func() error { stop(); return nil })

	s.Access = access.New(access.Deps{DB: a.DB, Clock: a.Clock,
		UnitNames: s.unitNames, GroupNames: s.groupNames,
		PeopleCount: func(ctx context.Context) (int, error) { return s.People.Count(ctx) }})
	s.People = people.New(people.Deps{DB: a.DB, Changes: s.Changes, Clock: a.Clock, Grants: s.Access, Words: s.Words,
		Lang: o.Settings.DefaultLang, Zone: o.Settings.TimeZone.String(), Chosen: a.chosen,
		Shares: func(ctx context.Context, one, other plein.ID) (bool, error) {
			return s.Groups.SharesGroup(ctx, one, other)
		},
		Closed: func(ctx context.Context, person plein.ID) error { return s.Sessions.EndAll(ctx, person, 0) }})
	s.Groups = groups.New(groups.Deps{DB: a.DB, Changes: s.Changes, Clock: a.Clock, Grants: s.Access, People: s.People, Log: o.Log})
	s.Items = items.New(items.Deps{DB: a.DB, Changes: s.Changes, Clock: a.Clock, Access: s.Access, People: s.People,
		Text: text.New(), Named: s.named, Moderates: s.moderates, Calls: s.calls})
	s.Files = files.New(files.Deps{DB: a.DB, Changes: s.Changes, Clock: a.Clock, Access: s.Access, Items: s.Items, Blobs: s.Blobs})
	s.Items.UseFiles(s.Files.Attach, s.Files.Of)
	s.SignIn = signin.New(signin.Deps{DB: a.DB, Changes: s.Changes, Clock: a.Clock, Jobs: s.Jobs, Mail: s.Mail, People: s.People,
		Sessions: s.Sessions, Words: s.Words, Base: o.Settings.Base(), Secure: o.Settings.Secure(), OrgName: a.OrgName, Welcome: a.welcome, Page: a.Page, Log: o.Log})
	s.Oversight = oversight.New(oversight.Deps{DB: a.DB, Clock: a.Clock, Page: a.Page, Faces: s.People.Cards})
	s.Admin = admin.New(admin.Deps{DB: a.DB, Changes: s.Changes, Clock: a.Clock, People: s.People, Groups: s.Groups, Sessions: s.Sessions,
		Jobs: s.Jobs, Page: a.Page, Log: o.Log, SendLink: s.sendLink, Version: o.Version, Data: o.Settings.Data, Errors: a.errors,
		Defaults: admin.Settings{OrgName: strings.TrimSpace(o.Settings.OrgName), DefaultLang: o.Settings.DefaultLang, Zone: o.Settings.TimeZone, Guests: true}})
	s.Suggest = suggest.New(suggest.Deps{Clock: a.Clock, People: s.People, Groups: s.Groups, Access: s.Access, Items: s.Items,
		Page: a.Page, Zone: func(ctx context.Context) *time.Location { return a.wants(ctx).Zone }})
	s.Knows = knows.New(knows.Deps{DB: a.DB, Changes: s.Changes, Clock: a.Clock, Access: s.Access, People: s.People, Items: s.Items,
		Words: s.Words, Page: a.Page, Said: s.saidAbout})
	s.Feed = feed.New(feed.Deps{DB: a.DB, Clock: a.Clock, Access: s.Access, Items: s.Items,
		Around:  func() uint64 { return s.Access.Version() + s.People.Version() + s.Groups.Version() },
		Visited: a.badge})
	key, err := installationKey(ctx, a.DB, "live")
	if err != nil {
		return nil, err
	}
	s.Live = live.New(live.Deps{Bus: a.bus, Clock: a.Clock, Access: s.Access, Items: s.Items, Key: key, Log: o.Log,
		Actor: s.People.Actor, Sessions: s.Sessions.Living, Counts: s.badges})
	s.Search = search.New(search.Deps{DB: a.DB, Clock: a.Clock, Log: o.Log, Access: s.Access, Items: s.Items, People: s.People,
		Groups: s.Groups, Inside: s.Files.Inside})
	s.Notices = notices.New(notices.Deps{DB: a.DB, Changes: s.Changes, Clock: a.Clock, Access: s.Access, People: s.People, Groups: s.Groups,
		Items: s.Items, Feed: s.Feed, Publish: a.bus.Publish, Looking: s.Live.Looking, Page: a.Page, Log: o.Log})
	s.Trending = trending.New(trending.Deps{DB: a.DB, Clock: a.Clock, Access: s.Access, People: s.People, Items: s.Items, Page: a.Page,
		Follows: s.follows, SearchHref: func(words string) string { return "/search?q=" + url.QueryEscape(words) }})
	s.Syndication = syndication.New(syndication.Deps{DB: a.DB, Clock: a.Clock, People: s.People, Groups: s.Groups, Items: s.Items, Feed: s.Feed,
		Words: s.Words, Base: o.Settings.Base(), Page: a.Page, OrgName: a.OrgName, Actor: a.asNow, Search: s.searched,
		Unlimited: o.Limits != nil && *o.Limits == (web.Limits{})})
	return s, nil
}

// searched gives the newest of what was said with some words in it.
func (s *square) searched(ctx context.Context, actor plein.Actor, query string, limit int) ([]plein.ID, error) {
	found, err := s.Search.Search(ctx, actor, search.Query{Text: query, Limit: limit})
	var out []plein.ID
	for _, h := range found.Hits {
		if !slices.Contains(out, h.Item) {
			out = append(out, h.Item)
		}
	}
	return out, err
}

// follows gives whom somebody follows.
func (s *square) follows(ctx context.Context, actor plein.Actor) ([]plein.ID, error) {
	f, err := s.Feed.Follows(ctx, actor)
	return f.People, err
}

func (s *square) unitNames(ctx context.Context, ids []plein.ID) (map[plein.ID]string, error) {
	tree, err := s.People.Units(ctx)
	if err != nil {
		return nil, err
	}
	out := make(map[plein.ID]string, len(ids))
	for _, id := range ids {
		out[id] = tree.Name(id)
	}
	return out, nil
}

func (s *square) groupNames(ctx context.Context, ids []plein.ID) (map[plein.ID]access.GroupName, error) {
	found, err := s.Groups.Names(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[plein.ID]access.GroupName, len(found))
	for id, g := range found {
		out[id] = access.GroupName{Name: g.Name, Tile: g.Tile, Archived: g.Archived}
	}
	return out, nil
}

// named finds whom a name in a text means: people and groups of exactly that
// name that the writer may know of.
func (s *square) named(ctx context.Context, a plein.Actor, name string) ([]text.Mention, error) {
	var out []text.Mention
	cards, err := s.People.Called(ctx, a, name)
	if err != nil {
		return nil, err
	}
	for _, c := range cards {
		out = append(out, text.Mention{Kind: "person", ID: c.ID, Name: c.Name})
	}
	found, err := s.Groups.Resolve(ctx, a, []string{name})
	if err != nil {
		return nil, err
	}
	if g, ok := found[name]; ok {
		out = append(out, text.Mention{Kind: "group", ID: g.ID, Name: g.Name})
	}
	return out, nil
}

// saidAbout finds what was said about a question, for who looks for people.
func (s *square) saidAbout(ctx context.Context, a plein.Actor, question string, limit int) ([]knows.Saying, error) {
	found, err := s.Search.Search(ctx, a, search.Query{Text: question, Limit: limit})
	if err != nil {
		return nil, err
	}
	var out []knows.Saying
	for _, h := range found.Hits {
		if h.Kind != search.KindFile { // what hangs at it tells less of who put it there
			out = append(out, knows.Saying{Item: h.Item, Thread: h.Root, Author: h.Author, Audience: h.Audience,
				Question: h.Kind == search.Kind(plein.KindQuestion)})
		}
	}
	return out, nil
}

// calls tells what naming a group does: it is told to whoever is in it.
func (s *square) calls(ctx context.Context, a plein.Actor, id plein.ID) (items.Call, error) {
	g, err := s.Groups.Look(ctx, a, id)
	return items.Call{Name: g.Name, People: g.Members, About: g.About, May: a.Can(plein.MentionLarge) || g.Role == groups.Owner}, err
}

// moderates says who looks after the talk of an audience, from the database: for
// acts.
func (s *square) moderates(ctx context.Context, a plein.Actor, id plein.ID) (bool, error) {
	return s.runs(ctx, a, id, s.Groups.RoleIn)
}

// shownRuns is the same from memory, for deciding which buttons a page shows.
func (s *square) shownRuns(ctx context.Context, a plein.Actor, id plein.ID) (bool, error) {
	return s.runs(ctx, a, id, func(ctx context.Context, group, person plein.ID) (groups.Role, error) {
		roles, err := s.Groups.Roles(ctx, person)
		return roles[group], err
	})
}

// runs is the rule: in a group its owners and moderators, in a department its head
// and those above, and in what everybody reads whoever holds Moderate. A rank
// opens nothing that one is not in.
func (s *square) runs(ctx context.Context, a plein.Actor, id plein.ID, roleIn func(ctx context.Context, group, person plein.ID) (groups.Role, error)) (bool, error) {
	audience, err := s.Access.Find(ctx, id)
	if err != nil {
		return false, err
	}
	switch audience.Kind {
	case plein.Org:
		return a.Can(plein.Moderate), nil
	case plein.Unit:
		tree, err := s.People.Units(ctx)
		if err != nil {
			return false, err
		}
		for _, above := range tree.Above(id) {
			if u, _ := tree.Unit(above); u.Head == a.ID {
				return true, nil
			}
		}
		r, err := s.Access.Reader(ctx, a)
		return err == nil && r.Holds(id) && a.Can(plein.Moderate), err
	case plein.Open, plein.Closed, plein.Secret:
		role, err := roleIn(ctx, id, a.ID)
		if err != nil {
			return false, err
		}
		return role.Runs() || (audience.Kind == plein.Open && a.Can(plein.Moderate)), nil
	}
	return false, nil
}

// sendLink asks for a letter with a link to sign in, for a person that somebody
// else looks after.
func (s *square) sendLink(ctx context.Context, person plein.ID) error {
	p, err := s.People.Find(ctx, person)
	if err != nil {
		return err
	}
	return s.SignIn.Ask(ctx, "enter", p.Email, "/", netip.Addr{})
}

// actor tells who sends a request.
func (a *App) actor(r *http.Request) (plein.Actor, error) {
	token := session.Token(r, a.Settings.Secure())
	if token == "" {
		return plein.Actor{}, nil
	}
	found, err := a.Sessions.Find(r.Context(), token)
	if err != nil {
		return plein.Actor{}, err
	}
	actor, err := a.asNow(r.Context(), found.Person)
	if err != nil {
		return plein.Actor{}, err
	}
	actor.Session = found.ID
	return actor, nil
}

// asNow gives a person as they may act now, in what the organisation allows.
func (a *App) asNow(ctx context.Context, person plein.ID) (plein.Actor, error) {
	actor, err := a.People.Actor(ctx, person)
	if err != nil {
		return plein.Actor{}, err
	}
	return a.wants(ctx).Limit(actor), nil
}
