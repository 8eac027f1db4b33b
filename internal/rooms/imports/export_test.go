package imports

// SetBatch makes batches small enough to be cut off often.
func (m *Module) SetBatch(n int) { m.limits.Batch = n }

// SetSquare puts something in front of the square.
func (m *Module) SetSquare(s Square) { m.deps.Square = s }

// SetMessages lowers how many messages one import may have.
func (m *Module) SetMessages(n int) { m.limits.Messages = n }

// SetEntries lowers how many files an archive may hold.
func (m *Module) SetEntries(n int) { m.limits.Entries = n }
