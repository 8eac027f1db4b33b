package view

// errorKey names the heading that goes with a status.
func errorKey(status int) string {
	switch status {
	case 404:
		return "error.title.not_found"
	case 403:
		return "error.title.denied"
	case 409:
		return "error.title.conflict"
	case 413, 429:
		return "error.title.too_much"
	case 503:
		return "error.title.away"
	case 400, 405, 422:
		return "error.title.invalid"
	}
	return "error.title.broken"
}

func errorTitle(p Page, status int) Page {
	p.Title = p.Speaker.T(errorKey(status))
	p.Flash = nil
	return p
}
