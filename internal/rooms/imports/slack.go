package imports

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"plein/internal/plein"
	"plein/internal/rooms/imports/internal/intake"
	"plein/internal/rooms/imports/internal/markup"
)

// slackExport reads the zip that a Slack workspace exports: lists of users and
// channels, and a folder for each channel with a file for each day. Files are
// links in it, not bytes; some tools add the bytes under __uploads/.
type slackExport struct {
	zip     *intake.Archive
	limits  limits
	phrases phrases
	prefix  string              // the folder in the archive that holds everything, or ""
	days    map[string][]string // channel folder → its files, oldest first
	other   []string            // JSON files in channel folders that are no days
	threads map[string]*threads // by source; made by the first reading, used by the second
	bots    map[string]string   // names of programs by their id; found by the first reading
}

// The people, channels and messages of an export, as far as they are used.
type (
	slackUser struct {
		ID       flex         `json:"id"`
		Name     flex         `json:"name"`
		RealName flex         `json:"real_name"`
		Deleted  bool         `json:"deleted"`
		IsBot    bool         `json:"is_bot"`
		Guest    bool         `json:"is_restricted"`
		Guest1   bool         `json:"is_ultra_restricted"`
		Zone     flex         `json:"tz"`
		Profile  slackProfile `json:"profile"`
	}
	slackProfile struct {
		RealName  flex `json:"real_name"`
		Display   flex `json:"display_name"`
		FirstName flex `json:"first_name"`
		Email     flex `json:"email"`
		Title     flex `json:"title"`
		Phone     flex `json:"phone"`
		Pronouns  flex `json:"pronouns"`
		BotID     flex `json:"bot_id"`
	}
	slackChannel struct {
		ID       flex       `json:"id"`
		Name     flex       `json:"name"`
		Created  flex       `json:"created"`
		Creator  flex       `json:"creator"`
		Archived bool       `json:"is_archived"`
		Private  bool       `json:"is_private"`
		Members  []flex     `json:"members"`
		Topic    slackValue `json:"topic"`
		Purpose  slackValue `json:"purpose"`
	}
	slackValue struct {
		Value flex `json:"value"`
	}
	slackMessage struct {
		Type        flex              `json:"type"`
		Subtype     flex              `json:"subtype"`
		User        flex              `json:"user"`
		Username    flex              `json:"username"`
		BotID       flex              `json:"bot_id"`
		BotProfile  slackBot          `json:"bot_profile"`
		Text        flex              `json:"text"`
		TS          flex              `json:"ts"`
		ThreadTS    flex              `json:"thread_ts"`
		Edited      slackEdited       `json:"edited"`
		Comment     slackComment      `json:"comment"`
		Attachments []slackAttachment `json:"attachments"`
		Blocks      json.RawMessage   `json:"blocks"`
		Files       []slackFile       `json:"files"`
		File        *slackFile        `json:"file"`
		Reactions   []slackReaction   `json:"reactions"`
	}
	slackBot struct {
		Name flex `json:"name"`
	}
	slackEdited struct {
		TS flex `json:"ts"`
	}
	slackComment struct {
		User flex `json:"user"`
	}
	slackReaction struct {
		Name  flex   `json:"name"`
		Users []flex `json:"users"`
	}
	slackFile struct {
		ID    flex `json:"id"`
		Name  flex `json:"name"`
		Title flex `json:"title"`
		Alt   flex `json:"alt_txt"`
		URL   flex `json:"url_private"`
		Perma flex `json:"permalink"`
	}
	slackAttachment struct {
		Pretext   flex         `json:"pretext"`
		Title     flex         `json:"title"`
		TitleLink flex         `json:"title_link"`
		FromURL   flex         `json:"from_url"`
		Text      flex         `json:"text"`
		Fallback  flex         `json:"fallback"`
		ImageURL  flex         `json:"image_url"`
		Fields    []slackField `json:"fields"`
	}
	slackField struct {
		Title flex `json:"title"`
		Value flex `json:"value"`
	}
)

// flex is a text that some exports write as a number or leave out.
type flex string

