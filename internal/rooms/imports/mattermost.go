package imports

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"plein/internal/plein"
	"plein/internal/rooms/imports/internal/intake"
	"plein/internal/rooms/imports/internal/markup"
)

// mattermostExport reads Mattermost's bulk export: one JSON object on a line,
// alone or in a zip with its attachments under data/. It is also the form in
// which we hand over to others. Ours are: a post of the type
// custom_plein_question is a question, props.plein_title is a title, and a reply
// may carry replies.
type mattermostExport struct {
	name    string
	limits  limits
	phrases phrases

	zip   *intake.Archive // nil for a plain file
	entry string          // the lines in the zip
	data  string          // the folder of attachments in the zip, with a slash

	file *os.File // nil for a zip
	root *os.Root // the folder of the plain file, for attachments

	// seen tells messages apart of which place, time, author and text are the
	// same. It is filled anew by every reading.
	seen map[uint64]uint16
}

type (
	mmLine struct {
		Type          string           `json:"type"`
		Version       json.Number      `json:"version"`
		Team          *mmTeam          `json:"team"`
		Channel       *mmChannel       `json:"channel"`
		User          *mmUser          `json:"user"`
		Bot           *mmBot           `json:"bot"`
		Post          *mmPost          `json:"post"`
		DirectChannel *mmDirectChannel `json:"direct_channel"`
		DirectPost    *mmPost          `json:"direct_post"`
	}
	mmTeam struct {
		Name       string `json:"name"`
		Type       string `json:"type"`
		OpenInvite bool   `json:"allow_open_invite"`
	}
	mmChannel struct {
		Team      string `json:"team"`
		Name      string `json:"name"`
		Display   string `json:"display_name"`
		Type      string `json:"type"`
		Header    string `json:"header"`
		Purpose   string `json:"purpose"`
		DeletedAt int64  `json:"delete_at"`
	}
	mmUser struct {
		Username  string         `json:"username"`
		Email     string         `json:"email"`
		Nickname  string         `json:"nickname"`
		FirstName string         `json:"first_name"`
		LastName  string         `json:"last_name"`
		Position  string         `json:"position"`
		Roles     string         `json:"roles"`
		Locale    string         `json:"locale"`
		DeleteAt  int64          `json:"delete_at"`
		Teams     []mmMembership `json:"teams"`
	}
	mmMembership struct {
		Name     string                `json:"name"`
		Channels []mmChannelMembership `json:"channels"`
	}
	mmChannelMembership struct {
		Name  string `json:"name"`
		Roles string `json:"roles"`
	}
	mmBot struct {
		Username string `json:"username"`
		Display  string `json:"display_name"`
	}
	mmDirectChannel struct {
		Members      []string        `json:"members"`
		Participants []mmParticipant `json:"participants"`
	}
	mmParticipant struct {
		Username string `json:"username"`
	}
	mmPost struct {
		Team        string         `json:"team"`
		Channel     string         `json:"channel"`
		Members     []string       `json:"channel_members"`
		User        string         `json:"user"`
		Type        string         `json:"type"`
		Message     string         `json:"message"`
		Props       mmProps        `json:"props"`
		CreateAt    int64          `json:"create_at"`
		EditAt      int64          `json:"edit_at"`
		Reactions   []mmReaction   `json:"reactions"`
		Replies     []mmPost       `json:"replies"`
		Attachments []mmAttachment `json:"attachments"`
	}
	mmReaction struct {
		User     string `json:"user"`
		Emoji    string `json:"emoji_name"`
		CreateAt int64  `json:"create_at"`
	}
	mmAttachment struct {
		Path string `json:"path"`
	}
)

// mmProps is the bag in which any program may put anything; only ours is read.
type mmProps struct{ Title string }

// UnmarshalJSON ignores whatever it does not know.
func (p *mmProps) UnmarshalJSON(b []byte) error {
	var bag map[string]json.RawMessage
	if json.Unmarshal(b, &bag) == nil {
		_ = json.Unmarshal(bag["plein_title"], &p.Title)
	}
	return nil
}

const typeQuestion = "custom_plein_question"

func openMattermost(file string, l limits, ph phrases) (reader, error) {
	f, _, err := intake.OpenRegular(file)
	if err != nil {
		return nil, err
	}
	x := &mattermostExport{name: filepath.Base(file), limits: l, phrases: ph}
	var magic [4]byte
	if n, _ := f.ReadAt(magic[:], 0); n < 4 || string(magic[:]) != "PK\x03\x04" {
		root, err := os.OpenRoot(filepath.Dir(file))
		if err != nil {
			_ = f.Close()
			return nil, intake.Refuse(x.name, "its folder cannot be opened: %v", err)
		}
		x.file, x.root = f, root
		return x, nil
	}
	_ = f.Close()
	z, err := intake.OpenArchive(file, l.Limits)
	if err != nil {
		return nil, err
	}
	for _, name := range z.Order {
		if path.Ext(name) == ".jsonl" && !strings.Contains(name, "__MACOSX") && (x.entry == "" || strings.Count(name, "/") < strings.Count(x.entry, "/")) {
			x.entry = name
		}
	}
	if x.entry == "" {
		_ = z.Close()
		return nil, intake.Refuse(x.name, "holds no .jsonl file")
	}
	x.zip = z
	x.name += ", " + intake.Shorten(x.entry)
	x.data = strings.TrimPrefix(path.Dir(x.entry)+"/data/", "./")
	return x, nil
}

