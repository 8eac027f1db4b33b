package config

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
)

// Setting is one line of the list of settings, for help and documentation.
type Setting struct {
	Name    string // in the settings file: base_url
	Flag    string // on the command line: --base-url, or --smtp-password-file for a secret
	Env     string // in the environment: PLEIN_BASE_URL
	Group   string // the heading it stands under
	Kind    string // how it is read: "address", "yes|no", "1..64" …
	Default string // as one would type it; may be empty
	Help    string // one or two sentences
	Secret  bool   // never shown; may come from a file named by Name + "_file"

	field int // in Settings
}

const (
	envPrefix = "PLEIN_"
	fromFile  = "_file" // smtp_password_file names a file that holds smtp_password
)

// Table lists every setting, in the order in which help shows them.
func Table() []Setting {
	t := reflect.TypeFor[Settings]()
	list := make([]Setting, 0, t.NumField())
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		name := tag.Get("name")
		list = append(list, Setting{
			Name: name, Flag: flagOf(name), Env: envPrefix + strings.ToUpper(name),
			Group: tag.Get("group"), Kind: tag.Get("kind"), Default: tag.Get("default"), Help: tag.Get("help"),
			Secret: tag.Get("secret") == "yes", field: i,
		})
	}
	for i := range list {
		if list[i].Secret { // a command line can be read by everybody on the machine
			list[i].Flag = flagOf(list[i].Name + fromFile)
		}
	}
	return list
}

func flagOf(name string) string { return "--" + strings.ReplaceAll(name, "_", "-") }

// Means says in words what a setting accepts: "host:port", "yes or no".
func (s Setting) Means() string {
	if text, ok := kindNames[s.Kind]; ok {
		return text
	}
	if low, high, ok := strings.Cut(s.Kind, ".."); ok {
		return "a number from " + low + " to " + high
	}
	choices := strings.Split(s.Kind, "|")
	last := len(choices) - 1
	return strings.Join(choices[:last], ", ") + " or " + choices[last]
}

// Line is a setting with the value it has, for people to look at.
type Line struct{ Name, Value string }

// Shown lists all settings with their values and with every secret hidden, also
// the password in a database address (TRUST S127).
func (s Settings) Shown() []Line {
	v := reflect.ValueOf(s)
	lines := []Line{}
	for _, setting := range Table() {
		value := fmt.Sprint(v.Field(setting.field).Interface())
		switch {
		case setting.Secret && value != "":
			value = "(hidden)"
		case setting.Name == "database":
			value = hidePassword(value)
		case setting.Name == "trusted_proxies":
			value = strings.Trim(strings.ReplaceAll(value, " ", ", "), "[]")
		}
		lines = append(lines, Line{setting.Name, value})
	}
	return lines
}

// hidePassword takes a password out of an address, in both places where
// PostgreSQL looks for one. An address that cannot be read is hidden as a whole
// when a password may be in it.
func hidePassword(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		if strings.ContainsAny(address, "@=") {
			return "(hidden)"
		}
		return address
	}
	if _, has := u.User.Password(); has {
		u.User = url.UserPassword(u.User.Username(), "hidden")
	}
	if q := u.Query(); q.Has("password") {
		q.Set("password", "hidden")
		u.RawQuery = q.Encode()
	}
	return u.String()
}

// Flags makes the flags of all settings for the command line: a pointer to a
// struct with kong's tags, to be put in a kong.Plugins, and a function that gives
// what was typed, ready for Load. The struct is made from the list, so that a
// setting cannot be forgotten here.
func Flags() (grammar any, given func() map[string]string) {
	list := Table()
	fields := []reflect.StructField{}
	names := []string{}
	add := func(name, group, help string, kind reflect.Type) {
		names = append(names, name)
		placeholder := ""
		if kind != reflect.TypeFor[*bool]() {
			placeholder = ` placeholder:"` + strings.ToUpper(name[strings.LastIndex(name, "_")+1:]) + `"`
		}
		fields = append(fields, reflect.StructField{
			Name: fmt.Sprintf("F%d", len(fields)), Type: kind,
			Tag: reflect.StructTag(fmt.Sprintf(`name:%q help:%q group:%q`, flagOf(name)[2:], help, group) + placeholder),
		})
	}
	for _, s := range list {
		kind, help := reflect.TypeFor[*string](), s.Help
		if s.Kind == "bool" {
			kind = reflect.TypeFor[*bool]()
		}
		if s.Default != "" {
			help += " [" + s.Default + "]"
		}
		if s.Secret {
			add(s.Name+fromFile, s.Group, "File that holds: "+strings.ToLower(help[:1])+help[1:], kind)
			continue
		}
		add(s.Name, s.Group, help, kind)
	}
	v := reflect.New(reflect.StructOf(fields))
	return v.Interface(), func() map[string]string {
		typed := map[string]string{}
		for i, name := range names {
			if p := v.Elem().Field(i); !p.IsNil() {
				typed[name] = fmt.Sprint(p.Elem().Interface())
			}
		}
		return typed
	}
}
