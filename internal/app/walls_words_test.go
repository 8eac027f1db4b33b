package app_test

import (
	"fmt"
	"go/ast"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// sharedWords is the package whose words.toml holds what all pages share (error,
// form, nav …). Its keys begin with the subject, never with another package's name.
const sharedWords = "internal/platform/words/words.toml"

var languages = []string{"nl", "en"}

var (
	wordKey  = regexp.MustCompile(`^[a-z][a-z0-9]*(\.[a-z0-9_-]+)+$`)
	wordLine = regexp.MustCompile(`(?m)^\s*\["([^"]+)"\]`)
	wordGap  = regexp.MustCompile(`\{[a-z_]+\}`)
)

// takesKey names the calls that turn a key into a sentence, and which argument
// is the key.
var takesKey = map[string]int{"T": 0, "E": 1, "FieldError": 1, "Say": 1, "SetFlash": 1}

// templKey finds those calls in templates: .T("key") and plein.E(kind, "key").
var templKey = regexp.MustCompile(`\.(T|Say|E|FieldError|SetFlash)\(((?:[\w.]+,\s*)?)"([^"]*)"(\s*\+)?`)

// use is a place where a key is said.
type use struct {
	place
	key   string
	whole bool // false: only the beginning is known, the rest is made while running
	at    breach
}

// wordWall holds every sentence to both languages, every key to its package, and
// every use to a key that exists.
func (t *tree) wordWall() []breach {
	owners, out := t.readWords()
	for _, u := range t.uses() {
		dot := strings.Contains(u.key, ".")
		switch {
		case !dot || u.whole && !wordKey.MatchString(u.key):
			continue // a T of another kind
		case u.whole && owners[u.key] == (place{}):
			u.at.Text = fmt.Sprintf("%q stands in no words.toml", u.key)
			out = append(out, u.at)
		case u.whole && !mayUseWordsOf(u.place, owners[u.key]):
			u.at.Text = fmt.Sprintf("%q is a word of %s, which %s does not know", u.key, owners[u.key].owner, u.owner)
			out = append(out, u.at)
		case !u.whole && !slices.ContainsFunc(slices.Collect(maps.Keys(owners)), func(k string) bool { return strings.HasPrefix(k, u.key) }):
			u.at.Text = fmt.Sprintf("no key in any words.toml begins with %q", u.key)
			out = append(out, u.at)
		}
	}
	return out
}

// mayUseWordsOf follows the imports: words of one's own, and of what one may know.
func mayUseWordsOf(user, owner place) bool {
	switch {
	case user == owner, owner.floor == "platform", user.floor == "outside":
		return true
	case user.floor == "square" && owner.floor == "square":
		return squareOrder[owner.owner] < squareOrder[user.owner]
	}
	return owner.rank() < user.rank()
}

// readWords checks every words.toml and gives the owner of each key.
func (t *tree) readWords() (owners map[string]place, out []breach) {
	owners = map[string]place{}
	packages := map[string]bool{}
	for _, f := range t.goFiles {
		if f.floor == "square" || f.floor == "rooms" {
			packages[f.owner] = true
		}
	}
	for _, w := range t.words {
		if w.floor == "outside" {
			continue
		}
		lines := map[string]int{}
		for _, found := range wordLine.FindAllStringSubmatchIndex(w.text, -1) {
			lines[w.text[found[2]:found[3]]] = lineAt(w.text, found[2])
		}
		var entries map[string]map[string]any
		if _, err := toml.Decode(w.text, &entries); err != nil {
			out = append(out, breach{"words", w.path, 0, err.Error()})
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(entries)) {
			wrong := func(format string, args ...any) {
				out = append(out, breach{"words", w.path, lines[key], fmt.Sprintf(format, args...)})
			}
			prefix, _, _ := strings.Cut(key, ".")
			switch {
			case !wordKey.MatchString(key):
				wrong("%q is no key: write [\"package.thing.word\"], in quotes", key)
				continue
			case w.path == sharedWords && packages[prefix]:
				wrong("%q belongs in the words.toml of %s", key, prefix)
			case w.path != sharedWords && prefix != w.owner:
				wrong("%q does not begin with its package, %s", key, w.owner)
			case owners[key] != place{}:
				wrong("%q stands in two files", key)
			}
			owners[key] = w.place
			gaps := map[string]string{}
			for _, lang := range languages {
				sentences, ok := sentencesOf(entries[key][lang])
				if !ok {
					wrong("%q misses its %s", key, lang)
					continue
				}
				for _, s := range sentences {
					if strings.Contains(s, "!") {
						wrong("%q has an exclamation mark in %s", key, lang)
					}
				}
				found := wordGap.FindAllString(strings.Join(sentences, " "), -1)
				slices.Sort(found)
				gaps[lang] = strings.Join(slices.Compact(found), " ")
			}
			if len(gaps) == len(languages) && gaps["nl"] != gaps["en"] {
				wrong("%q fills in other things in nl (%s) than in en (%s)", key, gaps["nl"], gaps["en"])
			}
		}
	}
	return owners, out
}

// sentencesOf gives the sentence of a language, or both of a plural.
func sentencesOf(v any) ([]string, bool) {
	switch v := v.(type) {
	case string:
		return []string{v}, strings.TrimSpace(v) != ""
	case map[string]any:
		one, ok1 := v["one"].(string)
		other, ok2 := v["other"].(string)
		return []string{one, other}, ok1 && ok2 && one != "" && other != ""
	}
	return nil, false
}

// uses lists where keys are said, in Go and in templates.
func (t *tree) uses() []use {
	var out []use
	for _, w := range t.templates {
		for _, found := range templKey.FindAllStringSubmatchIndex(w.text, -1) {
			call, before, key := w.text[found[2]:found[3]], w.text[found[4]:found[5]], w.text[found[6]:found[7]]
			if (takesKey[call] > 0) != (before != "") {
				continue
			}
			out = append(out, use{w.place, key, found[8] < 0, breach{"words", w.path, lineAt(w.text, found[6]), ""}})
		}
	}
	for _, f := range t.goFiles {
		if f.test || f.templ || f.floor == "outside" || f.path == "internal/platform/words/catalogue.go" {
			continue
		}
		add := func(e ast.Expr) {
			if key, whole, ok := text(e); ok {
				if !whole {
					key, _, _ = strings.Cut(key, " ")
				}
				out = append(out, use{f.place, key, whole, f.breach("words", e.Pos(), "")})
			}
		}
		kernel := f.localName(t.module + "/internal/plein")
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if i, ok := takesKey[calledName(n)]; ok && i < len(n.Args) {
					add(n.Args[i])
				}
			case *ast.CompositeLit: // plein.Error{Key: "…"}
				sel, ok := n.Type.(*ast.SelectorExpr)
				if !ok || sel.Sel.Name != "Error" {
					return true
				}
				if x, ok := sel.X.(*ast.Ident); !ok || kernel == "" || x.Name != kernel {
					return true
				}
				for _, e := range n.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok {
						if key, ok := kv.Key.(*ast.Ident); ok && key.Name == "Key" {
							add(kv.Value)
						}
					}
				}
			}
			return true
		})
	}
	return out
}
