package search

import (
	"context"
	"encoding/json"
	"math"

	"plein/internal/platform/db"
	"plein/internal/plein"
	"plein/internal/square/access"
)

// newest lies above every id.
const newest = plein.ID(math.MaxInt64)

// ---- terms -------------------------------------------------------------------------

// manyChunks is where counting stops: a term with more rows is common.
const manyChunks = 65

// found is a term that the index has, with how many rows it takes.
type found struct {
	id     int64
	text   string
	chunks int
}

func termsFor(ctx context.Context, q db.Queryer, texts []string) ([]found, error) {
	return db.All(ctx, q, func(s db.Scanner) (f found, err error) {
		err = s.Scan(&f.id, &f.text, &f.chunks)
		return f, err
	}, `SELECT t.id, t.term, (SELECT COUNT(*) FROM (SELECT 1 FROM search_postings p WHERE p.term = t.id LIMIT $2) c)
		FROM search_terms t WHERE `+db.In(q.Engine(), "t.term", "$1"), db.List(q.Engine(), texts), manyChunks)
}

func termIDs(ctx context.Context, q db.Queryer, texts []string) (map[string]int64, error) {
	out := make(map[string]int64, len(texts))
	_, err := db.All(ctx, q, func(s db.Scanner) (struct{}, error) {
		var id int64
		var text string
		err := s.Scan(&id, &text)
		out[text] = id
		return struct{}{}, err
	}, `SELECT id, term FROM search_terms WHERE `+db.In(q.Engine(), "term", "$1"), db.List(q.Engine(), texts))
	return out, err
}

// between lists terms in the order of their bytes, for words that begin alike.
func between(ctx context.Context, q db.Queryer, from, to string, limit int) ([]string, error) {
	return db.All(ctx, q, db.Value[string], `SELECT term FROM search_terms WHERE term >= $1 AND term < $2 ORDER BY term LIMIT $3`, from, to, limit)
}

// addTerms gives new terms an id each.
func addTerms(ctx context.Context, tx *db.Tx, texts []string, into map[string]int64) error {
	if len(texts) == 0 {
		return nil
	}
	next, err := db.One(ctx, tx, db.Value[int64], `SELECT COALESCE(MAX(id), 0) + 1 FROM search_terms`)
	if err != nil {
		return err
	}
	ids := make([]int64, len(texts))
	for n, text := range texts {
		ids[n] = next + int64(n)
		into[text] = ids[n]
	}
	if tx.Engine() == db.Postgres {
		_, err := tx.Exec(ctx, `INSERT INTO search_terms (id, term) SELECT * FROM unnest($1::bigint[], $2::text[])`, ids, texts)
		return err
	}
	for n, text := range texts {
		if _, err := tx.Exec(ctx, `INSERT INTO search_terms (id, term) VALUES ($1, $2)`, ids[n], text); err != nil {
			return err
		}
	}
	return nil
}

// ---- postings ----------------------------------------------------------------------

func scanChunk(s db.Scanner) (c chunk, err error) {
	var body []byte
	if err = s.Scan(&c.term, &c.first, &body); err != nil {
		return c, err
	}
	c.list, err = unpack(nil, body)
	return c, err
}

// chunksBelow walks back through the rows of a term: those that begin below an id,
// nearest first.
func chunksBelow(ctx context.Context, q db.Queryer, term int64, below plein.ID, limit int) ([]chunk, error) {
	return db.All(ctx, q, scanChunk, `SELECT term, first_id, body FROM search_postings
		WHERE term = $1 AND first_id < $2 ORDER BY first_id DESC LIMIT $3`, term, below, limit)
}

// chunksWith gives the rows of a term in which some ids would stand.
func chunksWith(ctx context.Context, q db.Queryer, term int64, ids []plein.ID) ([]chunk, error) {
	each := `(SELECT DISTINCT (SELECT MAX(m.first_id) FROM search_postings m WHERE m.term = $1 AND m.first_id <= j.value) FROM json_each($2) j)`
	if q.Engine() == db.Postgres {
		each = `(SELECT DISTINCT (SELECT MAX(m.first_id) FROM search_postings m WHERE m.term = $1 AND m.first_id <= j.value) FROM unnest($2::bigint[]) j(value))`
	}
	return db.All(ctx, q, scanChunk, `SELECT term, first_id, body FROM search_postings WHERE term = $1 AND first_id IN `+each,
		term, db.List(q.Engine(), ids))
}

// slot is where a posting of a term belongs: the row that begins at or before it
// (first zero: there is none) and where the next row begins (zero: it is the last).
type slot struct {
	term        int64
	first, next plein.ID
	body        []byte
}

