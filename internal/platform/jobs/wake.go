package jobs

import (
	"context"
	"database/sql"
	"log/slog"
	"sync/atomic"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivershared/baseservice"
	"github.com/riverqueue/river/rivershared/riverpilot"
	"github.com/riverqueue/river/rivertype"
)

// driver is River's own driver, and a way to tell River that a job it inserted in
// our transaction is committed now. River knows that by itself only when the
// transaction is its own, and would find ours at its next poll, up to a second
// later: long, for somebody who waits for a sign-in link. The hook is River's
// plug-in interface, which may change: TestAJobRunsAtOnce fails when it does.
type driver struct {
	riverdriver.Driver[*sql.Tx]
	notify atomic.Pointer[func(context.Context, []*rivertype.JobInsertResult)]
}

func (d *driver) wake(made *rivertype.JobInsertResult) {
	if notify := d.notify.Load(); notify != nil {
		(*notify)(context.Background(), []*rivertype.JobInsertResult{made})
	}
}

// PluginInit is asked for by River and has nothing to do.
func (d *driver) PluginInit(*baseservice.Archetype) {}

// PluginPilot hands River the pilot below.
func (d *driver) PluginPilot() riverpilot.Pilot { return &pilot{driver: d} }

// pilot is River's standard pilot; it only keeps the function that wakes.
type pilot struct {
	riverpilot.StandardPilot
	driver *driver
}

func (p *pilot) PilotInit(a *baseservice.Archetype, params *riverpilot.PilotInitParams) {
	p.StandardPilot.PilotInit(a, params)
	p.driver.notify.Store(&params.NotifyNonTxJobInsert)
}

// onlyWarnings keeps River's running commentary out of the log.
type onlyWarnings struct{ slog.Handler }

func (h onlyWarnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}

func (h onlyWarnings) WithAttrs(as []slog.Attr) slog.Handler {
	return onlyWarnings{h.Handler.WithAttrs(as)}
}

func (h onlyWarnings) WithGroup(name string) slog.Handler {
	return onlyWarnings{h.Handler.WithGroup(name)}
}
