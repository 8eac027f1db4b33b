package language

// Sound writes a folded name as it is heard in Dutch, so that Meijer, Meyer and
// Meier meet, and Jansen and Janssen, Sofie and Sophie, Erik and Eric.
func Sound(name string) string {
	if !letters(name) {
		return name
	}
	out := make([]byte, 0, len(name))
	for i := 0; i < len(name); i++ {
		rest := name[i:]
		put := func(s string, n int) {
			for j := range len(s) {
				if len(out) == 0 || out[len(out)-1] != s[j] {
					out = append(out, s[j])
				}
			}
			i += n - 1
		}
		switch {
		case prefix(rest, "eij"):
			put("y", 3)
		case prefix(rest, "ij"), prefix(rest, "ei"), prefix(rest, "ey"), prefix(rest, "ay"), prefix(rest, "ai"):
			put("y", 2)
		case prefix(rest, "ie"), prefix(rest, "ee") && len(rest) == 2 && i > 1:
			put("i", 2)
		case prefix(rest, "ou"), prefix(rest, "au"), prefix(rest, "ow"), prefix(rest, "aw"):
			put("au", 2)
		case prefix(rest, "ph"):
			put("f", 2)
		case prefix(rest, "sch") && len(rest) == 3:
			put("s", 3) // Bosch
		case prefix(rest, "ch"):
			put("g", 2)
		case prefix(rest, "ck"), prefix(rest, "kh"):
			put("k", 2)
		case prefix(rest, "cq"), prefix(rest, "qu"):
			put("kw", 2)
		case prefix(rest, "th"), prefix(rest, "dt"):
			put("t", 2)
		case prefix(rest, "d") && len(rest) == 1:
			put("t", 1)
		case prefix(rest, "x"):
			put("ks", 1)
		case prefix(rest, "ce"), prefix(rest, "ci"), prefix(rest, "cy"):
			put("s", 1)
		case prefix(rest, "c"):
			put("k", 1)
		case prefix(rest, "z"):
			put("s", 1)
		case prefix(rest, "v"):
			put("f", 1)
		case prefix(rest, "y") && i > 0:
			put("i", 1)
		case prefix(rest, "gh"), prefix(rest, "rh"), prefix(rest, "lh"):
			put(rest[:1], 2)
		default:
			put(rest[:1], 1)
		}
	}
	return string(out)
}

func prefix(s, with string) bool { return len(s) >= len(with) && s[:len(with)] == with }
