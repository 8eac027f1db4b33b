package realdata

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Dir gives a folder of the reference data. It stands beside the repository at
// ../shared; the environment variable PLEIN_SHARED names another place.
func Dir(repository, name string) (string, error) {
	root := os.Getenv("PLEIN_SHARED")
	if root == "" {
		root = filepath.Join(repository, "..", "shared")
	}
	dir := filepath.Join(root, "data", name)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("the real data of %s is not at %s; set PLEIN_SHARED to the folder that holds data/", name, dir)
	} else if err != nil {
		return "", err
	}
	return dir, nil
}

// openGzip opens a packed file.
func openGzip(file string) (io.ReadCloser, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the real data %s is not there", file)
	}
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return &packed{z, f}, nil
}

type packed struct {
	*gzip.Reader
	f *os.File
}

func (p *packed) Close() error { return errors.Join(p.Reader.Close(), p.f.Close()) }

// The lines of Mattermost's bulk export that are written.
type (
	line struct {
		Type    string   `json:"type"`
		Version int      `json:"version,omitempty"`
		Team    *team    `json:"team,omitempty"`
		Channel *channel `json:"channel,omitempty"`
		User    *user    `json:"user,omitempty"`
		Post    *post    `json:"post,omitempty"`
	}
	team struct {
		Name       string `json:"name"`
		Display    string `json:"display_name"`
		Type       string `json:"type"`
		OpenInvite bool   `json:"allow_open_invite"`
	}
	channel struct {
		Team    string `json:"team"`
		Name    string `json:"name"`
		Display string `json:"display_name"`
		Type    string `json:"type"`
		Purpose string `json:"purpose"`
	}
	user struct {
		Username  string       `json:"username"`
		Email     string       `json:"email"`
		FirstName string       `json:"first_name"`
		Locale    string       `json:"locale"`
		Teams     []membership `json:"teams"`
	}
	membership struct {
		Name     string              `json:"name"`
		Channels []channelMembership `json:"channels"`
	}
	channelMembership struct {
		Name  string `json:"name"`
		Roles string `json:"roles"`
	}
	post struct {
		Team      string            `json:"team,omitempty"`
		Channel   string            `json:"channel,omitempty"`
		User      string            `json:"user"`
		Type      string            `json:"type,omitempty"`
		Props     map[string]string `json:"props,omitempty"`
		Message   string            `json:"message"`
		CreateAt  int64             `json:"create_at"`
		EditAt    int64             `json:"edit_at,omitempty"`
		Reactions []reaction        `json:"reactions,omitempty"`
		Replies   []post            `json:"replies,omitempty"`
	}
	reaction struct {
		User     string `json:"user"`
		Emoji    string `json:"emoji_name"`
		CreateAt int64  `json:"create_at"`
	}
)

// export is everything that becomes one file.
type export struct {
	team  team
	chans []channel
	users map[string]string // username → shown name
	posts []post
}

// write writes the lines in the order that Mattermost wants.
func (x *export) write(w io.Writer) error {
	out := bufio.NewWriter(w)
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	all := []line{{Type: "version", Version: 1}, {Type: "team", Team: &x.team}}
	var member []channelMembership
	for i := range x.chans {
		all = append(all, line{Type: "channel", Channel: &x.chans[i]})
		member = append(member, channelMembership{x.chans[i].Name, "channel_user"})
	}
	names := make([]string, 0, len(x.users))
	for name := range x.users {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		all = append(all, line{Type: "user", User: &user{Username: name, Email: name + "@" + x.team.Name + ".example", FirstName: x.users[name],
			Locale: "en", Teams: []membership{{x.team.Name, member}}}})
	}
	for i := range x.posts {
		all = append(all, line{Type: "post", Post: &x.posts[i]})
	}
	for _, l := range all {
		if err := e.Encode(l); err != nil {
			return err
		}
	}
	return out.Flush()
}

// username makes a name that Mattermost accepts.
func username(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '-', r == '_':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, s)
	return strings.Trim(s, ".-_")
}
