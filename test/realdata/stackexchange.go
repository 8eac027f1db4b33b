package realdata

import (
	"encoding/xml"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"
)

type seRow struct {
	ID       string `xml:"Id,attr"`
	Type     string `xml:"PostTypeId,attr"` // 1 question, 2 answer, 4 and 5 the description of a tag
	Parent   string `xml:"ParentId,attr"`
	Accepted string `xml:"AcceptedAnswerId,attr"`
	Created  string `xml:"CreationDate,attr"`
	Edited   string `xml:"LastEditDate,attr"`
	Owner    string `xml:"OwnerUserId,attr"`
	Body     string `xml:"Body,attr"`
	Title    string `xml:"Title,attr"`
	Tags     string `xml:"Tags,attr"`
}

// StackExchange writes a site about coffee: questions become posts of the kind
// question with their tags as hashtags, answers become replies, and the
// descriptions of tags become plain posts. Owners are numbers in the source and
// stay so.
func StackExchange(dir string, w io.Writer) (Counts, error) {
	const name = "coffee"
	x := export{team: team{Name: name, Display: "Coffee", Type: "O", OpenInvite: true}, users: map[string]string{},
		chans: []channel{{Team: name, Name: "questions", Display: "Coffee questions", Type: "O", Purpose: "Questions about coffee."}}}
	var n Counts
	places := map[string]int{}
	accepted := map[string]bool{}
	err := eachRow(dir, func(row seRow) error {
		p, err := x.stackPost(row)
		if err != nil {
			return fmt.Errorf("post %s: %w", row.ID, err)
		}
		if row.Type == "2" {
			i, ok := places[row.Parent]
			if !ok {
				return fmt.Errorf("answer %s stands before its question %s", row.ID, row.Parent)
			}
			if accepted[row.ID] {
				p.Props = map[string]string{"plein_accepted": "yes"}
			}
			x.posts[i].Replies = append(x.posts[i].Replies, p)
			n.Replies++
			return nil
		}
		p.Team, p.Channel = name, "questions"
		if row.Type == "1" {
			p.Type, p.Props = "custom_plein_question", map[string]string{"plein_title": row.Title}
			if row.Accepted != "" {
				accepted[row.Accepted] = true
			}
			n.Questions++
		}
		places[row.ID] = len(x.posts)
		x.posts = append(x.posts, p)
		n.Posts++
		return nil
	})
	if err != nil {
		return n, err
	}
	n.Users = len(x.users)
	return n, x.write(w)
}

// eachRow reads the posts of the site in their order.
func eachRow(dir string, fn func(seRow) error) error {
	r, err := openGzip(filepath.Join(dir, "Posts.xml.gz"))
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
			return err
		}
		if start, ok := t.(xml.StartElement); ok && start.Name.Local == "row" {
			var row seRow
			if err := d.DecodeElement(&row, &start); err != nil {
				return err
			}
			if err := fn(row); err != nil {
				return err
			}
		}
	}
}

// StackExchangeOpenings tells when each question of StackExchange was asked, by its
// name "coffee/ID".
func StackExchangeOpenings(dir string) (map[string]time.Time, error) {
	out := map[string]time.Time{}
	return out, eachRow(dir, func(row seRow) error {
		if row.Type != "1" {
			return nil
		}
		at, err := seTime(row.Created)
		out["coffee/"+row.ID] = at
		return err
	})
}

func (x *export) stackPost(row seRow) (post, error) {
	at, err := seTime(row.Created)
	if err != nil {
		return post{}, err
	}
	owner := username("user" + row.Owner)
	x.users[owner] = "User " + strings.TrimPrefix(row.Owner, "-")
	p := post{User: owner, CreateAt: at.UnixMilli(), Message: Markdown(row.Body)}
	if row.Edited != "" {
		if e, err := seTime(row.Edited); err == nil && e.After(at) {
			p.EditAt = e.UnixMilli()
		}
	}
	var tags []string
	for tag := range strings.FieldsFuncSeq(row.Tags, func(r rune) bool { return r == '<' || r == '>' }) {
		tags = append(tags, "#"+tag)
	}
	if len(tags) > 0 {
		p.Message += "\n\n" + strings.Join(tags, " ")
	}
	return p, nil
}

func seTime(s string) (time.Time, error) { return time.Parse("2006-01-02T15:04:05.999", s) }
