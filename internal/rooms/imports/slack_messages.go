package imports

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"plein/internal/plein"
	"plein/internal/rooms/imports/internal/intake"
	"plein/internal/rooms/imports/internal/markup"
)

// each reads a conversation's messages in the order of its files.
func (x *slackExport) each(ctx context.Context, c *conversation, fn func(at string, m *slackMessage) error) error {
	if c.ID == "" {
		return nil
	}
	for _, day := range x.days[c.folder] {
		if err := ctx.Err(); err != nil {
			return err
		}
		r, err := x.zip.Open(day)
		if err != nil {
			return err
		}
		file := x.zip.Name + ", " + strings.TrimPrefix(day, x.prefix)
		err = intake.EachElement(file, r, x.limits.Record, func(n int, raw []byte) error {
			var m slackMessage
			at := file + ", record " + itoa(n)
			if err := json.Unmarshal(raw, &m); err != nil {
				return intake.Refuse(at, "is not a message as Slack writes them (%v)", err)
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
			return intake.Refuse(at, "there are more than %d messages", x.limits.Messages)
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
		x.nameBot(m)
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
		return intake.Refuse(x.zip.Name+", "+intake.Shorten(c.folder), "more than %d replies stand before the message that they answer", x.limits.Early)
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
			return s.problem(at, "two different messages have the number %s", intake.Shorten(m.TS.s()))
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
		s.note(x.zip.Name+", "+intake.Shorten(c.folder), "%d replies to messages that are not in the export became posts", t.missing)
	}
	var late []*stagedItem
	pos := int32(-1)
	err := x.each(ctx, c, func(at string, m *slackMessage) error {
		if pos++; int(pos) >= len(t.byPos) {
			return intake.Refuse(at, "the file changed while it was read")
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
		return 0, fmt.Errorf("%q is not a time", intake.Shorten(s))
	}
	micros, _ := strconv.ParseInt((frac + "000000")[:6], 10, 64)
	return sec*1e6 + micros, nil
}

var service = regexp.MustCompile(`/services/([A-Z0-9]+)\|([^>]+)>`)

// nameBot learns what a program is called from the message with which somebody
// added it, because older exports list no programs.
func (x *slackExport) nameBot(m *slackMessage) {
	if m.Subtype != "bot_add" || len(x.bots) > 10_000 {
		return
	}
	if found := service.FindStringSubmatch(m.Text.s()); found != nil {
		x.bots[found[1]] = found[2]
	}
}

// item makes one message ready.
func (x *slackExport) item(c *conversation, s sink, at string, m *slackMessage, ts int64) (*stagedItem, error) {
	it := &stagedItem{source: slackSource(c, ts), at: at, audience: c.source, direct: c.direct,
		kind: slackKind(m, c.direct), made: time.UnixMicro(ts).UTC()}
	switch {
	case m.User != "":
		it.author = "slack:" + m.User.s()
		if m.BotID != "" {
			it.bot = nameOf(plein.MaxName, m.BotProfile.Name, m.Username, flex(x.bots[m.BotID.s()]), flex(x.phrases.bot))
		}
	case m.BotID != "":
		it.author = "slack:bot:" + m.BotID.s()
		it.bot = nameOf(plein.MaxName, m.BotProfile.Name, m.Username, flex(x.bots[m.BotID.s()]), flex(x.phrases.bot))
	case m.Comment.User != "":
		it.author = "slack:" + m.Comment.User.s()
	default:
		it.author = "slack:unknown"
	}
	if len(it.author) > 200 {
		return nil, intake.Refuse(at, "the name of the author is longer than 200 bytes")
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
	body := newSlackWords(s).message(m)
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
			s.note(at, "the file %s is too large or one too many; its name was kept", intake.Shorten(file.name))
		}
		if line != "" {
			body = markup.Paragraph(body, line)
		}
	}
	switch it.body = markup.LongText(body); {
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
	name := markup.OneLine(firstOf(f.Name, f.Title, f.ID), plein.MaxFilename)
	if f.ID != "" {
		entry := x.prefix + "__uploads/" + f.ID.s() + "/" + f.Name.s()
		if size := x.zip.Size(entry); size > 0 {
			file = &stagedFile{name: name, alt: markup.OneLine(f.Alt.s(), plein.MaxAltText), size: size, open: opener(x.zip, entry)}
			return markup.Label(name), file
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
	return markup.Link(address, markup.OneLine(firstOf(f.Title, f.Name, f.ID), plein.MaxFilename)), nil
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
