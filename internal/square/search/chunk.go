package search

import (
	"encoding/binary"
	"errors"
	"slices"

	"plein/internal/plein"
)

// posting says that a document has a term. Place stands for the document's
// audience (search_places): it lets a walk pass over what lies where the reader
// holds nothing, without asking the database about it. It decides nothing else.
type posting struct {
	id    plein.ID
	place uint32
}

// maxChunk is how many postings one row holds. Two hundred stay under two
// kilobytes, so PostgreSQL keeps them in the row.
const maxChunk = 200

// chunk is one row of search_postings. Its postings stand in the order of their
// ids, lowest first.
type chunk struct {
	term  int64
	first plein.ID
	list  []posting
}

var errChunk = errors.New("a piece of the index cannot be read; plein doctor --reindex makes it anew")

// pack writes postings as the distances between their ids, and their places.
func pack(list []posting) []byte {
	out := make([]byte, 0, len(list)*8)
	var last plein.ID
	for _, p := range list {
		out = binary.AppendUvarint(out, uint64(p.id-last))
		out = binary.AppendUvarint(out, uint64(p.place))
		last = p.id
	}
	return out
}

// unpack reads what pack wrote, and adds it to list.
func unpack(list []posting, b []byte) ([]posting, error) {
	var last uint64
	for len(b) > 0 {
		d, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, errChunk
		}
		b = b[n:]
		place, n := binary.Uvarint(b)
		if n <= 0 {
			return nil, errChunk
		}
		b = b[n:]
		last += d
		list = append(list, posting{plein.ID(last), uint32(place)})
	}
	return list, nil
}

// change is what happens to the postings of one term.
type change struct {
	add    []posting // in any order
	remove map[plein.ID]bool
}

// merge gives the postings after a change, in order.
func merge(list []posting, c change) []posting {
	out := make([]posting, 0, len(list)+len(c.add))
	added := make(map[plein.ID]bool, len(c.add))
	for _, p := range c.add {
		added[p.id] = true
	}
	for _, p := range list {
		if !c.remove[p.id] && !added[p.id] {
			out = append(out, p)
		}
	}
	out = append(out, c.add...)
	slices.SortFunc(out, func(a, b posting) int {
		switch {
		case a.id < b.id:
			return -1
		case a.id > b.id:
			return 1
		}
		return 0
	})
	return slices.CompactFunc(out, func(a, b posting) bool { return a.id == b.id })
}

// cut divides postings over rows. What grows at its end, as nearly everything
// does, leaves full rows behind; what was split in the middle leaves halves.
func cut(list []posting, atEnd bool) [][]posting {
	var out [][]posting
	size := maxChunk
	if !atEnd {
		size = maxChunk / 2
	}
	if len(list) <= maxChunk {
		size = maxChunk
	}
	for len(list) > size {
		out = append(out, list[:size:size])
		list = list[size:]
	}
	if len(list) > 0 {
		out = append(out, list)
	}
	return out
}

// The terms of a document, so that an edit takes away exactly what is no longer
// there, and so that ranking knows how much a term weighs in it.
type weighed struct {
	term   int64
	weight uint8
}

func packTerms(list []weighed) []byte {
	slices.SortFunc(list, func(a, b weighed) int { return int(a.term - b.term) })
	out := make([]byte, 0, len(list)*4)
	var last int64
	for _, t := range list {
		out = binary.AppendUvarint(out, uint64(t.term-last))
		out = append(out, t.weight)
		last = t.term
	}
	return out
}

func unpackTerms(b []byte) ([]weighed, error) {
	var out []weighed
	var last int64
	for len(b) > 0 {
		d, n := binary.Uvarint(b)
		if n <= 0 || n == len(b) {
			return nil, errChunk
		}
		last += int64(d)
		out = append(out, weighed{last, b[n]})
		b = b[n+1:]
	}
	return out, nil
}
