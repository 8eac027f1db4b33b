package imports

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"plein/internal/plein"
	"plein/internal/rooms/imports/internal/intake"
	"plein/internal/rooms/imports/internal/markup"
)

// mattermostNames tells whom a text means, in the team where it was written.
type mattermostNames struct {
	sink
	team string
}

func (n mattermostNames) Person(name string) (string, plein.ID, bool) {
	return n.mention(mmUserSource(name))
}

func (n mattermostNames) Group(name string) (string, plein.ID, bool) {
	return n.mentionGroup(mmChannelSource(n.team, name))
}

// mmWorld is everything but the messages.
type mmWorld struct {
	teams    map[string]mmTeam
	channels map[string]*stagedGroup
	order    []string
	users    []stagedPerson
	sets     map[string]bool
	setOrder []stagedSet
	ignored  map[string]int
}

// world reads everything but the messages; channels and people may stand
// anywhere in the file.
func (x *mattermostExport) world(ctx context.Context, s sink) (*mmWorld, error) {
	w := &mmWorld{teams: map[string]mmTeam{}, channels: map[string]*stagedGroup{}, sets: map[string]bool{}, ignored: map[string]int{}}
	type belongs struct{ team, channel, user, roles string }
	var members []belongs
	err := x.lines(ctx, func(at string, l *mmLine) error {
		switch {
		case l.Type == "team" && l.Team != nil:
			if _, ok := w.teams[l.Team.Name]; ok {
				return s.problem(at, "the same team is there twice")
			}
			w.teams[l.Team.Name] = *l.Team
		case l.Type == "channel" && l.Channel != nil:
			c := l.Channel
			source := mmChannelSource(c.Team, c.Name)
			if w.channels[source] != nil {
				return s.problem(at, "the same channel is there twice")
			}
			w.channels[source] = &stagedGroup{source: source, at: at, archived: c.DeletedAt > 0, kind: mmKind(w.teams, c),
				name: nameOf(plein.MaxGroupName, flex(c.Display), flex(c.Name), flex(x.phrases.channel)), purpose: markup.OneLine(firstOf(flex(c.Purpose), flex(c.Header)), plein.MaxPurpose)}
			w.order = append(w.order, source)
		case l.Type == "user" && l.User != nil:
			u := l.User
			if u.Username == "" {
				return s.problem(at, "the user has no username")
			}
			p := mmPerson(at, u)
			p.tidy(s)
			w.users = append(w.users, p)
			for _, t := range u.Teams {
				for _, c := range t.Channels {
					members = append(members, belongs{t.Name, c.Name, u.Username, c.Roles})
				}
			}
		case l.Type == "bot" && l.Bot != nil:
			p := stagedPerson{source: mmUserSource(l.Bot.Username), at: at}
			p.Handle, p.Bot = l.Bot.Username, true
			p.Name = nameOf(plein.MaxName, flex(l.Bot.Display), flex(l.Bot.Username), flex(x.phrases.bot))
			w.users = append(w.users, p)
		case l.Type == "direct_channel" && l.DirectChannel != nil:
			names := l.DirectChannel.Members
			for _, p := range l.DirectChannel.Participants {
				names = append(names, p.Username)
			}
			return w.set(s, at, names)
		case l.Type == "direct_post" && l.DirectPost != nil:
			return w.set(s, at, l.DirectPost.Members)
		case l.Type == "post" && l.Post != nil, l.Type == "version":
		case l.Type == "post", l.Type == "direct_post", l.Type == "user", l.Type == "channel", l.Type == "team":
			return s.problem(at, "says it is a %s and holds none", l.Type)
		default:
			if len(w.ignored) < 100 {
				w.ignored[l.Type]++
			}
		}
		if len(w.users) > x.limits.People || len(w.order) > x.limits.People {
			return intake.Refuse(at, "there are more than %d people or channels", x.limits.People)
		}
		return nil
	})
	for _, m := range members {
		if g := w.channels[mmChannelSource(m.team, m.channel)]; g != nil {
			g.members = append(g.members, stagedMember{person: mmUserSource(m.user), owner: strings.Contains(m.roles, "channel_admin")})
		}
	}
	return w, err
}

func (w *mmWorld) set(s sink, at string, names []string) error {
	names = mmMembers(names)
	if len(names) == 0 || len(names) > 1000 {
		return s.problem(at, "a direct conversation of %d people", len(names))
	}
	source := mmSetSource(names)
	if w.sets[source] {
		return nil
	}
	w.sets[source] = true
	d := stagedSet{source: source, at: at}
	for _, n := range names {
		d.people = append(d.people, mmUserSource(n))
	}
	w.setOrder = append(w.setOrder, d)
	return nil
}

// mmKind says who may read a channel. A public channel is open when whoever
// likes may join its team. Everything else has a name that only some people
// know, so it becomes secret and not closed: a closed group's name is seen by
// all.
func mmKind(teams map[string]mmTeam, c *mmChannel) plein.AudienceKind {
	team, ok := teams[c.Team]
	if ok && c.Type == "O" && team.Type == "O" && team.OpenInvite {
		return plein.Open
	}
	return plein.Secret
}

func mmPerson(at string, u *mmUser) stagedPerson {
	p := stagedPerson{source: mmUserSource(u.Username), at: at}
	p.Handle = u.Username
	p.Name = nameOf(plein.MaxName, flex(strings.TrimSpace(u.FirstName+" "+u.LastName)), flex(u.Nickname), flex(u.Username))
	p.Given = markup.OneLine(u.FirstName, plein.MaxName)
	p.Email = emailOf(u.Email)
	p.Title = markup.OneLine(u.Position, plein.MaxJobTitle)
	p.Guest = slices.Contains(strings.Fields(u.Roles), "system_guest")
	p.Closed = u.DeleteAt > 0
	if l, _, _ := strings.Cut(u.Locale, "-"); l == "nl" || l == "en" {
		p.Lang = l
	}
	return p
}

func mmUserSource(name string) string          { return "mattermost:user:" + strings.ToLower(name) }
func mmChannelSource(team, name string) string { return "mattermost:channel:" + team + ":" + name }

func mmMembers(names []string) []string {
	names = slices.Clone(names)
	for i := range names {
		names[i] = strings.ToLower(names[i])
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return slices.DeleteFunc(names, func(n string) bool { return n == "" })
}

// mmSetSource names a direct conversation by its people, which is all that the
// export knows it by.
func mmSetSource(sorted []string) string {
	joined := strings.Join(sorted, ",")
	if len(joined) > 200 {
		h := fnv.New128a()
		_, _ = h.Write([]byte(joined))
		joined = fmt.Sprintf("%x", h.Sum(nil))
	}
	return "mattermost:direct:" + joined
}
