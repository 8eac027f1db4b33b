package signin

import (
	"context"

	"plein/internal/plein"
)

// Cheap makes hashing quick, so that a test may try often.
func (m *Module) Cheap() { m.hasher = newHasher(cost{memory: 64, time: 1, lanes: 1}) }

// Dearer makes hashing dearer than Cheap, as after an upgrade.
func (m *Module) Dearer() { m.hasher = newHasher(cost{memory: 128, time: 1, lanes: 1}) }

// Runs tells how many hashes were made.
func (m *Module) Runs() int64 { return m.hasher.runs.Load() }

// Deliver does the job of one letter.
func (m *Module) Deliver(ctx context.Context, id plein.ID) error {
	return m.deliver(ctx, letterJob{Letter: id})
}
