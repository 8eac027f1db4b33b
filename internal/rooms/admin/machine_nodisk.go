//go:build !linux && !darwin && !freebsd

package admin

// diskOf knows nothing where the standard library cannot ask.
func diskOf(string) Disk { return Disk{} }
