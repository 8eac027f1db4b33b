package words

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Speaker is the catalogue bound to one reader's language and time zone. The
// zero Speaker speaks Dutch in UTC and knows no words.
type Speaker struct {
	words *Catalogue
	lang  language
	zone  *time.Location
}

// T gives a sentence. args are names and values in turn: s.T("groups.members", "n", 12).
func (s Speaker) T(key string, args ...any) string {
	return s.words.say(s.lang, s.zone, key, values{pairs: args})
}

// Has says that there is a sentence under the key.
func (s Speaker) Has(key string) bool { return s.words.Has(key) }

// Lang gives the language's code, as for <html lang>: "nl" or "en".
func (s Speaker) Lang() string { return codes[s.lang] }

// Zone gives the reader's time zone, never nil.
func (s Speaker) Zone() *time.Location {
	if s.zone == nil {
		return time.UTC
	}
	return s.zone
}

// Number writes a whole number with its thousands apart: 1.350 in Dutch, 1,350
// in English.
func (s Speaker) Number(n int) string { return whole(s.lang, int64(n)) }

// Bytes writes a size in the unit that fits: "340 kB", "1,2 MB". Units are
// powers of ten, as on a disk's box.
func (s Speaker) Bytes(n int64) string {
	units := [...]string{"B", "kB", "MB", "GB", "TB", "PB"}
	if n < 0 {
		n = 0
	}
	v, u := float64(n), 0
	for v >= 999.5 && u < len(units)-1 {
		v, u = v/1000, u+1
	}
	if u < 2 || v >= 9.95 {
		return whole(s.lang, int64(math.Round(v))) + " " + units[u]
	}
	return decimal(s.lang, v, 1) + " " + units[u]
}

// Date writes a day: "20 november 2026".
func (s Speaker) Date(t time.Time) string {
	t = t.In(s.Zone())
	return s.dayAndMonth(t) + " " + strconv.Itoa(t.Year())
}

// DateTime writes a moment to the minute: "20 november 2026, 8:05".
func (s Speaker) DateTime(t time.Time) string { return s.Date(t) + ", " + s.Clock(t) }

// Clock writes the time of day on a 24 hour clock: "8:05".
func (s Speaker) Clock(t time.Time) string {
	t = t.In(s.Zone())
	return fmt.Sprintf("%d:%02d", t.Hour(), t.Minute())
}

// Weekday writes the day of the week: "vrijdag", "Friday".
func (s Speaker) Weekday(t time.Time) string {
	return weekdays[s.lang][t.In(s.Zone()).Weekday()]
}

// Month writes a month and its year: "november 2026".
func (s Speaker) Month(t time.Time) string {
	t = t.In(s.Zone())
	return months[s.lang][t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// Ago writes how long ago t was, seen from now: "20 min geleden", "gisteren,
// 8:30", "19 november", "19 november 2024". A moment ahead of now by less than a
// minute is a clock that runs apart and counts as just now; further ahead is
// written out.
func (s Speaker) Ago(t, now time.Time) string {
	t, now = t.In(s.Zone()), now.In(s.Zone())
	past := now.Sub(t)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, s.Zone())
	yesterday := today.AddDate(0, 0, -1)
	switch {
	case past <= -time.Minute:
		return s.DateTime(t)
	case past < time.Minute:
		return s.T("time.now")
	case past < time.Hour:
		return s.T("time.minutes_ago", "n", int(past/time.Minute))
	case past < 24*time.Hour && !t.Before(today), past < 3*time.Hour:
		return s.T("time.hours_ago", "n", int(past/time.Hour))
	case !t.Before(yesterday) && t.Before(today):
		return s.T("time.yesterday_at", "clock", s.Clock(t))
	case t.Year() == now.Year():
		return s.dayAndMonth(t)
	default:
		return s.Date(t)
	}
}

func (s Speaker) dayAndMonth(t time.Time) string {
	return strconv.Itoa(t.Day()) + " " + months[s.lang][t.Month()-1]
}

func show(l language, zone *time.Location, v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return whole(l, int64(v))
	case int64:
		return whole(l, v)
	case int32:
		return whole(l, int64(v))
	case uint8:
		return whole(l, int64(v))
	case uint32:
		return whole(l, int64(v))
	case float64:
		return strings.TrimSuffix(decimal(l, v, 1), marks[l].decimal+"0")
	case time.Time:
		return Speaker{lang: l, zone: zone}.Date(v)
	case fmt.Stringer:
		return v.String()
	}
	return fmt.Sprint(v)
}

// isOne chooses the singular. Dutch and English agree: exactly one.
func isOne(n any) bool {
	switch n := n.(type) {
	case int:
		return n == 1
	case int64:
		return n == 1
	case int32:
		return n == 1
	case uint8:
		return n == 1
	case uint32:
		return n == 1
	case float64:
		return n == 1
	}
	return false
}

func whole(l language, n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	if len(digits) <= 3 {
		return sign + digits
	}
	var b strings.Builder
	b.WriteString(sign)
	head := len(digits) % 3
	b.WriteString(digits[:head])
	for i := head; i < len(digits); i += 3 {
		if i > 0 {
			b.WriteString(marks[l].thousands)
		}
		b.WriteString(digits[i : i+3])
	}
	return b.String()
}

func decimal(l language, v float64, places int) string {
	head, tail, _ := strings.Cut(strconv.FormatFloat(v, 'f', places, 64), ".")
	n, err := strconv.ParseInt(head, 10, 64)
	if err != nil { // larger than any count we show
		return head
	}
	out := whole(l, n)
	if n == 0 && v < 0 {
		out = "-" + out
	}
	if tail == "" {
		return out
	}
	return out + marks[l].decimal + tail
}
