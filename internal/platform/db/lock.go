package db

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// fileLock keeps a second instance away from the same file: two writers would
// each believe to be the only one.
type fileLock struct{ f *os.File }

func lockFile(path string) (*fileLock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errors.New("database: another Plein is using this data folder; stop it first")
		}
		return nil, fmt.Errorf("database: %w", err)
	}
	return &fileLock{f}, nil
}

func (l *fileLock) release() error { return l.f.Close() }
