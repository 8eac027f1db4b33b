package config

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

var update = flag.Bool("update", false, "write docs/settings.md anew")

// TestTable holds every setting to what help and the settings page need.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	groups := []string{}
	for _, s := range Table() {
		if !regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`).MatchString(s.Name) || seen[s.Name] {
			t.Errorf("%q: names are lower case with _ between, and unique", s.Name)
		}
		seen[s.Name] = true
		if strings.HasSuffix(s.Name, fromFile) {
			t.Errorf("%s: ends like the file of a secret", s.Name)
		}
		if len(s.Help) < 10 || !strings.HasSuffix(s.Help, ".") || strings.ContainsAny(s.Help, "!`\n") {
			t.Errorf("%s: help is one or two plain sentences, not %q", s.Name, s.Help)
		}
		if _, wrong := s.read(s.Default); wrong != "" {
			t.Errorf("%s: its own default %s", s.Name, wrong)
		}
		if s.Means() == "" || strings.HasPrefix(s.Means(), " or ") {
			t.Errorf("%s: kind %q says nothing", s.Name, s.Kind)
		}
		if s.Secret && s.Default != "" {
			t.Errorf("%s: a secret has no default", s.Name)
		}
		if len(groups) == 0 || groups[len(groups)-1] != s.Group {
			groups = append(groups, s.Group)
		}
		for _, word := range []string{"password", "secret", "token", "key"} {
			if strings.Contains(s.Name, word) && !s.Secret {
				t.Errorf("%s: looks like a secret and is not marked as one", s.Name)
			}
		}
	}
	for i, group := range groups {
		for _, other := range groups[i+1:] {
			if group == other || group == "" {
				t.Errorf("group %q stands in two places or has no name", group)
			}
		}
	}
}

// TestFlags gives every flag to kong and reads it back.
func TestFlags(t *testing.T) {
	grammar, given := Flags()
	var cli struct {
		kong.Plugins
	}
	cli.Plugins = kong.Plugins{grammar}
	parser, err := kong.New(&cli, kong.Name("plein"), kong.Writers(io.Discard, io.Discard), kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	args, want := []string{}, map[string]string{}
	for _, s := range Table() {
		name := strings.ReplaceAll(s.Flag[2:], "-", "_")
		want[name] = "x"
		if s.Kind == "bool" {
			args, want[name] = append(args, s.Flag), "true"
		} else {
			args = append(args, s.Flag+"=x")
		}
	}
	if _, err := parser.Parse(args[:1]); err != nil {
		t.Fatal(err)
	}
	if got := given(); len(got) != 1 || got["listen"] != "x" {
		t.Errorf("one flag typed, got %v", got)
	}
	if _, err := parser.Parse(args); err != nil {
		t.Fatal(err)
	}
	if got := given(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if _, err := parser.Parse([]string{"--smtp-password=x"}); err == nil {
		t.Error("a secret was taken from the command line, where others can read it")
	}
}

// TestSettingsPage compares docs/settings.md with the list; -update writes it.
func TestSettingsPage(t *testing.T) {
	path := filepath.Join("..", "..", "..", "docs", "settings.md")
	want := settingsPage()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/settings.md is not what the settings are now: run make generate")
	}
}

func settingsPage() string {
	var b strings.Builder
	b.WriteString(`# Settings

This page is made from the list in internal/platform/config: change that, then run ` + "`make generate`" + `.

Every setting can be given as a flag, as a variable in the environment, or in a settings file (TOML, named by ` + "`--config` or `PLEIN_CONFIG`" + `).
A flag is stronger than the environment, the environment stronger than the file, and the file stronger than the default.
A secret has no flag of its own, because others on the machine can read a command line: give its variable, or a file that holds it
(` + "`smtp_password_file`, `PLEIN_SMTP_PASSWORD_FILE`, `--smtp-password-file`" + `).

Plein checks all settings when it starts. It says everything that is wrong, one line each, and stops with exit code 2.

An example of a settings file:

` + "```toml" + `
listen = "127.0.0.1:8080"
base_url = "https://plein.example.org"
trusted_proxies = ["127.0.0.1"]
data = "/var/lib/plein"
mail = "smtp://mail.example.org:587"
mail_from = "plein@example.org"
smtp_user = "plein"
smtp_password_file = "/etc/plein/smtp-password"
` + "```" + `
`)
	group := ""
	for _, s := range Table() {
		if s.Group != group {
			group = s.Group
			b.WriteString("\n## " + group + "\n\n| setting | flag | variable | accepts | default | meaning |\n| --- | --- | --- | --- | --- | --- |\n")
		}
		value, accepts := "", s.Means()
		if s.Default != "" {
			value = "`" + s.Default + "`"
		}
		if s.Secret {
			accepts += " (secret)"
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | `%s` | %s | %s | %s |\n", s.Name, s.Flag, s.Env, accepts, value, s.Help)
	}
	return b.String()
}

// TestExampleIsRight loads the example of the settings page.
func TestExampleIsRight(t *testing.T) {
	_, example, _ := strings.Cut(settingsPage(), "```toml\n")
	example, _, _ = strings.Cut(example, "```")
	example = strings.ReplaceAll(example, "/etc/plein/smtp-password", write(t, "password", "hush"))
	if _, problems := Load(nil, nil, write(t, "plein.toml", example)); len(problems) > 0 {
		t.Error(lines(problems))
	}
}
