package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

// Job is what a job carries: a struct that becomes JSON, with the name under
// which its handler is found, as in "signin.mail".
type Job interface{ Kind() string }

// Lasting is a job whose handler may take longer than usual.
type Lasting interface{ MayTake() time.Duration }

const (
	tries      = 5
	usually    = 2 * time.Minute // how long a handler may take
	atOnce     = 8               // handlers at work at the same time
	deadFor    = 30 * 24 * time.Hour
	doneFor    = time.Hour
	stuckAfter = 15 * time.Minute // a job of a process that is gone, where several share a database
	giveUp     = 5 * time.Second  // for handlers that were told to stop
)

// Jobs keeps the jobs of one database and works on them.
type Jobs struct {
	db      *db.DB
	log     *slog.Logger
	driver  *driver
	client  *river.Client[*sql.Tx]
	workers *river.Workers
	kinds   int
	started bool
}

// New makes the jobs of a database. Handlers are added with Handle; nothing runs
// before Start.
func New(d *db.DB, log *slog.Logger) (*Jobs, error) { return open(d, log, defaults()) }

// tuning is what tests make faster.
type tuning struct {
	test  bool                           // leave out the random pauses with which River starts
	poll  time.Duration                  // how long a job waits when nobody was woken
	pause func(failed int) time.Duration // before the next try, by how often it failed
}

func defaults() tuning {
	return tuning{poll: time.Second, pause: func(failed int) time.Duration {
		pauses := [...]time.Duration{10 * time.Second, time.Minute, 10 * time.Minute, time.Hour}
		return pauses[min(max(failed, 1), len(pauses))-1]
	}}
}

func open(d *db.DB, log *slog.Logger, t tuning) (*Jobs, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	log = slog.New(onlyWarnings{log.With("part", "jobs").Handler()})
	j := &Jobs{db: d, log: log, driver: newDriver(d), workers: river.NewWorkers()}
	client, err := river.NewClient(j.driver, &river.Config{
		Workers:                     j.workers,
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: atOnce}},
		Logger:                      log,
		MaxAttempts:                 tries,
		RetryPolicy:                 retry{t.pause},
		PollOnly:                    true,
		TestOnly:                    t.test,
		FetchPollInterval:           t.poll,
		FetchCooldown:               min(50*time.Millisecond, t.poll),
		JobTimeout:                  usually,
		RescueStuckJobsAfter:        stuckAfter,
		CompletedJobRetentionPeriod: doneFor,
		DiscardedJobRetentionPeriod: deadFor,
	})
	if err != nil {
		return nil, plein.Wrap("jobs.new", err)
	}
	j.client = client
	return j, nil
}

// Migrate makes River's tables, or brings them up to date.
func (j *Jobs) Migrate(ctx context.Context) error {
	m, err := rivermigrate.New(j.driver.Driver, &rivermigrate.Config{Logger: j.log})
	if err == nil {
		_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	}
	return plein.Wrap("jobs.migrate", err)
}

// Handle says what does the jobs of a kind. It is called before Start, once for
// a kind. An error or a panic in fn is a failed try.
func Handle[T Job](j *Jobs, fn func(ctx context.Context, job T) error) {
	if j.started {
		panic("jobs: Handle after Start")
	}
	river.AddWorker(j.workers, &worker[T]{do: fn})
	j.kinds++
}

type worker[T Job] struct {
	river.WorkerDefaults[T]
	do func(ctx context.Context, job T) error
}

func (w *worker[T]) Work(ctx context.Context, job *river.Job[T]) error { return w.do(ctx, job.Args) }

func (w *worker[T]) Timeout(job *river.Job[T]) time.Duration {
	if long, ok := any(job.Args).(Lasting); ok {
		return long.MayTake()
	}
	return usually
}

// Add writes a job in the caller's transaction. It runs soon after the commit,
// and never without one. A kind that nobody handles is refused.
func (j *Jobs) Add(ctx context.Context, tx *db.Tx, job Job) error {
	return j.add(ctx, tx, job, nil)
}

// AddAt writes a job that runs at a later time, to about five seconds.
func (j *Jobs) AddAt(ctx context.Context, tx *db.Tx, job Job, at time.Time) error {
	return j.add(ctx, tx, job, &river.InsertOpts{ScheduledAt: at})
}

func (j *Jobs) add(ctx context.Context, tx *db.Tx, job Job, opts *river.InsertOpts) error {
	made, err := j.client.InsertTx(tx.Uncut(ctx), tx.SQL(), job, opts)
	if err != nil {
		return plein.Wrap("jobs.add", fmt.Errorf("%s: %w", job.Kind(), err))
	}
	if made.Job.State == rivertype.JobStateAvailable {
		tx.AfterCommit(func() { j.driver.wake(made) })
	}
	return nil
}

// Start begins to work. Handlers go on when ctx ends; Stop ends them.
func (j *Jobs) Start(ctx context.Context) error {
	j.started = true
	if j.kinds == 0 {
		return nil // nothing to do, and River would call that a mistake
	}
	if j.db.Engine() == db.SQLite {
		if err := j.takeUp(ctx); err != nil {
			return plein.Wrap("jobs.start", err)
		}
	}
	return plein.Wrap("jobs.start", j.client.Start(context.WithoutCancel(ctx)))
}

