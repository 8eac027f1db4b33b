package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"plein/internal/plein"
)

// Finding is one thing that the doctor looked at. Err is what is wrong with it.
type Finding struct {
	What string
	Says string
	Err  error
}

// Doctor looks at the parts of an installation and says of each how it is.
func (a *App) Doctor(ctx context.Context) []Finding {
	var out []Finding
	add := func(what string, says func() (string, error)) {
		s, err := says()
		out = append(out, Finding{what, s, err})
	}
	add("database", func() (string, error) {
		return a.DB.Engine().String() + " answers and keeps what it acknowledges", a.DB.Ping(ctx)
	})
	add("people", func() (string, error) {
		n, err := a.People.Count(ctx)
		return counted(n, "person", "people"), err
	})
	add("administrator", func() (string, error) {
		first, err := a.SignIn.FirstRun(ctx)
		if err == nil && first {
			err = errors.New("there is none yet; start plein serve and open /setup")
		}
		return "there is one", err
	})
	add("change log", func() (string, error) {
		lags, err := a.Changes.Lags(ctx)
		behind := 0
		for _, l := range lags {
			behind += l.Lines
			if !l.Oldest.IsZero() && a.Clock.Now().Sub(l.Oldest) > time.Hour {
				err = errors.Join(err, fmt.Errorf("%s is %d lines behind since %s", l.Follower, l.Lines, l.Oldest.Format(time.DateTime)))
			}
		}
		return counted(len(lags), "follower", "followers") + ", " + counted(behind, "line", "lines") + " behind", err
	})
	add("jobs", func() (string, error) {
		c, err := a.Jobs.Counts(ctx)
		if err == nil && c.Dead > 0 {
			err = fmt.Errorf("%s failed for good; see the health page", counted(c.Dead, "job", "jobs"))
		}
		return fmt.Sprintf("%d waiting, %d running, %d to be tried again", c.Waiting, c.Running, c.Failing), err
	})
	add("search", func() (string, error) {
		docs, waiting, err := a.Search.Size(ctx)
		return counted(docs, "thing", "things") + " can be found, " + counted(waiting, "waits", "wait") + " to be indexed", err
	})
	add("files", func() (string, error) {
		n, err := a.Files.Check(ctx)
		return counted(n, "file", "files") + ", every one is there", err
	})
	return out
}

// AuditLog checks the audit log from its first row to its last. The hash it ends
// with is worth keeping elsewhere: whoever can write to the database could make the
// whole chain anew, but not with the same end.
func (a *App) AuditLog(ctx context.Context) Finding {
	r, err := a.Oversight.Check(ctx)
	return Finding{"audit log", fmt.Sprintf("%s, none changed or missing; row %d has hash %x", counted(int(r.Rows), "row", "rows"), r.Last.LastSeq, r.Last.Hash), err}
}

// Reindex makes the index of search anew, with the texts inside files.
func (a *App) Reindex(ctx context.Context, progress func(done, of int)) error {
	if err := a.Search.Reindex(ctx, progress); err != nil {
		return err
	}
	return a.Search.CatchUp(ctx)
}

// counted is for a terminal, which speaks English only; pages count with words.
func counted(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", more)
}

// Explain makes of an error of the house one clear line for a terminal.
func (a *App) Explain(err error) error {
	if err == nil {
		return nil
	}
	e := plein.AsError(err)
	if e.Kind == plein.Broken {
		return err
	}
	return errors.New(a.Words.Say("en", e.Key, e.Args))
}
