package admin

import (
	"context"
	"slices"
	"strings"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

// Settings gives how the organisation wants its square. It is kept in memory until
// it changes, because every page asks. When the database is away it gives the
// settings of the file, with the error.
func (s *Service) Settings(ctx context.Context) (Settings, error) {
	if kept := s.kept.Load(); kept != nil {
		return *kept, nil
	}
	age := s.age.Load()
	rows, err := readSettings(ctx, s.DB.Read())
	if err != nil {
		return s.Defaults, plein.Wrap("admin.settings", err)
	}
	out := s.Defaults.with(rows)
	if s.age.Load() == age { // else it was changed while we read
		s.kept.Store(&out)
		if s.age.Load() != age {
			s.kept.CompareAndSwap(&out, nil)
		}
	}
	return out, nil
}

func (s *Service) forgetSettings() {
	s.age.Add(1)
	s.kept.Store(nil)
}

// Hear lets go of what a change on another node made old. The app calls it with
// every line of the change log.
func (s *Service) Hear(e plein.Event) {
	if e.Name == "admin.settings.changed" {
		s.forgetSettings()
	}
}

// changeSettings writes all settings as they were typed. The error is the first of
// what tidy tells.
func (s *Service) changeSettings(ctx context.Context, actor plein.Actor, t typedSettings) error {
	if err := need(actor, plein.ManageSettings); err != nil {
		return err
	}
	clean, wrong := t.tidy()
	for _, name := range settingNames() {
		if err := wrong[name]; err != nil {
			return err
		}
	}
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		rows, err := readSettings(ctx, tx)
		if err != nil {
			return err
		}
		was := s.Defaults.with(rows).typed()
		var what []string
		for _, name := range settingNames() {
			if clean[name] == was[name] {
				continue
			}
			if err := writeSetting(ctx, tx, name, clean[name], s.Clock.Now(), actor.ID); err != nil {
				return err
			}
			what = append(what, name)
		}
		if len(what) == 0 {
			return nil
		}
		slices.Sort(what)
		tx.AfterCommit(s.forgetSettings)
		return s.tell(ctx, tx, actor, "admin.settings.changed", plein.Ref{}, map[string]string{"what": strings.Join(what, " ")})
	})
	return plein.Wrap("admin.change_settings", err)
}