// takeUp puts back what was running when the process last ended. On SQLite
// nobody else can be working on it. Where several processes share a database,
// River does this after stuckAfter.
func (j *Jobs) takeUp(ctx context.Context) error {
	const batch = 1000
	for {
		exec, now := j.driver.GetExecutor(), time.Now().UTC()
		stuck, err := exec.JobGetStuck(ctx, &riverdriver.JobGetStuckParams{Max: batch, StuckHorizon: now.Add(time.Minute)})
		if err != nil || len(stuck) == 0 {
			return err
		}
		p := &riverdriver.JobRescueManyParams{}
		for _, job := range stuck {
			state, ended := rivertype.JobStateAvailable, (*time.Time)(nil)
			if job.Attempt >= job.MaxAttempts { // it stopped the process each time
				state, ended = rivertype.JobStateDiscarded, &now
			}
			note := fmt.Sprintf(`{"at":%q,"attempt":%d,"error":"Plein stopped while this job ran","trace":""}`, now.Format(time.RFC3339Nano), job.Attempt)
			p.ID, p.Error = append(p.ID, job.ID), append(p.Error, []byte(note))
			p.FinalizedAt, p.ScheduledAt = append(p.FinalizedAt, ended), append(p.ScheduledAt, now)
			p.State = append(p.State, string(state))
		}
		if _, err := exec.JobRescueMany(ctx, p); err != nil {
			return err
		}
	}
}

// Stop lets running handlers finish until ctx ends; then it ends their context
// and waits a few seconds more. What was not finished is tried again at the next
// start.
func (j *Jobs) Stop(ctx context.Context) error {
	if !j.started || j.kinds == 0 {
		return nil
	}
	err := j.client.Stop(ctx)
	if err != nil && ctx.Err() != nil {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveUp)
		defer cancel()
		err = j.client.StopAndCancel(last)
	}
	return plein.Wrap("jobs.stop", err)
}

// Dead is a job that failed as often as it may.
type Dead struct {
	ID    int64
	Kind  string
	Error string // of the last try, one line
	Tries int
	At    time.Time // when it was given up
}

// Dead lists the jobs that were given up, the newest first.
func (j *Jobs) Dead(ctx context.Context, limit int) ([]Dead, error) {
	// For finished jobs the order by time is the order in which they ended.
	found, err := j.client.JobList(ctx, river.NewJobListParams().States(rivertype.JobStateDiscarded).
		OrderBy(river.JobListOrderByTime, river.SortOrderDesc).First(min(max(limit, 1), 1000)))
	if err != nil {
		return nil, plein.Wrap("jobs.dead", err)
	}
	out := make([]Dead, 0, len(found.Jobs))
	for _, job := range found.Jobs {
		d := Dead{ID: job.ID, Kind: job.Kind, Tries: job.Attempt}
		if job.FinalizedAt != nil {
			d.At = job.FinalizedAt.UTC()
		}
		if n := len(job.Errors); n > 0 {
			d.Error, _, _ = strings.Cut(job.Errors[n-1].Error, "\n")
		}
		out = append(out, d)
	}
	return out, nil
}

// Revive gives a dead job one more try, now. plein.ErrNotFound when there is no
// such job.
func (j *Jobs) Revive(ctx context.Context, id int64) error {
	job, err := j.client.JobRetry(ctx, id)
	if errors.Is(err, rivertype.ErrNotFound) {
		return plein.ErrNotFound
	}
	if err == nil {
		j.driver.wake(&rivertype.JobInsertResult{Job: job})
	}
	return plein.Wrap("jobs.revive", err)
}

// Counts says how many jobs there are of each sort.
type Counts struct {
	Waiting int // to run as soon as there is a hand free
	Running int
	Failing int // failed and to be tried again
	Later   int // with a time of their own
	Dead    int
}

// Counts counts them.
func (j *Jobs) Counts(ctx context.Context) (Counts, error) {
	n, err := j.driver.GetExecutor().JobCountByAllStates(ctx, &riverdriver.JobCountByAllStatesParams{})
	return Counts{
		Waiting: n[rivertype.JobStateAvailable] + n[rivertype.JobStatePending],
		Running: n[rivertype.JobStateRunning],
		Failing: n[rivertype.JobStateRetryable],
		Later:   n[rivertype.JobStateScheduled],
		Dead:    n[rivertype.JobStateDiscarded],
	}, plein.Wrap("jobs.counts", err)
}

type retry struct {
	pause func(failed int) time.Duration
}

func (r retry) NextRetry(job *rivertype.JobRow) time.Time {
	return time.Now().UTC().Add(r.pause(len(job.Errors) + 1)) // this failure is not among them yet
}

func newDriver(d *db.DB) *driver {
	if d.Engine() == db.Postgres {
		return &driver{Driver: riverdatabasesql.New(d.SQL())}
	}
	return &driver{Driver: riversqlite.New(d.SQL())}
}
