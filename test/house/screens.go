package house

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"

	"plein/internal/plein"
	"plein/internal/square/groups"
	"plein/internal/square/items"
	"plein/internal/square/people"
)

// Screen is one page as one person sees it.
type Screen struct {
	Name  string // also of its picture: "group-members"
	Route string // "GET /groups/{id}/members"
	Path  string
	Who   string // a role of the demo; "" for who did not sign in

	Missing bool // the page says that something is not there, with a status to match
}

// NoScreen lists the routes that are no page of their own, with the reason. A route
// that is neither here nor a screen fails the browser tests.
var NoScreen = map[string]string{
	"GET /assets/":              "styles, scripts and fonts",
	"GET /brand.css":            "a stylesheet",
	"GET /files/{id}":           "the bytes of a file",
	"GET /files/{id}/thumb":     "the bytes of a picture",
	"GET /notices/{about}/{id}": "leads to what a notice is about",
	"GET /healthz":              "for machines",

	"GET /feeds/{key}/square/{form}":      "for feed readers",
	"GET /feeds/{key}/groups/{id}/{form}": "for feed readers",
	"GET /feeds/{key}/tags/{tag}/{form}":  "for feed readers",
	"GET /feeds/{key}/people/{id}/{form}": "for feed readers",
	"GET /feeds/{key}/search/{form}":      "for feed readers",
	"GET /oembed":                         "for programs that show a link",
	"GET /suggest":                        "for the list under a text",

	"GET /readyz":            "for machines",
	"GET /metrics":           "for machines",
	"GET /people/{id}/photo": "the bytes of a photo",
	"GET /live":              "a stream; several_tabs_test.go sees what pages make of it",
	"GET /live/threads/{id}": "a part of a page",
	"GET /sign-in/continue":  "only with something kept; the journey of the lost session meets it",
	"GET /setup":             "only where there is no administrator; the journey of the first set-up meets it",
}

// Stage is the demo with what screens need on top of it.
type Stage struct {
	*House
	Roles map[string]plein.ID // who plays which role
	Group plein.ID            // a group that the community manager looks after
	Post  plein.ID            // a post of the nurse in it, with a picture and a file
	Must  plein.ID            // a must-read that the nurse has not confirmed
}

// SetStage plants the demo in an empty house and adds what it lacks: files, an
// edited post, somebody who asks to come in, a bookmark, a works council.
func (h *House) SetStage(ctx context.Context, extra int) (*Stage, error) {
	s := &Stage{House: h}
	var err error
	if s.Roles, err = h.PlantDemo(ctx, extra); err != nil {
		return nil, err
	}
	nurse, err := h.People.Actor(ctx, s.Roles["nurse"])
	if err != nil {
		return nil, err
	}
	manager, err := h.People.Actor(ctx, s.Roles["community_manager"])
	if err != nil {
		return nil, err
	}
	g, err := h.Groups.Start(ctx, manager, groups.NewGroup{Name: "Nieuwe tuin", Purpose: "We maken samen een tuin bij de Linge, voor patiënten en voor onszelf.", Kind: plein.Closed})
	if err != nil {
		return nil, err
	}
	s.Group = g.ID
	if err := h.Groups.Invite(ctx, manager, g.ID, nurse.ID); err != nil {
		return nil, err
	}
	if err := h.Groups.AcceptInvitation(ctx, nurse, g.ID); err != nil {
		return nil, err
	}
	leader, err := h.People.Actor(ctx, s.Roles["team_leader"])
	if err != nil {
		return nil, err
	}
	if err := h.Groups.Ask(ctx, leader, g.ID, "Ik heb thuis ook een tuin en denk graag mee."); err != nil {
		return nil, err
	}
	if err := h.People.SetRoles(ctx, people.House(), leader.ID, []plein.Role{plein.RoleWorksCouncil}); err != nil {
		return nil, err
	}
	director, err := h.People.Actor(ctx, s.Roles["director"])
	if err != nil {
		return nil, err
	}
	if err := h.Groups.Invite(ctx, manager, g.ID, director.ID); err != nil {
		return nil, err
	}
	if err := s.talk(ctx, nurse, manager); err != nil {
		return nil, err
	}
	shown, err := h.Feed.ForYou(ctx, nurse, "")
	if err != nil {
		return nil, err
	}
	for _, p := range shown.Placed {
		if i, err := h.Items.Find(ctx, nurse, p.ID); err == nil && i.Asks(h.Clock.Now()) && s.Must == 0 {
			s.Must = i.ID
		}
	}
	if s.Must == 0 {
		return nil, fmt.Errorf("the demo asks the nurse to read nothing")
	}
	return s, h.Items.Bookmark(ctx, nurse, s.Must, true)
}

