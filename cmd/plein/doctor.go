package main

import (
	"context"
	"fmt"
)

type doctorCommand struct {
	settingFlags
	Audit   bool `help:"Check every row of the audit log too, and print the hash it ends with."`
	Reindex bool `help:"Make the index of search anew, from everything that was said."`
}

// Run looks at everything and says a line about each; it ends with 1 when
// something is wrong.
func (c doctorCommand) Run(ctx context.Context) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	if c.Reindex {
		if err := a.Reindex(ctx, func(done, of int) { fmt.Printf("\rMaking the index of search … %d of %d", done, of) }); err != nil {
			fmt.Println()
			return a.Explain(err)
		}
		fmt.Println()
	}
	found := a.Doctor(ctx)
	if c.Audit {
		found = append(found, a.AuditLog(ctx))
	}
	wrong := 0
	for _, f := range found {
		mark := "ok   "
		if f.Err != nil {
			mark = "WRONG"
			wrong++
			fmt.Printf("%s  %s: %v\n", mark, f.What, f.Err)
			continue
		}
		fmt.Printf("%s  %s: %s\n", mark, f.What, f.Says)
	}
	if wrong > 0 {
		return exitCode(exitFailed)
	}
	return nil
}
