package text

import (
	"bytes"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	gtext "github.com/yuin/goldmark/text"

	"plein/internal/plein"
)

const (
	kindPerson = "person"
	kindGroup  = "group"

	maxMentionBytes = 4 * plein.MaxName * 2 // every character may be escaped
	maxURLBytes     = 2048
	idLength        = 13 // of plein.ID.String
)

var (
	kindMention = ast.NewNodeKind("Mention")
	kindTag     = ast.NewNodeKind("Tag")
)

// mentionNode is a stored mention in the tree of a text.
type mentionNode struct {
	ast.BaseInline
	mention     Mention
	start, stop int // where it stands in the source
}

// Kind implements ast.Node.
func (n *mentionNode) Kind() ast.NodeKind { return kindMention }

// Dump implements ast.Node.
func (n *mentionNode) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// tagNode is a hashtag in the tree of a text.
type tagNode struct {
	ast.BaseInline
	typed string // as written, without the #
	tag   string // folded
}

// Kind implements ast.Node.
func (n *tagNode) Kind() ast.NodeKind { return kindTag }

// Dump implements ast.Node.
func (n *tagNode) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// isWordBefore says that a character glues what follows it to a word, so that
// no mention and no tag begins there: sanne@huis.nl, C#major.
func isWordBefore(r rune) bool {
	return r == '@' || r == '#' || r == '&' || r == '/' || r == '=' || r == utf8.RuneError ||
		unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r)
}

// mentionParser reads the stored form of a mention.
type mentionParser struct{}

func (mentionParser) Trigger() []byte { return []byte{'@'} }

func (mentionParser) Parse(_ ast.Node, block gtext.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	if isWordBefore(block.PrecendingCharacter()) {
		return nil
	}
	m, size, ok := parseStored(line)
	if !ok {
		return nil
	}
	block.Advance(size)
	return &mentionNode{mention: m, start: segment.Start, stop: segment.Start + size}
}

// parseStored reads @[Name](person:ID) at the beginning of line and says how
// many bytes it is.
func parseStored(line []byte) (m Mention, size int, ok bool) {
	name, end, ok := parseBracketed(line)
	if !ok {
		return Mention{}, 0, false
	}
	rest := line[end:]
	for _, kind := range []string{kindPerson, kindGroup} {
		after, found := bytes.CutPrefix(rest, []byte("("+kind+":"))
		if !found || len(after) <= idLength || after[idLength] != ')' {
			continue
		}
		id, err := plein.ParseID(string(after[:idLength]))
		if err != nil {
			return Mention{}, 0, false
		}
		return Mention{Kind: kind, ID: id, Name: name}, end + len(kind) + idLength + 3, true
	}
	return Mention{}, 0, false
}

// parseBracketed reads @[Name] at the beginning of line. A backslash in the name
// takes the meaning from the character behind it.
func parseBracketed(line []byte) (name string, size int, ok bool) {
	if len(line) < 4 || line[0] != '@' || line[1] != '[' {
		return "", 0, false
	}
	var b strings.Builder
	for i := 2; i < len(line) && i < maxMentionBytes; i++ {
		switch c := line[i]; c {
		case '\n', '[':
			return "", 0, false
		case '\\':
			if i+1 < len(line) && (line[i+1] == '[' || line[i+1] == ']' || line[i+1] == '\\') {
				i++
			}
			b.WriteByte(line[i])
		case ']':
			name = strings.Join(strings.Fields(dropControls(strings.ToValidUTF8(b.String(), ""))), " ")
			return name, i + 1, name != ""
		default:
			b.WriteByte(c)
		}
	}
	return "", 0, false
}

