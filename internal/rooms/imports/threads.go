package imports

import (
	"cmp"
	"slices"
)

// threads works out who answers whom in one channel from the numbers alone, so
// that a channel of millions of messages costs a few dozen bytes for each and
// its texts are never held together. Chains of any length are followed without
// recursion and folded to two levels of replies.
type threads struct {
	entries []threadEntry // by ts after resolve
	byPos   []int32       // place in the files → place in entries
	missing int           // messages that answer one that is not there
	early   int           // messages that stand before the one they answer
}

type threadEntry struct {
	ts, parent int64 // microseconds; parent 0 for none
	hash       uint64
	pos        int32 // place in the files
	root, top  int32 // places in entries: the post, and the first-level reply above or at this one; -1 for none
	twin       bool  // the same message once more
	late       bool  // must wait until the end of the channel
}

func (t *threads) add(ts, parent int64, hash uint64) {
	if parent == ts {
		parent = 0
	}
	t.entries = append(t.entries, threadEntry{ts: ts, parent: parent, hash: hash, pos: int32(len(t.entries)), root: -1, top: -1})
}

// clash is a pair of different messages with one number, or a message in a ring.
type clash struct {
	pos  int32
	ring bool
}

// resolve finds for every message the post it belongs to. It gives the messages
// that make that impossible.
func (t *threads) resolve() (clashes []clash) {
	e := t.entries
	slices.SortFunc(e, func(a, b threadEntry) int {
		return cmp.Or(cmp.Compare(a.ts, b.ts), cmp.Compare(a.pos, b.pos))
	})
	first := int32(0)
	for i := range e {
		if i == 0 || e[i].ts != e[first].ts {
			first = int32(i)
			continue
		}
		if e[i].hash != e[first].hash {
			clashes = append(clashes, clash{pos: e[i].pos})
		}
		e[i].twin = true
	}
	const unknown, walking, done = 0, 1, 2
	state := make([]uint8, len(e))
	var stack []int32
	for i := range e {
		at := int32(i)
		stack = stack[:0]
		for state[at] == unknown {
			state[at] = walking
			stack = append(stack, at)
			up := int32(-1)
			if e[at].parent != 0 {
				if up = t.find(e[at].parent); up < 0 {
					t.missing++
				}
			}
			if up < 0 {
				e[at].root = at
				break
			}
			if state[up] == walking {
				clashes = append(clashes, clash{pos: e[at].pos, ring: true})
				e[at].root = at
				break
			}
			at = up
		}
		for n := len(stack) - 1; n >= 0; n-- {
			at := stack[n]
			state[at] = done
			if e[at].root == at {
				continue
			}
			up := &e[t.find(e[at].parent)]
			e[at].root = up.root
			if e[at].top = up.top; up.top < 0 {
				e[at].top = at
			}
		}
	}
	t.byPos = make([]int32, len(e))
	for i := range e {
		t.byPos[e[i].pos] = int32(i)
	}
	for _, i := range t.byPos {
		if up := t.above(i); up >= 0 && !e[i].twin && (e[up].pos > e[i].pos || e[up].late) {
			e[i].late = true
			t.early++
		}
	}
	return clashes
}

// above gives the message that this one shall hang under: its post, or the
// first-level reply it belongs to; -1 for a post.
func (t *threads) above(i int32) int32 {
	switch e := t.entries[i]; {
	case e.root == i:
		return -1
	case e.top == i:
		return e.root
	default:
		return e.top
	}
}

// find gives the first entry with this number, or -1.
func (t *threads) find(ts int64) int32 {
	i, ok := slices.BinarySearchFunc(t.entries, ts, func(e threadEntry, ts int64) int { return cmp.Compare(e.ts, ts) })
	if !ok {
		return -1
	}
	return int32(i)
}
