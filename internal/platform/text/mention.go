package text

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	gtext "github.com/yuin/goldmark/text"

	"plein/internal/plein"
)

const (
	maxNameWords = 6   // "Johanna van der Meer de Walcheren" has six
	maxLookups   = 500 // different names asked for in one text
)

// ReplaceMentions turns what a person types (@Sanne de Vries, @[Sanne de Vries])
// into the stored form @[Name](kind:ID). For each @ it asks resolve for the
// longest run of words that may be a name, then for shorter ones; the first that
// is exactly one person or group is taken, and one that is several is left as
// typed. Code, links and mail addresses are left alone.
//
// A stored form that is in the text already stays only when resolve knows that
// name for that ID; otherwise it becomes plain text. So nobody can put another
// name on a mention, or name what they may not see. resolve must answer without
// I/O per call, or keep what it found: it may be asked six times for each @.
func ReplaceMentions(markdown string, resolve func(name string) []Mention) string {
	if !strings.Contains(markdown, "@") {
		return markdown
	}
	free, stored := readMentions(markdown)
	asked := map[string][]Mention{}
	ask := func(name string) []Mention {
		found, seen := asked[name]
		if !seen && len(asked) < maxLookups {
			found = resolve(name)
			asked[name] = found
		}
		return found
	}

	var edits []edit
	for _, n := range stored {
		to := "@" + n.mention.Name
		for _, m := range ask(n.mention.Name) {
			if m.Kind == n.mention.Kind && m.ID == n.mention.ID {
				to = m.String()
			}
		}
		edits = append(edits, edit{n.start, n.stop, to})
	}
	for _, s := range free {
		for at := s.start; at < s.stop; at++ {
			if markdown[at] != '@' || !mayBegin(markdown[:at]) {
				continue
			}
			if end, m, ok := findTyped(markdown[at:s.stop], ask); ok {
				edits = append(edits, edit{at, at + end, m.String()})
				at += end - 1
			}
		}
	}
	return applyEdits(markdown, edits)
}

// EditForm turns a stored text into what one edits: @Name where the end of the
// name is plain to see, else @[Name]; a mention that this cannot express keeps
// its stored form. StoreForm goes the other way.
func EditForm(markdown string) string {
	if !strings.Contains(markdown, "](") {
		return markdown
	}
	_, stored := readMentions(markdown)
	if len(stored) == 0 {
		return markdown
	}
	known := knownNames(stored)
	back := func(s string) bool { return ReplaceMentions(s, known.find) == markdown }
	for _, bracketsOnly := range []bool{false, true} {
		var edits []edit
		for _, n := range stored {
			switch {
			case len(known.find(n.mention.Name)) != 1: // two people of one name
			case !bracketsOnly && endsPlainly(n.mention.Name, markdown[n.stop:]):
				edits = append(edits, edit{n.start, n.stop, "@" + n.mention.Name})
			default:
				edits = append(edits, edit{n.start, n.stop, "@[" + nameEscaper.Replace(n.mention.Name) + "]"})
			}
		}
		if form := applyEdits(markdown, edits); back(form) {
			return form
		}
	}
	return markdown
}

// Typed writes a name as a person would type it to mean that name and no more,
// brackets included where the end of it would not be plain to see.
func Typed(name string) string {
	if endsPlainly(name, "") {
		return "@" + name
	}
	return "@[" + nameEscaper.Replace(name) + "]"
}

// StoreForm is ReplaceMentions for a text that was stored before as old: who was
// named in it stays named, also when their name no longer resolves, and a text
// that was not changed is stored as it was.
func StoreForm(edited, old string, resolve func(name string) []Mention) string {
	if edited == EditForm(old) {
		return old
	}
	_, stored := readMentions(old)
	known := knownNames(stored)
	return ReplaceMentions(edited, func(name string) []Mention {
		if found := known.find(name); len(found) > 0 {
			return found
		}
		return resolve(name)
	})
}

// names are the people and groups of a text under their folded names.
type names map[string][]Mention

func knownNames(stored []*mentionNode) names {
	known := names{}
next:
	for _, n := range stored {
		key := Fold(n.mention.Name)
		for _, m := range known[key] {
			if m.Kind == n.mention.Kind && m.ID == n.mention.ID {
				continue next
			}
		}
		known[key] = append(known[key], n.mention)
	}
	return known
}

func (k names) find(name string) []Mention { return k[Fold(name)] }

// span is a part of a text, in bytes.
type span struct{ start, stop int }

