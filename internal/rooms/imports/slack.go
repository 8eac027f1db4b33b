package imports

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"plein/internal/plein"
)

// slackExport reads the zip that a Slack workspace exports: lists of users and
// channels, and a folder for each channel with a file for each day. Files are
// links in it, not bytes; some tools add the bytes under __uploads/.
type slackExport struct {
	zip     *archive
	limits  limits
	phrases phrases
	prefix  string              // the folder in the archive that holds everything, or ""
	days    map[string][]string // channel folder → its files, oldest first
	other   []string            // JSON files in channel folders that are no days
	threads map[string]*threads // by source; made by the first reading, used by the second
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
	z, err := openArchive(file, l)
	if err != nil {
		return nil, err
	}
	x := &slackExport{zip: z, limits: l, phrases: ph, days: map[string][]string{}, threads: map[string]*threads{}}
	home, ok := "", false
	for _, name := range z.order {
		switch path.Base(name) {
		case "users.json", "org_users.json":
			if dir := path.Dir(name); !strings.Contains(name, "__MACOSX") && (!ok || len(dir) < len(home)) {
				home, ok = dir, true
			}
		}
	}
	if !ok {
		_ = z.close()
		return nil, problem(z.name, "is not a Slack export: it holds no users.json")
	}
	if home != "." {
		x.prefix = home + "/"
	}
	for _, name := range z.order {
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

func (x *slackExport) close() error { return x.zip.close() }

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
			s.note(x.zip.name+", "+shorten(folder), "no list names this channel, so nobody knows who may read it; left out")
		}
	}
	for _, name := range x.other {
		s.note(x.zip.name+", "+shorten(name), "is not a day of messages; left out")
	}
	return nil
}

