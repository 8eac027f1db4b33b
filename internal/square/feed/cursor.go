package feed

import (
	"maps"
	"slices"
	"strings"

	"plein/internal/plein"
	"plein/internal/square/items"
)

// cursor is where the next page begins. It travels in the address, so it holds
// shown ids only, and whatever it says, rights are asked again. Everything from
// before up was shown, but of the authors who wait only from their own place up.
type cursor struct {
	before plein.ID
	behind map[plein.ID]plein.ID // author → place
	top    []plein.ID            // must-reads and asked threads that stood on top of the first page
}

// Bounds of a cursor. A page of twenty lets at most six authors have their share,
// so no more than a few can wait; what comes from an address is bounded all the same.
const (
	maxBehind = 12
	maxTop    = 12
)

var start = cursor{before: items.Newest}

func (c cursor) first() bool { return c.before == items.Newest }

// clone gives a copy that can be changed.
func (c cursor) clone() cursor {
	c.behind, c.top = maps.Clone(c.behind), slices.Clone(c.top)
	if c.behind == nil {
		c.behind = make(map[plein.ID]plein.ID)
	}
	return c
}

// String writes the cursor for an address: "before~author.place.author.place~top.top".
func (c cursor) String() string {
	pairs := make([]plein.ID, 0, 2*len(c.behind))
	for _, author := range slices.Sorted(maps.Keys(c.behind)) {
		pairs = append(pairs, author, c.behind[author])
	}
	s := c.before.String() + "~" + join(pairs) + "~" + join(c.top)
	return strings.TrimRight(s, "~")
}

func join(ids []plein.ID) string {
	words := make([]string, len(ids))
	for n, id := range ids {
		words[n] = id.String()
	}
	return strings.Join(words, ".")
}

// parseCursor reads an address. A broken one is the beginning: nothing is lost by
// seeing the newest.
func parseCursor(s string) cursor {
	if len(s) > (1+2*maxBehind+maxTop)*14 {
		return start
	}
	parts := strings.Split(s, "~")
	before, err := plein.ParseID(parts[0])
	if err != nil || len(parts) > 3 || before == items.Newest {
		return start
	}
	c := cursor{before: before}
	var lists [2][]plein.ID
	for n, part := range parts[1:] {
		if part == "" {
			continue
		}
		for _, each := range strings.Split(part, ".") {
			id, err := plein.ParseID(each)
			if err != nil {
				return start
			}
			lists[n] = append(lists[n], id)
		}
	}
	if len(lists[0])%2 != 0 || len(lists[0]) > 2*maxBehind || len(lists[1]) > maxTop {
		return start
	}
	for pair := range slices.Chunk(lists[0], 2) {
		if c.behind == nil {
			c.behind = make(map[plein.ID]plein.ID)
		}
		c.behind[pair[0]] = pair[1]
	}
	c.top = lists[1]
	return c
}