// readMentions finds the stored mentions of a text, and the parts of it that are
// plain words: no code, no link, no mention.
func readMentions(markdown string) (free []span, stored []*mentionNode) {
	// Most texts name nobody, and both kinds of mention begin with the same sign.
	if len(markdown) > maxRich || !strings.Contains(markdown, "@") {
		return nil, nil
	}
	src := []byte(markdown)
	root := newMarkdown().Parser().Parse(gtext.NewReader(src))
	// The walk never fails: its function gives no error.
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *mentionNode:
			stored = append(stored, n)
		case *ast.Text:
			s := span{n.Segment.Start, n.Segment.Stop}
			if last := len(free) - 1; last >= 0 && free[last].stop == s.start {
				free[last].stop = s.stop
			} else {
				free = append(free, s)
			}
		case *ast.CodeSpan, *ast.CodeBlock, *ast.FencedCodeBlock, *ast.Link, *ast.Image, *ast.AutoLink:
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	return free, stored
}

// mayBegin says that a mention can begin after this text.
func mayBegin(before string) bool {
	r, _ := utf8.DecodeLastRuneInString(before)
	if before != "" && isWordBefore(r) {
		return false
	}
	escapes := len(before) - len(strings.TrimRight(before, `\`))
	return escapes%2 == 0
}

// findTyped reads the name behind the @ at the beginning of s and says how long
// it is, the @ included.
func findTyped(s string, ask func(string) []Mention) (end int, m Mention, ok bool) {
	if name, size, ok := parseBracketed([]byte(s)); ok {
		if found := ask(name); len(found) == 1 {
			return size, found[0], true
		}
		return 0, Mention{}, false
	}
	ends := nameEnds(s[1:])
	for i := len(ends) - 1; i >= 0; i-- {
		if strings.HasPrefix(s[1+ends[i]:], "@") {
			continue // @name@host is an address elsewhere
		}
		switch found := ask(s[1 : 1+ends[i]]); len(found) {
		case 0:
		case 1:
			return 1 + ends[i], found[0], true
		default:
			return 0, Mention{}, false // which of them is for the writer to say
		}
	}
	return 0, Mention{}, false
}

func isNameRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r) || strings.ContainsRune("'’.-&/+_", r)
}

// nameEnds gives the places where a name at the beginning of s may end, in
// bytes, from short to long.
func nameEnds(s string) []int {
	var ends []int
	add := func(end int) {
		if end > 0 && (len(ends) == 0 || end > ends[len(ends)-1]) {
			ends = append(ends, end)
		}
	}
	pos := 0
	for range maxNameWords {
		start := pos
		for pos < len(s) && pos < 4*plein.MaxName {
			r, size := utf8.DecodeRuneInString(s[pos:])
			if !isNameRune(r) {
				break
			}
			pos += size
		}
		if pos == start {
			break
		}
		word := s[start:pos]
		for _, genitive := range []string{"'s", "’s"} { // Anna's vraag
			if stem, found := strings.CutSuffix(strings.TrimRight(word, "."), genitive); found {
				add(start + len(stem))
			}
		}
		add(start + len(strings.TrimRight(word, "'’.-&/+_")))
		add(pos)
		if pos >= len(s) || s[pos] != ' ' {
			break
		}
		pos++
	}
	return ends
}

// endsPlainly says that a name needs no brackets: it is made of words, and what
// follows it will not be taken for more of it.
func endsPlainly(name, after string) bool {
	words := strings.Fields(name)
	if len(words) > maxNameWords || strings.Join(words, " ") != name || strings.ContainsAny(name, "_*`<~") {
		return false
	}
	for _, r := range name {
		if r != ' ' && !isNameRune(r) {
			return false
		}
	}
	if last, _ := utf8.DecodeLastRuneInString(name); !unicode.IsLetter(last) && !unicode.IsDigit(last) {
		return false
	}
	next, size := utf8.DecodeRuneInString(after)
	if size == 0 || next == '\n' {
		return true
	}
	if next != ' ' {
		follows, _ := utf8.DecodeRuneInString(after[size:])
		return !isNameRune(next) || strings.ContainsRune(".-", next) && !isNameRune(follows)
	}
	follows, _ := utf8.DecodeRuneInString(after[1:])
	if len(words) == 1 {
		return !isNameRune(follows) // Sanne might become Sanne de Vries
	}
	return !unicode.IsUpper(follows) && !unicode.IsDigit(follows)
}

// edit replaces a part of a text.
type edit struct {
	start, stop int
	to          string
}

// applyEdits makes all edits at once; they may come in any order but never
// overlap.
func applyEdits(s string, edits []edit) string {
	if len(edits) == 0 {
		return s
	}
	slices.SortFunc(edits, func(a, b edit) int { return a.start - b.start })
	var b strings.Builder
	b.Grow(len(s) + 32*len(edits))
	at := 0
	for _, e := range edits {
		if e.start < at {
			continue
		}
		b.WriteString(s[at:e.start])
		b.WriteString(e.to)
		at = e.stop
	}
	b.WriteString(s[at:])
	return b.String()
}