// talk puts a picture, a file, an answer and a change in the group.
func (s *Stage) talk(ctx context.Context, nurse, manager plein.Actor) error {
	photo, err := s.Files.Add(ctx, nurse, "de tuin nu.png", "Een grasveld met een bank aan het water", bytes.NewReader(Garden()))
	if err != nil {
		return err
	}
	list, err := s.Files.Add(ctx, nurse, "plantenlijst.txt", "", strings.NewReader("Lavendel, 40\nVrouwenmantel, 25\nKnotwilg, 3\n"))
	if err != nil {
		return err
	}
	post, err := s.Items.Post(ctx, nurse, items.NewItem{Audience: s.Group, Title: "Zo ligt het er nu bij", Files: []plein.ID{photo.ID, list.ID},
		Body: "Het bankje blijft. In de lijst staat wat we nodig hebben voor het eerste bed. Wie heeft er nog een schep?"})
	if err != nil {
		return err
	}
	s.Post = post.ID
	if _, err := s.Items.Edit(ctx, nurse, post.ID, 0, "Zo ligt het er nu bij", post.Body+" En een kruiwagen?"); err != nil {
		return err
	}
	if _, err := s.Items.React(ctx, manager, post.ID, plein.Reactions()[0], true); err != nil {
		return err
	}
	_, err = s.Items.Reply(ctx, manager, items.NewItem{Parent: post.ID, Body: "Een schep heb ik. De kruiwagen staat bij facilitair."})
	return err
}

// Garden is a picture of a garden, in a few strokes.
func Garden() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 960, 540))
	for y := range 540 {
		for x := range 960 {
			c := color.RGBA{0xb9, 0xd6, 0xe6, 255} // sky
			switch {
			case y > 430 && (x/7+y/5)%9 < 2:
				c = color.RGBA{0x5d, 0x8f, 0xa6, 255}
			case y > 430: // water
				c = color.RGBA{0x6f, 0xa3, 0xbb, 255}
			case y > 300 && (x*13+y*7)%97 < 6:
				c = color.RGBA{0x7f, 0xa8, 0x4a, 255}
			case y > 300: // grass
				c = color.RGBA{0x5f, 0x8f, 0x43, 255}
			case (x-720)*(x-720)/3+(y-230)*(y-230) < 9000: // a willow
				c = color.RGBA{0x3f, 0x6f, 0x3a, 255}
			}
			if (y > 330 && y < 345 && x > 300 && x < 480) || (y >= 345 && y < 380 && (x > 310 && x < 320 || x > 460 && x < 470)) {
				c = color.RGBA{0x7a, 0x55, 0x33, 255} // the bench
			}
			img.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img) // an image in memory always encodes
	return b.Bytes()
}

