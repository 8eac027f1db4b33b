package live

// Empty says that nobody is in the index.
func (s *Service) Empty() bool {
	h := s.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.people)+len(h.all)+len(h.audiences)+len(h.threads)+len(h.places)+len(h.stale) == 0
}
