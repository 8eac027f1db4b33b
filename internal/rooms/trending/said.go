package trending

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"plein/internal/platform/language"
	"plein/internal/platform/text"
	"plein/internal/plein"
	"plein/internal/square/items"
)

// The weeks that are looked at, in days: the one that is now and those before it
// that tell what is usual.
const (
	daysNow   = 7
	daysUsual = 56
	daysKept  = daysNow + daysUsual
)

const (
	minPeople = 5   // a subject needs so many different people
	minWord   = 4   // letters; shorter ones seldom name a subject
	maxWords  = 120 // different words of one item that are kept
)

// said is which words one item holds, and where.
type said struct {
	Item, Audience, Root, Author plein.ID
	RootMade                     time.Time
	Day                          int
	Lang                         string
	Tags, Words                  []string
	Gone                         bool // deleted: nothing but the place is left
}

// dayOf numbers the days, in UTC.
func dayOf(t time.Time) int { return int(t.Unix() / (24 * 60 * 60)) }

// saidIn takes the words out of an item.
func saidIn(i *items.Item) said {
	s := said{Item: i.ID, Audience: i.Audience, Root: i.Root, Author: i.Author, RootMade: i.RootMade, Day: dayOf(i.Made), Lang: i.Lang, Gone: i.Gone()}
	if !s.Gone {
		s.Tags, s.Words = subjects(i.Title + "\n" + i.Body)
	}
	return s
}

var (
	// notTalk is what stands in a text and is not said: names of people and groups,
	// code, addresses.
	notTalk = regexp.MustCompile("(?s)```.*?(?:```|$)|`[^`\n]*`|@\\[[^\\]\n]*\\]\\((?:person|group):[0-9a-z]*\\)|\\]\\([^)\\s]*\\)|(?:https?://|www\\.)\\S+|\\S+@\\S+")
	hashtag = regexp.MustCompile(`(?:^|[\s(\[{*_~>"'“‘,;:!?.-])#([\p{L}\p{N}_][\p{L}\p{N}\p{M}_-]*)`)
)

// subjects gives the hashtags and the words of a text that may be its subject,
// each once, in small letters as they were typed.
func subjects(source string) (tags, found []string) {
	source = notTalk.ReplaceAllString(source, " ")
	seen := map[string]bool{}
	for _, m := range hashtag.FindAllStringSubmatch(source, 2*plein.MaxTags) {
		if tag, ok := text.FoldTag(m[1]); ok && !seen["#"+tag] && len(tags) < plein.MaxTags {
			seen["#"+tag] = true
			tags = append(tags, tag)
		}
	}
	for _, t := range language.Tokens(source) {
		if len(found) == maxWords {
			break
		}
		if seen[t.Text] || dull[t.Text] || !telling(t.Text) {
			continue
		}
		seen[t.Text] = true
		as := strings.ToLower(source[t.Start:t.End])
		if strings.ContainsFunc(as, hidden) {
			as = t.Text
		}
		found = append(found, as)
	}
	return tags, found
}

// hidden are characters that cannot be seen but turn what stands around them.
func hidden(r rune) bool { return unicode.Is(unicode.Cf, r) || unicode.IsSpace(r) }

// telling says that a folded word can name a subject: long enough, and not a
// number, a code or a room.
func telling(word string) bool {
	if utf8.RuneCountInString(word) < minWord {
		return false
	}
	return !strings.ContainsAny(word, "0123456789")
}