// Screens lists every page of the house as somebody for whom it is meant sees it.
func (s *Stage) Screens(ctx context.Context) ([]Screen, error) {
	nurse, err := s.People.Actor(ctx, s.Roles["nurse"])
	if err != nil {
		return nil, err
	}
	closed, open := plein.ID(0), plein.ID(0)
	all, err := s.Groups.Directory(ctx, nurse, groups.DirectoryQuery{Limit: 100})
	if err != nil {
		return nil, err
	}
	for _, e := range all.Entries {
		if e.Kind == plein.Closed && e.Role == groups.None && closed == 0 {
			closed = e.ID
		}
		if e.Kind == plein.Open && e.Role != groups.None && open == 0 {
			open = e.ID
		}
	}
	link, err := s.Link(ctx, nurse.ID)
	if err != nil {
		return nil, err
	}
	group, post, must := s.Group.String(), s.Post.String(), s.Must.String()
	leader, unit := s.Roles["team_leader"].String(), nurse.Unit.String()
	const anna, boss, admin = "nurse", "community_manager", "technical_admin"
	return []Screen{
		{"home", "GET /{$}", "/", anna, false},
		{"latest", "GET /latest", "/latest", anna, false},
		{"following", "GET /following", "/following", anna, false},
		{"order", "GET /help/order", "/help/order", anna, false},
		{"thread", "GET /posts/{id}", "/posts/" + must, anna, false},
		{"thread-files", "GET /posts/{id}", "/posts/" + post, anna, false},
		{"why", "GET /posts/{id}/why", "/posts/" + must + "/why", anna, false},
		{"reactions", "GET /posts/{id}/reactions", "/posts/" + must + "/reactions", anna, false},
		{"history", "GET /posts/{id}/history", "/posts/" + post + "/history", anna, false},
		{"edit", "GET /posts/{id}/edit", "/posts/" + post + "/edit", anna, false},
		{"share", "GET /posts/{id}/share", "/posts/" + must + "/share", anna, false},
		{"compose", "GET /posts/new", "/posts/new", anna, false},
		{"praise", "GET /posts/new", "/posts/new?about=" + leader, boss, false},
		{"saved", "GET /saved", "/saved", anna, false},
		{"notices", "GET /notices", "/notices", anna, false},
		{"notices-owner", "GET /notices", "/notices?show=mine", boss, false},
		{"notices-none", "GET /notices", "/notices?show=must", boss, false},
		{"tag", "GET /tags/{tag}", "/tags/noodprocedure", anna, false},
		{"groups", "GET /groups", "/groups", anna, false},
		{"group-new", "GET /groups/new", "/groups/new", anna, false},
		{"group", "GET /groups/{id}", "/groups/" + open.String(), anna, false},
		{"group-closed", "GET /groups/{id}", "/groups/" + closed.String(), anna, false},
		{"group-invited", "GET /groups/{id}", "/groups/" + group, "director", false},
		{"group-members", "GET /groups/{id}/members", "/groups/" + group + "/members?who=sam", boss, false},
		{"group-files", "GET /groups/{id}/files", "/groups/" + group + "/files", anna, false},
		{"group-settings", "GET /groups/{id}/settings", "/groups/" + group + "/settings", boss, false},
		{"people", "GET /people", "/people", anna, false},
		{"people-found", "GET /people", "/people?q=wond", anna, false},
		{"profile", "GET /people/{id}", "/people/" + leader, anna, false},
		{"profile-own", "GET /people/{id}", "/people/" + nurse.ID.String(), anna, false},
		{"profile-posts", "GET /people/{id}/posts", "/people/" + s.Roles["director"].String() + "/posts", anna, false},
		{"unit", "GET /units/{id}", "/units/" + unit, anna, false},
		{"unit-posts", "GET /units/{id}/posts", "/units/" + unit + "/posts", anna, false},
		{"settings", "GET /settings", "/settings", anna, false},
		{"settings-profile", "GET /settings/profile", "/settings/profile", anna, false},
		{"settings-display", "GET /settings/display", "/settings/display", anna, false},
		{"settings-password", "GET /settings/password", "/settings/password", anna, false},
		{"settings-sessions", "GET /settings/sessions", "/settings/sessions", anna, false},
		{"settings-feeds", "GET /settings/feeds", "/settings/feeds?of=/tags/noodprocedure", anna, false},
		{"trending", "GET /trending", "/trending", anna, false},
		{"search", "GET /search", "/search?q=noodprocedure", anna, false},
		{"search-best", "GET /search", "/search?q=verlof&sort=best&kind=posts", anna, false},
		{"search-none", "GET /search", "/search?q=xyzzyplugh", anna, false},
		{"search-synonyms", "GET /search/synonyms", "/search/synonyms", boss, false},
		{"knows", "GET /knows", "/knows?q=wondzorg", anna, false},
		{"oversight-me", "GET /oversight/me", "/oversight/me", anna, false},
		{"oversight-audit", "GET /oversight/audit", "/oversight/audit", "team_leader", false},
		{"more", "GET /more", "/more", anna, false},
		{"help", "GET /help", "/help", anna, false},
		{"privacy", "GET /privacy", "/privacy", anna, false},
		{"not-there", "", "/nergens", anna, true},
		{"admin", "GET /admin", "/admin", admin, false},
		{"admin-people", "GET /admin/people", "/admin/people", admin, false},
		{"admin-person", "GET /admin/people/{id}", "/admin/people/" + leader, admin, false},
		{"admin-person-close", "GET /admin/people/{id}/close", "/admin/people/" + leader + "/close", admin, false},
		{"admin-person-new", "GET /admin/people/new", "/admin/people/new", admin, false},
		{"admin-guest-new", "GET /admin/people/guest", "/admin/people/guest", admin, false},
		{"admin-units", "GET /admin/units", "/admin/units", admin, false},
		{"admin-unit", "GET /admin/units/{id}", "/admin/units/" + unit, admin, false},
		{"admin-groups", "GET /admin/groups", "/admin/groups", admin, false},
		{"admin-group", "GET /admin/groups/{id}", "/admin/groups/" + open.String(), admin, false},
		{"admin-settings", "GET /admin/settings", "/admin/settings", admin, false},
		{"admin-health", "GET /admin/health", "/admin/health", admin, false},
		{"sign-in", "GET /sign-in", "/sign-in", "", false},
		{"sign-in-link", "GET /sign-in/link/{token}", strings.TrimPrefix(link, s.URL), "", false},
		{"sign-in-link-gone", "GET /sign-in/link/{token}", "/sign-in/link/" + strings.Repeat("a", 43), "", true},
		{"sign-in-password", "GET /sign-in/password", "/sign-in/password", "", false},
		{"sign-in-recover", "GET /sign-in/recover", "/sign-in/recover", "", false},
		{"not-there-signed-out", "", "/nergens", "", true},
	}, nil
}
