package oversight

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

// Service keeps the audit log and shows it.
type Service struct{ Deps }

// keepFor is how long a row is kept (TRUST section 5: two years, by the policy of
// NEN 7513 and BIO).
const keepFor = 2 * 365 * 24 * time.Hour

// pageRows is how many rows a page shows.
const pageRows = 50

// Report is what checking the whole chain found.
type Report struct {
	Rows int64
	Last Chain
}

// checkAtOnce is how many rows are read at a time while checking.
const checkAtOnce = 1000

// Check walks the whole chain. An error says which row is the first that is wrong.
func (s *Service) Check(ctx context.Context) (Report, error) {
	begin, err := chain(ctx, s.DB.Read())
	if err != nil {
		return Report{}, plein.Wrap("oversight.check", err)
	}
	c := newChecker(begin)
	for {
		// Never past the end that was read first: rows are added meanwhile.
		rows, err := rowsAfter(ctx, s.DB.Read(), c.next-1, int(min(checkAtOnce, begin.LastSeq-c.next+1)))
		if err != nil {
			return Report{}, plein.Wrap("oversight.check", err)
		}
		for _, r := range rows {
			if err := c.row(r); err != nil {
				return Report{}, fmt.Errorf("the audit log is broken: %w", err)
			}
		}
		if len(rows) < checkAtOnce {
			break
		}
	}
	if err := c.end(begin); err != nil {
		return Report{}, fmt.Errorf("the audit log is broken: %w", err)
	}
	extra, err := rowsAfter(ctx, s.DB.Read(), begin.LastSeq, 1)
	if err != nil {
		return Report{}, plein.Wrap("oversight.check", err)
	}
	if now, err := chain(ctx, s.DB.Read()); err == nil && len(extra) > 0 && now.LastSeq == begin.LastSeq {
		return Report{}, fmt.Errorf("the audit log is broken: row %d was put after its end", extra[0].Seq)
	}
	return Report{Rows: begin.LastSeq - begin.FirstSeq + 1, Last: begin}, nil
}

// Page pages back through the log, newest first, for who may read it.
func (s *Service) Page(ctx context.Context, a plein.Actor, before int64) ([]Row, error) {
	if a.Guest || !a.Can(plein.ReadAudit) {
		return nil, plein.ErrNotFound
	}
	rows, err := rowsBefore(ctx, s.DB.Read(), bound(before), pageRows+1)
	return rows, plein.Wrap("oversight.page", err)
}

// About pages back through what was done to the reader themselves.
func (s *Service) About(ctx context.Context, a plein.Actor, before int64) ([]Row, error) {
	if !a.SignedIn() {
		return nil, plein.ErrNotFound
	}
	rows, err := rowsAbout(ctx, s.DB.Read(), a.ID, bound(before), pageRows+1)
	return rows, plein.Wrap("oversight.about", err)
}

func bound(before int64) int64 {
	if before <= 0 {
		return math.MaxInt64
	}
	return before
}

// Sweep removes rows past their time from the front of the chain, which then begins
// with the hash of the last row removed.
func (s *Service) Sweep(ctx context.Context) (n int64, err error) {
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		last, err := lastBefore(ctx, tx, s.Clock.Now().Add(-keepFor))
		if errors.Is(err, plein.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if n, err = removeUpTo(ctx, tx, last.Seq); err != nil {
			return err
		}
		return setBegin(ctx, tx, last.Seq+1, last.Hash)
	})
	return n, plein.Wrap("oversight.sweep", err)
}
