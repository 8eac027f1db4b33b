package config

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
)

// FileEnv names the settings file when no flag does.
const FileEnv = envPrefix + "CONFIG"

// maxSecret is the size in bytes that a secret in a file may have. It keeps a
// wrong path (a disk, a log) from being read into memory.
const maxSecret = 64 << 10

// ours are the variables that begin like settings and are something else: the
// settings file itself, and what the tests are told.
var ours = []string{FileEnv, envPrefix + "TEST_", envPrefix + "SHARED"}

// Problem is one thing that is wrong with the settings.
type Problem struct {
	Setting string // its name, or what was written where a name should be
	Text    string // what is wrong with it
	From    string // where it was set: "--listen", "PLEIN_LISTEN", "plein.toml"
}

// String gives the problem as one line: `listen: "80800" is not host:port (from
// PLEIN_LISTEN)`. It never holds a secret.
func (p Problem) String() string {
	line := p.Setting + ": " + p.Text
	if p.From != "" {
		line += " (from " + p.From + ")"
	}
	return line
}

// layer is what one source says: the value of each setting and where it stood.
type layer struct {
	values map[string]string
	from   func(name string) string
}

// Load reads the settings: flags before environment before file before default.
// flags holds setting names and what was typed for them (see Flags), env has the
// form of os.Environ, and path names a TOML file; when it is empty PLEIN_CONFIG
// may name one.
//
// It gives everything that is wrong at once, and no settings to rely on when
// there is anything. The caller prints the problems and exits with 2.
func Load(flags map[string]string, environ []string, path string) (Settings, []Problem) {
	table := Table()
	var problems []Problem
	var layers []layer // weakest first
	for _, read := range []func() (layer, []Problem){
		func() (layer, []Problem) { return defaults(table), nil },
		func() (layer, []Problem) { return fromTOML(cmp.Or(path, lookup(environ, FileEnv))) },
		func() (layer, []Problem) { return fromEnviron(environ) },
		func() (layer, []Problem) { return fromFlags(flags), nil },
	} {
		l, wrong := read()
		wrong = append(wrong, l.readSecrets(table)...)
		wrong = append(wrong, l.unknown(table)...)
		problems = append(problems, wrong...)
		layers = append(layers, l)
	}

	all := koanf.New("")
	origin := map[string]string{}
	for _, l := range layers {
		values := map[string]any{}
		for name, value := range l.values {
			values[name] = value
			origin[name] = l.from(name)
		}
		// A confmap is already parsed: loading it cannot go wrong.
		_ = all.Load(confmap.Provider(values, ""), nil)
	}

	var s Settings
	bad := map[string]bool{}
	fields := reflect.ValueOf(&s).Elem()
	for _, setting := range table {
		value, wrong := setting.read(all.String(setting.Name))
		if wrong != "" {
			bad[setting.Name] = true
			problems = append(problems, Problem{setting.Name, wrong, origin[setting.Name]})
			continue
		}
		fields.Field(setting.field).Set(reflect.ValueOf(value))
	}
	for _, p := range s.contradictions(bad) {
		p.From = origin[p.Setting]
		problems = append(problems, p)
	}
	place := func(p Problem) int {
		i := slices.IndexFunc(table, func(s Setting) bool { return s.Name == p.Setting })
		if i < 0 {
			return len(table)
		}
		return i
	}
	slices.SortStableFunc(problems, func(a, b Problem) int { return cmp.Compare(place(a), place(b)) })
	return s, problems
}

func lookup(environ []string, name string) string {
	for _, pair := range slices.Backward(environ) {
		if value, ok := strings.CutPrefix(pair, name+"="); ok {
			return value
		}
	}
	return ""
}

func defaults(table []Setting) layer {
	l := layer{map[string]string{}, func(string) string { return "" }}
	for _, s := range table {
		l.values[s.Name] = s.Default
	}
	return l
}

func fromFlags(flags map[string]string) layer {
	l := layer{map[string]string{}, flagOf}
	for name, value := range flags {
		l.values[strings.ReplaceAll(strings.TrimLeft(name, "-"), "-", "_")] = value
	}
	return l
}

