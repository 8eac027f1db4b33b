package feed

import (
	"slices"
	"strings"

	"plein/internal/plein"
	"plein/internal/square/items"
)

// cursor is where the next page begins. It travels in the address, so it holds
// shown ids only, and whatever it says, rights are asked again.
type cursor struct {
	before plein.ID   // everything newer was offered already
	putOff []plein.ID // except these, which were over their author's share
	ahead  []plein.ID // older ones that were shown already
	top    []plein.ID // must-reads and asked threads that stood on top
}

// maxCarried bounds each list in a cursor.
const maxCarried = 40

var start = cursor{before: items.Newest}

func (c cursor) first() bool { return c.before == items.Newest }

// String writes the cursor for an address.
func (c cursor) String() string {
	var b strings.Builder
	b.WriteString(c.before.String())
	for _, list := range [][]plein.ID{c.putOff, c.ahead, c.top} {
		b.WriteByte('~')
		for n, id := range list[:min(len(list), maxCarried)] {
			if n > 0 {
				b.WriteByte('.')
			}
			b.WriteString(id.String())
		}
	}
	return b.String()
}

// parseCursor reads an address. A broken one is the beginning: nothing is lost by
// seeing the newest.
func parseCursor(s string) cursor {
	if s == "" || len(s) > 4*maxCarried*14+64 {
		return start
	}
	parts := strings.Split(s, "~")
	before, err := plein.ParseID(parts[0])
	if err != nil || len(parts) > 4 {
		return start
	}
	c := cursor{before: before}
	for n, list := range []*[]plein.ID{&c.putOff, &c.ahead, &c.top} {
		if n+1 >= len(parts) || parts[n+1] == "" {
			continue
		}
		for _, each := range strings.Split(parts[n+1], ".") {
			id, err := plein.ParseID(each)
			if err != nil || len(*list) >= maxCarried {
				return start
			}
			*list = append(*list, id)
		}
	}
	return c
}

func (c cursor) shown(id plein.ID) bool {
	return slices.Contains(c.ahead, id) || slices.Contains(c.top, id)
}