var nameEscaper = strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`)

// String gives the stored form, as it stands in the Markdown of an item.
func (m Mention) String() string {
	return "@[" + nameEscaper.Replace(m.Name) + "](" + m.Kind + ":" + m.ID.String() + ")"
}

// tagParser reads hashtags.
type tagParser struct{}

func (tagParser) Trigger() []byte { return []byte{'#'} }

func (tagParser) Parse(_ ast.Node, block gtext.Reader, _ parser.Context) ast.Node {
	line, _ := block.PeekLine()
	if isWordBefore(block.PrecendingCharacter()) {
		return nil
	}
	end := 1
	for end < len(line) {
		r, size := utf8.DecodeRune(line[end:])
		if !isTagRune(r) || r == utf8.RuneError {
			break
		}
		end += size
	}
	if end < len(line) && line[end] == '#' {
		return nil // #a#b is no tag
	}
	typed := strings.TrimRight(string(line[1:end]), "-_")
	tag, ok := FoldTag(typed)
	if !ok {
		return nil
	}
	block.Advance(1 + len(typed))
	return &tagNode{typed: typed, tag: tag}
}

// bareLinkParser makes links of addresses that stand in a text as they are. It
// looks at each byte once, whatever it is given.
type bareLinkParser struct{}

// A space also stands for the beginning of a line.
func (bareLinkParser) Trigger() []byte { return []byte{' ', '*', '_', '~', '(', '"', '\''} }

func (bareLinkParser) Parse(parent ast.Node, block gtext.Reader, pc parser.Context) ast.Node {
	if pc.IsInLinkLabel() {
		return nil
	}
	line, segment := block.PeekLine()
	if len(line) == 0 {
		return nil
	}
	skip := 0
	if bytes.IndexByte([]byte(" \t*_~(\"'"), line[0]) >= 0 {
		skip = 1
	} else if before := block.PrecendingCharacter(); isWordBefore(before) {
		return nil // the middle of a word, after a piece of code for instance
	}
	kind, size := ast.AutoLinkURL, bareURL(line[skip:])
	if size == 0 {
		kind, size = ast.AutoLinkEmail, bareEmail(line[skip:])
	}
	if size == 0 {
		return nil
	}
	if skip > 0 {
		if segment.Padding > 0 {
			return nil // a tab seen as spaces: the first of them is not in the source
		}
		ast.MergeOrAppendTextSegment(parent, segment.WithStop(segment.Start+1))
	}
	start := segment.Start + skip
	block.Advance(skip + size)
	value := ast.NewTextSegment(gtext.NewSegment(start, start+size))
	if size > maxURLBytes {
		return value // too long to be an address; passed over in one step
	}
	return ast.NewAutoLink(kind, value)
}

// bareURL says how many bytes at the beginning of s are a web address, without
// the punctuation that ends a sentence.
func bareURL(s []byte) int {
	head := strings.ToLower(string(s[:min(len(s), 8)]))
	www := strings.HasPrefix(head, "www.")
	if !www && !strings.HasPrefix(head, "https://") && !strings.HasPrefix(head, "http://") {
		return 0
	}
	end, opened := 0, 0
scan:
	for end < len(s) {
		r, size := utf8.DecodeRune(s[end:])
		switch {
		case r == utf8.RuneError || r <= ' ' || r == '<' || r == '>' || r == '"' || r == '`' || r == '\\' ||
			r == '|' || unicode.IsSpace(r) || isInvisible(r):
			break scan
		case r == '(':
			opened++
		case r == ')':
			if opened--; opened < 0 {
				break scan
			}
		}
		end += size
	}
	if end > maxURLBytes {
		return end
	}
	end = len(bytes.TrimRight(s[:end], "?!.,:;*_~'"))
	// www.nl and http:// alone are words, not addresses.
	u, err := url.Parse(withScheme(string(s[:end])))
	if err != nil {
		return 0
	}
	dots := strings.Count(strings.Trim(u.Hostname(), "."), ".")
	if www && dots < 2 || dots == 0 && u.Hostname() != "localhost" && !strings.Contains(u.Hostname(), ":") {
		return 0
	}
	return end
}

// withScheme gives an address as a browser needs it.
func withScheme(address string) string {
	if len(address) >= 4 && strings.EqualFold(address[:4], "www.") {
		return "https://" + address
	}
	return address
}

// bareEmail says how many bytes at the beginning of s are a mail address.
func bareEmail(s []byte) int {
	isLocal := func(c byte) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("._%+-", c) >= 0
	}
	at := 0
	for at < len(s) && at <= 64 && isLocal(s[at]) {
		at++
	}
	if at == 0 || at >= len(s) || s[at] != '@' {
		return 0
	}
	end := at + 1
	for end < len(s) && end-at <= 254 && (isLocal(s[end]) && strings.IndexByte("_%+", s[end]) < 0) {
		end++
	}
	end = len(bytes.TrimRight(s[:end], ".-"))
	if end <= at+1 || !bytes.Contains(s[at+1:end], []byte{'.'}) || bytes.Contains(s[at+1:end], []byte("..")) || s[at+1] == '.' {
		return 0
	}
	if end < len(s) && (s[end] == '@' || s[end] == '_') {
		return 0
	}
	return end
}
