package imports

import (
	"context"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"plein/internal/platform/text"
	"plein/internal/plein"
	"plein/internal/rooms/imports/internal/intake"
	"plein/internal/rooms/imports/internal/markup"
	"plein/internal/square/people"
)

// An export is read twice by the same reader: once into a checker, which writes
// nothing, and once into a writer. Things are named by source, which is what the
// export calls them with its format in front ("slack:U0123"), because ids exist
// only while writing.

// reader is an opened export.
type reader interface {
	// read hands everything to the sink: people, groups and direct sets first,
	// then items, each after the item that it answers. Only the first reading may
	// hand over items as they come, without what they answer: whoever checks does
	// not need it, and it saves reading everything once more.
	read(ctx context.Context, s sink) error
	close() error
}

// sink is where a reader's findings go.
type sink interface {
	person(stagedPerson) error
	group(stagedGroup) error
	set(stagedSet) error
	item(*stagedItem) error

	note(at, reason string, args ...any)          // left out or changed; the import goes on
	problem(at, reason string, args ...any) error // nothing shall be written; an error when there were too many

	mention(source string) (name string, id plein.ID, ok bool)      // a person handed over before
	mentionGroup(source string) (name string, id plein.ID, ok bool) // an open group handed over before
}

type stagedPerson struct {
	ImportedPerson
	source     string
	at         string
	department []string // from the top down
	manager    string   // e-mail address
}

type stagedMember struct {
	person string // source
	owner  bool
}

type stagedGroup struct {
	source   string
	at       string
	name     string
	purpose  string
	kind     plein.AudienceKind
	archived bool
	made     time.Time // zero when the source does not tell
	members  []stagedMember
}

// stagedSet is a direct conversation of a fixed set of people.
type stagedSet struct {
	source string
	at     string
	people []string // sources
}

type stagedReaction struct {
	person   string
	reaction plein.Reaction
	at       time.Time
}

type stagedFile struct {
	name string
	alt  string
	size int64
	open func() (io.ReadCloser, error)
}

type stagedItem struct {
	source   string
	at       string
	audience string // source of a group or set
	direct   bool
	parent   string // source of the post, or of the first-level reply; empty for a post
	author   string // source of a person; one that nobody handed over is a former member
	bot      string // the name to give to an author that is a program and that nobody handed over

	kind      plein.Kind
	title     string
	body      string
	made      time.Time
	edited    time.Time
	reactions []stagedReaction
	files     []stagedFile
	rest      bool // the continuation of a text that was too long for one item
}

// react adds a reaction; one person gives each of the five at most once.
func (it *stagedItem) react(person, emoji string, at time.Time) {
	r := stagedReaction{person: person, reaction: reactionOf(emoji), at: at}
	for _, other := range it.reactions {
		if other.person == r.person && other.reaction == r.reaction {
			return
		}
	}
	it.reactions = append(it.reactions, r)
}

// maxReactions bounds what one item can carry; a hostile file could name
// millions of people under one message.
const maxReactions = 10_000

// emit hands an item over, cut into an item and its continuations when its text
// is longer than one may be. Nothing of the text is lost.
func emit(s sink, it *stagedItem) error {
	limit := plein.MaxBody
	if it.parent != "" {
		limit = plein.MaxReply
	}
	if len(it.body) <= limit || utf8.RuneCountInString(it.body) <= limit {
		return s.item(it)
	}
	pieces := cutText(it.body, limit, plein.MaxReply)
	s.note(it.at, "is longer than %d characters; the rest became %d replies", limit, len(pieces)-1)
	it.body = pieces[0]
	if err := s.item(it); err != nil {
		return err
	}
	parent := it.parent
	if parent == "" {
		parent = it.source
	}
	for i, piece := range pieces[1:] {
		next := &stagedItem{source: it.source + "#" + itoa(i+2), at: it.at, audience: it.audience, direct: it.direct,
			parent: parent, author: it.author, bot: it.bot, kind: plein.KindReply, body: piece, rest: true,
			made: it.made.Add(time.Duration(i+1) * time.Microsecond)}
		if err := s.item(next); err != nil {
			return err
		}
	}
	return nil
}

// cutText cuts a text into pieces of at most first and then other characters,
// between lines or words where that costs less than half a piece. A fence that
// is open at a cut is closed and opened again.
func cutText(s string, first, other int) []string {
	const fence = "```"
	var out []string
	limit := first
	inside := false
	for s != "" {
		head := ""
		if inside {
			head = fence + "\n"
		}
		room := limit - len(head) - len(fence) - 1
		runes := 0
		end, line, word := len(s), -1, -1
		for i, r := range s {
			if runes == room {
				end = i
				break
			}
			runes++
			if runes > room/2 {
				switch {
				case r == '\n':
					line = i + 1
				case unicode.IsSpace(r):
					word = i + 1
				}
			}
		}
		if end < len(s) {
			if line > 0 {
				end = line
			} else if word > 0 {
				end = word
			}
		}
		piece := s[:end]
		s = s[end:]
		for l := range strings.Lines(piece) {
			if strings.HasPrefix(strings.TrimSpace(l), fence) {
				inside = !inside
			}
		}
		piece = head + strings.TrimRight(piece, "\n")
		if inside && s != "" {
			piece += "\n" + fence
		}
		if strings.TrimSpace(piece) != "" {
			out = append(out, piece)
		}
		limit = other
	}
	return out
}

// nameOf gives the first of the candidates that can be a name with us. It never
// gives nothing.
func nameOf(most int, candidates ...flex) string {
	for _, c := range candidates {
		if name, err := text.CleanName(markup.OneLine(string(c), most), most); err == nil {
			return name
		}
	}
	return "?"
}

// tidy cleans what a source says about somebody by the rules of their own page.
// What does not fit is left out with a note; nobody is refused for a telephone
// number.
func (p *stagedPerson) tidy(s sink) {
	prof, wrong := people.Profile{Given: p.Given, Title: p.Title, Location: p.Location, Pronouns: p.Pronouns, Phone: p.Phone,
		Bio: p.Bio, Skills: p.Skills, AskMe: p.AskMe, Languages: p.Languages}.Tidy()
	for _, field := range sortedKeys(wrong) {
		known := true
		switch field {
		case "given":
			prof.Given, known = "", p.Given != ""
		case "title":
			prof.Title = ""
		case "location":
			prof.Location = ""
		case "pronouns":
			prof.Pronouns = ""
		case "phone":
			prof.Phone = ""
		case "bio":
			prof.Bio = ""
		case "skills":
			prof.Skills = nil
		case "ask_me":
			prof.AskMe = nil
		case "languages":
			prof.Languages = nil
		}
		if known {
			s.note(p.at, "the %s of %s does not fit; left out", field, intake.Shorten(p.Name))
		}
	}
	p.Given, p.Title, p.Location, p.Pronouns, p.Phone, p.Bio = prof.Given, prof.Title, prof.Location, prof.Pronouns, prof.Phone, prof.Bio
	p.Skills, p.AskMe, p.Languages = prof.Skills, prof.AskMe, prof.Languages
	if h, err := people.CleanHandle(p.Handle); err == nil {
		p.Handle = h
	} else {
		p.Handle = ""
	}
}