// slots finds for each term the row in which an id belongs.
func slots(ctx context.Context, q db.Queryer, terms []int64, ids []plein.ID) ([]slot, error) {
	var pairs string
	var args []any
	if q.Engine() == db.Postgres {
		pairs = `SELECT t, i FROM unnest($1::bigint[], $2::bigint[]) j(t, i)`
		args = []any{terms, db.List(q.Engine(), ids)}
	} else {
		list := make([][2]int64, len(terms))
		for n := range terms {
			list[n] = [2]int64{terms[n], int64(ids[n])}
		}
		b, err := json.Marshal(list)
		if err != nil {
			return nil, err
		}
		pairs = `SELECT json_extract(value, '$[0]') AS t, json_extract(value, '$[1]') AS i FROM json_each($1)`
		args = []any{string(b)}
	}
	return db.All(ctx, q, func(s db.Scanner) (f slot, err error) {
		err = s.Scan(&f.term, &f.first, &f.next, &f.body)
		return f, err
	}, `WITH j AS MATERIALIZED (`+pairs+`), k AS MATERIALIZED (SELECT j.t, COALESCE((SELECT MAX(m.first_id) FROM search_postings m WHERE m.term = j.t AND m.first_id <= j.i), 0) AS f FROM j)
		SELECT k.t, k.f, COALESCE((SELECT MIN(n.first_id) FROM search_postings n WHERE n.term = k.t AND n.first_id > k.f), 0), p.body
		FROM k LEFT JOIN search_postings p ON p.term = k.t AND p.first_id = k.f`, args...)
}

// putChunks writes rows, in the place of those that begin at the same id.
func putChunks(ctx context.Context, tx *db.Tx, list []chunk) error {
	if tx.Engine() == db.Postgres {
		for len(list) > 0 {
			n := min(len(list), 5000)
			terms, firsts, bodies := make([]int64, n), make([]int64, n), make([][]byte, n)
			for i, c := range list[:n] {
				terms[i], firsts[i], bodies[i] = c.term, int64(c.first), pack(c.list)
			}
			if _, err := tx.Exec(ctx, `INSERT INTO search_postings (term, first_id, body)
				SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[])
				ON CONFLICT (term, first_id) DO UPDATE SET body = excluded.body`, terms, firsts, bodies); err != nil {
				return err
			}
			list = list[n:]
		}
		return nil
	}
	for _, c := range list {
		if _, err := tx.Exec(ctx, `INSERT INTO search_postings (term, first_id, body) VALUES ($1, $2, $3)
			ON CONFLICT (term, first_id) DO UPDATE SET body = excluded.body`, c.term, c.first, pack(c.list)); err != nil {
			return err
		}
	}
	return nil
}

func dropChunks(ctx context.Context, tx *db.Tx, list []chunk) error {
	for _, c := range list {
		if _, err := tx.Exec(ctx, `DELETE FROM search_postings WHERE term = $1 AND first_id = $2`, c.term, c.first); err != nil {
			return err
		}
	}
	return nil
}

// ---- places ------------------------------------------------------------------------

type place struct {
	n        uint32
	audience plein.ID
}

func scanPlace(s db.Scanner) (p place, err error) {
	err = s.Scan(&p.n, &p.audience)
	return p, err
}

func placesAfter(ctx context.Context, q db.Queryer, n uint32) ([]place, error) {
	return db.All(ctx, q, scanPlace, `SELECT n, audience_id FROM search_places WHERE n > $1 ORDER BY n`, n)
}

func placesOf(ctx context.Context, q db.Queryer, audiences []plein.ID) ([]place, error) {
	return db.All(ctx, q, scanPlace, `SELECT n, audience_id FROM search_places WHERE `+db.In(q.Engine(), "audience_id", "$1"),
		db.List(q.Engine(), audiences))
}

func addPlace(ctx context.Context, tx *db.Tx, audience plein.ID) (uint32, error) {
	return db.One(ctx, tx, db.Value[uint32], `INSERT INTO search_places (n, audience_id)
		VALUES ((SELECT COALESCE(MAX(n), 0) + 1 FROM search_places), $1) RETURNING n`, audience)
}

// ---- documents ---------------------------------------------------------------------

// row is a document as the index knows it.
type row struct {
	id       plein.ID
	kind     Kind
	item     plein.ID
	root     plein.ID
	author   plein.ID
	audience plein.ID
	words    int
	terms    []byte
}