// UnmarshalJSON takes any plain value; what is not plain is nothing.
func (f *flex) UnmarshalJSON(b []byte) error {
	switch {
	case len(b) > 1 && b[0] == '"' && bytes.IndexByte(b, '\\') < 0:
		*f = flex(b[1 : len(b)-1]) // nothing in it to undo; a message has a dozen of these
	case len(b) > 0 && b[0] == '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*f = flex(s)
	case len(b) > 0 && (b[0] == '-' || b[0] >= '0' && b[0] <= '9'):
		*f = flex(b)
	default:
		*f = ""
	}
	return nil
}

func (f flex) s() string { return string(f) }

var slackDay = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}\.json$`)

func openSlack(file string, l limits, ph phrases) (reader, error) {
	z, err := intake.OpenArchive(file, l.Limits)
	if err != nil {
		return nil, err
	}
	x := &slackExport{zip: z, limits: l, phrases: ph, days: map[string][]string{}, threads: map[string]*threads{},
		bots: map[string]string{}}
	home, ok := "", false
	for _, name := range z.Order {
		switch path.Base(name) {
		case "users.json", "org_users.json":
			if dir := path.Dir(name); !strings.Contains(name, "__MACOSX") && (!ok || len(dir) < len(home)) {
				home, ok = dir, true
			}
		}
	}
	if !ok {
		_ = z.Close()
		return nil, intake.Refuse(z.Name, "is not a Slack export: it holds no users.json")
	}
	if home != "." {
		x.prefix = home + "/"
	}
	for _, name := range z.Order {
		rest, ok := strings.CutPrefix(name, x.prefix)
		if !ok {
			continue
		}
		folder, day, ok := strings.Cut(rest, "/")
		switch {
		case !ok || folder == "__uploads" || folder == "__MACOSX" || path.Ext(day) != ".json":
		case slackDay.MatchString(day):
			x.days[folder] = append(x.days[folder], name)
		default:
			x.other = append(x.other, name)
		}
	}
	for _, files := range x.days {
		slices.Sort(files)
	}
	return x, nil
}

func (x *slackExport) close() error { return x.zip.Close() }

// conversation is one channel, private channel or direct conversation.
type conversation struct {
	slackChannel
	list   string // the file that named it
	source string
	direct bool
	kind   plein.AudienceKind
	folder string
	at     string
}

func (x *slackExport) read(ctx context.Context, s sink) error {
	seen := map[string]bool{}
	for _, list := range []string{"users.json", "org_users.json"} {
		if err := x.users(list, s, seen); err != nil {
			return err
		}
	}
	all, err := x.conversations()
	if err != nil {
		return err
	}
	folders := map[string]bool{}
	for i := range all {
		c := &all[i]
		if c.ID == "" {
			if err := s.problem(c.at, "the channel has no id"); err != nil {
				return err
			}
			continue
		}
		folders[c.folder] = true
		if err := x.announce(c, s); err != nil {
			return err
		}
	}
	for i := range all {
		if err := x.messages(ctx, &all[i], s); err != nil {
			return err
		}
	}
	for _, folder := range sortedKeys(x.days) {
		if !folders[folder] {
			s.note(x.zip.Name+", "+intake.Shorten(folder), "no list names this channel, so nobody knows who may read it; left out")
		}
	}
	for _, name := range x.other {
		s.note(x.zip.Name+", "+intake.Shorten(name), "is not a day of messages; left out")
	}
	return nil
}

func (x *slackExport) users(list string, s sink, seen map[string]bool) error {
	return x.list(list, func(at string, raw []byte) error {
		var u slackUser
		if err := json.Unmarshal(raw, &u); err != nil {
			return intake.Refuse(at, "is not a user as Slack writes them (%v)", err)
		}
		if u.ID == "" {
			return s.problem(at, "the user has no id")
		}
		if list == "org_users.json" && seen[u.ID.s()] {
			return nil // the organisation's list repeats the workspace's
		}
		seen[u.ID.s()] = true
		p := stagedPerson{source: "slack:" + u.ID.s(), at: at}
		p.Handle = u.Name.s()
		p.Name = nameOf(plein.MaxName, u.Profile.RealName, u.RealName, u.Profile.Display, u.Name, u.ID)
		p.Given = markup.OneLine(u.Profile.FirstName.s(), plein.MaxName)
		p.Email = emailOf(u.Profile.Email.s())
		p.Title = markup.OneLine(markup.SlackPlain(u.Profile.Title.s()), plein.MaxJobTitle)
		p.Phone = markup.OneLine(u.Profile.Phone.s(), 40)
		p.Pronouns = markup.OneLine(u.Profile.Pronouns.s(), 40)
		p.Zone = zoneOf(u.Zone.s())
		p.Bot = u.IsBot || u.ID == "USLACKBOT"
		p.Guest = u.Guest || u.Guest1
		p.Closed = u.Deleted
		p.tidy(s)
		return s.person(p)
	})
}

// list reads one of the lists at the top of the export; one that is not there
// is empty.
func (x *slackExport) list(name string, fn func(at string, raw []byte) error) error {
	if x.zip.Size(x.prefix+name) < 0 {
		return nil
	}
	r, err := x.zip.Open(x.prefix + name)
	if err != nil {
		return err
	}
	defer r.Close()
	at := x.zip.Name + ", " + name
	return intake.EachElement(at, r, x.limits.Record, func(n int, raw []byte) error {
		return fn(fmt.Sprintf("%s, record %d", at, n), raw)
	})
}

func (x *slackExport) conversations() ([]conversation, error) {
	var all []conversation
	for _, list := range []string{"channels.json", "groups.json", "mpims.json", "dms.json"} {
		err := x.list(list, func(at string, raw []byte) error {
			if len(all) >= x.limits.People {
				return intake.Refuse(at, "there are more than %d channels", x.limits.People)
			}
			c := conversation{list: list, at: at}
			if err := json.Unmarshal(raw, &c.slackChannel); err != nil {
				return intake.Refuse(at, "is not a channel as Slack writes them (%v)", err)
			}
			c.source = "slack:" + c.ID.s()
			c.direct = list == "mpims.json" || list == "dms.json"
			// The name of a private channel is private too, so it does not become
			// a closed group, whose name all people see.
			if c.kind = plein.Secret; list == "channels.json" && !c.Private {
				c.kind = plein.Open
			}
			if c.folder = c.Name.s(); c.folder == "" || x.days[c.folder] == nil {
				c.folder = c.ID.s()
			}
			all = append(all, c)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// announce hands over the group or direct set.
func (x *slackExport) announce(c *conversation, s sink) error {
	var members []string
	for _, m := range c.Members {
		if m != "" && !slices.Contains(members, "slack:"+m.s()) {
			members = append(members, "slack:"+m.s())
		}
		if len(members) > 1000 && c.direct {
			return s.problem(c.at, "a direct conversation of more than 1000 people")
		}
	}
	if c.direct {
		if len(members) == 0 {
			return s.problem(c.at, "a direct conversation without people")
		}
		return s.set(stagedSet{source: c.source, at: c.at, people: members})
	}
	g := stagedGroup{source: c.source, at: c.at, kind: c.kind, archived: c.Archived,
		name:    nameOf(plein.MaxGroupName, c.Name, c.ID),
		purpose: markup.OneLine(markup.SlackPlain(firstOf(c.Purpose.Value, c.Topic.Value)), plein.MaxPurpose)}
	if n, err := strconv.ParseInt(c.Created.s(), 10, 64); err == nil && n > 0 && n < 1e12 {
		g.made = time.Unix(n, 0).UTC()
	}
	owned := false
	for _, m := range members {
		owner := m == "slack:"+c.Creator.s()
		owned = owned || owner
		g.members = append(g.members, stagedMember{person: m, owner: owner})
	}
	if !owned && len(g.members) > 0 {
		g.members[0].owner = true // whoever started it has left; somebody must look after it
	}
	return s.group(g)
}
