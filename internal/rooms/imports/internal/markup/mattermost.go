package markup

import (
	"strings"

	"plein/internal/platform/text"
	"plein/internal/plein"
)

// Mattermost keeps Mattermost's Markdown and makes stored mentions of the
// names in it. Code stays as it is.
func Mattermost(names Names, message string) string {
	message = LongText(message)
	if !strings.ContainsAny(message, "@~") {
		return message
	}
	var b strings.Builder
	fence := ""
	mentions := 0
	for line := range strings.Lines(message) {
		trimmed := strings.TrimLeft(line, " ")
		switch {
		case fence != "":
			if strings.HasPrefix(trimmed, fence) && strings.Trim(trimmed, fence[:1]+" \n") == "" {
				fence = ""
			}
			b.WriteString(line)
			continue
		case strings.HasPrefix(trimmed, "```"), strings.HasPrefix(trimmed, "~~~"):
			fence = trimmed[:3]
			b.WriteString(line)
			continue
		}
		for i := 0; i < len(line); {
			switch c := line[i]; {
			case c == '`':
				n := len(line[i:]) - len(strings.TrimLeft(line[i:], "`"))
				end := strings.Index(line[i+n:], strings.Repeat("`", n))
				if end < 0 {
					end = 0 // not closed on this line: no code
				} else {
					end += n
				}
				b.WriteString(line[i : i+n+end])
				i += n + end
			case c == '@' && strings.HasPrefix(line[i:], "@["):
				// What is written like a stored mention was never one.
				b.WriteString(`@\[`)
				i += 2
			case (c == '@' || c == '~') && (i == 0 || !isWordByte(line[i-1]) && line[i-1] != c):
				word := mentionName(line[i+1:])
				m, used := text.Mention{}, ""
				if mentions < plein.MaxMentions {
					m, used = resolveName(names, c, word)
				}
				if used == "" {
					b.WriteByte(c)
					i++
					continue
				}
				mentions++
				b.WriteString(m.String())
				i += 1 + len(used)
			default:
				b.WriteByte(c)
				i++
			}
		}
	}
	return b.String()
}

// mentionName gives the longest name at the beginning of s.
func mentionName(s string) string {
	end := 0
	for end < len(s) && end < 100 && (s[end] < 0x80 && isWordByte(s[end]) || s[end] == '.' || s[end] == '-' || s[end] == '_') {
		end++
	}
	return s[:end]
}

// resolveName finds who is meant. "@ron." may be ron at the end of a sentence.
func resolveName(names Names, sign byte, word string) (text.Mention, string) {
	for word != "" {
		if sign == '@' {
			if name, id, ok := names.Person(strings.ToLower(word)); ok {
				return text.Mention{Kind: "person", ID: id, Name: name}, word
			}
		} else if name, id, ok := names.Group(word); ok {
			return text.Mention{Kind: "group", ID: id, Name: name}, word
		}
		short := strings.TrimRight(word, ".-_")
		if short == word {
			return text.Mention{}, ""
		}
		word = short
	}
	return text.Mention{}, ""
}