func fromEnviron(environ []string) (layer, []Problem) {
	l := layer{map[string]string{}, func(name string) string { return envPrefix + strings.ToUpper(name) }}
	k := koanf.New("")
	err := k.Load(env.Provider("", env.Opt{
		Prefix: envPrefix,
		TransformFunc: func(name, value string) (string, any) {
			if slices.ContainsFunc(ours, func(own string) bool { return strings.HasPrefix(name, own) }) {
				return "", nil
			}
			return strings.ToLower(strings.TrimPrefix(name, envPrefix)), value
		},
		EnvironFunc: func() []string { return environ },
	}), nil)
	if err != nil {
		return l, []Problem{{Setting: "environment", Text: err.Error()}}
	}
	for name, value := range k.All() {
		l.values[name] = value.(string) // the provider reads "name=value" pairs only
	}
	return l, nil
}

func fromTOML(path string) (layer, []Problem) {
	name := filepath.Base(path)
	l := layer{map[string]string{}, func(string) string { return name }}
	if path == "" {
		return l, nil
	}
	k := koanf.New(".") // a table [smtp] becomes smtp.user, which is then told to be unknown
	if err := k.Load(file.Provider(path), tomlParser{}); err != nil {
		text := cause(err)
		var at toml.ParseError
		if errors.As(err, &at) {
			text = fmt.Sprintf("line %d: %s", at.Position.Line, at.Message)
		}
		return l, []Problem{{Setting: "config", Text: path + ": " + oneLine(text)}}
	}
	for key, value := range k.All() {
		if list, ok := value.([]any); ok {
			parts := []string{}
			for _, part := range list {
				parts = append(parts, fmt.Sprint(part))
			}
			l.values[key] = strings.Join(parts, ", ")
			continue
		}
		l.values[key] = fmt.Sprint(value)
	}
	return l, nil
}

// tomlParser reads the settings file with the TOML reader that words.toml is read
// with too, so that there is one in the binary.
type tomlParser struct{}

func (tomlParser) Unmarshal(b []byte) (m map[string]any, err error) {
	err = toml.Unmarshal(b, &m)
	return m, err
}

func (tomlParser) Marshal(m map[string]any) ([]byte, error) { return toml.Marshal(m) }

// readSecrets replaces each secret_file of the layer by what the file holds.
func (l layer) readSecrets(table []Setting) []Problem {
	var problems []Problem
	for _, s := range table {
		path, ok := l.values[s.Name+fromFile]
		if !s.Secret || !ok {
			continue
		}
		from := l.from(s.Name + fromFile)
		delete(l.values, s.Name+fromFile)
		if _, both := l.values[s.Name]; both {
			problems = append(problems, Problem{s.Name, "is set, and so is " + s.Name + fromFile + ": use one of the two", from})
			continue
		}
		secret, wrong := readSecret(path)
		if wrong != "" {
			problems = append(problems, Problem{s.Name + fromFile, wrong, from})
			continue
		}
		l.values[s.Name] = secret
	}
	return problems
}

func readSecret(path string) (secret, wrong string) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Sprintf("cannot read %q: %s", path, cause(err))
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return "", fmt.Sprintf("cannot read %q: %s", path, cause(err))
	}
	if len(content) > maxSecret {
		return "", fmt.Sprintf("%q is too large to be a secret", path)
	}
	secret = strings.TrimRight(string(content), "\r\n")
	if secret == "" {
		return "", fmt.Sprintf("%q is empty", path)
	}
	return secret, ""
}

// unknown tells about every name in the layer that is no setting.
func (l layer) unknown(table []Setting) []Problem {
	var problems []Problem
	for _, name := range slices.Sorted(maps.Keys(l.values)) {
		if slices.ContainsFunc(table, func(s Setting) bool { return s.Name == name }) {
			continue
		}
		text := "there is no such setting"
		if like := nearest(name, table); like != "" {
			text += "; did you mean " + like + "?"
		}
		from := l.from(name)
		delete(l.values, name)
		problems = append(problems, Problem{name, text, from})
	}
	return problems
}

// nearest gives the setting whose name looks most like name, or nothing when
// none comes close.
func nearest(name string, table []Setting) string {
	name = strings.ReplaceAll(strings.ToLower(name), ".", "_")
	best, least := "", max(2, len(name)/3)+1
	for _, s := range table {
		names := []string{s.Name}
		if s.Secret {
			names = append(names, s.Name+fromFile)
		}
		for _, candidate := range names {
			if d := distance(name, candidate); d < least {
				best, least = candidate, d
			}
		}
	}
	return best
}

// distance counts the letters to add, drop or change to get from a to b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// cause leaves the path out of a file error, because it is told already.
func cause(err error) string {
	var e *os.PathError
	if errors.As(err, &e) {
		return e.Err.Error()
	}
	return err.Error()
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
