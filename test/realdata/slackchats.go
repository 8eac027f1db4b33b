package realdata

import (
	"encoding/xml"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Counts is what a conversion found.
type Counts struct {
	Users, Posts, Replies, Questions int
}

// Messages adds up posts and replies.
func (c Counts) Messages() int { return c.Posts + c.Replies }

type chatMessage struct {
	Conversation string `xml:"conversation_id,attr"`
	TS           string `xml:"ts"`
	User         string `xml:"user"`
	Text         string `xml:"text"`
}

// SlackChats writes three years of a programmers' channel. Each conversation, as
// marked by hand, becomes a thread; its first message is the post. The users are
// pseudonyms given by the researchers.
func SlackChats(dir string, w io.Writer) (Counts, error) {
	x := export{team: team{Name: "racket", Display: "Racket", Type: "O", OpenInvite: true}, users: map[string]string{}}
	var n Counts
	for _, year := range []string{"2017", "2018", "2019"} {
		ch := "general-" + year
		x.chans = append(x.chans, channel{Team: x.team.Name, Name: ch, Display: "General " + year, Type: "O", Purpose: "What was said in " + year + "."})
		threads := map[string]int{} // conversation → place in posts
		err := eachChat(filepath.Join(dir, "racket-general-"+year+".xml.gz"), func(m chatMessage) error {
			at, err := time.Parse("2006-01-02T15:04:05.999999", m.TS)
			if err != nil {
				return err
			}
			name := username(m.User)
			x.users[name] = m.User
			p := post{User: name, Message: chatText(m.Text), CreateAt: at.UnixMilli()}
			if i, ok := threads[m.Conversation]; ok {
				x.posts[i].Replies = append(x.posts[i].Replies, p)
				n.Replies++
				return nil
			}
			p.Team, p.Channel = x.team.Name, ch
			threads[m.Conversation] = len(x.posts)
			x.posts = append(x.posts, p)
			n.Posts++
			return nil
		})
		if err != nil {
			return n, err
		}
	}
	n.Users = len(x.users)
	return n, x.write(w)
}

func eachChat(file string, fn func(chatMessage) error) error {
	r, err := openGzip(file)
	if err != nil {
		return err
	}
	defer r.Close()
	d := xml.NewDecoder(r)
	for {
		t, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if start, ok := t.(xml.StartElement); ok && start.Name.Local == "message" {
			var m chatMessage
			if err := d.DecodeElement(&m, &start); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			if err := fn(m); err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
		}
	}
}

var angled = regexp.MustCompile(`<([^<>|\n]+)(?:\|([^<>\n]*))?>`)

// chatText turns Slack's wrapped names and links into what Mattermost writes.
func chatText(s string) string {
	return angled.ReplaceAllStringFunc(s, func(whole string) string {
		m := angled.FindStringSubmatch(whole)
		target, label := m[1], m[2]
		switch {
		case strings.HasPrefix(target, "@"):
			return "@" + username(target[1:])
		case strings.HasPrefix(target, "#"), strings.HasPrefix(target, "!"):
			if label == "" {
				label = target[1:]
			}
			return target[:1] + label
		case strings.HasPrefix(target, "http://"), strings.HasPrefix(target, "https://"), strings.HasPrefix(target, "mailto:"):
			if label != "" && label != target {
				return "[" + label + "](" + target + ")"
			}
			return target
		}
		return whole // code that looks like a tag
	})
}

// SlackOpenings tells when each conversation of SlackChats was opened, by its name
// "racket/YEAR/N", to the millisecond that an export keeps.
func SlackOpenings(dir string) (map[string]time.Time, error) {
	out := map[string]time.Time{}
	for _, year := range []string{"2017", "2018", "2019"} {
		err := eachChat(filepath.Join(dir, "racket-general-"+year+".xml.gz"), func(m chatMessage) error {
			name := "racket/" + year + "/" + m.Conversation
			if _, known := out[name]; known {
				return nil
			}
			at, err := time.Parse("2006-01-02T15:04:05.999999", m.TS)
			out[name] = at.Truncate(time.Millisecond)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
