package view

func noticesLabel(p Page) string {
	if p.Frame.Notices == 0 {
		return p.Speaker.T("nav.notices")
	}
	l, _ := p.Frame.bell()
	return p.Speaker.T("nav.notices_new", "n", counted(p.Speaker, p.Frame.Notices, l.Most))
}

func flashClass(kind string) string {
	switch kind {
	case "info", "bad":
		return "flash flash-" + kind
	}
	return "flash"
}

func flashIcon(kind string) string {
	switch kind {
	case "info":
		return "info"
	case "bad":
		return "warn"
	}
	return "check"
}
