package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plein/internal/platform/config"
)

func TestVersionIsStamped(t *testing.T) {
	if got := must(t, "version"); got != "plein v1.2.3-test\n" {
		t.Errorf("got %q", got)
	}
}

func TestHelpShowsEverySetting(t *testing.T) {
	help := must(t, "serve", "--help")
	words := strings.Join(strings.Fields(help), " ")
	for _, s := range config.Table() {
		if !strings.Contains(help, s.Flag) {
			t.Errorf("%s is not in plein serve --help", s.Flag)
		}
		// The first words of what it means; kong breaks the lines.
		about := strings.Fields(s.Help)
		if about := strings.Join(about[1:min(len(about), 5)], " "); !strings.Contains(words, about) {
			t.Errorf("%s is not explained: %q", s.Flag, about)
		}
	}
}

func TestEveryCommandHasHelp(t *testing.T) {
	for _, args := range []string{"", "serve", "demo", "import", "people", "people list", "people add", "people role", "people link", "doctor", "version"} {
		if out := must(t, append(strings.Fields(args), "--help")...); !strings.HasPrefix(out, "Usage: plein") {
			t.Errorf("plein %s --help says %q", args, out)
		}
	}
}

func TestABadSettingIsALineEach(t *testing.T) {
	file := filepath.Join(t.TempDir(), "plein.toml")
	if err := os.WriteFile(file, []byte("log_level = \"loud\"\nlogo = \"x\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := command(t.Context(), t, "serve", "--listen", "nowhere", "--config", file)
	c.Env = append(c.Env, "PLEIN_DEFAULT_LANG=fr", "PLEIN_LISTN=x")
	e := finish(t, c)
	want := []string{
		`plein: listen: "nowhere" is not host:port (from --listen)`,
		`plein: default_lang: "fr" is not nl or en (from PLEIN_DEFAULT_LANG)`,
		`plein: log_level: "loud" is not debug, info, warn or error (from plein.toml)`,
		`plein: logo: there is no such setting (from plein.toml)`,
		`plein: listn: there is no such setting; did you mean listen? (from PLEIN_LISTN)`,
	}
	if e.code != 2 || e.out != "" || len(e.errLines()) != len(want) {
		t.Errorf("ended with %d, out %q, err:\n%s", e.code, e.out, e.err)
	}
	for _, line := range want {
		if !strings.Contains(e.err, line+"\n") {
			t.Errorf("%q is missing in:\n%s", line, e.err)
		}
	}
	if left, err := os.ReadDir(c.Dir); err != nil || len(left) > 0 {
		t.Errorf("something was made: %v (%v)", left, err)
	}
}

func TestWhatIsNoCommandIsOneLine(t *testing.T) {
	refused(t, 2, "expected one of")
	refused(t, 2, "unexpected argument dance", "dance")
	refused(t, 2, "unknown flag --colour", "serve", "--colour", "red")
	refused(t, 2, "no such file or directory", "serve", "--config", "not-there.toml")
	refused(t, 2, "<path>", "import", "slack")
}