func (x *mattermostExport) close() error {
	if x.zip != nil {
		return x.zip.Close()
	}
	_ = x.root.Close()
	return x.file.Close()
}

func (x *mattermostExport) lines(ctx context.Context, fn func(at string, l *mmLine) error) error {
	var r io.Reader
	if x.zip != nil {
		entry, err := x.zip.Open(x.entry)
		if err != nil {
			return err
		}
		defer entry.Close()
		r = entry
	} else {
		if _, err := x.file.Seek(0, io.SeekStart); err != nil {
			return intake.Refuse(x.name, "cannot be read (%v)", err)
		}
		r = io.LimitReader(x.file, x.limits.Unpacked+1)
	}
	count := &counter{r: bufio.NewReaderSize(r, 256<<10)}
	began := false
	err := intake.EachLine(x.name, count, x.limits.Record, func(n int, raw []byte) error {
		if n%256 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		at := x.name + ", line " + itoa(n)
		var l mmLine
		if err := json.Unmarshal(raw, &l); err != nil {
			return intake.Refuse(at, "is not a line as Mattermost writes them (%v)", jsonReason(err))
		}
		if !began {
			if l.Type != "version" || l.Version != "1" {
				return intake.Refuse(at, "does not begin with version 1 of Mattermost's bulk export")
			}
			began = true
			return nil
		}
		return fn(at, &l)
	})
	if err != nil {
		return err
	}
	if !began {
		return intake.Refuse(x.name, "the file is empty")
	}
	if count.n > x.limits.Unpacked {
		return intake.Refuse(x.name, "is larger than %s", intake.BytesText(x.limits.Unpacked))
	}
	return nil
}

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// jsonReason says in our words that a record ends too early.
func jsonReason(err error) error {
	if err.Error() == "unexpected end of JSON input" {
		return fmt.Errorf("it ends in the middle")
	}
	return err
}

func (x *mattermostExport) read(ctx context.Context, s sink) error {
	w, err := x.world(ctx, s)
	if err != nil {
		return err
	}
	for _, p := range w.users {
		if err := s.person(p); err != nil {
			return err
		}
	}
	for _, key := range w.order {
		g := w.channels[key]
		if !slices.ContainsFunc(g.members, func(m stagedMember) bool { return m.owner }) && len(g.members) > 0 {
			g.members[0].owner = true // somebody must look after it
		}
		if err := s.group(*g); err != nil {
			return err
		}
	}
	for _, d := range w.setOrder {
		if err := s.set(d); err != nil {
			return err
		}
	}
	for _, kind := range sortedKeys(w.ignored) {
		s.note(x.name, "%d lines of the type %q; left out", w.ignored[kind], intake.Shorten(kind))
	}
	x.seen = map[uint64]uint16{}
	return x.lines(ctx, func(at string, l *mmLine) error {
		if len(x.seen) > x.limits.Messages {
			return intake.Refuse(at, "there are more than %d messages", x.limits.Messages)
		}
		switch {
		case l.Type == "post" && l.Post != nil:
			return x.post(s, at, l.Post, false)
		case l.Type == "direct_post" && l.DirectPost != nil:
			return x.post(s, at, l.DirectPost, true)
		}
		return nil
	})
}

// post hands over a post with its replies. Replies that carry replies are walked
// with a list, not by recursion, and what lies deeper hangs on the second level.
func (x *mattermostExport) post(s sink, at string, p *mmPost, direct bool) error {
	where, audience := p.Team+":"+p.Channel, mmChannelSource(p.Team, p.Channel)
	if direct {
		audience = mmSetSource(mmMembers(p.Members))
		where = strings.TrimPrefix(audience, "mattermost:")
	}
	kind := plein.KindPost
	switch {
	case direct:
		kind = plein.KindMessage
	case strings.HasPrefix(p.Type, "system_"):
		kind = plein.KindAlert
	case p.Type == typeQuestion:
		kind = plein.KindQuestion
	}
	first, err := x.item(s, at, where, p)
	if err != nil {
		return err
	}
	first.audience, first.direct, first.kind = audience, direct, kind
	if err := emit(s, first); err != nil {
		return err
	}
	type todo struct {
		post   *mmPost
		parent string
		top    string // the first-level reply; empty on the first level
	}
	var list []todo
	for i := range p.Replies {
		list = append(list, todo{post: &p.Replies[i], parent: first.source})
	}
	for n := 0; n < len(list); n++ {
		t := list[n]
		it, err := x.item(s, fmt.Sprintf("%s, reply %d", at, n+1), where, t.post)
		if err != nil {
			return err
		}
		it.audience, it.direct, it.kind, it.parent = audience, direct, plein.KindReply, t.parent
		if err := emit(s, it); err != nil {
			return err
		}
		top := t.top
		if top == "" {
			top = it.source
		}
		for i := range t.post.Replies {
			list = append(list, todo{post: &t.post.Replies[i], parent: top, top: top})
		}
	}
	return nil
}

