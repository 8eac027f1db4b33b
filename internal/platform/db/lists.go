package db

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
)

// In writes "column is one of the list in placeholder" for the engine. The list
// is one argument (List), so that the text stays the same for any length and
// stays prepared.
func In(e Engine, column, placeholder string) string {
	if e == Postgres {
		return fmt.Sprintf("%s = ANY(%s)", column, placeholder)
	}
	return fmt.Sprintf("%s IN (SELECT value FROM json_each(%s))", column, placeholder)
}

// List makes the argument that goes with In.
func List[T ~int64 | ~string](e Engine, xs []T) any {
	v := reflect.ValueOf(xs)
	numbers := v.Type().Elem().Kind() == reflect.Int64
	if e == Postgres {
		if numbers {
			out := make([]int64, len(xs))
			for i := range xs {
				out[i] = v.Index(i).Int()
			}
			return out
		}
		out := make([]string, len(xs))
		for i := range xs {
			out[i] = v.Index(i).String()
		}
		return out
	}
	if numbers {
		// Ids come by the dozen on every page; strconv is ten times encoding/json.
		b := append(make([]byte, 0, len(xs)*20+2), '[')
		for i := range xs {
			if i > 0 {
				b = append(b, ',')
			}
			b = strconv.AppendInt(b, v.Index(i).Int(), 10)
		}
		return string(append(b, ']'))
	}
	b, _ := json.Marshal(xs) // strings always marshal
	if len(xs) == 0 {
		return "[]"
	}
	return string(b)
}
