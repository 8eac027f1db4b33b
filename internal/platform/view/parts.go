package view

func noteIcon(kind string) string {
	switch kind {
	case "brick", "danger", "ochre":
		return "warn"
	case "good":
		return "check"
	case "plum":
		return "lock"
	}
	return "info"
}
