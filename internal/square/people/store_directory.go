package people

import (
	"context"
	"fmt"
	"strings"

	"plein/internal/platform/db"
	"plein/internal/plein"
)

// filter is a question to the directory, ready for SQL.
type filter struct {
	words    []string     // each folded; every one has to be found
	inUnits  [][]plein.ID // per word: departments whose people also count
	units    []plein.ID   // only these departments; nil is all
	site     string       // folded; "" is all
	letter   string       // folded first letter; "" is all
	guests   bool         // guests instead of people of the organisation
	closed   bool         // closed people instead of active ones
	afterKey []byte
	afterID  plein.ID
	limit    int
}

// directory lists people by name. The text of the query depends only on which
// parts are asked for and on the number of words, so few texts stay prepared.
func directory(ctx context.Context, q db.Queryer, f filter) ([]Person, error) {
	var where []string
	var args []any
	arg := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	state := Active
	if f.closed {
		state = Closed
	}
	where = append(where, "state = "+arg(string(state)), "guest = "+arg(f.guests), "bot = FALSE")
	if f.units != nil {
		where = append(where, db.In(q.Engine(), "unit", arg(db.List(q.Engine(), f.units))))
	}
	if f.site != "" {
		where = append(where, "site = "+arg(f.site))
	}
	if f.letter != "" {
		where = append(where, "sort_key >= "+arg([]byte(f.letter)), "sort_key < "+arg(append([]byte(f.letter), 0xff)))
	}
	for i, w := range f.words {
		where = append(where, "(search LIKE "+arg("%"+escapeLike(w)+"%")+` ESCAPE '\' OR `+
			db.In(q.Engine(), "unit", arg(db.List(q.Engine(), f.inUnits[i])))+")")
	}
	if f.afterID != 0 {
		where = append(where, "(sort_key, id) > ("+arg(f.afterKey)+", "+arg(f.afterID)+")")
	}
	return db.All(ctx, q, scanPerson, `SELECT `+personColumns+` FROM people_persons WHERE `+strings.Join(where, " AND ")+
		` ORDER BY sort_key, id LIMIT `+arg(f.limit), args...)
}

var likeSigns = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

func escapeLike(s string) string { return likeSigns.Replace(s) }

// sites lists the places where people work, as written by most of them.
func sites(ctx context.Context, q db.Queryer) ([]string, error) {
	return db.All(ctx, q, db.Value[string], `SELECT MIN(location) FROM people_persons
		WHERE state = 'active' AND guest = FALSE AND site <> '' GROUP BY site ORDER BY site LIMIT 200`)
}

func personsAfter(ctx context.Context, q db.Queryer, after plein.ID, limit int) ([]Person, error) {
	return db.All(ctx, q, scanPerson, `SELECT `+personColumns+` FROM people_persons WHERE id > $1 ORDER BY id LIMIT $2`, after, limit)
}

// givenNames keeps of folded words those with which somebody's name begins. It
// looks in the index of names, once for each word.
func givenNames(ctx context.Context, q db.Queryer, words []string) ([]string, error) {
	text := `SELECT w.value FROM json_each($1) w WHERE EXISTS (SELECT 1 FROM people_persons
		WHERE sort_key >= CAST(w.value || ' ' AS BLOB) AND sort_key < CAST(w.value || '!' AS BLOB))`
	if q.Engine() == db.Postgres {
		text = `SELECT w.v FROM unnest($1::text[]) w(v) WHERE EXISTS (SELECT 1 FROM people_persons
			WHERE sort_key >= convert_to(w.v || ' ', 'UTF8') AND sort_key < convert_to(w.v || '!', 'UTF8'))`
	}
	return db.All(ctx, q, db.Value[string], text, db.List(q.Engine(), words))
}
