package view

import "plein/internal/platform/words"

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

// counted writes a number that stops somewhere.
func counted(sp words.Speaker, n, most int) string {
	if most > 0 && n > most {
		return sp.Number(most) + "+"
	}
	return sp.Number(n)
}
