package admin

import (
	"context"
	"runtime"
	"time"

	"plein/internal/platform/changes"
	"plein/internal/platform/db"
	"plein/internal/platform/jobs"
	"plein/internal/plein"
)

// Health is how the machine is doing: numbers, and no word of anybody's.
type Health struct {
	Version  string
	Engine   db.Engine
	Database int64 // bytes
	Lags     []changes.Lag
	Jobs     jobs.Counts
	Dead     []jobs.Dead // Error is left out: a mail server's answer can hold an address
	Sessions int
	Disk     Disk
	Up       time.Duration
	Memory   int64 // bytes that the process has taken from the machine
	Routines int
	Errors   int // in the last hour
}

// Disk is the disk that holds the data folder. Known is false where the machine
// does not say.
type Disk struct {
	Free, Size int64 // bytes
	Known      bool
}

// Low says that the disk runs full: under a tenth, or under a gigabyte.
func (d Disk) Low() bool { return d.Known && (d.Free < d.Size/10 || d.Free < 1e9) }

// maxDead bounds the list of jobs that were given up.
const maxDead = 50

func (s *Service) health(ctx context.Context, actor plein.Actor) (h Health, err error) {
	if err := need(actor, plein.ViewHealth); err != nil {
		return Health{}, err
	}
	now := s.Clock.Now()
	h = Health{Version: s.Version, Engine: s.DB.Engine(), Up: now.Sub(s.began), Memory: memory(), Routines: runtime.NumGoroutine(),
		Errors: s.Errors.LastHour(now), Disk: diskOf(s.Data)}
	if h.Database, err = databaseSize(ctx, s.DB.Read()); err != nil {
		return Health{}, plein.Wrap("admin.health", err)
	}
	if h.Lags, err = s.Changes.Lags(ctx); err != nil {
		return Health{}, plein.Wrap("admin.health", err)
	}
	if h.Sessions, err = s.Sessions.Count(ctx); err != nil {
		return Health{}, plein.Wrap("admin.health", err)
	}
	if h.Jobs, err = s.Jobs.Counts(ctx); err != nil {
		return Health{}, err
	}
	if h.Dead, err = s.Jobs.Dead(ctx, maxDead); err != nil {
		return Health{}, err
	}
	for i := range h.Dead {
		h.Dead[i].Error = ""
	}
	return h, nil
}

// retryJob gives a job that was given up one more try. Only those: one that went
// well would send its letter twice.
func (s *Service) retryJob(ctx context.Context, actor plein.Actor, id int64) error {
	if err := need(actor, plein.ViewHealth); err != nil {
		return err
	}
	dead, err := s.Jobs.Dead(ctx, 1000)
	if err != nil {
		return err
	}
	for _, d := range dead {
		if d.ID != id {
			continue
		}
		if err := s.Jobs.Revive(ctx, id); err != nil {
			return err
		}
		err := s.DB.Tx(ctx, func(tx *db.Tx) error {
			return s.tell(ctx, tx, actor, "admin.job.retried", plein.Ref{}, map[string]string{"kind": d.Kind})
		})
		return plein.Wrap("admin.retry_job", err)
	}
	return plein.ErrNotFound
}