func (x *slackExport) users(list string, s sink, seen map[string]bool) error {
	return x.list(list, func(at string, raw []byte) error {
		var u slackUser
		if err := json.Unmarshal(raw, &u); err != nil {
			return problem(at, "is not a user as Slack writes them (%v)", err)
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
		p.Given = oneLine(u.Profile.FirstName.s(), plein.MaxName)
		p.Email = emailOf(u.Profile.Email.s())
		p.Title = oneLine(slackPlain(u.Profile.Title.s()), plein.MaxJobTitle)
		p.Phone = oneLine(u.Profile.Phone.s(), 40)
		p.Pronouns = oneLine(u.Profile.Pronouns.s(), 40)
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
	if x.zip.size(x.prefix+name) < 0 {
		return nil
	}
	r, err := x.zip.open(x.prefix + name)
	if err != nil {
		return err
	}
	defer r.Close()
	at := x.zip.name + ", " + name
	return eachElement(at, r, x.limits.Record, func(n int, raw []byte) error {
		return fn(fmt.Sprintf("%s, record %d", at, n), raw)
	})
}

func (x *slackExport) conversations() ([]conversation, error) {
	var all []conversation
	for _, list := range []string{"channels.json", "groups.json", "mpims.json", "dms.json"} {
		err := x.list(list, func(at string, raw []byte) error {
			if len(all) >= x.limits.People {
				return problem(at, "there are more than %d channels", x.limits.People)
			}
			c := conversation{list: list, at: at}
			if err := json.Unmarshal(raw, &c.slackChannel); err != nil {
				return problem(at, "is not a channel as Slack writes them (%v)", err)
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
		purpose: oneLine(slackPlain(firstOf(c.Purpose.Value, c.Topic.Value)), plein.MaxPurpose)}
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

// each reads a conversation's messages in the order of its files.
func (x *slackExport) each(ctx context.Context, c *conversation, fn func(at string, m *slackMessage) error) error {
	if c.ID == "" {
		return nil
	}
	for _, day := range x.days[c.folder] {
		if err := ctx.Err(); err != nil {
			return err
		}
		r, err := x.zip.open(day)
		if err != nil {
			return err
		}
		file := x.zip.name + ", " + strings.TrimPrefix(day, x.prefix)
		err = eachElement(file, r, x.limits.Record, func(n int, raw []byte) error {
			var m slackMessage
			at := file + ", record " + itoa(n)
			if err := json.Unmarshal(raw, &m); err != nil {
				return problem(at, "is not a message as Slack writes them (%v)", err)
			}
			return fn(at, &m)
		})
		_ = r.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// survey is the first reading of a conversation: it looks at every message as it
// comes and keeps the numbers, from which the threads follow.
func (x *slackExport) survey(ctx context.Context, c *conversation, s sink) error {
	t, sound := &threads{}, true
	err := x.each(ctx, c, func(at string, m *slackMessage) error {
		if len(t.entries) >= x.limits.Messages {
			return problem(at, "there are more than %d messages", x.limits.Messages)
		}
		ts, err := slackTime(m.TS.s())
		if err != nil {
			sound = false
			return s.problem(at, "%v", err)
		}
		parent := int64(0)
		if m.ThreadTS != "" {
			if parent, err = slackTime(m.ThreadTS.s()); err != nil {
				sound = false
				return s.problem(at, "thread: %v", err)
			}
		}
		h := fnv.New64a()
		_, _ = io.WriteString(h, m.User.s()+"\x00"+m.Subtype.s()+"\x00"+m.Text.s())
		t.add(ts, parent, h.Sum64())
		it, err := x.item(c, s, at, m, ts)
		if err != nil {
			return err
		}
		return emit(s, it)
	})
	if err != nil || !sound {
		return err
	}
	clashes := t.resolve()
	if t.early > x.limits.Early {
		return problem(x.zip.name+", "+shorten(c.folder), "more than %d replies stand before the message that they answer", x.limits.Early)
	}
	x.threads[c.source] = t
	if len(clashes) == 0 {
		return nil
	}
	return x.clashes(ctx, c, s, clashes)
}

// clashes reads once more to say where the messages are that cannot be placed.
func (x *slackExport) clashes(ctx context.Context, c *conversation, s sink, all []clash) error {
	wrong := map[int32]clash{}
	for _, w := range all[:min(len(all), maxProblems)] {
		wrong[w.pos] = w
	}
	pos := int32(-1)
	return x.each(ctx, c, func(at string, m *slackMessage) error {
		pos++
		w, ok := wrong[pos]
		switch {
		case ok && w.ring:
			return s.problem(at, "the thread goes round in a circle")
		case ok:
			return s.problem(at, "two different messages have the number %s", shorten(m.TS.s()))
		}
		return nil
	})
}

// messages hands over a conversation, each message after what it answers.
func (x *slackExport) messages(ctx context.Context, c *conversation, s sink) error {
	t := x.threads[c.source]
	if t == nil {
		return x.survey(ctx, c, s)
	}
	if t.missing > 0 {
		s.note(x.zip.name+", "+shorten(c.folder), "%d replies to messages that are not in the export became posts", t.missing)
	}
	var late []*stagedItem
	pos := int32(-1)
	err := x.each(ctx, c, func(at string, m *slackMessage) error {
		if pos++; int(pos) >= len(t.byPos) {
			return problem(at, "the file changed while it was read")
		}
		i := t.byPos[pos]
		e := t.entries[i]
		if e.twin {
			s.note(at, "is the same message once more; left out")
			return nil
		}
		it, err := x.item(c, s, at, m, e.ts)
		if err != nil {
			return err
		}
		if up := t.above(i); up >= 0 {
			it.parent = slackSource(c, t.entries[up].ts)
			it.kind = plein.KindReply
		}
		if e.late {
			late = append(late, it)
			return nil
		}
		return emit(s, it)
	})
	if err != nil {
		return err
	}
	// First-level replies go before what hangs under them.
	for _, level := range []bool{true, false} {
		for _, it := range late {
			up := t.find(slackMicros(c, it.parent))
			if (t.entries[up].root == up) == level {
				if err := emit(s, it); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func slackSource(c *conversation, ts int64) string {
	return fmt.Sprintf("%s:%d.%06d", c.source, ts/1e6, ts%1e6)
}

// slackMicros reads back what slackSource wrote.
func slackMicros(c *conversation, source string) int64 {
	ts, _ := slackTime(strings.TrimPrefix(source, c.source+":"))
	return ts
}

// slackTime reads "1452837318.000002": seconds, and a number that keeps messages
// of one second apart, which serves as microseconds.
func slackTime(s string) (int64, error) {
	whole, frac, _ := strings.Cut(s, ".")
	sec, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || len(whole) > 12 || sec < 0 || len(frac) > 9 || strings.Trim(frac, "0123456789") != "" {
		return 0, fmt.Errorf("%q is not a time", shorten(s))
	}
	micros, _ := strconv.ParseInt((frac + "000000")[:6], 10, 64)
	return sec*1e6 + micros, nil
}

// item makes one message ready.
func (x *slackExport) item(c *conversation, s sink, at string, m *slackMessage, ts int64) (*stagedItem, error) {
	it := &stagedItem{source: slackSource(c, ts), at: at, audience: c.source, direct: c.direct,
		kind: slackKind(m, c.direct), made: time.UnixMicro(ts).UTC()}
	switch {
	case m.User != "":
		it.author = "slack:" + m.User.s()
		if m.BotID != "" {
			it.bot = nameOf(plein.MaxName, m.BotProfile.Name, m.Username, flex(x.phrases.bot))
		}
	case m.BotID != "":
		it.author = "slack:bot:" + m.BotID.s()
		it.bot = nameOf(plein.MaxName, m.BotProfile.Name, m.Username, flex(x.phrases.bot))
	case m.Comment.User != "":
		it.author = "slack:" + m.Comment.User.s()
	default:
		it.author = "slack:unknown"
	}
	if len(it.author) > 200 {
		return nil, problem(at, "the name of the author is longer than 200 bytes")
	}
	if m.Edited.TS != "" {
		if e, err := slackTime(m.Edited.TS.s()); err == nil && e > ts {
			it.edited = time.UnixMicro(e).UTC()
		}
	}
	for _, r := range m.Reactions {
		for _, u := range r.Users {
			if u != "" && len(u) < 100 && len(it.reactions) < maxReactions {
				it.react("slack:"+u.s(), r.Name.s(), it.made)
			}
		}
	}
	body := newSlackText(s).message(m)
	files := m.Files
	if m.File != nil {
		files = append(files, *m.File)
	}
	for _, f := range files {
		line, file := x.file(m, f)
		switch {
		case file != nil && len(it.files) < plein.MaxAttachments && file.size <= plein.MaxFileBytes:
			it.files = append(it.files, *file)
			continue
		case file != nil:
			s.note(at, "the file %s is too large or one too many; its name was kept", shorten(file.name))
		}
		if line != "" {
			body = paragraph(body, line)
		}
	}
	switch it.body = longText(body); {
	case m.Subtype == "tombstone":
		it.body = x.phrases.deleted // the thread below it remains
	case strings.TrimSpace(it.body) == "" && len(it.files) == 0:
		it.body = x.phrases.empty
	}
	return it, nil
}

// file gives a file's bytes when the archive has them, and always a line of text
// that can stand for it.
func (x *slackExport) file(m *slackMessage, f slackFile) (line string, file *stagedFile) {
	name := oneLine(firstOf(f.Name, f.Title, f.ID), plein.MaxFilename)
	if f.ID != "" {
		entry := x.prefix + "__uploads/" + f.ID.s() + "/" + f.Name.s()
		if size := x.zip.size(entry); size > 0 {
			file = &stagedFile{name: name, alt: oneLine(f.Alt.s(), plein.MaxAltText), size: size, open: opener(x.zip, entry)}
			return markdownLabel(name), file
		}
		if strings.Contains(m.Text.s(), "/"+f.ID.s()+"/") {
			return "", nil // the text links to it already
		}
	}
	if name == "" {
		return "", nil
	}
	// What follows the ? in an exported address is a key to all files of the
	// workspace; it is not kept.
	address, _, _ := strings.Cut(firstOf(f.Perma, f.URL), "?")
	return markdownLink(address, oneLine(firstOf(f.Title, f.Name, f.ID), plein.MaxFilename)), nil
}

var slackAlerts = []string{"channel_", "group_", "bot_add", "bot_remove", "bot_enable", "bot_disable", "pinned_item",
	"unpinned_item", "reminder_", "sh_room_", "huddle_"}

// slackKind tells the automatic messages from those that people wrote. "Joined"
// and "changed the topic" stay, with the person as their author.
func slackKind(m *slackMessage, direct bool) plein.Kind {
	if direct {
		return plein.KindMessage
	}
	if m.Subtype == "bot_message" {
		return plein.KindAlert
	}
	for _, prefix := range slackAlerts {
		if strings.HasPrefix(m.Subtype.s(), prefix) {
			return plein.KindAlert
		}
	}
	return plein.KindPost
}

// firstOf gives the first that holds more than space.
func firstOf(all ...flex) string {
	for _, f := range all {
		if strings.TrimSpace(string(f)) != "" {
			return string(f)
		}
	}
	return ""
}

// zoneOf keeps a time zone that exists.
func zoneOf(s string) string {
	if len(s) > 60 || !bytes.ContainsRune([]byte(s), '/') {
		return ""
	}
	if _, err := time.LoadLocation(s); err != nil {
		return ""
	}
	return s
}
