package main

import (
	"context"
	"fmt"
)

type doctorCommand struct{ settingFlags }

// Run looks at everything and says a line about each; it ends with 1 when
// something is wrong.
func (c doctorCommand) Run(ctx context.Context) error {
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	wrong := 0
	for _, f := range a.Doctor(ctx) {
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