// visible keeps of ids those that the reader may see, highest first. This is where
// rights are decided: with the grants as they are now.
func visible(ctx context.Context, q db.Queryer, r access.Reader, ids []plein.ID, terms bool) ([]row, error) {
	cond, args := r.SQL("d", 2)
	what := `d.id, d.kind, d.item_id, d.root_id, d.author_id, d.audience_id, d.words`
	if terms {
		what += `, d.terms`
	}
	return db.All(ctx, q, func(s db.Scanner) (w row, err error) {
		dest := []any{&w.id, &w.kind, &w.item, &w.root, &w.author, &w.audience, &w.words}
		if terms {
			dest = append(dest, &w.terms)
		}
		return w, s.Scan(dest...)
	}, `SELECT `+what+` FROM search_docs d WHERE `+db.In(q.Engine(), "d.id", "$1")+` AND `+cond+` ORDER BY d.id DESC`,
		append([]any{db.List(q.Engine(), ids)}, args...)...)
}

// kept is what the index holds of a document, for changing it.
type kept struct {
	id    plein.ID
	place uint32
	terms []byte
}

func keptDocs(ctx context.Context, q db.Queryer, ids []plein.ID) ([]kept, error) {
	return db.All(ctx, q, func(s db.Scanner) (k kept, err error) {
		err = s.Scan(&k.id, &k.place, &k.terms)
		return k, err
	}, `SELECT id, place, terms FROM search_docs WHERE `+db.In(q.Engine(), "id", "$1"), db.List(q.Engine(), ids))
}

// filesOf lists the documents that are files of some items.
func filesOf(ctx context.Context, q db.Queryer, items []plein.ID) (map[plein.ID][]plein.ID, error) {
	out := map[plein.ID][]plein.ID{}
	_, err := db.All(ctx, q, func(s db.Scanner) (struct{}, error) {
		var id, item plein.ID
		err := s.Scan(&id, &item)
		out[item] = append(out[item], id)
		return struct{}{}, err
	}, `SELECT id, item_id FROM search_docs WHERE kind = 'file' AND `+db.In(q.Engine(), "item_id", "$1"), db.List(q.Engine(), items))
	return out, err
}

// itemOfFile gives the item at which a file hangs, as the index knows it.
func itemOfFile(ctx context.Context, q db.Queryer, file plein.ID) (plein.ID, error) {
	return db.One(ctx, q, db.Value[plein.ID], `SELECT item_id FROM search_docs WHERE id = $1 AND kind = 'file'`, file)
}

func putDoc(ctx context.Context, tx *db.Tx, d document, place uint32, terms []byte) error {
	_, err := tx.Exec(ctx, `INSERT INTO search_docs (id, kind, item_id, root_id, author_id, audience_id, root_at, place, words, terms)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO UPDATE SET kind = excluded.kind,
		item_id = excluded.item_id, root_id = excluded.root_id, author_id = excluded.author_id, audience_id = excluded.audience_id,
		root_at = excluded.root_at, place = excluded.place, words = excluded.words, terms = excluded.terms`,
		d.id, string(d.kind), d.item, d.root, d.author, d.audience, db.Micros(d.rootMade), place, d.words, terms)
	return err
}

func dropDocs(ctx context.Context, tx *db.Tx, ids []plein.ID) error {
	if _, err := tx.Exec(ctx, `DELETE FROM search_texts WHERE `+db.In(tx.Engine(), "file_id", "$1"), db.List(tx.Engine(), ids)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM search_docs WHERE `+db.In(tx.Engine(), "id", "$1"), db.List(tx.Engine(), ids))
	return err
}

func countDocs(ctx context.Context, q db.Queryer) (int, error) {
	return db.One(ctx, q, db.Value[int], `SELECT COUNT(*) FROM search_docs`)
}

// ---- texts of files ----------------------------------------------------------------

func texts(ctx context.Context, q db.Queryer, files []plein.ID) (map[plein.ID]string, error) {
	out := make(map[plein.ID]string, len(files))
	_, err := db.All(ctx, q, func(s db.Scanner) (struct{}, error) {
		var id plein.ID
		var body string
		err := s.Scan(&id, &body)
		out[id] = body
		return struct{}{}, err
	}, `SELECT file_id, body FROM search_texts WHERE `+db.In(q.Engine(), "file_id", "$1"), db.List(q.Engine(), files))
	return out, err
}

func putText(ctx context.Context, tx *db.Tx, file plein.ID, body string) error {
	_, err := tx.Exec(ctx, `INSERT INTO search_texts (file_id, body) VALUES ($1, $2)
		ON CONFLICT (file_id) DO UPDATE SET body = excluded.body`, file, body)
	return err
}
