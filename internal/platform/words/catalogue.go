package words

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"plein/internal/plein"
)

//go:embed words.toml
var shared embed.FS

// Words gives this package's own sentences, for whoever lists all of them. New has
// them already.
func Words() fs.FS { return shared }

// Catalogue holds every sentence in every language. It never changes after New,
// so all requests may use it at once.
type Catalogue struct {
	entries map[string]*entry
	keys    []string
}

type entry struct{ by [languages]phrase }

// phrase is one sentence in one language. one is nil when the sentence does not
// count anything.
type phrase struct{ one, other sentence }

// New reads words.toml from the root of each file system, after this package's
// own. A key that is there twice, misses a language or fills in other names in
// one language than in the other is an error; all of them are reported at once.
func New(files ...fs.FS) (*Catalogue, error) {
	c := &Catalogue{entries: map[string]*entry{}}
	var problems []error
	for i, f := range append([]fs.FS{shared}, files...) {
		if i > 0 && f == fs.FS(shared) {
			continue // handed over as one of all: it is there already
		}
		if err := c.load(f); err != nil {
			problems = append(problems, fmt.Errorf("words: file %d: %w", i, err))
		}
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	for k := range c.entries {
		c.keys = append(c.keys, k)
	}
	slices.Sort(c.keys)
	return c, nil
}

func (c *Catalogue) load(f fs.FS) error {
	text, err := fs.ReadFile(f, "words.toml")
	if err != nil {
		return err
	}
	var raw map[string]map[string]any
	if _, err := toml.Decode(string(text), &raw); err != nil {
		return err
	}
	var problems []error
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		if c.entries[key] != nil {
			problems = append(problems, fmt.Errorf("%q is there twice", key))
			continue
		}
		e, err := readEntry(raw[key])
		if err != nil {
			problems = append(problems, fmt.Errorf("%q: %w", key, err))
			continue
		}
		c.entries[key] = e
	}
	return errors.Join(problems...)
}

func readEntry(raw map[string]any) (*entry, error) {
	for name := range raw {
		if !Known(name) {
			return nil, fmt.Errorf("unknown language %q (write [\"a.key\"] with quotes)", name)
		}
	}
	var e entry
	for l, name := range codes {
		p, err := readPhrase(raw[name])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		e.by[l] = p
	}
	if a, b := e.by[nl].names(), e.by[en].names(); !slices.Equal(a, b) {
		return nil, fmt.Errorf("nl fills in %v, en fills in %v", a, b)
	}
	return &e, nil
}

func readPhrase(raw any) (p phrase, err error) {
	switch v := raw.(type) {
	case string:
		p.other, err = cut(v)
	case map[string]any:
		one, okOne := v["one"].(string)
		other, okOther := v["other"].(string)
		if !okOne || !okOther || len(v) != 2 {
			return p, errors.New("a plural needs one and other")
		}
		if p.one, err = cut(one); err == nil {
			p.other, err = cut(other)
		}
	case nil:
		return p, errors.New("missing")
	default:
		return p, fmt.Errorf("want a sentence, got %v", raw)
	}
	return p, err
}

// names lists what the phrase fills in, each once, sorted.
func (p phrase) names() []string {
	var out []string
	for _, s := range [...]sentence{p.one, p.other} {
		for _, part := range s {
			if part.name != "" {
				out = append(out, part.name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sentence is text and gaps in turn.
type sentence []part

type part struct {
	text string
	name string // the value that comes after text; "" for none
}

func cut(s string) (sentence, error) {
	if strings.TrimSpace(s) == "" {
		return nil, errors.New("empty")
	}
	var out sentence
	for {
		open := strings.IndexByte(s, '{')
		if open < 0 {
			if s != "" {
				out = append(out, part{text: s})
			}
			return out, nil
		}
		length := strings.IndexByte(s[open:], '}')
		if length < 2 {
			return nil, fmt.Errorf("a brace that is not closed in %q", s)
		}
		name := s[open+1 : open+length]
		if strings.ContainsFunc(name, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') }) {
			return nil, fmt.Errorf("a name has small letters only, got {%s}", name)
		}
		out = append(out, part{text: s[:open], name: name})
		s = s[open+length+1:]
	}
}

// Say gives a sentence in a language. {name} in it is filled from args, and a
// plural is chosen by args["n"]. An unknown language speaks Dutch. An unknown key
// comes back as ⟦key⟧, so that the gap is seen and nothing breaks.
func (c *Catalogue) Say(lang, key string, args plein.Args) string {
	return c.say(languageOf(lang), nil, key, values{named: args})
}

// Has says that the key exists.
func (c *Catalogue) Has(key string) bool { return c != nil && c.entries[key] != nil }

// Keys lists all keys, sorted.
func (c *Catalogue) Keys() []string {
	if c == nil {
		return nil
	}
	return slices.Clone(c.keys)
}

// For binds the catalogue to one reader: their language and their clock. A nil
// zone is UTC.
func (c *Catalogue) For(lang string, zone *time.Location) Speaker {
	return Speaker{words: c, lang: languageOf(lang), zone: zone}
}

func (c *Catalogue) say(l language, zone *time.Location, key string, args values) string {
	if c == nil || c.entries[key] == nil {
		return "⟦" + key + "⟧"
	}
	p := c.entries[key].by[l]
	s := p.other
	if p.one != nil {
		if n, ok := args.get("n"); ok && isOne(n) {
			s = p.one
		}
	}
	if len(s) == 1 && s[0].name == "" {
		return s[0].text
	}
	var b strings.Builder
	for _, part := range s {
		b.WriteString(part.text)
		if part.name == "" {
			continue
		}
		if v, ok := args.get(part.name); ok {
			b.WriteString(show(l, zone, v))
		} else {
			b.WriteString("{" + part.name + "}") // a gap that is seen in review
		}
	}
	return b.String()
}

// values are the arguments of one sentence, in either of the two shapes in which
// they come. Pairs save a page the making of hundreds of small maps.
type values struct {
	named plein.Args
	pairs []any
}

func (v values) get(name string) (any, bool) {
	for i := 0; i+1 < len(v.pairs); i += 2 {
		if k, ok := v.pairs[i].(string); ok && k == name {
			return v.pairs[i+1], true
		}
	}
	x, ok := v.named[name]
	return x, ok
}
