package imports

import (
	"context"
	"io"
	"strings"

	"plein/internal/plein"
	"plein/internal/rooms/imports/internal/intake"
)

// Formats lists what Import can read.
func Formats() []string { return []string{"mattermost", "people", "slack"} }

// Request says what to import and how.
type Request struct {
	Format        string    // one of Formats
	Path          string    // the exported file
	DryRun        bool      // look and count, write nothing
	WithoutDirect bool      // leave direct conversations out
	Progress      io.Writer // where progress is shown; nil for nowhere
}

// Import reads an export from end to end, and when nothing is wrong with it makes
// what is not there yet. A Problem or Problems says what is wrong; then nothing
// was written. Any other error is ours: what was written before it stays, and the
// next run goes on from there.
func (m *Module) Import(ctx context.Context, r Request) (Report, error) {
	report := Report{DryRun: r.DryRun}
	said := phrasesIn(m.deps.Words, m.deps.Lang)
	source, err := r.open(m.limits, said)
	if err != nil {
		return report, err
	}
	defer source.close()

	p := newProgress(r.Progress, m.deps.Clock)
	defer p.end()
	now := m.deps.Clock.Now()
	check := newChecker(now, m.limits, p)
	if err := check.result(source.read(ctx, within(r, check))); err != nil {
		return report, err
	}
	verb := "Importing"
	if r.DryRun {
		verb = "Comparing with what is there"
	}
	p.begin(check.found.people+check.found.groups+check.found.items, verb)

	w := newWriter(ctx, m.deps.DB, m.deps.Square, plein.NewID(now), r.DryRun, &report, p)
	w.update, w.phrases, w.batch = r.Format == "people", said, m.limits.Batch
	err = source.read(ctx, within(r, w))
	if err == nil {
		err = w.finish()
	}
	p.end()
	report.finish()
	if err != nil {
		return report, plein.Wrap("imports.import", err)
	}
	m.deps.Log.Debug("imported", "format", r.Format, "dry", r.DryRun, "people", report.People, "groups", report.Groups,
		"posts", report.Posts, "replies", report.Replies, "direct", report.Direct, "unchanged", report.Unchanged)
	return report, nil
}

// within puts what was asked between the reader and the sink.
func within(r Request, s sink) sink {
	if r.WithoutDirect {
		return &withoutDirect{sink: s}
	}
	return s
}

// withoutDirect leaves direct conversations out, as a works council may ask.
type withoutDirect struct{ sink }

func (w *withoutDirect) set(stagedSet) error { return nil }

func (w *withoutDirect) item(it *stagedItem) error {
	if it.direct {
		return nil
	}
	return w.sink.item(it)
}

// Check says, without a database, whether the format exists and the file looks
// like one of it. What it lets through may still be refused when it is read.
func (r Request) Check() error {
	source, err := r.open(theLimits(), phrases{})
	if err != nil {
		return err
	}
	return source.close()
}

func (r Request) open(l limits, said phrases) (reader, error) {
	open := map[string]func(string, limits, phrases) (reader, error){
		"slack": openSlack, "mattermost": openMattermost, "people": openPeople,
	}[r.Format]
	if open == nil {
		return nil, intake.Refuse(intake.Shorten(r.Format), "is not a format; choose %s", strings.Join(Formats(), ", "))
	}
	return open(r.Path, l, said)
}