func (x *mattermostExport) item(s sink, at, where string, p *mmPost) (*stagedItem, error) {
	if len(p.User) > 100 {
		return nil, intake.Refuse(at, "the name of the author is longer than 100 bytes")
	}
	it := &stagedItem{at: at, made: mmTime(p.CreateAt), author: mmUserSource(p.User), source: x.source(where, p)}
	if p.EditAt > p.CreateAt {
		it.edited = mmTime(p.EditAt)
	}
	for _, r := range p.Reactions {
		if r.User == "" || len(r.User) > 100 || len(it.reactions) >= maxReactions {
			continue
		}
		when := it.made
		if r.CreateAt > 0 {
			when = mmTime(r.CreateAt)
		}
		it.react(mmUserSource(r.User), r.Emoji, when)
	}
	body := markup.Mattermost(mattermostNames{s, p.Team}, p.Message)
	if it.title = markup.OneLine(p.Props.Title, plein.MaxTitle); it.title != markup.OneLine(p.Props.Title, len(p.Props.Title)+1) {
		body = markup.Paragraph("**"+markup.Escape(markup.OneLine(p.Props.Title, len(p.Props.Title)+1))+"**", body)
	}
	for _, a := range p.Attachments {
		name := markup.OneLine(path.Base(a.Path), plein.MaxFilename)
		file, reason := x.attachment(a.Path)
		switch {
		case reason != "":
		case file.size > plein.MaxFileBytes:
			reason = "is larger than " + intake.BytesText(plein.MaxFileBytes)
		case len(it.files) >= plein.MaxAttachments:
			reason = fmt.Sprintf("is one more than the %d that a message may have", plein.MaxAttachments)
		default:
			file.name = name
			it.files = append(it.files, *file)
			continue
		}
		s.note(at, "the attachment %s %s; its name was kept", intake.Shorten(name), reason)
		body = markup.Paragraph(body, markup.Escape(x.phrases.attachment(name)))
	}
	if it.body = body; strings.TrimSpace(body) == "" && len(it.files) == 0 {
		it.body = x.phrases.empty
	}
	return it, nil
}

// source names a message by its place, time, author and text, since the export
// gives it no number; and by its turn when all of these are the same.
func (x *mattermostExport) source(where string, p *mmPost) string {
	h := fnv.New64a()
	_, _ = io.WriteString(h, p.Message)
	s := fmt.Sprintf("mattermost:%s:%d:%s:%016x", where, p.CreateAt, strings.ToLower(p.User), h.Sum64())
	h.Reset()
	_, _ = io.WriteString(h, s)
	turn := x.seen[h.Sum64()]
	if x.seen[h.Sum64()]++; turn > 0 {
		s += ":" + itoa(int(turn))
	}
	return s
}

func mmTime(ms int64) time.Time {
	if ms > 1e15 || ms < -1e15 { // centuries beyond what a date can say
		ms = 1e15
	}
	return time.UnixMilli(ms).UTC()
}

// attachment finds the bytes of an attachment, or says why it does not.
func (x *mattermostExport) attachment(name string) (*stagedFile, string) {
	name = strings.TrimPrefix(name, "./")
	if !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") {
		return nil, "has a path that climbs out of the export"
	}
	if x.zip != nil {
		for _, entry := range []string{x.data + name, path.Join(path.Dir(x.entry), name)} {
			if size := x.zip.Size(entry); size > 0 {
				return &stagedFile{size: size, open: opener(x.zip, entry)}, ""
			}
		}
		return nil, "is not in the export"
	}
	for _, entry := range []string{"data/" + name, name} {
		info, err := x.root.Stat(entry) // a Root does not follow links out of its folder
		if err == nil && info.Mode().IsRegular() && info.Size() > 0 {
			return &stagedFile{size: info.Size(), open: func() (io.ReadCloser, error) { return x.root.Open(entry) }}, ""
		}
	}
	return nil, "is not in the export"
}

func opener(z *intake.Archive, entry string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return z.Open(entry) }
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
