package items

import (
	"context"
	"strconv"
	"strings"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

func (s *Service) tell(ctx context.Context, tx *db.Tx, a plein.Actor, name string, i *Item) error {
	return s.tellNamed(ctx, tx, a, name, i, nil)
}

// tellNamed also tells whom the words name now and did not name before, as ids.
func (s *Service) tellNamed(ctx context.Context, tx *db.Tx, a plein.Actor, name string, i *Item, named []mention) error {
	tx.AfterCommit(func() { s.stamps.bump(i.Audience, a.ID) })
	extra := map[string]string{"kind": string(i.Kind)}
	if len(named) > 0 {
		extra["named"] = namedText(named)
	}
	return s.deps.Changes.Tell(ctx, tx, plein.Event{Name: name, Actor: a.ID, At: s.clock.Now(), Audience: i.Audience,
		Object: plein.Ref{Kind: "item", ID: i.ID}, Target: plein.Ref{Kind: "thread", ID: i.Root}, Extra: extra})
}

// namedText writes down whom an item names, as ids: "person 12 group 34".
func namedText(list []mention) string {
	var b strings.Builder
	for n, m := range list {
		if n > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(m.kind + " " + strconv.FormatInt(int64(m.id), 10))
	}
	return b.String()
}

// Named reads from an event of this package whom the words name that they did not
// name before: people and groups.
func Named(e plein.Event) []plein.Ref {
	parts := strings.Fields(e.Extra["named"])
	var out []plein.Ref
	for n := 0; n+1 < len(parts); n += 2 {
		if id, err := strconv.ParseInt(parts[n+1], 10, 64); err == nil && id > 0 {
			out = append(out, plein.Ref{Kind: parts[n], ID: plein.ID(id)})
		}
	}
	return out
}

// Known gives items by id without asking who reads, as they are in the caller's
// transaction: for followers of the change log, which decide who is told and show
// nothing. Ids of what is not there are left out.
func (s *Service) Known(ctx context.Context, q db.Queryer, ids []plein.ID) (map[plein.ID]*Item, error) {
	list, err := load(ctx, q, distinct(ids))
	if err != nil {
		return nil, plein.Wrap("items.known", err)
	}
	out := make(map[plein.ID]*Item, len(list))
	for _, i := range list {
		out[i.ID] = i
	}
	return out, nil
}
