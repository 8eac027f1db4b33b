package db

import (
	"context"
	"database/sql"
	"sync"
)

// statements keeps the readers' statements prepared: the texts are few and fixed,
// and preparing costs a third of a short query (STACK section 7).
type statements struct {
	db   *sql.DB
	mu   sync.RWMutex
	kept map[string]*sql.Stmt
}

// maxStatements bounds what a text built from pieces could do to memory.
const maxStatements = 1000

func newStatements(db *sql.DB) *statements {
	return &statements{db: db, kept: make(map[string]*sql.Stmt)}
}

func (s *statements) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	s.mu.RLock()
	st := s.kept[query]
	s.mu.RUnlock()
	if st != nil {
		return st, nil
	}
	// A statement outlives the request that met it first.
	st, err := s.db.PrepareContext(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if other := s.kept[query]; other != nil {
		_ = st.Close()
		return other, nil
	}
	if len(s.kept) >= maxStatements {
		for text, old := range s.kept {
			delete(s.kept, text)
			_ = old.Close()
			break
		}
	}
	s.kept[query] = st
	return st, nil
}

func (s *statements) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for text, st := range s.kept {
		_ = st.Close()
		delete(s.kept, text)
	}
}
