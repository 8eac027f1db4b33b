package admin

import (
	"net/http"
	"strconv"
	"time"

	"plein/internal/platform/web"
	"plein/internal/platform/words"
	"plein/internal/plein"
)

// health is GET /admin/health.
func (m *Module) health(w http.ResponseWriter, r *http.Request) error {
	h, err := m.Service.health(r.Context(), plein.ActorFrom(r.Context()))
	if err != nil {
		return err
	}
	v := healthView{Page: m.page(r, "admin.health.title")}
	sp := v.Speaker
	say := sp.T
	disk := say("admin.health.unknown")
	if h.Disk.Known {
		disk = say("admin.health.free_of", "free", sp.Bytes(h.Disk.Free), "size", sp.Bytes(h.Disk.Size))
	}
	version := h.Version
	if version == "" || version == "unknown" { // a build without a stamp
		version = say("admin.health.unknown")
	}
	v.Facts = [][2]string{
		{say("admin.health.version"), version},
		{say("admin.health.up"), lasted(sp, h.Up)},
		{say("admin.health.engine"), map[string]string{"sqlite": "SQLite", "postgres": "PostgreSQL"}[h.Engine.String()]},
		{say("admin.health.database"), sp.Bytes(h.Database)},
		{say("admin.health.disk"), disk},
		{say("admin.health.memory"), sp.Bytes(h.Memory)},
		{say("admin.health.routines"), sp.Number(h.Routines)},
		{say("admin.health.sessions"), sp.Number(h.Sessions)},
		{say("admin.health.errors"), sp.Number(h.Errors)},
	}
	v.Jobs = [][2]string{
		{say("admin.health.jobs.waiting"), sp.Number(h.Jobs.Waiting)},
		{say("admin.health.jobs.running"), sp.Number(h.Jobs.Running)},
		{say("admin.health.jobs.failing"), sp.Number(h.Jobs.Failing)},
		{say("admin.health.jobs.later"), sp.Number(h.Jobs.Later)},
		{say("admin.health.jobs.dead"), sp.Number(h.Jobs.Dead)},
	}
	behind := 0
	for _, l := range h.Lags {
		row := lagRow{Name: l.Follower, Lines: sp.Number(l.Lines), Oldest: say("admin.health.up_to_date")}
		if !l.Oldest.IsZero() {
			row.Oldest = sp.Ago(l.Oldest, v.Now)
			if v.Now.Sub(l.Oldest) > 5*time.Minute {
				behind++
			}
		}
		v.Lags = append(v.Lags, row)
	}
	for _, d := range h.Dead {
		v.Dead = append(v.Dead, deadRow{ID: d.ID, Kind: d.Kind, Tries: d.Tries, At: d.At})
	}
	if h.Disk.Low() {
		v.Warnings = append(v.Warnings, say("admin.health.warn.disk", "free", sp.Bytes(h.Disk.Free)))
	}
	if behind > 0 {
		v.Warnings = append(v.Warnings, say("admin.health.warn.behind", "n", behind))
	}
	if n := h.Jobs.Dead; n > 0 {
		v.Warnings = append(v.Warnings, say("admin.health.warn.dead", "n", n))
	}
	return web.Render(w, r, http.StatusOK, healthPage(v))
}

// lasted writes how long something took, in its largest unit.
func lasted(sp words.Speaker, d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return sp.T("admin.health.days", "n", int(d/(24*time.Hour)))
	case d >= 2*time.Hour:
		return sp.T("admin.health.hours", "n", int(d/time.Hour))
	}
	return sp.T("admin.health.minutes", "n", int(d/time.Minute))
}

// retryJob is POST /admin/health/jobs/{id}/retry.
func (m *Module) retryJob(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return plein.ErrNotFound
	}
	if err := m.Service.retryJob(r.Context(), plein.ActorFrom(r.Context()), id); err != nil {
		return err
	}
	web.SetFlash(w, "admin.done.retried")
	return web.Redirect(w, r, "/admin/health")
}
