package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"

	"github.com/alecthomas/kong"

	"plein/internal/app"
	"plein/internal/platform/config"
)

// What the program ends with: 1 when it could not do what was asked, 2 when it
// was asked wrongly.
const (
	exitFailed = 1
	exitUsage  = 2
)

// exitCode ends the program without another word: all was said already.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("ended with %d", int(c)) }

// settingFlags are the flags of all settings, on every command that opens the
// organisation.
type settingFlags struct {
	ConfigFile string `name:"config" type:"path" placeholder:"FILE" help:"File with settings (TOML)." env:"PLEIN_CONFIG"`
	kong.Plugins
	given func() map[string]string
}

func newSettingFlags() settingFlags {
	grammar, given := config.Flags()
	return settingFlags{Plugins: kong.Plugins{grammar}, given: given}
}

func newCommands() *commands {
	var c commands
	c.Serve.settingFlags = newSettingFlags()
	c.Demo.settingFlags = newSettingFlags()
	c.Import.settingFlags = newSettingFlags()
	c.Doctor.settingFlags = newSettingFlags()
	c.People.List.settingFlags = newSettingFlags()
	c.People.Add.settingFlags = newSettingFlags()
	c.People.Role.settingFlags = newSettingFlags()
	c.People.Link.settingFlags = newSettingFlags()
	return &c
}

// open opens the organisation for a command that does one thing.
func (f settingFlags) open(ctx context.Context) (*app.App, error) {
	s, err := f.load(nil)
	if err != nil {
		return nil, err
	}
	return app.Open(ctx, app.Options{Settings: s, Log: logger(s, os.Stderr)})
}

// load reads the settings; a bad one is a line each and exit code 2. preset are
// settings that the command itself chooses, weaker than what was given.
func (f settingFlags) load(preset map[string]string) (config.Settings, error) {
	flags := f.given()
	for name, value := range preset {
		if _, typed := flags[name]; !typed && os.Getenv("PLEIN_"+upper(name)) == "" {
			flags[name] = value
		}
	}
	s, problems := config.Load(flags, environ(), f.ConfigFile)
	for _, p := range problems {
		fmt.Fprintln(os.Stderr, "plein:", p)
	}
	if len(problems) > 0 {
		return s, exitCode(exitUsage)
	}
	if s.MemoryLimit > 0 {
		debug.SetMemoryLimit(int64(s.MemoryLimit))
	}
	return s, nil
}

// environ is the environment without the variable that names the settings file.
func environ() []string {
	var out []string
	for _, line := range os.Environ() {
		if len(line) < len("PLEIN_CONFIG=") || line[:len("PLEIN_CONFIG=")] != "PLEIN_CONFIG=" {
			out = append(out, line)
		}
	}
	return out
}

func upper(name string) string {
	b := []byte(name)
	for i := range b {
		if b[i] >= 'a' && b[i] <= 'z' {
			b[i] -= 'a' - 'A'
		}
	}
	return string(b)
}

func logger(s config.Settings, w io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(s.LogLevel)) // checked when it was loaded
	o := &slog.HandlerOptions{Level: level}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}
