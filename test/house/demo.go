package house

import (
	"context"

	"plein/internal/plein"
	"plein/internal/rooms/demo"
)

// PlantDemo puts the demonstration organisation in an empty house, with a number
// of made-up short texts beside the written ones. It gives who plays which role:
// nurse, team_leader, director, community_manager, technical_admin.
func (h *House) PlantDemo(ctx context.Context, extra int) (map[string]plein.ID, error) {
	o, err := demo.Build(1, h.Clock.Now(), extra)
	if err != nil {
		return nil, err
	}
	return demo.Plant(ctx, demo.Deps{DB: h.DB, Clock: h.Clock, People: h.People, Groups: h.Groups, Items: h.Items, Feed: h.Feed}, o,
		func(int, int) {})
}
