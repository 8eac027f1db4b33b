// Package config exists so that every setting of Plein stands in one list, with
// its name, default, meaning and check, and so that a wrong setting is a clear
// line at the start instead of a surprise at night.
//
// The list is the struct Settings. The help of the command line (Flags), the page
// docs/settings.md (Table) and the checks (Load) are all read from its tags.
//
// A setting comes from, in order of strength: a flag (--base-url), the
// environment (PLEIN_BASE_URL), the settings file (base_url = "…", TOML), its
// default. A secret may also come from a file named by the setting with _file
// behind it, so that it need not stand in an environment or in a file that is
// shared.
package config

//go:generate go test -run TestSettingsPage . -update
